// SPDX-License-Identifier: GPL-2.0
/*
 * The filter of a packet socket, on UDP sockets, which take the same and need
 * no privilege: there it sees the UDP header where the packet socket sees the
 * one of IP, so that the source stands in what is sent.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <sched.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <cmocka.h>
#include "../../ctrld/snoop.c"

/* net.core.optmem_max of Linux 6.1: what the filters of a socket may take */
#define OPTMEM_MAX	20480
#define UDP_HLEN	8

static const struct lisp_eid prefix4 = {
	.afi = LISP_AFI_IPV4, .plen = 20, .bytes = { 250, 1, 240 },
};

static const struct lisp_eid prefix6 = {
	.afi = LISP_AFI_IPV6, .plen = 60,
	.bytes = { 0xfd, 0, 0xff, 1, 0xff, 0, 0, 0x10 },
};

/* Number @i in @p, spread over all words: some look negative to the kernel. */
static struct lisp_eid host(const struct lisp_eid *p, unsigned int i)
{
	struct lisp_eid h = *p;
	bool v4 = p->afi == LISP_AFI_IPV4;

	h.plen = (uint8_t)lisp_afi_bits(p->afi);
	if (!v4) {
		h.bytes[8] = 0xfe;
		h.bytes[12] = 0xff;
	}
	h.bytes[v4 ? 2 : 14] |= (uint8_t)(i >> 8);
	h.bytes[v4 ? 3 : 15] = (uint8_t)i;
	return h;
}

/* A socket that talks to itself, as a snoop. */
static bool open_loop(struct snoop *s, int family)
{
	struct sockaddr_in6 sa6 = { .sin6_family = AF_INET6,
				    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in sa4 = { .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *sa = family == AF_INET ? (struct sockaddr *)&sa4 :
						  (struct sockaddr *)&sa6;
	socklen_t len = family == AF_INET ? sizeof(sa4) : sizeof(sa6);

	memset(s, 0, sizeof(*s));
	strcpy(s->interface, "test");
	s->fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	return s->fd >= 0 && !bind(s->fd, sa, len) &&
	       !getsockname(s->fd, sa, &len) && !connect(s->fd, sa, len);
}

/* Does a packet from @h come through? */
static bool hears(const struct snoop *s, const struct lisp_eid *h)
{
	bool v4 = h->afi == LISP_AFI_IPV4;
	unsigned int at = (v4 ? IP4_SOURCE : IP6_SOURCE) - UDP_HLEN;
	uint8_t buf[64] = { 0 };

	memcpy(buf + at, h->bytes, lisp_afi_bits(h->afi) / 8);
	assert_int_equal(send(s->fd, buf, sizeof(buf), 0), sizeof(buf));
	return recv(s->fd, buf, sizeof(buf), 0) > 0;
}

static void check_family(int family, const struct lisp_eid *prefix)
{
	const struct lisp_eid prefixes[] = { prefix4, prefix6 };
	struct lisp_eid hosts[SNOOP_HOSTS_MAX], other = host(prefix, 200);
	struct snoop s;
	unsigned int i;

	if (!open_loop(&s, family))
		skip();
	for (i = 0; i < SNOOP_HOSTS_MAX; i++)
		hosts[i] = host(i % 2 ? &prefix4 : &prefix6, i);
	snoop_filter(&s, prefixes, 2, hosts, SNOOP_HOSTS_MAX);
	for (i = 0; i < SNOOP_HOSTS_MAX; i++)
		if (hosts[i].afi == prefix->afi)
			assert_false(hears(&s, &hosts[i]));
	assert_true(hears(&s, &other));
	other = host(prefix, 256 + 3);	/* differs in an upper byte alone */
	assert_true(hears(&s, &other));
	/* outside by the last bit of the prefix */
	other.bytes[(prefix->plen - 1) / 8] ^= 0x80 >> (prefix->plen - 1) % 8;
	assert_false(hears(&s, &other));
	/* one that has left is heard again; more than fit: nothing is */
	snoop_filter(&s, prefixes, 2, hosts + 2, SNOOP_HOSTS_MAX - 2);
	assert_true(hears(&s, &hosts[prefix->afi == LISP_AFI_IPV4]));
	assert_false(hears(&s, &hosts[2 + (prefix->afi == LISP_AFI_IPV4)]));
	snoop_filter(&s, prefixes, 2, hosts, SNOOP_HOSTS_MAX + 1);
	assert_false(hears(&s, &hosts[0]));
	close(s.fd);
}

static void test_ipv4(void **state)
{
	(void)state;
	check_family(AF_INET, &prefix4);
}

static void test_ipv6(void **state)
{
	(void)state;
	check_family(AF_INET6, &prefix6);
}

static unsigned int filter_memory(const struct snoop *s)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	assert_int_equal(getsockopt(s->fd, SOL_SOCKET, SO_MEMINFO, info, &len),
			 0);
	return info[SK_MEMINFO_OPTMEM];
}

static unsigned int filter_length(const struct snoop *s)
{
	struct sock_filter list[CODE_MAX];
	socklen_t len = CODE_MAX;

	assert_int_equal(getsockopt(s->fd, SOL_SOCKET, SO_GET_FILTER, list,
				    &len), 0);
	return len;
}

/* As many hosts as are promised, one after another, in the memory of 6.1. */
static void check_fits(const struct lisp_eid *prefix)
{
	struct lisp_eid hosts[SNOOP_HOSTS_MAX];
	unsigned int i, before = 0;
	struct snoop s = { .interface = "test" };

	s.fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_true(s.fd >= 0);
	for (i = 0; i < SNOOP_HOSTS_MAX; i++) {
		hosts[i] = host(prefix, i);
		snoop_filter(&s, prefix, 1, hosts, i + 1);
		assert_false(s.deaf);
		assert_true(filter_memory(&s) < OPTMEM_MAX);
		assert_true(filter_length(&s) > before);
		before = filter_length(&s);
	}
	close(s.fd);
}

static void test_fits(void **state)
{
	(void)state;
	check_fits(&prefix4);
	check_fits(&prefix6);
}

/* The same where there is no more memory; not every kernel lets one say so. */
static void test_fits_beside_the_old(void **state)
{
	FILE *f;

	(void)state;
	/* never that of the machine */
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		skip();
	f = fopen("/proc/sys/net/core/optmem_max", "w");
	if (!f)
		skip();
	fprintf(f, "%u\n", OPTMEM_MAX);
	if (fclose(f))
		skip();
	check_fits(&prefix4);
	check_fits(&prefix6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4), cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_fits_beside_the_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
