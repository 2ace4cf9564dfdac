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
	const struct sim_site *site = &s->sites[s->eids[eid].site];
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

/* Somebody else registers it, too, or one of those who do does no more. */
static void plan_merge(struct sim *s, unsigned int eid, unsigned int *held,
		       lisp_time at)
{
	const struct sim_site *site = &s->sites[s->eids[eid].site];
	unsigned int i = sim_random(&s->random) % site->n;
	enum sim_fault what = SIM_TAKE;

	if (*held == 1u << i)
		i = (i + 1) % site->n;
	if (*held & 1u << i)
		what = SIM_LEAVE;
	*held ^= 1u << i;
	s->moves++;
	add(s, (struct sim_event){ .at = at, .what = what,
				   .node = site->first + i, .arg = eid });
}

static unsigned int held_by(const struct sim *s, unsigned int eid)
{
	const struct sim_site *site = &s->sites[s->eids[eid].site];
	unsigned int held = 0, i;

	for (i = 0; i < site->n; i++)
		held |= (unsigned int)sim_hold(s, eid, site->first + i)->now << i;
	return held;
}

/* Hosts move when they like, also back and forth. */
static void plan_roaming(struct sim *s, unsigned int eid)
{
	const struct sim_site *site = &s->sites[s->eids[eid].site];
	lisp_time at = s->begin + 5 * LISP_SEC;

	while (sim_chance(s, 0.8)) {
		at += sim_random(&s->random) %
		      (sim_chance(s, 0.3) ? 3 * LISP_SEC : 60 * LISP_SEC);
		if (at >= s->end_faults)
			return;
		s->moves++;
		add(s, (struct sim_event){
			.at = at, .what = SIM_ROAM, .arg = eid,
			.node = site->first +
				sim_random(&s->random) % site->n });
	}
}

/* Some prefixes move, once or again; some change their locators. */
static void plan_moves(struct sim *s, unsigned int eid)
{
	lisp_time at = s->begin + 5 * LISP_SEC, room = 2 * OVERLAP + SETTLE;
	unsigned int xtr = eid / SIM_PREFIXES, held = held_by(s, eid);

	while (at + room < s->end_faults && sim_chance(s, 0.4)) {
		at = within(s, at, s->end_faults - room);
		if (sim_chance(s, 0.5))
			add(s, (struct sim_event){
				.at = at, .what = SIM_CHANGE, .arg = eid,
				.set = (uint8_t)(sim_random(&s->random) % 3) });
		else if (s->sites[s->eids[eid].site].merges)
			plan_merge(s, eid, &held, at);
		else
			plan_move(s, eid, &xtr, at);
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
	for (i = 0; i < s->n_eids; i++) {
		if (s->eids[i].host)
			plan_roaming(s, i);
		else
			plan_moves(s, i);
	}
	qsort(s->events, s->n_events, sizeof(*s->events), by_time);
}

static unsigned int holder(const struct sim *s, unsigned int eid)
{
	const struct sim_site *site = &s->sites[s->eids[eid].site];
	unsigned int x = site->first;

	while (!sim_hold(s, eid, x)->now)
		x++;
	return x;
}

/*
 * It changes its locators where nobody can take it; else it goes to another
 * one. Where they merge, it goes from one or to one more.
 */
static void good_move(struct sim *s, unsigned int eid, lisp_time at)
{
	const struct sim_site *site = &s->sites[s->eids[eid].site];
	unsigned int xtr = holder(s, eid);
	unsigned int to = site->first + (xtr - site->first + 1) % site->n;
	struct sim_event leave = { .at = at, .what = SIM_LEAVE, .node = xtr,
				   .arg = eid };
	struct sim_event take = { .at = at, .what = SIM_TAKE, .node = to,
				  .arg = eid };
	struct sim_event change = {
		.at = at, .what = SIM_CHANGE, .arg = eid,
		.set = (uint8_t)((s->eids[eid].set + 1) % 3),
	};

	s->moves++;
	if (site->n < 2) {
		add(s, change);
	} else if (site->merges) {
		add(s, sim_hold(s, eid, to)->now ? leave : take);
	} else {
		add(s, take);
		add(s, leave);
	}
}

/* Once or several times, also back and forth. */
static lisp_time good_roaming(struct sim *s, unsigned int eid, lisp_time end)
{
	const struct sim_site *site = &s->sites[s->eids[eid].site];
	unsigned int x = holder(s, eid) - site->first;
	lisp_time at = s->now, last = s->now;

	while ((at = within(s, at, end + SIM_MOVES / 2)) < end) {
		x = (x + 1) % site->n;
		s->moves++;
		add(s, (struct sim_event){ .at = at, .what = SIM_ROAM,
					   .node = site->first + x,
					   .arg = eid });
		last = at++;
	}
	return last;
}

/*
 * A quarter of the prefixes, half of the hosts; who takes a prefix does so at
 * the very moment.
 */
lisp_time plan_good_moves(struct sim *s)
{
	lisp_time at, end = s->now + SIM_MOVES, last = s->now;
	unsigned int i;

	for (i = 0; i < s->n_eids; i++) {
		if (sim_chance(s, s->eids[i].host ? 0.5 : 0.75))
			continue;
		at = within(s, s->now, end);
		if (s->eids[i].host)
			at = good_roaming(s, i, end);
		else
			good_move(s, i, at);
		if (at > last)
			last = at;
	}
	qsort(s->events + s->next_event, s->n_events - s->next_event,
	      sizeof(*s->events), by_time);
	return last;
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
	const struct sim_site *site = &s->sites[s->eids[eid].site];
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

	if (s->moving)
		s->eids[e->arg].moved = s->now;
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
	case SIM_ROAM:
		hosts_move(s, e->arg, e->node);
		break;
	}
}
