// SPDX-License-Identifier: GPL-2.0
/* The ETR: answering Map-Requests, registering, Map-Notify. */
#include "core_util.h"

#define MS	"10.0.0.13"
#define ME	"10.0.1.9"

static int etr_setup(void **state)
{
	struct node *n = node_new();

	lisp_core_set_nonce(n->core, 5000 * LISP_SEC);
	assert_int_equal(lisp_core_configure(n->core, n->now, xtr_config()), 0);
	*state = n;
	return 0;
}

static void get_register(const struct node *n, unsigned int i,
			 struct lisp_msg *m)
{
	decode_sent(n, i, m, NULL);
	assert_int_equal(m->type, LISP_MAP_REGISTER);
}

static uint64_t nonce_of(const struct node *n, unsigned int i)
{
	struct lisp_msg m;
	uint64_t nonce;

	get_register(n, i, &m);
	nonce = m.reg.nonce;
	lisp_msg_free(&m);
	return nonce;
}

/* Answer the @i-th message sent, with its records, as a map-server would. */
static void notify(struct node *n, unsigned int i, const char *from,
		   const struct lisp_key *key)
{
	struct lisp_msg m;

	get_register(n, i, &m);
	m.type = LISP_MAP_NOTIFY;
	m.reg.key_id = key->key_id;
	m.reg.alg_id = key->alg_id;
	m.reg.auth_len = key->mac_len;
	deliver(n, from, 4342, ME, &m, key);
	lisp_msg_free(&m);
}

static bool acked(struct node *n)
{
	return stat(n, "etr", "map-register-acknowledged");
}

/* RFC 9301 5.6, 8.2: at start, with all prefixes, signed, M set */
static void test_register(void **state)
{
	struct node *n = *state;
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_addr ms = A(MS);
	struct lisp_msg m;
	unsigned int i;

	assert_int_equal(count_sent(n, LISP_MAP_REGISTER), 1);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &ms));
	assert_int_equal(n->sent[0].to.port, 4342);
	assert_int_equal(n->sent[0].from.port, 4342);
	assert_int_equal(lisp_auth_verify(n->sent[0].buf, n->sent[0].len, &key),
			 0);
	get_register(n, 0, &m);
	assert_int_equal(m.reg.n_records, 4);
	assert_true(m.reg.want_notify);
	assert_false(m.reg.proxy_reply);
	assert_true(m.reg.nonce > 5000 * LISP_SEC);
	for (i = 0; i < 4; i++) {
		assert_int_equal(m.reg.records[i].ttl, 1440);
		assert_int_equal(m.reg.records[i].n_locators, 1);
		assert_true(m.reg.records[i].locators[0].reachable);
		assert_true(m.reg.records[i].locators[0].local);
		/* 5.4: p is never set in a Map-Register */
		assert_false(m.reg.records[i].locators[0].probed);
	}
	lisp_msg_free(&m);
	assert_int_equal(count_ops(n, OP_EID_ADD, NULL), 4);
}

/* RFC 9301 5.7: 1 s, doubling; the original message; a new one after 60 s */
static void test_backoff(void **state)
{
	struct node *n = *state;
	lisp_time start = n->now, at[16];
	unsigned int i, seen = 1;

	at[0] = 0;
	while (n->now < start + 300 * LISP_SEC) {
		node_run(n, n->now + LISP_MSEC);
		for (; seen < n->n_sent && seen < 16; seen++)
			at[seen] = (n->now - start) / LISP_SEC;
	}
	assert_int_equal(at[1], 1);
	assert_int_equal(at[2], 3);
	assert_int_equal(at[3], 7);
	assert_int_equal(at[4], 15);
	assert_int_equal(at[5], 31);
	assert_int_equal(at[6], 60);
	assert_int_equal(at[7], 120);
	assert_int_equal(at[8], 180);
	for (i = 1; i < 6; i++) {
		assert_int_equal(n->sent[i].len, n->sent[0].len);
		assert_memory_equal(n->sent[i].buf, n->sent[0].buf,
				    n->sent[0].len);
	}
	assert_true(nonce_of(n, 6) > nonce_of(n, 5));
	assert_true(nonce_of(n, 7) > nonce_of(n, 6));
}

