// SPDX-License-Identifier: GPL-2.0
/*
 * The ITR: asking, retrying, giving up; taking and refusing answers. Which of
 * several map-resolvers is asked is in test_core_resolver.c.
 */
#include <errno.h>

#include "itr_util.h"

static void answer_negative(struct node *n, const char *eid, uint8_t action,
			    uint32_t ttl)
{
	struct lisp_record r = R(eid, ttl, 0, NULL);

	r.action = action;
	deliver_reply(n, last_nonce(n), 1, &r);
}

/* The default entries of each device (RFC 9301 5.4, send-map-request) */
static void test_default_entries(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = xtr_config();
	struct lisp_config_device devs[2] = {
		{ .name = "lisp0" }, { .name = "lisp7", .iid = 7 },
	};
	struct lisp_eid e = EI(7, "::/0");

	(void)state;
	cfg->devices = devs;
	cfg->n_devices = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 4);
	assert_int_equal(last_op(n, OP_MAP_ADD, "::/0")->m.action,
			 LISP_ACT_SEND_MAP_REQUEST);
	assert_int_equal(last_op(n, OP_MAP_ADD, "0.0.0.0/0")->m.origin,
			 LISP_BY_CONFIG);
	assert_true(last_op(n, OP_MAP_ADD, "0.0.0.0/0")->m.forever);
	/* One device less: its entries go, nothing else moves */
	node_forget(n);
	cfg->n_devices = 1;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(n->n_ops, 2);
	assert_int_equal(n->ops[1].kind, OP_MAP_DEL);
	assert_true(lisp_eid_equal(&n->ops[1].eid, &e));
	node_free(n);
}

/* RFC 9301 5.3, 5.8: ECM to the map-resolver, one record, host prefix */
static void test_map_request(void **state)
{
	struct node *n = *state;
	struct lisp_addr rloc = A("10.0.1.9"), mr = A("10.0.0.13");
	struct lisp_eid eid = E(HOST), src = E("2001:10:1:122::22");
	struct lisp_addr inner = A(EID), host = A("2001:10:1:122::22");
	struct lisp_ecm ecm;
	struct lisp_msg m;

	miss(n, EID);
	assert_int_equal(n->n_sent, 1);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &mr));
	assert_int_equal(n->sent[0].to.port, 4342);
	assert_true(lisp_addr_equal(&n->sent[0].from.addr, &rloc));
	decode_sent(n, 0, &m, &ecm);
	assert_int_equal(m.type, LISP_MAP_REQUEST);
	assert_int_equal(m.request.n_eids, 1);
	assert_true(lisp_eid_equal(&m.request.eids[0], &eid));
	assert_true(lisp_eid_equal(&m.request.source_eid, &src));
	assert_true(lisp_addr_equal(&ecm.dst.addr, &inner));
	assert_int_equal(ecm.dst.port, 4342);
	assert_true(lisp_addr_equal(&ecm.src.addr, &host));
	assert_false(m.request.probe || m.request.smr || m.request.smr_invoked);
	/* ITR-RLOCs are ours, never the resolver's */
	assert_int_equal(m.request.n_itr_rlocs, 1);
	assert_true(lisp_addr_equal(&m.request.itr_rlocs[0], &rloc));
	lisp_msg_free(&m);
}

/* RFC 9301 5.3: at most one a second for an EID, whatever happens */
static void test_rate_limit(void **state)
{
	struct node *n = *state;
	lisp_time start = n->now;
	unsigned int i;

	for (i = 0; i < 50; i++) {
		miss(n, EID);
		if (n->n_sent)
			answer(n, SITE, LISP_TTL_WITHDRAW);
		node_run(n, n->now + 100 * LISP_MSEC);
	}
	assert_true(n->n_sent >= 4);
	assert_true(n->n_sent <= (n->now - start) / LISP_SEC + 1);
}

