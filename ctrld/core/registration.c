// SPDX-License-Identifier: GPL-2.0
/* ETR: sending Map-Registers (RFC 9301 5.6, 5.7, 8.2). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "internal.h"

#define REFRESH		(60 * LISP_SEC)	/* RFC 9301 8.2 */
#define BACKOFF_MAX	(60 * LISP_SEC)	/* RFC 9301 5.7 */
#define WITHDRAW_TRIES	6		/* 1 s ... 32 s: then it has expired */
#define SILENT_TRIES	5		/* before we say so in the log */

static void drop_msg(struct lisp_core *core, struct reg_msg *m)
{
	struct reg_server *s = m->server, **ps;
	struct reg_msg **p;

	for (p = &s->msgs; *p != m; p = &(*p)->next)
		;
	*p = m->next;
	reg_msg_free(core, m);
	if (!s->leaving || s->msgs)
		return;
	for (ps = &core->etr.servers; *ps != s; ps = &(*ps)->next)
		;
	*ps = s->next;
	s->next = NULL;
	reg_free(core, s);
}

/* A new message with the next nonce, kept as it is for retransmission. */
static int build(struct lisp_core *core, struct reg_msg *m)
{
	const struct lisp_config_map_server *cfg = &m->server->cfg;
	struct lisp_key key = lisp_config_key_of(&cfg->key);
	struct lisp_msg msg = {
		.type = LISP_MAP_REGISTER,
		.reg = {
			.proxy_reply = cfg->proxy_reply && !m->withdraw,
			.want_notify = cfg->want_notify,
			/* a host is in one place: where it was seen last */
			.merge = cfg->merge && !m->host,
			.has_xtr_id = core->cfg.has_xtr_id,
			.site_id = core->cfg.site_id,
			.nonce = core->etr.nonce + 1,
			.key_id = key.key_id,
			.alg_id = key.alg_id,
			.auth_len = key.mac_len,
			.n_records = (uint8_t)m->n_records,
			.records = m->records,
		},
	};
	uint8_t buf[LISP_MSG_MAX], *copy;
	int len;

	memcpy(msg.reg.xtr_id, core->cfg.xtr_id, sizeof(msg.reg.xtr_id));
	len = lisp_sign(core, &msg, &key, buf, sizeof(buf));
	if (len < 0)
		return len;
	copy = malloc((size_t)len);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, buf, (size_t)len);
	free(m->buf);
	m->buf = copy;
	m->len = (size_t)len;
	m->nonce = ++core->etr.nonce;
	m->server->last_nonce = m->nonce;
	m->built = core->now;
	m->acked = false;
	return 0;
}

static void send_msg(struct lisp_core *core, struct reg_msg *m)
{
	const struct lisp_addr *server = &m->server->cfg.addr;
	const struct lisp_addr *own = lisp_own_rloc(core, server->afi);
	struct lisp_endpoint from = { .port = LISP_CONTROL_PORT };
	struct lisp_endpoint to = { .addr = *server,
				    .port = LISP_CONTROL_PORT };

	if (own)
		from.addr = *own;
	lisp_trace(core, LISP_TRACE_ETR, "Sending map-register%s to %s, records %u, nonce " LISP_NONCE_FMT " (%u)",
		   m->withdraw ? " (withdraw)" : "",
		   lisp_addr_str(server, LISP_S), m->n_records,
		   LISP_NONCE_ARG(m->nonce), m->tries);
	lisp_send_raw(core, LISP_MAP_REGISTER, &from, &to, m->buf, m->len);
	m->last_sent = core->now;
}

/* RFC 9301 5.7: 1 s doubling to 60 s; and a fresh one every 60 s (8.2). */
static lisp_time next_time(struct lisp_core *core, struct reg_msg *m)
{
	lisp_time at = core->now + m->backoff, fresh = m->built + REFRESH;

	if (!m->server->cfg.want_notify)
		return core->now + REFRESH;
	if (m->backoff < BACKOFF_MAX)
		m->backoff *= 2;
	if (m->backoff > BACKOFF_MAX)
		m->backoff = BACKOFF_MAX;
	return at > fresh && !m->withdraw ? fresh : at;
}

/*
 * RFC 9301 5.7: what is retransmitted is the original. Not when the map-server
 * has been sent a greater nonce since: it would have to call that a replay.
 */
static bool needs_new(const struct lisp_core *core, const struct reg_msg *m)
{
	return !m->buf || m->nonce != m->server->last_nonce ||
	       (core->now - m->built >= REFRESH && !m->withdraw);
}

void reg_send(struct lisp_core *core, struct lisp_timer *t)
{
	struct reg_msg *m = container_of(t, struct reg_msg, timer);
	bool fresh = needs_new(core, m);

	if (m->withdraw && (m->tries >= WITHDRAW_TRIES ||
			    (m->tries && !m->server->cfg.want_notify))) {
		drop_msg(core, m);
		return;
	}
	if (fresh && build(core, m)) {
		lisp_timer_arm(&core->timers, t, core->now + REFRESH, reg_send);
		return;
	}
	if (!fresh)
		lisp_count(core, LISP_STAT_REG_RETRY);
	m->tries++;
	send_msg(core, m);
	if (m->tries == SILENT_TRIES && m->server->cfg.want_notify)
		lisp_log(core, LOG_WARNING, "map-server %s does not acknowledge our registration: wrong key, EID-prefixes not configured there, or no path",
			 lisp_addr_str(&m->server->cfg.addr, LISP_S));
	lisp_timer_arm(&core->timers, t, next_time(core, m), reg_send);
}

bool reg_all_acked(const struct lisp_core *core)
{
	const struct reg_server *s;
	const struct reg_msg *m;

	for (s = core->etr.servers; s; s = s->next) {
		for (m = s->msgs; m && s->cfg.want_notify; m = m->next) {
			if (!m->acked)
				return false;
		}
	}
	return true;
}

void reg_acked(struct lisp_core *core, struct reg_msg *m)
{
	lisp_count(core, LISP_STAT_REG_ACKED);
	if (m->withdraw) {
		lisp_count(core, LISP_STAT_WITHDRAWN);
		drop_msg(core, m);
		return;
	}
	if (!m->last_ack || m->tries >= SILENT_TRIES)
		lisp_log(core, LOG_INFO, "registered %u EID-prefix%s with map-server %s",
			 m->n_records, m->n_records == 1 ? "" : "es",
			 lisp_addr_str(&m->server->cfg.addr, LISP_S));
	m->acked = true;
	m->last_ack = core->now;
	m->tries = 0;
	m->backoff = LISP_SEC;
	lisp_timer_arm(&core->timers, &m->timer, m->built + REFRESH, reg_send);
}
