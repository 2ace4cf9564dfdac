// SPDX-License-Identifier: GPL-2.0
/* Octets that are no message: one error with a reason, nothing read beyond */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "wire_util.h"

/* In a block of just this size, so that ASan reports any octet read beyond. */
static int decode_exact(const uint8_t *buf, size_t len, const char **why)
{
	uint8_t *exact = malloc(len ? len : 1);
	struct lisp_msg m;
	int err;

	memcpy(exact, buf, len);
	err = lisp_msg_decode(exact, len, &m, why);
	if (!err)
		lisp_msg_free(&m);
	free(exact);
	return err;
}

static void refused(const char *hex, int err, const char *reason)
{
	uint8_t buf[2048];
	size_t n = hex_bytes(hex, buf, sizeof(buf));
	const char *why = NULL;

	assert_int_equal(decode_exact(buf, n, &why), err);
	assert_non_null(why);
	assert_string_equal(why, reason);
}

static void accepted(const char *hex)
{
	uint8_t buf[2048];
	size_t n = hex_bytes(hex, buf, sizeof(buf));
	const char *why = NULL;

	if (decode_exact(buf, n, &why))
		fail_msg("refused: %s", why);
}

/*
 * Every golden message cut at every length. Only a Map-Notify cut just before
 * its trailer is a message (RFC 9301 5.7 has no bit that promises one).
 */
static void truncated_at_every_length(void **state)
{
	uint8_t buf[1024];
	unsigned int i;
	size_t n, cut;
	const char *why;
	int err;

	(void)state;
	for (i = 0; i < n_goldens; i++) {
		n = hex_bytes(goldens[i].hex, buf, sizeof(buf));
		assert_int_equal(decode_exact(buf, n, NULL), 0);
		for (cut = 0; cut < n; cut++) {
			why = NULL;
			err = decode_exact(buf, cut, &why);
			if (!strcmp(goldens[i].name, "notify") &&
			    cut == n - 24)
				assert_int_equal(err, 0);
			else if (err != -EBADMSG || !why)
				fail_msg("%s cut to %zu octets: %d %s",
					 goldens[i].name, cut, err,
					 why ? why : "without a reason");
		}
	}
}

/* Every golden message, each octet in turn with all 255 other values */
static void every_octet_every_value(void **state)
{
	uint8_t buf[1024], *exact;
	const char *wrong;
	unsigned int i, v;
	size_t n, at;

	(void)state;
	for (i = 0; i < n_goldens; i++) {
		n = hex_bytes(goldens[i].hex, buf, sizeof(buf));
		exact = malloc(n);
		for (at = 0; at < n; at++) {
			memcpy(exact, buf, n);
			for (v = 1; v < 256; v++) {
				exact[at] = (uint8_t)(buf[at] ^ v);
				wrong = check_property(exact, n);
				if (wrong)
					fail_msg("%s, octet %zu ^ %02x: %s",
						 goldens[i].name, at, v, wrong);
			}
		}
		free(exact);
	}
}

/* RFC 9301 5.1: types unassigned or not ours; 4- and 12-octet messages */
static void types_5_1(void **state)
{
	(void)state;
	refused("", -EBADMSG, "message is truncated");
	refused("10 00 00", -EBADMSG, "message is truncated");
	refused("00000000 0000000000000000", -EPROTONOSUPPORT,
		"unknown message type");
	refused("60000001 0000000000000001", -EPROTONOSUPPORT,
		"Map-Referral is not handled");
	refused("f0000001 0000000000000001", -EPROTONOSUPPORT,
		"unknown message type");
	refused("10000001", -EBADMSG, "message is truncated");
	refused("30000001 0000000000000001", -EBADMSG, "message is truncated");
	refused("80000000", -EBADMSG, "message is truncated");
}

