/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Nodes of the trie of EID-prefixes: how they lie in memory and in the key.
 * For eid_trie.c, which reads them, and eid_trie_update.c, which makes them.
 *
 * Shape
 *   A node decides six bits of the key. Of the 127 prefixes that end in these
 *   bits or go on after them, item h stands for the h-th node of a complete
 *   binary tree, counted from the top: 1 is the prefix that ends where the node
 *   begins, 2 and 3 the two that are one bit longer, and so on; 64..127 are
 *   what goes on for more than the six bits. Items 1..63 have a bit in @inner
 *   and are prefixes; items 64..127 have a bit in @outer and are either a node
 *   or, when there is only one prefix below, this prefix itself. An item's
 *   slot is found by counting the bits before its own (tree bitmap, poptrie).
 *
 *   A node holds two items or more, so what lies between two branching points
 *   takes no memory: a node's @key says which bits lead to it, and one
 *   exclusive-or compares them all and yields the index of the six bits.
 *   The set of prefixes alone decides the shape, not the order of updates.
 *
 *   Nodes do not straddle 64-bit words. Those that decide bits of the second
 *   word carry the whole first word in front of them (struct eid_trie_low).
 *
 * Pointers
 *   A slot holds a tagged pointer: bit 0 says leaf, bit 1 says node of the
 *   second word. An empty slot is a leaf without an address (EID_EMPTY).
 */
#ifndef _LISP_EID_TRIE_NODE_H
#define _LISP_EID_TRIE_NODE_H

#include "eid_trie.h"

#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#endif

#define EID_TAG_LEAF	1UL
#define EID_TAG_LOW	2UL
#define EID_EMPTY	((struct eid_trie_node *)EID_TAG_LEAF)

#define EID_STRIDE	6	/* bits a node decides */
#define EID_ITEM_OUTER	64U	/* first item that is not a prefix ending here */
#define EID_DEPTH_MAX	22	/* nodes on a way down: 11 in each word */

/* Where a node begins that decides fewer bits, see eid_shift(). */
#define EID_SHORT_START	48
#define EID_SHORT_SHIFT	12

/**
 * struct eid_trie_node - decides six bits of a key
 * @key: the bits that lead here, in their places in the word; below them, in
 *	the lowest six bits, how far to shift the word to get the node's own
 * @inner: bit h is set if prefix h ends in this node
 * @outer: bit i is set if something goes on after the six bits i
 * @slot: one per bit of @outer, then one per bit of @inner
 *
 * All but @slot is constant. Slots are written with the trie's lock held.
 */
struct eid_trie_node {
	u64 key;
	u64 inner;
	u64 outer;
	struct eid_trie_node __rcu *slot[];
};

/**
 * struct eid_trie_low - a node in the second word of the key
 * @high: the first word
 * @node: the node; this is what tagged pointers point to
 */
struct eid_trie_low {
	u64 high;
	struct eid_trie_node node;
};

/**
 * struct eid_key - a key in host order; an IPv4 address is at the top of @hi
 * @hi: bits 0..63
 * @lo: bits 64..127
 */
struct eid_key {
	u64 hi;
	u64 lo;
};

/* Keys */

static __always_inline u64 eid_load64(const u8 *p)
{
	__be64 w;

	memcpy(&w, p, sizeof(w));
	return be64_to_cpu(w);
}

static __always_inline struct eid_key eid_key_load(const struct eid_trie *t,
						   const u8 *p)
{
	struct eid_key k = {};

	if (t->bits == 32) {
		__be32 w;

		memcpy(&w, p, sizeof(w));
		k.hi = (u64)be32_to_cpu(w) << 32;
	} else {
		k.hi = eid_load64(p);
		k.lo = eid_load64(p + 8);
	}
	return k;
}

/* The number of leading bits two keys have in common. */
static inline unsigned int eid_key_common(const struct eid_key *a,
					  const struct eid_key *b)
{
	if (a->hi != b->hi)
		return 64 - fls64(a->hi ^ b->hi);
	return 128 - fls64(a->lo ^ b->lo);
}

static inline u64 eid_word_mask(unsigned int bits)
{
	return bits ? ~0ULL << (64 - bits) : 0;
}

static inline struct eid_key eid_key_mask(const struct eid_key *k,
					  unsigned int plen)
{
	unsigned int hi = min_t(unsigned int, plen, 64);

	return (struct eid_key) {
		.hi = k->hi & eid_word_mask(hi),
		.lo = k->lo & eid_word_mask(plen - hi),
	};
}

static inline bool eid_key_equal(const struct eid_key *a,
				 const struct eid_key *b)
{
	return a->hi == b->hi && a->lo == b->lo;
}

static inline bool eid_key_less(const struct eid_key *a,
				const struct eid_key *b)
{
	return a->hi != b->hi ? a->hi < b->hi : a->lo < b->lo;
}

/* Are all bits past the first plen zero? */
static inline bool eid_key_is_masked(const struct eid_key *k, unsigned int plen)
{
	struct eid_key m = eid_key_mask(k, plen);

	return eid_key_equal(&m, k);
}

/* Leaves */

static __always_inline bool eid_is_leaf(const struct eid_trie_node *p)
{
	return (unsigned long)p & EID_TAG_LEAF;
}

/* NULL for an empty slot. */
static __always_inline struct eid_leaf *eid_to_leaf(struct eid_trie_node *p)
{
	return (struct eid_leaf *)((unsigned long)p - EID_TAG_LEAF);
}

