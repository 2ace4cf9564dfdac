// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl show sources: locators that packets come from.
 */
#include <stdio.h>
#include <stdlib.h>
#include "lispctl.h"

static int by_addr(const void *a, const void *b)
{
	const struct lisp_nl_source *x = a, *y = b;

	return lisp_addr_cmp(&x->addr, &y->addr);
}

static void print_sources(const struct lisp_nl_source *list, unsigned int n)
{
	static const char *const head[] = { "Source", "Last heard" };
	char addr[LISP_STRLEN], idle[TIMELEN], ago[TIMELEN + 4];
	struct table *t = table_new(2);
	unsigned int i;

	table_row(t, head);
	for (i = 0; i < n; i++) {
		const char *row[] = { addr, ago };

		lisp_addr_str(&list[i].addr, addr);
		snprintf(ago, sizeof(ago), "%s ago",
			 duration(list[i].idle, idle));
		table_row(t, row);
	}
	table_print(t, "");
}

static json_t *json_sources(const struct lisp_nl_source *list, unsigned int n)
{
	json_t *json = json_array();
	char addr[LISP_STRLEN];
	unsigned int i;

	for (i = 0; i < n; i++)
		json_array_append_new(json, json_pack("{s:s, s:I}", "address",
			lisp_addr_str(&list[i].addr, addr),
			"idle-ms", (json_int_t)list[i].idle));
	return json;
}

static int show_sources(struct kernel *k, const struct lisp_nl_dev *dev,
			json_t *json)
{
	struct lisp_nl_source *list;
	unsigned int n;

	if (lisp_nl_sources(&k->nl, dev->ifindex, &list, &n))
		return kernel_failed(&k->nl, dev->ifname);
	if (n)
		qsort(list, n, sizeof(*list), by_addr);
	if (json) {
		json_array_append_new(json, json_pack("{s:s, s:I, s:o}",
			"device", dev->ifname, "instance-id",
			(json_int_t)dev->link[IFLA_LISP_INSTANCE_ID],
			"sources", json_sources(list, n)));
	} else {
		printf("LISP Sources, %s, instance-id %u, %u entr%s\n\n",
		       dev->ifname, dev->link[IFLA_LISP_INSTANCE_ID], n,
		       n == 1 ? "y" : "ies");
		if (n)
			print_sources(list, n);
	}
	free(list);
	return EXIT_OK;
}

int cmd_show_sources(struct ctl *ctl, int argc, char **argv)
{
	return show_devices(ctl, argc ? argv[0] : ctl->device, show_sources);
}
