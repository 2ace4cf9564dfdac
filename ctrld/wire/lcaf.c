// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and LISP Canonical Addresses (RFC 8060) on the wire.
 *
 * An LCAF says its own length, so one that we do not know is stepped over. The
 * same holds for an AFI we do not know inside an LCAF: it only makes that
 * address unusable. An unknown AFI elsewhere has no length: the message is
 * dropped (RFC 9301 5.1).
 */
#include <string.h>

#include "lcaf.h"

/* LCAFs within LCAFs that are looked into; deeper ones are just stepped over. */
#define LCAF_DEPTH_MAX	3

enum use { AS_EID, AS_RLOC };

static void rd_any(struct lisp_rd *r, struct lisp_eid *e, enum use use,
		   unsigned int depth);

static bool is_ip(uint16_t afi)
{
	return afi == LISP_AFI_IPV4 || afi == LISP_AFI_IPV6;
}

/* RFC 8060 4.1. One in another has no meaning. */
static void rd_instance(struct lisp_rd *r, struct lisp_eid *e, enum use use,
			unsigned int depth)
{
	uint32_t iid = rd_u32(r);

	rd_any(r, e, use, depth);
	if (e->iid || iid > LISP_IID_MAX)
		memset(e, 0, sizeof(*e));	/* AFI NONE */
	e->iid = iid;
}

/* RFC 8060 4.16: the first IP address, or else the first we can show. */
static void rd_afi_list(struct lisp_rd *r, struct lisp_eid *e, enum use use,
			unsigned int depth)
{
	struct lisp_eid item;

	while (rd_left(r)) {
		rd_any(r, &item, use, depth);
		if (r->err)
			return;
		if (is_ip(item.afi)) {
			*e = item;
			return;
		}
		if (e->afi == LISP_AFI_NONE && use == AS_EID)
			*e = item;
	}
}

/* The RLOC in @e, where it is an IP address of instance @iid. */
static struct lisp_addr usable_rloc(const struct lisp_eid *e, uint32_t iid)
{
	struct lisp_addr none = { .afi = LISP_AFI_NONE };

	return is_ip(e->afi) && (!e->iid || e->iid == iid) ?
		lisp_eid_addr(e) : none;
}

static struct lisp_addr rd_nat_addr(struct lisp_rd *r, unsigned int depth)
{
	struct lisp_eid e;

	rd_any(r, &e, AS_RLOC, depth);
	return usable_rloc(&e, 0);
}

/* RFC 8060 4.4: the RTRs are as many as fit into the length. */
static void rd_nat_body(struct lisp_rd *r, struct lisp_info *info,
			unsigned int depth)
{
	struct lisp_addr rtr;

	info->ms_port = rd_u16(r);
	info->etr_port = rd_u16(r);
	info->global_etr = rd_nat_addr(r, depth);
	info->ms = rd_nat_addr(r, depth);
	info->private_etr = rd_nat_addr(r, depth);
	while (rd_left(r)) {
		rtr = rd_nat_addr(r, depth);
		if (rtr.afi && info->n_rtrs < LISP_INFO_RTRS_MAX)
			info->rtrs[info->n_rtrs++] = rtr;
	}
}

/*
 * A locator behind a NAT is reached through its RTR; its own port mapping is
 * not one that a data packet to port 4341 would meet.
 */
static void rd_nat_rloc(struct lisp_rd *r, struct lisp_eid *e,
			unsigned int depth)
{
	struct lisp_info info = { 0 };

	rd_nat_body(r, &info, depth);
	if (info.n_rtrs)
		*e = lisp_eid_from_addr(0, &info.rtrs[0]);
}

/* What follows AFI 16387: the type, and a reader of exactly its payload. */
static int rd_lcaf_head(struct lisp_rd *r, struct lisp_rd *sub)
{
	const uint8_t *head = rd_bytes(r, 4);	/* rsvd, flags, type, rsvd */
	uint16_t len = rd_u16(r);
	const uint8_t *body = rd_bytes(r, len);

	*sub = rd_init(body, body ? len : 0);
	return head && body ? head[2] : -1;
}

static void rd_lcaf(struct lisp_rd *r, struct lisp_eid *e, enum use use,
		    unsigned int depth)
{
	struct lisp_rd sub;
	int type = rd_lcaf_head(r, &sub);

	if (depth >= LCAF_DEPTH_MAX)
		return;
	switch (type) {
	case LISP_LCAF_AFI_LIST:
		rd_afi_list(&sub, e, use, depth + 1);
		break;
	case LISP_LCAF_INSTANCE_ID:
		rd_instance(&sub, e, use, depth + 1);
		break;
	case LISP_LCAF_NAT_TRAVERSAL:
		if (use == AS_RLOC)
			rd_nat_rloc(&sub, e, depth + 1);
		break;
	default:
		e->bytes[0] = type > 0 ? (uint8_t)type : 0;	/* to be shown */
	}
	if (sub.err)
		rd_fail(r, sub.err, "LCAF shorter than what it holds");
}

/* RFC 9735: octets up to a NUL. */
static void rd_name(struct lisp_rd *r, struct lisp_eid *e)
{
	const uint8_t *nul = rd_left(r) ? memchr(r->p, 0, rd_left(r)) : NULL;
	size_t n;

	if (!nul) {
		rd_fail(r, -EBADMSG, "distinguished name without an end");
		return;
	}
	n = (size_t)(nul - r->p);
	memcpy(e->bytes, r->p, n < sizeof(e->bytes) ? n : sizeof(e->bytes));
	e->plen = (uint8_t)(8 * (n < sizeof(e->bytes) ? n : sizeof(e->bytes)));
	r->p = nul + 1;
}

