// SPDX-License-Identifier: GPL-2.0
/* Solicit-Map-Requests that we send (RFC 9301 6.1): what, when, how often. */
#include "smr_util.h"

/* RFC 9301 6.1, 5.2: to who asked; S and D, one record, port 4342 */
static void test_asker(void **state)
{
	struct node *n = *state;
	struct lisp_eid site = E(SITE), host = E("2001:10:1:22::/128");
	struct lisp_addr me = A(ME);
	struct lisp_msg m;

	smr_asks(n, PEER, "2001:10:1:22::5");
	smr_asks(n, "10.0.1.2", "2001:10:1:122::5");	/* another prefix */
	smr_change(n);
	smr_acknowledge(n);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
	assert_int_equal(n->sent[0].to.port, 4342);
	assert_true(lisp_addr_equal(&n->sent[0].from.addr, &me));
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REQUEST);
	assert_true(m.request.smr && m.request.dont_reply);
	assert_false(m.request.probe || m.request.smr_invoked);
	assert_int_equal(m.request.n_eids, 1);
	assert_true(lisp_eid_equal(&m.request.eids[0], &site));
	/* deployed xTRs look at the source EID */
	assert_true(lisp_eid_equal(&m.request.source_eid, &host));
	assert_true(lisp_addr_equal(&m.request.itr_rlocs[0], &me));
	lisp_msg_free(&m);
	assert_stat(n, "etr", "smr-sent", 1);
}

