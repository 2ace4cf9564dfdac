// SPDX-License-Identifier: GPL-2.0
/* Rules of RFC 9301 and 9302 that stand across the roles, by section. */
#include <errno.h>

#include "core_util.h"

#define MS	"10.0.0.13"
#define ME	"10.0.1.9"
#define ETR	"10.0.1.1"
#define ITR	"10.0.1.5"
#define SITE	"2001:10:1:14::/64"	/* at the map-server */
#define OWN	"2001:10:1:22::/64"	/* of the xTR */

static struct node *map_server(const struct lisp_config *cfg)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	node_forget(n);
	return n;
}

static struct node *xtr(void)
{
	return map_server(xtr_config());
}

/* RFC 9302 7: the version in a Map-Register is in Map-Notify and Map-Reply */
static void test_9302_carried(void **state)
{
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_locator l = L(ETR, 1, 50);
	struct lisp_record r = R(SITE, 1440, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.proxy_reply = true, .want_notify = true, .nonce = 5,
		.alg_id = LISP_AUTH_SHA256_128, .n_records = 1,
		.records = &r } };
	struct node *n = map_server(ms_config());
	struct lisp_msg out;

	(void)state;
	r.map_version = 0xabc;
	deliver(n, ETR, 4342, MS, &m, &key);
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &out, NULL);
	assert_int_equal(out.type, LISP_MAP_NOTIFY);
	assert_int_equal(out.reg.records[0].map_version, 0xabc);
	lisp_msg_free(&out);
	node_forget(n);
	deliver_request(n, ITR, 7, "2001:10:1:14::5");
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &out, NULL);
	assert_int_equal(out.type, LISP_MAP_REPLY);
	assert_int_equal(out.reply.records[0].map_version, 0xabc);
	lisp_msg_free(&out);
	node_free(n);
}

/* RFC 9302 5: an ETR without versions says 0, the null version */
static void test_9302_null(void **state)
{
	struct node *n = xtr();
	struct lisp_msg out;

	(void)state;
	deliver_request(n, ITR, 7, OWN);
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &out, NULL);
	assert_int_equal(out.reply.records[0].map_version, 0);
	lisp_msg_free(&out);
	node_free(n);
}

static struct lisp_msg question(struct lisp_eid *eids, unsigned int n)
{
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.nonce = 0x77, .n_itr_rlocs = 1, .n_eids = (uint8_t)n,
		.eids = eids } };

	m.request.itr_rlocs[0] = A(ITR);
	return m;
}

/* RFC 9301 5.3, 5.4: to an ITR-RLOC of a family that we have, to its port */
static void test_5_4_itr_rloc(void **state)
{
	struct lisp_eid eid = E(OWN);
	struct lisp_msg m = question(&eid, 1);
	struct lisp_addr itr = A(ITR);
	struct node *n = xtr();

	(void)state;
	m.request.n_itr_rlocs = 3;
	m.request.itr_rlocs[0] = A("2001:db8::5");	/* no way there */
	m.request.itr_rlocs[1] = A("127.0.0.1");	/* is no RLOC */
	m.request.itr_rlocs[2] = A(ITR);
	deliver(n, "10.0.1.77", 40000, ME, &m, NULL);
	assert_int_equal(n->n_sent, 1);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &itr));
	assert_int_equal(n->sent[0].to.port, 40000);
	node_forget(n);
	m.request.n_itr_rlocs = 2;
	deliver(n, "10.0.1.77", 40000, ME, &m, NULL);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "no-usable-itr-rloc", 1);
	node_free(n);
}

/* RFC 9301 5.2: several records are answered; what is not ours is not */
static void test_5_2_several_records(void **state)
{
	struct lisp_eid eids[] = { E(OWN), E("2001:db8:99::/48"),
				   E("10.1.22.0/24") };
	struct lisp_msg m = question(eids, 3), out;
	struct node *n = xtr();

	(void)state;
	deliver(n, ITR, 4342, ME, &m, NULL);
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &out, NULL);
	assert_int_equal(out.reply.n_records, 2);
	assert_true(out.reply.nonce == 0x77);
	assert_true(lisp_eid_equal(&out.reply.records[0].eid, &eids[0]));
	assert_true(lisp_eid_equal(&out.reply.records[1].eid, &eids[2]));
	lisp_msg_free(&out);
	node_free(n);
}

