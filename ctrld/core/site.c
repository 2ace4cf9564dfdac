// SPDX-License-Identifier: GPL-2.0
/*
 * Map-server: the sites, their configured EID-prefixes and what is registered.
 * One table holds both; a more-specific that is only registered leaves the
 * table with its registration.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static struct ms_prefix *to_prefix(struct lisp_entry *e)
{
	return e ? container_of(e, struct ms_prefix, e) : NULL;
}

static void free_prefix(struct lisp_entry *e)
{
	struct ms_prefix *p = to_prefix(e);

	lisp_record_free(&p->record);
	free(p);
}

void site_free(struct lisp_core *core, struct lisp_ms *ms)
{
	struct lisp_entry *e;
	unsigned int i;

	for (e = lisp_table_next(&ms->prefixes, NULL); e;
	     e = lisp_table_next(&ms->prefixes, &e->eid))
		registrant_free_all(core, to_prefix(e));
	lisp_table_clear(&ms->prefixes, free_prefix);
	for (i = 0; i < ms->n_sites; i++)
		replay_free(&ms->sites[i]);
	free(ms->sites);
	memset(ms, 0, sizeof(*ms));
}

static struct ms_prefix *add_prefix(struct lisp_ms *ms, struct site *site,
				    const struct lisp_eid *eid, int *err)
{
	struct ms_prefix *p = calloc(1, sizeof(*p));

	*err = p ? lisp_table_insert(&ms->prefixes, &p->e, eid) : -ENOMEM;
	if (*err) {
		free(p);
		return NULL;
	}
	p->site = site;
	return p;
}

static int build_site(struct lisp_ms *ms, struct site *site)
{
	const struct lisp_config_site *cfg = site->cfg;
	struct ms_prefix *p;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < cfg->n_prefixes; i++) {
		p = add_prefix(ms, site, &cfg->prefixes[i].eid, &err);
		if (!p)
			break;
		p->configured = true;
		p->accept_more_specifics =
			cfg->prefixes[i].accept_more_specifics;
	}
	return err;
}

struct ms_prefix *site_find(const struct lisp_ms *ms,
			    const struct lisp_eid *eid)
{
	return to_prefix(lisp_table_find(&ms->prefixes, eid));
}

struct ms_prefix *site_configured(const struct lisp_ms *ms,
				  const struct lisp_eid *eid)
{
	struct lisp_entry *e = lisp_table_match(&ms->prefixes, eid);

	while (e && !to_prefix(e)->configured)
		e = lisp_table_parent(&ms->prefixes, e);
	return to_prefix(e);
}

struct ms_prefix *site_registered(const struct lisp_ms *ms,
				  const struct lisp_eid *eid)
{
	struct lisp_entry *e = lisp_table_match(&ms->prefixes, eid);

	while (e && !to_prefix(e)->up)
		e = lisp_table_parent(&ms->prefixes, e);
	return to_prefix(e);
}

/* RFC 9301 8.2: as configured, or inside it where that is allowed. */
struct ms_prefix *site_allows(const struct lisp_ms *ms, const struct site *site,
			      const struct lisp_eid *eid)
{
	struct ms_prefix *p = site_configured(ms, eid);

	if (!p || p->site != site)
		return NULL;
	if (!p->accept_more_specifics && p->e.eid.plen != eid->plen)
		return NULL;
	return p;
}

bool site_hole(const struct lisp_ms *ms, const struct lisp_eid *eid,
	       struct lisp_eid *hole)
{
	const struct ms_prefix *p = site_configured(ms, eid);

	*hole = *eid;
	if (eid->afi != LISP_AFI_IPV4 && eid->afi != LISP_AFI_IPV6)
		return true;
	return lisp_table_hole(&ms->prefixes, eid, p ? p->e.eid.plen : 0, hole);
}

void site_down(struct lisp_core *core, struct ms_prefix *p)
{
	if (p->up)
		p->site->n_registered--;
	p->up = false;
	if (p->configured)
		return;
	lisp_table_remove(&core->ms.prefixes, &p->e);
	free_prefix(&p->e);
}

void site_withdraw(struct lisp_core *core, struct site *site,
		   const struct ms_source *src,
		   const struct lisp_map_register *m,
		   const struct lisp_eid *eid)
{
	struct ms_prefix *p = site_find(&core->ms, eid);
	struct ms_reg *g = NULL;

	if (p && p->up && p->site == site)
		g = registrant_find(p, &src->from->addr, m);
	if (g)
		registrant_withdraw(core, g);
}

static struct ms_prefix *get_prefix(struct lisp_core *core, struct site *site,
				    const struct lisp_eid *eid, int *err)
{
	struct lisp_entry *e = lisp_table_find(&core->ms.prefixes, eid);
	struct ms_prefix *p = to_prefix(e);

	*err = 0;
	if (p && p->up)
		return p;
	if (site->n_registered >= LISP_REGISTRATIONS_MAX ||
	    (site->cfg->max_registrations &&
	     site->n_registered >= site->cfg->max_registrations)) {
		lisp_count(core, LISP_STAT_LIM_REGISTRATIONS);
		*err = -ENOSPC;
		return NULL;
	}
	if (!p)
		p = add_prefix(&core->ms, site, eid, err);
	if (*err)
		lisp_count(core, LISP_STAT_NO_MEMORY);
	return p;
}

