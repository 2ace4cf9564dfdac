// SPDX-License-Identifier: GPL-2.0
/* Proxies (RFC 6832): what an ITR sends to PETRs, what a PITR asks. */
#include <errno.h>

#include "core_util.h"

#define HOST	"2001:db8:f::10"
#define HOLE	"2001:db8:8000::/33"
#define SITE	"2001:10:1:114::/64"
#define SPACE	"2001:10:1::/48"

static struct lisp_config_petr petrs[9];
static struct lisp_eid space[2];

static struct lisp_config *config(unsigned int n_petrs)
{
	struct lisp_config *cfg = xtr_config();

	petrs[0] = (struct lisp_config_petr){ A("198.51.100.1"), 1, 50 };
	petrs[1] = (struct lisp_config_petr){ A("2001:db8::1"), 2, 100 };
	cfg->etr = false;
	cfg->petrs = petrs;
	cfg->n_petrs = n_petrs;
	return cfg;
}

static void configure(struct node *n, const struct lisp_config *cfg)
{
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
}

static struct node *start(unsigned int n_petrs)
{
	struct node *n = node_new();

	configure(n, config(n_petrs));
	node_forget(n);
	return n;
}

static void negative(struct node *n, const char *eid, uint8_t action)
{
	struct lisp_record r = R(eid, 15, 0, NULL);

	r.action = action;
	miss(n, "2001:db8:8000::1");
	deliver_reply(n, last_nonce(n), 1, &r);
}

static void assert_petrs(const struct op *o, unsigned int n)
{
	assert_non_null(o);
	assert_true(o->m.proxied);
	assert_int_equal(o->m.n_locators, n);
	assert_true(lisp_addr_equal(&o->locators[0].addr, &petrs[0].addr));
	assert_int_equal(o->locators[0].priority, 1);
	assert_int_equal(o->locators[0].weight, 50);
	if (n > 1)
		assert_int_equal(o->locators[1].priority, 2);
}

/* RFC 6832 6.1: "packets that match the received Negative Map-Cache" */
static void test_6_1_negative(void **state)
{
	struct node *n = start(2);

	(void)state;
	negative(n, HOLE, LISP_ACT_NATIVELY_FORWARD);
	assert_petrs(last_op(n, OP_MAP_ADD, HOLE), 2);
	assert_int_equal(last_op(n, OP_MAP_ADD, HOLE)->m.ttl, 15 * 60);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, NULL), 0);
	node_free(n);
}

/* Only what would be forwarded natively: a drop is a drop */
static void test_6_1_drop(void **state)
{
	struct node *n = start(2);

	(void)state;
	negative(n, HOLE, LISP_ACT_DROP);
	assert_int_equal(last_op(n, OP_MAP_ADD, HOLE)->m.n_locators, 0);
	assert_int_equal(last_op(n, OP_MAP_ADD, HOLE)->m.action, LISP_ACT_DROP);
	node_free(n);
}

static void test_6_1_none(void **state)
{
	struct node *n = start(0);

	(void)state;
	negative(n, HOLE, LISP_ACT_NATIVELY_FORWARD);
	assert_int_equal(last_op(n, OP_MAP_ADD, HOLE)->m.n_locators, 0);
	assert_int_equal(last_op(n, OP_MAP_ADD, HOLE)->m.action,
			 LISP_ACT_NATIVELY_FORWARD);
	node_free(n);
}

/* The lifetime is that of a negative answer, bounds included */
static void test_6_1_lifetime(void **state)
{
	struct lisp_config *cfg = config(1);
	struct node *n = node_new();

	(void)state;
	cfg->ttl.negative_max = 60;
	cfg->ttl.min = 600;
	configure(n, cfg);
	negative(n, HOLE, LISP_ACT_NATIVELY_FORWARD);
	assert_petrs(last_op(n, OP_MAP_ADD, HOLE), 1);
	assert_int_equal(last_op(n, OP_MAP_ADD, HOLE)->m.ttl, 60);
	node_free(n);
}

/* A PETR that uses itself would send in a circle */
static void test_6_1_self(void **state)
{
	struct lisp_config *cfg = config(2);
	struct node *n = node_new();

	(void)state;
	petrs[1].addr = cfg->rlocs[0];
	configure(n, cfg);
	negative(n, HOLE, LISP_ACT_NATIVELY_FORWARD);
	assert_petrs(last_op(n, OP_MAP_ADD, HOLE), 1);
	node_free(n);
}

/* Changed, gone or new: what went the former way is asked for anew */
static void test_6_1_changed(void **state)
{
	struct node *n = start(2);

	(void)state;
	negative(n, HOLE, LISP_ACT_NATIVELY_FORWARD);
	node_forget(n);
	configure(n, config(2));
	assert_int_equal(n->n_ops, 0);
	configure(n, config(0));
	assert_int_equal(n->n_ops, 1);
	assert_int_equal(count_ops(n, OP_MAP_DEL, HOLE), 1);
	node_run(n, n->now + 2 * LISP_SEC);
	negative(n, HOLE, LISP_ACT_NATIVELY_FORWARD);
	node_forget(n);
	configure(n, config(1));
	assert_int_equal(n->n_ops, 1);
	assert_int_equal(count_ops(n, OP_MAP_DEL, HOLE), 1);
	node_free(n);
}

