// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to the kernel and its events. Which devices there are is followed
 * in dataplane_dev.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include <netlink/msg.h>
#include "dataplane_priv.h"
#include "grow.h"
#include "log.h"

#define RCVBUF		(8 << 20)

/* Requests. A failure is told once, in the kernel's words. */

static bool request(struct dataplane *dp, struct nl_msg *msg,
		    const struct dp_device *dev, const char *what,
		    const struct lisp_eid *eid, int ignore)
{
	char s[LISP_STRLEN];
	int err = lisp_nl_do(&dp->nl, msg, NULL, NULL);

	dp->stats.requests++;
	if (!err || err == ignore)
		return !err;
	dp->stats.failed++;
	log_err("%s: %s %s: %s", dev->name, what, lisp_eid_str(eid, s),
		dp->nl.error);
	if (err == -ENODEV)
		dp_device_gone(dp, dev->ifindex);
	return false;
}

static struct nl_msg *start(struct dataplane *dp, uint8_t cmd,
			    const struct lisp_eid *eid,
			    struct dp_device **dev)
{
	*dev = dp_device_of(dp, eid->iid);
	if (!*dev || !(*dev)->ifindex || !dp->nl.sock)
		return NULL;
	return lisp_nl_msg(&dp->nl, cmd, 0, (*dev)->ifindex);
}

static void fill_map(struct lisp_nl_map *map, const struct lisp_mapping *m)
{
	unsigned int i;

	memset(map, 0, offsetof(struct lisp_nl_map, locators));
	map->eid = m->eid;
	map->action = m->action;
	map->origin = m->origin;
	map->has_ttl = !m->forever;
	map->ttl = m->ttl ? m->ttl : 1;
	for (i = 0; i < m->n_locators; i++) {
		struct lisp_nl_locator *l = &map->locators[map->n_locators];

		if (!lisp_addr_is_rloc(&m->locators[i].addr) ||
		    map->n_locators == LISP_LOCATORS_MAX)
			continue;
		memset(l, 0, sizeof(*l));
		l->addr = m->locators[i].addr;
		l->priority = m->locators[i].priority;
		l->weight = m->locators[i].weight;
		map->n_locators++;
	}
	/* the kernel has no entry that forwards to nowhere */
	if (map->n_locators)
		map->action = LISP_MAP_ACTION_FORWARD;
	else if (map->action == LISP_MAP_ACTION_FORWARD)
		map->action = LISP_MAP_ACTION_DROP;
}

void dp_send_map(struct dataplane *dp, const struct dp_device *dev,
		 const struct lisp_nl_map *map)
{
	struct nl_msg *msg = lisp_nl_msg(&dp->nl, LISP_CMD_MAP_ADD, 0,
					 dev->ifindex);

	if (!lisp_nl_put_map(msg, map)) {
		nlmsg_free(msg);
		return;
	}
	request(dp, msg, dev, "add mapping", &map->eid, 0);
}

void dataplane_map_add(struct dataplane *dp, const struct lisp_mapping *m)
{
	static struct lisp_nl_map map;
	struct dp_device *dev = dp_device_of(dp, m->eid.iid);

	if (!dev)
		return;
	fill_map(&map, m);
	dp_remember_map(dev, &map);
	if (dev->ifindex && dp->nl.sock)
		dp_send_map(dp, dev, &map);
}

void dataplane_map_del(struct dataplane *dp, const struct lisp_eid *eid)
{
	struct dp_device *dev;
	struct nl_msg *msg = start(dp, LISP_CMD_MAP_DEL, eid, &dev);

	if (dev)
		dp_forget_map(dev, eid);
	if (!msg)
		return;
	lisp_nl_put_map_eid(msg, eid, false);
	/* Its event tells the core nothing new. */
	if (request(dp, msg, dev, "delete mapping", eid, -ENOENT))
		dp_expect_del(dp, eid);
}

static void take_usage(const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *a = lisp_nl_attr(nlh, LISP_A_MAP);
	static struct lisp_nl_map map;
	struct lisp_usage *u = arg;

	if (!a || !lisp_nl_parse_map(a, &map))
		return;
	u->packets = map.packets;
	u->idle = map.has_idle ? map.idle * LISP_MSEC : LISP_TIME_NEVER;
}

void dataplane_usage(struct dataplane *dp, const struct lisp_eid *eid)
{
	struct lisp_usage u = { .eid = *eid, .idle = LISP_TIME_NEVER };
	struct dp_device *dev;
	struct nl_msg *msg = start(dp, LISP_CMD_MAP_GET, eid, &dev);

	if (!msg)
		return;
	lisp_nl_put_map_eid(msg, eid, false);
	/* One that is gone will be told of as such. */
	if (!lisp_nl_do(&dp->nl, msg, take_usage, &u))
		dp->ops.usage(dp->ctx, &u);
}

