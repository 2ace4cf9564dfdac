// SPDX-License-Identifier: GPL-2.0
/* ITR: Map-Replies into the map-cache (RFC 9301 5.4, 5.5). */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define TTL_LOCAL_POLICY	1440u		/* minutes, for 0xffffffff */
#define TTL_MAX			525600u		/* minutes: a year */

#define INSIDE_MAX		4096u		/* entries looked at for one */

/*
 * RFC 9301 5.5: a prefix that comes after longer ones lives no longer than they
 * do. A reply's own longer ones were put in before it, with its TTL; the one
 * @asked about is going to be replaced by it.
 */
static uint32_t until_longer_ones_end(struct lisp_core *core,
				      const struct lisp_eid *eid,
				      const struct lisp_eid *asked,
				      uint32_t ttl)
{
	struct lisp_table *t = &core->itr.cache;
	lisp_time end = core->now + ttl * LISP_SEC;
	const struct cache_entry *c;
	struct lisp_entry *e;
	unsigned int n = 0;

	for (e = lisp_table_next_inside(t, eid, NULL); e && n++ < INSIDE_MAX;
	     e = lisp_table_next_inside(t, eid, &e->eid)) {
		c = container_of(e, struct cache_entry, e);
		if (c->origin == LISP_BY_MAP_REPLY &&
		    c->expires > core->now && c->expires < end &&
		    !lisp_eid_equal(&c->e.eid, asked))
			end = c->expires;
	}
	ttl = (uint32_t)((end - core->now) / LISP_SEC);
	return ttl ? ttl : 1;
}

/* The lifetime of an entry: what the record says, within our own bounds. */
static uint32_t lifetime(struct lisp_core *core, const struct lisp_record *r,
			 const struct lisp_eid *asked, bool negative)
{
	const struct lisp_config_ttl *cfg = &core->cfg.ttl;
	uint32_t min = negative ? cfg->negative_min : cfg->min;
	uint32_t max = negative ? cfg->negative_max : cfg->max;
	uint32_t ttl = r->ttl;

	if (ttl == LISP_TTL_LOCAL_POLICY)
		ttl = TTL_LOCAL_POLICY;
	ttl = (ttl > TTL_MAX ? TTL_MAX : ttl) * 60;
	if (ttl < min)
		ttl = min;
	if (max && ttl > max)
		ttl = max;
	return until_longer_ones_end(core, &r->eid, asked, ttl);
}

/*
 * Locators we can use: with an address, of any family the data plane speaks.
 * One the ETR has no route to (R = 0) is the same as priority 255 (RFC 9301 7).
 */
static unsigned int copy_locators(struct lisp_core *core,
				  const struct lisp_record *r,
				  struct lisp_locator *out)
{
	unsigned int i, n = 0;

	for (i = 0; i < r->n_locators; i++) {
		if (!lisp_addr_is_rloc(&r->locators[i].addr)) {
			lisp_count(core, LISP_STAT_LOC_SKIPPED);
			continue;
		}
		out[n] = r->locators[i];
		if (!out[n].reachable)
			out[n].priority = LISP_PRIORITY_UNUSED;
		n++;
	}
	return n;
}

/* RFC 9301 5.4: ACT counts only without locators; unknown codes drop. */
static uint8_t action_of(struct lisp_core *core, const struct lisp_record *r)
{
	if (r->n_locators)
		return LISP_ACT_DROP;	/* had some, but none we can use */
	switch (r->action) {
	case LISP_ACT_NATIVELY_FORWARD:
	case LISP_ACT_SEND_MAP_REQUEST:
	case LISP_ACT_DROP_POLICY:
	case LISP_ACT_DROP_AUTH:
		return r->action;
	case LISP_ACT_NO_ACTION:	/* kept alive, nothing encapsulated */
	case LISP_ACT_DROP:
		return LISP_ACT_DROP;
	default:
		lisp_count(core, LISP_STAT_REPLY_ACTION);
		return LISP_ACT_DROP;
	}
}