/* RFC 9301 5.3: backoff, ten tries, then 30 s of silence */
static void test_give_up(void **state)
{
	struct node *n = *state;
	lisp_time start = n->now;
	uint64_t nonce;

	miss(n, EID);
	nonce = last_nonce(n);
	while (!count_ops(n, OP_PENDING_DEL, HOST)) {
		node_run(n, n->now + 10 * LISP_MSEC);
		assert_true(n->now < start + 60 * LISP_SEC);
	}
	assert_int_equal(n->n_sent, 10);
	assert_true(last_nonce(n) == nonce);
	assert_stat(n, "itr", "resolve-failed", 1);
	/* held down: told at once, nothing sent */
	node_forget(n);
	miss(n, EID);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, HOST), 1);
	node_run(n, n->now + 29 * LISP_SEC);
	miss(n, EID);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "itr", "miss-in-hold-down", 2);
	node_run(n, n->now + 2 * LISP_SEC);
	miss(n, EID);
	assert_int_equal(n->n_sent, 1);
}

/* Another map-resolver: the hold-down was not for that one */
static void test_hold_down_ends(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();

	cfg->etr = false;
	miss(n, EID);
	node_run(n, n->now + 50 * LISP_SEC);
	node_forget(n);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	miss(n, EID);
	assert_int_equal(n->n_sent, 0);
	cfg->map_resolvers[0].addr = A("10.0.0.14");
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	miss(n, EID);
	assert_int_equal(n->n_sent, 1);
}

/* One question at a time for an EID, however many misses */
static void test_one_question(void **state)
{
	struct node *n = *state;

	miss(n, EID);
	miss(n, EID);
	miss(n, EID);
	assert_int_equal(n->n_sent, 1);
	assert_stat(n, "itr", "miss-already-pending", 2);
}

/* RFC 9301 5.4: a reply into the map-cache */
static void test_positive(void **state)
{
	struct node *n = *state;
	const struct op *o;

	miss(n, EID);
	answer(n, SITE, 1440);
	o = last_op(n, OP_MAP_ADD, SITE);
	assert_non_null(o);
	assert_int_equal(o->m.action, LISP_ACT_NO_ACTION);
	assert_int_equal(o->m.ttl, 86400);
	assert_int_equal(o->m.n_locators, 1);
	assert_int_equal(o->locators[0].priority, 1);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, NULL), 0);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(lisp_core_next(n->core), LISP_TIME_NEVER);
}

/* RFC 9301 5.4: the nonce must match an outstanding Map-Request */
static void test_nonce(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L("10.6.6.6", 1, 1);
	struct lisp_record r = R(SITE, 1440, 1, &l);
	uint64_t nonce;

	deliver_reply(n, 0, 1, &r);
	deliver_reply(n, 1, 1, &r);
	miss(n, EID);
	nonce = last_nonce(n);
	deliver_reply(n, nonce + 1, 1, &r);
	assert_int_equal(n->n_ops, 0);
	assert_stat(n, "errors", "map-reply-unknown-nonce", 3);
	answer(n, SITE, 1440);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 1);
	/* once only: the same nonce again changes nothing */
	deliver_reply(n, nonce, 1, &r);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 1);
	assert_stat(n, "errors", "map-reply-duplicate", 1);
	node_run(n, n->now + 5 * LISP_SEC);
	deliver_reply(n, nonce, 1, &r);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 1);
}

/* A negative reply that does not cover the question: ignored, limit kept */
static void test_not_covering(void **state)
{
	struct node *n = *state;
	lisp_time start = n->now;

	miss(n, EID);
	answer_negative(n, "2001:10:1:115::/64", LISP_ACT_NATIVELY_FORWARD, 15);
	assert_int_equal(n->n_ops, 0);
	assert_stat(n, "errors", "map-reply-not-covering", 1);
	miss(n, EID);
	assert_int_equal(n->n_sent, 1);
	while (n->n_sent == 1)
		node_run(n, n->now + LISP_MSEC);
	assert_true(n->now >= start + LISP_SEC);
	/* the question is still open */
	answer(n, SITE, 1440);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
}

