// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl show map-cache: mappings, and EIDs that packets wait for.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lispctl.h"

static const char *map_state(const struct lisp_nl_map *m)
{
	if (m->action == LISP_MAP_ACTION_FORWARD && m->n_locators)
		return "complete";
	return m->action == LISP_MAP_ACTION_SEND_MAP_REQUEST ? NULL :
		"negative";
}

static const char *rloc_state(const struct lisp_nl_locator *l)
{
	if (l->priority == LISP_PRIORITY_UNUSED)
		return "unused";
	return l->has_state && l->state == LISP_RLOC_STATE_DOWN ? "down" : "up";
}

static void print_locators(const struct lisp_nl_map *m)
{
	static const char *const head[] = {
		"Locator", "Uptime", "State", "Pri/Wgt",
	};
	struct table *t = table_new(4);
	char addr[LISP_STRLEN], up[TIMELEN], pw[16];
	unsigned int i;

	table_row(t, head);
	duration(m->uptime, up);
	for (i = 0; i < m->n_locators; i++) {
		const struct lisp_nl_locator *l = &m->locators[i];
		const char *row[] = { addr, up, rloc_state(l), pw };

		lisp_addr_str(&l->addr, addr);
		snprintf(pw, sizeof(pw), "%u/%u", l->priority, l->weight);
		table_row(t, row);
	}
	table_print(t, "  ");
}

static void print_map(const struct lisp_nl_map *m, bool detail)
{
	char eid[LISP_STRLEN], up[TIMELEN], exp[TIMELEN], idle[TIMELEN];
	const char *state = map_state(m);

	printf("%s, uptime: %s, expires: %s, via %s", lisp_eid_str(&m->eid, eid),
	       duration(m->uptime, up),
	       m->has_expires ? duration(m->expires, exp) : "never",
	       lisp_nl_origin_str(m->origin));
	if (state)
		printf(", %s", state);
	if (!m->n_locators)
		printf(", action: %s", lisp_nl_action_str(m->action));
	putchar('\n');
	if (detail)
		printf("  Packets: %" PRIu64 ", bytes: %" PRIu64
		       ", last used: %s%s\n", m->packets, m->bytes,
		       m->has_idle ? duration(m->idle, idle) : "never",
		       m->has_idle ? " ago" : "");
	if (m->n_locators)
		print_locators(m);
}

static void print_pending(const struct map_item *it, uint64_t park_time)
{
	char eid[LISP_STRLEN], up[TIMELEN], exp[TIMELEN];

	printf("%s, uptime: %s, expires: %s, incomplete, packets waiting: %"
	       PRIu64 "\n", lisp_eid_str(&it->eid, eid),
	       duration(it->uptime, up),
	       duration(park_time > it->uptime ? park_time - it->uptime : 0,
			exp), it->packets);
}

static json_t *json_locators(const struct lisp_nl_map *m)
{
	json_t *list = json_array();
	char addr[LISP_STRLEN];
	unsigned int i;

	for (i = 0; i < m->n_locators; i++) {
		const struct lisp_nl_locator *l = &m->locators[i];

		json_array_append_new(list, json_pack(
			"{s:s, s:s, s:i, s:i, s:I, s:I}",
			"address", lisp_addr_str(&l->addr, addr),
			"state", rloc_state(l), "priority", l->priority,
			"weight", l->weight, "packets", (json_int_t)l->packets,
			"bytes", (json_int_t)l->bytes));
	}
	return list;
}

static json_t *json_msec(bool has, uint64_t msec)
{
	return has ? json_integer(msec) : json_null();
}

static json_t *json_map(const struct lisp_nl_map *m)
{
	const char *state = map_state(m);
	char eid[LISP_STRLEN];

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:I, s:I, s:o}",
			 "eid-prefix", lisp_eid_str(&m->eid, eid),
			 "state", state ? state : "negative",
			 "origin", lisp_nl_origin_str(m->origin),
			 "action", lisp_nl_action_str(m->action),
			 "uptime-ms", (json_int_t)m->uptime,
			 "expires-ms", json_msec(m->has_expires, m->expires),
			 "idle-ms", json_msec(m->has_idle, m->idle),
			 "packets", (json_int_t)m->packets,
			 "bytes", (json_int_t)m->bytes,
			 "locators", json_locators(m));
}

static json_t *json_pending(const struct map_item *it, uint64_t park_time)
{
	char eid[LISP_STRLEN];
	json_int_t left = park_time > it->uptime ? park_time - it->uptime : 0;

	return json_pack("{s:s, s:s, s:I, s:I, s:I}",
			 "eid-prefix", lisp_eid_str(&it->eid, eid),
			 "state", "incomplete",
			 "uptime-ms", (json_int_t)it->uptime,
			 "expires-ms", left,
			 "packets-waiting", (json_int_t)it->packets);
}

