/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Locator-sets: the locators of a mapping with priorities and weights, shared
 * by all entries that have the same, and the choice among them.
 */
#ifndef _LISP_LOCSET_H
#define _LISP_LOCSET_H

#include <linux/list.h>
#include "rloc.h"

#define LISP_CHOICE_SLOTS	64
#define LISP_CHOICE_NONE	255

/**
 * struct lisp_locset_spec - one locator as it is asked for
 * @addr: address
 * @priority: lower is preferred, 255 never used (RFC 9301 5.4)
 * @weight: share among those of one priority; all zero means equal shares
 */
struct lisp_locset_spec {
	struct lisp_addr addr;
	u8 priority;
	u8 weight;
};

/**
 * struct lisp_locset_item - a locator's membership in a set
 * @rloc: the locator, a reference is held
 * @set: back pointer
 * @rloc_node: in lisp_rloc.members; protected by lisp_net.lock
 * @priority: see struct lisp_locset_spec
 * @weight: see struct lisp_locset_spec
 */
struct lisp_locset_item {
	struct lisp_rloc *rloc;
	struct lisp_locset *set;
	struct list_head rloc_node;
	u8 priority;
	u8 weight;
};

/**
 * struct lisp_locset - a locator-set
 * @node: in lisp_net.locsets; protected by lisp_net.lock
 * @hash: of the contents
 * @refs: map-cache entries that hold it; protected by lisp_net.lock
 * @n: number of @items
 * @choice: index into @items by flow hash, LISP_CHOICE_NONE when no locator is
 *	usable; single bytes, written with lisp_net.lock held, read without
 * @rcu: defers freeing past readers
 * @items: sorted as they were given; not changed after the set is made
 */
struct lisp_locset {
	struct hlist_node node;
	u32 hash;
	unsigned int refs;
	unsigned int n;
	u8 choice[LISP_CHOICE_SLOTS];
	struct rcu_head rcu;
	struct lisp_locset_item items[];
};

struct lisp_locset *lisp_locset_get(struct lisp_net *ln,
				    const struct lisp_locset_spec *spec,
				    unsigned int n);
void lisp_locset_put(struct lisp_net *ln, struct lisp_locset *set);
void lisp_locset_choose(struct lisp_locset *set);
bool lisp_locset_has(const struct lisp_locset *set,
		     const struct lisp_addr *addr);

/**
 * lisp_locset_pick() - the locator a flow goes to
 * @set: locator-set
 * @hash: flow hash
 *
 * Context: under RCU.
 * Return: an RLOC, or NULL when none is usable.
 */
static inline struct lisp_rloc *lisp_locset_pick(const struct lisp_locset *set,
						 u32 hash)
{
	u8 i = READ_ONCE(set->choice[hash % LISP_CHOICE_SLOTS]);

	return i == LISP_CHOICE_NONE ? NULL : set->items[i].rloc;
}

#endif
