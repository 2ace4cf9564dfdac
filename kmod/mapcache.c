// SPDX-License-Identifier: GPL-2.0
/*
 * The map-cache of a device and its local EID-prefixes.
 */
#include "mapcache.h"
#include "device.h"
#include "notify.h"

/* Entries served in one turn of the timer work, so that it never hogs. */
#define LISP_TIMER_BATCH	256

/* Entries deleted before a flush lets others have the lock. */
#define LISP_FLUSH_BATCH	256

/* Entries that were used which an eviction passes over, at most. */
#define LISP_EVICT_LOOK		1024

static struct kmem_cache *entry_cache, *dynamic_cache;

static struct lisp_entry *leaf_entry(struct eid_leaf *leaf)
{
	return leaf ? container_of(leaf, struct lisp_entry, leaf) : NULL;
}

static void entry_free(struct lisp_entry *e)
{
	if (lisp_entry_is_dynamic(e))
		kmem_cache_free(dynamic_cache, lisp_dynamic(e));
	else
		kmem_cache_free(entry_cache, e);
}

static void entry_free_rcu(struct rcu_head *rcu)
{
	entry_free(container_of(rcu, struct lisp_entry, rcu));
}

/* Readers may still look at @e and its set for a grace period. */
static void entry_release(struct lisp_dev *ld, struct lisp_entry *e)
{
	lisp_locset_put(ld->ln, e->set);
	call_rcu(&e->rcu, entry_free_rcu);
}

/* When its timer wants attention. */
static unsigned long dynamic_due(const struct lisp_dynamic *d)
{
	return d->expires - d->margin;
}

static bool timer_less(struct rb_node *a, const struct rb_node *b)
{
	return time_before(dynamic_due(rb_entry(a, struct lisp_dynamic, timer)),
			   dynamic_due(rb_entry(b, struct lisp_dynamic, timer)));
}

static struct lisp_dynamic *timer_first(struct lisp_mapcache *mc)
{
	struct rb_node *n = rb_first_cached(&mc->timers);

	return n ? rb_entry(n, struct lisp_dynamic, timer) : NULL;
}

/* More than there may be, and some that may be evicted. */
static bool mapcache_over(const struct lisp_mapcache *mc)
{
	return mc->evictable &&
	       lisp_mapcache_count(mc) > READ_ONCE(mc->max_entries);
}

static void timer_arm(struct lisp_mapcache *mc)
{
	struct lisp_dynamic *d = timer_first(mc);
	unsigned long now = jiffies, due = now;

	lockdep_assert_held(&mc->lock);
	if (!mc->shrinking) {
		if (!d)
			return;
		due = dynamic_due(d);
	}
	mod_delayed_work(system_power_efficient_wq, &mc->work,
			 time_after(due, now) ? due - now : 0);
}

static void timer_add(struct lisp_mapcache *mc, struct lisp_entry *e)
{
	lockdep_assert_held(&mc->lock);
	if (!e->finite)
		return;
	rb_add_cached(&lisp_dynamic(e)->timer, &mc->timers, timer_less);
	if (&timer_first(mc)->e == e)
		timer_arm(mc);
}

static void timer_del(struct lisp_mapcache *mc, struct lisp_entry *e)
{
	lockdep_assert_held(&mc->lock);
	if (e->finite)
		rb_erase_cached(&lisp_dynamic(e)->timer, &mc->timers);
}

static void lru_add(struct lisp_mapcache *mc, struct lisp_entry *e)
{
	struct lisp_dynamic *d;

	lockdep_assert_held(&mc->lock);
	if (e->origin != LISP_MAP_ORIGIN_MAP_REPLY)
		return;
	d = lisp_dynamic(e);
	d->seen = atomic64_read(&e->packets);
	list_add_tail(&d->lru, &mc->lru);
	mc->evictable++;
}

static void lru_del(struct lisp_mapcache *mc, struct lisp_entry *e)
{
	lockdep_assert_held(&mc->lock);
	if (e->origin != LISP_MAP_ORIGIN_MAP_REPLY ||
	    list_empty(&lisp_dynamic(e)->lru))
		return;
	list_del_init(&lisp_dynamic(e)->lru);
	mc->evictable--;
}

/* How long before the end an entry in use is to be renewed. */
static unsigned long refresh_margin(unsigned long ttl)
{
	return min(ttl / 10, 60UL * HZ);
}

