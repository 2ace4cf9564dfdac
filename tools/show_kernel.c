// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl show device, eid, rloc: lists from the kernel.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "lispctl.h"

static const char *ttl_mode(uint32_t v)
{
	return v == LISP_TTL_MODE_HIDE ? "hide" : "propagate";
}

static void print_device(const struct lisp_nl_dev *d)
{
	int i;

	printf("%s, instance-id %u, port %u, ttl-mode %s, mtu %u, entries %u\n ",
	       d->ifname, d->link[IFLA_LISP_INSTANCE_ID],
	       d->link[IFLA_LISP_PORT], ttl_mode(d->link[IFLA_LISP_TTL_MODE]),
	       d->mtu, d->entries);
	for (i = IFLA_LISP_MAX_ENTRIES; i <= IFLA_LISP_MAX; i++) {
		if (lisp_nl_params[i].type == NLA_U8)
			printf(" %s %s", lisp_nl_params[i].name,
			       d->link[i] ? "on" : "off");
		else
			printf(" %s %u", lisp_nl_params[i].name, d->link[i]);
		/* A line for the limits, one for the rest. */
		fputs(i == IFLA_LISP_MAX ? "\n" :
		      i == IFLA_LISP_MISS_RATE ? "\n " : ",", stdout);
	}
}

static json_t *json_device(const struct lisp_nl_dev *d)
{
	json_t *j = json_pack("{s:s, s:I, s:I, s:I}", "device", d->ifname,
			      "ifindex", (json_int_t)d->ifindex,
			      "mtu", (json_int_t)d->mtu,
			      "entries", (json_int_t)d->entries);
	int i;

	for (i = 1; i <= IFLA_LISP_MAX; i++)
		json_object_set_new(j, lisp_nl_params[i].name,
				    i == IFLA_LISP_TTL_MODE ?
				    json_string(ttl_mode(d->link[i])) :
				    lisp_nl_params[i].type == NLA_U8 ?
				    json_boolean(d->link[i]) :
				    json_integer(d->link[i]));
	return j;
}

int cmd_show_device(struct ctl *ctl, int argc, char **argv)
{
	json_t *json = ctl->json ? json_array() : NULL;
	struct kernel k;
	unsigned int i;
	int err;

	err = kernel_open_devs(&k, argc ? argv[0] : ctl->device);
	if (err)
		return err;
	for (i = 0; i < k.n_devs; i++) {
		if (json)
			json_array_append_new(json, json_device(&k.devs[i]));
		else
			print_device(&k.devs[i]);
	}
	kernel_close(&k);
	return json ? print_json(json_pack("{s:o}", "devices", json)) : EXIT_OK;
}

/* Local EID-prefixes */

static int show_eids(struct kernel *k, const struct lisp_nl_dev *dev,
		     json_t *json)
{
	struct map_list list = { 0 };
	char eid[LISP_STRLEN];
	json_t *eids = json ? json_array() : NULL;
	unsigned int i;
	int err;

	err = kernel_eids(k, LISP_CMD_EID_GET, dev, &list);
	map_list_sort(&list);
	if (!err && !json)
		printf("LISP Local EID Prefixes, %s, instance-id %u, %u "
		       "entr%s\n\n", dev->ifname,
		       dev->link[IFLA_LISP_INSTANCE_ID], list.n,
		       list.n == 1 ? "y" : "ies");
	for (i = 0; !err && i < list.n; i++) {
		lisp_eid_str(&list.items[i].eid, eid);
		if (json)
			json_array_append_new(eids, json_string(eid));
		else
			puts(eid);
	}
	if (json)
		json_array_append_new(json, json_pack("{s:s, s:I, s:o}",
			"device", dev->ifname, "instance-id",
			(json_int_t)dev->link[IFLA_LISP_INSTANCE_ID],
			"eid-prefixes", eids));
	map_list_free(&list);
	return err;
}

