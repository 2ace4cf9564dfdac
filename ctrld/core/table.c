// SPDX-License-Identifier: GPL-2.0
#include "table.h"

struct lisp_trie {
	uint32_t iid;
	uint16_t afi;
	struct eid_trie trie;
};

void lisp_table_init(struct lisp_table *t)
{
	memset(t, 0, sizeof(*t));
}

void lisp_table_clear(struct lisp_table *t,
		      void (*release)(struct lisp_entry *e))
{
	struct eid_leaf *leaf;
	struct eid_trie *trie;
	unsigned int i;

	for (i = 0; i < t->n_tries; i++) {
		trie = &t->tries[i]->trie;
		while ((leaf = eid_trie_next(trie, (u8[16]){ 0 }, -1))) {
			eid_trie_remove(trie, leaf->key, leaf->plen);
			if (release)
				release(container_of(leaf, struct lisp_entry,
						     leaf));
		}
		eid_trie_clear(trie, NULL);
		free(t->tries[i]);
	}
	free(t->tries);
	lisp_table_init(t);
}

/* Where (iid, afi) is, or would be. */
static unsigned int place(const struct lisp_table *t, uint32_t iid,
			  uint16_t afi)
{
	unsigned int lo = 0, hi = t->n_tries, mid;
	const struct lisp_trie *m;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		m = t->tries[mid];
		if (m->iid < iid || (m->iid == iid && m->afi < afi))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct eid_trie *trie_of(const struct lisp_table *t, uint32_t iid,
				uint16_t afi)
{
	unsigned int i = place(t, iid, afi);

	if (i == t->n_tries || t->tries[i]->iid != iid ||
	    t->tries[i]->afi != afi)
		return NULL;
	return &t->tries[i]->trie;
}

static struct eid_trie *trie_make(struct lisp_table *t, uint32_t iid,
				  uint16_t afi)
{
	unsigned int i = place(t, iid, afi);
	struct lisp_trie **tries, *n;

	tries = realloc(t->tries, (t->n_tries + 1) * sizeof(*tries));
	if (!tries)
		return NULL;
	t->tries = tries;
	n = calloc(1, sizeof(*n));
	if (!n)
		return NULL;
	n->iid = iid;
	n->afi = afi;
	eid_trie_init(&n->trie, lisp_afi_bits(afi), NULL);
	memmove(tries + i + 1, tries + i, (t->n_tries - i) * sizeof(*tries));
	tries[i] = n;
	t->n_tries++;
	return &n->trie;
}

static struct lisp_entry *entry_of(struct eid_leaf *leaf)
{
	return leaf ? container_of(leaf, struct lisp_entry, leaf) : NULL;
}

int lisp_table_insert(struct lisp_table *t, struct lisp_entry *e,
		      const struct lisp_eid *eid)
{
	struct eid_leaf *old = NULL;
	struct eid_trie *trie;
	int err;

	if (eid->afi != LISP_AFI_IPV4 && eid->afi != LISP_AFI_IPV6)
		return -EAFNOSUPPORT;
	trie = trie_of(t, eid->iid, eid->afi);
	if (!trie)
		trie = trie_make(t, eid->iid, eid->afi);
	if (!trie)
		return -ENOMEM;
	if (eid_trie_find(trie, eid->bytes, eid->plen))
		return -EEXIST;
	e->eid = *eid;
	memcpy(e->leaf.key, eid->bytes, sizeof(e->leaf.key));
	e->leaf.plen = eid->plen;
	err = eid_trie_insert(trie, &e->leaf, &old);
	if (!err)
		t->count++;
	return err;
}

void lisp_table_remove(struct lisp_table *t, struct lisp_entry *e)
{
	struct eid_trie *trie = trie_of(t, e->eid.iid, e->eid.afi);

	if (trie && eid_trie_remove(trie, e->leaf.key, e->leaf.plen))
		t->count--;
}

struct lisp_entry *lisp_table_find(const struct lisp_table *t,
				   const struct lisp_eid *eid)
{
	const struct eid_trie *trie = trie_of(t, eid->iid, eid->afi);

	return trie ? entry_of(eid_trie_find(trie, eid->bytes, eid->plen)) :
		      NULL;
}

struct lisp_entry *lisp_table_match(const struct lisp_table *t,
				    const struct lisp_eid *eid)
{
	const struct eid_trie *trie = trie_of(t, eid->iid, eid->afi);

	return trie ? entry_of(eid_trie_lookup_max(trie, eid->bytes,
						   eid->plen)) : NULL;
}

struct lisp_entry *lisp_table_parent(const struct lisp_table *t,
				     const struct lisp_entry *e)
{
	const struct eid_trie *trie = trie_of(t, e->eid.iid, e->eid.afi);

	if (!trie || !e->eid.plen)
		return NULL;
	return entry_of(eid_trie_lookup_max(trie, e->eid.bytes,
					    e->eid.plen - 1u));
}

struct lisp_entry *lisp_table_next(const struct lisp_table *t,
				   const struct lisp_eid *after)
{
	static const u8 zero[LISP_ADDR_BYTES];
	const struct eid_trie *trie;
	struct eid_leaf *leaf = NULL;
	unsigned int i = 0;

	if (after) {
		i = place(t, after->iid, after->afi);
		trie = trie_of(t, after->iid, after->afi);
		if (trie) {
			leaf = eid_trie_next(trie, after->bytes, after->plen);
			i++;
		}
	}
	for (; !leaf && i < t->n_tries; i++)
		leaf = eid_trie_next(&t->tries[i]->trie, zero, -1);
	return entry_of(leaf);
}

struct lisp_entry *lisp_table_next_inside(const struct lisp_table *t,
					  const struct lisp_eid *outer,
					  const struct lisp_eid *after)
{
	const struct eid_trie *trie = trie_of(t, outer->iid, outer->afi);
	struct lisp_entry *e;

	if (!trie)
		return NULL;
	if (!after)
		after = outer;
	e = entry_of(eid_trie_next(trie, after->bytes, after->plen));
	return e && lisp_eid_covers(outer, &e->eid) ? e : NULL;
}

bool lisp_table_has_inside(const struct lisp_table *t,
			   const struct lisp_eid *outer)
{
	const struct eid_trie *trie = trie_of(t, outer->iid, outer->afi);

	return trie && eid_trie_has_more_specific(trie, outer->bytes,
						  outer->plen);
}

static struct lisp_eid cut(const struct lisp_eid *eid, unsigned int plen)
{
	struct lisp_eid e = *eid;
	unsigned int i;

	e.plen = (uint8_t)plen;
	for (i = plen; i < LISP_ADDR_BYTES * 8; i++)
		e.bytes[i / 8] &= (uint8_t)~(0x80u >> i % 8);
	return e;
}

bool lisp_table_hole(const struct lisp_table *t, const struct lisp_eid *eid,
		     unsigned int plen, struct lisp_eid *hole)
{
	for (; plen <= eid->plen; plen++) {
		*hole = cut(eid, plen);
		if (!lisp_table_has_inside(t, hole))
			return true;
	}
	return false;
}
