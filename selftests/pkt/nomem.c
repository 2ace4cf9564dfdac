// SPDX-License-Identifier: GPL-2.0
/*
 * Do the same thing again and again, each time with another one of the memory
 * allocations failing that the kernel makes for it, until none is left, and
 * see that it is done or refused, never half done:
 *
 *	nomem [-r ROUNDS] [-t DEVICE] ACTION [-- ACTION]...
 *
 * The first ACTION is what is tried, the others undo it and get all the memory
 * they ask for. An ACTION is one of
 *	COMMAND TOKEN...		a request as nlmsg sends it
 *	dump COMMAND TOKEN...		one for a dump
 *	link-add IFNAME SETTING...	as "nlmsg -n"
 *	link-del IFNAME
 *	link-up IFNAME
 *	link-down IFNAME
 *	send FROM TO BYTES [cut]	a UDP packet of ours, that may be cut
 *	tun DEVICE FROM TO OUTER-FROM OUTER-TO [error ROUTER]
 *					a LISP packet that comes in, or an ICMP
 *					error that quotes it
 * -t: with a tap on that device, which makes packets shared. Those of "send" that
 * it has seen have to be sent or dropped and counted.
 *
 * Events are listened to: when something was done, its events have come, or the
 * listener was told that some are lost.
 *
 * The kernel must have CONFIG_FAILSLAB and CONFIG_FAIL_PAGE_ALLOC; see its
 * Documentation/fault-injection. Prints a line of figures, exits with 1 and says
 * why when a rule was broken.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include "message.h"
#include "nomem.h"

#define ACTIONS		8
#define NTH_MAX		5000

/**
 * struct result - what came of an action
 * @error: errno of the answer, 0 when it was done, -1 when no answer came
 * @answer: what was answered, in lines
 * @events: messages that told of it
 * @overrun: events were lost, and that was said
 * @tapped: packets that the tap saw
 * @failed: an allocation was made to fail
 */
struct result {
	int error;
	char *answer;
	unsigned int events;
	bool overrun;
	unsigned int tapped;
	bool failed;
};

static int nth_fd, events_fd, tap_fd = -1;
static unsigned int nth_left;

/* Let the allocation fail that many from now. 0: none */
static void arm(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(nth_fd, text, len, 0) != len)
		err(1, "fail-nth");
}

/* Return: what is left to count, 0 when the allocation has failed. */
static unsigned int disarm(void)
{
	char text[16] = "";
	unsigned int left;

	if (pread(nth_fd, text, sizeof(text) - 1, 0) <= 0)
		err(1, "fail-nth");
	left = strtoul(text, NULL, 10);
	arm(0);
	return left;
}

/* Do what follows with what is left of the count. */
#define ARMED(call) ({ \
	__typeof__(call) __result; \
	int __errno; \
	if (nth_left) \
		arm(nth_left); \
	__result = (call); \
	__errno = errno; \
	if (nth_left) \
		nth_left = disarm(); \
	errno = __errno; \
	__result; \
})

/* Requests */

static bool is(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

static void link_request(char **argv)
{
	struct ifinfomsg *ifi = NLMSG_DATA(&msg.nlh);

	if (!argv[1])
		errx(2, "which link?");
	if (is(argv[0], "link-add")) {
		message_begin_link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
				   argv[1]);
		message_add_settings(argv + 2);
		return;
	}
	message_begin_link(is(argv[0], "link-del") ? RTM_DELLINK : RTM_NEWLINK,
			   0, argv[1]);
	if (!is(argv[0], "link-del")) {
		ifi->ifi_change = IFF_UP;
		ifi->ifi_flags = is(argv[0], "link-up") ? IFF_UP : 0;
	}
}

/* Writes the message. Return: a socket for it. */
static int request(char **argv, bool *dump)
{
	*dump = is(argv[0], "dump");
	if (!strncmp(argv[0], "link-", 5)) {
		link_request(argv);
		return message_open(NETLINK_ROUTE);
	}
	argv += *dump;
	if (!argv[0])
		errx(2, "dump what?");
	message_begin(message_command(*argv), *dump ? NLM_F_DUMP : 0);
	while (*++argv && !is(*argv, "--"))
		message_add(*argv);
	message_end();
	return message_open(NETLINK_GENERIC);
}

/* Return: true when that was the last message of the answer. */
static bool take_answer(struct result *r, FILE *to, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		r->error = -*(const int *)NLMSG_DATA(nlh);
		return true;
	}
	text_answer(to, nlh);
	return false;
}