/* RFC 9301 5.1: an unrecognised AFI drops the message */
static void unknown_afi_5_1(void **state)
{
	(void)state;
	refused("10000001 0000000000000001 0063 00000000 0001 0a000109 "
		"00 20 0001 0a010e0e", -EBADMSG, "unrecognised AFI");
	refused("10000001 0000000000000001 0000 0063 0a000109 "
		"00 20 0001 0a010e0e", -EBADMSG, "unrecognised AFI");
	refused("20000001 0000000000000001 00000001 00 20 0000 0000 0063 "
		"0a010e0e", -EBADMSG, "unrecognised AFI");
	/* inside an LCAF, whose length we know, it is only unusable */
	accepted("20000001 0000000000000001 00000001 01 20 0000 0000 0001 "
		 "0a010e0e 00000000 0000 4003 00 00 01 00 0006 0063 01020304");
}

/* Counts that the octets cannot hold, without memory for them */
static void counts_lie(void **state)
{
	(void)state;
	refused("20 00 00 ff 0000000000000001", -EBADMSG,
		"count larger than the message");
	refused("20 00 00 02 0000000000000001 00000001 00 08 0000 0000 "
		"0001 0a000000", -EBADMSG, "count larger than the message");
	refused("20 00 00 01 0000000000000001 00000001 ff 08 0000 0000 "
		"0001 0a000000", -EBADMSG, "count larger than the message");
	refused("10 00 00 ff 0000000000000001 0000 0001 0a000109 "
		"00 20 0001 0a010e0e", -EBADMSG,
		"count larger than the message");
	refused("10 00 1f 01 0000000000000001 0000 0001 0a000109 "
		"00 20 0001 0a010e0e", -EBADMSG, "unrecognised AFI");
	refused("14 00 00 01 0000000000000001 0000 0001 0a000109 "
		"00 20 0001 0a010e0e", -EBADMSG, "message is truncated");
	refused("30 00 00 01 0000000000000001 01 02 ffff 0000", -EBADMSG,
		"authentication data longer than message");
	/* RFC 9437 5: the I-bit without a trailer */
	refused("10 10 00 01 0000000000000001 0000 0001 0a000109 "
		"00 20 0001 0a010e0e", -EBADMSG, "message is truncated");
	/* RFC 9301 5.2: one or more records */
	refused("10 00 00 00 0000000000000001 0000 0001 0a000109", -EBADMSG,
		"Map-Request without a record");
}

/* Mask lengths past the address, host bits: refused, not masked */
static void prefixes_lie(void **state)
{
	(void)state;
	refused("10000001 0000000000000001 0000 0001 0a000109 "
		"00 21 0001 0a010e0e", -EBADMSG,
		"EID mask-len longer than the address");
	refused("10000001 0000000000000001 0000 0001 0a000109 "
		"00 81 0002 20010db8000000000000000000000001", -EBADMSG,
		"EID mask-len longer than the address");
	refused("10000001 0000000000000001 0000 0001 0a000109 "
		"00 18 0001 0a010e0e", -EBADMSG,
		"EID-prefix with host bits set");
	refused("20000001 0000000000000001 00000001 00 17 0000 0000 4003 "
		"0000 0200 000a 00000007 0001 0a010f00", -EBADMSG,
		"EID-prefix with host bits set");
	accepted("20000001 0000000000000001 00000001 00 17 0000 0000 4003 "
		 "0000 0200 000a 00000007 0001 0a010e00");
}

/* An instance-ID past 24 bits can be shown but is no usable EID (RFC 8060 4.1) */
static void large_instance_id(void **state)
{
	uint8_t buf[256];
	struct lisp_msg m;
	char s[LISP_STRLEN];
	size_t n;

	(void)state;
	n = hex_bytes("20000001 0000000000000001 00000001 00 18 0000 0000 4003 "
		      "0000 0200 000a 01000000 0001 0a010e00",
		      buf, sizeof(buf));
	assert_int_equal(lisp_msg_decode(buf, n, &m, NULL), 0);
	assert_int_equal(m.reply.records[0].eid.afi, LISP_AFI_NONE);
	assert_string_equal(lisp_eid_str(&m.reply.records[0].eid, s),
			    "[16777216] none");
	lisp_msg_free(&m);
	/* a name in it leaves nothing of itself behind (found by the fuzzer) */
	n = hex_bytes("20000001 0000000000000001 00000001 00 18 0000 0000 4003 "
		      "0000 0200 0008 01000000 0011 6100", buf, sizeof(buf));
	assert_null(check_property(buf, n));
}

