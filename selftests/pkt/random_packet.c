// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that are nearly right.
 */
#include <arpa/inet.h>
#include <err.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include "random.h"

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4	5	/* Linux 6.2 */
#endif

#define ROOM	65000
#define HEAD	512		/* of it, for headers pushed later */

/**
 * struct packet - being built, from its end to its beginning
 * @bytes: room
 * @at: where it begins in there
 * @end: behind its last byte
 * @l4: where its innermost transport header is, or 0
 * @proto: that transport protocol
 * @l4_len: length of that header
 * @ip6: whether the outermost IP header so far is IPv6's
 */
struct packet {
	uint8_t bytes[HEAD + ROOM + 256];
	size_t at, end, l4;
	uint8_t proto, l4_len;
	bool ip6;
};

static const uint16_t sizes[] = {
	0, 0, 1, 7, 8, 20, 64, 100, 512, 1200, 1300, 1400, 1416, 1444, 1460,
	1500, 3000, 9000, 20000, 40000, 64000,
};

static uint8_t *push(struct packet *p, size_t len)
{
	p->at -= len;
	memset(p->bytes + p->at, 0, len);
	return p->bytes + p->at;
}

static uint16_t sum(const void *data, size_t len, uint32_t acc)
{
	const uint8_t *b = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		acc += b[i] << 8 | b[i + 1];
	if (len & 1)
		acc += b[len - 1] << 8;
	while (acc >> 16)
		acc = (acc & 0xffff) + (acc >> 16);
	return htons(acc);
}

static uint16_t pseudo_sum(const uint8_t *src, const uint8_t *dst,
			   size_t addr_len, uint8_t proto, size_t len)
{
	uint32_t acc = proto + (len & 0xffff) + (len >> 16);

	acc += ntohs(sum(src, addr_len, 0)) + ntohs(sum(dst, addr_len, 0));
	return sum(NULL, 0, acc);
}

static void push_tcp(struct packet *p)
{
	size_t options = random_chance(30) ? 4 * random_below(11) : 0;
	struct tcphdr *th;

	random_bytes(push(p, options), options);
	th = (void *)push(p, sizeof(*th));
	th->source = htons(40000 + random_below(4));
	th->dest = htons(5201);
	th->seq = htonl(random_below(1 << 20));
	th->doff = (sizeof(*th) + options) / 4;
	th->ack = 1;
	th->fin = random_chance(5);
	th->syn = random_chance(5);
	th->psh = random_chance(20);
	th->window = htons(1000);
	p->l4_len = sizeof(*th) + options;
}

static void push_udp(struct packet *p, uint16_t port)
{
	size_t len = p->end - p->at;
	struct udphdr *uh = (void *)push(p, sizeof(*uh));

	uh->source = htons(49152 + random_below(4));
	uh->dest = htons(port);
	uh->len = htons(len + sizeof(*uh));
	p->l4_len = sizeof(*uh);
}

static void push_icmp(struct packet *p)
{
	static const uint8_t types[] = { 0, 3, 5, 8, 11, 12, 128, 129, 1, 2, 3 };
	uint8_t *h = push(p, 8);

	random_bytes(h, 8);
	h[0] = ONE_OF(types);
	h[1] = random_below(5);
	h[2] = h[3] = 0;
	p->l4_len = 8;
}

static void push_transport(struct packet *p, bool ip6)
{
	static const uint8_t protocols[] = {
		IPPROTO_UDP, IPPROTO_UDP, IPPROTO_TCP, IPPROTO_TCP,
		IPPROTO_TCP, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_IPIP,
		IPPROTO_IPV6, IPPROTO_NONE, IPPROTO_SCTP, 255,
	};

	p->proto = ONE_OF(protocols);
	switch (p->proto) {
	case IPPROTO_TCP:
		push_tcp(p);
		break;
	case IPPROTO_UDP:
		push_udp(p, random_chance(20) ? 4341 : 9);
		break;
	default:
		if (p->proto == IPPROTO_ICMP && ip6)
			p->proto = IPPROTO_ICMPV6;
		push_icmp(p);
	}
	p->l4 = p->at;
}

