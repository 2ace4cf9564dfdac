// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire_util.h"

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t hex_bytes(const char *hex, uint8_t *out, size_t size)
{
	size_t n = 0;
	int hi = -1;

	for (; *hex; hex++) {
		if (nibble(*hex) < 0)
			continue;
		if (hi < 0) {
			hi = nibble(*hex);
			continue;
		}
		if (n == size)
			abort();
		out[n++] = (uint8_t)(hi << 4 | nibble(*hex));
		hi = -1;
	}
	if (hi >= 0)
		abort();
	return n;
}

size_t golden_bytes(const char *name, uint8_t *out, size_t size)
{
	unsigned int i;

	for (i = 0; i < n_goldens; i++) {
		if (!strcmp(goldens[i].name, name))
			return hex_bytes(goldens[i].hex, out, size);
	}
	fprintf(stderr, "no golden message \"%s\"\n", name);
	abort();
}

/* NULL, or the name of the field in which @a and @b differ */
#define DIFF(field)	(a->field != b->field ? #field : NULL)

static const char *record_differs(const struct lisp_record *a,
				  const struct lisp_record *b)
{
	const char *what;
	unsigned int i;

	what = DIFF(ttl) ?: DIFF(map_version) ?: DIFF(action) ?:
	       DIFF(authoritative) ?: DIFF(n_locators);
	if (what)
		return what;
	if (!lisp_eid_equal(&a->eid, &b->eid))
		return "EID of a record";
	for (i = 0; i < a->n_locators; i++) {
		const struct lisp_locator *k = &a->locators[i];
		const struct lisp_locator *l = &b->locators[i];

		if (!lisp_addr_equal(&k->addr, &l->addr))
			return "address of a locator";
		if (k->priority != l->priority || k->weight != l->weight ||
		    k->mpriority != l->mpriority || k->mweight != l->mweight)
			return "priorities of a locator";
		if (k->local != l->local || k->probed != l->probed ||
		    k->reachable != l->reachable)
			return "flags of a locator";
	}
	return NULL;
}

static const char *records_differ(const struct lisp_record *a,
				  const struct lisp_record *b, unsigned int n)
{
	const char *what = NULL;
	unsigned int i;

	for (i = 0; i < n && !what; i++)
		what = record_differs(&a[i], &b[i]);
	return what;
}

static const char *request_differs(const struct lisp_map_request *a,
				   const struct lisp_map_request *b)
{
	const char *what;
	unsigned int i;

	what = DIFF(authoritative) ?: DIFF(probe) ?: DIFF(smr) ?: DIFF(pitr) ?:
	       DIFF(smr_invoked) ?: DIFF(local_xtr) ?: DIFF(dont_reply) ?:
	       DIFF(has_xtr_id) ?: DIFF(nonce) ?: DIFF(n_itr_rlocs) ?:
	       DIFF(n_eids) ?: DIFF(site_id);
	if (what)
		return what;
	if (!lisp_eid_equal(&a->source_eid, &b->source_eid))
		return "source EID";
	for (i = 0; i < a->n_itr_rlocs; i++) {
		if (!lisp_addr_equal(&a->itr_rlocs[i], &b->itr_rlocs[i]))
			return "ITR-RLOC";
	}
	for (i = 0; i < a->n_eids; i++) {
		if (!lisp_eid_equal(&a->eids[i], &b->eids[i]))
			return "EID-prefix";
	}
	if (memcmp(a->notify, b->notify, sizeof(a->notify)))
		return "N-bits";
	if (memcmp(a->xtr_id, b->xtr_id, sizeof(a->xtr_id)))
		return "xTR-ID";
	if (!a->reply != !b->reply)
		return "M-bit";
	return a->reply ? record_differs(a->reply, b->reply) : NULL;
}

static const char *reply_differs(const struct lisp_map_reply *a,
				 const struct lisp_map_reply *b)
{
	const char *what;

	what = DIFF(probe) ?: DIFF(echo_nonce_capable) ?: DIFF(security) ?:
	       DIFF(nonce) ?: DIFF(n_records);
	if (what)
		return what;
	return records_differ(a->records, b->records, a->n_records);
}

static const char *register_differs(const struct lisp_map_register *a,
				    const struct lisp_map_register *b)
{
	const char *what;

	what = DIFF(proxy_reply) ?: DIFF(security) ?: DIFF(has_xtr_id) ?:
	       DIFF(eid_notify) ?: DIFF(use_ttl) ?: DIFF(merge) ?: DIFF(rtr) ?:
	       DIFF(want_notify) ?: DIFF(nonce) ?: DIFF(key_id) ?:
	       DIFF(alg_id) ?: DIFF(n_records) ?: DIFF(site_id);
	if (what)
		return what;
	if (a->auth_len && DIFF(auth_len))	/* 0: the algorithm's own */
		return "auth_len";
	if (memcmp(a->xtr_id, b->xtr_id, sizeof(a->xtr_id)))
		return "xTR-ID";
	return records_differ(a->records, b->records, a->n_records);
}