/* @e->finite says whether there is an end, and stays. */
static void entry_set_life(struct lisp_entry *e, u32 ttl)
{
	unsigned long life;

	if (!e->finite)
		return;
	life = min_t(u64, (u64)ttl * HZ, MAX_JIFFY_OFFSET / 2);
	WRITE_ONCE(lisp_dynamic(e)->expires, jiffies + life);
	lisp_dynamic(e)->margin = refresh_margin(life);
}

static bool entry_in_use(const struct lisp_entry *e)
{
	u64 recent = 2 * lisp_dynamic(e)->margin + 10 * HZ;

	return atomic64_read(&e->packets) &&
	       lisp_clock_since(READ_ONCE(e->used)) < recent;
}

/* Out of everything, tell, and free after readers are done. */
static void entry_remove(struct lisp_dev *ld, struct lisp_entry *e, u8 cmd)
{
	struct lisp_mapcache *mc = &ld->mc;

	timer_del(mc, e);
	lru_del(mc, e);
	eid_trie_remove(lisp_mapcache_trie(mc, e->family), e->leaf.key,
			e->leaf.plen);
	atomic_inc(&mc->gen);
	lisp_notify_map(ld, cmd, e);
	entry_release(ld, e);
}

/*
 * Make one entry give way, of those in line (there must be one): the first that
 * was not used since it was put there. Those that were get to the end of the
 * line, a limited number of them: this is the clock algorithm, with a bound.
 *
 * Return: packets may have waited for it, and need no longer.
 */
static bool mapcache_evict(struct lisp_dev *ld)
{
	struct lisp_mapcache *mc = &ld->mc;
	struct lisp_dynamic *d;
	unsigned int look;
	bool asked;

	lockdep_assert_held(&mc->lock);
	for (look = 0; look < LISP_EVICT_LOOK; look++) {
		u32 packets;

		d = list_first_entry(&mc->lru, struct lisp_dynamic, lru);
		packets = atomic64_read(&d->e.packets);
		if (packets == d->seen)
			break;
		d->seen = packets;
		list_move_tail(&d->lru, &mc->lru);
	}
	d = list_first_entry(&mc->lru, struct lisp_dynamic, lru);
	asked = d->e.action == LISP_MAP_ACTION_SEND_MAP_REQUEST;
	entry_remove(ld, &d->e, LISP_CMD_MAP_EXPIRED_NTF);
	local_bh_disable();
	lisp_count(ld->stats, LISP_A_STATS_EVICTED);
	local_bh_enable();
	return asked;
}

static void entry_due(struct lisp_dev *ld, struct lisp_dynamic *d)
{
	struct lisp_entry *e = &d->e;

	if (lisp_entry_expired(e)) {
		entry_remove(ld, e, LISP_CMD_MAP_EXPIRED_NTF);
		return;
	}
	timer_del(&ld->mc, e);
	if (d->margin && entry_in_use(e))
		lisp_notify_map(ld, LISP_CMD_MAP_REFRESH_NTF, e);
	d->margin = 0;
	rb_add_cached(&d->timer, &ld->mc.timers, timer_less);
}

static void mapcache_work(struct work_struct *work)
{
	struct lisp_dev *ld = container_of(to_delayed_work(work),
					   struct lisp_dev, mc.work);
	struct lisp_mapcache *mc = &ld->mc;
	unsigned int n = 0;
	struct lisp_dynamic *d;

	mutex_lock(&mc->lock);
	while ((d = timer_first(mc)) && n++ < LISP_TIMER_BATCH &&
	       time_after_eq(jiffies, dynamic_due(d)))
		entry_due(ld, d);
	for (n = 0; n < LISP_TIMER_BATCH && mapcache_over(mc); n++)
		mapcache_evict(ld);
	mc->shrinking = mapcache_over(mc);
	timer_arm(mc);
	mutex_unlock(&mc->lock);
	/* Where an entry ended, a shorter one may have come into force. */
	lisp_pending_release(ld, NULL);
}

/**
 * lisp_mapcache_init() - make the map-cache of a new device, empty
 * @ld: device
 *
 * Context: process.
 */
