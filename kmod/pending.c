// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that wait for a mapping.
 *
 * They are kept in a table of their own, not in the map-cache, which is only
 * ever written from netlink. Everything is bounded: packets of one EID, of all
 * EIDs, and their memory; over a bound the oldest goes first.
 */
#include <linux/hash.h>
#include "pending.h"
#include "device.h"
#include "encap.h"
#include "notify.h"

/* Rounds in which a release picks up what came meanwhile, before it ends. */
#define LISP_RELEASE_ROUNDS	16

/* How often misses are told that could not be told at once, and how many. */
#define LISP_TELL_INTERVAL	(HZ / 10)
#define LISP_TELL_BATCH		16

static struct hlist_head *pending_bucket(struct lisp_pending *p,
					 const struct lisp_addr *eid)
{
	return &p->eids[hash_32(lisp_addr_hash(eid, p->seed),
				LISP_PENDING_BITS)];
}

static struct lisp_waiting *pending_find(struct lisp_pending *p,
					 const struct lisp_addr *eid)
{
	struct lisp_waiting *w;

	lockdep_assert_held(&p->lock);
	hlist_for_each_entry(w, pending_bucket(p, eid), node)
		if (lisp_addr_equal(&w->eid, eid))
			return w;
	return NULL;
}

static struct lisp_waiting *pending_new(struct lisp_pending *p,
					const struct lisp_addr *eid)
{
	struct lisp_waiting *w = kzalloc(sizeof(*w), GFP_ATOMIC);

	lockdep_assert_held(&p->lock);
	if (!w)
		return NULL;
	w->eid = *eid;
	w->since = jiffies;
	w->serial = ++p->serial;
	INIT_LIST_HEAD(&w->untold);
	__skb_queue_head_init(&w->queue);
	hlist_add_head(&w->node, pending_bucket(p, eid));
	list_add_tail(&w->age, &p->oldest);
	WRITE_ONCE(p->n, p->n + 1);
	return w;
}

/* Its queue must have been taken before. */
static void waiting_free(struct lisp_pending *p, struct lisp_waiting *w)
{
	lockdep_assert_held(&p->lock);
	hlist_del(&w->node);
	list_del(&w->age);
	list_del(&w->untold);
	WRITE_ONCE(p->n, p->n - 1);
	kfree(w);
}

static void waiting_take(struct lisp_pending *p, struct lisp_waiting *w,
			 struct sk_buff_head *to)
{
	lockdep_assert_held(&p->lock);
	p->packets -= skb_queue_len(&w->queue);
	p->bytes -= w->bytes;
	w->bytes = 0;
	skb_queue_splice_tail_init(&w->queue, to);
}

static void waiting_drop_oldest(struct lisp_pending *p, struct lisp_waiting *w,
				struct sk_buff_head *drop)
{
	struct sk_buff *skb = __skb_dequeue(&w->queue);

	p->packets--;
	p->bytes -= skb->truesize;
	w->bytes -= skb->truesize;
	__skb_queue_tail(drop, skb);
}

/*
 * Make room for @skb in @w: first within the EID, then from the EID that has
 * waited longest, which goes altogether when its last packet does. Each limit
 * is read once: were it lowered meanwhile, there might be nothing left to drop.
 */
static bool pending_make_room(struct lisp_pending *p, struct lisp_waiting *w,
			      const struct sk_buff *skb,
			      struct sk_buff_head *drop)
{
	u32 max_packets_eid = READ_ONCE(p->max_packets_eid);
	u32 max_packets = READ_ONCE(p->max_packets);
	u32 max_bytes = READ_ONCE(p->max_bytes);

	lockdep_assert_held(&p->lock);
	if (skb->truesize > max_bytes || !max_packets || !max_packets_eid)
		return false;
	while (skb_queue_len(&w->queue) >= max_packets_eid)
		waiting_drop_oldest(p, w, drop);
	while (p->packets >= max_packets ||
	       p->bytes + skb->truesize > max_bytes) {
		struct lisp_waiting *old;

		list_for_each_entry(old, &p->oldest, age)
			if (!skb_queue_empty(&old->queue))
				break;
		waiting_drop_oldest(p, old, drop);
		if (old != w && !old->releasing && skb_queue_empty(&old->queue))
			waiting_free(p, old);
	}
	return true;
}

