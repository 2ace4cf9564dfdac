// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses of this machine: which of those that rtnetlink tells of are ours
 * to send from, and which one is the locator of an interface.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <cmocka.h>
#include <event2/event.h>
#include <netlink/msg.h>
#include "rtnl.h"

#define ETH1	7
#define ETH2	8

static void add_link(struct rtnl *r, int ifindex, const char *name,
		     unsigned int flags)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex, .ifi_flags = flags };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, 0);

	nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO);
	nla_put_string(msg, IFLA_IFNAME, name);
	rtnl_take(r, nlmsg_hdr(msg));
	nlmsg_free(msg);
}

static void add_scoped(struct rtnl *r, int ifindex, const char *addr,
		       uint32_t flags, uint32_t made, uint8_t scope)
{
	bool v6 = strchr(addr, ':');
	struct ifaddrmsg ifa = {
		.ifa_family = v6 ? AF_INET6 : AF_INET, .ifa_index = ifindex,
		.ifa_flags = flags, .ifa_scope = scope,
	};
	struct ifa_cacheinfo info = { .cstamp = made };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWADDR, 0);
	uint8_t bytes[16];

	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, addr, bytes), 1);
	nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO);
	nla_put(msg, IFA_ADDRESS, v6 ? 16 : 4, bytes);
	nla_put_u32(msg, IFA_FLAGS, flags);
	nla_put(msg, IFA_CACHEINFO, sizeof(info), &info);
	rtnl_take(r, nlmsg_hdr(msg));
	nlmsg_free(msg);
	rtnl_sort(r);
}

static void add(struct rtnl *r, int ifindex, const char *addr, uint32_t flags,
		uint32_t made)
{
	add_scoped(r, ifindex, addr, flags, made, RT_SCOPE_UNIVERSE);
}

static bool local(const struct rtnl *r, const char *addr)
{
	struct lisp_addr a;

	assert_int_equal(lisp_addr_parse(addr, &a), 0);
	return rtnl_is_local(r, &a);
}

static const char *chosen(const struct rtnl *r, const char *interface,
			  uint16_t afi)
{
	static char s[LISP_STRLEN];
	struct lisp_addr a = rtnl_address(r, interface, afi);

	return a.afi ? lisp_addr_str(&a, s) : "none";
}

#define v4(r, i)	chosen(r, i, LISP_AFI_IPV4)
#define v6(r, i)	chosen(r, i, LISP_AFI_IPV6)

static int setup(void **state)
{
	struct rtnl *r = calloc(1, sizeof(*r));

	add_link(r, ETH1, "eth1", IFF_UP | IFF_RUNNING);
	add_link(r, ETH2, "eth2", IFF_UP | IFF_RUNNING);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	rtnl_forget(*state);
	free(*state);
	return 0;
}

static void test_families(void **state)
{
	struct rtnl *r = *state;

	assert_string_equal(v4(r, "eth1"), "none");
	add(r, ETH1, "192.0.2.1", IFA_F_PERMANENT, 5);
	add(r, ETH2, "2001:db8::1", IFA_F_PERMANENT, 5);
	assert_string_equal(v4(r, "eth1"), "192.0.2.1");
	assert_string_equal(v6(r, "eth1"), "none");
	assert_string_equal(v4(r, "eth2"), "none");
	assert_string_equal(v6(r, "eth2"), "2001:db8::1");
	assert_string_equal(v4(r, "eth3"), "none");
	assert_true(local(r, "192.0.2.1"));
	assert_true(local(r, "2001:db8::1"));
	assert_false(local(r, "192.0.2.2"));
}

/* Not set up, or without carrier: no way out by it */
static void test_link_down(void **state)
{
	struct rtnl *r = *state;

	add_link(r, 9, "down", IFF_RUNNING);
	add_link(r, 10, "dark", IFF_UP);
	add(r, 9, "192.0.2.9", 0, 1);
	add(r, 10, "192.0.2.10", 0, 1);
	assert_string_equal(v4(r, "down"), "none");
	assert_string_equal(v4(r, "dark"), "none");
	assert_true(local(r, "192.0.2.9"));
}

/* What is used is used until it goes, or something better comes. */
static void test_oldest(void **state)
{
	struct rtnl *r = *state;

	add(r, ETH1, "2001:db8::5", IFA_F_PERMANENT, 100);
	add(r, ETH1, "2001:db8::4", IFA_F_PERMANENT, 200);
	add(r, ETH1, "2001:db8::6", IFA_F_PERMANENT, 200);
	assert_string_equal(v6(r, "eth1"), "2001:db8::5");
}

/* The stamps of the kernel wrap around. */
static void test_oldest_wraps(void **state)
{
	struct rtnl *r = *state;

	add(r, ETH1, "192.0.2.1", 0, 50);
	add(r, ETH1, "192.0.2.2", 0, UINT32_MAX - 50);
	assert_string_equal(v4(r, "eth1"), "192.0.2.2");
}

