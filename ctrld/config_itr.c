// SPDX-License-Identifier: GPL-2.0
/*
 * Whom an ITR asks, and how it looks after its map-cache.
 */
#include <string.h>
#include "config_file.h"

#define RESOLVERS_MAX	8u
#define PETRS_MAX	8u
#define EID_SPACE_MAX	1000u
#define PRE_CACHE_MAX	10000u
#define IDLE_MIN	10u		/* seconds */
#define TTL_MAX		31536000u	/* seconds: a year */
#define PROFILES	"off, normal, fast"

/* map-resolvers */

/* An address alone, or a mapping. */
static int map_resolver(struct yaml *y, yaml_node_t *node, const char *name,
			void *obj)
{
	static const struct yaml_key keys[] = {
		{ "address", true, lispd_config_address,
		  offsetof(struct lisp_config_map_resolver, addr) },
		{ "priority", false, lispd_config_byte,
		  offsetof(struct lisp_config_map_resolver, priority) },
		{ "weight", false, lispd_config_byte,
		  offsetof(struct lisp_config_map_resolver, weight) },
		{ 0 },
	};
	struct lisp_config_map_resolver *m = obj;

	m->priority = 1;
	m->weight = 100;
	if (node->type == YAML_MAPPING_NODE)
		return yaml_map(y, node, "map-resolver", keys, m);
	return lispd_config_address(y, node, name, &m->addr);
}

/* Elements of @size that begin with an address, of which none comes twice. */
static int each_once(struct yaml *y, yaml_node_t *list, const char *name,
		     const void *items, unsigned int n, size_t size)
{
	const char *item = items;
	yaml_node_t *node;
	unsigned int i, k;

	for (i = 1; i < n; i++)
		for (k = 0; k < i; k++)
			if (lisp_addr_equal((const void *)(item + i * size),
					    (const void *)(item + k * size))) {
				node = yaml_element(y, list, i);
				if (node->type == YAML_MAPPING_NODE)
					node = yaml_member(y, node, "address");
				return yaml_fail(y, node, NULL,
						 "each address once",
						 "%s: given twice", name);
			}
	return 0;
}

int lispd_config_map_resolvers(struct yaml *y, yaml_node_t *node,
			       const char *name, void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;
	int err = yaml_list(y, node, name, 1, RESOLVERS_MAX, &c->map_resolvers,
			    &c->n_map_resolvers, sizeof(*c->map_resolvers),
			    map_resolver);

	return err ? err : each_once(y, node, name, c->map_resolvers,
				     c->n_map_resolvers,
				     sizeof(*c->map_resolvers));
}

/* use-petr */

static int petr(struct yaml *y, yaml_node_t *node, const char *name, void *obj)
{
	static const struct yaml_key keys[] = {
		{ "address", true, lispd_config_address,
		  offsetof(struct lisp_config_petr, addr) },
		{ "priority", false, lispd_config_byte,
		  offsetof(struct lisp_config_petr, priority) },
		{ "weight", false, lispd_config_byte,
		  offsetof(struct lisp_config_petr, weight) },
		{ 0 },
	};
	struct lisp_config_petr *p = obj;

	p->priority = 1;
	p->weight = 100;
	if (node->type == YAML_MAPPING_NODE)
		return yaml_map(y, node, "proxy ETR", keys, p);
	return lispd_config_address(y, node, name, &p->addr);
}

int lispd_config_petrs(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;
	int err = yaml_list(y, node, name, 1, PETRS_MAX, &c->petrs,
			    &c->n_petrs, sizeof(*c->petrs), petr);

	return err ? err : each_once(y, node, name, c->petrs, c->n_petrs,
				     sizeof(*c->petrs));
}

/* map-cache */

static int seconds(struct yaml *y, yaml_node_t *node, const char *name,
		   void *obj)
{
	return yaml_number(y, node, name, 1, TTL_MAX, obj);
}

static int idle_time(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj)
{
	return yaml_number(y, node, name, IDLE_MIN, TTL_MAX, obj);
}

static int most_used(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj)
{
	return yaml_number(y, node, name, 0, PRE_CACHE_MAX, obj);
}

int lispd_config_map_cache(struct yaml *y, yaml_node_t *node,
			   const char *name, void *obj)
{
	static const struct yaml_key keys[] = {
		{ "min-ttl", false, seconds,
		  offsetof(struct lisp_config, ttl.min) },
		{ "max-ttl", false, seconds,
		  offsetof(struct lisp_config, ttl.max) },
		{ "min-negative-ttl", false, seconds,
		  offsetof(struct lisp_config, ttl.negative_min) },
		{ "max-negative-ttl", false, seconds,
		  offsetof(struct lisp_config, ttl.negative_max) },
		{ "idle-time", false, idle_time,
		  offsetof(struct lisp_config, idle_sec) },
		{ "keep-most-used", false, most_used,
		  offsetof(struct lisp_config, most_used) },
		{ 0 },
	};
	struct lisp_config *c = &((struct lispd_config *)obj)->core;
	struct lisp_config_ttl *t = &c->ttl;
	int err = yaml_map(y, node, name, keys, c);

	if (!err && t->max && t->min > t->max)
		err = yaml_fail(y, yaml_member(y, node, "max-ttl"), NULL,
				"no less than min-ttl", "max-ttl");
	if (!err && t->negative_max && t->negative_min > t->negative_max)
		err = yaml_fail(y, yaml_member(y, node, "max-negative-ttl"),
				NULL, "no less than min-negative-ttl",
				"max-negative-ttl");
	return err;
}