/* And no more of them than 16 are looked at */
static void test_5_2_many_records(void **state)
{
	struct lisp_eid eids[64];
	struct lisp_msg m = question(eids, 64);
	struct node *n = xtr();
	unsigned int i;

	(void)state;
	for (i = 0; i < 64; i++)
		eids[i] = i < 16 ? E("2001:db8:99::/48") : E(OWN);
	deliver(n, ITR, 4342, ME, &m, NULL);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "limits", "records-per-request", 1);
	node_free(n);
}

/*
 * RFC 9301 5.5: of an ETR with more prefixes inside than an answer takes: what
 * is around the EID. A probe is answered about what it asks.
 */
static void test_5_5_many_inside(void **state)
{
	static struct lisp_config_mapping maps[301];
	struct lisp_eid eid = E("2001:db8:4000::1"), hole = E("2001:db8:4000::/34");
	struct lisp_msg m = question(&eid, 1), out;
	struct lisp_config *cfg = xtr_config();
	struct node *n = node_new();
	unsigned int i;

	(void)state;
	maps[0] = cfg->mappings[0];
	maps[0].eid = E("2001:db8::/32");
	for (i = 1; i <= 300; i++) {
		maps[i] = maps[0];
		maps[i].eid.plen = 48;
		maps[i].eid.bytes[4] = (uint8_t)(i >> 8);
		maps[i].eid.bytes[5] = (uint8_t)i;
	}
	cfg->mappings = maps;
	for (cfg->n_mappings = 240; cfg->n_mappings; /* too long, too many */
	     cfg->n_mappings = cfg->n_mappings == 240 ? 301 : 0) {
		assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
		for (i = 0; i < 2; i++) {
			m.request.probe = i;
			eid = E(i ? "2001:db8::/32" : "2001:db8:4000::1");
			node_forget(n);
			deliver(n, ITR, 4342, ME, &m, NULL);
			decode_sent(n, 0, &out, NULL);
			assert_int_equal(out.reply.n_records, 1);
			assert_int_equal(out.reply.records[0].n_locators, 1);
			assert_true(lisp_eid_equal(&out.reply.records[0].eid,
						   i ? &maps[0].eid : &hole));
			lisp_msg_free(&out);
		}
	}
	node_free(n);
}

/* RFC 9301 5.2: with the D-bit no Map-Reply is sent */
static void test_5_2_dont_reply(void **state)
{
	struct lisp_eid eid = E(OWN);
	struct lisp_msg m = question(&eid, 1);
	struct node *n = xtr();

	(void)state;
	m.request.dont_reply = true;
	deliver(n, ITR, 4342, ME, &m, NULL);
	assert_int_equal(n->n_sent, 0);
	m.request.dont_reply = false;
	deliver(n, ITR, 4342, ME, &m, NULL);
	assert_int_equal(n->n_sent, 1);
	node_free(n);
}

/* RFC 9301 5.3: an ITR-RLOC of each family that we have */
static void test_5_3_itr_rlocs(void **state)
{
	struct lisp_addr rlocs[] = { A(ME), A("2001:db8::9"), A("10.0.2.9") };
	struct lisp_config *cfg = xtr_config();
	struct node *n = node_new();
	unsigned int i = 0;
	struct lisp_msg m;

	(void)state;
	cfg->n_rlocs = 3;
	cfg->rlocs = rlocs;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	node_forget(n);
	miss(n, "2001:10:1:14::5");
	assert_int_equal(count_sent(n, LISP_ECM), 1);
	assert_true(next_sent(n, LISP_ECM, &i, &m));
	assert_int_equal(m.request.n_itr_rlocs, 2);
	assert_true(lisp_addr_equal(&m.request.itr_rlocs[0], &rlocs[0]));
	assert_true(lisp_addr_equal(&m.request.itr_rlocs[1], &rlocs[1]));
	lisp_msg_free(&m);
	node_free(n);
}

