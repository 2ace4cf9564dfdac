/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Timers of the core: an intrusive pairing heap. Arming never allocates, so it
 * never fails; equal times fire in the order they were armed, so runs repeat.
 */
#ifndef LISP_CORE_TIMER_H
#define LISP_CORE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct lisp_core;
struct lisp_timer;

typedef void (*lisp_timer_fn)(struct lisp_core *core, struct lisp_timer *t);

struct lisp_timer {
	uint64_t at, seq;
	lisp_timer_fn fn;
	bool armed;
	struct lisp_timer *child, *sibling;
	struct lisp_timer *prev;	/* left sibling, or parent of the first */
};

struct lisp_timers {
	struct lisp_timer *root;
	uint64_t seq;
};

void lisp_timer_arm(struct lisp_timers *ts, struct lisp_timer *t, uint64_t at,
		    lisp_timer_fn fn);
void lisp_timer_stop(struct lisp_timers *ts, struct lisp_timer *t);
uint64_t lisp_timers_next(const struct lisp_timers *ts);
/* The next timer due at @now, taken off the heap; NULL when there is none. */
struct lisp_timer *lisp_timers_pop(struct lisp_timers *ts, uint64_t now);

#endif