static void rd_any(struct lisp_rd *r, struct lisp_eid *e, enum use use,
		   unsigned int depth)
{
	uint16_t afi = rd_u16(r);

	memset(e, 0, sizeof(*e));
	switch (afi) {
	case LISP_AFI_NONE:
		return;
	case LISP_AFI_LCAF:
		rd_lcaf(r, e, use, depth);
		return;
	case LISP_AFI_IPV4:
	case LISP_AFI_IPV6:
	case LISP_AFI_MAC:
		rd_copy(r, e->bytes, lisp_afi_bits(afi) / 8);
		break;
	case LISP_AFI_NAME:
		rd_name(r, e);
		break;
	default:
		if (!depth)
			rd_fail(r, -EBADMSG, "unrecognised AFI");
		r->p = r->end;
		return;
	}
	e->afi = afi;
}

void rd_eid(struct lisp_rd *r, struct lisp_eid *e)
{
	rd_any(r, e, AS_EID, 0);
}

void rd_eid_mask(struct lisp_rd *r, struct lisp_eid *e, uint8_t plen)
{
	if (r->err || !lisp_afi_bits(e->afi))
		return;
	e->plen = plen;
	if (plen > lisp_afi_bits(e->afi))
		rd_fail(r, -EBADMSG, "EID mask-len longer than the address");
	else if (lisp_host_bits(e))
		rd_fail(r, -EBADMSG, "EID-prefix with host bits set");
}

void rd_rloc(struct lisp_rd *r, uint32_t iid, struct lisp_addr *a)
{
	struct lisp_eid e;

	rd_any(r, &e, AS_RLOC, 0);
	*a = usable_rloc(&e, iid);
}

void rd_nat(struct lisp_rd *r, struct lisp_info *info)
{
	struct lisp_rd sub;

	if (rd_u16(r) != LISP_AFI_LCAF ||
	    rd_lcaf_head(r, &sub) != LISP_LCAF_NAT_TRAVERSAL) {
		rd_fail(r, -EBADMSG, "Info-Reply without NAT-traversal LCAF");
		return;
	}
	rd_nat_body(&sub, info, 1);
	if (sub.err)
		rd_fail(r, sub.err, "LCAF shorter than what it holds");
}

static void wr_lcaf_head(struct lisp_wr *w, uint8_t type, size_t len)
{
	wr_u16(w, LISP_AFI_LCAF);
	wr_u16(w, 0);
	wr_u8(w, type);
	wr_u8(w, 0);
	wr_u16(w, (uint16_t)len);
}

static size_t addr_size(uint16_t afi, const uint8_t *bytes)
{
	const uint8_t *nul;

	if (afi != LISP_AFI_NAME)
		return lisp_afi_bits(afi) / 8;
	nul = memchr(bytes, 0, LISP_ADDR_BYTES);
	return nul ? (size_t)(nul - bytes) + 1 : LISP_ADDR_BYTES + 1;
}

static void wr_plain(struct lisp_wr *w, uint16_t afi, const uint8_t *bytes)
{
	size_t n = addr_size(afi, bytes);

	if (afi != LISP_AFI_NONE && !n) {
		wr_fail(w, -EINVAL);
		return;
	}
	wr_u16(w, afi);
	if (afi == LISP_AFI_NAME) {
		wr_bytes(w, bytes, n - 1);
		wr_u8(w, 0);
	} else {
		wr_bytes(w, bytes, n);
	}
}

void wr_eid(struct lisp_wr *w, const struct lisp_eid *e)
{
	bool unknown = e->afi == LISP_AFI_NONE && e->bytes[0];

	if ((e->iid > LISP_IID_MAX && e->afi != LISP_AFI_NONE) ||
	    (lisp_afi_bits(e->afi) && e->plen > lisp_afi_bits(e->afi)) ||
	    lisp_host_bits(e)) {
		wr_fail(w, -EINVAL);
		return;
	}
	if (e->iid) {
		wr_lcaf_head(w, LISP_LCAF_INSTANCE_ID, 4 + (unknown ?
			     8 : 2 + addr_size(e->afi, e->bytes)));
		wr_u32(w, e->iid);
	}
	if (unknown)
		wr_lcaf_head(w, e->bytes[0], 0);
	else
		wr_plain(w, e->afi, e->bytes);
}

void wr_rloc(struct lisp_wr *w, const struct lisp_addr *a)
{
	if (a->afi != LISP_AFI_NONE && !is_ip(a->afi))
		wr_fail(w, -EINVAL);
	wr_plain(w, a->afi, a->bytes);
}

void wr_nat(struct lisp_wr *w, const struct lisp_info *info)
{
	uint8_t *len_at;
	size_t len;
	unsigned int i;

	wr_lcaf_head(w, LISP_LCAF_NAT_TRAVERSAL, 0);
	len_at = w->p;
	wr_u16(w, info->ms_port);
	wr_u16(w, info->etr_port);
	wr_rloc(w, &info->global_etr);
	wr_rloc(w, &info->ms);
	wr_rloc(w, &info->private_etr);
	/* RFC 8060 4.4: none are left out, or one of AFI 0; tshark knows this */
	for (i = 0; i < info->n_rtrs; i++)
		wr_rloc(w, &info->rtrs[i]);
	if (w->err)
		return;
	len = (size_t)(w->p - len_at);
	len_at[-2] = (uint8_t)(len >> 8);
	len_at[-1] = (uint8_t)len;
}
