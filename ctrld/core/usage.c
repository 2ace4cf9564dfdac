// SPDX-License-Identifier: GPL-2.0
/*
 * ITR: which entries of the map-cache packets use. The data plane counts; it is
 * asked entry by entry, all the time, a bounded number a second. From that
 * follows whose locators are in use (they are probed, and told of changes of
 * our own mappings), which entries nobody needs any longer (idle time), and
 * which are used the most (these can be kept, see most.c).
 *
 * A small map-cache is gone through every second, one of up to 5000 entries
 * every 10 seconds, a larger one at 500 a second.
 */
#include "internal.h"

#define TICK		LISP_SEC
#define BATCH_MIN	100u
#define BATCH_MAX	500u
#define IN_USE		(60 * LISP_SEC)	/* "the last minute" (RFC 9301 6.1) */
#define HALF_LIFE	(3600 * LISP_SEC)	/* of the score */

static void set_in_use(struct lisp_core *core, struct cache_entry *c,
		       bool in_use)
{
	unsigned int i;

	c->in_use = in_use;
	for (i = 0; i < c->n_uses; i++)
		rloc_used(core, &c->uses[i], in_use && !c->proxied);
}

/* Packets that it saw, those of long ago counting less. */
static void add_score(struct lisp_core *core, struct cache_entry *c,
		      uint64_t packets)
{
	uint64_t more = packets >= c->packets ? packets - c->packets : packets;
	lisp_time age = core->now - c->scored;
	uint64_t halvings = age / HALF_LIFE;

	c->score = halvings < 64 ? c->score >> halvings : 0;
	c->scored += halvings * HALF_LIFE;
	c->score += more;
	c->packets = packets;
}

static lisp_time last_use(const struct cache_entry *c)
{
	return c->used > c->made ? c->used : c->made;
}

static bool idle_too_long(const struct lisp_core *core,
			  const struct cache_entry *c)
{
	lisp_time limit = core->cfg.idle_sec * LISP_SEC;

	return limit && c->kept_until <= core->now &&
	       core->now - last_use(c) >= limit;
}

void lisp_core_usage(struct lisp_core *core, lisp_time now,
		     const struct lisp_usage *u)
{
	struct cache_entry *c;

	core->now = now;
	c = cache_find(core, &u->eid);
	if (!c || c->origin != LISP_BY_MAP_REPLY)
		return;
	if (u->idle <= now)
		c->used = now - u->idle;
	add_score(core, c, u->packets);
	if (idle_too_long(core, c)) {
		lisp_count(core, LISP_STAT_IDLE);
		lisp_trace(core, LISP_TRACE_ITR, "Remote EID prefix %s, idle for %llu s, change state to deleted (method: data-plane, state: idle)",
			   lisp_eid_str(&u->eid, LISP_S),
			   (unsigned long long)((now - last_use(c)) /
						LISP_SEC));
		cache_remove(core, &u->eid);
		return;
	}
	set_in_use(core, c, c->kept_until > now ||
			    now - last_use(c) < IN_USE);
}

/* The next entries after where we are, all round. */
static unsigned int next_batch(struct lisp_core *core, struct lisp_eid *out)
{
	struct lisp_table *t = &core->itr.cache;
	struct lisp_eid *at = &core->itr.usage_at;
	unsigned int n = 0, looked = 0, batch = t->count / 10;
	struct lisp_entry *e;

	if (batch < BATCH_MIN)
		batch = BATCH_MIN;
	if (batch > BATCH_MAX)
		batch = BATCH_MAX;
	while (looked++ < batch) {
		e = lisp_table_next(t, at->afi ? at : NULL);
		if (!e) {
			at->afi = LISP_AFI_NONE;
			most_pass_ended(core);
			break;
		}
		*at = e->eid;
		if (container_of(e, struct cache_entry, e)->origin ==
		    LISP_BY_MAP_REPLY)
			out[n++] = e->eid;
	}
	return n;
}

static void on_usage(struct lisp_core *core, struct lisp_timer *t)
{
	struct lisp_eid batch[BATCH_MAX];
	unsigned int n, i;

	n = next_batch(core, batch);
	if (core->itr.cache.count && core->cfg.itr)
		lisp_timer_arm(&core->timers, t, core->now + TICK, on_usage);
	/* The answers may come while we ask, and change anything. */
	for (i = 0; i < n; i++)
		core->ops.usage_get(core->ctx, &batch[i]);
}

void usage_begin(struct lisp_core *core, struct cache_entry *c)
{
	c->in_use = true;		/* until we know better */
	c->made = core->now;
	c->scored = core->now;
	c->score = most_score(core, &c->e.eid);
	if (core->ops.usage_get && !core->itr.usage.armed)
		lisp_timer_arm(&core->timers, &core->itr.usage,
			       core->now + TICK, on_usage);
}
