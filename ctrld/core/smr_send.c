// SPDX-License-Identifier: GPL-2.0
/*
 * Solicit-Map-Requests sent (RFC 9301 6.1): when a database-mapping changes,
 * those are told who asked us for it, those who have sent packets to its
 * instance in the last minute, and those we send to ourselves: locators of the
 * map-cache, of entries in use. A Map-Request of theirs ends it; else three
 * times is enough, every 3 s.
 *
 * RFC 9301 6.1 has SMRs rate limited, recommends one packet in 3 s to an RLOC,
 * and 5.2 allows one record in it. A site of four prefixes that moves would need
 * 9 s to say so, and so would hosts that move one after the other: a budget of
 * LISP_SMR_BURST in any 3 s it is, for whatever changes. About one prefix an
 * RLOC is told once in 3 s: more often it is not to ask (6.1).
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define ROUND		(3 * LISP_SEC)	/* RFC 9301 6.1 */
#define WINDOW		64		/* bits of struct smr_peer.todo */
#define HEARD		(60 * LISP_SEC)	/* "the last minute" (RFC 9301 6.1) */
/* A map-server that answers for us should have the new mapping first. */
#define SETTLE_POLL	(50 * LISP_MSEC)
#define SETTLE_MAX	(900 * LISP_MSEC)
#define PEERS_PER_TICK	32
#define TICK		(10 * LISP_MSEC)

static bool overlap(const struct lisp_eid *a, const struct lisp_eid *b)
{
	return lisp_eid_covers(a, b) || lisp_eid_covers(b, a);
}

/* Those who asked */

static unsigned int bucket(const struct lisp_smr *s, const struct lisp_addr *a,
			   const struct lisp_eid *eid)
{
	const unsigned int n = sizeof(s->hash) / sizeof(s->hash[0]);
	uint32_t h = 2166136261u;
	unsigned int i;

	for (i = 0; i < LISP_ADDR_BYTES; i++)
		h = ((h ^ a->bytes[i]) * 16777619u ^ eid->bytes[i]) * 16777619u;
	return (h ^ h >> 15) % n;
}

static void unhash(struct lisp_smr *s, uint32_t index)
{
	struct smr_asker *a = &s->askers[index];
	uint32_t *p = &s->hash[bucket(s, &a->addr, &a->eid)];

	while (*p && *p != index + 1)
		p = &s->askers[*p - 1].next;
	if (*p)
		*p = a->next;
}

static struct smr_asker *find_asker(struct lisp_smr *s,
				    const struct lisp_addr *addr,
				    const struct lisp_eid *eid)
{
	uint32_t i = s->hash[bucket(s, addr, eid)];

	for (; i; i = s->askers[i - 1].next) {
		if (lisp_addr_equal(&s->askers[i - 1].addr, addr) &&
		    lisp_eid_equal(&s->askers[i - 1].eid, eid))
			return &s->askers[i - 1];
	}
	return NULL;
}

/* A free place, or that of the one added first. */
static struct smr_asker *new_asker(struct lisp_core *core)
{
	struct lisp_smr *s = &core->smr;
	struct smr_asker *more;
	uint32_t n = s->n_askers;

	if (n == LISP_SMR_ASKERS_MAX) {
		lisp_count(core, LISP_STAT_LIM_SMR_ASKERS);
		n = s->next_asker++ % LISP_SMR_ASKERS_MAX;
		unhash(s, n);
		return &s->askers[n];
	}
	if (!(n & (n - 1))) {			/* 0, 1, 2, 4 ... */
		more = realloc(s->askers, (n ? 2 * n : 1) * sizeof(*more));
		if (!more) {
			lisp_count(core, LISP_STAT_NO_MEMORY);
			return NULL;
		}
		s->askers = more;
	}
	s->n_askers++;
	return &s->askers[n];
}

/*
 * It was told, and asks: that ends it. Before it was told, anybody may ask in its
 * name, to keep it from hearing of the change.
 */
