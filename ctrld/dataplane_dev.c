// SPDX-License-Identifier: GPL-2.0
/*
 * The devices in use: found by name, made when missing, followed when they
 * come and go, and filled again when they are new.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "dataplane_priv.h"
#include "grow.h"
#include "log.h"

#define RCVBUF	(1 << 20)

struct dp_device *dp_device_of(struct dataplane *dp, uint32_t iid)
{
	unsigned int i;

	/* the newest: during a reload there may be two, see dataplane_add() */
	for (i = dp->n_devices; i--; )
		if (dp->devices[i]->iid == iid)
			return dp->devices[i];
	return NULL;
}

struct dp_device *dp_device_at(struct dataplane *dp, unsigned int ifindex)
{
	unsigned int i;

	for (i = 0; ifindex && i < dp->n_devices; i++)
		if (dp->devices[i]->ifindex == ifindex)
			return dp->devices[i];
	return NULL;
}

static struct dp_device *device_named(struct dataplane *dp, const char *name)
{
	unsigned int i;

	for (i = dp->n_devices; i--; )
		if (!strcmp(dp->devices[i]->name, name))
			return dp->devices[i];
	return NULL;
}

/* What a device should hold */

static int find_eid(const struct dp_device *dev, const struct lisp_eid *eid)
{
	unsigned int i;

	for (i = 0; i < dev->n_eids; i++)
		if (lisp_eid_equal(&dev->eids[i], eid))
			return i;
	return -1;
}

bool dp_knows_eid(const struct dp_device *dev, const struct lisp_eid *eid)
{
	return find_eid(dev, eid) >= 0;
}

void dp_remember_eid(struct dp_device *dev, const struct lisp_eid *eid)
{
	if (dp_knows_eid(dev, eid))
		return;
	dev->eids = grow(dev->eids, dev->n_eids, sizeof(*dev->eids));
	dev->eids[dev->n_eids++] = *eid;
}

void dp_forget_eid(struct dp_device *dev, const struct lisp_eid *eid)
{
	int i = find_eid(dev, eid);

	if (i >= 0)
		dev->eids[i] = dev->eids[--dev->n_eids];
}

void dp_forget_map(struct dp_device *dev, const struct lisp_eid *eid)
{
	unsigned int i;

	for (i = 0; i < dev->n_maps; i++)
		if (lisp_eid_equal(&dev->maps[i]->eid, eid)) {
			free(dev->maps[i]);
			dev->maps[i] = dev->maps[--dev->n_maps];
			return;
		}
}

void dp_remember_map(struct dp_device *dev, const struct lisp_nl_map *map)
{
	size_t len = offsetof(struct lisp_nl_map, locators) +
		     map->n_locators * sizeof(map->locators[0]);
	struct lisp_nl_map *copy;

	dp_forget_map(dev, &map->eid);
	if (map->has_ttl)
		return;
	copy = malloc(len);
	if (!copy)
		abort();
	memcpy(copy, map, len);
	dev->maps = grow(dev->maps, dev->n_maps, sizeof(*dev->maps));
	dev->maps[dev->n_maps++] = copy;
}

void dp_expect_del(struct dataplane *dp, const struct lisp_eid *eid)
{
	dp->dels = grow(dp->dels, dp->n_dels, sizeof(*dp->dels));
	dp->dels[dp->n_dels++] = *eid;
}

bool dp_expected_del(struct dataplane *dp, const struct lisp_eid *eid)
{
	unsigned int i;

	for (i = 0; i < dp->n_dels; i++)
		if (lisp_eid_equal(&dp->dels[i], eid)) {
			dp->dels[i] = dp->dels[--dp->n_dels];
			return true;
		}
	return false;
}

/* Coming and going */

static void take_dev(const struct nlmsghdr *nlh, void *arg)
{
	lisp_nl_parse_dev(nlh, arg);
}