/* LCAFs too short for what they hold, or longer than the message */
static void lcaf_lengths_lie(void **state)
{
	static const char short_lcaf[] = "LCAF shorter than what it holds";

	(void)state;
	refused("20000001 0000000000000001 00000001 00 18 0000 0000 4003 "
		"0000 0200 0009 00000007 0001 0a010e00", -EBADMSG, short_lcaf);
	refused("20000001 0000000000000001 00000001 00 18 0000 0000 4003 "
		"0000 0200 0003 000000", -EBADMSG, short_lcaf);
	refused("20000001 0000000000000001 00000001 00 18 0000 0000 4003 "
		"0000 0200 ffff 00000007 0001 0a010e00", -EBADMSG,
		"message is truncated");
	refused("20000001 0000000000000001 00000001 00 18 0000 0000 4003 "
		"0000 0100 0001 00", -EBADMSG, short_lcaf);
	refused("20000001 0000000000000001 00000001 01 18 0000 0000 0001 "
		"0a010e00 00000000 0000 4003 0000 0700 0008 10f610f6 00000000",
		-EBADMSG, short_lcaf);
	refused("20000001 0000000000000001 00000001 00 18 0000 0000 0011 "
		"6e616d65", -EBADMSG, "distinguished name without an end");
	/* an empty AFI-list and an LCAF with octets left over are fine */
	accepted("20000001 0000000000000001 00000001 00 18 0000 0000 4003 "
		 "0000 0100 0000");
	accepted("20000001 0000000000000001 00000001 00 18 0000 0000 4003 "
		 "0000 0200 000e 00000007 0001 0a010e00 00000000");
}

/*
 * One locator of LCAFs (@type, with @pad octets before the next) in each other
 * as deep as 64 KiB allow: neither deep recursion nor an error.
 */
static void bomb(uint8_t type, size_t pad)
{
	size_t size = 0xffff, at;
	uint8_t *buf = calloc(1, size);
	const char *why = NULL;
	struct lisp_msg m;
	int err;

	at = hex_bytes("20000001 0000000000000001 00000001 01 20 0000 0000 "
		       "0001 0a010e0e 00000000 0000", buf, size);
	while (at + 8 + pad + 2 < size) {
		size_t inner = size - at - 8;

		buf[at] = 0x40;
		buf[at + 1] = 0x03;
		buf[at + 4] = type;
		buf[at + 6] = (uint8_t)(inner >> 8);
		buf[at + 7] = (uint8_t)inner;
		at += 8 + pad;
	}
	err = lisp_msg_decode(buf, size, &m, &why);
	free(buf);
	/* A NAT-traversal LCAF has more addresses after the one nested here. */
	assert_int_equal(err, type == 7 ? -EBADMSG : 0);
	if (!err)
		assert_int_equal(m.reply.records[0].locators[0].addr.afi,
				 LISP_AFI_NONE);
	lisp_msg_free(&m);
}

static void lcaf_nesting_bombs(void **state)
{
	(void)state;
	bomb(1, 0);
	bomb(2, 4);
	bomb(7, 4);
	bomb(14, 0);
}

/* A list of thousands of empty lists, and at its very end an address */
static void lcaf_wide_list(void **state)
{
	size_t size = 0xffff, at, inner;
	uint8_t *buf = calloc(1, size);
	struct lisp_msg m;
	unsigned int i;

	(void)state;
	at = hex_bytes("20000001 0000000000000001 00000001 01 20 0000 0000 "
		       "0001 0a010e0e 00000000 0000 4003 0000 0100 0000",
		       buf, size);
	inner = 8 * 8000 + 6;
	buf[at - 2] = (uint8_t)(inner >> 8);
	buf[at - 1] = (uint8_t)inner;
	for (i = 0; i < 8000; i++)
		at += hex_bytes("4003 0000 0100 0000", buf + at, size - at);
	at += hex_bytes("0001 0a000101", buf + at, size - at);
	assert_int_equal(lisp_msg_decode(buf, at, &m, NULL), 0);
	assert_int_equal(m.reply.records[0].locators[0].addr.afi,
			 LISP_AFI_IPV4);
	lisp_msg_free(&m);
	free(buf);
}

