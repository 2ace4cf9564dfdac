// SPDX-License-Identifier: GPL-2.0
/*
 * What clients of the control socket can ask for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lispd.h"

#define LIG_POLL_MSEC	100
#define LIG_LIMIT	(90 * LISP_SEC)

/* A client that waits for a mapping. */
struct lig {
	struct lig *next;
	struct control_client *client;
	struct lisp_eid eid;
	lisp_time since;
};

static void lig_free(struct lispd *d, struct lig *l)
{
	struct lig **p = &d->ligs;

	while (*p != l)
		p = &(*p)->next;
	*p = l->next;
	free(l);
}

static json_t *lig_result(const struct lig *l, const struct lisp_mapping *m)
{
	json_t *list = json_array();
	char s[LISP_STRLEN];
	unsigned int i;

	for (i = 0; i < m->n_locators; i++)
		json_array_append_new(list, json_pack("{s:s, s:i, s:i}",
			"address", lisp_addr_str(&m->locators[i].addr, s),
			"priority", m->locators[i].priority,
			"weight", m->locators[i].weight));
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:o}",
			 "eid-prefix", lisp_eid_str(&m->eid, s),
			 "state", m->n_locators ? "complete" : "negative",
			 "action", m->n_locators ? "forward" :
			 lisp_action_str(m->action),
			 "ttl", (json_int_t)m->ttl,
			 "rtt-us", (json_int_t)(lispd_now() - l->since),
			 "locators", list);
}

void command_mapped(struct lispd *d, const struct lisp_mapping *m)
{
	struct lig *l, *next;

	if (m->origin != LISP_BY_MAP_REPLY)
		return;
	for (l = d->ligs; l; l = next) {
		next = l->next;
		if (!lisp_eid_covers(&m->eid, &l->eid))
			continue;
		control_answer(l->client, lig_result(l, m), NULL);
		lig_free(d, l);
	}
}

struct search {
	struct lisp_eid eid;
	bool found;
};

static int find_request(void *arg, const struct lisp_show_request *r)
{
	struct search *s = arg;

	s->found = lisp_eid_equal(&r->eid, &s->eid);
	return s->found;
}

/* A request that has ended without a mapping has failed. */
static void on_lig_timer(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval again = { 0, LIG_POLL_MSEC * 1000 };
	struct lispd *d = arg;
	struct lig *l, *next;

	(void)fd;
	(void)what;
	for (l = d->ligs; l; l = next) {
		struct search s = { .eid = l->eid };

		next = l->next;
		lisp_core_show_requests(d->core, find_request, &s);
		if (s.found && lispd_now() - l->since < LIG_LIMIT)
			continue;
		control_answer(l->client, NULL, "no answer that covers it");
		lig_free(d, l);
	}
	if (d->ligs)
		event_add(d->lig_timer, &again);
}

static json_t *lig(struct lispd *d, struct control_client *from, json_t *args,
		   const char **error, bool *later)
{
	static const struct timeval soon = { 0, LIG_POLL_MSEC * 1000 };
	const char *text = json_string_value(json_object_get(args, "eid"));
	struct lisp_eid eid;
	struct lig *l;

	if (!text || lisp_eid_parse(text, &eid)) {
		*error = "\"eid\" is not an EID";
		return NULL;
	}
	if (!d->cfg.core.itr) {
		*error = "lispd has no role itr";
		return NULL;
	}
	l = calloc(1, sizeof(*l));
	if (!l)
		abort();
	*l = (struct lig){ .next = d->ligs, .client = from, .eid = eid,
			   .since = lispd_now() };
	d->ligs = l;
	*later = true;
	if (!d->lig_timer)
		d->lig_timer = evtimer_new(d->base, on_lig_timer, d);
	event_add(d->lig_timer, &soon);
	lisp_core_resolve(d->core, l->since, &eid);
	lispd_rearm(d);
	return NULL;
}

void command_gone(void *ctx, struct control_client *client)
{
	struct lispd *d = ctx;
	struct lig *l, *next;

	for (l = d->ligs; l; l = next) {
		next = l->next;
		if (l->client == client)
			lig_free(d, l);
	}
}

void command_end(struct lispd *d)
{
	while (d->ligs)
		lig_free(d, d->ligs);
	if (d->lig_timer)
		event_free(d->lig_timer);
}

static json_t *statistics(struct lispd *d)
{
	const struct net_stats *n = net_stats(d->net);
	json_t *c = json_object();

	lisp_core_show_stats(d->core, show_counter, c);
	show_counter(c, "socket", "received", n->received);
	show_counter(c, "socket", "sent", n->sent);
	show_counter(c, "socket", "send-failed", n->send_failed);
	show_counter(c, "socket", "receive-overflow", n->overflow);
	show_counter(c, "socket", "too-long", n->truncated);
	dataplane_show_stats(d->dp, show_counter, c);
	return json_pack("{s:o}", "counters", c);
}

