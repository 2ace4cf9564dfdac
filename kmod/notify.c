// SPDX-License-Identifier: GPL-2.0
/*
 * Events to user space, and the attributes that events and answers share.
 */
#include <net/genetlink.h>
#include "notify.h"
#include "device.h"
#include "netlink.h"
#include "trace.h"

static int fill_u64(struct sk_buff *skb, int type, u64 value, int pad)
{
	return nla_put_u64_64bit(skb, type, value, pad);
}

static u64 since_ms(unsigned long then)
{
	return jiffies_to_msecs(jiffies - then);
}

static u64 clock_since_ms(u32 then)
{
	return jiffies64_to_msecs(lisp_clock_since(then));
}

static u64 left_ms(const struct lisp_dynamic *d)
{
	unsigned long expires = READ_ONCE(d->expires), now = jiffies;

	return time_after(expires, now) ? jiffies64_to_msecs(expires - now) : 0;
}

static int fill_locator(struct sk_buff *skb,
			const struct lisp_locset_item *item, bool counters)
{
	const struct lisp_rloc *rloc = item->rloc;
	struct nlattr *nest = nla_nest_start(skb, LISP_A_MAP_LOCATOR);

	if (!nest ||
	    nla_put(skb, LISP_A_LOCATOR_ADDR,
		    lisp_addr_len(rloc->addr.family), rloc->addr.bytes) ||
	    nla_put_u8(skb, LISP_A_LOCATOR_PRIORITY, item->priority) ||
	    nla_put_u8(skb, LISP_A_LOCATOR_WEIGHT, item->weight) ||
	    nla_put_u8(skb, LISP_A_LOCATOR_STATE, READ_ONCE(rloc->up)))
		return -EMSGSIZE;
	if (counters) {
		u64 packets, bytes;

		lisp_rloc_count(rloc, &packets, &bytes);
		if (fill_u64(skb, LISP_A_LOCATOR_PACKETS, packets,
			     LISP_A_LOCATOR_PAD) ||
		    fill_u64(skb, LISP_A_LOCATOR_BYTES, bytes,
			     LISP_A_LOCATOR_PAD))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_life(struct sk_buff *skb, const struct lisp_entry *e)
{
	u64 packets = atomic64_read(&e->packets);

	if (fill_u64(skb, LISP_A_MAP_UPTIME, clock_since_ms(e->created),
		     LISP_A_MAP_PAD))
		return -EMSGSIZE;
	if (e->finite &&
	    fill_u64(skb, LISP_A_MAP_EXPIRES, left_ms(lisp_dynamic(e)),
		     LISP_A_MAP_PAD))
		return -EMSGSIZE;
	if (packets &&
	    fill_u64(skb, LISP_A_MAP_IDLE, clock_since_ms(READ_ONCE(e->used)),
		     LISP_A_MAP_PAD))
		return -EMSGSIZE;
	if (fill_u64(skb, LISP_A_MAP_PACKETS, packets, LISP_A_MAP_PAD) ||
	    fill_u64(skb, LISP_A_MAP_BYTES, atomic64_read(&e->bytes),
		     LISP_A_MAP_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * lisp_fill_entry() - write one LISP_A_MAP
 * @skb: message
 * @e: entry
 * @counters: also those of the locators, which cost a walk over the CPUs
 *
 * Context: under RCU, or with the map-cache locked.
 * Return: 0, or -EMSGSIZE with @skb as it was.
 */
int lisp_fill_entry(struct sk_buff *skb, const struct lisp_entry *e,
		    bool counters)
{
	struct nlattr *nest = nla_nest_start(skb, LISP_A_MAP);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, LISP_A_MAP_EID, lisp_addr_len(e->family),
		    e->leaf.key) ||
	    nla_put_u8(skb, LISP_A_MAP_PREFIX_LEN, e->leaf.plen) ||
	    nla_put_u8(skb, LISP_A_MAP_ACTION, e->action) ||
	    nla_put_u8(skb, LISP_A_MAP_ORIGIN, e->origin) ||
	    fill_life(skb, e))
		goto err;
	for (i = 0; e->set && i < READ_ONCE(e->set->n); i++)
		if (fill_locator(skb, &e->set->items[i], counters))
			goto err;
	nla_nest_end(skb, nest);
	return 0;
err:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

/**
 * lisp_fill_eid() - write one LISP_A_EID
 * @skb: message
 * @addr: address
 * @family: AF_INET or AF_INET6
 * @plen: prefix length
 * @packets: packets that wait for it, or NULL when that is not meant
 * @since: jiffies since which they do
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE with @skb as it was.
 */
int lisp_fill_eid(struct sk_buff *skb, const void *addr, u8 family, u8 plen,
		  const unsigned int *packets, unsigned long since)
{
	struct nlattr *nest = nla_nest_start(skb, LISP_A_EID);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, LISP_A_EID_ADDR, lisp_addr_len(family), addr) ||
	    nla_put_u8(skb, LISP_A_EID_PREFIX_LEN, plen))
		goto err;
	if (packets &&
	    (fill_u64(skb, LISP_A_EID_PACKETS, *packets, LISP_A_EID_PAD) ||
	     fill_u64(skb, LISP_A_EID_UPTIME, since_ms(since),
		      LISP_A_EID_PAD)))
		goto err;
	nla_nest_end(skb, nest);
	return 0;
err:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

static bool notify_wanted(const struct lisp_dev *ld, unsigned int group)
{
	return ld->dev->reg_state == NETREG_REGISTERED &&
	       genl_has_listeners(&lisp_nl_family, dev_net(ld->dev), group);
}

static struct sk_buff *notify_new(const struct lisp_dev *ld, u8 cmd,
				  size_t size, gfp_t gfp, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(size, gfp);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put(skb, 0, 0, &lisp_nl_family, 0, cmd);
	if (!*hdr || nla_put_u32(skb, LISP_A_IFINDEX, ld->dev->ifindex)) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

/* Send @skb, finished here, to the listeners of a group. */
static void notify_send(const struct lisp_dev *ld, struct sk_buff *skb,
			void *hdr, unsigned int group, gfp_t gfp)
{
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&lisp_nl_family, dev_net(ld->dev), skb, 0,
				group, gfp);
}

/* There is no memory for it: the listeners are to dump. @skb may be NULL. */
static void notify_lost(const struct lisp_dev *ld, struct sk_buff *skb,
			unsigned int group)
{
	nlmsg_free(skb);
	genl_set_err(&lisp_nl_family, dev_net(ld->dev), 0, group, -ENOBUFS);
}

/**
 * lisp_notify_miss() - tell that an EID has no mapping
 * @ld: device
 * @eid: destination of the packet
 * @source: its source
 *
 * A lost event is not lost work: the EID stays in the list of those that wait,
 * and listeners dump it when they are told of an overrun.
 *
 * Context: BH disabled.
 */
void lisp_notify_miss(struct lisp_dev *ld, const struct lisp_addr *eid,
		      const struct lisp_addr *source)
{
	struct sk_buff *skb;
	void *hdr;

	trace_miss(ld->dev, eid, source);
	if (!notify_wanted(ld, LISP_NLGRP_MISS))
		return;
	skb = notify_new(ld, LISP_CMD_MISS_NTF, NLMSG_DEFAULT_SIZE, GFP_ATOMIC,
			 &hdr);
	if (skb &&
	    !lisp_fill_eid(skb, eid->bytes, eid->family,
			   lisp_addr_bits(eid->family), NULL, 0) &&
	    !nla_put(skb, LISP_A_SOURCE_EID, lisp_addr_len(source->family),
		     source->bytes))
		notify_send(ld, skb, hdr, LISP_NLGRP_MISS, GFP_ATOMIC);
	else
		notify_lost(ld, skb, LISP_NLGRP_MISS);
}

static int fill_rloc(struct sk_buff *skb, const struct lisp_rloc *rloc)
{
	struct nlattr *nest = nla_nest_start(skb, LISP_A_LOCATOR);

	if (!nest ||
	    nla_put(skb, LISP_A_LOCATOR_ADDR,
		    lisp_addr_len(rloc->addr.family), rloc->addr.bytes) ||
	    nla_put_u8(skb, LISP_A_LOCATOR_STATE, rloc->up) ||
	    nla_put_u8(skb, LISP_A_LOCATOR_REASON, lisp_rloc_reason(rloc)) ||
	    lisp_rloc_fill_said(skb, rloc))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * lisp_notify_rloc() - tell of a change of a locator's state, or of what
 *	its site says of it
 * @ld: device
 * @rloc: locator
 *
 * Context: process, lisp_net.lock held.
 */
void lisp_notify_rloc(struct lisp_dev *ld, const struct lisp_rloc *rloc)
{
	struct sk_buff *skb;
	void *hdr;

	lockdep_assert_held(&ld->ln->lock);
	if (!notify_wanted(ld, LISP_NLGRP_MAPCACHE))
		return;
	skb = notify_new(ld, LISP_CMD_RLOC_NTF, NLMSG_DEFAULT_SIZE, GFP_KERNEL,
			 &hdr);
	if (skb && !fill_rloc(skb, rloc))
		notify_send(ld, skb, hdr, LISP_NLGRP_MAPCACHE, GFP_KERNEL);
	else
		notify_lost(ld, skb, LISP_NLGRP_MAPCACHE);
}

static size_t notify_map_size(const struct lisp_entry *e)
{
	return 256 + (e->set ? e->set->n : 0) * 64;
}

/**
 * lisp_notify_map() - tell of a change of the map-cache
 * @ld: device
 * @cmd: LISP_CMD_MAP_*_NTF
 * @e: entry, still whole
 *
 * Context: process, lisp_mapcache.lock held.
 */
void lisp_notify_map(struct lisp_dev *ld, u8 cmd, const struct lisp_entry *e)
{
	struct sk_buff *skb;
	void *hdr;

	lockdep_assert_held(&ld->mc.lock);
	if (!notify_wanted(ld, LISP_NLGRP_MAPCACHE))
		return;
	skb = notify_new(ld, cmd, notify_map_size(e), GFP_KERNEL, &hdr);
	if (skb && !lisp_fill_entry(skb, e, false))
		notify_send(ld, skb, hdr, LISP_NLGRP_MAPCACHE, GFP_KERNEL);
	else
		notify_lost(ld, skb, LISP_NLGRP_MAPCACHE);
}
