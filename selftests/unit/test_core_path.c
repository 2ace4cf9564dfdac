// SPDX-License-Identifier: GPL-2.0
/*
 * The article's way, on the real core of all four routers: registration, first
 * packet, Encapsulated Map-Request, forwarding to the ETR, Map-Reply, map-cache.
 */
#include "core_util.h"

struct net {
	struct node *ms, *r2, *c1;
};

static struct lisp_config *c1_config(void)
{
	static struct lisp_addr rloc;
	struct lisp_config *cfg = xtr_config();
	static const char *const eids[] = {
		"2001:10:1:14::/64", "2001:10:1:114::/64",
		"10.1.14.0/24", "10.1.114.0/24",
	};
	unsigned int i;

	rloc = A("10.0.1.1");
	cfg->rlocs = &rloc;
	for (i = 0; i < 4; i++) {
		cfg->mappings[i].eid = E(eids[i]);
		cfg->mappings[i].rlocs[0].addr = rloc;
	}
	return cfg;
}

/* Carry everything that was sent to where it goes, until all is quiet. */
static void carry(struct net *net)
{
	struct { struct node *n; struct lisp_addr a; unsigned int done; } at[] = {
		{ net->ms, A("10.0.0.13"), 0 },
		{ net->r2, A("10.0.1.9"), 0 },
		{ net->c1, A("10.0.1.1"), 0 },
	};
	unsigned int i, j;
	bool any = true;

	while (any) {
		any = false;
		for (i = 0; i < 3; i++) {
			while (at[i].done < at[i].n->n_sent) {
				struct sent *s = &at[i].n->sent[at[i].done++];

				any = true;
				for (j = 0; j < 3; j++) {
					if (!lisp_addr_equal(&s->to.addr, &at[j].a))
						continue;
					at[j].n->now += LISP_MSEC;
					lisp_core_receive(at[j].n->core, at[j].n->now,
							  &s->from, &at[j].a,
							  s->buf, s->len);
				}
			}
		}
	}
}

static void test_first_packet(void **state)
{
	struct net net = { node_new(), node_new(), node_new() };
	const struct op *o;

	(void)state;
	net.c1->random = 7;
	assert_int_equal(lisp_core_configure(net.ms->core, net.ms->now,
					     ms_config()), 0);
	assert_int_equal(lisp_core_configure(net.r2->core, net.r2->now,
					     xtr_config()), 0);
	assert_int_equal(lisp_core_configure(net.c1->core, net.c1->now,
					     c1_config()), 0);
	carry(&net);
	assert_stat(net.ms, "map-server", "registered", 8);
	assert_stat(net.r2, "etr", "map-register-acknowledged", 1);
	assert_stat(net.c1, "etr", "map-register-acknowledged", 1);
	assert_int_equal(count_ops(net.r2, OP_EID_ADD, NULL), 4);
	assert_int_equal(count_ops(net.r2, OP_MAP_ADD, "::/0"), 1);
	assert_int_equal(count_ops(net.r2, OP_MAP_ADD, "0.0.0.0/0"), 1);
	node_forget(net.ms);
	node_forget(net.r2);
	node_forget(net.c1);
	miss(net.r2, "2001:10:1:114::14");
	carry(&net);
	o = last_op(net.r2, OP_MAP_ADD, "2001:10:1:114::/64");
	assert_non_null(o);
	assert_int_equal(o->m.n_locators, 1);
	assert_int_equal(o->m.origin, LISP_BY_MAP_REPLY);
	assert_int_equal(o->m.ttl, 86400);
	if (getenv("SHOW_TRACE"))
		fprintf(stderr, "R2:\n%s\nMS_MR:\n%s\nC1:\n%s\n", net.r2->trace,
			net.ms->trace, net.c1->trace);
	assert_non_null(strstr(net.r2->trace, "received reply with rtt 1.000ms"));
	assert_non_null(strstr(net.ms->trace,
		"MS registration prefix 2001:10:1:114::/64 10.0.1.1 site MainSite, Forwarding map request to ETR 10.0.1.1"));
	assert_non_null(strstr(net.c1->trace,
			       "Sending map-reply from 10.0.1.1 to 10.0.1.9"));
	node_free(net.ms);
	node_free(net.r2);
	node_free(net.c1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_packet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
