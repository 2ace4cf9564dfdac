// SPDX-License-Identifier: GPL-2.0
/*
 * Map-server: the ETRs that have registered a prefix, and what they say
 * together (RFC 9301 5.6).
 *
 * A registration with the a-bit (merge) stands beside those of other ETRs that
 * have it as well, and the prefix has the locators of all of them. One without
 * stands alone: the last one counts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "internal.h"

#define LIFETIME	(180 * LISP_SEC)	/* RFC 9301 8.2 */
#define LIFETIME_MAX	1440u			/* minutes, with the T-bit */
#define RESTART_NONCES	100000u

static bool same_etr(const struct ms_reg *g, const struct lisp_addr *from,
		     const struct lisp_map_register *m)
{
	if (g->has_xtr_id && m->has_xtr_id)
		return g->site_id == m->site_id &&
		       !memcmp(g->xtr_id, m->xtr_id, sizeof(g->xtr_id));
	return lisp_addr_equal(&g->from, from);
}

struct ms_reg *registrant_find(const struct ms_prefix *p,
			       const struct lisp_addr *from,
			       const struct lisp_map_register *m)
{
	struct ms_reg *g = p->regs;

	while (g && !same_etr(g, from, m))
		g = g->next;
	return g;
}

bool registrant_has(const struct ms_prefix *p, const struct ms_reg *of)
{
	const struct ms_reg *g;

	for (g = p->regs; g; g = g->next) {
		if (lisp_addr_equal(&g->from, &of->from) ||
		    (g->has_xtr_id && of->has_xtr_id &&
		     g->site_id == of->site_id &&
		     !memcmp(g->xtr_id, of->xtr_id, sizeof(g->xtr_id))))
			return true;
	}
	return false;
}

static void release(struct lisp_core *core, struct ms_reg *g)
{
	lisp_timer_stop(&core->timers, &g->timer);
	lisp_record_free(&g->record);
	free(g);
}

/* Take @g out of the list and free it. */
static void unlink_one(struct lisp_core *core, struct ms_reg *g)
{
	struct ms_prefix *p = g->prefix;
	struct ms_reg **at = &p->regs;

	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	p->n_regs--;
	release(core, g);
}

void registrant_free_all(struct lisp_core *core, struct ms_prefix *p)
{
	while (p->regs)
		unlink_one(core, p->regs);
}

static lisp_time lifetime(const struct lisp_map_register *m,
			  const struct lisp_record *r)
{
	uint32_t minutes = r->ttl > LIFETIME_MAX ? LIFETIME_MAX : r->ttl;

	return m->use_ttl ? minutes * 60 * LISP_SEC : LIFETIME;
}

/* A locator-set being put together; no address is in it twice (RFC 8378 5). */
struct merged {
	unsigned int n;
	uint32_t ttl;
	uint16_t map_version;
	bool any, cut;
	struct lisp_locator list[LISP_MERGED_LOCATORS_MAX];
};

static void merge_locator(struct merged *u, const struct lisp_locator *l)
{
	unsigned int i;

	for (i = 0; i < u->n; i++) {
		if (!lisp_addr_equal(&u->list[i].addr, &l->addr))
			continue;
		/* the ETR whose own it is knows it best */
		if (l->local && !u->list[i].local)
			u->list[i] = *l;
		return;
	}
	if (u->n == LISP_MERGED_LOCATORS_MAX) {
		u->cut = true;
		return;
	}
	u->list[u->n++] = *l;
}

static void merge_record(struct merged *u, const struct lisp_record *r)
{
	unsigned int i;

	for (i = 0; i < r->n_locators; i++)
		merge_locator(u, &r->locators[i]);
	if (!u->any || r->ttl < u->ttl)
		u->ttl = r->ttl;
	/* RFC 9302: what no single ETR says has no version */
	if (!u->any)
		u->map_version = r->map_version;
	else if (u->map_version != r->map_version)
		u->map_version = 0;
	u->any = true;
}

/* All that merge, in the order they came, with @r in the place of @mine. */
static void merge_all(struct merged *u, const struct ms_prefix *p,
		      const struct ms_reg *mine, const struct lisp_record *r)
{
	const struct ms_reg *g;
	bool done = false;

	memset(u, 0, offsetof(struct merged, list));
	for (g = p->regs; g; g = g->next) {
		if (g == mine && r)
			merge_record(u, r);
		else if (g != mine && g->merge)
			merge_record(u, &g->record);
		done |= g == mine;
	}
	if (!done && r)
		merge_record(u, r);
}

