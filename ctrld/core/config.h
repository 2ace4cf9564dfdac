/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the protocol core is told to be. Filled by ctrld/config.c from YAML, or
 * by tests and the simulator by hand; the core copies what it keeps.
 */
#ifndef LISP_CORE_CONFIG_H
#define LISP_CORE_CONFIG_H

#include "../wire/addr.h"
#include "../wire/auth.h"

struct lisp_config_key {
	uint8_t key_id;
	uint8_t alg_id;			/* enum lisp_auth_alg */
	uint8_t mac_len;		/* 0: the algorithm's full length */
	char *secret;			/* NUL-terminated */
};

/*
 * One locator of a database-mapping. What is known as the address of an
 * interface has AFI NONE while there is no such address, and is left out then;
 * whoever runs the core fills it in, and configures again when it changes.
 */
struct lisp_config_rloc {
	struct lisp_addr addr;
	uint8_t priority, weight;
	bool local;			/* an address of this machine (L bit) */
	uint16_t family;		/* AFI wanted, with @interface */
	char interface[16];		/* empty: @addr is as configured */
};

struct lisp_config_mapping {		/* ETR database-mapping */
	struct lisp_eid eid;
	unsigned int n_rlocs;
	struct lisp_config_rloc *rlocs;
	uint32_t ttl_min;		/* record TTL, minutes; default 1440 */
};

/* Hosts that may come and go, within a prefix (dynamic EIDs). */
struct lisp_config_dynamic {
	struct lisp_eid eid;
	char *interface;		/* where they are seen */
	unsigned int n_rlocs;
	struct lisp_config_rloc *rlocs;
	uint32_t ttl_min;		/* record TTL, minutes; default 15 */
};

struct lisp_config_map_server {		/* where an ETR registers */
	struct lisp_addr addr;
	struct lisp_config_key key;
	bool proxy_reply, want_notify;	/* want_notify default true */
	bool merge;			/* with what our site's others register */
};

struct lisp_config_map_resolver {	/* whom an ITR asks */
	struct lisp_addr addr;
	uint8_t priority, weight;	/* 255: never; see resolver.c */
};

struct lisp_config_petr {		/* a locator for what is no LISP site */
	struct lisp_addr addr;
	uint8_t priority, weight;
};

struct lisp_config_site {		/* a site of the map-server */
	char *name, *description;
	unsigned int n_keys;
	struct lisp_config_key *keys;
	unsigned int n_prefixes;
	struct lisp_config_site_prefix {
		struct lisp_eid eid;
		bool accept_more_specifics;
	} *prefixes;
	/* Locators it may register, as prefixes of instance-ID 0; 0: any */
	unsigned int n_allowed;
	struct lisp_eid *allowed;
	uint32_t max_registrations;	/* 0: LISP_REGISTRATIONS_MAX */
	bool any_nonce;			/* nonces need not grow */
};

/* RLOC-probing of what the map-cache names */
struct lisp_config_probe {
	bool on;
	uint8_t retries;		/* 0..LISP_PROBE_TRIES_MAX - 1 */
	uint32_t interval_ms, timeout_ms;
};

struct lisp_config_device {		/* a lisp device the ITR/ETR serves */
	char *name;
	uint32_t iid;
	bool own_probe;			/* @probe, not that of all */
	struct lisp_config_probe probe;
};

/* Lifetimes in the map-cache, in seconds; 0: as the Map-Reply says */
struct lisp_config_ttl {
	uint32_t min, max;
	uint32_t negative_min, negative_max;	/* of entries without locators */
};

#define LISP_PROBE_TRIES_MAX	8	/* a power of two */

struct lisp_config {
	bool itr, etr, map_server, map_resolver;
	/* Proxies (RFC 6832). A PITR or RTR is an ITR: that is to be set, too */
	bool pitr, petr, rtr;
	/*
	 * The RLOCs of this machine: source of our messages and ITR-RLOCs of
	 * our Map-Requests, at most one of each family used for the latter.
	 */
	unsigned int n_rlocs;
	struct lisp_addr *rlocs;
	unsigned int n_devices;
	struct lisp_config_device *devices;
	unsigned int n_mappings;
	struct lisp_config_mapping *mappings;
	unsigned int n_dynamic;
	struct lisp_config_dynamic *dynamic;
	unsigned int n_precache;	/* EIDs to have mappings of, always */
	struct lisp_eid *precache;
	/*
	 * Where LISP sites may be: of an instance that has any, mappings are
	 * asked for inside these prefixes only.
	 */
	unsigned int n_eid_space;
	struct lisp_eid *eid_space;
	unsigned int n_petrs;		/* none: forwarded natively */
	struct lisp_config_petr *petrs;
	unsigned int n_map_resolvers;
	struct lisp_config_map_resolver *map_resolvers;
	struct lisp_config_probe probe;
	struct lisp_config_ttl ttl;
	/* Mappings in Map-Requests (M-bit): ours sent, others' verified */
	bool piggyback_send, piggyback_accept;
	uint32_t idle_sec;		/* entries without packets end; 0: no */
	uint32_t most_used;		/* entries kept fresh, by their use */
	bool has_xtr_id;		/* said in Map-Registers */
	uint8_t xtr_id[16];
	uint64_t site_id;
	unsigned int n_map_servers;
	struct lisp_config_map_server *map_servers;
	unsigned int n_sites;
	struct lisp_config_site *sites;
};

/* Does a device of the kernel have a part in it? */
static inline bool lisp_config_forwards(const struct lisp_config *cfg)
{
	return cfg->itr || cfg->etr || cfg->petr;
}

void lisp_config_free(struct lisp_config *cfg);	/* what it points to */

#endif
