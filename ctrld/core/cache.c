// SPDX-License-Identifier: GPL-2.0
/*
 * What the data plane holds, as far as we put it there or were told. It is
 * asked for SMRs and lifetimes only, never for forwarding.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static struct cache_entry *to_cache(struct lisp_entry *e)
{
	return e ? container_of(e, struct cache_entry, e) : NULL;
}

void cache_set(struct lisp_core *core, const struct lisp_mapping *m)
{
	struct lisp_table *t = &core->itr.cache;
	struct cache_entry *c = to_cache(lisp_table_find(t, &m->eid));

	if (!c) {
		if (t->count >= LISP_CACHE_MAX) {
			lisp_count(core, LISP_STAT_LIM_CACHE);
			return;
		}
		c = calloc(1, sizeof(*c));
		if (!c || lisp_table_insert(t, &c->e, &m->eid)) {
			free(c);
			lisp_count(core, LISP_STAT_NO_MEMORY);
			return;
		}
		usage_begin(core, c);
	}
	c->origin = m->origin;
	c->action = m->action;
	c->set = core->now;
	c->seen = core->itr.dumps;
	c->unverified = false;
	c->expires = m->forever ? LISP_TIME_NEVER :
				  core->now + m->ttl * LISP_SEC;
	rloc_use_those(core, c, m);
}

void cache_del(struct lisp_core *core, const struct lisp_eid *eid)
{
	struct lisp_table *t = &core->itr.cache;
	struct cache_entry *c = to_cache(lisp_table_find(t, eid));

	if (!c)
		return;
	lisp_table_remove(t, &c->e);
	rloc_use_none(core, c);
	free(c);
}

static bool expired(const struct lisp_core *core, const struct cache_entry *c)
{
	return c->expires <= core->now;
}

struct cache_entry *cache_find(struct lisp_core *core,
			       const struct lisp_eid *eid)
{
	struct cache_entry *c = to_cache(lisp_table_find(&core->itr.cache,
							 eid));

	return c && !expired(core, c) ? c : NULL;
}

struct cache_entry *cache_match(struct lisp_core *core,
				const struct lisp_eid *eid)
{
	struct lisp_table *t = &core->itr.cache;
	struct lisp_entry *e = lisp_table_match(t, eid);

	/* An expired entry must not hide a valid shorter one. */
	while (e && expired(core, to_cache(e)))
		e = lisp_table_parent(t, e);
	return to_cache(e);
}

bool cache_same(const struct cache_entry *c, const struct lisp_record *r)
{
	const struct lisp_locator *l;
	unsigned int i, k, n = 0;
	uint8_t priority;

	for (i = 0; i < r->n_locators; i++) {
		l = &r->locators[i];
		if (!lisp_addr_is_rloc(&l->addr))
			continue;
		priority = l->reachable ? l->priority : LISP_PRIORITY_UNUSED;
		for (k = 0; k < c->n_uses; k++) {
			if (lisp_addr_equal(&c->uses[k].rloc->addr, &l->addr) &&
			    c->uses[k].priority == priority &&
			    c->uses[k].weight == l->weight)
				break;
		}
		if (k == c->n_uses)
			return false;
		n++;
	}
	return n == c->n_uses;
}

static void release(struct lisp_entry *e)
{
	free(to_cache(e));
}

void cache_clear(struct lisp_core *core)
{
	struct lisp_table *t = &core->itr.cache;
	struct lisp_entry *e;

	for (e = lisp_table_next(t, NULL); e; e = lisp_table_next(t, &e->eid))
		rloc_use_none(core, to_cache(e));
	lisp_table_clear(t, release);
	lisp_table_clear(&core->itr.rlocs, NULL);
}

void cache_remove(struct lisp_core *core, const struct lisp_eid *eid)
{
	if (cache_is_default(core, eid)) {
		cache_add_default(core, eid);
		return;
	}
	core->ops.map_del(core->ctx, eid);
	cache_del(core, eid);		/* @eid may be the entry's own */
}

static bool serves(const struct lisp_config *cfg, uint32_t iid)
{
	unsigned int i;

	for (i = 0; i < cfg->n_devices; i++) {
		if (cfg->devices[i].iid == iid)
			return true;
	}
	return !cfg->n_devices && !iid;
}

/*
 * Does @cfg put an entry at @eid, and of which action? Without an EID space the
 * whole of an instance is asked about.
 */
