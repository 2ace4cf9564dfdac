// SPDX-License-Identifier: GPL-2.0
/* What `lispctl show` asks for. */
#include "internal.h"

static const struct reg_msg *find_msg(const struct reg_server *s,
				      const struct lisp_eid *eid)
{
	const struct reg_msg *m;
	unsigned int i;

	for (m = s->msgs; m; m = m->next) {
		for (i = 0; !m->withdraw && i < m->n_records; i++) {
			if (lisp_eid_equal(&m->records[i].eid, eid))
				return m;
		}
	}
	return NULL;
}

static void fill_servers(const struct lisp_core *core,
			 struct lisp_show_database *d)
{
	const unsigned int max = sizeof(d->servers) / sizeof(d->servers[0]);
	const struct reg_server *s;
	const struct reg_msg *m;

	for (s = core->etr.servers; s && d->n_servers < max; s = s->next) {
		m = find_msg(s, &d->mapping->eid);
		if (!m)
			continue;
		d->servers[d->n_servers++] = (struct lisp_show_ms){
			.addr = &s->cfg.addr,
			.acked = m->acked,
			.last_sent = m->last_sent,
			.last_ack = m->last_ack,
		};
	}
}

int lisp_core_show_database(const struct lisp_core *core,
			    int (*cb)(void *arg,
				      const struct lisp_show_database *d),
			    void *arg)
{
	const struct lisp_table *db = &core->etr.db;
	struct lisp_entry *e;
	int err = 0;

	for (e = lisp_table_next(db, NULL); e && !err;
	     e = lisp_table_next(db, &e->eid)) {
		struct lisp_show_database d = {
			.mapping = container_of(e, struct db_entry, e)->m,
		};

		fill_servers(core, &d);
		err = cb(arg, &d);
	}
	return err;
}

static void fill_registrants(const struct ms_prefix *p,
			     struct lisp_show_registration *r)
{
	const unsigned int max = sizeof(r->registrants) /
				 sizeof(r->registrants[0]);
	const struct ms_reg *g;

	for (g = p->regs; g && r->n_registrants < max; g = g->next)
		r->registrants[r->n_registrants++] =
			(struct lisp_show_registrant){
				.addr = &g->from,
				.xtr_id = g->has_xtr_id ? g->xtr_id : NULL,
				.merge = g->merge,
				.last = g->last,
				.expires = g->expires,
			};
}

static void fill_registration(const struct ms_prefix *p,
			      struct lisp_show_registration *r)
{
	*r = (struct lisp_show_registration){
		.site = p->site->cfg->name,
		.description = p->site->cfg->description,
		.eid = &p->e.eid,
		.configured = p->configured,
		.up = p->up,
		.first_registered = p->first,
		.last_registered = p->last,
		.expires = p->expires,
		.last_registrant = p->registrant,
		.record = p->has_record ? &p->record : NULL,
		.proxy_reply = p->proxy_reply,
		.want_notify = p->want_notify,
		.has_xtr_id = p->has_xtr_id,
		.site_id = p->site_id,
		.nonce = p->nonce,
		.auth_failures = p->site->auth_failures,
		.rejected = p->site->rejected,
	};
	memcpy(r->xtr_id, p->xtr_id, sizeof(r->xtr_id));
	fill_registrants(p, r);
}

int lisp_core_show_site(const struct lisp_core *core,
			int (*cb)(void *arg,
				  const struct lisp_show_registration *r),
			void *arg)
{
	const struct lisp_table *t = &core->ms.prefixes;
	struct lisp_show_registration r;
	struct lisp_entry *e;
	int err = 0;

	for (e = lisp_table_next(t, NULL); e && !err;
	     e = lisp_table_next(t, &e->eid)) {
		fill_registration(container_of(e, struct ms_prefix, e), &r);
		err = cb(arg, &r);
	}
	return err;
}

