// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink messages that are nearly right.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <linux/lisp.h>
#include "message.h"
#include "random.h"

static const char *const devices[] = {
	"lisp0", "lisp0", "lisp0", "lisp0", "lisp1", "lisp2", "lisp3",
};

static const uint32_t numbers[] = {
	0, 0, 1, 1, 1, 2, 3, 5, 7, 16, 24, 32, 33, 64, 100, 128, 129, 255,
	1000, 4341, 4096, 65535, 65536, 1 << 24, INT32_MAX, UINT32_MAX,
};

static struct nlattr *nest_begin(int type)
{
	return message_put(type | NLA_F_NESTED, NULL, 0);
}

static void nest_end(struct nlattr *nest)
{
	nest->nla_len = msg.bytes + msg.nlh.nlmsg_len - (char *)nest;
}

/* Anything at all, of any length. */
static void put_junk(int type)
{
	uint8_t bytes[64];
	size_t len = random_below(sizeof(bytes));

	random_bytes(bytes, len);
	if (random_chance(10))
		type |= NLA_F_NESTED;
	message_put(random_chance(50) ? (int)random_below(70) : type, bytes, len);
}

static void put_number(int type, size_t len)
{
	uint32_t value = ONE_OF(numbers);

	if (random_chance(2))
		put_junk(type);
	else
		message_put(type, &value, len);
}

/* The host bits are zero, most of the time. */
static void put_prefix(int addr_type, int len_type)
{
	bool ip6 = random_chance(50);
	uint8_t addr[16];
	size_t len = random_eid(addr, ip6, random_chance(40)), i;
	uint8_t bits = random_chance(80) ? (ip6 ? 64 : 24) : random_below(8 * len + 1);

	if (random_chance(10))
		bits = 8 * len;
	for (i = 0; i < len && random_chance(99); i++) {
		if (8 * i >= bits)
			addr[i] = 0;
		else if (8 * i + 8 > bits)
			addr[i] &= 0xff00 >> (bits - 8 * i);
	}
	if (random_chance(98))
		message_put(addr_type, addr, len);
	if (random_chance(98))
		message_put(len_type, &bits, 1);
}

static void put_locator(void)
{
	struct nlattr *nest = nest_begin(LISP_A_LOCATOR);
	uint8_t addr[16], state = random_below(random_chance(98) ? 2 : 256);

	message_put(LISP_A_LOCATOR_ADDR, addr,
		    random_rloc(addr, random_chance(50)));
	if (random_chance(95))
		message_put(LISP_A_LOCATOR_STATE, &state, 1);
	if (random_chance(2))
		put_junk(LISP_A_LOCATOR_REASON);
	nest_end(nest);
}

static void put_map_locator(void)
{
	struct nlattr *nest = nest_begin(LISP_A_MAP_LOCATOR);
	uint8_t addr[16];

	message_put(LISP_A_LOCATOR_ADDR, addr,
		    random_rloc(addr, random_chance(50)));
	put_number(LISP_A_LOCATOR_PRIORITY, 1);
	put_number(LISP_A_LOCATOR_WEIGHT, 1);
	if (random_chance(5))
		put_number(LISP_A_LOCATOR_STATUS_BIT, 1);
	nest_end(nest);
}

static void put_map(void)
{
	struct nlattr *nest = nest_begin(LISP_A_MAP);
	uint8_t action = random_below(random_chance(95) ? 6 : 256);
	uint8_t origin = random_below(random_chance(95) ? 3 : 256);
	unsigned int n = random_chance(98) ? random_below(5) : random_below(300);

	put_prefix(LISP_A_MAP_EID, LISP_A_MAP_PREFIX_LEN);
	if (random_chance(30))
		n = 0;
	if (!n || random_chance(5))
		message_put(LISP_A_MAP_ACTION, &action, 1);
	if (random_chance(70))
		message_put(LISP_A_MAP_ORIGIN, &origin, 1);
	if (random_chance(70))
		put_number(LISP_A_MAP_TTL, 4);
	while (n--)
		put_map_locator();
	if (random_chance(2))
		put_junk(LISP_A_MAP_TTL);
	nest_end(nest);
}

static void put_eid(void)
{
	struct nlattr *nest = nest_begin(LISP_A_EID);

	put_prefix(LISP_A_EID_ADDR, LISP_A_EID_PREFIX_LEN);
	nest_end(nest);
}

/* Limits are high as often as not, or hardly anything would get far. */
static void put_setting(const struct attribute *a)
{
	size_t len = a->kind == U8 ? 1 : a->kind == U16 ? 2 : 4;
	uint32_t high = 1 << 20;

	if (a->kind == U32 && random_chance(50))
		message_put(a->type, &high, len);
	else
		put_number(a->type, len);
}

static void put_settings(int type)
{
	struct nlattr *nest = nest_begin(type);
	unsigned int n = random_below(4), count = 0;

	while (link_set[count].name)
		count++;
	while (n--)
		put_setting(&link_set[random_below(count)]);
	if (random_chance(3))
		put_junk(IFLA_LISP_PORT);
	nest_end(nest);
}

static void put_source(void)
{
	struct nlattr *nest = nest_begin(LISP_A_SOURCE);
	uint8_t addr[16];

	message_put(LISP_A_SOURCE_ADDR, addr,
		    random_rloc(addr, random_chance(50)));
	nest_end(nest);
}

static void put_device(void)
{
	const char *name = random_chance(97) ? ONE_OF(devices) : "eth1";
	uint32_t index = 1 + random_below(8);

	if (random_chance(95))
		message_put(LISP_A_IFNAME, name, strlen(name) + 1);
	else if (random_chance(50))
		message_put(LISP_A_IFINDEX, &index, sizeof(index));
}

