// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl monitor: what the kernel tells, one line for each event.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "lispctl.h"

#define RCVBUF	(4 << 20)
#define BATCH	64

struct monitor {
	unsigned int only;		/* ifindex, 0: all */
	bool json;
};

static const char *const names[] = {
	[LISP_CMD_MISS_NTF] = "miss",
	[LISP_CMD_MAP_NEW_NTF] = "map-new",
	[LISP_CMD_MAP_DEL_NTF] = "map-del",
	[LISP_CMD_MAP_EXPIRED_NTF] = "map-expired",
	[LISP_CMD_MAP_REFRESH_NTF] = "map-refresh",
};

static void print_map(const struct lisp_nl_map *m)
{
	char s[LISP_STRLEN], exp[TIMELEN];
	unsigned int i;

	printf(" %s, via %s", lisp_eid_str(&m->eid, s),
	       lisp_nl_origin_str(m->origin));
	if (!m->n_locators)
		printf(", action: %s", lisp_nl_action_str(m->action));
	for (i = 0; i < m->n_locators; i++)
		printf("%s %s %u/%u", i ? "" : ", rlocs:",
		       lisp_addr_str(&m->locators[i].addr, s),
		       m->locators[i].priority, m->locators[i].weight);
	if (m->has_expires)
		printf(", expires: %s", duration(m->expires, exp));
	else if (m->has_ttl)
		printf(", expires: %s", duration(m->ttl * 1000ull, exp));
	putchar('\n');
}