void dataplane_sources(struct dataplane *dp, uint32_t iid)
{
	const struct dp_device *dev = dp_device_of(dp, iid);
	struct lisp_nl_source *list;
	unsigned int n, i;

	if (!dev || !dev->ifindex || !dp->nl.sock)
		return;
	dp->stats.requests++;
	if (lisp_nl_sources(&dp->nl, dev->ifindex, &list, &n)) {
		dp->stats.failed++;
		log_err("%s: sources: %s", dev->name, dp->nl.error);
		return;
	}
	for (i = 0; i < n; i++)
		dp->ops.source(dp->ctx, &list[i].addr,
			       list[i].idle * LISP_MSEC);
	free(list);
}

void dataplane_pending_del(struct dataplane *dp, const struct lisp_eid *eid)
{
	struct dp_device *dev;
	struct nl_msg *msg = start(dp, LISP_CMD_PENDING_DEL, eid, &dev);

	if (!msg)
		return;
	lisp_nl_put_eid(msg, eid, false);
	request(dp, msg, dev, "give up", eid, -ENOENT);
}

void dp_send_eid(struct dataplane *dp, const struct dp_device *dev,
		 uint8_t cmd, const struct lisp_eid *eid)
{
	struct nl_msg *msg = lisp_nl_msg(&dp->nl, cmd, 0, dev->ifindex);
	bool add = cmd == LISP_CMD_EID_ADD;

	lisp_nl_put_eid(msg, eid, false);
	request(dp, msg, dev, add ? "add local EID" : "delete local EID", eid,
		add ? -EEXIST : -ENOENT);
}

void dataplane_eid_add(struct dataplane *dp, const struct lisp_eid *eid)
{
	struct dp_device *dev = dp_device_of(dp, eid->iid);

	if (!dev)
		return;
	dp_remember_eid(dev, eid);
	if (dev->ifindex && dp->nl.sock)
		dp_send_eid(dp, dev, LISP_CMD_EID_ADD, eid);
}

void dataplane_eid_del(struct dataplane *dp, const struct lisp_eid *eid)
{
	struct dp_device *dev = dp_device_of(dp, eid->iid);

	if (!dev)
		return;
	dp_forget_eid(dev, eid);
	if (dev->ifindex && dp->nl.sock)
		dp_send_eid(dp, dev, LISP_CMD_EID_DEL, eid);
}

/* Of a namespace, so each device is asked; that none uses it is no failure. */
void dataplane_rloc_state(struct dataplane *dp, const struct lisp_addr *rloc,
			  bool up)
{
	struct lisp_eid shown = lisp_eid_from_addr(0, rloc);
	unsigned int i;

	for (i = 0; i < dp->n_devices && dp->nl.sock; i++) {
		struct nl_msg *msg;

		if (!dp->devices[i]->ifindex)
			continue;
		msg = lisp_nl_msg(&dp->nl, LISP_CMD_RLOC_SET, 0,
				  dp->devices[i]->ifindex);
		lisp_nl_put_locator(msg, rloc, up ? LISP_RLOC_STATE_UP :
						    LISP_RLOC_STATE_DOWN);
		request(dp, msg, dp->devices[i], up ? "set up locator" :
			"set down locator", &shown, -ENOENT);
	}
}

/* Events */

static void take_miss(struct dataplane *dp, const struct dp_device *dev,
		      const struct nlmsghdr *nlh)
{
	struct nlattr *eid = lisp_nl_attr(nlh, LISP_A_EID);
	struct nlattr *src = lisp_nl_attr(nlh, LISP_A_SOURCE_EID);
	struct lisp_addr source = { 0 };
	struct lisp_nl_eid e;

	if (!eid || !lisp_nl_parse_eid(eid, &e))
		return;
	e.eid.iid = dev->iid;
	if (src)
		lisp_nl_parse_addr(src, &source);
	dp->ops.miss(dp->ctx, &e.eid, &source);
}