void lisp_mapcache_init(struct lisp_dev *ld)
{
	struct lisp_mapcache *mc = &ld->mc;

	mutex_init(&mc->lock);
	eid_trie_init(&mc->v4, 32, &mc->lock);
	eid_trie_init(&mc->v6, 128, &mc->lock);
	eid_trie_init(&mc->local4, 32, &mc->lock);
	eid_trie_init(&mc->local6, 128, &mc->lock);
	mc->timers = RB_ROOT_CACHED;
	INIT_LIST_HEAD(&mc->lru);
	INIT_DELAYED_WORK(&mc->work, mapcache_work);
	atomic_set(&mc->gen, 1);
}

static void local_release(struct eid_leaf *leaf)
{
	kfree(container_of(leaf, struct lisp_local, leaf));
}

/**
 * lisp_mapcache_destroy() - free everything in it
 * @ld: device that nobody can reach any more
 *
 * Context: process.
 */
void lisp_mapcache_destroy(struct lisp_dev *ld)
{
	struct lisp_mapcache *mc = &ld->mc;

	lisp_mapcache_flush(ld, -1);
	cancel_delayed_work_sync(&mc->work);
	mutex_lock(&mc->lock);
	eid_trie_clear(&mc->local4, local_release);
	eid_trie_clear(&mc->local6, local_release);
	mutex_unlock(&mc->lock);
	mutex_destroy(&mc->lock);
}

/**
 * lisp_mapcache_lookup() - the entry that a packet to an address meets
 * @mc: map-cache
 * @family: AF_INET or AF_INET6
 * @addr: address
 *
 * The longest prefix that has not expired: an expired one never hides a
 * valid shorter one.
 *
 * Context: under RCU.
 * Return: entry, or NULL.
 */
struct lisp_entry *lisp_mapcache_lookup(struct lisp_mapcache *mc, u8 family,
					const void *addr)
{
	struct eid_trie *t = lisp_mapcache_trie(mc, family);
	struct lisp_entry *e = leaf_entry(eid_trie_lookup(t, addr));

	while (unlikely(e && lisp_entry_expired(e))) {
		if (!e->leaf.plen)
			return NULL;
		e = leaf_entry(eid_trie_lookup_max(t, addr, e->leaf.plen - 1));
	}
	return e;
}

/**
 * lisp_mapcache_is_local() - does an address belong to this site
 * @mc: map-cache
 * @family: AF_INET or AF_INET6
 * @addr: address
 *
 * Context: under RCU.
 * Return: true when it is in a local EID-prefix, or none is configured.
 */
bool lisp_mapcache_is_local(struct lisp_mapcache *mc, u8 family,
			    const void *addr)
{
	return !READ_ONCE(mc->has_local) ||
	       eid_trie_lookup(lisp_local_trie(mc, family), addr);
}

/**
 * lisp_mapcache_count() - entries in the map-cache
 * @mc: map-cache
 *
 * Context: any; exact only with the lock held.
 * Return: entries of both families.
 */
unsigned long lisp_mapcache_count(const struct lisp_mapcache *mc)
{
	return READ_ONCE(mc->v4.count) + READ_ONCE(mc->v6.count);
}

/**
 * lisp_mapcache_limit() - set how many entries there may be
 * @ld: device
 * @max_entries: limit
 *
 * Evicts in the background what is too many, as far as it may be evicted.
 *
 * Context: process, rtnl held; takes lisp_mapcache.lock.
 */
void lisp_mapcache_limit(struct lisp_dev *ld, u32 max_entries)
{
	mutex_lock(&ld->mc.lock);
	WRITE_ONCE(ld->mc.max_entries, max_entries);
	ld->mc.shrinking = mapcache_over(&ld->mc);
	timer_arm(&ld->mc);
	mutex_unlock(&ld->mc.lock);
}

static bool entry_same(const struct lisp_entry *old,
		       const struct lisp_entry_spec *spec)
{
	return old->action == spec->action && old->origin == spec->origin &&
	       old->set == spec->set &&
	       old->finite == (spec->ttl != LISP_TTL_FOREVER);
}

/* The same mapping again only lives longer: no new entry, no event. */
static void entry_renew(struct lisp_dev *ld, struct lisp_entry *old,
			const struct lisp_entry_spec *spec)
{
	timer_del(&ld->mc, old);
	entry_set_life(old, spec->ttl);
	timer_add(&ld->mc, old);
	atomic_inc(&ld->mc.gen);
	lisp_locset_put(ld->ln, spec->set);
}

