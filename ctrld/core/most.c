// SPDX-License-Identifier: GPL-2.0
/*
 * ITR: the entries that are used the most, kept fresh as if the configuration
 * had named them: renewed before they end whether or not a packet needs them
 * just then. Who they are is looked at every five minutes, by the scores of
 * usage.c, and outlives the daemon with the saved map-cache.
 */
#include <stdlib.h>

#include "internal.h"

#define EVERY		(300 * LISP_SEC)

/* A heap of the best found so far, the worst of them on top. */
struct found {
	struct lisp_eid eid;
	uint64_t score;
};

static void sift_down(struct found *h, unsigned int n, unsigned int i)
{
	unsigned int k;
	struct found f;

	for (; 2 * i + 1 < n; i = k) {
		k = 2 * i + 1;
		if (k + 1 < n && h[k + 1].score < h[k].score)
			k++;
		if (h[i].score <= h[k].score)
			return;
		f = h[i];
		h[i] = h[k];
		h[k] = f;
	}
}

static void sift_up(struct found *h, unsigned int i)
{
	struct found f;

	for (; i && h[i].score < h[(i - 1) / 2].score; i = (i - 1) / 2) {
		f = h[i];
		h[i] = h[(i - 1) / 2];
		h[(i - 1) / 2] = f;
	}
}

static unsigned int rank(struct lisp_core *core, struct found *h,
			 unsigned int max)
{
	const struct lisp_table *t = &core->itr.cache;
	const struct cache_entry *c;
	struct lisp_entry *e;
	unsigned int n = 0;

	for (e = lisp_table_next(t, NULL); e; e = lisp_table_next(t, &e->eid)) {
		c = container_of(e, struct cache_entry, e);
		if (c->origin != LISP_BY_MAP_REPLY || !c->n_uses ||
		    c->proxied || !c->score || c->expires <= core->now)
			continue;
		if (n < max) {
			h[n] = (struct found){ e->eid, c->score };
			sift_up(h, n++);
		} else if (c->score > h[0].score) {
			h[0] = (struct found){ e->eid, c->score };
			sift_down(h, n, 0);
		}
	}
	return n;
}

static int by_eid(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return lisp_eid_cmp(&x->eid, &y->eid);
}

/* @k replaces what was kept so far. */
static void take(struct lisp_core *core, struct lisp_keeps *k)
{
	keep_free(core, &core->itr.most);
	core->itr.most = *k;
	keep_arm(core, &core->itr.most);
}

static void look(struct lisp_core *core)
{
	unsigned int max = core->cfg.most_used, n, i;
	struct found *h = calloc(max, sizeof(*h));
	struct lisp_keeps k = { 0 };

	n = h ? rank(core, h, max) : 0;
	if (n)
		k.list = calloc(n, sizeof(*k.list));
	if (!h || (n && !k.list)) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		free(h);
		return;
	}
	if (n)
		qsort(h, n, sizeof(*h), by_eid);
	for (i = 0; i < n; i++) {
		k.list[i].eid = h[i].eid;
		k.list[i].score = h[i].score;
	}
	k.n = n;
	free(h);
	take(core, &k);
}

void most_pass_ended(struct lisp_core *core)
{
	struct lisp_itr *itr = &core->itr;

	if (!core->cfg.itr || !core->cfg.most_used ||
	    core->now < itr->most_looked + EVERY)
		return;
	itr->most_looked = core->now;
	look(core);
}

uint64_t most_score(const struct lisp_core *core, const struct lisp_eid *eid)
{
	const struct lisp_keeps *k = &core->itr.most;
	unsigned int lo = 0, hi = k->n, mid;
	int d;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		d = lisp_eid_cmp(&k->list[mid].eid, eid);
		if (!d)
			return k->list[mid].score;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return 0;
}

/* Those that are in the map-cache again already get their scores, too. */
void most_restore(struct lisp_core *core, struct lisp_keeps *k)
{
	struct cache_entry *c;
	unsigned int i;

	if (!k->n || k->n > core->cfg.most_used || core->itr.most.n)
		return;
	core->itr.most_looked = core->now;
	take(core, k);
	*k = (struct lisp_keeps){ 0 };
	k = &core->itr.most;
	for (i = 0; i < k->n; i++) {
		c = cache_find(core, &k->list[i].eid);
		if (c && !c->score)
			c->score = k->list[i].score;
	}
}

void most_configure(struct lisp_core *core)
{
	if (!core->cfg.itr || core->itr.most.n > core->cfg.most_used)
		keep_free(core, &core->itr.most);
}
