// SPDX-License-Identifier: GPL-2.0
/*
 * From an inner packet to an outer one (ITR, RFC 9300 section 5).
 */
#include <linux/icmpv6.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/udp_tunnel.h>
#include "encap.h"
#include "device.h"
#include "flow.h"
#include "trace.h"
#include "native.h"
#include "underlay.h"

/**
 * struct lisp_inner - what is read from the inner header once
 * @family: AF_INET or AF_INET6
 * @dsfield: DSCP and ECN
 * @ttl: TTL or hop limit
 * @saddr: source address, within the packet
 * @daddr: destination address, within the packet
 */
struct lisp_inner {
	u8 family;
	u8 dsfield;
	u8 ttl;
	const void *saddr;
	const void *daddr;
};

/**
 * lisp_encap_drop() - drop an inner packet, count why
 * @ld: device
 * @skb: inner packet
 * @why: LISP_A_STATS_DROP_*
 *
 * Context: BH disabled.
 */
void lisp_encap_drop(struct lisp_dev *ld, struct sk_buff *skb,
		     unsigned int why)
{
	lisp_count(ld->stats, why);
	DEV_STATS_INC(ld->dev, tx_dropped);
	lisp_drop(ld->dev, skb, why);
}

/* Context: BH disabled. The packet is freed already. */
static noinline void encap_dropped(struct lisp_dev *ld, const void *skbaddr,
				   unsigned int len, unsigned int why)
{
	lisp_count(ld->stats, why);
	DEV_STATS_INC(ld->dev, tx_dropped);
	lisp_drop_freed(ld->dev, skbaddr, len, why);
}

/**
 * lisp_encap_taken() - count a packet that the stack below did not take
 * @ld: device
 * @skbaddr: where the packet was
 * @len: its length before it was given away, bytes
 * @err: what ip_local_out(), ip6_local_out() or dst_output() returned
 *
 * Context: BH disabled.
 * Return: true when it was taken.
 */
bool lisp_encap_taken(struct lisp_dev *ld, const void *skbaddr,
		      unsigned int len, int err)
{
	if (likely(!net_xmit_eval(err)))
		return true;
	encap_dropped(ld, skbaddr, len, LISP_A_STATS_DROP_OUTPUT);
	return false;
}

static void encap_drop_icmp(struct lisp_dev *ld, struct sk_buff *skb,
			    unsigned int why, u8 code4, u8 code6)
{
	if (skb->protocol == htons(ETH_P_IP))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, code4, 0);
#if IS_ENABLED(CONFIG_IPV6)
	else if (skb->protocol == htons(ETH_P_IPV6))
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, code6, 0);
#endif
	lisp_encap_drop(ld, skb, why);
}

/**
 * lisp_encap_drop_unreachable() - drop an inner packet, tell its sender
 * @ld: device
 * @skb: inner packet
 * @why: LISP_A_STATS_DROP_*
 *
 * Context: BH disabled.
 */
void lisp_encap_drop_unreachable(struct lisp_dev *ld, struct sk_buff *skb,
				 unsigned int why)
{
	encap_drop_icmp(ld, skb, why, ICMP_HOST_UNREACH, ICMPV6_ADDR_UNREACH);
}

static bool inner_read4(struct sk_buff *skb, struct lisp_inner *in)
{
	const struct iphdr *iph;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return false;
	iph = ip_hdr(skb);
	if (iph->version != 4 || iph->ihl < 5)
		return false;
	in->family = AF_INET;
	in->dsfield = iph->tos;
	in->ttl = iph->ttl;
	in->saddr = &iph->saddr;
	in->daddr = &iph->daddr;
	return !ipv4_is_multicast(iph->daddr) && !ipv4_is_lbcast(iph->daddr) &&
	       !ipv4_is_zeronet(iph->daddr);
}

