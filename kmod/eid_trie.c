// SPDX-License-Identifier: GPL-2.0
/*
 * Longest-prefix match over EID-prefixes: a path-compressed multibit trie.
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
 *
 * Updates
 *   Bitmaps and keys never change after publication. An insertion makes one new
 *   node, or none, and stores one slot; a removal likewise. The node replaced
 *   is freed after a grace period: kfree_rcu_mightsleep(), so that no rcu_head
 *   makes every node 16 bytes larger; updates may sleep anyhow.
 *   A removal that gets no memory empties the slot in place. The next update of
 *   that node drops such holes; lookups that meet one take the slow way.
 */
#include "eid_trie.h"

#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
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

/* The items that are prefixes of the six bits i: those above item 64 + i. */
#define ABOVE(i) \
	(BIT_ULL((64 | (i)) >> 1) | BIT_ULL((64 | (i)) >> 2) | \
	 BIT_ULL((64 | (i)) >> 3) | BIT_ULL((64 | (i)) >> 4) | \
	 BIT_ULL((64 | (i)) >> 5) | BIT_ULL((64 | (i)) >> 6))

static const u64 eid_above[64] = {
	ABOVE(0), ABOVE(1), ABOVE(2), ABOVE(3),
	ABOVE(4), ABOVE(5), ABOVE(6), ABOVE(7),
	ABOVE(8), ABOVE(9), ABOVE(10), ABOVE(11),
	ABOVE(12), ABOVE(13), ABOVE(14), ABOVE(15),
	ABOVE(16), ABOVE(17), ABOVE(18), ABOVE(19),
	ABOVE(20), ABOVE(21), ABOVE(22), ABOVE(23),
	ABOVE(24), ABOVE(25), ABOVE(26), ABOVE(27),
	ABOVE(28), ABOVE(29), ABOVE(30), ABOVE(31),
	ABOVE(32), ABOVE(33), ABOVE(34), ABOVE(35),
	ABOVE(36), ABOVE(37), ABOVE(38), ABOVE(39),
	ABOVE(40), ABOVE(41), ABOVE(42), ABOVE(43),
	ABOVE(44), ABOVE(45), ABOVE(46), ABOVE(47),
	ABOVE(48), ABOVE(49), ABOVE(50), ABOVE(51),
	ABOVE(52), ABOVE(53), ABOVE(54), ABOVE(55),
	ABOVE(56), ABOVE(57), ABOVE(58), ABOVE(59),
	ABOVE(60), ABOVE(61), ABOVE(62), ABOVE(63),
};

#undef ABOVE

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
static unsigned int eid_key_common(const struct eid_key *a,
				   const struct eid_key *b)
{
	if (a->hi != b->hi)
		return 64 - fls64(a->hi ^ b->hi);
	return 128 - fls64(a->lo ^ b->lo);
}

static u64 eid_word_mask(unsigned int bits)
{
	return bits ? ~0ULL << (64 - bits) : 0;
}

static struct eid_key eid_key_mask(const struct eid_key *k, unsigned int plen)
{
	unsigned int hi = min_t(unsigned int, plen, 64);

	return (struct eid_key) {
		.hi = k->hi & eid_word_mask(hi),
		.lo = k->lo & eid_word_mask(plen - hi),
	};
}

static bool eid_key_equal(const struct eid_key *a, const struct eid_key *b)
{
	return a->hi == b->hi && a->lo == b->lo;
}

static bool eid_key_less(const struct eid_key *a, const struct eid_key *b)
{
	return a->hi != b->hi ? a->hi < b->hi : a->lo < b->lo;
}

/* Are all bits past the first plen zero? */
static bool eid_key_is_masked(const struct eid_key *k, unsigned int plen)
{
	struct eid_key m = eid_key_mask(k, plen);

	return eid_key_equal(&m, k);
}

/**
 * eid_prefix_match() - do two addresses agree in their first bits?
 * @a: an address in network order
 * @b: another one
 * @plen: how many bits to compare, 0..128
 *
 * No byte past the last one that @plen reaches into is read.
 * Context: any.
 * Return: true if the first @plen bits are equal.
 */
