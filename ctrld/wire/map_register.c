// SPDX-License-Identifier: GPL-2.0
/* Map-Register, Map-Notify and Map-Notify-Ack (RFC 9301 5.6 and 5.7) */
#include "auth.h"
#include "codec.h"
#include "record.h"

#define MREG_P		LISP_HEAD_BIT(4)
#define MREG_S		LISP_HEAD_BIT(5)
#define MREG_I		LISP_HEAD_BIT(6)
#define MREG_RTR	LISP_HEAD_BIT(7)	/* NAT traversal; else reserved */
#define MREG_E		LISP_HEAD_BIT(19)
#define MREG_T		LISP_HEAD_BIT(20)
#define MREG_MERGE	LISP_HEAD_BIT(21)
#define MREG_M		LISP_HEAD_BIT(23)

/*
 * RFC 9301 5.7 says that a Map-Notify has the contents of the Map-Register, its
 * trailer included, but draws all its flags as reserved. Deployed systems say
 * at bit 4 that the trailer is there, and at bit 5 that it is for an RTR.
 */
#define MNOT_I		LISP_HEAD_BIT(4)
#define MNOT_RTR	LISP_HEAD_BIT(5)

void rd_auth(struct lisp_rd *r, uint8_t *key_id, uint8_t *alg_id,
	     uint16_t *len)
{
	*key_id = rd_u8(r);
	*alg_id = rd_u8(r);
	*len = rd_u16(r);
	if (rd_left(r) < *len)
		rd_fail(r, -EBADMSG, "authentication data longer than message");
	else
		rd_bytes(r, *len);
}

void wr_auth(struct lisp_wr *w, uint8_t key_id, uint8_t alg_id, uint16_t len)
{
	struct lisp_key key = { .alg_id = alg_id };

	if (!len)
		len = (uint16_t)lisp_auth_len(&key);
	wr_u8(w, key_id);
	wr_u8(w, alg_id);
	wr_u16(w, len);
	wr_zero(w, len);
}

static void rd_register_head(struct lisp_map_register *m, uint32_t head)
{
	m->proxy_reply = head & MREG_P;
	m->security = head & MREG_S;
	m->has_xtr_id = head & MREG_I;
	m->rtr = head & MREG_RTR;
	m->eid_notify = head & MREG_E;
	m->use_ttl = head & MREG_T;
	m->merge = head & MREG_MERGE;
	m->want_notify = head & MREG_M;
}

/*
 * In a Map-Register the I-bit promises the trailer. In the other two no bit
 * surely does, so there it is whatever the octets left can hold, unless they
 * end inside what was promised.
 */
static void rd_trailer(struct lisp_rd *r, bool is_register,
		       struct lisp_map_register *m)
{
	if (!is_register)
		m->has_xtr_id = rd_left(r) >= LISP_TRAILER_LEN ||
				(m->has_xtr_id && rd_left(r));
	if (!m->has_xtr_id)
		return;
	rd_copy(r, m->xtr_id, sizeof(m->xtr_id));
	m->site_id = rd_u64(r);
}

void rd_map_register(struct lisp_rd *r, struct lisp_map_register *m)
{
	const uint8_t *start = r->p;
	uint32_t head = rd_u32(r);
	bool is_register = head >> 28 == LISP_MAP_REGISTER;

	if (is_register) {
		rd_register_head(m, head);
	} else {
		m->has_xtr_id = head & MNOT_I;
		m->rtr = head & MNOT_RTR;
	}
	m->nonce = rd_u64(r);
	rd_auth(r, &m->key_id, &m->alg_id, &m->auth_len);
	rd_records(r, &m->records, head & 0xff, is_register ?
		   LISP_RECORD_REGISTER : LISP_RECORD_REPLY);
	m->n_records = m->records ? head & 0xff : 0;
	m->auth_end = (size_t)(r->p - start);
	rd_trailer(r, is_register, m);
	if (r->err) {
		lisp_records_free(m->records, m->n_records);
		memset(m, 0, sizeof(*m));
	}
}

static uint32_t register_head(const struct lisp_map_register *m)
{
	uint32_t head = 0;

	head |= m->proxy_reply ? MREG_P : 0;
	head |= m->security ? MREG_S : 0;
	head |= m->has_xtr_id ? MREG_I : 0;
	head |= m->rtr ? MREG_RTR : 0;
	head |= m->eid_notify ? MREG_E : 0;
	head |= m->use_ttl ? MREG_T : 0;
	head |= m->merge ? MREG_MERGE : 0;
	head |= m->want_notify ? MREG_M : 0;
	return head;
}

void wr_map_register(struct lisp_wr *w, enum lisp_msg_type type,
		     const struct lisp_map_register *m)
{
	bool is_register = type == LISP_MAP_REGISTER;
	uint32_t head = LISP_HEAD_TYPE(type) | m->n_records;
	struct lisp_key key = { .alg_id = m->alg_id };

	if (!lisp_auth_len(&key)) {	/* also algorithm 0: never sent */
		wr_fail(w, -EINVAL);
		return;
	}
	if (is_register)
		head |= register_head(m);
	else
		head |= (m->has_xtr_id ? MNOT_I : 0) |
			(m->rtr ? MNOT_RTR : 0);
	wr_u32(w, head);
	wr_u64(w, m->nonce);
	wr_auth(w, m->key_id, m->alg_id, m->auth_len);
	wr_records(w, m->records, m->n_records, is_register ?
		   LISP_RECORD_REGISTER : LISP_RECORD_REPLY);
	if (m->has_xtr_id) {
		wr_bytes(w, m->xtr_id, sizeof(m->xtr_id));
		wr_u64(w, m->site_id);
	}
}