static bool inner_read6(struct sk_buff *skb, struct lisp_inner *in)
{
	const struct ipv6hdr *ip6h;
	int type;

	if (!pskb_may_pull(skb, sizeof(*ip6h)))
		return false;
	ip6h = ipv6_hdr(skb);
	if (ip6h->version != 6)
		return false;
	in->family = AF_INET6;
	in->dsfield = ipv6_get_dsfield(ip6h);
	in->ttl = ip6h->hop_limit;
	in->saddr = &ip6h->saddr;
	in->daddr = &ip6h->daddr;
	type = ipv6_addr_type(&ip6h->daddr);
	return !(type & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL |
			 IPV6_ADDR_LOOPBACK)) && type != IPV6_ADDR_ANY;
}

/* False: not an inner packet that LISP carries. Pulls the IP header. */
static bool inner_read(struct sk_buff *skb, struct lisp_inner *in)
{
	if (skb->protocol == htons(ETH_P_IP))
		return inner_read4(skb, in);
	if (skb->protocol == htons(ETH_P_IPV6))
		return inner_read6(skb, in);
	return false;
}

/**
 * lisp_encap_source() - the source address of an inner packet
 * @skb: inner packet that was found valid
 * @family: AF_INET or AF_INET6
 * @source: set
 *
 * Context: any.
 */
void lisp_encap_source(const struct sk_buff *skb, u8 family,
		       struct lisp_addr *source)
{
	if (family == AF_INET)
		lisp_addr_set(source, family, &ip_hdr(skb)->saddr);
	else
		lisp_addr_set(source, family, &ipv6_hdr(skb)->saddr);
}

static __be16 encap_sport(u32 hash)
{
	return htons(LISP_SPORT_MIN + reciprocal_scale(hash, LISP_SPORT_RANGE));
}

/* All that will leave of it is within @mtu: each segment of a GSO packet. */
static bool encap_within(const struct sk_buff *skb, unsigned int mtu)
{
	return likely(skb->len <= mtu) ||
	       (skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

/* It is not: may it be sent all the same? If not, its sender is told. */
static bool encap_oversize(struct sk_buff *skb, u8 family, unsigned int mtu)
{
	skb_dst_update_pmtu_no_confirm(skb, mtu);
	if (family == AF_INET) {
		/* The sender lets us fragment, so the outer packet may be. */
		if (!(ip_hdr(skb)->frag_off & htons(IP_DF)))
			return true;
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED,
			      htonl(mtu));
		return false;
	}
#if IS_ENABLED(CONFIG_IPV6)
	/* Every IPv6 link takes 1280 bytes: below that the outer is cut. */
	if (mtu < IPV6_MIN_MTU && skb->len <= IPV6_MIN_MTU)
		return true;
	icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, max(mtu, IPV6_MIN_MTU));
#endif
	return false;
}

/**
 * lisp_encap_fits() - does an inner packet fit into what the path takes
 * @skb: inner packet; GSO packets are judged by their segments
 * @family: AF_INET or AF_INET6
 * @mtu: bytes
 *
 * If not, its sender is told.
 *
 * Context: BH disabled.
 * Return: true when it can be sent, in fragments at need.
 */
bool lisp_encap_fits(struct sk_buff *skb, u8 family, unsigned int mtu)
{
	return encap_within(skb, mtu) || encap_oversize(skb, family, mtu);
}

static void encap_by_entry(struct lisp_dev *ld, struct sk_buff *skb,
			   const struct lisp_inner *in, bool parked);

/* Is it to be cut before it is encapsulated? Only where its sender allows. */
static bool encap_must_cut(const struct lisp_dev *ld,
			   const struct sk_buff *skb, u8 family)
{
	return READ_ONCE(ld->flags) & LISP_DEV_FRAGMENT_INNER &&
	       family == AF_INET && !skb_is_gso(skb) && skb_valid_dst(skb) &&
	       !(ip_hdr(skb)->frag_off & htons(IP_DF));
}

static int encap_fragment(struct net *net, struct sock *sk,
			  struct sk_buff *skb)
{
	struct lisp_dev *ld = netdev_priv(skb->dev);
	struct lisp_inner in;

