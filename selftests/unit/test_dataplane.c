// SPDX-License-Identifier: GPL-2.0
/*
 * The devices that lispd uses, against a kernel that is played here: each
 * request of lispnl.c is answered by a function of this file.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <event2/event.h>
#include <linux/rtnetlink.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include "dataplane_priv.h"

#define IFINDEX	7

/* The kernel: is there a lisp0, and when does it go? */
static struct {
	bool there, quiet;		/* no event tells of it */
	int busy;			/* what it says of links, an errno */
	unsigned int gone_after;	/* so many local EIDs; 0: never */
	unsigned int eids, looks;
	/* what the next calls of lisp_nl_receive() return */
	int receive[8];
	unsigned int received;
} kernel;

static struct nl_msg *link_event(void)
{
	struct ifinfomsg ifi = { .ifi_index = IFINDEX, .ifi_flags = IFF_UP };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, 0);
	struct nlattr *info;

	nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO);
	nla_put_string(msg, IFLA_IFNAME, "lisp0");
	info = nla_nest_start(msg, IFLA_LINKINFO);
	nla_put_string(msg, IFLA_INFO_KIND, "lisp");
	nla_nest_end(msg, info);
	return msg;
}

static int open_socket(struct lisp_nl *nl, int family)
{
	memset(nl, 0, sizeof(*nl));
	nl->sock = nl_socket_alloc();
	nl->family = family;
	return 0;
}

int lisp_nl_open(struct lisp_nl *nl)
{
	return open_socket(nl, 99);
}

int lisp_nl_open_route(struct lisp_nl *nl)
{
	return open_socket(nl, 0);
}

void lisp_nl_close(struct lisp_nl *nl)
{
	nl_socket_free(nl->sock);
	nl->sock = NULL;
	nl->family = 0;
}

static struct nl_sock *event_socket(void)
{
	struct nl_sock *sock = nl_socket_alloc();

	assert_int_equal(nl_connect(sock, NETLINK_ROUTE), 0);
	return sock;
}

struct nl_sock *lisp_nl_open_events(const char *const *groups, int rcvbuf)
{
	(void)groups;
	(void)rcvbuf;
	return event_socket();
}

struct nl_sock *lisp_nl_open_route_events(bool addresses, int rcvbuf)
{
	(void)addresses;
	(void)rcvbuf;
	return event_socket();
}

int lisp_nl_receive(struct nl_sock *sock, unsigned int batch,
		    void (*cb)(const struct nlmsghdr *nlh, void *arg),
		    void *arg)
{
	struct nl_msg *msg;

	(void)sock;
	(void)batch;
	if (kernel.there && !kernel.quiet) {
		msg = link_event();
		cb(nlmsg_hdr(msg), arg);
		nlmsg_free(msg);
	}
	assert_true(kernel.received < 8);
	return kernel.receive[kernel.received++];
}

struct nl_msg *lisp_nl_msg(struct lisp_nl *nl, uint8_t cmd, int flags,
			   unsigned int ifindex)
{
	struct nl_msg *msg = nlmsg_alloc();

	/* what would become of a request without a socket */
	assert_non_null(nl->sock);
	genlmsg_put(msg, 1, 1, nl->family, 0, flags, cmd, 1);
	nla_put_u32(msg, LISP_A_IFINDEX, ifindex);
	return msg;
}

