// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of the trie of EID-prefixes.
 *
 * Bitmaps and keys never change after publication. An insertion makes one new
 * node, or none, and stores one slot; a removal likewise. The node replaced
 * is freed after a grace period: kfree_rcu_mightsleep(), so that no rcu_head
 * makes every node 16 bytes larger; updates may sleep anyhow.
 * A removal that gets no memory empties the slot in place. The next update of
 * that node drops such holes; lookups that meet one take the slow way.
 */
#include "eid_trie_node.h"

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/sched.h>
#include <linux/slab.h>
#endif

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
