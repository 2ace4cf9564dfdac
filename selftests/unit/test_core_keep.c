// SPDX-License-Identifier: GPL-2.0
/* No cold cache: EIDs resolved beforehand, a map-cache that is restored. */
#include <errno.h>

#include "core_util.h"

#define SITE	"2001:10:1:14::/64"
#define WALL	1700000000ull

static struct lisp_config *config(unsigned int n, struct lisp_eid *eids)
{
	struct lisp_config *cfg = xtr_config();

	cfg->etr = false;
	cfg->precache = eids;
	cfg->n_precache = n;
	return cfg;
}

static struct node *start(unsigned int count, struct lisp_eid *eids)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now,
					     config(count, eids)), 0);
	return n;
}

static void answer(struct node *n, const char *eid, uint32_t ttl)
{
	struct lisp_locator l[] = { L("10.0.1.1", 1, 50),
				    L("2001:db8::1", 2, 100) };
	struct lisp_record r = R(eid, ttl, 2, l);

	deliver_reply(n, last_nonce(n), 1, &r);
}

/* At start, with no packet waiting; renewed at 7/8 of its life */
static void test_pre_cache(void **state)
{
	struct lisp_eid eids[] = { E(SITE) };
	struct node *n = start(1, eids);
	lisp_time at;
	struct lisp_msg m;

	(void)state;
	assert_int_equal(count_sent(n, LISP_ECM), 1);
	decode_sent(n, n->n_sent - 1, &m, NULL);
	assert_true(lisp_eid_equal(&m.request.eids[0], &eids[0]));
	assert_int_equal(m.request.source_eid.afi, LISP_AFI_NONE);
	lisp_msg_free(&m);
	answer(n, SITE, 10);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
	at = n->now;
	node_forget(n);
	while (!n->n_sent)
		node_run(n, n->now + LISP_SEC);
	assert_in_range((n->now - at) / LISP_SEC, 520, 531);
	answer(n, SITE, 10);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, NULL), 0);
	/* taken out of the configuration: it is left to its lifetime */
	assert_int_equal(lisp_core_configure(n->core, n->now, config(0, NULL)),
			 0);
	node_forget(n);
	node_run(n, n->now + 700 * LISP_SEC);
	assert_int_equal(n->n_sent, 0);
	node_free(n);
}

/* No answer: asked again, within the rules of RFC 9301 5.3; then it comes */
static void test_no_answer(void **state)
{
	struct lisp_eid eids[] = { E(SITE) };
	struct node *n = start(1, eids);

	(void)state;
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(n->n_sent, 10);
	node_run(n, n->now + 20 * LISP_SEC);
	assert_in_range(n->n_sent, 11, 20);
	answer(n, SITE, 10);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
	node_forget(n);
	node_run(n, n->now + 500 * LISP_SEC);
	assert_int_equal(n->n_sent, 0);
	node_free(n);
}

/* A shorter prefix that covers it does; withdrawn, it is asked for again */
static void test_covered(void **state)
{
	struct lisp_eid eids[] = { E("2001:10:1:14::5") };
	struct node *n = start(1, eids);
	struct lisp_eid site = E(SITE);

	(void)state;
	answer(n, SITE, 60);
	node_forget(n);
	node_run(n, n->now + 3000 * LISP_SEC);
	assert_int_equal(n->n_sent, 0);
	while (!n->n_sent)
		node_run(n, n->now + LISP_SEC);
	answer(n, SITE, 60);
	node_run(n, n->now + 200 * LISP_SEC);
	lisp_core_refresh(n->core, n->now, &site);
	answer(n, SITE, LISP_TTL_WITHDRAW);
	node_forget(n);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_true(n->n_sent > 0);
	node_free(n);
}

/* Many at start do not come all at once */
static void test_many(void **state)
{
	struct lisp_eid eids[200];
	struct node *n;
	unsigned int i, before = 0;

	(void)state;
	for (i = 0; i < 200; i++) {
		eids[i] = E("2001:db8::/48");
		eids[i].bytes[5] = (uint8_t)i;
	}
	n = start(200, eids);
	for (i = 0; i < 9; i++) {
		node_run(n, n->now + 100 * LISP_MSEC);
		assert_in_range(n->n_sent - before, 0, 6);
		before = n->n_sent;
	}
	assert_true(n->n_sent > 40);
	node_free(n);
}

static void fill(struct node *n)
{
	struct lisp_locator l[] = { L("10.0.1.1", 1, 50),
				    L("2001:db8::1", 2, 100) };
	struct lisp_mapping m = {
		.eid = E(SITE), .origin = LISP_BY_MAP_REPLY, .ttl = 3600,
		.n_locators = 2, .locators = l,
	};

	lisp_core_adopt(n->core, n->now, &m);
	m.eid = E("10.9.0.0/16");
	m.ttl = 100;
	lisp_core_adopt(n->core, n->now, &m);
	m.eid = E("10.8.0.0/16");		/* by hand: not ours to keep */
	m.origin = LISP_BY_STATIC;
	lisp_core_adopt(n->core, n->now, &m);
	m.eid = E("10.7.0.0/16");		/* negative */
	m.origin = LISP_BY_MAP_REPLY;
	m.n_locators = 0;
	m.action = LISP_ACT_NATIVELY_FORWARD;
	lisp_core_adopt(n->core, n->now, &m);
}

