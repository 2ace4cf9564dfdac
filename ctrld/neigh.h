/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hosts on this machine's links, as the kernel's neighbour table has them, and
 * the routes of those that move (lispd.yaml.5, "dynamic-eids").
 */
#ifndef LISP_NEIGH_H
#define LISP_NEIGH_H

#include "core/core.h"

struct event_base;
struct neigh;

/* What protocol the routes say they are of (rtnetlink.7, rtm_protocol). */
#define NEIGH_RTPROT	76

struct neigh_ops {
	void (*seen)(void *ctx, const struct lisp_addr *addr,
		     const char *interface);
	void (*gone)(void *ctx, const struct lisp_addr *addr,
		     const char *interface);
	/* The daemon before us has left the route of a host that is away. */
	void (*adopt)(void *ctx, const struct lisp_eid *eid);
	/* The LISP device of an instance-ID, 0: none; and the other way. */
	unsigned int (*device_of)(void *ctx, uint32_t iid);
	bool (*instance_of)(void *ctx, unsigned int ifindex, uint32_t *iid);
};

struct neigh *neigh_new(struct event_base *base, const struct neigh_ops *ops,
			void *ctx);
/* Routes stay: the next daemon takes them over. */
void neigh_free(struct neigh *n);
/*
 * Begin or end to follow the table, as @cfg has dynamic EIDs or not. After the
 * core was configured: it is told of all hosts there.
 */
void neigh_configure(struct neigh *n, const struct lisp_config *cfg);
/* What the core asks for (struct lisp_core_ops); failures are logged. */
void neigh_host(struct neigh *n, const struct lisp_eid *eid,
		const char *interface, enum lisp_host what);

#endif
