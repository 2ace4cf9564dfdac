// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink messages about lisp devices, put together from words.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/lisp.h>
#include "message.h"

#define DEPTH	4

static const struct attribute locator_set[] = {
	{ "addr", LISP_A_LOCATOR_ADDR, ADDR, NULL },
	{ "priority", LISP_A_LOCATOR_PRIORITY, U8, NULL },
	{ "weight", LISP_A_LOCATOR_WEIGHT, U8, NULL },
	{ "state", LISP_A_LOCATOR_STATE, U8, NULL },
	{ 0 }
};

static const struct attribute map_set[] = {
	{ "eid", LISP_A_MAP_EID, ADDR, NULL },
	{ "prefix-len", LISP_A_MAP_PREFIX_LEN, U8, NULL },
	{ "action", LISP_A_MAP_ACTION, U8, NULL },
	{ "origin", LISP_A_MAP_ORIGIN, U8, NULL },
	{ "ttl", LISP_A_MAP_TTL, U32, NULL },
	{ "locator", LISP_A_MAP_LOCATOR, NEST, locator_set },
	{ 0 }
};

static const struct attribute eid_set[] = {
	{ "addr", LISP_A_EID_ADDR, ADDR, NULL },
	{ "prefix-len", LISP_A_EID_PREFIX_LEN, U8, NULL },
	{ 0 }
};

const struct attribute link_set[] = {
	{ "instance-id", IFLA_LISP_INSTANCE_ID, U32, NULL },
	{ "port", IFLA_LISP_PORT, U16, NULL },
	{ "ttl-mode", IFLA_LISP_TTL_MODE, U8, NULL },
	{ "max-entries", IFLA_LISP_MAX_ENTRIES, U32, NULL },
	{ "park-packets", IFLA_LISP_PARK_PACKETS, U32, NULL },
	{ "park-packets-eid", IFLA_LISP_PARK_PACKETS_EID, U32, NULL },
	{ "park-bytes", IFLA_LISP_PARK_BYTES, U32, NULL },
	{ "park-time", IFLA_LISP_PARK_TIME, U32, NULL },
	{ "miss-rate", IFLA_LISP_MISS_RATE, U32, NULL },
	{ "pitr", IFLA_LISP_PITR, U8, NULL },
	{ "rtr", IFLA_LISP_RTR, U8, NULL },
	{ "strict-source", IFLA_LISP_STRICT_SOURCE, U8, NULL },
	{ "decap-dscp", IFLA_LISP_DECAP_DSCP, U8, NULL },
	{ "udp6-zero-csum", IFLA_LISP_UDP6_ZERO_CSUM, U8, NULL },
	{ "native-mark", IFLA_LISP_NATIVE_MARK, U32, NULL },
	{ "status-bits", IFLA_LISP_STATUS_BITS, U32, NULL },
	{ "fragment-inner", IFLA_LISP_FRAGMENT_INNER, U8, NULL },
	{ "hear-status-bits", IFLA_LISP_HEAR_STATUS_BITS, U8, NULL },
	{ 0 }
};

static const struct attribute source_set[] = {
	{ "addr", LISP_A_SOURCE_ADDR, ADDR, NULL },
	{ 0 }
};

static const struct attribute main_set[] = {
	{ "ifindex", LISP_A_IFINDEX, U32, NULL },
	{ "ifname", LISP_A_IFNAME, TEXT, NULL },
	{ "map", LISP_A_MAP, NEST, map_set },
	{ "eid", LISP_A_EID, NEST, eid_set },
	{ "locator", LISP_A_LOCATOR, NEST, locator_set },
	{ "link", LISP_A_LINK, NEST, link_set },
	{ "source", LISP_A_SOURCE, NEST, source_set },
	{ 0 }
};

static const char *const commands[] = {
	[LISP_CMD_DEV_GET] = "dev-get", [LISP_CMD_DEV_SET] = "dev-set",
	[LISP_CMD_MAP_GET] = "map-get", [LISP_CMD_MAP_ADD] = "map-add",
	[LISP_CMD_MAP_DEL] = "map-del", [LISP_CMD_MAP_FLUSH] = "map-flush",
	[LISP_CMD_EID_GET] = "eid-get", [LISP_CMD_EID_ADD] = "eid-add",
	[LISP_CMD_EID_DEL] = "eid-del",
	[LISP_CMD_PENDING_GET] = "pending-get",
	[LISP_CMD_PENDING_DEL] = "pending-del",
	[LISP_CMD_RLOC_GET] = "rloc-get", [LISP_CMD_RLOC_SET] = "rloc-set",
	[LISP_CMD_SOURCE_GET] = "source-get",
};