/* Locators: the same of all devices of a namespace, so ask each. */

struct rlocs {
	unsigned int n;
	struct lisp_nl_locator *list;
};

static void take_rlocs(const struct nlmsghdr *nlh, void *arg)
{
	struct lisp_nl_locator loc;
	struct rlocs *r = arg;
	struct nlattr *a;
	int rem;

	lisp_nl_for_each(a, nlh, LISP_A_LOCATOR, rem) {
		if (!lisp_nl_parse_locator(a, &loc))
			continue;
		r->list = realloc(r->list, sizeof(loc) * (r->n + 1));
		if (!r->list)
			abort();
		r->list[r->n++] = loc;
	}
}

static void reset_rlocs(void *arg)
{
	((struct rlocs *)arg)->n = 0;
}

static int by_addr(const void *a, const void *b)
{
	const struct lisp_nl_locator *x = a, *y = b;

	return lisp_addr_cmp(&x->addr, &y->addr);
}

/* What lispd's probing knows of locators; NULL: no daemon. */
static json_t *probing;

static json_t *probe_of(const struct lisp_addr *addr)
{
	char s[LISP_STRLEN];
	json_t *p;
	size_t i;

	lisp_addr_str(addr, s);
	json_array_foreach(probing, i, p) {
		const char *a = json_string_value(json_object_get(p,
								  "address"));

		if (a && !strcmp(a, s))
			return json_is_true(json_object_get(p, "probed")) ?
				p : NULL;
	}
	return NULL;
}

/* "0.123 ms", "no answer", "not in use", or "-" when it is not probed */
static const char *probe_str(const struct lisp_addr *addr, char buf[24])
{
	json_t *p = probe_of(addr), *rtt = json_object_get(p, "rtt-us");
	const char *state = json_string_value(json_object_get(p, "state"));

	if (!p)
		return "-";
	if (json_is_false(json_object_get(p, "in-use")) &&
	    !(state && !strcmp(state, "down")))
		return "not in use";
	if (!json_is_integer(rtt) || (state && !strcmp(state, "down")))
		return "no answer";
	snprintf(buf, 24, "%.3f ms", json_integer_value(rtt) / 1000.0);
	return buf;
}

/* What its site says by a locator-status-bit; NULL: nothing */
static const char *said_str(const struct lisp_nl_locator *l)
{
	if (!l->has_said)
		return NULL;
	return l->said == LISP_RLOC_STATE_UP ? "up" : "down";
}

static void print_rlocs(const struct rlocs *r)
{
	static const char *const head[] = {
		"Locator", "State", "Packets", "Bytes", "Path MTU", "Reason",
		"Probe", "Status bit",
	};
	struct table *t = table_new(8);
	char addr[LISP_STRLEN], mtu[24], pk[24], by[24], rtt[24];
	unsigned int i;

	table_row(t, head);
	for (i = 0; i < r->n; i++) {
		const struct lisp_nl_locator *l = &r->list[i];
		const char *row[] = {
			addr, l->state == LISP_RLOC_STATE_UP ? "up" : "down",
			pk, by, l->mtu ? mtu : "-",
			l->reason ? lisp_nl_reason_str(l->reason) : "-",
			probe_str(&l->addr, rtt), said_str(l) ?: "-",
		};

		lisp_addr_str(&l->addr, addr);
		snprintf(mtu, sizeof(mtu), "%u", l->mtu);
		snprintf(pk, sizeof(pk), "%" PRIu64, l->packets);
		snprintf(by, sizeof(by), "%" PRIu64, l->bytes);
		table_row(t, row);
	}
	table_print(t, "");
}

