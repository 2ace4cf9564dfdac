// SPDX-License-Identifier: GPL-2.0
/*
 * What no single key of the configuration shows: roles and the keys they
 * need, things given twice, instance-IDs without a device.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "config_file.h"

/* Something that must be there once only, and where it stands. */
struct once {
	const void *value;
	yaml_node_t *node;
	unsigned int order;
};

struct once_list {
	unsigned int n, size;
	struct once *items;
};

static int note(struct once_list *l, const void *value, yaml_node_t *node)
{
	struct once *more;

	if (l->n == l->size) {
		l->size = l->size ? 2 * l->size : 64;
		more = realloc(l->items, l->size * sizeof(*more));
		if (!more)
			return -ENOMEM;
		l->items = more;
	}
	l->items[l->n] = (struct once){ value, node, l->n };
	l->n++;
	return 0;
}

static int by_order(const struct once *a, const struct once *b)
{
	return a->order < b->order ? -1 : a->order > b->order;
}

static int by_eid(const void *a, const void *b)
{
	const struct once *x = a, *y = b;
	int d = lisp_eid_cmp(x->value, y->value);

	return d ? d : by_order(x, y);
}

static int by_text(const void *a, const void *b)
{
	const struct once *x = a, *y = b;
	int d = strcmp(x->value, y->value);

	return d ? d : by_order(x, y);
}

static int by_number(const void *a, const void *b)
{
	const struct once *x = a, *y = b;
	uint32_t v = *(const uint32_t *)x->value, w = *(uint32_t *)y->value;

	return v != w ? (v < w ? -1 : 1) : by_order(x, y);
}

static int by_addr(const void *a, const void *b)
{
	const struct once *x = a, *y = b;
	int d = lisp_addr_cmp(x->value, y->value);

	return d ? d : by_order(x, y);
}

/* Of all that are given twice, the error names the first in the file. */
static int check_once(struct yaml *y, struct once_list *l, const char *what,
		      int (*cmp)(const void *, const void *))
{
	const struct once *again = NULL;
	struct once a, b;
	char where[64];
	unsigned int i, line = 0;
	int err = 0;

	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), cmp);
	for (i = 1; i < l->n; i++) {
		a = l->items[i - 1];
		b = l->items[i];
		a.order = b.order = 0;
		if (!cmp(&a, &b) &&
		    (!again || l->items[i].order < again->order)) {
			again = &l->items[i];
			line = a.node ? a.node->start_mark.line + 1 : 0;
		}
	}
	if (again) {
		snprintf(where, sizeof(where), "once, and line %u has it",
			 line);
		err = yaml_fail(y, again->node, NULL, where,
				"%s given twice", what);
	}
	free(l->items);
	memset(l, 0, sizeof(*l));
	return err;
}

static int check_mappings(struct yaml *y, struct lisp_config *c)
{
	yaml_node_t *list = yaml_member(y, yaml_root(y), "database-mappings");
	struct once_list l = { 0 };
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < c->n_mappings; i++)
		err = note(&l, &c->mappings[i].eid,
			   yaml_member(y, yaml_element(y, list, i),
				       "eid-prefix"));
	return err ? (free(l.items), err) :
		check_once(y, &l, "eid-prefix", by_eid);
}

static int note_prefixes(struct yaml *y, struct once_list *l,
			 const struct lisp_config_site *s, yaml_node_t *node)
{
	yaml_node_t *list = yaml_member(y, node, "eid-prefixes"), *p;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < s->n_prefixes; i++) {
		p = yaml_element(y, list, i);
		if (p->type == YAML_MAPPING_NODE)
			p = yaml_member(y, p, "prefix");
		err = note(l, &s->prefixes[i].eid, p);
	}
	return err;
}

static int check_sites(struct yaml *y, struct lisp_config *c)
{
	yaml_node_t *list = yaml_member(y, yaml_root(y), "sites"), *node;
	struct once_list names = { 0 }, prefixes = { 0 };
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < c->n_sites; i++) {
		node = yaml_element(y, list, i);
		err = note(&names, c->sites[i].name,
			   yaml_member(y, node, "name"));
		if (!err)
			err = note_prefixes(y, &prefixes, &c->sites[i], node);
	}
	if (!err)
		err = check_once(y, &names, "site", by_text);
	if (!err)
		err = check_once(y, &prefixes, "eid-prefix", by_eid);
	free(names.items);
	free(prefixes.items);
	return err;
}

static int check_devices(struct yaml *y, struct lisp_config *c)
{
	yaml_node_t *list = yaml_member(y, yaml_root(y), "devices"), *node;
	struct once_list names = { 0 }, iids = { 0 };
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < c->n_devices; i++) {
		node = yaml_element(y, list, i);
		err = note(&names, c->devices[i].name,
			   yaml_member(y, node, "name"));
		if (err)
			break;
		if (yaml_member(y, node, "instance-id"))
			node = yaml_member(y, node, "instance-id");
		err = note(&iids, &c->devices[i].iid, node);
	}
	if (!err)
		err = check_once(y, &names, "device", by_text);
	if (!err)
		err = check_once(y, &iids, "instance-id", by_number);
	free(names.items);
	free(iids.items);
	return err;
}

static int check_servers(struct yaml *y, struct lisp_config *c)
{
	yaml_node_t *list = yaml_member(y, yaml_root(y), "map-servers");
	struct once_list l = { 0 };
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < c->n_map_servers; i++)
		err = note(&l, &c->map_servers[i].addr,
			   yaml_member(y, yaml_element(y, list, i),
				       "address"));
	return err ? (free(l.items), err) :
		check_once(y, &l, "map-server", by_addr);
}