bool eid_prefix_match(const u8 *a, const u8 *b, unsigned int plen)
{
	unsigned int bytes = plen / 8, rest = plen % 8;

	return !memcmp(a, b, bytes) &&
	       (!rest || !((a[bytes] ^ b[bytes]) >> (8 - rest)));
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

static struct eid_trie_node *eid_from_leaf(struct eid_leaf *leaf)
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

/* Does the leaf come after (key, plen) in order? */
static bool eid_leaf_after(const struct eid_trie *t,
			   const struct eid_leaf *leaf,
			   const struct eid_key *k, int plen)
{
	struct eid_key lk = eid_key_load(t, leaf->key);

	if (eid_key_equal(&lk, k))
		return leaf->plen > plen;
	return eid_key_less(k, &lk);
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

static struct eid_trie_low *eid_to_low(const struct eid_trie_node *p)
{
	return container_of(eid_to_node(p), struct eid_trie_low, node);
}

/*
 * The shift that brings the six bits of the node which decides bit @bit down.
 * In each word nodes begin at 0, 6, 12 ... 48, 52, 58, so that /48, /64 and
 * (IPv4) /24 fall between two nodes and their neighbours share one. The node
 * at 48 decides four bits only; two that lead to it are shifted along.
 */
static unsigned int eid_shift(unsigned int bit)
{
	bit %= 64;
	if (bit < EID_SHORT_START)
		return 58 - bit / EID_STRIDE * EID_STRIDE;
	if (bit < 52)
		return EID_SHORT_SHIFT;
	return bit < 58 ? 6 : 0;
}

static unsigned int eid_node_shift(const struct eid_trie_node *p)
{
	return eid_to_node(p)->key & 63;
}

/* The bit of the key which is the first of the six. */
static unsigned int eid_node_base(const struct eid_trie_node *p)
{
	return 58 - eid_node_shift(p) + (eid_is_low(p) ? 64 : 0);
}

/* How many bits lead to the node. */
static unsigned int eid_node_start(const struct eid_trie_node *p)
{
	return eid_node_base(p) +
	       (eid_node_shift(p) == EID_SHORT_SHIFT ? 2 : 0);
}

/* The bits that lead to the node, the others zero. */
static struct eid_key eid_node_key(const struct eid_trie_node *p)
{
	u64 w = eid_to_node(p)->key & ~63ULL;

	if (eid_is_low(p))
		return (struct eid_key){ .hi = eid_to_low(p)->high, .lo = w };
	return (struct eid_key){ .hi = w };
}

/* Do the node's bits lead the key? If so, the node may know prefixes of it. */
static bool eid_node_match(const struct eid_trie_node *p,
			   const struct eid_key *k)
{
	struct eid_key nk = eid_node_key(p);

	return eid_key_common(&nk, k) >= eid_node_start(p);
}

/* The node's six bits of a key which it matches. */
static unsigned int eid_node_index(const struct eid_trie_node *p,
				   const struct eid_key *k)
{
	u64 w = eid_is_low(p) ? k->lo : k->hi;

	return (w ^ eid_to_node(p)->key) >> eid_node_shift(p);
}

/* The item of a prefix which the node matches. */
static unsigned int eid_node_item(const struct eid_trie_node *p,
				  const struct eid_key *k, unsigned int plen)
{
	unsigned int own = min_t(unsigned int, plen - eid_node_base(p),
				 EID_STRIDE);

	return (EID_ITEM_OUTER | eid_node_index(p, k)) >> (EID_STRIDE - own);
}

/* Nodes: what is in them */

static bool eid_node_has(const struct eid_trie_node *p, unsigned int item)
{
	const struct eid_trie_node *n = eid_to_node(p);

	return (item < EID_ITEM_OUTER ? n->inner : n->outer) &
	       BIT_ULL(item % EID_ITEM_OUTER);
}

static unsigned int eid_node_slots(const struct eid_trie_node *p)
{
	const struct eid_trie_node *n = eid_to_node(p);

	return hweight64(n->outer) + hweight64(n->inner);
}

/* The slot of an item which the node has. */
static struct eid_trie_node __rcu **
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

static struct eid_trie_node *
eid_read_locked(const struct eid_trie *t,
		struct eid_trie_node __rcu *const *slot)
{
	return rcu_dereference_protected(*slot, lockdep_is_held(t->lock));
}

/**
 * eid_trie_init() - prepare an empty trie
 * @t: the trie
 * @bits: key width: 32 for IPv4, 128 for IPv6
 * @lock: the mutex that the caller will hold around every update
 *
 * Context: any; before anybody else sees @t.
 */
void eid_trie_init(struct eid_trie *t, unsigned int bits, struct mutex *lock)
{
	RCU_INIT_POINTER(t->root, EID_EMPTY);
	t->lock = lock;
	t->bits = bits;
	t->count = 0;
	t->bytes = 0;
	t->holes = false;
}

/* Lookups */

/* The longest prefix of these six bits which ends in the node, or NULL. */
static struct eid_leaf *eid_node_inner(const struct eid_trie *t,
				       const struct eid_trie_node *p,
				       unsigned int index,
				       unsigned int max_plen)
{
	u64 m = eid_to_node(p)->inner & eid_above[index];
	struct eid_leaf *leaf;
	unsigned int item;

	while (m) {
		item = fls64(m) - 1;
		leaf = eid_to_leaf(eid_read(t, eid_node_slot(p, item)));
		if (leaf && leaf->plen <= max_plen)
			return leaf;
		m &= ~BIT_ULL(item);
	}
	return NULL;
}

/**
 * struct eid_way - how far a lookup has come
 * @p: where it is
 * @best: the last node on the way in which a prefix of the key ends
 * @found: the items of these prefixes
 */
struct eid_way {
	struct eid_trie_node *p;
	const struct eid_trie_node *best;
	u64 found;
};

/* Go on below node @n by this word of the key; false if nothing is there. */
static __always_inline bool eid_way_on(const struct eid_trie *t,
				       struct eid_way *way,
				       const struct eid_trie_node *n, u64 word)
{
	u64 index = (word ^ n->key) >> (n->key & 63);
	u64 m;

	if (index > 63)
		return false;
	m = n->inner & eid_above[index];
	if (m) {
		way->best = n;
		way->found = m;
	}
	/* The item's own bit to the top, those after it out */
	m = n->outer << (63 - index);
	if (!(m >> 63))
		return false;
	way->p = eid_read(t, &n->slot[hweight64(m) - 1]);
	return true;
}

/**
 * eid_trie_lookup() - find the longest prefix that matches an address
 * @t: the trie
 * @key: the address in network order, as many bits as the trie has
 *
 * The way of every packet: one exclusive-or, one bit test and one population
 * count per node, no loop over bits. A leaf's own bits are compared last.
 *
 * Context: any, within an RCU read-side section or with the lock held; the
 * leaf is valid as long.
 * Return: the leaf, or NULL if no prefix matches.
 */
struct eid_leaf *eid_trie_lookup(const struct eid_trie *t, const u8 *key)
{
	struct eid_key k = eid_key_load(t, key);
	const struct eid_trie_node *n;
	struct eid_way way = {};
	struct eid_leaf *leaf;

	way.p = eid_read(t, &t->root);
	while (!((unsigned long)way.p & (EID_TAG_LEAF | EID_TAG_LOW)))
		if (!eid_way_on(t, &way, way.p, k.hi))
			goto inner;
	while (eid_is_low(way.p)) {
		n = eid_to_node(way.p);
		if (eid_to_low(n)->high != k.hi ||
		    !eid_way_on(t, &way, n, k.lo))
			goto inner;
	}
	leaf = eid_to_leaf(way.p);
	if (likely(leaf && eid_leaf_match(leaf, &k)))
		return leaf;
inner:
	if (!way.best)
		return NULL;
	leaf = eid_to_leaf(eid_read(t, eid_node_slot(way.best,
						     fls64(way.found) - 1)));
	if (unlikely(!leaf))
		return eid_trie_lookup_max(t, key, t->bits);
	return leaf;
}

/**
 * eid_trie_lookup_max() - find the longest match that is not too long
 * @t: the trie
 * @key: the address in network order, as many bits as the trie has
 * @max_plen: the longest prefix wanted, in bits
 *
 * Context: any, within an RCU read-side section or with the lock held; the
 * leaf is valid as long.
 * Return: the leaf, or NULL if no prefix of @max_plen bits or less matches.
 */
struct eid_leaf *eid_trie_lookup_max(const struct eid_trie *t, const u8 *key,
				     unsigned int max_plen)
{
	struct eid_key k = eid_key_load(t, key);
	struct eid_leaf *leaf, *best = NULL;
	struct eid_trie_node *p;
	unsigned int index;

	p = eid_read(t, &t->root);
	while (!eid_is_leaf(p)) {
		if (!eid_node_match(p, &k))
			return best;
		index = eid_node_index(p, &k);
		leaf = eid_node_inner(t, p, index, max_plen);
		if (leaf)
			best = leaf;
		if (!eid_node_has(p, EID_ITEM_OUTER | index))
			return best;
		p = eid_read(t, eid_node_slot(p, EID_ITEM_OUTER | index));
	}
	leaf = eid_to_leaf(p);
	if (leaf && leaf->plen <= max_plen && eid_leaf_match(leaf, &k))
		return leaf;
	return best;
}

/**
 * eid_trie_find() - find a prefix itself
 * @t: the trie
 * @key: the prefix's address in network order; bits past @plen do not matter
 * @plen: its length in bits
 *
 * Context: any, within an RCU read-side section or with the lock held; the
 * leaf is valid as long.
 * Return: the leaf, or NULL if the trie does not have this prefix.
 */
struct eid_leaf *eid_trie_find(const struct eid_trie *t, const u8 *key,
			       unsigned int plen)
{
	struct eid_key k = eid_key_load(t, key);
	struct eid_trie_node *p;
	struct eid_leaf *leaf;
	unsigned int item;

	p = eid_read(t, &t->root);
	while (!eid_is_leaf(p)) {
		if (plen < eid_node_start(p) || !eid_node_match(p, &k))
			return NULL;
		item = eid_node_item(p, &k, plen);
		if (!eid_node_has(p, item))
			return NULL;
		p = eid_read(t, eid_node_slot(p, item));
	}
	leaf = eid_to_leaf(p);
	if (leaf && leaf->plen == plen && eid_leaf_match(leaf, &k))
		return leaf;
	return NULL;
}

/* Iteration */

/**
 * struct eid_place - a place in a node on the way through it in order
 * @p: the node
 * @start: the six bits, those past @own zero; any value if it is no item's
 * @own: how many of the six bits count; -1 is before all that start there
 */
struct eid_place {
	struct eid_trie_node *p;
	int start;
	int own;
};

/* Go on to the node's next item and return it; 0 if there is none. */
static unsigned int eid_place_next(struct eid_place *at)
{
	const struct eid_trie_node *n = eid_to_node(at->p);
	struct eid_place next = { .p = at->p, .start = 64 };
	int own, rest, from, start;
	unsigned int item = 0;
	u64 m;

	/* Each length has its own next one; the leftmost and shortest wins. */
	for (own = 0; own <= EID_STRIDE; own++) {
		rest = EID_STRIDE - own;
		if (own > at->own)
			from = (at->start + (1 << rest) - 1) >> rest;
		else
			from = (at->start >> rest) + 1;
		if (from >= 1 << own)
			continue;
		if (own < EID_STRIDE)
			m = n->inner >> (1 << own) & (BIT_ULL(1 << own) - 1);
		else
			m = n->outer;
		m &= ~0ULL << from;
		if (!m)
			continue;
		start = __ffs64(m) << rest;
		if (start >= next.start)
			continue;
		next.start = start;
		next.own = own;
		item = 1 << own | __ffs64(m);
	}
	if (item)
		*at = next;
	return item;
}

/* Set the place after which the items after (key, plen) are. */
static bool eid_place_set(struct eid_place *at, struct eid_trie_node *p,
			  const struct eid_key *k, int plen)
{
	int base = eid_node_base(p);

	at->p = p;
	at->start = eid_node_index(p, k);
	at->own = EID_STRIDE;
	if (plen < base + EID_STRIDE &&
	    eid_key_is_masked(k, base + EID_STRIDE)) {
		at->own = plen < base ? -1 : plen - base;
		return false;
	}
	/* There may be more below the outer item that starts here. */
	return eid_node_has(p, EID_ITEM_OUTER | at->start);
}

/**
 * eid_trie_next() - find the prefix that follows in order
 * @t: the trie
 * @key: an address in network order
 * @plen: a prefix length in bits, or -1
 *
 * Prefixes are in the order of their addresses, those with the same address
 * from short to long, so that a prefix comes right before all inside it. Any
 * (@key, @plen) will do, whether the trie has it or not, which lets a dump go
 * on where it was although the trie has changed: all zeroes and -1 give the
 * first prefix, and each prefix gives the next.
 *
 * Context: any, within an RCU read-side section or with the lock held; the
 * leaf is valid as long.
 * Return: the leaf, or NULL if nothing follows.
 */
struct eid_leaf *eid_trie_next(const struct eid_trie *t, const u8 *key,
			       int plen)
{
	struct eid_key nk, k = eid_key_load(t, key);
	struct eid_place way[EID_DEPTH_MAX];
	struct eid_trie_node *p;
	struct eid_leaf *leaf;
	unsigned int item;
	int depth = 0;

	/* Down along the key as far as there are nodes that it matches */
	p = eid_read(t, &t->root);
	while (!eid_is_leaf(p) && eid_node_match(p, &k)) {
		if (!eid_place_set(&way[depth++], p, &k, plen))
			goto forth;
		item = EID_ITEM_OUTER | eid_node_index(p, &k);
		p = eid_read(t, eid_node_slot(p, item));
	}
	if (eid_is_leaf(p)) {
		leaf = eid_to_leaf(p);
		if (leaf && eid_leaf_after(t, leaf, &k, plen))
			return leaf;
	} else {
		nk = eid_node_key(p);
		if (eid_key_less(&k, &nk))
			way[depth++] = (struct eid_place){ .p = p, .own = -1 };
	}
forth:	/* From there to the nearest item after it, and down to its first leaf */
	while (depth) {
		item = eid_place_next(&way[depth - 1]);
		if (!item) {
			depth--;
			continue;
		}
		p = eid_read(t, eid_node_slot(way[depth - 1].p, item));
		if (!eid_is_leaf(p))
			way[depth++] = (struct eid_place){ .p = p, .own = -1 };
		else if (eid_to_leaf(p))
			return eid_to_leaf(p);
	}
	return NULL;
}

/**
 * eid_trie_has_more_specific() - is there any prefix inside this one?
 * @t: the trie
 * @key: the prefix's address in network order; bits past @plen do not matter
 * @plen: its length in bits
 *
 * Context: any, within an RCU read-side section or with the lock held.
 * Return: true if the trie has a longer prefix that begins with this one,
 * whether or not it has this one.
 */
bool eid_trie_has_more_specific(const struct eid_trie *t, const u8 *key,
				unsigned int plen)
{
	u8 masked[EID_KEY_BYTES_MAX] = {};
	const struct eid_leaf *leaf;

	if (plen >= t->bits)
		return false;
	memcpy(masked, key, (plen + 7) / 8);
	if (plen % 8)
		masked[plen / 8] &= 0xff00 >> plen % 8;
	leaf = eid_trie_next(t, masked, plen);
	return leaf && eid_prefix_match(leaf->key, masked, plen);
}

/* Making and freeing nodes; the lock is held. */

static size_t eid_node_size(const struct eid_trie_node *p)
{
	return (eid_is_low(p) ? sizeof(struct eid_trie_low) :
				sizeof(struct eid_trie_node)) +
	       eid_node_slots(p) * sizeof(eid_to_node(p)->slot[0]);
}

/* What the allocator gave. */
static void *eid_node_chunk(struct eid_trie_node *p)
{
	return eid_is_low(p) ? (void *)eid_to_low(p) : p;
}

/*
 * A node of the same place as @like, with all slots empty. @like needs no
 * slots: it may be just a struct eid_trie_low on the stack.
 */
static struct eid_trie_node *
eid_node_new(struct eid_trie *t, const struct eid_trie_node *like,
	     u64 inner, u64 outer, gfp_t gfp)
{
	unsigned int i, slots = hweight64(inner) + hweight64(outer);
	struct eid_trie_node *n;

	if (eid_is_low(like)) {
		struct eid_trie_low *low;

		low = kmalloc(sizeof(*low) + slots * sizeof(n->slot[0]), gfp);
		if (!low)
			return NULL;
		low->high = eid_to_low(like)->high;
		n = &low->node;
	} else {
		n = kmalloc(sizeof(*n) + slots * sizeof(n->slot[0]), gfp);
		if (!n)
			return NULL;
	}
	n->key = eid_to_node(like)->key;
	n->inner = inner;
	n->outer = outer;
	for (i = 0; i < slots; i++)
		RCU_INIT_POINTER(n->slot[i], EID_EMPTY);
	n = (struct eid_trie_node *)((unsigned long)n |
				     ((unsigned long)like & EID_TAG_LOW));
	t->bytes += eid_node_size(n);
	return n;
}

/* Free a node that readers may still be in. */
static void eid_node_retire(struct eid_trie *t, struct eid_trie_node *p)
{
	void *chunk = eid_node_chunk(p);

	t->bytes -= eid_node_size(p);
	kfree_rcu_mightsleep(chunk);
}

static void eid_bit_set(u64 *inner, u64 *outer, unsigned int item)
{
	*(item < EID_ITEM_OUTER ? inner : outer) |=
		BIT_ULL(item % EID_ITEM_OUTER);
}

/* Of items with consecutive slots, those that have something in them. */
static u64 eid_slots_live(const struct eid_trie *t,
			  struct eid_trie_node __rcu *const *slot, u64 items)
{
	u64 live = 0;

	for (; items; items &= items - 1)
		if (eid_read_locked(t, slot++) != EID_EMPTY)
			live |= items & -items;
	return live;
}

/* Which items have something in their slots? @except does not count. */
static void eid_node_live(const struct eid_trie *t,
			  const struct eid_trie_node *p, unsigned int except,
			  u64 *inner, u64 *outer)
{
	const struct eid_trie_node *n = eid_to_node(p);
	u64 bit = BIT_ULL(except % EID_ITEM_OUTER);

	*outer = n->outer;
	*inner = n->inner;
	if (unlikely(t->holes)) {
		*outer = eid_slots_live(t, n->slot, n->outer);
		*inner = eid_slots_live(t, n->slot + hweight64(n->outer),
					n->inner);
	}
	*(except < EID_ITEM_OUTER ? inner : outer) &= ~bit;
}

/* Copy the slots of what two sets of items have in common, run by run. */
static void eid_slots_copy(const struct eid_trie *t,
			   struct eid_trie_node __rcu **to, u64 to_items,
			   struct eid_trie_node __rcu *const *from,
			   u64 from_items)
{
	for (;;) {
		u64 diff = to_items ^ from_items, bit = diff & -diff;
		unsigned int n = hweight64(to_items & (bit - 1));

		while (n--)
			RCU_INIT_POINTER(*to++, eid_read_locked(t, from++));
		if (!bit)
			return;
		/* One that only one of them has */
		if (to_items & bit)
			to++;
		else
			from++;
		to_items &= ~(bit | (bit - 1));
		from_items &= ~(bit | (bit - 1));
	}
}

/* Fill a node not yet published with what it has in common with another. */
static void eid_node_fill(const struct eid_trie *t, struct eid_trie_node *to,
			  const struct eid_trie_node *from)
{
	struct eid_trie_node *n = eid_to_node(to);
	const struct eid_trie_node *f = eid_to_node(from);

	eid_slots_copy(t, n->slot, n->outer, f->slot, f->outer);
	eid_slots_copy(t, n->slot + hweight64(n->outer), n->inner,
		       f->slot + hweight64(f->outer), f->inner);
}

/* Put a copy in place of a node which has one more item, this leaf. */
static int eid_node_add(struct eid_trie *t, struct eid_trie_node __rcu **at,
			unsigned int item, struct eid_leaf *leaf)
{
	struct eid_trie_node *p = eid_read_locked(t, at), *new;
	u64 inner, outer;

	eid_node_live(t, p, 0, &inner, &outer);
	eid_bit_set(&inner, &outer, item);
	new = eid_node_new(t, p, inner, outer, GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	eid_node_fill(t, new, p);
	RCU_INIT_POINTER(*eid_node_slot(new, item), eid_from_leaf(leaf));
	rcu_assign_pointer(*at, new);
	eid_node_retire(t, p);
	return 0;
}

/* Put a node in place of a leaf or node which leads to it and to a new leaf. */
static int eid_node_fork(struct eid_trie *t, struct eid_trie_node __rcu **at,
			 const struct eid_key *old_key, unsigned int old_plen,
			 const struct eid_key *k, struct eid_leaf *leaf)
{
	unsigned int common = eid_key_common(old_key, k);
	struct eid_trie_node *like, *new;
	unsigned int old_item, item;
	struct eid_trie_low place;
	u64 inner = 0, outer = 0;

	/* The node that decides the first bit which is not common to both */
	common = min_t(unsigned int, common, old_plen);
	common = min_t(unsigned int, common, leaf->plen);
	place.high = k->hi;
	place.node.key = eid_shift(common);
	like = &place.node;
	if (common >= 64)
		like = (struct eid_trie_node *)((unsigned long)like |
						EID_TAG_LOW);
	place.node.key |= (common < 64 ? k->hi : k->lo) &
			  eid_word_mask(eid_node_start(like) % 64);

	old_item = eid_node_item(like, old_key, old_plen);
	item = eid_node_item(like, k, leaf->plen);
	eid_bit_set(&inner, &outer, old_item);
	eid_bit_set(&inner, &outer, item);
	new = eid_node_new(t, like, inner, outer, GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	RCU_INIT_POINTER(*eid_node_slot(new, old_item), eid_read_locked(t, at));
	RCU_INIT_POINTER(*eid_node_slot(new, item), eid_from_leaf(leaf));
	rcu_assign_pointer(*at, new);
	return 0;
}

/**
 * eid_trie_insert() - add a prefix, or replace it
 * @t: the trie
 * @leaf: the prefix; the trie keeps the pointer
 * @old: where to put the former leaf of the same prefix, or NULL if none
 *
 * The former leaf is out of the trie, but readers may still be looking at it:
 * free it after a grace period.
 *
 * Context: process context with the lock held; may sleep.
 * Return: 0, -ENOMEM if there was no memory (the trie is as before), or
 * -EINVAL if the prefix is too long or has bits set past its length.
 */
int eid_trie_insert(struct eid_trie *t, struct eid_leaf *leaf,
		    struct eid_leaf **old)
{
	struct eid_trie_node __rcu **at = &t->root;
	struct eid_key k = eid_key_load(t, leaf->key), pk;
	struct eid_leaf *there;
	struct eid_trie_node *p;
	unsigned int item;
	int err;

	lockdep_assert_held(t->lock);
	*old = NULL;
	if (leaf->plen > t->bits || !eid_key_is_masked(&k, leaf->plen))
		return -EINVAL;

	for (p = eid_read_locked(t, at); !eid_is_leaf(p);
	     p = eid_read_locked(t, at)) {
		if (leaf->plen < eid_node_start(p) || !eid_node_match(p, &k)) {
			pk = eid_node_key(p);
			err = eid_node_fork(t, at, &pk, eid_node_start(p), &k,
					    leaf);
			goto out;
		}
		item = eid_node_item(p, &k, leaf->plen);
		if (!eid_node_has(p, item)) {
			err = eid_node_add(t, at, item, leaf);
			goto out;
		}
		at = eid_node_slot(p, item);
	}

	there = eid_to_leaf(p);
	if (there) {
		pk = eid_key_load(t, there->key);
		if (there->plen != leaf->plen || !eid_key_equal(&pk, &k)) {
			err = eid_node_fork(t, at, &pk, there->plen, &k, leaf);
			goto out;
		}
		*old = there;
		t->count--;
	}
	rcu_assign_pointer(*at, eid_from_leaf(leaf));
	err = 0;
out:
	if (!err)
		t->count++;
	return err;
}

/* Take an item, which is a leaf, out of a node. */
static void eid_node_drop(struct eid_trie *t, struct eid_trie_node __rcu **at,
			  unsigned int item)
{
	struct eid_trie_node *p = eid_read_locked(t, at), *new;
	u64 inner, outer;

	eid_node_live(t, p, item, &inner, &outer);
	if (hweight64(inner) + hweight64(outer) == 1) {
		/* What is left takes the node's place. */
		item = inner ? __ffs64(inner) : EID_ITEM_OUTER | __ffs64(outer);
		new = eid_read_locked(t, eid_node_slot(p, item));
	} else {
		new = eid_node_new(t, p, inner, outer, GFP_KERNEL_ACCOUNT |
				   __GFP_NORETRY | __GFP_NOWARN);
		if (!new) {
			rcu_assign_pointer(*eid_node_slot(p, item), EID_EMPTY);
			t->holes = true;
			return;
		}
		eid_node_fill(t, new, p);
	}
	rcu_assign_pointer(*at, new);
	eid_node_retire(t, p);
}

/**
 * eid_trie_remove() - take a prefix out
 * @t: the trie
 * @key: the prefix's address in network order; bits past @plen do not matter
 * @plen: its length in bits
 *
 * Does not fail for want of memory. Readers may still be looking at the leaf:
 * free it after a grace period.
 *
 * Context: process context with the lock held; may sleep.
 * Return: the leaf, or NULL if the trie did not have this prefix.
 */
struct eid_leaf *eid_trie_remove(struct eid_trie *t, const u8 *key,
				 unsigned int plen)
{
	struct eid_trie_node __rcu **at = &t->root, **above = NULL;
	struct eid_key k = eid_key_load(t, key);
	struct eid_trie_node *p;
	struct eid_leaf *leaf;
	unsigned int item = 0;

	lockdep_assert_held(t->lock);
	for (p = eid_read_locked(t, at); !eid_is_leaf(p);
	     p = eid_read_locked(t, at)) {
		if (plen < eid_node_start(p) || !eid_node_match(p, &k))
			return NULL;
		item = eid_node_item(p, &k, plen);
		if (!eid_node_has(p, item))
			return NULL;
		above = at;
		at = eid_node_slot(p, item);
	}

	leaf = eid_to_leaf(p);
	if (!leaf || leaf->plen != plen || !eid_leaf_match(leaf, &k))
		return NULL;
	if (above)
		eid_node_drop(t, above, item);
	else
		rcu_assign_pointer(*at, EID_EMPTY);
	t->count--;
	return leaf;
}

/**
 * eid_trie_clear() - take everything out and give all memory back
 * @t: the trie; empty afterwards and fit for use
 * @release: called for each leaf once no reader can see it, or NULL
 *
 * Readers see an empty trie from the start. @release may free at once.
 *
 * Context: process context with the lock held; sleeps for a grace period.
 */
void eid_trie_clear(struct eid_trie *t, void (*release)(struct eid_leaf *leaf))
{
	struct {
		struct eid_trie_node *p;
		unsigned int slots;
	} way[EID_DEPTH_MAX + 1];
	struct eid_trie_node *p;
	int depth = 0;

	lockdep_assert_held(t->lock);
	p = eid_read_locked(t, &t->root);
	if (p == EID_EMPTY)
		return;
	rcu_assign_pointer(t->root, EID_EMPTY);
	t->count = 0;
	t->bytes = 0;
	t->holes = false;
	synchronize_rcu();

	for (;;) {
		if (!eid_is_leaf(p)) {
			way[depth].p = p;
			way[depth++].slots = eid_node_slots(p);
		} else if (release && eid_to_leaf(p)) {
			release(eid_to_leaf(p));
		}
		while (depth && !way[depth - 1].slots) {
			kfree(eid_node_chunk(way[--depth].p));
			cond_resched();
		}
		if (!depth)
			return;
		p = eid_to_node(way[depth - 1].p);
		p = eid_read_locked(t, &p->slot[--way[depth - 1].slots]);
	}
}
