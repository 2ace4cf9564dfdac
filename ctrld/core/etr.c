// SPDX-License-Identifier: GPL-2.0
/* ETR: the database-mappings, and Map-Requests for them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define MERGED_LIFETIME	(180 * LISP_SEC)	/* as a registration: 8.2 */
#define NOWHERE_TTL	1	/* minutes, of a mapping without a locator */

static struct db_entry *to_db(struct lisp_entry *e)
{
	return e ? container_of(e, struct db_entry, e) : NULL;
}

static void release(struct lisp_entry *e)
{
	struct db_entry *d = to_db(e);

	lisp_record_free(&d->merged);
	free(d);
}

void etr_free(struct lisp_table *db)
{
	lisp_table_clear(db, release);
}

int etr_build(const struct lisp_config *cfg, struct lisp_table *db)
{
	struct db_entry *d;
	unsigned int i;
	int err;

	for (i = 0; cfg->etr && i < cfg->n_mappings; i++) {
		d = calloc(1, sizeof(*d));
		if (!d)
			return -ENOMEM;
		d->m = &cfg->mappings[i];
		err = lisp_table_insert(db, &d->e, &d->m->eid);
		if (err) {
			free(d);
			return err;
		}
	}
	return 0;
}

int etr_add_host(struct lisp_table *db, const struct lisp_config_mapping *m)
{
	struct db_entry *d = calloc(1, sizeof(*d));
	int err = d ? lisp_table_insert(db, &d->e, &m->eid) : -ENOMEM;

	if (err) {
		free(d);
		return err;
	}
	d->m = m;
	d->dynamic = true;
	return 0;
}

void etr_del_host(struct lisp_table *db, const struct lisp_eid *eid)
{
	struct db_entry *d = to_db(lisp_table_find(db, eid));

	if (!d || !d->dynamic)
		return;
	lisp_table_remove(db, &d->e);
	release(&d->e);
}

static bool any_merges(const struct lisp_config *cfg)
{
	unsigned int i;

	for (i = 0; i < cfg->n_map_servers; i++) {
		if (cfg->map_servers[i].merge)
			return true;
	}
	return false;
}

static void take_merged(struct db_entry *d, struct db_entry *o)
{
	d->merged = o->merged;
	d->merged_until = o->merged_until;
	memset(&o->merged, 0, sizeof(o->merged));
}

void etr_apply(struct lisp_core *core, const struct lisp_table *old)
{
	const struct lisp_table *db = &core->etr.db;
	struct lisp_entry *e, *o;

	for (e = lisp_table_next(db, NULL); e; e = lisp_table_next(db, &e->eid)) {
		o = lisp_table_find(old, &e->eid);
		if (!o)
			core->ops.eid_add(core->ctx, &e->eid);
		else if (any_merges(&core->cfg))
			take_merged(to_db(e), to_db(o));
	}
	for (e = lisp_table_next(old, NULL); e;
	     e = lisp_table_next(old, &e->eid)) {
		if (!lisp_table_find(db, &e->eid))
			core->ops.eid_del(core->ctx, &e->eid);
	}
}

/* With no locator there is no way to the site, for now. */
int etr_record(const struct lisp_config_mapping *m, struct lisp_record *r)
{
	unsigned int i;

	*r = (struct lisp_record){
		.ttl = m->ttl_min,
		.eid = m->eid,
		.authoritative = true,
		.locators = calloc(m->n_rlocs ? m->n_rlocs : 1,
				   sizeof(*r->locators)),
	};
	if (!r->locators)
		return -ENOMEM;
	for (i = 0; i < m->n_rlocs; i++) {
		if (!m->rlocs[i].addr.afi)
			continue;
		r->locators[r->n_locators++] = (struct lisp_locator){
			.addr = m->rlocs[i].addr,
			.priority = m->rlocs[i].priority,
			.weight = m->rlocs[i].weight,
			.mpriority = LISP_PRIORITY_UNUSED,
			.local = m->rlocs[i].local,
			.reachable = true,
		};
	}
	if (!r->n_locators) {
		r->action = LISP_ACT_DROP;
		r->ttl = NOWHERE_TTL;
	}
	return 0;
}