int lisp_core_show_requests(const struct lisp_core *core,
			    int (*cb)(void *arg,
				      const struct lisp_show_request *r),
			    void *arg)
{
	const struct lisp_table *t = &core->itr.requests;
	const struct itr_request *q;
	struct lisp_show_request r;
	struct lisp_entry *e;
	int err = 0;

	for (e = lisp_table_next(t, NULL); e && !err;
	     e = lisp_table_next(t, &e->eid)) {
		q = container_of(e, struct itr_request, e);
		if (q->state != ITR_ACTIVE)
			continue;
		r = (struct lisp_show_request){
			.eid = q->e.eid,
			.tries = q->tries,
			.since = q->since,
			.next_try = q->timer.at,
		};
		err = cb(arg, &r);
	}
	return err;
}

int lisp_core_show_resolvers(const struct lisp_core *core,
			     int (*cb)(void *arg,
				       const struct lisp_show_resolver *r),
			     void *arg)
{
	struct lisp_show_resolver s;
	const struct resolver *r;
	unsigned int i;
	int err = 0;

	for (i = 0; i < core->itr.n_resolvers && !err; i++) {
		r = &core->itr.resolvers[i];
		s = (struct lisp_show_resolver){
			.addr = r->addr,
			.priority = r->priority,
			.weight = r->weight,
			.avoided = r->avoid_until > core->now,
			.requests = r->requests,
			.replies = r->replies,
			.rtt = r->rtt,
			.last_asked = r->last_asked,
			.last_reply = r->last_reply,
		};
		err = cb(arg, &s);
	}
	return err;
}

int lisp_core_show_rlocs(const struct lisp_core *core,
			 int (*cb)(void *arg, const struct lisp_show_rloc *r),
			 void *arg)
{
	const struct lisp_table *t = &core->itr.rlocs;
	struct lisp_show_rloc s;
	const struct rloc *r;
	struct lisp_entry *e;
	int err = 0;

	for (e = lisp_table_next(t, NULL); e && !err;
	     e = lisp_table_next(t, &e->eid)) {
		r = rloc_of(e);
		s = (struct lisp_show_rloc){
			.addr = r->addr,
			.in_use = r->n_used,
			.probed = r->timer.armed,
			.state = r->state,
			.probes = r->probes,
			.replies = r->replies,
			.rtt = r->rtt,
			.last_reply = r->last_reply,
			.since = r->since,
			.next = r->timer.armed ? r->timer.at : 0,
		};
		err = cb(arg, &s);
	}
	return err;
}

static int show_types(const uint64_t n[16], const char *group,
		      int (*cb)(void *arg, const char *group, const char *name,
				uint64_t value), void *arg)
{
	unsigned int i;
	int err = 0;

	for (i = LISP_MAP_REQUEST; i <= LISP_ECM && !err; i++)
		err = cb(arg, group, lisp_msg_type_str(i), n[i]);
	return err;
}

static const struct {
	const char *group, *name;
} stat_names[] = {
#define X(suffix, group, name) { group, name },
	LISP_STATS(X)
#undef X
};

int lisp_core_show_stats(const struct lisp_core *core,
			 int (*cb)(void *arg, const char *group,
				   const char *name, uint64_t value),
			 void *arg)
{
	int err = show_types(core->stats.in, "in", cb, arg);
	unsigned int i;

	if (!err)
		err = show_types(core->stats.out, "out", cb, arg);
	for (i = 0; i < LISP_STAT_MAX && !err; i++)
		err = cb(arg, stat_names[i].group, stat_names[i].name,
			 core->stats.n[i]);
	if (!err)
		err = cb(arg, "state", "map-requests-pending",
			 core->itr.requests.count);
	if (!err)
		err = cb(arg, "state", "map-cache-known",
			 core->itr.cache.count);
	if (!err)
		err = cb(arg, "state", "eid-prefixes-known",
			 core->ms.prefixes.count);
	return err;
}