/* A token bucket that holds what comes in within a second. */
static bool pending_may_tell(struct lisp_pending *p)
{
	u32 rate = READ_ONCE(p->rate);
	u64 new = div_u64((u64)(jiffies - p->refilled) * rate, HZ);

	lockdep_assert_held(&p->lock);
	if (new >= rate) {
		p->tokens = rate;
		p->refilled = jiffies;
	} else if (new) {
		p->tokens = min_t(u64, p->tokens + new, rate);
		p->refilled += div_u64(new * HZ, rate);
	}
	if (!p->tokens)
		return false;
	p->tokens--;
	return true;
}

/* Have the work run when the longest wait ends, or misses are to be told. */
static void pending_arm(struct lisp_pending *p)
{
	unsigned long now = jiffies, next;
	struct lisp_waiting *w;

	lockdep_assert_held(&p->lock);
	w = list_first_entry_or_null(&p->oldest, struct lisp_waiting, age);
	if (!w)
		return;
	next = w->since + msecs_to_jiffies(READ_ONCE(p->time));
	if (!list_empty(&p->untold) && READ_ONCE(p->rate) &&
	    time_after(next, now + LISP_TELL_INTERVAL))
		next = now + LISP_TELL_INTERVAL;
	mod_delayed_work(system_power_efficient_wq, &p->work,
			 time_after(next, now) ? next - now : 1);
}

/*
 * May the miss of @w be told now? If not, its time will come. Return: true
 * when the caller is to tell.
 */
static bool pending_tell(struct lisp_dev *ld, struct lisp_waiting *w)
{
	struct lisp_pending *p = &ld->pending;
	bool first;

	if (w->told || !list_empty(&w->untold))
		return false;
	w->told = pending_may_tell(p);
	if (w->told)
		return true;
	lisp_count(ld->stats, LISP_A_STATS_MISS_LIMITED);
	first = list_empty(&p->untold);
	list_add_tail(&w->untold, &p->untold);
	if (first)
		pending_arm(p);
	return false;
}

static void pending_append(struct lisp_pending *p, struct lisp_waiting *w,
			   struct sk_buff *skb)
{
	/* The route was borrowed for this softirq; ICMP may want it later. */
	skb_dst_force(skb);
	__skb_queue_tail(&w->queue, skb);
	w->bytes += skb->truesize;
	p->bytes += skb->truesize;
	p->packets++;
}

static void pending_drop(struct lisp_dev *ld, struct sk_buff_head *drop,
			 unsigned int why)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(drop)))
		lisp_encap_drop_unreachable(ld, skb, why);
}

/* Does the map-cache know by now what to do with packets to an EID? */
static bool eid_ready(struct lisp_dev *ld, const struct lisp_addr *eid)
{
	const struct lisp_entry *e;

	e = lisp_mapcache_lookup(&ld->mc, eid->family, eid->bytes);
	return e && e->action != LISP_MAP_ACTION_SEND_MAP_REQUEST;
}

/**
 * lisp_pending_park() - hold a packet until its mapping comes
 * @ld: device
 * @skb: inner packet, whole (a GSO packet stays one); consumed
 * @family: AF_INET or AF_INET6
 * @addr: its destination
 *
 * The first packet of an EID raises one miss event, later when there are too
 * many of them.
 *
 * Context: BH disabled, under RCU.
 */
