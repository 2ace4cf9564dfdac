// SPDX-License-Identifier: GPL-2.0
/*
 * Solicit-Map-Requests received (RFC 9301 6.1). An SMR proves nothing: all it
 * does is make us ask the mapping system again about what we have cached.
 */
#include "internal.h"

#define SMR_INTERVAL	(3 * LISP_SEC)	/* RFC 9301 6.1 */

static bool ask_again(struct lisp_core *core, struct cache_entry *c)
{
	if (c->origin != LISP_BY_MAP_REPLY)
		return false;
	if (c->smr_sent && core->now - c->last_smr < SMR_INTERVAL) {
		lisp_count(core, LISP_STAT_LIM_SMR);
		return true;
	}
	c->smr_sent = true;
	c->last_smr = core->now;
	lisp_count(core, LISP_STAT_SMR_INVOKED);
	itr_ask(core, &c->e.eid, ITR_SMR, NULL);
	return true;
}

/*
 * What covers the EID of the SMR, and all inside it, but no more than @left
 * entries: these are for all the EIDs of one SMR together, or a small packet of
 * anybody would make us send a thousand.
 */
static bool ask_about(struct lisp_core *core, const struct lisp_eid *eid,
		      unsigned int *left)
{
	struct cache_entry *c = cache_match(core, eid);
	struct lisp_table *t = &core->itr.cache;
	struct lisp_entry *e;
	bool any = false;

	if (eid->afi == LISP_AFI_NONE)
		return false;
	if (c && *left && c->origin == LISP_BY_MAP_REPLY) {
		(*left)--;
		any = ask_again(core, c);
	}
	for (e = lisp_table_next_inside(t, eid, NULL); e;
	     e = lisp_table_next_inside(t, eid, &e->eid)) {
		if (!*left) {
			lisp_count(core, LISP_STAT_LIM_SMR_CHILDREN);
			break;
		}
		(*left)--;
		c = container_of(e, struct cache_entry, e);
		if (c->expires > core->now)
			any |= ask_again(core, c);
	}
	return any;
}

/* A database-mapping of ours changed: our own map-cache is told no other way. */
void smr_own(struct lisp_core *core, const struct lisp_eid *eid)
{
	unsigned int left = LISP_SMR_CHILDREN_MAX;

	if (core->cfg.itr)
		ask_about(core, eid, &left);
}

/*
 * The EID whose mapping changed stands in the record or, from most deployed
 * xTRs, in the source EID: ask about both. Never answered with a Map-Reply.
 */
void smr_receive(struct lisp_core *core, const struct lisp_request *req)
{
	const struct lisp_map_request *m = req->msg;
	unsigned int i, left = LISP_SMR_CHILDREN_MAX;
	bool any;

	if (!core->cfg.itr) {
		lisp_count(core, LISP_STAT_NO_ROLE);
		return;
	}
	lisp_count(core, LISP_STAT_SMR_IN);
	lisp_trace(core, LISP_TRACE_ITR, "Received SMR from %s, source_eid %s, EID prefix %s, nonce " LISP_NONCE_FMT,
		   lisp_addr_str(&req->from.addr, LISP_S),
		   lisp_eid_str(&m->source_eid, LISP_S),
		   lisp_eid_str(&m->eids[0], LISP_S),
		   LISP_NONCE_ARG(m->nonce));
	any = ask_about(core, &m->source_eid, &left);
	for (i = 0; i < m->n_eids && i < LISP_RECORDS_MAX; i++)
		any |= ask_about(core, &m->eids[i], &left);
	if (!any)
		lisp_count(core, LISP_STAT_SMR_NOT_CACHED);
}
