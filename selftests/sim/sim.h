/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many real protocol cores in one process, over a network that loses, delays,
 * repeats, reorders and splits, on a virtual clock. One seed decides
 * everything, so a run can be repeated exactly.
 *
 *   xTR 0 ─┐                   ┌─ MS 0   first the network is bad, nodes are cut
 *   xTR 1 ─┤ bad, later good   ├─ MS 1   off or restart, prefixes move, an
 *    ...   ├───── network ─────┤  ...    attacker forges and replays; then all is
 *   xTR n ─┤                   └─ MS 4   well, and within SIM_CONVERGE every xTR
 *  attacker┘                             must reach every EID it sends to, where
 *                                        it is by then; last some move in good
 *                                        weather, and within SIM_MOVED ...
 *
 * Each map-server is a map-resolver, too, and knows all sites; each xTR
 * registers with all of them and asks any. A site is one to three xTRs, which
 * share a key and may take over each other's prefixes. In some sites they
 * register them together (merge); in some there are hosts that move from one to
 * the other (dynamic EIDs, hosts.c). The RLOCs are IPv4, IPv6, or of both kinds.
 *
 * Data planes are tables with lifetimes and waiting packets; invariants are
 * checked with every operation and every message (check.c).
 */
#ifndef LISP_SIM_H
#define LISP_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ctrld/core/core.h"
#include "ctrld/wire/auth.h"

#define SIM_XTRS_MAX	1000
#define SIM_SERVERS_MAX	5
#define SIM_MEMBERS_MAX	3		/* xTRs of a site */
#define SIM_PREFIXES	2		/* an xTR begins with: IPv6, IPv4 */
#define SIM_FLOWS	5		/* EIDs each xTR sends to, the last nobody's */
#define SIM_ENTRIES	256		/* of a data plane */
#define SIM_WAITING	64		/* EIDs with waiting packets */
#define SIM_DOWN	64		/* locators probing found dead */
#define SIM_KEPT	64		/* packets the attacker has recorded */
#define SIM_SPLITS	3		/* partitions of the network */
#define SIM_TTL_MAX	2		/* minutes, of database-mappings */
#define SIM_HOSTS	4		/* that move, of a site */
#define SIM_LOCATORS	(2 * SIM_MEMBERS_MAX)	/* of one mapping */

#define SIM_FAULTS	(200 * LISP_SEC)
#define SIM_FAULTS_MANY	(60 * LISP_SEC)	/* with more than SIM_FEW xTRs */
#define SIM_FEW		200
/*
 * How long after the last fault until all flows arrive where the prefixes are:
 * a Map-Register may be 60 s away (RFC 9301 5.7) while a map-server answers for
 * one who is no longer there; that answer lives SIM_TTL_MAX minutes; and 5 s
 * for asking again. A negative answer (60 s, 8.3) and a hold-down (30 s, 5.3)
 * fit into that.
 */
#define SIM_CONVERGE	((60 + SIM_TTL_MAX * 60 + 5) * LISP_SEC)
/*
 * Where ETRs merge nobody's registration takes the place of one that was not
 * withdrawn, as its ETR was down: it ends by itself (8.2).
 */
#define SIM_CONVERGE_MERGE ((180 + SIM_TTL_MAX * 60 + 5) * LISP_SEC)
/*
 * And how long when nothing else is wrong, as SMRs tell of it: a second until
 * they are sent (smr_send.c), 3 s between two about one prefix (6.1), 3 s for
 * asking a map-resolver that is gone and then another one.
 */
#define SIM_MOVED	(8 * LISP_SEC)
#define SIM_MOVES	(5 * LISP_SEC)	/* within these, in good weather */
#define SIM_KNOWN	(SIM_MOVED / (100 * LISP_MSEC) + 1)

struct sim_entry {			/* of a data plane */
	struct lisp_eid eid;
	uint8_t action;
	lisp_time expires;		/* LISP_TIME_NEVER: for ever */
	bool refreshed, used;
	unsigned int n_locators;
	struct lisp_locator locators[SIM_LOCATORS];
};

