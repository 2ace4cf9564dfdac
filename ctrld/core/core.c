// SPDX-License-Identifier: GPL-2.0
/* Life cycle, dispatch, sending, timers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "internal.h"

/*
 * Map-Replies and acknowledgements to one address: 200 a second of each kind in
 * the long run. RFC 9301 5.4 asks for a limit; the one packet in 3 s it
 * recommends for one destination would starve an ITR that asks for two prefixes.
 */
#define REPLY_RATE	200u
#define REPLY_BURST	400u

struct lisp_core *lisp_core_new(const struct lisp_core_ops *ops, void *ctx)
{
	struct lisp_core *core = calloc(1, sizeof(*core));
	unsigned int i;

	if (!core)
		return NULL;
	core->ops = *ops;
	core->ctx = ctx;
	core->bucket_seed = ops->random(ctx);
	for (i = 0; i < LISP_BUCKETS; i++)
		core->buckets[i].tokens = REPLY_BURST;
	return core;
}

/* What the data plane holds stays: the next daemon adopts it. */
void lisp_core_free(struct lisp_core *core)
{
	if (!core)
		return;
	itr_clear(core);
	keep_free(core, &core->itr.keeps);
	keep_free(core, &core->itr.most);
	lisp_timer_stop(&core->timers, &core->itr.usage);
	lisp_timer_stop(&core->timers, &core->itr.verify);
	smr_clear(core);
	cache_clear(core);
	reg_free(core, core->etr.servers);
	etr_free(&core->etr.db);
	dyn_clear(core);
	ms_notify_clear(core);
	site_free(core, &core->ms);
	lisp_config_free(&core->cfg);
	free(core->saved);
	free(core);
}

void lisp_core_set_nonce(struct lisp_core *core, uint64_t nonce)
{
	if (nonce > core->nonce_floor)
		core->nonce_floor = nonce;
}

void lisp_count(struct lisp_core *core, enum lisp_stat stat)
{
	core->stats.n[stat]++;
}

static uint64_t hash_addr(uint64_t h, const struct lisp_addr *a)
{
	unsigned int i;

	h ^= a->afi;
	for (i = 0; i < LISP_ADDR_BYTES; i++)
		h = (h ^ a->bytes[i]) * 0x100000001b3ull;
	return h ^ h >> 32;
}

bool lisp_may_reply(struct lisp_core *core, enum lisp_answer what,
		    const struct lisp_addr *to)
{
	uint64_t seed = core->bucket_seed ^ (uint64_t)what << 32;
	struct lisp_bucket *b = &core->buckets[hash_addr(seed, to) %
					       LISP_BUCKETS];
	uint64_t fill = (core->now - b->at) / (LISP_SEC / REPLY_RATE);

	if (fill >= REPLY_BURST - b->tokens) {
		b->tokens = REPLY_BURST;
		b->at = core->now;
	} else {
		b->tokens += (uint32_t)fill;
		b->at += fill * (LISP_SEC / REPLY_RATE);
	}
	if (!b->tokens) {
		lisp_count(core, LISP_STAT_LIM_REPLY_RATE);
		return false;
	}
	b->tokens--;
	return true;
}

const struct lisp_addr *lisp_own_rloc(const struct lisp_core *core,
				      uint16_t afi)
{
	const struct lisp_config_mapping *m;
	unsigned int i, j;

	for (i = 0; i < core->cfg.n_rlocs; i++) {
		if (core->cfg.rlocs[i].afi == afi)
			return &core->cfg.rlocs[i];
	}
	for (i = 0; i < core->cfg.n_mappings && !core->cfg.n_rlocs; i++) {
		m = &core->cfg.mappings[i];
		for (j = 0; j < m->n_rlocs; j++) {
			if (m->rlocs[j].local && m->rlocs[j].addr.afi == afi)
				return &m->rlocs[j].addr;
		}
	}
	return NULL;
}

bool lisp_is_own_rloc(const struct lisp_core *core, const struct lisp_addr *a)
{
	const struct lisp_config_mapping *m;
	unsigned int i, j;

	for (i = 0; i < core->cfg.n_rlocs; i++) {
		if (lisp_addr_equal(&core->cfg.rlocs[i], a))
			return true;
	}
	for (i = 0; i < core->cfg.n_mappings; i++) {
		m = &core->cfg.mappings[i];
		for (j = 0; j < m->n_rlocs; j++) {
			if (m->rlocs[j].local &&
			    lisp_addr_equal(&m->rlocs[j].addr, a))
				return true;
		}
	}
	return false;
}

/* With no RLOC of our own configured, routing decides: any family may do. */
bool lisp_can_reach(const struct lisp_core *core, const struct lisp_addr *a)
{
	return lisp_own_rloc(core, a->afi) ||
	       (!lisp_own_rloc(core, LISP_AFI_IPV4) &&
		!lisp_own_rloc(core, LISP_AFI_IPV6));
}

bool lisp_serves(const struct lisp_core *core, uint32_t iid)
{
	unsigned int i;

	for (i = 0; i < core->cfg.n_devices; i++) {
		if (core->cfg.devices[i].iid == iid)
			return true;
	}
	return !core->cfg.n_devices && !iid;
}

void lisp_send_raw(struct lisp_core *core, unsigned int type,
		   const struct lisp_endpoint *from,
		   const struct lisp_endpoint *to,
		   const uint8_t *buf, size_t len)
{
	core->stats.out[type & 15]++;
	core->ops.send(core->ctx, from, to, buf, len);
}

