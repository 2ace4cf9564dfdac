// SPDX-License-Identifier: GPL-2.0
/*
 * RLOC-probing (RFC 9301 7.1): locators that Map-Replies gave us are asked, one
 * by one, whether they are there. A round is a probe and, unanswered, its
 * repetitions; a round without an answer makes the locator down for the data
 * plane, an answer makes it up again. As long as no entry with it is in use, one
 * that is up is not asked.
 *
 * Each probe has its own nonce, the low bits of which number it within the
 * round: the answer is known by it, whatever address it comes from, and so is
 * the round-trip time, also of a repetition.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define TRY_MASK	(LISP_PROBE_TRIES_MAX - 1ull)
#define PATIENT_ROUNDS	10	/* of a dead one, before backing off */
#define BACKOFF_SHIFT	3	/* to eight times the interval */
#define ASK_INTERVAL	(60 * LISP_SEC)	/* for a mapping that looks changed */
#define HINT_INTERVAL	(5 * LISP_SEC)	/* of rounds for what others say */

static struct rloc *from_timer(struct lisp_timer *t)
{
	return container_of(t, struct rloc, timer);
}

static struct rloc **bucket(struct lisp_core *core, uint64_t nonce)
{
	unsigned int n = sizeof(core->itr.by_probe) /
			 sizeof(core->itr.by_probe[0]);

	return &core->itr.by_probe[nonce / LISP_PROBE_TRIES_MAX % n];
}

static struct rloc *by_nonce(struct lisp_core *core, uint64_t nonce)
{
	struct rloc *r = *bucket(core, nonce);

	while (r && r->nonce != (nonce & ~TRY_MASK))
		r = r->next;
	return r;
}

static void unhash(struct lisp_core *core, struct rloc *r)
{
	struct rloc **p = bucket(core, r->nonce);

	while (*p && *p != r)
		p = &(*p)->next;
	if (*p)
		*p = r->next;
}

static void new_nonce(struct lisp_core *core, struct rloc *r)
{
	unhash(core, r);
	do {
		r->nonce = core->ops.random(core->ctx) & ~TRY_MASK;
	} while (!r->nonce || by_nonce(core, r->nonce));
	r->next = *bucket(core, r->nonce);
	*bucket(core, r->nonce) = r;
}

static const char *const states[] = {
	[LISP_RLOC_UNKNOWN] = "unknown", [LISP_RLOC_UP] = "up",
	[LISP_RLOC_DOWN] = "down",
};

static void set_state(struct lisp_core *core, struct rloc *r,
		      enum lisp_rloc_reach state)
{
	lisp_trace(core, LISP_TRACE_ITR, "RLOC %s, change state to %s (method: rloc-probe, state: %s)",
		   lisp_addr_str(&r->addr, LISP_S), states[state],
		   states[r->state]);
	r->state = state;
	r->since = core->now;
	if (state == LISP_RLOC_DOWN)
		lisp_count(core, LISP_STAT_RLOC_DOWN);
	else if (state == LISP_RLOC_UP)
		lisp_count(core, LISP_STAT_RLOC_UP);
}

/* The entry to ask about: any that lives and may send to this address. */
static const struct cache_entry *choose_entry(const struct lisp_core *core,
					      const struct rloc *r)
{
	const struct rloc_use *u = r->uses;

	while (u && !(u->probed && u->entry->expires > core->now))
		u = u->next;
	return u ? u->entry : NULL;
}

/* Between 7/8 of it and all of it: many must not go in step. */
static lisp_time jittered(struct lisp_core *core, lisp_time t)
{
	return t - core->ops.random(core->ctx) % (t / 8 + 1);
}

static void send_probe(struct lisp_core *core, struct rloc *r,
		       const struct lisp_eid *eid)
{
	const struct lisp_addr *own = lisp_own_rloc(core, r->addr.afi);
	struct lisp_endpoint from = { *own, LISP_CONTROL_PORT };
	struct lisp_endpoint to = { r->addr, LISP_CONTROL_PORT };
	struct lisp_eid record = *eid;
	struct lisp_msg msg = {
		.type = LISP_MAP_REQUEST,
		.request = {
			.probe = true,
			.nonce = r->nonce + r->tries,
			.n_itr_rlocs = 1,	/* the path that is to be tried */
			.itr_rlocs = { *own },
			.n_eids = 1,
			.eids = &record,
		},
	};

	r->probe_eid = *eid;
	r->sent[r->tries++] = core->now;
	r->round_sent = r->tries;
	r->probes++;
	lisp_count(core, LISP_STAT_PROBE_OUT);
	lisp_trace(core, LISP_TRACE_ITR, "Send RLOC-probe (%u) to %s for EID prefix %s, nonce " LISP_NONCE_FMT,
		   r->tries, lisp_addr_str(&r->addr, LISP_S),
		   lisp_eid_str(eid, LISP_S),
		   LISP_NONCE_ARG(msg.request.nonce));
	lisp_send(core, &msg, &from, &to);
}

