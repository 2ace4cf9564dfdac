// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings that come along with a Map-Request (M-bit, RFC 9301 5.3). Who sends
 * packets wants answers: the ITR of the one side offers its own mapping to the
 * ETR of the other. Anybody can write anything there, so it is no more than a
 * hint whom to ask about: the mapping system is asked in a "verifying
 * Map-Request", and what it answers is taken, whatever was offered.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#define RATE	10u		/* verifying Map-Requests a second, of all */

/* The record to go along with @msg; free it. False: none. */
bool piggyback_offer(struct lisp_core *core, const struct lisp_eid *source,
		     struct lisp_record *r)
{
	if (!core->cfg.piggyback_send || source->afi == LISP_AFI_NONE)
		return false;
	if (etr_record_of(core, source, r))
		return false;
	lisp_count(core, LISP_STAT_PIGGY_OUT);
	return true;
}

static bool may_ask(struct lisp_core *core)
{
	struct lisp_itr *itr = &core->itr;

	if (core->now - itr->piggy_since >= LISP_SEC) {
		itr->piggy_since = core->now;
		itr->piggy_n = 0;
	}
	if (itr->piggy_n < RATE) {
		itr->piggy_n++;
		return true;
	}
	lisp_count(core, LISP_STAT_LIM_PIGGY);
	return false;
}

/*
 * The EID to ask about: that of the sender, to which packets will go. Nothing
 * when it is not what the record is about, is ours, or is of no use to us.
 */
static bool whom(const struct lisp_core *core, const struct lisp_map_request *m,
		 struct lisp_eid *eid)
{
	const struct lisp_record *r = m->reply;

	*eid = m->source_eid;
	if (r->eid.afi != LISP_AFI_IPV4 && r->eid.afi != LISP_AFI_IPV6)
		return false;
	if (eid->afi != LISP_AFI_NONE)
		eid->plen = (uint8_t)lisp_afi_bits(eid->afi);
	else
		*eid = r->eid;
	return lisp_eid_covers(&r->eid, eid) && lisp_serves(core, eid->iid) &&
	       r->eid.plen && !lisp_table_match(&core->etr.db, eid);
}

/* "it does not have this mapping in the Map-Cache" */
static bool have_it(struct lisp_core *core, const struct lisp_eid *eid)
{
	const struct cache_entry *c = cache_match(core, eid);

	return c && c->origin != LISP_BY_CONFIG;
}

void piggyback_receive(struct lisp_core *core, const struct lisp_map_request *m)
{
	struct lisp_eid eid;

	if (!m->reply || !core->cfg.piggyback_accept || !core->cfg.itr ||
	    m->probe)
		return;
	lisp_count(core, LISP_STAT_PIGGY_IN);
	if (!whom(core, m, &eid)) {
		lisp_count(core, LISP_STAT_PIGGY_BAD);
		return;
	}
	if (have_it(core, &eid) || !may_ask(core))
		return;
	lisp_trace(core, LISP_TRACE_ITR, "Mapping of %s came with a Map-Request, to be verified",
		   lisp_eid_str(&m->reply->eid, LISP_S));
	itr_verify(core, &eid, m->reply);
}

void piggyback_answered(struct lisp_core *core, const struct lisp_record *claim,
			const struct lisp_record *r)
{
	bool same = lisp_eid_equal(&claim->eid, &r->eid) &&
		    lisp_record_same_set(claim, r);

	lisp_count(core, same ? LISP_STAT_PIGGY_TRUE : LISP_STAT_PIGGY_FALSE);
	if (!same)
		lisp_trace(core, LISP_TRACE_ITR, "Mapping of %s is not what came with a Map-Request",
			   lisp_eid_str(&r->eid, LISP_S));
}