/* RFC 9301 8.2: acknowledged, the next one is a minute later */
static void test_acknowledged(void **state)
{
	struct node *n = *state;
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	lisp_time start = n->now;

	node_run(n, n->now + 5 * LISP_MSEC);
	notify(n, 0, MS, &key);
	assert_true(acked(n));
	node_run(n, start + 60 * LISP_SEC - 1);
	assert_int_equal(n->n_sent, 1);
	node_run(n, start + 60 * LISP_SEC);
	assert_int_equal(n->n_sent, 2);
	assert_true(nonce_of(n, 1) > nonce_of(n, 0));
	/* and it is retried again from 1 s on */
	node_run(n, start + 61 * LISP_SEC);
	assert_int_equal(n->n_sent, 3);
}

/* RFC 9301 5.7: only the right nonce and a valid MAC acknowledge */
static void test_notify_refused(void **state)
{
	struct node *n = *state;
	struct lisp_key good = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_key bad = key_of(0, LISP_AUTH_SHA256_128, "lisp");
	struct lisp_key id = key_of(1, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_key alg = key_of(0, LISP_AUTH_SHA1_96, "LISP");
	struct lisp_msg m;
	uint8_t buf[LISP_MSG_MAX];

	notify(n, 0, MS, &bad);
	notify(n, 0, MS, &id);
	notify(n, 0, MS, &alg);
	assert_false(acked(n));
	assert_stat(n, "errors", "map-notify-auth-failure", 3);
	/* algorithm 0 is not "needs no authentication" */
	memcpy(buf, n->sent[0].buf, n->sent[0].len);
	buf[0] = LISP_MAP_NOTIFY << 4;
	buf[13] = LISP_AUTH_NONE;
	deliver_raw(n, MS, 4342, ME, buf, n->sent[0].len);
	assert_false(acked(n));
	/* another nonce */
	get_register(n, 0, &m);
	m.type = LISP_MAP_NOTIFY;
	m.reg.nonce++;
	deliver(n, MS, 4342, ME, &m, &good);
	lisp_msg_free(&m);
	assert_false(acked(n));
	notify(n, 0, MS, &good);
	assert_true(acked(n));
}

/* The map-server took fewer prefixes than we sent: that is said */
static void test_notify_partial(void **state)
{
	struct node *n = *state;
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_msg m;

	get_register(n, 0, &m);
	m.type = LISP_MAP_NOTIFY;
	lisp_record_free(&m.reg.records[3]);
	m.reg.n_records = 3;
	deliver(n, MS, 4342, ME, &m, &key);
	lisp_msg_free(&m);
	assert_true(acked(n));
	assert_stat(n, "errors", "map-notify-partial", 1);
}

/* Twice the same Map-Notify: counted once, never acknowledged */
static void test_notify_twice(void **state)
{
	struct node *n = *state;
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");

	notify(n, 0, MS, &key);
	notify(n, 0, MS, &key);
	assert_stat(n, "etr", "map-register-acknowledged", 1);
	assert_stat(n, "errors", "map-notify-duplicate", 1);
	node_run(n, n->now + 60 * LISP_SEC);
	notify(n, 0, MS, &key);		/* of the Register before */
	assert_stat(n, "errors", "map-notify-duplicate", 2);
	assert_int_equal(count_sent(n, LISP_MAP_NOTIFY_ACK), 0);
}

/* RFC 9301 5.7: an unsolicited Map-Notify earns an Ack, if it is authentic */
static void test_unsolicited(void **state)
{
	struct node *n = *state;
	struct lisp_key good = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_key bad = key_of(0, LISP_AUTH_SHA256_128, "no");
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r = R("2001:10:1:22::5/128", 1440, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_NOTIFY, .reg = {
		.nonce = 77, .alg_id = LISP_AUTH_SHA256_128, .auth_len = 16,
		.rtr = true, .n_records = 1, .records = &r } };
	struct lisp_msg ack;

	good.mac_len = 16;
	bad.mac_len = 16;
	node_forget(n);
	deliver(n, MS, 4342, ME, &m, &bad);
	deliver(n, "10.0.0.66", 4342, ME, &m, &good);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-notify-unknown-sender", 1);
	deliver(n, MS, 4342, ME, &m, &good);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(n->sent[0].to.port, 4342);
	decode_sent(n, 0, &ack, NULL);
	assert_int_equal(ack.type, LISP_MAP_NOTIFY_ACK);
	assert_int_equal(ack.reg.nonce, 77);
	assert_int_equal(ack.reg.auth_len, 16);
	assert_int_equal(ack.reg.n_records, 1);
	assert_false(ack.reg.rtr);	/* no data of an RTR follow */
	assert_int_equal(lisp_auth_verify(n->sent[0].buf, n->sent[0].len,
					  &good), 0);
	lisp_msg_free(&ack);
}

/* Nobody waits for a Map-Notify-Ack: counted, and life goes on */
static void test_unexpected_ack(void **state)
{
	struct node *n = *state;
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_msg m;

	get_register(n, 0, &m);
	m.type = LISP_MAP_NOTIFY_ACK;
	deliver(n, MS, 4342, ME, &m, &key);
	lisp_msg_free(&m);
	assert_stat(n, "errors", "map-notify-ack-unexpected", 1);
	assert_false(acked(n));
	notify(n, 0, MS, &key);
	assert_true(acked(n));
}

/* want-notify off: once a minute, no retries */
static void test_no_notify(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = xtr_config();

	(void)state;
	cfg->map_servers[0].want_notify = false;
	cfg->map_servers[0].proxy_reply = true;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	node_run(n, n->now + 150 * LISP_SEC);
	assert_int_equal(n->n_sent, 3);
	assert_int_equal(n->sent[0].buf[0], LISP_MAP_REGISTER << 4 | 8);
	assert_int_equal(n->sent[0].buf[2] & 1, 0);
	node_free(n);
}

/* A mapping changed: registered anew at once; unchanged: nothing is sent */
static void test_change(void **state)
{
	struct node *n = *state;
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_config *cfg;
	struct lisp_msg m;

	notify(n, 0, MS, &key);
	node_forget(n);
	cfg = xtr_config();
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(n->n_ops, 0);
	cfg->mappings[1].rlocs[0].priority = 9;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(n->n_ops, 0);
	get_register(n, 0, &m);
	assert_int_equal(m.reg.records[1].locators[0].priority, 9);
	lisp_msg_free(&m);
}

/* Our own address changed: registered from there at once */
static void test_moved(void **state)
{
	struct node *n = *state;
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_config *cfg = xtr_config();
	struct lisp_addr me = A("10.0.1.10");

	notify(n, 0, MS, &key);
	node_run(n, n->now + 10 * LISP_SEC);
	cfg->rlocs[0] = me;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(n->n_sent, 2);
	assert_true(lisp_addr_equal(&n->sent[1].from.addr, &me));
	assert_true(nonce_of(n, 1) > nonce_of(n, 0));
}

/* A mapping removed: withdrawn with TTL 0, until acknowledged */
static void test_withdraw(void **state)
{
	struct node *n = *state;
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_eid gone = E("10.1.122.0/24");
	struct lisp_config *cfg = xtr_config();
	struct lisp_msg m;
	unsigned int i, found = 0;

	notify(n, 0, MS, &key);
	node_forget(n);
	cfg->n_mappings = 3;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(count_ops(n, OP_EID_DEL, "10.1.122.0/24"), 1);
	assert_int_equal(n->n_ops, 1);
	assert_int_equal(n->n_sent, 2);
	for (i = 0; i < 2; i++) {
		get_register(n, i, &m);
		if (m.reg.records[0].ttl == LISP_TTL_WITHDRAW) {
			found++;
			assert_int_equal(m.reg.n_records, 1);
			assert_true(lisp_eid_equal(&m.reg.records[0].eid, &gone));
			notify(n, i, MS, &key);
		} else {
			assert_int_equal(m.reg.n_records, 3);
		}
		lisp_msg_free(&m);
	}
	assert_int_equal(found, 1);
	assert_stat(n, "etr", "withdrawn", 1);
}

/* A map-server removed: it is told that nothing is ours any more */
static void test_leave(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();
	struct lisp_msg m;

	node_forget(n);
	cfg->n_map_servers = 0;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(n->n_sent, 1);
	get_register(n, 0, &m);
	assert_int_equal(m.reg.n_records, 4);
	assert_int_equal(m.reg.records[3].ttl, LISP_TTL_WITHDRAW);
	lisp_msg_free(&m);
	/* nobody answers: it ends nevertheless */
	node_run(n, n->now + 300 * LISP_SEC);
	assert_int_equal(n->n_sent, 6);
	assert_int_equal(lisp_core_next(n->core), LISP_TIME_NEVER);
}

/*
 * More prefixes than one message takes. A lost one is sent with a new nonce
 * when another has gone out since: the old nonce would be a replay.
 */
static void test_many_mappings(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = xtr_config();
	struct lisp_config_mapping maps[100];
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	unsigned int i, count = 0, sent;
	uint64_t first, max;
	struct lisp_msg m;

	(void)state;
	for (i = 0; i < 100; i++) {
		maps[i] = cfg->mappings[0];
		maps[i].eid = E("2001:db8::/48");
		maps[i].eid.bytes[5] = (uint8_t)i;
	}
	cfg->mappings = maps;
	cfg->n_mappings = 100;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	sent = n->n_sent;
	assert_true(sent > 1);
	for (i = 0; i < sent; i++) {
		assert_true(n->sent[i].len <= 1400);
		get_register(n, i, &m);
		count += m.reg.n_records;
		lisp_msg_free(&m);
		if (i)			/* the first Map-Notify is lost */
			notify(n, i, MS, &key);
	}
	assert_int_equal(count, 100);
	first = nonce_of(n, 0);
	max = nonce_of(n, sent - 1);
	node_run(n, n->now + LISP_SEC);
	assert_int_equal(n->n_sent, sent + 1);
	assert_true(nonce_of(n, sent) > max);
	assert_true(max > first);
	node_free(n);
}

/* RFC 9301 5.4, 5.5: answered straight to the ITR-RLOC and its port */
static void request(struct node *n, struct lisp_map_request *rq)
{
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = *rq };

	node_forget(n);
	if (rq->probe)
		deliver(n, "10.0.1.1", 4000, ME, &m, NULL);
	else
		deliver_ecm(n, MS, ME, "2001:10:1:14::1", &m);
}

