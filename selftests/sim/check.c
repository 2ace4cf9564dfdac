// SPDX-License-Identifier: GPL-2.0
/* What must hold, at every step and at the end. */
#include <string.h>

#include "sim.h"

static bool overlaps(const struct lisp_eid *a, const struct lisp_eid *b)
{
	return lisp_eid_covers(a, b) || lisp_eid_covers(b, a);
}

/* Does @rloc own @eid, exactly? Then its ETR is the one that may register it. */
static bool owns(const struct sim *s, const struct lisp_addr *rloc,
		 const struct lisp_eid *eid)
{
	unsigned int i, k;

	for (i = 0; i < s->n_xtrs; i++) {
		if (!lisp_addr_equal(&s->nodes[i].rloc, rloc))
			continue;
		for (k = 0; k < SIM_PREFIXES; k++) {
			struct lisp_eid e = sim_prefix(i, k);

			if (lisp_eid_equal(&e, eid))
				return true;
		}
	}
	return false;
}

/*
 * No mapping is programmed that no authorised ETR registered. What says
 * "no LISP site" for longer than the minute of RFC 9301 8.3 hides no site.
 */
void check_mapping(struct sim_node *n, const struct lisp_mapping *m)
{
	struct sim *s = n->sim;
	char eid[LISP_STRLEN], rloc[LISP_STRLEN];
	unsigned int i, k;

	for (i = 0; i < m->n_locators; i++) {
		if (!owns(s, &m->locators[i].addr, &m->eid))
			sim_fail(s, "xTR %u: mapping %s to %s, which is not its owner",
				 n->index, lisp_eid_str(&m->eid, eid),
				 lisp_addr_str(&m->locators[i].addr, rloc));
	}
	if (m->n_locators || m->action == LISP_ACT_SEND_MAP_REQUEST ||
	    (!m->forever && m->ttl <= 60))
		return;
	for (i = 0; i < s->n_xtrs; i++) {
		for (k = 0; k < SIM_PREFIXES; k++) {
			struct lisp_eid e = sim_prefix(i, k);

			if (overlaps(&e, &m->eid))
				sim_fail(s, "xTR %u: negative mapping %s hides site %u",
					 n->index, lisp_eid_str(&m->eid, eid), i);
		}
	}
}

/* RFC 9301 5.3: at most one Map-Request a second for an EID, by one core. */
static void check_request(struct sim_node *n, const uint8_t *buf, size_t len)
{
	struct lisp_msg outer, m;
	char eid[LISP_STRLEN];
	unsigned int i;

	if (lisp_msg_decode(buf, len, &outer, NULL) ||
	    lisp_msg_decode(outer.ecm.payload, outer.ecm.len, &m, NULL)) {
		sim_fail(n->sim, "xTR %u sends what cannot be decoded", n->index);
		return;
	}
	for (i = 0; i < n->n_asked; i++) {
		if (lisp_eid_equal(&n->asked[i].eid, &m.request.eids[0]))
			break;
	}
	if (i == sizeof(n->asked) / sizeof(n->asked[0])) {
		sim_fail(n->sim, "xTR %u asks for too many EIDs", n->index);
	} else {
		if (i < n->n_asked &&
		    n->sim->now - n->asked[i].at < LISP_SEC)
			sim_fail(n->sim, "xTR %u asks for %s twice in a second",
				 n->index,
				 lisp_eid_str(&m.request.eids[0], eid));
		n->n_asked += i == n->n_asked;
		n->asked[i].eid = m.request.eids[0];
		n->asked[i].at = n->sim->now;
	}
	lisp_msg_free(&m);
}

void check_sent(struct sim_node *n, const uint8_t *buf, size_t len)
{
	switch (buf[0] >> 4) {
	case LISP_ECM:
		n->requests++;
		if (n->index < n->sim->n_xtrs)
			check_request(n, buf, len);
		break;
	case LISP_MAP_REGISTER:
		n->registers++;
		break;
	default:
		n->replies++;
	}
}

struct site_check {
	struct sim *s;
	unsigned int up;
};

/* Nothing stands in the map-server that its owner did not put there. */
static int on_site(void *arg, const struct lisp_show_registration *r)
{
	struct site_check *c = arg;
	char eid[LISP_STRLEN];
	unsigned int i;

	if (!r->up)
		return 0;
	c->up++;
	for (i = 0; i < r->record->n_locators; i++) {
		if (!owns(c->s, &r->record->locators[i].addr, r->eid))
			sim_fail(c->s, "map-server has %s from somebody else",
				 lisp_eid_str(r->eid, eid));
	}
	return 0;
}

static unsigned int registered(struct sim *s)
{
	struct site_check c = { .s = s };

	lisp_core_show_site(s->nodes[s->n_xtrs].core, on_site, &c);
	return c.up;
}

void check_site(struct sim *s)
{
	registered(s);
}

/*
 * RFC 9301 5.7, 8.2: a fresh Map-Register a minute with at most six retries,
 * and after each restart once more.
 */
static void check_counts(struct sim_node *n)
{
	struct sim *s = n->sim;
	uint64_t minutes = s->end / (60 * LISP_SEC) + 1;

	if (n->registers > 7 * (minutes + n->restarts))
		sim_fail(s, "xTR %u sent %llu Map-Registers", n->index,
			 (unsigned long long)n->registers);
}

void check_end(struct sim *s)
{
	char eid[LISP_STRLEN];
	unsigned int i, k, up = registered(s);

	if (up != s->n_xtrs * SIM_PREFIXES)
		sim_fail(s, "%u of %u EID-prefixes registered at the end", up,
			 s->n_xtrs * SIM_PREFIXES);
	for (i = 0; i < s->n_xtrs; i++) {
		check_counts(&s->nodes[i]);
		for (k = 0; k < SIM_FLOWS; k++) {
			if (s->end - s->nodes[i].reached[k] > 2 * LISP_SEC)
				sim_fail(s, "xTR %u does not reach %s %llu s after the last fault",
					 i, lisp_eid_str(&s->nodes[i].flows[k], eid),
					 (unsigned long long)(SIM_CONVERGE /
							      LISP_SEC));
		}
	}
}
