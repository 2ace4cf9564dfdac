// SPDX-License-Identifier: GPL-2.0
/* What is encoded decodes to the same: each flag alone, and random contents */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "wire_util.h"

static uint64_t seed;

/* splitmix64: the same in every run */
static uint64_t rnd(void)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static bool coin(void)
{
	return rnd() & 1;
}

static struct lisp_addr random_addr(bool none)
{
	struct lisp_addr a = { .afi = coin() ? LISP_AFI_IPV4 : LISP_AFI_IPV6 };
	unsigned int i;

	if (none && rnd() % 8 == 0)
		a.afi = LISP_AFI_NONE;
	for (i = 0; i < lisp_afi_bits(a.afi) / 8; i++)
		a.bytes[i] = (uint8_t)rnd();
	return a;
}

static struct lisp_eid random_eid(void)
{
	struct lisp_addr a = random_addr(true);
	struct lisp_eid e = lisp_eid_from_addr(coin() ? 0 : rnd() & 0xffffff,
					       &a);
	unsigned int bit;

	e.plen = (uint8_t)(rnd() % (lisp_afi_bits(a.afi) + 1u));
	for (bit = e.plen; bit < lisp_afi_bits(a.afi); bit++)
		e.bytes[bit / 8] &= (uint8_t)~(0x80 >> (bit % 8));
	return e;
}

static void random_record(struct lisp_record *r, bool reply)
{
	unsigned int i;

	r->ttl = (uint32_t)rnd();
	r->eid = random_eid();
	r->map_version = rnd() & 0xfff;
	r->action = reply ? rnd() & 7 : 0;
	r->authoritative = coin();
	r->n_locators = (uint8_t)(rnd() % 6);
	r->locators = calloc(r->n_locators + 1u, sizeof(*r->locators));
	for (i = 0; i < r->n_locators; i++) {
		struct lisp_locator *l = &r->locators[i];

		l->addr = random_addr(true);
		l->priority = (uint8_t)rnd();
		l->weight = (uint8_t)rnd();
		l->mpriority = (uint8_t)rnd();
		l->mweight = (uint8_t)rnd();
		l->local = coin();
		l->probed = reply && coin();
		l->reachable = coin();
	}
}

static struct lisp_record *random_records(uint8_t *n, bool reply)
{
	struct lisp_record *r;
	unsigned int i;

	*n = (uint8_t)(rnd() % 5);
	r = calloc(*n + 1u, sizeof(*r));
	for (i = 0; i < *n; i++)
		random_record(&r[i], reply);
	return r;
}

static void random_request(struct lisp_map_request *m)
{
	unsigned int i;

	m->authoritative = coin();
	m->probe = coin();
	m->smr = coin();
	m->pitr = coin();
	m->smr_invoked = coin();
	m->local_xtr = coin();
	m->dont_reply = coin();
	m->nonce = rnd();
	if (coin()) {
		struct lisp_addr a = random_addr(false);

		m->source_eid = lisp_eid_from_addr(rnd() & 0xff, &a);
	}
	m->n_itr_rlocs = (uint8_t)(1 + rnd() % 32);
	for (i = 0; i < m->n_itr_rlocs; i++)
		m->itr_rlocs[i] = random_addr(true);
	m->n_eids = (uint8_t)(1 + rnd() % 12);
	m->eids = calloc(m->n_eids, sizeof(*m->eids));
	for (i = 0; i < m->n_eids; i++) {
		m->eids[i] = random_eid();
		if (coin())
			m->notify[i / 8] |= (uint8_t)(1 << (i % 8));
	}
	if (coin()) {
		m->reply = calloc(1, sizeof(*m->reply));
		random_record(m->reply, false);
	}
	m->has_xtr_id = coin();
	if (m->has_xtr_id) {
		m->xtr_id[rnd() % 16] = (uint8_t)rnd();
		m->site_id = rnd();
	}
}

static void random_register(struct lisp_map_register *m, bool is_register)
{
	if (is_register) {
		m->proxy_reply = coin();
		m->security = coin();
		m->eid_notify = coin();
		m->use_ttl = coin();
		m->merge = coin();
		m->want_notify = coin();
	}
	m->rtr = coin();
	m->nonce = rnd();
	m->key_id = (uint8_t)rnd();
	m->alg_id = (uint8_t)(1 + rnd() % 3);
	m->auth_len = coin() ? 0 : (uint16_t)(rnd() % 64);
	m->records = random_records(&m->n_records, !is_register);
	m->has_xtr_id = coin();
	if (m->has_xtr_id) {
		m->xtr_id[rnd() % 16] = (uint8_t)rnd();
		m->site_id = rnd();
	}
}

