// SPDX-License-Identifier: GPL-2.0
/*
 * ITR: EIDs being resolved, from the first packet without a mapping to the
 * answer or to giving up. One struct itr_request per EID does the rate limit
 * of RFC 9301 5.3 as well: it stays a second after the answer, and through the
 * hold-down after the last try.
 */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "internal.h"

#define TRIES_MAX	10		/* RFC 9301 5.3 */
#define HOLD_DOWN	(30 * LISP_SEC)	/* RFC 9301 5.3 */
#define RATE_LIMIT	LISP_SEC	/* RFC 9301 5.3 */
#define INTERVAL_MAX	(4 * LISP_SEC)

static const char *const methods[] = {
	[ITR_DATA_SIGNAL] = "data-signal",
	[ITR_REFRESH] = "refresh",
	[ITR_SMR] = "smr",
	[ITR_LIG] = "lig",
	[ITR_PROBE] = "rloc-probe",
	[ITR_PRE_CACHE] = "pre-cache",
	[ITR_VERIFY] = "verify",
};

const char *itr_method_str(enum itr_method m)
{
	return methods[m];
}

static struct itr_request *to_request(struct lisp_entry *e)
{
	return e ? container_of(e, struct itr_request, e) : NULL;
}

static struct itr_request *from_timer(struct lisp_timer *t)
{
	return container_of(t, struct itr_request, timer);
}

static struct itr_request **bucket(struct lisp_core *core, uint64_t nonce)
{
	unsigned int n = sizeof(core->itr.by_nonce) /
			 sizeof(core->itr.by_nonce[0]);

	return &core->itr.by_nonce[nonce % n];
}

struct itr_request *itr_by_nonce(struct lisp_core *core, uint64_t nonce)
{
	struct itr_request *r = *bucket(core, nonce);

	while (r && r->nonce != nonce)
		r = r->next;
	return r;
}

static void unhash(struct lisp_core *core, struct itr_request *r)
{
	struct itr_request **p = bucket(core, r->nonce);

	while (*p && *p != r)
		p = &(*p)->next;
	if (*p)
		*p = r->next;
}

static void free_request(struct lisp_core *core, struct itr_request *r)
{
	lisp_timer_stop(&core->timers, &r->timer);
	unhash(core, r);
	lisp_table_remove(&core->itr.requests, &r->e);
	lisp_record_free(&r->claim);
	free(r);
}

void itr_clear(struct lisp_core *core)
{
	struct lisp_entry *e;

	while ((e = lisp_table_next(&core->itr.requests, NULL)))
		free_request(core, to_request(e));
	lisp_table_clear(&core->itr.requests, NULL);
}

static bool same_resolvers(const struct lisp_config *a,
			   const struct lisp_config *b)
{
	unsigned int i;

	for (i = 0; a->n_map_resolvers == b->n_map_resolvers &&
	     i < a->n_map_resolvers; i++) {
		if (!lisp_addr_equal(&a->map_resolvers[i].addr,
				     &b->map_resolvers[i].addr))
			return false;
	}
	return a->n_map_resolvers == b->n_map_resolvers;
}

static void try_again(struct lisp_core *core, struct lisp_timer *t);

/* Answers may be on their way to an address that is gone. */
static void ask_anew(struct lisp_core *core, struct itr_request *r)
{
	lisp_time at = r->sent ? r->last_sent + RATE_LIMIT : core->now;

	r->tries = 0;
	r->asked = 0;
	lisp_timer_arm(&core->timers, &r->timer,
		       at > core->now ? at : core->now, try_again);
}

