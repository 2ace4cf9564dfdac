// SPDX-License-Identifier: GPL-2.0
/* The loop: always the earliest thing next. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "selftests/sim/pcap.h"

#define CHECK_STEPS	8		/* times the number of nodes */
#define CHECK_FEW	50		/* xTRs: after each Map-Register */

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

const char *sim_command(const struct sim_options *opt,
			char buf[SIM_COMMAND_LEN])
{
	int n = snprintf(buf, SIM_COMMAND_LEN,
			 "make -C selftests/sim && selftests/sim/sim --seed %llu",
			 (unsigned long long)opt->seed);

	if (opt->n_xtrs)
		n += snprintf(buf + n, SIM_COMMAND_LEN - (size_t)n,
			      " --xtrs %u", opt->n_xtrs);
	if (opt->n_servers)
		n += snprintf(buf + n, SIM_COMMAND_LEN - (size_t)n,
			      " --servers %u", opt->n_servers);
	if (opt->leak)
		snprintf(buf + n, SIM_COMMAND_LEN - (size_t)n, " --leak");
	return buf;
}

/* A tournament: each place names the node below it that is due first. */
void sim_schedule(struct sim_node *n)
{
	struct sim *s = n->sim;
	unsigned int i = n->index + s->leaves, a, b;

	s->due[n->index] = node_next(n);
	for (s->first[i] = n->index; i > 1;) {
		i /= 2;
		a = s->first[2 * i];
		b = s->first[2 * i + 1];
		s->first[i] = s->due[a] <= s->due[b] ? a : b;
	}
}

static void make_schedule(struct sim *s)
{
	unsigned int i;

	for (s->leaves = 1; s->leaves < s->n_nodes; s->leaves *= 2)
		;
	s->first = calloc(2 * s->leaves, sizeof(*s->first));
	s->due = calloc(s->leaves, sizeof(*s->due));
	if (!s->first || !s->due)
		abort();
	for (i = 0; i < s->leaves; i++) {
		s->due[i] = LISP_TIME_NEVER;
		s->first[s->leaves + i] = i;
	}
	for (i = s->leaves - 1; i; i--)
		s->first[i] = s->first[2 * i];
}

/* One that has an RLOC of a family that @n has. */
static unsigned int other_xtr(struct sim *s, const struct sim_node *n)
{
	unsigned int to;

	do {
		to = sim_random(&s->random) % s->n_xtrs;
	} while (to == n->index ||
		 (!sim_addr_of(n, s->nodes[to].rloc.afi) &&
		  !sim_addr_of(n, s->nodes[to].other.afi)));
	return to;
}

static void choose_flows(struct sim *s, struct sim_node *n)
{
	const struct sim_site *site;
	unsigned int i, to;

	/* Next to the sites there is nothing. */
	n->flows[SIM_FLOWS - 1] = sim_prefix(s->n_xtrs + 1 +
					     sim_random(&s->random) % 100,
					     n->index & 1);
	n->flows[SIM_FLOWS - 1].plen =
		(uint8_t)lisp_afi_bits(n->flows[SIM_FLOWS - 1].afi);
	for (i = 0; i < SIM_FLOWS - 1; i++) {
		to = other_xtr(s, n);
		n->flows[i] = sim_prefix(to, i & 1);
		n->flows[i].plen = (uint8_t)lisp_afi_bits(n->flows[i].afi);
		n->flows[i].bytes[n->flows[i].plen / 8 - 1] =
			(uint8_t)(1 + sim_random(&s->random) % 200);
		site = &s->sites[s->nodes[to].site];
		if (site->n_hosts && sim_chance(s, 0.5))
			n->flows[i] = s->eids[site->first_host +
				sim_random(&s->random) % site->n_hosts].eid;
	}
}

/*
 * Who has it in the beginning: the xTR that it is numbered by; where they
 * merge, perhaps others, too.
 */
static void make_prefix(struct sim *s, unsigned int eid)
{
	unsigned int home = eid / SIM_PREFIXES, x;
	const struct sim_site *site = &s->sites[s->nodes[home].site];
	struct sim_hold *h;

	s->eids[eid].eid = sim_prefix(home, eid % SIM_PREFIXES);
	s->eids[eid].site = s->nodes[home].site;
	s->eids[eid].set = (uint8_t)(sim_random(&s->random) % 3);
	for (x = site->first; x < site->first + site->n; x++) {
		if (x != home && (!site->merges || sim_chance(s, 0.5)))
			continue;
		h = sim_hold(s, eid, x);
		h->now = h->ever = true;
	}
}

