/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels we build on, and nothing else.
 *
 * Included before every source file. The LISP_HAVE_ macros come from Kbuild,
 * which greps the headers; the code itself is written for the newest kernel.
 */
#ifndef _LISP_COMPAT_H
#define _LISP_COMPAT_H

#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/genetlink.h>
#include <net/sock.h>

#ifndef LISP_HAVE_DEV_STATS_INC
#define DEV_STATS_INC(dev, field) atomic_long_inc(&(dev)->stats.__##field)
#endif

#ifndef NLA_POLICY_MAX_LEN
#define NLA_POLICY_MAX_LEN(_len) { .type = NLA_BINARY, .len = _len }
#endif

#ifndef LISP_HAVE_DROP_TUNNEL_ECN
#define SKB_DROP_REASON_IP_TUNNEL_ECN	SKB_DROP_REASON_NOT_SPECIFIED
#endif
#ifndef LISP_HAVE_DROP_TX_TARGET
#define SKB_DROP_REASON_NO_TX_TARGET	SKB_DROP_REASON_NOT_SPECIFIED
#endif
#ifndef LISP_HAVE_DROP_RECURSION
#define SKB_DROP_REASON_RECURSION_LIMIT	SKB_DROP_REASON_NOT_SPECIFIED
#endif

/* Transmit without the queue lock: a feature bit became a field. */
static inline void lisp_dev_set_lltx(struct net_device *dev)
{
#ifdef LISP_HAVE_DEV_LLTX
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

/* TCP packets of more than 64 KiB go through UDP tunnels (BIG TCP). */
static inline void lisp_dev_set_big_tcp(struct net_device *dev)
{
#ifdef LISP_HAVE_UDP_SET_LEN
	netif_set_tso_max_size(dev, GSO_MAX_SIZE);
#endif
}

static inline void lisp_udp_set_len(struct udphdr *uh, unsigned int len)
{
#ifdef LISP_HAVE_UDP_SET_LEN
	udp_set_len(uh, len);
#else
	uh->len = htons(len);
#endif
}

static inline void lisp_sk_drops_inc(struct sock *sk)
{
#ifdef LISP_HAVE_SK_DROPS_INC
	sk_drops_inc(sk);
#else
	atomic_inc(&sk->sk_drops);
#endif
}

static inline struct nlattr **lisp_dump_attrs(struct netlink_callback *cb)
{
#ifdef LISP_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif
