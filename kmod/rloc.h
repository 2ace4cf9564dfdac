/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RLOC objects: one for each locator address a namespace sends to, whatever
 * the number of map-cache entries it stands in.
 */
#ifndef _LISP_RLOC_H
#define _LISP_RLOC_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <net/dst_cache.h>
#include <uapi/linux/lisp.h>
#include "addr.h"

struct lisp_net;

/**
 * struct lisp_rloc - a locator
 * @addr: its address, never changed
 * @up: nothing is known against it; written with lisp_net.lock held
 * @down: why it is not up, BIT(LISP_RLOC_REASON_*); as @up
 * @tell: @up or the reason has changed since listeners were told; lisp_net.lock
 * @said: LISP_RLOC_SAID_*: what locator-status-bits say of it; written by the
 *	receive path
 * @heard: that has changed since listeners were told; set by the receive path
 * @suspect: ICMP errors call for a judgement; set by the receive path
 * @icmp_at: jiffies of the last ICMP error; written by the receive path
 * @hold: jiffies that it is avoided after ICMP errors; lisp_net.lock
 * @until: end of that time; lisp_net.lock
 * @trusted: jiffies until which ICMP errors do not count, since user space has
 *	overruled them; written with lisp_net.lock held
 * @refs: locator-sets that hold it; protected by lisp_net.lock
 * @node: in lisp_net.rlocs; protected by lisp_net.lock
 * @members: the struct lisp_locset_item that point here; lisp_net.lock
 * @cache: route to it, per CPU; used with BH disabled
 * @tstats: packets and bytes sent to it
 * @rcu: defers freeing past the readers of locator-sets
 *
 * @heard and @suspect are words, since not all machines exchange bytes.
 */
struct lisp_rloc {
	struct lisp_addr addr;
	bool up;
	u8 down;
	bool tell;
	u8 said;
	u32 heard;
	u32 suspect;
	unsigned long icmp_at;
	unsigned long hold;
	unsigned long until;
	unsigned long trusted;
	unsigned int refs;
	struct hlist_node node;
	struct list_head members;
	struct dst_cache cache;
	struct pcpu_sw_netstats __percpu *tstats;
	struct rcu_head rcu;
};

enum {
	LISP_RLOC_SAID_NOTHING,
	LISP_RLOC_SAID_DOWN,
	LISP_RLOC_SAID_UP,
};

/* ICMP errors count for so long, doubled up to the second when they recur. */
#define LISP_RLOC_HOLD		(10UL * HZ)
#define LISP_RLOC_HOLD_MAX	(60UL * HZ)

/* The weightiest reason that it is not up, LISP_RLOC_REASON_NONE when it is. */
static inline u8 lisp_rloc_reason(const struct lisp_rloc *rloc)
{
	u8 down = READ_ONCE(rloc->down);

	return down ? __ffs(down) : LISP_RLOC_REASON_NONE;
}

/*
 * Has user space just overruled what ICMP errors say? Where jiffies have 32 bits
 * they begin again while a locator lives, so what is long ago is not compared.
 */
static inline bool lisp_rloc_trusted(const struct lisp_rloc *rloc,
				     unsigned long now)
{
	unsigned long until = READ_ONCE(rloc->trusted);

	return time_in_range_open(now, until - LISP_RLOC_HOLD_MAX, until);
}

struct lisp_rloc *lisp_rloc_find(struct lisp_net *ln,
				 const struct lisp_addr *addr);
struct lisp_rloc *lisp_rloc_find_rcu(struct lisp_net *ln,
				     const struct lisp_addr *addr);
struct lisp_rloc *lisp_rloc_get(struct lisp_net *ln,
				const struct lisp_addr *addr);
void lisp_rloc_put(struct lisp_net *ln, struct lisp_rloc *rloc);
void lisp_rloc_mark(struct lisp_net *ln, struct lisp_rloc *rloc, u8 down);
int lisp_rloc_set_state(struct lisp_net *ln, const struct lisp_addr *addr,
			bool up);
int lisp_rloc_fill_said(struct sk_buff *skb, const struct lisp_rloc *rloc);
void lisp_rloc_count(const struct lisp_rloc *rloc, u64 *packets, u64 *bytes);

#endif
