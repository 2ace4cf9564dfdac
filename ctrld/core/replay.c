// SPDX-License-Identifier: GPL-2.0
/*
 * Map-server: the last Map-Register of each ETR (RFC 9301 5.6: of each xTR-ID
 * and key; without an xTR-ID, of each source address and key).
 *
 * The MAC covers neither the source address nor, by RFC 9301 5.6, the xTR-ID.
 * So an old message could come back under another name and be the first of an
 * unknown ETR. Therefore what was accepted lately is remembered by its MAC, too.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "../wire/buf.h"

#define MAC_AT	16

static bool same_etr(const struct replay *r, const struct lisp_endpoint *from,
		     const struct lisp_map_register *m)
{
	if (r->key_id != m->key_id || r->has_xtr_id != m->has_xtr_id)
		return false;
	if (!m->has_xtr_id)
		return lisp_addr_equal(&r->from, &from->addr);
	return r->site_id == m->site_id &&
	       !memcmp(r->xtr_id, m->xtr_id, sizeof(r->xtr_id));
}

/* To the front, so that the one at the end is the longest unused. */
static struct replay *find(struct site *site, const struct lisp_endpoint *from,
			   const struct lisp_map_register *m)
{
	struct replay **p = &site->replay, *r;

	for (; (r = *p); p = &r->next) {
		if (same_etr(r, from, m)) {
			*p = r->next;
			r->next = site->replay;
			site->replay = r;
			return r;
		}
	}
	return NULL;
}

static size_t mac_len(const struct lisp_map_register *m)
{
	return m->auth_len < LISP_AUTH_LEN_MAX ? m->auth_len :
						 LISP_AUTH_LEN_MAX;
}

/* Eight bytes of the MAC: nobody without the key can choose them. */
static struct replay_seen mark_of(const struct lisp_map_register *m,
				  const uint8_t *buf)
{
	struct replay_seen s = { .nonce = m->nonce };

	memcpy(&s.mac, buf + MAC_AT, sizeof(s.mac));
	return s;
}

static bool was_seen(const struct site *site, const struct lisp_map_register *m,
		     const uint8_t *buf)
{
	struct replay_seen s = mark_of(m, buf);
	unsigned int i;

	for (i = 0; i < site->n_seen; i++) {
		if (site->seen[i].nonce == s.nonce && site->seen[i].mac == s.mac)
			return true;
	}
	return false;
}

static void remember(struct site *site, struct lisp_core *core,
		     struct replay_seen mark)
{
	unsigned int n = site->n_seen;
	struct replay_seen *p;

	if (n < LISP_SEEN_MAX && !(n & (n - 1))) {	/* 0, 1, 2, 4, 8 ... */
		p = realloc(site->seen, (n ? 2 * n : 1) * sizeof(*p));
		if (!p) {
			lisp_count(core, LISP_STAT_NO_MEMORY);
			return;
		}
		site->seen = p;
	}
	if (n < LISP_SEEN_MAX) {
		site->seen[site->n_seen++] = mark;
		return;
	}
	site->seen[site->next_seen++ % LISP_SEEN_MAX] = mark;
}

/* The MAC was checked before: equal nonce, length and MAC are equal bytes. */
enum replay_verdict replay_check(struct site *site, struct lisp_core *core,
				 const struct lisp_endpoint *from,
				 const struct lisp_map_register *m,
				 const uint8_t *buf, size_t len)
{
	const struct replay *r = find(site, from, m);

	(void)core;
	if (!r)
		return was_seen(site, m, buf) ? REPLAY_OLD : REPLAY_NEW;
	if (m->nonce > r->nonce && !site->cfg->any_nonce)
		return REPLAY_NEW;
	if (m->nonce == r->nonce && len == r->len &&
	    m->auth_len == r->auth_len &&
	    !memcmp(buf + MAC_AT, r->mac, mac_len(m)))
		return REPLAY_SAME;
	/* of a site that sends nonces at random: but not one seen lately */
	if (site->cfg->any_nonce && !was_seen(site, m, buf))
		return REPLAY_NEW;
	return REPLAY_OLD;
}

static void drop_last(struct site *site)
{
	struct replay **p = &site->replay;

	while ((*p)->next)
		p = &(*p)->next;
	free(*p);
	*p = NULL;
	site->n_replay--;
}