static int show(const struct lisp_nl_dev *dev, struct map_list *l,
		unsigned int entries, bool detail, json_t *json)
{
	uint64_t park = dev->link[IFLA_LISP_PARK_TIME];
	json_t *list = json ? json_array() : NULL;
	unsigned int i;

	map_list_sort(l);
	if (!json)
		printf("LISP Mapping Cache, %s, instance-id %u, %u entr%s\n\n",
		       dev->ifname, dev->link[IFLA_LISP_INSTANCE_ID], entries,
		       entries == 1 ? "y" : "ies");
	for (i = 0; i < l->n; i++) {
		struct map_item *it = &l->items[i];

		if (json)
			json_array_append_new(list, it->map ?
					      json_map(it->map) :
					      json_pending(it, park));
		else if (it->map)
			print_map(it->map, detail);
		else
			print_pending(it, park);
	}
	if (json)
		json_array_append_new(json, json_pack("{s:s, s:i, s:o}",
			"device", dev->ifname, "instance-id",
			(int)dev->link[IFLA_LISP_INSTANCE_ID],
			"entries", list));
	return EXIT_OK;
}

/* Of the dump, what belongs to one prefix. */
struct query {
	struct map_list *list;
	struct lisp_eid eid;
	bool host;		/* an address: longest match */
};

static void take_one(const struct nlmsghdr *nlh, void *arg)
{
	static struct lisp_nl_map map;
	struct query *q = arg;
	struct nlattr *a = lisp_nl_attr(nlh, LISP_A_MAP);

	if (a && lisp_nl_parse_map(a, &map))
		map_list_add_map(q->list, &map);
}

static int get_one(struct kernel *k, const struct lisp_nl_dev *dev,
		   struct query *q)
{
	struct nl_msg *msg = lisp_nl_msg(&k->nl, LISP_CMD_MAP_GET, 0,
					 dev->ifindex);
	struct map_list pending = { 0 };
	unsigned int i;
	int err;

	lisp_nl_put_map_eid(msg, &q->eid, q->host);
	err = lisp_nl_do(&k->nl, msg, take_one, q);
	if (err && err != -ENOENT && err != -ESRCH)
		return kernel_failed(&k->nl, dev->ifname);
	if (kernel_eids(k, LISP_CMD_PENDING_GET, dev, &pending))
		return EXIT_FAILED;
	for (i = 0; i < pending.n; i++)
		if (lisp_eid_covers(&q->eid, &pending.items[i].eid))
			map_list_add_item(q->list, &pending.items[i]);
	map_list_free(&pending);
	return EXIT_OK;
}

static int show_all(struct kernel *k, const struct lisp_nl_dev *dev,
		    json_t *json)
{
	struct map_list list = { 0 };
	unsigned int entries;
	int err;

	err = kernel_maps(k, dev, &list);
	entries = list.n;
	if (!err)
		err = kernel_eids(k, LISP_CMD_PENDING_GET, dev, &list);
	if (!err)
		err = show(dev, &list, entries, false, json);
	map_list_free(&list);
	return err;
}

static int show_one(struct kernel *k, const struct lisp_nl_dev *dev,
		    struct query *q, json_t *json, unsigned int *found)
{
	struct map_list list = { 0 };
	unsigned int entries = 0, i;
	int err;

	q->list = &list;
	err = get_one(k, dev, q);
	for (i = 0; i < list.n; i++)
		entries += !!list.items[i].map;
	*found += list.n;
	if (!err && (list.n || json))
		err = show(dev, &list, entries, true, json);
	map_list_free(&list);
	return err;
}

int cmd_show_map_cache(struct ctl *ctl, int argc, char **argv)
{
	struct query q = { 0 };
	json_t *json = NULL;
	unsigned int i, found = 0;
	struct kernel k;
	int err;

	if (argc) {
		err = parse_prefix(argv[0], &q.eid);
		if (err)
			return err;
		q.host = !strchr(argv[0], '/');
	}
	err = kernel_open_devs(&k, ctl->device);
	if (err)
		return err;
	if (ctl->json)
		json = json_array();
	for (i = 0; !err && i < k.n_devs; i++) {
		if (i && !json && !argc)
			putchar('\n');
		if (argc)
			err = show_one(&k, &k.devs[i], &q, json, &found);
		else
			err = show_all(&k, &k.devs[i], json);
	}
	kernel_close(&k);
	if (!err && json)
		print_json(json_pack("{s:o}", "devices", json));
	if (!err && argc && !found)
		return failed("no mapping for '%s'", argv[0]);
	return err;
}
