// SPDX-License-Identifier: GPL-2.0
/*
 * The LISP data header and addresses, tested where they run. Part of the
 * module lisp_kunit.
 */
#include <kunit/test.h>
#include "addr.h"

static struct lisphdr header(u8 flags, u32 iid_lsb)
{
	return (struct lisphdr){ .flags = flags, .iid_lsb = htonl(iid_lsb) };
}

static void header_iid(struct kunit *test)
{
	struct lisphdr h = header(LISP_F_INSTANCE, 0x123456ff);

	/* The last byte is locator-status bits. */
	KUNIT_EXPECT_EQ(test, lisp_hdr_iid(&h), 0x123456);
	h = header(LISP_F_INSTANCE | LISP_F_LSB | LISP_F_NONCE, 0xffffff01);
	KUNIT_EXPECT_EQ(test, lisp_hdr_iid(&h), 0xffffff);
	/* Without the I bit all 32 bits are locator-status bits. */
	h = header(LISP_F_LSB, 0x12345678);
	KUNIT_EXPECT_EQ(test, lisp_hdr_iid(&h), 0);
	/* KK and the reserved bit mean nothing. */
	h = header(0x07, 0x12345678);
	KUNIT_EXPECT_EQ(test, lisp_hdr_iid(&h), 0);
	h = header(LISP_F_INSTANCE | 0x07, 0x100);
	KUNIT_EXPECT_EQ(test, lisp_hdr_iid(&h), 1);
}

static void header_layout(struct kunit *test)
{
	static const u8 wire[] = { 0x88, 1, 2, 3, 0, 0, 7, 5 };
	struct lisphdr h;

	memcpy(&h, wire, sizeof(h));
	KUNIT_EXPECT_EQ(test, h.flags, LISP_F_NONCE | LISP_F_INSTANCE);
	KUNIT_EXPECT_EQ(test, h.nonce[2], 3);
	KUNIT_EXPECT_EQ(test, lisp_hdr_iid(&h), 7);
}

static void addr_equal(struct kunit *test)
{
	struct lisp_addr a, b;

	memset(&a, 0xff, sizeof(a));
	memset(&b, 0, sizeof(b));
	lisp_addr_set(&a, AF_INET, "\xc0\x00\x02\x01");
	lisp_addr_set(&b, AF_INET, "\xc0\x00\x02\x01");
	KUNIT_EXPECT_TRUE(test, lisp_addr_equal(&a, &b));
	KUNIT_EXPECT_EQ(test, lisp_addr_hash(&a, 1), lisp_addr_hash(&b, 1));
	/* The same bytes as an IPv6 address are another address. */
	b.family = AF_INET6;
	KUNIT_EXPECT_FALSE(test, lisp_addr_equal(&a, &b));
	KUNIT_EXPECT_EQ(test, lisp_addr_bits(AF_INET), 32);
	KUNIT_EXPECT_EQ(test, lisp_addr_bits(AF_INET6), 128);
}

static bool unicast4(u32 addr)
{
	struct lisp_addr a;
	__be32 be = htonl(addr);

	lisp_addr_set(&a, AF_INET, &be);
	return lisp_addr_is_unicast(&a);
}

static void addr_unicast(struct kunit *test)
{
	struct lisp_addr a = { .family = AF_INET6 };

	KUNIT_EXPECT_TRUE(test, unicast4(0xc0000201));
	KUNIT_EXPECT_FALSE(test, unicast4(0));
	KUNIT_EXPECT_FALSE(test, unicast4(0xe0000001));
	KUNIT_EXPECT_FALSE(test, unicast4(0xffffffff));
	KUNIT_EXPECT_FALSE(test, lisp_addr_is_unicast(&a));
	a.bytes[0] = 0xff;
	KUNIT_EXPECT_FALSE(test, lisp_addr_is_unicast(&a));
	a.bytes[0] = 0x20;
	KUNIT_EXPECT_TRUE(test, lisp_addr_is_unicast(&a));
}

static struct kunit_case addr_cases[] = {
	KUNIT_CASE(header_iid),
	KUNIT_CASE(header_layout),
	KUNIT_CASE(addr_equal),
	KUNIT_CASE(addr_unicast),
	{}
};

static struct kunit_suite addr_suite = {
	.name = "lisp_header",
	.test_cases = addr_cases,
};

kunit_test_suite(addr_suite);
