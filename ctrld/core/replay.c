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
		     const struct lisp_map_register *m, const uint8_t *buf)
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
		site->seen[site->n_seen++] = mark_of(m, buf);
		return;
	}
	site->seen[site->next_seen++ % LISP_SEEN_MAX] = mark_of(m, buf);
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

	remember(site, core, m, buf);
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