/* The transport checksum: whole, or of the pseudo header, for an offload. */
static void set_sum(struct packet *p, const uint8_t *src, const uint8_t *dst,
		    size_t addr_len, bool partial)
{
	size_t len = p->end - p->l4;
	uint16_t *field, acc;

	if (p->proto == IPPROTO_TCP)
		field = &((struct tcphdr *)(p->bytes + p->l4))->check;
	else if (p->proto == IPPROTO_UDP)
		field = &((struct udphdr *)(p->bytes + p->l4))->check;
	else
		return;
	acc = pseudo_sum(src, dst, addr_len, p->proto, len);
	if (!partial)
		acc = ~sum(p->bytes + p->l4, len, ntohs(acc));
	memcpy(field, &acc, sizeof(acc));
}

static void push_ip4(struct packet *p, const uint8_t *src, const uint8_t *dst,
		     uint8_t proto)
{
	static const uint16_t fragments[] = {
		0, 0, 0, 0, IP_DF, IP_DF, IP_DF, IP_MF, 1, IP_MF | 1, 0x1fff,
	};
	size_t options = random_chance(10) ? 4 * random_below(11) : 0;
	struct iphdr *iph;

	random_bytes(push(p, options), options);
	iph = (void *)push(p, sizeof(*iph));
	iph->version = 4;
	iph->ihl = 5 + options / 4;
	iph->tos = random_below(256);
	iph->tot_len = htons(p->end - p->at);
	iph->id = random_below(100);
	iph->frag_off = htons(random_chance(70) ? IP_DF : ONE_OF(fragments));
	iph->ttl = random_chance(80) ? 64 : random_below(4);
	iph->protocol = proto;
	memcpy(&iph->saddr, src, 4);
	memcpy(&iph->daddr, dst, 4);
	iph->check = ~sum(iph, sizeof(*iph) + options, 0);
	p->ip6 = false;
}

static uint8_t push_extension(struct packet *p, uint8_t next)
{
	static const uint8_t kinds[] = {
		IPPROTO_HOPOPTS, IPPROTO_DSTOPTS, IPPROTO_ROUTING,
		IPPROTO_FRAGMENT, IPPROTO_AH,
	};
	uint8_t kind = ONE_OF(kinds);
	size_t words = kind == IPPROTO_FRAGMENT ? 0 : random_below(3);
	uint8_t *h = push(p, 8 * words + 8);

	if (random_chance(50))
		random_bytes(h, 8 * words + 8);
	h[0] = next;
	if (kind != IPPROTO_FRAGMENT || random_chance(90))
		h[1] = words;
	return kind;
}

static void push_ip6(struct packet *p, const uint8_t *src, const uint8_t *dst,
		     uint8_t proto)
{
	unsigned int n = random_chance(15) ? 1 + random_below(3) : 0;
	struct ip6_hdr *ip6h;

	while (n--)
		proto = push_extension(p, proto);
	ip6h = (void *)push(p, sizeof(*ip6h));
	ip6h->ip6_flow = htonl(6 << 28 | random_below(1 << 28));
	ip6h->ip6_plen = htons(p->end - p->at - sizeof(*ip6h));
	ip6h->ip6_nxt = proto;
	ip6h->ip6_hlim = random_chance(80) ? 64 : random_below(4);
	memcpy(&ip6h->ip6_src, src, 16);
	memcpy(&ip6h->ip6_dst, dst, 16);
	p->ip6 = true;
}

static void push_ip(struct packet *p, bool ip6, const uint8_t *src,
		    const uint8_t *dst, uint8_t proto)
{
	if (ip6)
		push_ip6(p, src, dst, proto);
	else
		push_ip4(p, src, dst, proto);
}

