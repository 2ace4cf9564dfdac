// SPDX-License-Identifier: GPL-2.0
/*
 * Encapsulated Control Message (RFC 9301 5.8): a control message in UDP in
 * IPv4 or IPv6, behind one LISP word.
 *
 * Received: all lengths must agree exactly; fragments and IPv6 extension
 * headers are refused. An inner UDP checksum of zero is taken, over IPv6, too
 * (RFC 6935, RFC 6936), since deployed systems send it and the outer checksum
 * has covered everything; any other value must be right. The same for the
 * IPv4 header checksum.
 */
#include "codec.h"

#define ECM_S	LISP_HEAD_BIT(4)
#define ECM_D	LISP_HEAD_BIT(5)
#define ECM_E	LISP_HEAD_BIT(6)
#define ECM_M	LISP_HEAD_BIT(7)

#define ECM_AD_LISP_SEC	1	/* RFC 9303 8.1 */

#define IP4_HLEN	20
#define IP6_HLEN	40
#define UDP_HLEN	8
#define PROTO_UDP	17
#define INNER_TTL	64

static uint32_t sum16(uint32_t sum, const uint8_t *p, size_t n)
{
	for (; n > 1; p += 2, n -= 2)
		sum += (uint32_t)(p[0] << 8 | p[1]);
	if (n)
		sum += (uint32_t)(p[0] << 8);
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static size_t addr_len(uint16_t afi)
{
	return lisp_afi_bits(afi) / 8;
}

/* RFC 768, RFC 8200 8.1. 0 when @udp (@len octets) carries the right one. */
static uint16_t udp_checksum(const struct lisp_addr *src,
			     const struct lisp_addr *dst,
			     const uint8_t *udp, size_t len)
{
	uint32_t sum = PROTO_UDP + (uint32_t)len;

	sum = sum16(sum, src->bytes, addr_len(src->afi));
	sum = sum16(sum, dst->bytes, addr_len(dst->afi));
	return fold(sum16(sum, udp, len));
}

/* RFC 9303 6.1: step over OTK-AD and EID-AD. */
static void rd_lisp_sec(struct lisp_rd *r)
{
	uint8_t type = rd_u8(r);
	uint16_t len;

	if (!r->err && type != ECM_AD_LISP_SEC) {
		rd_fail(r, -EPROTONOSUPPORT, "ECM with unknown AD type");
		return;
	}
	rd_bytes(r, 3);
	len = rd_u16(r);		/* OTK length */
	rd_bytes(r, 2);
	rd_bytes(r, len);
	len = rd_u16(r);		/* EID-AD length, this field included */
	if (!r->err && len < 4)
		rd_fail(r, -EBADMSG, "ECM with too short an EID-AD");
	else
		rd_bytes(r, len - 2u);
}

static void rd_ipv4(struct lisp_rd *r, struct lisp_ecm *m)
{
	size_t left = rd_left(r), hlen;
	const uint8_t *ip = r->p;

	if (left < IP4_HLEN) {
		rd_fail(r, -EBADMSG, "ECM ends in the inner header");
		return;
	}
	hlen = (ip[0] & 15u) * 4;
	if (hlen < IP4_HLEN || hlen > left || (size_t)(ip[2] << 8 | ip[3]) != left)
		rd_fail(r, -EBADMSG, "ECM inner IPv4 length is wrong");
	else if ((ip[6] & 0x3f) || ip[7])
		rd_fail(r, -EBADMSG, "ECM inner packet is a fragment");
	else if (ip[9] != PROTO_UDP)
		rd_fail(r, -EBADMSG, "ECM inner packet is not UDP");
	else if ((ip[10] || ip[11]) && fold(sum16(0, ip, hlen)))
		rd_fail(r, -EBADMSG, "ECM inner IPv4 checksum is wrong");
	if (r->err)
		return;
	m->src.addr.afi = LISP_AFI_IPV4;
	m->dst.addr.afi = LISP_AFI_IPV4;
	memcpy(m->src.addr.bytes, ip + 12, 4);
	memcpy(m->dst.addr.bytes, ip + 16, 4);
	m->ttl = ip[8];
	rd_bytes(r, hlen);
}

static void rd_ipv6(struct lisp_rd *r, struct lisp_ecm *m)
{
	const uint8_t *ip = rd_bytes(r, IP6_HLEN);

	if (!ip)
		return;
	if ((size_t)(ip[4] << 8 | ip[5]) != rd_left(r)) {
		rd_fail(r, -EBADMSG, "ECM inner IPv6 length is wrong");
		return;
	}
	if (ip[6] != PROTO_UDP) {
		rd_fail(r, -EBADMSG, ip[6] == 44 ?
			"ECM inner packet is a fragment" :
			"ECM inner packet is not UDP");
		return;
	}
	m->src.addr.afi = LISP_AFI_IPV6;
	m->dst.addr.afi = LISP_AFI_IPV6;
	memcpy(m->src.addr.bytes, ip + 8, 16);
	memcpy(m->dst.addr.bytes, ip + 24, 16);
	m->ttl = ip[7];
}

static void rd_udp(struct lisp_rd *r, struct lisp_ecm *m)
{
	const uint8_t *udp = r->p;
	size_t left = rd_left(r);

	m->src.port = rd_u16(r);
	m->dst.port = rd_u16(r);
	if (left >= UDP_HLEN && rd_u16(r) != left)
		rd_fail(r, -EBADMSG, "ECM inner UDP length is wrong");
	if (rd_u16(r) && udp_checksum(&m->src.addr, &m->dst.addr, udp, left))
		rd_fail(r, -EBADMSG, "ECM inner UDP checksum is wrong");
	m->payload = r->p;
	m->len = rd_left(r);
	r->p = r->end;
}

void rd_ecm(struct lisp_rd *r, struct lisp_ecm *m)
{
	uint32_t head = rd_u32(r);

	m->security = head & ECM_S;
	m->ddt = head & ECM_D;
	m->to_etr = head & ECM_E;
	m->to_ms = head & ECM_M;
	if (m->security)
		rd_lisp_sec(r);
	if (!rd_left(r)) {
		rd_fail(r, -EBADMSG, "message is truncated");
		return;
	}
	switch (*r->p >> 4) {
	case 4:
		rd_ipv4(r, m);
		break;
	case 6:
		rd_ipv6(r, m);
		break;
	default:
		rd_fail(r, -EBADMSG, "ECM inner packet is not IP");
	}
	if (!r->err)
		rd_udp(r, m);
}

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put_ipv4(uint8_t *ip, const struct lisp_ecm *m, size_t udp_len)
{
	memset(ip, 0, IP4_HLEN);
	ip[0] = 0x45;
	put16(ip + 2, IP4_HLEN + udp_len);
	ip[6] = 0x40;				/* don't fragment */
	ip[8] = m->ttl ? m->ttl : INNER_TTL;
	ip[9] = PROTO_UDP;
	memcpy(ip + 12, m->src.addr.bytes, 4);
	memcpy(ip + 16, m->dst.addr.bytes, 4);
	put16(ip + 10, fold(sum16(0, ip, IP4_HLEN)));
}

static void put_ipv6(uint8_t *ip, const struct lisp_ecm *m, size_t udp_len)
{
	memset(ip, 0, IP6_HLEN);
	ip[0] = 0x60;
	put16(ip + 4, udp_len);
	ip[6] = PROTO_UDP;
	ip[7] = m->ttl ? m->ttl : INNER_TTL;
	memcpy(ip + 8, m->src.addr.bytes, 16);
	memcpy(ip + 24, m->dst.addr.bytes, 16);
}

/* "The checksum field MUST be non-zero" (RFC 9301 5.8) */
static void put_udp(uint8_t *udp, const struct lisp_ecm *m, size_t udp_len)
{
	uint16_t sum;

	put16(udp, m->src.port);
	put16(udp + 2, m->dst.port);
	put16(udp + 4, udp_len);
	put16(udp + 6, 0);
	sum = udp_checksum(&m->src.addr, &m->dst.addr, udp, udp_len);
	put16(udp + 6, sum ? sum : 0xffff);
}

/* We have no LISP-SEC data to add, and 4341 must not be used (RFC 9301 5.8). */
static bool ecm_valid(const struct lisp_ecm *m)
{
	return !m->security && m->src.addr.afi == m->dst.addr.afi &&
	       (m->src.addr.afi == LISP_AFI_IPV4 ||
		m->src.addr.afi == LISP_AFI_IPV6) &&
	       m->src.port != LISP_DATA_PORT && m->dst.port != LISP_DATA_PORT &&
	       m->len <= 0xffff - IP4_HLEN - UDP_HLEN;
}

void wr_ecm(struct lisp_wr *w, const struct lisp_ecm *m)
{
	size_t hlen, udp_len = UDP_HLEN + m->len;
	uint32_t head = LISP_HEAD_TYPE(LISP_ECM);
	uint8_t *ip;

	if (!ecm_valid(m)) {
		wr_fail(w, -EINVAL);
		return;
	}
	head |= m->ddt ? ECM_D : 0;
	head |= m->to_etr ? ECM_E : 0;
	head |= m->to_ms ? ECM_M : 0;
	hlen = m->src.addr.afi == LISP_AFI_IPV4 ? IP4_HLEN : IP6_HLEN;
	if ((size_t)(w->end - w->p) < 4 + hlen + udp_len) {
		wr_fail(w, -EMSGSIZE);
		return;
	}
	ip = w->p + 4;
	/* The payload first: it may stand in this very buffer. */
	memmove(ip + hlen + UDP_HLEN, m->payload, m->len);
	wr_u32(w, head);
	if (m->src.addr.afi == LISP_AFI_IPV4)
		put_ipv4(ip, m, udp_len);
	else
		put_ipv6(ip, m, udp_len);
	put_udp(ip + hlen, m, udp_len);
	wr_room(w, hlen + udp_len);
}
