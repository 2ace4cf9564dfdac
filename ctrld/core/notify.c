// SPDX-License-Identifier: GPL-2.0
/* ETR: Map-Notify, asked for or not (RFC 9301 5.7). */
#include <syslog.h>

#include "internal.h"

static struct reg_msg *by_nonce(struct lisp_core *core, uint64_t nonce)
{
	struct reg_server *s;
	struct reg_msg *m;

	for (s = core->etr.servers; s; s = s->next) {
		for (m = s->msgs; m; m = m->next) {
			if (m->buf && m->nonce == nonce)
				return m;
		}
	}
	return NULL;
}

static struct reg_server *by_addr(struct lisp_core *core,
				  const struct lisp_addr *a)
{
	struct reg_server *s;

	for (s = core->etr.servers; s; s = s->next) {
		if (lisp_addr_equal(&s->cfg.addr, a))
			return s;
	}
	return NULL;
}

/* RFC 9301 5.7: checked first; what fails is dropped and not answered. */
static bool authentic(struct lisp_core *core, const struct reg_server *s,
		      const struct lisp_map_register *m,
		      const uint8_t *buf, size_t len)
{
	struct lisp_key key = lisp_config_key_of(&s->cfg.key);

	if (m->key_id == key.key_id && m->alg_id == key.alg_id &&
	    !lisp_auth_verify(buf, len, &key))
		return true;
	lisp_count(core, LISP_STAT_NOTIFY_AUTH);
	lisp_trace(core, LISP_TRACE_ETR, "Map-Notify from %s fails authentication (key-id %u, %s), dropped",
		   lisp_addr_str(&s->cfg.addr, LISP_S), m->key_id,
		   lisp_auth_alg_str(m->alg_id));
	return false;
}

/* The map-server lists what it took: fewer than we sent means some refused. */
static void check_records(struct lisp_core *core, const struct reg_msg *m,
			  const struct lisp_map_register *n)
{
	unsigned int i, j;

	for (i = 0; i < m->n_records; i++) {
		for (j = 0; j < n->n_records; j++) {
			if (lisp_eid_equal(&m->records[i].eid,
					   &n->records[j].eid))
				break;
		}
		if (j < n->n_records)
			continue;
		lisp_count(core, LISP_STAT_NOTIFY_PARTIAL);
		lisp_log(core, LOG_WARNING, "map-server %s does not accept EID-prefix %s",
			 lisp_addr_str(&m->server->cfg.addr, LISP_S),
			 lisp_eid_str(&m->records[i].eid, LISP_S));
	}
}

/* RFC 9301 5.7: the same contents, signed anew, to port 4342. */
static void send_ack(struct lisp_core *core, const struct lisp_endpoint *to,
		     const struct lisp_addr *to_us,
		     const struct lisp_map_register *m,
		     const struct reg_server *s)
{
	struct lisp_endpoint from = { .addr = *to_us,
				      .port = LISP_CONTROL_PORT };
	struct lisp_key key = lisp_config_key_of(&s->cfg.key);
	struct lisp_msg ack = { .type = LISP_MAP_NOTIFY_ACK, .reg = *m };
	uint8_t buf[LISP_MSG_MAX];
	int len;

	if (!lisp_may_reply(core, LISP_ANSWER_SIGNED, &to->addr))
		return;
	key.mac_len = (uint8_t)m->auth_len;
	ack.reg.rtr = false;	/* it promises data of an RTR that we have not */
	len = lisp_sign(core, &ack, &key, buf, sizeof(buf));
	if (len < 0)
		return;
	lisp_trace(core, LISP_TRACE_ETR, "Sending map-notify-ack to %s, nonce " LISP_NONCE_FMT,
		   lisp_addr_str(&to->addr, LISP_S), LISP_NONCE_ARG(m->nonce));
	lisp_send_raw(core, LISP_MAP_NOTIFY_ACK, &from, to, buf, (size_t)len);
}