static void tick_off(struct lisp_core *core, const struct lisp_addr *addr,
		     const struct lisp_eid *eid)
{
	struct lisp_smr *s = &core->smr;
	struct lisp_eid key = lisp_eid_from_addr(0, addr);
	struct lisp_entry *e = lisp_table_find(&s->peers, &key);
	struct smr_peer *p = e ? container_of(e, struct smr_peer, e) : NULL;
	unsigned int i;

	for (i = 0; p && i < WINDOW && s->first + i < s->n_eids; i++) {
		if (overlap(&s->eids[s->first + i], eid))
			p->todo &= ~(p->once & 1ull << i);
	}
}

void smr_asked(struct lisp_core *core, const struct lisp_addr *addr,
	       const struct lisp_eid *eid, uint32_t ttl_min)
{
	struct lisp_smr *s = &core->smr;
	struct smr_asker *a = find_asker(s, addr, eid);
	unsigned int b = bucket(s, addr, eid);

	tick_off(core, addr, eid);
	if (!a) {
		a = new_asker(core);
		if (!a)
			return;
		a->addr = *addr;
		a->eid = *eid;
		a->next = s->hash[b];
		s->hash[b] = (uint32_t)(a - s->askers) + 1;
	}
	a->until = core->now + ttl_min * 60 * LISP_SEC;
}

/* Who is to be told what */

/*
 * Who asked us may be anybody's invention: so many of them that there are @max
 * peers, and room is left for those whose packets we have seen.
 */
static void add_peer(struct lisp_core *core, const struct lisp_addr *addr,
		     uint64_t todo, unsigned long max)
{
	struct lisp_table *t = &core->smr.peers;
	struct lisp_eid key = lisp_eid_from_addr(0, addr);
	struct lisp_entry *e = lisp_table_find(t, &key);
	struct smr_peer *p = e ? container_of(e, struct smr_peer, e) : NULL;

	if (!todo || !lisp_addr_is_rloc(addr) ||
	    !lisp_own_rloc(core, addr->afi) || lisp_is_own_rloc(core, addr))
		return;
	if (!p && t->count >= max) {
		lisp_count(core, LISP_STAT_LIM_SMR_PEERS);
		return;
	}
	if (!p) {
		p = calloc(1, sizeof(*p));
		if (!p || lisp_table_insert(t, &p->e, &key)) {
			free(p);
			lisp_count(core, LISP_STAT_NO_MEMORY);
			return;
		}
		p->addr = *addr;
	}
	p->todo |= todo;
	p->once &= ~todo;
	p->twice &= ~todo;
	p->at = (unsigned int)__builtin_ctzll(todo);
}

/* Those of the changed prefixes in @mask that concern who asked for @eid. */
static uint64_t bits(const struct lisp_smr *s, uint64_t mask,
		     const struct lisp_eid *eid)
{
	unsigned int i;

	for (i = 0; i < WINDOW && s->first + i < s->n_eids; i++) {
		if (!overlap(&s->eids[s->first + i], eid))
			mask &= ~(1ull << i);
	}
	return mask;
}

/* All of the window from the @from-th prefix on. */
static uint64_t window(const struct lisp_smr *s, unsigned int from)
{
	uint64_t mask = 0;
	unsigned int i;

	for (i = from - s->first; i < WINDOW && s->first + i < s->n_eids; i++)
		mask |= 1ull << i;
	return mask;
}

static void gather(struct lisp_core *core, uint64_t mask)
{
	struct lisp_smr *s = &core->smr;
	struct lisp_entry *e;
	unsigned int i;

	for (i = 0; i < s->n_askers; i++) {
		if (s->askers[i].until > core->now)
			add_peer(core, &s->askers[i].addr,
				 bits(s, mask, &s->askers[i].eid),
				 LISP_SMR_PEERS_MAX / 2);
	}
	for (e = lisp_table_next(&core->itr.rlocs, NULL); e;
	     e = lisp_table_next(&core->itr.rlocs, &e->eid)) {
		if (rloc_of(e)->n_used)
			add_peer(core, &rloc_of(e)->addr, mask,
				 LISP_SMR_PEERS_MAX);
	}
}

static bool names(const struct lisp_config_rloc *rlocs, unsigned int n,
		  const struct lisp_addr *addr)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (lisp_addr_equal(&rlocs[i].addr, addr))
			return true;
	}
	return false;
}

