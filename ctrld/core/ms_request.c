// SPDX-License-Identifier: GPL-2.0
/* Map-server: Map-Requests (RFC 9301 8.3). */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define TTL_HOLE	15		/* minutes; RFC 9301 8.3, 8.4 */
#define INSIDE_MAX	4096	/* prefixes looked at for one Map-Request */
#define TTL_DOWN	1		/* minutes; RFC 9301 8.3 */
/* RFC 9301 8.2: ETRs register every minute, and again what was lost */
#define LEARNING	(65 * LISP_SEC)

static bool usable(const struct lisp_core *core, const struct lisp_locator *l)
{
	return l->priority != LISP_PRIORITY_UNUSED &&
	       lisp_addr_is_rloc(&l->addr) && lisp_can_reach(core, &l->addr);
}

/* The best of those that come after @last, by priority, then in their order. */
static const struct lisp_locator *next_etr(const struct lisp_core *core,
					   const struct ms_prefix *p,
					   const struct lisp_locator *last,
					   bool reachable)
{
	const struct lisp_locator *best = NULL, *l;
	unsigned int i;

	for (i = 0; i < p->record.n_locators; i++) {
		l = &p->record.locators[i];
		if (l->reachable != reachable || !usable(core, l))
			continue;
		if (last && (l->priority < last->priority ||
			     (l->priority == last->priority && l <= last)))
			continue;
		if (!best || l->priority < best->priority)
			best = l;
	}
	return best;
}

/*
 * RFC 9301 8.3: one of the ETRs. All that are up have their turn, so that a
 * Map-Request sent again goes to another one; the best is asked first. None of
 * them up: those that are not; no usable locator at all: the registrant.
 */
static const struct lisp_addr *choose_etr(const struct lisp_core *core,
					  struct ms_prefix *p)
{
	bool up = next_etr(core, p, NULL, true);
	const struct lisp_locator *l = NULL;
	unsigned int n = 0, turn;

	while ((l = next_etr(core, p, l, up)))
		n++;
	if (!n)
		return lisp_can_reach(core, &p->registrant) ? &p->registrant :
							      NULL;
	for (turn = p->turn++ % n + 1; turn; turn--)
		l = next_etr(core, p, l, up);
	return &l->addr;
}

/*
 * RFC 9301 8.3: encapsulated again, not otherwise altered. But the inner header
 * counts the hops: an "ETR" may be another map-server that sends it back here.
 */
static void send_ecm(struct lisp_core *core, const struct lisp_request *req,
		     const struct lisp_addr *etr, const uint8_t *payload,
		     size_t len)
{
	const struct lisp_addr *own = lisp_own_rloc(core, etr->afi);
	struct lisp_endpoint from = { .port = LISP_CONTROL_PORT };
	struct lisp_endpoint to = { .addr = *etr, .port = LISP_CONTROL_PORT };
	struct lisp_ecm ecm = {
		.src = req->src,
		.dst = req->dst,
		.ttl = req->ttl ? req->ttl - 1 : 0,
		.payload = payload,
		.len = len,
	};
	uint8_t buf[LISP_MSG_MAX];
	int n;

	if (own)
		from.addr = *own;
	n = lisp_ecm_encode(&ecm, buf, sizeof(buf));
	if (n < 0) {
		lisp_count(core, LISP_STAT_ENCODE);
		return;
	}
	core->stats.out[LISP_MAP_REQUEST]++;
	lisp_send_raw(core, LISP_ECM, &from, &to, buf, (size_t)n);
}

/* False when the ETR is we ourselves. */
static bool forward(struct lisp_core *core, const struct lisp_request *req,
		    struct ms_prefix *p)
{
	const struct lisp_addr *etr = choose_etr(core, p);