/* An inner packet from behind a router, to behind the other one. */
static void make_inner(struct packet *p, size_t most, bool partial)
{
	bool ip6 = random_chance(50), local = random_chance(90);
	uint8_t src[16], dst[16];
	size_t len = ONE_OF(sizes), addr_len;

	if (len > most)
		len = random_below(most + 1);
	p->at = HEAD;
	p->end = p->at + len;
	random_bytes(p->bytes + p->at, len > 64 ? 64 : len);
	push_transport(p, ip6);
	addr_len = random_eid(src, ip6, local);
	random_eid(dst, ip6, !local || random_chance(5));
	set_sum(p, src, dst, addr_len, partial);
	push_ip(p, ip6, src, dst, p->proto);
}

static void push_lisp(struct packet *p)
{
	static const uint8_t flags[] = { 0, 0, 0, 0x80, 0x40, 0x08, 0xc8 };
	uint8_t *h = push(p, 8);

	random_bytes(h, 8);
	h[0] = random_chance(95) ? ONE_OF(flags) : random_below(256);
	if (random_chance(90))
		h[4] = h[5] = h[6] = 0;
}

/* From a locator of site 1, or a stranger, to one of site 2, or so. */
static void push_outer(struct packet *p, bool forth)
{
	uint8_t src[16], dst[16], at[2][16] = { { 172, 16, 1, 1 }, { 172, 16, 2, 1 } };
	bool ip6 = random_chance(50);

	if (ip6) {
		inet_pton(AF_INET6, "fd00:1::1", at[0]);
		inet_pton(AF_INET6, "fd00:2::1", at[1]);
	}
	memcpy(src, at[!forth], sizeof(src));
	memcpy(dst, at[forth], sizeof(dst));
	if (random_chance(10))
		random_rloc(src, ip6);
	if (random_chance(1))
		random_rloc(dst, ip6);
	push_udp(p, random_chance(99) ? 4341 : 4342);
	/* No checksum: LISP's usual; one of ten a wrong one. */
	if (random_chance(10))
		random_bytes(p->bytes + p->at + 6, 2);
	push_ip(p, ip6, src, dst, IPPROTO_UDP);
}