static const char *ecm_differs(const struct lisp_ecm *a,
			       const struct lisp_ecm *b)
{
	const char *what;

	what = DIFF(security) ?: DIFF(ddt) ?: DIFF(to_etr) ?: DIFF(to_ms) ?:
	       DIFF(src.port) ?: DIFF(dst.port) ?: DIFF(len);
	if (what)
		return what;
	if (!lisp_addr_equal(&a->src.addr, &b->src.addr) ||
	    !lisp_addr_equal(&a->dst.addr, &b->dst.addr))
		return "inner address";
	return a->len && memcmp(a->payload, b->payload, a->len) ?
		"payload" : NULL;
}

static const char *info_differs(const struct lisp_info *a,
				const struct lisp_info *b)
{
	const char *what;
	unsigned int i;

	what = DIFF(reply) ?: DIFF(nonce) ?: DIFF(key_id) ?: DIFF(alg_id) ?:
	       DIFF(ttl) ?: DIFF(ms_port) ?: DIFF(etr_port) ?: DIFF(n_rtrs);
	if (what)
		return what;
	if (a->auth_len && DIFF(auth_len))
		return "auth_len";
	if (!lisp_eid_equal(&a->eid, &b->eid))
		return "EID-prefix";
	if (!lisp_addr_equal(&a->global_etr, &b->global_etr) ||
	    !lisp_addr_equal(&a->ms, &b->ms) ||
	    !lisp_addr_equal(&a->private_etr, &b->private_etr))
		return "NAT-traversal address";
	for (i = 0; i < a->n_rtrs; i++) {
		if (!lisp_addr_equal(&a->rtrs[i], &b->rtrs[i]))
			return "RTR";
	}
	return NULL;
}

const char *msg_differs(const struct lisp_msg *a, const struct lisp_msg *b)
{
	if (a->type != b->type)
		return "type";
	switch (a->type) {
	case LISP_MAP_REQUEST:
		return request_differs(&a->request, &b->request);
	case LISP_MAP_REPLY:
		return reply_differs(&a->reply, &b->reply);
	case LISP_ECM:
		return ecm_differs(&a->ecm, &b->ecm);
	case LISP_INFO:
		return info_differs(&a->info, &b->info);
	default:
		return register_differs(&a->reg, &b->reg);
	}
}

static void sort_record(struct lisp_record *r)
{
	unsigned int i, j;

	for (i = 1; i < r->n_locators; i++) {
		struct lisp_locator l = r->locators[i];

		for (j = i; j && lisp_addr_cmp(&r->locators[j - 1].addr,
					       &l.addr) > 0; j--)
			r->locators[j] = r->locators[j - 1];
		r->locators[j] = l;
	}
}

void msg_sort(struct lisp_msg *m)
{
	unsigned int i;

	switch (m->type) {
	case LISP_MAP_REQUEST:
		if (m->request.reply)
			sort_record(m->request.reply);
		break;
	case LISP_MAP_REPLY:
		for (i = 0; i < m->reply.n_records; i++)
			sort_record(&m->reply.records[i]);
		break;
	case LISP_MAP_REGISTER:
	case LISP_MAP_NOTIFY:
	case LISP_MAP_NOTIFY_ACK:
		for (i = 0; i < m->reg.n_records; i++)
			sort_record(&m->reg.records[i]);
		break;
	default:
		break;
	}
}

/* Things that we understand and yet do not send. */
static bool never_sent(const struct lisp_msg *m)
{
	switch (m->type) {
	case LISP_MAP_REGISTER:
	case LISP_MAP_NOTIFY:
	case LISP_MAP_NOTIFY_ACK:
		return m->reg.alg_id == 0 || m->reg.alg_id > 3;
	case LISP_ECM:
		return m->ecm.security || m->ecm.src.port == LISP_DATA_PORT ||
		       m->ecm.dst.port == LISP_DATA_PORT;
	default:
		return false;
	}
}

static uint8_t second[1 << 18], third[1 << 18];

static const char *check_decoded(struct lisp_msg *m)
{
	struct lisp_msg again;
	const char *differs;
	int n, n2;

	n = lisp_msg_encode(m, second, sizeof(second));
	if (n < 0)
		return never_sent(m) ? NULL : "what decoded does not encode";
	if (lisp_msg_decode(second, (size_t)n, &again, NULL))
		return "what we encode does not decode";
	msg_sort(m);
	differs = msg_differs(m, &again);
	n2 = lisp_msg_encode(&again, third, sizeof(third));
	lisp_msg_free(&again);
	if (differs)
		return differs;
	if (n2 != n || memcmp(second, third, (size_t)n))
		return "encoding is not stable";
	return NULL;
}

const char *check_property(const uint8_t *buf, size_t len)
{
	const char *why = NULL, *wrong;
	struct lisp_msg m;
	int err;

	err = lisp_msg_decode(buf, len, &m, &why);
	if (err)
		return why ? NULL : "an error without a reason";
	if (why)
		return "a reason without an error";
	wrong = check_decoded(&m);
	lisp_msg_free(&m);
	return wrong;
}

struct lisp_addr addr_of(const char *s)
{
	struct lisp_addr a;

	if (lisp_addr_parse(s, &a))
		abort();
	return a;
}

struct lisp_eid eid_of(const char *s)
{
	struct lisp_eid e;

	if (lisp_eid_parse(s, &e))
		abort();
	return e;
}