static void test_map_reply(void **state)
{
	struct node *n = *state;
	struct lisp_eid eid = E("2001:10:1:122::22"), site;
	struct lisp_addr v4 = A("10.0.1.1"), me = A(ME);
	struct lisp_map_request rq = { .nonce = 99, .n_itr_rlocs = 2,
				       .n_eids = 1, .eids = &eid };
	struct lisp_msg m;

	rq.itr_rlocs[0] = A("2001:db8::1");	/* a family we do not have */
	rq.itr_rlocs[1] = v4;
	request(n, &rq);
	assert_int_equal(n->n_sent, 1);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &v4));
	assert_int_equal(n->sent[0].to.port, 4342);
	assert_true(lisp_addr_equal(&n->sent[0].from.addr, &me));
	assert_int_equal(n->sent[0].from.port, 4342);
	decode_sent(n, 0, &m, NULL);
	site = E("2001:10:1:122::/64");
	assert_int_equal(m.type, LISP_MAP_REPLY);
	assert_int_equal(m.reply.nonce, 99);
	assert_false(m.reply.probe);
	assert_int_equal(m.reply.n_records, 1);
	assert_true(lisp_eid_equal(&m.reply.records[0].eid, &site));
	assert_true(m.reply.records[0].authoritative);
	assert_true(m.reply.records[0].locators[0].local);
	lisp_msg_free(&m);
	/* no ITR-RLOC that we can send to: dropped, counted */
	rq.n_itr_rlocs = 1;
	request(n, &rq);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "no-usable-itr-rloc", 1);
	/* 5.2: the D-bit wants no answer */
	rq.itr_rlocs[0] = v4;
	rq.dont_reply = true;
	request(n, &rq);
	assert_int_equal(n->n_sent, 0);
	/* not ours: not answered */
	rq.dont_reply = false;
	eid = E("2001:10:1:99::1");
	request(n, &rq);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-request-not-ours", 1);
}