/* The message being written: a header, then attributes. */
union message msg;
static struct nlattr *open_nest[DEPTH];
static const struct attribute *open_set[DEPTH + 1];
static int depth;
static int family = GENL_ID_CTRL;

/**
 * message_put() - add an attribute
 * @type: number
 * @data: value
 * @len: its length, bytes
 *
 * Return: the attribute, in the message.
 */
struct nlattr *message_put(int type, const void *data, size_t len)
{
	struct nlattr *a = (void *)(msg.bytes + msg.nlh.nlmsg_len);

	if (msg.nlh.nlmsg_len + NLA_HDRLEN + NLA_ALIGN(len) > sizeof(msg))
		errx(2, "message too long");
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memset(a + 1, 0, NLA_ALIGN(len));
	if (len)
		memcpy(a + 1, data, len);
	msg.nlh.nlmsg_len += NLA_HDRLEN + NLA_ALIGN(len);
	return a;
}

/**
 * message_begin() - begin a message of family "lisp"
 * @cmd: LISP_CMD_*
 * @flags: NLM_F_* beyond a request to be acknowledged
 */
void message_begin(int cmd, int flags)
{
	struct genlmsghdr *genl = NLMSG_DATA(&msg.nlh);

	memset(&msg.nlh, 0, sizeof(msg.nlh));
	msg.nlh.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	msg.nlh.nlmsg_type = family;
	msg.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	msg.nlh.nlmsg_seq = 1;
	memset(genl, 0, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	depth = 0;
	open_set[0] = main_set;
}

static size_t parse_hex(const char *text, unsigned char *to, size_t room)
{
	size_t n = strlen(text) / 2, i;

	if (n > room)
		errx(2, "too long: %s", text);
	for (i = 0; i < n; i++)
		if (sscanf(text + 2 * i, "%2hhx", &to[i]) != 1)
			errx(2, "not hexadecimal: %s", text);
	return n;
}

static void put_addr(int type, const char *value)
{
	unsigned char bytes[256];
	size_t len = 4;

	if (!strncmp(value, "0x", 2)) {
		len = parse_hex(value + 2, bytes, sizeof(bytes));
	} else if (inet_pton(AF_INET, value, bytes) != 1) {
		len = 16;
		if (inet_pton(AF_INET6, value, bytes) != 1)
			errx(2, "not an address: %s", value);
	}
	message_put(type, bytes, len);
}

static void put_value(const struct attribute *a, const char *value)
{
	uint32_t u32 = strtoul(value, NULL, 0);
	uint16_t u16 = u32;
	uint8_t u8 = u32;

	switch (a->kind) {
	case U8:
		message_put(a->type, &u8, 1);
		break;
	case U16:
		message_put(a->type, &u16, 2);
		break;
	case U32:
		message_put(a->type, &u32, 4);
		break;
	case TEXT:
		message_put(a->type, value, strlen(value) + 1);
		break;
	default:
		put_addr(a->type, value);
	}
}

static void put_raw(char *token)
{
	unsigned char bytes[4096];
	char *value = strchr(token, '=');

	if (!value)
		errx(2, "no value: %s", token);
	message_put(strtoul(token + 1, NULL, 0), bytes,
	    parse_hex(value + 1, bytes, sizeof(bytes)));
}

static const struct attribute *find(const char *name, size_t len)
{
	const struct attribute *a;

	for (a = open_set[depth]; a->name; a++)
		if (strlen(a->name) == len && !memcmp(a->name, name, len))
			return a;
	errx(2, "no such attribute here: %s", name);
}

/**
 * message_add() - add what a token says
 * @token: see nlmsg.c
 */
void message_add(char *token)
{
	size_t len = strcspn(token, "=[");
	const struct attribute *a;

	if (*token == '@') {
		put_raw(token);
	} else if (*token == ']') {
		if (!depth)
			errx(2, "] without [");
		depth--;
		open_nest[depth]->nla_len = msg.bytes + msg.nlh.nlmsg_len -
			(char *)open_nest[depth];
	} else if (token[len] == '[') {
		a = find(token, len);
		if (depth == DEPTH || !a->set)
			errx(2, "cannot open %s", token);
		open_nest[depth++] = message_put(a->type | NLA_F_NESTED, NULL, 0);
		open_set[depth] = a->set;
	} else if (token[len] == '=') {
		put_value(find(token, len), token + len + 1);
	} else {
		errx(2, "what is %s?", token);
	}
}

/**
 * message_command() - the number of a command
 * @name: as in uapi/lisp.yaml, or a number
 *
 * Return: LISP_CMD_*
 */
int message_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i] && !strcmp(commands[i], name))
			return i;
	if (*name < '0' || *name > '9')
		errx(2, "no such command: %s", name);
	return atoi(name);
}

