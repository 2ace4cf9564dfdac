// SPDX-License-Identifier: GPL-2.0
/* Sending Map-Replies, for the ETR, the map-server and the map-resolver. */
#include <errno.h>

#include "internal.h"

/*
 * RFC 9301 5.4: the destination is one of the ITR-RLOCs, of a family that we
 * have; the source is one of our addresses, the one asked if it can be.
 */
const struct lisp_addr *lisp_itr_rloc(const struct lisp_core *core,
				      const struct lisp_map_request *m)
{
	unsigned int i;

	for (i = 0; i < m->n_itr_rlocs; i++) {
		if (lisp_addr_is_rloc(&m->itr_rlocs[i]) &&
		    lisp_can_reach(core, &m->itr_rlocs[i]))
			return &m->itr_rlocs[i];
	}
	return NULL;
}

static void choose_source(const struct lisp_core *core,
			  const struct lisp_request *req, uint16_t afi,
			  struct lisp_endpoint *from)
{
	const struct lisp_addr *own = lisp_own_rloc(core, afi);

	*from = (struct lisp_endpoint){ .port = LISP_CONTROL_PORT };
	if (req->to.afi == afi)
		from->addr = req->to;
	else if (own)
		from->addr = *own;
}

int lisp_reply(struct lisp_core *core, enum lisp_trace_role role,
	       const struct lisp_request *req, struct lisp_record *records,
	       unsigned int n, struct lisp_record *alone)
{
	const struct lisp_addr *rloc = lisp_itr_rloc(core, req->msg);
	struct lisp_msg msg = {
		.type = LISP_MAP_REPLY,
		.reply = {
			.probe = req->msg->probe,
			.nonce = req->msg->nonce,
			.n_records = (uint8_t)n,
			.records = records,
		},
	};
	struct lisp_endpoint from, to;
	int err = -EMSGSIZE;
	bool back;

	if (!rloc || !req->src.port) {
		lisp_count(core, LISP_STAT_NO_ITR_RLOC);
		lisp_trace(core, role, "Map request for EID prefix %s names no ITR-RLOC that can be answered, dropped",
			   lisp_eid_str(&req->msg->eids[0], LISP_S));
		return -ENOENT;
	}
	back = !req->ecm && lisp_addr_equal(&req->from.addr, rloc);
	if (!lisp_may_reply(core, back ? LISP_ANSWER_BACK : LISP_ANSWER_NAMED,
			    rloc))
		return -EBUSY;
	choose_source(core, req, rloc->afi, &from);
	to = (struct lisp_endpoint){ .addr = *rloc, .port = req->src.port };
	lisp_trace(core, role, "Sending map-reply from %s to %s",
		   lisp_addr_str(&from.addr, LISP_S),
		   lisp_addr_str(&to.addr, LISP_S));
	if (n)
		err = lisp_send(core, &msg, &from, &to);
	if (err == -EMSGSIZE && alone) {
		msg.reply.n_records = 1;
		msg.reply.records = alone;
		err = lisp_send(core, &msg, &from, &to);
	}
	return err < 0 ? err : 0;
}

struct lisp_record lisp_narrowed(const struct lisp_table *t,
				 const struct lisp_record *best,
				 const struct lisp_eid *eid)
{
	struct lisp_record r = *best;

	if (lisp_table_hole(t, eid, best->eid.plen, &r.eid))
		return r;
	return (struct lisp_record){
		.ttl = LISP_TTL_WITHDRAW,
		.eid = *eid,
		.authoritative = best->authoritative,
	};
}

int lisp_reply_negative(struct lisp_core *core, enum lisp_trace_role role,
			const struct lisp_request *req,
			const struct lisp_eid *eid, uint8_t action,
			uint32_t ttl)
{
	struct lisp_record r = {
		.ttl = ttl,
		.eid = *eid,
		.action = action,
	};

	lisp_trace(core, role, "Sending negative map-reply for %s, action: %s, ttl: %u min (question: %s)",
		   lisp_eid_str(eid, LISP_S), lisp_action_str(action), ttl,
		   lisp_eid_str(&req->msg->eids[0], LISP_S));
	return lisp_reply(core, role, req, &r, 1, NULL);
}
