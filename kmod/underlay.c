// SPDX-License-Identifier: GPL-2.0
/*
 * What the underlay tells about locators.
 *
 * Routes and links are looked at again whenever the kernel says that something
 * about them has changed, and every few seconds while a locator is down.
 *
 * ICMP errors can be forged by anybody who knows the locators of two sites.
 * An error is believed when it quotes a packet that we could have sent: from
 * an address of this machine to a locator in use, with our ports, and, as far
 * as the quote reaches, with an instance-ID of ours and a packet between a
 * local EID and one whose mapping has that locator. Even then a single error
 * changes nothing, and what two of them bring about is mild: other locators are
 * preferred for some seconds. One that has no substitute is used as before, so
 * that forged errors can move traffic among the locators that its mapping
 * allows, but not stop it.
 *
 * A path MTU that a router tells of is believed at once, since nothing else
 * gets large packets through. Who knows two EIDs and the locators can so make
 * packets smaller for ten minutes (net.ipv4.route.mtu_expires). For IPv4 the
 * locators are enough, and we are not asked, where the kernel's own UDP takes
 * an MTU from any quote of a UDP packet, as recent stable kernels do. But they
 * do not get smaller than net.ipv4.route.min_pmtu in the namespace of the
 * locators: 552 bytes unless an operator who knows the core better sets more.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/fib_notifier.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include "underlay.h"
#include "device.h"
#include "encap.h"
#include "notify.h"
#include "rloc.h"
#include "socket.h"

/* The least time between two looks at all locators of a namespace. */
#define UNDERLAY_GAP		(HZ / 10)
/* Routes of locators that are down are looked up so often, asked or not. */
#define UNDERLAY_RECHECK	(5 * HZ)
/*
 * Two errors within this time count. Routers limit what they send, to one a
 * second by default in Linux.
 */
#define UNDERLAY_SUSPECT	(3 * HZ)

/* Routes and links */

static struct dst_entry *underlay_route(struct lisp_net *ln,
					const struct lisp_rloc *rloc)
{
	struct flowi4 fl4 = {
		.daddr = rloc->addr.v4,
		.flowi4_proto = IPPROTO_UDP,
		.fl4_dport = htons(LISP_UDP_DATA_PORT),
	};
	struct rtable *rt;

#if IS_ENABLED(CONFIG_IPV6)
	if (rloc->addr.family == AF_INET6) {
		struct flowi6 fl6 = {
			.daddr = rloc->addr.v6,
			.flowi6_proto = IPPROTO_UDP,
			.fl6_dport = htons(LISP_UDP_DATA_PORT),
		};

		return ip6_dst_lookup_flow(ln->net, NULL, &fl6, NULL);
	}
#endif
	if (rloc->addr.family != AF_INET)
		return ERR_PTR(-EAFNOSUPPORT);
	rt = ip_route_output_key(ln->net, &fl4);
	return IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
}

/**
 * lisp_underlay_mtu() - what the path to a locator takes, as far as is known
 * @ln: namespace
 * @rloc: locator
 *
 * Context: any, BH not disabled by the caller's own locks.
 * Return: bytes, outer headers included; 0 when there is no route.
 */
unsigned int lisp_underlay_mtu(struct lisp_net *ln,
			       const struct lisp_rloc *rloc)
{
	struct dst_entry *dst = underlay_route(ln, rloc);
	unsigned int mtu;

	if (IS_ERR(dst))
		return 0;
	mtu = dst_mtu(dst);
	dst_release(dst);
	return mtu;
}

/* BIT(LISP_RLOC_REASON_*) or 0 */
static u8 underlay_path(struct lisp_net *ln, const struct lisp_rloc *rloc)
{
	struct dst_entry *dst = underlay_route(ln, rloc);
	u8 reason = 0;

	if (IS_ERR(dst))
		return BIT(LISP_RLOC_REASON_NO_ROUTE);
	if (!netif_running(dst->dev) || !netif_carrier_ok(dst->dev))
		reason = BIT(LISP_RLOC_REASON_LINK_DOWN);
	dst_release(dst);
	return reason;
}

