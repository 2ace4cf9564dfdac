// SPDX-License-Identifier: GPL-2.0
/* After events were lost: what the data plane holds is told again, as a whole. */
#include "core_util.h"

static int setup(void **state)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, xtr_config()), 0);
	node_forget(n);
	*state = n;
	return 0;
}

static void adopt(struct node *n, const char *eid, uint8_t origin)
{
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_mapping m = {
		.eid = E(eid), .origin = origin, .ttl = 600,
		.n_locators = 1, .locators = &l,
	};

	lisp_core_adopt(n->core, n->now, &m);
}

static void adopt_default(struct node *n, const char *eid)
{
	struct lisp_mapping m = {
		.eid = E(eid), .origin = LISP_BY_CONFIG, .forever = true,
		.action = LISP_ACT_SEND_MAP_REQUEST,
	};

	lisp_core_adopt(n->core, n->now, &m);
}

/* What is not there is forgotten; what is new is known; the rest stays. */
static void test_gone(void **state)
{
	struct node *n = *state;

	adopt(n, "2001:10:1:14::/64", LISP_BY_MAP_REPLY);
	adopt(n, "2001:10:1:114::/64", LISP_BY_MAP_REPLY);
	assert_stat(n, "state", "map-cache-known", 4);
	node_forget(n);
	lisp_core_adopt_begin(n->core);
	adopt_default(n, "0.0.0.0/0");
	adopt_default(n, "::/0");
	adopt(n, "2001:10:1:114::/64", LISP_BY_MAP_REPLY);
	adopt(n, "10.9.0.0/16", LISP_BY_STATIC);
	adopt(n, "10.8.0.0/16", LISP_BY_STATIC);
	lisp_core_adopt_end(n->core, n->now);
	assert_stat(n, "state", "map-cache-known", 5);
	assert_stat(n, "itr", "deleted", 1);
	/* nothing is done to the data plane */
	assert_int_equal(n->n_ops, 0);
}

/* A default entry that somebody took away meanwhile is put back. */
static void test_default_gone(void **state)
{
	struct node *n = *state;

	lisp_core_adopt_begin(n->core);
	adopt_default(n, "0.0.0.0/0");
	lisp_core_adopt_end(n->core, n->now);
	assert_int_equal(n->n_ops, 1);
	assert_int_equal(count_ops(n, OP_MAP_ADD, "::/0"), 1);
	assert_stat(n, "state", "map-cache-known", 2);
}

/* A dump that breaks off tells nothing of what is gone. */
static void test_no_end(void **state)
{
	struct node *n = *state;

	adopt(n, "2001:10:1:14::/64", LISP_BY_MAP_REPLY);
	lisp_core_adopt_begin(n->core);
	lisp_core_adopt_begin(n->core);
	adopt_default(n, "0.0.0.0/0");
	adopt_default(n, "::/0");
	adopt(n, "2001:10:1:14::/64", LISP_BY_MAP_REPLY);
	lisp_core_adopt_end(n->core, n->now);
	assert_stat(n, "state", "map-cache-known", 3);
	assert_int_equal(n->n_ops, 0);
}

/* A flush is called a flush, not the end of a lifetime. */
static void test_flushed(void **state)
{
	struct lisp_eid site = E("2001:10:1:14::/64"), all = E("::/0");
	struct node *n = *state;

	adopt(n, "2001:10:1:14::/64", LISP_BY_MAP_REPLY);
	node_forget(n);
	lisp_core_deleted(n->core, n->now, &site);
	assert_non_null(strstr(n->trace, "deleted or flushed"));
	assert_null(strstr(n->trace, "expired"));
	assert_stat(n, "itr", "deleted", 1);
	assert_stat(n, "itr", "expired", 0);
	assert_int_equal(n->n_ops, 0);
	lisp_core_deleted(n->core, n->now, &all);
	assert_int_equal(count_ops(n, OP_MAP_ADD, "::/0"), 1);
	adopt(n, "2001:10:1:14::/64", LISP_BY_MAP_REPLY);
	lisp_core_expired(n->core, n->now, &site);
	assert_stat(n, "itr", "expired", 1);
	assert_non_null(strstr(n->trace, "state: expired"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, node_teardown)
	const struct CMUnitTest tests[] = {
		T(test_gone), T(test_default_gone), T(test_no_end),
		T(test_flushed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