	if (inner_read(skb, &in))
		encap_by_entry(ld, skb, &in, true);
	else
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_INNER);
	return 0;
}

/*
 * Send an inner packet as fragments of @mtu bytes at most (RFC 9300 7.1), put
 * together again by the host it goes to. Consumes @skb.
 */
static void encap_cut(struct lisp_dev *ld, struct sk_buff *skb,
		      unsigned int mtu)
{
	unsigned int len = skb->len;
	int err;

	/* A fragment carries eight bytes at least, behind all the options. */
	if (mtu < ip_hdrlen(skb) + 8) {
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_TOO_BIG);
		return;
	}
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->frag_max_size = min_t(unsigned int, mtu, IP_MAX_MTU);
	err = ip_do_fragment(dev_net(ld->dev), NULL, skb, encap_fragment);
	if (!err)
		return;
	/* The packet is freed. What else is wrong is its checksum's place. */
	encap_dropped(ld, skb, len,
		      err == -ENOMEM ? LISP_A_STATS_DROP_NO_MEMORY :
				       LISP_A_STATS_DROP_INNER);
}

/*
 * What becomes of a packet that is larger than the path takes. Return: true when
 * it is to be sent as it is; otherwise it is consumed.
 */
static noinline bool encap_too_big(struct lisp_dev *ld, struct sk_buff *skb,
				   u8 family, unsigned int mtu)
{
	if (encap_must_cut(ld, skb, family)) {
		encap_cut(ld, skb, mtu);
		return false;
	}
	if (encap_oversize(skb, family, mtu))
		return true;
	lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_TOO_BIG);
	return false;
}

static int encap_prepare(struct sk_buff *skb, const struct dst_entry *dst,
			 unsigned int headroom, bool csum)
{
	int err = skb_cow_head(skb, LL_RESERVED_SPACE(dst->dev) +
			       dst->header_len + headroom);

	return err ?: udp_tunnel_handle_offloads(skb, csum);
}

static void encap_push_lisp(struct sk_buff *skb, const struct lisp_dev *ld)
{
	u32 lsb = READ_ONCE(ld->status_bits);
	struct lisphdr *h;

	skb_set_inner_protocol(skb, skb->protocol);
	h = __skb_push(skb, sizeof(*h));
	memset(h, 0, sizeof(*h));
	if (ld->iid) {
		h->flags = LISP_F_INSTANCE;
		h->iid_lsb = htonl(ld->iid << 8 | (lsb & 0xff));
	} else {
		h->iid_lsb = htonl(lsb);
	}
	if (lsb)
		h->flags |= LISP_F_LSB;
}

static struct udphdr *encap_push_udp(struct sk_buff *skb,
				     const struct lisp_dev *ld, __be16 sport)
{
	struct udphdr *uh = __skb_push(skb, sizeof(*uh));

	skb_reset_transport_header(skb);
	uh->source = sport;
	uh->dest = htons(ld->port);
	lisp_udp_set_len(uh, skb->len);
	uh->check = 0;
	return uh;
}

/* There is no route to it: let the next packets find another locator. */
static void encap_report(struct lisp_dev *ld, const struct lisp_rloc *rloc)
{
	if (READ_ONCE(rloc->up))
		lisp_underlay_kick(ld->ln);
}

/*
 * The route to @rloc and our address on it, or NULL with the reason counted.
 * One into a lisp device is not kept, so that each device looks whether it is
 * itself: the locator may be of several.
 */
static struct rtable *encap_route4(struct lisp_dev *ld, struct sk_buff *skb,
				   struct lisp_rloc *rloc, __be32 *saddr)
{
	struct rtable *rt = dst_cache_get_ip4(&rloc->cache, saddr);
	struct flowi4 fl4 = {
		.daddr = rloc->addr.v4,
		.flowi4_proto = IPPROTO_UDP,
		.fl4_dport = htons(ld->port),
	};

