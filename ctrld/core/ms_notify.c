// SPDX-License-Identifier: GPL-2.0
/*
 * Map-server: Map-Notifies that answer no Map-Register (RFC 9301 5.7). The ETRs
 * that have registered a prefix together are told of every change of its
 * locators; so is one whose registration was replaced, and who has registered
 * the prefix around it.
 *
 * A message is kept until it is acknowledged with the site's key. Nothing is
 * told twice in a second, and newer news replace older ones.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define MSG_BYTES	1200		/* below any path MTU of today */
#define INTERVAL	LISP_SEC	/* between two about the same */
#define RETRY		(3 * LISP_SEC)	/* RFC 9301 5.7: three of these, */
#define RETRIES		3
#define BACKED_OFF	3		/* then 6, 12, 24 s */
#define BUSY		(100 * LISP_MSEC)
#define ITEMS_MAX	32		/* EID-prefixes in one message */
#define LOOK_BACK	16		/* messages, for one with room */
#define INSIDE_MAX	256		/* prefixes told of to a new ETR */

/*
 * Nonces of ours grow like those of Map-Registers, but are none of theirs: who
 * is ETR and map-server would take its own for an acknowledgement.
 */
#define NONCE_BIT	(1ull << 63)

static struct notify_item **bucket(struct lisp_core *core,
				   const struct lisp_addr *to,
				   const struct lisp_eid *eid)
{
	const unsigned int n = sizeof(core->notifies.hash) /
			       sizeof(core->notifies.hash[0]);
	uint32_t h = 2166136261u ^ eid->plen;
	unsigned int i;

	for (i = 0; i < LISP_ADDR_BYTES; i++)
		h = ((h ^ to->bytes[i]) * 16777619u ^ eid->bytes[i]) *
		    16777619u;
	return &core->notifies.hash[(h ^ h >> 15) % n];
}

static void free_item(struct lisp_core *core, struct notify_item *it)
{
	struct notify_item **at = bucket(core, &it->msg->to, &it->record.eid);

	while (*at != it)
		at = &(*at)->next;
	*at = it->next;
	lisp_record_free(&it->record);
	free(it);
}

static void drop(struct lisp_core *core, struct ms_notify *m)
{
	struct lisp_notifies *l = &core->notifies;

	*(m->prev ? &m->prev->next : &l->first) = m->next;
	*(m->next ? &m->next->prev : &l->last) = m->prev;
	l->n--;
	lisp_timer_stop(&core->timers, &m->timer);
	while (m->n_items)
		free_item(core, m->items[--m->n_items]);
	free(m->items);
	free(m->buf);
	free(m);
}

void ms_notify_clear(struct lisp_core *core)
{
	while (core->notifies.first)
		drop(core, core->notifies.first);
}

void ms_notify_configure(struct lisp_core *core, const struct lisp_ms *old)
{
	struct ms_notify *m, *next;

	for (m = core->notifies.first; m; m = next) {
		next = m->next;
		m->site = site_same(&core->ms, old, m->site);
		if (!m->site)
			drop(core, m);
	}
}

/* Sending */

static uint64_t next_nonce(struct lisp_core *core)
{
	uint64_t floor = core->nonce_floor > core->now ? core->nonce_floor :
							 core->now;

	if (!core->notifies.nonce)
		core->notifies.nonce = floor | NONCE_BIT;
	return ++core->notifies.nonce;
}

static bool build(struct lisp_core *core, struct ms_notify *m)
{
	const struct lisp_config_key *k = site_key(m->site, m->key_id);
	struct lisp_record records[ITEMS_MAX];
	struct lisp_msg msg = {
		.type = LISP_MAP_NOTIFY,
		.reg = {
			.key_id = m->key_id,
			.auth_len = m->auth_len,
			.n_records = (uint8_t)m->n_items,
			.records = records,
			.has_xtr_id = m->has_xtr_id,
			.site_id = m->site_id,
		},
	};
	uint8_t buf[LISP_MSG_MAX];
	struct lisp_key key;
	unsigned int i;
	int len;

	if (!k)
		return false;
	for (i = 0; i < m->n_items; i++)
		records[i] = m->items[i]->record;
	key = lisp_config_key_of(k);
	key.mac_len = (uint8_t)m->auth_len;
	msg.reg.alg_id = key.alg_id;
	m->nonce = msg.reg.nonce = next_nonce(core);
	memcpy(msg.reg.xtr_id, m->xtr_id, sizeof(m->xtr_id));
	len = lisp_sign(core, &msg, &key, buf, sizeof(buf));
	if (len < 0)
		return false;
	free(m->buf);
	m->buf = malloc((size_t)len);
	if (!m->buf) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return false;
	}
	memcpy(m->buf, buf, (size_t)len);
	m->len = (size_t)len;
	return true;
}

static lisp_time wait_for_ack(const struct ms_notify *m)
{
	return m->tries <= RETRIES ? RETRY : RETRY << (m->tries - RETRIES);
}

/*
 * The ETR does not answer. When it registers again what is around that, it is
 * there again, and is told again.
 */