/* No probes to PETRs, taken over from the daemon before or not */
static void test_6_1_probes(void **state)
{
	struct lisp_locator l = L("198.51.100.1", 1, 50);
	struct lisp_mapping m = {
		.eid = E("2001:db8:4000::/34"), .ttl = 900,
		.origin = LISP_BY_MAP_REPLY, .n_locators = 1, .locators = &l,
	};
	struct lisp_config *cfg = config(2);
	struct node *n = node_new();

	(void)state;
	lisp_core_adopt(n->core, n->now, &m);
	cfg->probe = (struct lisp_config_probe){ true, 3, 1000, 500 };
	configure(n, cfg);
	negative(n, HOLE, LISP_ACT_NATIVELY_FORWARD);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_SEC);
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(count_ops(n, OP_RLOC_DOWN, NULL), 0);
	/* the one taken over, too, goes another way when that is wanted */
	configure(n, config(1));
	assert_int_equal(count_ops(n, OP_MAP_DEL, "2001:db8:4000::/34"), 1);
	node_free(n);
}

/* A LISP site comes up where there was none: its mapping is taken */
static void test_6_1_site_comes(void **state)
{
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r = R(HOLE, 60, 1, &l);
	struct node *n = start(2);
	struct lisp_eid hole = E(HOLE);

	(void)state;
	negative(n, HOLE, LISP_ACT_NATIVELY_FORWARD);
	node_run(n, n->now + 2 * LISP_SEC);
	lisp_core_refresh(n->core, n->now, &hole);
	deliver_reply(n, last_nonce(n), 1, &r);
	assert_false(last_op(n, OP_MAP_ADD, HOLE)->m.proxied);
	assert_int_equal(last_op(n, OP_MAP_ADD, HOLE)->m.n_locators, 1);
	node_free(n);
}

/* Not saved: as other negative answers, they are soon asked for again */
static void test_6_1_saved(void **state)
{
	struct node *n = start(2);
	size_t before, after;
	uint8_t *buf;

	(void)state;
	assert_int_equal(lisp_core_save_cache(n->core, n->now, 1, &buf,
					      &before), 0);
	free(buf);
	negative(n, HOLE, LISP_ACT_NATIVELY_FORWARD);
	assert_int_equal(lisp_core_save_cache(n->core, n->now, 1, &buf,
					      &after), 0);
	free(buf);
	assert_int_equal(before, after);
	node_free(n);
}

static struct lisp_config *space_config(unsigned int n_petrs)
{
	struct lisp_config *cfg = config(n_petrs);

	space[0] = E(SPACE);
	space[1] = E("10.1.0.0/16");
	cfg->eid_space = space;
	cfg->n_eid_space = 2;
	return cfg;
}

/* RFC 6832 6.1: "encapsulate all packets ... that are cache misses" */
static void test_6_1_default(void **state)
{
	struct node *n = node_new();

	(void)state;
	configure(n, space_config(1));
	assert_int_equal(n->n_ops, 4);
	assert_petrs(last_op(n, OP_MAP_ADD, "::/0"), 1);
	assert_petrs(last_op(n, OP_MAP_ADD, "0.0.0.0/0"), 1);
	assert_true(last_op(n, OP_MAP_ADD, "::/0")->m.forever);
	assert_int_equal(last_op(n, OP_MAP_ADD, "::/0")->m.origin,
			 LISP_BY_CONFIG);
	assert_int_equal(last_op(n, OP_MAP_ADD, SPACE)->m.action,
			 LISP_ACT_SEND_MAP_REQUEST);
	assert_int_equal(last_op(n, OP_MAP_ADD, "10.1.0.0/16")->m.action,
			 LISP_ACT_SEND_MAP_REQUEST);
	node_forget(n);
	/* the same again, then another way out, then all of it is asked for */
	configure(n, space_config(1));
	assert_int_equal(n->n_ops, 0);
	configure(n, space_config(0));
	assert_int_equal(n->n_ops, 2);
	assert_int_equal(last_op(n, OP_MAP_ADD, "::/0")->m.action,
			 LISP_ACT_NATIVELY_FORWARD);
	node_forget(n);
	configure(n, config(0));
	assert_int_equal(n->n_ops, 4);
	assert_int_equal(last_op(n, OP_MAP_ADD, "::/0")->m.action,
			 LISP_ACT_SEND_MAP_REQUEST);
	assert_int_equal(count_ops(n, OP_MAP_DEL, SPACE), 1);
	assert_int_equal(count_ops(n, OP_MAP_DEL, "10.1.0.0/16"), 1);
	node_free(n);
}