static void adopt(struct dataplane *dp, const struct dp_device *dev,
		  const struct lisp_nl_map *map)
{
	static struct lisp_locator locators[LISP_LOCATORS_MAX];
	struct lisp_mapping m = {
		.eid = map->eid, .action = map->action, .origin = map->origin,
		.forever = !map->has_expires && !map->has_ttl,
		.ttl = map->has_expires ? map->expires / 1000 + 1 : map->ttl,
		.n_locators = map->n_locators, .locators = locators,
	};
	unsigned int i;

	m.eid.iid = dev->iid;
	for (i = 0; i < map->n_locators; i++)
		locators[i] = (struct lisp_locator){
			.addr = map->locators[i].addr,
			.priority = map->locators[i].priority,
			.weight = map->locators[i].weight,
			.mpriority = LISP_PRIORITY_UNUSED,
			.reachable = true,
		};
	dp->ops.adopt(dp->ctx, &m);
}

static void take_map(struct dataplane *dp, const struct dp_device *dev,
		     uint8_t cmd, struct lisp_nl_map *map)
{
	map->eid.iid = dev->iid;
	switch (cmd) {
	case LISP_CMD_MAP_NEW_NTF:
		/* by hand; what we added ourselves is known */
		if (map->origin == LISP_MAP_ORIGIN_STATIC)
			adopt(dp, dev, map);
		return;
	case LISP_CMD_MAP_DEL_NTF:
		if (!dp_expected_del(dp, &map->eid))
			dp->ops.deleted(dp->ctx, &map->eid);
		return;
	case LISP_CMD_MAP_EXPIRED_NTF:
		dp->ops.expired(dp->ctx, &map->eid);
		return;
	case LISP_CMD_MAP_REFRESH_NTF:
		dp->ops.refresh(dp->ctx, &map->eid);
		return;
	}
}

static void take_rloc(struct dataplane *dp, const struct nlmsghdr *nlh)
{
	struct nlattr *a = lisp_nl_attr(nlh, LISP_A_LOCATOR);
	struct lisp_nl_locator l;

	if (a && lisp_nl_parse_locator(a, &l) && l.has_said)
		dp->ops.status_bit(dp->ctx, &l.addr,
				   l.said == LISP_RLOC_STATE_UP);
}

static void take_event(const struct nlmsghdr *nlh, void *arg)
{
	static struct lisp_nl_map map;
	struct dataplane *dp = arg;
	const struct dp_device *dev;
	uint8_t cmd = lisp_nl_cmd(nlh);
	struct nlattr *a;
	int rem;

	dp->stats.events++;
	dev = dp_device_at(dp, lisp_nl_ifindex(nlh));
	if (!dev)
		return;
	if (cmd == LISP_CMD_MISS_NTF) {
		take_miss(dp, dev, nlh);
		return;
	}
	if (cmd == LISP_CMD_RLOC_NTF) {
		take_rloc(dp, nlh);
		return;
	}
	lisp_nl_for_each(a, nlh, LISP_A_MAP, rem)
		if (lisp_nl_parse_map(a, &map))
			take_map(dp, dev, cmd, &map);
}

/* Only when all events are taken, see lisp_nl_receive(). */
static void resync(struct dataplane *dp)
{
	dp->lost = 0;
	dp->n_dels = 0;
	dp->ops.adopt_begin(dp->ctx);
	if (dataplane_adopt(dp))
		dp->ops.adopt_end(dp->ctx);
	dataplane_pending(dp);
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct dataplane *dp = arg;
	unsigned int before = dp->lost;
	int err = lisp_nl_drain(dp->events, take_event, dp, &dp->lost);

	(void)fd;
	(void)what;
	if (!dp->events)		/* closed with the last device */
		return;
	dp->stats.overflow += dp->lost - before;
	if (!before && dp->lost)
		log_warn("events of the kernel were lost; asking it what it "
			 "holds");
	if (err < 0)
		log_err("events of the kernel: %s", strerror(-err));
	else if (!err && dp->lost)
		resync(dp);
}

/* Dumps. What came is collected first: it may have to be thrown away. */

struct collected {
	struct dataplane *dp;
	unsigned int n;
	struct { struct lisp_nl_map *map; struct lisp_eid eid; } *items;
};

static void collect(struct collected *c, struct lisp_nl_map *map,
		    const struct lisp_eid *eid)
{
	size_t len = map ? offsetof(struct lisp_nl_map, locators) +
			   map->n_locators * sizeof(map->locators[0]) : 0;

	c->items = grow(c->items, c->n, sizeof(*c->items));
	c->items[c->n].eid = *eid;
	c->items[c->n].map = map ? malloc(len) : NULL;
	if (map) {
		if (!c->items[c->n].map)
			abort();
		memcpy(c->items[c->n].map, map, len);
	}
	c->n++;
}

static void reset(void *arg)
{
	struct collected *c = arg;

	while (c->n)
		free(c->items[--c->n].map);
}

