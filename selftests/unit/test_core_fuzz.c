// SPDX-License-Identifier: GPL-2.0
/*
 * Valid messages with a few bytes changed, also signed again after the change,
 * into a core that has all roles: it must survive, keep its state bounded and
 * never take a mapping for which nobody asked.
 */
#include "core_util.h"

#define ROUNDS	30000

static uint64_t seed = 3;

static unsigned int dice(unsigned int n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned int)(seed >> 33) % n;
}

static struct lisp_config *all_roles(void)
{
	static struct lisp_config_site_prefix open[1];
	static struct lisp_config_dynamic dynamic[1];
	static struct lisp_config cfg;
	struct lisp_config *ms = ms_config();

	open[0] = (struct lisp_config_site_prefix){
		.eid = E("2001:10:1::/48"), .accept_more_specifics = true };
	ms->sites[0].prefixes = open;
	ms->sites[0].n_prefixes = 1;
	cfg = *xtr_config();
	cfg.map_server = true;
	cfg.map_resolver = true;
	cfg.n_sites = 1;
	cfg.sites = ms->sites;
	cfg.piggyback_send = true;
	cfg.piggyback_accept = true;
	cfg.map_servers[0].merge = true;
	dynamic[0] = (struct lisp_config_dynamic){
		.eid = E("2001:10:1:114::/64"), .interface = (char *)"eth0",
		.n_rlocs = 1, .rlocs = cfg.mappings[0].rlocs, .ttl_min = 15 };
	cfg.n_dynamic = 1;
	cfg.dynamic = dynamic;
	return &cfg;
}

static int encode(unsigned int kind, uint64_t nonce, uint8_t *buf, size_t size)
{
	static struct lisp_locator l[2];
	static struct lisp_record r[2];
	static struct lisp_eid eid;
	struct lisp_msg m = { .type = kind };

	l[0] = L("10.0.1.1", 1, 50);
	l[1] = L("2001:db8::1", 2, 50);
	r[0] = R("2001:10:1:114::/64", 1440, 2, l);
	r[1] = R("10.1.14.0/24", 1440, 1, l);
	eid = E("2001:10:1:14::14");
	switch (kind) {
	case LISP_MAP_REQUEST:
		m.request = (struct lisp_map_request){
			.nonce = nonce, .n_itr_rlocs = 1, .n_eids = 1,
			.eids = &eid, .source_eid = E("2001:10:1:114::1") };
		m.request.itr_rlocs[0] = A("10.0.1.1");
		m.request.smr = dice(4) == 0;
		m.request.probe = dice(4) == 0;
		if (!dice(4)) {			/* for an ETR, with its M-bit */
			eid = E("2001:10:1:22::22");
			m.request.reply = &r[dice(2)];
		}
		break;
	case LISP_MAP_REPLY:
		m.reply = (struct lisp_map_reply){
			.nonce = nonce, .n_records = 2, .records = r };
		break;
	default:
		m.reg = (struct lisp_map_register){
			.nonce = nonce, .n_records = 2, .records = r,
			.alg_id = LISP_AUTH_SHA256_128, .want_notify = true,
			.merge = dice(2), .has_xtr_id = dice(2) };
		if (dice(2))
			r[0].eid = E("2001:10:1:114::22");
		if (dice(2))		/* one of our own */
			r[1].eid = E("10.1.22.0/24");
	}
	return lisp_msg_encode(&m, buf, size);
}

static int wrap(uint8_t *buf, int len)
{
	uint8_t inner[LISP_MSG_MAX];
	struct lisp_ecm ecm = {
		.src = EP("2001:10:1:22::1", 4342),
		.dst = EP("2001:10:1:14::14", 4342),
		.payload = inner, .len = (size_t)len,
	};

	memcpy(inner, buf, (size_t)len);
	return lisp_ecm_encode(&ecm, buf, LISP_MSG_MAX);
}