/* More RTRs in an Info-Reply than we keep (RFC 8060 4.4 sets no limit) */
static void many_rtrs(void **state)
{
	const unsigned int n = LISP_INFO_RTRS_MAX + 8;
	uint8_t buf[512];
	struct lisp_msg m;
	unsigned int i;
	size_t at;

	(void)state;
	at = hex_bytes("78000000 0000000000000055 0000 0000 0000003c 00 18 0001 "
		       "0a010e00 4003 0000 0700 0000 10f6 ef32 "
		       "0001 c6336401 0001 0a00000d 0001 c0a80001",
		       buf, sizeof(buf));
	buf[at - 23] = (uint8_t)(4 + 6 * (3 + n));	/* the LCAF's length */
	for (i = 0; i < n; i++)
		at += hex_bytes("0001 0a0000fe", buf + at, sizeof(buf) - at);
	assert_int_equal(lisp_msg_decode(buf, at, &m, NULL), 0);
	assert_int_equal(m.info.n_rtrs, LISP_INFO_RTRS_MAX);
	assert_null(check_property(buf, at));
}

#define REQUEST "10000001 0000000000000001 0000 0001 0a000109" \
	"00200001 0a010e0e"	/* 28 octets */

/* RFC 9301 5.8: inner lengths agree, no fragment, UDP only, right checksums */
static void ecm_5_8(void **state)
{
	(void)state;
	accepted("80000000 45000038 00004000 40110000 0a000109 0a010e0e "
		 "ef3210f6 0024 0000" REQUEST);
	refused("80000000 45000039 00004000 40110000 0a000109 0a010e0e "
		"ef3210f6 0024 0000" REQUEST, -EBADMSG,
		"ECM inner IPv4 length is wrong");
	refused("80000000 45000037 00004000 40110000 0a000109 0a010e0e "
		"ef3210f6 0024 0000" REQUEST, -EBADMSG,
		"ECM inner IPv4 length is wrong");
	refused("80000000 44000038 00004000 40110000 0a000109 0a010e0e "
		"ef3210f6 0024 0000" REQUEST, -EBADMSG,
		"ECM inner IPv4 length is wrong");
	refused("80000000 46000038 00004000 40110000 0a000109 0a010e0e "
		"ef3210f6 0024 0000" REQUEST, -EBADMSG,
		"ECM inner UDP length is wrong");
	refused("80000000 45000038 00004000 40110001 0a000109 0a010e0e "
		"ef3210f6 0024 0000" REQUEST, -EBADMSG,
		"ECM inner IPv4 checksum is wrong");
	refused("80000000 45000038 00004000 40110000 0a000109 0a010e0e "
		"ef3210f6 0023 0000" REQUEST, -EBADMSG,
		"ECM inner UDP length is wrong");
	refused("80000000 45000038 00004000 40110000 0a000109 0a010e0e "
		"ef3210f6 0025 0000" REQUEST, -EBADMSG,
		"ECM inner UDP length is wrong");
	refused("80000000 45000038 00004000 40110000 0a000109 0a010e0e "
		"ef3210f6 0024 0001" REQUEST, -EBADMSG,
		"ECM inner UDP checksum is wrong");
	refused("80000000 45000038 00004000 40060000 0a000109 0a010e0e "
		"ef3210f6 0024 0000" REQUEST, -EBADMSG,
		"ECM inner packet is not UDP");
	refused("80000000 5500", -EBADMSG, "ECM inner packet is not IP");
}

