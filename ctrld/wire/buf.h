/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bounded reading and writing of octets in network order. Both are sticky: the
 * first error stays, later calls do nothing and yield zeroes, so that a codec
 * can be written straight down and look at the error once, at its end.
 */
#ifndef LISP_WIRE_BUF_H
#define LISP_WIRE_BUF_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct lisp_rd {
	const uint8_t *p, *end;
	int err;		/* 0 or a negative errno */
	const char *why;	/* static text, set with @err */
};

static inline struct lisp_rd rd_init(const uint8_t *buf, size_t len)
{
	/* NULL + 0 would be undefined in C */
	struct lisp_rd r = { .p = buf, .end = len ? buf + len : buf };

	return r;
}

static inline size_t rd_left(const struct lisp_rd *r)
{
	return (size_t)(r->end - r->p);
}

static inline void rd_fail(struct lisp_rd *r, int err, const char *why)
{
	if (!r->err) {
		r->err = err;
		r->why = why;
	}
	r->p = r->end;
}

/* The next @n octets, or NULL (and the error) when there are fewer. */
static inline const uint8_t *rd_bytes(struct lisp_rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (rd_left(r) < n) {
		rd_fail(r, -EBADMSG, "message is truncated");
		return NULL;
	}
	r->p += n;
	return p;
}

static inline void rd_copy(struct lisp_rd *r, void *dst, size_t n)
{
	const uint8_t *p = rd_bytes(r, n);

	if (p)
		memcpy(dst, p, n);
	else
		memset(dst, 0, n);
}

static inline uint8_t rd_u8(struct lisp_rd *r)
{
	const uint8_t *p = rd_bytes(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t rd_u16(struct lisp_rd *r)
{
	const uint8_t *p = rd_bytes(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rd_u32(struct lisp_rd *r)
{
	uint32_t hi = rd_u16(r);

	return hi << 16 | rd_u16(r);
}

static inline uint64_t rd_u64(struct lisp_rd *r)
{
	uint64_t hi = rd_u32(r);

	return hi << 32 | rd_u32(r);
}

struct lisp_wr {
	uint8_t *start, *p, *end;
	int err;
};

static inline struct lisp_wr wr_init(uint8_t *buf, size_t size)
{
	struct lisp_wr w = { .start = buf, .p = buf,
			     .end = size ? buf + size : buf };

	return w;
}

static inline void wr_fail(struct lisp_wr *w, int err)
{
	if (!w->err)
		w->err = err;
	w->end = w->p;
}

/* Room for @n octets, or NULL (and -EMSGSIZE). */
static inline uint8_t *wr_room(struct lisp_wr *w, size_t n)
{
	uint8_t *p = w->p;

	if (w->err || (size_t)(w->end - w->p) < n) {
		wr_fail(w, -EMSGSIZE);
		return NULL;
	}
	w->p += n;
	return p;
}

static inline void wr_bytes(struct lisp_wr *w, const void *src, size_t n)
{
	uint8_t *p = wr_room(w, n);

	if (p && n)
		memcpy(p, src, n);
}

static inline void wr_zero(struct lisp_wr *w, size_t n)
{
	uint8_t *p = wr_room(w, n);

	if (p)
		memset(p, 0, n);
}

static inline void wr_u8(struct lisp_wr *w, uint8_t v)
{
	wr_bytes(w, &v, 1);
}

static inline void wr_u16(struct lisp_wr *w, uint16_t v)
{
	uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	wr_bytes(w, b, sizeof(b));
}

static inline void wr_u32(struct lisp_wr *w, uint32_t v)
{
	wr_u16(w, (uint16_t)(v >> 16));
	wr_u16(w, (uint16_t)v);
}

static inline void wr_u64(struct lisp_wr *w, uint64_t v)
{
	wr_u32(w, (uint32_t)(v >> 32));
	wr_u32(w, (uint32_t)v);
}

/* The number of octets written, or the error. */
static inline int wr_end(const struct lisp_wr *w)
{
	return w->err ? w->err : (int)(w->p - w->start);
}

#endif