static int answer(struct nl_msg *msg,
		  void (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	int type = nlmsg_hdr(msg)->nlmsg_type;
	struct nlattr *nest;
	struct nl_msg *a;

	if (type == RTM_NEWLINK)
		return -EOPNOTSUPP;
	if (type == RTM_GETLINK)
		kernel.looks++;
	if (type == RTM_GETLINK && kernel.busy)
		return -kernel.busy;
	if (!kernel.there)
		return -ENODEV;
	if (type == RTM_GETLINK) {
		a = link_event();
	} else if (lisp_nl_cmd(nlmsg_hdr(msg)) == LISP_CMD_DEV_GET) {
		a = nlmsg_alloc();
		genlmsg_put(a, 1, 1, 99, 0, 0, LISP_CMD_DEV_GET, 1);
		nla_put_u32(a, LISP_A_IFINDEX, IFINDEX);
		nest = nla_nest_start(a, LISP_A_LINK);
		nla_put_u32(a, IFLA_LISP_INSTANCE_ID, 0);
		nla_nest_end(a, nest);
	} else {
		if (lisp_nl_cmd(nlmsg_hdr(msg)) == LISP_CMD_EID_ADD &&
		    ++kernel.eids == kernel.gone_after)
			kernel.there = false;
		return 0;
	}
	cb(nlmsg_hdr(a), arg);
	nlmsg_free(a);
	return 0;
}

int lisp_nl_do(struct lisp_nl *nl, struct nl_msg *msg,
	       void (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	assert_non_null(nl->sock);
	nl->err = answer(msg, cb, arg);
	strcpy(nl->error, nl->err ? strerror(-nl->err) : "");
	nlmsg_free(msg);
	return nl->err;
}

int lisp_nl_dump(struct lisp_nl *nl, uint8_t cmd, unsigned int ifindex,
		 void (*cb)(const struct nlmsghdr *nlh, void *arg),
		 void (*reset)(void *arg), void *arg)
{
	(void)nl;
	(void)cmd;
	(void)ifindex;
	(void)cb;
	(void)reset;
	(void)arg;
	return 0;
}

int lisp_nl_sources(struct lisp_nl *nl, unsigned int ifindex,
		    struct lisp_nl_source **list, unsigned int *n)
{
	(void)nl;
	(void)ifindex;
	(void)list;
	(void)n;
	return -ENODEV;
}

static const struct dataplane_ops ops;	/* none is called here */

static int setup(void **state)
{
	char name[] = "lisp0";
	struct lisp_config_device device = { .name = name };
	struct lisp_config cfg = { .itr = true, .n_devices = 1,
				   .devices = &device };
	struct event_base *base = event_base_new();
	struct dataplane *dp = dataplane_new(base, &ops, NULL);

	memset(&kernel, 0, sizeof(kernel));
	dataplane_add(dp, &cfg);
	assert_int_equal(dataplane_ifindex(dp, 0), 0);
	kernel.looks = 0;
	*state = dp;
	return 0;
}

static int teardown(void **state)
{
	struct dataplane *dp = *state;
	struct event_base *base = dp->base;

	dataplane_free(dp);
	event_base_free(base);
	return 0;
}

static void link_readable(struct dataplane *dp)
{
	event_active(dp->link_event, EV_READ, 0);
	event_base_loop(dp->base, EVLOOP_NONBLOCK);
}

static void add_eids(struct dataplane *dp, unsigned int n)
{
	struct lisp_eid eid = { .afi = LISP_AFI_IPV4, .plen = 24,
				.bytes = { 10 } };

	while (n--) {
		eid.bytes[2] = (uint8_t)n;
		dataplane_eid_add(dp, &eid);
	}
}

/* What was asked for while there was no device is there when it comes. */
static void test_comes(void **state)
{
	struct dataplane *dp = *state;

	add_eids(dp, 5);
	kernel.there = true;
	link_readable(dp);
	assert_int_equal(dataplane_ifindex(dp, 0), IFINDEX);
	assert_int_equal(kernel.eids, 5);
}

/* Made and removed: it goes while it is filled. Another one is used again. */
static void test_goes_while_filled(void **state)
{
	struct dataplane *dp = *state;

	add_eids(dp, 5);
	kernel.there = true;
	kernel.gone_after = 2;
	link_readable(dp);
	assert_int_equal(dataplane_ifindex(dp, 0), 0);
	assert_int_equal(kernel.eids, 2);
	kernel.there = true;
	link_readable(dp);
	assert_int_equal(dataplane_ifindex(dp, 0), IFINDEX);
	assert_int_equal(kernel.eids, 2 + 5);
}

/*
 * Events of links were lost. As long as others wait the kernel sends no more of
 * them, so that what is looked at too early is old; then it is looked at once.
 */
static void test_links_lost(void **state)
{
	struct dataplane *dp = *state;

	kernel.receive[0] = -ENOBUFS;
	kernel.receive[1] = 1;
	kernel.receive[2] = 0;
	link_readable(dp);
	assert_int_equal(kernel.received, 2);
	assert_int_equal(kernel.looks, 0);
	link_readable(dp);
	assert_int_equal(kernel.looks, 1);
	link_readable(dp);
	assert_int_equal(kernel.received, 4);
	assert_int_equal(kernel.looks, 1);
}

/* Lost were events, not the device: only the kernel can say that it is gone. */
static void test_no_answer(void **state)
{
	struct dataplane *dp = *state;

	kernel.there = true;
	link_readable(dp);
	kernel.quiet = true;
	kernel.busy = ETIMEDOUT;
	kernel.receive[1] = -ENOBUFS;
	link_readable(dp);
	assert_int_equal(kernel.looks, 1);
	assert_int_equal(dataplane_ifindex(dp, 0), IFINDEX);
	kernel.busy = 0;
	kernel.there = false;
	kernel.receive[3] = -ENOBUFS;
	link_readable(dp);
	assert_int_equal(kernel.looks, 2);
	assert_int_equal(dataplane_ifindex(dp, 0), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_comes), TEST(test_goes_while_filled),
		TEST(test_links_lost), TEST(test_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