/* The map-server hears of it first, if it answers within a second */
static void test_after_registration(void **state)
{
	struct node *n = *state;

	smr_asks(n, PEER, "2001:10:1:22::5");
	smr_change(n);
	node_run(n, n->now + 600 * LISP_MSEC);
	assert_int_equal(count_sent(n, LISP_MAP_REGISTER), 1);
	assert_int_equal(smr_sent(n, NULL, NULL), 0);
	smr_acknowledge(n);
	node_run(n, n->now + 50 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
}

static void test_within_a_second(void **state)
{
	struct node *n = *state;

	smr_asks(n, PEER, "2001:10:1:22::5");
	smr_change(n);
	node_run(n, n->now + 1000 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
}

/* RFC 9301 6.1: at most every 3 s; three times, then it is left at that */
static void test_repeated(void **state)
{
	struct node *n = *state;
	lisp_time at[8] = { 0 };
	unsigned int count = 0;

	smr_asks(n, PEER, "2001:10:1:22::5");
	smr_change(n);
	smr_acknowledge(n);
	node_forget(n);
	while (at[0] + 60 * LISP_SEC > n->now || !count) {
		node_run(n, n->now + 10 * LISP_MSEC);
		if (smr_sent(n, PEER, SITE) > count && count < 8)
			at[count++] = n->now;
		if (count && at[0] + 50 * LISP_SEC < n->now)
			break;
	}
	assert_int_equal(count, 3);
	assert_true(at[1] - at[0] >= 3 * LISP_SEC);
	assert_true(at[2] - at[1] >= 3 * LISP_SEC);
	assert_true(at[2] - at[0] < 7 * LISP_SEC);
}

/* A change soon after another does not break the limit of 3 s */
static void test_changed_again(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();

	smr_asks(n, PEER, "2001:10:1:22::5");
	smr_change(n);
	smr_acknowledge(n);
	node_run(n, n->now + 200 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
	cfg->mappings[0].rlocs[0].priority = 8;
	smr_configure(n, cfg);
	node_run(n, n->now + 2500 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
	node_run(n, n->now + 4000 * LISP_MSEC);
	assert_true(smr_sent(n, PEER, SITE) > 1);
}

/* However often a prefix changes: told as it is then, once in 3 s */
static void test_changes_often(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();
	unsigned int i, total = 0;

	smr_asks(n, PEER, "2001:10:1:22::5");
	for (i = 0; i < 150; i++) {
		cfg->mappings[0].rlocs[0].priority = (uint8_t)(i + 8);
		smr_configure(n, cfg);
		smr_acknowledge(n);
		node_run(n, n->now + 200 * LISP_MSEC);
		total += smr_sent(n, PEER, SITE);
		node_forget(n);
	}
	assert_in_range(total, 8, 11);
}

/* RFC 9301 6.1: the Map-Request that it invokes ends it */
static void test_invoked(void **state)
{
	struct node *n = *state;

	smr_asks(n, PEER, "2001:10:1:22::5");
	smr_asks(n, "10.0.1.2", "2001:10:1:22::5");
	smr_change(n);
	smr_acknowledge(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smr_sent(n, NULL, SITE), 2);
	smr_asks(n, PEER, SITE);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smr_sent(n, PEER, NULL), 0);
	assert_int_equal(smr_sent(n, "10.0.1.2", SITE), 2);
}

/* A stranger asks in its name before it is told: it is told all the same */
static void test_invoked_early(void **state)
{
	struct node *n = *state;

	smr_asks(n, PEER, "2001:10:1:22::5");
	smr_change(n);
	smr_acknowledge(n);
	smr_asks(n, PEER, "2001:10:1:22::5");
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
	smr_asks(n, PEER, SITE);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smr_sent(n, PEER, NULL), 0);
}

/* RFC 9301 6.1: also to the locators of the map-cache, not to ourselves */
static void test_cached_peers(void **state)
{
	struct node *n = *state;

	smr_cached(n, "2001:10:1:14::/64", PEER);
	smr_cached(n, "2001:10:1:114::/64", PEER);
	smr_cached(n, "2001:10:1:99::/64", ME);
	smr_cached(n, "2001:10:1:98::/64", "2001:db8::1");	/* no way there */
	smr_change(n);
	smr_acknowledge(n);
	node_forget(n);
	node_run(n, n->now + 200 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
	assert_int_equal(n->n_sent, 1);
}

/* What we have cached of our own prefix (pre-cached, say) is asked again, too */
static void test_own_cache(void **state)
{
	struct node *n = *state;

	smr_cached(n, SITE, ME);
	smr_cached(n, "2001:10:1:23::/64", PEER);	/* nothing of ours */
	smr_change(n);
	smr_acknowledge(n);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(count_sent(n, LISP_ECM), 1);
	assert_stat(n, "itr", "smr-invoked", 1);
	assert_non_null(strstr(n->trace, "Send map request for EID prefix " SITE));
}

/* An entry that is gone: its locator is nobody's any more */
static void test_cached_gone(void **state)
{
	struct node *n = *state;
	struct lisp_eid eid = E("2001:10:1:14::/64");

	smr_cached(n, "2001:10:1:14::/64", PEER);
	smr_cached(n, "2001:10:1:14::/64", "10.0.1.2");	/* replaced */
	lisp_core_expired(n->core, n->now, &eid);
	smr_change(n);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(smr_sent(n, NULL, NULL), 0);
	assert_int_equal(lisp_core_next(n->core) < n->now, 0);
}

/* A prefix removed, and a longer one added inside one that was asked for */
static void test_nested(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();

	smr_asks(n, PEER, "2001:10:1:22::5");
	smr_asks(n, "10.0.1.2", "10.1.122.1");
	cfg->mappings[3].eid = E("2001:10:1:22:8000::/65");
	smr_configure(n, cfg);
	smr_acknowledge(n);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, "2001:10:1:22:8000::/65"), 1);
	assert_int_equal(smr_sent(n, "10.0.1.2", "10.1.122.0/24"), 1);
	assert_int_equal(smr_sent(n, NULL, NULL), 2);
}

/* Nothing changed, or only how long it may be kept: nobody is told */
static void test_unchanged(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();

	smr_asks(n, PEER, "2001:10:1:22::5");
	smr_configure(n, cfg);
	cfg->mappings[0].ttl_min = 60;
	smr_configure(n, cfg);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(smr_sent(n, NULL, NULL), 0);
}

/* Who asked so long ago that it cannot have the mapping any more */
static void test_too_long_ago(void **state)
{
	struct node *n = *state;

	smr_asks(n, PEER, "2001:10:1:22::5");
	n->now += 1440 * 60 * LISP_SEC - 2 * LISP_SEC;
	smr_asks(n, "10.0.1.2", "2001:10:1:22::5");
	n->now += 2 * LISP_SEC;
	smr_change(n);
	node_run(n, n->now + 2 * LISP_SEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 0);
	assert_int_equal(smr_sent(n, "10.0.1.2", SITE), 1);
}

/* Many prefixes: bursts of at most 8 in 3 s to one RLOC, each gets its turn */
static void test_many_prefixes(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();
	struct lisp_config_mapping maps[200];
	struct lisp_config_rloc other = {
		.addr = A(ME), .priority = 9, .weight = 1, .local = true,
	};
	unsigned int told[200] = { 0 }, i, j, burst;
	struct lisp_msg m;
	lisp_time end;

	smr_prefixes(n, cfg, maps, 200);
	node_run(n, n->now + 2 * LISP_SEC);
	smr_cached(n, "2001:10:1:14::/64", PEER);
	for (i = 0; i < 200; i++)
		maps[i].rlocs = &other;
	smr_configure(n, cfg);
	for (end = n->now + 400 * LISP_SEC; n->now < end;) {
		node_forget(n);
		node_run(n, n->now + 2900 * LISP_MSEC);
		burst = 0;
		for_each_sent(n, LISP_MAP_REQUEST, i, &m) {
			told[m.request.eids[0].bytes[5]]++;
			burst++;
		}
		assert_in_range(burst, 0, 8);
	}
	for (j = 0; j < 200; j++)
		assert_int_equal(told[j], 3);
}

/* 12 prefixes of ours, and a peer that is told of whatever changes. */
static struct lisp_config *twelve(struct node *n,
				  struct lisp_config_mapping *maps)
{
	struct lisp_config *cfg = xtr_config();

	smr_prefixes(n, cfg, maps, 12);
	smr_acknowledge(n);
	node_run(n, n->now + 2 * LISP_SEC);
	smr_cached(n, "2001:10:1:14::/64", PEER);
	node_forget(n);
	return cfg;
}

/*
 * RFC 9301 6.1: one change after the other is told of at once, as long as there
 * are not more than 8 in 3 s; the same one again after 3 s
 */
static void test_6_1_budget(void **state)
{
	struct node *n = *state;
	struct lisp_config_mapping maps[12];
	struct lisp_config *cfg = twelve(n, maps);
	struct lisp_config_rloc other[2] = {
		{ .addr = A(ME), .priority = 9, .weight = 1, .local = true },
		{ .addr = A(ME), .priority = 8, .weight = 1, .local = true },
	};
	lisp_time begin = n->now;
	unsigned int i;

	for (i = 0; i < 10; i++) {
		/* the first one changes back and forth */
		maps[i % 4 ? i : 0].rlocs = &other[i % 8 == 0];
		smr_configure(n, cfg);
		smr_acknowledge(n);
		node_run(n, n->now + 250 * LISP_MSEC);
	}
	assert_int_equal(smr_sent(n, PEER, NULL), 8);
	assert_int_equal(smr_sent(n, PEER, "2001:db8::/48"), 1);
	for (i = 1; i < 10; i++) {
		char eid[LISP_STRLEN];

		lisp_eid_str(&maps[i].eid, eid);
		if (i % 4)
			assert_int_equal(smr_sent(n, PEER, eid), 1);
	}
	node_run(n, begin + 3040 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, NULL), 8);
	node_run(n, begin + 3100 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, "2001:db8::/48"), 2);
	assert_int_equal(smr_sent(n, PEER, NULL), 9);
	/* and so on: never more than 8 in 3 s */
	node_forget(n);
	node_run(n, begin + 6000 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, NULL), 7);
	node_run(n, begin + 60 * LISP_SEC);
	/* each three times, the first one once more as it changed again */
	assert_int_equal(smr_sent(n, PEER, NULL), 3 * 8 + 1 - 9);
	assert_int_equal(smr_sent(n, PEER, "2001:db8::/48"), 2);
}