/* As far as the map-server says that another ETR has registered them, too. */
static bool merged(struct lisp_core *core, uint64_t mask,
		   const struct lisp_addr *addr)
{
	const struct db_entry *d;
	unsigned int i, k;

	for (i = 0; i < WINDOW; i++) {
		d = mask & 1ull << i ?
		    etr_find(core, &core->smr.eids[core->smr.first + i]) : NULL;
		if (!d || d->merged_until <= core->now)
			continue;
		for (k = 0; k < d->merged.n_locators; k++) {
			if (lisp_addr_equal(&d->merged.locators[k].addr, addr))
				return true;
		}
	}
	return false;
}

/* Another ETR of our site: it has the mapping from where we have it. */
static bool of_our_site(struct lisp_core *core, uint64_t mask,
			const struct lisp_addr *addr)
{
	const struct lisp_config *cfg = &core->cfg;
	unsigned int i;

	for (i = 0; i < cfg->n_mappings; i++) {
		if (names(cfg->mappings[i].rlocs, cfg->mappings[i].n_rlocs,
			  addr))
			return true;
	}
	for (i = 0; i < cfg->n_dynamic; i++) {
		if (names(cfg->dynamic[i].rlocs, cfg->dynamic[i].n_rlocs, addr))
			return true;
	}
	return merged(core, mask, addr);
}

void lisp_core_source(struct lisp_core *core, lisp_time now,
		      const struct lisp_addr *rloc, lisp_time idle)
{
	uint64_t mask = core->smr.asking;

	core->now = now;
	if (mask && idle < HEARD && !of_our_site(core, mask, rloc))
		add_peer(core, rloc, mask, LISP_SMR_PEERS_MAX);
}

/* Instance by instance: whose packets these are, the data plane knows. */
static void ask_sources(struct lisp_core *core)
{
	struct lisp_smr *s = &core->smr;
	unsigned int i;
	uint32_t iid;

	while (s->unasked && core->ops.sources_get) {
		s->asking = 0;
		iid = s->eids[s->first + __builtin_ctzll(s->unasked)].iid;
		for (i = 0; i < WINDOW; i++) {
			if (s->unasked & 1ull << i &&
			    s->eids[s->first + i].iid == iid)
				s->asking |= 1ull << i;
		}
		s->unasked &= ~s->asking;
		core->ops.sources_get(core->ctx, iid);
	}
	s->asking = 0;
}

/* Telling them */

static void send_smr(struct lisp_core *core, const struct lisp_addr *addr,
		     const struct lisp_eid *eid)
{
	struct lisp_addr source = lisp_eid_addr(eid);
	struct lisp_endpoint from = { .port = LISP_CONTROL_PORT };
	struct lisp_endpoint to = { .addr = *addr, .port = LISP_CONTROL_PORT };
	struct lisp_eid record = *eid;
	struct lisp_msg msg = {
		.type = LISP_MAP_REQUEST,
		.request = {
			.smr = true,
			.dont_reply = true,
			.nonce = core->ops.random(core->ctx),
			/* deployed xTRs look for what changed here */
			.source_eid = lisp_eid_from_addr(eid->iid, &source),
			.n_eids = 1,
			.eids = &record,
		},
	};
	const struct lisp_addr *own = lisp_own_rloc(core, addr->afi);

	if (!own)
		return;
	from.addr = *own;
	itr_fill_rlocs(core, &msg.request);
	lisp_trace(core, LISP_TRACE_ETR, "Sending SMR to %s, EID prefix %s, nonce " LISP_NONCE_FMT,
		   lisp_addr_str(addr, LISP_S), lisp_eid_str(eid, LISP_S),
		   LISP_NONCE_ARG(msg.request.nonce));
	lisp_count(core, LISP_STAT_SMR_OUT);
	lisp_send(core, &msg, &from, &to);
}

/* It has been told of those in @bit once more: three times is enough. */
static void told(struct smr_peer *p, uint64_t bit)
{
	p->todo &= ~(bit & p->twice);
	p->twice |= bit & p->once;
	p->once |= bit;
}

/* From when on the budget lets @p be told of one more: the oldest is 3 s ago. */
static lisp_time has_budget(const struct smr_peer *p)
{
	return p->n_sent < LISP_SMR_BURST ? 0 :
	       p->sent[p->n_sent % LISP_SMR_BURST].at + ROUND;
}

