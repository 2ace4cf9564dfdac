// SPDX-License-Identifier: GPL-2.0
/*
 * Locator-sets and the choice among their locators, tested where they run.
 * Part of the module lisp_kunit.
 */
#include <kunit/test.h>

#include "underlay.h"
#include "rloc.c"
#include "locset.c"

/* Nobody watches these locators' underlay. */
void lisp_underlay_kick(struct lisp_net *ln)
{
}

/* RLOCs are freed by a callback of this module: wait for it at the end. */
static int locset_test_init(struct kunit *test)
{
	struct lisp_net *ln = kunit_kzalloc(test, sizeof(*ln), GFP_KERNEL);

	if (!ln)
		return -ENOMEM;
	mutex_init(&ln->lock);
	ln->net = &init_net;
	ln->seed = 20010;
	test->priv = ln;
	return 0;
}

static void locset_test_exit(struct kunit *test)
{
	rcu_barrier();
}

static struct lisp_locset *get(struct kunit *test, unsigned int n,
			       const u8 (*rank)[2])
{
	struct lisp_locset_spec spec[4] = {};
	unsigned int i;

	for (i = 0; i < n; i++) {
		__be32 addr = htonl(0xc0000201 + i);

		lisp_addr_set(&spec[i].addr, AF_INET, &addr);
		spec[i].priority = rank[i][0];
		spec[i].weight = rank[i][1];
	}
	return lisp_locset_get(test->priv, spec, n);
}

/* How many of the slots go to locator @i of the set. */
static unsigned int slots(const struct lisp_locset *set, unsigned int i)
{
	unsigned int slot, n = 0;

	for (slot = 0; slot < LISP_CHOICE_SLOTS; slot++)
		n += lisp_locset_pick(set, slot) == set->items[i].rloc;
	return n;
}

static void set_state(struct kunit *test, u32 last, bool up)
{
	__be32 bytes = htonl(0xc0000200 + last);
	struct lisp_addr addr;

	lisp_addr_set(&addr, AF_INET, &bytes);
	KUNIT_EXPECT_EQ(test, lisp_rloc_set_state(test->priv, &addr, up), 0);
}

static void locset_weights(struct kunit *test)
{
	static const u8 rank[][2] = { { 1, 75 }, { 1, 25 }, { 1, 0 },
				      { 2, 100 } };
	struct lisp_locset *set = get(test, 4, rank);

	KUNIT_ASSERT_NOT_NULL(test, set);
	KUNIT_EXPECT_EQ(test, slots(set, 0), 48);
	KUNIT_EXPECT_EQ(test, slots(set, 1), 16);
	KUNIT_EXPECT_EQ(test, slots(set, 2), 0);
	KUNIT_EXPECT_EQ(test, slots(set, 3), 0);
	lisp_locset_put(test->priv, set);
}

static void locset_no_weights(struct kunit *test)
{
	static const u8 rank[][2] = { { 1, 0 }, { 1, 0 }, { 1, 0 }, { 1, 0 } };
	struct lisp_locset *set = get(test, 4, rank);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, set);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, slots(set, i), 16);
	lisp_locset_put(test->priv, set);
}

static void locset_unused(struct kunit *test)
{
	static const u8 rank[][2] = { { LISP_PRIORITY_UNUSED, 100 } };
	struct lisp_locset *set = get(test, 1, rank);

	KUNIT_ASSERT_NOT_NULL(test, set);
	KUNIT_EXPECT_NULL(test, lisp_locset_pick(set, 0));
	KUNIT_EXPECT_NULL(test, lisp_locset_pick(set, U32_MAX));
	lisp_locset_put(test->priv, set);
}