/* RFC 9301 5.4: the best match and its more-specifics, one TTL */
static void test_overlapping(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = xtr_config();
	static const char *const eids[] = {
		"2001:db8::/32", "2001:db8:1::/48", "2001:db8:1:1::/64",
		"2001:db8:1:2::/64",
	};
	struct lisp_eid eid = E("2001:db8:1:5::5");
	struct lisp_map_request rq = { .nonce = 99, .n_itr_rlocs = 1,
				       .n_eids = 1, .eids = &eid };
	struct lisp_msg m;
	unsigned int i;

	(void)state;
	rq.itr_rlocs[0] = A("10.0.1.1");
	for (i = 0; i < 4; i++)
		cfg->mappings[i].eid = E(eids[i]);
	cfg->mappings[3].ttl_min = 30;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	request(n, &rq);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.reply.n_records, 3);
	for (i = 0; i < 3; i++) {
		struct lisp_eid want = E(eids[i + 1]);

		assert_true(lisp_eid_equal(&m.reply.records[i].eid, &want));
		assert_int_equal(m.reply.records[i].ttl, 30);
	}
	lisp_msg_free(&m);
	eid = E("2001:db8:1:1::1");
	request(n, &rq);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.reply.n_records, 1);
	assert_int_equal(m.reply.records[0].eid.plen, 64);
	lisp_msg_free(&m);
	node_free(n);
}