	if (likely(rt))
		return rt;
	rt = ip_route_output_key(ld->ln->net, &fl4);
	if (IS_ERR(rt)) {
		encap_report(ld, rloc);
		lisp_encap_drop_unreachable(ld, skb,
					    LISP_A_STATS_DROP_NO_ROUTE);
		return NULL;
	}
	if (rt->dst.dev == ld->dev) {
		ip_rt_put(rt);
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_LOOP);
		return NULL;
	}
	*saddr = fl4.saddr;
	if (!lisp_dev_is(rt->dst.dev))
		dst_cache_set_ip4(&rloc->cache, &rt->dst, fl4.saddr);
	return rt;
}

static void encap_push_ip4(struct sk_buff *skb, struct net *net,
			   const struct lisp_rloc *rloc, __be32 saddr, u8 tos,
			   u8 ttl, __be16 df)
{
	struct iphdr *iph = __skb_push(skb, sizeof(*iph));

	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = 5;
	iph->tos = tos;
	iph->frag_off = df;
	iph->ttl = ttl;
	iph->protocol = IPPROTO_UDP;
	iph->saddr = saddr;
	iph->daddr = rloc->addr.v4;
	/* An identification is for fragments (RFC 6864 4.1). */
	if (df)
		iph->id = 0;
	else
		__ip_select_ident(net, iph, skb_shinfo(skb)->gso_segs ?: 1);
}

/* Consumes @skb. Return: true when it went out. */
static bool encap_send4(struct lisp_dev *ld, struct sk_buff *skb,
			const struct lisp_inner *in, struct lisp_rloc *rloc,
			u8 ttl, __be16 sport)
{
	struct net *net = ld->ln->net;
	unsigned int len = skb->len;
	unsigned int mtu;
	struct rtable *rt;
	__be32 saddr;
	bool within;

	rt = encap_route4(ld, skb, rloc, &saddr);
	if (!rt)
		return false;
	mtu = dst_mtu(&rt->dst) - LISP_HEADROOM4;
	within = encap_within(skb, mtu);
	if (unlikely(!within && !encap_too_big(ld, skb, in->family, mtu)))
		goto err_put;
	skb_scrub_packet(skb, !net_eq(net, dev_net(ld->dev)));
	if (encap_prepare(skb, &rt->dst, LISP_HEADROOM4, false)) {
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_NO_MEMORY);
		goto err_put;
	}
	encap_push_lisp(skb, ld);
	encap_push_udp(skb, ld, sport);
	skb_clear_hash_if_not_l4(skb);
	skb_dst_set(skb, &rt->dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	/* DF, unless it was let through although it is larger than the path. */
	encap_push_ip4(skb, net, rloc, saddr, in->dsfield, ttl,
		       within ? htons(IP_DF) : 0);
	return lisp_encap_taken(ld, skb, len, ip_local_out(net, NULL, skb));

err_put:
	ip_rt_put(rt);
	return false;
}

#if IS_ENABLED(CONFIG_IPV6)
static struct dst_entry *encap_route6(struct lisp_dev *ld, struct sk_buff *skb,
				      struct lisp_rloc *rloc,
				      struct in6_addr *saddr)
{
	struct dst_entry *dst = dst_cache_get_ip6(&rloc->cache, saddr);
	struct flowi6 fl6 = {
		.daddr = rloc->addr.v6,
		.flowi6_proto = IPPROTO_UDP,
		.fl6_dport = htons(ld->port),
	};

	if (likely(dst))
		return dst;
	dst = ip6_dst_lookup_flow(ld->ln->net, NULL, &fl6, NULL);
	if (IS_ERR(dst)) {
		encap_report(ld, rloc);
		lisp_encap_drop_unreachable(ld, skb,
					    LISP_A_STATS_DROP_NO_ROUTE);
		return NULL;
	}
	if (dst->dev == ld->dev) {
		dst_release(dst);
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_LOOP);
		return NULL;
	}
	*saddr = fl6.saddr;
	if (!lisp_dev_is(dst->dev))
		dst_cache_set_ip6(&rloc->cache, dst, saddr);
	return dst;
}

