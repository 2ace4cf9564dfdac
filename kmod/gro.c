// SPDX-License-Identifier: GPL-2.0
/*
 * Merging of received LISP packets before the stack sees them: packets of one
 * inner flow go through outer IP, UDP and decapsulation once, as one.
 */
#include <net/gro.h>
#include "gro.h"
#include "addr.h"

static __be16 gro_inner_proto(u8 first)
{
	switch (first >> 4) {
	case 4:
		return htons(ETH_P_IP);
	case 6:
		return htons(ETH_P_IPV6);
	default:
		return 0;
	}
}

/*
 * Only packets of the same LISP header (flags, nonce, instance-ID) and inner
 * version are of one flow. The version needs a look of its own, since nothing
 * in the LISP header tells it, and the inner handlers assume it.
 */
static void gro_sort_out(struct list_head *head, const struct lisphdr *h,
			 unsigned int off)
{
	u8 version = *(const u8 *)(h + 1) >> 4;
	struct sk_buff *p;

	list_for_each_entry(p, head, list) {
		const struct lisphdr *other;

		if (!NAPI_GRO_CB(p)->same_flow)
			continue;
		other = (const struct lisphdr *)(p->data + off);
		if (memcmp(h, other, sizeof(*h)) ||
		    *(const u8 *)(other + 1) >> 4 != version)
			NAPI_GRO_CB(p)->same_flow = 0;
	}
}

/**
 * lisp_gro_receive() - gro_receive of the UDP sockets
 * @sk: socket
 * @head: packets that may be of the same flow
 * @skb: packet, its GRO offset at the LISP header
 *
 * Context: NAPI, under RCU.
 * Return: a packet to be completed now, or NULL.
 */
struct sk_buff *lisp_gro_receive(struct sock *sk, struct list_head *head,
				 struct sk_buff *skb)
{
	unsigned int off = skb_gro_offset(skb);
	const struct packet_offload *ptype;
	struct sk_buff *pp = NULL;
	struct lisphdr *h;
	int flush = 1;

	/* The header and the inner packet's first byte. */
	h = skb_gro_header(skb, off + sizeof(*h) + 1, off);
	if (unlikely(!h))
		goto out;
	ptype = gro_find_receive_by_type(gro_inner_proto(*(u8 *)(h + 1)));
	if (unlikely(!ptype))
		goto out;
	gro_sort_out(head, h, off);
	skb_gro_pull(skb, sizeof(*h));
	skb_gro_postpull_rcsum(skb, h, sizeof(*h));
	pp = call_gro_receive(ptype->callbacks.gro_receive, head, skb);
	flush = 0;
out:
	skb_gro_flush_final(skb, pp, flush);
	return pp;
}

/**
 * lisp_gro_complete() - gro_complete of the UDP sockets
 * @sk: socket
 * @skb: merged packet
 * @nhoff: where its LISP header is
 *
 * Context: NAPI, under RCU.
 * Return: 0 or a negative errno.
 */
int lisp_gro_complete(struct sock *sk, struct sk_buff *skb, int nhoff)
{
	const u8 *inner = skb->data + nhoff + sizeof(struct lisphdr);
	const struct packet_offload *ptype;

	ptype = gro_find_complete_by_type(gro_inner_proto(*inner));
	if (!ptype)
		return -ENOENT;
	return ptype->callbacks.gro_complete(skb, inner - skb->data);
}