static void save(struct node *n, uint8_t **buf, size_t *len)
{
	assert_int_equal(lisp_core_save_cache(n->core, n->now, WALL, buf, len),
			 0);
}

/* After a reboot: what Map-Replies made, with the time that is left */
static void test_restore(void **state)
{
	struct node *n = start(0, NULL), *again = start(0, NULL);
	const struct op *o;
	uint8_t *buf;
	size_t len;

	(void)state;
	fill(n);
	n->now += 50 * LISP_SEC;
	save(n, &buf, &len);
	node_free(n);
	node_forget(again);
	again->now = 7 * LISP_SEC;		/* the clock starts anew */
	assert_int_equal(lisp_core_restore_cache(again->core, again->now,
						 WALL + 60, buf, len), 0);
	assert_int_equal(again->n_ops, 1);
	o = last_op(again, OP_MAP_ADD, SITE);
	assert_int_equal(o->m.ttl, 3600 - 50 - 60);
	assert_int_equal(o->m.n_locators, 2);
	assert_int_equal(o->m.origin, LISP_BY_MAP_REPLY);
	assert_int_equal(o->locators[1].priority, 2);
	assert_int_equal(o->locators[1].weight, 100);
	assert_stat(again, "itr", "restored", 1);
	/* asked about in the background, once */
	node_forget(again);
	node_run(again, again->now + LISP_SEC);
	assert_int_equal(again->n_sent, 1);
	answer(again, SITE, 1440);
	assert_int_equal(last_op(again, OP_MAP_ADD, SITE)->m.ttl, 86400);
	node_forget(again);
	node_run(again, again->now + 100 * LISP_SEC);
	assert_int_equal(again->n_sent, 0);
	free(buf);
	node_free(again);
}

/* The clock on the wall went back; entries there already; another instance */
static void test_restore_odd(void **state)
{
	struct node *n = start(0, NULL), *again = start(0, NULL);
	struct lisp_eid site = E(SITE);
	struct lisp_locator l = L("10.0.1.7", 1, 1);
	struct lisp_mapping newer = {
		.eid = site, .origin = LISP_BY_MAP_REPLY, .ttl = 9,
		.n_locators = 1, .locators = &l,
	}, foreign = newer;
	uint8_t *buf;
	size_t len;

	(void)state;
	fill(n);
	foreign.eid = EI(9, SITE);
	foreign.ttl = 3600;
	lisp_core_adopt(n->core, n->now, &foreign);
	save(n, &buf, &len);
	lisp_core_adopt(again->core, again->now, &newer);
	node_forget(again);
	assert_int_equal(lisp_core_restore_cache(again->core, again->now,
						 WALL - 5000, buf, len), 0);
	assert_int_equal(again->n_ops, 1);
	assert_int_equal(last_op(again, OP_MAP_ADD, "10.9.0.0/16")->m.ttl,
			 100);
	free(buf);
	node_free(n);
	node_free(again);
}

/* Whatever the file holds: no harm is done */
static void test_restore_broken(void **state)
{
	struct node *n = start(0, NULL), *again = start(0, NULL);
	uint8_t *buf, *cut;
	size_t len, i;

	(void)state;
	fill(n);
	save(n, &buf, &len);
	for (i = 0; i < len; i++) {
		cut = malloc(i + 1);
		memcpy(cut, buf, i);
		assert_int_equal(lisp_core_restore_cache(again->core,
				again->now, WALL, cut, i), -EINVAL);
		free(cut);
	}
	for (i = 0; i < len * 8; i++) {
		node_forget(again);
		buf[i / 8] ^= 1u << i % 8;
		(void)lisp_core_restore_cache(again->core, again->now, WALL,
					      buf, len);
		buf[i / 8] ^= 1u << i % 8;
	}
	free(buf);
	node_free(n);
	node_free(again);
}

/* Many restored entries are asked about a few at a time */
static void test_verify_pace(void **state)
{
	struct node *n = start(0, NULL), *again = start(0, NULL);
	struct lisp_locator l = L("10.0.1.1", 1, 1);
	struct lisp_mapping m = {
		.eid = E("2001:db8::/48"), .origin = LISP_BY_MAP_REPLY,
		.ttl = 3600, .n_locators = 1, .locators = &l,
	};
	unsigned int i;
	uint8_t *buf;
	size_t len;

	(void)state;
	for (i = 0; i < 150; i++) {
		m.eid.bytes[5] = (uint8_t)i;
		lisp_core_adopt(n->core, n->now, &m);
	}
	save(n, &buf, &len);
	assert_int_equal(lisp_core_restore_cache(again->core, again->now,
						 WALL, buf, len), 0);
	node_run(again, again->now + 500 * LISP_MSEC);
	assert_int_equal(again->n_sent, 50);
	node_run(again, again->now + 490 * LISP_MSEC);
	assert_int_equal(again->n_sent, 90);
	free(buf);
	node_free(n);
	node_free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pre_cache),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_covered),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_restore),
		cmocka_unit_test(test_restore_odd),
		cmocka_unit_test(test_restore_broken),
		cmocka_unit_test(test_verify_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