/* However many others change: three times each, to who asked for it only */
static void test_one_of_many(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();
	struct lisp_config_mapping maps[20];
	struct lisp_config_rloc other = {
		.addr = A(ME), .priority = 9, .weight = 1, .local = true,
	};
	unsigned int i;

	smr_prefixes(n, cfg, maps, 20);
	node_run(n, n->now + 2 * LISP_SEC);
	smr_asks(n, PEER, "2001:db8:3::5");
	smr_asks(n, PEER, "2001:db8:5::5");
	smr_asks(n, "10.0.1.2", "2001:db8:3::5");
	for (i = 0; i < 20; i++)
		maps[i].rlocs = &other;
	smr_configure(n, cfg);
	node_run(n, n->now + 4500 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, "2001:db8:3::/48"), 2);
	smr_asks(n, PEER, "2001:db8:3::5");
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smr_sent(n, PEER, NULL), 1);	/* it has not asked */
	assert_int_equal(smr_sent(n, PEER, "2001:db8:5::/48"), 1);
	assert_int_equal(smr_sent(n, "10.0.1.2", NULL), 1);	/* the third one */
}

/* What is remembered of others is bounded */
static void test_bounded(void **state)
{
	struct node *n = *state;
	char itr[32];
	unsigned int i;

	for (i = 0; i < 16384 + 100; i++) {
		snprintf(itr, sizeof(itr), "10.7.%u.%u", i / 200, i % 200 + 1);
		smr_asks(n, itr, "2001:10:1:22::5");
	}
	assert_stat(n, "limits", "smr-known-itrs", 100);
	smr_change(n);
	node_forget(n);
	for (i = 0; i < 2000; i++) {
		node_run(n, n->now + 5 * LISP_MSEC);
		assert_in_range(n->n_sent, 0, 33);
		node_forget(n);
	}
	assert_in_range(stat(n, "etr", "smr-sent"), 16384, 3 * 16384);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, smr_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_asker),
		T(test_after_registration),
		T(test_within_a_second),
		T(test_repeated),
		T(test_changed_again),
		T(test_changes_often),
		T(test_invoked),
		T(test_invoked_early),
		T(test_cached_peers),
		T(test_own_cache),
		T(test_cached_gone),
		T(test_nested),
		T(test_unchanged),
		T(test_too_long_ago),
		T(test_many_prefixes),
		T(test_6_1_budget),
		T(test_one_of_many),
		T(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
