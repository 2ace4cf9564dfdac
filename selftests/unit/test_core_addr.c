// SPDX-License-Identifier: GPL-2.0
/* Locators that are the address of an interface: it comes, changes and goes. */
#include <errno.h>
#include "core_util.h"

#define MS	"10.0.0.13"
#define SITE	"2001:10:1:22::/64"

/* The xTR's configuration with the first mapping's locator by interface. */
static struct lisp_config *with(const char *addr)
{
	struct lisp_config *cfg = xtr_config();
	struct lisp_config_rloc *r = &cfg->mappings[0].rlocs[0];

	strcpy(r->interface, "eth1");
	r->family = LISP_AFI_IPV4;
	r->addr = addr ? A(addr) : (struct lisp_addr){ 0 };
	r->local = addr != NULL;
	return cfg;
}

static void configure(struct node *n, const struct lisp_config *cfg)
{
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
}

/* The locator last registered for SITE; AFI NONE: withdrawn, or not at all. */
static struct lisp_addr registered(const struct node *n, uint32_t *ttl)
{
	struct lisp_addr a = { 0 };
	struct lisp_eid site = E(SITE);
	struct lisp_msg m;
	unsigned int i, k;

	*ttl = UINT32_MAX;
	for_each_sent(n, LISP_MAP_REGISTER, i, &m) {
		for (k = 0; k < m.reg.n_records; k++) {
			if (!lisp_eid_equal(&m.reg.records[k].eid, &site))
				continue;
			*ttl = m.reg.records[k].ttl;
			memset(&a, 0, sizeof(a));
			if (m.reg.records[k].n_locators)
				a = m.reg.records[k].locators[0].addr;
		}
	}
	return a;
}

static unsigned int smrs(const struct node *n)
{
	unsigned int i, count = 0;
	struct lisp_msg m;

	for_each_sent(n, LISP_MAP_REQUEST, i, &m)
		count += m.request.smr;
	return count;
}

/* There from the start, changed, gone, back */
static void test_follows(void **state)
{
	struct lisp_addr one = A("10.0.1.9"), two = A("10.0.2.9"), a;
	struct node *n = *state;
	uint32_t ttl;

	configure(n, with("10.0.1.9"));
	a = registered(n, &ttl);
	assert_true(lisp_addr_equal(&a, &one));
	deliver_request(n, "10.0.1.1", 99, "2001:10:1:22::5");
	node_forget(n);

	configure(n, with("10.0.2.9"));
	a = registered(n, &ttl);		/* at once */
	assert_true(lisp_addr_equal(&a, &two));
	node_run(n, n->now + LISP_SEC);
	assert_int_equal(smrs(n), 1);
	assert_int_equal(count_ops(n, OP_EID_DEL, NULL), 0);
	node_forget(n);

	configure(n, with(NULL));
	a = registered(n, &ttl);
	assert_int_equal(ttl, LISP_TTL_WITHDRAW);
	assert_int_equal(count_ops(n, OP_EID_DEL, NULL), 0);
	node_run(n, n->now + 4 * LISP_SEC);
	assert_true(smrs(n) >= 1);
	node_forget(n);

	configure(n, with("10.0.1.9"));
	a = registered(n, &ttl);
	assert_true(lisp_addr_equal(&a, &one));
	assert_int_equal(ttl, 1440);
}

/* The other mappings are registered, this one is not. */
static void test_not_there_at_start(void **state)
{
	struct node *n = *state;
	struct lisp_msg m;
	uint32_t ttl;

	configure(n, with(NULL));
	assert_int_equal(count_sent(n, LISP_MAP_REGISTER), 1);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.reg.n_records, 3);
	lisp_msg_free(&m);
	registered(n, &ttl);
	assert_int_equal(ttl, UINT32_MAX);
	/* but it is ours to decapsulate */
	assert_int_equal(count_ops(n, OP_EID_ADD, SITE), 1);
}

/* RFC 9301 5.4: no locator is a negative answer; short, and to be dropped */
static void test_answer_without(void **state)
{
	struct node *n = *state;
	struct lisp_msg m;

	configure(n, with(NULL));
	node_forget(n);
	deliver_request(n, "10.0.1.1", 99, "2001:10:1:22::5");
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REPLY);
	assert_int_equal(m.reply.n_records, 1);
	assert_int_equal(m.reply.records[0].n_locators, 0);
	assert_int_equal(m.reply.records[0].action, LISP_ACT_DROP);
	assert_int_equal(m.reply.records[0].ttl, 1);
	lisp_msg_free(&m);
}

/* One of two: the record has the other one only. */
static void test_one_of_two(void **state)
{
	struct lisp_config_rloc two[2] = {
		{ .interface = "eth1", .family = LISP_AFI_IPV4 },
		{ .addr = A("10.0.3.9"), .priority = 2 },
	};
	struct lisp_addr other = A("10.0.3.9");
	struct lisp_config *cfg = xtr_config();
	struct node *n = *state;
	struct lisp_addr a;
	uint32_t ttl;

	cfg->mappings[0].rlocs = two;
	cfg->mappings[0].n_rlocs = 2;
	configure(n, cfg);
	a = registered(n, &ttl);
	assert_true(lisp_addr_equal(&a, &other));
	assert_int_equal(ttl, 1440);
}

/* Without a name of an interface an empty address is an error still. */
static void test_neither(void **state)
{
	struct lisp_config *cfg = xtr_config();
	struct node *n = *state;

	memset(&cfg->mappings[0].rlocs[0].addr, 0, sizeof(struct lisp_addr));
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	strcpy(cfg->mappings[0].rlocs[0].interface, "eth1");
	cfg->mappings[0].rlocs[0].addr = A("127.0.0.1");
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
}

/*
 * A question that is open when our address changes is asked again from the new
 * one as soon as the rate limit allows (RFC 9301 5.3: 1 s), not after backoff.
 */
static void test_ask_anew(void **state)
{
	struct lisp_config *cfg = xtr_config();
	struct lisp_addr two = A("10.0.2.9");
	struct node *n = *state;
	unsigned int i = 0;
	struct lisp_msg m;
	lisp_time last;

	configure(n, cfg);
	miss(n, "2001:10:1:14::1");
	/* 0, 1, 3, 7 s: the next one would be due after another 4 s */
	while (count_sent(n, LISP_ECM) < 4)
		node_run(n, n->now + 10 * LISP_MSEC);
	last = n->now;
	node_forget(n);
	cfg->rlocs[0] = A("10.0.2.9");
	configure(n, cfg);
	assert_int_equal(count_sent(n, LISP_ECM), 0);
	node_run(n, last + LISP_SEC + LISP_MSEC);
	assert_int_equal(count_sent(n, LISP_ECM), 1);
	assert_true(next_sent(n, LISP_ECM, &i, &m));
	assert_true(lisp_addr_equal(&m.request.itr_rlocs[0], &two));
	lisp_msg_free(&m);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, node_setup, node_teardown)
	const struct CMUnitTest tests[] = {
		T(test_follows),
		T(test_not_there_at_start),
		T(test_answer_without),
		T(test_one_of_two),
		T(test_neither),
		T(test_ask_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
