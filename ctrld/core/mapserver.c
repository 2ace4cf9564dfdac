// SPDX-License-Identifier: GPL-2.0
/* Map-server: Map-Registers in, Map-Notifies out (RFC 9301 5.6, 5.7, 8.2). */
#include <string.h>
#include <syslog.h>

#include "internal.h"

/* Everything about one Map-Register while it is dealt with. */
struct registering {
	const struct lisp_endpoint *from;
	const struct lisp_addr *to;
	const struct lisp_map_register *m;
	const uint8_t *buf;
	size_t len;
	struct site *site;
	struct lisp_key key;
};

static void reject(struct lisp_core *core, const struct registering *g,
		   enum lisp_stat stat, const char *why)
{
	lisp_count(core, stat);
	lisp_trace(core, LISP_TRACE_MS, "Map-Register from %s%s%s dropped: %s (key-id %u, %s, nonce " LISP_NONCE_FMT ")",
		   lisp_addr_str(&g->from->addr, LISP_S),
		   g->site ? " for site " : "",
		   g->site ? g->site->cfg->name : "", why, g->m->key_id,
		   lisp_auth_alg_str(g->m->alg_id),
		   LISP_NONCE_ARG(g->m->nonce));
	/* One line a failure would let anybody fill the log. */
	if (core->stats.n[stat] == 1 || core->stats.n[stat] % 100 == 0)
		lisp_log(core, LOG_WARNING, "Map-Register from %s%s%s dropped: %s",
			 lisp_addr_str(&g->from->addr, LISP_S),
			 g->site ? " for site " : "",
			 g->site ? g->site->cfg->name : "", why);
}

/* The site by the first EID-prefix that is anybody's. */
static struct site *find_site(struct lisp_core *core,
			      const struct lisp_map_register *m)
{
	const struct ms_prefix *p;
	unsigned int i;

	for (i = 0; i < m->n_records; i++) {
		p = site_configured(&core->ms, &m->records[i].eid);
		if (p)
			return p->site;
	}
	return NULL;
}

const struct lisp_config_key *site_key(const struct site *site, uint8_t key_id)
{
	unsigned int i;

	for (i = 0; i < site->cfg->n_keys; i++) {
		if (site->cfg->keys[i].key_id == key_id)
			return &site->cfg->keys[i];
	}
	return NULL;
}

/* Site, key, algorithm, MAC: nothing is answered when one is wrong. */
static bool authenticate(struct lisp_core *core, struct registering *g)
{
	const struct lisp_config_key *key;

	g->site = find_site(core, g->m);
	if (!g->site) {
		reject(core, g, LISP_STAT_REG_NO_SITE,
		       "no site has its EID-prefixes");
		return false;
	}
	key = site_key(g->site, g->m->key_id);
	if (!key) {
		g->site->auth_failures++;
		reject(core, g, LISP_STAT_REG_KEY, "unknown key-id");
		return false;
	}
	if (g->m->alg_id != key->alg_id) {
		g->site->auth_failures++;
		reject(core, g, LISP_STAT_REG_ALG,
		       "not the configured algorithm");
		return false;
	}
	g->key = lisp_config_key_of(key);
	if (lisp_auth_verify(g->buf, g->len, &g->key)) {
		g->site->auth_failures++;
		reject(core, g, LISP_STAT_REG_AUTH, "authentication failure");
		return false;
	}
	return true;
}

/*
 * RFC 9301 5.7: the Register's fields, signed anew, with a MAC as long as the
 * peer's; to the port it came from, which is what deployed ETRs listen on.
 */
static void send_notify(struct lisp_core *core, const struct registering *g,
			struct lisp_record *records, unsigned int n)
{
	struct lisp_endpoint from = { .addr = *g->to,
				      .port = LISP_CONTROL_PORT };
	struct lisp_msg msg = { .type = LISP_MAP_NOTIFY, .reg = *g->m };
	struct lisp_key key = g->key;
	uint8_t buf[LISP_MSG_MAX];
	int len;

	msg.reg.rtr = false;	/* it promises data of an RTR that we have not */
	msg.reg.records = records;
	msg.reg.n_records = (uint8_t)n;
	key.mac_len = (uint8_t)g->m->auth_len;
	len = lisp_sign(core, &msg, &key, buf, sizeof(buf));
	if (len < 0)
		return;
	lisp_trace(core, LISP_TRACE_MS, "Sending map-notify to %s, records %u, nonce " LISP_NONCE_FMT,
		   lisp_addr_str(&g->from->addr, LISP_S), n,
		   LISP_NONCE_ARG(g->m->nonce));
	lisp_send_raw(core, LISP_MAP_NOTIFY, &from, g->from, buf, (size_t)len);
}

static bool locator_allowed(const struct lisp_config_site *cfg,
			    const struct lisp_addr *a)
{
	struct lisp_eid host = lisp_eid_from_addr(0, a);
	unsigned int i;

	for (i = 0; i < cfg->n_allowed; i++) {
		if (lisp_eid_covers(&cfg->allowed[i], &host))
			return true;
	}
	return !cfg->n_allowed;
}

/* All of them: half a locator-set is not what the site meant. */
static bool locators_allowed(struct lisp_core *core,
			     const struct registering *g,
			     const struct lisp_record *r)
{
	const struct lisp_addr *a;
	unsigned int i;

	for (i = 0; i < r->n_locators; i++) {
		a = &r->locators[i].addr;
		if (locator_allowed(g->site->cfg, a))
			continue;
		lisp_count(core, LISP_STAT_REG_LOCATOR);
		lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s %s site %s, locator %s not allowed, rejected",
			   lisp_eid_str(&r->eid, LISP_S),
			   lisp_addr_str(&g->from->addr, LISP_S),
			   g->site->cfg->name, lisp_addr_str(a, LISP_S));
		if (g->site->rejected % 100 == 0)
			lisp_log(core, LOG_WARNING, "site %s may not register locator %s for %s, which %s tries to: not among its allowed-locators",
				 g->site->cfg->name, lisp_addr_str(a, LISP_S),
				 lisp_eid_str(&r->eid, LISP_S),
				 lisp_addr_str(&g->from->addr, LISP_S));
		return false;
	}
	return true;
}

