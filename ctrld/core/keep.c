// SPDX-License-Identifier: GPL-2.0
/*
 * ITR: mappings kept whether or not packets need them. EIDs of the
 * configuration are resolved at start and renewed before they end; entries
 * restored from before a reboot are asked about in the background.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#define SPREAD		(20 * LISP_MSEC)	/* between two at start */
#define ASK_AGAIN	(5 * LISP_SEC)		/* when the answer is to come */
#define LOOK_AGAIN	(60 * LISP_SEC)		/* it may be withdrawn */
#define KEPT		(600 * LISP_SEC)	/* until we look again, amply */
#define MARGIN_SHIFT	3			/* renewed at 7/8 of its life */
#define VERIFY_TICK	(100 * LISP_MSEC)
#define VERIFY_BURST	10
#define VERIFY_LOOK	1000

int keep_build(const struct lisp_config *cfg, struct lisp_keeps *k)
{
	unsigned int i;

	if (!cfg->itr || !cfg->n_precache)
		return 0;
	k->list = calloc(cfg->n_precache, sizeof(*k->list));
	if (!k->list)
		return -ENOMEM;
	k->n = cfg->n_precache;
	for (i = 0; i < k->n; i++)
		k->list[i].eid = cfg->precache[i];
	return 0;
}

void keep_free(struct lisp_core *core, struct lisp_keeps *k)
{
	unsigned int i;

	for (i = 0; i < k->n; i++)
		lisp_timer_stop(&core->timers, &k->list[i].timer);
	free(k->list);
	k->list = NULL;
	k->n = 0;
}

/* When the mapping it has is to be renewed; @core->now when it has none. */
static lisp_time due(struct lisp_core *core, const struct lisp_eid *eid)
{
	struct cache_entry *c = cache_match(core, eid);
	lisp_time left;

	if (!c || c->origin == LISP_BY_CONFIG)
		return core->now;
	c->kept_until = core->now + KEPT;
	if (c->expires == LISP_TIME_NEVER)
		return LISP_TIME_NEVER;	/* an operator's, for now */
	left = (c->expires - c->set) >> MARGIN_SHIFT;
	return c->expires - left > core->now ? c->expires - left : core->now;
}

static void on_keep(struct lisp_core *core, struct lisp_timer *t)
{
	struct lisp_keep *k = container_of(t, struct lisp_keep, timer);
	lisp_time at = due(core, &k->eid);

	if (at <= core->now) {
		itr_ask(core, &k->eid, ITR_PRE_CACHE, NULL);
		at = core->now + ASK_AGAIN;
	} else if (at > core->now + LOOK_AGAIN) {
		at = core->now + LOOK_AGAIN;
	}
	lisp_timer_arm(&core->timers, t, at, on_keep);
}

void keep_arm(struct lisp_core *core, struct lisp_keeps *k)
{
	unsigned int i;

	for (i = 0; i < k->n; i++)
		lisp_timer_arm(&core->timers, &k->list[i].timer,
			       core->now + i * SPREAD, on_keep);
}

void keep_apply(struct lisp_core *core)
{
	keep_arm(core, &core->itr.keeps);
	most_configure(core);
}

/* Restored entries: a few at a time, in order, each once. */
static void on_verify(struct lisp_core *core, struct lisp_timer *t)
{
	struct lisp_eid *at = &core->itr.verify_at;
	struct lisp_table *table = &core->itr.cache;
	unsigned int looked = 0, asked = 0;
	struct cache_entry *c;
	struct lisp_entry *e;

	while (asked < VERIFY_BURST && looked++ < VERIFY_LOOK) {
		e = lisp_table_next(table, at->afi ? at : NULL);
		if (!e)
			return;
		*at = e->eid;
		c = container_of(e, struct cache_entry, e);
		if (!c->unverified || c->expires <= core->now)
			continue;
		c->unverified = false;
		asked++;
		itr_ask(core, &e->eid, ITR_REFRESH, NULL);
	}
	lisp_timer_arm(&core->timers, t, core->now + VERIFY_TICK, on_verify);
}

void keep_verify(struct lisp_core *core)
{
	core->itr.verify_at = (struct lisp_eid){ 0 };
	lisp_timer_arm(&core->timers, &core->itr.verify,
		       core->now + VERIFY_TICK, on_verify);
}