static void trace_mapping(struct lisp_core *core, const struct lisp_mapping *m)
{
	const char *eid = lisp_eid_str(&m->eid, LISP_S);
	const struct lisp_locator *l;
	unsigned int i;

	if (!lisp_tracing(core))
		return;
	lisp_trace(core, LISP_TRACE_ITR, "Processing mapping information for EID prefix %s",
		   eid);
	if (!m->n_locators) {
		lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, change state to negative, action: %s, ttl: %u s (method: map-reply, state: unknown, rlocs: 0)",
			   eid, lisp_action_str(m->action), m->ttl);
		return;
	}
	if (m->proxied)
		lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s is no LISP site, encapsulating to proxy ETR (method: map-reply, state: unknown, rlocs: %u)",
			   eid, m->n_locators);
	lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, change state to complete (method: map-reply, state: unknown, rlocs: 0)",
		   eid);
	lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, starting idle timer (method: map-reply, state: complete, rlocs: 0)",
		   eid);
	for (i = 0; i < m->n_locators; i++) {
		l = &m->locators[i];
		lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s RLOC %s pri/wei=%u/%u, add/update locator flags %cp%c (method: map-reply, state: complete, rlocs: %u)",
			   eid, lisp_addr_str(&l->addr, LISP_S), l->priority,
			   l->weight, l->local ? 'L' : 'l',
			   l->reachable ? 'R' : 'r', i);
	}
}

static void remove_mapping(struct lisp_core *core, const struct lisp_eid *eid)
{
	lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, change state to deleted (method: map-reply, state: ttl 0)",
		   lisp_eid_str(eid, LISP_S));
	cache_remove(core, eid);
}

/* Into the data plane; true when packets can be dealt with thereby. */
static bool take_record(struct lisp_core *core, const struct lisp_record *r,
			const struct lisp_eid *asked)
{
	struct lisp_locator locators[255];
	struct lisp_mapping m = {
		.eid = r->eid,
		.origin = LISP_BY_MAP_REPLY,
		.locators = locators,
	};
	const struct cache_entry *c = cache_find(core, &r->eid);

	if (c && c->origin == LISP_BY_STATIC) {
		lisp_count(core, LISP_STAT_REPLY_STATIC);
		return true;
	}
	if (r->ttl == LISP_TTL_WITHDRAW) {	/* RFC 9301 5.4 */
		remove_mapping(core, &r->eid);
		return false;
	}
	m.n_locators = copy_locators(core, r, locators);
	m.action = m.n_locators ? LISP_ACT_NO_ACTION : action_of(core, r);
	m.ttl = lifetime(core, r, asked, !m.n_locators);
	petr_take(core, &m, locators);
	trace_mapping(core, &m);
	core->ops.map_add(core->ctx, &m);
	cache_set(core, &m);
	return m.action != LISP_ACT_SEND_MAP_REQUEST;
}

/*
 * RFC 9301 5.4, 5.5: of the records, those that cover what was asked, and those
 * inside one that does. Whatever else comes along is nobody's answer.
 */
static bool acceptable(const struct lisp_map_reply *m, unsigned int i,
		       const struct lisp_eid *asked)
{
	const struct lisp_eid *eid = &m->records[i].eid;
	unsigned int j;

	if (lisp_eid_covers(eid, asked))
		return true;
	for (j = 0; j < m->n_records; j++) {
		if (lisp_eid_covers(&m->records[j].eid, asked) &&
		    lisp_eid_covers(&m->records[j].eid, eid))
			return true;
	}
	return false;
}

/* The longest first: else waiting packets leave by the shorter one. */
static int by_length(const void *a, const void *b)
{
	const struct lisp_record *x = *(const struct lisp_record *const *)a;
	const struct lisp_record *y = *(const struct lisp_record *const *)b;

	if (x->eid.plen != y->eid.plen)
		return y->eid.plen - x->eid.plen;
	return lisp_eid_cmp(&x->eid, &y->eid);
}

static unsigned int sort_records(struct lisp_core *core,
				 const struct lisp_map_reply *m,
				 const struct lisp_eid *asked,
				 const struct lisp_record *out[255])
{
	unsigned int i, n = 0;

	for (i = 0; i < m->n_records; i++) {
		if (acceptable(m, i, asked))
			out[n++] = &m->records[i];
		else
			lisp_count(core, LISP_STAT_REPLY_RECORD);
	}
	qsort(out, n, sizeof(out[0]), by_length);
	return n;
}

/* The answer does for all EIDs inside it that we are asking for. */
static void finish_inside(struct lisp_core *core, const struct lisp_eid *eid)
{
	struct lisp_table *t = &core->itr.requests;
	struct lisp_entry *e;
	struct itr_request *r;

	for (e = lisp_table_next_inside(t, eid, NULL); e;
	     e = lisp_table_next_inside(t, eid, &e->eid)) {
		r = container_of(e, struct itr_request, e);
		if (r->state == ITR_ACTIVE && r->method == ITR_DATA_SIGNAL)
			itr_answered(core, r, true);
	}
}

/*
 * RFC 9301 5.5: asked about the prefix we had, told about a shorter one, which
 * replaces it.
 */
