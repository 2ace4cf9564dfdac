// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that go to no LISP site: back to ordinary routing, around the device
 * (action natively-forward, RFC 9301 5.4).
 *
 * What routing to use the operator says by a firewall mark:
 *
 *	lispctl device set lisp0 native-mark 4341
 *	ip rule add fwmark 4341 lookup 100
 *	ip route add default via 192.0.2.254 table 100
 *
 * The packet has been routed to the device already, and its hop was counted
 * then; it goes straight to the output of the new route. Should that lead into
 * a lisp device again, the packet is dropped: no loop.
 */
#include <linux/icmpv6.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include "native.h"
#include "device.h"
#include "encap.h"

static struct dst_entry *native_route4(struct net *net, struct sk_buff *skb,
				       u32 mark)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct flowi4 fl4 = {
		.daddr = iph->daddr,
		.saddr = iph->saddr,
		.flowi4_proto = iph->protocol,
		.flowi4_mark = mark,
		/* The source is a host's, not ours. */
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt = ip_route_output_key(net, &fl4);

	return IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
}

static struct dst_entry *native_route6(struct net *net, struct sk_buff *skb,
				       u32 mark)
{
#if IS_ENABLED(CONFIG_IPV6)
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.daddr = ip6h->daddr,
		.saddr = ip6h->saddr,
		.flowi6_proto = ip6h->nexthdr,
		.flowlabel = ip6_flowinfo(ip6h),
		.flowi6_mark = mark,
		.flowi6_flags = FLOWI_FLAG_ANYSRC,
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);
	int err = dst->error;

	if (!err)
		return dst;
	dst_release(dst);
	return ERR_PTR(err);
#else
	return ERR_PTR(-EAFNOSUPPORT);
#endif
}

/**
 * lisp_native_forward() - send a packet by ordinary routing
 * @ld: device it was routed to
 * @skb: packet, its IP header linear; consumed
 * @family: AF_INET or AF_INET6
 *
 * Context: BH disabled, under RCU.
 */
void lisp_native_forward(struct lisp_dev *ld, struct sk_buff *skb, u8 family)
{
	struct net *net = dev_net(ld->dev);
	u32 mark = READ_ONCE(ld->native_mark);
	struct dst_entry *dst;
	unsigned int len;

	if (!mark)
		goto unreachable;
	dst = family == AF_INET ? native_route4(net, skb, mark) :
				  native_route6(net, skb, mark);
	if (IS_ERR(dst))
		goto unreachable;
	if (lisp_dev_is(dst->dev)) {
		dst_release(dst);
		goto unreachable;
	}
	if (!lisp_encap_fits(skb, family, dst_mtu(dst))) {
		dst_release(dst);
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_TOO_BIG);
		return;
	}
	/* Not routed but redirected to us, by tc: what is there is not IP's. */
	if (!skb_valid_dst(skb))
		memset(skb->cb, 0, sizeof(skb->cb));
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	skb->mark = mark;
	len = skb->len;
	if (lisp_encap_taken(ld, skb, len, dst_output(net, NULL, skb)))
		lisp_count(ld->stats, LISP_A_STATS_NATIVE);
	return;

unreachable:
	lisp_encap_drop_unreachable(ld, skb, LISP_A_STATS_DROP_NATIVE);
}
