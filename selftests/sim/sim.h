/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many real protocol cores in one process, over a network that loses, delays,
 * repeats and reorders, on a virtual clock. One seed decides everything, so a
 * run can be repeated exactly.
 *
 *   xTR 0 ─┐                     first the network is bad, nodes are cut off or
 *   xTR 1 ─┤   bad, later good   restart, an attacker forges and replays; then all is
 *    ...   ├──── network ──── MS well, and within SIM_CONVERGE every xTR must
 *   xTR n ─┤                     reach every EID it sends to
 *  attacker┘
 *
 * Data planes are tables with lifetimes and waiting packets; invariants are
 * checked with every operation (check.c).
 */
#ifndef LISP_SIM_H
#define LISP_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ctrld/core/core.h"

#define SIM_XTRS_MAX	64
#define SIM_PREFIXES	2		/* of each xTR: one IPv6, one IPv4 */
#define SIM_FLOWS	5		/* EIDs each xTR sends to, the last nobody's */
#define SIM_ENTRIES	512		/* of a data plane */
#define SIM_WAITING	64		/* EIDs with waiting packets */
#define SIM_DOWN	64		/* locators probing found dead */
#define SIM_KEPT	64		/* packets the attacker has recorded */

#define SIM_FAULTS	(300 * LISP_SEC)
/*
 * How long after the last fault until all flows: a Map-Register may be 60 s
 * away (RFC 9301 5.7), a negative answer given until then lives 60 s (8.3),
 * and 5 s for asking again. A hold-down (30 s, 5.3) fits into that.
 */
#define SIM_CONVERGE	(125 * LISP_SEC)

struct sim_entry {			/* of a data plane */
	struct lisp_eid eid;
	uint8_t action;
	lisp_time expires;		/* LISP_TIME_NEVER: for ever */
	bool refreshed, used;
	unsigned int n_locators;
	struct lisp_addr locator;	/* the first */
};

struct sim_waiting {
	struct lisp_eid eid;
	lisp_time until;
};

struct sim;

struct sim_node {
	struct sim *sim;
	unsigned int index;		/* the last one is the map-server */
	struct lisp_addr rloc;
	struct lisp_core *core;
	lisp_time next_packet, restart_at;
	lisp_time cut_from, cut_until;	/* no packet in or out */
	uint64_t random;
	unsigned int n_entries, n_waiting;
	struct sim_entry entries[SIM_ENTRIES];
	struct sim_waiting waiting[SIM_WAITING];
	unsigned int n_down;
	struct lisp_addr down[SIM_DOWN];
	struct lisp_eid flows[SIM_FLOWS];
	lisp_time reached[SIM_FLOWS];	/* last time a packet got away */
	/* for the bounds of check.c */
	uint64_t registers, requests, replies, restarts;
	struct { struct lisp_eid eid; lisp_time at; } asked[128];
	unsigned int n_asked;
};

struct sim_packet {
	lisp_time at;
	uint64_t seq;
	struct lisp_endpoint from, to;
	size_t len;
	uint8_t *buf;
};

struct sim {
	uint64_t seed, random, seq, hash;
	lisp_time now, end_faults, end;
	unsigned int n_xtrs;
	double loss, repeat;
	lisp_time delay_min, delay_spread;
	struct sim_node *nodes;		/* n_xtrs + 1 */
	struct sim_packet *queue;	/* heap */
	size_t n_queue, queue_size;
	struct sim_packet kept[SIM_KEPT];
	lisp_time next_attack;
	uint64_t sent, lost, repeated, attacks, steps, delivered, misses, deaths;
	lisp_time unreached;		/* the last time a packet found no way */
	bool trace;
	char why[512];			/* first broken invariant, or empty */
};

struct sim_options {
	uint64_t seed;
	unsigned int n_xtrs;		/* 0: the seed decides, 10 to 50 */
	bool trace;
};

/* 0 when all went well; else why[] says what did not. */
int sim_run(const struct sim_options *opt, struct sim *out);

/* sim.c */
uint64_t sim_random(uint64_t *state);
bool sim_chance(struct sim *s, double p);
struct lisp_eid sim_prefix(unsigned int xtr, unsigned int k);
__attribute__((format(printf, 2, 3)))
void sim_fail(struct sim *s, const char *fmt, ...);
static inline bool sim_faulty(const struct sim *s)
{
	return s->now < s->end_faults;
}

/* net.c */
void net_send(struct sim *s, const struct lisp_endpoint *from,
	      const struct lisp_endpoint *to, const void *buf, size_t len);
bool net_pop(struct sim *s, lisp_time now, struct sim_packet *p);
lisp_time net_next(const struct sim *s);
void net_free(struct sim *s);

/* node.c */
int node_start(struct sim_node *n);
void node_stop(struct sim_node *n);
lisp_time node_next(const struct sim_node *n);
void node_step(struct sim_node *n);
void node_traffic(struct sim_node *n);
static inline bool node_is_cut(const struct sim_node *n)
{
	return n->sim->now >= n->cut_from && n->sim->now < n->cut_until;
}

/* attack.c */
void attack(struct sim *s);
void attack_record(struct sim *s, const struct sim_packet *p);

/* check.c */
void check_mapping(struct sim_node *n, const struct lisp_mapping *m);
void check_sent(struct sim_node *n, const uint8_t *buf, size_t len);
void check_site(struct sim *s);
void check_end(struct sim *s);

#endif
