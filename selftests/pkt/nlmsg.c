// SPDX-License-Identifier: GPL-2.0
/*
 * Send netlink messages of family "lisp", right ones and wrong ones, as they
 * are written, and print what the kernel says to each:
 *
 *	nlmsg COMMAND [TOKEN]...	one message
 *	nlmsg -				one from each line of standard input
 *	nlmsg -d COMMAND [TOKEN]...	a dump: prints a line for each EID-prefix
 *					or source
 *	nlmsg -n IFNAME [TOKEN]...	make a link of kind "lisp" by rtnetlink,
 *					with these settings
 *	nlmsg -l IFNAME			what rtnetlink tells of a link's kind:
 *					prints it, and a line for each setting
 *
 * COMMAND is as in uapi/lisp.yaml, or a number. A TOKEN is one of
 *	NAME=VALUE	an attribute of the set that is open
 *	NAME[		open a nest, whose set is NAME's
 *	]		close it
 *	@N=HEX		attribute number N with these bytes, whatever it be
 * An address may be written as 0xHEX, too. Exits with 1 after an error; more
 * messages are not sent then.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/lisp.h>

#define DEPTH	4

enum kind { U8 = 1, U16, U32, ADDR, TEXT, NEST };

struct attribute {
	const char *name;
	int type;
	enum kind kind;
	const struct attribute *set;
};

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

static const struct attribute link_set[] = {
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
static union {
	struct nlmsghdr nlh;
	char bytes[1 << 20];
} msg;
static struct nlattr *open_nest[DEPTH];
static const struct attribute *open_set[DEPTH + 1];
static int depth;

static int family = GENL_ID_CTRL;
static bool dump;
static bool routing;	/* it is rtnetlink that answers */

static struct nlattr *put(int type, const void *data, size_t len)
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

static void begin(int cmd)
{
	struct genlmsghdr *genl = NLMSG_DATA(&msg.nlh);

	memset(&msg.nlh, 0, sizeof(msg.nlh));
	msg.nlh.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	msg.nlh.nlmsg_type = family;
	msg.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (dump)
		msg.nlh.nlmsg_flags |= NLM_F_DUMP;
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
	put(type, bytes, len);
}

static void put_value(const struct attribute *a, const char *value)
{
	uint32_t u32 = strtoul(value, NULL, 0);
	uint16_t u16 = u32;
	uint8_t u8 = u32;

	switch (a->kind) {
	case U8:
		put(a->type, &u8, 1);
		break;
	case U16:
		put(a->type, &u16, 2);
		break;
	case U32:
		put(a->type, &u32, 4);
		break;
	case TEXT:
		put(a->type, value, strlen(value) + 1);
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
	put(strtoul(token + 1, NULL, 0), bytes,
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

static void add_token(char *token)
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
		open_nest[depth++] = put(a->type | NLA_F_NESTED, NULL, 0);
		open_set[depth] = a->set;
	} else if (token[len] == '=') {
		put_value(find(token, len), token + len + 1);
	} else {
		errx(2, "what is %s?", token);
	}
}

static int command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i] && !strcmp(commands[i], name))
			return i;
	if (*name < '0' || *name > '9')
		errx(2, "no such command: %s", name);
	return atoi(name);
}

static const struct nlattr *attr_find(const void *from, size_t len, int type)
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

static const struct nlattr *attr_inside(const struct nlattr *nest, int type)
{
	return attr_find(nest + 1, nest->nla_len - NLA_HDRLEN, type);
}

static void print_prefix(const struct nlattr *addr, const struct nlattr *plen)
{
	char text[INET6_ADDRSTRLEN];

	if (!addr || !plen)
		return;
	inet_ntop(addr->nla_len == NLA_HDRLEN + 4 ? AF_INET : AF_INET6,
		  addr + 1, text, sizeof(text));
	printf("%s/%u\n", text, *(const uint8_t *)(plen + 1));
}

static void print_source(const struct nlattr *addr, const struct nlattr *idle)
{
	char text[INET6_ADDRSTRLEN];
	uint64_t value;

	if (!addr || !idle || idle->nla_len != NLA_HDRLEN + sizeof(value))
		return;
	inet_ntop(addr->nla_len == NLA_HDRLEN + 4 ? AF_INET : AF_INET6,
		  addr + 1, text, sizeof(text));
	memcpy(&value, idle + 1, sizeof(value));
	printf("%s %llu\n", text, (unsigned long long)value);
}

static void print_setting(const struct attribute *set, const struct nlattr *a)
{
	const void *value = a + 1;

	while (set->name && set->type != a->nla_type)
		set++;
	if (!set->name)
		printf("@%u\n", a->nla_type);
	else if (set->kind == U8 && a->nla_len == NLA_HDRLEN + 1)
		printf("%s=%u\n", set->name, *(const uint8_t *)value);
	else if (set->kind == U16 && a->nla_len == NLA_HDRLEN + 2)
		printf("%s=%u\n", set->name, *(const uint16_t *)value);
	else if (set->kind == U32 && a->nla_len == NLA_HDRLEN + 4)
		printf("%s=%u\n", set->name, *(const uint32_t *)value);
	else
		printf("%s has %u bytes\n", set->name, a->nla_len - NLA_HDRLEN);
}

static void take_link(const struct nlmsghdr *nlh)
{
	const struct nlattr *a = attr_find((const char *)NLMSG_DATA(nlh) +
					   sizeof(struct ifinfomsg),
					   nlh->nlmsg_len -
					   NLMSG_LENGTH(sizeof(struct ifinfomsg)),
					   IFLA_LINKINFO);
	const struct nlattr *kind = a ? attr_inside(a, IFLA_INFO_KIND) : NULL;
	const struct nlattr *data = a ? attr_inside(a, IFLA_INFO_DATA) : NULL;
	size_t at = NLA_HDRLEN;

	if (kind)
		puts((const char *)(kind + 1));
	while (data && at + NLA_HDRLEN <= data->nla_len) {
		a = (const void *)((const char *)data + at);
		if (a->nla_len < NLA_HDRLEN || at + a->nla_len > data->nla_len)
			errx(1, "attributes do not fit");
		print_setting(link_set, a);
		at += NLA_ALIGN(a->nla_len);
	}
}

