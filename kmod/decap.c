// SPDX-License-Identifier: GPL-2.0
/*
 * From an outer packet to the inner one (ETR, RFC 9300 section 5.3).
 */
#include <linux/udp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include "decap.h"
#include "device.h"
#include "socket.h"
#include "source.h"
#include "status.h"
#include "trace.h"

/**
 * struct lisp_outer - what is kept of the outer header
 * @source: source address
 * @ttl: TTL or hop limit
 * @dsfield: DSCP and ECN
 */
struct lisp_outer {
	struct lisp_addr source;
	u8 ttl;
	u8 dsfield;
};

static void outer_read(const struct sk_buff *skb, struct lisp_outer *out)
{
	if (ip_hdr(skb)->version == 4) {
		out->ttl = ip_hdr(skb)->ttl;
		out->dsfield = ip_hdr(skb)->tos;
		lisp_addr_set(&out->source, AF_INET, &ip_hdr(skb)->saddr);
	} else {
		out->ttl = ipv6_hdr(skb)->hop_limit;
		out->dsfield = ipv6_get_dsfield(ipv6_hdr(skb));
		lisp_addr_set(&out->source, AF_INET6, &ipv6_hdr(skb)->saddr);
	}
}

/* What a neighbour says stays on its link: from afar it would be a forgery. */
static bool addr6_is_linklocal(const struct in6_addr *a)
{
	return (a->s6_addr32[0] & htonl(0xffc00000)) == htonl(0xfe800000);
}

/* The lengths in the inner header agree with what came, addresses are sane. */
static bool inner_valid(const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP)) {
		const struct iphdr *iph = ip_hdr(skb);
		/* Of merged packets it may be larger than its field. */
		unsigned int len = iph_totlen(skb, iph);

		return iph->ihl >= 5 && len >= iph->ihl * 4 &&
		       len <= skb->len && !ipv4_is_multicast(iph->saddr) &&
		       !ipv4_is_loopback(iph->saddr) &&
		       !ipv4_is_multicast(iph->daddr) &&
		       !ipv4_is_lbcast(iph->daddr) &&
		       !ipv4_is_loopback(iph->daddr);
	} else {
		const struct ipv6hdr *ip6h = ipv6_hdr(skb);
		int type = ipv6_addr_type(&ip6h->daddr);

		return ntohs(ip6h->payload_len) + sizeof(*ip6h) <= skb->len &&
		       !ipv6_addr_is_multicast(&ip6h->saddr) &&
		       !addr6_is_linklocal(&ip6h->saddr) &&
		       !ipv6_addr_loopback(&ip6h->saddr) &&
		       !(type & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL |
				 IPV6_ADDR_LOOPBACK));
	}
}

static bool inner_dest_allowed(struct lisp_dev *ld, const struct sk_buff *skb)
{
	if (READ_ONCE(ld->flags) & LISP_DEV_RTR)
		return true;
	if (skb->protocol == htons(ETH_P_IP))
		return lisp_mapcache_is_local(&ld->mc, AF_INET,
					      &ip_hdr(skb)->daddr);
	return lisp_mapcache_is_local(&ld->mc, AF_INET6,
				      &ipv6_hdr(skb)->daddr);
}

/*
 * Is the outer source a locator of the inner source's mapping? As long as that
 * mapping is not known the packet cannot be judged: it is refused, and the
 * mapping asked for.
 */
static bool inner_source_allowed(struct lisp_dev *ld, const struct sk_buff *skb,
				 const struct lisp_outer *out)
{
	bool v4 = skb->protocol == htons(ETH_P_IP);
	const void *saddr = v4 ? (void *)&ip_hdr(skb)->saddr :
				 (void *)&ipv6_hdr(skb)->saddr;
	const void *daddr = v4 ? (void *)&ip_hdr(skb)->daddr :
				 (void *)&ipv6_hdr(skb)->daddr;
	u8 family = v4 ? AF_INET : AF_INET6;
	const struct lisp_entry *e;

	e = lisp_mapcache_lookup(&ld->mc, family, saddr);
	if (!e)
		return false;
	if (e->action == LISP_MAP_ACTION_SEND_MAP_REQUEST)
		lisp_pending_ask(ld, family, saddr, daddr);
	return e->set && lisp_locset_has(e->set, &out->source);
}

/* A smaller outer TTL wins (RFC 9300 5.3): no path gets longer by a tunnel. */
static void inner_take_ttl(struct sk_buff *skb, u8 ttl)
{
	if (skb->protocol == htons(ETH_P_IP)) {
		struct iphdr *iph = ip_hdr(skb);

		if (ttl < iph->ttl) {
			csum_replace2(&iph->check, htons(iph->ttl << 8),
				      htons(ttl << 8));
			iph->ttl = ttl;
		}
	} else if (ttl < ipv6_hdr(skb)->hop_limit) {
		struct ipv6hdr *ip6h = ipv6_hdr(skb);

		/* No checksum of its own, but the device may have summed it. */
		skb_postpull_rcsum(skb, ip6h, sizeof(*ip6h));
		ip6h->hop_limit = ttl;
		skb_postpush_rcsum(skb, ip6h, sizeof(*ip6h));
	}
}

/* The ECN bits have been dealt with by then. */
static void inner_take_dscp(struct sk_buff *skb, u8 dsfield)
{
	u8 dscp = dsfield & ~INET_ECN_MASK;

	if (skb->protocol == htons(ETH_P_IP)) {
		ipv4_change_dsfield(ip_hdr(skb), INET_ECN_MASK, dscp);
	} else {
		struct ipv6hdr *ip6h = ipv6_hdr(skb);

		skb_postpull_rcsum(skb, ip6h, sizeof(*ip6h));
		ipv6_change_dsfield(ip6h, INET_ECN_MASK, dscp);
		skb_postpush_rcsum(skb, ip6h, sizeof(*ip6h));
	}
}