/* ICMP: down for a time, and for twice that when it does not hold. */
static u8 underlay_icmp(struct lisp_rloc *rloc)
{
	unsigned long now = jiffies;
	bool down = rloc->down & BIT(LISP_RLOC_REASON_ICMP);
	bool suspect = xchg(&rloc->suspect, false);

	if (suspect && !down) {
		if (time_in_range(now, rloc->until - LISP_RLOC_HOLD_MAX,
				  rloc->until + LISP_RLOC_HOLD_MAX))
			rloc->hold = min(2 * rloc->hold, LISP_RLOC_HOLD_MAX);
		else
			rloc->hold = LISP_RLOC_HOLD;
		rloc->until = now + rloc->hold;
		return BIT(LISP_RLOC_REASON_ICMP);
	}
	return down && time_before(now, rloc->until) ?
		BIT(LISP_RLOC_REASON_ICMP) : 0;
}

/* Return: jiffies after which to look at it again. */
static unsigned long underlay_check(struct lisp_net *ln,
				    struct lisp_rloc *rloc)
{
	unsigned long next = MAX_JIFFY_OFFSET, now;
	u8 down = rloc->down & BIT(LISP_RLOC_REASON_SET);

	down |= underlay_path(ln, rloc);
	down |= underlay_icmp(rloc);
	lisp_rloc_mark(ln, rloc, down);
	now = jiffies;
	if (down & BIT(LISP_RLOC_REASON_ICMP))
		next = time_after(rloc->until, now) ? rloc->until - now : 1;
	if (down & ~(BIT(LISP_RLOC_REASON_SET) | BIT(LISP_RLOC_REASON_ICMP)))
		next = min_t(unsigned long, next, UNDERLAY_RECHECK);
	return next;
}

static unsigned long underlay_check_all(struct lisp_net *ln, bool *tell)
{
	unsigned long next = MAX_JIFFY_OFFSET;
	struct lisp_rloc *rloc;
	unsigned int i;

	*tell = false;
	mutex_lock(&ln->lock);
	for (i = 0; i < ARRAY_SIZE(ln->rlocs); i++) {
		hlist_for_each_entry(rloc, &ln->rlocs[i], node) {
			next = min(next, underlay_check(ln, rloc));
			*tell |= rloc->tell;
			cond_resched();
		}
	}
	mutex_unlock(&ln->lock);
	return next;
}

/**
 * lisp_underlay_tell() - tell of all locators that are marked to be told of
 * @ln: namespace
 *
 * Every device tells its own listeners, wherever it is.
 *
 * Context: process, neither rtnl nor lisp_net.lock held.
 */
void lisp_underlay_tell(struct lisp_net *ln)
{
	struct lisp_rloc *rloc;
	struct lisp_dev *ld;
	unsigned int i;

	rtnl_lock();
	mutex_lock(&ln->lock);
	for (i = 0; i < ARRAY_SIZE(ln->rlocs); i++) {
		hlist_for_each_entry(rloc, &ln->rlocs[i], node) {
			if (!rloc->tell)
				continue;
			rloc->tell = false;
			list_for_each_entry(ld, &ln->devices, node)
				lisp_notify_rloc(ld, rloc);
			cond_resched();
		}
	}
	mutex_unlock(&ln->lock);
	rtnl_unlock();
}

static int underlay_fib_event(struct notifier_block *nb, unsigned long event,
			      void *info)
{
	struct lisp_net *ln = container_of(nb, struct lisp_net, fib);

	lisp_underlay_kick(ln);
	return NOTIFY_DONE;
}

static void underlay_work(struct work_struct *work)
{
	struct lisp_net *ln = container_of(to_delayed_work(work),
					   struct lisp_net, underlay);
	unsigned long next;
	bool tell;

	ln->looked = jiffies;
	clear_bit(LISP_NET_KICKED, &ln->flags);
	/* What comes after this is looked at in another turn. */
	smp_mb__after_atomic();
	if (!READ_ONCE(ln->n_rlocs))
		return;
	/*
	 * Not when the namespace is made, since most have no LISP. Where it
	 * fails, the events of devices and the rechecks remain.
	 */
	if (!ln->fib.notifier_call) {
		ln->fib.notifier_call = underlay_fib_event;
		ln->fib_followed = !register_fib_notifier(ln->net, &ln->fib,
							  NULL, NULL);
	}
	next = underlay_check_all(ln, &tell);
	if (tell)
		lisp_underlay_tell(ln);
	/* Nothing is done when a kick has set an earlier time. */
	if (next != MAX_JIFFY_OFFSET)
		queue_delayed_work(system_power_efficient_wq, &ln->underlay,
				   max_t(unsigned long, next, UNDERLAY_GAP));
}

/**
 * lisp_underlay_kick() - have all locators looked at soon
 * @ln: namespace
 *
 * Context: any.
 */