static void replace_longer(struct lisp_core *core, const struct lisp_eid *asked,
			   const struct lisp_record **r, unsigned int n)
{
	const struct cache_entry *c = cache_find(core, asked);
	unsigned int i;

	if (!c || c->origin != LISP_BY_MAP_REPLY)
		return;
	for (i = 0; i < n; i++) {
		if (lisp_eid_equal(&r[i]->eid, asked))
			return;
	}
	remove_mapping(core, asked);
}

static void take_records(struct lisp_core *core, struct itr_request *q,
			 const struct lisp_record **r, unsigned int n)
{
	struct lisp_eid asked = q->e.eid;
	bool usable, answered = false;
	char buf[256];
	unsigned int i;

	for (i = 0; i < n; i++) {
		lisp_trace(core, LISP_TRACE_ITR, "Processing Map-Reply mapping record for %s, ttl %u, %s%s, %sauthoritative, %u locator%s%s%s",
			   lisp_eid_str(&r[i]->eid, LISP_S), r[i]->ttl,
			   r[i]->n_locators ? "state complete" : "action ",
			   r[i]->n_locators ? "" :
				lisp_action_str(r[i]->action),
			   r[i]->authoritative ? "" : "not ",
			   r[i]->n_locators, r[i]->n_locators == 1 ? "" : "s",
			   r[i]->n_locators ? " " : "",
			   lisp_locators_str(r[i], buf, sizeof(buf)));
		usable = take_record(core, r[i], &asked);
		if (!answered && lisp_eid_covers(&r[i]->eid, &asked)) {
			if (q->claim.eid.afi)
				piggyback_answered(core, &q->claim, r[i]);
			itr_answered(core, q, usable);
			answered = true;
		}
		if (usable)
			finish_inside(core, &r[i]->eid);
	}
	replace_longer(core, &asked, r, n);
}

static bool covers(const struct lisp_map_reply *m, const struct lisp_eid *asked)
{
	unsigned int i;

	for (i = 0; i < m->n_records; i++) {
		if (lisp_eid_covers(&m->records[i].eid, asked))
			return true;
	}
	return false;
}

static void trace_reply(struct lisp_core *core, const struct itr_request *q)
{
	lisp_time sent = q->tries > 1 ? q->first_sent : q->last_sent;
	lisp_time rtt = core->now - sent;

	lisp_trace(core, LISP_TRACE_ITR, "Map Request prefix %s, received reply with rtt %llu.%03llums (method: %s, tries: %u)",
		   lisp_eid_str(&q->e.eid, LISP_S),
		   (unsigned long long)rtt / 1000,
		   (unsigned long long)rtt % 1000, itr_method_str(q->method),
		   q->tries);
}

static struct itr_request *find_question(struct lisp_core *core,
					 const struct lisp_map_reply *m)
{
	struct itr_request *q = itr_by_nonce(core, m->nonce);

	if (!q || !q->tries) {
		lisp_count(core, LISP_STAT_REPLY_NONCE);
		lisp_trace(core, LISP_TRACE_ITR, "No outstanding map request with nonce " LISP_NONCE_FMT ", map-reply ignored",
			   LISP_NONCE_ARG(m->nonce));
		return NULL;
	}
	if (q->state != ITR_ACTIVE) {
		lisp_count(core, LISP_STAT_REPLY_DUP);
		return NULL;
	}
	if (!covers(m, &q->e.eid)) {
		lisp_count(core, LISP_STAT_REPLY_COVER);
		lisp_trace(core, LISP_TRACE_ITR, "Map Request prefix %s, map-reply does not cover it, ignored (method: %s, state: incomplete)",
			   lisp_eid_str(&q->e.eid, LISP_S),
			   itr_method_str(q->method));
		return NULL;
	}
	return q;
}

void itr_receive_reply(struct lisp_core *core, const struct lisp_endpoint *from,
		       const struct lisp_addr *to,
		       const struct lisp_map_reply *m)
{
	const struct lisp_record *records[255];
	struct itr_request *q;
	unsigned int n;

	lisp_trace(core, LISP_TRACE_ITR, "Processing received Map-Reply message from %s to %s",
		   lisp_addr_str(&from->addr, LISP_S),
		   lisp_addr_str(to, LISP_S));
	lisp_trace(core, LISP_TRACE_ITR, "Received map reply nonce " LISP_NONCE_FMT ", records %u",
		   LISP_NONCE_ARG(m->nonce), m->n_records);
	if (!core->cfg.itr) {
		lisp_count(core, LISP_STAT_NO_ROLE);
		return;
	}
	if (m->probe) {
		probe_receive(core, from, m);
		return;
	}
	q = find_question(core, m);
	if (!q)
		return;
	n = sort_records(core, m, &q->e.eid, records);
	trace_reply(core, q);
	resolver_answered(core, q);
	take_records(core, q, records, n);
}
