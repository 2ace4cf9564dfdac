// SPDX-License-Identifier: GPL-2.0
/*
 * What the core knows, as JSON for the control socket. Times are milliseconds
 * ago, or left; null: never.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "control.h"

static json_t *ago(lisp_time now, lisp_time then)
{
	return then ? json_integer(now > then ? (now - then) / LISP_MSEC : 0) :
		json_null();
}

static json_t *left(lisp_time now, lisp_time until)
{
	if (!until || until == LISP_TIME_NEVER)
		return json_null();
	return json_integer(until > now ? (until - now) / LISP_MSEC : 0);
}

struct shown {
	lisp_time now;
	json_t *list;			/* what is filled */
	json_t *sites;			/* by name */
	const char *filter;
	bool by_eid;
	struct lisp_eid eid, best;
};

/* Database */

static json_t *json_rlocs(const struct lisp_config_mapping *m)
{
	json_t *list = json_array();
	char s[LISP_STRLEN];
	unsigned int i;

	for (i = 0; i < m->n_rlocs; i++) {
		const struct lisp_config_rloc *r = &m->rlocs[i];
		json_t *j = json_pack("{s:o, s:i, s:i, s:b, s:s}",
			"address", r->addr.afi ?
			json_string(lisp_addr_str(&r->addr, s)) : json_null(),
			"priority", r->priority, "weight", r->weight,
			"local", r->local || !r->addr.afi, "state",
			!r->addr.afi ? "no address" :
			r->local ? "reachable" : "not probed");

		if (*r->interface)
			json_object_set_new(j, "interface",
					    json_string(r->interface));
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *json_servers(const struct shown *sh,
			    const struct lisp_show_database *d)
{
	json_t *list = json_array();
	char s[LISP_STRLEN];
	unsigned int i;

	for (i = 0; i < d->n_servers; i++)
		json_array_append_new(list, json_pack(
			"{s:s, s:b, s:o, s:o}",
			"address", lisp_addr_str(d->servers[i].addr, s),
			"registered", d->servers[i].acked,
			"last-sent-ms", ago(sh->now, d->servers[i].last_sent),
			"last-ack-ms", ago(sh->now, d->servers[i].last_ack)));
	return list;
}

static int add_mapping(void *arg, const struct lisp_show_database *d)
{
	struct shown *sh = arg;
	char s[LISP_STRLEN];

	json_array_append_new(sh->list, json_pack(
		"{s:s, s:I, s:I, s:o, s:o}",
		"eid-prefix", lisp_eid_str(&d->mapping->eid, s),
		"instance-id", (json_int_t)d->mapping->eid.iid,
		"ttl-min", (json_int_t)d->mapping->ttl_min,
		"locators", json_rlocs(d->mapping),
		"map-servers", json_servers(sh, d)));
	return 0;
}

static int add_host(void *arg, const struct lisp_show_host *h)
{
	struct shown *sh = arg;
	char s[LISP_STRLEN];

	json_array_append_new(sh->list, json_pack(
		"{s:s, s:I, s:s, s:b, s:o}",
		"eid-prefix", lisp_eid_str(&h->eid, s),
		"instance-id", (json_int_t)h->eid.iid,
		"interface", h->interface, "here", h->here,
		"since-ms", ago(sh->now, h->since)));
	return 0;
}

json_t *show_database(struct lisp_core *core, lisp_time now)
{
	struct shown sh = { .now = now, .list = json_array() };
	struct shown hosts = { .now = now, .list = json_array() };

	lisp_core_show_database(core, add_mapping, &sh);
	lisp_core_show_hosts(core, add_host, &hosts);
	return json_pack("{s:o, s:o}", "entries", sh.list, "hosts", hosts.list);
}

/* Sites */

static json_t *json_locators(const struct lisp_record *r)
{
	json_t *list = json_array();
	char s[LISP_STRLEN];
	unsigned int i;

	for (i = 0; r && i < r->n_locators; i++) {
		const struct lisp_locator *l = &r->locators[i];

		json_array_append_new(list, json_pack(
			"{s:s, s:i, s:i, s:b, s:s}",
			"address", lisp_addr_str(&l->addr, s),
			"priority", l->priority, "weight", l->weight,
			"local", l->local,
			"state", l->reachable ? "up" : "down"));
	}
	return list;
}

static json_t *hex(const uint8_t *bytes, size_t n)
{
	char s[2 * 16 + 1];
	size_t i;

	for (i = 0; i < n; i++)
		sprintf(s + 2 * i, "%02x", bytes[i]);
	return json_string(s);
}

static json_t *json_registrants(const struct shown *sh,
				const struct lisp_show_registration *r)
{
	json_t *list = json_array();
	char s[LISP_STRLEN];
	unsigned int i;

	for (i = 0; i < r->n_registrants; i++) {
		const struct lisp_show_registrant *g = &r->registrants[i];

		json_array_append_new(list, json_pack(
			"{s:s, s:o, s:b, s:o, s:o}",
			"address", lisp_addr_str(g->addr, s),
			"xtr-id", g->xtr_id ? hex(g->xtr_id, 16) : json_null(),
			"merge", g->merge,
			"last-registered-ms", ago(sh->now, g->last),
			"expires-ms", left(sh->now, g->expires)));
	}
	return list;
}

static json_t *json_registration(const struct shown *sh,
				 const struct lisp_show_registration *r)
{
	char eid[LISP_STRLEN], who[LISP_STRLEN], nonce[24];
	bool once = r->last_registered;
	json_t *j;

	snprintf(nonce, sizeof(nonce), "0x%08x-0x%08x",
		 (uint32_t)(r->nonce >> 32), (uint32_t)r->nonce);
	j = json_pack("{s:s, s:I, s:b, s:b, s:o, s:o, s:o, s:o}",
		      "eid-prefix", lisp_eid_str(r->eid, eid),
		      "instance-id", (json_int_t)r->eid->iid,
		      "configured", r->configured, "up", r->up,
		      "first-registered-ms", ago(sh->now, r->first_registered),
		      "last-registered-ms", ago(sh->now, r->last_registered),
		      "expires-ms", left(sh->now, r->up ? r->expires : 0),
		      "last-registrant", once ? json_string(lisp_addr_str(
				&r->last_registrant, who)) : json_null());
	if (!once)
		return j;
	json_object_set_new(j, "proxy-reply", json_boolean(r->proxy_reply));
	json_object_set_new(j, "map-notify", json_boolean(r->want_notify));
	json_object_set_new(j, "nonce", json_string(nonce));
	json_object_set_new(j, "xtr-id", r->has_xtr_id ?
			    hex(r->xtr_id, sizeof(r->xtr_id)) : json_null());
	json_object_set_new(j, "ttl-min",
			    json_integer(r->record ? r->record->ttl : 0));
	json_object_set_new(j, "locators", json_locators(r->record));
	json_object_set_new(j, "registrants", json_registrants(sh, r));
	return j;
}

static bool selected(const struct shown *sh,
		     const struct lisp_show_registration *r)
{
	if (!sh->filter)
		return true;
	if (sh->by_eid)
		return lisp_eid_equal(r->eid, &sh->best);
	return !strcmp(r->site, sh->filter);
}

static int add_registration(void *arg, const struct lisp_show_registration *r)
{
	struct shown *sh = arg;
	json_t *s = json_object_get(sh->sites, r->site);

	if (!selected(sh, r))
		return 0;
	if (!s) {
		s = json_pack("{s:s, s:s, s:I, s:I, s:[]}", "name", r->site,
			      "description",
			      r->description ? r->description : "",
			      "auth-failures", (json_int_t)r->auth_failures,
			      "rejected", (json_int_t)r->rejected,
			      "registrations");
		json_object_set_new(sh->sites, r->site, s);
	}
	json_array_append_new(json_object_get(s, "registrations"),
			      json_registration(sh, r));
	return 0;
}

/* The longest prefix that covers what was asked. */
static int find_best(void *arg, const struct lisp_show_registration *r)
{
	struct shown *sh = arg;

	if (lisp_eid_covers(r->eid, &sh->eid) &&
	    (!sh->by_eid || r->eid->plen > sh->best.plen)) {
		sh->best = *r->eid;
		sh->by_eid = true;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The values of an object, sorted by key. */
static json_t *sorted(json_t *object)
{
	size_t n = json_object_size(object), i = 0;
	const char **names = calloc(n ? n : 1, sizeof(*names)), *name;
	json_t *list = json_array(), *value;

	if (!names)
		abort();
	json_object_foreach(object, name, value)
		names[i++] = name;
	qsort(names, n, sizeof(*names), by_name);
	for (i = 0; i < n; i++)
		json_array_append(list, json_object_get(object, names[i]));
	free(names);
	json_decref(object);
	return list;
}

json_t *show_site(struct lisp_core *core, lisp_time now, const char *filter)
{
	struct shown sh = { .now = now, .sites = json_object(),
			    .filter = filter };

	if (filter && !lisp_eid_parse(filter, &sh.eid))
		lisp_core_show_site(core, find_best, &sh);
	lisp_core_show_site(core, add_registration, &sh);
	if (filter && !json_object_size(sh.sites)) {
		json_decref(sh.sites);
		return NULL;
	}
	return json_pack("{s:o}", "sites", sorted(sh.sites));
}

/* Counters: an object of groups */

int show_counter(void *object, const char *group, const char *name,
		 uint64_t value)
{
	json_t *g = json_object_get(object, group);

	if (!g) {
		g = json_object();
		json_object_set_new(object, group, g);
	}
	json_object_set_new(g, name, json_integer(value));
	return 0;
}
