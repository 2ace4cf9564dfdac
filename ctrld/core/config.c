// SPDX-License-Identifier: GPL-2.0
/* Free, copy and check what the core is told to be. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void free_key(struct lisp_config_key *k)
{
	if (k->secret)
		explicit_bzero(k->secret, strlen(k->secret));
	free(k->secret);
}

static void free_site(struct lisp_config_site *s)
{
	unsigned int i;

	for (i = 0; s->keys && i < s->n_keys; i++)
		free_key(&s->keys[i]);
	free(s->keys);
	free(s->prefixes);
	free(s->allowed);
	free(s->name);
	free(s->description);
}

void lisp_config_free(struct lisp_config *cfg)
{
	unsigned int i;

	for (i = 0; cfg->devices && i < cfg->n_devices; i++)
		free(cfg->devices[i].name);
	for (i = 0; cfg->mappings && i < cfg->n_mappings; i++)
		free(cfg->mappings[i].rlocs);
	for (i = 0; cfg->dynamic && i < cfg->n_dynamic; i++) {
		free(cfg->dynamic[i].rlocs);
		free(cfg->dynamic[i].interface);
	}
	for (i = 0; cfg->map_servers && i < cfg->n_map_servers; i++)
		free_key(&cfg->map_servers[i].key);
	for (i = 0; cfg->sites && i < cfg->n_sites; i++)
		free_site(&cfg->sites[i]);
	free(cfg->rlocs);
	free(cfg->devices);
	free(cfg->mappings);
	free(cfg->dynamic);
	free(cfg->map_resolvers);
	free(cfg->precache);
	free(cfg->eid_space);
	free(cfg->petrs);
	free(cfg->map_servers);
	free(cfg->sites);
	memset(cfg, 0, sizeof(*cfg));
}

/*
 * Copies of arrays and strings. The first failure is kept in *@err; the counts
 * of what was not copied become 0, so that lisp_config_free() works on it.
 */
static void *dup_array(const void *src, unsigned int *n, size_t size, int *err)
{
	void *p;

	if (!*n || *err) {
		*n = 0;
		return NULL;
	}
	p = malloc(*n * size);
	if (p) {
		memcpy(p, src, *n * size);
	} else {
		*n = 0;
		*err = -ENOMEM;
	}
	return p;
}

static char *dup_string(const char *s, int *err)
{
	char *p = s && !*err ? strdup(s) : NULL;

	if (s && !p)
		*err = -ENOMEM;
	return p;
}

static void dup_dynamic(struct lisp_config_dynamic *d, int *err)
{
	d->interface = dup_string(d->interface, err);
	d->rlocs = dup_array(d->rlocs, &d->n_rlocs, sizeof(*d->rlocs), err);
}

static void dup_site(struct lisp_config_site *s, int *err)
{
	unsigned int i;

	s->name = dup_string(s->name, err);
	s->description = dup_string(s->description, err);
	s->keys = dup_array(s->keys, &s->n_keys, sizeof(*s->keys), err);
	s->prefixes = dup_array(s->prefixes, &s->n_prefixes,
				sizeof(*s->prefixes), err);
	s->allowed = dup_array(s->allowed, &s->n_allowed, sizeof(*s->allowed),
			       err);
	for (i = 0; i < s->n_keys; i++)
		s->keys[i].secret = dup_string(s->keys[i].secret, err);
}

int lisp_config_copy(struct lisp_config *dst, const struct lisp_config *src)
{
	unsigned int i;
	int err = 0;

	*dst = *src;
	dst->rlocs = dup_array(src->rlocs, &dst->n_rlocs,
			       sizeof(*src->rlocs), &err);
	dst->devices = dup_array(src->devices, &dst->n_devices,
				 sizeof(*src->devices), &err);
	dst->mappings = dup_array(src->mappings, &dst->n_mappings,
				  sizeof(*src->mappings), &err);
	dst->dynamic = dup_array(src->dynamic, &dst->n_dynamic,
				 sizeof(*src->dynamic), &err);
	dst->map_resolvers = dup_array(src->map_resolvers,
				       &dst->n_map_resolvers,
				       sizeof(*src->map_resolvers), &err);
	dst->precache = dup_array(src->precache, &dst->n_precache,
				  sizeof(*src->precache), &err);
	dst->eid_space = dup_array(src->eid_space, &dst->n_eid_space,
				   sizeof(*src->eid_space), &err);
	dst->petrs = dup_array(src->petrs, &dst->n_petrs,
			       sizeof(*src->petrs), &err);
	dst->map_servers = dup_array(src->map_servers, &dst->n_map_servers,
				     sizeof(*src->map_servers), &err);
	dst->sites = dup_array(src->sites, &dst->n_sites,
			       sizeof(*src->sites), &err);
	for (i = 0; i < dst->n_devices; i++)
		dst->devices[i].name = dup_string(dst->devices[i].name, &err);
	for (i = 0; i < dst->n_mappings; i++)
		dst->mappings[i].rlocs =
			dup_array(dst->mappings[i].rlocs,
				  &dst->mappings[i].n_rlocs,
				  sizeof(*dst->mappings[i].rlocs), &err);
	for (i = 0; i < dst->n_dynamic; i++)
		dup_dynamic(&dst->dynamic[i], &err);
	for (i = 0; i < dst->n_map_servers; i++)
		dst->map_servers[i].key.secret =
			dup_string(dst->map_servers[i].key.secret, &err);
	for (i = 0; i < dst->n_sites; i++)
		dup_site(&dst->sites[i], &err);
	if (err)
		lisp_config_free(dst);
	return err;
}