static void take_answer(const struct nlmsghdr *nlh)
{
	const char *attrs = (const char *)NLMSG_DATA(nlh) + GENL_HDRLEN;
	size_t len = nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	const struct nlattr *a;

	if (routing) {
		take_link(nlh);
		return;
	}
	if (family == GENL_ID_CTRL) {
		a = attr_find(attrs, len, CTRL_ATTR_FAMILY_ID);
		if (a)
			family = *(const uint16_t *)(a + 1);
		return;
	}
	a = attr_find(attrs, len, LISP_A_MAP);
	if (a)
		print_prefix(attr_inside(a, LISP_A_MAP_EID),
			     attr_inside(a, LISP_A_MAP_PREFIX_LEN));
	a = attr_find(attrs, len, LISP_A_EID);
	if (a)
		print_prefix(attr_inside(a, LISP_A_EID_ADDR),
			     attr_inside(a, LISP_A_EID_PREFIX_LEN));
	a = attr_find(attrs, len, LISP_A_SOURCE);
	if (a)
		print_source(attr_inside(a, LISP_A_SOURCE_ADDR),
			     attr_inside(a, LISP_A_SOURCE_IDLE));
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		puts("interrupted");
}

/* Return: the error that a closing message tells, 0 for none. */
static int take_end(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = NLMSG_DATA(nlh);
	const struct nlattr *text;
	size_t skip = sizeof(*e);

	if (!e->error)
		return 0;
	if (nlh->nlmsg_type == NLMSG_DONE)
		skip = sizeof(int);
	text = attr_find((const char *)e + skip,
			 nlh->nlmsg_len - NLMSG_LENGTH(skip),
			 NLMSGERR_ATTR_MSG);
	printf("error %d (%s): %s\n", -e->error, strerror(-e->error),
	       text ? (const char *)(text + 1) : "");
	return e->error;
}

/* Send the message, read up to the end of the answer. Return: 0 or errno. */
static int talk(int fd)
{
	static char buf[1 << 16];
	struct nlmsghdr *nlh;
	ssize_t n;

	if (depth)
		errx(2, "] missing");
	if (send(fd, &msg, msg.nlh.nlmsg_len, 0) < 0)
		err(1, "send");
	for (;;) {
		n = recv(fd, buf, sizeof(buf), 0);
		if (n < 0)
			err(1, "recv");
		for (nlh = (void *)buf; NLMSG_OK(nlh, (size_t)n);
		     nlh = NLMSG_NEXT(nlh, n)) {
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE)
				return take_end(nlh);
			take_answer(nlh);
		}
	}
}

static int open_family(void)
{
	int on = 1, size = 4 << 20, fd = socket(AF_NETLINK, SOCK_RAW,
						NETLINK_GENERIC);
	bool want = dump;

	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	dump = false;
	begin(CTRL_CMD_GETFAMILY);
	put(CTRL_ATTR_FAMILY_NAME, LISP_GENL_NAME, sizeof(LISP_GENL_NAME));
	if (talk(fd))
		exit(1);
	dump = want;
	return fd;
}

/* A message about a link by its name, and a socket to send it. */
static int begin_link(int type, int flags, const char *name)
{
	int on = 1, fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	memset(&msg, 0, NLMSG_LENGTH(sizeof(struct ifinfomsg)));
	msg.nlh.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg));
	msg.nlh.nlmsg_type = type;
	msg.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	put(IFLA_IFNAME, name, strlen(name) + 1);
	routing = true;
	return fd;
}

static int show_link(const char *name)
{
	return talk(begin_link(RTM_GETLINK, 0, name)) ? 1 : 0;
}

static int make_link(char **argv)
{
	int fd = begin_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, *argv++);
	static char close_nest[] = "]";

	open_nest[depth++] = put(IFLA_LINKINFO | NLA_F_NESTED, NULL, 0);
	put(IFLA_INFO_KIND, "lisp", sizeof("lisp"));
	open_nest[depth++] = put(IFLA_INFO_DATA | NLA_F_NESTED, NULL, 0);
	open_set[depth] = link_set;
	while (*argv)
		add_token(*argv++);
	add_token(close_nest);
	add_token(close_nest);
	return talk(fd) ? 1 : 0;
}

static int each_line(int fd)
{
	char *line = NULL, *token;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		token = strtok(line, "\n ");
		if (!token)
			continue;
		begin(command(token));
		while ((token = strtok(NULL, "\n ")))
			add_token(token);
		if (talk(fd))
			return 1;
	}
	free(line);
	return 0;
}

int main(int argc, char **argv)
{
	int i = 1, fd;

	if (argc > 1 && !strcmp(argv[1], "-d")) {
		dump = true;
		i++;
	}
	if (argc == 3 && !strcmp(argv[1], "-l"))
		return show_link(argv[2]);
	if (argc > 2 && !strcmp(argv[1], "-n"))
		return make_link(argv + 2);
	if (i >= argc)
		errx(2, "usage: nlmsg [-d] COMMAND [TOKEN]... | nlmsg - | nlmsg -n|-l IFNAME");
	fd = open_family();
	if (!strcmp(argv[i], "-"))
		return each_line(fd);
	begin(command(argv[i]));
	while (++i < argc)
		add_token(argv[i]);
	return talk(fd) ? 1 : 0;
}
