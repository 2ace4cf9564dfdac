// SPDX-License-Identifier: GPL-2.0
/*
 * Longest-prefix match over EID-prefixes: a path-compressed multibit trie. This
 * is what readers need; see eid_trie_node.h for the trie's shape, and
 * eid_trie_update.c for changes.
 */
#include "eid_trie_node.h"

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
