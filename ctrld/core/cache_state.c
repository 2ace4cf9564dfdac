// SPDX-License-Identifier: GPL-2.0
/*
 * The map-cache as bytes, to have it again after a reboot: entries that
 * Map-Replies made, with the time they have left; and the EID-prefixes of those
 * used most, gone or not. See state.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "../wire/buf.h"

/* The last byte is the version: 1 was without the most used ones. */
static const uint8_t magic[8] = "LISPmap\2";

#define TTL_MAX		(366 * 24 * 3600u)	/* nothing is kept longer */
#define HEAD_BYTES	(sizeof(magic) + 8 + 4)
#define EID_BYTES	(4 + 2 + 1 + LISP_ADDR_BYTES)
#define ENTRY_BYTES	(EID_BYTES + 4 + 1)
#define MOST_BYTES	(EID_BYTES + 8)
#define LOCATOR_BYTES	(2 + LISP_ADDR_BYTES + 1 + 1)

static bool worth(const struct lisp_core *core, const struct cache_entry *c)
{
	return c->origin == LISP_BY_MAP_REPLY && c->n_uses && !c->proxied &&
	       c->expires != LISP_TIME_NEVER &&
	       c->expires > core->now + LISP_SEC;
}

static void write_eid(struct lisp_wr *w, const struct lisp_eid *eid)
{
	wr_u32(w, eid->iid);
	wr_u16(w, eid->afi);
	wr_u8(w, eid->plen);
	wr_bytes(w, eid->bytes, sizeof(eid->bytes));
}

static void write_most(struct lisp_wr *w, const struct lisp_keeps *k)
{
	unsigned int i;

	wr_u32(w, k->n);
	for (i = 0; i < k->n; i++) {
		write_eid(w, &k->list[i].eid);
		wr_u64(w, k->list[i].score);
	}
}

static void write_entry(const struct lisp_core *core, struct lisp_wr *w,
			const struct cache_entry *c)
{
	unsigned int i;

	write_eid(w, &c->e.eid);
	wr_u32(w, (uint32_t)((c->expires - core->now) / LISP_SEC));
	wr_u8(w, c->n_uses);
	for (i = 0; i < c->n_uses; i++) {
		wr_u16(w, c->uses[i].rloc->addr.afi);
		wr_bytes(w, c->uses[i].rloc->addr.bytes, LISP_ADDR_BYTES);
		wr_u8(w, c->uses[i].priority);
		wr_u8(w, c->uses[i].weight);
	}
}

int lisp_core_save_cache(struct lisp_core *core, lisp_time now,
			 uint64_t wall_sec, uint8_t **buf, size_t *len)
{
	const struct lisp_table *t = &core->itr.cache;
	const struct cache_entry *c;
	struct lisp_entry *e;
	struct lisp_wr w;
	uint32_t n = 0;

	core->now = now;
	*len = HEAD_BYTES + 4 + core->itr.most.n * MOST_BYTES;
	for (e = lisp_table_next(t, NULL); e; e = lisp_table_next(t, &e->eid)) {
		c = container_of(e, struct cache_entry, e);
		if (!worth(core, c))
			continue;
		n++;
		*len += ENTRY_BYTES + c->n_uses * LOCATOR_BYTES;
	}
	*buf = malloc(*len);
	if (!*buf)
		return -ENOMEM;
	w = wr_init(*buf, *len);
	wr_bytes(&w, magic, sizeof(magic));
	wr_u64(&w, wall_sec);
	wr_u32(&w, n);
	for (e = lisp_table_next(t, NULL); e; e = lisp_table_next(t, &e->eid)) {
		c = container_of(e, struct cache_entry, e);
		if (worth(core, c))
			write_entry(core, &w, c);
	}
	write_most(&w, &core->itr.most);
	return 0;
}

static struct lisp_eid read_eid(struct lisp_rd *r)
{
	struct lisp_eid eid = { .iid = rd_u32(r), .afi = rd_u16(r) };

	eid.plen = rd_u8(r);
	rd_copy(r, eid.bytes, sizeof(eid.bytes));
	return eid;
}