/* A hold-down is for those who do not answer, not for other ones. */
void itr_configure(struct lisp_core *core, const struct lisp_config *old)
{
	const struct lisp_config *cfg = &core->cfg;
	struct lisp_table *t = &core->itr.requests;
	struct lisp_entry *e, *next;

	if (!cfg->itr)
		itr_clear(core);
	resolver_configure(core);
	if (same_resolvers(cfg, old) &&
	    lisp_config_addrs_equal(cfg->rlocs, cfg->n_rlocs,
				    old->rlocs, old->n_rlocs))
		return;
	for (e = lisp_table_next(t, NULL); e; e = next) {
		next = lisp_table_next(t, &e->eid);
		if (to_request(e)->state == ITR_HELD)
			free_request(core, to_request(e));
		else if (to_request(e)->state == ITR_ACTIVE)
			ask_anew(core, to_request(e));
	}
}

static void forget(struct lisp_core *core, struct lisp_timer *t)
{
	free_request(core, from_timer(t));
}

void itr_fill_rlocs(const struct lisp_core *core, struct lisp_map_request *m)
{
	const struct lisp_addr *a;
	uint16_t afi;

	for (afi = LISP_AFI_IPV4; afi <= LISP_AFI_IPV6; afi++) {
		a = lisp_own_rloc(core, afi);
		if (a)
			m->itr_rlocs[m->n_itr_rlocs++] = *a;
	}
}

/*
 * The inner source: the host's own address as in RFC 9301 5.2, an RLOC, or the
 * EID-prefix of our site; the family is that of the EID.
 */
static struct lisp_addr inner_source(const struct lisp_core *core,
				     const struct itr_request *r)
{
	struct lisp_addr any = { .afi = r->e.eid.afi };
	const struct lisp_config_mapping *m;
	const struct lisp_addr *own;
	unsigned int i;

	if (r->source.afi == r->e.eid.afi)
		return r->source;
	own = lisp_own_rloc(core, r->e.eid.afi);
	if (own)
		return *own;
	for (i = 0; i < core->cfg.n_mappings; i++) {
		m = &core->cfg.mappings[i];
		if (m->eid.afi == r->e.eid.afi && m->eid.iid == r->e.eid.iid)
			return lisp_eid_addr(&m->eid);
	}
	return any;
}

static void trace_send(struct lisp_core *core, const struct itr_request *r,
		       const struct lisp_map_request *m,
		       const struct lisp_ecm *ecm,
		       const struct lisp_addr *from, const struct lisp_addr *to)
{
	const char *eid = lisp_eid_str(&r->e.eid, LISP_S);
	const char *method = itr_method_str(r->method);
	unsigned int i, v4 = 0;

	if (!lisp_tracing(core))
		return;
	for (i = 0; i < m->n_itr_rlocs; i++)
		v4 += m->itr_rlocs[i].afi == LISP_AFI_IPV4;
	lisp_trace(core, LISP_TRACE_ITR, "Send map request for EID prefix %s",
		   eid);
	lisp_trace(core, LISP_TRACE_ITR, "Updating map request ITR RLOC array with %u IPv4 and %u IPv6 entries",
		   v4, m->n_itr_rlocs - v4);
	lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, send map request (%u) (method: %s, state: incomplete, rlocs: 0)",
		   eid, r->tries, method);
	lisp_trace(core, LISP_TRACE_ITR, "AF %s, Sending map-request from %s to %s for EID %s, ITR-RLOCs %u, nonce " LISP_NONCE_FMT " (encap src %s, dst %s)",
		   r->e.eid.afi == LISP_AFI_IPV4 ? "IPv4" : "IPv6",
		   lisp_addr_str(&ecm->src.addr, LISP_S),
		   lisp_addr_str(&ecm->dst.addr, LISP_S), eid, m->n_itr_rlocs,
		   LISP_NONCE_ARG(r->nonce), lisp_addr_str(from, LISP_S),
		   lisp_addr_str(to, LISP_S));
}