/* RFC 9301 5.6: algorithm 3 (HKDF) where configured, and only that one then */
static void test_5_6_hkdf(void **state)
{
	struct lisp_config_key only = { .alg_id = LISP_AUTH_SHA256_HKDF,
					.secret = (char *)"LISP" };
	struct lisp_key hkdf = key_of(0, LISP_AUTH_SHA256_HKDF, "LISP");
	struct lisp_key plain = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_key sha1 = key_of(0, LISP_AUTH_SHA1_96, "LISP");
	struct lisp_config *cfg = ms_config();
	struct lisp_locator l = L(ETR, 1, 50);
	struct lisp_record r = R(SITE, 1440, 1, &l);
	struct node *n;
	unsigned int i;

	(void)state;
	for (i = 0; i < cfg->n_sites; i++) {
		cfg->sites[i].n_keys = 1;
		cfg->sites[i].keys = &only;
	}
	n = map_server(cfg);
	deliver_register(n, ETR, 1, &plain, 1, &r);
	deliver_register(n, ETR, 2, &sha1, 1, &r);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-wrong-algorithm", 2);
	deliver_register(n, ETR, 3, &hkdf, 1, &r);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(lisp_auth_verify(n->sent[0].buf, n->sent[0].len,
					  &hkdf), 0);
	assert_int_equal(lisp_auth_verify(n->sent[0].buf, n->sent[0].len,
					  &plain), -EINVAL);
	node_free(n);
}

/* RFC 8060: what we cannot use is seen in `lispctl debug`, and harms nothing */
static void test_8060_shown(void **state)
{
	static const uint8_t odd[] = {	/* record: source/destination LCAF */
		0x10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9,	/* source EID: none */
		0, 0, 0, 1, 10, 0, 1, 5,
		0, 32, 0x40, 3, 0, 0, 12, 0, 0, 16,
		0, 0, 32, 32, 0, 1, 10, 1, 1, 1, 0, 1, 225, 1, 1, 1 };
	struct lisp_eid mac = { .iid = 42, .afi = LISP_AFI_MAC, .plen = 48,
				.bytes = { 2, 0, 0xc0, 0xff, 0xee, 1 } };
	struct lisp_eid name = { .afi = LISP_AFI_NAME, .plen = 32,
				 .bytes = "node" };
	struct lisp_eid eids[] = { mac, name };
	struct lisp_msg m = question(eids, 2);
	struct node *n = xtr();
	unsigned int i;

	(void)state;
	deliver(n, ITR, 4342, ME, &m, NULL);
	deliver_raw(n, ITR, 4342, ME, odd, sizeof(odd));
	assert_int_equal(n->n_sent, 0);
	assert_non_null(strstr(n->trace, "EID prefix [42] 02:00:c0:ff:ee:01/48\n"));
	assert_non_null(strstr(n->trace, "EID prefix node\n"));
	assert_non_null(strstr(n->trace, "EID prefix lcaf-12\n"));
	/* cut anywhere, or longer than it is: one error each */
	for (i = 1; i < sizeof(odd); i++)
		deliver_raw(n, ITR, 4342, ME, odd, i);
	assert_stat(n, "errors", "malformed", sizeof(odd) - 1);
	node_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_9302_carried),
		cmocka_unit_test(test_9302_null),
		cmocka_unit_test(test_5_4_itr_rloc),
		cmocka_unit_test(test_5_2_several_records),
		cmocka_unit_test(test_5_2_many_records),
		cmocka_unit_test(test_5_2_dont_reply),
		cmocka_unit_test(test_5_5_many_inside),
		cmocka_unit_test(test_5_3_itr_rlocs),
		cmocka_unit_test(test_5_6_hkdf),
		cmocka_unit_test(test_8060_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
