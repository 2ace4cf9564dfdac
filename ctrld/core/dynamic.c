// SPDX-License-Identifier: GPL-2.0
/*
 * ETR: hosts that move between sites (dynamic EIDs).
 *
 * A host whose address lies in a prefix of "dynamic-eids" and that is seen on
 * the interface named there is registered with a host prefix. The map-server
 * tells with a Map-Notify when another ETR has registered it since: then it is
 * not here any more, its packets go the way of all others, and who may have it
 * in a map-cache is told to ask again (RFC 9301 6.1).
 */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "internal.h"

/* A host just gone elsewhere may still be heard of here. */
#define HOLD	LISP_SEC
/* Who has not registered the prefix around it is not told where it goes on. */
#define AWAY	(3600 * LISP_SEC)

static struct dyn_host *to_host(struct lisp_entry *e)
{
	return e ? container_of(e, struct dyn_host, e) : NULL;
}

static struct dyn_host *find(const struct lisp_core *core,
			     const struct lisp_eid *eid)
{
	return to_host(lisp_table_find(&core->etr.hosts, eid));
}

/* The longest prefix that @eid is in; of @interface, unless that is NULL. */
static const struct lisp_config_dynamic *
covering(const struct lisp_config *cfg, const struct lisp_eid *eid,
	 const char *interface)
{
	const struct lisp_config_dynamic *d, *best = NULL;
	unsigned int i;

	for (i = 0; cfg->etr && i < cfg->n_dynamic; i++) {
		d = &cfg->dynamic[i];
		if (lisp_eid_covers(&d->eid, eid) &&
		    (!interface || !strcmp(d->interface, interface)) &&
		    (!best || d->eid.plen > best->eid.plen))
			best = d;
	}
	return best;
}

static void tell_host(struct lisp_core *core, const struct dyn_host *h,
		      enum lisp_host where)
{
	if (core->ops.host)
		core->ops.host(core->ctx, &h->e.eid, h->cfg->interface, where);
}

static struct dyn_host *new_host(struct lisp_core *core,
				 const struct lisp_eid *eid,
				 const struct lisp_config_dynamic *cfg)
{
	struct lisp_table *t = &core->etr.hosts;
	struct dyn_host *h;

	if (t->count >= LISP_HOSTS_MAX) {
		lisp_count(core, LISP_STAT_LIM_HOSTS);
		return NULL;
	}
	h = calloc(1, sizeof(*h));
	if (!h || lisp_table_insert(t, &h->e, eid)) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		free(h);
		return NULL;
	}
	h->cfg = cfg;
	h->since = core->now;
	return h;
}

static void free_host(struct lisp_core *core, struct dyn_host *h)
{
	lisp_timer_stop(&core->timers, &h->timer);
	lisp_timer_stop(&core->timers, &h->forget);
	lisp_table_remove(&core->etr.hosts, &h->e);
	free(h);
}

/* What is registered and answered for it. */
static void set_mapping(struct dyn_host *h)
{
	h->m = (struct lisp_config_mapping){
		.eid = h->e.eid,
		.n_rlocs = h->cfg->n_rlocs,
		.rlocs = h->cfg->rlocs,
		.ttl_min = h->cfg->ttl_min,
	};
}

static bool add_to_db(struct lisp_core *core, struct dyn_host *h)
{
	set_mapping(h);
	if (!etr_add_host(&core->etr.db, &h->m))
		return true;
	lisp_count(core, LISP_STAT_NO_MEMORY);
	return false;
}

/* Somebody has told us where it is, or was: that is not true any more. */
static bool forget_mapping(struct lisp_core *core, const struct lisp_eid *eid)
{
	const struct cache_entry *c = cache_match(core, eid);
	bool known = c && c->origin == LISP_BY_MAP_REPLY && c->uses;

	if (known && lisp_eid_equal(&c->e.eid, eid)) {
		cache_del(core, eid);
		core->ops.map_del(core->ctx, eid);
	}
	return known;
}

static void arrive(struct lisp_core *core, struct dyn_host *h)
{
	if (!add_to_db(core, h)) {
		free_host(core, h);
		return;
	}
	lisp_timer_stop(&core->timers, &h->forget);
	h->here = true;
	h->since = core->now;
	lisp_count(core, LISP_STAT_HOST_SEEN);
	lisp_trace(core, LISP_TRACE_ETR, "Dynamic EID %s is here, on %s",
		   lisp_eid_str(&h->e.eid, LISP_S), h->cfg->interface);
	core->ops.eid_add(core->ctx, &h->e.eid);
	tell_host(core, h, LISP_HOST_HERE);
	reg_add_host(core, &h->m);
	if (forget_mapping(core, &h->e.eid))
		smr_tell(core, &h->e.eid);
}