struct sim_waiting {
	struct lisp_eid eid;
	lisp_time until;
};

/* How a node ends: what of its state is there when it starts again. */
enum sim_end {
	SIM_STOP,		/* state saved, kernel goes on */
	SIM_CRASH,		/* state as of the last seconds, kernel goes on */
	SIM_REBOOT,		/* state saved, nothing in the kernel */
	SIM_LOST,		/* nothing is left */
	SIM_ENDS,
};

struct sim_file {
	uint8_t *buf;
	size_t len;
};

struct sim_asked {
	struct lisp_eid eid;
	lisp_time at;
};

#define SIM_SMRS	8		/* smr_send.c: in 3 s to one RLOC */

struct sim_told {			/* the last SMRs to it, a ring */
	lisp_time at[SIM_SMRS];
	int eid[SIM_SMRS];		/* of sim.eids */
	unsigned int n;
};

struct sim_seen {			/* the last Map-Register that was taken */
	struct lisp_addr from;
	uint64_t nonce;
};

/* Where an xTR sends packets for a host of its site; neither: as its prefix. */
struct sim_route {
	bool here, away;
	lisp_time look;			/* is it (still) there? */
};

struct sim;

struct sim_node {
	struct sim *sim;
	unsigned int index;		/* map-servers come after the xTRs */
	unsigned int site;
	struct lisp_addr rloc, other;	/* two locators of an xTR */
	struct sim_route routes[SIM_HOSTS];	/* of the hosts of its site */
	struct lisp_core *core;		/* NULL: is down */
	lisp_time next_packet, next_save, started;
	lisp_time cut_from, cut_until;	/* no packet in or out */
	uint64_t random;
	struct sim_file nonces, cache;	/* the state directory */
	uint64_t nonces_saved;
	bool restoring;
	unsigned int n_entries, n_waiting;
	struct sim_entry entries[SIM_ENTRIES];
	struct sim_waiting waiting[SIM_WAITING];
	unsigned int n_down;
	struct lisp_addr down[SIM_DOWN];
	struct lisp_eid flows[SIM_FLOWS];
	lisp_time reached[SIM_FLOWS];	/* last time a packet got away */
	lisp_time known[SIM_FLOWS];	/* when the right mapping came */
	lisp_time *heard;		/* packets of xTRs, IPv4 and IPv6 */
	/* for the bounds of check.c */
	uint64_t in[16], out[16];	/* messages by type */
	uint64_t unasked;		/* Map-Notifies */
	unsigned int restarts, changes;
	unsigned int roamed, tossed;	/* hosts of its site, hosts by it */
	struct sim_asked asked[128];
	unsigned int n_asked;
	struct sim_told **told;		/* SMRs, by locator of the other end */
	lisp_time *probed;		/* a rate, likewise */
	struct sim_seen *seen;		/* map-server: by EID-prefix */
};

/*
 * Where a prefix is: with one member of its site, for a while with two; where
 * they merge, with any number of them.
 */
struct sim_hold {
	bool now, ever;
	lisp_time until;		/* when not now */
};

struct sim_eid {
	struct lisp_eid eid;
	unsigned int site;
	bool host;			/* one that moves */
	uint8_t set;			/* of its locators: sim_set() */
	lisp_time moved;		/* in good weather */
	struct sim_hold hold[SIM_MEMBERS_MAX];
};

struct sim_site {
	unsigned int first, n;		/* xTRs */
	bool merges;
	unsigned int first_host, n_hosts;	/* of sim.eids */
};

/* So many there may be. */
#define SIM_EIDS(s)	((s)->n_xtrs * (SIM_PREFIXES + SIM_HOSTS))

enum sim_fault {
	SIM_DOWN_NOW, SIM_UP, SIM_TAKE, SIM_LEAVE, SIM_CHANGE, SIM_ROAM,
};