/* The EID must match in instance-ID and family, too */
static void test_not_covering_iid(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r = R(SITE, 1440, 1, &l);

	miss(n, EID);
	r.eid.iid = 7;
	deliver_reply(n, last_nonce(n), 1, &r);
	assert_int_equal(n->n_ops, 0);
	assert_stat(n, "errors", "map-reply-not-covering", 1);
}

/* RFC 9301 5.4: negative replies, each action; unknown codes drop */
static void test_negative(void **state)
{
	struct node *n = *state;
	static const uint8_t want[8] = {
		LISP_ACT_DROP, LISP_ACT_NATIVELY_FORWARD,
		LISP_ACT_SEND_MAP_REQUEST, LISP_ACT_DROP, LISP_ACT_DROP_POLICY,
		LISP_ACT_DROP_AUTH, LISP_ACT_DROP, LISP_ACT_DROP,
	};
	unsigned int i;

	for (i = 0; i < 8; i++) {
		node_run(n, n->now + 10 * LISP_SEC);
		node_forget(n);
		miss(n, EID);
		answer_negative(n, "2001:10:1:110::/60", (uint8_t)i, 15);
		assert_int_equal(n->ops[0].kind, OP_MAP_ADD);
		assert_int_equal(n->ops[0].m.action, want[i]);
		assert_int_equal(n->ops[0].m.ttl, 900);
		/* nothing to send the waiting packets by */
		assert_int_equal(count_ops(n, OP_PENDING_DEL, HOST),
				 i == LISP_ACT_SEND_MAP_REQUEST);
	}
	assert_stat(n, "errors", "map-reply-unknown-action", 2);
}

/* RFC 9301 5.4: TTL 0 removes at once */
static void test_ttl_zero(void **state)
{
	struct node *n = *state;
	struct lisp_eid site = E(SITE);

	miss(n, EID);
	answer(n, SITE, 1440);
	node_run(n, n->now + 5 * LISP_SEC);
	lisp_core_refresh(n->core, n->now, &site);
	answer(n, SITE, LISP_TTL_WITHDRAW);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
	assert_int_equal(count_ops(n, OP_MAP_DEL, SITE), 1);
	/* asked for by a packet: the packet is dropped, nothing stays */
	node_run(n, n->now + 5 * LISP_SEC);
	miss(n, EID);
	answer(n, SITE, LISP_TTL_WITHDRAW);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, HOST), 1);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
}

/* RFC 9301 5.4: 0xffffffff is ours to decide; minutes do not overflow */
static void test_ttl_other(void **state)
{
	struct node *n = *state;

	miss(n, EID);
	answer(n, SITE, LISP_TTL_LOCAL_POLICY);
	assert_int_equal(last_op(n, OP_MAP_ADD, SITE)->m.ttl, 86400);
	node_run(n, n->now + 5 * LISP_SEC);
	miss(n, EID);
	answer(n, SITE, 71582789);	/* * 60 = 2^32 + 44 */
	assert_int_equal(last_op(n, OP_MAP_ADD, SITE)->m.ttl, 365 * 86400);
}

