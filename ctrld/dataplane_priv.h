/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inside of the data plane: dataplane.c talks to the kernel, dataplane_dev.c
 * keeps the devices and what they should hold.
 */
#ifndef LISP_DATAPLANE_PRIV_H
#define LISP_DATAPLANE_PRIV_H

#include "dataplane.h"
#include "lispnl.h"

struct event;

struct dp_device {
	char name[IFNAMSIZ];
	uint32_t iid;
	unsigned int ifindex;		/* 0: not there (yet) */
	/* What to install again when the device was made anew. */
	unsigned int n_eids, n_maps;
	struct lisp_eid *eids;
	struct lisp_nl_map **maps;	/* without lifetime only */
};

struct dp_stats {
	uint64_t requests, failed, events, overflow;
};

struct dataplane {
	struct event_base *base;
	struct dataplane_ops ops;
	void *ctx;
	struct lisp_nl nl;		/* sock NULL: no module */
	struct nl_sock *events, *links;
	struct event *event, *link_event;
	unsigned int lost;		/* events, since the last dump */
	unsigned int links_lost;	/* the same of links */
	bool pitr, rtr;			/* settings of the devices */
	unsigned int n_devices;
	struct dp_device **devices;
	/* Deletions we asked for, whose events are still to come. */
	unsigned int n_dels;
	struct lisp_eid *dels;
	struct dp_stats stats;
};

/* dataplane.c */
bool dp_open_family(struct dataplane *dp);
void dp_close_family(struct dataplane *dp);
void dp_send_map(struct dataplane *dp, const struct dp_device *dev,
		 const struct lisp_nl_map *map);
void dp_send_eid(struct dataplane *dp, const struct dp_device *dev,
		 uint8_t cmd, const struct lisp_eid *eid);

/* dataplane_dev.c */
struct dp_device *dp_device_of(struct dataplane *dp, uint32_t iid);
struct dp_device *dp_device_at(struct dataplane *dp, unsigned int ifindex);
void dp_device_gone(struct dataplane *dp, unsigned int ifindex);
void dp_remember_eid(struct dp_device *dev, const struct lisp_eid *eid);
void dp_forget_eid(struct dp_device *dev, const struct lisp_eid *eid);
bool dp_knows_eid(const struct dp_device *dev, const struct lisp_eid *eid);
void dp_remember_map(struct dp_device *dev, const struct lisp_nl_map *map);
void dp_forget_map(struct dp_device *dev, const struct lisp_eid *eid);
void dp_expect_del(struct dataplane *dp, const struct lisp_eid *eid);
bool dp_expected_del(struct dataplane *dp, const struct lisp_eid *eid);

#endif
