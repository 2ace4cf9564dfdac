// SPDX-License-Identifier: GPL-2.0
/* Map-Reply (RFC 9301 5.4) */
#include "codec.h"
#include "record.h"

#define MREP_P	LISP_HEAD_BIT(4)
#define MREP_E	LISP_HEAD_BIT(5)
#define MREP_S	LISP_HEAD_BIT(6)

/* LISP-SEC data after the records (S-bit, RFC 9303 6.2) is not looked at. */
void rd_map_reply(struct lisp_rd *r, struct lisp_map_reply *m)
{
	uint32_t head = rd_u32(r);

	m->probe = head & MREP_P;
	m->echo_nonce_capable = head & MREP_E;
	m->security = head & MREP_S;
	m->nonce = rd_u64(r);
	rd_records(r, &m->records, head & 0xff, LISP_RECORD_REPLY);
	m->n_records = m->records ? head & 0xff : 0;
}

void wr_map_reply(struct lisp_wr *w, const struct lisp_map_reply *m)
{
	uint32_t head = LISP_HEAD_TYPE(LISP_MAP_REPLY) | m->n_records;

	head |= m->probe ? MREP_P : 0;
	head |= m->echo_nonce_capable ? MREP_E : 0;
	head |= m->security ? MREP_S : 0;
	wr_u32(w, head);
	wr_u64(w, m->nonce);
	wr_records(w, m->records, m->n_records, LISP_RECORD_REPLY);
}