/* RFC 9301 5.2, 7.1: a probe MUST be answered, with the P-bit, p and A */
static void test_probe(void **state)
{
	struct node *n = *state;
	struct lisp_eid eid = E("2001:10:1:122::/64");
	struct lisp_map_request rq = { .probe = true, .nonce = 98,
				       .n_itr_rlocs = 1, .n_eids = 1,
				       .eids = &eid };
	struct lisp_addr me = A(ME);
	struct lisp_msg m;

	rq.itr_rlocs[0] = A("10.0.1.1");
	request(n, &rq);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(n->sent[0].to.port, 4000);
	assert_true(lisp_addr_equal(&n->sent[0].from.addr, &me));
	decode_sent(n, 0, &m, NULL);
	assert_true(m.reply.probe);
	assert_true(m.reply.records[0].authoritative);
	assert_true(m.reply.records[0].locators[0].probed);
	lisp_msg_free(&m);
	/* 5.4: the answer comes from the address that was asked */
	node_forget(n);
	{
		struct lisp_msg p = { .type = LISP_MAP_REQUEST, .request = rq };

		me = A("10.0.1.10");
		deliver(n, "10.0.1.1", 4000, "10.0.1.10", &p, NULL);
		assert_true(lisp_addr_equal(&n->sent[0].from.addr, &me));
	}
	/* about what is not ours: take it away (TTL 0) */
	eid = E("2001:10:1:99::/64");
	request(n, &rq);
	decode_sent(n, 0, &m, NULL);
	assert_true(m.reply.probe);
	assert_int_equal(m.reply.records[0].ttl, LISP_TTL_WITHDRAW);
	assert_int_equal(m.reply.records[0].n_locators, 0);
	lisp_msg_free(&m);
}