/* It is not ours now; @h stays. */
static void depart(struct lisp_core *core, struct dyn_host *h)
{
	struct lisp_eid eid = h->e.eid;

	h->here = false;
	h->since = core->now;
	etr_del_host(&core->etr.db, &eid);
	core->ops.eid_del(core->ctx, &eid);
	reg_del_host(core, &eid);
	smr_tell(core, &eid);
}

/* Seen while it was held off: have somebody look whether it is really there. */
static void on_held(struct lisp_core *core, struct lisp_timer *t)
{
	tell_host(core, container_of(t, struct dyn_host, timer),
		  LISP_HOST_CHECK);
}

static void seen_away(struct lisp_core *core, struct dyn_host *h,
		      const struct lisp_config_dynamic *cfg)
{
	h->cfg = cfg;
	if (core->now - h->since >= HOLD) {
		lisp_timer_stop(&core->timers, &h->timer);
		arrive(core, h);
	} else if (!h->timer.armed) {
		lisp_timer_arm(&core->timers, &h->timer, h->since + HOLD,
			       on_held);
	}
}

void lisp_core_host_seen(struct lisp_core *core, lisp_time now,
			 const struct lisp_addr *addr, const char *interface)
{
	const struct lisp_config_dynamic *cfg = NULL;
	struct lisp_eid eid;
	struct dyn_host *h;
	unsigned int i;

	core->now = now;
	for (i = 0; i < core->cfg.n_dynamic && !cfg; i++) {
		eid = lisp_eid_from_addr(core->cfg.dynamic[i].eid.iid, addr);
		cfg = covering(&core->cfg, &eid, interface);
	}
	if (!cfg)
		return;
	h = find(core, &eid);
	if (h && h->here) {
		h->cfg = cfg;
		tell_host(core, h, LISP_HOST_HERE);
	} else if (h) {
		seen_away(core, h, cfg);
	} else if (!etr_find(core, &eid)) {	/* what is configured stays */
		h = new_host(core, &eid, cfg);
		if (h)
			arrive(core, h);
	}
	lisp_core_run(core, now);
}

void lisp_core_host_gone(struct lisp_core *core, lisp_time now,
			 const struct lisp_addr *addr, const char *interface)
{
	struct lisp_entry *e;
	struct lisp_eid eid;
	struct dyn_host *h;
	unsigned int i;

	core->now = now;
	for (i = 0; i < core->cfg.n_dynamic; i++) {
		eid = lisp_eid_from_addr(core->cfg.dynamic[i].eid.iid, addr);
		e = lisp_table_find(&core->etr.hosts, &eid);
		h = to_host(e);
		if (!h || !h->here || strcmp(h->cfg->interface, interface))
			continue;
		lisp_count(core, LISP_STAT_HOST_GONE);
		lisp_trace(core, LISP_TRACE_ETR, "Dynamic EID %s is gone from %s",
			   lisp_eid_str(&eid, LISP_S), interface);
		depart(core, h);
		tell_host(core, h, LISP_HOST_NONE);
		free_host(core, h);
	}
	lisp_core_run(core, now);
}

static bool is_here(const struct lisp_core *core, const struct lisp_record *r,
		    const struct lisp_config_dynamic *cfg)
{
	unsigned int i, k;

	for (i = 0; i < r->n_locators; i++) {
		if (lisp_is_own_rloc(core, &r->locators[i].addr))
			return true;
		for (k = 0; cfg && k < cfg->n_rlocs; k++) {
			if (cfg->rlocs[k].addr.afi &&
			    lisp_addr_equal(&cfg->rlocs[k].addr,
					    &r->locators[i].addr))
				return true;
		}
	}
	return false;
}

static bool is_host(const struct lisp_eid *eid)
{
	return eid->plen == lisp_afi_bits(eid->afi);
}

static void on_forget(struct lisp_core *core, struct lisp_timer *t)
{
	struct dyn_host *h = container_of(t, struct dyn_host, forget);

	if (lisp_table_match(&core->etr.db, &h->e.eid))
		return;
	tell_host(core, h, LISP_HOST_NONE);
	free_host(core, h);
}

