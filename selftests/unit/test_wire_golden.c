// SPDX-License-Identifier: GPL-2.0
/* Messages written by hand from the RFCs' figures: what we read in them */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "wire_util.h"

static struct lisp_msg msg;
static uint8_t bytes[1024];
static size_t len;

static void load(const char *name)
{
	const char *why = NULL;
	uint8_t *exact;

	len = golden_bytes(name, bytes, sizeof(bytes));
	exact = malloc(len);		/* so that ASan sees each octet beyond */
	memcpy(exact, bytes, len);
	if (lisp_msg_decode(exact, len, &msg, &why))
		fail_msg("%s: %s", name, why);
	if (msg.type == LISP_ECM)
		msg.ecm.payload = bytes + len - msg.ecm.len;
	free(exact);
}

static void is_addr(const struct lisp_addr *a, const char *s)
{
	char buf[LISP_STRLEN];

	assert_string_equal(lisp_addr_str(a, buf), s);
}

static void is_eid(const struct lisp_eid *e, const char *s)
{
	char buf[LISP_STRLEN];

	assert_string_equal(lisp_eid_str(e, buf), s);
}

/* RFC 9301 5.2: one record, source EID, ITR-RLOC; no flag */
static void request_5_2(void **state)
{
	struct lisp_map_request *m = &msg.request;

	(void)state;
	load("request-v6");
	assert_int_equal(msg.type, LISP_MAP_REQUEST);
	assert_int_equal(m->nonce, 0x0123456789abcdef);
	is_eid(&m->source_eid, "2001:10:1:122::122/128");
	assert_int_equal(m->n_itr_rlocs, 1);
	is_addr(&m->itr_rlocs[0], "10.0.1.9");
	assert_int_equal(m->n_eids, 1);
	is_eid(&m->eids[0], "2001:10:1:114::114/128");
	assert_false(m->authoritative || m->probe || m->smr || m->pitr ||
		     m->smr_invoked || m->local_xtr || m->dont_reply ||
		     m->has_xtr_id || m->reply || m->notify[0]);
	lisp_msg_free(&msg);
}

/* RFC 9301 5.2, RFC 9437 5: every bit, M-record, trailer, RFC 8060 4.1 EID */
static void request_5_2_all_bits(void **state)
{
	struct lisp_map_request *m = &msg.request;

	(void)state;
	load("request-all-bits");
	assert_true(m->authoritative && m->probe && m->smr && m->pitr &&
		    m->smr_invoked && m->local_xtr && m->dont_reply &&
		    m->has_xtr_id);
	assert_int_equal(m->nonce, 0xfedcba9876543210);
	is_eid(&m->source_eid, "[7] 10.1.22.22/32");
	assert_int_equal(m->n_itr_rlocs, 2);
	is_addr(&m->itr_rlocs[1], "2001:db8::9");
	assert_int_equal(m->n_eids, 2);
	is_eid(&m->eids[0], "10.1.14.0/24");
	is_eid(&m->eids[1], "[7] 2001:db8:14::/48");
	assert_int_equal(m->notify[0], 1);
	assert_non_null(m->reply);
	assert_int_equal(m->reply->ttl, 1440);
	assert_int_equal(m->reply->map_version, 42);	/* RFC 9302 */
	assert_true(m->reply->authoritative);
	is_addr(&m->reply->locators[0].addr, "10.0.1.9");
	assert_int_equal(m->xtr_id[15], 15);
	assert_int_equal(m->site_id, 0xc1);
	lisp_msg_free(&msg);
}

/* RFC 9301 5.2: a probe has source EID AFI 0 */
static void request_5_2_probe(void **state)
{
	(void)state;
	load("request-probe");
	assert_true(msg.request.probe);
	assert_int_equal(msg.request.source_eid.afi, LISP_AFI_NONE);
	is_eid(&msg.request.eids[0], "2001:10:1:14::/64");
	lisp_msg_free(&msg);
}

