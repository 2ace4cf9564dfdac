// SPDX-License-Identifier: GPL-2.0
/* Addresses: from them the node or the prefix can be told, and back. */
#include <string.h>

#include "sim.h"

/* 2001:db8:X::/48 or 10.128+.X.0/24 */
struct lisp_eid sim_prefix(unsigned int xtr, unsigned int k)
{
	uint8_t hi = (uint8_t)(xtr >> 8), lo = (uint8_t)xtr;
	struct lisp_eid e = {
		.afi = LISP_AFI_IPV6, .plen = 48,
		.bytes = { 0x20, 1, 0xd, 0xb8, hi, lo },
	};

	if (k)
		e = (struct lisp_eid){
			.afi = LISP_AFI_IPV4, .plen = 24,
			.bytes = { 10, (uint8_t)(128 + hi), lo, 0 },
		};
	return e;
}

int sim_eid_index(const struct sim *s, const struct lisp_eid *eid)
{
	unsigned int k = eid->afi == LISP_AFI_IPV4;
	const uint8_t *b = eid->bytes + (k ? 1 : 4);
	unsigned int x = (unsigned int)(b[0] & (k ? 0x7f : 0xff)) << 8 | b[1];
	struct lisp_eid e = sim_prefix(x, k);
	const struct sim_site *site;
	unsigned int i;

	if (x >= s->n_xtrs || !lisp_eid_covers(&e, eid))
		return -1;
	site = &s->sites[s->nodes[x].site];
	for (i = site->first_host; i < site->first_host + site->n_hosts; i++) {
		if (lisp_eid_equal(&s->eids[i].eid, eid))
			return (int)i;
	}
	return (int)(x * SIM_PREFIXES + k);
}

/* 10.1.X.X or fd01::X:X, and the other one 10.2.X.X or fd02::X:X */
struct lisp_addr sim_rloc(unsigned int node, bool other, bool ipv6)
{
	unsigned int host = node + 1, at = ipv6 ? 14 : 2;
	struct lisp_addr a = { .afi = ipv6 ? LISP_AFI_IPV6 : LISP_AFI_IPV4 };

	a.bytes[0] = ipv6 ? 0xfd : 10;
	a.bytes[1] = other ? 2 : 1;
	a.bytes[at] = (uint8_t)(host >> 8);
	a.bytes[at + 1] = (uint8_t)host;
	return a;
}

int sim_rloc_index(const struct sim *s, const struct lisp_addr *a)
{
	unsigned int at = a->afi == LISP_AFI_IPV6 ? 14 : 2;
	unsigned int i = (unsigned int)a->bytes[at] << 8 | a->bytes[at + 1];
	const struct sim_node *n;

	if (!i || i > s->n_nodes)
		return -1;
	n = &s->nodes[i - 1];
	if (lisp_addr_equal(a, &n->rloc))
		return (int)(2 * n->index);
	return lisp_addr_equal(a, &n->other) ? (int)(2 * n->index + 1) : -1;
}

int sim_node_index(const struct sim *s, const struct lisp_addr *a)
{
	int i = sim_rloc_index(s, a);

	return i < 0 ? -1 : i / 2;
}

const struct lisp_addr *sim_addr_of(const struct sim_node *n, uint16_t afi)
{
	if (n->rloc.afi == afi)
		return &n->rloc;
	return n->other.afi == afi ? &n->other : NULL;
}

unsigned int sim_set(const struct sim *s, unsigned int eid, unsigned int x,
		     struct lisp_addr out[2])
{
	const struct sim_node *n = &s->nodes[x];

	out[0] = s->eids[eid].set == 1 ? n->other : n->rloc;
	out[1] = n->other;
	return s->eids[eid].set == 2 ? 2 : 1;
}

struct sim_hold *sim_hold(const struct sim *s, unsigned int eid,
			  unsigned int x)
{
	const struct sim_site *site = &s->sites[s->eids[eid].site];

	if (x < site->first || x >= site->first + site->n)
		return NULL;
	return &s->eids[eid].hold[x - site->first];
}

static bool is_among(const struct lisp_addr *a, const struct lisp_locator *l,
		     unsigned int n)
{
	while (n-- > 0) {
		if (lisp_addr_equal(a, &l[n].addr))
			return true;
	}
	return false;
}

/* Each locator of @x for it is there; how many they are. */
static bool has_set(const struct sim *s, unsigned int eid, unsigned int x,
		    const struct lisp_locator *l, unsigned int n,
		    unsigned int *count)
{
	struct lisp_addr set[2];
	unsigned int want = sim_set(s, eid, x, set), i;

	for (i = 0; i < want; i++) {
		if (!is_among(&set[i], l, n))
			return false;
	}
	*count += want;
	return true;
}

/* Those of all who have it, and no other. */
static bool is_union(const struct sim *s, const struct sim_site *site,
		     unsigned int eid, const struct lisp_locator *l,
		     unsigned int n)
{
	unsigned int count = 0, x;

	for (x = site->first; x < site->first + site->n; x++) {
		if (sim_hold(s, eid, x)->now &&
		    !has_set(s, eid, x, l, n, &count))
			return false;
	}
	return count == n;
}

bool sim_is_right(const struct sim *s, unsigned int eid,
		  const struct lisp_locator *l, unsigned int n)
{
	const struct sim_site *site = &s->sites[s->eids[eid].site];
	unsigned int count = 0;
	const struct sim_hold *h;
	int x;

	if (site->merges && !s->eids[eid].host)
		return n && is_union(s, site, eid, l, n);
	x = n ? sim_node_index(s, &l[0].addr) : -1;
	h = x < 0 ? NULL : sim_hold(s, eid, (unsigned int)x);
	return h && h->now && has_set(s, eid, (unsigned int)x, l, n, &count) &&
	       count == n;
}
