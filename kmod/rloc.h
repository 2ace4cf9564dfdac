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
#include "addr.h"

struct lisp_net;

/**
 * struct lisp_rloc - a locator
 * @addr: its address, never changed
 * @up: usable; written with lisp_net.lock held
 * @refs: locator-sets that hold it; protected by lisp_net.lock
 * @node: in lisp_net.rlocs; protected by lisp_net.lock
 * @members: the struct lisp_locset_item that point here; lisp_net.lock
 * @cache: route to it, per CPU; used with BH disabled
 * @tstats: packets and bytes sent to it
 * @rcu: defers freeing past the readers of locator-sets
 */
struct lisp_rloc {
	struct lisp_addr addr;
	bool up;
	unsigned int refs;
	struct hlist_node node;
	struct list_head members;
	struct dst_cache cache;
	struct pcpu_sw_netstats __percpu *tstats;
	struct rcu_head rcu;
};

struct lisp_rloc *lisp_rloc_find(struct lisp_net *ln,
				 const struct lisp_addr *addr);
struct lisp_rloc *lisp_rloc_get(struct lisp_net *ln,
				const struct lisp_addr *addr);
void lisp_rloc_put(struct lisp_net *ln, struct lisp_rloc *rloc);
int lisp_rloc_set_state(struct lisp_net *ln, const struct lisp_addr *addr,
			bool up);
void lisp_rloc_count(const struct lisp_rloc *rloc, u64 *packets, u64 *bytes);

#endif