/* RFC 9301 5.8: a probe inside an ECM is refused, other inner messages, too */
static void test_ecm_inner(void **state)
{
	struct node *n = *state;
	struct lisp_eid eid = E("2001:10:1:122::/64");
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.probe = true, .nonce = 98, .n_itr_rlocs = 1, .n_eids = 1,
		.eids = &eid } };
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 9, 1, &l);

	m.request.itr_rlocs[0] = A("10.0.1.1");
	node_forget(n);
	deliver_ecm(n, MS, ME, "2001:10:1:14::1", &m);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "probe-to-mapping-system", 1);
	m = (struct lisp_msg){ .type = LISP_MAP_REPLY, .reply = {
		.n_records = 1, .records = &r } };
	deliver_ecm(n, MS, ME, "2001:10:1:14::1", &m);
	assert_stat(n, "errors", "ecm-unexpected-inner", 1);
}

/* RFC 9301 5.4: Map-Replies to one address are limited, state is bounded */
static void test_reply_rate(void **state)
{
	struct node *n = *state;
	struct lisp_eid eid = E("2001:10:1:122::22");
	struct lisp_map_request rq = { .nonce = 99, .n_itr_rlocs = 1,
				       .n_eids = 1, .eids = &eid };
	unsigned int i, sent = 0;

	rq.itr_rlocs[0] = A("10.0.1.1");
	for (i = 0; i < 1000; i++) {
		request(n, &rq);
		sent += n->n_sent;
	}
	assert_int_equal(sent, 400);
	assert_stat(n, "limits", "map-reply-rate", 600);
	n->now += LISP_SEC;
	request(n, &rq);
	assert_int_equal(n->n_sent, 1);
	rq.itr_rlocs[0] = A("10.0.1.2");
	request(n, &rq);
	assert_int_equal(n->n_sent, 1);
}

/*
 * A stranger who has us send all we may to an address keeps us neither from
 * answering the probes that come from there, nor map-servers
 */
static void test_reply_rate_kinds(void **state)
{
	struct node *n = *state;
	struct lisp_eid eid = E("2001:10:1:122::22");
	struct lisp_map_request rq = { .nonce = 99, .n_itr_rlocs = 1,
				       .n_eids = 1, .eids = &eid };
	struct lisp_key good = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_locator l = L("10.0.1.13", 1, 50);
	struct lisp_record r = R("2001:10:1:122::/64", 1440, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REQUEST };
	unsigned int i;

	for (i = 0; i < 500; i++) {
		rq.probe = i & 1;
		rq.itr_rlocs[0] = i & 2 ? A("10.0.1.1") : A(MS);
		m.request = rq;
		deliver(n, "192.0.2.66", 4000, ME, &m, NULL);
		deliver(n, "192.0.2.66", 4000, ME, &m, NULL);
		node_forget(n);
	}
	assert_stat(n, "limits", "map-reply-rate", 200);
	rq.probe = true;
	rq.itr_rlocs[0] = A("10.0.1.1");
	request(n, &rq);
	assert_int_equal(count_sent(n, LISP_MAP_REPLY), 1);
	m = (struct lisp_msg){ .type = LISP_MAP_NOTIFY, .reg = {
		.nonce = 1ull << 63, .n_records = 1, .records = &r,
		.alg_id = LISP_AUTH_SHA256_128 } };
	deliver(n, MS, LISP_CONTROL_PORT, ME, &m, &good);
	assert_int_equal(count_sent(n, LISP_MAP_NOTIFY_ACK), 1);
}

