// SPDX-License-Identifier: GPL-2.0
/* Mappings that come along with Map-Requests (M-bit, RFC 9301 5.3). */
#include "core_util.h"

#define OURS	"2001:10:1:22::22"
#define THEIRS	"2001:10:1:14::14"
#define SITE	"2001:10:1:14::/64"
#define RLOC	"10.0.1.1"

static struct lisp_config *config(void)
{
	struct lisp_config *cfg = xtr_config();

	cfg->n_map_servers = 0;		/* no Map-Registers in the way */
	cfg->piggyback_send = true;
	cfg->piggyback_accept = true;
	return cfg;
}

static struct node *start(const struct lisp_config *cfg)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	node_forget(n);
	return n;
}

static int setup(void **state)
{
	*state = start(config());
	return 0;
}

/* The request sent last. */
static struct lisp_map_request *last(struct node *n, struct lisp_msg *m)
{
	assert_true(n->n_sent > 0);
	decode_sent(n, n->n_sent - 1, m, NULL);
	assert_int_equal(m->type, LISP_MAP_REQUEST);
	return &m->request;
}

static void miss_from(struct node *n, const char *source)
{
	struct lisp_eid eid = E(THEIRS);
	struct lisp_addr src = A(source);

	lisp_core_miss(n->core, n->now, &eid, &src);
}

/* "An ITR ... MAY optionally include those mappings" */
static void test_5_3_send(void **state)
{
	struct lisp_eid ours = E("2001:10:1:22::/64");
	struct lisp_addr rloc = A("10.0.1.9");
	struct node *n = *state;
	struct lisp_record *r;
	struct lisp_msg m;

	miss_from(n, OURS);
	r = last(n, &m)->reply;
	assert_non_null(r);
	assert_true(lisp_eid_equal(&r->eid, &ours));
	assert_int_equal(r->n_locators, 1);
	assert_true(lisp_addr_equal(&r->locators[0].addr, &rloc));
	assert_int_equal(r->ttl, 1440);
	lisp_msg_free(&m);
	assert_stat(n, "itr", "piggybacked-sent", 1);
}

/* Nothing of ours: nothing to send. Nor when no host of ours asks */
static void test_send_not(void **state)
{
	struct lisp_eid eid = E("2001:10:1:15::15");
	struct node *n = *state;
	struct lisp_msg m;

	miss_from(n, "2001:db8::1");
	assert_null(last(n, &m)->reply);
	lisp_msg_free(&m);
	lisp_core_resolve(n->core, n->now, &eid);
	assert_null(last(n, &m)->reply);
	lisp_msg_free(&m);
	assert_stat(n, "itr", "piggybacked-sent", 0);
}

static void test_off(void **state)
{
	struct lisp_config *cfg = config();
	struct node *n;
	struct lisp_msg m;

	(void)state;
	cfg->piggyback_send = false;
	n = start(cfg);
	miss_from(n, OURS);
	assert_null(last(n, &m)->reply);
	lisp_msg_free(&m);
	node_free(n);
}

struct offer {
	const char *eid, *source, *rloc, *asked;
	bool probe, smr;
};

/* A Map-Request of @o->source for one of our EIDs, with a mapping of @o->eid */
static void offer(struct node *n, const struct offer *o)
{
	struct lisp_locator l = L(o->rloc ? o->rloc : RLOC, 1, 50);
	struct lisp_record r = R(o->eid, 1440, 1, &l);
	struct lisp_eid asked = E(o->asked ? o->asked : OURS);
	struct lisp_msg m = {
		.type = LISP_MAP_REQUEST,
		.request = { .nonce = 77, .n_itr_rlocs = 1, .n_eids = 1,
			     .eids = &asked, .reply = &r, .probe = o->probe,
			     .smr = o->smr },
	};

	if (o->source)
		m.request.source_eid = E(o->source);
	m.request.itr_rlocs[0] = A(RLOC);
	deliver(n, RLOC, LISP_CONTROL_PORT, "10.0.1.9", &m, NULL);
}

static const struct offer plain = { .eid = SITE, .source = THEIRS };

/* The verifying Map-Request that is out, if any. */
static unsigned int asked(struct node *n, uint64_t *nonce)
{
	struct lisp_eid eid = E(THEIRS);
	unsigned int i, found = 0;
	struct lisp_msg m;

	for_each_sent(n, LISP_ECM, i, &m) {
		assert_null(m.request.reply);	/* else it would never end */
		found += lisp_eid_equal(&m.request.eids[0], &eid);
		*nonce = m.request.nonce;
	}
	return found;
}

/* "it MUST originate a verifying Map-Request"; only its answer is taken */
static void test_5_3_verify(void **state)
{
	struct lisp_locator l = L(RLOC, 1, 50);
	struct lisp_record r = R(SITE, 60, 1, &l);
	struct node *n = *state;
	uint64_t nonce;

	offer(n, &plain);
	assert_int_equal(count_sent(n, LISP_MAP_REPLY), 1);
	assert_int_equal(asked(n, &nonce), 1);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 0);
	deliver_reply(n, nonce, 1, &r);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
	assert_int_equal(last_op(n, OP_MAP_ADD, SITE)->m.ttl, 3600);
	assert_stat(n, "itr", "piggybacked-confirmed", 1);
	assert_stat(n, "itr", "piggybacked-refuted", 0);
	/* known by now */
	node_run(n, n->now + 2 * LISP_SEC);
	node_forget(n);
	offer(n, &plain);
	assert_int_equal(asked(n, &nonce), 0);
	assert_stat(n, "etr", "piggybacked-received", 2);
}

