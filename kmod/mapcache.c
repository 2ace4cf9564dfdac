// SPDX-License-Identifier: GPL-2.0
/*
 * The map-cache of a device and its local EID-prefixes.
 */
#include "mapcache.h"
#include "device.h"
#include "notify.h"

/* Entries served in one turn of the timer work, so that it never hogs. */
#define LISP_TIMER_BATCH	256

static struct kmem_cache *entry_cache;

static struct lisp_entry *leaf_entry(struct eid_leaf *leaf)
{
	return leaf ? container_of(leaf, struct lisp_entry, leaf) : NULL;
}

static void entry_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(entry_cache, container_of(rcu, struct lisp_entry, rcu));
}

/* Readers may still look at @e and its set for a grace period. */
static void entry_release(struct lisp_dev *ld, struct lisp_entry *e)
{
	lisp_locset_put(ld->ln, e->set);
	call_rcu(&e->rcu, entry_free_rcu);
}

static bool timer_less(struct rb_node *a, const struct rb_node *b)
{
	return time_before(rb_entry(a, struct lisp_entry, timer)->due,
			   rb_entry(b, struct lisp_entry, timer)->due);
}

static struct lisp_entry *timer_first(struct lisp_mapcache *mc)
{
	struct rb_node *n = rb_first_cached(&mc->timers);

	return n ? rb_entry(n, struct lisp_entry, timer) : NULL;
}

static void timer_arm(struct lisp_mapcache *mc)
{
	struct lisp_entry *e = timer_first(mc);
	unsigned long now = jiffies;

	if (e)
		mod_delayed_work(system_power_efficient_wq, &mc->work,
				 time_after(e->due, now) ? e->due - now : 0);
}

static void timer_add(struct lisp_mapcache *mc, struct lisp_entry *e)
{
	lockdep_assert_held(&mc->lock);
	if (!e->finite)
		return;
	rb_add_cached(&e->timer, &mc->timers, timer_less);
	if (timer_first(mc) == e)
		timer_arm(mc);
}

static void timer_del(struct lisp_mapcache *mc, struct lisp_entry *e)
{
	lockdep_assert_held(&mc->lock);
	if (e->finite)
		rb_erase_cached(&e->timer, &mc->timers);
}

/* How long before the end an entry in use is to be renewed. */
static unsigned long refresh_margin(unsigned long ttl)
{
	return min(ttl / 10, 60UL * HZ);
}

static void entry_set_life(struct lisp_entry *e, u32 ttl)
{
	unsigned long now = jiffies, life;

	e->finite = ttl != LISP_TTL_FOREVER;
	e->asked = false;
	if (!e->finite)
		return;
	life = min_t(u64, (u64)ttl * HZ, MAX_JIFFY_OFFSET / 2);
	WRITE_ONCE(e->expires, now + life);
	e->due = e->expires - refresh_margin(life);
}

static bool entry_in_use(const struct lisp_entry *e)
{
	unsigned long recent = 2 * (e->expires - e->due) + 10 * HZ;

	return atomic64_read(&e->packets) &&
	       time_after(READ_ONCE(e->used) + recent, jiffies);
}

static void entry_expire(struct lisp_dev *ld, struct lisp_entry *e)
{
	struct lisp_mapcache *mc = &ld->mc;

	eid_trie_remove(lisp_mapcache_trie(mc, e->family), e->leaf.key,
			e->leaf.plen);
	atomic_inc(&mc->gen);
	lisp_notify_map(ld, LISP_CMD_MAP_EXPIRED_NTF, e);
	entry_release(ld, e);
}

static void entry_due(struct lisp_dev *ld, struct lisp_entry *e)
{
	timer_del(&ld->mc, e);
	if (lisp_entry_expired(e)) {
		entry_expire(ld, e);
		return;
	}
	if (!e->asked && entry_in_use(e))
		lisp_notify_map(ld, LISP_CMD_MAP_REFRESH_NTF, e);
	e->asked = true;
	e->due = e->expires;
	rb_add_cached(&e->timer, &ld->mc.timers, timer_less);
}