void lisp_underlay_kick(struct lisp_net *ln)
{
	unsigned long now = jiffies, at = READ_ONCE(ln->looked) + UNDERLAY_GAP;

	if (!READ_ONCE(ln->n_rlocs) ||
	    test_bit(LISP_NET_KICKED, &ln->flags) ||
	    test_and_set_bit(LISP_NET_KICKED, &ln->flags))
		return;
	if (!time_in_range(at, now, now + UNDERLAY_GAP))
		at = now;
	mod_delayed_work(system_power_efficient_wq, &ln->underlay, at - now);
}

static int underlay_netdev_event(struct notifier_block *nb,
				 unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_UNREGISTER:
		lisp_underlay_kick(lisp_net(dev_net(dev)));
	}
	return NOTIFY_DONE;
}

static struct notifier_block underlay_netdev = {
	.notifier_call = underlay_netdev_event,
};

/* ICMP errors */

/**
 * struct lisp_quote - a packet of ours as an ICMP error quotes it
 * @ls: sockets of its port
 * @rloc: where it went
 * @hdr: offset of the LISP header in the skb
 * @ld: device it came from, NULL when the LISP header is not quoted
 * @hlen: length of the inner header, 0 when not all of it is quoted
 * @from: inner source, when @hlen
 * @to: inner destination, when @hlen
 */
struct lisp_quote {
	struct lisp_sock *ls;
	struct lisp_rloc *rloc;
	unsigned int hdr;
	struct lisp_dev *ld;
	unsigned int hlen;
	struct lisp_addr from;
	struct lisp_addr to;
};

static bool quote_read4(struct net *net, struct sk_buff *skb,
			unsigned int udp, struct lisp_addr *to)
{
	struct iphdr buf, *iph;

	iph = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	/* A later fragment has anything where UDP is looked for. */
	if (!iph || iph->ihl != 5 || udp != sizeof(*iph) ||
	    iph->protocol != IPPROTO_UDP || iph->frag_off & htons(IP_OFFSET))
		return false;
	lisp_addr_set(to, AF_INET, &iph->daddr);
	return inet_addr_type(net, iph->saddr) == RTN_LOCAL;
}

#if IS_ENABLED(CONFIG_IPV6)
static bool quote_read6(struct net *net, struct sk_buff *skb,
			unsigned int udp, struct lisp_addr *to)
{
	struct ipv6hdr buf, *ip6h;

	ip6h = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!ip6h || udp != sizeof(*ip6h) || ip6h->nexthdr != IPPROTO_UDP)
		return false;
	lisp_addr_set(to, AF_INET6, &ip6h->daddr);
	return ipv6_chk_addr(net, &ip6h->saddr, NULL, 0);
}
#else
static bool quote_read6(struct net *net, struct sk_buff *skb,
			unsigned int udp, struct lisp_addr *to)
{
	return false;
}
#endif

/* Can it be a packet of ours? @udp: offset of its UDP header. Under RCU. */
static bool quote_read(struct sock *sk, struct sk_buff *skb, unsigned int udp,
		       struct lisp_quote *q)
{
	struct net *net = sock_net(sk);
	struct udphdr buf, *uh;
	struct lisp_addr to;

	q->ls = rcu_dereference_sk_user_data(sk);
	q->hdr = udp + sizeof(*uh);
	uh = skb_header_pointer(skb, udp, sizeof(buf), &buf);
	if (!q->ls || !uh || uh->dest != htons(q->ls->port) ||
	    ntohs(uh->source) < LISP_SPORT_MIN ||
	    ntohs(uh->len) < sizeof(*uh) + sizeof(struct lisphdr) +
			     sizeof(struct iphdr))
		return false;
	if (!(sk->sk_family == AF_INET ? quote_read4(net, skb, udp, &to) :
					 quote_read6(net, skb, udp, &to)))
		return false;
	q->rloc = lisp_rloc_find_rcu(lisp_net(net), &to);
	return q->rloc;
}

