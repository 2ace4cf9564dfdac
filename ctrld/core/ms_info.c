// SPDX-License-Identifier: GPL-2.0
/*
 * Map-server: Info-Requests of systems that want to know whether they are
 * behind a NAT. RFC 9301 has no such message: its form is that of
 * draft-ermagan-lisp-nat-traversal, what the answer says is RFC 8060 4.4.
 *
 * As little as a Map-Register is answered without the site's key, and nothing
 * is kept. An old request that comes back from elsewhere costs one answer of
 * its size, to where it came from, within the rate of all answers.
 */
#include "internal.h"

#define TTL	1440		/* minutes that the answer may be kept */

static void reject(struct lisp_core *core, enum lisp_stat stat,
		   const struct lisp_endpoint *from, const char *why)
{
	lisp_count(core, stat);
	lisp_trace(core, LISP_TRACE_MS, "Info-Request from %s dropped: %s",
		   lisp_endpoint_str(from, LISP_S), why);
}

/* The key of the site that has the EID-prefix, if @m is signed with it. */
static bool authentic(struct lisp_core *core, const struct lisp_endpoint *from,
		      const struct lisp_info *m, const uint8_t *buf,
		      size_t len, struct lisp_key *key)
{
	const struct ms_prefix *p = site_configured(&core->ms, &m->eid);
	const struct lisp_config_key *k;

	if (!p) {
		reject(core, LISP_STAT_INFO_NO_SITE, from,
		       "no site has its EID-prefix");
		return false;
	}
	k = site_key(p->site, m->key_id);
	if (k && k->alg_id == m->alg_id) {
		*key = lisp_config_key_of(k);
		if (!lisp_auth_verify(buf, len, key))
			return true;
	}
	p->site->auth_failures++;
	reject(core, LISP_STAT_INFO_AUTH, from, "authentication failure");
	return false;
}

/* RFC 8060 4.4: where it seems to be from here, and where we are. */
static void answer(struct lisp_core *core, const struct lisp_endpoint *to,
		   const struct lisp_addr *own, const struct lisp_info *m,
		   struct lisp_key *key)
{
	struct lisp_endpoint from = { *own, LISP_CONTROL_PORT };
	struct lisp_msg msg = {
		.type = LISP_INFO,
		.info = {
			.reply = true,
			.nonce = m->nonce,
			.key_id = m->key_id,
			.alg_id = m->alg_id,
			.auth_len = m->auth_len,
			.ttl = TTL,
			.eid = m->eid,
			.ms_port = LISP_CONTROL_PORT,
			.etr_port = to->port,
			.global_etr = to->addr,
			.ms = *own,
		},
	};
	uint8_t buf[LISP_MSG_MAX];
	int len;

	if (!lisp_may_reply(core, LISP_ANSWER_BACK, &to->addr))
		return;
	key->mac_len = (uint8_t)m->auth_len;
	len = lisp_sign(core, &msg, key, buf, sizeof(buf));
	if (len < 0)
		return;
	lisp_count(core, LISP_STAT_INFO_ANSWERED);
	lisp_trace(core, LISP_TRACE_MS, "Sending Info-Reply to %s, nonce " LISP_NONCE_FMT,
		   lisp_endpoint_str(to, LISP_S), LISP_NONCE_ARG(m->nonce));
	lisp_send_raw(core, LISP_INFO, &from, to, buf, (size_t)len);
}

void ms_receive_info(struct lisp_core *core, const struct lisp_endpoint *from,
		     const struct lisp_addr *to, const struct lisp_info *m,
		     const uint8_t *buf, size_t len)
{
	struct lisp_key key;

	if (!core->cfg.map_server)
		lisp_count(core, LISP_STAT_NO_ROLE);
	else if (m->reply)	/* we ask nobody */
		reject(core, LISP_STAT_INFO_UNEXPECTED, from,
		       "it is an Info-Reply");
	else if (authentic(core, from, m, buf, len, &key))
		answer(core, from, to, m, &key);
}
