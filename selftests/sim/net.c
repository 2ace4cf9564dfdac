// SPDX-License-Identifier: GPL-2.0
/* The network: a heap of packets by time of arrival. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static bool before(const struct sim_packet *a, const struct sim_packet *b)
{
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void push(struct sim *s, struct sim_packet p)
{
	size_t i, up;

	if (s->n_queue == s->queue_size) {
		s->queue_size = s->queue_size ? 2 * s->queue_size : 256;
		s->queue = realloc(s->queue,
				   s->queue_size * sizeof(*s->queue));
		if (!s->queue)
			abort();
	}
	p.seq = s->seq++;
	for (i = s->n_queue++; i; i = up) {
		up = (i - 1) / 2;
		if (!before(&p, &s->queue[up]))
			break;
		s->queue[i] = s->queue[up];
	}
	s->queue[i] = p;
}

static void put(struct sim *s, const struct lisp_endpoint *from,
		const struct lisp_endpoint *to, const void *buf, size_t len)
{
	lisp_time delay = 2 * LISP_MSEC;
	struct sim_packet p = { .from = *from, .to = *to, .len = len };

	if (sim_faulty(s))
		delay = s->delay_min + sim_random(&s->random) %
				       (s->delay_spread + 1);
	p.at = s->now + delay;
	p.buf = malloc(len ? len : 1);
	if (!p.buf)
		abort();
	memcpy(p.buf, buf, len);
	push(s, p);
}

static void hash(struct sim *s, const void *buf, size_t len)
{
	const uint8_t *p = buf;

	while (len--)
		s->hash = (s->hash ^ *p++) * 0x100000001b3ull;
}

void net_send(struct sim *s, const struct lisp_endpoint *from,
	      const struct lisp_endpoint *to, const void *buf, size_t len)
{
	s->sent++;
	hash(s, &s->now, sizeof(s->now));
	hash(s, to->addr.bytes, sizeof(to->addr.bytes));
	hash(s, buf, len);
	if (sim_faulty(s) && sim_chance(s, s->loss)) {
		s->lost++;
		return;
	}
	put(s, from, to, buf, len);
	while (sim_faulty(s) && sim_chance(s, s->repeat)) {
		s->repeated++;
		put(s, from, to, buf, len);
	}
}

lisp_time net_next(const struct sim *s)
{
	return s->n_queue ? s->queue[0].at : LISP_TIME_NEVER;
}

bool net_pop(struct sim *s, lisp_time now, struct sim_packet *p)
{
	struct sim_packet last;
	size_t i = 0, c;

	if (!s->n_queue || s->queue[0].at > now)
		return false;
	*p = s->queue[0];
	last = s->queue[--s->n_queue];
	for (; (c = 2 * i + 1) < s->n_queue; i = c) {
		if (c + 1 < s->n_queue &&
		    before(&s->queue[c + 1], &s->queue[c]))
			c++;
		if (!before(&s->queue[c], &last))
			break;
		s->queue[i] = s->queue[c];
	}
	if (s->n_queue)
		s->queue[i] = last;
	return true;
}

void net_free(struct sim *s)
{
	size_t i;

	for (i = 0; i < s->n_queue; i++)
		free(s->queue[i].buf);
	for (i = 0; i < SIM_KEPT; i++)
		free(s->kept[i].buf);
	free(s->queue);
	s->queue = NULL;
	s->n_queue = 0;
	memset(s->kept, 0, sizeof(s->kept));
}
