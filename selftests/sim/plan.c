// SPDX-License-Identifier: GPL-2.0
/* What goes wrong, and what moves, all decided before the start. */
#include <stdlib.h>

#include "sim.h"

#define OVERLAP		(10 * LISP_SEC)	/* before or after, of a move */
#define SETTLE		(25 * LISP_SEC)	/* between two moves of a prefix */
#define DOWN_MAX	(20 * LISP_SEC)

static void add(struct sim *s, struct sim_event e)
{
	if (s->n_events == s->events_size) {
		s->events_size = s->events_size ? 2 * s->events_size : 64;
		s->events = realloc(s->events,
				    s->events_size * sizeof(*s->events));
		if (!s->events)
			abort();
	}
	e.seq = s->n_events;
	s->events[s->n_events++] = e;
}

static int by_time(const void *a, const void *b)
{
	const struct sim_event *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->seq < y->seq ? -1 : 1;
}

static lisp_time within(struct sim *s, lisp_time from, lisp_time until)
{
	return from + sim_random(&s->random) % (until - from);
}

static void plan_restart(struct sim *s, struct sim_node *n)
{
	enum sim_end how = sim_random(&s->random) % SIM_ENDS;
	lisp_time at = within(s, s->begin, s->end_faults);
	lisp_time up = at + sim_random(&s->random) % DOWN_MAX;

	if (n->index >= s->n_xtrs && how == SIM_LOST)
		s->forgetful = true;
	add(s, (struct sim_event){ .at = at, .what = SIM_DOWN_NOW,
				   .node = n->index, .arg = how });
	add(s, (struct sim_event){
		.at = up < s->end_faults ? up : s->end_faults, .what = SIM_UP,
		.node = n->index });
}

static void plan_cut(struct sim *s, struct sim_node *n)
{
	lisp_time left;

	n->cut_from = within(s, s->begin, s->end_faults);
	left = s->end_faults - n->cut_from;
	n->cut_until = n->cut_from + sim_random(&s->random) % (left + 1);
}

static void plan_splits(struct sim *s)
{
	unsigned int i;

	for (i = 0; i < SIM_SPLITS; i++) {
		if (sim_chance(s, 0.5))
			continue;
		s->splits[i].from = within(s, s->begin, s->end_faults);
		s->splits[i].until = within(s, s->splits[i].from,
					    s->end_faults + 1);
		s->splits[i].salt = sim_random(&s->random);
	}
}

/*
 * A prefix goes to another xTR of its site: that one is told first or last, and
 * for a moment both have it or none.
 */
static void plan_move(struct sim *s, unsigned int eid, unsigned int *at_xtr,
		      lisp_time at)
{
	const struct sim_site *site =
		&s->sites[s->nodes[eid / SIM_PREFIXES].site];
	lisp_time shift = sim_random(&s->random) % OVERLAP;
	bool take_first = sim_chance(s, 0.5);
	unsigned int to;

	if (site->n < 2)
		return;
	do {
		to = site->first + sim_random(&s->random) % site->n;
	} while (to == *at_xtr);
	s->moves++;
	add(s, (struct sim_event){ .at = at + (take_first ? 0 : shift),
				   .what = SIM_TAKE, .node = to, .arg = eid });
	add(s, (struct sim_event){ .at = at + (take_first ? shift : 0),
				   .what = SIM_LEAVE, .node = *at_xtr,
				   .arg = eid });
	*at_xtr = to;
}

/* Some prefixes move, once or again; some change their locators. */
static void plan_moves(struct sim *s, unsigned int eid)
{
	lisp_time at = s->begin + 5 * LISP_SEC, room = 2 * OVERLAP + SETTLE;
	unsigned int xtr = eid / SIM_PREFIXES;

	while (at + room < s->end_faults && sim_chance(s, 0.4)) {
		at = within(s, at, s->end_faults - room);
		if (sim_chance(s, 0.5))
			plan_move(s, eid, &xtr, at);
		else
			add(s, (struct sim_event){
				.at = at, .what = SIM_CHANGE, .arg = eid,
				.set = (uint8_t)(sim_random(&s->random) % 3) });
		at += OVERLAP + SETTLE;
	}
}

/*
 * While things are bad half of the nodes restart at some time, and half are cut
 * off for some time, all of which ends with the other faults at the latest. But
 * one of several map-servers may be gone for good.
 */
