// SPDX-License-Identifier: GPL-2.0
/* What must hold, at every step and at the end. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/*
 * How long after an xTR has lost a prefix a map-server may still have it from
 * there (RFC 9301 8.2: 3 minutes, and what is on its way), and so an answer.
 * What was restored is older by its lifetime.
 */
#define REGISTERED_FOR	(182 * LISP_SEC)
#define RESTORED_FOR	(SIM_TTL_MAX * 60 * LISP_SEC)
/*
 * Where they merge an ETR answers with what a map-server said the others have,
 * for as long as a registration lasts (etr.c).
 */
#define MERGED_FOR	REGISTERED_FOR

#define REQUESTS_MAX	64	/* EIDs being asked for at a time */
#define SMR_EVERY	(3 * LISP_SEC)	/* RFC 9301 6.1 */
#define NOTIFY_TRIES	7	/* of a Map-Notify that is not asked for */
#define STORM		50	/* messages a second, for each node */

static bool overlaps(const struct lisp_eid *a, const struct lisp_eid *b)
{
	return lisp_eid_covers(a, b) || lisp_eid_covers(b, a);
}

/*
 * Does @rloc belong to an xTR that has @eid, exactly, or had it not longer ago
 * than @age? Then it was one that may register it. A map-server that has lost
 * its nonces takes any Map-Register that was ever sent.
 */
static bool may_have(const struct sim *s, const struct lisp_addr *rloc,
		     const struct lisp_eid *eid, lisp_time age)
{
	int i = sim_eid_index(s, eid), x = sim_node_index(s, rloc);
	struct sim_hold *h;

	if (i < 0 || x < 0 || (unsigned int)x >= s->n_xtrs)
		return false;
	h = sim_hold(s, (unsigned int)i, (unsigned int)x);
	if (!h || !h->ever || !lisp_eid_equal(&s->eids[i].eid, eid))
		return false;
	if (s->eids[i].host)		/* until it is looked for */
		age += HOSTS_LOOK;
	return h->now || s->forgetful || s->now - h->until <= age;
}

static bool merges(const struct sim *s, const struct lisp_eid *eid)
{
	int i = sim_eid_index(s, eid);

	return i >= 0 && !s->eids[i].host && s->sites[s->eids[i].site].merges;
}

/*
 * No mapping is programmed that no authorised ETR registered. What says
 * "no LISP site" for longer than the minute of RFC 9301 8.3 hides no site.
 */
void check_mapping(struct sim_node *n, const struct lisp_mapping *m)
{
	lisp_time age = REGISTERED_FOR + (n->restoring ? RESTORED_FOR : 0);
	struct sim *s = n->sim;
	char eid[LISP_STRLEN], rloc[LISP_STRLEN];
	unsigned int i;

	age += merges(s, &m->eid) ? MERGED_FOR : 0;
	for (i = 0; i < m->n_locators; i++) {
		if (!may_have(s, &m->locators[i].addr, &m->eid, age))
			sim_fail(s, "xTR %u: mapping %s to %s, which may not have it",
				 n->index, lisp_eid_str(&m->eid, eid),
				 lisp_addr_str(&m->locators[i].addr, rloc));
	}
	if (m->n_locators || m->action == LISP_ACT_SEND_MAP_REQUEST ||
	    (!m->forever && m->ttl <= 60))
		return;
	for (i = 0; i < s->n_eids; i++) {
		if (overlaps(&s->eids[i].eid, &m->eid))
			sim_fail(s, "xTR %u: negative mapping %s hides %s",
				 n->index, lisp_eid_str(&m->eid, eid),
				 lisp_eid_str(&s->eids[i].eid, rloc));
	}
}

/* One more, at most @burst at once and one each @every in the long run. */
static bool within_rate(lisp_time *at, lisp_time now, lisp_time every,
			unsigned int burst)
{
	*at = (*at > now ? *at : now) + every;
	return *at - now <= burst * every;
}

/* RFC 9301 5.3: at most one Map-Request a second for an EID, by one core. */
static void check_asked(struct sim_node *n, const struct lisp_map_request *m)
{
	struct sim *s = n->sim;
	char eid[LISP_STRLEN];
	unsigned int i;

	for (i = 0; i < n->n_asked; i++) {
		if (lisp_eid_equal(&n->asked[i].eid, &m->eids[0]))
			break;
	}
	if (i == sizeof(n->asked) / sizeof(n->asked[0])) {
		sim_fail(s, "xTR %u asks for too many EIDs", n->index);
		return;
	}
	if (i < n->n_asked && s->now - n->asked[i].at < LISP_SEC)
		sim_fail(s, "xTR %u asks for %s twice in a second", n->index,
			 lisp_eid_str(&m->eids[0], eid));
	n->n_asked += i == n->n_asked;
	n->asked[i] = (struct sim_asked){ m->eids[0], s->now };
}

