// SPDX-License-Identifier: GPL-2.0
/*
 * Locator-sets and the choice among their locators.
 */
#include <linux/hash.h>
#include "locset.h"
#include "device.h"

static u32 locset_hash(const struct lisp_net *ln,
		       const struct lisp_locset_spec *spec, unsigned int n)
{
	u32 hash = n;
	unsigned int i;

	for (i = 0; i < n; i++)
		hash = jhash_2words(lisp_addr_hash(&spec[i].addr, hash),
				    spec[i].priority << 8 | spec[i].weight,
				    ln->seed);
	return hash;
}

static bool locset_equal(const struct lisp_locset *set,
			 const struct lisp_locset_spec *spec, unsigned int n)
{
	unsigned int i;

	if (set->n != n)
		return false;
	for (i = 0; i < n; i++)
		if (set->items[i].priority != spec[i].priority ||
		    set->items[i].weight != spec[i].weight ||
		    !lisp_addr_equal(&set->items[i].rloc->addr, &spec[i].addr))
			return false;
	return true;
}

static bool item_usable(const struct lisp_locset_item *item, u8 despite)
{
	return !(item->rloc->down & ~despite);
}

/* The best priority of which a locator is usable, or LISP_PRIORITY_UNUSED. */
static u8 locset_best_priority(const struct lisp_locset *set, u8 despite)
{
	u8 best = LISP_PRIORITY_UNUSED;
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (item_usable(&set->items[i], despite))
			best = min(best, set->items[i].priority);
	return best;
}

/**
 * lisp_locset_choose() - compute a set's choice table anew
 * @set: locator-set
 *
 * Usable are locators that are up. When none is, those are used of which only
 * the underlay tells ill, since it may err or be healed by now: their packets
 * find out. What user space has set down stays unused.
 *
 * Among the usable locators of the lowest priority value, slots are given in
 * proportion to the weights; when all of them weigh 0, in equal parts, and
 * when some do, those get none (RFC 9301 5.4). A reader may see a table half
 * old and half new: each slot by itself is a locator of the set.
 *
 * Context: process, lisp_net.lock held (or the set not yet published).
 */
void lisp_locset_choose(struct lisp_locset *set)
{
	u8 despite = 0, best = locset_best_priority(set, despite);
	unsigned int i, n = 0, total = 0, slot = 0, acc = 0;

	if (best == LISP_PRIORITY_UNUSED) {
		despite = (u8)~BIT(LISP_RLOC_REASON_SET);
		best = locset_best_priority(set, despite);
	}
	for (i = 0; i < set->n; i++) {
		if (item_usable(&set->items[i], despite) &&
		    set->items[i].priority == best) {
			total += set->items[i].weight;
			n++;
		}
	}
	if (best == LISP_PRIORITY_UNUSED)
		n = 0;
	for (i = 0; n && i < set->n; i++) {
		const struct lisp_locset_item *item = &set->items[i];

		if (!item_usable(item, despite) || item->priority != best)
			continue;
		acc += total ? item->weight : 1;
		while (slot < acc * LISP_CHOICE_SLOTS / (total ?: n))
			WRITE_ONCE(set->choice[slot++], i);
	}
	while (slot < LISP_CHOICE_SLOTS)
		WRITE_ONCE(set->choice[slot++], LISP_CHOICE_NONE);
}

static void locset_drop_items(struct lisp_net *ln, struct lisp_locset *set)
{
	while (set->n) {
		struct lisp_locset_item *item = &set->items[--set->n];

		list_del(&item->rloc_node);
		lisp_rloc_put(ln, item->rloc);
	}
}

static struct lisp_locset *locset_make(struct lisp_net *ln,
				       const struct lisp_locset_spec *spec,
				       unsigned int n)
{
	struct lisp_locset *set = kzalloc(struct_size(set, items, n),
					  GFP_KERNEL_ACCOUNT);

	if (!set)
		return NULL;
	while (set->n < n) {
		struct lisp_locset_item *item = &set->items[set->n];

		item->rloc = lisp_rloc_get(ln, &spec[set->n].addr);
		if (!item->rloc) {
			locset_drop_items(ln, set);
			kfree(set);
			return NULL;
		}
		item->set = set;
		item->priority = spec[set->n].priority;
		item->weight = spec[set->n].weight;
		list_add_tail(&item->rloc_node, &item->rloc->members);
		set->n++;
	}
	lisp_locset_choose(set);
	return set;
}

/**
 * lisp_locset_get() - find or make a locator-set, take a reference
 * @ln: namespace whose routing reaches the locators
 * @spec: locators, no address twice
 * @n: how many, 1 to 255
 *
 * Context: process; takes lisp_net.lock.
 * Return: the set, or NULL when memory is short.
 */
struct lisp_locset *lisp_locset_get(struct lisp_net *ln,
				    const struct lisp_locset_spec *spec,
				    unsigned int n)
{
	u32 hash = locset_hash(ln, spec, n);
	struct hlist_head *bucket = &ln->locsets[hash_32(hash,
							 LISP_NET_HASH_BITS)];
	struct lisp_locset *set;

	mutex_lock(&ln->lock);
	hlist_for_each_entry(set, bucket, node)
		if (set->hash == hash && locset_equal(set, spec, n))
			goto found;
	set = locset_make(ln, spec, n);
	if (!set)
		goto out;
	set->hash = hash;
	hlist_add_head(&set->node, bucket);
found:
	set->refs++;
out:
	mutex_unlock(&ln->lock);
	return set;
}

/**
 * lisp_locset_put() - give a reference back; the last one frees after RCU
 * @ln: namespace
 * @set: locator-set, or NULL
 *
 * Context: process; takes lisp_net.lock.
 */
void lisp_locset_put(struct lisp_net *ln, struct lisp_locset *set)
{
	if (!set)
		return;
	mutex_lock(&ln->lock);
	if (!--set->refs) {
		hlist_del(&set->node);
		/* Readers look at items[] by choice[], never at n. */
		locset_drop_items(ln, set);
		kfree_rcu(set, rcu);
	}
	mutex_unlock(&ln->lock);
}

/**
 * lisp_locset_has() - is an address one of the locators
 * @set: locator-set
 * @addr: address
 *
 * Context: under RCU.
 * Return: true if so.
 */
bool lisp_locset_has(const struct lisp_locset *set,
		     const struct lisp_addr *addr)
{
	unsigned int i, n = READ_ONCE(set->n);

	for (i = 0; i < n; i++)
		if (lisp_addr_equal(&set->items[i].rloc->addr, addr))
			return true;
	return false;
}