static struct lisp_entry *entry_new(const struct lisp_entry_spec *spec)
{
	bool finite = spec->ttl != LISP_TTL_FOREVER;
	struct lisp_entry *e;

	if (finite || spec->origin == LISP_MAP_ORIGIN_MAP_REPLY)
		e = kmem_cache_zalloc(dynamic_cache, GFP_KERNEL);
	else
		e = kmem_cache_zalloc(entry_cache, GFP_KERNEL);
	if (!e)
		return NULL;
	memcpy(e->leaf.key, spec->eid.addr.bytes, sizeof(e->leaf.key));
	e->leaf.plen = spec->eid.plen;
	e->family = spec->eid.addr.family;
	e->action = spec->action;
	e->origin = spec->origin;
	e->finite = finite;
	e->set = spec->set;
	e->created = lisp_clock();
	if (lisp_entry_is_dynamic(e))
		INIT_LIST_HEAD(&lisp_dynamic(e)->lru);
	entry_set_life(e, spec->ttl);
	return e;
}

static void entry_inherit(struct lisp_entry *e, const struct lisp_entry *old)
{
	atomic64_set(&e->packets, atomic64_read(&old->packets));
	atomic64_set(&e->bytes, atomic64_read(&old->bytes));
	e->used = READ_ONCE(old->used);
	if (e->origin == old->origin)
		e->created = old->created;
}

/* Make an entry and put it into the trie, which entry_take_back() undoes. */
static int entry_put(struct lisp_dev *ld, struct lisp_entry_spec *spec)
{
	struct eid_trie *t = lisp_mapcache_trie(&ld->mc,
						spec->eid.addr.family);
	struct eid_leaf *former;
	int err;

	spec->e = NULL;
	spec->old = leaf_entry(eid_trie_find(t, spec->eid.addr.bytes,
					     spec->eid.plen));
	if (spec->old && entry_same(spec->old, spec))
		return 0;
	spec->e = entry_new(spec);
	if (!spec->e)
		return -ENOMEM;
	if (spec->old)
		entry_inherit(spec->e, spec->old);
	err = eid_trie_insert(t, &spec->e->leaf, &former);
	if (err) {
		entry_free(spec->e);
		return err;
	}
	atomic_inc(&ld->mc.gen);
	return 0;
}

/* Takes no memory: what is there can be replaced or removed without. */
static void entry_take_back(struct lisp_dev *ld, struct lisp_entry_spec *spec)
{
	struct lisp_prefix *eid = &spec->eid;
	struct eid_trie *t = lisp_mapcache_trie(&ld->mc, eid->addr.family);
	struct eid_leaf *former;

	if (!spec->e)
		return;
	if (spec->old)
		eid_trie_insert(t, &spec->old->leaf, &former);
	else
		eid_trie_remove(t, eid->addr.bytes, eid->plen);
	atomic_inc(&ld->mc.gen);
	/* Its locator-set is still the caller's. */
	call_rcu(&spec->e->rcu, entry_free_rcu);
}

/* What is in the trie stays there: all that goes with it. */
static void entry_settle(struct lisp_dev *ld, struct lisp_entry_spec *spec)
{
	struct lisp_entry *old = spec->old;

	if (!spec->e) {
		entry_renew(ld, old, spec);
	} else {
		timer_add(&ld->mc, spec->e);
		if (old) {
			timer_del(&ld->mc, old);
			lru_del(&ld->mc, old);
			entry_release(ld, old);
		}
		lisp_notify_map(ld, LISP_CMD_MAP_NEW_NTF, spec->e);
	}
	spec->set = NULL;
}

/* Unless another one of the same request has taken its place. */
static void entry_line_up(struct lisp_dev *ld,
			  const struct lisp_entry_spec *spec)
{
	struct eid_trie *t = lisp_mapcache_trie(&ld->mc,
						spec->eid.addr.family);

	if (!spec->e || spec->origin != LISP_MAP_ORIGIN_MAP_REPLY)
		return;
	if (leaf_entry(eid_trie_find(t, spec->eid.addr.bytes,
				     spec->eid.plen)) == spec->e)
		lru_add(&ld->mc, spec->e);
}

