// SPDX-License-Identifier: GPL-2.0
/* Pairing heap: see Fredman et al., "The pairing heap", 1986. */
#include <stddef.h>
#include "timer.h"

static bool before(const struct lisp_timer *a, const struct lisp_timer *b)
{
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static struct lisp_timer *meld(struct lisp_timer *a, struct lisp_timer *b)
{
	struct lisp_timer *t;

	if (!a)
		return b;
	if (!b)
		return a;
	if (before(b, a)) {
		t = a;
		a = b;
		b = t;
	}
	b->sibling = a->child;
	if (b->sibling)
		b->sibling->prev = b;
	b->prev = a;
	a->child = b;
	return a;
}

/* Two passes over a list of siblings, without recursion. */
static struct lisp_timer *meld_list(struct lisp_timer *first)
{
	struct lisp_timer *pairs = NULL, *root = NULL, *a, *b, *next;

	for (a = first; a; a = next) {
		b = a->sibling;
		next = b ? b->sibling : NULL;
		a->sibling = NULL;
		a->prev = NULL;
		if (b) {
			b->sibling = NULL;
			b->prev = NULL;
		}
		a = meld(a, b);
		a->sibling = pairs;
		pairs = a;
	}
	for (a = pairs; a; a = next) {
		next = a->sibling;
		a->sibling = NULL;
		root = meld(root, a);
	}
	return root;
}

void lisp_timer_stop(struct lisp_timers *ts, struct lisp_timer *t)
{
	struct lisp_timer *sub;

	if (!t->armed)
		return;
	t->armed = false;
	sub = meld_list(t->child);
	t->child = NULL;
	if (ts->root == t) {
		ts->root = sub;
		return;
	}
	if (t->prev->child == t)
		t->prev->child = t->sibling;
	else
		t->prev->sibling = t->sibling;
	if (t->sibling)
		t->sibling->prev = t->prev;
	t->sibling = NULL;
	t->prev = NULL;
	ts->root = meld(ts->root, sub);
}

void lisp_timer_arm(struct lisp_timers *ts, struct lisp_timer *t, uint64_t at,
		    lisp_timer_fn fn)
{
	lisp_timer_stop(ts, t);
	t->at = at;
	t->seq = ts->seq++;
	t->fn = fn;
	t->child = NULL;
	t->sibling = NULL;
	t->prev = NULL;
	t->armed = true;
	ts->root = meld(ts->root, t);
}

uint64_t lisp_timers_next(const struct lisp_timers *ts)
{
	return ts->root ? ts->root->at : UINT64_MAX;
}

struct lisp_timer *lisp_timers_pop(struct lisp_timers *ts, uint64_t now)
{
	struct lisp_timer *t = ts->root;

	if (!t || t->at > now)
		return NULL;
	lisp_timer_stop(ts, t);
	return t;
}