static void test_deprecated(void **state)
{
	struct rtnl *r = *state;

	add(r, ETH1, "2001:db8::1", IFA_F_DEPRECATED, 1);
	assert_string_equal(v6(r, "eth1"), "2001:db8::1");
	add(r, ETH1, "fd00::1", 0, 2);
	assert_string_equal(v6(r, "eth1"), "fd00::1");
	add(r, ETH1, "2001:db8::2", 0, 3);
	assert_string_equal(v6(r, "eth1"), "2001:db8::2");
}

static void test_secondary(void **state)
{
	struct rtnl *r = *state;

	add(r, ETH1, "192.0.2.2", IFA_F_SECONDARY, 1);
	assert_string_equal(v4(r, "eth1"), "192.0.2.2");
	add(r, ETH1, "192.0.2.1", 0, 2);
	assert_string_equal(v4(r, "eth1"), "192.0.2.1");
}

/* In duplicate address detection nothing can be sent from it. */
static void test_tentative(void **state)
{
	struct rtnl *r = *state;

	add(r, ETH1, "2001:db8::1", IFA_F_TENTATIVE, 1);
	add(r, ETH1, "2001:db8::2", IFA_F_TENTATIVE | IFA_F_DADFAILED, 1);
	add(r, ETH1, "2001:db8::3", IFA_F_PERMANENT | IFA_F_DADFAILED, 1);
	assert_string_equal(v6(r, "eth1"), "none");
	assert_false(local(r, "2001:db8::1"));
	assert_false(local(r, "2001:db8::2"));
	assert_false(local(r, "2001:db8::3"));
	add(r, ETH1, "2001:db8::4", IFA_F_TENTATIVE | IFA_F_OPTIMISTIC, 1);
	assert_string_equal(v6(r, "eth1"), "2001:db8::4");
}

/* Ours, but no locators: others would soon find nobody there. */
static void test_no_locators(void **state)
{
	struct rtnl *r = *state;

	add(r, ETH1, "2001:db8::1", IFA_F_TEMPORARY, 1);
	add_scoped(r, ETH1, "192.0.2.1", 0, 1, RT_SCOPE_LINK);
	add_scoped(r, ETH1, "fe80::1", 0, 1, RT_SCOPE_LINK);
	add_scoped(r, ETH1, "127.0.0.1", 0, 1, RT_SCOPE_HOST);
	assert_string_equal(v6(r, "eth1"), "none");
	assert_string_equal(v4(r, "eth1"), "none");
	assert_true(local(r, "2001:db8::1"));
	assert_true(local(r, "192.0.2.1"));
}

/* With a peer's address our own is IFA_LOCAL. */
static void test_peer(void **state)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWADDR, 0);
	struct ifaddrmsg ifa = {
		.ifa_family = AF_INET, .ifa_index = ETH1,
	};
	static const uint8_t peer[] = { 192, 0, 2, 2 }, own[] = { 192, 0, 2, 1 };
	struct rtnl *r = *state;

	nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO);
	nla_put(msg, IFA_ADDRESS, 4, peer);
	nla_put(msg, IFA_LOCAL, 4, own);
	rtnl_take(r, nlmsg_hdr(msg));
	nlmsg_free(msg);
	rtnl_sort(r);
	assert_string_equal(v4(r, "eth1"), "192.0.2.1");
	assert_false(local(r, "192.0.2.2"));
}

/* Shorter than it should be, of another kind or family: no harm */
static void test_odd_messages(void **state)
{
	static const int types[] = { RTM_NEWADDR, RTM_NEWLINK, RTM_DELADDR,
				     RTM_NEWROUTE };
	struct ifaddrmsg ifa = { .ifa_family = AF_INET, .ifa_index = ETH1 };
	uint8_t bytes[16] = { 192, 0, 2, 1 };
	struct rtnl *r = *state;
	struct nl_msg *msg;
	unsigned int i, len;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		for (len = 0; len <= 16; len++) {
			if (types[i] == RTM_NEWADDR && len == 4)
				continue;
			msg = nlmsg_alloc_simple(types[i], 0);
			if (len)
				nlmsg_append(msg, &ifa, sizeof(ifa),
					     NLMSG_ALIGNTO);
			nla_put(msg, IFA_ADDRESS, len, bytes);
			nla_put(msg, IFA_FLAGS, len % 4, bytes);
			nla_put(msg, IFA_CACHEINFO, len, bytes);
			rtnl_take(r, nlmsg_hdr(msg));
			nlmsg_free(msg);
		}
	rtnl_sort(r);
	assert_int_equal(r->n_addrs, 0);
	assert_int_equal(r->n_links, 2);
}

static void never(void *ctx)
{
	(void)ctx;
}

/* The machine this runs on: whatever it has can be read. */
static void test_read(void **state)
{
	struct event_base *base = event_base_new();
	struct rtnl *r = *state;

	rtnl_open(r, base, never, NULL);
	assert_int_equal(rtnl_read(r, true), 0);
	assert_true(r->n_links >= 1);
	rtnl_close(r);
	event_base_free(base);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_families), T(test_link_down), T(test_oldest),
		T(test_oldest_wraps), T(test_deprecated), T(test_secondary),
		T(test_tentative), T(test_no_locators), T(test_peer),
		T(test_odd_messages), T(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