/* Evict as many as were added, at most. Return: as mapcache_evict(). */
static bool mapcache_make_room(struct lisp_dev *ld, unsigned long added)
{
	bool asked = false;

	while (added-- && mapcache_over(&ld->mc))
		asked |= mapcache_evict(ld);
	return asked;
}

static bool entry_evictable(const struct lisp_entry *e)
{
	return e->origin == LISP_MAP_ORIGIN_MAP_REPLY &&
	       !list_empty(&lisp_dynamic(e)->lru);
}

/*
 * All of @spec is in the trie: can what is too many be evicted, of those that
 * were there before and are not replaced?
 */
static bool mapcache_has_room(const struct lisp_mapcache *mc,
			      const struct lisp_entry_spec *spec,
			      unsigned int n)
{
	u64 max = (u64)READ_ONCE(mc->max_entries) + mc->evictable;
	unsigned int i;

	for (i = 0; i < n; i++)
		max -= spec[i].e && spec[i].old && entry_evictable(spec[i].old);
	return lisp_mapcache_count(mc) <= max;
}

/**
 * lisp_mapcache_add() - add entries, or replace those of the same EID-prefixes
 * @ld: device
 * @spec: the entries; their locator-sets are the map-cache's on success, and
 *	NULL then
 * @n: how many
 * @unveiled: set on success: an entry that asks was evicted for them, so that
 *	packets to other EID-prefixes may no longer have to wait
 *
 * All of them or none. Packets that wait for them are not sent on by this: see
 * lisp_pending_release().
 *
 * Context: process, lisp_mapcache.lock held; may sleep.
 * Return: 0, or -ENOMEM or -ENOSPC with nothing changed.
 */
int lisp_mapcache_add(struct lisp_dev *ld, struct lisp_entry_spec *spec,
		      unsigned int n, bool *unveiled)
{
	struct lisp_mapcache *mc = &ld->mc;
	unsigned long count = lisp_mapcache_count(mc), added;
	unsigned int i;
	int err;

	lockdep_assert_held(&mc->lock);
	for (i = 0; i < n; i++) {
		err = entry_put(ld, &spec[i]);
		if (err)
			goto err_undo;
	}
	added = lisp_mapcache_count(mc) - count;
	if (added && !mapcache_has_room(mc, spec, n)) {
		err = -ENOSPC;
		goto err_undo;
	}
	for (i = 0; i < n; i++)
		entry_settle(ld, &spec[i]);
	/* Others are to give way: these are not yet in line themselves. */
	*unveiled = mapcache_make_room(ld, added);
	for (i = 0; i < n; i++)
		entry_line_up(ld, &spec[i]);
	return 0;

err_undo:
	while (i--)
		entry_take_back(ld, &spec[i]);
	return err;
}

/**
 * lisp_mapcache_del() - delete the entry of exactly this EID-prefix
 * @ld: device
 * @eid: EID-prefix
 *
 * Context: process, lisp_mapcache.lock held.
 * Return: 0, or -ENOENT.
 */
int lisp_mapcache_del(struct lisp_dev *ld, const struct lisp_prefix *eid)
{
	struct eid_trie *t = lisp_mapcache_trie(&ld->mc, eid->addr.family);
	struct lisp_entry *e;

	lockdep_assert_held(&ld->mc.lock);
	e = leaf_entry(eid_trie_find(t, eid->addr.bytes, eid->plen));
	if (!e)
		return -ENOENT;
	entry_remove(ld, e, LISP_CMD_MAP_DEL_NTF);
	return 0;
}

/* The lock is given up now and then: what comes meanwhile may stay or go. */
static void trie_flush(struct lisp_dev *ld, struct eid_trie *t, int origin)
{
	u8 key[EID_KEY_BYTES_MAX] = {};
	struct lisp_entry *e;
	unsigned int n = 0;
	int plen = -1;

	mutex_lock(&ld->mc.lock);
	while ((e = leaf_entry(eid_trie_next(t, key, plen)))) {
		memcpy(key, e->leaf.key, sizeof(key));
		plen = e->leaf.plen;
		if (origin < 0 || e->origin == origin)
			entry_remove(ld, e, LISP_CMD_MAP_DEL_NTF);
		if (++n % LISP_FLUSH_BATCH)
			continue;
		mutex_unlock(&ld->mc.lock);
		cond_resched();
		mutex_lock(&ld->mc.lock);
	}
	mutex_unlock(&ld->mc.lock);
}