/* The device is of the instance that we think it is. */
static bool right_instance(struct dataplane *dp, struct dp_device *dev)
{
	struct lisp_nl_dev d = { 0 };
	struct nl_msg *msg = lisp_nl_msg(&dp->nl, LISP_CMD_DEV_GET, 0,
					 dev->ifindex);

	if (lisp_nl_do(&dp->nl, msg, take_dev, &d)) {
		log_err("%s: %s", dev->name, dp->nl.error);
		return false;
	}
	if (d.link[IFLA_LISP_INSTANCE_ID] == dev->iid)
		return true;
	log_err("%s has instance-id %u, not %u as configured: not used",
		dev->name, d.link[IFLA_LISP_INSTANCE_ID], dev->iid);
	return false;
}

/*
 * Whom a device is a proxy for (RFC 6832): hosts that are no EIDs, to
 * encapsulate what they send, or to take in what is sent to them.
 */
static void set_proxy(struct dataplane *dp, const struct dp_device *dev)
{
	struct nl_msg *msg = lisp_nl_msg(&dp->nl, LISP_CMD_DEV_SET, 0,
					 dev->ifindex);
	struct nlattr *nest = nla_nest_start(msg, LISP_A_LINK);

	lisp_nl_put_param(msg, IFLA_LISP_PITR, dp->pitr);
	lisp_nl_put_param(msg, IFLA_LISP_RTR, dp->rtr);
	nla_nest_end(msg, nest);
	dp->stats.requests++;
	if (!lisp_nl_do(&dp->nl, msg, NULL, NULL))
		return;
	dp->stats.failed++;
	log_err("%s: set pitr and rtr: %s", dev->name, dp->nl.error);
}

static void use_device(struct dataplane *dp, struct dp_device *dev,
		       unsigned int ifindex)
{
	unsigned int i;

	if (!dp_open_family(dp)) {
		log_err("%s: %s", dev->name, dp->nl.error);
		return;
	}
	dev->ifindex = ifindex;
	if (!right_instance(dp, dev)) {
		dev->ifindex = 0;
		return;
	}
	log_info("%s, instance-id %u, is in use", dev->name, dev->iid);
	set_proxy(dp, dev);
	/* it may go at any time, and with it the socket */
	for (i = 0; i < dev->n_eids && dev->ifindex; i++)
		dp_send_eid(dp, dev, LISP_CMD_EID_ADD, &dev->eids[i]);
	for (i = 0; i < dev->n_maps && dev->ifindex; i++)
		dp_send_map(dp, dev, dev->maps[i]);
}

void dp_device_gone(struct dataplane *dp, unsigned int ifindex)
{
	struct dp_device *dev = dp_device_at(dp, ifindex);
	unsigned int i;

	if (!dev)
		return;
	log_warn("%s is gone; waiting for it to come back", dev->name);
	dev->ifindex = 0;
	for (i = 0; i < dp->n_devices; i++)
		if (dp->devices[i]->ifindex)
			return;
	/* So that the module can be unloaded, and another one loaded. */
	dp_close_family(dp);
}

/* Once, when it is taken into use: to set it down later is a wish. */
static void set_up(const struct dp_device *dev, unsigned int ifindex)
{
	struct lisp_nl route;

	if (lisp_nl_open_route(&route))
		return;
	if (lisp_nl_link_up(&route, ifindex))
		log_err("%s: cannot be set up: %s", dev->name, route.error);
	lisp_nl_close(&route);
}

static void take_link(const struct nlmsghdr *nlh, void *arg)
{
	struct dataplane *dp = arg;
	char name[IFNAMSIZ];
	unsigned int ifindex;
	struct dp_device *dev;
	bool gone, up;

	if (!lisp_nl_parse_link(nlh, &ifindex, name, &gone, &up))
		return;
	dev = dp_device_at(dp, ifindex);
	if (dev && (gone || strcmp(dev->name, name)))
		dp_device_gone(dp, ifindex);
	if (gone)
		return;
	dev = device_named(dp, name);
	if (!dev || dev->ifindex == ifindex)
		return;
	if (!up)
		set_up(dev, ifindex);
	use_device(dp, dev, ifindex);
}