/* LCAFs we cannot use in a Map-Request leave the rest of it usable */
static void request_odd_lcafs(void **state)
{
	struct lisp_map_request *m = &msg.request;

	(void)state;
	load("request-lcaf-odd");
	is_eid(&m->source_eid, "[9] 10.1.1.1/32");
	assert_int_equal(m->itr_rlocs[0].afi, LISP_AFI_NONE);
	is_addr(&m->itr_rlocs[1], "2001:db8::9");
	assert_int_equal(m->eids[0].afi, LISP_AFI_NONE);
	is_eid(&m->eids[1], "10.1.14.14/32");
	lisp_msg_free(&msg);
}

/* RFC 9301 5.4: P, E, A, TTL, version, priorities, L, p and R */
static void reply_5_4(void **state)
{
	struct lisp_map_reply *m = &msg.reply;
	struct lisp_locator *l;

	(void)state;
	load("reply");
	assert_true(m->probe && m->echo_nonce_capable && !m->security);
	assert_int_equal(m->n_records, 1);
	assert_true(m->records[0].authoritative);
	assert_int_equal(m->records[0].map_version, 7);
	assert_int_equal(m->records[0].n_locators, 3);
	l = m->records[0].locators;
	assert_true(l[0].local && l[0].probed && !l[0].reachable);
	assert_true(!l[1].local && !l[1].probed && l[1].reachable);
	is_addr(&l[1].addr, "10.0.1.5");
	assert_int_equal(l[1].weight, 50);
	assert_int_equal(l[2].priority, LISP_PRIORITY_UNUSED);
	assert_int_equal(l[2].mpriority, 1);
	assert_int_equal(l[2].mweight, 2);
	lisp_msg_free(&msg);
}

/* RFC 9301 5.4: all eight actions, TTL 0 and 0xffffffff */
static void reply_5_4_actions(void **state)
{
	unsigned int i;

	(void)state;
	load("reply-negative");
	assert_int_equal(msg.reply.n_records, 8);
	for (i = 0; i < 8; i++) {
		assert_int_equal(msg.reply.records[i].action, i);
		assert_int_equal(msg.reply.records[i].n_locators, 0);
	}
	is_eid(&msg.reply.records[3].eid, "2002::/16");
	assert_int_equal(msg.reply.records[4].ttl, LISP_TTL_LOCAL_POLICY);
	assert_int_equal(msg.reply.records[5].ttl, LISP_TTL_WITHDRAW);
	lisp_msg_free(&msg);
}

/* RFC 8060 in every field: what is usable is used, the rest stepped over */
static void reply_lcafs(void **state)
{
	struct lisp_record *r;

	(void)state;
	load("reply-lcaf");
	r = msg.reply.records;
	is_eid(&r[0].eid, "[7] 10.1.14.0/24");
	assert_int_equal(r[0].n_locators, 6);
	is_addr(&r[0].locators[0].addr, "10.0.1.1");	/* in an AFI-list */
	is_addr(&r[0].locators[1].addr, "none");	/* JSON */
	is_addr(&r[0].locators[2].addr, "10.0.1.2");	/* same instance */
	is_addr(&r[0].locators[3].addr, "none");	/* another instance */
	is_addr(&r[0].locators[4].addr, "10.0.0.254");	/* the RTR */
	is_addr(&r[0].locators[5].addr, "none");	/* security key */
	assert_int_equal(r[1].eid.afi, LISP_AFI_NONE);
	is_eid(&r[1].eid, "lcaf-12");		/* as far as it can be shown */
	is_eid(&r[2].eid, "10.1.23.0/24");
	is_addr(&r[2].locators[0].addr, "10.0.1.13");
	lisp_msg_free(&msg);
}