/*
 * RFC 9301 6.1: an xTR is not sent more than SIM_SMRS in any 3 s, and asked
 * again about one prefix every 3 s at most, as it does not ask more often.
 */
static bool smr_allowed(struct sim_told **told, lisp_time now, int eid)
{
	struct sim_told *t = *told ? *told : calloc(1, sizeof(*t));
	unsigned int i, n;

	if (!t)
		abort();
	*told = t;
	n = t->n < SIM_SMRS ? t->n : SIM_SMRS;
	if (n == SIM_SMRS && now - t->at[t->n % n] < SMR_EVERY)
		return false;
	for (i = 0; i < n; i++) {
		if (t->eid[i] == eid && now - t->at[i] < SMR_EVERY)
			return false;
	}
	t->at[t->n % SIM_SMRS] = now;
	t->eid[t->n++ % SIM_SMRS] = eid;
	return true;
}

/* RFC 9301 6.1 and 7.1: SMRs and probes, to each other end. */
static void check_direct(struct sim_node *n, const struct lisp_endpoint *to,
			 const struct lisp_map_request *m)
{
	lisp_time timeout = n->index % 6 == 5 ? 300 * LISP_MSEC : LISP_SEC;
	int peer = sim_node_index(n->sim, &to->addr);
	int rloc = sim_rloc_index(n->sim, &to->addr);
	struct sim *s = n->sim;
	char addr[LISP_STRLEN];
	bool ok = true;

	if (peer < 0) {
		sim_fail(s, "xTR %u sends a Map-Request to nobody, %s", n->index,
			 lisp_addr_str(&to->addr, addr));
		return;
	}
	if (m->smr)
		ok = smr_allowed(&n->told[rloc], s->now,
				 sim_eid_index(s, &m->eids[0]));
	else if (m->probe)
		ok = within_rate(&n->probed[rloc], s->now, timeout, 5);
	else
		sim_fail(s, "xTR %u sends a Map-Request that is not encapsulated",
			 n->index);
	if (!ok)
		sim_fail(s, "xTR %u sends %s to node %d too fast", n->index,
			 m->smr ? "SMRs" : "probes", peer);
}

static void check_ecm(struct sim_node *n, const struct lisp_ecm *ecm)
{
	struct lisp_msg m;

	if (lisp_msg_decode(ecm->payload, ecm->len, &m, NULL)) {
		sim_fail(n->sim, "node %u sends an ECM of what cannot be decoded",
			 n->index);
		return;
	}
	if (m.type != LISP_MAP_REQUEST)
		sim_fail(n->sim, "node %u encapsulates something else",
			 n->index);
	else if (m.request.probe)
		sim_fail(n->sim, "node %u probes through the mapping system",
			 n->index);
	else if (n->index < n->sim->n_xtrs)
		check_asked(n, &m.request);
	lisp_msg_free(&m);
}

/*
 * An answer needs a question: nobody is made to send more than he got. A
 * Map-Register may take a prefix from one who is told, with retries.
 */
static void check_answers(struct sim_node *n, const struct lisp_msg *m)
{
	const uint64_t *in = n->in, *out = n->out;
	bool server = n->index >= n->sim->n_xtrs;

	n->unasked += m->type == LISP_MAP_NOTIFY && m->reg.nonce >> 63;
	if (out[LISP_MAP_REPLY] > in[LISP_MAP_REQUEST] + in[LISP_ECM] ||
	    out[LISP_MAP_NOTIFY] > in[LISP_MAP_REGISTER] + n->unasked ||
	    n->unasked > NOTIFY_TRIES * in[LISP_MAP_REGISTER] ||
	    out[LISP_MAP_NOTIFY_ACK] > in[LISP_MAP_NOTIFY] ||
	    (server && out[LISP_ECM] > in[LISP_ECM]))
		sim_fail(n->sim, "node %u answers more than it was asked",
			 n->index);
}

/*
 * RFC 9301 8.2, 8.3: within the first minute of a map-server each ETR may still
 * be about to register, so of no site's EID it says that it is not.
 */
