/* SPDX-License-Identifier: GPL-2.0 */
/* EID-records and their RLOC-records, common to most messages (RFC 9301 5.4) */
#ifndef LISP_WIRE_RECORD_H
#define LISP_WIRE_RECORD_H

#include "buf.h"
#include "msg.h"

/*
 * Where a record stands. ACT has a meaning in replies and notifications only;
 * the p-bit must not be set in Map-Requests and Map-Registers (RFC 9301 5.4).
 */
enum lisp_record_use { LISP_RECORD_REPLY, LISP_RECORD_REGISTER };

/* One record; with @rec NULL it is checked and stepped over. */
void rd_record(struct lisp_rd *r, struct lisp_record *rec,
	       enum lisp_record_use use);
/* @n of them into *recs, freed again on error. */
void rd_records(struct lisp_rd *r, struct lisp_record **recs, uint8_t n,
		enum lisp_record_use use);
void wr_record(struct lisp_wr *w, const struct lisp_record *rec,
	       enum lisp_record_use use);
void wr_records(struct lisp_wr *w, const struct lisp_record *recs, uint8_t n,
		enum lisp_record_use use);
void lisp_records_free(struct lisp_record *recs, uint8_t n);

#endif