/* Look at all of them again, when events may have been missed. */
static void look_again(struct dataplane *dp)
{
	struct lisp_nl route;
	unsigned int i, ifindex;
	int kind;
	bool up;

	if (lisp_nl_open_route(&route))
		return;
	for (i = 0; i < dp->n_devices; i++) {
		struct dp_device *dev = dp->devices[i];

		ifindex = 0;
		kind = lisp_nl_link_kind(&route, dev->name, &ifindex, &up);
		if (kind < 0 && kind != -ENODEV) {
			/* no answer is none: no event would bring it back */
			log_err("%s: %s", dev->name, route.error);
			continue;
		}
		if (kind != 1)
			ifindex = 0;
		if (dev->ifindex && dev->ifindex != ifindex)
			dp_device_gone(dp, dev->ifindex);
		if (ifindex && !dev->ifindex)
			use_device(dp, dev, ifindex);
	}
	lisp_nl_close(&route);
}

static void on_link(evutil_socket_t fd, short what, void *arg)
{
	struct dataplane *dp = arg;
	int err = lisp_nl_drain(dp->links, take_link, dp, &dp->links_lost);

	(void)fd;
	(void)what;
	if (err < 0)
		log_err("link events: %s", strerror(-err));
	if (err || !dp->links_lost)
		return;
	dp->links_lost = 0;
	look_again(dp);
}

/* At start, and when the configuration names another */

static void make_device(struct lisp_nl *route, const struct dp_device *dev)
{
	uint32_t value[IFLA_LISP_MAX + 1] = { 0 };
	bool set[IFLA_LISP_MAX + 1] = { false };
	int err;

	value[IFLA_LISP_INSTANCE_ID] = dev->iid;
	set[IFLA_LISP_INSTANCE_ID] = true;
	err = lisp_nl_link_add(route, dev->name, value, set);
	if (err == -EOPNOTSUPP)
		log_err("%s: the kernel has no LISP: try 'modprobe lisp'; "
			"until then no packet is forwarded", dev->name);
	else if (err && err != -EEXIST)
		log_err("%s: cannot be made: %s", dev->name, route->error);
	else if (!err)
		log_info("%s: made, instance-id %u", dev->name, dev->iid);
}

static void find_device(struct dataplane *dp, struct dp_device *dev)
{
	unsigned int ifindex = 0;
	struct lisp_nl route;
	bool up = false;
	int kind;

	if (lisp_nl_open_route(&route)) {
		log_err("%s", route.error);
		return;
	}
	kind = lisp_nl_link_kind(&route, dev->name, &ifindex, &up);
	if (kind < 0) {
		make_device(&route, dev);
		kind = lisp_nl_link_kind(&route, dev->name, &ifindex, &up);
	}
	if (!kind)
		log_err("%s is not a LISP device", dev->name);
	lisp_nl_close(&route);
	if (kind != 1)
		return;
	if (!up)
		set_up(dev, ifindex);
	use_device(dp, dev, ifindex);
}

static bool wanted(const struct dp_device *dev, const struct lisp_config *cfg)
{
	unsigned int i;

	for (i = 0; lisp_config_forwards(cfg) && i < cfg->n_devices; i++)
		if (!strcmp(dev->name, cfg->devices[i].name) &&
		    dev->iid == cfg->devices[i].iid)
			return true;
	return false;
}

static void open_links(struct dataplane *dp)
{
	if (dp->links)
		return;
	dp->links = lisp_nl_open_route_events(false, RCVBUF);
	if (!dp->links) {
		log_err("link events: %s", strerror(errno));
		return;
	}
	dp->link_event = event_new(dp->base, nl_socket_get_fd(dp->links),
				   EV_READ | EV_PERSIST, on_link, dp);
	if (!dp->link_event || event_add(dp->link_event, NULL))
		abort();
}