/*
 * How it is probed: as the device wants it whose entries name it; of several,
 * that of the shortest interval, as the state is kept for the address.
 */

static const struct lisp_config_probe *wanted_by(const struct lisp_core *core,
						 const struct rloc_use *u)
{
	const struct lisp_config *cfg = &core->cfg;
	uint32_t iid = u->entry->e.eid.iid;
	unsigned int i;

	for (i = 0; core->itr.device_probes && i < cfg->n_devices; i++) {
		if (cfg->devices[i].iid == iid && cfg->devices[i].own_probe)
			return &cfg->devices[i].probe;
	}
	return &cfg->probe;
}

static void take_stricter(struct lisp_config_probe *p,
			  const struct lisp_config_probe *other)
{
	if (other->on && (!p->on || other->interval_ms < p->interval_ms))
		*p = *other;
}

void probe_linked(struct lisp_core *core, const struct rloc_use *u)
{
	u->rloc->n_probed++;
	take_stricter(&u->rloc->probe, wanted_by(core, u));
}

void probe_unlinked(struct rloc *r)
{
	r->n_probed--;
	r->probe_stale = true;
}

static void settle(struct lisp_core *core, struct rloc *r)
{
	const struct rloc_use *u;

	r->probe_stale = false;
	r->probe = (struct lisp_config_probe){ 0 };
	if (r->n_probed && !core->itr.device_probes)
		r->probe = core->cfg.probe;
	for (u = r->uses; u && core->itr.device_probes; u = u->next) {
		if (u->probed)
			take_stricter(&r->probe, wanted_by(core, u));
	}
}

static void on_timer(struct lisp_core *core, struct lisp_timer *t);

static lisp_time next_round(struct lisp_core *core, const struct rloc *r)
{
	lisp_time t = r->probe.interval_ms * LISP_MSEC;
	unsigned int over;

	if (r->failed > PATIENT_ROUNDS) {
		over = r->failed - PATIENT_ROUNDS;
		t <<= over > BACKOFF_SHIFT ? BACKOFF_SHIFT : over;
	}
	return jittered(core, t);
}

/*
 * Told to the data plane with every round that fails, so that one that was
 * made anew knows it, too.
 */
static void round_failed(struct lisp_core *core, struct rloc *r)
{
	lisp_time next, waited = 0;

	r->failed++;
	if (r->state == LISP_RLOC_DOWN)
		waited = core->now - r->sent[0]; /* it is part of the interval */
	else
		set_state(core, r, LISP_RLOC_DOWN);
	core->ops.rloc_state(core->ctx, &r->addr, false);
	r->tries = 0;
	next = next_round(core, r);
	lisp_timer_arm(&core->timers, &r->timer, core->now + 1 +
		       (next > waited ? next - waited : 0), on_timer);
}

static void on_timer(struct lisp_core *core, struct lisp_timer *t)
{
	struct rloc *r = from_timer(t);
	const struct cache_entry *c = choose_entry(core, r);
	unsigned int tries = 1;

	if (!r->tries && r->probe_stale) {
		settle(core, r);
		if (!r->probe.on) {
			probe_update(core, r);
			return;
		}
	}
	if (r->state != LISP_RLOC_DOWN)
		tries += r->probe.retries;
	if (r->tries >= tries) {
		round_failed(core, r);
		return;
	}
	/* All have expired, to be taken away; or it is up and not in use. */
	if (!c || (!r->tries && !r->n_used && r->state != LISP_RLOC_DOWN)) {
		r->tries = 0;
		lisp_timer_arm(&core->timers, t, core->now +
			       next_round(core, r), on_timer);
		return;
	}
	if (!r->tries) {
		new_nonce(core, r);
		r->answered = false;
	}
	send_probe(core, r, &c->e.eid);
	lisp_timer_arm(&core->timers, t, core->now +
		       r->probe.timeout_ms * LISP_MSEC, on_timer);
}

static bool wanted(const struct lisp_core *core, const struct rloc *r)
{
	return core->cfg.itr && r->probe.on && r->n_probed &&
	       lisp_own_rloc(core, r->addr.afi) &&
	       !lisp_is_own_rloc(core, &r->addr);
}

void probe_update(struct lisp_core *core, struct rloc *r)
{
	lisp_time spread = r->probe.interval_ms * LISP_MSEC;
	lisp_time latest = core->now + (spread << BACKOFF_SHIFT);

	if (wanted(core, r)) {
		if (spread > LISP_SEC)
			spread = LISP_SEC;
		/* It may be armed for a longer interval than that now wanted. */
		if (!r->timer.armed || (!r->tries && r->timer.at > latest))
			lisp_timer_arm(&core->timers, &r->timer, core->now +
				       core->ops.random(core->ctx) % spread,
				       on_timer);
		return;
	}
	lisp_timer_stop(&core->timers, &r->timer);
	r->tries = 0;
	r->failed = 0;
	if (r->state == LISP_RLOC_DOWN && r->uses)
		core->ops.rloc_state(core->ctx, &r->addr, true);
	r->state = LISP_RLOC_UNKNOWN;
}

