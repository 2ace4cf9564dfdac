/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netlink family "lisp" as lispd and lispctl speak it: requests with the
 * kernel's own words on failure, dumps that are repeated until consistent,
 * messages as C structures.
 */
#ifndef LISP_LISPNL_H
#define LISP_LISPNL_H

#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/netlink.h>
#include <linux/lisp.h>
#include "wire/addr.h"

/* A socket for requests. Events have one of their own. */
struct lisp_nl {
	struct nl_sock *sock;
	int family;			/* 0: rtnetlink */
	int err;			/* of the last request, -errno */
	char error[256];		/* the same in words */
	unsigned int error_offset;	/* into the request; 0: not said */
};

struct lisp_nl_locator {
	struct lisp_addr addr;
	uint8_t priority, weight, state;
	bool has_state;
	uint8_t reason;			/* LISP_RLOC_REASON_* */
	bool has_said;
	uint8_t said;			/* LISP_RLOC_STATE_*, a status bit */
	uint32_t mtu;			/* 0: no route */
	uint64_t packets, bytes;
};

struct lisp_nl_map {
	struct lisp_eid eid;		/* instance-ID 0: see the device */
	uint8_t action, origin;
	bool has_ttl, has_expires, has_idle;
	uint32_t ttl;			/* seconds */
	uint64_t uptime, expires, idle;	/* milliseconds */
	uint64_t packets, bytes;
	unsigned int n_locators;
	struct lisp_nl_locator locators[LISP_LOCATORS_MAX];
};

/* A local EID-prefix, or an EID that packets wait for. */
struct lisp_nl_eid {
	struct lisp_eid eid;
	uint64_t packets, uptime;
};

/* An RLOC that packets came from. */
struct lisp_nl_source {
	struct lisp_addr addr;
	uint64_t idle;			/* milliseconds since the last one */
};

struct lisp_nl_dev {
	unsigned int ifindex;
	char ifname[IFNAMSIZ];
	uint32_t entries, mtu;
	uint32_t link[IFLA_LISP_MAX + 1];
	uint64_t stats[LISP_A_STATS_MAX + 1];
};

/*
 * Open a request socket; 0 or -errno with the reason in nl->error. -ENOENT:
 * the kernel has no LISP.
 */
int lisp_nl_open(struct lisp_nl *nl);
int lisp_nl_open_route(struct lisp_nl *nl);
void lisp_nl_close(struct lisp_nl *nl);

/*
 * A socket for events in groups @groups (NULL-terminated), not blocking, with
 * a receive buffer of about @rcvbuf bytes. NULL with errno.
 */
struct nl_sock *lisp_nl_open_events(const char *const *groups, int rcvbuf);
/* The same for links and, perhaps, addresses. */
struct nl_sock *lisp_nl_open_route_events(bool addresses, int rcvbuf);
struct nl_sock *lisp_nl_open_neigh_events(int rcvbuf);
/*
 * Take at most @batch datagrams off an event socket. 0: there are no more; 1:
 * there may be; -ENOBUFS when events were lost, or another -errno. What the
 * kernel did not send is ignored.
 *
 * After -ENOBUFS the kernel drops events, and does not say so again, until all
 * that is there was taken: only then a dump misses nothing.
 */
int lisp_nl_receive(struct nl_sock *sock, unsigned int batch,
		    void (*cb)(const struct nlmsghdr *nlh, void *arg),
		    void *arg);
/*
 * The same at each wake-up, but going on where events were lost: how often is
 * added to @lost. Who gets 0, and has lost some, is to dump now.
 */
