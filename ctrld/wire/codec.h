/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The codec of each message type. Decoders start at the first octet of the
 * message and leave nothing allocated when the reader ends with an error.
 */
#ifndef LISP_WIRE_CODEC_H
#define LISP_WIRE_CODEC_H

#include "buf.h"
#include "msg.h"

#define LISP_XTR_ID_LEN		16
#define LISP_TRAILER_LEN	(LISP_XTR_ID_LEN + 8)	/* xTR-ID, Site-ID */

/* The first 32 bits; bit 0 is the most significant, as in the RFC's figures. */
#define LISP_HEAD_BIT(n)	(0x80000000u >> (n))
#define LISP_HEAD_TYPE(t)	((uint32_t)(t) << 28)

void rd_map_request(struct lisp_rd *r, struct lisp_map_request *m);
void wr_map_request(struct lisp_wr *w, const struct lisp_map_request *m);
void lisp_map_request_free(struct lisp_map_request *m);

void rd_map_reply(struct lisp_rd *r, struct lisp_map_reply *m);
void wr_map_reply(struct lisp_wr *w, const struct lisp_map_reply *m);

/* Map-Register, Map-Notify and Map-Notify-Ack */
void rd_map_register(struct lisp_rd *r, struct lisp_map_register *m);
void wr_map_register(struct lisp_wr *w, enum lisp_msg_type type,
		     const struct lisp_map_register *m);

void rd_info(struct lisp_rd *r, struct lisp_info *m);
void wr_info(struct lisp_wr *w, const struct lisp_info *m);

void rd_ecm(struct lisp_rd *r, struct lisp_ecm *m);
void wr_ecm(struct lisp_wr *w, const struct lisp_ecm *m);

/*
 * Key ID, Algorithm ID, length and the (zeroed) authentication data. Reading
 * steps over the data; writing takes @len 0 as the algorithm's own.
 */
void rd_auth(struct lisp_rd *r, uint8_t *key_id, uint8_t *alg_id,
	     uint16_t *len);
void wr_auth(struct lisp_wr *w, uint8_t key_id, uint8_t alg_id, uint16_t len);

#endif