/* Reads what is quoted of the inner packet. False: it cannot be ours. */
static bool quote_read_inner(struct sk_buff *skb, struct lisp_quote *q)
{
	unsigned int off = q->hdr + sizeof(struct lisphdr);
	u8 buf[sizeof(struct ipv6hdr)], *first;

	first = skb_header_pointer(skb, off, sizeof(struct iphdr), buf);
	if (!first)
		return true;
	if (*first >> 4 == 4) {
		const struct iphdr *iph = (struct iphdr *)first;

		if (iph->ihl < 5)
			return false;
		q->hlen = iph->ihl * 4;
		lisp_addr_set(&q->from, AF_INET, &iph->saddr);
		lisp_addr_set(&q->to, AF_INET, &iph->daddr);
		return true;
	}
	if (*first >> 4 != 6)
		return false;
	first = skb_header_pointer(skb, off, sizeof(struct ipv6hdr), buf);
	if (first) {
		const struct ipv6hdr *ip6h = (struct ipv6hdr *)first;

		q->hlen = sizeof(*ip6h);
		lisp_addr_set(&q->from, AF_INET6, &ip6h->saddr);
		lisp_addr_set(&q->to, AF_INET6, &ip6h->daddr);
	}
	return true;
}

static bool entry_has(const struct lisp_entry *e, const struct lisp_rloc *rloc)
{
	unsigned int i;

	for (i = 0; e && e->set && i < READ_ONCE(e->set->n); i++)
		if (e->set->items[i].rloc == rloc)
			return true;
	return false;
}

/*
 * Does what is quoted behind the UDP header agree with what we send? IPv4
 * routers need not quote any of it.
 */
static bool quote_is_ours(struct sk_buff *skb, struct lisp_quote *q)
{
	struct lisphdr buf, *h;

	q->hlen = 0;
	q->ld = NULL;
	h = skb_header_pointer(skb, q->hdr, sizeof(buf), &buf);
	if (!h)
		return true;
	q->ld = lisp_sock_find(q->ls, lisp_hdr_iid(h));
	if (!q->ld || !quote_read_inner(skb, q))
		return false;
	return !q->hlen ||
	       entry_has(lisp_mapcache_lookup(&q->ld->mc, q->to.family,
					      q->to.bytes), q->rloc);
}

/*
 * The MTU that an error tells of, -1 when it is about something else. The ICMP
 * header was pulled: it is right before the data, for both families.
 */
static long underlay_told_mtu(const struct sock *sk, const struct sk_buff *skb)
{
	if (sk->sk_family == AF_INET) {
		const struct icmphdr *icmph = (void *)skb->data - sizeof(*icmph);

		return icmph->type == ICMP_DEST_UNREACH &&
		       icmph->code == ICMP_FRAG_NEEDED ?
			ntohs(icmph->un.frag.mtu) : -1;
	} else {
		const struct icmp6hdr *icmp6h =
			(void *)skb->data - sizeof(*icmp6h);

		return icmp6h->icmp6_type == ICMPV6_PKT_TOOBIG ?
			ntohl(icmp6h->icmp6_mtu) : -1;
	}
}

/*
 * Is it true that a packet of ours was too big? A router says so only of one
 * that it may not cut, and quotes enough of it to see whether it is ours; those
 * of old that quote no more than the UDP header are believed as far down as
 * every IPv6 link goes.
 */
static bool underlay_too_big(const struct sock *sk, struct sk_buff *skb,
			     struct lisp_quote *q, long mtu)
{
	if (sk->sk_family == AF_INET &&
	    (mtu < IPV4_MIN_MTU || !(ip_hdr(skb)->frag_off & htons(IP_DF))))
		return false;
	return quote_is_ours(skb, q) && (q->hlen || mtu >= IPV6_MIN_MTU);
}

/**
 * lisp_underlay_err_lookup() - encap_err_lookup of the UDP sockets
 * @sk: socket
 * @skb: ICMP error, data at the IP header it quotes, transport header at the
 *	UDP header behind that
 *
 * The path MTU that an error about a packet of ours tells of is taken over by
 * the stack, which goes no lower than net.ipv4.route.min_pmtu or IPv6's 1280.
 *
 * Context: BH disabled, under RCU.
 * Return: 0 when it is about a packet of ours, otherwise -ENOENT.
 */
int lisp_underlay_err_lookup(struct sock *sk, struct sk_buff *skb)
{
	struct lisp_quote q;
	long mtu;

	if (!quote_read(sk, skb, skb_transport_offset(skb), &q))
		return -ENOENT;
	mtu = underlay_told_mtu(sk, skb);
	return mtu < 0 || underlay_too_big(sk, skb, &q, mtu) ? 0 : -ENOENT;
}

/* What an error means to a tunnel. */
enum underlay_error {
	UNDERLAY_ERROR_OTHER,
	UNDERLAY_ERROR_TTL,
	UNDERLAY_ERROR_UNREACHABLE,
	UNDERLAY_ERROR_PROHIBITED,
};