	if (!etr) {
		lisp_count(core, LISP_STAT_REQ_NO_ETR);
		lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s site %s, no locator that can be reached from here, map request dropped",
			   lisp_eid_str(&p->e.eid, LISP_S), p->site->cfg->name);
		return true;
	}
	if (lisp_is_own_rloc(core, etr) || lisp_addr_equal(etr, &req->to))
		return false;
	if (req->ttl == 1) {
		lisp_count(core, LISP_STAT_REQ_TTL);
		lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s site %s, map request for %s has been forwarded too often, dropped",
			   lisp_eid_str(&p->e.eid, LISP_S), p->site->cfg->name,
			   lisp_eid_str(&req->msg->eids[0], LISP_S));
		return true;
	}
	lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s %s site %s, Forwarding map request to ETR %s",
		   lisp_eid_str(&p->e.eid, LISP_S),
		   lisp_addr_str(&p->registrant, LISP_S), p->site->cfg->name,
		   lisp_addr_str(etr, LISP_S));
	lisp_count(core, LISP_STAT_FORWARDED);
	send_ecm(core, req, etr, req->payload, req->len);
	return true;
}

struct proxy_answer {
	unsigned int n;
	uint32_t ttl;
	struct lisp_record records[255];
};

/* False: there is no room for it. */
static bool add_proxied(struct lisp_core *core, struct proxy_answer *a,
			const struct ms_prefix *p)
{
	struct lisp_record *r = &a->records[a->n];
	unsigned int i;

	if (a->n == 255)
		return false;
	if (lisp_record_copy(r, &p->record)) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return false;
	}
	a->n++;
	/* RFC 9301 5.4: a proxy sets neither the A-bit nor L-bits */
	r->authoritative = false;
	r->action = LISP_ACT_NO_ACTION;
	for (i = 0; i < r->n_locators; i++) {
		r->locators[i].local = false;
		r->locators[i].probed = false;
	}
	if (r->ttl < a->ttl)
		a->ttl = r->ttl;
	return true;
}

/* RFC 9301 8.3, and 5.4: with the registered more-specifics inside it. */
static void proxy_reply(struct lisp_core *core, const struct lisp_request *req,
			const struct ms_prefix *p)
{
	const struct lisp_table *t = &core->ms.prefixes;
	const struct ms_prefix *in;
	struct proxy_answer *a = calloc(1, sizeof(*a));
	struct lisp_record alone;
	struct lisp_entry *e;
	unsigned int i;
	bool all;

	if (!a) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return;
	}
	lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s %s site %s, proxy reply",
		   lisp_eid_str(&p->e.eid, LISP_S),
		   lisp_addr_str(&p->registrant, LISP_S), p->site->cfg->name);
	a->ttl = UINT32_MAX;
	all = add_proxied(core, a, p);
	for (e = lisp_table_next_inside(t, &p->e.eid, NULL); e && all;
	     e = lisp_table_next_inside(t, &p->e.eid, &e->eid)) {
		in = container_of(e, struct ms_prefix, e);
		all = !in->up || add_proxied(core, a, in);
	}
	for (i = 0; i < a->n; i++)
		a->records[i].ttl = a->ttl;
	lisp_count(core, LISP_STAT_PROXIED);
	if (a->n) {
		alone = lisp_narrowed(t, &a->records[0], &req->msg->eids[0]);
		lisp_reply(core, LISP_TRACE_MS, req, a->records,
			   all ? a->n : 0, &alone);
	}
	for (i = 0; i < a->n; i++)
		lisp_record_free(&a->records[i]);
	free(a);
}

/*
 * RFC 9301 8.3, 8.4. A prefix may be asked for (to refresh an entry) that holds
 * known ones now: no negative answer could cover it, so it is taken back.
 */
static void negative(struct lisp_core *core, const struct lisp_request *req,
		     const struct lisp_eid *eid, bool configured)
{
	struct lisp_eid hole;
	uint32_t ttl = configured ? TTL_DOWN : TTL_HOLE;

	if (!site_hole(&core->ms, eid, &hole)) {
		lisp_count(core, LISP_STAT_NEG_STALE);
		lisp_reply_negative(core, LISP_TRACE_MS, req, eid,
				    LISP_ACT_NO_ACTION, LISP_TTL_WITHDRAW);
		return;
	}
	lisp_count(core, configured ? LISP_STAT_NEG_DOWN : LISP_STAT_NEG_HOLE);
	lisp_reply_negative(core, LISP_TRACE_MS, req, &hole,
			    LISP_ACT_NATIVELY_FORWARD, ttl);
}