static int add_request(void *arg, const struct lisp_show_request *r)
{
	char s[LISP_STRLEN];

	json_array_append_new(arg, json_pack("{s:s, s:i}", "eid-prefix",
					     lisp_eid_str(&r->eid, s),
					     "tries", (int)r->tries));
	return 0;
}

static json_t *requests(struct lispd *d)
{
	json_t *list = json_array();

	lisp_core_show_requests(d->core, add_request, list);
	return json_pack("{s:o}", "requests", list);
}

static int add_rloc(void *arg, const struct lisp_show_rloc *r)
{
	static const char *const states[] = {
		[LISP_RLOC_UNKNOWN] = "unknown", [LISP_RLOC_UP] = "up",
		[LISP_RLOC_DOWN] = "down",
	};
	lisp_time now = lispd_now();
	char s[LISP_STRLEN];

	json_array_append_new(arg, json_pack(
		"{s:s, s:b, s:b, s:s, s:I, s:I, s:o, s:o, s:o}",
		"address", lisp_addr_str(&r->addr, s), "in-use", r->in_use,
		"probed", r->probed, "state", states[r->state], "probes", (json_int_t)r->probes,
		"replies", (json_int_t)r->replies,
		"rtt-us", r->replies ? json_integer(r->rtt) : json_null(),
		"last-reply-ms", r->replies ?
		json_integer((now - r->last_reply) / LISP_MSEC) : json_null(),
		"since-ms", r->since ?
		json_integer((now - r->since) / LISP_MSEC) : json_null()));
	return 0;
}

static json_t *rlocs(struct lispd *d)
{
	json_t *list = json_array();

	lisp_core_show_rlocs(d->core, add_rloc, list);
	return json_pack("{s:o}", "locators", list);
}

static int add_resolver(void *arg, const struct lisp_show_resolver *r)
{
	char s[LISP_STRLEN];

	json_array_append_new(arg, json_pack(
		"{s:s, s:i, s:i, s:b, s:I, s:I, s:o, s:o}",
		"address", lisp_addr_str(&r->addr, s),
		"priority", r->priority, "weight", r->weight,
		"avoided", r->avoided, "requests", (json_int_t)r->requests,
		"replies", (json_int_t)r->replies,
		"rtt-us", r->rtt ? json_integer(r->rtt) : json_null(),
		"last-reply-ms", r->replies ?
		json_integer((lispd_now() - r->last_reply) / LISP_MSEC) :
		json_null()));
	return 0;
}

static json_t *resolvers(struct lispd *d)
{
	json_t *list = json_array();

	lisp_core_show_resolvers(d->core, add_resolver, list);
	return json_pack("{s:o}", "map-resolvers", list);
}

static json_t *reload(struct lispd *d, const char **error)
{
	static char text[YAML_ERROR_LEN];

	if (!lispd_reload(d, text))
		return json_pack("{s:i}", "reloads", (int)d->reloads);
	*error = text;
	return NULL;
}

static json_t *site(struct lispd *d, json_t *args, const char **error)
{
	const char *filter = json_string_value(json_object_get(args, "site"));
	static char text[160];
	json_t *r;

	if (!d->cfg.core.map_server) {
		*error = "lispd has no role map-server";
		return NULL;
	}
	r = show_site(d->core, lispd_now(), filter);
	if (!r) {
		snprintf(text, sizeof(text), "no site '%.100s'", filter);
		*error = text;
	}
	return r;
}

json_t *command_run(void *ctx, struct control_client *from,
		    const char *command, json_t *args, const char **error,
		    bool *later)
{
	struct lispd *d = ctx;

	if (!strcmp(command, "show-database"))
		return show_database(d->core, lispd_now());
	if (!strcmp(command, "show-site"))
		return site(d, args, error);
	if (!strcmp(command, "show-statistics"))
		return statistics(d);
	if (!strcmp(command, "show-requests"))
		return requests(d);
	if (!strcmp(command, "show-rlocs"))
		return rlocs(d);
	if (!strcmp(command, "show-map-resolvers"))
		return resolvers(d);
	if (!strcmp(command, "lig"))
		return lig(d, from, args, error, later);
	if (!strcmp(command, "reload"))
		return reload(d, error);
	*error = "no such command; allowed: show-database, show-site, "
		"show-statistics, show-requests, show-rlocs, "
		"show-map-resolvers, lig, reload, debug";
	return NULL;
}