/* An entry that get_prefix() made, and that nobody has registered. */
static void unget_prefix(struct lisp_core *core, struct ms_prefix *p)
{
	if (!p->up && !p->configured)
		site_down(core, p);
}

int site_register(struct lisp_core *core, struct site *site,
		  const struct ms_source *src,
		  const struct lisp_map_register *m,
		  const struct lisp_record *r)
{
	struct ms_prefix *p;
	int err;

	p = get_prefix(core, site, &r->eid, &err);
	if (!p)
		return err;
	err = registrant_set(core, p, src, m, r);
	if (err) {
		unget_prefix(core, p);
		return err;
	}
	if (!p->up) {
		site->n_registered++;
		p->first = core->now;
	}
	p->up = true;
	p->last = core->now;
	p->registrant = src->from->addr;
	p->want_notify = m->want_notify;
	p->has_xtr_id = m->has_xtr_id;
	memcpy(p->xtr_id, m->xtr_id, sizeof(p->xtr_id));
	p->site_id = m->site_id;
	p->nonce = m->nonce;
	lisp_count(core, LISP_STAT_REG_ACCEPTED);
	return 0;
}

/* The site of the same name; most often it has kept its place. */
struct site *site_same(struct lisp_ms *ms, const struct lisp_ms *old,
		       const struct site *o)
{
	const char *name = o->cfg->name;
	size_t i = (size_t)(o - old->sites);

	if (i < ms->n_sites && !strcmp(ms->sites[i].cfg->name, name))
		return &ms->sites[i];
	for (i = 0; i < ms->n_sites; i++) {
		if (!strcmp(ms->sites[i].cfg->name, name))
			return &ms->sites[i];
	}
	return NULL;
}

/* A place for what @o knows in the table under construction, if allowed. */
static int carry_prefix(struct lisp_ms *ms, const struct lisp_ms *old,
			const struct ms_prefix *o)
{
	struct site *site = site_same(ms, old, o->site);
	struct ms_prefix *p;
	int err = 0;

	if (!site || !o->has_record || !site_allows(ms, site, &o->e.eid))
		return 0;
	p = to_prefix(lisp_table_find(&ms->prefixes, &o->e.eid));
	if (!p && !o->up)
		return 0;
	if (!p)
		p = add_prefix(ms, site, &o->e.eid, &err);
	if (!err)
		p->carried = true;
	return err;
}

static int carry(const struct lisp_ms *old, struct lisp_ms *ms)
{
	struct lisp_entry *e;
	int err = 0;

	for (e = lisp_table_next(&old->prefixes, NULL); e && !err;
	     e = lisp_table_next(&old->prefixes, &e->eid))
		err = carry_prefix(ms, old, to_prefix(e));
	return err;
}

int site_build(struct lisp_core *core, const struct lisp_config *cfg,
	       struct lisp_ms *ms)
{
	unsigned int i;
	int err = 0;

	if (!cfg->map_server || !cfg->n_sites)
		return 0;
	ms->sites = calloc(cfg->n_sites, sizeof(*ms->sites));
	if (!ms->sites)
		return -ENOMEM;
	ms->n_sites = cfg->n_sites;
	for (i = 0; i < ms->n_sites; i++)
		ms->sites[i].cfg = &cfg->sites[i];
	for (i = 0; !err && i < ms->n_sites; i++)
		err = build_site(ms, &ms->sites[i]);
	return err ? err : carry(&core->ms, ms);
}

/* All of @o but what its configuration says; its timers go on. */
static void take_over(struct ms_prefix *p, struct ms_prefix *o)
{
	struct ms_prefix new = *o;
	struct ms_reg *g;

	new.e = p->e;
	new.site = p->site;
	new.configured = p->configured;
	new.accept_more_specifics = p->accept_more_specifics;
	*p = new;
	p->site->n_registered += p->up;
	for (g = p->regs; g; g = g->next)
		g->prefix = p;
	o->regs = NULL;
	o->n_regs = 0;
	memset(&o->record, 0, sizeof(o->record));
}

void site_apply(struct lisp_core *core, struct lisp_ms *old)
{
	struct lisp_ms *ms = &core->ms;
	struct lisp_entry *e;
	struct ms_prefix *p;
	struct site *s, *o;
	unsigned int i;

	for (i = 0; i < old->n_sites; i++) {
		o = &old->sites[i];
		s = site_same(ms, old, o);
		if (!s)
			continue;
		s->auth_failures = o->auth_failures;
		s->rejected = o->rejected;
		s->replay = o->replay;
		s->n_replay = o->n_replay;
		s->seen = o->seen;
		s->n_seen = o->n_seen;
		s->next_seen = o->next_seen;
		o->replay = NULL;
		o->seen = NULL;
	}
	for (e = lisp_table_next(&old->prefixes, NULL); e;
	     e = lisp_table_next(&old->prefixes, &e->eid)) {
		p = site_find(ms, &e->eid);
		if (p && p->carried)
			take_over(p, to_prefix(e));
	}
	ms_notify_configure(core, old);
}
