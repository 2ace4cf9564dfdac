/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses and EID-prefixes, as the whole daemon passes them about.
 */
#ifndef LISP_WIRE_ADDR_H
#define LISP_WIRE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Address family identifiers of LISP messages (IANA "Address Family Numbers") */
enum lisp_afi {
	LISP_AFI_NONE = 0,
	LISP_AFI_IPV4 = 1,
	LISP_AFI_IPV6 = 2,
	LISP_AFI_NAME = 17,	/* distinguished name, RFC 9735 */
	LISP_AFI_LCAF = 16387,	/* RFC 8060 */
	LISP_AFI_MAC = 16389,
};

#define LISP_ADDR_BYTES		16
#define LISP_IID_MAX		0xffffffu	/* 24 bits in the data plane */

/* A bare address: an RLOC, or an EID without prefix length. */
struct lisp_addr {
	uint16_t afi;			/* enum lisp_afi; NONE: no address */
	uint8_t bytes[LISP_ADDR_BYTES];	/* network order, unused bytes zero */
};

/*
 * An EID-prefix. Bits past @plen are zero. A MAC has 6 bytes, a distinguished
 * name is kept only for display and cut to what fits (AFI NAME); of an LCAF that
 * we do not know, the type is kept in the first byte (AFI NONE).
 */
struct lisp_eid {
	uint32_t iid;
	uint16_t afi;
	uint8_t plen;
	uint8_t bytes[LISP_ADDR_BYTES];
};

/* An address and a UDP port (host order). */
struct lisp_endpoint {
	struct lisp_addr addr;
	uint16_t port;
};

/* Long enough for any of the _str functions: "[iid] " + address + "/128". */
#define LISP_STRLEN	80

unsigned int lisp_afi_bits(uint16_t afi);	/* 32, 128, 48 for MAC, else 0 */

const char *lisp_addr_str(const struct lisp_addr *a, char buf[LISP_STRLEN]);
/* "2001:db8::/32"; "[7] 2001:db8::/32" when the instance-ID is not 0 */
const char *lisp_eid_str(const struct lisp_eid *e, char buf[LISP_STRLEN]);
const char *lisp_endpoint_str(const struct lisp_endpoint *e,
			      char buf[LISP_STRLEN]);

/* Return 0, or -EINVAL when @s is not exactly one such thing. */
int lisp_addr_parse(const char *s, struct lisp_addr *a);
/*
 * "2001:db8::/32", or an address alone for a host prefix. -EINVAL: not a
 * prefix; -EDOM: host bits set (never silently masked); -ERANGE: length.
 */
int lisp_eid_parse(const char *s, struct lisp_eid *e);

bool lisp_addr_equal(const struct lisp_addr *a, const struct lisp_addr *b);
int lisp_addr_cmp(const struct lisp_addr *a, const struct lisp_addr *b);
bool lisp_eid_equal(const struct lisp_eid *a, const struct lisp_eid *b);
int lisp_eid_cmp(const struct lisp_eid *a, const struct lisp_eid *b);
/* Same instance-ID and family, and @in lies inside @out (or equals it). */
bool lisp_eid_covers(const struct lisp_eid *out, const struct lisp_eid *in);
struct lisp_eid lisp_eid_from_addr(uint32_t iid, const struct lisp_addr *a);
struct lisp_addr lisp_eid_addr(const struct lisp_eid *e);
/* Not unspecified, multicast, loopback, link-local: can be an RLOC. */
bool lisp_addr_is_rloc(const struct lisp_addr *a);

#endif