/**
 * message_end() - see that a message is complete
 */
void message_end(void)
{
	if (depth)
		errx(2, "] missing");
}

/**
 * attr_find() - find an attribute among others
 * @from: the first of them
 * @len: bytes of all of them
 * @type: number
 *
 * Return: the first with that number, or NULL.
 */
const struct nlattr *attr_find(const void *from, size_t len, int type)
{
	const struct nlattr *a = from;

	while (len >= NLA_HDRLEN && a->nla_len >= NLA_HDRLEN &&
	       a->nla_len <= len) {
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		len -= (size_t)NLA_ALIGN(a->nla_len) < len ?
			NLA_ALIGN(a->nla_len) : len;
		a = (const void *)((const char *)a + NLA_ALIGN(a->nla_len));
	}
	return NULL;
}

/**
 * attr_inside() - find an attribute inside of another one
 * @nest: that one
 * @type: number
 *
 * Return: the first with that number, or NULL.
 */
const struct nlattr *attr_inside(const struct nlattr *nest, int type)
{
	return attr_find(nest + 1, nest->nla_len - NLA_HDRLEN, type);
}

/**
 * message_begin_link() - begin a message about a link
 * @type: RTM_*LINK
 * @flags: NLM_F_* beyond a request to be acknowledged
 * @name: of the link
 */
void message_begin_link(int type, int flags, const char *name)
{
	memset(&msg, 0, NLMSG_LENGTH(sizeof(struct ifinfomsg)));
	msg.nlh.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg));
	msg.nlh.nlmsg_type = type;
	msg.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	msg.nlh.nlmsg_seq = 1;
	depth = 0;
	message_put(IFLA_IFNAME, name, strlen(name) + 1);
}

/**
 * message_add_settings() - add that the link is of kind "lisp", and how it is
 * @tokens: settings, up to a NULL or "--"
 */
void message_add_settings(char **tokens)
{
	static char close_nest[] = "]";

	open_nest[depth++] = message_put(IFLA_LINKINFO | NLA_F_NESTED, NULL, 0);
	message_put(IFLA_INFO_KIND, "lisp", sizeof("lisp"));
	open_nest[depth++] = message_put(IFLA_INFO_DATA | NLA_F_NESTED, NULL, 0);
	open_set[depth] = link_set;
	while (*tokens && strcmp(*tokens, "--"))
		message_add(*tokens++);
	message_add(close_nest);
	message_add(close_nest);
}

/**
 * message_open() - open a netlink socket
 * @protocol: NETLINK_*
 *
 * Return: file descriptor.
 */
int message_open(int protocol)
{
	int on = 1, size = 4 << 20, fd = socket(AF_NETLINK, SOCK_RAW, protocol);

	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return fd;
}

/**
 * message_open_family() - open a netlink socket and find family "lisp"
 *
 * Return: file descriptor.
 */
int message_open_family(void)
{
	char buf[1 << 13] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *nlh = (void *)buf;
	int fd = message_open(NETLINK_GENERIC);
	const struct nlattr *a = NULL;
	ssize_t n;

	family = GENL_ID_CTRL;
	message_begin(CTRL_CMD_GETFAMILY, 0);
	message_put(CTRL_ATTR_FAMILY_NAME, LISP_GENL_NAME,
		    sizeof(LISP_GENL_NAME));
	if (send(fd, &msg, msg.nlh.nlmsg_len, 0) < 0)
		err(1, "send");
	n = recv(fd, buf, sizeof(buf), 0);
	if (n < 0)
		err(1, "recv");
	if (NLMSG_OK(nlh, (size_t)n) && nlh->nlmsg_type == GENL_ID_CTRL)
		a = attr_find((const char *)NLMSG_DATA(nlh) + GENL_HDRLEN,
			      nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN),
			      CTRL_ATTR_FAMILY_ID);
	if (!a)
		errx(1, "no family lisp");
	family = *(const uint16_t *)(a + 1);
	/* The acknowledgment */
	if (recv(fd, buf, sizeof(buf), 0) < 0)
		err(1, "recv");
	return fd;
}