static void random_info(struct lisp_info *m)
{
	unsigned int i;

	m->reply = coin();
	m->nonce = rnd();
	m->key_id = (uint8_t)rnd();
	m->alg_id = (uint8_t)(rnd() % 4);
	m->ttl = (uint32_t)rnd();
	m->eid = random_eid();
	if (!m->reply)
		return;
	m->ms_port = (uint16_t)rnd();
	m->etr_port = (uint16_t)rnd();
	m->global_etr = random_addr(true);
	m->ms = random_addr(true);
	m->private_etr = random_addr(true);
	m->n_rtrs = (uint8_t)(rnd() % (LISP_INFO_RTRS_MAX + 1));
	for (i = 0; i < m->n_rtrs; i++)
		m->rtrs[i] = random_addr(false);
}

static void random_ecm(struct lisp_ecm *m)
{
	static uint8_t payload[2000];
	unsigned int i;

	m->ddt = coin();
	m->to_etr = coin();
	m->to_ms = coin();
	do {
		m->src.addr = random_addr(false);
		m->dst.addr = random_addr(false);
	} while (m->src.addr.afi != m->dst.addr.afi);
	m->src.port = (uint16_t)(rnd() | 0x8000);
	m->dst.port = LISP_CONTROL_PORT;
	m->payload = payload;
	m->len = rnd() % sizeof(payload);
	for (i = 0; i < m->len; i++)
		payload[i] = (uint8_t)rnd();
}

static void random_msg(struct lisp_msg *m, enum lisp_msg_type type)
{
	memset(m, 0, sizeof(*m));
	m->type = type;
	switch (type) {
	case LISP_MAP_REQUEST:
		random_request(&m->request);
		break;
	case LISP_MAP_REPLY:
		m->reply.probe = coin();
		m->reply.echo_nonce_capable = coin();
		m->reply.security = coin();
		m->reply.nonce = rnd();
		m->reply.records = random_records(&m->reply.n_records, true);
		break;
	case LISP_INFO:
		random_info(&m->info);
		break;
	case LISP_ECM:
		random_ecm(&m->ecm);
		break;
	default:
		random_register(&m->reg, type == LISP_MAP_REGISTER);
	}
}

static void survives(struct lisp_msg *m, uint64_t number)
{
	static uint8_t buf[1 << 17], again[1 << 17];
	const char *differs;
	struct lisp_msg d;
	int n;

	n = lisp_msg_encode(m, buf, sizeof(buf));
	if (n < 0)
		fail_msg("message %lu: cannot encode: %d", number, n);
	assert_int_equal(lisp_msg_decode(buf, (size_t)n, &d, NULL), 0);
	msg_sort(m);
	differs = msg_differs(m, &d);
	if (differs)
		fail_msg("message %lu: %s", number, differs);
	assert_int_equal(lisp_msg_encode(&d, again, sizeof(again)), n);
	assert_memory_equal(buf, again, (size_t)n);
	lisp_msg_free(&d);
}

/* RFC 9301 5.2 to 5.8: every field of every type, 500 messages each */
static void random_messages(void **state)
{
	static const enum lisp_msg_type types[] = {
		LISP_MAP_REQUEST, LISP_MAP_REPLY, LISP_MAP_REGISTER,
		LISP_MAP_NOTIFY, LISP_MAP_NOTIFY_ACK, LISP_INFO, LISP_ECM,
	};
	struct lisp_msg m;
	uint64_t i;

	(void)state;
	for (i = 0; i < 3500; i++) {
		seed = i;
		random_msg(&m, types[i % 7]);
		survives(&m, i);
		lisp_msg_free(&m);
	}
}

/* @flag is header bit @bit and nothing else, and comes back. */
static void flag_alone(struct lisp_msg *m, bool *flag, uint32_t bit)
{
	uint8_t off[512], on[512];
	struct lisp_msg d;
	uint32_t diff = 0;
	int n, n2, i;

	*flag = false;
	n = lisp_msg_encode(m, off, sizeof(off));
	*flag = true;
	n2 = lisp_msg_encode(m, on, sizeof(on));
	assert_true(n > 0 && n2 >= n);
	for (i = 0; i < 4; i++)
		diff = diff << 8 | (uint32_t)(off[i] ^ on[i]);
	assert_int_equal(diff, 0x80000000u >> bit);
	assert_int_equal(lisp_msg_decode(on, (size_t)n2, &d, NULL), 0);
	assert_null(msg_differs(m, &d));
	lisp_msg_free(&d);
	*flag = false;
}

