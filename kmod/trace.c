// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints, and the end of packets.
 */
#include <linux/skbuff.h>
#include <net/ipv6.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

/* The kernel's own words, for those who watch skb:kfree_skb. */
static enum skb_drop_reason drop_reason(unsigned int why)
{
	switch (why) {
	case LISP_A_STATS_DROP_NO_ROUTE:
		return SKB_DROP_REASON_IP_OUTNOROUTES;
	case LISP_A_STATS_DROP_TOO_BIG:
		return SKB_DROP_REASON_PKT_TOO_BIG;
	case LISP_A_STATS_DROP_INNER:
		return SKB_DROP_REASON_IP_INHDR;
	case LISP_A_STATS_DROP_NO_MEMORY:
		return SKB_DROP_REASON_NOMEM;
	case LISP_A_STATS_DROP_ECN:
		return SKB_DROP_REASON_IP_TUNNEL_ECN;
	case LISP_A_STATS_DROP_LOOP:
		return SKB_DROP_REASON_RECURSION_LIMIT;
	default:
		return SKB_DROP_REASON_NOT_SPECIFIED;
	}
}

/**
 * lisp_drop() - free a packet that is not sent on, and let it be traced
 * @dev: lisp device
 * @skb: packet
 * @why: LISP_A_STATS_DROP_*; the caller has counted it
 *
 * Context: any.
 */
void lisp_drop(const struct net_device *dev, struct sk_buff *skb,
	       unsigned int why)
{
	trace_drop(dev, skb, why);
	kfree_skb_reason(skb, drop_reason(why));
}