/* MAC and distinguished-name EIDs can be shown */
static void reply_mac_name(void **state)
{
	(void)state;
	load("reply-mac-name");
	is_eid(&msg.reply.records[0].eid, "02:00:c0:ff:ee:01/48");
	is_eid(&msg.reply.records[1].eid, "node");
	is_eid(&msg.reply.records[2].eid, "[42] 02:00:c0:ff:ee:02/48");
	lisp_msg_free(&msg);
}

/* RFC 9301 5.6: flags, key, trailer; where the MAC's coverage ends */
static void register_5_6(void **state)
{
	struct lisp_map_register *m = &msg.reg;

	(void)state;
	load("register");
	assert_int_equal(msg.type, LISP_MAP_REGISTER);
	assert_true(m->proxy_reply && m->security && m->has_xtr_id &&
		    m->eid_notify && m->use_ttl && m->merge && m->want_notify);
	assert_false(m->rtr);
	assert_int_equal(m->nonce, 0x102);
	assert_int_equal(m->key_id, 1);
	assert_int_equal(m->alg_id, 2);
	assert_int_equal(m->auth_len, 16);
	assert_int_equal(m->auth_end, len - 24);
	assert_int_equal(m->xtr_id[1], 1);
	assert_int_equal(m->site_id, 0xc1);
	is_eid(&m->records[0].eid, "2001:10:1:14::/64");
	assert_int_equal(m->records[0].ttl, 180);
	is_addr(&m->records[0].locators[1].addr, "2001:db8::1");
	lisp_msg_free(&msg);
}

/* RFC 9301 5.4, 5.6: reserved bits, and ACT and p in a Register, are ignored */
static void register_5_6_reserved(void **state)
{
	struct lisp_record *r;

	(void)state;
	load("register-reserved");
	assert_false(msg.reg.proxy_reply || msg.reg.has_xtr_id ||
		     msg.reg.rtr || msg.reg.want_notify || msg.reg.merge);
	r = &msg.reg.records[0];
	assert_int_equal(r->action, 0);
	assert_int_equal(r->map_version, 0);
	assert_true(r->authoritative);
	assert_true(r->locators[0].reachable && !r->locators[0].probed &&
		    !r->locators[0].local);
	lisp_msg_free(&msg);
}

/* RFC 9301 5.7: a Map-Notify with, a Map-Notify-Ack without the trailer */
static void notify_5_7(void **state)
{
	(void)state;
	load("notify");
	assert_int_equal(msg.type, LISP_MAP_NOTIFY);
	assert_true(msg.reg.has_xtr_id);
	assert_int_equal(msg.reg.site_id, 0xc1);
	assert_int_equal(msg.reg.auth_len, 32);
	lisp_msg_free(&msg);
	load("notify-ack");
	assert_int_equal(msg.type, LISP_MAP_NOTIFY_ACK);
	assert_false(msg.reg.has_xtr_id);
	assert_int_equal(msg.reg.alg_id, 3);
	assert_int_equal(msg.reg.auth_end, len);
	lisp_msg_free(&msg);
}

/* Some mark the trailer of a Map-Notify with no bit at all */
static void notify_trailer_without_a_bit(void **state)
{
	(void)state;
	len = golden_bytes("notify", bytes, sizeof(bytes));
	bytes[0] = 0x40;
	assert_int_equal(lisp_msg_decode(bytes, len, &msg, NULL), 0);
	assert_true(msg.reg.has_xtr_id);
	assert_int_equal(msg.reg.site_id, 0xc1);
	lisp_msg_free(&msg);
	/* and some set one, copied from the Register, with no trailer there */
	bytes[0] = 0x48;
	assert_int_equal(lisp_msg_decode(bytes, len - 24, &msg, NULL), 0);
	assert_false(msg.reg.has_xtr_id);
	lisp_msg_free(&msg);
}

