// SPDX-License-Identifier: GPL-2.0
/*
 * Hosts that move. The kernel's neighbour table says who is there: a host that
 * comes asks for its router by ARP or Neighbour Discovery, and gets an entry by
 * that; one that does not answer has a failed one. Hosts known to be there are
 * looked for from time to time; so are those that only send (snoop.c).
 *
 * The route of a host leads to its interface, or to the LISP device when it is
 * elsewhere. What was lost with an interface is put back.
 */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <event2/event.h>
#include "grow.h"
#include "lispnl.h"
#include "log.h"
#include "neigh.h"
#include "snoop.h"

#define RCVBUF		(1 << 20)
#define CHECK_SEC	30
#define HEARD_PER_SEC	50	/* hosts looked for because they send */
#define METRIC		1024	/* a route by hand of a lower one comes first */

struct item {
	struct lisp_eid eid;
	char interface[IFNAMSIZ];
	enum lisp_host where;
	bool left;		/* by the daemon before us: is it there? */
};

struct link {			/* an interface where hosts come and go */
	char interface[IFNAMSIZ];
	unsigned int ifindex;
	struct snoop *snoop;
	unsigned int n_prefixes;
	struct lisp_eid *prefixes;
};

struct neigh {
	struct event_base *base;
	struct neigh_ops ops;
	void *ctx;
	struct lisp_nl route;
	struct nl_sock *events;
	struct event *event, *timer, *changed;
	unsigned int lost;		/* events, since the last dump */
	unsigned int n_links;
	struct link *links;
	time_t heard_at;
	unsigned int heard;		/* in that second */
	bool told;			/* that nothing is heard */
	unsigned int n_items;
	struct item *items;
};

/* Items */

static struct item *find(struct neigh *n, const struct lisp_eid *eid)
{
	unsigned int i;

	for (i = 0; i < n->n_items; i++)
		if (lisp_eid_equal(&n->items[i].eid, eid))
			return &n->items[i];
	return NULL;
}

static struct item *get(struct neigh *n, const struct lisp_eid *eid)
{
	struct item *it = find(n, eid);

	if (it)
		return it;
	n->items = grow(n->items, n->n_items, sizeof(*n->items));
	it = &n->items[n->n_items++];
	memset(it, 0, sizeof(*it));
	it->eid = *eid;
	return it;
}

static void forget(struct neigh *n, struct item *it)
{
	*it = n->items[--n->n_items];
}

/* Requests */

static int family_of(const struct lisp_eid *eid)
{
	return eid->afi == LISP_AFI_IPV4 ? AF_INET : AF_INET6;
}

static void put_addr(struct nl_msg *msg, int attr, const struct lisp_eid *eid)
{
	nla_put(msg, attr, lisp_afi_bits(eid->afi) / 8, eid->bytes);
}

static struct nl_msg *new_msg(int type, int flags, const void *head,
			      size_t len)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (!msg || nlmsg_append(msg, (void *)head, len, NLMSG_ALIGNTO) < 0)
		abort();
	return msg;
}

static struct nl_msg *route_msg(const struct lisp_eid *eid, int type, int flags,
				uint8_t scope)
{
	struct rtmsg head = {
		.rtm_family = (uint8_t)family_of(eid),
		.rtm_dst_len = eid->plen,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = NEIGH_RTPROT,
		.rtm_scope = scope,
		.rtm_type = RTN_UNICAST,
	};
	struct nl_msg *msg = new_msg(type, flags, &head, sizeof(head));

	put_addr(msg, RTA_DST, eid);
	nla_put_u32(msg, RTA_PRIORITY, METRIC);
	return msg;
}

static void set_route(struct neigh *n, const struct lisp_eid *eid,
		      unsigned int ifindex)
{
	struct nl_msg *msg = route_msg(eid, RTM_NEWROUTE,
				       NLM_F_CREATE | NLM_F_REPLACE,
				       RT_SCOPE_LINK);
	char s[LISP_STRLEN];

	nla_put_u32(msg, RTA_OIF, ifindex);
	/* a link that is down gets its route when it is up: see on_timer() */
	if (lisp_nl_do(&n->route, msg, NULL, NULL) &&
	    n->route.err != -ENETDOWN && n->route.err != -ENETUNREACH)
		log_err("route of %s: %s", lisp_eid_str(eid, s),
			n->route.error);
}

static void del_route(struct neigh *n, const struct lisp_eid *eid)
{
	struct nl_msg *msg = route_msg(eid, RTM_DELROUTE, 0,
				       RT_SCOPE_NOWHERE);
	char s[LISP_STRLEN];

	if (lisp_nl_do(&n->route, msg, NULL, NULL) && n->route.err != -ESRCH)
		log_err("route of %s: %s", lisp_eid_str(eid, s),
			n->route.error);
}