static void mangle(uint8_t *buf, int *len)
{
	unsigned int n = dice(4);

	while (n--)
		buf[dice((unsigned int)*len)] ^= (uint8_t)(1u << dice(8));
	if (!dice(8))
		*len = (int)dice((unsigned int)*len) + 1;
}

static void one(struct node *n, uint64_t i)
{
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	unsigned int kind = 1 + dice(5);
	uint64_t nonce = kind == LISP_MAP_REPLY ? last_nonce(n) : 1000 + i;
	uint8_t buf[LISP_MSG_MAX];
	int len = encode(kind, nonce, buf, sizeof(buf));

	assert_true(len > 0);
	if (kind == LISP_MAP_REQUEST && dice(2)) {
		mangle(buf, &len);
		len = wrap(buf, len);
	} else {
		mangle(buf, &len);
	}
	if (kind >= LISP_MAP_REGISTER)
		(void)lisp_auth_sign(buf, (size_t)len, &key);
	deliver_raw(n, kind == LISP_MAP_NOTIFY ? "10.0.0.13" : "10.0.1.1", 4342,
		    "10.0.1.9", buf, (size_t)len);
}

static struct lisp_eid last_question(const struct node *n)
{
	struct lisp_eid eid = { 0 };
	struct lisp_msg m;
	unsigned int i;

	for (i = n->n_sent; i-- > 0 && !eid.afi;) {
		if (n->sent[i].buf[0] >> 4 != LISP_ECM)
			continue;
		decode_sent(n, i, &m, NULL);
		eid = m.request.eids[0];
		lisp_msg_free(&m);
	}
	return eid;
}

/* Covers what was asked for, or lies in something that came with it and does. */
static void check_op(const struct node *n, const struct op *o,
		     const struct lisp_eid *asked)
{
	unsigned int i;

	if (o->kind != OP_MAP_ADD || o->m.origin != LISP_BY_MAP_REPLY)
		return;
	for (i = 0; i < n->n_ops; i++) {
		if (n->ops[i].kind != OP_PENDING_DEL &&
		    lisp_eid_covers(&n->ops[i].eid, asked) &&
		    lisp_eid_covers(&n->ops[i].eid, &o->eid))
			return;
	}
	fail_msg("a mapping was taken that nobody asked for");
}

static void test_fuzz(void **state)
{
	struct node *n = node_new();
	struct lisp_eid asked;
	struct lisp_addr host;
	unsigned int j;
	uint64_t i;

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, all_roles()), 0);
	host = A("2001:10:1:114::22");
	for (i = 0; i < ROUNDS; i++) {
		if (i % 16 == 0) {
			node_run(n, n->now + 2 * LISP_SEC);
			node_forget(n);
			miss(n, "2001:10:1:114::14");
			lisp_core_host_seen(n->core, n->now, &host, "eth0");
			if (!n->n_sent)
				node_run(n, n->now + 40 * LISP_SEC);
		}
		n->n_ops = 0;
		if (!count_sent(n, LISP_ECM))
			continue;
		asked = last_question(n);
		one(n, i);
		for (j = 0; j < n->n_ops; j++)
			check_op(n, &n->ops[j], &asked);
	}
	/* the fuzzer does get somewhere, and the core is still well */
	assert_true(stat(n, "itr", "resolved") > 100);
	assert_true(stat(n, "map-server", "registered") > 100);
	assert_true(stat(n, "etr", "probe-received") > 100);
	assert_true(stat(n, "etr", "piggybacked-received") > 100);
	assert_true(stat(n, "errors", "piggybacked-not-of-sender") > 10);
	assert_true(stat(n, "etr", "host-moved-away") > 10);
	assert_true(stat(n, "map-server", "notify-sent") > 10);
	assert_true(stat(n, "errors", "malformed") > 100);
	assert_in_range(stat(n, "state", "map-requests-pending"), 0, 64);
	node_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