/* Whatever comes in: nothing breaks, everything is counted */
static void test_garbage(void **state)
{
	struct node *n = *state;
	uint8_t buf[64] = { 0 };
	unsigned int type;
	size_t len;

	node_forget(n);
	for (type = 0; type < 16; type++) {
		buf[0] = (uint8_t)(type << 4);
		buf[3] = 1;
		for (len = 0; len < 16; len++)
			deliver_raw(n, "10.0.1.1", 4342, ME, buf, len);
	}
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(n->n_ops, 0);
	assert_int_equal(stat(n, "errors", "malformed") +
			 stat(n, "errors", "unknown-type"), 256);
	deliver_raw(n, "10.0.1.1", 0, ME, buf, sizeof(buf));
	deliver_raw(n, "224.0.0.1", 4342, ME, buf, sizeof(buf));
	assert_stat(n, "errors", "bad-source", 2);
}

struct shown {
	unsigned int n, servers, acked;
};

static int on_database(void *arg, const struct lisp_show_database *d)
{
	struct shown *s = arg;
	unsigned int i;

	s->n++;
	s->servers += d->n_servers;
	for (i = 0; i < d->n_servers; i++)
		s->acked += d->servers[i].acked;
	return 0;
}

static void test_show(void **state)
{
	struct node *n = *state;
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct shown s = { 0 };

	lisp_core_show_database(n->core, on_database, &s);
	assert_int_equal(s.n, 4);
	assert_int_equal(s.servers, 4);
	assert_int_equal(s.acked, 0);
	notify(n, 0, MS, &key);
	lisp_core_show_database(n->core, on_database, &s);
	assert_int_equal(s.acked, 4);
}

/* Our nonces grow over a restart, by the floor or by the clock (5.6) */
static void test_nonce_restart(void **state)
{
	struct node *a = node_new(), *b = node_new();

	(void)state;
	assert_int_equal(lisp_core_configure(a->core, a->now, xtr_config()), 0);
	b->now = a->now + LISP_SEC;
	assert_int_equal(lisp_core_configure(b->core, b->now, xtr_config()), 0);
	assert_true(nonce_of(b, 0) > nonce_of(a, 0));
	node_free(a);
	node_free(b);
}

/* RFC 9301 5.6: also where the clock has gone back, and some were used since */
static void test_nonce_saved(void **state)
{
	struct node *n = *state, *b = node_new();
	uint8_t *buf;
	size_t len;

	node_run(n, n->now + 600 * LISP_SEC);
	assert_int_equal(lisp_core_save_nonces(n->core, &buf, &len), 0);
	node_forget(n);
	node_run(n, n->now + 300 * LISP_SEC);
	assert_true(count_sent(n, LISP_MAP_REGISTER) > 3);
	lisp_core_set_nonce(b->core, 1);
	assert_int_equal(lisp_core_restore_nonces(b->core, buf, len), 0);
	free(buf);
	assert_int_equal(lisp_core_configure(b->core, b->now, xtr_config()), 0);
	assert_true(nonce_of(b, 0) > nonce_of(n, n->n_sent - 1));
	node_free(b);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, etr_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_register),
		T(test_backoff),
		T(test_acknowledged),
		T(test_notify_refused),
		T(test_notify_partial),
		T(test_notify_twice),
		T(test_unsolicited),
		T(test_unexpected_ack),
		cmocka_unit_test(test_no_notify),
		T(test_change),
		T(test_moved),
		T(test_withdraw),
		T(test_leave),
		cmocka_unit_test(test_many_mappings),
		T(test_map_reply),
		cmocka_unit_test(test_overlapping),
		T(test_probe),
		T(test_ecm_inner),
		T(test_reply_rate),
		T(test_reply_rate_kinds),
		T(test_garbage),
		T(test_show),
		cmocka_unit_test(test_nonce_restart),
		T(test_nonce_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