/* What fits a command, or one time in twenty what fits another one. */
static void put_body(int cmd)
{
	static const int others[] = {
		LISP_CMD_DEV_SET, LISP_CMD_MAP_ADD, LISP_CMD_EID_ADD,
		LISP_CMD_RLOC_SET, LISP_CMD_SOURCE_GET,
	};

	switch (random_chance(95) ? cmd : ONE_OF(others)) {
	case LISP_CMD_DEV_SET:
		put_settings(LISP_A_LINK);
		break;
	case LISP_CMD_MAP_GET:
	case LISP_CMD_MAP_ADD:
	case LISP_CMD_MAP_DEL:
	case LISP_CMD_MAP_FLUSH:
		put_map();
		break;
	case LISP_CMD_EID_GET:
	case LISP_CMD_EID_ADD:
	case LISP_CMD_EID_DEL:
	case LISP_CMD_PENDING_GET:
	case LISP_CMD_PENDING_DEL:
		put_eid();
		break;
	case LISP_CMD_RLOC_GET:
	case LISP_CMD_RLOC_SET:
		put_locator();
		break;
	case LISP_CMD_SOURCE_GET:
		put_source();
		break;
	}
}

/* Past the header of netlink itself, which others look after. */
static void spoil(void)
{
	if (random_chance(8))
		random_spoil((uint8_t *)msg.bytes + NLMSG_HDRLEN,
			     msg.nlh.nlmsg_len - NLMSG_HDRLEN);
	if (random_chance(2))
		msg.nlh.nlmsg_len = NLMSG_HDRLEN +
			random_below(msg.nlh.nlmsg_len - NLMSG_HDRLEN + 1);
}

static void make_message(void)
{
	static const int often[] = {
		LISP_CMD_MAP_ADD, LISP_CMD_MAP_ADD, LISP_CMD_MAP_DEL,
		LISP_CMD_EID_ADD, LISP_CMD_RLOC_SET,
	};
	int cmd = random_chance(60) ? ONE_OF(often) :
		  random_chance(95) ? 1 + (int)random_below(LISP_CMD_SOURCE_GET) :
				      (int)random_below(256);
	unsigned int n = random_chance(70) ? 1 : random_below(6);

	if (random_chance(1))
		n = 200;
	message_begin(cmd, random_chance(20) ? NLM_F_DUMP : 0);
	put_device();
	while (n--)
		put_body(cmd);
	if (random_chance(3))
		put_junk(LISP_A_MAP);
	spoil();
}

static void make_link(void)
{
	static const int types[] = {
		RTM_NEWLINK, RTM_NEWLINK, RTM_NEWLINK, RTM_SETLINK,
		RTM_DELLINK, RTM_GETLINK,
	};
	static const int flags[] = {
		0, 0, NLM_F_CREATE, NLM_F_CREATE | NLM_F_EXCL,
	};
	int type = ONE_OF(types);
	const char *name = ONE_OF(devices);
	struct ifinfomsg *ifi = NLMSG_DATA(&msg.nlh);
	uint32_t mtu = ONE_OF(numbers);
	struct nlattr *info;

	if (type == RTM_DELLINK && !strcmp(name, "lisp0"))
		type = RTM_SETLINK;
	message_begin_link(type, type == RTM_NEWLINK ? ONE_OF(flags) : 0, name);
	if (random_chance(40)) {
		ifi->ifi_change = IFF_UP;
		ifi->ifi_flags = random_chance(95) ? IFF_UP : 0;
	}
	if (random_chance(10))
		message_put(IFLA_MTU, &mtu, sizeof(mtu));
	if (type != RTM_NEWLINK)
		return;
	info = nest_begin(IFLA_LINKINFO);
	message_put(IFLA_INFO_KIND, LISP_GENL_NAME, sizeof(LISP_GENL_NAME));
	if (random_chance(90))
		put_settings(IFLA_INFO_DATA);
	nest_end(info);
}

/* Return: true when an answer ends what was asked. */
static bool last(const struct nlmsghdr *nlh, size_t len, uint32_t seq)
{
	for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len))
		if (nlh->nlmsg_seq == seq && (nlh->nlmsg_type == NLMSG_ERROR ||
					      nlh->nlmsg_type == NLMSG_DONE))
			return true;
	return false;
}

static int open_socket(bool links)
{
	int fd = links ? message_open(NETLINK_ROUTE) : message_open_family();
	struct timeval limit = { .tv_sec = 60 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static int random_netlink(unsigned long count, bool links)
{
	static char answer[1 << 18] __attribute__((aligned(NLMSG_ALIGNTO)));
	int fd = open_socket(links);
	unsigned long i;
	ssize_t n;

	for (i = 1; i <= count; i++) {
		if (links)
			make_link();
		else
			make_message();
		msg.nlh.nlmsg_seq = i + 1;
		if (send(fd, &msg, msg.nlh.nlmsg_len, 0) < 0)
			err(1, "message %lu: send", i);
		do {
			n = recv(fd, answer, sizeof(answer), 0);
			if (n < 0)
				err(1, "message %lu: no answer", i);
			/* Who asks may go before a dump is at its end. */
			if (random_chance(1)) {
				close(fd);
				fd = open_socket(links);
				break;
			}
		} while (!last((void *)answer, n, i + 1));
	}
	close(fd);
	printf("%lu messages answered\n", count);
	return 0;
}

/**
 * random_messages() - send messages of family "lisp"
 * @count: how many
 *
 * Return: 0; does not return where one has no answer.
 */
int random_messages(unsigned long count)
{
	return random_netlink(count, false);
}

/**
 * random_links() - send messages of rtnetlink
 * @count: how many
 *
 * Return: 0; does not return where one has no answer.
 */
int random_links(unsigned long count)
{
	return random_netlink(count, true);
}
