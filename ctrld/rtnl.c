// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and links of this machine. An event only says that something has
 * changed; then all is read anew, so that nothing depends on events that may
 * have been lost.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <event2/event.h>
#include <netlink/msg.h>
#include "grow.h"
#include "lispnl.h"
#include "log.h"
#include "rtnl.h"

#define RCVBUF	(1 << 20)
#define BATCH	64

/* Messages */

static void take_link(struct rtnl *r, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = nlmsg_data(nlh);
	struct nlattr *tb[IFLA_MAX + 1];
	struct rtnl_link *l;

	if (nlmsg_parse((struct nlmsghdr *)nlh, sizeof(*ifi), tb, IFLA_MAX,
			NULL) < 0 || !tb[IFLA_IFNAME])
		return;
	r->links = grow(r->links, r->n_links, sizeof(*r->links));
	l = &r->links[r->n_links++];
	l->ifindex = ifi->ifi_index;
	l->up = (ifi->ifi_flags & IFF_UP) && (ifi->ifi_flags & IFF_RUNNING);
	nla_strlcpy(l->name, tb[IFLA_IFNAME], sizeof(l->name));
}

static bool unique_local(const struct lisp_addr *a)
{
	return a->afi == LISP_AFI_IPV6 && (a->bytes[0] & 0xfe) == 0xfc;
}

static enum rtnl_rank rank(const struct ifaddrmsg *ifa, uint32_t flags,
			   const struct lisp_addr *addr)
{
	bool v6 = ifa->ifa_family == AF_INET6;

	/* of IPv6 this flag means temporary (RFC 8981) */
	if (ifa->ifa_scope != RT_SCOPE_UNIVERSE ||
	    (v6 && flags & IFA_F_TEMPORARY))
		return RTNL_LOCAL;
	if (flags & IFA_F_DEPRECATED)
		return RTNL_DEPRECATED;
	if ((!v6 && flags & IFA_F_SECONDARY) || unique_local(addr))
		return RTNL_SECOND;
	return RTNL_FIRST;
}

/* Duplicate address detection goes on, or has found a duplicate. */
static bool not_yet(uint32_t flags)
{
	return flags & IFA_F_DADFAILED ||
	       (flags & IFA_F_TENTATIVE && !(flags & IFA_F_OPTIMISTIC));
}

static void take_addr(struct rtnl *r, const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = nlmsg_data(nlh);
	struct nlattr *tb[IFA_MAX + 1], *a;
	struct ifa_cacheinfo info = { 0 };
	struct lisp_addr addr = { 0 };
	struct rtnl_addr *p;
	uint32_t flags;

	if (nlmsg_parse((struct nlmsghdr *)nlh, sizeof(*ifa), tb, IFA_MAX,
			NULL) < 0)
		return;
	/* where there is a peer, IFA_ADDRESS is the peer's */
	a = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (!a || (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6) ||
	    nla_len(a) != (ifa->ifa_family == AF_INET ? 4 : 16))
		return;
	addr.afi = ifa->ifa_family == AF_INET ? LISP_AFI_IPV4 : LISP_AFI_IPV6;
	memcpy(addr.bytes, nla_data(a), nla_len(a));
	flags = tb[IFA_FLAGS] && nla_len(tb[IFA_FLAGS]) >= 4 ?
		nla_get_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	if (not_yet(flags) || !lisp_addr_is_rloc(&addr))
		return;
	if (tb[IFA_CACHEINFO] &&
	    nla_len(tb[IFA_CACHEINFO]) >= (int)sizeof(info))
		memcpy(&info, nla_data(tb[IFA_CACHEINFO]), sizeof(info));
	r->addrs = grow(r->addrs, r->n_addrs, sizeof(*r->addrs));
	p = &r->addrs[r->n_addrs++];
	*p = (struct rtnl_addr){
		.addr = addr, .ifindex = ifa->ifa_index,
		.rank = rank(ifa, flags, &addr), .made = info.cstamp,
	};
}

void rtnl_take(struct rtnl *r, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type == RTM_NEWLINK)
		take_link(r, nlh);
	else if (nlh->nlmsg_type == RTM_NEWADDR)
		take_addr(r, nlh);
}

static int by_addr(const void *a, const void *b)
{
	const struct rtnl_addr *x = a, *y = b;

	return lisp_addr_cmp(&x->addr, &y->addr);
}