/* What was not in use was not probed: who knows how it is now. */
void probe_hurry(struct lisp_core *core, struct rloc *r)
{
	lisp_time at = core->now + core->ops.random(core->ctx) %
				   (100 * LISP_MSEC);

	if (r->timer.armed && !r->tries && r->timer.at > at)
		lisp_timer_arm(&core->timers, &r->timer, at, on_timer);
}

void lisp_core_status_bit(struct lisp_core *core, lisp_time now,
			  const struct lisp_addr *rloc, bool up)
{
	struct rloc *r = rloc_find(core, rloc);
	lisp_time at = now;

	core->now = now;
	lisp_trace(core, LISP_TRACE_ITR, "RLOC %s, its site says it is %s (method: status-bit, state: %s)",
		   lisp_addr_str(rloc, LISP_S), up ? "up" : "down",
		   r ? states[r->state] : "not in use");
	/* Not what is known, nor while it is asked. */
	if (!r || !r->timer.armed || r->tries ||
	    r->state == (up ? LISP_RLOC_UP : LISP_RLOC_DOWN))
		return;
	if (r->probes && at < r->sent[0] + HINT_INTERVAL)
		at = r->sent[0] + HINT_INTERVAL;
	if (at < r->timer.at)
		lisp_timer_arm(&core->timers, &r->timer, at, on_timer);
}

void probe_forget(struct lisp_core *core, struct rloc *r)
{
	lisp_timer_stop(&core->timers, &r->timer);
	unhash(core, r);
}

static bool same(const struct lisp_config_probe *a,
		 const struct lisp_config_probe *b)
{
	return a->on == b->on && a->interval_ms == b->interval_ms &&
	       a->timeout_ms == b->timeout_ms && a->retries == b->retries;
}

void probe_configure(struct lisp_core *core)
{
	const struct lisp_table *t = &core->itr.rlocs;
	struct lisp_config_probe before;
	struct lisp_entry *e;
	unsigned int i;
	struct rloc *r;

	core->itr.device_probes = false;
	for (i = 0; i < core->cfg.n_devices; i++)
		core->itr.device_probes |= core->cfg.devices[i].own_probe;
	for (e = lisp_table_next(t, NULL); e; e = lisp_table_next(t, &e->eid)) {
		r = rloc_of(e);
		before = r->probe;
		settle(core, r);
		if (!same(&before, &r->probe)) {
			lisp_timer_stop(&core->timers, &r->timer);
			r->tries = 0;
		}
		probe_update(core, r);
	}
}

/* RFC 9301 7.1: an opportunity to hear of changes; asked for, not taken. */
static void check_mapping(struct lisp_core *core, struct rloc *r,
			  const struct lisp_map_reply *m)
{
	struct cache_entry *c = cache_find(core, &r->probe_eid);
	const struct lisp_record *rec;
	unsigned int i;

	for (i = 0; c && i < m->n_records; i++) {
		rec = &m->records[i];
		if (!lisp_eid_equal(&rec->eid, &c->e.eid) ||
		    (rec->ttl != LISP_TTL_WITHDRAW && cache_same(c, rec)))
			continue;
		if (c->probe_asked &&
		    core->now - c->last_probe_ask < ASK_INTERVAL)
			return;
		c->probe_asked = true;
		c->last_probe_ask = core->now;
		lisp_count(core, LISP_STAT_PROBE_CHANGED);
		itr_ask(core, &c->e.eid, ITR_PROBE, NULL);
		return;
	}
}

void probe_receive(struct lisp_core *core, const struct lisp_endpoint *from,
		   const struct lisp_map_reply *m)
{
	struct rloc *r = by_nonce(core, m->nonce);
	unsigned int try = m->nonce & TRY_MASK;

	if (!r || try >= r->round_sent || !r->timer.armed) {
		lisp_count(core, LISP_STAT_REPLY_PROBE);
		return;
	}
	if (r->answered) {
		lisp_count(core, LISP_STAT_REPLY_DUP);
		return;
	}
	r->answered = true;
	r->tries = 0;
	r->failed = 0;
	r->replies++;
	r->rtt = core->now - r->sent[try];
	r->last_reply = core->now;
	lisp_count(core, LISP_STAT_PROBE_ANSWERED);
	lisp_trace(core, LISP_TRACE_ITR, "Received RLOC-probe reply of %s from %s, nonce " LISP_NONCE_FMT ", rtt %llu.%03llums",
		   lisp_addr_str(&r->addr, LISP_S),
		   lisp_addr_str(&from->addr, LISP_S), LISP_NONCE_ARG(m->nonce),
		   (unsigned long long)r->rtt / 1000,
		   (unsigned long long)r->rtt % 1000);
	if (r->state != LISP_RLOC_UP) {
		set_state(core, r, LISP_RLOC_UP);
		core->ops.rloc_state(core->ctx, &r->addr, true);
	}
	lisp_timer_arm(&core->timers, &r->timer, core->now +
		       next_round(core, r), on_timer);
	check_mapping(core, r, m);
}