/* RFC 9301 12.6 (and RFC 9437 for I): each header bit at its place */
static void header_bits_12_6(void **state)
{
	struct lisp_eid eid = eid_of("10.1.14.14");
	struct lisp_msg m = { .type = LISP_MAP_REQUEST };

	(void)state;
	m.request.n_itr_rlocs = 1;
	m.request.itr_rlocs[0] = addr_of("10.0.1.9");
	m.request.n_eids = 1;
	m.request.eids = &eid;
	flag_alone(&m, &m.request.authoritative, 4);
	flag_alone(&m, &m.request.probe, 6);
	flag_alone(&m, &m.request.smr, 7);
	flag_alone(&m, &m.request.pitr, 8);
	flag_alone(&m, &m.request.smr_invoked, 9);
	flag_alone(&m, &m.request.has_xtr_id, 11);
	flag_alone(&m, &m.request.local_xtr, 17);
	flag_alone(&m, &m.request.dont_reply, 18);

	memset(&m, 0, sizeof(m));
	m.type = LISP_MAP_REPLY;
	flag_alone(&m, &m.reply.probe, 4);
	flag_alone(&m, &m.reply.echo_nonce_capable, 5);
	flag_alone(&m, &m.reply.security, 6);

	memset(&m, 0, sizeof(m));
	m.type = LISP_MAP_REGISTER;
	m.reg.alg_id = 2;
	flag_alone(&m, &m.reg.proxy_reply, 4);
	flag_alone(&m, &m.reg.security, 5);
	flag_alone(&m, &m.reg.has_xtr_id, 6);
	flag_alone(&m, &m.reg.rtr, 7);
	flag_alone(&m, &m.reg.eid_notify, 19);
	flag_alone(&m, &m.reg.use_ttl, 20);
	flag_alone(&m, &m.reg.merge, 21);
	flag_alone(&m, &m.reg.want_notify, 23);
	m.type = LISP_MAP_NOTIFY;
	flag_alone(&m, &m.reg.has_xtr_id, 4);
	flag_alone(&m, &m.reg.rtr, 5);

	memset(&m, 0, sizeof(m));
	m.type = LISP_ECM;
	m.ecm.src.addr = addr_of("10.0.1.9");
	m.ecm.dst.addr = addr_of("10.1.14.14");
	m.ecm.payload = (const uint8_t *)"";
	flag_alone(&m, &m.ecm.ddt, 5);
	flag_alone(&m, &m.ecm.to_etr, 6);
	flag_alone(&m, &m.ecm.to_ms, 7);
}

/* RFC 9301 5.5: locators sorted, IPv4 first; those given are not touched */
static void sorted_5_5(void **state)
{
	static const char *const given[] = { "2001:db8::2", "10.0.1.9",
		"192.0.2.1", "2001:db8::1", "10.0.1.1", "9.9.9.9" };
	static const char *const sorted[] = { "9.9.9.9", "10.0.1.1",
		"10.0.1.9", "192.0.2.1", "2001:db8::1", "2001:db8::2" };
	struct lisp_locator l[6];
	struct lisp_record r = { .n_locators = 6, .locators = l };
	struct lisp_msg m = { .type = LISP_MAP_REPLY }, d;
	char buf[LISP_STRLEN];
	uint8_t bytes[512];
	int n, i;

	(void)state;
	memset(l, 0, sizeof(l));
	for (i = 0; i < 6; i++)
		l[i].addr = addr_of(given[i]);
	r.eid = eid_of("10.1.14.0/24");
	m.reply.n_records = 1;
	m.reply.records = &r;
	n = lisp_msg_encode(&m, bytes, sizeof(bytes));
	assert_true(n > 0);
	assert_string_equal(lisp_addr_str(&l[0].addr, buf), given[0]);
	assert_int_equal(lisp_msg_decode(bytes, (size_t)n, &d, NULL), 0);
	for (i = 0; i < 6; i++)
		assert_string_equal(sorted[i],
			lisp_addr_str(&d.reply.records[0].locators[i].addr,
				      buf));
	lisp_msg_free(&d);
}