static inline struct eid_trie_node *eid_from_leaf(struct eid_leaf *leaf)
{
	return (struct eid_trie_node *)((unsigned long)leaf | EID_TAG_LEAF);
}

/* Is the leaf's prefix one of the key's? Reads four bytes past an IPv4 key. */
static __always_inline bool eid_leaf_match(const struct eid_leaf *leaf,
					   const struct eid_key *k)
{
	unsigned int plen = leaf->plen;
	u64 diff = eid_load64(leaf->key) ^ k->hi;

	if (plen <= 64)
		return !plen || !(diff >> (64 - plen));
	return !diff && !((eid_load64(leaf->key + 8) ^ k->lo) >> (128 - plen));
}

/* Nodes: where they are in the key */

static __always_inline bool eid_is_low(const struct eid_trie_node *p)
{
	return (unsigned long)p & EID_TAG_LOW;
}

static __always_inline struct eid_trie_node *
eid_to_node(const struct eid_trie_node *p)
{
	return (struct eid_trie_node *)((unsigned long)p & ~EID_TAG_LOW);
}

static inline struct eid_trie_low *eid_to_low(const struct eid_trie_node *p)
{
	return container_of(eid_to_node(p), struct eid_trie_low, node);
}

/*
 * The shift that brings the six bits of the node which decides bit @bit down.
 * In each word nodes begin at 0, 6, 12 ... 48, 52, 58, so that /48, /64 and
 * (IPv4) /24 fall between two nodes and their neighbours share one. The node
 * at 48 decides four bits only; two that lead to it are shifted along.
 */
static inline unsigned int eid_shift(unsigned int bit)
{
	bit %= 64;
	if (bit < EID_SHORT_START)
		return 58 - bit / EID_STRIDE * EID_STRIDE;
	if (bit < 52)
		return EID_SHORT_SHIFT;
	return bit < 58 ? 6 : 0;
}

static inline unsigned int eid_node_shift(const struct eid_trie_node *p)
{
	return eid_to_node(p)->key & 63;
}

/* The bit of the key which is the first of the six. */
static inline unsigned int eid_node_base(const struct eid_trie_node *p)
{
	return 58 - eid_node_shift(p) + (eid_is_low(p) ? 64 : 0);
}

/* How many bits lead to the node. */
static inline unsigned int eid_node_start(const struct eid_trie_node *p)
{
	return eid_node_base(p) +
	       (eid_node_shift(p) == EID_SHORT_SHIFT ? 2 : 0);
}

/* The bits that lead to the node, the others zero. */
static inline struct eid_key eid_node_key(const struct eid_trie_node *p)
{
	u64 w = eid_to_node(p)->key & ~63ULL;

	if (eid_is_low(p))
		return (struct eid_key){ .hi = eid_to_low(p)->high, .lo = w };
	return (struct eid_key){ .hi = w };
}

/* Do the node's bits lead the key? If so, the node may know prefixes of it. */
static inline bool eid_node_match(const struct eid_trie_node *p,
				  const struct eid_key *k)
{
	struct eid_key nk = eid_node_key(p);

	return eid_key_common(&nk, k) >= eid_node_start(p);
}

/* The node's six bits of a key which it matches. */
static inline unsigned int eid_node_index(const struct eid_trie_node *p,
					  const struct eid_key *k)
{
	u64 w = eid_is_low(p) ? k->lo : k->hi;

	return (w ^ eid_to_node(p)->key) >> eid_node_shift(p);
}

/* The item of a prefix which the node matches. */
static inline unsigned int eid_node_item(const struct eid_trie_node *p,
					 const struct eid_key *k,
					 unsigned int plen)
{
	unsigned int own = min_t(unsigned int, plen - eid_node_base(p),
				 EID_STRIDE);

	return (EID_ITEM_OUTER | eid_node_index(p, k)) >> (EID_STRIDE - own);
}

/* Nodes: what is in them */

static inline bool eid_node_has(const struct eid_trie_node *p,
				unsigned int item)
{
	const struct eid_trie_node *n = eid_to_node(p);

	return (item < EID_ITEM_OUTER ? n->inner : n->outer) &
	       BIT_ULL(item % EID_ITEM_OUTER);
}

static inline unsigned int eid_node_slots(const struct eid_trie_node *p)
{
	const struct eid_trie_node *n = eid_to_node(p);

	return hweight64(n->outer) + hweight64(n->inner);
}

/* The slot of an item which the node has. */
static inline struct eid_trie_node __rcu **
eid_node_slot(const struct eid_trie_node *p, unsigned int item)
{
	struct eid_trie_node *n = eid_to_node(p);
	u64 before = BIT_ULL(item % EID_ITEM_OUTER) - 1;

	if (item >= EID_ITEM_OUTER)
		return &n->slot[hweight64(n->outer & before)];
	return &n->slot[hweight64(n->outer) + hweight64(n->inner & before)];
}

static __always_inline struct eid_trie_node *
eid_read(const struct eid_trie *t, struct eid_trie_node __rcu *const *slot)
{
	return rcu_dereference_check(*slot, rcu_read_lock_bh_held() ||
					    lockdep_is_held(t->lock));
}

static inline struct eid_trie_node *
eid_read_locked(const struct eid_trie *t,
		struct eid_trie_node __rcu *const *slot)
{
	return rcu_dereference_protected(*slot, lockdep_is_held(t->lock));
}

#endif
