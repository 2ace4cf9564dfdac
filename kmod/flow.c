// SPDX-License-Identifier: GPL-2.0
/*
 * Flow hash of inner packets.
 *
 * skb_get_hash() dissects the packet and runs SipHash over what it finds, some
 * 630 instructions a packet. Of an inner packet we know what it is, and nearly
 * all are TCP or UDP right behind the IP header: their addresses and ports go
 * through NH (the universal hash of UMAC, RFC 4418 5.2.2) with random keys,
 * which takes 50. Everything else goes the long way.
 */
#include <linux/hash.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/once.h>
#include <net/ip.h>
#include "flow.h"

#define FLOW_WORDS	10

static u32 flow_key[FLOW_WORDS] __read_mostly;

/* Sum of products of neighbouring words, each with its key added; @n even. */
static __always_inline u64 flow_nh(const u32 *words, const u32 *key,
				   unsigned int n)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < n; i += 2)
		sum += (u64)(words[i] + key[i]) * (words[i + 1] + key[i + 1]);
	return sum;
}

static u32 flow_set(struct sk_buff *skb, u64 sum)
{
	u32 hash = hash_64(sum, 32) ?: 1;

	/* So that queue selection and the like need not compute one, either. */
	__skb_set_sw_hash(skb, hash, true);
	return hash;
}

/* Protocols whose ports are the first four bytes. */
static bool flow_has_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

static bool flow_known(const struct sk_buff *skb)
{
	return skb->l4_hash || skb->sw_hash;
}

/**
 * lisp_flow_hash4() - flow hash of an IPv4 packet
 * @skb: packet, its IPv4 header linear and at the network header
 *
 * Context: any.
 * Return: the hash, which is also left in @skb.
 */
u32 lisp_flow_hash4(struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	u32 words[4];

	if (flow_known(skb))
		return skb->hash;
	if (!flow_has_ports(iph->protocol) || iph->ihl != 5 ||
	    ip_is_fragment(iph) || skb_headlen(skb) < sizeof(*iph) + 4)
		return skb_get_hash(skb);
	net_get_random_once(flow_key, sizeof(flow_key));
	memcpy(words, &iph->addrs, 8);
	memcpy(words + 2, iph + 1, 4);
	words[3] = iph->protocol;
	return flow_set(skb, flow_nh(words, flow_key, ARRAY_SIZE(words)));
}

/**
 * lisp_flow_hash6() - flow hash of an IPv6 packet
 * @skb: packet, its IPv6 header linear and at the network header
 *
 * Context: any.
 * Return: the hash, which is also left in @skb.
 */
u32 lisp_flow_hash6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	u32 words[FLOW_WORDS];

	if (flow_known(skb))
		return skb->hash;
	if (!flow_has_ports(ip6h->nexthdr) ||
	    skb_headlen(skb) < sizeof(*ip6h) + 4)
		return skb_get_hash(skb);
	net_get_random_once(flow_key, sizeof(flow_key));
	memcpy(words, &ip6h->addrs, 32);
	memcpy(words + 8, ip6h + 1, 4);
	words[9] = ip6h->nexthdr;
	return flow_set(skb, flow_nh(words, flow_key, ARRAY_SIZE(words)));
}