void plan_faults(struct sim *s)
{
	unsigned int i;

	s->dead = s->n_nodes;
	if (s->n_servers > 1 && sim_chance(s, 0.25))
		s->dead = s->n_xtrs + sim_random(&s->random) % s->n_servers;
	for (i = 0; i < s->n_nodes; i++) {
		if (i == s->dead)
			add(s, (struct sim_event){
				.at = within(s, s->begin, s->end_faults),
				.what = SIM_DOWN_NOW, .node = i,
				.arg = SIM_LOST });
		else if (sim_chance(s, 0.5))
			plan_restart(s, &s->nodes[i]);
		if (sim_chance(s, 0.5))
			plan_cut(s, &s->nodes[i]);
	}
	plan_splits(s);
	for (i = 0; i < s->n_xtrs * SIM_PREFIXES; i++)
		plan_moves(s, i);
	qsort(s->events, s->n_events, sizeof(*s->events), by_time);
}

/*
 * Which ITRs a proxy has told of us, we do not know: they hear of changes when
 * their entry ends, and are no good here.
 */
static bool is_proxied(const struct sim *s, unsigned int eid)
{
	const struct sim_site *site =
		&s->sites[s->nodes[eid / SIM_PREFIXES].site];
	unsigned int x;

	for (x = site->first; x < site->first + site->n; x++) {
		if (config_proxied(&s->nodes[x]))
			return true;
	}
	return false;
}

static unsigned int holder(const struct sim *s, unsigned int eid)
{
	const struct sim_site *site =
		&s->sites[s->nodes[eid / SIM_PREFIXES].site];
	unsigned int x = site->first;

	while (!sim_hold(s, eid, x)->now)
		x++;
	return x;
}

/* One in four; who takes it does so at the very moment. */
unsigned int plan_good_moves(struct sim *s)
{
	unsigned int n = 0, i, xtr, to;
	const struct sim_site *site;

	for (i = 0; i < s->n_xtrs * SIM_PREFIXES; i++) {
		if (is_proxied(s, i) || sim_chance(s, 0.75))
			continue;
		n++;
		site = &s->sites[s->nodes[i / SIM_PREFIXES].site];
		if (site->n < 2) {
			plan_run(s, &(struct sim_event){
				.what = SIM_CHANGE, .arg = i,
				.set = (uint8_t)((s->eids[i].set + 1) % 3) });
			continue;
		}
		xtr = holder(s, i);
		to = site->first + (xtr - site->first + 1) % site->n;
		plan_run(s, &(struct sim_event){ .what = SIM_TAKE, .node = to,
						 .arg = i });
		plan_run(s, &(struct sim_event){ .what = SIM_LEAVE, .node = xtr,
						 .arg = i });
	}
	return n;
}

bool plan_is_split(const struct sim *s, unsigned int a, unsigned int b)
{
	unsigned int i;
	uint64_t x, y;

	for (i = 0; i < SIM_SPLITS; i++) {
		if (s->now < s->splits[i].from || s->now >= s->splits[i].until)
			continue;
		x = s->splits[i].salt ^ a;
		y = s->splits[i].salt ^ b;
		if ((sim_random(&x) ^ sim_random(&y)) & 1)
			return true;
	}
	return false;
}

/* Each member that has it registers what has changed. */
static void changed(struct sim *s, unsigned int eid)
{
	const struct sim_site *site =
		&s->sites[s->nodes[eid / SIM_PREFIXES].site];
	unsigned int x;

	for (x = site->first; x < site->first + site->n; x++) {
		if (!sim_hold(s, eid, x)->now)
			continue;
		s->nodes[x].changes++;
		node_configure(&s->nodes[x]);
	}
}

void plan_run(struct sim *s, const struct sim_event *e)
{
	struct sim_node *n = &s->nodes[e->node];
	struct sim_hold *h;

	switch (e->what) {
	case SIM_DOWN_NOW:
		node_stop(n, e->arg);
		break;
	case SIM_UP:
		if (node_start(n))
			sim_fail(s, "no memory");
		break;
	case SIM_TAKE:
		h = sim_hold(s, e->arg, e->node);
		h->now = h->ever = true;
		n->changes++;
		node_configure(n);
		break;
	case SIM_LEAVE:
		h = sim_hold(s, e->arg, e->node);
		h->now = false;
		h->until = s->now;
		n->changes++;
		node_configure(n);
		break;
	case SIM_CHANGE:
		s->eids[e->arg].set = e->set;
		changed(s, e->arg);
		break;
	}
}
