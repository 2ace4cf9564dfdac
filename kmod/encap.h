/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From an inner packet to an outer one (ITR).
 */
#ifndef _LISP_ENCAP_H
#define _LISP_ENCAP_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include "addr.h"

struct lisp_dev;

/* Source ports carry the flow's entropy (RFC 9300 5.3). */
#define LISP_SPORT_MIN		49152
#define LISP_SPORT_RANGE	16384

/* Bytes in front of the inner packet, for either outer family. */
#define LISP_HEADROOM4 (sizeof(struct iphdr) + sizeof(struct udphdr) + \
			sizeof(struct lisphdr))
#define LISP_HEADROOM6 (sizeof(struct ipv6hdr) + sizeof(struct udphdr) + \
			sizeof(struct lisphdr))

netdev_tx_t lisp_encap_xmit(struct sk_buff *skb, struct net_device *dev);
void lisp_encap_released(struct lisp_dev *ld, struct sk_buff *skb);
bool lisp_encap_fits(struct sk_buff *skb, u8 family, unsigned int mtu);
void lisp_encap_source(const struct sk_buff *skb, u8 family,
		       struct lisp_addr *source);
bool lisp_encap_taken(struct lisp_dev *ld, const void *skbaddr,
		      unsigned int len, int err);
void lisp_encap_drop(struct lisp_dev *ld, struct sk_buff *skb,
		     unsigned int why);
void lisp_encap_drop_unreachable(struct lisp_dev *ld, struct sk_buff *skb,
				 unsigned int why);

#endif