bool lisp_record_same_set(const struct lisp_record *a,
			  const struct lisp_record *b)
{
	const struct lisp_locator *x, *y;
	unsigned int i, j;

	for (i = 0; a->n_locators == b->n_locators && i < a->n_locators; i++) {
		x = &a->locators[i];
		for (j = 0; j < b->n_locators; j++) {
			y = &b->locators[j];
			if (lisp_addr_equal(&x->addr, &y->addr) &&
			    x->priority == y->priority &&
			    x->weight == y->weight &&
			    x->reachable == y->reachable)
				break;
		}
		if (j == b->n_locators)
			return false;
	}
	return a->n_locators == b->n_locators;
}

/* After one went: never more locators than before, so nothing is allocated. */
static bool merge_again(struct ms_prefix *p)
{
	struct lisp_record now = p->record;
	struct merged u;
	bool changed;

	merge_all(&u, p, NULL, NULL);
	if (!u.any)
		return false;
	now.n_locators = (uint8_t)(u.n < p->record.n_locators ?
				   u.n : p->record.n_locators);
	now.locators = u.list;
	changed = !lisp_record_same_set(&now, &p->record);
	if (now.n_locators)
		memcpy(p->record.locators, u.list,
		       now.n_locators * sizeof(u.list[0]));
	p->record.n_locators = now.n_locators;
	p->record.ttl = u.ttl;
	p->record.map_version = u.map_version;
	return changed;
}

/* What is said of the prefix as a whole, after its list has changed. */
static void sum_up(struct ms_prefix *p)
{
	const struct ms_reg *g;

	p->proxy_reply = false;
	p->expires = 0;
	for (g = p->regs; g; g = g->next) {
		p->proxy_reply |= g->proxy_reply;	/* 8.3: any of them */
		if (g->expires > p->expires)
			p->expires = g->expires;
	}
}

/* The registration @g ends; the prefix may end with it. */
static void drop(struct lisp_core *core, struct ms_reg *g)
{
	struct ms_prefix *p = g->prefix;
	struct lisp_record gone = {
		.ttl = LISP_TTL_WITHDRAW,
		.eid = p->e.eid,
	};

	if (p->n_regs == 1) {
		ms_notify_around(core, p, &gone);
		unlink_one(core, g);
		site_down(core, p);
		return;
	}
	unlink_one(core, g);
	sum_up(p);
	if (merge_again(p)) {
		ms_notify_set(core, p, NULL);
		ms_notify_around(core, p, &p->record);
	}
}

static void expire(struct lisp_core *core, struct lisp_timer *t)
{
	struct ms_reg *g = container_of(t, struct ms_reg, timer);
	const struct ms_prefix *p = g->prefix;

	lisp_count(core, LISP_STAT_REG_EXPIRED);
	lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s %s site %s, change state to down (method: map-register, state: expired)",
		   lisp_eid_str(&p->e.eid, LISP_S),
		   lisp_addr_str(&g->from, LISP_S), p->site->cfg->name);
	lisp_log(core, LOG_NOTICE, "site %s: registration of %s by %s expired",
		 p->site->cfg->name, lisp_eid_str(&p->e.eid, LISP_S),
		 lisp_addr_str(&g->from, LISP_S));
	drop(core, g);
}

void registrant_withdraw(struct lisp_core *core, struct ms_reg *g)
{
	const struct ms_prefix *p = g->prefix;

	lisp_count(core, LISP_STAT_REG_WITHDRAW);
	lisp_trace(core, LISP_TRACE_MS, "MS registration prefix %s %s site %s, change state to down (method: map-register, state: withdrawn)",
		   lisp_eid_str(&p->e.eid, LISP_S),
		   lisp_addr_str(&g->from, LISP_S), p->site->cfg->name);
	drop(core, g);
}

/* Everything that may fail: the new set of the prefix, @g's own part of it. */
static int build(struct lisp_core *core, const struct ms_prefix *p,
		 const struct ms_reg *mine, bool merge,
		 const struct lisp_record *r, struct lisp_record *set,
		 struct lisp_record *own)
{
	struct lisp_record all = *r;
	struct merged u;
	int err;