static void encap_push_ip6(struct sk_buff *skb, const struct lisp_rloc *rloc,
			   const struct in6_addr *saddr, u8 dsfield, u8 ttl)
{
	unsigned int len = skb->len;
	struct ipv6hdr *ip6h = __skb_push(skb, sizeof(*ip6h));

	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6h, dsfield, 0);
	ip6h->payload_len = htons(len);
	ip6h->nexthdr = IPPROTO_UDP;
	ip6h->hop_limit = ttl;
	ip6h->saddr = *saddr;
	ip6h->daddr = rloc->addr.v6;
}

static bool encap_send6(struct lisp_dev *ld, struct sk_buff *skb,
			const struct lisp_inner *in, struct lisp_rloc *rloc,
			u8 ttl, __be16 sport)
{
	struct net *net = ld->ln->net;
	unsigned int len = skb->len;
	struct in6_addr saddr;
	bool nocheck = READ_ONCE(ld->flags) & LISP_DEV_UDP6_ZERO_CSUM;
	struct dst_entry *dst;
	unsigned int mtu;

	dst = encap_route6(ld, skb, rloc, &saddr);
	if (!dst)
		return false;
	mtu = dst_mtu(dst) - LISP_HEADROOM6;
	if (unlikely(!encap_within(skb, mtu) &&
		     !encap_too_big(ld, skb, in->family, mtu)))
		goto err_put;
	skb_scrub_packet(skb, !net_eq(net, dev_net(ld->dev)));
	if (encap_prepare(skb, dst, LISP_HEADROOM6, !nocheck)) {
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_NO_MEMORY);
		goto err_put;
	}
	encap_push_lisp(skb, ld);
	encap_push_udp(skb, ld, sport);
	skb_clear_hash_if_not_l4(skb);
	skb_dst_set(skb, dst);
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	udp6_set_csum(nocheck, skb, &saddr, &rloc->addr.v6, skb->len);
	encap_push_ip6(skb, rloc, &saddr, in->dsfield, ttl);
	skb->ignore_df = 1;
	return lisp_encap_taken(ld, skb, len, ip6_local_out(net, NULL, skb));

err_put:
	dst_release(dst);
	return false;
}
#else
static bool encap_send6(struct lisp_dev *ld, struct sk_buff *skb,
			const struct lisp_inner *in, struct lisp_rloc *rloc,
			u8 ttl, __be16 sport)
{
	lisp_encap_drop_unreachable(ld, skb, LISP_A_STATS_DROP_NO_ROUTE);
	return false;
}
#endif

static void encap_count(struct lisp_dev *ld, struct lisp_rloc *rloc,
			unsigned int len)
{
	struct pcpu_sw_netstats *t = this_cpu_ptr(rloc->tstats);

	u64_stats_update_begin(&t->syncp);
	u64_stats_add(&t->tx_bytes, len);
	u64_stats_inc(&t->tx_packets);
	u64_stats_update_end(&t->syncp);
	dev_sw_netstats_tx_add(ld->dev, 1, len);
}

static void encap_forward(struct lisp_dev *ld, struct sk_buff *skb,
			  const struct lisp_inner *in,
			  const struct lisp_locset *set)
{
	u32 hash = in->family == AF_INET ? lisp_flow_hash4(skb) :
					   lisp_flow_hash6(skb);
	struct lisp_rloc *rloc = lisp_locset_pick(set, hash);
	u8 ttl = READ_ONCE(ld->ttl_mode) == LISP_TTL_MODE_HIDE ? 255 : in->ttl;
	unsigned int len = skb->len;
	bool sent;

	if (unlikely(!rloc)) {
		lisp_encap_drop_unreachable(ld, skb, LISP_A_STATS_DROP_NO_RLOC);
		return;
	}
	if (rloc->addr.family == AF_INET)
		sent = encap_send4(ld, skb, in, rloc, ttl, encap_sport(hash));
	else
		sent = encap_send6(ld, skb, in, rloc, ttl, encap_sport(hash));
	if (likely(sent)) {
		encap_count(ld, rloc, len);
		trace_encap(ld->dev, &rloc->addr, len);
	}
}

