/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses and links of this machine, as rtnetlink tells of them.
 */
#ifndef LISP_RTNL_H
#define LISP_RTNL_H

#include <net/if.h>
#include <stdbool.h>
#include "wire/addr.h"

struct event_base;
struct nlmsghdr;

struct rtnl_link {
	unsigned int ifindex;
	char name[IFNAMSIZ];
	bool up;			/* and has a carrier */
};

/* How good an address is as a locator: the greater the better. */
enum rtnl_rank {
	RTNL_LOCAL,			/* ours, but no locator */
	RTNL_DEPRECATED,
	RTNL_SECOND,			/* IPv4 secondary, IPv6 unique local */
	RTNL_FIRST,
};

struct rtnl_addr {
	struct lisp_addr addr;
	unsigned int ifindex;
	enum rtnl_rank rank;
	uint32_t made;			/* clock of the kernel, 1/100 s */
};

struct rtnl {
	struct event_base *base;
	void (*changed)(void *ctx);
	void *ctx;
	struct nl_sock *events;
	struct event *event;
	unsigned int n_links, n_addrs;
	struct rtnl_link *links;
	struct rtnl_addr *addrs;	/* by address */
	bool links_too;
};

/*
 * Calls @changed after links or addresses may have changed, once for each burst
 * of events at most; then rtnl_read(). Without rtnetlink it is logged, and
 * nothing is ever reported.
 */
void rtnl_open(struct rtnl *r, struct event_base *base,
	       void (*changed)(void *ctx), void *ctx);
void rtnl_close(struct rtnl *r);

/*
 * Read all of them anew; links only when @links. 0 or -errno, logged: then what
 * was known before holds.
 */
int rtnl_read(struct rtnl *r, bool links);

/* An address that can be sent from. */
bool rtnl_is_local(const struct rtnl *r, const struct lisp_addr *addr);
/*
 * The best address of an interface that is up, AFI NONE when there is none: a
 * preferred one before a deprecated one, then the one that is there longest, so
 * that an address is used until it goes. Never an IPv6 address that is
 * tentative or temporary, or of less than global scope.
 */
struct lisp_addr rtnl_address(const struct rtnl *r, const char *interface,
			      uint16_t afi);

/* Take one message, for rtnl_read() and tests. */
void rtnl_take(struct rtnl *r, const struct nlmsghdr *nlh);
/* All were taken. */
void rtnl_sort(struct rtnl *r);
void rtnl_forget(struct rtnl *r);

#endif