	memset(own, 0, sizeof(*own));
	if (!merge)
		return lisp_record_copy(set, r);
	merge_all(&u, p, mine, r);
	if (u.cut)
		lisp_count(core, LISP_STAT_LIM_MERGED);
	all.n_locators = (uint8_t)u.n;
	all.locators = u.list;
	all.ttl = u.ttl;
	all.map_version = u.map_version;
	err = lisp_record_copy(set, &all);
	if (err)
		return err;
	err = lisp_record_copy(own, r);
	if (err)
		lisp_record_free(set);
	return err;
}

static struct ms_reg *append(struct ms_prefix *p, struct ms_reg *g)
{
	struct ms_reg **at = &p->regs;

	while (*at)
		at = &(*at)->next;
	*at = g;
	g->prefix = p;
	p->n_regs++;
	return g;
}

/* Those that @mine does not stand beside go, and hear of it: it is @set now. */
static void displace(struct lisp_core *core, struct ms_prefix *p,
		     const struct ms_reg *mine, const struct lisp_record *set)
{
	struct ms_reg *g, *next;

	for (g = p->regs; g; g = next) {
		next = g->next;
		if (g == mine || (g->merge && mine->merge))
			continue;
		if (set)
			ms_notify_queue(core, g, set);
		unlink_one(core, g);
	}
}

static void fill(struct lisp_core *core, struct ms_reg *g,
		 const struct ms_source *src, const struct lisp_map_register *m,
		 const struct lisp_record *r)
{
	g->from = src->from->addr;
	g->to = *src->to;
	g->key_id = m->key_id;
	g->auth_len = m->auth_len;
	g->merge = m->merge;
	g->proxy_reply = m->proxy_reply;
	g->want_notify = m->want_notify;
	g->has_xtr_id = m->has_xtr_id;
	memcpy(g->xtr_id, m->xtr_id, sizeof(g->xtr_id));
	g->site_id = m->site_id;
	g->nonce = m->nonce;
	g->untold = false;
	g->last = core->now;
	g->expires = core->now + lifetime(m, r);
	lisp_timer_arm(&core->timers, &g->timer, g->expires, expire);
}

/*
 * RFC 9301 5.6: the nonces of an ETR are incremented with each Map-Register. It
 * has left some out: it began anew, from the clock or from what it had saved,
 * and what it was told before it may not know any more.
 */
static bool starts_anew(const struct ms_reg *g,
			const struct lisp_map_register *m)
{
	return m->nonce > g->nonce && m->nonce - g->nonce > RESTART_NONCES;
}

static bool no_room(const struct ms_prefix *p, bool merge)
{
	const struct ms_reg *g;
	unsigned int n = 0;

	for (g = p->regs; merge && g; g = g->next)
		n += g->merge;
	return n >= LISP_MERGED_ETRS_MAX;
}

int registrant_set(struct lisp_core *core, struct ms_prefix *p,
		   const struct ms_source *src,
		   const struct lisp_map_register *m,
		   const struct lisp_record *r)
{
	struct ms_reg *g = registrant_find(p, &src->from->addr, m), *new = NULL;
	struct lisp_record set, own;
	bool changed, untold;
	int err;

	if (!g && no_room(p, m->merge)) {
		lisp_count(core, LISP_STAT_LIM_MERGED);
		return -ENOSPC;
	}
	if (!g)
		new = calloc(1, sizeof(*new));
	err = g || new ? build(core, p, g, m->merge, r, &set, &own) : -ENOMEM;
	if (err) {
		lisp_count(core, LISP_STAT_NO_MEMORY);
		free(new);
		return err;
	}
	untold = !g || g->untold || starts_anew(g, m);
	if (!g)
		g = append(p, new);
	fill(core, g, src, m, r);
	lisp_record_free(&g->record);
	g->record = own;
	changed = !p->up || !lisp_record_same_set(&set, &p->record);
	displace(core, p, g, changed ? &set : NULL);
	lisp_record_free(&p->record);
	p->record = set;
	p->has_record = true;
	sum_up(p);
	if (g->want_notify || !g->merge)
		ms_notify_cancel(core, g);
	if (untold)
		ms_notify_inside(core, g);
	if (changed) {
		ms_notify_set(core, p, g);
		ms_notify_around(core, p, &p->record);
	}
	return 0;
}
