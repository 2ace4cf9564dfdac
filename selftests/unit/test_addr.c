// SPDX-License-Identifier: GPL-2.0
/* Addresses and EID-prefixes: print, parse, compare */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "wire_util.h"

static char buf[LISP_STRLEN];

/* What is printed parses to the same; and prints in its shortest form */
static void parse_and_print(void **state)
{
	static const char *const same[] = {
		"0.0.0.0/0", "::/0", "10.1.14.0/24", "10.1.14.14/32",
		"2001:10:1:14::/64", "2001:db8::1/128", "128.0.0.0/1",
		"8000::/1", "[7] 2001:db8::/32", "[16777215] 10.0.0.0/8",
		"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff/128",
	};
	struct lisp_eid e;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(lisp_eid_parse(same[i], &e), 0);
		assert_string_equal(lisp_eid_str(&e, buf), same[i]);
	}
	e = eid_of("2001:0db8:0:0::0001");
	assert_string_equal(lisp_eid_str(&e, buf), "2001:db8::1/128");
	e = eid_of("[0]10.1.2.3");
	assert_int_equal(e.iid, 0);
	assert_string_equal(lisp_eid_str(&e, buf), "10.1.2.3/32");
}

/* What is no EID-prefix, and why */
static void parse_refuses(void **state)
{
	static const struct { const char *s; int err; } bad[] = {
		{ "", -EINVAL }, { "/", -EINVAL }, { "10.1.14.0/", -EINVAL },
		{ "10.1.14/24", -EINVAL }, { "10.1.14.0/24 ", -EINVAL },
		{ " 10.1.14.0/24", -EINVAL }, { "10.1.14.0/+24", -EINVAL },
		{ "10.1.14.0/-1", -EINVAL }, { "10.1.14.0/24x", -EINVAL },
		{ "10.1.14.0/24/24", -EINVAL }, { "10.1.14.256", -EINVAL },
		{ "fe80::1%eth0", -EINVAL }, { "2001:db8:::/32", -EINVAL },
		{ "[7 10.0.0.0/8", -EINVAL }, { "[] 10.0.0.0/8", -EINVAL },
		{ "[x] 10.0.0.0/8", -EINVAL }, { "[7]  10.0.0.0/8", -EINVAL },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa/3",
		  -EINVAL },
		{ "10.1.14.0/33", -ERANGE }, { "::/129", -ERANGE },
		{ "::/99999999999999999999999999", -ERANGE },
		{ "10.0.0.0/4294967320", -ERANGE },
		{ "[16777216] 10.0.0.0/8", -ERANGE },
		{ "10.1.14.1/24", -EDOM }, { "2001:db8::1/127", -EDOM },
		{ "128.0.0.0/0", -EDOM }, { "10.1.14.0/22", -EDOM },
		{ "2001:db8::/28", -EDOM }, { "2001:db8:0:1::/63", -EDOM },
	};
	struct lisp_eid e = { .iid = 99 };
	struct lisp_addr a;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (lisp_eid_parse(bad[i].s, &e) != bad[i].err)
			fail_msg("\"%s\": %d, not %d", bad[i].s,
				 lisp_eid_parse(bad[i].s, &e), bad[i].err);
	}
	assert_int_equal(e.iid, 99);		/* left alone */
	assert_int_equal(lisp_addr_parse("10.0.0.0/8", &a), -EINVAL);
	assert_int_equal(lisp_addr_parse("", &a), -EINVAL);
	assert_int_equal(lisp_addr_parse("localhost", &a), -EINVAL);
}

/* covers() against a bit-by-bit definition, at every length */
static void covers_every_length(void **state)
{
	struct lisp_eid out, in = eid_of("a5a5:5a5a:a5a5:5a5a:a5a5:5a5a:a5a5:5a5a");
	unsigned int plen, bit;

	(void)state;
	for (plen = 0; plen <= 128; plen++) {
		out = in;
		out.plen = (uint8_t)plen;
		for (bit = plen; bit < 128; bit++)
			out.bytes[bit / 8] &= (uint8_t)~(0x80 >> (bit % 8));
		assert_true(lisp_eid_covers(&out, &in));
		assert_true(lisp_eid_covers(&out, &out));
		assert_int_equal(lisp_eid_covers(&in, &out), plen == 128);
		for (bit = 0; bit < plen; bit++) {
			out.bytes[bit / 8] ^= (uint8_t)(0x80 >> (bit % 8));
			assert_false(lisp_eid_covers(&out, &in));
			out.bytes[bit / 8] ^= (uint8_t)(0x80 >> (bit % 8));
		}
	}
}

static void covers_and_families(void **state)
{
	struct lisp_eid v4 = eid_of("0.0.0.0/0"), v6 = eid_of("::/0");
	struct lisp_eid host = eid_of("10.1.14.14"), none = { 0 };
	struct lisp_eid other = eid_of("[7] 10.1.14.14");
	struct lisp_eid name = { .afi = LISP_AFI_NAME, .plen = 8,
				 .bytes = "a" };

	(void)state;
	assert_true(lisp_eid_covers(&v4, &host));
	assert_false(lisp_eid_covers(&v6, &host));
	assert_false(lisp_eid_covers(&v4, &other));
	assert_false(lisp_eid_covers(&none, &none));
	assert_false(lisp_eid_covers(&v4, &none));
	assert_true(lisp_eid_covers(&name, &name));
	assert_true(lisp_eid_equal(&none, &none));
	assert_false(lisp_eid_equal(&host, &other));
}

