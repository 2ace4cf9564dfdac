/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the trie of EID-prefixes share: random numbers, keys as
 * numbers, the checker of the trie's own rules, the oracle, an allocator that
 * can fail and a pause where readers and a writer meet.
 *
 * EID_TRIE_SEED=n repeats a run; a failure prints its seed.
 */
#ifndef EID_TRIE_UTIL_H
#define EID_TRIE_UTIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../kmod/eid_trie.h"

#define ARRAY_LEN(a)	(sizeof(a) / sizeof((a)[0]))

typedef unsigned __int128 u128;

/* Group fixtures: the seed, and RCU for this thread */
int trie_setup(void **state);
int trie_teardown(void **state);
/* After each test: every byte is back once the grace periods are over. */
int trie_no_chunks(void **state);
#define TRIE_TEST(f)	cmocka_unit_test_teardown(f, trie_no_chunks)

extern long trie_fail_after;	/* allocations until one fails; -1 is never */
extern bool trie_fail_all;
extern atomic_bool trie_racing;	/* readers and the writer pause now and then */

/* Random numbers: xorshift64*, one state for a test */

extern u64 trie_seed, trie_rnd_state;

static inline u64 rnd(void)
{
	trie_rnd_state ^= trie_rnd_state >> 12;
	trie_rnd_state ^= trie_rnd_state << 25;
	trie_rnd_state ^= trie_rnd_state >> 27;
	return trie_rnd_state * 0x2545f4914f6cdd1dULL;
}

static inline unsigned int rnd_below(unsigned int n)
{
	return (rnd() >> 32) * n >> 32;
}

static inline u128 rnd128(void)
{
	return (u128)rnd() << 64 | rnd();
}

/* Keys as numbers, IPv4 in the top 32 bits */

static inline u128 prefix_mask(unsigned int plen)
{
	return plen ? ~(u128)0 << (128 - plen) : 0;
}

static inline void put_key(u8 *to, u128 key)
{
	int i;

	for (i = 0; i < EID_KEY_BYTES_MAX; i++)
		to[i] = key >> (120 - 8 * i);
}

static inline u128 get_key(const u8 *from)
{
	u128 key = 0;
	int i;

	for (i = 0; i < EID_KEY_BYTES_MAX; i++)
		key = key << 8 | from[i];
	return key;
}

static inline struct eid_leaf make_leaf(u128 key, unsigned int plen)
{
	struct eid_leaf leaf = { .plen = plen };

	put_key(leaf.key, key);
	return leaf;
}

#define V4(a, b, c, d) \
	((u128)((u64)(a) << 24 | (b) << 16 | (c) << 8 | (d)) << 96)
#define V6(hi, lo)	((u128)(hi) << 64 | (lo))

/*
 * The trie's own rules: two live items or more in each node, each leaf where
 * its bits say, sizes and numbers that add up, no hole unless one is allowed.
 */
struct audit {
	const struct eid_trie *t;
	unsigned long leaves, bytes, nodes, holes;
	unsigned int depth;
};

struct audit trie_audit(const struct eid_trie *t, bool holes_allowed);
void trie_expect_empty(struct eid_trie *t);
/* One that is not there yet; then look at the rules. */
void trie_insert(struct eid_trie *t, struct eid_leaf *leaf);

/* The oracle looks at every prefix there is. */

#define ORACLE_MAX	700

struct entry {
	struct eid_leaf leaf;
	u128 key;
	unsigned int plen;
};

struct oracle {
	struct eid_trie t;
	struct entry *e[ORACLE_MAX];
	unsigned int n, max, bits;
	unsigned int style;
	u128 base;
	unsigned int at, width;	/* where keys vary */
};

extern const char *const oracle_styles[];

#define CHECK(o, cond) do {						\
	if (!(cond)) {							\
		print_error("seed %llu, %u bits, %s, %u prefixes\n",	\
			    (unsigned long long)trie_seed, (o)->bits,	\
			    oracle_styles[(o)->style], (o)->n);		\
		fail_msg("%s", #cond);					\
	}								\
} while (0)

void oracle_start(struct oracle *o, unsigned int round);
/* Take all out one by one, or clear: nothing is left. */
void oracle_end(struct oracle *o, bool clear);
/* A key and a length of the oracle's style; the key may have host bits. */
u128 oracle_pick(struct oracle *o, unsigned int *plen);
/* Its place among the oracle's entries, or -1 */
int oracle_find(struct oracle *o, u128 key, unsigned int plen);
void oracle_insert(struct oracle *o);
void oracle_remove(struct oracle *o);
/* One query of each kind. */
void oracle_query(struct oracle *o);
/* The whole dump, and a trie made afresh from it in order */
void oracle_walk(struct oracle *o);

/* For eid_trie_clear(): frees a struct entry, and counts. */
extern unsigned int trie_released;
void trie_release(struct eid_leaf *leaf);

#endif