int lisp_send(struct lisp_core *core, const struct lisp_msg *msg,
	      const struct lisp_endpoint *from, const struct lisp_endpoint *to)
{
	uint8_t buf[LISP_MSG_MAX];
	int len = lisp_msg_encode(msg, buf, sizeof(buf));

	if (len < 0) {
		lisp_count(core, LISP_STAT_ENCODE);
		lisp_log(core, LOG_WARNING, "cannot encode %s to %s: %s",
			 lisp_msg_type_str(msg->type),
			 lisp_endpoint_str(to, LISP_S), strerror(-len));
		return len;
	}
	lisp_send_raw(core, msg->type, from, to, buf, (size_t)len);
	return len;
}

int lisp_sign(struct lisp_core *core, const struct lisp_msg *msg,
	      const struct lisp_key *key, uint8_t *buf, size_t size)
{
	int len = lisp_msg_encode(msg, buf, size);
	int err = len < 0 ? len : lisp_auth_sign(buf, (size_t)len, key);

	if (err) {
		lisp_count(core, LISP_STAT_ENCODE);
		lisp_log(core, LOG_WARNING, "cannot encode or sign %s: %s",
			 lisp_msg_type_str(msg->type), strerror(-err));
		return err;
	}
	return len;
}

static void receive_request(struct lisp_core *core,
			    const struct lisp_endpoint *from,
			    const struct lisp_addr *to,
			    const struct lisp_map_request *m,
			    const uint8_t *buf, size_t len)
{
	struct lisp_request req = {
		.msg = m,
		.src = *from,
		.dst = { .addr = *to, .port = LISP_CONTROL_PORT },
		.from = *from,
		.to = *to,
		.payload = buf,
		.len = len,
	};

	lisp_trace(core, LISP_TRACE_ETR, "Processing received Map-Request message from %s to %s",
		   lisp_addr_str(&from->addr, LISP_S),
		   lisp_addr_str(to, LISP_S));
	if (m->smr) {
		smr_receive(core, &req);
		return;
	}
	if (core->cfg.etr && etr_request(core, &req))
		return;
	/* RFC 9301 5.2: a probe is dropped by map-resolver and map-server */
	if (m->probe && (core->cfg.map_server || core->cfg.map_resolver))
		lisp_count(core, LISP_STAT_PROBE_IN_ECM);
	else if (core->cfg.map_server && !m->probe)
		ms_request(core, &req);
	else
		lisp_count(core, core->cfg.etr ? LISP_STAT_NOT_OURS :
						 LISP_STAT_NO_ROLE);
}

static void dispatch(struct lisp_core *core, const struct lisp_endpoint *from,
		     const struct lisp_addr *to, const struct lisp_msg *msg,
		     const uint8_t *buf, size_t len)
{
	switch (msg->type) {
	case LISP_MAP_REQUEST:
		receive_request(core, from, to, &msg->request, buf, len);
		break;
	case LISP_MAP_REPLY:
		itr_receive_reply(core, from, to, &msg->reply);
		break;
	case LISP_MAP_REGISTER:
		ms_receive_register(core, from, to, &msg->reg, buf, len);
		break;
	case LISP_MAP_NOTIFY:
		reg_receive_notify(core, from, to, msg, buf, len);
		break;
	case LISP_MAP_NOTIFY_ACK:
		ms_notify_acked(core, from, &msg->reg, buf, len);
		break;
	case LISP_ECM:
		mr_receive_ecm(core, from, to, &msg->ecm);
		break;
	case LISP_INFO:
		ms_receive_info(core, from, to, &msg->info, buf, len);
		break;
	default:
		lisp_count(core, LISP_STAT_BAD_TYPE);
	}
}

void lisp_core_receive(struct lisp_core *core, lisp_time now,
		       const struct lisp_endpoint *from,
		       const struct lisp_addr *to,
		       const uint8_t *buf, size_t len)
{
	const char *why = NULL;
	struct lisp_msg msg;
	int err;

	core->now = now;
	core->stats.in[len ? buf[0] >> 4 : 0]++;
	if (!from->port || !lisp_addr_is_rloc(&from->addr)) {
		lisp_count(core, LISP_STAT_BAD_SOURCE);
		return;
	}
	err = lisp_msg_decode(buf, len, &msg, &why);
	if (err) {
		lisp_count(core, err == -EPROTONOSUPPORT ? LISP_STAT_BAD_TYPE :
			   err == -ENOMEM ? LISP_STAT_NO_MEMORY :
			   LISP_STAT_BAD_MESSAGE);
		lisp_trace(core, LISP_TRACE_CORE, "Dropping message of %zu bytes from %s: %s",
			   len, lisp_addr_str(&from->addr, LISP_S),
			   why ? why : strerror(-err));
		return;
	}
	dispatch(core, from, to, &msg, buf, len);
	lisp_msg_free(&msg);
}

lisp_time lisp_core_next(const struct lisp_core *core)
{
	return lisp_timers_next(&core->timers);
}

void lisp_core_run(struct lisp_core *core, lisp_time now)
{
	struct lisp_timer *t;

	core->now = now;
	while ((t = lisp_timers_pop(&core->timers, now)))
		t->fn(core, t);
}