/* A lie: what the mapping system says holds, and a counter tells */
static void test_refuted(void **state)
{
	struct lisp_locator l = L(RLOC, 1, 50);
	struct lisp_record r = R(SITE, 60, 1, &l);
	struct node *n = *state;
	uint64_t nonce;

	offer(n, &(struct offer){ .eid = SITE, .source = THEIRS,
				    .rloc = "10.66.6.6" });
	assert_int_equal(asked(n, &nonce), 1);
	deliver_reply(n, nonce, 1, &r);
	assert_true(lisp_addr_equal(&last_op(n, OP_MAP_ADD, SITE)->
				    locators[0].addr, &l.addr));
	assert_stat(n, "itr", "piggybacked-refuted", 1);
	node_free(n);
	n = start(config());
	*state = n;
	/* a prefix that is not theirs alone */
	offer(n, &(struct offer){ .eid = "2001:10:1::/48",
				    .source = THEIRS });
	assert_int_equal(asked(n, &nonce), 1);
	deliver_reply(n, nonce, 1, &r);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 1);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
	assert_stat(n, "itr", "piggybacked-refuted", 1);
}

/* Never answered: nothing is learned */
static void test_no_answer(void **state)
{
	struct node *n = *state;

	offer(n, &plain);
	node_run(n, n->now + 120 * LISP_SEC);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 0);
}

/* What is not of the sender, is ours, or of nobody, is not even asked about */
static void test_refused(void **state)
{
	static const struct offer bad[] = {
		/* the sender is not in it */
		{ .eid = SITE, .source = "2001:10:1:15::15" },
		{ .eid = "10.1.14.0/24", .source = THEIRS },
		{ .eid = "::/0", .source = THEIRS },
		/* ours */
		{ .eid = "2001:10:1::/48", .source = "2001:10:1:22::7" },
		{ .eid = "2001:10:1:22::/64" },
	};
	struct node *n = *state;
	unsigned int i;
	uint64_t nonce;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		offer(n, &bad[i]);
	assert_int_equal(asked(n, &nonce), 0);
	assert_int_equal(count_sent(n, LISP_ECM), 0);
	assert_stat(n, "errors", "piggybacked-not-of-sender", 5);
	/* the requests themselves are answered all the same */
	assert_int_equal(count_sent(n, LISP_MAP_REPLY), 5);
}

/* For none of our EIDs, an SMR, a probe: no use is made of it */
static void test_ignored(void **state)
{
	struct node *n = *state;
	uint64_t nonce;

	offer(n, &(struct offer){ .eid = SITE, .source = THEIRS,
				    .asked = "2001:10:1:99::1" });
	offer(n, &(struct offer){ .eid = SITE, .source = THEIRS,
				    .probe = true });
	offer(n, &(struct offer){ .eid = SITE, .source = THEIRS,
				    .smr = true });
	assert_int_equal(asked(n, &nonce), 0);
	assert_stat(n, "etr", "piggybacked-received", 0);
}

static void test_not_accepted(void **state)
{
	struct lisp_config *cfg = config();
	struct node *n;
	uint64_t nonce;

	(void)state;
	cfg->piggyback_accept = false;
	n = start(cfg);
	offer(n, &plain);
	assert_int_equal(count_sent(n, LISP_MAP_REPLY), 1);
	assert_int_equal(asked(n, &nonce), 0);
	node_free(n);
}

/* A flood: ten questions a second, whoever it names */
static void test_rate(void **state)
{
	struct node *n = *state;
	char eid[32], source[32];
	unsigned int i;

	for (i = 0; i < 100; i++) {
		snprintf(eid, sizeof(eid), "2001:db8:%x::/64", i);
		snprintf(source, sizeof(source), "2001:db8:%x::1", i);
		offer(n, &(struct offer){ .eid = eid, .source = source });
	}
	assert_int_equal(count_sent(n, LISP_ECM), 10);
	assert_stat(n, "limits", "piggybacked-rate", 90);
	node_forget(n);
	n->now += LISP_SEC;
	offer(n, &plain);
	assert_int_equal(count_sent(n, LISP_ECM), 1);
}

/* While it is verified packets come: they wait for the same answer */
static void test_miss_meanwhile(void **state)
{
	struct lisp_locator l = L(RLOC, 1, 50);
	struct lisp_record r = R(SITE, 60, 1, &l);
	struct node *n = *state;
	uint64_t nonce;

	offer(n, &plain);
	assert_int_equal(asked(n, &nonce), 1);
	miss_from(n, OURS);
	assert_int_equal(asked(n, &nonce), 1);
	deliver_reply(n, nonce, 1, &r);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, NULL), 0);
	/* and the other way round: asked already */
	node_free(n);
	n = start(config());
	*state = n;
	miss_from(n, OURS);
	nonce = last_nonce(n);
	offer(n, &plain);
	offer(n, &plain);
	deliver_reply(n, nonce, 1, &r);
	assert_int_equal(count_ops(n, OP_MAP_ADD, SITE), 1);
	assert_stat(n, "itr", "piggybacked-confirmed", 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_5_3_send),
		T(test_send_not),
		cmocka_unit_test(test_off),
		T(test_5_3_verify),
		T(test_refuted),
		T(test_no_answer),
		T(test_refused),
		T(test_ignored),
		cmocka_unit_test(test_not_accepted),
		T(test_rate),
		T(test_miss_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
