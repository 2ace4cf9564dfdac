// SPDX-License-Identifier: GPL-2.0
/*
 * RLOC objects.
 */
#include "rloc.h"
#include "locset.h"
#include "device.h"
#include "underlay.h"

static struct hlist_head *rloc_bucket(struct lisp_net *ln,
				      const struct lisp_addr *addr)
{
	return &ln->rlocs[hash_32(lisp_addr_hash(addr, ln->seed),
				  LISP_NET_HASH_BITS)];
}

/**
 * lisp_rloc_find() - look up a locator by its address
 * @ln: namespace whose routing reaches it
 * @addr: address
 *
 * Context: process, lisp_net.lock held.
 * Return: the RLOC, without a reference, or NULL.
 */
struct lisp_rloc *lisp_rloc_find(struct lisp_net *ln,
				 const struct lisp_addr *addr)
{
	struct lisp_rloc *rloc;

	lockdep_assert_held(&ln->lock);
	hlist_for_each_entry(rloc, rloc_bucket(ln, addr), node)
		if (lisp_addr_equal(&rloc->addr, addr))
			return rloc;
	return NULL;
}

/**
 * lisp_rloc_find_rcu() - the same, without the lock
 * @ln: namespace whose routing reaches it
 * @addr: address
 *
 * Context: under RCU.
 * Return: the RLOC, or NULL.
 */
struct lisp_rloc *lisp_rloc_find_rcu(struct lisp_net *ln,
				     const struct lisp_addr *addr)
{
	struct lisp_rloc *rloc;

	hlist_for_each_entry_rcu(rloc, rloc_bucket(ln, addr), node)
		if (lisp_addr_equal(&rloc->addr, addr))
			return rloc;
	return NULL;
}

static struct lisp_rloc *rloc_alloc(const struct lisp_addr *addr)
{
	struct lisp_rloc *rloc = kzalloc(sizeof(*rloc), GFP_KERNEL_ACCOUNT);

	if (!rloc)
		return NULL;
	rloc->addr = *addr;
	rloc->up = true;
	/* The first error is the first, and the first hold time the least. */
	rloc->icmp_at = jiffies - LISP_RLOC_HOLD;
	rloc->until = jiffies - 2 * LISP_RLOC_HOLD_MAX;
	rloc->trusted = jiffies;
	rloc->hold = LISP_RLOC_HOLD;
	INIT_LIST_HEAD(&rloc->members);
	rloc->tstats = __netdev_alloc_pcpu_stats(struct pcpu_sw_netstats,
						 GFP_KERNEL_ACCOUNT);
	if (!rloc->tstats)
		goto err_free;
	if (dst_cache_init(&rloc->cache, GFP_KERNEL_ACCOUNT))
		goto err_stats;
	return rloc;

err_stats:
	free_percpu(rloc->tstats);
err_free:
	kfree(rloc);
	return NULL;
}

static void rloc_free_rcu(struct rcu_head *rcu)
{
	struct lisp_rloc *rloc = container_of(rcu, struct lisp_rloc, rcu);

	dst_cache_destroy(&rloc->cache);
	free_percpu(rloc->tstats);
	kfree(rloc);
}

/**
 * lisp_rloc_get() - find or make the locator of an address, take a reference
 * @ln: namespace whose routing reaches it
 * @addr: unicast address
 *
 * Context: process, lisp_net.lock held.
 * Return: the RLOC, or NULL when memory is short.
 */
struct lisp_rloc *lisp_rloc_get(struct lisp_net *ln,
				const struct lisp_addr *addr)
{
	struct lisp_rloc *rloc = lisp_rloc_find(ln, addr);

	if (!rloc) {
		rloc = rloc_alloc(addr);
		if (!rloc)
			return NULL;
		hlist_add_head_rcu(&rloc->node, rloc_bucket(ln, addr));
		WRITE_ONCE(ln->n_rlocs, ln->n_rlocs + 1);
		set_bit(LISP_NET_USED, &ln->flags);
		lisp_underlay_kick(ln);
	}
	rloc->refs++;
	return rloc;
}