void lisp_pending_park(struct lisp_dev *ld, struct sk_buff *skb, u8 family,
		       const void *addr)
{
	struct lisp_pending *p = &ld->pending;
	bool tell = false, fits;
	struct sk_buff_head drop;
	struct lisp_waiting *w;
	struct lisp_addr eid, src;

	lisp_addr_set(&eid, family, addr);
	lisp_encap_source(skb, family, &src);
	__skb_queue_head_init(&drop);
	spin_lock(&p->lock);
	w = pending_find(p, &eid);
	/*
	 * The mapping may have come since it was looked up. Under the lock this
	 * is certain: a release either has ended, then its mapping is seen
	 * here, or is yet to begin, then it will find what is parked.
	 */
	if (!w && eid_ready(ld, &eid)) {
		spin_unlock(&p->lock);
		lisp_encap_released(ld, skb);
		return;
	}
	w = w ?: pending_new(p, &eid);
	if (!w) {
		spin_unlock(&p->lock);
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_NO_MEMORY);
		return;
	}
	fits = pending_make_room(p, w, skb, &drop);
	if (fits) {
		pending_append(p, w, skb);
		tell = pending_tell(ld, w);
	} else if (skb_queue_empty(&w->queue) && !w->releasing) {
		waiting_free(p, w);
	}
	/* Armed already, it is for an EID that waits longer. */
	if (!delayed_work_pending(&p->work))
		pending_arm(p);
	spin_unlock(&p->lock);

	if (fits)
		lisp_count(ld->stats, LISP_A_STATS_PARKED);
	else
		__skb_queue_tail(&drop, skb);
	if (tell) {
		lisp_count(ld->stats, LISP_A_STATS_MISS);
		lisp_notify_miss(ld, &eid, &src);
	}
	pending_drop(ld, &drop, LISP_A_STATS_DROP_PARK_FULL);
}

/**
 * lisp_pending_ask() - have a mapping resolved, with no packet waiting for it
 * @ld: device
 * @family: AF_INET or AF_INET6
 * @addr: EID to resolve
 * @local: the local EID on whose behalf
 *
 * Raises one miss event, as the first packet to the EID would; later ones
 * within the park time do not raise another.
 *
 * Context: BH disabled, under RCU.
 */
void lisp_pending_ask(struct lisp_dev *ld, u8 family, const void *addr,
		      const void *local)
{
	struct lisp_pending *p = &ld->pending;
	struct lisp_addr eid, src;
	struct lisp_waiting *w;
	bool tell = false;

	lisp_addr_set(&eid, family, addr);
	lisp_addr_set(&src, family, local);
	spin_lock(&p->lock);
	/* Has the mapping come since? Then nobody releases what is made now. */
	if (p->n < READ_ONCE(p->max_packets) && !pending_find(p, &eid) &&
	    !eid_ready(ld, &eid) && pending_may_tell(p)) {
		w = pending_new(p, &eid);
		tell = w;
		if (w)
			w->told = true;
		if (!delayed_work_pending(&p->work))
			pending_arm(p);
	}
	spin_unlock(&p->lock);
	if (tell) {
		lisp_count(ld->stats, LISP_A_STATS_MISS);
		lisp_notify_miss(ld, &eid, &src);
	}
}

/**
 * lisp_pending_join() - queue behind packets of the same EID, if there are any
 * @ld: device
 * @skb: inner packet, consumed when true is returned
 * @family: AF_INET or AF_INET6
 * @addr: its destination
 *
 * For a packet that found its mapping while earlier ones are still being
 * released: it must not overtake them.
 *
 * Context: BH disabled, under RCU.
 * Return: true when the packet was queued.
 */
bool lisp_pending_join(struct lisp_dev *ld, struct sk_buff *skb, u8 family,
		       const void *addr)
{
	struct lisp_pending *p = &ld->pending;
	struct sk_buff_head drop;
	struct lisp_waiting *w;
	struct lisp_addr eid;
	bool joined = false;

	lisp_addr_set(&eid, family, addr);
	__skb_queue_head_init(&drop);
	spin_lock(&p->lock);
	w = pending_find(p, &eid);
	if (w && pending_make_room(p, w, skb, &drop)) {
		pending_append(p, w, skb);
		joined = true;
	}
	spin_unlock(&p->lock);
	if (joined)
		lisp_count(ld->stats, LISP_A_STATS_PARKED);
	pending_drop(ld, &drop, LISP_A_STATS_DROP_PARK_FULL);
	return joined;
}

