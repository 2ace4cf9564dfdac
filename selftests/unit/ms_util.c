// SPDX-License-Identifier: GPL-2.0
#include "ms_util.h"

int ms_setup(void **state)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, ms_config()), 0);
	*state = n;
	return 0;
}

struct lisp_key ms_key(void)
{
	return key_of(0, LISP_AUTH_SHA256_128, "LISP");
}

void ms_register(struct node *n, const char *rloc, uint64_t nonce,
		 const char *eid, uint32_t ttl)
{
	struct lisp_key key = ms_key();
	struct lisp_locator l = L(rloc, 1, 50);
	struct lisp_record r = R(eid, ttl, ttl ? 1 : 0, &l);

	node_forget(n);
	deliver_register(n, rloc, nonce, &key, 1, &r);
}

static int on_site(void *arg, const struct lisp_show_registration *r)
{
	struct ms_found *f = arg;
	struct lisp_eid e = E(f->eid);

	f->n++;
	f->up += r->up;
	if (lisp_eid_equal(r->eid, &e))
		f->r = *r;
	return 0;
}

struct ms_found ms_show(struct node *n, const char *eid)
{
	struct ms_found f = { .eid = eid };

	lisp_core_show_site(n->core, on_site, &f);
	return f;
}

bool ms_is_up(struct node *n, const char *eid)
{
	return ms_show(n, eid).r.up;
}

struct lisp_record ms_reply(struct node *n)
{
	struct lisp_record r;
	struct lisp_msg m;

	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REPLY);
	assert_int_equal(m.reply.n_records, 1);
	r = m.reply.records[0];
	r.locators = NULL;
	lisp_msg_free(&m);
	return r;
}

void ms_settle(struct node *n)
{
	node_run(n, n->now + 65 * LISP_SEC);
}

void ms_ask(struct node *n, const char *eid)
{
	node_forget(n);
	deliver_request(n, R2, 99, eid);
}

struct lisp_config *ms_nested_config(void)
{
	static struct lisp_config_site_prefix outer[1], inner[1];
	struct lisp_config *cfg = ms_config();

	outer[0] = (struct lisp_config_site_prefix){
		.eid = E("10.0.0.0/8"), .accept_more_specifics = true };
	inner[0] = (struct lisp_config_site_prefix){ .eid = E("10.5.0.0/16") };
	cfg->sites[0].prefixes = outer;
	cfg->sites[0].n_prefixes = 1;
	cfg->sites[1].prefixes = inner;
	cfg->sites[1].n_prefixes = 1;
	cfg->n_sites = 2;
	return cfg;
}
