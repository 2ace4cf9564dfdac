// SPDX-License-Identifier: GPL-2.0
/*
 * ETR: which Map-Registers there are to send. Database-mappings are cut into
 * messages that fit a packet; a new configuration keeps those that are equal,
 * and what is no longer there is withdrawn (TTL 0).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define MSG_BYTES	1200		/* below any path MTU of today */

void reg_msg_free(struct lisp_core *core, struct reg_msg *m)
{
	unsigned int i;

	lisp_timer_stop(&core->timers, &m->timer);
	for (i = 0; i < m->n_records; i++)
		lisp_record_free(&m->records[i]);
	free(m->records);
	free(m->buf);
	free(m);
}

static void free_server(struct lisp_core *core, struct reg_server *s)
{
	struct reg_msg *m;

	while ((m = s->msgs)) {
		s->msgs = m->next;
		reg_msg_free(core, m);
	}
	if (s->cfg.key.secret)
		explicit_bzero(s->cfg.key.secret, strlen(s->cfg.key.secret));
	free(s->cfg.key.secret);
	free(s);
}

void reg_free(struct lisp_core *core, struct reg_server *servers)
{
	struct reg_server *s;

	while ((s = servers)) {
		servers = s->next;
		free_server(core, s);
	}
}

static size_t record_bytes(const struct lisp_record *r)
{
	size_t eid = r->eid.iid ? 12 + 16 : 16;

	return 12 + eid + r->n_locators * (8u + 16u);
}

static bool has_room(const struct reg_msg *m, const struct lisp_record *r)
{
	size_t bytes = record_bytes(r);
	unsigned int i;

	for (i = 0; i < m->n_records; i++)
		bytes += record_bytes(&m->records[i]);
	return !m->n_records || (bytes <= MSG_BYTES && m->n_records < 255);
}

/* Takes over @r's locators, also when it fails. */
static int add_record(struct reg_msg *m, struct lisp_record *r)
{
	struct lisp_record *p = realloc(m->records, (m->n_records + 1) *
							    sizeof(*p));

	if (!p) {
		lisp_record_free(r);
		return -ENOMEM;
	}
	m->records = p;
	p[m->n_records++] = *r;
	return 0;
}

/* Append to the last message of @s, or to a new one behind it. */
static int add_to_server(struct reg_server *s, struct lisp_record *r,
			 bool withdraw)
{
	struct reg_msg **p = &s->msgs, *last = NULL;

	for (; *p; p = &(*p)->next) {
		if ((*p)->withdraw == withdraw && !(*p)->buf && !(*p)->host)
			last = *p;
	}
	if (!last || !has_room(last, r)) {
		last = calloc(1, sizeof(*last));
		if (!last) {
			lisp_record_free(r);
			return -ENOMEM;
		}
		last->server = s;
		last->withdraw = withdraw;
		last->backoff = LISP_SEC;
		*p = last;
	}
	return add_record(last, r);
}

/* A message of its own: who else is in one would be registered again. */
static struct reg_msg *host_message(struct lisp_core *core,
				    struct reg_server *s,
				    const struct lisp_config_mapping *m)
{
	struct reg_msg *msg, **at = &s->msgs;
	struct lisp_record r;

	if (etr_record(m, &r)) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		return NULL;
	}
	if (!r.n_locators) {		/* nothing to register (any more) */
		lisp_record_free(&r);
		return NULL;
	}
	msg = calloc(1, sizeof(*msg));
	if (!msg)
		lisp_record_free(&r);
	if (!msg || add_record(msg, &r)) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		free(msg);
		return NULL;
	}
	msg->server = s;
	msg->host = true;
	msg->backoff = LISP_SEC;
	while (*at)
		at = &(*at)->next;
	*at = msg;
	return msg;
}

/* The message about that host alone. */
static struct reg_msg *find_host(const struct reg_server *s,
				 const struct lisp_eid *eid)
{
	struct reg_msg *m = s->msgs;

	while (m && !(m->host && lisp_eid_equal(&m->records[0].eid, eid)))
		m = m->next;
	return m;
}