static void ecm_5_8_fragments(void **state)
{
	(void)state;
	refused("80000000 45000038 00002000 40110000 0a000109 0a010e0e "
		"ef3210f6 0024 0000" REQUEST, -EBADMSG,
		"ECM inner packet is a fragment");
	refused("80000000 45000038 00000001 40110000 0a000109 0a010e0e "
		"ef3210f6 0024 0000" REQUEST, -EBADMSG,
		"ECM inner packet is a fragment");
	refused("80000000 60000000 002c 2c 40 "
		"20010db8000000000000000000000001 "
		"20010db8000000000000000000000002 1100000000000001 "
		"ef3210f6 0024 0000" REQUEST, -EBADMSG,
		"ECM inner packet is a fragment");
	refused("80000000 60000000 0025 11 40 "
		"20010db8000000000000000000000001 "
		"20010db8000000000000000000000002 "
		"ef3210f6 0024 0000" REQUEST, -EBADMSG,
		"ECM inner IPv6 length is wrong");
}

/* RFC 9303 6.1: LISP-SEC lengths lie; another AD type */
static void ecm_lisp_sec(void **state)
{
	(void)state;
	refused("88000000 02 000000 0000 0000 0004 0000", -EPROTONOSUPPORT,
		"ECM with unknown AD type");
	refused("88000000 01 000000 ffff 0000 0004 0000", -EBADMSG,
		"message is truncated");
	refused("88000000 01 000000 0000 0000 0003 0000 45", -EBADMSG,
		"ECM with too short an EID-AD");
	refused("88000000 01 000000 0000 0000 0004 0000", -EBADMSG,
		"message is truncated");
}

/* The encoder refuses what must not be sent, and too small a buffer */
static void encoder_refuses(void **state)
{
	struct lisp_eid eid = { .afi = LISP_AFI_IPV4, .plen = 24,
				.bytes = { 10, 1, 14, 1 } };
	struct lisp_msg m = { .type = LISP_MAP_REQUEST };
	uint8_t buf[256], whole[1024];
	unsigned int i;
	size_t len, size;
	int n;

	(void)state;
	m.request.n_eids = 1;
	m.request.eids = &eid;
	assert_int_equal(lisp_msg_encode(&m, buf, sizeof(buf)), -EINVAL);
	m.request.n_itr_rlocs = 1;
	assert_int_equal(lisp_msg_encode(&m, buf, sizeof(buf)), -EINVAL);
	eid.bytes[3] = 0;
	assert_true(lisp_msg_encode(&m, buf, sizeof(buf)) > 0);
	eid.iid = LISP_IID_MAX + 1;
	assert_int_equal(lisp_msg_encode(&m, buf, sizeof(buf)), -EINVAL);
	for (i = 0; i < n_goldens; i++) {
		if (!goldens[i].ours)
			continue;
		len = hex_bytes(goldens[i].hex, whole, sizeof(whole));
		assert_int_equal(lisp_msg_decode(whole, len, &m, NULL), 0);
		for (size = 0; size < len; size++) {
			uint8_t *exact = malloc(size ? size : 1);

			n = lisp_msg_encode(&m, exact, size);
			assert_int_equal(n, -EMSGSIZE);
			free(exact);
		}
		lisp_msg_free(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(truncated_at_every_length),
		cmocka_unit_test(every_octet_every_value),
		cmocka_unit_test(types_5_1),
		cmocka_unit_test(unknown_afi_5_1),
		cmocka_unit_test(counts_lie),
		cmocka_unit_test(prefixes_lie),
		cmocka_unit_test(large_instance_id),
		cmocka_unit_test(lcaf_lengths_lie),
		cmocka_unit_test(lcaf_nesting_bombs),
		cmocka_unit_test(lcaf_wide_list),
		cmocka_unit_test(many_rtrs),
		cmocka_unit_test(ecm_5_8),
		cmocka_unit_test(ecm_5_8_fragments),
		cmocka_unit_test(ecm_lisp_sec),
		cmocka_unit_test(encoder_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