/*
 * Send on what waits in @w, and what joins meanwhile, then forget it. Called
 * with the lock held, which is given up in between; @w stays, being marked.
 */
static void waiting_release(struct lisp_dev *ld, struct lisp_waiting *w)
	__must_hold(&ld->pending.lock)
{
	struct lisp_pending *p = &ld->pending;
	unsigned int round = 0;

	w->releasing = true;
	do {
		struct sk_buff_head queue;
		struct sk_buff *skb;

		__skb_queue_head_init(&queue);
		waiting_take(p, w, &queue);
		spin_unlock(&p->lock);
		lisp_count_add(ld->stats, LISP_A_STATS_RELEASED,
			       skb_queue_len(&queue));
		while ((skb = __skb_dequeue(&queue)))
			lisp_encap_released(ld, skb);
		spin_lock(&p->lock);
	} while (!skb_queue_empty(&w->queue) && ++round < LISP_RELEASE_ROUNDS);
}

static bool eid_within(const struct lisp_addr *eid, const struct lisp_prefix *p)
{
	return eid->family == p->addr.family &&
	       eid_prefix_match(eid->bytes, p->addr.bytes, p->plen);
}

/**
 * lisp_pending_release() - send on packets whose mapping has come
 * @ld: device
 * @where: EID-prefix whose entry was changed, or NULL: any
 *
 * To be called after the map-cache was changed. One pass over the EIDs that
 * wait, those inside @where looked up once; order within an EID is kept.
 *
 * Context: process.
 */
void lisp_pending_release(struct lisp_dev *ld, const struct lisp_prefix *where)
{
	struct lisp_pending *p = &ld->pending;
	struct lisp_waiting *w, *next;
	struct sk_buff_head rest;
	struct sk_buff *skb;

	__skb_queue_head_init(&rest);
	local_bh_disable();
	rcu_read_lock();
	spin_lock(&p->lock);
	for (w = list_first_entry(&p->oldest, struct lisp_waiting, age);
	     !list_entry_is_head(w, &p->oldest, age); w = next) {
		bool ready = !w->releasing &&
			     (!where || eid_within(&w->eid, where)) &&
			     eid_ready(ld, &w->eid);

		if (ready) {
			waiting_release(ld, w);
			waiting_take(p, w, &rest);
		}
		/* Only now: the list may have changed during the release. */
		next = list_next_entry(w, age);
		if (ready)
			waiting_free(p, w);
	}
	spin_unlock(&p->lock);
	while ((skb = __skb_dequeue(&rest)))
		lisp_encap_released(ld, skb);
	rcu_read_unlock();
	local_bh_enable();
}

/**
 * lisp_pending_give_up() - drop what waits for an EID and tell the senders
 * @ld: device
 * @eid: EID
 *
 * Context: process.
 * Return: 0, or -ENOENT when nothing waits for it.
 */
int lisp_pending_give_up(struct lisp_dev *ld, const struct lisp_addr *eid)
{
	struct lisp_pending *p = &ld->pending;
	struct sk_buff_head drop;
	struct lisp_waiting *w;
	int err = -ENOENT;

	__skb_queue_head_init(&drop);
	local_bh_disable();
	spin_lock(&p->lock);
	w = pending_find(p, eid);
	if (w && !w->releasing) {
		waiting_take(p, w, &drop);
		waiting_free(p, w);
		err = 0;
	}
	spin_unlock(&p->lock);
	pending_drop(ld, &drop, LISP_A_STATS_DROP_PARK_TIMEOUT);
	local_bh_enable();
	return err;
}

