/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's part, by netlink: devices found, made and followed; mappings
 * and local EIDs put there; misses and lifetimes reported.
 */
#ifndef LISP_DATAPLANE_H
#define LISP_DATAPLANE_H

#include "core/core.h"

struct event_base;
struct dataplane;

struct dataplane_ops {
	void (*miss)(void *ctx, const struct lisp_eid *eid,
		     const struct lisp_addr *source);
	void (*refresh)(void *ctx, const struct lisp_eid *eid);
	void (*expired)(void *ctx, const struct lisp_eid *eid);
	void (*deleted)(void *ctx, const struct lisp_eid *eid);	/* not by us */
	/* Its site says so by a locator-status-bit, a hint. */
	void (*status_bit)(void *ctx, const struct lisp_addr *rloc, bool up);
	void (*adopt)(void *ctx, const struct lisp_mapping *m);
	/* around all that is adopted, when events were lost */
	void (*adopt_begin)(void *ctx);
	void (*adopt_end)(void *ctx);
	void (*usage)(void *ctx, const struct lisp_usage *u);
	void (*source)(void *ctx, const struct lisp_addr *rloc, lisp_time idle);
};

struct dataplane *dataplane_new(struct event_base *base,
				const struct dataplane_ops *ops, void *ctx);
/* The kernel keeps forwarding with what it holds. */
void dataplane_free(struct dataplane *dp);

/*
 * Which devices to use: those not there are made, those down set up. A device
 * that cannot be had is logged, and taken when it appears. Before the core is
 * configured add what is new; afterwards drop what is no longer wanted.
 */
void dataplane_add(struct dataplane *dp, const struct lisp_config *cfg);
void dataplane_trim(struct dataplane *dp, const struct lisp_config *cfg);

/* Report what the kernel holds: mappings, then EIDs that packets wait for. */
bool dataplane_adopt(struct dataplane *dp);	/* false: not all */
void dataplane_pending(struct dataplane *dp);
/* Warn of local EID-prefixes that nobody asked for. */
void dataplane_check_eids(struct dataplane *dp);

/* Operations of the core; failures are logged. */
void dataplane_map_add(struct dataplane *dp, const struct lisp_mapping *m);
void dataplane_map_del(struct dataplane *dp, const struct lisp_eid *eid);
/* Ask about one entry: reported by ops.usage, at once, if it is there. */
void dataplane_usage(struct dataplane *dp, const struct lisp_eid *eid);
/* Ask from where packets to an instance came: reported by ops.source, at once. */
void dataplane_sources(struct dataplane *dp, uint32_t iid);
void dataplane_pending_del(struct dataplane *dp, const struct lisp_eid *eid);
void dataplane_rloc_state(struct dataplane *dp, const struct lisp_addr *rloc,
			  bool up);
void dataplane_eid_add(struct dataplane *dp, const struct lisp_eid *eid);
void dataplane_eid_del(struct dataplane *dp, const struct lisp_eid *eid);

/* The device of an instance-ID, 0 when it is not there; and back. */
unsigned int dataplane_ifindex(struct dataplane *dp, uint32_t iid);
bool dataplane_instance(struct dataplane *dp, unsigned int ifindex,
			uint32_t *iid);

/* For show statistics. */
int dataplane_show_stats(const struct dataplane *dp,
			 int (*cb)(void *arg, const char *group,
				   const char *name, uint64_t value),
			 void *arg);

#endif