static void collect_message(const struct nlmsghdr *nlh, void *arg)
{
	static struct lisp_nl_map map;
	struct collected *c = arg;
	struct lisp_nl_eid e;
	struct nlattr *a;
	int rem;

	lisp_nl_for_each(a, nlh, LISP_A_MAP, rem)
		if (lisp_nl_parse_map(a, &map))
			collect(c, &map, &map.eid);
	lisp_nl_for_each(a, nlh, LISP_A_EID, rem)
		if (lisp_nl_parse_eid(a, &e))
			collect(c, NULL, &e.eid);
}

static bool dump(struct dataplane *dp, uint8_t cmd,
		 void (*each)(struct dataplane *dp,
			      const struct dp_device *dev,
			      const struct lisp_nl_map *map,
			      struct lisp_eid *eid))
{
	struct collected c = { .dp = dp };
	unsigned int d, i;
	bool ok = true;

	for (d = 0; d < dp->n_devices && dp->nl.sock; d++) {
		struct dp_device *dev = dp->devices[d];

		if (!dev->ifindex)
			continue;
		if (lisp_nl_dump(&dp->nl, cmd, dev->ifindex, collect_message,
				 reset, &c)) {
			log_err("%s: dump: %s", dev->name, dp->nl.error);
			ok = false;
		}
		for (i = 0; i < c.n; i++) {
			c.items[i].eid.iid = dev->iid;
			each(dp, dev, c.items[i].map, &c.items[i].eid);
		}
		reset(&c);
	}
	free(c.items);
	return ok;
}

static void each_map(struct dataplane *dp, const struct dp_device *dev,
		     const struct lisp_nl_map *map, struct lisp_eid *eid)
{
	(void)eid;
	adopt(dp, dev, map);
}

static void each_pending(struct dataplane *dp, const struct dp_device *dev,
			 const struct lisp_nl_map *map, struct lisp_eid *eid)
{
	struct lisp_addr none = { 0 };

	(void)dev;
	(void)map;
	dp->ops.miss(dp->ctx, eid, &none);
}

static void each_local(struct dataplane *dp, const struct dp_device *dev,
		       const struct lisp_nl_map *map, struct lisp_eid *eid)
{
	char s[LISP_STRLEN];

	(void)dp;
	(void)map;
	if (!dp_knows_eid(dev, eid))
		log_warn("%s: local EID-prefix %s is not in the configuration; "
			 "'lispctl eid del' removes it", dev->name,
			 lisp_eid_str(eid, s));
}

bool dataplane_adopt(struct dataplane *dp)
{
	return dump(dp, LISP_CMD_MAP_GET, each_map);
}

void dataplane_pending(struct dataplane *dp)
{
	dump(dp, LISP_CMD_PENDING_GET, each_pending);
}

void dataplane_check_eids(struct dataplane *dp)
{
	dump(dp, LISP_CMD_EID_GET, each_local);
}

/* Opening: the family may not be there yet */

bool dp_open_family(struct dataplane *dp)
{
	static const char *const groups[] = {
		LISP_MCGRP_MISS, LISP_MCGRP_MAPCACHE, NULL,
	};

	if (dp->nl.sock)
		return true;
	if (lisp_nl_open(&dp->nl))
		return false;
	dp->events = lisp_nl_open_events(groups, RCVBUF);
	if (!dp->events) {
		lisp_nl_close(&dp->nl);
		return false;
	}
	dp->event = event_new(dp->base, nl_socket_get_fd(dp->events),
			      EV_READ | EV_PERSIST, on_event, dp);
	if (!dp->event || event_add(dp->event, NULL))
		abort();
	return true;
}

void dp_close_family(struct dataplane *dp)
{
	if (dp->event)
		event_free(dp->event);
	if (dp->events)
		nl_socket_free(dp->events);
	lisp_nl_close(&dp->nl);
	dp->event = NULL;
	dp->events = NULL;
	dp->n_dels = 0;
	dp->lost = 0;
}

int dataplane_show_stats(const struct dataplane *dp,
			 int (*cb)(void *arg, const char *group,
				   const char *name, uint64_t value),
			 void *arg)
{
	const struct dp_stats *s = &dp->stats;
	int err = cb(arg, "kernel", "requests", s->requests);

	if (!err)
		err = cb(arg, "kernel", "requests-failed", s->failed);
	if (!err)
		err = cb(arg, "kernel", "events", s->events);
	return err ? err : cb(arg, "kernel", "event-overflows", s->overflow);
}