/* And of this one: the last time, if it is among the last ones, as well. */
static lisp_time may_repeat(const struct smr_peer *p, unsigned int eid)
{
	lisp_time at = 0;
	unsigned int i;

	for (i = 0; i < LISP_SMR_BURST && i < p->n_sent; i++) {
		if (p->sent[i].eid == eid && p->sent[i].at + ROUND > at)
			at = p->sent[i].at + ROUND;
	}
	return at;
}

/*
 * What may be told now, going round, so that each prefix has its turn. When the
 * rest may be.
 */
static lisp_time tell(struct lisp_core *core, struct smr_peer *p)
{
	struct lisp_smr *s = &core->smr;
	unsigned int n = s->n_eids - s->first, first = p->at, i, at;
	lisp_time next = LISP_TIME_NEVER, when;

	if (n > WINDOW)
		n = WINDOW;
	for (i = 0; i < n && has_budget(p) <= core->now; i++) {
		at = (first + i) % n;
		if (!(p->todo & 1ull << at))
			continue;
		when = may_repeat(p, s->first + at);
		if (when <= core->now) {
			send_smr(core, &p->addr, &s->eids[s->first + at]);
			told(p, 1ull << at);
			p->sent[p->n_sent % LISP_SMR_BURST].at = core->now;
			p->sent[p->n_sent++ % LISP_SMR_BURST].eid =
				s->first + at;
			p->at = (at + 1) % n;
			when = core->now + ROUND;
		}
		if (p->todo & 1ull << at && when < next)
			next = when;
	}
	return has_budget(p) > core->now ? has_budget(p) : next;
}

/* It is kept for the limits until nothing has been sent for 3 s. */
static lisp_time may_go(const struct smr_peer *p)
{
	return p->n_sent ? p->sent[(p->n_sent - 1) % LISP_SMR_BURST].at +
			   ROUND : 0;
}

static void on_timer(struct lisp_core *core, struct lisp_timer *t);

static void arm(struct lisp_core *core, lisp_time delay)
{
	lisp_timer_arm(&core->timers, &core->smr.timer, core->now + delay,
		       on_timer);
}

/* One more round, or the next prefixes, or the end. */
static void end_pass(struct lisp_core *core)
{
	struct lisp_smr *s = &core->smr;

	s->in_pass = false;
	while (!s->peers.count) {
		s->first += WINDOW;
		if (s->first >= s->n_eids) {
			free(s->eids);
			s->eids = NULL;
			s->n_eids = 0;
			s->first = 0;
			s->unasked = 0;
			return;
		}
		gather(core, window(s, s->first));
		s->unasked = window(s, s->first);
		ask_sources(core);
		s->next = core->now;
	}
	arm(core, s->next > core->now + TICK ? s->next - core->now : TICK);
}

static void pass(struct lisp_core *core)
{
	struct lisp_smr *s = &core->smr;
	struct lisp_entry *e;
	struct smr_peer *p;
	unsigned int n = 0;
	lisp_time next;

	if (!s->in_pass) {
		s->in_pass = true;
		s->next = LISP_TIME_NEVER;
		memset(&s->cursor, 0, sizeof(s->cursor));
	}
	while ((e = lisp_table_next(&s->peers, s->cursor.afi ? &s->cursor :
								NULL))) {
		if (n++ == PEERS_PER_TICK) {
			arm(core, TICK);
			return;
		}
		s->cursor = e->eid;
		p = container_of(e, struct smr_peer, e);
		next = tell(core, p);
		if (!p->todo)
			next = may_go(p);
		if (!p->todo && next <= core->now) {
			lisp_table_remove(&s->peers, e);
			free(p);
		} else if (next < s->next) {
			s->next = next;
		}
	}
	end_pass(core);
}

static void on_timer(struct lisp_core *core, struct lisp_timer *t)
{
	struct lisp_smr *s = &core->smr;
	unsigned int i;

	(void)t;
	ask_sources(core);
	if (!s->settled && core->now - s->changed < SETTLE_MAX &&
	    !reg_all_acked(core)) {
		arm(core, SETTLE_POLL);
		return;
	}
	for (i = s->first; !s->settled && i < s->n_eids; i++)
		smr_own(core, &s->eids[i]);
	s->settled = true;
	pass(core);
}

/* What changed */