/* Bounds of our own, other ones for what is negative; a 0 is no matter of them */
static void test_ttl_bounds(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();

	cfg->etr = false;
	cfg->ttl = (struct lisp_config_ttl){
		.min = 600, .max = 7200, .negative_min = 30,
		.negative_max = 60 };
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	miss(n, EID);
	answer(n, SITE, 1);
	assert_int_equal(last_op(n, OP_MAP_ADD, SITE)->m.ttl, 600);
	node_run(n, n->now + 5 * LISP_SEC);
	miss(n, EID);
	answer(n, SITE, LISP_TTL_LOCAL_POLICY);
	assert_int_equal(last_op(n, OP_MAP_ADD, SITE)->m.ttl, 7200);
	node_run(n, n->now + 5 * LISP_SEC);
	miss(n, EID);
	answer(n, SITE, 60);
	assert_int_equal(last_op(n, OP_MAP_ADD, SITE)->m.ttl, 3600);
	miss(n, "2001:10:2::1");
	answer_negative(n, "2001:10:2::/48", LISP_ACT_NATIVELY_FORWARD, 15);
	assert_int_equal(last_op(n, OP_MAP_ADD, "2001:10:2::/48")->m.ttl, 60);
	node_run(n, n->now + 5 * LISP_SEC);
	miss(n, EID);
	answer(n, SITE, LISP_TTL_WITHDRAW);
	assert_int_equal(count_ops(n, OP_MAP_DEL, SITE), 1);
	cfg->ttl.min = 7201;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
}

/* RFC 9301 5.5: a less-specific that comes later ends with the longer ones */
static void test_less_specific_later(void **state)
{
	struct node *n = *state;

	miss(n, EID);
	answer(n, SITE, 10);
	miss(n, "2001:10:1:115::1");
	answer(n, "2001:10:1:115::/64", 5);
	node_run(n, n->now + 60 * LISP_SEC);
	miss(n, "2001:10:1:116::1");
	answer(n, "2001:10:1::/48", 1440);
	assert_int_equal(last_op(n, OP_MAP_ADD, "2001:10:1::/48")->m.ttl, 240);
	/* a longer one that comes later has its own time */
	miss(n, "2001:10:1:117::1");
	answer(n, "2001:10:1:117::/64", 1440);
	assert_int_equal(last_op(n, OP_MAP_ADD, "2001:10:1:117::/64")->m.ttl,
			 86400);
	/* those that have ended do not count, nor those next to it */
	n->now += 250 * LISP_SEC;
	node_run(n, n->now + 10 * LISP_SEC);
	miss(n, "2001:10:1:118::1");
	answer(n, "2001:10:1:100::/56", 3);
	assert_int_equal(last_op(n, OP_MAP_ADD, "2001:10:1:100::/56")->m.ttl,
			 180);
}

/* RFC 9301 5.4: several records; the longest goes in first */
static void test_several_records(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r[] = {
		R("2001:10:1::/48", 60, 1, &l),
		R("2001:10:1:114::/64", 60, 1, &l),
		R("2001:10:1:15::/64", 60, 1, &l),
		R("2001:10:2::/48", 60, 1, &l),	/* nobody asked for this */
	};

	miss(n, EID);
	deliver_reply(n, last_nonce(n), 4, r);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 3);
	assert_int_equal(n->ops[0].eid.plen, 64);
	assert_int_equal(n->ops[1].eid.plen, 64);
	assert_int_equal(n->ops[2].eid.plen, 48);
	assert_int_equal(count_ops(n, OP_MAP_ADD, "2001:10:2::/48"), 0);
	assert_stat(n, "errors", "map-reply-record-ignored", 1);
}

/* A second record of a kind we do not know must not spoil the first */
static void test_unknown_record(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r[] = { R(SITE, 60, 1, &l), R(SITE, 60, 1, &l) };

	r[1].eid = (struct lisp_eid){ .afi = LISP_AFI_MAC, .plen = 48 };
	miss(n, EID);
	deliver_reply(n, last_nonce(n), 2, r);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 1);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
}