static void moved(struct lisp_core *core, struct dyn_host *h,
		  const struct lisp_record *r)
{
	char buf[256];

	if (h->here) {
		lisp_count(core, LISP_STAT_HOST_MOVED);
		lisp_trace(core, LISP_TRACE_ETR, "Dynamic EID %s has moved: %s",
			   lisp_eid_str(&h->e.eid, LISP_S),
			   lisp_locators_str(r, buf, sizeof(buf)));
		depart(core, h);
	}
	tell_host(core, h, LISP_HOST_AWAY);
	lisp_timer_arm(&core->timers, &h->forget, core->now + AWAY, on_forget);
}

void dyn_elsewhere(struct lisp_core *core, const struct lisp_record *r)
{
	const struct lisp_config_dynamic *cfg = covering(&core->cfg, &r->eid,
							 NULL);
	struct dyn_host *h = find(core, &r->eid);
	bool gone = !r->ttl || !r->n_locators;

	if (is_here(core, r, h ? h->cfg : cfg))
		return;
	if (gone) {			/* where the prefix around it is */
		if (!h || h->here)
			return;
		tell_host(core, h, LISP_HOST_NONE);
		free_host(core, h);
		return;
	}
	if (h) {
		moved(core, h, r);
		return;
	}
	if (lisp_table_match(&core->etr.db, &r->eid))
		smr_tell(core, &r->eid);	/* they may have it from us */
	h = cfg && is_host(&r->eid) ? new_host(core, &r->eid, cfg) : NULL;
	if (h)
		moved(core, h, r);
}

void lisp_core_host_adopt(struct lisp_core *core, lisp_time now,
			  const struct lisp_eid *eid)
{
	const struct lisp_config_dynamic *cfg = covering(&core->cfg, eid, NULL);
	struct dyn_host *h;

	core->now = now;
	if (!cfg || find(core, eid) || etr_find(core, eid))
		return;
	h = new_host(core, eid, cfg);
	if (h)
		lisp_timer_arm(&core->timers, &h->forget, now + AWAY,
			       on_forget);
}

/*
 * Into the new tables, with the locators of the new configuration. What it was
 * before is of the old one, which is still there.
 */
static bool carry(struct lisp_core *core, struct dyn_host *h,
		  const struct lisp_config_dynamic *cfg)
{
	struct lisp_config_mapping before = h->m;

	h->cfg = cfg;
	if (!h->here)
		return true;
	if (!add_to_db(core, h))
		return false;
	reg_build_host(core, &h->m);
	if (!smr_same_rlocs(&before, &h->m))
		smr_tell(core, &h->e.eid);
	return true;
}

/* Another configuration: the hosts of prefixes that are gone are not ours. */
void dyn_configure(struct lisp_core *core)
{
	const struct lisp_config_dynamic *cfg;
	struct lisp_entry *e, *next;
	struct dyn_host *h;

	for (e = lisp_table_next(&core->etr.hosts, NULL); e; e = next) {
		next = lisp_table_next(&core->etr.hosts, &e->eid);
		h = to_host(e);
		cfg = covering(&core->cfg, &e->eid, h->cfg->interface);
		if (cfg && !etr_find(core, &e->eid) && carry(core, h, cfg))
			continue;
		tell_host(core, h, LISP_HOST_NONE);
		free_host(core, h);
	}
}

void dyn_clear(struct lisp_core *core)
{
	struct lisp_entry *e;

	while ((e = lisp_table_next(&core->etr.hosts, NULL)))
		free_host(core, to_host(e));
	lisp_table_clear(&core->etr.hosts, NULL);
}

int lisp_core_show_hosts(const struct lisp_core *core,
			 int (*cb)(void *arg, const struct lisp_show_host *h),
			 void *arg)
{
	const struct lisp_table *t = &core->etr.hosts;
	struct lisp_show_host s;
	struct lisp_entry *e;
	struct dyn_host *h;
	int err = 0;

	for (e = lisp_table_next(t, NULL); e && !err;
	     e = lisp_table_next(t, &e->eid)) {
		h = to_host(e);
		s = (struct lisp_show_host){
			.eid = e->eid,
			.interface = h->cfg->interface,
			.here = h->here,
			.since = h->since,
		};
		err = cb(arg, &s);
	}
	return err;
}
