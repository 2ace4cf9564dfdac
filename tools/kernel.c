// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel holds, as sorted lists.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "lispctl.h"

int kernel_failed(const struct lisp_nl *nl, const char *what)
{
	return failed("%s%s%s", what, *what ? ": " : "", nl->error);
}

int kernel_open(struct kernel *k)
{
	memset(k, 0, sizeof(*k));
	if (lisp_nl_open(&k->nl))
		return kernel_failed(&k->nl, "");
	return EXIT_OK;
}

void kernel_close(struct kernel *k)
{
	lisp_nl_close(&k->nl);
	free(k->devs);
	k->devs = NULL;
}

static void take_dev(const struct nlmsghdr *nlh, void *arg)
{
	struct kernel *k = arg;
	struct lisp_nl_dev *devs;

	devs = realloc(k->devs, sizeof(*devs) * (k->n_devs + 1));
	if (!devs)
		abort();
	k->devs = devs;
	if (lisp_nl_parse_dev(nlh, &devs[k->n_devs]))
		k->n_devs++;
}

static void reset_devs(void *arg)
{
	((struct kernel *)arg)->n_devs = 0;
}

static int by_name(const void *a, const void *b)
{
	const struct lisp_nl_dev *x = a, *y = b;

	return strcmp(x->ifname, y->ifname);
}

/* Ask for all and pick: then an alien device of that name gets clear words. */
int kernel_open_devs(struct kernel *k, const char *device)
{
	unsigned int i;
	int err = kernel_open(k);

	if (err)
		return err;
	if (lisp_nl_dump(&k->nl, LISP_CMD_DEV_GET, 0, take_dev, reset_devs,
			 k)) {
		err = kernel_failed(&k->nl, "devices");
		kernel_close(k);
		return err;
	}
	if (k->n_devs)
		qsort(k->devs, k->n_devs, sizeof(*k->devs), by_name);
	if (!device)
		return EXIT_OK;
	for (i = 0; i < k->n_devs; i++)
		if (!strcmp(k->devs[i].ifname, device)) {
			k->devs[0] = k->devs[i];
			k->n_devs = 1;
			return EXIT_OK;
		}
	kernel_close(k);
	if (if_nametoindex(device))
		return failed("%s is not a LISP device", device);
	return failed("no device %s", device);
}

const struct lisp_nl_dev *kernel_target(struct kernel *k, const char *device)
{
	unsigned int i;

	if (kernel_open_devs(k, device))
		return NULL;
	if (k->n_devs == 1)
		return &k->devs[0];
	for (i = 0; i < k->n_devs; i++)
		if (!strcmp(k->devs[i].ifname, "lisp0"))
			return &k->devs[i];
	if (k->n_devs)
		failed("there are %u LISP devices: choose one with -d",
		       k->n_devs);
	else
		failed("there is no LISP device: make one with 'lispctl "
		       "device add NAME'");
	kernel_close(k);
	return NULL;
}

int kernel_send(struct kernel *k, struct nl_msg *msg, const char *what)
{
	int err = EXIT_OK;

	if (lisp_nl_do(&k->nl, msg, NULL, NULL))
		err = kernel_failed(&k->nl, what);
	kernel_close(k);
	return err;
}

/* Lists */

static struct map_item *list_add(struct map_list *l)
{
	if (l->n == l->size) {
		l->size = l->size ? 2 * l->size : 64;
		l->items = realloc(l->items, sizeof(*l->items) * l->size);
		if (!l->items)
			abort();
	}
	memset(&l->items[l->n], 0, sizeof(*l->items));
	return &l->items[l->n++];
}

void map_list_add_map(struct map_list *l, const struct lisp_nl_map *map)
{
	size_t len = offsetof(struct lisp_nl_map, locators) +
		     map->n_locators * sizeof(map->locators[0]);
	struct map_item *it = list_add(l);

	it->eid = map->eid;
	it->map = malloc(len);
	if (!it->map)
		abort();
	memcpy(it->map, map, len);
}

/* What @item points to stays with the giver. */
void map_list_add_item(struct map_list *l, const struct map_item *item)
{
	struct map_item *it = list_add(l);

	*it = *item;
	it->map = NULL;
}

static void list_reset(void *arg)
{
	struct map_list *l = arg;

	while (l->n)
		free(l->items[--l->n].map);
}

void map_list_free(struct map_list *l)
{
	list_reset(l);
	free(l->items);
	memset(l, 0, sizeof(*l));
}

static int by_eid(const void *a, const void *b)
{
	const struct map_item *x = a, *y = b;
	int d = lisp_eid_cmp(&x->eid, &y->eid);

	return d ? d : !!y->map - !!x->map;
}

void map_list_sort(struct map_list *l)
{
	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), by_eid);
}

static void take_maps(const struct nlmsghdr *nlh, void *arg)
{
	static struct lisp_nl_map map;
	struct nlattr *a;
	int rem;

	lisp_nl_for_each(a, nlh, LISP_A_MAP, rem)
		if (lisp_nl_parse_map(a, &map))
			map_list_add_map(arg, &map);
}

int kernel_maps(struct kernel *k, const struct lisp_nl_dev *dev,
		struct map_list *list)
{
	if (lisp_nl_dump(&k->nl, LISP_CMD_MAP_GET, dev->ifindex, take_maps,
			 list_reset, list))
		return kernel_failed(&k->nl, dev->ifname);
	return EXIT_OK;
}

static void take_eids(const struct nlmsghdr *nlh, void *arg)
{
	struct lisp_nl_eid eid;
	struct map_item *it;
	struct nlattr *a;
	int rem;

	lisp_nl_for_each(a, nlh, LISP_A_EID, rem) {
		if (!lisp_nl_parse_eid(a, &eid))
			continue;
		it = list_add(arg);
		it->eid = eid.eid;
		it->packets = eid.packets;
		it->uptime = eid.uptime;
	}
}

int kernel_eids(struct kernel *k, uint8_t cmd, const struct lisp_nl_dev *dev,
		struct map_list *list)
{
	struct map_list part = { 0 };
	unsigned int i;
	int err;

	err = lisp_nl_dump(&k->nl, cmd, dev->ifindex, take_eids, list_reset,
			   &part);
	for (i = 0; i < part.n; i++)
		map_list_add_item(list, &part.items[i]);
	map_list_free(&part);
	return err ? kernel_failed(&k->nl, dev->ifname) : EXIT_OK;
}