/**
 * lisp_rloc_put() - give a reference back; the last one frees after RCU
 * @ln: namespace
 * @rloc: locator
 *
 * Context: process, lisp_net.lock held.
 */
void lisp_rloc_put(struct lisp_net *ln, struct lisp_rloc *rloc)
{
	lockdep_assert_held(&ln->lock);
	if (--rloc->refs)
		return;
	WARN_ON_ONCE(!list_empty(&rloc->members));
	hlist_del_rcu(&rloc->node);
	WRITE_ONCE(ln->n_rlocs, ln->n_rlocs - 1);
	call_rcu(&rloc->rcu, rloc_free_rcu);
}

/**
 * lisp_rloc_mark() - take note of what is against a locator
 * @ln: namespace
 * @rloc: locator
 * @down: BIT(LISP_RLOC_REASON_*), 0 for nothing
 *
 * Costs as many steps as there are locator-sets with this locator, whatever
 * the number of map-cache entries.
 *
 * Context: process, lisp_net.lock held.
 */
void lisp_rloc_mark(struct lisp_net *ln, struct lisp_rloc *rloc, u8 down)
{
	struct lisp_locset_item *item;
	u8 reason = lisp_rloc_reason(rloc);

	lockdep_assert_held(&ln->lock);
	if (rloc->down == down)
		return;
	WRITE_ONCE(rloc->down, down);
	WRITE_ONCE(rloc->up, !down);
	rloc->tell |= lisp_rloc_reason(rloc) != reason;
	list_for_each_entry(item, &rloc->members, rloc_node) {
		lisp_locset_choose(item->set);
		cond_resched();
	}
}

/**
 * lisp_rloc_set_state() - rule that a locator is to be used or not
 * @ln: namespace
 * @addr: its address
 * @up: usable
 *
 * "Up" overrules what ICMP errors say, and for a while those that follow; a
 * route it does not make.
 *
 * Context: process; takes lisp_net.lock.
 * Return: 0, or -ENOENT when no entry uses that address.
 */
int lisp_rloc_set_state(struct lisp_net *ln, const struct lisp_addr *addr,
			bool up)
{
	struct lisp_rloc *rloc;
	int err = -ENOENT;
	u8 down;

	mutex_lock(&ln->lock);
	rloc = lisp_rloc_find(ln, addr);
	if (rloc) {
		err = 0;
		down = rloc->down & ~BIT(LISP_RLOC_REASON_SET);
		if (!up)
			down |= BIT(LISP_RLOC_REASON_SET);
		else if (down & BIT(LISP_RLOC_REASON_ICMP))
			WRITE_ONCE(rloc->trusted, jiffies + rloc->hold);
		if (up)
			down &= ~BIT(LISP_RLOC_REASON_ICMP);
		lisp_rloc_mark(ln, rloc, down);
	}
	mutex_unlock(&ln->lock);
	/* Which also tells the listeners. */
	lisp_underlay_kick(ln);
	return err;
}

/**
 * lisp_rloc_fill_said() - write what locator-status-bits say, if anything
 * @skb: message, in a LISP_A_LOCATOR
 * @rloc: locator
 *
 * Context: any in which @rloc stays.
 * Return: 0 or -EMSGSIZE.
 */
int lisp_rloc_fill_said(struct sk_buff *skb, const struct lisp_rloc *rloc)
{
	u8 said = READ_ONCE(rloc->said);

	return said == LISP_RLOC_SAID_NOTHING ? 0 :
		nla_put_u8(skb, LISP_A_LOCATOR_STATUS_BIT,
			   said == LISP_RLOC_SAID_UP ? LISP_RLOC_STATE_UP :
						       LISP_RLOC_STATE_DOWN);
}

/**
 * lisp_rloc_count() - packets and bytes sent to a locator
 * @rloc: locator
 * @packets: set
 * @bytes: set
 *
 * Context: any in which @rloc stays.
 */
void lisp_rloc_count(const struct lisp_rloc *rloc, u64 *packets, u64 *bytes)
{
	struct rtnl_link_stats64 sum = {};

	dev_fetch_sw_netstats(&sum, rloc->tstats);
	*packets = sum.tx_packets;
	*bytes = sum.tx_bytes;
}