void replay_store(struct site *site, struct lisp_core *core,
		  const struct lisp_endpoint *from,
		  const struct lisp_map_register *m,
		  const uint8_t *buf, size_t len)
{
	struct replay *r = find(site, from, m);

	lisp_count(core, LISP_STAT_REG_STORED);
	remember(site, core, mark_of(m, buf));
	if (!r) {
		if (site->n_replay >= LISP_REPLAY_MAX) {
			lisp_count(core, LISP_STAT_LIM_REPLAY);
			drop_last(site);
		}
		r = calloc(1, sizeof(*r));
		if (!r) {
			lisp_count(core, LISP_STAT_NO_MEMORY);
			return;
		}
		r->next = site->replay;
		site->replay = r;
		site->n_replay++;
		r->key_id = m->key_id;
		r->has_xtr_id = m->has_xtr_id;
		memcpy(r->xtr_id, m->xtr_id, sizeof(r->xtr_id));
		r->site_id = m->site_id;
		r->from = from->addr;
	}
	r->nonce = m->nonce;
	r->auth_len = m->auth_len;
	memcpy(r->mac, buf + MAC_AT, mac_len(m));
	r->len = len;
}

/* To and from the bytes of state.c: counts, then entries of these sizes. */
#define REPLAY_BYTES	(1 + 1 + 16 + 8 + 2 + LISP_ADDR_BYTES + 8 + 2 + \
			 LISP_AUTH_LEN_MAX + 4)
#define SEEN_BYTES	(8 + 8)

size_t replay_size(const struct site *site)
{
	return 4 + site->n_replay * REPLAY_BYTES +
	       4 + site->n_seen * SEEN_BYTES;
}

void replay_save(const struct site *site, struct lisp_wr *w)
{
	const struct replay *r;
	unsigned int i;

	wr_u32(w, site->n_replay);
	for (r = site->replay; r; r = r->next) {
		wr_u8(w, r->key_id);
		wr_u8(w, r->has_xtr_id);
		wr_bytes(w, r->xtr_id, sizeof(r->xtr_id));
		wr_u64(w, r->site_id);
		wr_u16(w, r->from.afi);
		wr_bytes(w, r->from.bytes, sizeof(r->from.bytes));
		wr_u64(w, r->nonce);
		wr_u16(w, r->auth_len);
		wr_bytes(w, r->mac, sizeof(r->mac));
		wr_u32(w, (uint32_t)r->len);
	}
	wr_u32(w, site->n_seen);
	for (i = 0; i < site->n_seen; i++) {
		wr_u64(w, site->seen[i].nonce);
		wr_u64(w, site->seen[i].mac);
	}
}

static void restore_one(struct site *site, struct lisp_rd *rd,
			struct replay **end)
{
	struct replay *r = calloc(1, sizeof(*r));

	if (!r) {
		rd_fail(rd, -ENOMEM, "no memory");
		return;
	}
	r->key_id = rd_u8(rd);
	r->has_xtr_id = rd_u8(rd);
	rd_copy(rd, r->xtr_id, sizeof(r->xtr_id));
	r->site_id = rd_u64(rd);
	r->from.afi = rd_u16(rd);
	rd_copy(rd, r->from.bytes, sizeof(r->from.bytes));
	r->nonce = rd_u64(rd);
	r->auth_len = rd_u16(rd);
	rd_copy(rd, r->mac, sizeof(r->mac));
	r->len = rd_u32(rd);
	*end = r;
	site->n_replay++;
}

/* In the order they were in: the most recently used first. */
void replay_restore(struct site *site, struct lisp_core *core,
		    struct lisp_rd *rd)
{
	uint32_t n = rd_u32(rd);
	struct replay **end = &site->replay;
	struct replay_seen mark;

	while (*end)
		end = &(*end)->next;
	for (; n && !rd->err; n--) {
		if (site->n_replay >= LISP_REPLAY_MAX) {
			rd_bytes(rd, REPLAY_BYTES);
			continue;
		}
		restore_one(site, rd, end);
		if (*end)
			end = &(*end)->next;
	}
	for (n = rd_u32(rd); n && !rd->err; n--) {
		mark.nonce = rd_u64(rd);
		mark.mac = rd_u64(rd);
		remember(site, core, mark);
	}
}

void replay_free(struct site *site)
{
	struct replay *r;

	while ((r = site->replay)) {
		site->replay = r->next;
		free(r);
	}
	site->n_replay = 0;
	free(site->seen);
	site->seen = NULL;
	site->n_seen = 0;
}