/* The LISP header is where it was, in front of the inner one. */
static noinline void inner_hear_status(struct lisp_dev *ld,
				       const struct sk_buff *skb,
				       const struct lisp_outer *out)
{
	const struct lisphdr *h = (void *)skb_network_header(skb) - sizeof(*h);

	if (skb->protocol == htons(ETH_P_IP))
		lisp_status_hear(ld, AF_INET, &ip_hdr(skb)->saddr, &out->source,
				 h);
	else
		lisp_status_hear(ld, AF_INET6, &ipv6_hdr(skb)->saddr,
				 &out->source, h);
}

static u8 inner_dsfield(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) ?
		ip_hdr(skb)->tos : ipv6_get_dsfield(ipv6_hdr(skb));
}

/*
 * Take off UDP and LISP headers.
 * Return: 0, or the counter of the drop.
 */
static unsigned int decap_strip(struct lisp_dev *ld, struct sk_buff *skb,
				__be16 proto)
{
	u32 flags = READ_ONCE(ld->flags);
	struct lisp_outer out;
	u8 before;

	outer_read(skb, &out);
	if (iptunnel_pull_header(skb, sizeof(struct udphdr) +
				 sizeof(struct lisphdr), proto,
				 !net_eq(ld->ln->net, dev_net(ld->dev))))
		return LISP_A_STATS_DROP_NO_MEMORY;
	skb_reset_network_header(skb);
	skb_reset_mac_header(skb);
	if (!pskb_inet_may_pull(skb) || !inner_valid(skb))
		return LISP_A_STATS_DROP_INNER;
	if (!inner_dest_allowed(ld, skb))
		return LISP_A_STATS_DROP_DEST_EID;
	if (flags & LISP_DEV_STRICT_SOURCE &&
	    !inner_source_allowed(ld, skb, &out))
		return LISP_A_STATS_DROP_SOURCE_RLOC;
	/* The header may be shared with a clone (a capture, say). */
	before = inner_dsfield(skb);
	if (skb_ensure_writable(skb, skb->protocol == htons(ETH_P_IP) ?
				sizeof(struct iphdr) : sizeof(struct ipv6hdr)))
		return LISP_A_STATS_DROP_NO_MEMORY;
	/* 1: odd but harmless, and logged nowhere; 2: must drop. */
	if (INET_ECN_decapsulate(skb, out.dsfield, before) > 1)
		return LISP_A_STATS_DROP_ECN;
	inner_take_ttl(skb, out.ttl);
	if (flags & LISP_DEV_DECAP_DSCP)
		inner_take_dscp(skb, out.dsfield);
	if (unlikely(flags & LISP_DEV_HEAR_STATUS))
		inner_hear_status(ld, skb, &out);
	lisp_source_hear(ld, &out.source);
	return 0;
}

static void decap_drop(struct lisp_dev *ld, struct sk_buff *skb,
		       unsigned int why)
{
	lisp_count(ld->stats, why);
	DEV_STATS_INC(ld->dev, rx_dropped);
	lisp_drop(ld->dev, skb, why);
}

static void decap_deliver(struct lisp_dev *ld, struct sk_buff *skb)
{
	skb->dev = ld->dev;
	skb->pkt_type = PACKET_HOST;
	dev_sw_netstats_rx_add(ld->dev, skb->len);
	trace_decap(ld->dev, skb);
	netif_rx(skb);
}

/* The inner version is in the first nibble, whatever the flags say. */
static __be16 inner_proto(struct sk_buff *skb)
{
	const u8 *first;
	u8 buf;

	first = skb_header_pointer(skb, sizeof(struct udphdr) +
				   sizeof(struct lisphdr), 1, &buf);
	if (!first)
		return 0;
	switch (*first >> 4) {
	case 4:
		return htons(ETH_P_IP);
	case 6:
		return htons(ETH_P_IPV6);
	default:
		return 0;
	}
}

/**
 * lisp_decap_rcv() - encap_rcv of the UDP sockets
 * @sk: socket
 * @skb: packet, data at the UDP header, network header the outer one
 *
 * Reserved header bits are ignored; the instance-ID is read only when the I
 * bit is set.
 *
 * Context: BH disabled, under RCU.
 * Return: 0; the packet is always consumed.
 */
int lisp_decap_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct lisp_sock *ls = rcu_dereference_sk_user_data(sk);
	enum skb_drop_reason reason = SKB_DROP_REASON_HDR_TRUNC;
	struct lisp_dev *ld;
	unsigned int why;
	__be16 proto;

	if (!ls || !pskb_may_pull(skb, sizeof(struct udphdr) +
				  sizeof(struct lisphdr)))
		goto drop;
	ld = lisp_sock_find(ls, lisp_hdr_iid((struct lisphdr *)
					     (udp_hdr(skb) + 1)));
	if (!ld || !(ld->dev->flags & IFF_UP)) {
		reason = SKB_DROP_REASON_DEV_READY;
		goto drop;
	}
	proto = inner_proto(skb);
	why = proto ? decap_strip(ld, skb, proto) : LISP_A_STATS_DROP_INNER;
	if (why)
		decap_drop(ld, skb, why);
	else
		decap_deliver(ld, skb);
	return 0;

drop:
	/* No device, so no counter of one: the socket's drops say it. */
	lisp_sk_drops_inc(sk);
	kfree_skb_reason(skb, reason);
	return 0;
}
