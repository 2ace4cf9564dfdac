/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses on the wire: a 16-bit AFI and what follows it, which may be a LISP
 * Canonical Address (RFC 8060).
 */
#ifndef LISP_WIRE_LCAF_H
#define LISP_WIRE_LCAF_H

#include "addr.h"
#include "buf.h"
#include "msg.h"

enum lisp_lcaf_type {
	LISP_LCAF_AFI_LIST = 1,		/* RFC 8060 4.16 */
	LISP_LCAF_INSTANCE_ID = 2,	/* RFC 8060 4.1 */
	LISP_LCAF_NAT_TRAVERSAL = 7,	/* RFC 8060 4.4 */
};

/* Does @e have bits set past its prefix length? */
bool lisp_host_bits(const struct lisp_eid *e);

/*
 * An EID without its mask length, which other fields carry. What we cannot use
 * leaves AFI NONE: an unknown LCAF (skipped by its length, its type kept in
 * @e->bytes[0], for display), or an instance-ID of more than 24 bits (kept in
 * @e->iid, likewise). For a name, @e->plen is set to the bits kept.
 */
void rd_eid(struct lisp_rd *r, struct lisp_eid *e);

/*
 * Complete @e with a received mask length. An EID-prefix longer than its
 * address or with host bits set is an error, never masked: two systems that
 * disagree on what was registered or asked would each be sure of their own
 * prefix, and RFC 9301 gives no meaning to the bits beyond it.
 */
void rd_eid_mask(struct lisp_rd *r, struct lisp_eid *e, uint8_t plen);

/*
 * An RLOC; AFI NONE when there is none or none that we can use. An address
 * inside an instance-ID LCAF is usable only where that instance is @iid.
 */
void rd_rloc(struct lisp_rd *r, uint32_t iid, struct lisp_addr *a);

/* The whole NAT-traversal LCAF, AFI included (RFC 8060 4.4). */
void rd_nat(struct lisp_rd *r, struct lisp_info *info);

void wr_eid(struct lisp_wr *w, const struct lisp_eid *e);
void wr_rloc(struct lisp_wr *w, const struct lisp_addr *a);
void wr_nat(struct lisp_wr *w, const struct lisp_info *info);

#endif