/* Tell some of the misses that could not be told at once. */
static unsigned int pending_tell_late(struct lisp_dev *ld)
{
	struct lisp_addr eid[LISP_TELL_BATCH], src[LISP_TELL_BATCH];
	struct lisp_pending *p = &ld->pending;
	struct lisp_waiting *w;
	unsigned int i, n = 0;

	spin_lock_bh(&p->lock);
	while (n < LISP_TELL_BATCH && !list_empty(&p->untold)) {
		w = list_first_entry(&p->untold, struct lisp_waiting, untold);
		/* Without packets it is being released. */
		if (!skb_queue_empty(&w->queue)) {
			if (!pending_may_tell(p))
				break;
			w->told = true;
			eid[n] = w->eid;
			lisp_encap_source(skb_peek(&w->queue), w->eid.family,
					  &src[n++]);
		}
		list_del_init(&w->untold);
	}
	spin_unlock(&p->lock);
	lisp_count_add(ld->stats, LISP_A_STATS_MISS, n);
	for (i = 0; i < n; i++)
		lisp_notify_miss(ld, &eid[i], &src[i]);
	local_bh_enable();
	return n;
}

static void pending_work(struct work_struct *work)
{
	struct lisp_dev *ld = container_of(to_delayed_work(work),
					   struct lisp_dev, pending.work);
	struct lisp_pending *p = &ld->pending;
	struct lisp_waiting *w, *next;
	struct sk_buff_head drop;

	__skb_queue_head_init(&drop);
	local_bh_disable();
	spin_lock(&p->lock);
	list_for_each_entry_safe(w, next, &p->oldest, age) {
		unsigned long end = w->since +
				    msecs_to_jiffies(READ_ONCE(p->time));

		if (time_before(jiffies, end))
			break;
		if (w->releasing)
			continue;
		waiting_take(p, w, &drop);
		waiting_free(p, w);
	}
	spin_unlock(&p->lock);
	pending_drop(ld, &drop, LISP_A_STATS_DROP_PARK_TIMEOUT);
	local_bh_enable();
	while (pending_tell_late(ld) == LISP_TELL_BATCH)
		cond_resched();
	spin_lock_bh(&p->lock);
	pending_arm(p);
	spin_unlock_bh(&p->lock);
}

/**
 * lisp_pending_retime() - apply a changed time of waiting
 * @ld: registered device
 *
 * Context: process, rtnl held.
 */
void lisp_pending_retime(struct lisp_dev *ld)
{
	/* It looks at what waits longest, and comes again when that is due. */
	mod_delayed_work(system_power_efficient_wq, &ld->pending.work, 0);
}

/**
 * lisp_pending_init() - make the table of a new device
 * @ld: device
 *
 * Context: process.
 */
void lisp_pending_init(struct lisp_dev *ld)
{
	struct lisp_pending *p = &ld->pending;

	spin_lock_init(&p->lock);
	INIT_LIST_HEAD(&p->oldest);
	INIT_LIST_HEAD(&p->untold);
	INIT_DELAYED_WORK(&p->work, pending_work);
	p->refilled = jiffies - HZ;
	get_random_bytes(&p->seed, sizeof(p->seed));
}

/**
 * lisp_pending_flush() - drop all that waits, without a word to the senders
 * @ld: device that goes down
 *
 * Context: process.
 */
void lisp_pending_flush(struct lisp_dev *ld)
{
	struct lisp_pending *p = &ld->pending;
	struct lisp_waiting *w, *next;
	struct sk_buff_head drop;
	struct sk_buff *skb;

	__skb_queue_head_init(&drop);
	local_bh_disable();
	spin_lock(&p->lock);
	list_for_each_entry_safe(w, next, &p->oldest, age) {
		waiting_take(p, w, &drop);
		if (!w->releasing)
			waiting_free(p, w);
	}
	spin_unlock(&p->lock);
	while ((skb = __skb_dequeue(&drop)))
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_PARK_TIMEOUT);
	local_bh_enable();
}

/**
 * lisp_pending_destroy() - free all, stop the timer
 * @ld: device that nobody can reach any more
 *
 * Context: process.
 */
void lisp_pending_destroy(struct lisp_dev *ld)
{
	lisp_pending_flush(ld);
	cancel_delayed_work_sync(&ld->pending.work);
	WARN_ON_ONCE(!list_empty(&ld->pending.oldest));
}