static void change_neigh(struct neigh *n, const struct lisp_eid *eid,
			 const char *interface, int type, int flags,
			 uint8_t ntf)
{
	struct ndmsg head = {
		.ndm_family = (uint8_t)family_of(eid),
		.ndm_ifindex = (int)if_nametoindex(interface),
		.ndm_flags = ntf,
	};
	struct nl_msg *msg;

	if (!head.ndm_ifindex)
		return;
	msg = new_msg(type, flags, &head, sizeof(head));
	put_addr(msg, NDA_DST, eid);
	/* It may not be there, or the interface be down: nothing to do then. */
	lisp_nl_do(&n->route, msg, NULL, NULL);
}

/* The kernel asks for the host, unless it heard of it just now. */
static void look_for(struct neigh *n, const struct item *it)
{
	change_neigh(n, &it->eid, it->interface, RTM_NEWNEIGH, NLM_F_CREATE,
		     NTF_USE);
}

static void assert_route(struct neigh *n, const struct item *it)
{
	unsigned int ifindex = it->where == LISP_HOST_AWAY ?
		n->ops.device_of(n->ctx, it->eid.iid) :
		if_nametoindex(it->interface);

	if (ifindex)
		set_route(n, &it->eid, ifindex);
}

/* Filters follow, once for all that changes in one go. */
static void hosts_changed(struct neigh *n)
{
	static const struct timeval now = { 0, 0 };

	event_add(n->changed, &now);
}

void neigh_host(struct neigh *n, const struct lisp_eid *eid,
		const char *interface, enum lisp_host what)
{
	struct item *it;

	if (!n->route.sock)
		return;
	if (what == LISP_HOST_NONE) {
		it = find(n, eid);
		if (it)
			forget(n, it);
		del_route(n, eid);
		hosts_changed(n);
		return;
	}
	if (what == LISP_HOST_CHECK) {
		change_neigh(n, eid, interface, RTM_NEWNEIGH, NLM_F_CREATE,
			     NTF_USE);
		return;
	}
	it = get(n, eid);
	if (it->where != what || strcmp(it->interface, interface) || it->left)
		hosts_changed(n);
	it->where = what;
	it->left = false;
	strncpy(it->interface, interface, IFNAMSIZ - 1);
	/* Its entry goes, so that it gets a new one when it comes back. */
	if (what == LISP_HOST_AWAY)
		change_neigh(n, eid, interface, RTM_DELNEIGH, 0, 0);
	assert_route(n, it);
}

/* What the kernel says */

static bool parse_neigh(const struct nlmsghdr *nlh, struct lisp_addr *addr,
			char interface[IFNAMSIZ], uint16_t *state)
{
	const struct ndmsg *head = nlmsg_data(nlh);
	struct nlattr *tb[NDA_MAX + 1];
	size_t len;

	if (nlmsg_parse((struct nlmsghdr *)nlh, sizeof(*head), tb, NDA_MAX,
			NULL) < 0 || !tb[NDA_DST] ||
	    head->ndm_flags & NTF_PROXY ||
	    !if_indextoname((unsigned int)head->ndm_ifindex, interface))
		return false;
	memset(addr, 0, sizeof(*addr));
	addr->afi = head->ndm_family == AF_INET ? LISP_AFI_IPV4 :
		    head->ndm_family == AF_INET6 ? LISP_AFI_IPV6 :
						   LISP_AFI_NONE;
	len = lisp_afi_bits(addr->afi) / 8;
	if (!len || (size_t)nla_len(tb[NDA_DST]) != len)
		return false;
	memcpy(addr->bytes, nla_data(tb[NDA_DST]), len);
	*state = head->ndm_state;
	return true;
}

/* Of whatever instance: an interface is of one. */
static struct item *find_on(struct neigh *n, const struct lisp_addr *addr,
			    const char *interface)
{
	unsigned int i;

	for (i = 0; i < n->n_items; i++)
		if (!memcmp(n->items[i].eid.bytes, addr->bytes,
			    sizeof(addr->bytes)) &&
		    n->items[i].eid.afi == addr->afi &&
		    !strcmp(n->items[i].interface, interface))
			return &n->items[i];
	return NULL;
}

static void take_gone(struct neigh *n, const struct lisp_addr *addr,
		      const char *interface)
{
	struct item *it = find_on(n, addr, interface);

	if (it && it->left) {
		del_route(n, &it->eid);
		forget(n, it);
		return;
	}
	n->ops.gone(n->ctx, addr, interface);
}