static void drop_host(struct lisp_core *core, struct reg_server *s,
		      struct reg_msg *m)
{
	struct reg_msg **at = &s->msgs;

	while (*at != m)
		at = &(*at)->next;
	*at = m->next;
	reg_msg_free(core, m);
}

static int build_server(const struct lisp_config *cfg, struct reg_server *s)
{
	struct lisp_record r;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < cfg->n_mappings; i++) {
		err = etr_record(&cfg->mappings[i], &r);
		if (err)
			break;
		if (r.n_locators)
			err = add_to_server(s, &r, false);
		else			/* nothing to register (any more) */
			lisp_record_free(&r);
	}
	return err;
}

int reg_build(struct lisp_core *core, const struct lisp_config *cfg,
	      struct reg_server **out)
{
	struct reg_server *s;
	unsigned int i;
	int err;

	(void)core;
	for (i = 0; cfg->etr && i < cfg->n_map_servers; i++) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return -ENOMEM;
		s->next = *out;
		*out = s;
		s->cfg = cfg->map_servers[i];
		s->cfg.key.secret = strdup(s->cfg.key.secret);
		if (!s->cfg.key.secret)
			return -ENOMEM;
		err = build_server(cfg, s);
		if (err)
			return err;
	}
	return 0;
}

static bool locator_equal(const struct lisp_locator *a,
			  const struct lisp_locator *b)
{
	return lisp_addr_equal(&a->addr, &b->addr) &&
	       a->priority == b->priority && a->weight == b->weight &&
	       a->local == b->local && a->reachable == b->reachable;
}

static bool record_equal(const struct lisp_record *a,
			 const struct lisp_record *b)
{
	unsigned int i;

	if (!lisp_eid_equal(&a->eid, &b->eid) || a->ttl != b->ttl ||
	    a->n_locators != b->n_locators)
		return false;
	for (i = 0; i < a->n_locators; i++) {
		if (!locator_equal(&a->locators[i], &b->locators[i]))
			return false;
	}
	return true;
}

static bool msg_equal(const struct reg_msg *a, const struct reg_msg *b)
{
	unsigned int i;

	if (a->withdraw != b->withdraw || a->host != b->host ||
	    a->n_records != b->n_records)
		return false;
	for (i = 0; i < a->n_records; i++) {
		if (!record_equal(&a->records[i], &b->records[i]))
			return false;
	}
	return true;
}

static bool has_eid(const struct reg_server *s, const struct lisp_eid *eid)
{
	const struct reg_msg *m;
	unsigned int i;

	for (m = s->msgs; m; m = m->next) {
		for (i = 0; !m->withdraw && i < m->n_records; i++) {
			if (lisp_eid_equal(&m->records[i].eid, eid))
				return true;
		}
	}
	return false;
}

/* Everything of @old that @s does not have any more, as TTL 0. */
static void withdraw_missing(struct lisp_core *core, struct reg_server *s,
			     const struct reg_server *old)
{
	const struct reg_msg *m;
	struct lisp_record r;
	unsigned int i;

	for (m = old->msgs; m; m = m->next) {
		for (i = 0; i < m->n_records; i++) {
			r = (struct lisp_record){
				.ttl = LISP_TTL_WITHDRAW,
				.eid = m->records[i].eid,
				.authoritative = true,
			};
			if (!has_eid(s, &r.eid) && add_to_server(s, &r, true))
				lisp_count(core, LISP_STAT_NO_MEMORY);
		}
	}
}

/* Put @o, sent already, where @m stands. */
static void keep_message(struct lisp_core *core, struct reg_msg **m,
			 struct reg_msg **o)
{
	struct reg_msg *new = *m, *kept = *o;

	*o = kept->next;
	kept->next = new->next;
	kept->server = new->server;
	*m = kept;
	reg_msg_free(core, new);
}