/* The answer is there when the request returns; a dump goes on as it is read. */
static void try_request(struct result *r, char **argv)
{
	static char buf[1 << 16] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *nlh;
	bool dump, end = false;
	int fd = request(argv, &dump);
	size_t size;
	FILE *to = open_memstream(&r->answer, &size);
	ssize_t n;

	r->error = ARMED(send(fd, &msg, msg.nlh.nlmsg_len, 0)) < 0 ? errno : -1;
	end = r->error > 0;
	while (!end) {
		if (dump)
			n = ARMED(recv(fd, buf, sizeof(buf), MSG_DONTWAIT));
		else
			n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n < 0) {
			/* A request may have been done all the same. */
			if (dump)
				r->error = errno;
			break;
		}
		for (nlh = (void *)buf; !end && NLMSG_OK(nlh, (size_t)n);
		     nlh = NLMSG_NEXT(nlh, n))
			end = take_answer(r, to, nlh);
	}
	fclose(to);
	close(fd);
}

static void try_packet(struct result *r, char **argv)
{
	struct packet p;

	if (is(argv[0], "send"))
		packet_udp(&p, argv + 1);
	else
		packet_tun(&p, argv + 1);
	r->error = ARMED(packet_send(&p));
	close(p.fd);
}

/* Events and packets */

static bool is_packet(char **argv)
{
	return is(argv[0], "send") || is(argv[0], "tun");
}

static void take_events(struct result *r)
{
	static char buf[1 << 16] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t n;

	for (;;) {
		const struct nlmsghdr *nlh = (void *)buf;
		const struct genlmsghdr *genl = NLMSG_DATA(nlh);

		memset(buf, 0, NLMSG_HDRLEN);
		n = recv(events_fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0 && errno == ENOBUFS) {
			r->overrun = true;
			continue;
		}
		if (n < 0)
			err(1, "events");
		if (!NLMSG_OK(nlh, (size_t)n))
			errx(1, "events: %zd bytes that are no message", n);
		/* Locators' states change when they do. */
		r->events += genl->cmd != LISP_CMD_RLOC_NTF;
	}
}

static void take_tapped(struct result *r)
{
	char buf[64];

	while (tap_fd >= 0 && recv(tap_fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		r->tapped++;
}

static void join_group(const struct nlattr *group)
{
	const struct nlattr *id = attr_inside(group, CTRL_ATTR_MCAST_GRP_ID);

	if (!id || setsockopt(events_fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			      id + 1, sizeof(int)) < 0)
		err(1, "joining a group");
}

static void listen_events(void)
{
	char buf[1 << 13] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	const struct nlmsghdr *nlh = (void *)buf;
	const struct nlattr *groups;
	int fd = message_open(NETLINK_GENERIC), size = 4 << 20, i;
	const struct nlattr *group;

	events_fd = message_open(NETLINK_GENERIC);
	setsockopt(events_fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	/* Without an address it would be taken for the sender. */
	if (bind(events_fd, (void *)&any, sizeof(any)) < 0)
		err(1, "bind");
	message_begin(CTRL_CMD_GETFAMILY, 0);
	msg.nlh.nlmsg_type = GENL_ID_CTRL;
	message_put(CTRL_ATTR_FAMILY_NAME, LISP_GENL_NAME,
		    sizeof(LISP_GENL_NAME));
	if (send(fd, &msg, msg.nlh.nlmsg_len, 0) < 0 ||
	    recv(fd, buf, sizeof(buf), 0) < 0)
		err(1, "family");
	groups = attr_find((const char *)NLMSG_DATA(nlh) + GENL_HDRLEN,
			   nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN),
			   CTRL_ATTR_MCAST_GROUPS);
	if (!groups)
		errx(1, "family lisp has no groups");
	for (i = 1; (group = attr_inside(groups, i)); i++)
		join_group(group);
	close(fd);
}

static void listen_tap(const char *name)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(name),
	};

	tap_fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (tap_fd < 0 || !ll.sll_ifindex ||
	    bind(tap_fd, (void *)&ll, sizeof(ll)) < 0)
		err(1, "%s", name);
}

/* One try */

static void try(struct result *r, char **argv, unsigned int nth)
{
	memset(r, 0, sizeof(*r));
	nth_left = nth;
	if (is_packet(argv))
		try_packet(r, argv);
	else
		try_request(r, argv);
	r->failed = nth && !nth_left;
	nth_left = 0;
	take_events(r);
	take_tapped(r);
}

static void undo(char ***actions)
{
	struct result r;

	for (; *actions; actions++) {
		try(&r, *actions, 0);
		if (r.error)
			errx(1, "%s: %s", **actions, r.error < 0 ?
			     "no answer" : strerror(r.error));
		free(r.answer);
	}
}

/* Packets of which lisp devices have told what became of them. */
static uint64_t outcomes(const struct state *from, const struct state *to)
{
	uint64_t n = 0;
	int i;

	for (i = 1; i <= LISP_A_STATS_MAX; i++)
		switch (i) {
		case LISP_A_STATS_PAD:
		case LISP_A_STATS_MISS:
		case LISP_A_STATS_MISS_LIMITED:
		case LISP_A_STATS_RELEASED:
		case LISP_A_STATS_EVICTED:
		case LISP_A_STATS_PARK_NOW:
			break;
		default:
			n += to->counters[i] - from->counters[i];
		}
	return n;
}

static bool same_counters(const struct state *a, const struct state *b)
{
	return !memcmp(a->counters, b->counters, sizeof(a->counters));
}

