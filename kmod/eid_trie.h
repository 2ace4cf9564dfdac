/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A longest-prefix-match table of EID-prefixes.
 *
 * One source for IPv4 and IPv6, for the kernel (RCU) and for user space
 * (liburcu). The trie owns its nodes and nothing else: leaves belong to the
 * caller, who embeds struct eid_leaf and frees it after a grace period.
 *
 * A table that is no longer wanted goes through eid_trie_clear(), which
 * returns all its memory. Nodes that updates leave behind are freed by the
 * kernel's own RCU machinery without a callback of ours, so that unloading
 * the module needs no rcu_barrier() on their account.
 */
#ifndef _LISP_EID_TRIE_H
#define _LISP_EID_TRIE_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#else
#include "eid_trie_user.h"
#endif

#define EID_KEY_BYTES_MAX	16

/**
 * struct eid_leaf - one prefix in a trie, embedded in the caller's object
 * @key: address in network order; bits past @plen are zero
 * @plen: prefix length in bits, 0..32 or 0..128
 *
 * Both fields are written before the leaf is inserted and never again. Of an
 * IPv4 key only the first four bytes count. The alignment frees the low bits
 * of a leaf's address for the trie.
 */
struct eid_leaf {
	u8 key[EID_KEY_BYTES_MAX] __aligned(4);
	u8 plen;
};

struct eid_trie_node;

/**
 * struct eid_trie - the table of one address family
 * @root: tagged pointer to the top node; readers under RCU, written with @lock
 * @lock: the caller's mutex, held around every update (asserted by lockdep)
 * @bits: key width, 32 or 128
 * @count: leaves present; protected by @lock
 * @bytes: bytes held by nodes, as asked of the allocator; protected by @lock
 * @holes: a removal that got no memory may have left an empty slot; @lock
 */
struct eid_trie {
	struct eid_trie_node __rcu *root;
	struct mutex *lock;
	unsigned int bits;
	unsigned long count;
	unsigned long bytes;
	bool holes;
};

void eid_trie_init(struct eid_trie *t, unsigned int bits, struct mutex *lock);
void eid_trie_clear(struct eid_trie *t, void (*release)(struct eid_leaf *leaf));

/* Readers: under rcu_read_lock() or its _bh sister, or with the lock held. */
struct eid_leaf *eid_trie_lookup(const struct eid_trie *t, const u8 *key);
struct eid_leaf *eid_trie_lookup_max(const struct eid_trie *t, const u8 *key,
				     unsigned int max_plen);
struct eid_leaf *eid_trie_find(const struct eid_trie *t, const u8 *key,
			       unsigned int plen);
struct eid_leaf *eid_trie_next(const struct eid_trie *t, const u8 *key,
			       int plen);
bool eid_trie_has_more_specific(const struct eid_trie *t, const u8 *key,
				unsigned int plen);

/* Writers: with the lock held; may sleep (GFP_KERNEL). */
int eid_trie_insert(struct eid_trie *t, struct eid_leaf *leaf,
		    struct eid_leaf **old);
struct eid_leaf *eid_trie_remove(struct eid_trie *t, const u8 *key,
				 unsigned int plen);

bool eid_prefix_match(const u8 *a, const u8 *b, unsigned int plen);

#endif
