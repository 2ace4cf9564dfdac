// SPDX-License-Identifier: GPL-2.0
/*
 * ITR: packets for hosts that are behind no ETR. With Proxy-ETRs configured,
 * what would be forwarded natively goes to them (RFC 6832 6.1): their locators
 * take the place of the negative answer, for the time that this lives.
 *
 * They are not probed: no record that a probe could ask for is theirs.
 */
#include "internal.h"

void petr_take(const struct lisp_core *core, struct lisp_mapping *m,
	       struct lisp_locator *locators)
{
	const struct lisp_config *cfg = &core->cfg;
	unsigned int i, n = 0;

	if (m->n_locators || m->action != LISP_ACT_NATIVELY_FORWARD)
		return;
	for (i = 0; i < cfg->n_petrs; i++) {
		/* A PETR that is an ITR, too, has itself in the list. */
		if (lisp_is_own_rloc(core, &cfg->petrs[i].addr))
			continue;
		locators[n++] = (struct lisp_locator){
			.addr = cfg->petrs[i].addr,
			.priority = cfg->petrs[i].priority,
			.weight = cfg->petrs[i].weight,
			.mpriority = LISP_PRIORITY_UNUSED,
			.reachable = true,
		};
	}
	if (!n)
		return;
	m->n_locators = n;
	m->action = LISP_ACT_NO_ACTION;
	m->proxied = true;
}

bool petr_same(const struct lisp_config *a, const struct lisp_config *b)
{
	unsigned int i;

	for (i = 0; a->n_petrs == b->n_petrs && i < a->n_petrs; i++) {
		if (!lisp_addr_equal(&a->petrs[i].addr, &b->petrs[i].addr) ||
		    a->petrs[i].priority != b->petrs[i].priority ||
		    a->petrs[i].weight != b->petrs[i].weight)
			return false;
	}
	return a->n_petrs == b->n_petrs;
}

/* All its locators are PETRs: taken over from the daemon before us, then. */
static bool looks_proxied(const struct lisp_config *cfg,
			  const struct cache_entry *c)
{
	unsigned int i, k;

	for (i = 0; i < c->n_uses; i++) {
		for (k = 0; k < cfg->n_petrs; k++) {
			if (lisp_addr_equal(&c->uses[i].rloc->addr,
					    &cfg->petrs[k].addr))
				break;
		}
		if (k == cfg->n_petrs)
			return false;
	}
	return c->n_uses;
}

static void mark_proxied(struct lisp_core *core, struct cache_entry *c)
{
	unsigned int i;

	c->proxied = true;
	for (i = 0; i < c->n_uses; i++) {
		rloc_used(core, &c->uses[i], false);
		if (c->uses[i].probed)
			probe_unlinked(c->uses[i].rloc);
		c->uses[i].probed = false;
	}
}

/* The next packet asks again: it waits, and is not lost. */
void petr_configure(struct lisp_core *core, const struct lisp_config *old)
{
	struct lisp_table *t = &core->itr.cache;
	struct lisp_entry *e, *next;
	struct cache_entry *c;

	if (!core->cfg.itr || petr_same(&core->cfg, old))
		return;
	for (e = lisp_table_next(t, NULL); e; e = next) {
		next = lisp_table_next(t, &e->eid);
		c = container_of(e, struct cache_entry, e);
		if (c->origin != LISP_BY_MAP_REPLY)
			continue;
		if (c->proxied || (!c->n_uses &&
				   c->action == LISP_ACT_NATIVELY_FORWARD))
			cache_remove(core, &e->eid);
		else if (looks_proxied(&core->cfg, c))
			mark_proxied(core, c);
	}
}