/* Each ETR that may be asked about @p has registered @in as well. */
static bool all_know(const struct ms_prefix *p, const struct ms_prefix *in)
{
	const struct ms_reg *g;

	for (g = p->regs; g; g = g->next) {
		if (!registrant_has(in, g))
			return false;
	}
	return true;
}

/*
 * RFC 9301 5.5: overlapping prefixes are answered in one Map-Reply. The ETR of
 * the shorter one does not know of longer ones that others have registered, so
 * the map-server answers in its place.
 */
static bool others_inside(const struct lisp_core *core,
			  const struct ms_prefix *p)
{
	const struct lisp_table *t = &core->ms.prefixes;
	const struct ms_prefix *in;
	struct lisp_entry *e;
	unsigned int n = 0;

	for (e = lisp_table_next_inside(t, &p->e.eid, NULL);
	     e && n++ < INSIDE_MAX;
	     e = lisp_table_next_inside(t, &p->e.eid, &e->eid)) {
		in = container_of(e, struct ms_prefix, e);
		if (in->up && (in->site != p->site || !all_know(p, in)))
			return true;
	}
	return false;
}

/*
 * RFC 9301 8.3: "Once a Map-Server has EID-Prefixes registered by its client
 * ETRs, it can accept and process Map-Requests for them." After its start it
 * knows of no registration, but the ETRs and the ITRs were there before: that
 * @p is not registered nobody can tell until all have had their turn. Then
 * nothing is said, and the ITR goes on with what it has, asks another
 * map-resolver, or again. What is no site's is known at once.
 */
static bool is_early(struct lisp_core *core, const struct lisp_request *req,
		     const struct ms_prefix *p)
{
	if (!p || core->now - core->ms_since >= LEARNING)
		return false;
	lisp_count(core, LISP_STAT_NEG_EARLY);
	lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s site %s, not registered since the map-server started %llu s ago, map request for %s dropped",
		   lisp_eid_str(&p->e.eid, LISP_S), p->site->cfg->name,
		   (unsigned long long)((core->now - core->ms_since) /
					LISP_SEC),
		   lisp_eid_str(&req->msg->eids[0], LISP_S));
	return true;
}

static bool one_eid(struct lisp_core *core, const struct lisp_request *req)
{
	const struct lisp_eid *eid = &req->msg->eids[0];
	const struct ms_prefix *p = site_configured(&core->ms, eid);
	struct ms_prefix *r = site_registered(&core->ms, eid);

	/* A shorter one that is up does not speak for one that is down. */
	if (r && (!p || r->e.eid.plen >= p->e.eid.plen)) {
		if (!r->proxy_reply &&
		    (req->msg->authoritative || !others_inside(core, r)))
			return forward(core, req, r);
		proxy_reply(core, req, r);
		return true;
	}
	if (!is_early(core, req, p))
		negative(core, req, eid, p);
	return true;
}

/* One request for each EID: they may belong to different ETRs. */
static bool one_of_many(struct lisp_core *core, const struct lisp_request *req,
			unsigned int i)
{
	struct lisp_map_request single = *req->msg;
	struct lisp_request part = *req;
	struct lisp_msg msg = { .type = LISP_MAP_REQUEST };
	uint8_t buf[LISP_MSG_MAX];
	int len;

	single.n_eids = 1;
	single.eids = &req->msg->eids[i];
	msg.request = single;
	len = lisp_msg_encode(&msg, buf, sizeof(buf));
	if (len < 0) {
		lisp_count(core, LISP_STAT_ENCODE);
		return true;
	}
	part.msg = &single;
	part.payload = buf;
	part.len = (size_t)len;
	return one_eid(core, &part) ||
	       (core->cfg.etr && etr_request(core, &part));
}

bool ms_request(struct lisp_core *core, const struct lisp_request *req)
{
	unsigned int i, n = req->msg->n_eids;

	if (n == 1)
		return one_eid(core, req);
	if (n > LISP_RECORDS_MAX) {
		lisp_count(core, LISP_STAT_LIM_RECORDS);
		n = LISP_RECORDS_MAX;
	}
	for (i = 0; i < n; i++)
		one_of_many(core, req, i);
	return true;
}
