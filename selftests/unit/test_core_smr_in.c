// SPDX-License-Identifier: GPL-2.0
/*
 * Solicit-Map-Requests that anybody may send us: what they make us ask about,
 * and that they make us do no more than so much.
 */
#include "itr_util.h"

/* R2 as it is, an ETR as well */
static int xtr_setup(void **state)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, xtr_config()), 0);
	node_forget(n);
	*state = n;
	return 0;
}

static void send_smr_of(struct node *n, const char *source, uint8_t count,
			struct lisp_eid *eids)
{
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.smr = true, .nonce = 5, .n_itr_rlocs = 1, .n_eids = count,
		.eids = eids } };

	if (source)
		m.request.source_eid = E(source);
	m.request.itr_rlocs[0] = A("10.0.1.1");
	deliver(n, "10.0.1.1", LISP_CONTROL_PORT, "10.0.1.9", &m, NULL);
}

static void send_smr(struct node *n, const char *source, const char *eid)
{
	struct lisp_eid e = E(eid);

	send_smr_of(n, source, 1, &e);
}

/* Entries 10.@a.0.0/32 and up, as Map-Replies have made them */
static void adopt_hosts(struct node *n, uint8_t a, unsigned int count)
{
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_mapping m = {
		.eid = E("10.0.0.0/32"), .origin = LISP_BY_MAP_REPLY,
		.ttl = 86400, .n_locators = 1, .locators = &l,
	};
	unsigned int i;

	m.eid.bytes[1] = a;
	for (i = 0; i < count; i++) {
		m.eid.bytes[2] = (uint8_t)(i >> 8);
		m.eid.bytes[3] = (uint8_t)i;
		lisp_core_adopt(n->core, n->now, &m);
	}
}

/* RFC 9301 6.1: an SMR makes us ask the mapping system; it proves nothing */
static void test_smr(void **state)
{
	struct node *n = *state;
	struct lisp_addr mr = A("10.0.0.13");
	struct lisp_msg m;

	send_smr(n, NULL, SITE);
	assert_int_equal(n->n_sent, 0);		/* not cached: no question */
	assert_stat(n, "errors", "smr-not-cached", 1);
	miss(n, EID);
	answer(n, SITE, 1440);
	node_run(n, n->now + 5 * LISP_SEC);
	node_forget(n);
	send_smr(n, NULL, HOST);
	assert_int_equal(n->n_ops, 0);
	assert_int_equal(n->n_sent, 1);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &mr));
	decode_sent(n, 0, &m, NULL);
	assert_true(m.request.smr_invoked);
	assert_false(m.request.smr);
	assert_int_equal(m.request.eids[0].plen, 64);
	lisp_msg_free(&m);
	answer(n, SITE, 1440);
	/* 6.1: one in 3 s for a prefix; source EID, as deployed xTRs have it */
	node_run(n, n->now + 1500 * LISP_MSEC);
	send_smr(n, "2001:10:1:114::1", "2001:10:1:22::1");
	assert_int_equal(n->n_sent, 1);
	assert_stat(n, "limits", "smr-rate", 1);
	node_run(n, n->now + 1500 * LISP_MSEC);
	send_smr(n, "2001:10:1:114::1", "2001:10:1:22::1");
	assert_int_equal(n->n_sent, 2);
}

/* An SMR for a prefix reaches the longer ones inside it */
static void test_smr_children(void **state)
{
	struct node *n = *state;

	miss(n, EID);
	answer(n, SITE, 1440);
	miss(n, "2001:10:1:115::1");
	answer(n, "2001:10:1:115::/64", 1440);
	node_run(n, n->now + 5 * LISP_SEC);
	node_forget(n);
	send_smr(n, NULL, "2001:10:1::/48");
	assert_int_equal(n->n_sent, 2);
	assert_stat(n, "itr", "smr-invoked", 2);
}

/* An expired entry does not hide a valid shorter one */
static void test_smr_expired(void **state)
{
	struct node *n = *state;
	struct lisp_msg m;

	miss(n, EID);
	answer(n, "2001:10:1::/48", 1440);
	node_run(n, n->now + 2 * LISP_SEC);
	miss(n, EID);
	answer(n, SITE, 1);
	node_run(n, n->now + 61 * LISP_SEC);
	node_forget(n);
	send_smr(n, NULL, HOST);
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.request.eids[0].plen, 48);
	lisp_msg_free(&m);
}

/* However many records it has: so many questions for an SMR, and no more */
static void test_smr_records(void **state)
{
	struct lisp_eid e[] = { E("10.2.0.0/16"), E("10.3.0.0/16"),
				E("10.4.0.0/16") };
	struct node *n = *state;

	adopt_hosts(n, 2, 70);
	adopt_hosts(n, 3, 70);
	adopt_hosts(n, 4, 3);
	send_smr_of(n, NULL, 3, e);
	assert_int_equal(n->n_sent, 64);
	assert_stat(n, "limits", "smr-children", 3);
	/* what was not asked for has its turn with the next one */
	node_forget(n);
	send_smr_of(n, NULL, 1, &e[2]);
	assert_int_equal(n->n_sent, 3);
}

/* SMRs of strangers leave room for the packets of our own hosts */
static void test_smr_room(void **state)
{
	struct lisp_eid e = E("10.2.0.0/26");
	struct node *n = *state;
	unsigned int i;

	adopt_hosts(n, 2, 16384);
	for (i = 0; i < 256; i++) {
		e.bytes[2] = (uint8_t)(i >> 2);
		e.bytes[3] = (uint8_t)(i << 6);
		node_forget(n);
		send_smr_of(n, NULL, 1, &e);
	}
	assert_stat(n, "state", "map-requests-pending", 8192);
	assert_stat(n, "limits", "requests", 8192);
	node_forget(n);
	miss(n, "2001:10:1:14::1");
	assert_int_equal(count_sent(n, LISP_ECM), 1);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, NULL), 0);
}

#define T(name, setup) \
	cmocka_unit_test_setup_teardown(name, setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_smr, itr_setup),
		T(test_smr_children, itr_setup),
		T(test_smr_expired, itr_setup),
		T(test_smr_records, xtr_setup),
		T(test_smr_room, xtr_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