/*
 * The families of the RLOCs of a site, or of the map-servers: these have both,
 * and so has the first site, so that everybody can reach somebody.
 */
static void make_rlocs(struct sim *s, unsigned int first, unsigned int n)
{
	unsigned int kind = sim_random(&s->random) % 3, i;
	bool a = s->families == SIM_IPV6, b = a;

	if (!first || first == s->n_xtrs)
		kind = 2;
	if (s->families == SIM_MIXED) {
		a = kind == 1;
		b = kind != 0;
	}
	for (i = first; i < first + n; i++) {
		s->nodes[i].rloc = sim_rloc(i, false, a);
		s->nodes[i].other = sim_rloc(i, true, b);
	}
}

/* The first site, whose key the attacker has, is one xTR alone. */
static void make_sites(struct sim *s)
{
	bool merging = sim_chance(s, 0.5);
	struct sim_site *site;
	unsigned int x, i;

	for (x = 0; x < s->n_xtrs; x += site->n) {
		site = &s->sites[s->n_sites];
		site->first = x;
		site->n = x ? 1 + sim_random(&s->random) % SIM_MEMBERS_MAX : 1;
		if (site->n > s->n_xtrs - x)
			site->n = s->n_xtrs - x;
		site->merges = site->n > 1 && merging && sim_chance(s, 0.5);
		s->any_merges |= site->merges;
		for (i = x; i < x + site->n; i++)
			s->nodes[i].site = s->n_sites;
		make_rlocs(s, x, site->n);
		s->n_sites++;
	}
	make_rlocs(s, s->n_xtrs, s->n_servers);
	for (; s->n_eids < s->n_xtrs * SIM_PREFIXES; s->n_eids++)
		make_prefix(s, s->n_eids);
	for (i = 0; i < s->n_sites; i++) {
		if (s->sites[i].n > 1 && sim_chance(s, 0.3))
			hosts_make(s, &s->sites[i]);
	}
	for (i = 0; i < s->n_xtrs; i++)
		choose_flows(s, &s->nodes[i]);
}

static unsigned int how_many(struct sim *s)
{
	unsigned int most = sim_chance(s, 0.1) ? 100 : 24;

	return 5 + sim_random(&s->random) % most;
}

static void make_nodes(struct sim *s)
{
	struct sim_node *n;
	unsigned int i;

	for (i = 0; i < s->n_nodes; i++) {
		n = &s->nodes[i];
		n->sim = s;
		n->index = i;
		n->random = sim_random(&s->random);
		n->next_packet = LISP_TIME_NEVER;
		n->told = calloc(2 * s->n_nodes, sizeof(*n->told));
		n->probed = calloc(2 * s->n_nodes, sizeof(*n->probed));
		n->heard = calloc(2 * s->n_xtrs, sizeof(*n->heard));
		if (!n->told || !n->probed || !n->heard)
			abort();
		if (i >= s->n_xtrs) {
			n->seen = calloc(SIM_EIDS(s), sizeof(*n->seen));
			if (!n->seen)
				abort();
			continue;
		}
		n->next_packet = s->now + sim_random(&s->random) % LISP_SEC;
	}
}

static int setup(struct sim *s, const struct sim_options *opt)
{
	memset(s, 0, sizeof(*s));
	s->opt = *opt;
	s->random = opt->seed;
	s->n_xtrs = how_many(s);
	s->n_servers = 1 + sim_random(&s->random) % SIM_SERVERS_MAX;
	if (opt->n_xtrs)
		s->n_xtrs = opt->n_xtrs;
	if (opt->n_servers)
		s->n_servers = opt->n_servers;
	s->n_nodes = s->n_xtrs + s->n_servers;
	s->families = sim_random(&s->random) % 4;
	if (s->families > SIM_MIXED)
		s->families = SIM_IPV4;
	s->loss = (double)(sim_random(&s->random) % 31) / 100;
	s->repeat = (double)(sim_random(&s->random) % 21) / 100;
	s->delay_min = sim_random(&s->random) % (100 * LISP_MSEC) + 1;
	s->delay_spread = sim_random(&s->random) % (900 * LISP_MSEC);
	s->now = s->begin = s->next_attack = 1000 * LISP_SEC;
	s->end_faults = s->now + (s->n_xtrs > SIM_FEW ? SIM_FAULTS_MANY :
							SIM_FAULTS);
	s->nodes = calloc(s->n_nodes, sizeof(*s->nodes));
	s->sites = calloc(s->n_xtrs, sizeof(*s->sites));
	s->eids = calloc(SIM_EIDS(s), sizeof(*s->eids));
	if (!s->nodes || !s->sites || !s->eids)
		return -1;
	make_nodes(s);
	make_sites(s);
	make_schedule(s);
	plan_faults(s);
	if (opt->pcap) {
		s->pcap = pcap_open(opt->pcap);
		if (!s->pcap)
			sim_fail(s, "%s cannot be written", opt->pcap);
	}
	return 0;
}

