/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The map-cache of a device: EID-prefixes, what to do with packets to them,
 * and for how long. Beside it the device's own EID-prefixes.
 */
#ifndef _LISP_MAPCACHE_H
#define _LISP_MAPCACHE_H

#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/workqueue.h>
#include <uapi/linux/lisp.h>
#include "addr.h"
#include "eid_trie.h"
#include "locset.h"

struct lisp_dev;

/**
 * struct lisp_prefix - an EID-prefix of either family
 * @addr: address, host bits zero
 * @plen: prefix length in bits
 */
struct lisp_prefix {
	struct lisp_addr addr;
	u8 plen;
};

/**
 * struct lisp_entry_spec - what an entry is to be
 * @eid: EID-prefix
 * @action: enum lisp_map_action
 * @origin: enum lisp_map_origin
 * @ttl: seconds, or LISP_TTL_FOREVER
 * @set: locator-set for LISP_MAP_ACTION_FORWARD, otherwise NULL; the caller's
 *	reference passes to the map-cache on success
 * @e: for lisp_mapcache_add(): the entry it makes, NULL when @old lives on
 * @old: for lisp_mapcache_add(): the entry of that EID-prefix before
 */
struct lisp_entry_spec {
	struct lisp_prefix eid;
	u8 action;
	u8 origin;
	u32 ttl;
	struct lisp_locset *set;
	struct lisp_entry *e;
	struct lisp_entry *old;
};

#define LISP_TTL_FOREVER	U32_MAX

/*
 * A coarse clock for entries: 32 bits that last for years, which jiffies of 32
 * bits do not.
 */
#define LISP_CLOCK_SHIFT	6

static_assert(((u64)U32_MAX << LISP_CLOCK_SHIFT) / HZ > 5ULL * 365 * 86400);

static inline u32 lisp_clock(void)
{
	u64 now = get_jiffies_64();

	return now >> LISP_CLOCK_SHIFT;
}

static inline u64 lisp_clock_since(u32 then)
{
	return (u64)(lisp_clock() - then) << LISP_CLOCK_SHIFT;
}

/**
 * struct lisp_entry - a map-cache entry
 * @leaf: EID-prefix; place in the trie
 * @family: AF_INET or AF_INET6
 * @action: enum lisp_map_action
 * @origin: enum lisp_map_origin
 * @finite: it expires; otherwise it lives until deleted or evicted
 * @created: lisp_clock() of the first entry of this prefix and origin
 * @used: lisp_clock() of the last packet, valid when @packets is not 0
 * @set: locator-set, a reference is held; NULL unless the action is forward
 * @packets: packets that met this entry
 * @bytes: their inner bytes
 * @rcu: defers freeing past readers
 *
 * Action, origin and set never change: a new mapping makes a new entry, which
 * takes the old one's place in the trie. There may be a million, so what only
 * some of them need is in struct lisp_dynamic.
 */
struct lisp_entry {
	struct eid_leaf leaf;
	u8 family;
	u8 action;
	u8 origin;
	bool finite;
	u32 created;
	u32 used;
	struct lisp_locset *set;
	atomic64_t packets;
	atomic64_t bytes;
	struct rcu_head rcu;
};

/**
 * struct lisp_dynamic - an entry that may end by itself
 * @e: the entry
 * @expires: jiffies at which it does if @e.finite; written with
 *	lisp_mapcache.lock held
 * @margin: jiffies before @expires at which @timer wants attention: to ask for
 *	a refresh; 0 when that is done; lisp_mapcache.lock
 * @seen: @e.packets when eviction last looked; lisp_mapcache.lock
 * @timer: in lisp_mapcache.timers when @e.finite; lisp_mapcache.lock
 * @lru: in lisp_mapcache.lru when of origin map-reply; lisp_mapcache.lock
 */
struct lisp_dynamic {
	struct lisp_entry e;
	unsigned long expires;
	u32 margin;
	u32 seen;
	struct rb_node timer;
	struct list_head lru;
};

/**
 * struct lisp_mapcache - all entries of a device
 * @lock: taken for every change of what follows
 * @v4: entries of family AF_INET
 * @v6: entries of family AF_INET6
 * @local4: the device's own EID-prefixes, struct lisp_local
 * @local6: the same for AF_INET6
 * @timers: entries with a TTL by when they want attention; protected by @lock
 * @lru: entries that may be evicted, those to go first at the head; @lock
 * @evictable: how many; @lock
 * @shrinking: @max_entries was lowered, and @work is yet to evict; @lock
 * @work: serves @timers, and evicts when @max_entries was lowered
 * @gen: bumped with every change, for consistent dumps
 * @max_entries: limit; written under @lock
 * @has_local: some local EID-prefix exists; written under @lock, read without
 */
struct lisp_mapcache {
	struct mutex lock;
	struct eid_trie v4, v6;
	struct eid_trie local4, local6;
	struct rb_root_cached timers;
	struct list_head lru;
	unsigned long evictable;
	bool shrinking;
	struct delayed_work work;
	atomic_t gen;
	u32 max_entries;
	bool has_local;
};

/**
 * struct lisp_local - a local EID-prefix
 * @leaf: place in the trie
 * @fresh: added by the request that is being carried out
 * @rcu: defers freeing past readers
 */
struct lisp_local {
	struct eid_leaf leaf;
	bool fresh;
	struct rcu_head rcu;
};

static inline struct eid_trie *lisp_mapcache_trie(struct lisp_mapcache *mc,
						  u8 family)
{
	return family == AF_INET ? &mc->v4 : &mc->v6;
}

static inline struct eid_trie *lisp_local_trie(struct lisp_mapcache *mc,
					       u8 family)
{
	return family == AF_INET ? &mc->local4 : &mc->local6;
}

static inline bool lisp_entry_is_dynamic(const struct lisp_entry *e)
{
	return e->finite || e->origin == LISP_MAP_ORIGIN_MAP_REPLY;
}

/* Only for those that are. */
static inline struct lisp_dynamic *lisp_dynamic(const struct lisp_entry *e)
{
	return container_of(e, struct lisp_dynamic, e);
}

static inline bool lisp_entry_expired(const struct lisp_entry *e)
{
	return e->finite &&
	       time_after_eq(jiffies, READ_ONCE(lisp_dynamic(e)->expires));
}

void lisp_mapcache_init(struct lisp_dev *ld);
void lisp_mapcache_destroy(struct lisp_dev *ld);

struct lisp_entry *lisp_mapcache_lookup(struct lisp_mapcache *mc, u8 family,
					const void *addr);
bool lisp_mapcache_is_local(struct lisp_mapcache *mc, u8 family,
			    const void *addr);

int lisp_mapcache_add(struct lisp_dev *ld, struct lisp_entry_spec *spec,
		      unsigned int n, bool *unveiled);
int lisp_mapcache_del(struct lisp_dev *ld, const struct lisp_prefix *eid);
void lisp_mapcache_flush(struct lisp_dev *ld, int origin);
void lisp_mapcache_limit(struct lisp_dev *ld, u32 max_entries);
unsigned long lisp_mapcache_count(const struct lisp_mapcache *mc);

int lisp_mapcache_slab_init(void);
void lisp_mapcache_slab_exit(void);

int lisp_local_add(struct lisp_dev *ld, const struct lisp_prefix *eid);
void lisp_local_added(struct lisp_dev *ld, const struct lisp_prefix *eid,
		      bool keep);
int lisp_local_del(struct lisp_dev *ld, const struct lisp_prefix *eid);

#endif