static void locset_states(struct kunit *test)
{
	static const u8 rank[][2] = { { 1, 50 }, { 1, 50 }, { 2, 1 } };
	struct lisp_locset *set = get(test, 3, rank);

	KUNIT_ASSERT_NOT_NULL(test, set);
	set_state(test, 1, false);
	KUNIT_EXPECT_EQ(test, slots(set, 1), LISP_CHOICE_SLOTS);
	set_state(test, 2, false);
	KUNIT_EXPECT_EQ(test, slots(set, 2), LISP_CHOICE_SLOTS);
	set_state(test, 3, false);
	KUNIT_EXPECT_NULL(test, lisp_locset_pick(set, 7));
	set_state(test, 1, true);
	KUNIT_EXPECT_EQ(test, slots(set, 0), LISP_CHOICE_SLOTS);
	set_state(test, 2, true);
	KUNIT_EXPECT_EQ(test, slots(set, 0), LISP_CHOICE_SLOTS / 2);
	lisp_locset_put(test->priv, set);
}

static void locset_shared(struct kunit *test)
{
	static const u8 rank[][2] = { { 1, 50 }, { 1, 50 } };
	static const u8 other[][2] = { { 1, 50 }, { 1, 51 } };
	struct lisp_net *ln = test->priv;
	struct lisp_locset *a = get(test, 2, rank), *b = get(test, 2, rank);
	struct lisp_locset *c = get(test, 2, other);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_EXPECT_PTR_EQ(test, a, b);
	KUNIT_EXPECT_PTR_NE(test, a, c);
	/* Sets differ, their locators are the same. */
	KUNIT_EXPECT_PTR_EQ(test, a->items[1].rloc, c->items[1].rloc);
	KUNIT_EXPECT_EQ(test, a->items[1].rloc->refs, 2);
	lisp_locset_put(ln, a);
	lisp_locset_put(ln, b);
	lisp_locset_put(ln, c);
	for (i = 0; i < 1 << LISP_NET_HASH_BITS; i++) {
		KUNIT_EXPECT_TRUE(test, hlist_empty(&ln->rlocs[i]));
		KUNIT_EXPECT_TRUE(test, hlist_empty(&ln->locsets[i]));
	}
}

/* Jiffies begin again while a locator lives, where they have 32 bits. */
static void locset_trusted(struct kunit *test)
{
	static const u8 rank[][2] = { { 1, 100 } };
	struct lisp_locset *set = get(test, 1, rank);
	struct lisp_rloc *rloc;
	unsigned long until;

	KUNIT_ASSERT_NOT_NULL(test, set);
	rloc = set->items[0].rloc;
	KUNIT_EXPECT_FALSE(test, lisp_rloc_trusted(rloc, jiffies));
	until = jiffies + LISP_RLOC_HOLD;
	rloc->trusted = until;
	KUNIT_EXPECT_TRUE(test, lisp_rloc_trusted(rloc, until - LISP_RLOC_HOLD));
	KUNIT_EXPECT_TRUE(test, lisp_rloc_trusted(rloc, until - 1));
	KUNIT_EXPECT_FALSE(test, lisp_rloc_trusted(rloc, until));
	KUNIT_EXPECT_FALSE(test, lisp_rloc_trusted(rloc, until + LONG_MAX));
	KUNIT_EXPECT_FALSE(test, lisp_rloc_trusted(rloc, until + LONG_MAX + 2));
	KUNIT_EXPECT_FALSE(test, lisp_rloc_trusted(rloc, until - LONG_MAX / 2));
	lisp_locset_put(test->priv, set);
}

static struct kunit_case locset_cases[] = {
	KUNIT_CASE(locset_weights),
	KUNIT_CASE(locset_no_weights),
	KUNIT_CASE(locset_unused),
	KUNIT_CASE(locset_states),
	KUNIT_CASE(locset_shared),
	KUNIT_CASE(locset_trusted),
	{}
};

static struct kunit_suite locset_suite = {
	.name = "lisp_locset",
	.init = locset_test_init,
	.exit = locset_test_exit,
	.test_cases = locset_cases,
};

kunit_test_suite(locset_suite);