/* RFC 9301 5.3, 5.8: through the map-resolver, in an ECM. */
static void send_request(struct lisp_core *core, struct itr_request *r,
			 const struct lisp_addr *resolver)
{
	struct lisp_endpoint from = { .port = LISP_CONTROL_PORT };
	struct lisp_endpoint to = { .addr = *resolver,
				    .port = LISP_CONTROL_PORT };
	struct lisp_eid eid = r->e.eid;
	struct lisp_msg msg = {
		.type = LISP_MAP_REQUEST,
		.request = {
			.smr_invoked = r->method == ITR_SMR,
			.pitr = core->cfg.pitr,
			.nonce = r->nonce,
			.n_eids = 1,
			.eids = &eid,
		},
	};
	uint8_t inner[LISP_MSG_MAX], outer[LISP_MSG_MAX];
	struct lisp_record own = { 0 };
	struct lisp_ecm ecm = {
		.src = { inner_source(core, r), LISP_CONTROL_PORT },
		.dst = { lisp_eid_addr(&eid), LISP_CONTROL_PORT },
		.payload = inner,
	};
	int len;

	from.addr = *lisp_own_rloc(core, resolver->afi);
	itr_fill_rlocs(core, &msg.request);
	if (r->method == ITR_DATA_SIGNAL && r->source.afi != LISP_AFI_NONE)
		msg.request.source_eid = lisp_eid_from_addr(eid.iid,
							    &r->source);
	if (piggyback_offer(core, &msg.request.source_eid, &own))
		msg.request.reply = &own;
	trace_send(core, r, &msg.request, &ecm, &from.addr, resolver);
	len = lisp_msg_encode(&msg, inner, sizeof(inner));
	if (len > 0) {
		ecm.len = (size_t)len;
		len = lisp_ecm_encode(&ecm, outer, sizeof(outer));
	}
	lisp_record_free(&own);
	if (len <= 0) {
		lisp_count(core, LISP_STAT_ENCODE);
		return;
	}
	core->stats.out[LISP_MAP_REQUEST]++;
	lisp_send_raw(core, LISP_ECM, &from, &to, outer, (size_t)len);
}

static void give_up(struct lisp_core *core, struct itr_request *r)
{
	lisp_count(core, LISP_STAT_RESOLVE_FAILED);
	lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, no map-reply after %u map requests, change state to hold-down (method: %s, state: incomplete, rlocs: 0)",
		   lisp_eid_str(&r->e.eid, LISP_S), r->tries,
		   itr_method_str(r->method));
	if (r->parked)
		core->ops.pending_del(core->ctx, &r->e.eid);
	r->parked = false;
	r->state = ITR_HELD;
	lisp_timer_arm(&core->timers, &r->timer, core->now + HOLD_DOWN, forget);
}

/* 1 s, 2 s, then every 4 s, plus up to an eighth so that ITRs spread out. */
static lisp_time interval(struct lisp_core *core, unsigned int tries)
{
	lisp_time t = RATE_LIMIT << (tries > 3 ? 2 : tries - 1);

	if (t > INTERVAL_MAX)
		t = INTERVAL_MAX;
	return t + core->ops.random(core->ctx) % (t / 8);
}

static void try_again(struct lisp_core *core, struct lisp_timer *t)
{
	struct itr_request *r = from_timer(t);
	const struct lisp_addr *resolver;

	if (r->tries >= TRIES_MAX) {
		give_up(core, r);
		return;
	}
	resolver = resolver_choose(core, r);
	if (r->tries++)
		lisp_count(core, LISP_STAT_RETRANSMIT);
	else
		r->first_sent = core->now;
	r->last_sent = core->now;
	r->sent = true;
	if (resolver)
		send_request(core, r, resolver);
	else
		lisp_count(core, core->cfg.n_map_resolvers ?
			   LISP_STAT_NO_OWN_RLOC : LISP_STAT_NO_MAP_RESOLVER);
	lisp_timer_arm(&core->timers, &r->timer,
		       core->now + interval(core, r->tries), try_again);
}

/* Not before a second has passed since the last Map-Request for this EID. */
static void start(struct lisp_core *core, struct itr_request *r,
		  enum itr_method method, const struct lisp_addr *source)
{
	lisp_time at = r->sent ? r->last_sent + RATE_LIMIT : core->now;
	const char *eid = lisp_eid_str(&r->e.eid, LISP_S);
	const char *name = itr_method_str(method);

