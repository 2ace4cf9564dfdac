// SPDX-License-Identifier: GPL-2.0
/* Map-Request (RFC 9301 5.2; I-bit, N-bit and trailer: RFC 9437 5) */
#include <stdlib.h>

#include "codec.h"
#include "lcaf.h"
#include "record.h"

#define MREQ_A		LISP_HEAD_BIT(4)
#define MREQ_M		LISP_HEAD_BIT(5)
#define MREQ_P		LISP_HEAD_BIT(6)
#define MREQ_SMR	LISP_HEAD_BIT(7)
#define MREQ_PITR	LISP_HEAD_BIT(8)
#define MREQ_SMR_INV	LISP_HEAD_BIT(9)
#define MREQ_I		LISP_HEAD_BIT(11)
#define MREQ_L		LISP_HEAD_BIT(17)
#define MREQ_D		LISP_HEAD_BIT(18)
#define MREQ_IRC_SHIFT	8
#define MREQ_IRC_MASK	31u

#define RECORD_N	0x80
#define RECORD_MIN	4	/* one with AFI 0 */

static void rd_head(struct lisp_rd *r, struct lisp_map_request *m, bool *mdata)
{
	uint32_t head = rd_u32(r);

	m->authoritative = head & MREQ_A;
	*mdata = head & MREQ_M;
	m->probe = head & MREQ_P;
	m->smr = head & MREQ_SMR;
	m->pitr = head & MREQ_PITR;
	m->smr_invoked = head & MREQ_SMR_INV;
	m->has_xtr_id = head & MREQ_I;
	m->local_xtr = head & MREQ_L;
	m->dont_reply = head & MREQ_D;
	m->n_itr_rlocs = (head >> MREQ_IRC_SHIFT & MREQ_IRC_MASK) + 1;
	m->n_eids = head & 0xff;
	m->nonce = rd_u64(r);
}

static void rd_eids(struct lisp_rd *r, struct lisp_map_request *m)
{
	uint8_t n = m->n_eids, flags, plen;
	unsigned int i;

	m->n_eids = 0;
	if (r->err)
		return;
	if (!n || rd_left(r) / RECORD_MIN < n) {
		rd_fail(r, -EBADMSG, n ? "count larger than the message" :
			"Map-Request without a record");
		return;
	}
	m->eids = calloc(n, sizeof(*m->eids));
	if (!m->eids) {
		rd_fail(r, -ENOMEM, "out of memory");
		return;
	}
	m->n_eids = n;
	for (i = 0; i < n; i++) {
		flags = rd_u8(r);
		plen = rd_u8(r);
		rd_eid(r, &m->eids[i]);
		rd_eid_mask(r, &m->eids[i], plen);
		if (flags & RECORD_N)
			m->notify[i / 8] |= (uint8_t)(1 << (i % 8));
	}
}

static void rd_reply(struct lisp_rd *r, struct lisp_map_request *m)
{
	if (r->err)
		return;
	m->reply = calloc(1, sizeof(*m->reply));
	if (!m->reply)
		rd_fail(r, -ENOMEM, "out of memory");
	else
		rd_record(r, m->reply, LISP_RECORD_REGISTER);
}

void rd_map_request(struct lisp_rd *r, struct lisp_map_request *m)
{
	unsigned int i;
	bool mdata;

	rd_head(r, m, &mdata);
	rd_eid(r, &m->source_eid);
	if (lisp_afi_bits(m->source_eid.afi))
		m->source_eid.plen = (uint8_t)lisp_afi_bits(m->source_eid.afi);
	for (i = 0; i < m->n_itr_rlocs; i++)
		rd_rloc(r, 0, &m->itr_rlocs[i]);
	rd_eids(r, m);
	if (mdata)
		rd_reply(r, m);
	if (m->has_xtr_id) {
		rd_copy(r, m->xtr_id, sizeof(m->xtr_id));
		m->site_id = rd_u64(r);
	}
	if (r->err)
		lisp_map_request_free(m);
}

void lisp_map_request_free(struct lisp_map_request *m)
{
	free(m->eids);
	if (m->reply)
		lisp_record_free(m->reply);
	free(m->reply);
	memset(m, 0, sizeof(*m));
}

static uint32_t head_of(const struct lisp_map_request *m)
{
	uint32_t head = LISP_HEAD_TYPE(LISP_MAP_REQUEST) | m->n_eids;

	head |= m->authoritative ? MREQ_A : 0;
	head |= m->reply ? MREQ_M : 0;
	head |= m->probe ? MREQ_P : 0;
	head |= m->smr ? MREQ_SMR : 0;
	head |= m->pitr ? MREQ_PITR : 0;
	head |= m->smr_invoked ? MREQ_SMR_INV : 0;
	head |= m->has_xtr_id ? MREQ_I : 0;
	head |= m->local_xtr ? MREQ_L : 0;
	head |= m->dont_reply ? MREQ_D : 0;
	return head | (m->n_itr_rlocs - 1u) << MREQ_IRC_SHIFT;
}

static void wr_eids(struct lisp_wr *w, const struct lisp_map_request *m)
{
	unsigned int i;
	bool notify;

	for (i = 0; i < m->n_eids; i++) {
		notify = m->notify[i / 8] >> (i % 8) & 1;
		wr_u8(w, notify ? RECORD_N : 0);
		wr_u8(w, m->eids[i].afi ? m->eids[i].plen : 0);
		wr_eid(w, &m->eids[i]);
	}
}

void wr_map_request(struct lisp_wr *w, const struct lisp_map_request *m)
{
	struct lisp_eid src = m->source_eid;
	unsigned int i;

	if (!m->n_itr_rlocs || m->n_itr_rlocs > LISP_ITR_RLOCS_MAX ||
	    !m->n_eids || !m->eids) {
		wr_fail(w, -EINVAL);
		return;
	}
	wr_u32(w, head_of(m));
	wr_u64(w, m->nonce);
	src.plen = (uint8_t)lisp_afi_bits(src.afi);	/* an address */
	wr_eid(w, &src);
	for (i = 0; i < m->n_itr_rlocs; i++)
		wr_rloc(w, &m->itr_rlocs[i]);
	wr_eids(w, m);
	if (m->reply)
		wr_record(w, m->reply, LISP_RECORD_REGISTER);
	if (m->has_xtr_id) {
		wr_bytes(w, m->xtr_id, sizeof(m->xtr_id));
		wr_u64(w, m->site_id);
	}
}