enum sim_families {
	SIM_IPV4, SIM_IPV6, SIM_MIXED,	/* mixed: each site has one or both */
};

struct sim_event {
	lisp_time at;
	unsigned int seq;
	enum sim_fault what;
	unsigned int node, arg;		/* arg: enum sim_end, EID, ... */
	uint8_t set;
};

struct sim_packet {
	lisp_time at;
	uint64_t seq;
	struct lisp_endpoint from, to;
	size_t len;
	uint8_t *buf;
};

struct sim_options {
	uint64_t seed;
	unsigned int n_xtrs;		/* 0: the seed decides, mostly 5 to 28 */
	unsigned int n_servers;		/* 0: the seed decides, 1 to 5 */
	bool trace;
	bool leak;			/* the attacker has all keys: must fail */
	const char *pcap;		/* file for all messages of the cores */
};

struct sim {
	struct sim_options opt;
	uint64_t random, seq, hash;
	lisp_time now, begin, end_faults, end;
	unsigned int n_xtrs, n_servers, n_nodes;
	enum sim_families families;
	double loss, repeat;
	lisp_time delay_min, delay_spread;
	bool forgetful;			/* a map-server loses its nonces */
	unsigned int dead;		/* a map-server that never comes back */
	struct sim_node *nodes;		/* xTRs, then map-servers */
	struct sim_eid *eids;		/* SIM_PREFIXES of each xTR, hosts */
	unsigned int n_eids;
	struct sim_site *sites;
	unsigned int n_sites;
	bool any_merges, any_hosts;
	struct { lisp_time from, until; uint64_t salt; } splits[SIM_SPLITS];
	struct sim_event *events;
	unsigned int n_events, next_event, events_size;
	unsigned int *first, leaves;	/* tournament: whose turn it is */
	lisp_time *due;
	struct sim_packet *queue;	/* heap */
	size_t n_queue, queue_size;
	struct sim_packet kept[SIM_KEPT];
	lisp_time next_attack;
	FILE *pcap;
	uint64_t sent, lost, repeated, attacks, steps, delivered, misses, deaths;
	uint64_t moves, tosses, next_check;
	uint64_t second, in_second, peak;	/* messages in one second */
	lisp_time unreached;		/* the last time a packet found no way */
	bool moving;			/* the moves in good weather */
	lisp_time converged, moved;	/* so long after faults, moves */
	/* after a move: how many flows had the right mapping, by 100 ms */
	uint64_t known[SIM_KNOWN];
	char why[512];			/* first broken invariant, or empty */
};

/* 0 when all went well; else why[] says what did not. */
int sim_run(const struct sim_options *opt, struct sim *out);
/* The command that repeats a run. */
#define SIM_COMMAND_LEN	160
const char *sim_command(const struct sim_options *opt,
			char buf[SIM_COMMAND_LEN]);

/* sim.c */
uint64_t sim_random(uint64_t *state);
bool sim_chance(struct sim *s, double p);
__attribute__((format(printf, 2, 3)))
void sim_fail(struct sim *s, const char *fmt, ...);
/* When is it @n's turn? To be called after each call of its core. */
void sim_schedule(struct sim_node *n);
static inline bool sim_faulty(const struct sim *s)
{
	return s->now < s->end_faults;
}

/* place.c: who has which addresses */
struct lisp_eid sim_prefix(unsigned int xtr, unsigned int k);
struct lisp_addr sim_rloc(unsigned int node, bool other, bool ipv6);
/* The prefix or host that it is of, by its number in sim.eids; -1: nobody's */
int sim_eid_index(const struct sim *s, const struct lisp_eid *eid);
int sim_node_index(const struct sim *s, const struct lisp_addr *a);
/* Twice the node's, plus one for its other locator. */
int sim_rloc_index(const struct sim *s, const struct lisp_addr *a);
/* An address of @n of that family, or NULL. */
const struct lisp_addr *sim_addr_of(const struct sim_node *n, uint16_t afi);
static inline bool sim_has_both(const struct sim_node *n)
{
	return n->rloc.afi != n->other.afi;
}
/* The locators that @x registers for @eid: how many. */
unsigned int sim_set(const struct sim *s, unsigned int eid, unsigned int x,
		     struct lisp_addr out[2]);