static int cmp_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Is it of an instance that a device serves? */
static int check_instance(struct yaml *y, const struct lisp_config *c,
			  const uint32_t *iids, uint32_t iid,
			  yaml_node_t *node)
{
	if (bsearch(&iid, iids, c->n_devices, sizeof(*iids), cmp_u32))
		return 0;
	if (node->type == YAML_MAPPING_NODE &&
	    yaml_member(y, node, "instance-id"))
		node = yaml_member(y, node, "instance-id");
	return yaml_fail(y, node, NULL, "that of one of the devices",
			 "no device has instance-id %u", iid);
}

/* Each database-mapping, and each prefix of the EID space. */
static int check_instances(struct yaml *y, struct lisp_config *c)
{
	yaml_node_t *top = yaml_root(y), *list;
	uint32_t *iids = calloc(c->n_devices, sizeof(*iids));
	unsigned int i;
	int err = 0;

	if (!iids)
		return -ENOMEM;
	for (i = 0; i < c->n_devices; i++)
		iids[i] = c->devices[i].iid;
	qsort(iids, c->n_devices, sizeof(*iids), cmp_u32);
	list = yaml_member(y, top, "database-mappings");
	for (i = 0; !err && i < c->n_mappings; i++)
		err = check_instance(y, c, iids, c->mappings[i].eid.iid,
				     yaml_element(y, list, i));
	list = yaml_member(y, top, "dynamic-eids");
	for (i = 0; !err && i < c->n_dynamic; i++)
		err = check_instance(y, c, iids, c->dynamic[i].eid.iid,
				     yaml_element(y, list, i));
	list = yaml_member(y, top, "eid-space");
	for (i = 0; !err && i < c->n_eid_space; i++)
		err = check_instance(y, c, iids, c->eid_space[i].iid,
				     yaml_element(y, list, i));
	free(iids);
	return err;
}

/* Each prefix of the EID space once. */
static int check_eid_space(struct yaml *y, struct lisp_config *c)
{
	yaml_node_t *list = yaml_member(y, yaml_root(y), "eid-space");
	struct once_list l = { 0 };
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < c->n_eid_space; i++)
		err = note(&l, &c->eid_space[i], yaml_element(y, list, i));
	return err ? (free(l.items), err) :
		check_once(y, &l, "prefix", by_eid);
}

static int check_roles(struct yaml *y, struct lisp_config *c)
{
	bool itr = c->itr || c->pitr || c->rtr;
	const char *asks = c->itr ? "itr" : c->pitr ? "pitr" :
			   c->rtr ? "rtr" : "itr";
	const struct {
		const char *role, *key;
		bool on;
	} needs[] = {
		{ asks, "map-resolvers", itr },
		{ "etr", "database-mappings", c->etr },
		{ "etr", "map-servers", c->etr },
		{ "map-server", "sites", c->map_server },
	};
	static const char *const itr_keys[] = {
		"use-petr", "eid-space", "pre-cache", "rloc-probing",
		"map-cache", "map-request-data",
	};
	yaml_node_t *top = yaml_root(y), *node;
	unsigned int i;

	for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		node = yaml_member(y, top, needs[i].key);
		if (needs[i].on && !node)
			return yaml_fail(y, yaml_member(y, top, "roles"),
					 needs[i].key, NULL,
					 "key missing for role %s",
					 needs[i].role);
		if (!needs[i].on && node)
			yaml_warn(y, node, needs[i].key,
				  "without role %s this has no effect",
				  needs[i].role);
	}
	for (i = 0; i < sizeof(itr_keys) / sizeof(itr_keys[0]); i++) {
		node = yaml_member(y, top, itr_keys[i]);
		if (node && !itr)
			yaml_warn(y, node, itr_keys[i],
				  "without role itr this has no effect");
	}
	node = yaml_member(y, top, "dynamic-eids");
	if (node && !c->etr)
		yaml_warn(y, node, "dynamic-eids",
			  "without role etr this has no effect");
	c->itr = itr;
	return 0;
}

/* RFC 9301 5.6: a Site-ID is only said together with an xTR-ID. */
static int check_xtr(struct yaml *y, const struct lisp_config *c)
{
	yaml_node_t *node = yaml_member(y, yaml_root(y), "site-id");

	if (node && !c->has_xtr_id)
		return yaml_fail(y, node, NULL, "with an xtr-id",
				 "site-id alone");
	return 0;
}

/* One device lisp0 of instance-ID 0, when none is named and one is needed. */
static int default_device(struct lisp_config *c)
{
	if (c->n_devices || !lisp_config_forwards(c))
		return 0;
	c->devices = calloc(1, sizeof(*c->devices));
	if (!c->devices)
		return -ENOMEM;
	c->n_devices = 1;
	c->devices[0].name = strdup("lisp0");
	return c->devices[0].name ? 0 : -ENOMEM;
}

int lispd_config_check(struct yaml *y, struct lispd_config *cfg)
{
	struct lisp_config *c = &cfg->core;
	int err = check_roles(y, c);

	if (!err)
		err = check_devices(y, c);
	if (!err)
		err = check_mappings(y, c);
	if (!err)
		err = check_servers(y, c);
	if (!err)
		err = check_sites(y, c);
	if (!err)
		err = check_eid_space(y, c);
	if (!err)
		err = check_xtr(y, c);
	if (!err)
		err = default_device(c);
	if (!err && lisp_config_forwards(c))
		err = check_instances(y, c);
	return err;
}