struct db_entry *etr_find(const struct lisp_core *core,
			  const struct lisp_eid *eid)
{
	return to_db(lisp_table_find(&core->etr.db, eid));
}

/* Ours are as we know them, whatever the map-server says. */
static void add_merged(const struct lisp_core *core, const struct db_entry *d,
		       struct lisp_record *r)
{
	unsigned int own = r->n_locators, i, j;
	struct lisp_locator *more, *l;

	if (d->merged_until <= core->now || own + d->merged.n_locators > 255)
		return;
	more = realloc(r->locators, (own + d->merged.n_locators + 1u) *
				    sizeof(*more));
	if (!more)
		return;			/* ours alone are true, too */
	r->locators = more;
	for (i = 0; i < d->merged.n_locators; i++) {
		l = &d->merged.locators[i];
		for (j = 0; j < own; j++) {
			if (lisp_addr_equal(&more[j].addr, &l->addr))
				break;
		}
		if (j < own || !lisp_addr_is_rloc(&l->addr))
			continue;
		more[r->n_locators] = *l;
		more[r->n_locators++].local = false;
	}
}

/* A record as we answer it: with the locators of our site's other ETRs. */
static int answer_record(const struct lisp_core *core,
			 const struct db_entry *d, struct lisp_record *r)
{
	int err = etr_record(d->m, r);

	if (!err)
		add_merged(core, d, r);
	return err;
}

int etr_record_of(const struct lisp_core *core, const struct lisp_eid *host,
		  struct lisp_record *r)
{
	const struct db_entry *d = to_db(lisp_table_match(&core->etr.db, host));

	return d ? answer_record(core, d, r) : -ENOENT;
}

/* Take @r into @d; whether it is kept at all. */
static bool keep_merged(struct lisp_core *core, struct db_entry *d,
			const struct lisp_record *r)
{
	struct lisp_record copy, part = *r;

	if (part.n_locators > LISP_MERGED_LOCATORS_MAX)
		part.n_locators = LISP_MERGED_LOCATORS_MAX;
	if (lisp_record_copy(&copy, &part)) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return false;
	}
	lisp_record_free(&d->merged);
	d->merged = copy;
	d->merged_until = core->now + MERGED_LIFETIME;
	return true;
}

void etr_merged(struct lisp_core *core, struct db_entry *d,
		const struct lisp_record *r)
{
	struct lisp_record before, after;
	char buf[256];

	if (answer_record(core, d, &before)) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return;
	}
	if (keep_merged(core, d, r) && !answer_record(core, d, &after)) {
		if (!lisp_record_same_set(&before, &after)) {
			lisp_count(core, LISP_STAT_MERGED);
			lisp_trace(core, LISP_TRACE_ETR, "EID prefix %s, registered together with others: %s",
				   lisp_eid_str(&d->e.eid, LISP_S),
				   lisp_locators_str(&after, buf, sizeof(buf)));
			smr_tell(core, &d->e.eid);
		}
		lisp_record_free(&after);
	}
	lisp_record_free(&before);
}

/* RFC 9301 5.4: the p-bit tells which locator was probed. */
static void mark_probed(struct lisp_record *r, const struct lisp_addr *to)
{
	unsigned int i;

	for (i = 0; i < r->n_locators; i++)
		r->locators[i].probed = lisp_addr_equal(&r->locators[i].addr,
							to);
}

struct answer {
	unsigned int n;
	bool cut;			/* there is no room for all */
	const struct lisp_eid *first;	/* what the first record answers */
	struct lisp_record records[255];
};

static bool add_record(struct lisp_core *core, const struct lisp_request *req,
		       struct answer *a, const struct db_entry *d,
		       uint32_t *ttl)
{
	struct lisp_record *r = &a->records[a->n];

	if (a->n == 255) {
		a->cut = true;
		return false;
	}
	if (answer_record(core, d, r)) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		a->cut = true;
		return false;
	}
	/* One TTL for all that belong together (RFC 9301 5.4) */
	if (r->ttl < *ttl)
		*ttl = r->ttl;
	if (req->msg->probe)
		mark_probed(r, &req->to);
	a->n++;
	return true;
}