/* Sorted, as they were written; -EINVAL: they make no sense. */
static int read_most(struct lisp_core *core, struct lisp_rd *r)
{
	struct lisp_keeps k = { 0 };
	uint32_t n = rd_u32(r);
	struct lisp_keep *e;
	bool ok = true;

	if (r->err || n > LISP_MOST_USED_MAX || n * MOST_BYTES != rd_left(r))
		return -EINVAL;
	k.list = calloc(n ? n : 1, sizeof(*k.list));
	if (!k.list)
		return -ENOMEM;
	while (ok && k.n < n) {
		e = &k.list[k.n++];
		e->eid = read_eid(r);
		e->score = rd_u64(r);
		ok = lisp_config_eid_ok(&e->eid) &&
		     (e == k.list || lisp_eid_cmp(&e[-1].eid, &e->eid) < 0);
	}
	if (ok)
		most_restore(core, &k);
	keep_free(core, &k);
	return ok ? 0 : -EINVAL;
}

static bool read_entry(struct lisp_rd *r, struct lisp_mapping *m,
		       struct lisp_locator *l)
{
	unsigned int i;
	bool ok;

	m->eid = read_eid(r);
	m->ttl = rd_u32(r);
	m->n_locators = rd_u8(r);
	ok = m->n_locators && lisp_config_eid_ok(&m->eid) &&
	     m->ttl <= TTL_MAX;
	for (i = 0; i < m->n_locators; i++) {
		l[i] = (struct lisp_locator){
			.addr = { .afi = rd_u16(r) },
			.mpriority = LISP_PRIORITY_UNUSED,
			.reachable = true,
		};
		rd_copy(r, l[i].addr.bytes, LISP_ADDR_BYTES);
		l[i].priority = rd_u8(r);
		l[i].weight = rd_u8(r);
		ok &= lisp_addr_is_rloc(&l[i].addr);
	}
	return ok && !r->err;
}

/* What the data plane has already is newer. */
static void take(struct lisp_core *core, struct lisp_mapping *m,
		 uint64_t elapsed)
{
	struct cache_entry *c;

	if (m->ttl <= elapsed || !lisp_serves(core, m->eid.iid) ||
	    cache_find(core, &m->eid) || cache_is_default(core, &m->eid))
		return;
	m->ttl -= (uint32_t)elapsed;
	core->ops.map_add(core->ctx, m);
	cache_set(core, m);
	c = cache_find(core, &m->eid);
	if (c)
		c->unverified = true;
	lisp_count(core, LISP_STAT_RESTORED);
}

int lisp_core_restore_cache(struct lisp_core *core, lisp_time now,
			    uint64_t wall_sec, const uint8_t *buf, size_t len)
{
	struct lisp_rd r = rd_init(buf, len);
	const uint8_t *m8 = rd_bytes(&r, sizeof(magic));
	struct lisp_locator locators[255];
	struct lisp_mapping m = { .origin = LISP_BY_MAP_REPLY,
				  .locators = locators };
	uint64_t saved, elapsed;
	struct lisp_rd all;
	uint32_t i, n;
	int err;

	core->now = now;
	if (!m8 || memcmp(m8, magic, sizeof(magic) - 1) || !m8[7] ||
	    m8[7] > magic[7])
		return -EINVAL;
	saved = rd_u64(&r);
	elapsed = wall_sec > saved ? wall_sec - saved : 0;
	n = rd_u32(&r);
	if (!core->cfg.itr)
		return r.err ? -EINVAL : 0;
	/* all of it makes sense, or none is taken */
	all = r;
	for (i = 0; i < n; i++) {
		if (!read_entry(&all, &m, locators))
			return -EINVAL;
	}
	err = m8[7] > 1 ? read_most(core, &all) :
	      all.err || rd_left(&all) ? -EINVAL : 0;
	if (err)
		return err;
	for (i = 0; i < n && read_entry(&r, &m, locators); i++)
		take(core, &m, elapsed);
	keep_verify(core);
	return 0;
}
