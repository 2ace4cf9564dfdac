// SPDX-License-Identifier: GPL-2.0
/* What the nodes are told to be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define NAME_LEN	16

static struct lisp_config_key key_of(unsigned int site, char name[NAME_LEN])
{
	snprintf(name, NAME_LEN, "key-%u", site);
	return (struct lisp_config_key){
		.key_id = (uint8_t)(site % 3),
		.alg_id = site % 4 == 1 ? LISP_AUTH_SHA256_HKDF :
					  LISP_AUTH_SHA256_128,
		.secret = name,
	};
}

struct lisp_key config_key(unsigned int site, char secret[16])
{
	struct lisp_config_key k = key_of(site, secret);

	return (struct lisp_key){
		.key_id = k.key_id, .alg_id = k.alg_id,
		.secret = (const uint8_t *)secret, .len = strlen(secret),
	};
}

/* Each prefix, not host, of its site that it has at present. */
static unsigned int mappings(const struct sim_node *n,
			     struct lisp_config_mapping *maps,
			     struct lisp_config_rloc rlocs[][2])
{
	const struct sim *s = n->sim;
	const struct sim_site *site = &s->sites[n->site];
	unsigned int e = site->first * SIM_PREFIXES, count = 0, i, k;
	unsigned int end = e + site->n * SIM_PREFIXES;
	struct lisp_addr set[2];

	for (; e < end; e++) {
		if (!sim_hold(s, e, n->index)->now)
			continue;
		k = sim_set(s, e, n->index, set);
		for (i = 0; i < k; i++)
			rlocs[count][i] = (struct lisp_config_rloc){
				.addr = set[i], .priority = 1, .weight = 100,
				.local = true,
			};
		maps[count] = (struct lisp_config_mapping){
			.eid = s->eids[e].eid,
			.n_rlocs = k, .rlocs = rlocs[count],
			.ttl_min = 1 + n->index % SIM_TTL_MAX,
		};
		count++;
	}
	return count;
}

/* Prefixes of its site where hosts may come, with its locators for them. */
static unsigned int dynamic(const struct sim_node *n,
			    struct lisp_config_dynamic *dyn,
			    struct lisp_config_rloc rlocs[][2])
{
	const struct sim *s = n->sim;
	const struct sim_site *site = &s->sites[n->site];
	unsigned int count = 0, e, i, k;
	struct lisp_addr set[2];

	for (e = site->first_host; e < site->first_host + site->n_hosts &&
				   count < SIM_PREFIXES; e++) {
		k = sim_set(s, e, n->index, set);
		for (i = 0; i < k; i++)
			rlocs[count][i] = (struct lisp_config_rloc){
				.addr = set[i], .priority = 1, .weight = 100,
				.local = true,
			};
		dyn[count] = (struct lisp_config_dynamic){
			.eid = s->eids[site->first * SIM_PREFIXES + count].eid,
			.interface = (char *)"eth2", .n_rlocs = k,
			.rlocs = rlocs[count],
			.ttl_min = 1 + n->index % SIM_TTL_MAX,
		};
		count++;
	}
	return count;
}

/* Of a family that we have. */
static struct lisp_addr server_addr(const struct sim_node *n,
				    const struct sim_node *server)
{
	uint16_t afi = n->index & 1 ? n->rloc.afi : n->other.afi;

	return *sim_addr_of(server, afi);
}

