// SPDX-License-Identifier: GPL-2.0
/* A node: the real core, and a data plane that is a table. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define PACKET_EVERY	(500 * LISP_MSEC)
#define PARK_TIME	(10 * LISP_SEC)

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

static void on_send(void *ctx, const struct lisp_endpoint *from,
		    const struct lisp_endpoint *to, const void *buf, size_t len)
{
	struct sim_node *n = ctx;

	check_sent(n, buf, len);
	if (node_is_cut(n))
		n->sim->lost++;
	else
		net_send(n->sim, from, to, buf, len);
}

static void on_map_add(void *ctx, const struct lisp_mapping *m)
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
	if (m->n_locators)
		e->locator = m->locators[0].addr;
	if (m->action == LISP_ACT_SEND_MAP_REQUEST)
		return;
	for (i = n->n_waiting; i-- > 0;) {
		if (lisp_eid_covers(&m->eid, &n->waiting[i].eid))
			wait_drop(n, i);
	}
}

static void on_map_del(void *ctx, const struct lisp_eid *eid)
{
	struct sim_node *n = ctx;
	struct sim_entry *e = find(n, eid);

	if (e)
		*e = n->entries[--n->n_entries];
}

static void on_pending_del(void *ctx, const struct lisp_eid *eid)
{
	struct sim_node *n = ctx;
	unsigned int i;

	for (i = n->n_waiting; i-- > 0;) {
		if (lisp_eid_equal(&n->waiting[i].eid, eid))
			wait_drop(n, i);
	}
}

static void on_eid(void *ctx, const struct lisp_eid *eid)
{
	(void)ctx;
	(void)eid;
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

static void on_rloc_state(void *ctx, const struct lisp_addr *rloc, bool up)
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

static uint64_t on_random(void *ctx)
{
	struct sim_node *n = ctx;

	return sim_random(&n->random);
}

static void on_trace(void *ctx, enum lisp_trace_role role, const char *fmt,
		     va_list ap)
{
	static const char *const roles[] = { "ITR", "ETR", "MS", "MR", "core" };
	struct sim_node *n = ctx;

	printf("%10.6f %3u %s: ", (double)n->sim->now / 1e6, n->index,
	       roles[role]);
	vprintf(fmt, ap);
	putchar('\n');
}

static void configure_xtr(struct sim_node *n)
{
	struct lisp_addr ms = n->sim->nodes[n->sim->n_xtrs].rloc;
	struct lisp_config_map_resolver resolver = { ms, 1, 100 };
	struct lisp_config_rloc rloc = { n->rloc, 1, 100, true };
	struct lisp_config_mapping maps[SIM_PREFIXES];
	struct lisp_config_device dev = { .name = (char *)"lisp0" };
	char key[32];
	struct lisp_config_map_server server = {
		.addr = ms, .want_notify = true,
		.proxy_reply = n->index % 5 == 4,
		.key = { .alg_id = LISP_AUTH_SHA256_128, .secret = key },
	};
	/* a third probes, patiently or not */
	static const struct lisp_config_probe probes[] = {
		{ 0 }, { 0 }, { 0 }, { 0 },
		{ .on = true, .interval_ms = 30000, .timeout_ms = 1000,
		  .retries = 3 },
		{ .on = true, .interval_ms = 1000, .timeout_ms = 300,
		  .retries = 3 },
	};
	struct lisp_config cfg = {
		.probe = probes[n->index % 6],
		.itr = true, .etr = true, .n_rlocs = 1, .rlocs = &n->rloc,
		.n_devices = 1, .devices = &dev,
		.n_mappings = SIM_PREFIXES, .mappings = maps,
		.n_map_resolvers = 1, .map_resolvers = &resolver,
		.n_map_servers = 1, .map_servers = &server,
	};
	unsigned int i;

	snprintf(key, sizeof(key), "key-%u", n->index);
	for (i = 0; i < SIM_PREFIXES; i++)
		maps[i] = (struct lisp_config_mapping){
			.eid = sim_prefix(n->index, i), .n_rlocs = 1,
			.rlocs = &rloc, .ttl_min = 2 + n->index % 3,
		};
	if (lisp_core_configure(n->core, n->sim->now, &cfg))
		sim_fail(n->sim, "xTR %u: configuration refused", n->index);
}