/* RFC 9301 5.5: ascending, and any IPv4 address before any IPv6 address */
static void order_5_5(void **state)
{
	static const char *const up[] = {
		"0.0.0.1", "9.255.255.255", "10.0.0.1", "128.0.0.1",
		"255.255.255.255", "::", "::1", "2001:db8::", "ff00::1",
	};
	static const char *const eids[] = {
		"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.1",
		"::/0", "2001:db8::/32", "[1] 0.0.0.0/0", "[2] 0.0.0.0/0",
	};
	unsigned int i;

	(void)state;
	for (i = 1; i < sizeof(up) / sizeof(up[0]); i++) {
		struct lisp_addr a = addr_of(up[i - 1]), b = addr_of(up[i]);

		assert_true(lisp_addr_cmp(&a, &b) < 0);
		assert_true(lisp_addr_cmp(&b, &a) > 0);
		assert_true(lisp_addr_equal(&a, &a));
	}
	for (i = 1; i < sizeof(eids) / sizeof(eids[0]); i++) {
		struct lisp_eid a = eid_of(eids[i - 1]), b = eid_of(eids[i]);

		assert_true(lisp_eid_cmp(&a, &b) < 0);
		assert_true(lisp_eid_cmp(&b, &a) > 0);
	}
}

/* RFC 9301 5.4: what can be a locator */
static void rlocs_5_4(void **state)
{
	static const char *const yes[] = {
		"10.0.1.1", "192.0.2.1", "1.0.0.1", "223.255.255.254",
		"169.253.0.1", "240.0.0.1", "2001:db8::1", "fd00::1",
		"fec0::1", "::2", "64:ff9b::1",
	};
	static const char *const no[] = {
		"0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.0.1", "169.254.1.1",
		"224.0.0.1", "239.1.1.1", "255.255.255.255", "::", "::1",
		"fe80::1", "febf::1", "ff02::1", "::ffff:10.0.0.1",
	};
	struct lisp_addr a = { 0 };
	unsigned int i;

	(void)state;
	assert_false(lisp_addr_is_rloc(&a));
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		a = addr_of(yes[i]);
		if (!lisp_addr_is_rloc(&a))
			fail_msg("%s can be an RLOC", yes[i]);
	}
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		a = addr_of(no[i]);
		if (lisp_addr_is_rloc(&a))
			fail_msg("%s cannot be an RLOC", no[i]);
	}
}

/* Whatever is printed fits, and names cannot control a terminal */
static void strings_fit(void **state)
{
	struct lisp_eid e = { .iid = 0xffffffff, .afi = LISP_AFI_IPV6,
			      .plen = 128 };
	struct lisp_endpoint ep = { .port = 65535 };

	(void)state;
	memset(e.bytes, 0xff, sizeof(e.bytes));
	assert_string_equal(lisp_eid_str(&e, buf), "[4294967295] "
			    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
	e.afi = LISP_AFI_NAME;
	memcpy(e.bytes, "a\033[2Jb\"c\n-\xff-9012345", 16);
	assert_string_equal(lisp_eid_str(&e, buf),
			    "[4294967295] a?[2Jb\"c?-?-9012");
	e.afi = 999;
	assert_string_equal(lisp_eid_str(&e, buf), "[4294967295] afi-999");
	ep.addr = addr_of("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255");
	assert_string_equal(lisp_endpoint_str(&ep, buf),
			    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
	ep.addr = addr_of("10.0.0.1");
	assert_string_equal(lisp_endpoint_str(&ep, buf), "10.0.0.1:65535");
	memset(&ep, 0, sizeof(ep));
	assert_string_equal(lisp_endpoint_str(&ep, buf), "none:0");
}

static void conversions(void **state)
{
	struct lisp_addr a = addr_of("2001:db8::1"), back;
	struct lisp_eid e = lisp_eid_from_addr(5, &a);

	(void)state;
	assert_string_equal(lisp_eid_str(&e, buf), "[5] 2001:db8::1/128");
	back = lisp_eid_addr(&e);
	assert_true(lisp_addr_equal(&a, &back));
	assert_int_equal(lisp_afi_bits(LISP_AFI_IPV4), 32);
	assert_int_equal(lisp_afi_bits(LISP_AFI_IPV6), 128);
	assert_int_equal(lisp_afi_bits(LISP_AFI_MAC), 48);
	assert_int_equal(lisp_afi_bits(LISP_AFI_NONE), 0);
	assert_int_equal(lisp_afi_bits(LISP_AFI_LCAF), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_and_print),
		cmocka_unit_test(parse_refuses),
		cmocka_unit_test(covers_every_length),
		cmocka_unit_test(covers_and_families),
		cmocka_unit_test(order_5_5),
		cmocka_unit_test(rlocs_5_4),
		cmocka_unit_test(strings_fit),
		cmocka_unit_test(conversions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