/* Info-Request, and RFC 8060 4.4 in an Info-Reply */
static void info(void **state)
{
	struct lisp_info *m = &msg.info;

	(void)state;
	load("info-request");
	assert_false(m->reply);
	is_eid(&m->eid, "10.1.14.14/32");
	assert_int_equal(m->ttl, 60);
	lisp_msg_free(&msg);
	load("info-reply");
	assert_true(m->reply);
	assert_int_equal(m->ms_port, 4342);
	assert_int_equal(m->etr_port, 61234);
	is_addr(&m->global_etr, "198.51.100.1");
	is_addr(&m->ms, "10.0.0.13");
	is_addr(&m->private_etr, "192.168.0.1");
	assert_int_equal(m->n_rtrs, 2);
	is_addr(&m->rtrs[1], "10.0.0.255");
	lisp_msg_free(&msg);
}

static void is_inner_request(const char *src, const char *dst)
{
	uint8_t request[256];
	size_t n = golden_bytes("request-v6", request, sizeof(request));
	char buf[LISP_STRLEN];

	assert_string_equal(lisp_endpoint_str(&msg.ecm.src, buf), src);
	assert_string_equal(lisp_endpoint_str(&msg.ecm.dst, buf), dst);
	assert_int_equal(msg.ecm.len, n);
	assert_memory_equal(msg.ecm.payload, request, n);
}

/* RFC 9301 5.8 over IPv4 and IPv6 */
static void ecm_5_8(void **state)
{
	(void)state;
	load("ecm-v4");
	assert_false(msg.ecm.ddt || msg.ecm.to_etr || msg.ecm.to_ms);
	is_inner_request("10.0.1.9:61234", "10.1.14.14:4342");
	load("ecm-v6");
	assert_true(msg.ecm.ddt && msg.ecm.to_etr && msg.ecm.to_ms);
	is_inner_request("[2001:10:1:122::122]:61234",
			 "[2001:10:1:114::114]:4342");
}

/* An inner UDP checksum of 0 is accepted, over IPv6, too (RFC 6936) */
static void ecm_zero_checksum(void **state)
{
	(void)state;
	load("ecm-v6-no-checksum");
	is_inner_request("[2001:10:1:122::122]:61234",
			 "[2001:10:1:114::114]:4342");
}

/* RFC 9303 6.1: LISP-SEC data in front of the inner header is stepped over */
static void ecm_lisp_sec(void **state)
{
	(void)state;
	load("ecm-lisp-sec");
	assert_true(msg.ecm.security);
	is_inner_request("10.0.1.9:61234", "10.1.14.14:4342");
}

/* Our encoder makes the very octets of the figures */
static void encoder_makes_the_same(void **state)
{
	uint8_t out[1024];
	unsigned int i;
	int n;

	(void)state;
	for (i = 0; i < n_goldens; i++) {
		if (!goldens[i].ours)
			continue;
		load(goldens[i].name);
		n = lisp_msg_encode(&msg, out, sizeof(out));
		if (msg.type == LISP_MAP_REGISTER)
			memset(bytes + 16, 0, msg.reg.auth_len);
		lisp_msg_free(&msg);
		if (n != (int)len || memcmp(out, bytes, len))
			fail_msg("%s: %d octets", goldens[i].name, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_5_2),
		cmocka_unit_test(request_5_2_all_bits),
		cmocka_unit_test(request_5_2_probe),
		cmocka_unit_test(request_odd_lcafs),
		cmocka_unit_test(reply_5_4),
		cmocka_unit_test(reply_5_4_actions),
		cmocka_unit_test(reply_lcafs),
		cmocka_unit_test(reply_mac_name),
		cmocka_unit_test(register_5_6),
		cmocka_unit_test(register_5_6_reserved),
		cmocka_unit_test(notify_5_7),
		cmocka_unit_test(notify_trailer_without_a_bit),
		cmocka_unit_test(info),
		cmocka_unit_test(ecm_5_8),
		cmocka_unit_test(ecm_zero_checksum),
		cmocka_unit_test(ecm_lisp_sec),
		cmocka_unit_test(encoder_makes_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