	unhash(core, r);
	do {
		r->nonce = core->ops.random(core->ctx);
	} while (!r->nonce || itr_by_nonce(core, r->nonce));
	r->next = *bucket(core, r->nonce);
	*bucket(core, r->nonce) = r;
	r->method = method;
	r->state = ITR_ACTIVE;
	r->tries = 0;
	r->asked = 0;
	r->since = core->now;
	r->source = source ? *source : (struct lisp_addr){ 0 };
	lisp_record_free(&r->claim);
	lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, change state to incomplete (method: %s, state: unknown, rlocs: 0)",
		   eid, name);
	lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, scheduling map requests (incomplete) (method: %s, state: incomplete, rlocs: 0)",
		   eid, name);
	if (at > core->now)
		lisp_timer_arm(&core->timers, &r->timer, at, try_again);
	else
		try_again(core, &r->timer);
}

/*
 * What makes us ask that anybody may send: it must not take the place of those
 * questions that packets of our own hosts wait for.
 */
static bool is_hint(enum itr_method method)
{
	return method == ITR_SMR || method == ITR_PROBE ||
	       method == ITR_VERIFY;
}

static struct itr_request *make_request(struct lisp_core *core,
					const struct lisp_eid *eid,
					enum itr_method method)
{
	struct itr_request *r;

	if (core->itr.requests.count >= (is_hint(method) ? LISP_HINTED_MAX :
							   LISP_REQUESTS_MAX)) {
		lisp_count(core, LISP_STAT_LIM_REQUESTS);
		return NULL;
	}
	r = calloc(1, sizeof(*r));
	if (!r || lisp_table_insert(&core->itr.requests, &r->e, eid)) {
		free(r);
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return NULL;
	}
	return r;
}

void itr_ask(struct lisp_core *core, const struct lisp_eid *eid,
	     enum itr_method method, const struct lisp_addr *source)
{
	struct itr_request *r = to_request(lisp_table_find(&core->itr.requests,
							   eid));
	bool parked = method == ITR_DATA_SIGNAL;

	if (r && r->state == ITR_ACTIVE) {
		r->parked |= parked;
		lisp_count(core, LISP_STAT_MISS_PENDING);
		return;
	}
	if (r && r->state == ITR_HELD) {
		lisp_count(core, LISP_STAT_MISS_HELD);
		lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, in hold-down, no map request (method: %s, state: hold-down, rlocs: 0)",
			   lisp_eid_str(eid, LISP_S), itr_method_str(method));
	} else if (!r) {
		r = make_request(core, eid, method);
	}
	if (!r || r->state == ITR_HELD) {
		if (parked)
			core->ops.pending_del(core->ctx, eid);
		return;
	}
	r->parked = parked;
	start(core, r, method, source);
}

void itr_verify(struct lisp_core *core, const struct lisp_eid *eid,
		const struct lisp_record *claim)
{
	struct itr_request *r;

	itr_ask(core, eid, ITR_VERIFY, NULL);
	r = to_request(lisp_table_find(&core->itr.requests, eid));
	if (r && r->state == ITR_ACTIVE && r->method == ITR_VERIFY &&
	    !r->claim.eid.afi && lisp_record_copy(&r->claim, claim))
		lisp_count(core, LISP_STAT_NO_MEMORY);
}

void itr_answered(struct lisp_core *core, struct itr_request *r, bool usable)
{
	lisp_time until = r->last_sent + RATE_LIMIT;

	lisp_count(core, LISP_STAT_RESOLVED);
	lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, change state to deleted (method: %s, state: incomplete, rlocs: 0)",
		   lisp_eid_str(&r->e.eid, LISP_S), itr_method_str(r->method));
	if (r->parked && !usable)
		core->ops.pending_del(core->ctx, &r->e.eid);
	r->parked = false;
	r->state = ITR_ANSWERED;
	lisp_timer_arm(&core->timers, &r->timer,
		       until > core->now ? until : core->now + 1, forget);
}