static void give_up(struct lisp_core *core, struct ms_notify *m)
{
	const struct lisp_table *t = &core->ms.prefixes;
	const struct ms_prefix *p;
	struct lisp_entry *e;
	struct ms_reg *g;
	unsigned int i;

	for (i = 0; i < m->n_items; i++) {
		for (e = lisp_table_match(t, &m->items[i]->record.eid); e;
		     e = lisp_table_parent(t, e)) {
			p = container_of(e, struct ms_prefix, e);
			for (g = p->regs; g; g = g->next)
				g->untold |= lisp_addr_equal(&g->from, &m->to);
		}
	}
	lisp_count(core, LISP_STAT_NOTIFY_UNANSWERED);
	lisp_trace(core, LISP_TRACE_MS, "Map-Notify to %s, nonce " LISP_NONCE_FMT ", is not acknowledged, given up",
		   lisp_addr_str(&m->to, LISP_S), LISP_NONCE_ARG(m->nonce));
	drop(core, m);
}

static void on_timer(struct lisp_core *core, struct lisp_timer *t)
{
	struct ms_notify *m = container_of(t, struct ms_notify, timer);
	struct lisp_endpoint from = { m->from, LISP_CONTROL_PORT };
	struct lisp_endpoint to = { m->to, LISP_CONTROL_PORT };

	if (m->tries > RETRIES + BACKED_OFF) {
		give_up(core, m);
		return;
	}
	if (!lisp_may_reply(core, LISP_ANSWER_SIGNED, &m->to)) {
		lisp_timer_arm(&core->timers, t, core->now + BUSY, on_timer);
		return;
	}
	if (!m->sent && !build(core, m)) {
		drop(core, m);
		return;
	}
	m->sent = true;
	m->last_sent = core->now;
	m->tries++;
	lisp_count(core, LISP_STAT_NOTIFY_OUT);
	lisp_trace(core, LISP_TRACE_MS, "Sending unsolicited map-notify to %s, records %u, nonce " LISP_NONCE_FMT " (%u)",
		   lisp_addr_str(&m->to, LISP_S), m->n_items,
		   LISP_NONCE_ARG(m->nonce), m->tries);
	lisp_send_raw(core, LISP_MAP_NOTIFY, &from, &to, m->buf, m->len);
	lisp_timer_arm(&core->timers, t, core->now + wait_for_ack(m), on_timer);
}

/* What to say */

static bool is_for(const struct ms_notify *m, const struct ms_reg *g)
{
	return m->site == g->prefix->site && m->key_id == g->key_id &&
	       lisp_addr_equal(&m->to, &g->from);
}

static size_t bytes_of(const struct lisp_record *r)
{
	return 12 + 12 + 16 + r->n_locators * (8u + 16u);
}

static size_t size_of(const struct ms_notify *m)
{
	size_t bytes = 0;
	unsigned int i;

	for (i = 0; i < m->n_items; i++)
		bytes += bytes_of(&m->items[i]->record);
	return bytes;
}

static void take_out(struct lisp_core *core, struct notify_item *it)
{
	struct ms_notify *m = it->msg;
	unsigned int i = 0;

	while (m->items[i] != it)
		i++;
	m->items[i] = m->items[--m->n_items];
	free_item(core, it);
	m->sent = false;		/* with another nonce from now on */
	if (!m->n_items)
		drop(core, m);
}

/*
 * What was to be told to the ETR of @g about @eid is old now. When: the time
 * that something about it was last sent, else 0.
 */
static lisp_time take_back(struct lisp_core *core, const struct ms_reg *g,
			   const struct lisp_eid *eid)
{
	struct notify_item *it = *bucket(core, &g->from, eid), *next;
	lisp_time when = 0;

	for (; it; it = next) {
		next = it->next;
		if (!is_for(it->msg, g) || !lisp_eid_equal(&it->record.eid, eid))
			continue;
		if (it->msg->last_sent > when)
			when = it->msg->last_sent;
		take_out(core, it);
	}
	return when;
}

void ms_notify_cancel(struct lisp_core *core, const struct ms_reg *g)
{
	take_back(core, g, &g->prefix->e.eid);
}

static struct ms_notify *new_message(struct lisp_core *core,
				     const struct ms_reg *g)
{
	struct lisp_notifies *l = &core->notifies;
	struct ms_notify *m;

	if (l->n >= LISP_NOTIFIES_MAX) {
		lisp_count(core, LISP_STAT_LIM_NOTIFIES);
		return NULL;
	}
	m = calloc(1, sizeof(*m));
	if (!m) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return NULL;
	}
	m->site = g->prefix->site;
	m->from = g->to;
	m->to = g->from;
	m->key_id = g->key_id;
	m->auth_len = g->auth_len;
	m->has_xtr_id = g->has_xtr_id;
	memcpy(m->xtr_id, g->xtr_id, sizeof(m->xtr_id));
	m->site_id = g->site_id;
	m->prev = l->last;
	*(l->last ? &l->last->next : &l->first) = m;
	l->last = m;
	l->n++;
	return m;
}

