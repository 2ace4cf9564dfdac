// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses that entries of the map-cache name: one struct rloc each,
 * however many entries there are, and each knows the entries that use it.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct rloc *rloc_of(struct lisp_entry *e)
{
	return e ? container_of(e, struct rloc, e) : NULL;
}

struct rloc *rloc_find(struct lisp_core *core, const struct lisp_addr *a)
{
	struct lisp_eid key = lisp_eid_from_addr(0, a);

	return rloc_of(lisp_table_find(&core->itr.rlocs, &key));
}

static struct rloc *get_rloc(struct lisp_core *core, const struct lisp_addr *a)
{
	struct lisp_table *t = &core->itr.rlocs;
	struct lisp_eid key = lisp_eid_from_addr(0, a);
	struct rloc *r = rloc_of(lisp_table_find(t, &key));

	if (r)
		return r;
	if (t->count >= LISP_RLOCS_MAX) {
		lisp_count(core, LISP_STAT_LIM_RLOCS);
		return NULL;
	}
	r = calloc(1, sizeof(*r));
	if (!r || lisp_table_insert(t, &r->e, &key)) {
		free(r);
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return NULL;
	}
	r->addr = *a;
	return r;
}

static void link_use(struct rloc_use *u, struct rloc *r)
{
	u->rloc = r;
	u->prev = NULL;
	u->next = r->uses;
	if (u->next)
		u->next->prev = u;
	r->uses = u;
}

static void drop_uses(struct lisp_core *core, struct rloc_use *uses,
		      unsigned int n)
{
	struct rloc_use *u;
	struct rloc *r;

	for (u = uses; u < uses + n; u++) {
		r = u->rloc;
		if (u->probed)
			probe_unlinked(r);
		r->n_used -= u->used;
		if (u->prev)
			u->prev->next = u->next;
		else
			r->uses = u->next;
		if (u->next)
			u->next->prev = u->prev;
		if (r->uses) {
			probe_update(core, r);
			continue;
		}
		probe_forget(core, r);
		lisp_table_remove(&core->itr.rlocs, &r->e);
		free(r);
	}
	free(uses);
}

void rloc_used(struct lisp_core *core, struct rloc_use *u, bool used)
{
	if (u->used == used)
		return;
	u->used = used;
	u->rloc->n_used += used ? 1 : -1;
	if (used && u->rloc->n_used == 1)
		probe_hurry(core, u->rloc);
}

void rloc_use_none(struct lisp_core *core, struct cache_entry *c)
{
	drop_uses(core, c->uses, c->n_uses);
	c->uses = NULL;
	c->n_uses = 0;
}

/* The new ones first: what stays keeps its state. */
void rloc_use_those(struct lisp_core *core, struct cache_entry *c,
		    const struct lisp_mapping *m)
{
	struct rloc_use *uses = NULL, *u;
	unsigned int i, n = 0;
	struct rloc *r;

	if (m->n_locators) {
		uses = calloc(m->n_locators, sizeof(*uses));
		if (!uses)
			lisp_count(core, LISP_STAT_NO_MEMORY);
	}
	for (i = 0; uses && i < m->n_locators && n < 255; i++) {
		if (!lisp_addr_is_rloc(&m->locators[i].addr))
			continue;
		r = get_rloc(core, &m->locators[i].addr);
		if (!r)
			continue;
		u = &uses[n++];
		u->entry = c;
		u->priority = m->locators[i].priority;
		u->weight = m->locators[i].weight;
		u->probed = m->origin == LISP_BY_MAP_REPLY && !m->proxied &&
			    u->priority != LISP_PRIORITY_UNUSED;
		link_use(u, r);
		if (u->probed)
			probe_linked(core, u);
		u->used = c->in_use && !m->proxied;
		r->n_used += u->used;
		probe_update(core, r);
	}
	if (!n) {
		free(uses);
		uses = NULL;
	}
	drop_uses(core, c->uses, c->n_uses);
	c->uses = uses;
	c->n_uses = (uint8_t)n;
	c->proxied = m->proxied;
}