struct sim_hold *sim_hold(const struct sim *s, unsigned int eid,
			  unsigned int x);
/*
 * Does it name the locators of one who has it now or, where they merge, of all
 * who have?
 */
bool sim_is_right(const struct sim *s, unsigned int eid,
		  const struct lisp_locator *l, unsigned int n);

/* plan.c */
void plan_faults(struct sim *s);
/* In good weather, from now on; when the last is. */
lisp_time plan_good_moves(struct sim *s);
void plan_run(struct sim *s, const struct sim_event *e);
bool plan_is_split(const struct sim *s, unsigned int a, unsigned int b);

/* hosts.c: hosts that move within their site */
void hosts_make(struct sim *s, struct sim_site *site);
void hosts_move(struct sim *s, unsigned int eid, unsigned int to);
void hosts_op(void *ctx, const struct lisp_eid *eid, const char *interface,
	      enum lisp_host what);
/* At start, after the configuration. */
void hosts_start(struct sim_node *n);
/* They send, and are looked for. */
void hosts_tick(struct sim_node *n);
/*
 * Do packets for that host, coming out of the site at @n, go to the tunnel? If
 * not: does it get them?
 */
bool hosts_tunnel(const struct sim_node *n, unsigned int eid, bool *reached);
#define HOSTS_LOOK	(30 * LISP_SEC)	/* neigh.c */

/* net.c */
void net_send(struct sim *s, const struct lisp_endpoint *from,
	      const struct lisp_endpoint *to, const void *buf, size_t len);
bool net_pop(struct sim *s, lisp_time now, struct sim_packet *p);
lisp_time net_next(const struct sim *s);
void net_free(struct sim *s);

/* node.c */
int node_start(struct sim_node *n);
void node_stop(struct sim_node *n, enum sim_end how);
void node_save(struct sim_node *n, bool all);
void node_configure(struct sim_node *n);
void node_free(struct sim_node *n);
lisp_time node_next(const struct sim_node *n);
void node_step(struct sim_node *n);
static inline bool node_is_cut(const struct sim_node *n)
{
	return n->sim->now >= n->cut_from && n->sim->now < n->cut_until;
}

/* config.c */
int config_xtr(struct sim_node *n);
int config_server(struct sim_node *n);
/* The key of a site; its secret is put into @secret. */
struct lisp_key config_key(unsigned int site, char secret[16]);

/* dataplane.c */
void dp_map_add(void *ctx, const struct lisp_mapping *m);
void dp_map_del(void *ctx, const struct lisp_eid *eid);
void dp_pending_del(void *ctx, const struct lisp_eid *eid);
void dp_rloc_state(void *ctx, const struct lisp_addr *rloc, bool up);
/* Who has sent packets to it in the last minute */
void dp_sources_get(void *ctx, uint32_t iid);
void dp_adopt(struct sim_node *n);
void dp_pending(struct sim_node *n);
void dp_traffic(struct sim_node *n);
void dp_known(struct sim_node *n);

/* attack.c */
void attack(struct sim *s);
void attack_record(struct sim *s, const struct sim_packet *p);

/* check.c */
void check_mapping(struct sim_node *n, const struct lisp_mapping *m);
void check_sent(struct sim_node *n, const struct lisp_endpoint *from,
		const struct lisp_endpoint *to, const uint8_t *buf, size_t len);
void check_state(struct sim_node *n);
/* The map-servers; often, but not at each step: it looks at all they have. */
void check_servers(struct sim *s, bool end);
/* After a Map-Register. */
void check_site(struct sim_node *n, bool end);
/* It starts anew. */
void check_forget(struct sim_node *n);
void check_end(struct sim *s, lisp_time since);

#endif