bool lisp_config_eid_ok(const struct lisp_eid *e)
{
	unsigned int i;

	if (e->afi != LISP_AFI_IPV4 && e->afi != LISP_AFI_IPV6)
		return false;
	/* Host bits are an error, not ours to mask. */
	for (i = e->plen; i < LISP_ADDR_BYTES * 8; i++) {
		if (e->bytes[i / 8] & 0x80u >> i % 8)
			return false;
	}
	return e->plen <= lisp_afi_bits(e->afi) && e->iid <= LISP_IID_MAX;
}

static bool key_ok(const struct lisp_config_key *k)
{
	return k->secret && *k->secret && k->alg_id >= LISP_AUTH_SHA1_96 &&
	       k->alg_id <= LISP_AUTH_SHA256_HKDF;
}

static const char *check_mappings(const struct lisp_config *cfg)
{
	const struct lisp_config_mapping *m;
	unsigned int i, j;

	for (i = 0; i < cfg->n_mappings; i++) {
		m = &cfg->mappings[i];
		if (!lisp_config_eid_ok(&m->eid))
			return "a database-mapping is no IPv4 or IPv6 prefix, or has host bits set";
		if (!m->n_rlocs || m->n_rlocs > 255)
			return "a database-mapping needs 1 to 255 rlocs";
		if (m->ttl_min == LISP_TTL_WITHDRAW)
			return "a database-mapping has a TTL of 0";
		for (j = 0; j < m->n_rlocs; j++) {
			if (!lisp_addr_is_rloc(&m->rlocs[j].addr) &&
			    (m->rlocs[j].addr.afi || !*m->rlocs[j].interface))
				return "a database-mapping names an address that cannot be an rloc";
		}
	}
	return NULL;
}

static const char *check_dynamic(const struct lisp_config *cfg)
{
	const struct lisp_config_dynamic *d;
	unsigned int i, j;

	for (i = 0; i < cfg->n_dynamic; i++) {
		d = &cfg->dynamic[i];
		if (!lisp_config_eid_ok(&d->eid))
			return "a prefix of dynamic EIDs is not IPv4 or IPv6, or has host bits set";
		if (!d->interface || !*d->interface)
			return "dynamic EIDs are of no interface";
		if (!d->n_rlocs || d->n_rlocs > 255 || !d->ttl_min)
			return "dynamic EIDs need 1 to 255 rlocs and a TTL";
		for (j = 0; j < d->n_rlocs; j++) {
			if (!lisp_addr_is_rloc(&d->rlocs[j].addr) &&
			    (d->rlocs[j].addr.afi || !*d->rlocs[j].interface))
				return "dynamic EIDs name an address that cannot be an rloc";
		}
	}
	return NULL;
}

static const char *check_site(const struct lisp_config_site *s)
{
	unsigned int i, j;

	if (!s->name || !*s->name)
		return "a site has no name";
	if (!s->n_keys)
		return "a site has no key";
	for (i = 0; i < s->n_keys; i++) {
		if (!key_ok(&s->keys[i]))
			return "a site has an empty key or an unknown algorithm";
		for (j = 0; j < i; j++) {
			if (s->keys[i].key_id == s->keys[j].key_id)
				return "a site has two keys of the same key-id";
		}
	}
	for (i = 0; i < s->n_prefixes; i++) {
		if (!lisp_config_eid_ok(&s->prefixes[i].eid))
			return "a site has an EID-prefix that is not IPv4 or IPv6, or has host bits set";
	}
	for (i = 0; i < s->n_allowed; i++) {
		if (!lisp_config_eid_ok(&s->allowed[i]) || s->allowed[i].iid)
			return "a site has an allowed locator that is no IPv4 or IPv6 prefix, or has host bits set";
	}
	return NULL;
}

static const char bad_probe[] =
	"rloc-probing has no interval, no timeout or too many retries";