/* An instance moves to another device: that is to hold the same. */
static void take_over(struct dp_device *dev, const struct dp_device *old)
{
	unsigned int i;

	for (i = 0; i < old->n_eids; i++)
		dp_remember_eid(dev, &old->eids[i]);
	for (i = 0; i < old->n_maps; i++)
		dp_remember_map(dev, old->maps[i]);
}

/* For the devices in use; others get it when they are taken into use. */
static void take_roles(struct dataplane *dp, const struct lisp_config *cfg)
{
	bool rtr = cfg->rtr || cfg->petr;
	unsigned int i;

	if (dp->pitr == cfg->pitr && dp->rtr == rtr)
		return;
	dp->pitr = cfg->pitr;
	dp->rtr = rtr;
	for (i = 0; i < dp->n_devices; i++)
		if (dp->devices[i]->ifindex)
			set_proxy(dp, dp->devices[i]);
}

void dataplane_add(struct dataplane *dp, const struct lisp_config *cfg)
{
	struct dp_device *dev, *old;
	unsigned int i;

	open_links(dp);
	take_roles(dp, cfg);
	for (i = 0; lisp_config_forwards(cfg) && i < cfg->n_devices; i++) {
		dev = device_named(dp, cfg->devices[i].name);
		if (dev && dev->iid == cfg->devices[i].iid)
			continue;
		dev = calloc(1, sizeof(*dev));
		if (!dev)
			abort();
		snprintf(dev->name, sizeof(dev->name), "%s",
			 cfg->devices[i].name);
		dev->iid = cfg->devices[i].iid;
		old = dp_device_of(dp, dev->iid);
		if (old)
			take_over(dev, old);
		dp->devices = grow(dp->devices, dp->n_devices,
				   sizeof(*dp->devices));
		dp->devices[dp->n_devices++] = dev;
		find_device(dp, dev);
	}
}

static void free_device(struct dp_device *dev)
{
	while (dev->n_maps)
		free(dev->maps[--dev->n_maps]);
	free(dev->maps);
	free(dev->eids);
	free(dev);
}

void dataplane_trim(struct dataplane *dp, const struct lisp_config *cfg)
{
	unsigned int i = 0;

	take_roles(dp, cfg);		/* what did not come about */
	while (i < dp->n_devices) {
		if (wanted(dp->devices[i], cfg)) {
			i++;
			continue;
		}
		free_device(dp->devices[i]);
		dp->devices[i] = dp->devices[--dp->n_devices];
	}
}

unsigned int dataplane_ifindex(struct dataplane *dp, uint32_t iid)
{
	const struct dp_device *dev = dp_device_of(dp, iid);

	return dev ? dev->ifindex : 0;
}

bool dataplane_instance(struct dataplane *dp, unsigned int ifindex,
			uint32_t *iid)
{
	const struct dp_device *dev = dp_device_at(dp, ifindex);

	if (dev)
		*iid = dev->iid;
	return dev;
}

struct dataplane *dataplane_new(struct event_base *base,
				const struct dataplane_ops *ops, void *ctx)
{
	struct dataplane *dp = calloc(1, sizeof(*dp));

	if (!dp)
		abort();
	dp->base = base;
	dp->ops = *ops;
	dp->ctx = ctx;
	return dp;
}

void dataplane_free(struct dataplane *dp)
{
	if (!dp)
		return;
	dp_close_family(dp);
	if (dp->link_event)
		event_free(dp->link_event);
	if (dp->links)
		nl_socket_free(dp->links);
	while (dp->n_devices)
		free_device(dp->devices[--dp->n_devices]);
	free(dp->devices);
	free(dp->dels);
	free(dp);
}
