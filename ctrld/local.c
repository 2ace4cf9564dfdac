// SPDX-License-Identifier: GPL-2.0
/*
 * Which RLOCs are of this machine, and what they are where the configuration
 * names an interface. Looked up when the configuration is read and when
 * addresses change.
 */
#include <stdlib.h>
#include <string.h>
#include "lispd.h"
#include "log.h"

/* What @r is now, unless one of the @n before it is the same address. */
static bool resolve(const struct rtnl *rtnl, struct lisp_config_rloc *r,
		    const struct lisp_config_rloc *before, unsigned int n)
{
	struct lisp_addr was = r->addr;
	unsigned int i;

	if (!*r->interface)
		return false;
	r->addr = rtnl_address(rtnl, r->interface, r->family);
	for (i = 0; i < n && r->addr.afi; i++)
		if (lisp_addr_equal(&before[i].addr, &r->addr))
			memset(&r->addr, 0, sizeof(r->addr));
	return !lisp_addr_equal(&was, &r->addr);
}

static bool look_up_set(const struct rtnl *rtnl, struct lisp_config_rloc *set,
			unsigned int n)
{
	struct lisp_config_rloc *r;
	bool changed = false, local;
	unsigned int i;

	for (i = 0; i < n; i++) {
		r = &set[i];
		changed |= resolve(rtnl, r, set, i);
		local = r->addr.afi && rtnl_is_local(rtnl, &r->addr);
		changed |= local != r->local;
		r->local = local;
	}
	return changed;
}

static bool look_up(const struct rtnl *rtnl, struct lisp_config *c)
{
	bool changed = false;
	unsigned int i;

	for (i = 0; i < c->n_mappings; i++)
		changed |= look_up_set(rtnl, c->mappings[i].rlocs,
				       c->mappings[i].n_rlocs);
	for (i = 0; i < c->n_dynamic; i++)
		changed |= look_up_set(rtnl, c->dynamic[i].rlocs,
				       c->dynamic[i].n_rlocs);
	return changed;
}

struct list {
	unsigned int n;
	struct lisp_addr *addrs;
};

static bool has_family(const struct list *l, uint16_t afi)
{
	unsigned int i;

	for (i = 0; i < l->n; i++)
		if (l->addrs[i].afi == afi)
			return true;
	return false;
}

/* The first of a family. */
static void take(struct list *l, const struct lisp_addr *addr)
{
	if (addr->afi && !has_family(l, addr->afi))
		l->addrs[l->n++] = *addr;
}

/* Local ones of the database-mappings, else what the routing would use. */
static void guess_rlocs(const struct lisp_config *c, struct list *l)
{
	struct lisp_addr a;
	unsigned int i, k;

	for (i = 0; i < c->n_mappings; i++)
		for (k = 0; k < c->mappings[i].n_rlocs; k++)
			if (c->mappings[i].rlocs[k].local)
				take(l, &c->mappings[i].rlocs[k].addr);
	for (i = 0; i < c->n_map_resolvers; i++) {
		a = net_source_for(&c->map_resolvers[i].addr);
		take(l, &a);
	}
	for (i = 0; i < c->n_map_servers; i++) {
		a = net_source_for(&c->map_servers[i].addr);
		take(l, &a);
	}
}

/* Those configured that are there: nothing can be sent from the others. */
static void own_rlocs(const struct rtnl *rtnl, struct lispd_config *cfg,
		      struct list *l)
{
	struct lisp_config_rloc *r;
	unsigned int i;

	for (i = 0; i < cfg->n_own; i++) {
		r = &cfg->own[i];
		resolve(rtnl, r, cfg->own, i);
		r->local = r->addr.afi && rtnl_is_local(rtnl, &r->addr);
		if (r->local)
			l->addrs[l->n++] = r->addr;
	}
}

static bool any_interface(const struct lispd_config *cfg)
{
	const struct lisp_config *c = &cfg->core;
	unsigned int i, k;

	for (i = 0; i < cfg->n_own; i++)
		if (*cfg->own[i].interface)
			return true;
	for (i = 0; i < c->n_mappings; i++)
		for (k = 0; k < c->mappings[i].n_rlocs; k++)
			if (*c->mappings[i].rlocs[k].interface)
				return true;
	for (i = 0; i < c->n_dynamic; i++)
		for (k = 0; k < c->dynamic[i].n_rlocs; k++)
			if (*c->dynamic[i].rlocs[k].interface)
				return true;
	return false;
}

bool local_rlocs(struct rtnl *rtnl, struct lispd_config *cfg)
{
	struct lisp_config *c = &cfg->core;
	struct list l = { 0 };
	bool changed;

	rtnl_read(rtnl, any_interface(cfg));
	l.addrs = calloc(cfg->n_own + 2, sizeof(*l.addrs));
	if (!l.addrs)
		abort();
	changed = look_up(rtnl, c);
	if (cfg->n_own)
		own_rlocs(rtnl, cfg, &l);
	else
		guess_rlocs(c, &l);
	changed |= l.n != c->n_rlocs ||
		(l.n && memcmp(l.addrs, c->rlocs, l.n * sizeof(*l.addrs)));
	free(c->rlocs);
	c->rlocs = l.addrs;
	c->n_rlocs = l.n;
	return changed;
}

bool local_waits(const struct lispd_config *cfg)
{
	const struct lisp_config *c = &cfg->core;
	struct list l = { c->n_rlocs, c->rlocs };
	unsigned int i;

	if (cfg->n_own || !(c->itr || c->etr))
		return false;
	for (i = 0; i < c->n_map_resolvers; i++)
		if (!has_family(&l, c->map_resolvers[i].addr.afi))
			return true;
	for (i = 0; i < c->n_map_servers; i++)
		if (!has_family(&l, c->map_servers[i].addr.afi))
			return true;
	return false;
}

void local_warn(const struct lispd_config *cfg)
{
	const struct lisp_config *c = &cfg->core;
	const struct lisp_config_rloc *r;
	char s[LISP_STRLEN];

	for (r = cfg->own; r < cfg->own + cfg->n_own; r++)
		if (!*r->interface && !r->local)
			log_warn("rloc %s is not an address of this machine: "
				 "not used", lisp_addr_str(&r->addr, s));
	if ((c->itr || c->etr) && !c->n_rlocs)
		log_warn("no rloc: no address of this machine is named, and "
			 "there is no route to map-resolver or map-server yet");
}