static bool own_nonce(const struct lisp_core *core, uint64_t nonce)
{
	return nonce >= core->etr.first_nonce && nonce <= core->etr.nonce;
}

/*
 * An old Map-Notify may come back, sent by whoever has seen it: nonces of one
 * map-server grow, but its messages may overtake each other.
 */
static bool is_new(struct reg_server *s, uint64_t nonce)
{
	uint64_t by = nonce - s->notify_nonce;

	if (nonce > s->notify_nonce) {
		s->notify_seen = by < 64 ? s->notify_seen << by | 1 : 1;
		s->notify_nonce = nonce;
		return true;
	}
	by = s->notify_nonce - nonce;
	if (by >= 64 || s->notify_seen & 1ull << by)
		return false;
	s->notify_seen |= 1ull << by;
	return true;
}

/* What the map-server has now of prefixes that are ours, or inside ours. */
static void learn(struct lisp_core *core, const struct reg_server *s,
		  const struct lisp_map_register *n)
{
	const struct lisp_record *r;
	struct db_entry *d;
	unsigned int i;

	for (i = 0; i < n->n_records; i++) {
		r = &n->records[i];
		d = etr_find(core, &r->eid);
		if (d && s->cfg.merge && r->n_locators)
			etr_merged(core, d, r);
		if (!d || d->dynamic)
			dyn_elsewhere(core, r);
	}
}

static void unsolicited(struct lisp_core *core,
			const struct lisp_endpoint *from,
			const struct lisp_addr *to,
			const struct lisp_map_register *m,
			const uint8_t *buf, size_t len)
{
	struct reg_server *s = by_addr(core, &from->addr);

	if (!s) {
		lisp_count(core, LISP_STAT_NOTIFY_UNKNOWN);
		return;
	}
	if (!authentic(core, s, m, buf, len))
		return;
	if (own_nonce(core, m->nonce)) {	/* late, or repeated */
		lisp_count(core, LISP_STAT_NOTIFY_DUP);
		return;
	}
	lisp_trace(core, LISP_TRACE_ETR, "Received unsolicited map-notify, records %u, nonce " LISP_NONCE_FMT,
		   m->n_records, LISP_NONCE_ARG(m->nonce));
	if (is_new(s, m->nonce))
		learn(core, s, m);
	else
		lisp_count(core, LISP_STAT_NOTIFY_DUP);
	send_ack(core, from, to, m, s);
}

void reg_receive_notify(struct lisp_core *core,
			const struct lisp_endpoint *from,
			const struct lisp_addr *to,
			const struct lisp_msg *msg,
			const uint8_t *buf, size_t len)
{
	const struct lisp_map_register *n = &msg->reg;
	struct reg_msg *m = by_nonce(core, n->nonce);

	lisp_trace(core, LISP_TRACE_ETR, "Processing received Map-Notify message from %s to %s",
		   lisp_addr_str(&from->addr, LISP_S),
		   lisp_addr_str(to, LISP_S));
	if (!core->cfg.etr && !core->etr.servers) {
		lisp_count(core, LISP_STAT_NO_ROLE);
		return;
	}
	if (!m) {
		unsolicited(core, from, to, n, buf, len);
		return;
	}
	if (!authentic(core, m->server, n, buf, len))
		return;
	if (m->acked) {
		lisp_count(core, LISP_STAT_NOTIFY_DUP);
		return;
	}
	lisp_trace(core, LISP_TRACE_ETR, "Map-server %s acknowledged registration, records %u, nonce " LISP_NONCE_FMT ", rtt %llu.%03llums",
		   lisp_addr_str(&from->addr, LISP_S), n->n_records,
		   LISP_NONCE_ARG(n->nonce),
		   (unsigned long long)(core->now - m->last_sent) / 1000,
		   (unsigned long long)(core->now - m->last_sent) % 1000);
	check_records(core, m, n);
	if (!m->withdraw)
		learn(core, m->server, n);
	reg_acked(core, m);
}