static void deliver(struct sim *s, const struct sim_packet *p)
{
	int i = sim_node_index(s, &p->to.addr);
	struct sim_node *n = i < 0 ? NULL : &s->nodes[i];

	if (!n || !n->core || node_is_cut(n))
		return;
	if (p->len && sim_faulty(s))
		attack_record(s, p);
	n->in[p->len ? p->buf[0] >> 4 : 0]++;
	lisp_core_receive(n->core, s->now, &p->from, &p->to.addr, p->buf,
			  p->len);
	sim_schedule(n);
	if (p->len && p->buf[0] >> 4 == LISP_MAP_REGISTER &&
	    n->index >= s->n_xtrs && s->n_xtrs <= CHECK_FEW)
		check_site(n, false);
}

enum turn { OF_NODE, OF_ATTACK, OF_EVENT, OF_NET };

/* One step; false when it is over. */
static bool step(struct sim *s)
{
	lisp_time at = net_next(s), node = s->due[s->first[1]];
	const struct sim_event *e = s->next_event < s->n_events ?
				    &s->events[s->next_event] : NULL;
	enum turn turn = OF_NET;
	struct sim_packet p;

	if (node < at) {
		at = node;
		turn = OF_NODE;
	}
	if (s->next_attack < at) {
		at = s->next_attack;
		turn = OF_ATTACK;
	}
	if (e && e->at <= at) {
		at = e->at;
		turn = OF_EVENT;
	}
	if (at > s->end)
		return false;
	if (at > s->now)
		s->now = at;
	s->steps++;
	if (turn == OF_NODE) {
		node_step(&s->nodes[s->first[1]]);
	} else if (turn == OF_ATTACK) {
		attack(s);
		if (!sim_faulty(s))
			s->next_attack = LISP_TIME_NEVER;
	} else if (turn == OF_EVENT) {
		s->next_event++;
		plan_run(s, e);
	} else if (net_pop(s, s->now, &p)) {
		deliver(s, &p);
		free(p.buf);
	}
	return true;
}

static void release(struct sim *s)
{
	unsigned int i;

	for (i = 0; i < s->n_nodes; i++)
		node_free(&s->nodes[i]);
	net_free(s);
	if (s->pcap && fclose(s->pcap))
		sim_fail(s, "%s cannot be written", s->opt.pcap);
	free(s->nodes);
	free(s->sites);
	free(s->eids);
	free(s->events);
	free(s->first);
	free(s->due);
	s->nodes = NULL;
}

/* Until @end; how long after @since something was still wrong. */
static lisp_time run_until(struct sim *s, lisp_time end, lisp_time since)
{
	s->end = end;
	while (!*s->why && step(s)) {
		if (s->steps < s->next_check)
			continue;
		s->next_check = s->steps + CHECK_STEPS * s->n_nodes;
		check_servers(s, false);
	}
	if (!*s->why) {
		s->now = end;
		check_end(s, since);
	}
	return s->unreached > since ? s->unreached - since : 0;
}

int sim_run(const struct sim_options *opt, struct sim *s)
{
	lisp_time moved;
	unsigned int i;

	if (setup(s, opt))
		return -1;
	for (i = s->n_nodes; i-- > 0 && !*s->why;) {
		if (node_start(&s->nodes[i]))
			sim_fail(s, "no memory");
	}
	s->converged = run_until(s, s->end_faults + (s->any_merges ?
				 SIM_CONVERGE_MERGE : SIM_CONVERGE),
				 s->end_faults);
	if (!*s->why) {
		s->moving = true;
		moved = plan_good_moves(s);
		s->moved = run_until(s, moved + SIM_MOVED, moved);
	}
	for (i = 0; i < s->n_xtrs; i++)
		s->tosses += s->nodes[i].tossed;
	release(s);
	return *s->why ? -1 : 0;
}