bool smr_same_rlocs(const struct lisp_config_mapping *a,
		    const struct lisp_config_mapping *b)
{
	const struct lisp_config_rloc *x, *y;
	unsigned int i;

	for (i = 0; a->n_rlocs == b->n_rlocs && i < a->n_rlocs; i++) {
		x = &a->rlocs[i];
		y = &b->rlocs[i];
		if (!lisp_addr_equal(&x->addr, &y->addr) ||
		    x->priority != y->priority || x->weight != y->weight)
			return false;
	}
	return a->n_rlocs == b->n_rlocs;
}

/* Changed again, while the last time is being told: no second time. */
static bool is_told(struct lisp_smr *s, const struct lisp_eid *eid,
		    uint64_t *again)
{
	unsigned int i;

	for (i = 0; i < WINDOW && s->first + i < s->n_eids; i++) {
		if (lisp_eid_equal(&s->eids[s->first + i], eid)) {
			*again |= 1ull << i;
			return true;
		}
	}
	return false;
}

static void add_eid(struct lisp_core *core, const struct lisp_eid *eid,
		    uint64_t *again)
{
	struct lisp_smr *s = &core->smr;
	struct lisp_eid *more;
	unsigned int n = s->n_eids;

	if (is_told(s, eid, again))
		return;
	if (n >= LISP_SMR_EIDS_MAX) {
		lisp_count(core, LISP_STAT_LIM_SMR_EIDS);
		return;
	}
	if (!(n & (n - 1))) {
		more = realloc(s->eids, (n ? 2 * n : 1) * sizeof(*more));
		if (!more) {
			lisp_count(core, LISP_STAT_NO_MEMORY);
			return;
		}
		s->eids = more;
	}
	s->eids[s->n_eids++] = *eid;
}

/* From the @before-th on they are new; those of the window @again, too. */
static void begin(struct lisp_core *core, unsigned int before, uint64_t again)
{
	struct lisp_smr *s = &core->smr;

	if (s->n_eids == before && !again)
		return;
	gather(core, again | window(s, before));
	s->unasked |= again | window(s, before);
	s->settled = false;
	s->changed = core->now;
	s->in_pass = false;
	arm(core, SETTLE_POLL);
}

static const struct db_entry *find_in(const struct lisp_table *db,
				      const struct lisp_eid *eid)
{
	struct lisp_entry *e = lisp_table_find(db, eid);

	return e ? container_of(e, struct db_entry, e) : NULL;
}

/*
 * Is @d another mapping than @old? Of a host that was seen dyn_configure() has
 * told already, if it still is one; if it is configured now, the host is gone
 * and with it the mapping that @old points to.
 */
static bool differs(const struct db_entry *d, const struct db_entry *old)
{
	if (old && old->dynamic)
		return !d->dynamic;
	return !old || !smr_same_rlocs(old->m, d->m);
}

void smr_changed(struct lisp_core *core, const struct lisp_table *old)
{
	const struct lisp_table *db = &core->etr.db;
	unsigned int before = core->smr.n_eids;
	uint64_t again = 0;
	struct lisp_entry *e;

	for (e = lisp_table_next(db, NULL); e; e = lisp_table_next(db, &e->eid)) {
		if (differs(container_of(e, struct db_entry, e),
			    find_in(old, &e->eid)))
			add_eid(core, &e->eid, &again);
	}
	for (e = lisp_table_next(old, NULL); e;
	     e = lisp_table_next(old, &e->eid)) {
		if (!find_in(db, &e->eid))
			add_eid(core, &e->eid, &again);
	}
	begin(core, before, again);
}

void smr_tell(struct lisp_core *core, const struct lisp_eid *eid)
{
	unsigned int before = core->smr.n_eids;
	uint64_t again = 0;

	add_eid(core, eid, &again);
	begin(core, before, again);
}

void smr_clear(struct lisp_core *core)
{
	struct lisp_smr *s = &core->smr;
	struct lisp_entry *e;

	lisp_timer_stop(&core->timers, &s->timer);
	while ((e = lisp_table_next(&s->peers, NULL))) {
		lisp_table_remove(&s->peers, e);
		free(container_of(e, struct smr_peer, e));
	}
	lisp_table_clear(&s->peers, NULL);
	free(s->askers);
	free(s->eids);
	memset(s, 0, sizeof(*s));
}
