// SPDX-License-Identifier: GPL-2.0
/*
 * Map-server: the sites, their configured EID-prefixes and what is registered.
 * One table holds both; a more-specific that is only registered leaves the
 * table with its registration.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "internal.h"

#define LIFETIME	(180 * LISP_SEC)	/* RFC 9301 8.2 */
#define LIFETIME_MAX	1440u			/* minutes, with the T-bit */

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
		lisp_timer_stop(&core->timers, &to_prefix(e)->timer);
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

static struct lisp_eid cut(const struct lisp_eid *eid, unsigned int plen)
{
	struct lisp_eid e = *eid;
	unsigned int i;

	e.plen = (uint8_t)plen;
	for (i = plen; i < LISP_ADDR_BYTES * 8; i++)
		e.bytes[i / 8] &= (uint8_t)~(0x80u >> i % 8);
	return e;
}

bool site_hole(const struct lisp_ms *ms, const struct lisp_eid *eid,
	       struct lisp_eid *hole)
{
	const struct ms_prefix *p = site_configured(ms, eid);
	unsigned int plen = p ? p->e.eid.plen : 0;

	*hole = *eid;
	if (eid->afi != LISP_AFI_IPV4 && eid->afi != LISP_AFI_IPV6)
		return true;
	for (; plen <= eid->plen; plen++) {
		*hole = cut(eid, plen);
		if (!lisp_table_has_inside(&ms->prefixes, hole))
			return true;
	}
	return false;
}

static void drop_registration(struct lisp_core *core, struct lisp_ms *ms,
			      struct ms_prefix *p)
{
	lisp_timer_stop(&core->timers, &p->timer);
	if (p->up)
		p->site->n_registered--;
	p->up = false;
	if (p->configured)
		return;
	lisp_table_remove(&ms->prefixes, &p->e);
	free_prefix(&p->e);
}

static void expire(struct lisp_core *core, struct lisp_timer *t)
{
	struct ms_prefix *p = container_of(t, struct ms_prefix, timer);

	lisp_count(core, LISP_STAT_REG_EXPIRED);
	lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s %s site %s, change state to down (method: map-register, state: expired)",
		   lisp_eid_str(&p->e.eid, LISP_S),
		   lisp_addr_str(&p->registrant, LISP_S), p->site->cfg->name);
	lisp_log(core, LOG_NOTICE, "site %s: registration of %s by %s expired",
		 p->site->cfg->name, lisp_eid_str(&p->e.eid, LISP_S),
		 lisp_addr_str(&p->registrant, LISP_S));
	drop_registration(core, &core->ms, p);
}

static bool same_etr(const struct ms_prefix *p,
		     const struct lisp_endpoint *from,
		     const struct lisp_map_register *m)
{
	if (p->has_xtr_id && m->has_xtr_id)
		return p->site_id == m->site_id &&
		       !memcmp(p->xtr_id, m->xtr_id, sizeof(p->xtr_id));
	return lisp_addr_equal(&p->registrant, &from->addr);
}

void site_withdraw(struct lisp_core *core, struct site *site,
		   const struct lisp_endpoint *from,
		   const struct lisp_map_register *m,
		   const struct lisp_eid *eid)
{
	struct ms_prefix *p = to_prefix(lisp_table_find(&core->ms.prefixes,
							eid));

	if (!p || !p->up || p->site != site || !same_etr(p, from, m))
		return;
	lisp_count(core, LISP_STAT_REG_WITHDRAW);
	lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s %s site %s, change state to down (method: map-register, state: withdrawn)",
		   lisp_eid_str(eid, LISP_S),
		   lisp_addr_str(&p->registrant, LISP_S), site->cfg->name);
	drop_registration(core, &core->ms, p);
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

static lisp_time lifetime(const struct lisp_map_register *m,
			  const struct lisp_record *r)
{
	uint32_t minutes = r->ttl > LIFETIME_MAX ? LIFETIME_MAX : r->ttl;

	return m->use_ttl ? minutes * 60 * LISP_SEC : LIFETIME;
}

int site_register(struct lisp_core *core, struct site *site,
		  const struct lisp_endpoint *from,
		  const struct lisp_map_register *m,
		  const struct lisp_record *r)
{
	struct lisp_record copy;
	struct ms_prefix *p;
	int err = lisp_record_copy(&copy, r);

	if (err) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return err;
	}
	p = get_prefix(core, site, &r->eid, &err);
	if (!p) {
		lisp_record_free(&copy);
		return err;
	}
	lisp_record_free(&p->record);
	p->record = copy;
	p->has_record = true;
	if (!p->up) {
		site->n_registered++;
		p->first = core->now;
	}
	p->up = true;
	p->last = core->now;
	p->registrant = from->addr;
	p->proxy_reply = m->proxy_reply;
	p->want_notify = m->want_notify;
	p->has_xtr_id = m->has_xtr_id;
	memcpy(p->xtr_id, m->xtr_id, sizeof(p->xtr_id));
	p->site_id = m->site_id;
	p->nonce = m->nonce;
	p->expires = core->now + lifetime(m, r);
	lisp_timer_arm(&core->timers, &p->timer, p->expires, expire);
	lisp_count(core, LISP_STAT_REG_ACCEPTED);
	return 0;
}

/* The site of the same name; most often it has kept its place. */
static struct site *same_site(struct lisp_ms *ms, const struct lisp_ms *old,
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

/* What @o knows goes to the table under construction, if still allowed. */
static int carry_prefix(struct lisp_ms *ms, const struct lisp_ms *old,
			const struct ms_prefix *o)
{
	struct site *site = same_site(ms, old, o->site);
	struct ms_prefix *p;
	int err = 0;

	if (!site || !o->has_record || !site_allows(ms, site, &o->e.eid))
		return 0;
	p = to_prefix(lisp_table_find(&ms->prefixes, &o->e.eid));
	if (!p && !o->up)
		return 0;
	if (!p)
		p = add_prefix(ms, site, &o->e.eid, &err);
	if (err)
		return err;
	err = lisp_record_copy(&p->record, &o->record);
	if (err)
		return err;
	p->has_record = true;
	p->up = o->up;
	site->n_registered += o->up;
	p->first = o->first;
	p->last = o->last;
	p->expires = o->expires;
	p->registrant = o->registrant;
	p->proxy_reply = o->proxy_reply;
	p->want_notify = o->want_notify;
	p->has_xtr_id = o->has_xtr_id;
	memcpy(p->xtr_id, o->xtr_id, sizeof(p->xtr_id));
	p->site_id = o->site_id;
	p->nonce = o->nonce;
	return 0;
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

void site_apply(struct lisp_core *core, struct lisp_ms *old)
{
	struct lisp_ms *ms = &core->ms;
	struct lisp_entry *e;
	struct site *s, *o;
	unsigned int i;

	for (i = 0; i < old->n_sites; i++) {
		o = &old->sites[i];
		s = same_site(ms, old, o);
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
	for (e = lisp_table_next(&ms->prefixes, NULL); e;
	     e = lisp_table_next(&ms->prefixes, &e->eid)) {
		if (to_prefix(e)->up)
			lisp_timer_arm(&core->timers, &to_prefix(e)->timer,
				       to_prefix(e)->expires, expire);
	}
}
