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

	if (x >= s->n_xtrs || !lisp_eid_covers(&e, eid))
		return -1;
	return (int)(x * SIM_PREFIXES + k);
}

/* 10.1.X.X, and the other one 10.2.X.X */
struct lisp_addr sim_rloc(unsigned int node, bool other)
{
	unsigned int host = node + 1;

	return (struct lisp_addr){ LISP_AFI_IPV4,
		{ 10, other ? 2 : 1, (uint8_t)(host >> 8), (uint8_t)host } };
}

int sim_node_index(const struct sim *s, const struct lisp_addr *a)
{
	unsigned int i = (unsigned int)a->bytes[2] << 8 | a->bytes[3];

	if (a->afi != LISP_AFI_IPV4 || a->bytes[0] != 10 || !i ||
	    i > s->n_nodes || a->bytes[1] < 1 || a->bytes[1] > 2)
		return -1;
	return (int)i - 1;
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
	const struct sim_site *site =
		&s->sites[s->nodes[eid / SIM_PREFIXES].site];

	if (x < site->first || x >= site->first + site->n)
		return NULL;
	return &s->eids[eid].hold[x - site->first];
}

bool sim_same_set(const struct sim *s, unsigned int eid, unsigned int x,
		  const struct lisp_locator *l, unsigned int n)
{
	struct lisp_addr set[2];
	unsigned int want = sim_set(s, eid, x, set), i, k;

	if (n != want)
		return false;
	for (i = 0; i < n; i++) {
		for (k = 0; k < want; k++) {
			if (lisp_addr_equal(&l[i].addr, &set[k]))
				break;
		}
		if (k == want)
			return false;
	}
	return true;
}

bool sim_is_right(const struct sim *s, unsigned int eid,
		  const struct lisp_locator *l, unsigned int n)
{
	const struct sim_hold *h;
	int x = n ? sim_node_index(s, &l[0].addr) : -1;

	if (x < 0)
		return false;
	h = sim_hold(s, eid, (unsigned int)x);
	return h && h->now && sim_same_set(s, eid, (unsigned int)x, l, n);
}