/* pre-cache, eid-space */

/* A prefix alone, or with its instance. */
static int instance_prefix(struct yaml *y, yaml_node_t *node,
			   const char *name, void *obj)
{
	static const struct yaml_key keys[] = {
		{ "prefix", true, lispd_config_prefix, 0 },
		{ "instance-id", false, lispd_config_iid,
		  offsetof(struct lisp_eid, iid) },
		{ 0 },
	};

	if (node->type == YAML_MAPPING_NODE)
		return yaml_map(y, node, name, keys, obj);
	return lispd_config_prefix(y, node, name, obj);
}

int lispd_config_pre_cache(struct yaml *y, yaml_node_t *node,
			   const char *name, void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;

	return yaml_list(y, node, name, 1, PRE_CACHE_MAX, &c->precache,
			 &c->n_precache, sizeof(*c->precache), instance_prefix);
}

int lispd_config_eid_space(struct yaml *y, yaml_node_t *node,
			   const char *name, void *obj)
{
	struct lisp_config *c = &((struct lispd_config *)obj)->core;

	return yaml_list(y, node, name, 1, EID_SPACE_MAX, &c->eid_space,
			 &c->n_eid_space, sizeof(*c->eid_space),
			 instance_prefix);
}

/* map-request-data */

int lispd_config_request_data(struct yaml *y, yaml_node_t *node,
			      const char *name, void *obj)
{
	static const struct yaml_key keys[] = {
		{ "send", false, lispd_config_bool,
		  offsetof(struct lisp_config, piggyback_send) },
		{ "verify", false, lispd_config_bool,
		  offsetof(struct lisp_config, piggyback_accept) },
		{ 0 },
	};

	return yaml_map(y, node, name, keys, &((struct lispd_config *)obj)->core);
}

/* rloc-probing */

static int profile(struct yaml *y, yaml_node_t *node, const char *name,
		   void *obj)
{
	static const struct {
		const char *name;
		struct lisp_config_probe p;
	} profiles[] = {
		{ "off", { 0 } },
		{ "normal", { .on = true, .interval_ms = 30000,
			      .timeout_ms = 1000, .retries = 3 } },
		/* dead in 250 + 4 * 150 ms */
		{ "fast", { .on = true, .interval_ms = 250,
			    .timeout_ms = 150, .retries = 3 } },
	};
	const char *text;
	unsigned int i;
	int err = yaml_text(y, node, name, &text);

	for (i = 0; !err && i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (!strcmp(text, profiles[i].name)) {
			*(struct lisp_config_probe *)obj = profiles[i].p;
			return 0;
		}
	return err ? err : yaml_fail(y, node, NULL, PROFILES,
				     "no such profile");
}

static int interval(struct yaml *y, yaml_node_t *node, const char *name,
		    void *obj)
{
	return yaml_number(y, node, name, 50, 3600000, obj);
}

static int timeout(struct yaml *y, yaml_node_t *node, const char *name,
		   void *obj)
{
	return yaml_number(y, node, name, 10, 60000, obj);
}

static int retries(struct yaml *y, yaml_node_t *node, const char *name,
		   void *obj)
{
	uint32_t v;
	int err = yaml_number(y, node, name, 0, LISP_PROBE_TRIES_MAX - 1, &v);

	if (!err)
		*(uint8_t *)obj = v;
	return err;
}

static int ignore(struct yaml *y, yaml_node_t *node, const char *name,
		  void *obj)
{
	(void)y;
	(void)node;
	(void)name;
	(void)obj;
	return 0;
}

/* A profile by its name, or a mapping that changes some of its values. */
static int probing(struct yaml *y, yaml_node_t *node, const char *name,
		   struct lisp_config_probe *p)
{
	static const struct yaml_key keys[] = {
		{ "profile", true, ignore, 0 },	/* it is read first, below */
		{ "interval", false, interval,
		  offsetof(struct lisp_config_probe, interval_ms) },
		{ "timeout", false, timeout,
		  offsetof(struct lisp_config_probe, timeout_ms) },
		{ "retries", false, retries,
		  offsetof(struct lisp_config_probe, retries) },
		{ 0 },
	};
	struct lisp_config_probe unused;
	int err;

	if (node->type == YAML_SCALAR_NODE)
		return profile(y, node, name, p);
	err = yaml_map(y, node, name, keys, &unused);
	if (!err)
		err = profile(y, yaml_member(y, node, "profile"), "profile",
			      p);
	if (!err && p->on)
		err = yaml_map(y, node, name, keys, p);
	return err;
}

int lispd_config_probing(struct yaml *y, yaml_node_t *node, const char *name,
			 void *obj)
{
	return probing(y, node, name, &((struct lispd_config *)obj)->core.probe);
}

int lispd_config_device_probing(struct yaml *y, yaml_node_t *node,
				const char *name, void *obj)
{
	struct lisp_config_device *d = obj;

	d->own_probe = true;
	return probing(y, node, name, &d->probe);
}
