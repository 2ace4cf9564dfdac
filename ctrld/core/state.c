// SPDX-License-Identifier: GPL-2.0
/*
 * What must outlive the daemon, as bytes for its owner to keep: the nonces of
 * Map-Registers, ours and those of others (RFC 9301 5.6).
 *
 * The bytes are ours alone, and still read with care: a file may be cut short
 * or be of another version. Numbers are in network order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "internal.h"
#include "../wire/buf.h"

/*
 * Nonces may have been used since they were saved: so many are left out. At one
 * a Map-Register they last for longer than any owner waits with saving.
 */
#define NONCES_UNSAVED	1000000u

static const uint8_t magic[8] = "LISPnon\1";

static size_t size_of(const struct lisp_core *core)
{
	size_t size = sizeof(magic) + 8 + 4;
	unsigned int i;

	for (i = 0; i < core->ms.n_sites; i++)
		size += 2 + strlen(core->ms.sites[i].cfg->name) +
			replay_size(&core->ms.sites[i]);
	return size;
}

int lisp_core_save_nonces(const struct lisp_core *core, uint8_t **buf,
			  size_t *len)
{
	const struct site *s;
	struct lisp_wr w;
	unsigned int i;
	size_t n;

	*len = size_of(core);
	*buf = malloc(*len);
	if (!*buf)
		return -ENOMEM;
	w = wr_init(*buf, *len);
	wr_bytes(&w, magic, sizeof(magic));
	wr_u64(&w, core->etr.nonce);
	wr_u32(&w, core->ms.n_sites);
	for (i = 0; i < core->ms.n_sites; i++) {
		s = &core->ms.sites[i];
		n = strlen(s->cfg->name);
		wr_u16(&w, (uint16_t)n);
		wr_bytes(&w, s->cfg->name, n);
		replay_save(s, &w);
	}
	if (wr_end(&w) >= 0)
		return 0;
	free(*buf);
	*buf = NULL;
	return -EMSGSIZE;
}

/* The site of that name; a throw-away when there is none any more. */
static struct site *find_site(struct lisp_ms *ms, const uint8_t *name,
			      size_t len, struct site *other)
{
	const char *s;
	unsigned int i;

	for (i = 0; i < ms->n_sites; i++) {
		s = ms->sites[i].cfg->name;
		if (strlen(s) == len && !memcmp(s, name, len))
			return &ms->sites[i];
	}
	return other;
}

/* The sites of @ms, or none at all: then it is only checked. */
static int read_sites(struct lisp_core *core, struct lisp_ms *ms,
		      struct lisp_rd *r)
{
	uint32_t n = rd_u32(r);
	struct site other = { 0 };
	const uint8_t *name;
	struct site *s;
	size_t len;

	while (n-- && !r->err) {
		len = rd_u16(r);
		name = rd_bytes(r, len);
		if (!name)
			break;
		s = find_site(ms, name, len, &other);
		replay_restore(s, core, r);
		replay_free(&other);
	}
	if (!r->err && rd_left(r))
		rd_fail(r, -EBADMSG, "more than there should be");
	return r->err;
}

int lisp_core_restore_nonces(struct lisp_core *core, const uint8_t *buf,
			     size_t len)
{
	struct lisp_rd r = rd_init(buf, len);
	struct lisp_ms none = { 0 };
	const uint8_t *m = rd_bytes(&r, sizeof(magic));
	uint64_t nonce;
	uint8_t *copy;

	if (!m || memcmp(m, magic, sizeof(magic)))
		return -EINVAL;
	nonce = rd_u64(&r);
	if (read_sites(core, &none, &r))
		return r.err == -ENOMEM ? -ENOMEM : -EINVAL;
	copy = malloc(len);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, buf, len);
	free(core->saved);
	core->saved = copy;
	core->saved_len = len;
	if (nonce <= UINT64_MAX / 2)
		nonce += NONCES_UNSAVED;
	lisp_core_set_nonce(core, nonce);
	return 0;
}

/* After the first configuration: now the sites are there. */
void state_apply(struct lisp_core *core)
{
	struct lisp_rd r;

	if (!core->saved)
		return;
	r = rd_init(core->saved, core->saved_len);
	rd_bytes(&r, sizeof(magic) + 8);
	if (read_sites(core, &core->ms, &r))
		lisp_log(core, LOG_ERR, "nonces of Map-Registers are not restored: %s",
			 strerror(-r.err));
	free(core->saved);
	core->saved = NULL;
}

uint64_t lisp_core_nonces_changed(const struct lisp_core *core)
{
	return core->etr.nonce + core->stats.n[LISP_STAT_REG_STORED];
}