/* RFC 9301 5.4, 7: R = 0 is as priority 255; locators without address skipped */
static void test_locators(void **state)
{
	struct node *n = *state;
	struct lisp_locator l[] = {
		L("10.0.1.1", 1, 50), L("10.0.1.5", 255, 50),
		L("10.0.1.6", 1, 50), L("10.0.1.7", 1, 50),
	};
	struct lisp_record r = R(SITE, 60, 4, l);
	const struct op *o;

	l[2].reachable = false;
	l[3].addr = (struct lisp_addr){ .afi = LISP_AFI_NONE };
	miss(n, EID);
	deliver_reply(n, last_nonce(n), 1, &r);
	o = last_op(n, OP_MAP_ADD, SITE);
	assert_int_equal(o->m.n_locators, 3);
	assert_int_equal(o->locators[0].priority, 1);
	assert_int_equal(o->locators[1].priority, 255);
	assert_int_equal(o->locators[2].priority, 255);
	assert_stat(n, "errors", "locator-skipped", 1);
	/* none that we can use: not "forward to nowhere" but drop */
	node_run(n, n->now + 5 * LISP_SEC);
	l[0].addr = l[3].addr;
	r.n_locators = 1;
	miss(n, EID);
	deliver_reply(n, last_nonce(n), 1, &r);
	o = last_op(n, OP_MAP_ADD, SITE);
	assert_int_equal(o->m.n_locators, 0);
	assert_int_equal(o->m.action, LISP_ACT_DROP);
}

/* RFC 9301 5.4: one answer does for all hosts of the prefix */
static void test_answers_many(void **state)
{
	struct node *n = *state;

	miss(n, "2001:10:1:114::15");
	miss(n, "2001:10:1:115::15");
	miss(n, EID);
	answer(n, SITE, 1440);
	assert_stat(n, "itr", "resolved", 2);
	node_forget(n);
	node_run(n, n->now + 1500 * LISP_MSEC);
	assert_int_equal(n->n_sent, 1);
}

/* Probe replies only for probes; we send none yet (RFC 9301 7.1) */
static void test_probe_reply(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r = R(SITE, 1440, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REPLY,
			      .reply = { .probe = true, .n_records = 1,
					 .records = &r } };

	miss(n, EID);
	m.reply.nonce = last_nonce(n);
	deliver(n, "10.0.1.1", 4342, "10.0.1.9", &m, NULL);
	assert_int_equal(n->n_ops, 0);
	assert_stat(n, "errors", "map-reply-unexpected-probe", 1);
}

/* Refresh: asked again by the prefix itself, AFI 0 as source (RFC 9301 5.2) */
static void test_refresh(void **state)
{
	struct node *n = *state;
	struct lisp_eid site = E(SITE), zero = E("::/0");
	struct lisp_msg m;

	miss(n, EID);
	answer(n, SITE, 2);
	node_run(n, n->now + 100 * LISP_SEC);
	node_forget(n);
	lisp_core_refresh(n->core, n->now, &zero);
	assert_int_equal(n->n_sent, 0);
	lisp_core_refresh(n->core, n->now, &site);
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &m, NULL);
	assert_true(lisp_eid_equal(&m.request.eids[0], &site));
	assert_int_equal(m.request.source_eid.afi, LISP_AFI_NONE);
	lisp_msg_free(&m);
	answer(n, SITE, 1440);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
	/* no answer: the entry is left to its lifetime */
	node_run(n, n->now + 10 * LISP_SEC);
	node_forget(n);
	lisp_core_refresh(n->core, n->now, &site);
	node_run(n, n->now + 80 * LISP_SEC);
	assert_int_equal(n->n_sent, 10);
	assert_int_equal(n->n_ops, 0);
}

/* RFC 9301 5.5: told of a shorter prefix, the longer one is replaced */
static void test_refresh_shorter(void **state)
{
	struct node *n = *state;
	struct lisp_eid site = E(SITE);

	miss(n, EID);
	answer(n, SITE, 1440);
	node_run(n, n->now + 86400 * LISP_SEC - 20 * LISP_SEC);
	lisp_core_refresh(n->core, n->now, &site);
	answer(n, "2001:10:1:100::/56", 1440);
	assert_int_equal(last_op(n, OP_MAP_ADD, "2001:10:1:100::/56")->m.ttl,
			 86400);
	assert_int_equal(count_ops(n, OP_MAP_ADD, "2001:10:1:100::/56"), 1);
	assert_int_equal(count_ops(n, OP_MAP_DEL, SITE), 1);
}

