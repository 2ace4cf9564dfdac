// SPDX-License-Identifier: GPL-2.0
/*
 * Hosts that move between the xTRs of their site, as lispd sees them
 * (ctrld/neigh.c): who is not known to be there is heard at once when it sends,
 * which it does all the time; who is known to be there is looked for every
 * HOSTS_LOOK. Routes are the kernel's, and so outlive the daemon.
 */
#include "sim.h"

#define INTERFACE	"eth2"

/* In the prefixes of the first member, which may be anywhere in the site. */
void hosts_make(struct sim *s, struct sim_site *site)
{
	unsigned int i, prefix, last;
	struct sim_eid *e;
	struct sim_hold *h;

	site->first_host = s->n_eids;
	site->n_hosts = 1 + sim_random(&s->random) % SIM_HOSTS;
	s->any_hosts = true;
	for (i = 0; i < site->n_hosts; i++) {
		prefix = site->first * SIM_PREFIXES + i % SIM_PREFIXES;
		e = &s->eids[s->n_eids];
		e->eid = s->eids[prefix].eid;
		e->eid.plen = (uint8_t)lisp_afi_bits(e->eid.afi);
		last = e->eid.plen / 8u - 1;
		e->eid.bytes[last] = (uint8_t)(250 + i);
		e->site = (unsigned int)(site - s->sites);
		e->host = true;
		e->set = i % SIM_PREFIXES ? 0 : 2;
		h = sim_hold(s, s->n_eids, site->first +
				sim_random(&s->random) % site->n);
		h->now = h->ever = true;
		s->n_eids++;
	}
}

static struct sim_route *route_of(struct sim_node *n, unsigned int eid)
{
	return &n->routes[eid - n->sim->sites[n->site].first_host];
}

/* Nobody is told: the host sends from there. */
void hosts_move(struct sim *s, unsigned int eid, unsigned int to)
{
	const struct sim_site *site = &s->sites[s->eids[eid].site];
	struct sim_hold *h;
	unsigned int x;

	for (x = site->first; x < site->first + site->n; x++) {
		h = sim_hold(s, eid, x);
		if (h->now && x != to) {
			h->now = false;
			h->until = s->now;
		}
		s->nodes[x].roamed++;
	}
	h = sim_hold(s, eid, to);
	h->now = h->ever = true;
	hosts_tick(&s->nodes[to]);
}

void hosts_op(void *ctx, const struct lisp_eid *eid, const char *interface,
	      enum lisp_host what)
{
	struct sim_node *n = ctx;
	struct sim *s = n->sim;
	int i = sim_eid_index(s, eid);
	char str[LISP_STRLEN];
	struct sim_route *r;

	(void)interface;
	if (i < 0 || !s->eids[i].host || s->eids[i].site != n->site) {
		sim_fail(s, "xTR %u: %s is no host of its site", n->index,
			 lisp_eid_str(eid, str));
		return;
	}
	if (what == LISP_HOST_CHECK)
		return;			/* done all the time */
	r = route_of(n, (unsigned int)i);
	if (what == LISP_HOST_HERE && !r->here)
		r->look = s->now + HOSTS_LOOK;
	if ((what == LISP_HOST_HERE) != r->here)
		n->tossed++;
	r->here = what == LISP_HOST_HERE;
	r->away = what == LISP_HOST_AWAY;
}

static void look(struct sim_node *n, unsigned int eid)
{
	struct lisp_addr addr = lisp_eid_addr(&n->sim->eids[eid].eid);

	route_of(n, eid)->look = n->sim->now + HOSTS_LOOK;
	if (sim_hold(n->sim, eid, n->index)->now)
		lisp_core_host_seen(n->core, n->sim->now, &addr, INTERFACE);
	else
		lisp_core_host_gone(n->core, n->sim->now, &addr, INTERFACE);
}

void hosts_start(struct sim_node *n)
{
	const struct sim_site *site = &n->sim->sites[n->site];
	unsigned int i;

	if (n->index >= n->sim->n_xtrs)
		return;
	for (i = 0; i < site->n_hosts; i++) {
		if (n->routes[i].away)
			lisp_core_host_adopt(n->core, n->sim->now,
				&n->sim->eids[site->first_host + i].eid);
		else			/* a route there: is it true? */
			n->routes[i].here = false;
	}
}

void hosts_tick(struct sim_node *n)
{
	const struct sim_site *site = &n->sim->sites[n->site];
	const struct sim_route *r;
	unsigned int i, eid;

	for (i = 0; n->core && i < site->n_hosts; i++) {
		eid = site->first_host + i;
		r = &n->routes[i];
		if (r->here ? r->look <= n->sim->now :
					      sim_hold(n->sim, eid,
						       n->index)->now)
			look(n, eid);
	}
	if (n->core)
		sim_schedule(n);
}

bool hosts_tunnel(const struct sim_node *n, unsigned int eid, bool *reached)
{
	const struct sim_site *site = &n->sim->sites[n->site];
	unsigned int prefix = site->first * SIM_PREFIXES +
			      (eid - site->first_host) % SIM_PREFIXES;
	const struct sim_route *r = &n->routes[eid - site->first_host];

	if (r->away ||
	    (!r->here && !sim_hold(n->sim, prefix, n->index)->now))
		return true;
	*reached = sim_hold(n->sim, eid, n->index)->now;
	return false;
}
