// SPDX-License-Identifier: GPL-2.0
/*
 * Which RLOCs are of this machine. Looked up when the configuration is read
 * and when addresses change.
 */
#include <stdlib.h>
#include <string.h>
#include "lispd.h"
#include "log.h"

static bool mark_local(struct lisp_config *c)
{
	struct lisp_config_rloc *r;
	bool changed = false, local;
	unsigned int i, k;

	for (i = 0; i < c->n_mappings; i++)
		for (k = 0; k < c->mappings[i].n_rlocs; k++) {
			r = &c->mappings[i].rlocs[k];
			local = net_is_local(&r->addr, false);
			changed |= local != r->local;
			r->local = local;
		}
	return changed;
}

struct guess {
	struct lisp_addr addrs[2];	/* IPv4, IPv6 */
};

static void take(struct guess *g, const struct lisp_addr *addr)
{
	struct lisp_addr *a = &g->addrs[addr->afi == LISP_AFI_IPV6];

	if (addr->afi && !a->afi)
		*a = *addr;
}

/* Local ones of the database-mappings, else what the routing would use. */
static void guess_rlocs(const struct lisp_config *c, struct guess *g)
{
	struct lisp_addr a;
	unsigned int i, k;

	for (i = 0; i < c->n_mappings; i++)
		for (k = 0; k < c->mappings[i].n_rlocs; k++)
			if (c->mappings[i].rlocs[k].local)
				take(g, &c->mappings[i].rlocs[k].addr);
	for (i = 0; i < c->n_map_resolvers; i++) {
		a = net_source_for(&c->map_resolvers[i].addr);
		take(g, &a);
	}
	for (i = 0; i < c->n_map_servers; i++) {
		a = net_source_for(&c->map_servers[i].addr);
		take(g, &a);
	}
}

bool local_rlocs(struct lispd_config *cfg)
{
	struct lisp_config *c = &cfg->core;
	struct guess g = { 0 };
	struct lisp_addr *list;
	unsigned int i, n = 0;
	bool changed;

	net_is_local(&g.addrs[0], true);
	changed = mark_local(c);
	if (cfg->own_rlocs)
		return changed;
	guess_rlocs(c, &g);
	list = calloc(2, sizeof(*list));
	if (!list)
		abort();
	for (i = 0; i < 2; i++)
		if (g.addrs[i].afi)
			list[n++] = g.addrs[i];
	changed |= n != c->n_rlocs ||
		(n && memcmp(list, c->rlocs, n * sizeof(*list)));
	free(c->rlocs);
	c->rlocs = list;
	c->n_rlocs = n;
	return changed;
}
