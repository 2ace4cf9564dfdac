// SPDX-License-Identifier: GPL-2.0
/*
 * The ITR with several map-resolvers: which one it asks, how it goes on when
 * that one does not answer, and how it finds out who is faster or back.
 */
#include "itr_util.h"

/* Configure R2 with these map-resolvers. */
static void use_resolvers(struct node *n, unsigned int count,
			  struct lisp_config_map_resolver *mrs)
{
	struct lisp_config *cfg = xtr_config();

	cfg->map_resolvers = mrs;
	cfg->n_map_resolvers = count;
	cfg->etr = false;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	node_forget(n);
}

/* Miss something new and answer after @msec: which map-resolver was asked? */
static const char *asked(struct node *n, lisp_time msec, char buf[LISP_STRLEN])
{
	static unsigned int host;
	char eid[32];

	snprintf(eid, sizeof(eid), "10.77.%u.%u", host / 250, host % 250 + 1);
	host++;
	node_run(n, n->now + 10 * LISP_SEC);
	node_forget(n);
	miss(n, eid);
	assert_int_equal(n->n_sent, 1);
	node_run(n, n->now + msec * LISP_MSEC);
	answer(n, eid, 1440);
	return lisp_addr_str(&n->sent[n->n_sent - 1].to.addr, buf);
}

/* The next is tried when one does not answer: failover within one retry */
static void test_next_resolver(void **state)
{
	struct node *n = *state;
	struct lisp_config_map_resolver mrs[] = {
		{ A("10.0.0.13"), 1, 100 }, { A("2001:db8::1"), 1, 100 },
		{ A("10.0.0.14"), 1, 100 },
	};

	use_resolvers(n, 3, mrs);
	miss(n, EID);
	node_run(n, n->now + 2 * LISP_SEC);
	assert_int_equal(n->n_sent, 2);		/* none to the IPv6 one */
	assert_true(lisp_addr_equal(&n->sent[1].to.addr, &mrs[2].addr));
	answer(n, SITE, 1440);
	assert_stat(n, "itr", "map-resolver-suspect", 1);
	/* what answered is asked first from now on */
	miss(n, "2001:10:1:115::1");
	assert_true(lisp_addr_equal(&n->sent[2].to.addr, &mrs[2].addr));
	/* and when that one dies, the first is tried, suspect or not */
	node_run(n, n->now + 2 * LISP_SEC);
	assert_true(lisp_addr_equal(&n->sent[3].to.addr, &mrs[0].addr));
	assert_int_equal(n->n_sent, 4);
}

/* The lowest priority first; 255 never */
static void test_resolver_priority(void **state)
{
	struct node *n = *state;
	struct lisp_config_map_resolver mrs[] = {
		{ A("10.0.0.12"), 255, 100 }, { A("10.0.0.13"), 2, 100 },
		{ A("10.0.0.14"), 1, 100 },
	};
	char s[LISP_STRLEN];
	unsigned int i;

	use_resolvers(n, 3, mrs);
	for (i = 0; i < 5; i++)
		assert_string_equal(asked(n, 300, s), "10.0.0.14");
	node_forget(n);
	miss(n, "10.5.5.5");
	node_run(n, n->now + 60 * LISP_SEC);
	for (i = 0; i < n->n_sent; i++)
		assert_false(lisp_addr_equal(&n->sent[i].to.addr,
					     &mrs[0].addr));
}

/* Of one priority the fastest, by weight; all are tried once to know */
static void test_resolver_fastest(void **state)
{
	struct node *n = *state;
	struct lisp_config_map_resolver mrs[] = {
		{ A("10.0.0.13"), 1, 100 }, { A("10.0.0.14"), 1, 100 },
	};
	char s[LISP_STRLEN];
	unsigned int i;

	use_resolvers(n, 2, mrs);
	assert_string_equal(asked(n, 80, s), "10.0.0.13");
	assert_string_equal(asked(n, 30, s), "10.0.0.14");
	for (i = 0; i < 5; i++)
		assert_string_equal(asked(n, 30, s), "10.0.0.14");
	/* it gets slow: some answers later the other one is better */
	for (i = 0; i < 10 && strcmp(asked(n, 200, s), "10.0.0.13"); i++)
		;
	assert_in_range(i, 2, 9);
	/* a weight of 200 makes half of the time; what is known is kept */
	mrs[1].weight = 255;
	use_resolvers(n, 2, mrs);
	assert_string_equal(asked(n, 100, s), "10.0.0.14");
}

/* Suspicion ends; an answer ends it as well; silence of all proves nothing */
static void test_resolver_suspect(void **state)
{
	struct node *n = *state;
	struct lisp_config_map_resolver mrs[] = {
		{ A("10.0.0.13"), 1, 100 }, { A("10.0.0.14"), 2, 100 },
	};
	char s[LISP_STRLEN];

	use_resolvers(n, 2, mrs);
	miss(n, EID);				/* the ETR is dead */
	node_run(n, n->now + 80 * LISP_SEC);
	assert_stat(n, "itr", "map-resolver-suspect", 0);
	assert_string_equal(asked(n, 30, s), "10.0.0.13");
	assert_string_equal(asked(n, 1500, s), "10.0.0.14");
	assert_string_equal(asked(n, 30, s), "10.0.0.14");
	node_run(n, n->now + 30 * LISP_SEC);
	assert_string_equal(asked(n, 30, s), "10.0.0.13");
	assert_stat(n, "itr", "map-resolver-suspect", 1);
}

/* Refreshing, that can wait, goes round and finds out who is back or faster */
static void test_resolver_round(void **state)
{
	struct node *n = *state;
	struct lisp_config_map_resolver mrs[] = {
		{ A("10.0.0.13"), 1, 100 }, { A("10.0.0.14"), 1, 100 },
		{ A("10.0.0.15"), 2, 100 },
	};
	struct lisp_eid site = E(SITE);
	unsigned int i, count[3] = { 0 }, k;
	char s[LISP_STRLEN];

	use_resolvers(n, 3, mrs);
	miss(n, EID);
	node_run(n, n->now + 1500 * LISP_MSEC);
	answer(n, SITE, 1440);			/* the first is suspect */
	assert_string_equal(asked(n, 30, s), "10.0.0.14");
	for (i = 0; i < 6; i++) {
		node_run(n, n->now + 2 * LISP_SEC);
		node_forget(n);
		lisp_core_refresh(n->core, n->now, &site);
		assert_int_equal(n->n_sent, 1);
		for (k = 0; k < 3; k++)
			count[k] += lisp_addr_equal(&n->sent[0].to.addr,
						    &mrs[k].addr);
		node_run(n, n->now + 5 * LISP_MSEC);
		answer(n, SITE, 1440);
		if (!i)			/* back before 30 s have passed */
			assert_string_equal(asked(n, 1, s), "10.0.0.13");
	}
	assert_int_equal(count[0], 3);
	assert_int_equal(count[1], 3);
	assert_int_equal(count[2], 0);		/* a worse priority */
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, itr_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_next_resolver),
		T(test_resolver_priority),
		T(test_resolver_fastest),
		T(test_resolver_suspect),
		T(test_resolver_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
