// SPDX-License-Identifier: GPL-2.0
/*
 * Send netlink messages of family "lisp", right ones and wrong ones, as they
 * are written, and print what the kernel says to each:
 *
 *	nlmsg COMMAND [TOKEN]...	one message
 *	nlmsg -				one from each line of standard input
 *	nlmsg -d COMMAND [TOKEN]...	a dump: prints a line for each EID-prefix
 *					or source
 *	nlmsg -w COMMAND [TOKEN]...	the same, but reads the first part only
 *					until standard input ends
 *	nlmsg -n IFNAME [TOKEN]...	make a link of kind "lisp" by rtnetlink,
 *					with these settings
 *	nlmsg -s IFNAME [TOKEN]...	set attributes of a link by rtnetlink
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
#include <linux/rtnetlink.h>
#include <linux/lisp.h>
#include "message.h"

static int dump;		/* NLM_F_DUMP or 0 */
static bool wait_first;		/* before the second part of a dump */
static bool routing;		/* it is rtnetlink that answers */

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

	message_end();
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
		if (wait_first) {
			wait_first = false;
			fflush(stdout);
			while (getchar() != EOF)
				;
		}
	}
}

static int show_link(const char *name)
{
	routing = true;
	message_begin_link(RTM_GETLINK, 0, name);
	return talk(message_open(NETLINK_ROUTE)) ? 1 : 0;
}

static int make_link(char **argv)
{
	routing = true;
	message_begin_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, *argv);
	message_add_settings(argv + 1);
	return talk(message_open(NETLINK_ROUTE)) ? 1 : 0;
}

static int set_link(char **argv)
{
	routing = true;
	message_begin_link(RTM_NEWLINK, 0, *argv);
	while (*++argv)
		message_add(*argv);
	return talk(message_open(NETLINK_ROUTE)) ? 1 : 0;
}

static int each_line(int fd)
{
	char *line = NULL, *token;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		token = strtok(line, "\n ");
		if (!token)
			continue;
		message_begin(message_command(token), dump);
		while ((token = strtok(NULL, "\n ")))
			message_add(token);
		if (talk(fd))
			return 1;
	}
	free(line);
	return 0;
}

int main(int argc, char **argv)
{
	int i = 1, fd;

	if (argc > 1 && (!strcmp(argv[1], "-d") || !strcmp(argv[1], "-w"))) {
		dump = NLM_F_DUMP;
		wait_first = argv[1][1] == 'w';
		i++;
	}
	if (argc == 3 && !strcmp(argv[1], "-l"))
		return show_link(argv[2]);
	if (argc > 2 && !strcmp(argv[1], "-n"))
		return make_link(argv + 2);
	if (argc > 2 && !strcmp(argv[1], "-s"))
		return set_link(argv + 2);
	if (i >= argc)
		errx(2, "usage: nlmsg [-d|-w] COMMAND [TOKEN]... | nlmsg - | nlmsg -n|-s|-l IFNAME");
	fd = message_open_family();
	if (!strcmp(argv[i], "-"))
		return each_line(fd);
	message_begin(message_command(argv[i]), dump);
	while (++i < argc)
		message_add(argv[i]);
	return talk(fd) ? 1 : 0;
}