static void configure_ms(struct sim_node *n)
{
	unsigned int count = n->sim->n_xtrs, i, k;
	struct lisp_config_site sites[SIM_XTRS_MAX];
	struct lisp_config_key keys[SIM_XTRS_MAX];
	struct lisp_config_site_prefix prefixes[SIM_XTRS_MAX][SIM_PREFIXES];
	char names[SIM_XTRS_MAX][16], secrets[SIM_XTRS_MAX][16];
	struct lisp_config cfg = {
		.map_server = true, .map_resolver = true,
		.n_rlocs = 1, .rlocs = &n->rloc,
		.n_sites = count, .sites = sites,
	};

	for (i = 0; i < count; i++) {
		snprintf(names[i], sizeof(names[i]), "site-%u", i);
		snprintf(secrets[i], sizeof(secrets[i]), "key-%u", i);
		keys[i] = (struct lisp_config_key){
			.alg_id = LISP_AUTH_SHA256_128, .secret = secrets[i],
		};
		for (k = 0; k < SIM_PREFIXES; k++)
			prefixes[i][k] = (struct lisp_config_site_prefix){
				.eid = sim_prefix(i, k),
			};
		sites[i] = (struct lisp_config_site){
			.name = names[i], .n_keys = 1, .keys = &keys[i],
			.n_prefixes = SIM_PREFIXES, .prefixes = prefixes[i],
		};
	}
	if (lisp_core_configure(n->core, n->sim->now, &cfg))
		sim_fail(n->sim, "map-server: configuration refused");
}

/* What the daemon does at start: take over what the kernel holds. */
static void adopt(struct sim_node *n)
{
	struct lisp_locator l = { .priority = 1, .reachable = true };
	unsigned int i;

	for (i = 0; i < n->n_entries; i++) {
		const struct sim_entry *e = &n->entries[i];
		bool forever = e->expires == LISP_TIME_NEVER;
		struct lisp_mapping m = {
			.eid = e->eid, .action = e->action, .forever = forever,
			.origin = forever ? LISP_BY_CONFIG : LISP_BY_MAP_REPLY,
			.ttl = forever ? 0 : (uint32_t)((e->expires -
					n->sim->now) / LISP_SEC),
			.n_locators = !!e->n_locators, .locators = &l,
		};

		l.addr = e->locator;
		lisp_core_adopt(n->core, n->sim->now, &m);
	}
}

int node_start(struct sim_node *n)
{
	struct lisp_core_ops ops = {
		.send = on_send, .map_add = on_map_add, .map_del = on_map_del,
		.pending_del = on_pending_del, .eid_add = on_eid,
		.eid_del = on_eid, .rloc_state = on_rloc_state,
		.random = on_random,
		.trace = n->sim->trace ? on_trace : NULL,
	};

	n->core = lisp_core_new(&ops, n);
	if (!n->core)
		return -1;
	if (n->index == n->sim->n_xtrs) {
		configure_ms(n);
		return 0;
	}
	adopt(n);
	configure_xtr(n);
	return 0;
}

void node_stop(struct sim_node *n)
{
	lisp_core_free(n->core);
	n->core = NULL;
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
			lisp_core_expired(n->core, now, &e.eid);
		} else if (!e.refreshed && e.used && e.expires - now < 10 * LISP_SEC) {
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
	struct lisp_addr source;
	struct lisp_eid own;
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
	n->sim->misses++;
	own = sim_prefix(n->index, eid->afi == LISP_AFI_IPV4);
	source = lisp_eid_addr(&own);
	lisp_core_miss(n->core, n->sim->now, eid, &source);
}

/* Nobody's EID is settled when it is known to be nobody's. */
static bool settled(const struct sim_node *n, const struct sim_entry *e,
		    unsigned int flow)
{
	if (!e)
		return false;
	if (flow < SIM_FLOWS - 1)
		return e->n_locators && find_down(n, &e->locator) < 0;
	return !e->n_locators && e->action == LISP_ACT_NATIVELY_FORWARD;
}

/* One packet of each flow. */
void node_traffic(struct sim_node *n)
{
	struct sim_entry *e;
	unsigned int i;

	n->next_packet += PACKET_EVERY;
	expire(n);
	for (i = 0; i < SIM_FLOWS; i++) {
		e = lookup(n, &n->flows[i]);
		if (!settled(n, e, i))
			n->sim->unreached = n->sim->now;
		if (!e || e->action == LISP_ACT_SEND_MAP_REQUEST) {
			if (e)
				park(n, &n->flows[i]);
			else
				sim_fail(n->sim, "xTR %u: no default entry",
					 n->index);
			continue;
		}
		e->used = true;
		if (settled(n, e, i)) {
			n->reached[i] = n->sim->now;
			n->sim->delivered++;
		}
	}
}

lisp_time node_next(const struct sim_node *n)
{
	lisp_time at = lisp_core_next(n->core);

	if (n->next_packet < at)
		at = n->next_packet;
	return n->restart_at < at ? n->restart_at : at;
}

void node_step(struct sim_node *n)
{
	if (n->restart_at <= n->sim->now) {
		n->restart_at = LISP_TIME_NEVER;
		n->restarts++;
		n->n_asked = 0;		/* the new one cannot know of it */
		node_stop(n);
		if (node_start(n))
			sim_fail(n->sim, "no memory");
		return;
	}
	if (n->next_packet <= n->sim->now)
		node_traffic(n);
	if (lisp_core_next(n->core) <= n->sim->now)
		lisp_core_run(n->core, n->sim->now);
}