static enum underlay_error underlay_error4(const struct icmphdr *icmph)
{
	if (icmph->type == ICMP_TIME_EXCEEDED)
		return icmph->code == ICMP_EXC_TTL ? UNDERLAY_ERROR_TTL :
						     UNDERLAY_ERROR_OTHER;
	if (icmph->type != ICMP_DEST_UNREACH)
		return UNDERLAY_ERROR_OTHER;
	switch (icmph->code) {
	case ICMP_FRAG_NEEDED:
		return UNDERLAY_ERROR_OTHER;
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED:
		return UNDERLAY_ERROR_PROHIBITED;
	default:
		return icmph->code <= NR_ICMP_UNREACH ?
			UNDERLAY_ERROR_UNREACHABLE : UNDERLAY_ERROR_OTHER;
	}
}

static enum underlay_error underlay_error6(const struct icmp6hdr *icmp6h)
{
	if (icmp6h->icmp6_type == ICMPV6_TIME_EXCEED)
		return icmp6h->icmp6_code == ICMPV6_EXC_HOPLIMIT ?
			UNDERLAY_ERROR_TTL : UNDERLAY_ERROR_OTHER;
	if (icmp6h->icmp6_type != ICMPV6_DEST_UNREACH)
		return UNDERLAY_ERROR_OTHER;
	return icmp6h->icmp6_code == ICMPV6_ADM_PROHIBITED ?
		UNDERLAY_ERROR_PROHIBITED : UNDERLAY_ERROR_UNREACHABLE;
}

/* The locator seems dead: the second time, the work is to judge. */
static void underlay_suspect(struct lisp_net *ln, struct lisp_rloc *rloc)
{
	unsigned long last = READ_ONCE(rloc->icmp_at), now = jiffies;

	if (READ_ONCE(rloc->down) & BIT(LISP_RLOC_REASON_ICMP) ||
	    lisp_rloc_trusted(rloc, now))
		return;
	WRITE_ONCE(rloc->icmp_at, now);
	if (!time_in_range_open(now, last, last + UNDERLAY_SUSPECT))
		return;
	WRITE_ONCE(rloc->suspect, true);
	lisp_underlay_kick(ln);
}

/* Bytes of the quoted packet, where something is appended to it (RFC 4884). */
static unsigned int quote_len(const struct sock *sk, const struct sk_buff *skb)
{
	const u8 *h = skb_transport_header(skb);
	unsigned int len = sk->sk_family == AF_INET ? h[5] * 4 : h[4] * 8;

	return len && len < skb->len ? len : skb->len;
}

/* The inner packet as far as it is quoted, as if it had come to us. */
static struct sk_buff *quote_inner(const struct sock *sk, struct sk_buff *skb,
				   const struct lisp_quote *q)
{
	unsigned int off = q->hdr + sizeof(struct lisphdr);
	struct sk_buff *inner;

	/* A sender finds its flow by eight bytes more than the IP header. */
	if (quote_len(sk, skb) < off + q->hlen + 8)
		return NULL;
	inner = skb_copy(skb, GFP_ATOMIC);
	if (!inner)
		return NULL;
	skb_trim(inner, quote_len(sk, skb));
	__skb_pull(inner, off);
	skb_reset_mac_header(inner);
	skb_reset_network_header(inner);
	skb_set_transport_header(inner, q->hlen);
	skb_scrub_packet(inner, true);
	memset(inner->cb, 0, sizeof(inner->cb));
	inner->ip_summed = CHECKSUM_NONE;
	inner->protocol = q->from.family == AF_INET ? htons(ETH_P_IP) :
						      htons(ETH_P_IPV6);
	inner->dev = q->ld->dev;
	return inner;
}