/* What stands in a default's place goes; the default comes back as it was */
static void test_6_1_default_back(void **state)
{
	struct lisp_eid eid = E(SPACE), all = E("::/0");
	struct node *n = node_new();

	(void)state;
	configure(n, space_config(1));
	node_forget(n);
	lisp_core_expired(n->core, n->now, &eid);
	lisp_core_expired(n->core, n->now, &all);
	assert_int_equal(n->n_ops, 2);
	assert_int_equal(last_op(n, OP_MAP_ADD, SPACE)->m.action,
			 LISP_ACT_SEND_MAP_REQUEST);
	assert_petrs(last_op(n, OP_MAP_ADD, "::/0"), 1);
	node_free(n);
}

/* An EID space of the daemon before us that is no longer configured goes */
static void test_space_of_old(void **state)
{
	struct lisp_mapping m = {
		.eid = E(SPACE), .forever = true, .origin = LISP_BY_CONFIG,
		.action = LISP_ACT_SEND_MAP_REQUEST,
	};
	struct lisp_mapping by_hand = m;
	struct node *n = node_new();

	(void)state;
	by_hand.eid = E(SITE);
	by_hand.origin = LISP_BY_STATIC;
	lisp_core_adopt(n->core, n->now, &m);
	lisp_core_adopt(n->core, n->now, &by_hand);
	configure(n, config(0));
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 1);
	assert_int_equal(count_ops(n, OP_MAP_DEL, SPACE), 1);
	node_free(n);
}

static void ask(struct node *n, const char *source, struct lisp_msg *msg,
		struct lisp_ecm *ecm)
{
	struct lisp_eid eid = E("2001:10:1:114::14");
	struct lisp_addr src = A(source);

	lisp_core_miss(n->core, n->now, &eid, &src);
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, msg, ecm);
	node_forget(n);
}

/* RFC 6832 5.2, RFC 9301 5.2: the p bit; a host's address is no source-EID */
static void test_5_2_pitr(void **state)
{
	struct lisp_config *cfg = config(0);
	struct lisp_addr host = A(HOST);
	struct node *n = node_new();
	struct lisp_ecm ecm;
	struct lisp_msg msg;

	(void)state;
	cfg->pitr = true;
	configure(n, cfg);
	n->n_sent = 0;
	ask(n, HOST, &msg, &ecm);
	assert_true(msg.request.pitr);
	assert_int_equal(msg.request.source_eid.afi, LISP_AFI_NONE);
	assert_int_equal(msg.request.n_itr_rlocs, 1);
	assert_true(lisp_addr_equal(&msg.request.itr_rlocs[0],
				    &cfg->rlocs[0]));
	/* nor does the request claim to come from that host */
	assert_false(lisp_addr_equal(&ecm.src.addr, &host));
	lisp_msg_free(&msg);
	node_free(n);
}

/* A PITR that has a site, too: an EID of it is a source-EID */
static void test_5_2_pitr_site(void **state)
{
	struct lisp_config *cfg = config(0);
	struct node *n = node_new();
	struct lisp_msg msg;

	(void)state;
	cfg->pitr = true;
	cfg->etr = true;
	configure(n, cfg);
	n->n_sent = 0;
	ask(n, "2001:10:1:122::22", &msg, NULL);
	assert_true(msg.request.pitr);
	assert_int_equal(msg.request.source_eid.afi, LISP_AFI_IPV6);
	lisp_msg_free(&msg);
	node_free(n);
}

static void test_itr_no_p_bit(void **state)
{
	struct node *n = start(0);
	struct lisp_msg msg;

	(void)state;
	ask(n, "2001:10:1:122::22", &msg, NULL);
	assert_false(msg.request.pitr);
	assert_int_equal(msg.request.source_eid.afi, LISP_AFI_IPV6);
	lisp_msg_free(&msg);
	node_free(n);
}

/* RFC 6832 6: a PETR alone asks nobody and has no map-cache */
static void test_6_petr(void **state)
{
	struct lisp_config cfg = { .petr = true };
	struct node *n = node_new();

	(void)state;
	configure(n, &cfg);
	miss(n, HOST);
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 0);
	assert_int_equal(count_ops(n, OP_PENDING_DEL, NULL), 1);
	node_free(n);
}

static void test_refused(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg;

	(void)state;
	cfg = config(9);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	cfg = config(1);
	petrs[0].addr = A("127.0.0.1");
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	cfg = config(1);
	cfg->itr = false;
	cfg->pitr = true;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	cfg = space_config(1);
	space[0].bytes[15] = 1;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	assert_int_equal(n->n_ops, 0);
	configure(n, config(1));
	node_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_5_2_pitr),
		cmocka_unit_test(test_5_2_pitr_site),
		cmocka_unit_test(test_itr_no_p_bit),
		cmocka_unit_test(test_6_petr),
		cmocka_unit_test(test_6_1_negative),
		cmocka_unit_test(test_6_1_drop),
		cmocka_unit_test(test_6_1_none),
		cmocka_unit_test(test_6_1_lifetime),
		cmocka_unit_test(test_6_1_self),
		cmocka_unit_test(test_6_1_changed),
		cmocka_unit_test(test_6_1_probes),
		cmocka_unit_test(test_6_1_site_comes),
		cmocka_unit_test(test_6_1_saved),
		cmocka_unit_test(test_6_1_default),
		cmocka_unit_test(test_6_1_default_back),
		cmocka_unit_test(test_space_of_old),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
