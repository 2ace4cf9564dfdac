// SPDX-License-Identifier: GPL-2.0
/* Info-Requests at the map-server (draft-ermagan-lisp-nat-traversal; RFC 8060 4.4) */
#include "core_util.h"

#define MS	"10.0.0.13"
#define NAT	"198.51.100.1"
#define SITE	"2001:10:1:14::/64"

static int info_setup(void **state)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, ms_config()), 0);
	node_forget(n);
	*state = n;
	return 0;
}

static struct lisp_msg request(void)
{
	return (struct lisp_msg){ .type = LISP_INFO, .info = {
		.nonce = 0x55, .alg_id = LISP_AUTH_SHA256_128, .ttl = 60,
		.eid = E(SITE) } };
}

static struct lisp_key key(const char *secret)
{
	return key_of(0, LISP_AUTH_SHA256_128, secret);
}

/* The site's key, and what the answer says: address and port seen from here */
static void test_answered(void **state)
{
	struct lisp_addr nat = A(NAT), ms = A(MS);
	struct lisp_msg m = request(), r;
	struct lisp_eid site = E(SITE);
	struct lisp_key good = key("LISP");
	struct node *n = *state;

	deliver(n, NAT, 61234, MS, &m, &good);
	assert_int_equal(n->n_sent, 1);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &nat));
	assert_int_equal(n->sent[0].to.port, 61234);
	assert_true(lisp_addr_equal(&n->sent[0].from.addr, &ms));
	assert_int_equal(lisp_auth_verify(n->sent[0].buf, n->sent[0].len,
					  &good), 0);
	decode_sent(n, 0, &r, NULL);
	assert_int_equal(r.type, LISP_INFO);
	assert_true(r.info.reply);
	assert_true(r.info.nonce == 0x55);
	assert_true(lisp_eid_equal(&r.info.eid, &site));
	assert_int_equal(r.info.ms_port, 4342);
	assert_int_equal(r.info.etr_port, 61234);
	assert_true(lisp_addr_equal(&r.info.global_etr, &nat));
	assert_true(lisp_addr_equal(&r.info.ms, &ms));
	assert_int_equal(r.info.private_etr.afi, LISP_AFI_NONE);
	assert_int_equal(r.info.n_rtrs, 0);
	assert_stat(n, "map-server", "info-request-answered", 1);
	lisp_msg_free(&r);
}

/* A MAC cut to 16 octets is answered with one as long */
static void test_mac_length(void **state)
{
	struct lisp_msg m = request(), r;
	struct lisp_key good = key("LISP");
	struct node *n = *state;

	good.mac_len = m.info.auth_len = 16;
	deliver(n, NAT, 4342, MS, &m, &good);
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &r, NULL);
	assert_int_equal(r.info.auth_len, 16);
	assert_int_equal(lisp_auth_verify(n->sent[0].buf, n->sent[0].len,
					  &good), 0);
	lisp_msg_free(&r);
}

/* Nothing is said to who has no key, whose EID is nobody's, or who answers */
static void test_refused(void **state)
{
	struct lisp_key good = key("LISP"), bad = key("no");
	struct lisp_key other = key_of(9, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_key sha1 = key_of(0, LISP_AUTH_SHA1_96, "LISP");
	struct lisp_msg m = request();
	struct node *n = *state;

	deliver(n, NAT, 4342, MS, &m, &bad);
	m.info.key_id = 9;
	deliver(n, NAT, 4342, MS, &m, &other);
	m.info.key_id = 0;
	m.info.alg_id = LISP_AUTH_SHA1_96;
	deliver(n, NAT, 4342, MS, &m, &sha1);
	assert_stat(n, "errors", "info-request-auth-failure", 3);
	m = request();
	m.info.eid = E("2001:db8::/32");
	deliver(n, NAT, 4342, MS, &m, &good);
	m.info.eid = (struct lisp_eid){ 0 };
	deliver(n, NAT, 4342, MS, &m, &good);
	assert_stat(n, "errors", "info-request-no-site", 2);
	m = request();
	m.info.reply = true;
	deliver(n, NAT, 4342, MS, &m, &good);
	assert_stat(n, "errors", "info-reply-unexpected", 1);
	assert_int_equal(n->n_sent, 0);
}

/* Answers to one address are as limited as all others */
static void test_rate(void **state)
{
	struct lisp_key good = key("LISP");
	struct lisp_msg m = request();
	struct node *n = *state;
	unsigned int i, sent = 0;

	for (i = 0; i < 1000; i++) {
		m.info.nonce = i + 1;
		deliver(n, NAT, 4342, MS, &m, &good);
		sent += n->n_sent;
		node_forget(n);
	}
	assert_int_equal(sent, 400);
	assert_stat(n, "limits", "map-reply-rate", 600);
}

/* Who is no map-server does not answer; cut anywhere it is one error */
static void test_not_ours(void **state)
{
	struct lisp_key good = key("LISP");
	struct node *n = *state, *xtr = node_new();
	struct lisp_msg m = request();
	uint8_t buf[512];
	int len, i;

	assert_int_equal(lisp_core_configure(xtr->core, xtr->now,
					     xtr_config()), 0);
	node_forget(xtr);
	deliver(xtr, NAT, 4342, "10.0.1.9", &m, &good);
	assert_int_equal(xtr->n_sent, 0);
	assert_stat(xtr, "errors", "role-not-configured", 1);
	node_free(xtr);
	len = lisp_msg_encode(&m, buf, sizeof(buf));
	assert_true(len > 0);
	assert_int_equal(lisp_auth_sign(buf, (size_t)len, &good), 0);
	for (i = 1; i < len; i++)
		deliver_raw(n, NAT, 4342, MS, buf, (size_t)i);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "malformed", (uint64_t)len - 1);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, info_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_answered),
		T(test_mac_length),
		T(test_refused),
		T(test_rate),
		T(test_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