static void take_neigh(const struct nlmsghdr *nlh, void *arg)
{
	struct neigh *n = arg;
	char interface[IFNAMSIZ];
	struct lisp_addr addr;
	struct item *it;
	uint16_t state;

	if ((nlh->nlmsg_type != RTM_NEWNEIGH &&
	     nlh->nlmsg_type != RTM_DELNEIGH) ||
	    !parse_neigh(nlh, &addr, interface, &state))
		return;
	if (nlh->nlmsg_type == RTM_DELNEIGH) {
		/* Too old for the table, or the link went: which? */
		it = find_on(n, &addr, interface);
		if (it && it->where == LISP_HOST_HERE)
			look_for(n, it);
	} else if (state & (NUD_REACHABLE | NUD_STALE | NUD_PERMANENT)) {
		n->ops.seen(n->ctx, &addr, interface);
	} else if (state & NUD_FAILED) {
		take_gone(n, &addr, interface);
	}
}

/* On a socket of its own: what is found leads to other requests. */
static void dump(struct neigh *n, int type, const void *head, size_t len,
		 void (*cb)(const struct nlmsghdr *nlh, void *arg))
{
	struct lisp_nl nl;

	if (lisp_nl_open_route(&nl) ||
	    lisp_nl_dump_route(&nl, new_msg(type, 0, head, len), cb, n))
		log_err("neighbours and routes: %s", nl.error);
	lisp_nl_close(&nl);
}

static void dump_neighs(struct neigh *n)
{
	struct ndmsg head = { 0 };	/* of both families */

	dump(n, RTM_GETNEIGH, &head, sizeof(head), take_neigh);
}

/* A route of ours, left behind: of a host elsewhere, or one that was here. */
static void take_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *head = nlmsg_data(nlh);
	struct nlattr *tb[RTA_MAX + 1];
	struct lisp_eid eid = { .plen = head->rtm_dst_len };
	struct neigh *n = arg;
	unsigned int ifindex;
	struct item *it;

	if (nlmsg_parse((struct nlmsghdr *)nlh, sizeof(*head), tb, RTA_MAX,
			NULL) < 0 || head->rtm_protocol != NEIGH_RTPROT ||
	    head->rtm_table != RT_TABLE_MAIN || !tb[RTA_DST] || !tb[RTA_OIF] ||
	    nla_len(tb[RTA_DST]) > LISP_ADDR_BYTES)
		return;
	eid.afi = head->rtm_family == AF_INET ? LISP_AFI_IPV4 : LISP_AFI_IPV6;
	memcpy(eid.bytes, nla_data(tb[RTA_DST]), nla_len(tb[RTA_DST]));
	ifindex = nla_get_u32(tb[RTA_OIF]);
	if (n->ops.instance_of(n->ctx, ifindex, &eid.iid)) {
		it = get(n, &eid);
		it->where = LISP_HOST_AWAY;
		n->ops.adopt(n->ctx, &eid);
		return;
	}
	it = get(n, &eid);
	it->where = LISP_HOST_HERE;
	it->left = true;
	if (!if_indextoname(ifindex, it->interface))
		forget(n, it);
}

static void adopt(struct neigh *n)
{
	struct rtmsg head = { .rtm_family = AF_INET };
	unsigned int i;

	dump(n, RTM_GETROUTE, &head, sizeof(head), take_route);
	head.rtm_family = AF_INET6;
	dump(n, RTM_GETROUTE, &head, sizeof(head), take_route);
	for (i = 0; i < n->n_items; i++)
		if (n->items[i].left)
			look_for(n, &n->items[i]);
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct neigh *n = arg;
	int err = lisp_nl_drain(n->events, take_neigh, n, &n->lost);

	(void)fd;
	(void)what;
	if (err < 0)
		log_err("neighbour events: %s", strerror(-err));
	if (err || !n->lost)
		return;
	n->lost = 0;
	dump_neighs(n);
}

/* Packets of hosts that are not known to be there */

static void on_heard(void *ctx, const struct lisp_addr *addr,
		     const char *interface)
{
	struct neigh *n = ctx;
	const struct item *it = find_on(n, addr, interface);
	struct lisp_eid eid = lisp_eid_from_addr(0, addr);
	time_t now = time(NULL);

	if (it && it->where == LISP_HOST_HERE && !it->left)
		return;
	if (now != n->heard_at)
		n->heard = 0;
	n->heard_at = now;
	/* whoever sends with many addresses is not to fill the table */
	if (n->heard++ < HEARD_PER_SEC)
		change_neigh(n, &eid, interface, RTM_NEWNEIGH, NLM_F_CREATE,
			     NTF_USE);
}

/* Left out are hosts that are there; of those left to us that is not known. */
static void set_filter(struct neigh *n, struct link *l)
{
	struct lisp_eid hosts[SNOOP_HOSTS_MAX + 1];
	unsigned int i, count = 0;

	for (i = 0; i < n->n_items && count <= SNOOP_HOSTS_MAX; i++)
		if (n->items[i].where == LISP_HOST_HERE && !n->items[i].left &&
		    !strcmp(n->items[i].interface, l->interface))
			hosts[count++] = n->items[i].eid;
	snoop_filter(l->snoop, l->prefixes, l->n_prefixes, hosts, count);
}