static json_t *json_rlocs(const struct rlocs *r)
{
	json_t *list = json_array();
	char addr[LISP_STRLEN];
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		const struct lisp_nl_locator *l = &r->list[i];

		json_array_append_new(list, json_pack(
			"{s:s, s:s, s:s?, s:s?, s:o, s:I, s:I, s:O?}",
			"address", lisp_addr_str(&l->addr, addr), "state",
			l->state == LISP_RLOC_STATE_UP ? "up" : "down",
			"reason", l->reason ? lisp_nl_reason_str(l->reason) :
			NULL, "status-bit", said_str(l), "path-mtu", l->mtu ? json_integer(l->mtu) :
			json_null(), "packets", (json_int_t)l->packets,
			"bytes", (json_int_t)l->bytes,
			"probe", probe_of(&l->addr)));
	}
	return list;
}

static int show_rlocs(struct kernel *k, const struct lisp_nl_dev *dev,
		      json_t *json)
{
	struct rlocs r = { 0 };

	if (lisp_nl_dump(&k->nl, LISP_CMD_RLOC_GET, dev->ifindex, take_rlocs,
			 reset_rlocs, &r)) {
		free(r.list);
		return kernel_failed(&k->nl, dev->ifname);
	}
	if (r.n)
		qsort(r.list, r.n, sizeof(*r.list), by_addr);
	if (json) {
		json_array_append_new(json, json_pack("{s:s, s:I, s:o}",
			"device", dev->ifname, "instance-id",
			(json_int_t)dev->link[IFLA_LISP_INSTANCE_ID],
			"locators", json_rlocs(&r)));
	} else {
		printf("LISP Locators, %s, instance-id %u, %u entr%s\n\n",
		       dev->ifname, dev->link[IFLA_LISP_INSTANCE_ID], r.n,
		       r.n == 1 ? "y" : "ies");
		if (r.n)
			print_rlocs(&r);
	}
	free(r.list);
	return EXIT_OK;
}

int show_devices(struct ctl *ctl, const char *device, show_fn show)
{
	json_t *json = ctl->json ? json_array() : NULL;
	struct kernel k;
	unsigned int i;
	int err;

	err = kernel_open_devs(&k, device);
	if (err)
		return err;
	for (i = 0; !err && i < k.n_devs; i++) {
		if (i && !json)
			putchar('\n');
		err = show(&k, &k.devs[i], json);
	}
	kernel_close(&k);
	if (!err && json)
		return print_json(json_pack("{s:o}", "devices", json));
	json_decref(json);
	return err;
}

int cmd_show_eid(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return show_devices(ctl, ctl->device, show_eids);
}

int cmd_show_rloc(struct ctl *ctl, int argc, char **argv)
{
	json_t *r;
	bool absent;
	int err;

	(void)argc;
	(void)argv;
	r = daemon_try(ctl, "show-rlocs", NULL, &absent);
	probing = json_object_get(r, "locators");
	err = show_devices(ctl, ctl->device, show_rlocs);
	json_decref(r);
	return err;
}

/* Counters, for show statistics */

void print_device_stats(const struct lisp_nl_dev *d)
{
	struct table *t = table_new(2);
	char value[24];
	int i;

	printf("%s, instance-id %u\n", d->ifname,
	       d->link[IFLA_LISP_INSTANCE_ID]);
	for (i = 1; i <= LISP_A_STATS_MAX; i++) {
		const char *row[] = { lisp_nl_stats[i], value };

		snprintf(value, sizeof(value), "%" PRIu64, d->stats[i]);
		if (row[0])
			table_row(t, row);
	}
	table_print(t, "  ");
}

json_t *json_device_stats(const struct lisp_nl_dev *d)
{
	json_t *c = json_object();
	int i;

	for (i = 1; i <= LISP_A_STATS_MAX; i++)
		if (lisp_nl_stats[i])
			json_object_set_new(c, lisp_nl_stats[i],
					    json_integer(d->stats[i]));
	return json_pack("{s:s, s:I, s:o}", "device", d->ifname, "instance-id",
			 (json_int_t)d->link[IFLA_LISP_INSTANCE_ID],
			 "counters", c);
}
