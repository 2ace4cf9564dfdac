// SPDX-License-Identifier: GPL-2.0
/*
 * What can be seen of lisp devices, for comparison.
 */
#include <err.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include "message.h"
#include "nomem.h"

/* What changes without anybody's doing, or with every packet. */
static bool volatile_attr(int nest, int type)
{
	switch (nest) {
	case 0:
		return type == LISP_A_IFINDEX || type == LISP_A_STATS;
	case LISP_A_MAP:
		return type == LISP_A_MAP_UPTIME || type == LISP_A_MAP_EXPIRES ||
		       type == LISP_A_MAP_IDLE || type == LISP_A_MAP_PACKETS ||
		       type == LISP_A_MAP_BYTES || type == LISP_A_MAP_PAD;
	case LISP_A_LOCATOR:
		return type == LISP_A_LOCATOR_PACKETS ||
		       type == LISP_A_LOCATOR_BYTES ||
		       type == LISP_A_LOCATOR_PAD;
	case LISP_A_EID:
		return type == LISP_A_EID_UPTIME || type == LISP_A_EID_PAD;
	default:
		return false;
	}
}

/* @nest: number of the attribute that these are in, 0 for none */
static void text_attrs(FILE *to, const void *attrs, size_t len, int nest)
{
	const char *at = attrs, *end = at + len;

	while (end - at >= NLA_HDRLEN) {
		const struct nlattr *a = (const void *)at;
		const unsigned char *value = (const void *)(a + 1);
		int type = a->nla_type & NLA_TYPE_MASK, i;

		if (a->nla_len < NLA_HDRLEN || a->nla_len > end - at)
			errx(1, "attributes do not fit");
		at += NLA_ALIGN(a->nla_len);
		if (volatile_attr(nest, type))
			continue;
		fprintf(to, " %d:", type);
		if (a->nla_type & NLA_F_NESTED) {
			if (nest == LISP_A_MAP)
				type = LISP_A_LOCATOR;
			fputc('[', to);
			text_attrs(to, value, a->nla_len - NLA_HDRLEN, type);
			fputs(" ]", to);
		} else {
			for (i = 0; i < a->nla_len - NLA_HDRLEN; i++)
				fprintf(to, "%02x", value[i]);
		}
	}
}

/**
 * text_answer() - write a message of family "lisp" as a line
 * @to: where to
 * @nlh: message
 */
void text_answer(FILE *to, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nlh);

	fprintf(to, "%u", genl->cmd);
	text_attrs(to, (const char *)genl + GENL_HDRLEN,
		   nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), 0);
	fputc('\n', to);
}

static void take_counters(struct state *s, const struct nlmsghdr *nlh)
{
	const struct nlattr *a, *v;
	int i;

	a = attr_find((const char *)NLMSG_DATA(nlh) + GENL_HDRLEN,
		      nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), LISP_A_STATS);
	for (i = 1; a && i <= LISP_A_STATS_MAX; i++) {
		uint64_t value;

		v = attr_inside(a, i);
		if (!v || v->nla_len != NLA_HDRLEN + sizeof(value))
			continue;
		memcpy(&value, v + 1, sizeof(value));
		s->counters[i] += value;
	}
}

static void take_link(FILE *to, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = NLMSG_DATA(nlh);
	const struct nlattr *name;

	name = attr_find((const char *)ifi + NLMSG_ALIGN(sizeof(*ifi)),
			 nlh->nlmsg_len - NLMSG_LENGTH(sizeof(*ifi)),
			 IFLA_IFNAME);
	fprintf(to, "link %s%s\n", name ? (const char *)(name + 1) : "?",
		ifi->ifi_flags & IFF_UP ? " up" : "");
}

/* Send the message, write what is answered. */
static void dump(struct state *s, FILE *to, int fd)
{
	static char buf[1 << 16] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *nlh;
	ssize_t n;

	if (send(fd, &msg, msg.nlh.nlmsg_len, 0) < 0)
		err(1, "send");
	for (;;) {
		n = recv(fd, buf, sizeof(buf), 0);
		if (n < 0)
			err(1, "recv");
		for (nlh = (void *)buf; NLMSG_OK(nlh, (size_t)n);
		     nlh = NLMSG_NEXT(nlh, n)) {
			if (nlh->nlmsg_type == NLMSG_DONE)
				goto out;
			if (nlh->nlmsg_type == NLMSG_ERROR)
				errx(1, "a dump ends in an error");
			if (msg.nlh.nlmsg_type == RTM_GETLINK) {
				take_link(to, nlh);
				continue;
			}
			text_answer(to, nlh);
			take_counters(s, nlh);
		}
	}
out:
	close(fd);
}

static unsigned int count_sockets(const char *path)
{
	unsigned int port, n = 0;
	FILE *from = fopen(path, "r");
	char line[512];

	if (!from)
		return 0;
	while (fgets(line, sizeof(line), from))
		n += sscanf(line, " %*u: %*[0-9A-F]:%x", &port) == 1 &&
		     port == LISP_UDP_DATA_PORT;
	fclose(from);
	return n;
}

static int by_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Some dumps come in an order of no meaning. */
static char *sorted(char *text)
{
	char **lines = NULL, *line, *save, *result;
	size_t n = 0, size, i;
	FILE *to = open_memstream(&result, &size);

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		lines = realloc(lines, (n + 1) * sizeof(*lines));
		if (!lines)
			err(1, NULL);
		lines[n++] = line;
	}
	if (n)
		qsort(lines, n, sizeof(*lines), by_line);
	for (i = 0; i < n; i++)
		fprintf(to, "%s\n", lines[i]);
	fclose(to);
	free(lines);
	free(text);
	return result;
}

/**
 * state_read() - look at everything in this namespace
 * @s: set; to be freed
 */
void state_read(struct state *s)
{
	static const int commands[] = {
		LISP_CMD_DEV_GET, LISP_CMD_MAP_GET, LISP_CMD_EID_GET,
		LISP_CMD_RLOC_GET, LISP_CMD_PENDING_GET,
	};
	size_t size, i;
	FILE *to;

	memset(s, 0, sizeof(*s));
	to = open_memstream(&s->text, &size);
	if (!to)
		err(1, NULL);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		message_begin(commands[i], NLM_F_DUMP);
		dump(s, to, message_open(NETLINK_GENERIC));
	}
	message_begin_link(RTM_GETLINK, NLM_F_DUMP, "");
	msg.nlh.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg));
	dump(s, to, message_open(NETLINK_ROUTE));
	s->sockets = count_sockets("/proc/self/net/udp") +
		     count_sockets("/proc/self/net/udp6");
	fclose(to);
	s->text = sorted(s->text);
}

/**
 * state_free() - free what state_read() made
 * @s: may be empty
 */
void state_free(struct state *s)
{
	free(s->text);
	s->text = NULL;
}

/**
 * state_same() - are two states the same, counters aside
 * @a: one
 * @b: the other
 *
 * Return: true if so.
 */
bool state_same(const struct state *a, const struct state *b)
{
	return !strcmp(a->text, b->text) && a->sockets == b->sockets;
}

/**
 * state_print() - print a state
 * @what: which
 * @s: state
 */
void state_print(const char *what, const struct state *s)
{
	printf("%s: %u sockets\n%s", what, s->sockets, s->text);
}