static void mapcache_work(struct work_struct *work)
{
	struct lisp_dev *ld = container_of(to_delayed_work(work),
					   struct lisp_dev, mc.work);
	unsigned int n = 0;
	struct lisp_entry *e;

	mutex_lock(&ld->mc.lock);
	while ((e = timer_first(&ld->mc)) && n++ < LISP_TIMER_BATCH &&
	       time_after_eq(jiffies, e->due))
		entry_due(ld, e);
	timer_arm(&ld->mc);
	mutex_unlock(&ld->mc.lock);
	/* Where an entry ended, a shorter one may have come into force. */
	lisp_pending_release(ld);
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
 * lisp_mapcache_reserve() - is there room for entries, before any is added
 * @ld: device
 * @spec: entries to be added
 * @n: how many
 *
 * Context: process, lisp_mapcache.lock held.
 * Return: 0, or -ENOSPC when the new ones among them pass the limit.
 */
int lisp_mapcache_reserve(struct lisp_dev *ld,
			  const struct lisp_entry_spec *spec, unsigned int n)
{
	struct lisp_mapcache *mc = &ld->mc;
	unsigned long count = lisp_mapcache_count(mc);
	unsigned int i;

	lockdep_assert_held(&mc->lock);
	if (count + n <= mc->max_entries)
		return 0;
	for (i = 0; i < n; i++) {
		const struct lisp_prefix *eid = &spec[i].eid;

		if (!eid_trie_find(lisp_mapcache_trie(mc, eid->addr.family),
				   eid->addr.bytes, eid->plen))
			count++;
	}
	return count > mc->max_entries ? -ENOSPC : 0;
}

/* The same mapping again only lives longer: no new entry, no event. */
static bool entry_renew(struct lisp_dev *ld, struct lisp_entry *old,
			const struct lisp_entry_spec *spec)
{
	if (old->action != spec->action || old->origin != spec->origin ||
	    old->set != spec->set ||
	    old->finite != (spec->ttl != LISP_TTL_FOREVER))
		return false;
	timer_del(&ld->mc, old);
	entry_set_life(old, spec->ttl);
	timer_add(&ld->mc, old);
	atomic_inc(&ld->mc.gen);
	lisp_locset_put(ld->ln, spec->set);
	return true;
}

static struct lisp_entry *entry_new(const struct lisp_entry_spec *spec)
{
	struct lisp_entry *e = kmem_cache_zalloc(entry_cache, GFP_KERNEL);

	if (!e)
		return NULL;
	memcpy(e->leaf.key, spec->eid.addr.bytes, sizeof(e->leaf.key));
	e->leaf.plen = spec->eid.plen;
	e->family = spec->eid.addr.family;
	e->action = spec->action;
	e->origin = spec->origin;
	e->set = spec->set;
	e->created = jiffies;
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

/**
 * lisp_mapcache_add() - add an entry, or replace that of the same EID-prefix
 * @ld: device
 * @spec: the entry; its locator-set belongs to the map-cache on success
 *
 * Packets that wait for it are not sent on by this: see
 * lisp_pending_release().
 *
 * Context: process, lisp_mapcache.lock held; may sleep.
 * Return: 0, or -ENOMEM with nothing changed.
 */
int lisp_mapcache_add(struct lisp_dev *ld, struct lisp_entry_spec *spec)
{
	struct eid_trie *t = lisp_mapcache_trie(&ld->mc,
						spec->eid.addr.family);
	struct lisp_entry *e, *old;
	struct eid_leaf *former;
	int err;

	lockdep_assert_held(&ld->mc.lock);
	old = leaf_entry(eid_trie_find(t, spec->eid.addr.bytes,
				       spec->eid.plen));
	if (old && entry_renew(ld, old, spec))
		return 0;
	e = entry_new(spec);
	if (!e)
		return -ENOMEM;
	if (old)
		entry_inherit(e, old);
	err = eid_trie_insert(t, &e->leaf, &former);
	if (err) {
		kmem_cache_free(entry_cache, e);
		return err;
	}
	atomic_inc(&ld->mc.gen);
	timer_add(&ld->mc, e);
	if (old) {
		timer_del(&ld->mc, old);
		entry_release(ld, old);
	}
	lisp_notify_map(ld, LISP_CMD_MAP_NEW_NTF, e);
	return 0;
}

static void entry_del(struct lisp_dev *ld, struct lisp_entry *e)
{
	timer_del(&ld->mc, e);
	eid_trie_remove(lisp_mapcache_trie(&ld->mc, e->family), e->leaf.key,
			e->leaf.plen);
	atomic_inc(&ld->mc.gen);
	lisp_notify_map(ld, LISP_CMD_MAP_DEL_NTF, e);
	entry_release(ld, e);
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
	entry_del(ld, e);
	return 0;
}

static void trie_flush(struct lisp_dev *ld, struct eid_trie *t, int origin)
{
	u8 key[EID_KEY_BYTES_MAX] = {};
	struct lisp_entry *e;
	int plen = -1;

	while ((e = leaf_entry(eid_trie_next(t, key, plen)))) {
		memcpy(key, e->leaf.key, sizeof(key));
		plen = e->leaf.plen;
		if (origin < 0 || e->origin == origin)
			entry_del(ld, e);
		cond_resched();
	}
}

/**
 * lisp_mapcache_flush() - delete all entries of one origin, or all
 * @ld: device
 * @origin: enum lisp_map_origin, or -1 for all
 *
 * Context: process; takes lisp_mapcache.lock.
 */
void lisp_mapcache_flush(struct lisp_dev *ld, int origin)
{
	mutex_lock(&ld->mc.lock);
	trie_flush(ld, &ld->mc.v4, origin);
	trie_flush(ld, &ld->mc.v6, origin);
	mutex_unlock(&ld->mc.lock);
}

/**
 * lisp_local_add() - add a local EID-prefix
 * @ld: device
 * @eid: EID-prefix
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
	local = kzalloc(sizeof(*local), GFP_KERNEL);
	if (!local)
		return -ENOMEM;
	memcpy(local->leaf.key, eid->addr.bytes, sizeof(local->leaf.key));
	local->leaf.plen = eid->plen;
	err = eid_trie_insert(t, &local->leaf, &former);
	if (err) {
		kfree(local);
		return err;
	}
	WRITE_ONCE(ld->mc.has_local, true);
	return 0;
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
 * lisp_mapcache_slab_init() - make the slab of entries
 *
 * Context: process, module init.
 * Return: 0, or -ENOMEM.
 */
int lisp_mapcache_slab_init(void)
{
	entry_cache = KMEM_CACHE(lisp_entry, 0);
	return entry_cache ? 0 : -ENOMEM;
}

/**
 * lisp_mapcache_slab_exit() - free the slab
 *
 * Context: process, module exit, after rcu_barrier().
 */
void lisp_mapcache_slab_exit(void)
{
	kmem_cache_destroy(entry_cache);
}
