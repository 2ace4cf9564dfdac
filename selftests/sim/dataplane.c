// SPDX-License-Identifier: GPL-2.0
/* A data plane that is a table; it goes on while the core is down. */
#include "sim.h"

#define PACKET_EVERY	(500 * LISP_MSEC)
#define PARK_TIME	(10 * LISP_SEC)
#define REFRESH		(10 * LISP_SEC)	/* so long before the end */

static struct sim_entry *find(struct sim_node *n, const struct lisp_eid *eid)
{
	unsigned int i;

	for (i = 0; i < n->n_entries; i++) {
		if (lisp_eid_equal(&n->entries[i].eid, eid))
			return &n->entries[i];
	}
	return NULL;
}

static struct sim_entry *lookup(struct sim_node *n, const struct lisp_eid *eid)
{
	struct sim_entry *best = NULL, *e;
	unsigned int i;

	for (i = 0; i < n->n_entries; i++) {
		e = &n->entries[i];
		if (lisp_eid_covers(&e->eid, eid) &&
		    (!best || e->eid.plen > best->eid.plen))
			best = e;
	}
	return best;
}

static void wait_drop(struct sim_node *n, unsigned int i)
{
	n->waiting[i] = n->waiting[--n->n_waiting];
}

void dp_map_add(void *ctx, const struct lisp_mapping *m)
{
	struct sim_node *n = ctx;
	struct sim_entry *e = find(n, &m->eid);
	unsigned int i;

	check_mapping(n, m);
	if (!e && n->n_entries == SIM_ENTRIES) {
		sim_fail(n->sim, "xTR %u: data plane is full", n->index);
		return;
	}
	if (!e)
		e = &n->entries[n->n_entries++];
	*e = (struct sim_entry){
		.eid = m->eid,
		.action = m->action,
		.expires = m->forever ? LISP_TIME_NEVER :
			   n->sim->now + m->ttl * LISP_SEC,
		.n_locators = m->n_locators,
	};
	if (m->n_locators > SIM_LOCATORS) {
		sim_fail(n->sim, "xTR %u: a mapping of %u locators", n->index,
			 m->n_locators);
		return;
	}
	for (i = 0; i < e->n_locators; i++)
		e->locators[i] = m->locators[i];
	if (m->action == LISP_ACT_SEND_MAP_REQUEST)
		return;
	for (i = n->n_waiting; i-- > 0;) {
		if (lisp_eid_covers(&m->eid, &n->waiting[i].eid))
			wait_drop(n, i);
	}
	if (n->sim->moving)
		dp_known(n);
}

void dp_map_del(void *ctx, const struct lisp_eid *eid)
{
	struct sim_node *n = ctx;
	struct sim_entry *e = find(n, eid);

	if (e)
		*e = n->entries[--n->n_entries];
}

void dp_pending_del(void *ctx, const struct lisp_eid *eid)
{
	struct sim_node *n = ctx;
	unsigned int i;

	for (i = n->n_waiting; i-- > 0;) {
		if (lisp_eid_equal(&n->waiting[i].eid, eid))
			wait_drop(n, i);
	}
}

static int find_down(const struct sim_node *n, const struct lisp_addr *rloc)
{
	unsigned int i;

	for (i = 0; i < n->n_down; i++) {
		if (lisp_addr_equal(&n->down[i], rloc))
			return (int)i;
	}
	return -1;
}

void dp_rloc_state(void *ctx, const struct lisp_addr *rloc, bool up)
{
	struct sim_node *n = ctx;
	int i = find_down(n, rloc);

	if (up && i >= 0)
		n->down[i] = n->down[--n->n_down];
	if (up || i >= 0)
		return;
	n->sim->deaths++;
	if (n->n_down == SIM_DOWN)
		sim_fail(n->sim, "xTR %u: more locators down than there are",
			 n->index);
	else
		n->down[n->n_down++] = *rloc;
}