int config_xtr(struct sim_node *n)
{
	/* a third probes, patiently or not */
	static const struct lisp_config_probe probes[] = {
		{ 0 }, { 0 }, { 0 }, { 0 },
		{ .on = true, .interval_ms = 30000, .timeout_ms = 1000,
		  .retries = 3 },
		{ .on = true, .interval_ms = 1000, .timeout_ms = 300,
		  .retries = 3 },
	};
	struct lisp_config_mapping maps[SIM_MEMBERS_MAX * SIM_PREFIXES];
	struct lisp_config_rloc rlocs[SIM_MEMBERS_MAX * SIM_PREFIXES][2];
	struct lisp_config_dynamic dyn[SIM_PREFIXES];
	struct lisp_config_rloc dyn_rlocs[SIM_PREFIXES][2];
	struct lisp_addr own[] = { n->rloc, n->other };
	const struct sim_site *site = &n->sim->sites[n->site];
	struct lisp_config_map_resolver resolvers[SIM_SERVERS_MAX];
	struct lisp_config_map_server servers[SIM_SERVERS_MAX];
	struct lisp_config_device dev = { .name = (char *)"lisp0" };
	char name[NAME_LEN];
	struct lisp_config_key key = key_of(n->site, name);
	struct lisp_config cfg = {
		.probe = probes[n->index % 6],
		.itr = true, .etr = true,
		.n_rlocs = sim_has_both(n) ? 2 : 1, .rlocs = own,
		.n_devices = 1, .devices = &dev,
		.n_mappings = mappings(n, maps, rlocs), .mappings = maps,
		.n_dynamic = dynamic(n, dyn, dyn_rlocs), .dynamic = dyn,
		.n_map_resolvers = n->sim->n_servers,
		.map_resolvers = resolvers,
		.n_map_servers = n->sim->n_servers, .map_servers = servers,
		.n_precache = n->index % 7 == 3 ? SIM_FLOWS - 1 : 0,
		.precache = n->flows,
	};
	struct lisp_addr a;
	unsigned int i;

	for (i = 0; i < n->sim->n_servers; i++) {
		a = server_addr(n, &n->sim->nodes[n->sim->n_xtrs + i]);
		resolvers[i] = (struct lisp_config_map_resolver){
			a, (uint8_t)(1 + (n->index + i) % 2), 100 };
		servers[i] = (struct lisp_config_map_server){
			.addr = a,
			.want_notify = n->index % 8 != 7 || site->merges,
			.proxy_reply = n->index % 5 == 4, .key = key,
			.merge = site->merges,
		};
	}
	return lisp_core_configure(n->core, n->sim->now, &cfg);
}

struct all_sites {
	struct lisp_config_site site[SIM_XTRS_MAX];
	struct lisp_config_key key[SIM_XTRS_MAX];
	struct lisp_config_site_prefix
		prefix[SIM_XTRS_MAX][SIM_MEMBERS_MAX * SIM_PREFIXES];
	char name[SIM_XTRS_MAX][NAME_LEN], secret[SIM_XTRS_MAX][NAME_LEN];
};

int config_server(struct sim_node *n)
{
	struct all_sites *a = calloc(1, sizeof(*a));
	const struct sim *s = n->sim;
	struct lisp_addr own[] = { n->rloc, n->other };
	struct lisp_config cfg = {
		.map_server = true, .map_resolver = true,
		.n_rlocs = sim_has_both(n) ? 2 : 1, .rlocs = own,
		.n_sites = s->n_sites,
	};
	unsigned int i, k, count;
	int err;

	if (!a)
		abort();
	cfg.sites = a->site;
	for (i = 0; i < s->n_sites; i++) {
		count = s->sites[i].n * SIM_PREFIXES;
		snprintf(a->name[i], NAME_LEN, "site-%u", i);
		a->key[i] = key_of(i, a->secret[i]);
		for (k = 0; k < count; k++)
			a->prefix[i][k] = (struct lisp_config_site_prefix){
				s->eids[s->sites[i].first * SIM_PREFIXES +
					k].eid, k < SIM_PREFIXES &&
						s->sites[i].n_hosts };
		a->site[i] = (struct lisp_config_site){
			.name = a->name[i], .n_keys = 1, .keys = &a->key[i],
			.n_prefixes = count, .prefixes = a->prefix[i],
		};
	}
	err = lisp_core_configure(n->core, s->now, &cfg);
	free(a);
	return err;
}
