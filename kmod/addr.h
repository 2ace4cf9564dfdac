/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses (RLOCs and EIDs) of either family, and the LISP data header.
 */
#ifndef _LISP_ADDR_H
#define _LISP_ADDR_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/jhash.h>
#include <linux/string.h>
#include <net/ipv6.h>

/**
 * struct lisp_addr - an IPv4 or IPv6 address
 * @family: AF_INET or AF_INET6
 * @bytes: network order; those past the address are zero
 */
struct lisp_addr {
	u8 family;
	union {
		u8 bytes[16];
		__be32 v4;
		struct in6_addr v6;
	};
};

static inline unsigned int lisp_addr_len(u8 family)
{
	return family == AF_INET ? 4 : 16;
}

static inline unsigned int lisp_addr_bits(u8 family)
{
	return lisp_addr_len(family) * 8;
}

static inline void lisp_addr_set(struct lisp_addr *a, u8 family,
				 const void *bytes)
{
	a->family = family;
	memset(a->bytes, 0, sizeof(a->bytes));
	memcpy(a->bytes, bytes, lisp_addr_len(family));
}

static inline bool lisp_addr_equal(const struct lisp_addr *a,
				   const struct lisp_addr *b)
{
	return a->family == b->family &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static inline u32 lisp_addr_hash(const struct lisp_addr *a, u32 seed)
{
	return jhash(a->bytes, sizeof(a->bytes), seed ^ a->family);
}

/* Neither unspecified nor multicast nor broadcast: packets can go to it. */
static inline bool lisp_addr_is_unicast(const struct lisp_addr *a)
{
	if (a->family == AF_INET)
		return a->v4 != htonl(INADDR_ANY) &&
		       !ipv4_is_multicast(a->v4) && !ipv4_is_lbcast(a->v4);
	return !ipv6_addr_any(&a->v6) && !ipv6_addr_is_multicast(&a->v6);
}

/**
 * struct lisphdr - the header between UDP and the inner packet (RFC 9300 5.1)
 * @flags: LISP_F_*; the two KK bits and the reserved one are ignored
 * @nonce: nonce or map-versions, as N and V say
 * @iid_lsb: instance-ID and 8 locator-status bits when I is set, otherwise 32
 *	locator-status bits
 */
struct lisphdr {
	u8 flags;
	u8 nonce[3];
	__be32 iid_lsb;
};

static_assert(sizeof(struct lisphdr) == 8);

#define LISP_F_NONCE		0x80
#define LISP_F_LSB		0x40
#define LISP_F_ECHO_NONCE	0x20
#define LISP_F_MAP_VERSION	0x10
#define LISP_F_INSTANCE		0x08

static inline u32 lisp_hdr_iid(const struct lisphdr *h)
{
	return h->flags & LISP_F_INSTANCE ? ntohl(h->iid_lsb) >> 8 : 0;
}

#endif