static void relay4(struct sk_buff *inner, enum underlay_error error)
{
	struct net_device *dev = inner->dev;
	struct flowi4 fl4 = {
		.daddr = ip_hdr(inner)->daddr,
		.flowi4_oif = dev->ifindex,
	};
	struct rtable *rt = ip_route_output_key(dev_net(dev), &fl4);

	if (IS_ERR(rt))
		return;
	skb_dst_set(inner, &rt->dst);
	if (error == UNDERLAY_ERROR_TTL)
		icmp_ndo_send(inner, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
	else
		icmp_ndo_send(inner, ICMP_DEST_UNREACH,
			      error == UNDERLAY_ERROR_PROHIBITED ?
			      ICMP_PKT_FILTERED : ICMP_HOST_UNREACH, 0);
}

static void relay6(struct sk_buff *inner, enum underlay_error error)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (error == UNDERLAY_ERROR_TTL)
		icmpv6_ndo_send(inner, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT,
				0);
	else
		icmpv6_ndo_send(inner, ICMPV6_DEST_UNREACH,
				error == UNDERLAY_ERROR_PROHIBITED ?
				ICMPV6_ADM_PROHIBITED : ICMPV6_ADDR_UNREACH, 0);
#endif
}

/*
 * Tell the inner sender, as this router: the core's addresses mean nothing in
 * EID space. The stack's own limits of ICMP apply.
 */
static void underlay_relay(const struct sock *sk, struct sk_buff *skb,
			   const struct lisp_quote *q,
			   enum underlay_error error)
{
	struct lisp_dev *ld = q->ld;
	struct sk_buff *inner;

	if (!q->hlen || READ_ONCE(ld->ttl_mode) != LISP_TTL_MODE_PROPAGATE ||
	    !lisp_mapcache_is_local(&ld->mc, q->from.family, q->from.bytes))
		return;
	inner = quote_inner(sk, skb, q);
	if (!inner)
		return;
	lisp_count(ld->stats, LISP_A_STATS_ICMP_RELAYED);
	if (q->from.family == AF_INET)
		relay4(inner, error);
	else
		relay6(inner, error);
	consume_skb(inner);
}

static void underlay_err(struct sock *sk, struct sk_buff *skb,
			 unsigned int udp)
{
	enum underlay_error error = sk->sk_family == AF_INET ?
		underlay_error4(icmp_hdr(skb)) : underlay_error6(icmp6_hdr(skb));
	struct lisp_quote q;

	if (error == UNDERLAY_ERROR_OTHER || !quote_read(sk, skb, udp, &q) ||
	    !quote_is_ours(skb, &q))
		return;
	if (error != UNDERLAY_ERROR_TTL)
		underlay_suspect(lisp_net(sock_net(sk)), q.rloc);
	underlay_relay(sk, skb, &q, error);
}

/**
 * lisp_underlay_err_rcv() - encap_err_rcv of the UDP sockets
 * @sk: socket
 * @skb: ICMP error that lisp_underlay_err_lookup() found to be about a packet
 *	of ours, data at the IP header it quotes, transport header at ICMP
 * @err: not used; nor are @port and @info
 * @port: see @err
 * @info: see @err
 * @payload: what is quoted behind the UDP header
 *
 * Context: BH disabled, under RCU.
 */
#ifdef LISP_HAVE_ENCAP_ERR_INFO
void lisp_underlay_err_rcv(struct sock *sk, struct sk_buff *skb, int err,
			   __be16 port, u32 info, u8 *payload)
{
	underlay_err(sk, skb, payload - sizeof(struct udphdr) - skb->data);
}
#else
void lisp_underlay_err_rcv(struct sock *sk, struct sk_buff *skb,
			   unsigned int udp_offset)
{
	underlay_err(sk, skb, udp_offset);
}
#endif

/* Life cycle */

/**
 * lisp_underlay_net_init() - of a new namespace
 * @ln: namespace
 *
 * Context: process.
 */
void lisp_underlay_net_init(struct lisp_net *ln)
{
	INIT_DELAYED_WORK(&ln->underlay, underlay_work);
	ln->looked = jiffies - UNDERLAY_GAP;
}

/**
 * lisp_underlay_net_exit() - of a namespace whose devices are gone
 * @ln: namespace
 *
 * Context: process, rtnl not held.
 */
void lisp_underlay_net_exit(struct lisp_net *ln)
{
	/* Without a locator, nothing kicks any more. */
	cancel_delayed_work_sync(&ln->underlay);
	if (ln->fib_followed)
		unregister_fib_notifier(ln->net, &ln->fib);
}

/**
 * lisp_underlay_init() - follow devices; after the namespaces are set up
 *
 * Context: process, module init.
 * Return: 0 or a negative errno.
 */
int lisp_underlay_init(void)
{
	return register_netdevice_notifier(&underlay_netdev);
}

/**
 * lisp_underlay_exit() - the reverse
 *
 * Context: process, module exit.
 */
void lisp_underlay_exit(void)
{
	unregister_netdevice_notifier(&underlay_netdev);
}