/* RFC 9301 5.4: the p-bit and ACT never go out in a Map-Register */
static void register_without_p_and_act_5_4(void **state)
{
	struct lisp_locator l = { .addr = addr_of("10.0.1.1"), .probed = true };
	struct lisp_record r = { .n_locators = 1, .locators = &l, .action = 3 };
	struct lisp_msg m = { .type = LISP_MAP_REGISTER };
	uint8_t a[512], b[512];
	int n;

	(void)state;
	r.eid = eid_of("10.1.14.0/24");
	m.reg.alg_id = 2;
	m.reg.n_records = 1;
	m.reg.records = &r;
	n = lisp_msg_encode(&m, a, sizeof(a));
	l.probed = false;
	r.action = 0;
	assert_int_equal(lisp_msg_encode(&m, b, sizeof(b)), n);
	assert_memory_equal(a, b, (size_t)n);
}

/* RFC 9301 5.8: the inner UDP checksum is never zero, also where it sums to it */
static void ecm_checksum_5_8(void **state)
{
	uint8_t payload[2], buf[128];
	struct lisp_msg m = { .type = LISP_ECM };
	unsigned int v, all_ones = 0;
	int n;

	(void)state;
	m.ecm.src.addr = addr_of("10.0.1.9");
	m.ecm.dst.addr = addr_of("10.1.14.14");
	m.ecm.payload = payload;
	m.ecm.len = 2;
	for (v = 0; v < 0x10000; v++) {
		payload[0] = (uint8_t)(v >> 8);
		payload[1] = (uint8_t)v;
		n = lisp_msg_encode(&m, buf, sizeof(buf));
		assert_int_equal(n, 34);
		assert_true(buf[30] || buf[31]);
		all_ones += buf[30] == 0xff && buf[31] == 0xff;
		if (v % 64 == 0) {
			struct lisp_msg d;

			assert_int_equal(lisp_msg_decode(buf, 34, &d, NULL), 0);
		}
	}
	assert_true(all_ones);
	m.ecm.src.port = LISP_DATA_PORT;
	assert_int_equal(lisp_msg_encode(&m, buf, sizeof(buf)), -EINVAL);
	m.ecm.src.port = 0;
	m.ecm.dst.addr = addr_of("2001:db8::1");
	assert_int_equal(lisp_msg_encode(&m, buf, sizeof(buf)), -EINVAL);
}

/* lisp_ecm_encode() may wrap a message that stands in the same buffer */
static void ecm_in_place(void **state)
{
	struct lisp_ecm e = { 0 };
	uint8_t a[256], b[256];
	int n;

	(void)state;
	e.src.addr = addr_of("2001:db8::1");
	e.dst.addr = addr_of("2001:db8::2");
	e.len = golden_bytes("request-v6", a, sizeof(a));
	e.payload = a;
	n = lisp_ecm_encode(&e, b, sizeof(b));
	assert_int_equal(lisp_ecm_encode(&e, a, sizeof(a)), n);
	assert_memory_equal(a, b, (size_t)n);
}

static void copies_are_deep(void **state)
{
	struct lisp_locator l = { .addr = addr_of("10.0.1.1") };
	struct lisp_record r = { .n_locators = 1, .locators = &l }, c, none;

	(void)state;
	assert_int_equal(lisp_record_copy(&c, &r), 0);
	assert_ptr_not_equal(c.locators, &l);
	assert_true(lisp_addr_equal(&c.locators[0].addr, &l.addr));
	lisp_record_free(&c);
	assert_null(c.locators);
	r.n_locators = 0;
	assert_int_equal(lisp_record_copy(&none, &r), 0);
	assert_null(none.locators);
	lisp_record_free(&none);
}

static void names(void **state)
{
	int i;

	(void)state;
	for (i = 0; i <= LISP_ACT_DROP_AUTH; i++)
		assert_int_equal(lisp_action_parse(
				 lisp_action_str((unsigned int)i)), i);
	assert_int_equal(lisp_action_parse("unassigned-6"), -EINVAL);
	assert_string_equal(lisp_action_str(7), "unassigned-7");
	assert_string_equal(lisp_action_str(8), "unknown");
	assert_string_equal(lisp_msg_type_str(LISP_ECM), "ecm");
	assert_string_equal(lisp_msg_type_str(9), "unknown");
	assert_string_equal(lisp_msg_type_str(99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_messages),
		cmocka_unit_test(header_bits_12_6),
		cmocka_unit_test(sorted_5_5),
		cmocka_unit_test(register_without_p_and_act_5_4),
		cmocka_unit_test(ecm_checksum_5_8),
		cmocka_unit_test(ecm_in_place),
		cmocka_unit_test(copies_are_deep),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
