// SPDX-License-Identifier: GPL-2.0
/* Encapsulated Control Messages received (RFC 9301 5.8, 8.4). */
#include "internal.h"

#define TTL_UNKNOWN	1	/* minutes, when there is nobody to ask */

static void trace_request(struct lisp_core *core,
			  const struct lisp_request *req,
			  enum lisp_trace_role role)
{
	const struct lisp_map_request *m = req->msg;
	struct lisp_addr source = lisp_eid_addr(&m->source_eid);
	char buf[256];

	lisp_trace(core, role, "Processing received Map-Request message from %s to %s",
		   lisp_addr_str(&req->src.addr, LISP_S),
		   lisp_addr_str(&req->dst.addr, LISP_S));
	if (role == LISP_TRACE_ETR)
		return;			/* etr_request() says the rest */
	lisp_trace(core, role, "Received map request, source_eid %s, ITR-RLOCs: %s, records %u, nonce " LISP_NONCE_FMT,
		   lisp_addr_str(&source, LISP_S),
		   lisp_itr_rlocs_str(m, buf, sizeof(buf)), m->n_eids,
		   LISP_NONCE_ARG(m->nonce));
}

/*
 * Map-server first: the ETR role of the same machine is only asked for what is
 * registered by it, or not in the map-server's tables at all.
 */
static void resolve(struct lisp_core *core, const struct lisp_request *req)
{
	const struct lisp_eid *eid = &req->msg->eids[0];
	bool known = core->cfg.map_server && site_configured(&core->ms, eid);

	if (known && ms_request(core, req))
		return;
	if (core->cfg.etr && etr_request(core, req))
		return;
	if (known) {
		lisp_count(core, LISP_STAT_NOT_OURS);
	} else if (core->cfg.map_server) {
		ms_request(core, req);
	} else if (core->cfg.map_resolver) {
		lisp_reply_negative(core, LISP_TRACE_MR, req, eid,
				    LISP_ACT_NATIVELY_FORWARD, TTL_UNKNOWN);
	} else {
		lisp_count(core, core->cfg.etr ? LISP_STAT_NOT_OURS :
						 LISP_STAT_NO_ROLE);
	}
}

static void receive_inner(struct lisp_core *core,
			  const struct lisp_endpoint *from,
			  const struct lisp_addr *to,
			  const struct lisp_ecm *ecm,
			  const struct lisp_msg *msg)
{
	bool system = core->cfg.map_server || core->cfg.map_resolver;
	struct lisp_request req = {
		.msg = &msg->request,
		.src = ecm->src,
		.dst = ecm->dst,
		.from = *from,
		.to = *to,
		.ecm = true,
		.ttl = ecm->ttl,
		.payload = ecm->payload,
		.len = ecm->len,
	};

	core->stats.in[LISP_MAP_REQUEST]++;
	/* RFC 9301 5.2, 5.8: a probe never goes through the mapping system */
	if (msg->request.probe) {
		lisp_count(core, LISP_STAT_PROBE_IN_ECM);
		lisp_trace(core, LISP_TRACE_MR, "Dropping RLOC-probe inside an Encap-Control message from %s",
			   lisp_addr_str(&from->addr, LISP_S));
		return;
	}
	trace_request(core, &req, system ? LISP_TRACE_MR : LISP_TRACE_ETR);
	if (msg->request.smr)
		lisp_count(core, LISP_STAT_ECM_INNER);
	else
		resolve(core, &req);
}

void mr_receive_ecm(struct lisp_core *core, const struct lisp_endpoint *from,
		    const struct lisp_addr *to, const struct lisp_ecm *ecm)
{
	bool system = core->cfg.map_server || core->cfg.map_resolver;
	const char *why = NULL;
	struct lisp_msg msg;

	lisp_trace(core, system ? LISP_TRACE_MR : LISP_TRACE_ETR,
		   "Processing received Encap-Control message from %s to %s",
		   lisp_addr_str(&from->addr, LISP_S),
		   lisp_addr_str(to, LISP_S));
	if (lisp_msg_decode(ecm->payload, ecm->len, &msg, &why)) {
		lisp_count(core, LISP_STAT_BAD_MESSAGE);
		lisp_trace(core, LISP_TRACE_MR, "Dropping Encap-Control message from %s: inner %s",
			   lisp_addr_str(&from->addr, LISP_S), why ? why : "?");
		return;
	}
	if (msg.type == LISP_MAP_REQUEST)
		receive_inner(core, from, to, ecm, &msg);
	else
		lisp_count(core, LISP_STAT_ECM_INNER);
	lisp_msg_free(&msg);
}