static bool is_local(const struct lisp_core *core, uint32_t iid,
		     const struct lisp_addr *source)
{
	struct lisp_eid eid = lisp_eid_from_addr(iid, source);

	return source->afi != LISP_AFI_NONE &&
	       lisp_table_match(&core->etr.db, &eid);
}

void lisp_core_miss(struct lisp_core *core, lisp_time now,
		    const struct lisp_eid *eid, const struct lisp_addr *source)
{
	core->now = now;
	lisp_count(core, LISP_STAT_MISS);
	lisp_trace(core, LISP_TRACE_ITR, "Processing data signal for EID prefix %s",
		   lisp_eid_str(eid, LISP_S));
	if (!core->cfg.itr || !lisp_serves(core, eid->iid)) {
		lisp_count(core, LISP_STAT_MISS_UNSERVED);
		core->ops.pending_del(core->ctx, eid);
		return;
	}
	/* A PITR acts for hosts whose addresses are no EIDs (RFC 6832 5). */
	if ((core->cfg.pitr || core->cfg.rtr) && !is_local(core, eid->iid,
							   source))
		source = NULL;
	itr_ask(core, eid, ITR_DATA_SIGNAL, source);
}

void lisp_core_refresh(struct lisp_core *core, lisp_time now,
		       const struct lisp_eid *eid)
{
	struct lisp_entry *e = lisp_table_find(&core->itr.cache, eid);

	core->now = now;
	/*
	 * What an operator put there is not ours to renew. Whether it lives is
	 * the data plane's word, whatever our clock says.
	 */
	if (!core->cfg.itr || !e ||
	    container_of(e, struct cache_entry, e)->origin != LISP_BY_MAP_REPLY)
		return;
	lisp_count(core, LISP_STAT_REFRESH);
	lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, in use and expiring soon (method: refresh, state: complete)",
		   lisp_eid_str(eid, LISP_S));
	itr_ask(core, eid, ITR_REFRESH, NULL);
}

static void gone(struct lisp_core *core, const struct lisp_eid *eid,
		 const char *why)
{
	lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, change state to deleted (method: data-plane, state: %s)",
		   lisp_eid_str(eid, LISP_S), why);
	cache_del(core, eid);
	/* A negative answer may have stood in its place. */
	if (cache_is_default(core, eid))
		cache_add_default(core, eid);
}

void lisp_core_expired(struct lisp_core *core, lisp_time now,
		       const struct lisp_eid *eid)
{
	core->now = now;
	lisp_count(core, LISP_STAT_EXPIRED);
	gone(core, eid, "expired");
}

void lisp_core_deleted(struct lisp_core *core, lisp_time now,
		       const struct lisp_eid *eid)
{
	core->now = now;
	lisp_count(core, LISP_STAT_DELETED);
	gone(core, eid, "deleted or flushed");
}

void lisp_core_adopt(struct lisp_core *core, lisp_time now,
		     const struct lisp_mapping *m)
{
	core->now = now;
	lisp_count(core, LISP_STAT_ADOPTED);
	cache_set(core, m);
}

void lisp_core_adopt_begin(struct lisp_core *core)
{
	core->itr.dumps++;
}

void lisp_core_adopt_end(struct lisp_core *core, lisp_time now)
{
	struct lisp_table *t = &core->itr.cache;
	struct lisp_entry *e;
	struct lisp_eid eid;

	core->now = now;
	for (e = lisp_table_next(t, NULL); e; e = lisp_table_next(t, &eid)) {
		eid = e->eid;
		if (container_of(e, struct cache_entry, e)->seen !=
		    core->itr.dumps) {
			lisp_count(core, LISP_STAT_DELETED);
			gone(core, &eid, "found to be gone");
		}
	}
}

void lisp_core_resolve(struct lisp_core *core, lisp_time now,
		       const struct lisp_eid *eid)
{
	core->now = now;
	if (core->cfg.itr)
		itr_ask(core, eid, ITR_LIG, NULL);
	else
		lisp_log(core, LOG_NOTICE, "cannot resolve: no itr role");
}