/* What the daemon does at start: take over what the kernel holds. */
void dp_adopt(struct sim_node *n)
{
	unsigned int i;

	for (i = 0; i < n->n_entries; i++) {
		const struct sim_entry *e = &n->entries[i];
		bool forever = e->expires == LISP_TIME_NEVER;
		struct lisp_mapping m = {
			.eid = e->eid, .action = e->action, .forever = forever,
			.origin = forever ? LISP_BY_CONFIG : LISP_BY_MAP_REPLY,
			.ttl = forever ? 0 : (uint32_t)((e->expires -
					n->sim->now) / LISP_SEC),
			.n_locators = e->n_locators, .locators = e->locators,
		};

		lisp_core_adopt(n->core, n->sim->now, &m);
	}
}

static void miss(struct sim_node *n, const struct lisp_eid *eid)
{
	struct lisp_eid own = sim_prefix(n->index, eid->afi == LISP_AFI_IPV4);
	struct lisp_addr source = lisp_eid_addr(&own);
	struct lisp_eid copy = *eid;	/* pending_del moves what waits */

	n->sim->misses++;
	lisp_core_miss(n->core, n->sim->now, &copy, &source);
}

/* And hear of what waits since before. */
void dp_pending(struct sim_node *n)
{
	unsigned int i;

	for (i = n->n_waiting; i-- > 0;)
		miss(n, &n->waiting[i].eid);
}

static void expire(struct sim_node *n)
{
	lisp_time now = n->sim->now;
	struct sim_entry e;
	unsigned int i;

	for (i = n->n_entries; i-- > 0;) {
		e = n->entries[i];
		if (e.expires <= now) {
			n->entries[i] = n->entries[--n->n_entries];
			if (n->core)
				lisp_core_expired(n->core, now, &e.eid);
		} else if (n->core && !e.refreshed && e.used &&
			   e.expires - now < REFRESH) {
			n->entries[i].refreshed = true;
			lisp_core_refresh(n->core, now, &e.eid);
		}
	}
	for (i = n->n_waiting; i-- > 0;) {
		if (n->waiting[i].until <= now)
			wait_drop(n, i);
	}
}

static void park(struct sim_node *n, const struct lisp_eid *eid)
{
	unsigned int i;

	for (i = 0; i < n->n_waiting; i++) {
		if (lisp_eid_equal(&n->waiting[i].eid, eid))
			return;
	}
	if (n->n_waiting == SIM_WAITING)
		return;
	n->waiting[n->n_waiting++] = (struct sim_waiting){
		.eid = *eid, .until = n->sim->now + PARK_TIME,
	};
	if (n->core)
		miss(n, eid);
}

static bool some_up(const struct sim_node *n, const struct sim_entry *e)
{
	unsigned int i;

	for (i = 0; i < e->n_locators; i++) {
		if (find_down(n, &e->locators[i].addr) < 0)
			return true;
	}
	return false;
}

/* The first that is up, of a family that @n has. */
static const struct lisp_addr *choose(const struct sim_node *n,
				      const struct sim_entry *e)
{
	const struct lisp_addr *a;
	unsigned int i;

	for (i = 0; i < e->n_locators; i++) {
		a = &e->locators[i].addr;
		if (find_down(n, a) < 0 && sim_addr_of(n, a->afi))
			return a;
	}
	return NULL;
}

/* A packet meets @e; where it goes, the other data plane sees whose it is. */
static void transmit(struct sim_node *n, const struct sim_entry *e)
{
	const struct lisp_addr *to = choose(n, e);
	int x = to ? sim_node_index(n->sim, to) : -1;
	struct sim_node *peer;

	if (x < 0 || (unsigned int)x >= n->sim->n_xtrs)
		return;
	peer = &n->sim->nodes[x];
	if (!node_is_cut(n) && !node_is_cut(peer) &&
	    !plan_is_split(n->sim, n->index, peer->index))
		peer->heard[2 * n->index + (to->afi == LISP_AFI_IPV6)] =
			n->sim->now;
}

