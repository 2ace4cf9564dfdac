// SPDX-License-Identifier: GPL-2.0
/*
 * ITR: which map-resolver to ask. Of those that we have an RLOC for: first
 * those that are not under suspicion, of them those of the lowest priority,
 * and of them the fastest, its round-trip time divided by its weight. One that
 * was never asked comes before those known, so that all get known.
 *
 * Who did not answer is not known from silence alone: it may be the ETR. Under
 * suspicion comes a map-resolver when another one got an answer to the same
 * question. Questions that no packet waits for go round, also to those, so
 * that times stay true and a map-resolver that is back is found out.
 */
#include <string.h>

#include "internal.h"

#define AVOID		(30 * LISP_SEC)	/* doubled each time */
#define AVOID_SHIFT	4
#define WEIGHT_LEAST	1u		/* a weight of 0 is this */

static bool better(const struct lisp_core *core, const struct resolver *a,
		   const struct resolver *b)
{
	bool bad_a = a->avoid_until > core->now;
	bool bad_b = b->avoid_until > core->now;
	uint64_t weight_a = a->weight ? a->weight : WEIGHT_LEAST;
	uint64_t weight_b = b->weight ? b->weight : WEIGHT_LEAST;

	if (bad_a != bad_b)
		return bad_b;
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->rtt * weight_b < b->rtt * weight_a;
}

/* For questions that can wait: who was not asked for the longest time. */
static bool staler(const struct resolver *a, const struct resolver *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->last_asked < b->last_asked;
}

static bool can_ask(const struct lisp_core *core, const struct resolver *m)
{
	return m->priority != LISP_PRIORITY_UNUSED &&
	       lisp_own_rloc(core, m->addr.afi);
}

static struct resolver *choose(struct lisp_core *core,
			       const struct itr_request *r)
{
	bool turn = !r->parked && r->method != ITR_LIG && !r->tries;
	struct resolver *best = NULL, *m;
	unsigned int i;

	for (i = 0; i < core->itr.n_resolvers; i++) {
		m = &core->itr.resolvers[i];
		if (!can_ask(core, m) || (r->asked & 1u << i))
			continue;
		if (!best || (turn ? staler(m, best) : better(core, m, best)))
			best = m;
	}
	return best;
}

/* One after the other; when all have been asked, again from the best one. */
const struct lisp_addr *resolver_choose(struct lisp_core *core,
					struct itr_request *r)
{
	struct resolver *m = choose(core, r);

	if (!m && r->asked) {
		r->asked = 0;
		m = choose(core, r);
	}
	if (!m)
		return NULL;
	r->resolver = (unsigned int)(m - core->itr.resolvers);
	r->asked |= (uint8_t)(1u << r->resolver);
	m->last_asked = core->now;
	m->requests++;
	return &m->addr;
}

static void suspect(struct lisp_core *core, struct resolver *m)
{
	m->avoid_until = core->now + (AVOID << m->failed);
	if (m->failed < AVOID_SHIFT)
		m->failed++;
	lisp_count(core, LISP_STAT_RESOLVER_SUSPECT);
	lisp_trace(core, LISP_TRACE_ITR, "Map-resolver %s did not answer what another one did, avoided for %llu s",
		   lisp_addr_str(&m->addr, LISP_S),
		   (unsigned long long)((m->avoid_until - core->now) /
					LISP_SEC));
}

/* The last one asked is taken to be the one that had the answer. */
void resolver_answered(struct lisp_core *core, const struct itr_request *r)
{
	lisp_time rtt = core->now - r->last_sent;
	struct resolver *m;
	unsigned int i;

	for (i = 0; i < core->itr.n_resolvers; i++) {
		m = &core->itr.resolvers[i];
		if (!(r->asked & 1u << i))
			continue;
		if (i != r->resolver) {
			suspect(core, m);
			continue;
		}
		m->replies++;
		m->failed = 0;
		m->avoid_until = 0;
		m->last_reply = core->now;
		if (r->tries == 1)	/* else: the answer to which one? */
			m->rtt = m->rtt ? (7 * m->rtt + rtt) / 8 : rtt + 1;
	}
}

/* What is known of those that stay, stays. */
void resolver_configure(struct lisp_core *core)
{
	const struct lisp_config *cfg = &core->cfg;
	struct resolver old[LISP_MAP_RESOLVERS_MAX];
	unsigned int n_old = core->itr.n_resolvers, i, k;
	struct lisp_entry *e;
	struct resolver *m;

	memcpy(old, core->itr.resolvers, sizeof(old));
	memset(core->itr.resolvers, 0, sizeof(core->itr.resolvers));
	core->itr.n_resolvers = cfg->n_map_resolvers;
	for (i = 0; i < cfg->n_map_resolvers; i++) {
		m = &core->itr.resolvers[i];
		for (k = 0; k < n_old; k++) {
			if (lisp_addr_equal(&old[k].addr,
					    &cfg->map_resolvers[i].addr))
				*m = old[k];
		}
		m->addr = cfg->map_resolvers[i].addr;
		m->priority = cfg->map_resolvers[i].priority;
		m->weight = cfg->map_resolvers[i].weight;
	}
	/* their numbers may be those of others now */
	for (e = lisp_table_next(&core->itr.requests, NULL); e;
	     e = lisp_table_next(&core->itr.requests, &e->eid))
		container_of(e, struct itr_request, e)->asked = 0;
}