static void keep_equal(struct lisp_core *core, struct reg_server *s,
		       struct reg_server *old)
{
	struct reg_msg **m, **o;

	if (!lisp_config_key_equal(&s->cfg.key, &old->cfg.key) ||
	    s->cfg.proxy_reply != old->cfg.proxy_reply ||
	    s->cfg.merge != old->cfg.merge ||
	    s->cfg.want_notify != old->cfg.want_notify)
		return;
	for (m = &s->msgs; *m; m = &(*m)->next) {
		for (o = &old->msgs; *o; o = &(*o)->next) {
			if (msg_equal(*m, *o)) {
				keep_message(core, m, o);
				break;
			}
		}
	}
}

static struct reg_server *take_by_addr(struct reg_server **list,
				       const struct lisp_addr *a)
{
	struct reg_server *s;

	for (; (s = *list); list = &s->next) {
		if (lisp_addr_equal(&s->cfg.addr, a)) {
			*list = s->next;
			s->next = NULL;
			return s;
		}
	}
	return NULL;
}

/* A map-server that is no longer configured: take back what it has from us. */
static void leave(struct lisp_core *core, struct reg_server *s)
{
	struct reg_server old = *s;
	struct reg_msg *m;

	s->leaving = true;
	s->msgs = NULL;
	withdraw_missing(core, s, &old);
	while ((m = old.msgs)) {
		old.msgs = m->next;
		reg_msg_free(core, m);
	}
	if (!s->msgs) {
		free_server(core, s);
		return;
	}
	s->next = core->etr.servers;
	core->etr.servers = s;
}

/* At once, with a new nonce: from another address it is another message. */
static void send_anew(struct lisp_core *core, struct reg_msg *m)
{
	free(m->buf);
	m->buf = NULL;
	m->tries = 0;
	m->backoff = LISP_SEC;
	lisp_timer_arm(&core->timers, &m->timer, core->now, reg_send);
}

void reg_build_host(struct lisp_core *core,
		    const struct lisp_config_mapping *m)
{
	struct reg_server *s;

	for (s = core->etr.servers; s; s = s->next)
		host_message(core, s, m);
}

void reg_add_host(struct lisp_core *core, const struct lisp_config_mapping *m)
{
	struct reg_server *s;
	struct reg_msg *msg;

	for (s = core->etr.servers; s; s = s->next) {
		if (s->leaving)
			continue;
		msg = find_host(s, &m->eid);	/* being withdrawn */
		if (msg)
			drop_host(core, s, msg);
		msg = host_message(core, s, m);
		if (msg)
			send_anew(core, msg);
	}
}

void reg_del_host(struct lisp_core *core, const struct lisp_eid *eid)
{
	struct reg_server *s;
	struct reg_msg *m;

	for (s = core->etr.servers; s; s = s->next) {
		m = find_host(s, eid);
		if (!m || m->withdraw)
			continue;
		m->withdraw = true;
		lisp_record_free(&m->records[0]);
		m->records[0] = (struct lisp_record){
			.ttl = LISP_TTL_WITHDRAW,
			.eid = *eid,
			.authoritative = true,
		};
		m->acked = false;
		send_anew(core, m);
	}
}

void reg_apply(struct lisp_core *core, struct reg_server *old, bool moved)
{
	struct reg_server *s, *o;
	struct reg_msg *m;

	for (s = core->etr.servers; s; s = s->next) {
		o = take_by_addr(&old, &s->cfg.addr);
		if (!o)
			continue;
		s->last_nonce = o->last_nonce;
		s->notify_nonce = o->notify_nonce;
		s->notify_seen = o->notify_seen;
		withdraw_missing(core, s, o);
		keep_equal(core, s, o);
		free_server(core, o);
	}
	while ((s = old)) {
		old = s->next;
		leave(core, s);
	}
	for (s = core->etr.servers; s; s = s->next) {
		for (m = s->msgs; m; m = m->next) {
			if (!m->timer.armed || moved)
				send_anew(core, m);
		}
	}
}