void rtnl_sort(struct rtnl *r)
{
	if (r->n_addrs)
		qsort(r->addrs, r->n_addrs, sizeof(*r->addrs), by_addr);
}

void rtnl_forget(struct rtnl *r)
{
	free(r->links);
	free(r->addrs);
	r->links = NULL;
	r->addrs = NULL;
	r->n_links = 0;
	r->n_addrs = 0;
}

/* Reading */

static void take_message(const struct nlmsghdr *nlh, void *arg)
{
	rtnl_take(arg, nlh);
}

static void reset_links(void *arg)
{
	((struct rtnl *)arg)->n_links = 0;
}

static void reset_addrs(void *arg)
{
	((struct rtnl *)arg)->n_addrs = 0;
}

int rtnl_read(struct rtnl *r, bool links)
{
	struct rtnl new = { 0 };
	struct lisp_nl route;
	int err = lisp_nl_open_route(&route);

	r->links_too = links;
	if (!err && links)
		err = lisp_nl_dump(&route, RTM_GETLINK, 0, take_message,
				   reset_links, &new);
	if (!err)
		err = lisp_nl_dump(&route, RTM_GETADDR, 0, take_message,
				   reset_addrs, &new);
	if (err) {
		log_err("addresses of this machine: %s", route.error);
		rtnl_forget(&new);
	} else {
		rtnl_sort(&new);
		rtnl_forget(r);
		r->links = new.links;
		r->n_links = new.n_links;
		r->addrs = new.addrs;
		r->n_addrs = new.n_addrs;
	}
	lisp_nl_close(&route);
	return err;
}

/* Asking */

bool rtnl_is_local(const struct rtnl *r, const struct lisp_addr *addr)
{
	struct rtnl_addr key = { .addr = *addr };

	return r->n_addrs && bsearch(&key, r->addrs, r->n_addrs,
				     sizeof(key), by_addr);
}

static const struct rtnl_link *find_link(const struct rtnl *r,
					 const char *name)
{
	unsigned int i;

	for (i = 0; i < r->n_links; i++)
		if (!strcmp(r->links[i].name, name))
			return &r->links[i];
	return NULL;
}

/* The clock of the kernel's stamps: it wraps after 497 days. */
static uint32_t centiseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 100 + ts.tv_nsec / 10000000;
}

struct lisp_addr rtnl_address(const struct rtnl *r, const char *interface,
			      uint16_t afi)
{
	const struct rtnl_link *l = find_link(r, interface);
	const struct rtnl_addr *a, *best = NULL;
	uint32_t now = centiseconds() + 100;	/* theirs is rounded */
	struct lisp_addr none = { 0 };

	if (!l || !l->up)
		return none;
	for (a = r->addrs; a < r->addrs + r->n_addrs; a++) {
		if (a->ifindex != l->ifindex || a->addr.afi != afi ||
		    a->rank == RTNL_LOCAL)
			continue;
		if (!best || a->rank > best->rank ||
		    (a->rank == best->rank &&
		     now - a->made > now - best->made))
			best = a;
	}
	return best ? best->addr : none;
}

/* Events */

static void take_event(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtnl *r = arg;

	if (nlh->nlmsg_type == RTM_NEWADDR || nlh->nlmsg_type == RTM_DELADDR ||
	    r->links_too)
		r->changed(r->ctx);
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct rtnl *r = arg;
	int err = lisp_nl_receive(r->events, BATCH, take_event, r);

	(void)fd;
	(void)what;
	if (err == -ENOBUFS) {
		log_info("address events were lost; all are read anew");
		r->changed(r->ctx);
	} else if (err < 0) {
		log_err("address events: %s", strerror(-err));
	}
}

void rtnl_open(struct rtnl *r, struct event_base *base,
	       void (*changed)(void *ctx), void *ctx)
{
	r->base = base;
	r->changed = changed;
	r->ctx = ctx;
	r->events = lisp_nl_open_route_events(true, RCVBUF);
	if (!r->events) {
		log_err("address events: %s", strerror(errno));
		return;
	}
	r->event = event_new(base, nl_socket_get_fd(r->events),
			     EV_READ | EV_PERSIST, on_event, r);
	if (!r->event || event_add(r->event, NULL))
		abort();
}

void rtnl_close(struct rtnl *r)
{
	if (r->event)
		event_free(r->event);
	if (r->events)
		nl_socket_free(r->events);
	rtnl_forget(r);
}