static void check_negative(struct sim_node *n, const struct lisp_map_reply *m)
{
	const struct sim *s = n->sim;
	char eid[LISP_STRLEN];
	unsigned int i;

	if (n->index < s->n_xtrs || s->now - n->started >= 60 * LISP_SEC)
		return;
	for (i = 0; i < m->n_records; i++) {
		if (!m->records[i].n_locators &&
		    sim_eid_index(s, &m->records[i].eid) >= 0)
			sim_fail(n->sim, "map-server %u says after its start that %s is not registered",
				 n->index - s->n_xtrs,
				 lisp_eid_str(&m->records[i].eid, eid));
	}
}

static void check_storm(struct sim *s)
{
	if (s->now / LISP_SEC != s->second) {
		s->second = s->now / LISP_SEC;
		s->in_second = 0;
	}
	if (++s->in_second > s->peak)
		s->peak = s->in_second;
	if (s->in_second > STORM * s->n_nodes)
		sim_fail(s, "%llu messages in one second",
			 (unsigned long long)s->in_second);
}

/* From an address of its own, to one that it can send to. */
static void check_addresses(struct sim_node *n,
			    const struct lisp_endpoint *from,
			    const struct lisp_endpoint *to)
{
	char a[LISP_STRLEN], b[LISP_STRLEN];

	if (from->addr.afi != to->addr.afi ||
	    sim_node_index(n->sim, &from->addr) != (int)n->index)
		sim_fail(n->sim, "node %u sends from %s to %s", n->index,
			 lisp_addr_str(&from->addr, a),
			 lisp_addr_str(&to->addr, b));
}

void check_sent(struct sim_node *n, const struct lisp_endpoint *from,
		const struct lisp_endpoint *to, const uint8_t *buf, size_t len)
{
	const char *why = NULL;
	struct lisp_msg m;

	n->out[buf[0] >> 4]++;
	check_storm(n->sim);
	check_addresses(n, from, to);
	if (lisp_msg_decode(buf, len, &m, &why)) {
		sim_fail(n->sim, "node %u sends what cannot be decoded: %s",
			 n->index, why);
		return;
	}
	check_answers(n, &m);
	if (m.type == LISP_ECM)
		check_ecm(n, &m.ecm);
	else if (m.type == LISP_MAP_REQUEST)
		check_direct(n, to, &m.request);
	else if (m.type == LISP_MAP_REPLY)
		check_negative(n, &m.reply);
	lisp_msg_free(&m);
}

struct site_check {
	struct sim_node *n;
	bool end;
	unsigned int up;
};

/* RFC 9301 5.6: what an ETR sent before is not taken after. */
static void check_seen(struct sim_node *n, unsigned int eid,
		       const struct lisp_show_registration *r)
{
	struct sim_seen *seen = &n->seen[eid];
	char str[LISP_STRLEN];

	if (lisp_addr_equal(&seen->from, &r->last_registrant) &&
	    r->nonce < seen->nonce)
		sim_fail(n->sim, "map-server %u took an old Map-Register of %s",
			 n->index - n->sim->n_xtrs, lisp_eid_str(r->eid, str));
	*seen = (struct sim_seen){ r->last_registrant, r->nonce };
}

void check_forget(struct sim_node *n)
{
	const struct sim *s = n->sim;
	unsigned int i;

	n->n_asked = 0;			/* the next one cannot know of it */
	for (i = 0; n->told && i < 2 * s->n_nodes; i++) {
		free(n->told[i]);
		n->told[i] = NULL;
	}
	memset(n->probed, 0, 2 * s->n_nodes * sizeof(*n->probed));
	if (n->seen)
		memset(n->seen, 0, SIM_EIDS(s) * sizeof(*n->seen));
}

/* Nothing stands in a map-server that its holder did not put there. */
static int on_site(void *arg, const struct lisp_show_registration *r)
{
	struct site_check *c = arg;
	struct sim *s = c->n->sim;
	char eid[LISP_STRLEN];
	unsigned int i;

	if (!r->up) {
		if (c->end)
			sim_fail(s, "map-server %u: %s is not registered",
				 c->n->index - s->n_xtrs,
				 lisp_eid_str(r->eid, eid));
		return 0;
	}
	c->up++;
	for (i = 0; i < r->record->n_locators; i++) {
		if (!may_have(s, &r->record->locators[i].addr, r->eid,
			      REGISTERED_FOR))
			sim_fail(s, "map-server %u has %s from one who may not have it",
				 c->n->index - s->n_xtrs,
				 lisp_eid_str(r->eid, eid));
	}
	i = (unsigned int)sim_eid_index(s, r->eid);
	check_seen(c->n, i, r);
	if (c->end && !sim_is_right(s, i, r->record->locators,
				    r->record->n_locators))
		sim_fail(s, "map-server %u has %s not as it is, at the end",
			 c->n->index - s->n_xtrs, lisp_eid_str(r->eid, eid));
	return 0;
}