static bool default_of(const struct lisp_config *cfg,
		       const struct lisp_eid *eid, uint8_t *action)
{
	unsigned int i;

	if (!cfg->itr || !serves(cfg, eid->iid) ||
	    (eid->afi != LISP_AFI_IPV4 && eid->afi != LISP_AFI_IPV6))
		return false;
	*action = LISP_ACT_SEND_MAP_REQUEST;
	for (i = 0; i < cfg->n_eid_space; i++) {
		if (lisp_eid_equal(&cfg->eid_space[i], eid)) {
			*action = LISP_ACT_SEND_MAP_REQUEST;
			return true;
		}
		if (cfg->eid_space[i].iid == eid->iid)
			*action = LISP_ACT_NATIVELY_FORWARD;
	}
	return !eid->plen;
}

bool cache_is_default(const struct lisp_core *core, const struct lisp_eid *eid)
{
	uint8_t action;

	return default_of(&core->cfg, eid, &action);
}

void cache_add_default(struct lisp_core *core, const struct lisp_eid *eid)
{
	struct lisp_locator locators[LISP_PETRS_MAX];
	struct lisp_mapping m = {
		.eid = *eid,
		.origin = LISP_BY_CONFIG,
		.forever = true,
		.locators = locators,
	};
	const struct cache_entry *c = cache_find(core, eid);

	if (c && c->origin == LISP_BY_STATIC)
		return;			/* the operator wants it otherwise */
	default_of(&core->cfg, eid, &m.action);
	petr_take(core, &m, locators);
	core->ops.map_add(core->ctx, &m);
	cache_set(core, &m);
}

static void add_default(struct lisp_core *core, const struct lisp_config *old,
			const struct lisp_eid *eid)
{
	uint8_t action, before;

	if (!default_of(&core->cfg, eid, &action))
		return;
	if (!default_of(old, eid, &before) || before != action ||
	    (action == LISP_ACT_NATIVELY_FORWARD &&
	     !petr_same(&core->cfg, old)))
		cache_add_default(core, eid);
}

static void add_defaults(struct lisp_core *core, const struct lisp_config *old)
{
	const struct lisp_config *cfg = &core->cfg;
	struct lisp_eid eid = { 0 };
	unsigned int i = 0;

	do {
		eid.iid = cfg->n_devices ? cfg->devices[i].iid : 0;
		eid.afi = LISP_AFI_IPV4;
		add_default(core, old, &eid);
		eid.afi = LISP_AFI_IPV6;
		add_default(core, old, &eid);
	} while (++i < cfg->n_devices);
	for (i = 0; i < cfg->n_eid_space; i++)
		add_default(core, old, &cfg->eid_space[i]);
}

/*
 * What a configuration has put there, this one or that of the daemon before us,
 * and is no longer wanted; or a negative answer that stands in its place.
 */
static void drop_defaults(struct lisp_core *core,
			  const struct lisp_config *old)
{
	struct lisp_table *t = &core->itr.cache;
	struct lisp_entry *e, *next;
	struct cache_entry *c;
	uint8_t action;

	for (e = lisp_table_next(t, NULL); e; e = next) {
		next = lisp_table_next(t, &e->eid);
		c = to_cache(e);
		if (default_of(&core->cfg, &e->eid, &action))
			continue;
		if (c->origin == LISP_BY_CONFIG ||
		    (c->origin == LISP_BY_MAP_REPLY &&
		     default_of(old, &e->eid, &action)))
			cache_remove(core, &e->eid);
	}
}

static bool same_places(const struct lisp_config *a,
			const struct lisp_config *b)
{
	unsigned int i;

	if (a->itr != b->itr || a->n_devices != b->n_devices ||
	    a->n_eid_space != b->n_eid_space)
		return false;
	for (i = 0; i < a->n_devices; i++) {
		if (a->devices[i].iid != b->devices[i].iid)
			return false;
	}
	for (i = 0; i < a->n_eid_space; i++) {
		if (!lisp_eid_equal(&a->eid_space[i], &b->eid_space[i]))
			return false;
	}
	return true;
}

/* Addresses may change often, and the map-cache be large. */
void cache_configure(struct lisp_core *core, const struct lisp_config *old)
{
	if (!same_places(&core->cfg, old))
		drop_defaults(core, old);
	add_defaults(core, old);
}
