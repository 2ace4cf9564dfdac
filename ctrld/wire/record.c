// SPDX-License-Identifier: GPL-2.0
/* EID-records and RLOC-records (RFC 9301 5.4) */
#include <stdlib.h>

#include "lcaf.h"
#include "record.h"

/* The least that a record and a locator take: those with AFI 0. */
#define RECORD_MIN	12
#define LOCATOR_MIN	8

#define LOC_LOCAL	0x0004
#define LOC_PROBED	0x0002
#define LOC_REACHABLE	0x0001

#define RECORD_A	0x1000

static void rd_locator(struct lisp_rd *r, uint32_t iid, struct lisp_locator *l,
		       enum lisp_record_use use)
{
	uint16_t flags;

	l->priority = rd_u8(r);
	l->weight = rd_u8(r);
	l->mpriority = rd_u8(r);
	l->mweight = rd_u8(r);
	flags = rd_u16(r);
	l->local = flags & LOC_LOCAL;
	l->probed = use == LISP_RECORD_REPLY && (flags & LOC_PROBED);
	l->reachable = flags & LOC_REACHABLE;
	rd_rloc(r, iid, &l->addr);
}

/* Memory only for a count that the octets left can hold. */
static void *rd_alloc(struct lisp_rd *r, size_t n, size_t min, size_t size)
{
	void *p;

	if (r->err)
		return NULL;
	if (rd_left(r) / min < n) {
		rd_fail(r, -EBADMSG, "count larger than the message");
		return NULL;
	}
	p = calloc(n, size);
	if (!p)
		rd_fail(r, -ENOMEM, "out of memory");
	return p;
}

static void rd_locators(struct lisp_rd *r, struct lisp_record *rec, uint8_t n,
			enum lisp_record_use use)
{
	unsigned int i;

	if (!n)
		return;
	rec->locators = rd_alloc(r, n, LOCATOR_MIN, sizeof(*rec->locators));
	if (!rec->locators)
		return;
	rec->n_locators = n;
	for (i = 0; i < n; i++)
		rd_locator(r, rec->eid.iid, &rec->locators[i], use);
}

static void skip_locators(struct lisp_rd *r, uint32_t iid, uint8_t n)
{
	struct lisp_locator l;
	unsigned int i;

	for (i = 0; i < n && !r->err; i++)
		rd_locator(r, iid, &l, LISP_RECORD_REPLY);
}

void rd_record(struct lisp_rd *r, struct lisp_record *rec,
	       enum lisp_record_use use)
{
	struct lisp_record head = { 0 };
	uint8_t n, plen;
	uint16_t flags;

	head.ttl = rd_u32(r);
	n = rd_u8(r);
	plen = rd_u8(r);
	flags = rd_u16(r);
	if (use == LISP_RECORD_REPLY)
		head.action = (uint8_t)(flags >> 13);
	head.authoritative = flags & RECORD_A;
	head.map_version = rd_u16(r) & 0xfff;
	rd_eid(r, &head.eid);
	rd_eid_mask(r, &head.eid, plen);
	if (!rec) {
		skip_locators(r, head.eid.iid, n);
		return;
	}
	*rec = head;
	rd_locators(r, rec, n, use);
	if (r->err)
		lisp_record_free(rec);
}

void rd_records(struct lisp_rd *r, struct lisp_record **recs, uint8_t n,
		enum lisp_record_use use)
{
	unsigned int i;

	*recs = NULL;
	if (!n)
		return;
	*recs = rd_alloc(r, n, RECORD_MIN, sizeof(**recs));
	if (!*recs)
		return;
	for (i = 0; i < n && !r->err; i++)
		rd_record(r, &(*recs)[i], use);
	if (r->err) {
		lisp_records_free(*recs, n);
		*recs = NULL;
	}
}

static void wr_locator(struct lisp_wr *w, const struct lisp_locator *l,
		       enum lisp_record_use use)
{
	uint16_t flags = 0;

	if (l->local)
		flags |= LOC_LOCAL;
	if (l->probed && use == LISP_RECORD_REPLY)
		flags |= LOC_PROBED;
	if (l->reachable)
		flags |= LOC_REACHABLE;
	wr_u8(w, l->priority);
	wr_u8(w, l->weight);
	wr_u8(w, l->mpriority);
	wr_u8(w, l->mweight);
	wr_u16(w, flags);
	wr_rloc(w, &l->addr);
}

/* Indices of the locators, by ascending address, equal ones in their order. */
static void sort_locators(const struct lisp_record *rec, uint8_t order[255])
{
	unsigned int i, j;

	for (i = 0; i < rec->n_locators; i++) {
		for (j = i; j; j--) {
			if (lisp_addr_cmp(&rec->locators[order[j - 1]].addr,
					  &rec->locators[i].addr) <= 0)
				break;
			order[j] = order[j - 1];
		}
		order[j] = (uint8_t)i;
	}
}

void wr_record(struct lisp_wr *w, const struct lisp_record *rec,
	       enum lisp_record_use use)
{
	uint16_t flags = rec->authoritative ? RECORD_A : 0;
	uint8_t order[255];
	unsigned int i;

	if (rec->action > 7 || rec->map_version > 0xfff ||
	    (rec->n_locators && !rec->locators)) {
		wr_fail(w, -EINVAL);
		return;
	}
	if (use == LISP_RECORD_REPLY)
		flags |= (uint16_t)(rec->action << 13);
	wr_u32(w, rec->ttl);
	wr_u8(w, rec->n_locators);
	wr_u8(w, rec->eid.afi == LISP_AFI_NONE ? 0 : rec->eid.plen);
	wr_u16(w, flags);
	wr_u16(w, rec->map_version);
	wr_eid(w, &rec->eid);
	sort_locators(rec, order);
	for (i = 0; i < rec->n_locators; i++)
		wr_locator(w, &rec->locators[order[i]], use);
}

void wr_records(struct lisp_wr *w, const struct lisp_record *recs, uint8_t n,
		enum lisp_record_use use)
{
	unsigned int i;

	if (n && !recs)
		wr_fail(w, -EINVAL);
	for (i = 0; i < n && !w->err; i++)
		wr_record(w, &recs[i], use);
}

int lisp_record_copy(struct lisp_record *dst, const struct lisp_record *src)
{
	struct lisp_record r = *src;

	r.locators = NULL;
	if (src->n_locators) {
		r.locators = calloc(src->n_locators, sizeof(*r.locators));
		if (!r.locators)
			return -ENOMEM;
		memcpy(r.locators, src->locators,
		       src->n_locators * sizeof(*r.locators));
	}
	*dst = r;
	return 0;
}

void lisp_record_free(struct lisp_record *r)
{
	free(r->locators);
	memset(r, 0, sizeof(*r));
}

void lisp_records_free(struct lisp_record *recs, uint8_t n)
{
	unsigned int i;

	for (i = 0; recs && i < n; i++)
		lisp_record_free(&recs[i]);
	free(recs);
}