static bool allowed(struct lisp_core *core, const struct registering *g,
		    const struct lisp_record *r)
{
	if (site_allows(&core->ms, g->site, &r->eid))
		return locators_allowed(core, g, r);
	lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s %s site %s, not configured, rejected",
		   lisp_eid_str(&r->eid, LISP_S),
		   lisp_addr_str(&g->from->addr, LISP_S), g->site->cfg->name);
	if (g->site->rejected % 100 == 0)
		lisp_log(core, LOG_WARNING, "site %s may not register %s, which %s tries to: not among its eid-prefixes",
			 g->site->cfg->name, lisp_eid_str(&r->eid, LISP_S),
			 lisp_addr_str(&g->from->addr, LISP_S));
	return false;
}

static bool apply(struct lisp_core *core, const struct registering *g,
		  const struct lisp_record *r)
{
	struct ms_source src = { g->from, g->to };

	if (r->ttl == LISP_TTL_WITHDRAW) {
		site_withdraw(core, g->site, &src, g->m, &r->eid);
		return true;
	}
	if (site_register(core, g->site, &src, g->m, r))
		return false;
	lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s %s site %s, change state to up (method: map-register, ttl %u, %u locators, %s, nonce " LISP_NONCE_FMT ")",
		   lisp_eid_str(&r->eid, LISP_S),
		   lisp_addr_str(&g->from->addr, LISP_S), g->site->cfg->name,
		   r->ttl, r->n_locators,
		   g->m->proxy_reply ? "proxy-reply" : "no proxy-reply",
		   LISP_NONCE_ARG(g->m->nonce));
	return true;
}

static size_t bytes_of(const struct lisp_record *r)
{
	return 12 + 12 + 16 + r->n_locators * (8u + 16u);
}

/*
 * What the Map-Notify is to say of @r: what was registered or, when others have
 * registered it too, the whole. If that is too long for one message, the ETR
 * gets another one.
 */
static struct lisp_record answer(struct lisp_core *core,
				 const struct registering *g,
				 const struct lisp_record *r, size_t *room)
{
	const struct ms_prefix *p = site_find(&core->ms, &r->eid);
	const struct ms_reg *reg = p && g->m->merge && r->ttl ?
		registrant_find(p, &g->from->addr, g->m) : NULL;
	struct lisp_record all = *r;

	if (!reg || p->n_regs < 2)
		return all;
	if (bytes_of(&p->record) > *room) {
		ms_notify_queue(core, reg, &p->record);
		return all;
	}
	*room -= bytes_of(&p->record);
	all.n_locators = p->record.n_locators;
	all.locators = p->record.locators;
	return all;
}

/*
 * Take the records of @g that the site may register. What is to be said of them
 * goes to @out, not copied; it comes last, when nothing changes any more.
 */
static unsigned int process(struct lisp_core *core, const struct registering *g,
			    bool change, struct lisp_record *out)
{
	size_t room = g->len < LISP_MSG_MAX ? LISP_MSG_MAX - g->len : 0;
	const struct lisp_record *r, *taken[255];
	unsigned int i, n = 0;

	for (i = 0; i < g->m->n_records; i++) {
		r = &g->m->records[i];
		if (!allowed(core, g, r)) {
			if (change) {
				g->site->rejected++;
				lisp_count(core, LISP_STAT_REG_REJECTED);
			}
			continue;
		}
		if (!change || apply(core, g, r))
			taken[n++] = r;
	}
	for (i = 0; i < n; i++)
		out[i] = answer(core, g, taken[i], &room);
	return n;
}

void ms_receive_register(struct lisp_core *core,
			 const struct lisp_endpoint *from,
			 const struct lisp_addr *to,
			 const struct lisp_map_register *m,
			 const uint8_t *buf, size_t len)
{
	struct registering g = { .from = from, .to = to, .m = m, .buf = buf,
				 .len = len };
	struct lisp_record records[255];
	enum replay_verdict verdict;
	unsigned int n;

	lisp_trace(core, LISP_TRACE_MS, "Processing received Map-Register message from %s to %s",
		   lisp_addr_str(&from->addr, LISP_S),
		   lisp_addr_str(to, LISP_S));
	if (!core->cfg.map_server) {
		lisp_count(core, LISP_STAT_NO_ROLE);
		return;
	}
	if (!authenticate(core, &g))
		return;
	verdict = replay_check(g.site, core, from, m, buf, len);
	if (verdict == REPLAY_OLD) {
		reject(core, &g, LISP_STAT_REG_REPLAY,
		       "nonce not increasing, a replay");
		return;
	}
	if (verdict == REPLAY_SAME) {
		lisp_count(core, LISP_STAT_REG_DUP);
		/* it may be somebody else's who has seen it: anybody's source */
		if (!lisp_may_reply(core, LISP_ANSWER_BACK, &from->addr))
			return;
	}
	n = process(core, &g, verdict == REPLAY_NEW, records);
	if (verdict == REPLAY_NEW)
		replay_store(g.site, core, from, m, buf, len);
	/* Nothing of it is ours to acknowledge: say nothing. */
	if (m->want_notify && n)
		send_notify(core, &g, records, n);
}