/* What it is like without want. */
static struct state before, after;
static struct result usual;

static struct {
	unsigned int failed, refused, unanswered, done, overruns;
} figures;

/* Return: what is wrong, or NULL. @was and @is: before and after the try */
static const char *judge(char **argv, const struct result *r,
			 const struct state *was, const struct state *is)
{
	bool changes = !state_same(&before, &after);
	bool done = state_same(is, &after), not = state_same(is, &before);

	if (!done && !not)
		return "neither done nor left";
	if (!r->failed && (r->error || !done))
		return "fails with nothing that fails";
	if (r->error > 0 && (!not || !same_counters(was, is)))
		return "refused and not left as it was";
	/* Others have errors of their own when memory is short. */
	if (r->error > 0 && r->error != ENOMEM && r->error != ENOBUFS &&
	    strncmp(argv[0], "link-", 5))
		return "refused, but not for want of memory";
	if (!is_packet(argv) && !r->error && !done)
		return "said to be done and is not";
	if (!is_packet(argv) && !r->error && strcmp(r->answer, usual.answer))
		return "another answer than usual";
	if (changes && not && r->events)
		return "told of something that was not done";
	if (changes && done && r->events != usual.events && !r->overrun)
		return "done, but events neither told nor said to be lost";
	if (!strcmp(argv[0], "send") && !r->error && r->tapped &&
	    !outcomes(was, is))
		return "a packet is gone, and nothing counted";
	return NULL;
}

static void count(const struct result *r)
{
	figures.failed += r->failed;
	figures.refused += r->failed && r->error > 0;
	figures.unanswered += r->failed && r->error < 0;
	figures.done += r->failed && !r->error;
	figures.overruns += r->failed && r->overrun;
}

static void complain(const char *what, unsigned int nth, const struct result *r,
		     const struct state *now)
{
	state_print("before", &before);
	state_print("usually after", &after);
	state_print("now", now);
	fflush(stdout);
	errx(1, "allocation %u: %s (error %d, %u events%s; usually %u)", nth,
	     what, r->error, r->events, r->overrun ? ", overrun" : "",
	     usual.events);
}

static void all_of_them(char ***actions)
{
	unsigned int nth = 0;
	struct state was, now;
	struct result r;
	const char *what;
	bool failed;

	state_read(&was);
	do {
		if (++nth > NTH_MAX)
			errx(1, "there is no end of allocations");
		try(&r, actions[0], nth);
		state_read(&now);
		what = judge(actions[0], &r, &was, &now);
		if (what)
			complain(what, nth, &r, &now);
		count(&r);
		state_free(&was);
		was = now;
		if (!state_same(&now, &before)) {
			undo(actions + 1);
			state_free(&was);
			state_read(&was);
		}
		failed = r.failed;
		free(r.answer);
	} while (failed);
	state_free(&was);
}

static void find_usual(char ***actions)
{
	struct state again;

	state_read(&before);
	try(&usual, actions[0], 0);
	if (usual.error)
		errx(1, "%s: %s", *actions[0], usual.error < 0 ? "no answer" :
		     strerror(usual.error));
	state_read(&after);
	if (!state_same(&before, &after))
		undo(actions + 1);
	state_read(&again);
	if (!state_same(&before, &again)) {
		state_print("before", &before);
		state_print("undone", &again);
		fflush(stdout);
		errx(1, "cannot be undone");
	}
	state_free(&again);
}

int main(int argc, char **argv)
{
	char **actions[ACTIONS + 1] = { NULL };
	const char *tap = NULL;
	int opt, rounds = 1, n = 0, i;

	while ((opt = getopt(argc, argv, "+r:t:")) != -1) {
		if (opt == 'r')
			rounds = atoi(optarg);
		else if (opt == 't')
			tap = optarg;
		else
			return 2;
	}
	for (i = optind; i < argc; i++) {
		if (i == optind || is(argv[i - 1], "--")) {
			if (n == ACTIONS)
				errx(2, "too many actions");
			actions[n++] = argv + i;
		}
	}
	if (!n)
		errx(2, "usage: nomem [-r ROUNDS] [-t DEVICE] ACTION [-- ACTION]...");
	for (i = optind; i < argc; i++)
		if (is(argv[i], "--"))
			argv[i] = NULL;
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR);
	if (nth_fd < 0)
		err(1, "fail-nth");
	/* That no page of ours is missing at the wrong moment */
	if (mlockall(MCL_CURRENT | MCL_FUTURE) < 0)
		err(1, "mlockall");
	close(message_open_family());
	listen_events();
	if (tap)
		listen_tap(tap);
	find_usual(actions);
	while (rounds--)
		all_of_them(actions);
	printf("failed %u refused %u unanswered %u done %u overruns %u\n",
	       figures.failed, figures.refused, figures.unanswered,
	       figures.done, figures.overruns);
	if (!figures.failed)
		errx(1, "nothing failed");
	return 0;
}
