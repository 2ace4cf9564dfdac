// SPDX-License-Identifier: GPL-2.0
/*
 * Info-Request and Info-Reply: how a system learns that it is behind a NAT
 * (draft-ermagan-lisp-nat-traversal; the LCAF in the reply is RFC 8060 4.4)
 */
#include "codec.h"
#include "lcaf.h"

#define INFO_REPLY	LISP_HEAD_BIT(4)

void rd_info(struct lisp_rd *r, struct lisp_info *m)
{
	const uint8_t *start = r->p;
	uint8_t plen;

	m->reply = rd_u32(r) & INFO_REPLY;
	m->nonce = rd_u64(r);
	rd_auth(r, &m->key_id, &m->alg_id, &m->auth_len);
	m->ttl = rd_u32(r);
	rd_u8(r);
	plen = rd_u8(r);
	rd_eid(r, &m->eid);
	rd_eid_mask(r, &m->eid, plen);
	if (m->reply)
		rd_nat(r, m);
	else if (rd_u16(r) != LISP_AFI_NONE)
		rd_fail(r, -EBADMSG, "Info-Request with an address");
	m->auth_end = (size_t)(r->p - start);
}

void wr_info(struct lisp_wr *w, const struct lisp_info *m)
{
	uint32_t head = LISP_HEAD_TYPE(LISP_INFO);

	if (m->n_rtrs > LISP_INFO_RTRS_MAX) {
		wr_fail(w, -EINVAL);
		return;
	}
	wr_u32(w, head | (m->reply ? INFO_REPLY : 0));
	wr_u64(w, m->nonce);
	wr_auth(w, m->key_id, m->alg_id, m->auth_len);
	wr_u32(w, m->ttl);
	wr_u8(w, 0);
	wr_u8(w, m->eid.afi ? m->eid.plen : 0);
	wr_eid(w, &m->eid);
	if (m->reply)
		wr_nat(w, m);
	else
		wr_u16(w, LISP_AFI_NONE);
}
