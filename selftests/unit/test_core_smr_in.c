// SPDX-License-Identifier: GPL-2.0
/*
 * Solicit-Map-Requests that anybody may send us: how much they make us do. What
 * they are for is in test_core_itr.c.
 */
#include "core_util.h"

static int itr_setup(void **state)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, xtr_config()), 0);
	node_forget(n);
	*state = n;
	return 0;
}

static void send_smr(struct node *n, uint8_t count, struct lisp_eid *eids)
{
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.smr = true, .nonce = 5, .n_itr_rlocs = 1, .n_eids = count,
		.eids = eids } };

	m.request.itr_rlocs[0] = A("10.0.1.1");
	deliver(n, "10.0.1.1", LISP_CONTROL_PORT, "10.0.1.9", &m, NULL);
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

/* However many records it has: so many questions for an SMR, and no more */
static void test_smr_records(void **state)
{
	struct lisp_eid e[] = { E("10.2.0.0/16"), E("10.3.0.0/16"),
				E("10.4.0.0/16") };
	struct node *n = *state;

	adopt_hosts(n, 2, 70);
	adopt_hosts(n, 3, 70);
	adopt_hosts(n, 4, 3);
	send_smr(n, 3, e);
	assert_int_equal(n->n_sent, 64);
	assert_stat(n, "limits", "smr-children", 3);
	/* what was not asked for has its turn with the next one */
	node_forget(n);
	send_smr(n, 1, &e[2]);
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
		send_smr(n, 1, &e);
	}
	assert_stat(n, "state", "map-requests-pending", 8192);
	assert_stat(n, "limits", "requests", 8192);
	node_forget(n);
	miss(n, "2001:10:1:14::1");
	assert_int_equal(count_sent(n, LISP_ECM), 1);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, NULL), 0);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, itr_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_smr_records),
		T(test_smr_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
