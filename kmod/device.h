/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtual device and what belongs to a namespace.
 *
 * Locks, outermost first: rtnl, lisp_mapcache.lock, lisp_net.lock,
 * lisp_pending.lock (a spinlock, BH disabled). The data path takes none but
 * the last, and that only for packets that wait for a mapping; and those of
 * lisp_sources, inside which no other is taken, once a second for each source.
 */
#ifndef _LISP_DEVICE_H
#define _LISP_DEVICE_H

#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <uapi/linux/lisp.h>
#include "mapcache.h"
#include "pending.h"
#include "stats.h"

#define LISP_NET_HASH_BITS	10

/**
 * struct lisp_net - what the devices made in one namespace share
 * @net: the namespace
 * @lock: protects @rlocs, @locsets and all reference counts in them
 * @rlocs: RLOC objects by address; protected by @lock
 * @locsets: locator-sets by contents; protected by @lock
 * @devices: devices made here, wherever they are now; protected by rtnl
 * @unfreed: how many of them are yet to be freed, more than are in @devices:
 *	what they hold of @rlocs and @locsets is given back last
 * @socks: UDP sockets by port; protected by rtnl
 * @seed: for hashing what others choose
 * @n_rlocs: RLOC objects; written with @lock held
 * @underlay: work that judges the locators
 * @status: work that tells what locator-status-bits say
 * @flags: LISP_NET_*, bit numbers
 * @looked: jiffies when @underlay last ran
 * @fib: tells of changes of routes; set up by @underlay
 * @fib_followed: @fib is registered
 */
struct lisp_net {
	struct net *net;
	struct mutex lock;
	struct hlist_head rlocs[1 << LISP_NET_HASH_BITS];
	struct hlist_head locsets[1 << LISP_NET_HASH_BITS];
	struct list_head devices;
	atomic_t unfreed;
	struct list_head socks;
	u32 seed;
	unsigned int n_rlocs;
	struct delayed_work underlay;
	struct delayed_work status;
	unsigned long flags;
	unsigned long looked;
	struct notifier_block fib;
	bool fib_followed;
};

/* @underlay is to run soon. */
#define LISP_NET_KICKED	0
/* There were RLOCs, and some may be left that wait for RCU. */
#define LISP_NET_USED	1

/* Settings that are on or off, see the attributes of these names. */
#define LISP_DEV_PITR		BIT(0)
#define LISP_DEV_RTR		BIT(1)
#define LISP_DEV_STRICT_SOURCE	BIT(2)
#define LISP_DEV_DECAP_DSCP	BIT(3)
#define LISP_DEV_UDP6_ZERO_CSUM	BIT(4)
#define LISP_DEV_FRAGMENT_INNER	BIT(5)
#define LISP_DEV_HEAR_STATUS	BIT(6)

/**
 * struct lisp_dev - private part of a lisp device
 * @dev: the network device
 * @ln: the namespace it was made in, whose routing carries the outer packets;
 *	its devices are gone before it is
 * @iid: instance-ID, never changed
 * @port: UDP port, never changed
 * @ttl_mode: enum lisp_ttl_mode; written under rtnl
 * @flags: LISP_DEV_*; written under rtnl
 * @native_mark: firewall mark for what is forwarded natively; under rtnl
 * @status_bits: locator-status-bits to send, 0 for none; written under rtnl
 * @sock: sockets while the device is up, otherwise NULL; written under rtnl
 * @mc: map-cache and local EIDs
 * @pending: packets that wait for a mapping
 * @stats: counters
 * @sources: RLOCs that packets were taken in from
 * @node: in lisp_net.devices; protected by rtnl
 * @sock_node: in lisp_sock.devices while up; written under rtnl, read by RCU
 */
struct lisp_dev {
	struct net_device *dev;
	struct lisp_net *ln;
	u32 iid;
	u16 port;
	u8 ttl_mode;
	u32 flags;
	u32 native_mark;
	u32 status_bits;
	struct lisp_sock __rcu *sock;
	struct lisp_stats __percpu *stats;
	struct lisp_sources *sources;
	struct lisp_mapcache mc;
	struct lisp_pending pending;
	struct list_head node;
	struct hlist_node sock_node;
};

struct lisp_net *lisp_net(struct net *net);
bool lisp_dev_is(const struct net_device *dev);
int lisp_dev_change(struct lisp_dev *ld, struct nlattr **link,
		    struct netlink_ext_ack *extack);
int lisp_dev_fill_link(struct sk_buff *skb, const struct lisp_dev *ld);

int lisp_device_init(void);
void lisp_device_exit(void);

#endif