void check_site(struct sim_node *n, bool end)
{
	struct site_check c = { .n = n, .end = end };
	unsigned int all = n->sim->n_eids;

	if (!n->core)
		return;
	lisp_core_show_site(n->core, on_site, &c);
	if (c.up > all || (end && c.up != all))
		sim_fail(n->sim, "map-server %u: %u of %u EID-prefixes registered",
			 n->index - n->sim->n_xtrs, c.up, all);
}

static int count_request(void *arg, const struct lisp_show_request *r)
{
	unsigned int *n = arg;

	(void)r;
	++*n;
	return 0;
}

static int count_rloc(void *arg, const struct lisp_show_rloc *r)
{
	unsigned int *n = arg;

	(void)r;
	++*n;
	return 0;
}

/* State is bounded by what the node sends to, whatever is sent to it. */
void check_state(struct sim_node *n)
{
	unsigned int requests = 0, rlocs = 0;

	if (!n->core)
		return;
	lisp_core_show_requests(n->core, count_request, &requests);
	lisp_core_show_rlocs(n->core, count_rloc, &rlocs);
	if (requests > REQUESTS_MAX || rlocs > 2 * SIM_ENTRIES)
		sim_fail(n->sim, "xTR %u: %u requests, %u locators", n->index,
			 requests, rlocs);
}

void check_servers(struct sim *s, bool end)
{
	unsigned int i;

	for (i = s->n_xtrs; i < s->n_nodes; i++) {
		if (s->nodes[i].core)
			check_site(&s->nodes[i], end);
		else if (end && i != s->dead)
			sim_fail(s, "map-server %u is down at the end",
				 i - s->n_xtrs);
	}
}

/*
 * RFC 9301 5.7, 8.2: a fresh Map-Register a minute with at most six retries, to
 * each map-server; the same after each restart; and for each change one and a
 * withdrawal, with their retries.
 */
static void check_counts(struct sim_node *n)
{
	struct sim *s = n->sim;
	uint64_t minutes = (s->end - s->begin) / (60 * LISP_SEC) + 1;
	uint64_t messages = 1 + s->sites[n->site].n_hosts;
	uint64_t most = s->n_servers *
			(7 * messages * (minutes + n->restarts) +
			 14 * (n->changes + n->tossed));


	if (n->out[LISP_MAP_REGISTER] > most)
		sim_fail(s, "xTR %u sent %llu Map-Registers, %llu are allowed",
			 n->index,
			 (unsigned long long)n->out[LISP_MAP_REGISTER],
			 (unsigned long long)most);
}

/*
 * A host comes and goes when one of its site moves; and once for each time that
 * an xTR of the site could not hear of it: while it was down, cut off, or on
 * the other side of a split.
 */
static void check_tossed(struct sim_node *n)
{
	const struct sim_site *site = &n->sim->sites[n->site];
	unsigned int away = 1 + site->n + SIM_SPLITS, x;

	for (x = site->first; x < site->first + site->n; x++)
		away += n->sim->nodes[x].restarts;
	if (n->tossed > 2 * (n->roamed + site->n_hosts * away))
		sim_fail(n->sim, "xTR %u took and gave up hosts %u times, %u moved in its site",
			 n->index, n->tossed, n->roamed);
}

void check_end(struct sim *s, lisp_time since)
{
	char eid[LISP_STRLEN];
	unsigned int i, k;

	check_servers(s, true);
	for (i = 0; i < s->n_xtrs; i++) {
		check_counts(&s->nodes[i]);
		check_tossed(&s->nodes[i]);
		for (k = 0; k < SIM_FLOWS; k++) {
			if (s->end - s->nodes[i].reached[k] > 2 * LISP_SEC)
				sim_fail(s, "xTR %u does not reach %s, %llu s after the last %s",
					 i, lisp_eid_str(&s->nodes[i].flows[k], eid),
					 (unsigned long long)((s->now - since) /
							      LISP_SEC),
					 since == s->end_faults ? "fault" : "move");
		}
	}
}
