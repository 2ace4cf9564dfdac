// SPDX-License-Identifier: GPL-2.0
/* The loop: always the earliest thing next. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/* splitmix64 */
uint64_t sim_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

bool sim_chance(struct sim *s, double p)
{
	return (double)(sim_random(&s->random) >> 11) < p * 9007199254740992.0;
}

void sim_fail(struct sim *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (*s->why)
		return;
	n = snprintf(s->why, sizeof(s->why), "at %.3f s: ",
		     (double)s->now / 1e6);
	va_start(ap, fmt);
	vsnprintf(s->why + n, sizeof(s->why) - (size_t)n, fmt, ap);
	va_end(ap);
}

/* 2001:db8:X::/48 or 10.128+.X.0/24 */
struct lisp_eid sim_prefix(unsigned int xtr, unsigned int k)
{
	struct lisp_eid e = {
		.afi = LISP_AFI_IPV6, .plen = 48,
		.bytes = { 0x20, 1, 0xd, 0xb8, 0, (uint8_t)xtr },
	};

	if (k)
		e = (struct lisp_eid){
			.afi = LISP_AFI_IPV4, .plen = 24,
			.bytes = { 10, 128, (uint8_t)xtr, 0 },
		};
	return e;
}

static void choose_flows(struct sim *s, struct sim_node *n)
{
	unsigned int i, to;

	/* Next to the sites there is nothing. */
	n->flows[SIM_FLOWS - 1] = sim_prefix(s->n_xtrs + 1 +
					     sim_random(&s->random) % 100,
					     n->index & 1);
	n->flows[SIM_FLOWS - 1].plen =
		(uint8_t)lisp_afi_bits(n->flows[SIM_FLOWS - 1].afi);
	for (i = 0; i < SIM_FLOWS - 1; i++) {
		do {
			to = sim_random(&s->random) % s->n_xtrs;
		} while (to == n->index);
		n->flows[i] = sim_prefix(to, i & 1);
		n->flows[i].plen = (uint8_t)lisp_afi_bits(n->flows[i].afi);
		n->flows[i].bytes[n->flows[i].plen / 8 - 1] =
			(uint8_t)(1 + sim_random(&s->random) % 200);
	}
}

static int setup(struct sim *s, const struct sim_options *opt)
{
	struct sim_node *n;
	unsigned int i;

	memset(s, 0, sizeof(*s));
	s->seed = opt->seed;
	s->random = opt->seed;
	s->trace = opt->trace;
	s->n_xtrs = 10 + sim_random(&s->random) % 41;
	if (opt->n_xtrs)
		s->n_xtrs = opt->n_xtrs;
	s->loss = (double)(sim_random(&s->random) % 31) / 100;
	s->repeat = (double)(sim_random(&s->random) % 21) / 100;
	s->delay_min = sim_random(&s->random) % (100 * LISP_MSEC) + 1;
	s->delay_spread = sim_random(&s->random) % (900 * LISP_MSEC);
	s->now = 1000 * LISP_SEC;
	s->end_faults = s->now + SIM_FAULTS;
	s->end = s->end_faults + SIM_CONVERGE;
	s->next_attack = s->now;
	s->nodes = calloc(s->n_xtrs + 1, sizeof(*s->nodes));
	if (!s->nodes)
		return -1;
	for (i = 0; i <= s->n_xtrs; i++) {
		n = &s->nodes[i];
		n->sim = s;
		n->index = i;
		n->random = sim_random(&s->random);
		n->rloc = (struct lisp_addr){ LISP_AFI_IPV4,
			{ 10, 0, (uint8_t)(i >> 8), (uint8_t)(i + 1) } };
		n->restart_at = LISP_TIME_NEVER;
		n->next_packet = LISP_TIME_NEVER;
		if (i == s->n_xtrs)
			continue;
		choose_flows(s, n);
		n->next_packet = s->now + sim_random(&s->random) % LISP_SEC;
	}
	return 0;
}

/*
 * While things are bad half of the nodes restart at some time, and half are cut
 * off for some time, which ends with the other faults at the latest.
 */
static void plan_faults(struct sim *s)
{
	struct sim_node *n;
	unsigned int i;

	for (i = 0; i <= s->n_xtrs; i++) {
		n = &s->nodes[i];
		if (sim_chance(s, 0.5))
			n->restart_at = s->now +
				sim_random(&s->random) % SIM_FAULTS;
		if (sim_chance(s, 0.5)) {
			n->cut_from = s->now +
				sim_random(&s->random) % SIM_FAULTS;
			n->cut_until = n->cut_from +
				sim_random(&s->random) % (200 * LISP_SEC);
		}
		if (n->cut_until > s->end_faults)
			n->cut_until = s->end_faults;
	}
}

static void deliver(struct sim *s, const struct sim_packet *p)
{
	unsigned int i;

	if (p->len && sim_faulty(s))
		attack_record(s, p);
	for (i = 0; i <= s->n_xtrs; i++) {
		if (lisp_addr_equal(&s->nodes[i].rloc, &p->to.addr) &&
		    !node_is_cut(&s->nodes[i]))
			lisp_core_receive(s->nodes[i].core, s->now, &p->from,
					  &p->to.addr, p->buf, p->len);
	}
}

/* One step; false when it is over. */
static bool step(struct sim *s)
{
	struct sim_node *first = NULL;
	lisp_time at = net_next(s), t;
	struct sim_packet p;
	unsigned int i;

	for (i = 0; i <= s->n_xtrs; i++) {
		t = node_next(&s->nodes[i]);
		if (t < at) {
			at = t;
			first = &s->nodes[i];
		}
	}
	if (s->next_attack < at) {
		at = s->next_attack;
		first = NULL;
	}
	if (at > s->end)
		return false;
	if (at > s->now)
		s->now = at;
	s->steps++;
	if (first) {
		node_step(first);
	} else if (s->next_attack <= s->now) {
		attack(s);
		if (!sim_faulty(s))
			s->next_attack = LISP_TIME_NEVER;
	} else if (net_pop(s, s->now, &p)) {
		deliver(s, &p);
		free(p.buf);
	}
	return true;
}

int sim_run(const struct sim_options *opt, struct sim *s)
{
	unsigned int i;

	if (setup(s, opt))
		return -1;
	for (i = s->n_xtrs + 1; i-- > 0 && !*s->why;) {
		if (node_start(&s->nodes[i]))
			sim_fail(s, "no memory");
	}
	plan_faults(s);
	while (!*s->why && step(s)) {
		if (s->steps % 256 == 0)
			check_site(s);
	}
	if (!*s->why) {
		s->now = s->end;
		check_end(s);
	}
	for (i = 0; i <= s->n_xtrs; i++) {
		if (s->nodes[i].core)
			node_stop(&s->nodes[i]);
	}
	net_free(s);
	free(s->nodes);
	s->nodes = NULL;
	return *s->why ? -1 : 0;
}