/* Interfaces come and go; a socket is of one. */
static void follow(struct neigh *n, struct link *l)
{
	unsigned int ifindex = if_nametoindex(l->interface);

	if (ifindex != l->ifindex) {
		snoop_close(l->snoop);
		l->snoop = NULL;
		l->ifindex = ifindex;
	}
	if (!l->snoop && ifindex)
		l->snoop = snoop_open(n->base, l->interface, on_heard, n);
	if (l->snoop) {
		set_filter(n, l);
	} else if (ifindex && !n->told) {
		log_warn("%s: hosts are only seen by what they ask of their "
			 "router: no packet socket (CAP_NET_RAW)",
			 l->interface);
		n->told = true;
	}
}

static void on_changed(evutil_socket_t fd, short what, void *arg)
{
	struct neigh *n = arg;
	unsigned int i;

	(void)fd;
	(void)what;
	for (i = 0; i < n->n_links; i++)
		follow(n, &n->links[i]);
}

static void drop_links(struct neigh *n)
{
	while (n->n_links) {
		n->n_links--;
		snoop_close(n->links[n->n_links].snoop);
		free(n->links[n->n_links].prefixes);
	}
	free(n->links);
	n->links = NULL;
}

static struct link *link_of(struct neigh *n, const char *interface)
{
	unsigned int i;

	for (i = 0; i < n->n_links; i++)
		if (!strcmp(n->links[i].interface, interface))
			return &n->links[i];
	strncpy(n->links[i].interface, interface, IFNAMSIZ - 1);
	n->n_links++;
	return &n->links[i];
}

static void set_links(struct neigh *n, const struct lisp_config *cfg)
{
	struct link *l;
	unsigned int i;

	drop_links(n);
	n->links = calloc(cfg->n_dynamic, sizeof(*n->links));
	if (!n->links)
		abort();
	for (i = 0; i < cfg->n_dynamic; i++) {
		l = link_of(n, cfg->dynamic[i].interface);
		if (!l->prefixes)
			l->prefixes = calloc(cfg->n_dynamic,
					     sizeof(*l->prefixes));
		if (!l->prefixes)
			abort();
		l->prefixes[l->n_prefixes++] = cfg->dynamic[i].eid;
	}
	hosts_changed(n);
}

/* Routes that went with an interface come back; hosts that went are found. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct neigh *n = arg;
	unsigned int i;

	(void)fd;
	(void)what;
	for (i = 0; i < n->n_items; i++) {
		assert_route(n, &n->items[i]);
		if (n->items[i].where == LISP_HOST_HERE)
			look_for(n, &n->items[i]);
	}
	on_changed(-1, 0, n);
}

/* Beginning and end */

static void begin(struct neigh *n)
{
	static const struct timeval every = { CHECK_SEC, 0 };

	if (lisp_nl_open_route(&n->route)) {
		log_err("neighbours: %s", n->route.error);
		return;
	}
	n->events = lisp_nl_open_neigh_events(RCVBUF);
	if (!n->events) {
		log_err("neighbour events: %s", strerror(errno));
		lisp_nl_close(&n->route);
		return;
	}
	n->event = event_new(n->base, nl_socket_get_fd(n->events),
			     EV_READ | EV_PERSIST, on_event, n);
	n->timer = event_new(n->base, -1, EV_PERSIST, on_timer, n);
	n->changed = evtimer_new(n->base, on_changed, n);
	if (!n->event || !n->timer || !n->changed || event_add(n->event, NULL) ||
	    event_add(n->timer, &every))
		abort();
	adopt(n);
}

static void end(struct neigh *n)
{
	if (!n->events)
		return;
	drop_links(n);
	event_free(n->event);
	event_free(n->timer);
	event_free(n->changed);
	nl_socket_free(n->events);
	lisp_nl_close(&n->route);
	free(n->items);
	n->events = NULL;
	n->lost = 0;
	n->items = NULL;
	n->n_items = 0;
}

void neigh_configure(struct neigh *n, const struct lisp_config *cfg)
{
	if (!cfg->etr || !cfg->n_dynamic) {
		end(n);
		return;
	}
	if (!n->events)
		begin(n);
	if (!n->events)
		return;
	set_links(n, cfg);
	dump_neighs(n);
}

struct neigh *neigh_new(struct event_base *base, const struct neigh_ops *ops,
			void *ctx)
{
	struct neigh *n = calloc(1, sizeof(*n));

	if (!n)
		abort();
	n->base = base;
	n->ops = *ops;
	n->ctx = ctx;
	return n;
}

void neigh_free(struct neigh *n)
{
	if (!n)
		return;
	end(n);
	free(n);
}
