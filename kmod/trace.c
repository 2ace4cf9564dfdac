// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints, and the end of packets.
 */
#include <linux/skbuff.h>
#include <net/ipv6.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

/*
 * The kernel's own words, for those who watch skb:kfree_skb; lisp:drop has
 * ours. One for each counter of drops, but of drop-output, where the stack has
 * freed the packet and said why: a refusal is what a prohibiting route would say,
 * a source out of place what the reverse-path filter would.
 */
static const enum skb_drop_reason drop_words[LISP_A_STATS_MAX + 1] = {
	[LISP_A_STATS_DROP_PARK_FULL] = SKB_DROP_REASON_FULL_RING,
	[LISP_A_STATS_DROP_PARK_TIMEOUT] = SKB_DROP_REASON_NO_TX_TARGET,
	[LISP_A_STATS_DROP_NO_ENTRY] = SKB_DROP_REASON_NO_TX_TARGET,
	[LISP_A_STATS_DROP_ACTION] = SKB_DROP_REASON_IP_OUTNOROUTES,
	[LISP_A_STATS_DROP_NATIVE] = SKB_DROP_REASON_IP_OUTNOROUTES,
	[LISP_A_STATS_DROP_NO_RLOC] = SKB_DROP_REASON_NO_TX_TARGET,
	[LISP_A_STATS_DROP_NO_ROUTE] = SKB_DROP_REASON_IP_OUTNOROUTES,
	[LISP_A_STATS_DROP_LOOP] = SKB_DROP_REASON_RECURSION_LIMIT,
	[LISP_A_STATS_DROP_TOO_BIG] = SKB_DROP_REASON_PKT_TOO_BIG,
	[LISP_A_STATS_DROP_INNER] = SKB_DROP_REASON_IP_INHDR,
	[LISP_A_STATS_DROP_SOURCE_EID] = SKB_DROP_REASON_IP_RPFILTER,
	[LISP_A_STATS_DROP_SOURCE_RLOC] = SKB_DROP_REASON_IP_RPFILTER,
	[LISP_A_STATS_DROP_DEST_EID] = SKB_DROP_REASON_IP_INADDRERRORS,
	[LISP_A_STATS_DROP_ECN] = SKB_DROP_REASON_IP_TUNNEL_ECN,
	[LISP_A_STATS_DROP_NO_MEMORY] = SKB_DROP_REASON_NOMEM,
};

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
	trace_drop(dev, skb, skb->len, why);
	kfree_skb_reason(skb, drop_words[why]);
}

/**
 * lisp_drop_freed() - let it be traced that the stack has dropped our packet
 * @dev: lisp device
 * @skbaddr: where the packet was
 * @len: its length, bytes
 * @why: LISP_A_STATS_DROP_*; the caller has counted it
 *
 * Context: any.
 */
void lisp_drop_freed(const struct net_device *dev, const void *skbaddr,
		     unsigned int len, unsigned int why)
{
	trace_drop(dev, skbaddr, len, why);
}