static bool probe_ok(const struct lisp_config_probe *p)
{
	return !p->on || (p->interval_ms && p->timeout_ms &&
			  p->retries < LISP_PROBE_TRIES_MAX);
}

static const char *check_proxy(const struct lisp_config *cfg)
{
	unsigned int i;

	if ((cfg->pitr || cfg->rtr) && !cfg->itr)
		return "a PITR or RTR is not an ITR";
	for (i = 0; i < cfg->n_eid_space; i++) {
		if (!lisp_config_eid_ok(&cfg->eid_space[i]))
			return "a prefix of the EID space is not IPv4 or IPv6, or has host bits set";
	}
	if (cfg->n_petrs > LISP_PETRS_MAX)
		return "there are more than 8 PETRs";
	for (i = 0; i < cfg->n_petrs; i++) {
		if (!lisp_addr_is_rloc(&cfg->petrs[i].addr))
			return "a PETR's address cannot be an rloc";
	}
	return NULL;
}

/* NULL, or what is wrong. Doubled prefixes are found when tables are built. */
const char *lisp_config_check(const struct lisp_config *cfg)
{
	const char *why = check_mappings(cfg);
	unsigned int i;

	if (!why)
		why = check_proxy(cfg);
	if (!why)
		why = check_dynamic(cfg);
	if (why)
		return why;
	for (i = 0; i < cfg->n_rlocs; i++) {
		if (!lisp_addr_is_rloc(&cfg->rlocs[i]))
			return "one of the rlocs cannot be an rloc";
	}
	for (i = 0; i < cfg->n_precache; i++) {
		if (!lisp_config_eid_ok(&cfg->precache[i]))
			return "an EID to pre-cache is not IPv4 or IPv6, or has host bits set";
	}
	if (cfg->n_map_resolvers > LISP_MAP_RESOLVERS_MAX)
		return "there are more than 8 map-resolvers";
	for (i = 0; i < cfg->n_map_resolvers; i++) {
		if (!lisp_addr_is_rloc(&cfg->map_resolvers[i].addr))
			return "a map-resolver's address cannot be an rloc";
	}
	if (!probe_ok(&cfg->probe))
		return bad_probe;
	for (i = 0; i < cfg->n_devices; i++) {
		if (cfg->devices[i].own_probe &&
		    !probe_ok(&cfg->devices[i].probe))
			return bad_probe;
	}
	if ((cfg->ttl.max && cfg->ttl.min > cfg->ttl.max) ||
	    (cfg->ttl.negative_max &&
	     cfg->ttl.negative_min > cfg->ttl.negative_max))
		return "the least lifetime of map-cache entries is above the greatest";
	if (cfg->most_used > LISP_MOST_USED_MAX)
		return "there are too many most used entries to keep";
	if (cfg->n_map_servers > LISP_MAP_SERVERS_MAX)
		return "there are more than 8 map-servers";
	for (i = 0; i < cfg->n_map_servers; i++) {
		if (!lisp_addr_is_rloc(&cfg->map_servers[i].addr))
			return "a map-server's address cannot be an rloc";
		if (cfg->map_servers[i].merge &&
		    !cfg->map_servers[i].want_notify &&
		    !cfg->map_servers[i].proxy_reply)
			return "a map-server is to merge, but neither to answer for us nor to tell us";
		if (!key_ok(&cfg->map_servers[i].key))
			return "a map-server has an empty key or an unknown algorithm";
	}
	for (i = 0; i < cfg->n_sites; i++) {
		why = check_site(&cfg->sites[i]);
		if (why)
			return why;
	}
	return NULL;
}

bool lisp_config_addrs_equal(const struct lisp_addr *a, unsigned int n_a,
			     const struct lisp_addr *b, unsigned int n_b)
{
	unsigned int i;

	for (i = 0; n_a == n_b && i < n_a; i++) {
		if (!lisp_addr_equal(&a[i], &b[i]))
			return false;
	}
	return n_a == n_b;
}

struct lisp_key lisp_config_key_of(const struct lisp_config_key *k)
{
	return (struct lisp_key){
		.key_id = k->key_id,
		.alg_id = k->alg_id,
		.mac_len = k->mac_len,
		.secret = (const uint8_t *)k->secret,
		.len = strlen(k->secret),
	};
}

bool lisp_config_key_equal(const struct lisp_config_key *a,
			   const struct lisp_config_key *b)
{
	return a->key_id == b->key_id && a->alg_id == b->alg_id &&
	       a->mac_len == b->mac_len && !strcmp(a->secret, b->secret);
}

bool lisp_config_same_xtr(const struct lisp_config *a,
			  const struct lisp_config *b)
{
	return a->has_xtr_id == b->has_xtr_id && a->site_id == b->site_id &&
	       !memcmp(a->xtr_id, b->xtr_id, sizeof(a->xtr_id));
}
