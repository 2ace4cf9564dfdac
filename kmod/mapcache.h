/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The map-cache of a device: EID-prefixes, what to do with packets to them,
 * and for how long. Beside it the device's own EID-prefixes.
 */
#ifndef _LISP_MAPCACHE_H
#define _LISP_MAPCACHE_H

#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/workqueue.h>
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
 */
struct lisp_entry_spec {
	struct lisp_prefix eid;
	u8 action;
	u8 origin;
	u32 ttl;
	struct lisp_locset *set;
};

#define LISP_TTL_FOREVER	U32_MAX

/**
 * struct lisp_entry - a map-cache entry
 * @leaf: EID-prefix; place in the trie
 * @family: AF_INET or AF_INET6
 * @action: enum lisp_map_action
 * @origin: enum lisp_map_origin
 * @finite: @expires counts; otherwise the entry lives until deleted
 * @asked: the refresh event was sent; protected by lisp_mapcache.lock
 * @set: locator-set, a reference is held; NULL unless the action is forward
 * @expires: jiffies; written with lisp_mapcache.lock held
 * @created: jiffies of the first entry of this prefix and origin
 * @used: jiffies of the last packet, valid when @packets is not 0
 * @due: jiffies at which @timer wants attention: to ask for a refresh, or to
 *	expire; protected by lisp_mapcache.lock
 * @timer: in lisp_mapcache.timers when @finite; lisp_mapcache.lock
 * @packets: packets that met this entry
 * @bytes: their inner bytes
 * @rcu: defers freeing past readers
 *
 * Action, origin and set never change: a new mapping makes a new entry, which
 * takes the old one's place in the trie.
 */
struct lisp_entry {
	struct eid_leaf leaf;
	u8 family;
	u8 action;
	u8 origin;
	bool finite;
	bool asked;
	struct lisp_locset *set;
	unsigned long expires;
	unsigned long created;
	unsigned long used;
	unsigned long due;
	struct rb_node timer;
	atomic64_t packets;
	atomic64_t bytes;
	struct rcu_head rcu;
};

/**
 * struct lisp_mapcache - all entries of a device
 * @lock: taken for every change of what follows
 * @v4: entries of family AF_INET
 * @v6: entries of family AF_INET6
 * @local4: the device's own EID-prefixes, struct lisp_local
 * @local6: the same for AF_INET6
 * @timers: entries with a TTL by @due; protected by @lock
 * @work: serves @timers
 * @gen: bumped with every change, for consistent dumps
 * @max_entries: limit; written under @lock
 * @has_local: some local EID-prefix exists; written under @lock, read without
 */
struct lisp_mapcache {
	struct mutex lock;
	struct eid_trie v4, v6;
	struct eid_trie local4, local6;
	struct rb_root_cached timers;
	struct delayed_work work;
	atomic_t gen;
	u32 max_entries;
	bool has_local;
};

/**
 * struct lisp_local - a local EID-prefix
 * @leaf: place in the trie
 * @rcu: defers freeing past readers
 */
struct lisp_local {
	struct eid_leaf leaf;
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

static inline bool lisp_entry_expired(const struct lisp_entry *e)
{
	return e->finite && time_after_eq(jiffies, READ_ONCE(e->expires));
}

void lisp_mapcache_init(struct lisp_dev *ld);
void lisp_mapcache_destroy(struct lisp_dev *ld);

struct lisp_entry *lisp_mapcache_lookup(struct lisp_mapcache *mc, u8 family,
					const void *addr);
bool lisp_mapcache_is_local(struct lisp_mapcache *mc, u8 family,
			    const void *addr);

int lisp_mapcache_reserve(struct lisp_dev *ld,
			  const struct lisp_entry_spec *spec, unsigned int n);
int lisp_mapcache_add(struct lisp_dev *ld, struct lisp_entry_spec *spec);
int lisp_mapcache_del(struct lisp_dev *ld, const struct lisp_prefix *eid);
void lisp_mapcache_flush(struct lisp_dev *ld, int origin);
unsigned long lisp_mapcache_count(const struct lisp_mapcache *mc);

int lisp_mapcache_slab_init(void);
void lisp_mapcache_slab_exit(void);

int lisp_local_add(struct lisp_dev *ld, const struct lisp_prefix *eid);
int lisp_local_del(struct lisp_dev *ld, const struct lisp_prefix *eid);

#endif