static bool add_item(struct lisp_core *core, struct ms_notify *m,
		     const struct lisp_record *r)
{
	struct notify_item **more = realloc(m->items, (m->n_items + 1) *
						      sizeof(struct notify_item *));
	struct notify_item *it, **at;

	if (!more)
		return false;
	m->items = more;
	it = calloc(1, sizeof(*it));
	if (!it || lisp_record_copy(&it->record, r)) {
		free(it);
		return false;
	}
	/* RFC 9301 5.4: what is not said by the ETR itself has no A-bit */
	it->record.authoritative = false;
	it->record.action = LISP_ACT_NO_ACTION;
	it->msg = m;
	at = bucket(core, &m->to, &r->eid);
	it->next = *at;
	*at = it;
	m->items[m->n_items++] = it;
	return true;
}

/* One of the newest that has not been sent at all, with the same time to go. */
static struct ms_notify *open_message(struct lisp_core *core,
				      const struct ms_reg *g,
				      const struct lisp_record *r, lisp_time at)
{
	struct ms_notify *m = core->notifies.last;
	unsigned int i;

	for (i = 0; m && i < LOOK_BACK; i++, m = m->prev) {
		if (!m->tries && m->timer.at == at && is_for(m, g) &&
		    m->n_items < ITEMS_MAX &&
		    size_of(m) + bytes_of(r) <= MSG_BYTES)
			return m;
	}
	return new_message(core, g);
}

void ms_notify_queue(struct lisp_core *core, const struct ms_reg *g,
		     const struct lisp_record *r)
{
	lisp_time last = take_back(core, g, &r->eid), at = core->now;
	struct ms_notify *m;

	if (last && last + INTERVAL > at)
		at = last + INTERVAL;
	m = open_message(core, g, r, at);
	if (!m)
		return;
	if (!add_item(core, m, r)) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		if (!m->n_items)
			drop(core, m);
		return;
	}
	if (last > m->last_sent)	/* of what this one replaces */
		m->last_sent = last;
	if (!m->timer.armed)
		lisp_timer_arm(&core->timers, &m->timer, at, on_timer);
}

void ms_notify_set(struct lisp_core *core, const struct ms_prefix *p,
		   const struct ms_reg *by)
{
	const struct ms_reg *g;

	for (g = p->regs; g; g = g->next) {
		if (g->merge && (g != by || !g->want_notify))
			ms_notify_queue(core, g, &p->record);
	}
}

void ms_notify_around(struct lisp_core *core, const struct ms_prefix *p,
		      const struct lisp_record *r)
{
	const struct lisp_entry *e = &p->e;
	const struct ms_prefix *out;
	const struct ms_reg *g;

	do {
		e = lisp_table_parent(&core->ms.prefixes, e);
		out = e ? container_of(e, struct ms_prefix, e) : NULL;
	} while (out && !out->up);
	for (g = out ? out->regs : NULL; g; g = g->next) {
		if (!registrant_has(p, g))
			ms_notify_queue(core, g, r);
	}
}

void ms_notify_inside(struct lisp_core *core, const struct ms_reg *g)
{
	const struct lisp_table *t = &core->ms.prefixes;
	const struct lisp_eid *out = &g->prefix->e.eid;
	const struct ms_prefix *in;
	struct lisp_entry *e;
	unsigned int n = 0;

	for (e = lisp_table_next_inside(t, out, NULL); e && n++ < INSIDE_MAX;
	     e = lisp_table_next_inside(t, out, &e->eid)) {
		in = container_of(e, struct ms_prefix, e);
		if (in->up && !registrant_has(in, g))
			ms_notify_queue(core, g, &in->record);
	}
}

/* What comes back */

static struct ms_notify *by_nonce(struct lisp_core *core, uint64_t nonce)
{
	struct ms_notify *m;

	for (m = core->notifies.first; m; m = m->next) {
		if (m->sent && m->nonce == nonce)
			return m;
	}
	return NULL;
}

void ms_notify_acked(struct lisp_core *core, const struct lisp_endpoint *from,
		     const struct lisp_map_register *a, const uint8_t *buf,
		     size_t len)
{
	struct ms_notify *m = by_nonce(core, a->nonce);
	const struct lisp_config_key *k;
	struct lisp_key key;

	if (!m) {
		lisp_count(core, LISP_STAT_ACK_UNEXPECTED);
		return;
	}
	k = site_key(m->site, m->key_id);
	if (!k || a->key_id != k->key_id || a->alg_id != k->alg_id) {
		lisp_count(core, LISP_STAT_ACK_AUTH);
		return;
	}
	key = lisp_config_key_of(k);
	if (lisp_auth_verify(buf, len, &key)) {
		lisp_count(core, LISP_STAT_ACK_AUTH);
		return;
	}
	lisp_count(core, LISP_STAT_NOTIFY_ACKED);
	lisp_trace(core, LISP_TRACE_MS, "Received map-notify-ack from %s, nonce " LISP_NONCE_FMT,
		   lisp_addr_str(&from->addr, LISP_S),
		   LISP_NONCE_ARG(a->nonce));
	drop(core, m);
}
