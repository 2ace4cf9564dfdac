// SPDX-License-Identifier: GPL-2.0
/*
 * The trie of EID-prefixes, tested where it runs. selftests/unit goes further;
 * this is for what user space cannot tell: the kernel's allocator, RCU and
 * debugging aids, 32-bit machines, other byte orders. Part of a module of its
 * own, lisp_kunit, built with CONFIG_KUNIT only, with the sources in it, for
 * lisp.ko exports nothing.
 */
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <kunit/test.h>

#include "eid_trie.c"
#include "eid_trie_update.c"

#define ENTRIES	400
#define ROUNDS	20000
#define SEED	20010

struct trie_entry {
	struct eid_leaf leaf;
	bool in;
};

struct trie_test {
	struct mutex lock;	/* of the trie */
	struct eid_trie t;
	struct rnd_state rnd;
	struct trie_entry e[ENTRIES];
};

static void leaf_random(struct trie_test *tt, struct eid_leaf *leaf)
{
	unsigned int bit, bits = tt->t.bits;
	unsigned int byte = prandom_u32_state(&tt->rnd) % (bits / 8);

	/* Few distinct bits, so that prefixes nest and neighbour. */
	memset(leaf, 0, sizeof(*leaf));
	leaf->key[0] = 0x20;
	leaf->key[byte] ^= prandom_u32_state(&tt->rnd) & 0x1f;
	leaf->key[bits / 16] ^= prandom_u32_state(&tt->rnd) & 0xff;
	leaf->plen = prandom_u32_state(&tt->rnd) % (bits + 1);
	for (bit = leaf->plen; bit < 128; bit++)
		leaf->key[bit / 8] &= ~(0x80 >> bit % 8);
}

/* The longest of the entries that match, no longer than max */
static struct eid_leaf *brute_lookup(struct trie_test *tt, const u8 *key,
				     unsigned int max)
{
	struct eid_leaf *l, *best = NULL;
	int i;

	for (i = 0; i < ENTRIES; i++) {
		l = &tt->e[i].leaf;
		if (tt->e[i].in && l->plen <= max &&
		    eid_prefix_match(l->key, key, l->plen) &&
		    (!best || l->plen > best->plen))
			best = l;
	}
	return best;
}

static void toggle(struct kunit *test, struct trie_test *tt)
{
	struct trie_entry *e;
	struct eid_leaf *old;

	e = &tt->e[prandom_u32_state(&tt->rnd) % ENTRIES];
	if (e->in) {
		old = eid_trie_remove(&tt->t, e->leaf.key, e->leaf.plen);
		KUNIT_ASSERT_PTR_EQ(test, old, &e->leaf);
		e->in = false;
		return;
	}
	/* Readers of this test are done with it, so it may change. */
	leaf_random(tt, &e->leaf);
	if (eid_trie_find(&tt->t, e->leaf.key, e->leaf.plen))
		return;
	KUNIT_ASSERT_EQ(test, eid_trie_insert(&tt->t, &e->leaf, &old), 0);
	KUNIT_ASSERT_PTR_EQ(test, old, (struct eid_leaf *)NULL);
	e->in = true;
}

static void count_in_order(struct kunit *test, struct trie_test *tt)
{
	struct eid_leaf at = {}, *l;
	unsigned long n = 0;
	int c, plen = -1;

	while ((l = eid_trie_next(&tt->t, at.key, plen))) {
		c = memcmp(l->key, at.key, sizeof(at.key));
		KUNIT_ASSERT_TRUE(test, c > 0 || (!c && l->plen > plen));
		at = *l;
		plen = at.plen;
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, tt->t.count);
}

static void trie_random(struct kunit *test, unsigned int bits)
{
	struct eid_leaf probe;
	struct trie_test *tt;
	unsigned int max;
	int i;

	tt = kunit_kzalloc(test, sizeof(*tt), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tt);
	prandom_seed_state(&tt->rnd, SEED);
	mutex_init(&tt->lock);
	eid_trie_init(&tt->t, bits, &tt->lock);
	mutex_lock(&tt->lock);
	for (i = 0; i < ROUNDS; i++) {
		toggle(test, tt);
		leaf_random(tt, &probe);
		max = prandom_u32_state(&tt->rnd) % (bits + 1);
		KUNIT_EXPECT_PTR_EQ(test, eid_trie_lookup(&tt->t, probe.key),
				    brute_lookup(tt, probe.key, bits));
		KUNIT_EXPECT_PTR_EQ(test, eid_trie_lookup_max(&tt->t, probe.key,
							      max),
				    brute_lookup(tt, probe.key, max));
		if (i % 1000 == 0)
			count_in_order(test, tt);
	}
	for (i = 0; i < ENTRIES; i++)
		if (tt->e[i].in)
			eid_trie_remove(&tt->t, tt->e[i].leaf.key,
					tt->e[i].leaf.plen);
	KUNIT_EXPECT_EQ(test, tt->t.count, 0UL);
	KUNIT_EXPECT_EQ(test, tt->t.bytes, 0UL);
	eid_trie_clear(&tt->t, NULL);
	mutex_unlock(&tt->lock);
}

static void trie_random_v4(struct kunit *test)
{
	trie_random(test, 32);
}

static void trie_random_v6(struct kunit *test)
{
	trie_random(test, 128);
}

static void release_leaf(struct eid_leaf *leaf)
{
	kfree(leaf);
}

static DEFINE_MUTEX(clear_lock);

static void trie_clear(struct kunit *test)
{
	struct eid_leaf *leaf, *old, next = { .key = { 0x20 }, .plen = 56 };
	struct eid_trie t;
	int i;

	eid_trie_init(&t, 128, &clear_lock);
	mutex_lock(&clear_lock);
	for (i = 0; i < ROUNDS; i++) {
		next.key[5] = i >> 8;
		next.key[6] = i;
		leaf = kmemdup(&next, sizeof(next), GFP_KERNEL);
		if (!leaf)
			break;
		KUNIT_EXPECT_EQ(test, eid_trie_insert(&t, leaf, &old), 0);
	}
	KUNIT_EXPECT_EQ(test, t.count, (unsigned long)i);
	eid_trie_clear(&t, release_leaf);
	mutex_unlock(&clear_lock);
	KUNIT_EXPECT_EQ(test, t.count, 0UL);
	KUNIT_EXPECT_EQ(test, t.bytes, 0UL);
}

static struct kunit_case eid_trie_cases[] = {
	KUNIT_CASE(trie_random_v4),
	KUNIT_CASE(trie_random_v6),
	KUNIT_CASE(trie_clear),
	{}
};

static struct kunit_suite eid_trie_suite = {
	.name = "lisp_eid_trie",
	.test_cases = eid_trie_cases,
};

kunit_test_suite(eid_trie_suite);

MODULE_DESCRIPTION("KUnit tests of LISP");
MODULE_LICENSE("GPL");
