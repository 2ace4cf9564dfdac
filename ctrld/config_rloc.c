// SPDX-License-Identifier: GPL-2.0
/*
 * Locators of the configuration: by address, or as what address an interface
 * has. Of the latter two are kept where both families are wanted; local.c
 * fills in the addresses.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "config_file.h"

#define RLOCS_MAX	32u

static int interface(struct yaml *y, yaml_node_t *node, const char *name,
		     void *obj)
{
	struct lisp_config_rloc *r = obj;
	const char *text;
	int err = lispd_config_ifname(y, node, name, "an interface", &text);

	if (err)
		return err;
	snprintf(r->interface, sizeof(r->interface), "%s", text);
	if (!if_nametoindex(text))
		yaml_warn(y, node, NULL, "there is no such interface yet");
	return 0;
}

static int family(struct yaml *y, yaml_node_t *node, const char *name,
		  void *obj)
{
	struct lisp_config_rloc *r = obj;
	const char *text;
	int err = yaml_text(y, node, name, &text);

	if (err)
		return err;
	if (!strcmp(text, "ipv4"))
		r->family = LISP_AFI_IPV4;
	else if (!strcmp(text, "ipv6"))
		r->family = LISP_AFI_IPV6;
	else
		return yaml_fail(y, node, NULL, "ipv4, ipv6",
				 "no such family");
	return 0;
}

/* Either an address or an interface; the family with the latter only. */
static int check_one(struct yaml *y, yaml_node_t *node,
		     const struct lisp_config_rloc *r)
{
	if (!r->addr.afi && !*r->interface)
		return yaml_fail(y, node, "address", "address or interface",
				 "key missing in rloc");
	if (r->addr.afi && *r->interface)
		return yaml_fail(y, yaml_member(y, node, "interface"), NULL,
				 "address or interface",
				 "rloc has an address and an interface");
	if (r->addr.afi && r->family)
		return yaml_fail(y, yaml_member(y, node, "family"), NULL,
				 "together with interface",
				 "rloc has an address and a family");
	return 0;
}

static int locator(struct yaml *y, yaml_node_t *node, const char *name,
		   void *obj)
{
	static const struct yaml_key keys[] = {
		{ "address", false, lispd_config_address,
		  offsetof(struct lisp_config_rloc, addr) },
		{ "interface", false, interface, 0 },
		{ "family", false, family, 0 },
		{ "priority", false, lispd_config_byte,
		  offsetof(struct lisp_config_rloc, priority) },
		{ "weight", false, lispd_config_byte,
		  offsetof(struct lisp_config_rloc, weight) },
		{ 0 },
	};
	struct lisp_config_rloc *r = obj;
	int err;

	(void)name;
	r->priority = 1;
	r->weight = 100;
	err = yaml_map(y, node, "rloc", keys, r);
	return err ? err : check_one(y, node, r);
}

/* An address alone, or a mapping. */
static int own(struct yaml *y, yaml_node_t *node, const char *name, void *obj)
{
	static const struct yaml_key keys[] = {
		{ "interface", true, interface, 0 },
		{ "family", false, family, 0 },
		{ 0 },
	};
	struct lisp_config_rloc *r = obj;

	if (node->type == YAML_MAPPING_NODE)
		return yaml_map(y, node, "rloc", keys, r);
	return lispd_config_address(y, node, name, &r->addr);
}

static bool same(const struct lisp_config_rloc *a,
		 const struct lisp_config_rloc *b)
{
	if (!*a->interface)
		return !*b->interface && lisp_addr_equal(&a->addr, &b->addr);
	return !strcmp(a->interface, b->interface) &&
	       (!a->family || !b->family || a->family == b->family);
}

static int check_twice(struct yaml *y, yaml_node_t *list,
		       const struct lisp_config_rloc *r, unsigned int n,
		       const char *what)
{
	yaml_node_t *node;
	unsigned int i, k;

	for (i = 1; i < n; i++)
		for (k = 0; k < i; k++) {
			if (!same(&r[i], &r[k]))
				continue;
			node = yaml_element(y, list, i);
			if (node->type == YAML_MAPPING_NODE)
				node = yaml_member(y, node, *r[i].interface ?
						   "interface" : "address");
			return yaml_fail(y, node, NULL, *r[i].interface ?
					 "each interface once, or once for "
					 "each family" : "each address once",
					 "%s given twice", what);
		}
	return 0;
}

/* One for each family where an interface is for both: into *@list anew. */
static int spread(struct lisp_config_rloc **list, unsigned int *n)
{
	struct lisp_config_rloc *old = *list, *new;
	unsigned int i, k = 0;

	new = calloc(2 * *n, sizeof(*new));
	if (!new)
		return -ENOMEM;
	for (i = 0; i < *n; i++) {
		new[k++] = old[i];
		if (!*old[i].interface || old[i].family)
			continue;
		new[k] = old[i];
		new[k - 1].family = LISP_AFI_IPV4;
		new[k++].family = LISP_AFI_IPV6;
	}
	free(old);
	*list = new;
	*n = k;
	return 0;
}

int lispd_config_rlocs(struct yaml *y, yaml_node_t *node, const char *name,
		       void *obj)
{
	struct lisp_config_mapping *m = obj;
	int err;

	err = yaml_list(y, node, name, 1, RLOCS_MAX, &m->rlocs, &m->n_rlocs,
			sizeof(*m->rlocs), locator);
	if (!err)
		err = check_twice(y, node, m->rlocs, m->n_rlocs, "rloc");
	return err ? err : spread(&m->rlocs, &m->n_rlocs);
}

/* Those by address are good as they are until local.c has had a look. */
int lispd_config_own_rlocs(struct yaml *y, yaml_node_t *node,
			   const char *name, void *obj)
{
	struct lispd_config *cfg = obj;
	struct lisp_config *c = &cfg->core;
	unsigned int i;
	int err;

	err = yaml_list(y, node, name, 1, RLOCS_MAX, &cfg->own, &cfg->n_own,
			sizeof(*cfg->own), own);
	if (!err)
		err = check_twice(y, node, cfg->own, cfg->n_own, "rlocs:");
	if (!err)
		err = spread(&cfg->own, &cfg->n_own);
	if (err)
		return err;
	c->rlocs = calloc(cfg->n_own, sizeof(*c->rlocs));
	if (!c->rlocs)
		return -ENOMEM;
	for (i = 0; i < cfg->n_own; i++)
		if (!*cfg->own[i].interface)
			c->rlocs[c->n_rlocs++] = cfg->own[i].addr;
	return 0;
}