int lisp_nl_drain(struct nl_sock *sock,
		  void (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg,
		  unsigned int *lost);

/* Start a request to a device (ifindex, 0: none). Never NULL; aborts on OOM. */
struct nl_msg *lisp_nl_msg(struct lisp_nl *nl, uint8_t cmd, int flags,
			   unsigned int ifindex);
void lisp_nl_put_eid(struct nl_msg *msg, const struct lisp_eid *eid,
		     bool host);
/* @host: ask for what a packet to this address meets */
void lisp_nl_put_map_eid(struct nl_msg *msg, const struct lisp_eid *eid,
			 bool host);
/* As a whole: action, origin, ttl, locators. False when @msg has no room. */
bool lisp_nl_put_map(struct nl_msg *msg, const struct lisp_nl_map *map);
void lisp_nl_put_locator(struct nl_msg *msg, const struct lisp_addr *addr,
			 int state);

/*
 * Send @msg (and free it), wait for the answer, at most some seconds. Each
 * message of the answer goes to @cb (may be NULL). 0 or -errno, with words in
 * nl->error.
 */
int lisp_nl_do(struct lisp_nl *nl, struct nl_msg *msg,
	       void (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg);
/*
 * The same for a dump; of rtnetlink @cmd is RTM_GET*. When the kernel says that the dump is not consistent,
 * @reset(arg) is called and the dump repeated.
 */
int lisp_nl_dump(struct lisp_nl *nl, uint8_t cmd, unsigned int ifindex,
		 void (*cb)(const struct nlmsghdr *nlh, void *arg),
		 void (*reset)(void *arg), void *arg);

/*
 * The sources that a device has heard from, in no order: @list, to be freed,
 * and how many. 0 or -errno with words in nl->error and nothing to be freed.
 */
int lisp_nl_sources(struct lisp_nl *nl, unsigned int ifindex,
		    struct lisp_nl_source **list, unsigned int *n);

/*
 * Send @msg (and free it), a request of rtnetlink for a dump: once, the reader
 * does not mind what changes meanwhile.
 */
int lisp_nl_dump_route(struct lisp_nl *route, struct nl_msg *msg,
		       void (*cb)(const struct nlmsghdr *nlh, void *arg),
		       void *arg);

/* Reading messages. */
uint8_t lisp_nl_cmd(const struct nlmsghdr *nlh);
unsigned int lisp_nl_ifindex(const struct nlmsghdr *nlh);
struct nlattr *lisp_nl_attr(const struct nlmsghdr *nlh, int type);
bool lisp_nl_parse_addr(const struct nlattr *a, struct lisp_addr *addr);
bool lisp_nl_parse_locator(const struct nlattr *nest,
			   struct lisp_nl_locator *loc);
bool lisp_nl_parse_map(const struct nlattr *nest, struct lisp_nl_map *map);
bool lisp_nl_parse_eid(const struct nlattr *nest, struct lisp_nl_eid *eid);
bool lisp_nl_parse_source(const struct nlattr *nest,
			  struct lisp_nl_source *src);
bool lisp_nl_parse_dev(const struct nlmsghdr *nlh, struct lisp_nl_dev *dev);

/* The first, and the next, attribute of @type (0: any) in a message. */
struct nlattr *lisp_nl_first(const struct nlmsghdr *nlh, int type, int *rem);
struct nlattr *lisp_nl_next(struct nlattr *a, int type, int *rem);
#define lisp_nl_for_each(pos, nlh, type, rem)				\
	for ((pos) = lisp_nl_first(nlh, type, &(rem)); (pos);		\
	     (pos) = lisp_nl_next(pos, type, &(rem)))

/* Settings of a device, IFLA_LISP_*. */
struct lisp_nl_param {
	const char *name;
	uint8_t type;			/* NLA_U8, NLA_U16, NLA_U32 */
	uint32_t min, max;
	bool fixed;			/* when the device is made */
};
extern const struct lisp_nl_param lisp_nl_params[IFLA_LISP_MAX + 1];
extern const char *const lisp_nl_stats[LISP_A_STATS_MAX + 1];
void lisp_nl_put_param(struct nl_msg *msg, int attr, uint32_t value);

/*
 * Make a device by rtnetlink. @set[attr] says which of @value to pass. 0 or
 * -errno with words in nl->error.
 */
int lisp_nl_link_add(struct lisp_nl *route, const char *name,
		     const uint32_t *value, const bool *set);
int lisp_nl_link_del(struct lisp_nl *route, unsigned int ifindex);
int lisp_nl_link_up(struct lisp_nl *route, unsigned int ifindex);
/* Kind of the link of that name: 1 lisp, 0 another, -ENODEV none. */
int lisp_nl_link_kind(struct lisp_nl *route, const char *name,
		      unsigned int *ifindex, bool *up);
/* RTM_NEWLINK or RTM_DELLINK of a lisp device, else false. */
bool lisp_nl_parse_link(const struct nlmsghdr *nlh, unsigned int *ifindex,
			char name[IFNAMSIZ], bool *gone, bool *up);

const char *lisp_nl_action_str(unsigned int action);
int lisp_nl_action_parse(const char *s);
const char *lisp_nl_origin_str(unsigned int origin);
const char *lisp_nl_reason_str(unsigned int reason);
int lisp_nl_origin_parse(const char *s);

#endif