/**
 * lisp_mapcache_flush() - delete all entries of one origin, or all
 * @ld: device
 * @origin: enum lisp_map_origin, or -1 for all
 *
 * Context: process; takes lisp_mapcache.lock, never for long.
 */
void lisp_mapcache_flush(struct lisp_dev *ld, int origin)
{
	trie_flush(ld, &ld->mc.v4, origin);
	trie_flush(ld, &ld->mc.v6, origin);
}

/**
 * lisp_local_add() - add a local EID-prefix
 * @ld: device
 * @eid: EID-prefix
 *
 * To be followed by lisp_local_added(), under the same lock.
 *
 * Context: process, lisp_mapcache.lock held.
 * Return: 0 (also when it was there already), or -ENOMEM.
 */
int lisp_local_add(struct lisp_dev *ld, const struct lisp_prefix *eid)
{
	struct eid_trie *t = lisp_local_trie(&ld->mc, eid->addr.family);
	struct eid_leaf *former;
	struct lisp_local *local;
	int err;

	lockdep_assert_held(&ld->mc.lock);
	if (eid_trie_find(t, eid->addr.bytes, eid->plen))
		return 0;
	local = kzalloc(sizeof(*local), GFP_KERNEL_ACCOUNT);
	if (!local)
		return -ENOMEM;
	memcpy(local->leaf.key, eid->addr.bytes, sizeof(local->leaf.key));
	local->leaf.plen = eid->plen;
	local->fresh = true;
	err = eid_trie_insert(t, &local->leaf, &former);
	if (err) {
		kfree(local);
		return err;
	}
	WRITE_ONCE(ld->mc.has_local, true);
	return 0;
}

/**
 * lisp_local_added() - end of a request to add local EID-prefixes
 * @ld: device
 * @eid: one of those that lisp_local_add() was called for
 * @keep: all were added; otherwise it goes, if it was not there before
 *
 * Context: process, lisp_mapcache.lock held.
 */
void lisp_local_added(struct lisp_dev *ld, const struct lisp_prefix *eid,
		      bool keep)
{
	struct eid_leaf *leaf;
	struct lisp_local *local;

	lockdep_assert_held(&ld->mc.lock);
	leaf = eid_trie_find(lisp_local_trie(&ld->mc, eid->addr.family),
			     eid->addr.bytes, eid->plen);
	if (!leaf)
		return;
	local = container_of(leaf, struct lisp_local, leaf);
	if (keep)
		local->fresh = false;
	else if (local->fresh)
		lisp_local_del(ld, eid);
}

/**
 * lisp_local_del() - delete a local EID-prefix
 * @ld: device
 * @eid: EID-prefix
 *
 * Context: process, lisp_mapcache.lock held.
 * Return: 0, or -ENOENT.
 */
int lisp_local_del(struct lisp_dev *ld, const struct lisp_prefix *eid)
{
	struct eid_leaf *leaf;

	lockdep_assert_held(&ld->mc.lock);
	leaf = eid_trie_remove(lisp_local_trie(&ld->mc, eid->addr.family),
			       eid->addr.bytes, eid->plen);
	if (!leaf)
		return -ENOENT;
	WRITE_ONCE(ld->mc.has_local,
		   ld->mc.local4.count || ld->mc.local6.count);
	kfree_rcu(container_of(leaf, struct lisp_local, leaf), rcu);
	return 0;
}

/**
 * lisp_mapcache_slab_init() - make the slabs of entries
 *
 * Context: process, module init.
 * Return: 0, or -ENOMEM.
 */
int lisp_mapcache_slab_init(void)
{
	entry_cache = KMEM_CACHE(lisp_entry, SLAB_ACCOUNT);
	if (!entry_cache)
		return -ENOMEM;
	dynamic_cache = KMEM_CACHE(lisp_dynamic, SLAB_ACCOUNT);
	if (dynamic_cache)
		return 0;
	kmem_cache_destroy(entry_cache);
	return -ENOMEM;
}

/**
 * lisp_mapcache_slab_exit() - free the slabs
 *
 * Context: process, module exit, after rcu_barrier().
 */
void lisp_mapcache_slab_exit(void)
{
	kmem_cache_destroy(dynamic_cache);
	kmem_cache_destroy(entry_cache);
}