/* An error about such a packet, that went the other way. */
static void push_error(struct packet *p)
{
	static const uint8_t types4[] = { 3, 3, 3, 11, 12, 5, 4 };
	static const uint8_t types6[] = { 1, 2, 2, 3, 4, 137 };
	bool ip6 = p->ip6;
	uint8_t src[16], dst[16], *h;
	uint16_t check;
	size_t len;

	if (random_chance(50))
		p->end = p->at + random_below(p->end - p->at + 1);
	else if (p->end - p->at > 1200)
		p->end = p->at + 1200;
	if (random_chance(50))
		random_spoil(p->bytes + p->at, p->end - p->at);
	h = push(p, 8);
	random_bytes(h, 8);
	h[0] = ip6 ? ONE_OF(types6) : ONE_OF(types4);
	h[1] = random_below(6);
	h[2] = h[3] = 0;
	if (ip6) {
		inet_pton(AF_INET6, "fd00:2::fe", src);
		inet_pton(AF_INET6, "fd00:2::1", dst);
	} else {
		inet_pton(AF_INET, "172.16.2.254", src);
		inet_pton(AF_INET, "172.16.2.1", dst);
	}
	len = p->end - p->at;
	check = ip6 ? pseudo_sum(src, dst, 16, IPPROTO_ICMPV6, len) : 0;
	check = ~sum(h, len, ntohs(check));
	memcpy(h + 2, &check, sizeof(check));
	push_ip(p, ip6, src, dst, ip6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
}

/* What is asked of the kernel to do with it, in a driver's words. */
static void make_offload(const struct packet *p, struct virtio_net_hdr *vh,
			 bool partial)
{
	static const uint16_t gso_sizes[] = {
		1, 8, 48, 100, 536, 1000, 1200, 1350, 1400, 1440, 9000, 65535,
	};
	static const uint8_t gso_types[] = { 0, 1, 3, 4, 5, 0x81, 0x84, 255 };
	size_t l4 = p->l4 - p->at;

	memset(vh, 0, sizeof(*vh));
	if (partial) {
		vh->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		vh->csum_start = l4;
		vh->csum_offset = p->proto == IPPROTO_TCP ? 16 : 6;
		if (random_chance(60)) {
			vh->hdr_len = l4 + p->l4_len;
			vh->gso_size = ONE_OF(gso_sizes);
			vh->gso_type = p->proto == IPPROTO_UDP ?
				VIRTIO_NET_HDR_GSO_UDP_L4 : p->ip6 ?
				VIRTIO_NET_HDR_GSO_TCPV6 :
				VIRTIO_NET_HDR_GSO_TCPV4;
			if (random_chance(5))
				vh->gso_type = ONE_OF(gso_types);
		}
	}
	if (random_chance(5))
		random_spoil((uint8_t *)vh, sizeof(*vh));
}

static void make_packet(struct packet *p, struct virtio_net_hdr *vh, bool outer)
{
	bool partial = random_chance(30);
	unsigned int kind = random_below(100);

	make_inner(p, outer && !partial ? 1500 : ROOM, partial);
	if (p->proto != IPPROTO_TCP && p->proto != IPPROTO_UDP)
		partial = false;
	if (outer) {
		if (random_chance(10))
			random_spoil(p->bytes + p->at, p->end - p->at);
		push_lisp(p);
		push_outer(p, kind >= 15);
		while (random_chance(5) && p->at > 200) {
			push_lisp(p);
			push_outer(p, kind >= 15);
		}
		if (kind < 15)
			push_error(p);
		/* The segments of GRO: what is outermost is to be cut. */
		if (random_chance(50)) {
			p->l4 = p->at + (p->ip6 ? 40 : 20);
			p->proto = IPPROTO_UDP;
			p->l4_len = 8;
		}
	}
	make_offload(p, vh, partial);
	if (random_chance(25))
		random_spoil(p->bytes + p->at, p->end - p->at);
	if (random_chance(5))
		p->end = p->at + random_below(p->end - p->at + 1);
}

static void push_ether(struct packet *p, struct virtio_net_hdr *vh,
		       const uint8_t *mac)
{
	struct ethhdr *eth;

	vh->hdr_len += ETH_HLEN;
	vh->csum_start += ETH_HLEN;
	eth = (void *)push(p, sizeof(*eth));
	memcpy(eth->h_dest, mac, ETH_ALEN);
	eth->h_source[0] = 2;
	eth->h_proto = htons(p->ip6 ? ETH_P_IPV6 : ETH_P_IP);
}

static void parse_mac(uint8_t *to, const char *text)
{
	if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", to, to + 1, to + 2,
		   to + 3, to + 4, to + 5) != ETH_ALEN)
		errx(2, "not an Ethernet address: %s", text);
}

/**
 * random_packets() - send packets
 * @count: how many
 * @device: out of which device
 * @mac: to which Ethernet address, or NULL: it is a lisp device
 *
 * Return: 0.
 */
int random_packets(unsigned long count, const char *device, const char *mac)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int on = 1, fd = socket(AF_PACKET, SOCK_RAW, 0);
	unsigned long i, refused = 0;
	struct virtio_net_hdr vh;
	static struct packet p;
	uint8_t addr[ETH_ALEN];
	struct iovec iov[2] = { { &vh, sizeof(vh) } };
	struct msghdr m = {
		.msg_name = &to, .msg_namelen = sizeof(to),
		.msg_iov = iov, .msg_iovlen = 2,
	};

	to.sll_ifindex = if_nametoindex(device);
	if (fd < 0 || !to.sll_ifindex)
		err(1, "%s", device);
	if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
		err(1, "PACKET_VNET_HDR");
	if (mac)
		parse_mac(addr, mac);
	for (i = 0; i < count; i++) {
		make_packet(&p, &vh, mac);
		if (mac)
			push_ether(&p, &vh, addr);
		to.sll_protocol = htons(random_chance(1) ? random_below(65536) :
					p.ip6 ? ETH_P_IPV6 : ETH_P_IP);
		iov[1].iov_base = p.bytes + p.at;
		iov[1].iov_len = p.end - p.at;
		refused += sendmsg(fd, &m, 0) < 0;
	}
	printf("%lu packets, of which the socket has refused %lu\n", count,
	       refused);
	return count && refused == count;
}