static void entry_count(struct lisp_entry *e, unsigned int len)
{
	/* The counters dirty this line anyway, so no test before the write. */
	WRITE_ONCE(e->used, lisp_clock());
	atomic64_inc(&e->packets);
	atomic64_add(len, &e->bytes);
}

/*
 * Do what the map-cache says. @parked: the packet has waited once, and is not
 * to wait again. Consumes @skb.
 */
static void encap_by_entry(struct lisp_dev *ld, struct sk_buff *skb,
			   const struct lisp_inner *in, bool parked)
{
	struct lisp_entry *e = lisp_mapcache_lookup(&ld->mc, in->family,
						    in->daddr);

	if (unlikely(!e)) {
		lisp_encap_drop_unreachable(ld, skb,
					    LISP_A_STATS_DROP_NO_ENTRY);
		return;
	}
	entry_count(e, skb->len);
	switch (e->action) {
	case LISP_MAP_ACTION_FORWARD:
		if (unlikely(lisp_pending_any(&ld->pending)) && !parked &&
		    lisp_pending_join(ld, skb, in->family, in->daddr))
			return;
		encap_forward(ld, skb, in, e->set);
		return;
	case LISP_MAP_ACTION_SEND_MAP_REQUEST:
		if (parked)
			lisp_encap_drop_unreachable(ld, skb,
						    LISP_A_STATS_DROP_NO_ENTRY);
		else
			lisp_pending_park(ld, skb, in->family, in->daddr);
		return;
	case LISP_MAP_ACTION_NATIVELY_FORWARD:
		lisp_native_forward(ld, skb, in->family);
		return;
	case LISP_MAP_ACTION_DROP:
		lisp_encap_drop_unreachable(ld, skb, LISP_A_STATS_DROP_ACTION);
		return;
	default:
		encap_drop_icmp(ld, skb, LISP_A_STATS_DROP_ACTION,
				ICMP_PKT_FILTERED, ICMPV6_ADM_PROHIBITED);
		return;
	}
}

/**
 * lisp_encap_released() - send on a packet that waited for its mapping
 * @ld: device
 * @skb: inner packet, consumed
 *
 * Context: BH disabled, under RCU.
 */
void lisp_encap_released(struct lisp_dev *ld, struct sk_buff *skb)
{
	struct lisp_inner in;

	if (inner_read(skb, &in))
		encap_by_entry(ld, skb, &in, true);
	else
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_INNER);
}

/* Only a proxy encapsulates what does not come from its own site. */
static bool encap_source_allowed(struct lisp_dev *ld,
				 const struct lisp_inner *in)
{
	return READ_ONCE(ld->flags) & (LISP_DEV_PITR | LISP_DEV_RTR) ||
	       lisp_mapcache_is_local(&ld->mc, in->family, in->saddr);
}

/**
 * lisp_encap_xmit() - ndo_start_xmit
 * @skb: inner packet
 * @dev: lisp device
 *
 * Context: BH disabled.
 * Return: NETDEV_TX_OK; the packet is always consumed.
 */
netdev_tx_t lisp_encap_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct lisp_dev *ld = netdev_priv(dev);
	struct lisp_inner in;

	/* The caller holds rcu_read_lock_bh(), which lockdep tells apart. */
	rcu_read_lock();
	if (unlikely(!inner_read(skb, &in)))
		lisp_encap_drop(ld, skb, LISP_A_STATS_DROP_INNER);
	else if (unlikely(!encap_source_allowed(ld, &in)))
		encap_drop_icmp(ld, skb, LISP_A_STATS_DROP_SOURCE_EID,
				ICMP_PKT_FILTERED, ICMPV6_ADM_PROHIBITED);
	else
		encap_by_entry(ld, skb, &in, false);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}