/* RFC 9301 5.4: the best match and every more-specific inside it. */
static bool answer_eid(struct lisp_core *core, const struct lisp_request *req,
		       const struct lisp_eid *eid, struct answer *a)
{
	const struct lisp_addr *itr = lisp_itr_rloc(core, req->msg);
	const struct lisp_table *db = &core->etr.db;
	struct lisp_entry *best = lisp_table_match(db, eid), *e;
	unsigned int first = a->n, i;
	uint32_t ttl = UINT32_MAX;

	lisp_trace(core, LISP_TRACE_ETR, "Processing map request record for EID prefix %s",
		   lisp_eid_str(eid, LISP_S));
	if (!best)
		return false;
	if (itr && !req->msg->dont_reply && !req->msg->probe)
		smr_asked(core, itr, &best->eid, to_db(best)->m->ttl_min);
	if (!add_record(core, req, a, to_db(best), &ttl))
		return true;
	if (!first)
		a->first = eid;
	e = lisp_table_next_inside(db, &best->eid, NULL);
	while (e && add_record(core, req, a, to_db(e), &ttl))
		e = lisp_table_next_inside(db, &best->eid, &e->eid);
	for (i = first; i < a->n; i++)
		a->records[i].ttl = ttl;
	return true;
}

/*
 * RFC 9301 5.2: a probe MUST be answered. If it is about a prefix that is not
 * ours (any more), the answer is the one that removes it: TTL 0.
 */
static void answer_gone(struct answer *a, const struct lisp_eid *eid)
{
	a->records[a->n++] = (struct lisp_record){
		.ttl = LISP_TTL_WITHDRAW,
		.eid = *eid,
		.authoritative = true,
	};
}

static void trace_request(struct lisp_core *core,
			  const struct lisp_request *req)
{
	const struct lisp_map_request *m = req->msg;
	struct lisp_addr source = lisp_eid_addr(&m->source_eid);
	char buf[256];

	lisp_trace(core, LISP_TRACE_ETR, "Received map request%s, source_eid %s, ITR-RLOCs: %s, records %u, nonce " LISP_NONCE_FMT,
		   m->probe ? " (probe)" : "",
		   lisp_addr_str(&source, LISP_S),
		   lisp_itr_rlocs_str(m, buf, sizeof(buf)), m->n_eids,
		   LISP_NONCE_ARG(m->nonce));
}

static void send_answer(struct lisp_core *core, const struct lisp_request *req,
			struct answer *a)
{
	struct lisp_record alone = a->records[0];

	/* Who probes has the mapping already, and is to hear that we are here. */
	if (a->first && !req->msg->probe)
		alone = lisp_narrowed(&core->etr.db, &alone, a->first);
	lisp_reply(core, LISP_TRACE_ETR, req, a->records, a->cut ? 0 : a->n,
		   &alone);
}

bool etr_request(struct lisp_core *core, const struct lisp_request *req)
{
	const struct lisp_map_request *m = req->msg;
	unsigned int i, n = m->n_eids;
	struct answer *a;
	bool ours;

	trace_request(core, req);
	if (n > LISP_RECORDS_MAX) {
		lisp_count(core, LISP_STAT_LIM_RECORDS);
		n = LISP_RECORDS_MAX;
	}
	a = calloc(1, sizeof(*a));
	if (!a) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return true;
	}
	if (m->probe)
		lisp_count(core, LISP_STAT_PROBE_IN);
	for (i = 0; i < n && a->n < 255; i++) {
		if (!answer_eid(core, req, &m->eids[i], a) && m->probe)
			answer_gone(a, &m->eids[i]);
	}
	ours = a->n;
	if (ours)
		piggyback_receive(core, m);
	/* RFC 9301 5.2: D asks for no answer */
	if (ours && !m->dont_reply)
		send_answer(core, req, a);
	for (i = 0; i < a->n; i++)
		free(a->records[i].locators);
	free(a);
	return ours;
}
