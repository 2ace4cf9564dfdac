// SPDX-License-Identifier: GPL-2.0
/*
 * Hosts that come and go, against a kernel that is played here: requests and
 * events of lispnl.c, filters of snoop.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "../../ctrld/neigh.c"

static struct {
	unsigned int dumps;		/* of neighbours */
	int receive[8];			/* what lisp_nl_receive() returns next */
	unsigned int received;
	uint16_t state;			/* of the host, as an event; 0: none */
	bool route;			/* of the host, left behind */
	unsigned int filtered;		/* hosts that the filter leaves out */
} kernel;

static const struct lisp_eid host = {
	.afi = LISP_AFI_IPV4, .plen = 32, .bytes = { 10, 1, 0, 2 },
};

/* A message about the host, on the loopback interface: it is always there. */
static void tell(int type, void *head, size_t len, int addr, int oif,
		 void (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, 0);

	nlmsg_append(msg, head, len, NLMSG_ALIGNTO);
	nla_put(msg, addr, 4, host.bytes);
	if (oif)
		nla_put_u32(msg, oif, 1);
	cb(nlmsg_hdr(msg), arg);
	nlmsg_free(msg);
}

int lisp_nl_open_route(struct lisp_nl *nl)
{
	memset(nl, 0, sizeof(*nl));
	nl->sock = nl_socket_alloc();
	return 0;
}

void lisp_nl_close(struct lisp_nl *nl)
{
	nl_socket_free(nl->sock);
	nl->sock = NULL;
}

int lisp_nl_do(struct lisp_nl *nl, struct nl_msg *msg,
	       void (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	(void)cb;
	(void)arg;
	assert_non_null(nl->sock);
	nlmsg_free(msg);
	return 0;
}

int lisp_nl_dump_route(struct lisp_nl *route, struct nl_msg *msg,
		       void (*cb)(const struct nlmsghdr *nlh, void *arg),
		       void *arg)
{
	const struct rtmsg *asked = nlmsg_data(nlmsg_hdr(msg));
	struct rtmsg head = {
		.rtm_family = AF_INET, .rtm_dst_len = 32,
		.rtm_table = RT_TABLE_MAIN, .rtm_protocol = NEIGH_RTPROT,
	};

	assert_non_null(route->sock);
	if (nlmsg_hdr(msg)->nlmsg_type == RTM_GETNEIGH)
		kernel.dumps++;
	else if (kernel.route && asked->rtm_family == AF_INET)
		tell(RTM_NEWROUTE, &head, sizeof(head), RTA_DST, RTA_OIF, cb,
		     arg);
	nlmsg_free(msg);
	return 0;
}

struct nl_sock *lisp_nl_open_neigh_events(int rcvbuf)
{
	struct nl_sock *sock = nl_socket_alloc();

	(void)rcvbuf;
	assert_int_equal(nl_connect(sock, NETLINK_ROUTE), 0);
	return sock;
}

int lisp_nl_receive(struct nl_sock *sock, unsigned int batch,
		    void (*cb)(const struct nlmsghdr *nlh, void *arg),
		    void *arg)
{
	struct ndmsg head = { .ndm_family = AF_INET, .ndm_ifindex = 1,
			      .ndm_state = kernel.state };

	(void)sock;
	(void)batch;
	if (kernel.state)
		tell(RTM_NEWNEIGH, &head, sizeof(head), NDA_DST, 0, cb, arg);
	assert_true(kernel.received < 8);
	return kernel.receive[kernel.received++];
}

struct snoop *snoop_open(struct event_base *base, const char *interface,
			 void (*heard)(void *ctx, const struct lisp_addr *addr,
				       const char *interface), void *ctx)
{
	static char any;

	(void)base;
	(void)interface;
	(void)heard;
	(void)ctx;
	return (struct snoop *)&any;
}

void snoop_close(struct snoop *s)
{
	(void)s;
}

void snoop_filter(struct snoop *s, const struct lisp_eid *prefixes,
		  unsigned int n_prefixes, const struct lisp_eid *hosts,
		  unsigned int n_hosts)
{
	(void)s;
	(void)prefixes;
	(void)hosts;
	assert_int_equal(n_prefixes, 1);
	kernel.filtered = n_hosts;
}

static void seen(void *ctx, const struct lisp_addr *addr,
		 const char *interface)
{
	struct lisp_eid eid = lisp_eid_from_addr(0, addr);

	neigh_host(*(struct neigh **)ctx, &eid, interface, LISP_HOST_HERE);
}

static void gone(void *ctx, const struct lisp_addr *addr,
		 const char *interface)
{
	(void)ctx;
	(void)addr;
	(void)interface;
}

static bool instance_of(void *ctx, unsigned int ifindex, uint32_t *iid)
{
	(void)ctx;
	(void)ifindex;
	(void)iid;
	return false;
}

static const struct neigh_ops ops = {
	.seen = seen, .gone = gone, .instance_of = instance_of,
};

static struct neigh *open_neigh(void)
{
	char lo[] = "lo";
	struct lisp_config_dynamic dynamic = {
		.eid = { .afi = LISP_AFI_IPV4, .plen = 16, .bytes = { 10, 1 } },
		.interface = lo,
	};
	struct lisp_config cfg = { .etr = true, .n_dynamic = 1,
				   .dynamic = &dynamic };
	static struct neigh *n;

	n = neigh_new(event_base_new(), &ops, &n);
	neigh_configure(n, &cfg);
	return n;
}

static void close_neigh(struct neigh *n)
{
	struct event_base *base = n->base;

	neigh_free(n);
	event_base_free(base);
}

static int clear(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	return 0;
}

static void readable(struct neigh *n)
{
	event_active(n->event, EV_READ, 0);
	event_base_loop(n->base, EVLOOP_NONBLOCK);
}

/*
 * Events were lost. As long as others wait the kernel sends no more of them, so
 * that what is dumped too early is old; then it is dumped once.
 */
static void test_lost(void **state)
{
	struct neigh *n = open_neigh();

	(void)state;
	assert_int_equal(kernel.dumps, 1);
	kernel.receive[0] = -ENOBUFS;
	kernel.receive[1] = 1;
	readable(n);
	assert_int_equal(kernel.received, 2);
	assert_int_equal(kernel.dumps, 1);
	readable(n);
	assert_int_equal(kernel.dumps, 2);
	readable(n);
	assert_int_equal(kernel.received, 4);
	assert_int_equal(kernel.dumps, 2);
	close_neigh(n);
}

/* The daemon before us had a route to a host: is it there? It is heard. */
static void test_left(void **state)
{
	struct neigh *n;

	(void)state;
	kernel.route = true;
	n = open_neigh();
	assert_int_equal(n->n_items, 1);
	kernel.filtered = 99;
	event_base_loop(n->base, EVLOOP_NONBLOCK);
	assert_int_equal(kernel.filtered, 0);
	kernel.state = NUD_FAILED;
	readable(n);
	assert_int_equal(n->n_items, 0);
	assert_int_equal(kernel.filtered, 0);
	kernel.state = NUD_REACHABLE;
	readable(n);
	event_base_loop(n->base, EVLOOP_NONBLOCK);
	assert_int_equal(n->n_items, 1);
	assert_int_equal(kernel.filtered, 1);
	close_neigh(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_lost, clear),
		cmocka_unit_test_setup(test_left, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