void dp_sources_get(void *ctx, uint32_t iid)
{
	static const uint16_t afis[] = { LISP_AFI_IPV4, LISP_AFI_IPV6 };
	struct sim_node *n = ctx;
	struct sim *s = n->sim;
	lisp_time idle;
	unsigned int i;

	(void)iid;
	for (i = 0; i < 2 * s->n_xtrs; i++) {
		idle = s->now - n->heard[i];
		if (n->heard[i] && idle < 60 * LISP_SEC)
			lisp_core_source(n->core, s->now,
					 sim_addr_of(&s->nodes[i / 2],
						     afis[i % 2]), idle);
	}
}

/* Nobody's EID is settled when it is known to be nobody's. */
static bool settled(const struct sim_node *n, const struct sim_entry *e,
		    unsigned int flow)
{
	int eid = sim_eid_index(n->sim, &n->flows[flow]);

	if (eid < 0)
		return e && !e->n_locators &&
		       e->action == LISP_ACT_NATIVELY_FORWARD;
	return e && some_up(n, e) && sim_is_right(n->sim, (unsigned int)eid,
						  e->locators, e->n_locators);
}

/*
 * Its locators are of a family that @n has not: nobody hears of it, and it
 * hears of a move when its entry ends.
 */
static bool is_mute(const struct sim_node *n, const struct sim_entry *e)
{
	return e && some_up(n, e) && !choose(n, e);
}

/* Such packets do not come to the tunnel. Do they reach who they are for? */
static bool is_here(const struct sim_node *n, unsigned int flow, bool *reached)
{
	int eid = sim_eid_index(n->sim, &n->flows[flow]);
	const struct sim_hold *h = eid < 0 ? NULL :
		sim_hold(n->sim, (unsigned int)eid, n->index);

	if (h && n->sim->eids[eid].host)
		return !hosts_tunnel(n, (unsigned int)eid, reached);
	*reached = h && h->now;
	return *reached;
}

/* Those that have the right mapping now, and had not since it moved */
void dp_known(struct sim_node *n)
{
	struct sim *s = n->sim;
	unsigned int i, in;
	lisp_time moved;
	bool reached;
	int eid;

	for (i = 0; i < SIM_FLOWS; i++) {
		eid = sim_eid_index(s, &n->flows[i]);
		moved = eid < 0 ? 0 : s->eids[eid].moved;
		if (n->known[i] >= moved || is_here(n, i, &reached) ||
		    !settled(n, lookup(n, &n->flows[i]), i))
			continue;
		n->known[i] = s->now;
		in = (s->now - moved) / (100 * LISP_MSEC);
		s->known[in < SIM_KNOWN ? in : SIM_KNOWN - 1]++;
	}
}

/* One packet of each flow. */
void dp_traffic(struct sim_node *n)
{
	struct sim_entry *e;
	unsigned int i;
	bool reached;

	n->next_packet += PACKET_EVERY;
	expire(n);
	hosts_tick(n);
	for (i = 0; i < SIM_FLOWS; i++) {
		if (is_here(n, i, &reached)) {
			*(reached ? &n->reached[i] : &n->sim->unreached) =
				n->sim->now;
			continue;
		}
		e = lookup(n, &n->flows[i]);
		if (settled(n, e, i) || (n->sim->moving && is_mute(n, e))) {
			n->reached[i] = n->sim->now;
			n->sim->delivered++;
		} else {
			n->sim->unreached = n->sim->now;
		}
		if (!e && n->core)
			sim_fail(n->sim, "xTR %u: no default entry", n->index);
		else if (e && e->action == LISP_ACT_SEND_MAP_REQUEST)
			park(n, &n->flows[i]);
		else if (e)
			e->used = true;
		if (e)
			transmit(n, e);
	}
}