/* A negative ::/0 may stand in for the default, which then comes back */
static void test_default_comes_back(void **state)
{
	struct node *n = *state;
	struct lisp_eid zero = E("::/0");

	miss(n, EID);
	answer_negative(n, "::/0", LISP_ACT_NATIVELY_FORWARD, 15);
	assert_int_equal(last_op(n, OP_MAP_ADD, "::/0")->m.action,
			 LISP_ACT_NATIVELY_FORWARD);
	node_run(n, n->now + 900 * LISP_SEC);
	lisp_core_expired(n->core, n->now, &zero);
	assert_int_equal(last_op(n, OP_MAP_ADD, "::/0")->m.action,
			 LISP_ACT_SEND_MAP_REQUEST);
	/* and a TTL of 0 never takes it away */
	miss(n, EID);
	answer_negative(n, "::/0", LISP_ACT_NO_ACTION, LISP_TTL_WITHDRAW);
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 0);
	assert_int_equal(last_op(n, OP_MAP_ADD, "::/0")->m.action,
			 LISP_ACT_SEND_MAP_REQUEST);
}

/* What an operator put there by hand no Map-Reply replaces */
static void test_static_stays(void **state)
{
	struct node *n = *state;
	struct lisp_mapping m = { .eid = E(SITE), .origin = LISP_BY_STATIC,
				  .forever = true };

	lisp_core_adopt(n->core, n->now, &m);
	miss(n, EID);
	answer(n, SITE, 1440);
	assert_int_equal(n->n_ops, 0);
	assert_stat(n, "errors", "map-reply-for-static-entry", 1);
}

/* An instance-ID that no device has: told so, not asked for */
static void test_unserved(void **state)
{
	struct node *n = *state;
	struct lisp_eid e = EI(9, HOST);

	lisp_core_miss(n->core, n->now, &e, NULL);
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, NULL), 1);
	assert_stat(n, "errors", "miss-unserved-instance", 1);
}

/* Requests outstanding are bounded, and the limit is counted */
static void test_bounded(void **state)
{
	struct node *n = *state;
	struct lisp_eid e = E("10.2.0.0/32");
	unsigned int i;

	for (i = 0; i < 16384 + 10; i++) {
		e.bytes[2] = (uint8_t)(i >> 8);
		e.bytes[3] = (uint8_t)i;
		lisp_core_miss(n->core, n->now, &e, NULL);
		n->n_sent = 0;
	}
	assert_stat(n, "limits", "requests", 10);
	assert_stat(n, "state", "map-requests-pending", 16384);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, NULL), 10);
}

/* On shutdown nothing is removed from the data plane */
static void test_shutdown(void **state)
{
	struct node *n = node_new();
	struct lisp_core *core = n->core;

	(void)state;
	assert_int_equal(lisp_core_configure(core, n->now, xtr_config()), 0);
	miss(n, EID);
	answer(n, SITE, 1440);
	node_forget(n);
	lisp_core_free(core);
	assert_int_equal(n->n_ops, 0);
	assert_int_equal(n->n_sent, 0);
	free(n);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, itr_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_entries),
		T(test_map_request),
		T(test_rate_limit),
		T(test_give_up),
		T(test_hold_down_ends),
		T(test_one_question),
		T(test_positive),
		T(test_nonce),
		T(test_not_covering),
		T(test_not_covering_iid),
		T(test_negative),
		T(test_ttl_zero),
		T(test_ttl_other),
		T(test_ttl_bounds),
		T(test_less_specific_later),
		T(test_several_records),
		T(test_unknown_record),
		T(test_locators),
		T(test_answers_many),
		T(test_probe_reply),
		T(test_refresh),
		T(test_refresh_shorter),
		T(test_default_comes_back),
		T(test_static_stays),
		T(test_unserved),
		T(test_bounded),
		cmocka_unit_test(test_shutdown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