static void json_line(json_t *j)
{
	json_dumpf(j, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(j);
}

static json_t *json_head(const char *name, const char *dev)
{
	char now[TIMELEN];

	return json_pack("{s:s, s:s, s:s}", "time", wall_clock(now), "event",
			 name, "device", dev);
}

static void json_map_event(json_t *j, const struct lisp_nl_map *m)
{
	json_t *list = json_array();
	char s[LISP_STRLEN];
	unsigned int i;

	json_object_set_new(j, "eid-prefix",
			    json_string(lisp_eid_str(&m->eid, s)));
	json_object_set_new(j, "origin",
			    json_string(lisp_nl_origin_str(m->origin)));
	json_object_set_new(j, "action",
			    json_string(lisp_nl_action_str(m->action)));
	json_object_set_new(j, "expires-ms", m->has_expires ?
			    json_integer(m->expires) : json_null());
	for (i = 0; i < m->n_locators; i++)
		json_array_append_new(list, json_pack("{s:s, s:i, s:i}",
			"address", lisp_addr_str(&m->locators[i].addr, s),
			"priority", m->locators[i].priority,
			"weight", m->locators[i].weight));
	json_object_set_new(j, "locators", list);
}

static void miss(const struct monitor *mon, const struct nlmsghdr *nlh,
		 const char *dev)
{
	struct nlattr *a = lisp_nl_attr(nlh, LISP_A_EID);
	struct nlattr *s = lisp_nl_attr(nlh, LISP_A_SOURCE_EID);
	char eid[LISP_STRLEN], from[LISP_STRLEN] = "", now[TIMELEN];
	struct lisp_addr addr;
	struct lisp_nl_eid e;
	json_t *j;

	if (!a || !lisp_nl_parse_eid(a, &e))
		return;
	lisp_eid_str(&e.eid, eid);
	if (s && lisp_nl_parse_addr(s, &addr))
		lisp_addr_str(&addr, from);
	if (!mon->json) {
		printf("%s %s miss %s%s%s\n", wall_clock(now), dev, eid,
		       *from ? " from " : "", from);
		return;
	}
	j = json_head("miss", dev);
	json_object_set_new(j, "eid-prefix", json_string(eid));
	json_object_set_new(j, "source-eid", *from ? json_string(from) :
			    json_null());
	json_line(j);
}

static void rloc_changed(const struct monitor *mon, const struct nlmsghdr *nlh,
			 const char *dev)
{
	struct nlattr *a = lisp_nl_attr(nlh, LISP_A_LOCATOR);
	char addr[LISP_STRLEN], now[TIMELEN];
	struct lisp_nl_locator l;
	const char *reason, *said = NULL;
	json_t *j;

	if (!a || !lisp_nl_parse_locator(a, &l))
		return;
	lisp_addr_str(&l.addr, addr);
	reason = l.reason ? lisp_nl_reason_str(l.reason) : NULL;
	if (l.has_said)
		said = l.said == LISP_RLOC_STATE_UP ? "up" : "down";
	if (!mon->json) {
		printf("%s %s rloc %s %s%s%s%s%s\n", wall_clock(now), dev, addr,
		       l.state == LISP_RLOC_STATE_UP ? "up" : "down",
		       reason ? ", " : "", reason ? reason : "",
		       said ? ", status-bit " : "", said ? said : "");
		return;
	}
	j = json_head("rloc", dev);
	json_object_set_new(j, "address", json_string(addr));
	json_object_set_new(j, "state", json_string(
		l.state == LISP_RLOC_STATE_UP ? "up" : "down"));
	json_object_set_new(j, "reason", reason ? json_string(reason) :
			    json_null());
	json_object_set_new(j, "status-bit", said ? json_string(said) :
			    json_null());
	json_line(j);
}

static void take_event(const struct nlmsghdr *nlh, void *arg)
{
	static struct lisp_nl_map map;
	const struct monitor *mon = arg;
	unsigned int ifindex = lisp_nl_ifindex(nlh), cmd = lisp_nl_cmd(nlh);
	char dev[IFNAMSIZ + 16], now[TIMELEN];
	struct nlattr *a;
	json_t *j;
	int rem;

	if (mon->only && ifindex != mon->only)
		return;
	if (!if_indextoname(ifindex, dev))
		snprintf(dev, sizeof(dev), "if%u", ifindex);
	if (cmd == LISP_CMD_MISS_NTF) {
		miss(mon, nlh, dev);
		return;
	}
	if (cmd == LISP_CMD_RLOC_NTF) {
		rloc_changed(mon, nlh, dev);
		return;
	}
	if (cmd >= sizeof(names) / sizeof(names[0]) || !names[cmd])
		return;
	lisp_nl_for_each(a, nlh, LISP_A_MAP, rem) {
		if (!lisp_nl_parse_map(a, &map))
			continue;
		if (!mon->json) {
			printf("%s %s %s", wall_clock(now), dev, names[cmd]);
			print_map(&map);
			continue;
		}
		j = json_head(names[cmd], dev);
		json_map_event(j, &map);
		json_line(j);
	}
}

static int loop(struct nl_sock *sock, struct monitor *mon)
{
	struct pollfd pfd = {
		.fd = nl_socket_get_fd(sock), .events = POLLIN,
	};
	char now[TIMELEN];
	int err;

	for (;;) {
		if (fflush(stdout))
			return failed("standard output: %s", strerror(errno));
		if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
			return failed("poll: %s", strerror(errno));
		err = lisp_nl_receive(sock, BATCH, take_event, mon);
		if (err == -ENOBUFS && mon->json)
			json_line(json_head("lost", ""));
		else if (err == -ENOBUFS)
			printf("%s events were lost, too many at once\n",
			       wall_clock(now));
		else if (err < 0)
			return failed("events: %s", strerror(-err));
	}
}

int cmd_monitor(struct ctl *ctl, int argc, char **argv)
{
	static const char *const groups[] = {
		LISP_MCGRP_MISS, LISP_MCGRP_MAPCACHE, NULL,
	};
	struct monitor mon = { .json = ctl->json };
	struct nl_sock *sock;
	struct kernel k;
	int err;

	(void)argc;
	(void)argv;
	err = kernel_open_devs(&k, ctl->device);
	if (err)
		return err;
	if (ctl->device)
		mon.only = k.devs[0].ifindex;
	kernel_close(&k);
	sock = lisp_nl_open_events(groups, RCVBUF);
	if (!sock)
		return failed("events: %s", strerror(errno));
	err = loop(sock, &mon);
	nl_socket_free(sock);
	return err;
}
