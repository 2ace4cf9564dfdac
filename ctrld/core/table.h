/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of EID-prefixes of any instance-ID and family, on top of the trie
 * that the kernel module uses as well (kmod/eid_trie.h): one per (iid, family).
 */
#ifndef LISP_CORE_TABLE_H
#define LISP_CORE_TABLE_H

#include "../wire/addr.h"
#ifndef EID_TRIE_SINGLE_THREAD
#define EID_TRIE_SINGLE_THREAD		/* see trie.c */
#endif
#include "../../kmod/eid_trie.h"

/* Embedded first in whatever a table holds; @eid is set by the table. */
struct lisp_entry {
	struct eid_leaf leaf;
	struct lisp_eid eid;
};

struct lisp_trie;

struct lisp_table {
	unsigned int n_tries;
	struct lisp_trie **tries;	/* sorted by (iid, family) */
	unsigned long count;
};

void lisp_table_init(struct lisp_table *t);
/* Forget everything; @release (may be NULL) gets each entry once. */
void lisp_table_clear(struct lisp_table *t,
		      void (*release)(struct lisp_entry *e));

/* 0, -EEXIST, -EAFNOSUPPORT (not IPv4 or IPv6), -ENOMEM. */
int lisp_table_insert(struct lisp_table *t, struct lisp_entry *e,
		      const struct lisp_eid *eid);
void lisp_table_remove(struct lisp_table *t, struct lisp_entry *e);

struct lisp_entry *lisp_table_find(const struct lisp_table *t,
				   const struct lisp_eid *eid);
/* The longest prefix that covers @eid (or is it). */
struct lisp_entry *lisp_table_match(const struct lisp_table *t,
				    const struct lisp_eid *eid);
/* The next shorter prefix that covers @e. */
struct lisp_entry *lisp_table_parent(const struct lisp_table *t,
				     const struct lisp_entry *e);
/* In EID order; NULL starts. */
struct lisp_entry *lisp_table_next(const struct lisp_table *t,
				   const struct lisp_eid *after);
/* Entries inside @outer, itself excluded; @after NULL starts. */
struct lisp_entry *lisp_table_next_inside(const struct lisp_table *t,
					  const struct lisp_eid *outer,
					  const struct lisp_eid *after);
bool lisp_table_has_inside(const struct lisp_table *t,
			   const struct lisp_eid *outer);
/*
 * The shortest prefix that covers @eid, has at least @plen bits (no more than
 * @eid) and has no entry inside. False when there are some inside @eid itself.
 */
bool lisp_table_hole(const struct lisp_table *t, const struct lisp_eid *eid,
		     unsigned int plen, struct lisp_eid *hole);

#endif
