// SPDX-License-Identifier: GPL-2.0
/* Map-server and map-resolver. */
#include <errno.h>

#include "core_util.h"

#define MS	"10.0.0.13"
#define C1	"10.0.1.1"
#define R2	"10.0.1.9"

static int ms_setup(void **state)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, ms_config()), 0);
	*state = n;
	return 0;
}

static struct lisp_key lisp_key_good(void)
{
	return key_of(0, LISP_AUTH_SHA256_128, "LISP");
}

/* Register @eid at @rloc; what is sent in answer is left in the list. */
static void reg(struct node *n, const char *rloc, uint64_t nonce,
		const char *eid, uint32_t ttl)
{
	struct lisp_key key = lisp_key_good();
	struct lisp_locator l = L(rloc, 1, 50);
	struct lisp_record r = R(eid, ttl, ttl ? 1 : 0, &l);

	node_forget(n);
	deliver_register(n, rloc, nonce, &key, 1, &r);
}

struct found {
	const char *eid;
	struct lisp_show_registration r;
	unsigned int n, up;
};

static int on_site(void *arg, const struct lisp_show_registration *r)
{
	struct found *f = arg;
	struct lisp_eid e = E(f->eid);

	f->n++;
	f->up += r->up;
	if (lisp_eid_equal(r->eid, &e))
		f->r = *r;
	return 0;
}

static struct found show(struct node *n, const char *eid)
{
	struct found f = { .eid = eid };

	lisp_core_show_site(n->core, on_site, &f);
	return f;
}

static bool is_up(struct node *n, const char *eid)
{
	return show(n, eid).r.up;
}

/* The one record of the one Map-Reply sent. */
static struct lisp_record reply(struct node *n)
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

static void ask(struct node *n, const char *eid)
{
	node_forget(n);
	deliver_request(n, R2, 99, eid);
}

/* RFC 9301 5.7: Map-Notify with the same nonce, key, records, MAC length */
static void test_register(void **state)
{
	struct node *n = *state;
	struct lisp_key key = lisp_key_good();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r[] = { R("2001:10:1:14::/64", 1440, 1, &l),
				   R("10.1.14.0/24", 1440, 1, &l) };
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.want_notify = true, .nonce = 1000, .n_records = 2,
		.alg_id = LISP_AUTH_SHA256_128, .auth_len = 16, .records = r } };
	struct lisp_msg out;
	struct found f;

	key.mac_len = 16;
	deliver(n, C1, 14342, MS, &m, &key);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(n->sent[0].to.port, 14342);
	assert_int_equal(n->sent[0].from.port, 4342);
	decode_sent(n, 0, &out, NULL);
	assert_int_equal(out.type, LISP_MAP_NOTIFY);
	assert_int_equal(out.reg.nonce, 1000);
	assert_int_equal(out.reg.auth_len, 16);
	assert_int_equal(out.reg.n_records, 2);
	assert_false(out.reg.has_xtr_id);
	assert_int_equal(lisp_auth_verify(n->sent[0].buf, n->sent[0].len, &key),
			 0);
	lisp_msg_free(&out);
	f = show(n, "10.1.14.0/24");
	assert_int_equal(f.n, 12);
	assert_int_equal(f.up, 2);
	assert_string_equal(f.r.site, "MainSite");
	assert_int_equal(f.r.nonce, 1000);
	assert_int_equal(f.r.first_registered, n->now);
	assert_int_equal(f.r.expires, n->now + 180 * LISP_SEC);
	/* want-notify not set: taken, not acknowledged */
	m.reg.want_notify = false;
	m.reg.nonce++;
	node_forget(n);
	deliver(n, C1, 4342, MS, &m, &key);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "map-server", "registered", 4);
}

/* A failed check earns no signed answer, nor any other (RFC 9301 5.7) */
static void test_refused(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);
	struct lisp_key bad = key_of(0, LISP_AUTH_SHA256_128, "lisp");
	struct lisp_key id = key_of(5, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_key alg = key_of(0, LISP_AUTH_SHA1_96, "LISP");
	struct lisp_key good = lisp_key_good();
	uint8_t none[] = { 0x30, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0,
		0, 0, 5, 160, 1, 24, 0x10, 0, 0, 0, 0, 1, 10, 1, 14, 0,
		1, 50, 255, 0, 0, 1, 0, 1, 10, 0, 1, 1 };

	deliver_register(n, C1, 1, &bad, 1, &r);
	deliver_register(n, C1, 2, &id, 1, &r);
	deliver_register(n, C1, 3, &alg, 1, &r);
	deliver_raw(n, C1, 4342, MS, none, sizeof(none));
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(show(n, "10.1.14.0/24").up, 0);
	assert_int_equal(show(n, "10.1.14.0/24").r.auth_failures, 4);
	assert_stat(n, "errors", "map-register-auth-failure", 1);
	assert_stat(n, "errors", "map-register-unknown-key-id", 1);
	assert_stat(n, "errors", "map-register-wrong-algorithm", 2);
	/* and the right one is still heard after an unknown key-ID */
	deliver_register(n, C1, 4, &good, 1, &r);
	assert_int_equal(n->n_sent, 1);
	assert_true(is_up(n, "2001:10:1:14::/64"));
}

/* Two keys of a site: each by its key-ID, with its algorithm */
static void test_key_ids(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = ms_config();
	struct lisp_config_key keys[] = {
		{ .key_id = 1, .alg_id = LISP_AUTH_SHA256_128, .secret = "old" },
		{ .key_id = 2, .alg_id = LISP_AUTH_SHA256_HKDF, .secret = "new" },
	};
	struct lisp_key k1 = key_of(1, LISP_AUTH_SHA256_128, "old");
	struct lisp_key k2 = key_of(2, LISP_AUTH_SHA256_HKDF, "new");
	struct lisp_key mixed = key_of(2, LISP_AUTH_SHA256_HKDF, "old");
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);

	(void)state;
	cfg->sites[0].keys = keys;
	cfg->sites[0].n_keys = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	deliver_register(n, C1, 10, &k1, 1, &r);
	deliver_register(n, C1, 5, &k2, 1, &r);	/* its own nonces */
	deliver_register(n, C1, 11, &mixed, 1, &r);
	assert_int_equal(n->n_sent, 2);
	assert_int_equal(lisp_auth_verify(n->sent[1].buf, n->sent[1].len, &k2),
			 0);
	node_free(n);
}

/* RFC 9301 5.6: nonces must grow; a copy of the last is acknowledged again */
static void test_replay(void **state)
{
	struct node *n = *state;
	lisp_time first;

	reg(n, C1, 1000, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);
	first = n->now;
	node_run(n, n->now + 10 * LISP_SEC);
	reg(n, C1, 1000, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);
	assert_stat(n, "map-server", "register-retransmission", 1);
	assert_stat(n, "map-server", "registered", 1);
	/* it changes nothing: a replay would keep a dead ETR alive */
	assert_int_equal(show(n, "2001:10:1:14::/64").r.expires,
			 first + 180 * LISP_SEC);
	reg(n, C1, 1000, "2001:10:1:14::/64", 60);	/* not a copy */
	assert_int_equal(n->n_sent, 0);
	reg(n, C1, 999, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-replay", 2);
	reg(n, C1, 1001, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);
	reg(n, C1, 1000, "2001:10:1:14::/64", 1440);	/* once the last */
	assert_int_equal(n->n_sent, 0);
	/* another ETR of the site has its own nonces */
	reg(n, "10.0.1.5", 7, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);
}

/* RFC 9301 5.6: with an xTR-ID, the address does not matter; trailer comes back */
static void test_xtr_id(void **state)
{
	struct node *n = *state;
	struct lisp_key key = lisp_key_good();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.want_notify = true, .nonce = 50, .n_records = 1,
		.alg_id = LISP_AUTH_SHA256_128, .records = &r,
		.has_xtr_id = true, .xtr_id = { 1, 2, 3 }, .site_id = 4 } };
	struct lisp_msg out;

	deliver(n, C1, 4342, MS, &m, &key);
	decode_sent(n, 0, &out, NULL);
	assert_true(out.reg.has_xtr_id);
	assert_int_equal(out.reg.xtr_id[1], 2);
	assert_int_equal(out.reg.site_id, 4);
	lisp_msg_free(&out);
	assert_true(show(n, "2001:10:1:14::/64").r.has_xtr_id);
	node_forget(n);
	m.reg.nonce = 49;
	deliver(n, "10.0.1.77", 4342, MS, &m, &key);
	assert_int_equal(n->n_sent, 0);
	m.reg.xtr_id[0] = 9;
	deliver(n, "10.0.1.77", 4342, MS, &m, &key);
	assert_int_equal(n->n_sent, 1);
}

/*
 * The MAC covers neither source address nor xTR-ID: a copy of an old message
 * under another name is not the first message of a new ETR.
 */
static void test_replay_renamed(void **state)
{
	struct node *n = *state;
	struct lisp_key key = lisp_key_good();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.want_notify = true, .nonce = 50, .n_records = 1,
		.alg_id = LISP_AUTH_SHA256_128, .records = &r,
		.has_xtr_id = true, .xtr_id = { 1, 2, 3 } } };
	uint8_t old[LISP_MSG_MAX];
	int len = lisp_msg_encode(&m, old, sizeof(old));

	assert_int_equal(lisp_auth_sign(old, (size_t)len, &key), 0);
	deliver_raw(n, C1, 4342, MS, old, (size_t)len);
	reg(n, "10.0.1.5", 900, "10.1.14.0/24", 1440);
	reg(n, "10.0.1.5", 901, "10.1.14.0/24", 1440);
	m.reg.nonce = 51;
	deliver(n, C1, 4342, MS, &m, &key);
	node_forget(n);
	old[len - 24]++;			/* another xTR-ID */
	deliver_raw(n, C1, 4342, MS, old, (size_t)len);
	assert_int_equal(n->n_sent, 0);
	{					/* another address */
		struct lisp_locator l5 = L("10.0.1.5", 1, 50);
		struct lisp_record r5 = R("10.1.14.0/24", 1440, 1, &l5);

		deliver_register(n, "10.0.1.66", 900, &key, 1, &r5);
	}
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-replay", 2);
}

/* RFC 9301 8.2: prefixes only as configured, and only the site's own */
static void test_prefixes(void **state)
{
	struct node *n = *state;
	struct lisp_key key = lisp_key_good();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r[] = {
		R("2001:10:1:14::/64", 1440, 1, &l),
		R("2001:10:1:22::/64", 1440, 1, &l),	/* SiteTwo's */
		R("2001:10:1:14::1/128", 1440, 1, &l),	/* a more-specific */
		R("2001:10:1::/48", 1440, 1, &l),	/* a less-specific */
	};
	struct lisp_msg out;

	deliver_register(n, C1, 1, &key, 4, r);
	assert_int_equal(show(n, "::/0").up, 1);
	assert_true(is_up(n, "2001:10:1:14::/64"));
	assert_stat(n, "errors", "map-register-prefix-rejected", 3);
	assert_int_equal(show(n, "2001:10:1:14::/64").r.rejected, 3);
	/* the Map-Notify tells what was taken */
	decode_sent(n, 0, &out, NULL);
	assert_int_equal(out.reg.n_records, 1);
	lisp_msg_free(&out);
	/* nothing taken: nothing acknowledged */
	node_forget(n);
	deliver_register(n, C1, 2, &key, 1, &r[2]);
	assert_int_equal(n->n_sent, 0);
	r[3].eid = EI(7, "2001:10:1:14::/64");		/* another instance */
	deliver_register(n, C1, 3, &key, 1, &r[3]);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-no-site", 1);
}

static struct lisp_config *nested_config(void)
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

/* accept-more-specifics; a longer prefix of another site is not among them */
static void test_more_specifics(void **state)
{
	struct node *n = node_new();
	struct found f;

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, nested_config()),
			 0);
	reg(n, C1, 1, "10.1.0.0/16", 1440);
	assert_int_equal(n->n_sent, 1);
	f = show(n, "10.1.0.0/16");
	assert_true(f.r.up);
	assert_false(f.r.configured);
	assert_int_equal(f.n, 3);
	/*
	 * 10.5/16 is SiteTwo's: the key of the first site does not open it.
	 * Both have the key LISP here, so what refuses is the prefix.
	 */
	{
		struct lisp_key key = lisp_key_good();
		struct lisp_locator l = L(C1, 1, 50);
		struct lisp_record r[] = { R("10.2.0.0/16", 1440, 1, &l),
					   R("10.5.0.0/16", 1440, 1, &l),
					   R("10.5.1.0/24", 1440, 1, &l) };

		deliver_register(n, C1, 2, &key, 3, r);
		assert_stat(n, "errors", "map-register-prefix-rejected", 2);
	}
	assert_false(is_up(n, "10.5.0.0/16"));
	assert_true(is_up(n, "10.2.0.0/16"));
	/* expired or withdrawn more-specifics leave the table */
	reg(n, C1, 3, "10.2.0.0/16", 0);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(show(n, "10.2.0.0/16").n, 3);
	node_run(n, n->now + 180 * LISP_SEC);
	assert_int_equal(show(n, "10.1.0.0/16").n, 2);
	node_free(n);
}

/* RFC 9301 8.2: three minutes; TTL 0 withdraws at once */
static void test_expiry(void **state)
{
	struct node *n = *state;

	reg(n, C1, 1, "2001:10:1:14::/64", 1440);
	node_run(n, n->now + 179 * LISP_SEC);
	assert_true(is_up(n, "2001:10:1:14::/64"));
	reg(n, C1, 2, "2001:10:1:14::/64", 1440);
	node_run(n, n->now + 180 * LISP_SEC - 1);
	assert_true(is_up(n, "2001:10:1:14::/64"));
	node_run(n, n->now + 1);
	assert_false(is_up(n, "2001:10:1:14::/64"));
	assert_non_null(show(n, "2001:10:1:14::/64").r.record);
	assert_stat(n, "map-server", "expired", 1);
	reg(n, C1, 3, "2001:10:1:14::/64", 1440);
	reg(n, "10.0.1.5", 3, "2001:10:1:14::/64", 1440);
	reg(n, C1, 4, "2001:10:1:14::/64", 0);	/* no longer the registrant */
	assert_true(is_up(n, "2001:10:1:14::/64"));
	reg(n, "10.0.1.5", 4, "2001:10:1:14::/64", 0);
	assert_int_equal(n->n_sent, 1);
	assert_false(is_up(n, "2001:10:1:14::/64"));
	assert_stat(n, "map-server", "withdrawn", 1);
	/* the one that was replaced does not acknowledge that (5.7) */
	assert_stat(n, "map-server", "notify-sent", 0);
	node_run(n, n->now + 100 * LISP_SEC);
	assert_stat(n, "map-server", "notify-sent", 7);
	assert_int_equal(lisp_core_next(n->core), LISP_TIME_NEVER);
}

/* RFC 9301 8.3: re-encapsulated to the ETR, not otherwise altered */
static void test_forward(void **state)
{
	struct node *n = *state;
	struct lisp_addr c1 = A(C1), ms = A(MS), inner = A("2001:10:1:22::1");
	struct lisp_eid eid = E("2001:10:1:14::14");
	struct lisp_ecm ecm;
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.nonce = 31337, .n_itr_rlocs = 1, .n_eids = 1, .eids = &eid,
		.source_eid = E("2001:10:1:122::22") } };
	uint8_t bytes[LISP_MSG_MAX];
	int len;

	reg(n, C1, 1, "2001:10:1:14::/64", 1440);
	node_forget(n);
	m.request.itr_rlocs[0] = A(R2);
	len = lisp_msg_encode(&m, bytes, sizeof(bytes));
	deliver_ecm(n, R2, MS, "2001:10:1:22::1", &m);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &c1));
	assert_int_equal(n->sent[0].to.port, 4342);
	assert_true(lisp_addr_equal(&n->sent[0].from.addr, &ms));
	decode_sent(n, 0, &m, &ecm);
	lisp_msg_free(&m);
	assert_true(lisp_addr_equal(&ecm.src.addr, &inner));
	assert_int_equal(ecm.len, len);
	assert_memory_equal(ecm.payload, bytes, (size_t)len);
}

/* Which ETR: the best locator that can be used, else the last registrant */
static void test_choose_etr(void **state)
{
	struct node *n = *state;
	struct lisp_key key = lisp_key_good();
	struct lisp_locator l[] = {
		L("2001:db8::9", 1, 50), L("10.0.1.2", 255, 50),
		L("10.0.1.3", 1, 50), L("10.0.1.4", 7, 50), L("10.0.1.5", 5, 50),
	};
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 5, l);
	struct lisp_addr want = A("10.0.1.5");

	l[2].reachable = false;
	deliver_register(n, C1, 1, &key, 1, &r);
	ask(n, "2001:10:1:14::14");
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &want));
	r.n_locators = 2;
	deliver_register(n, C1, 2, &key, 1, &r);
	ask(n, "2001:10:1:14::14");
	want = A(C1);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &want));
}

/* RFC 9301 5.4, 8.3: proxy reply: not authoritative, no L-bits, their TTL */
static void test_proxy(void **state)
{
	struct node *n = *state;
	struct lisp_key key = lisp_key_good();
	struct lisp_locator l[] = { L("10.0.1.5", 2, 50), L(C1, 1, 50) };
	struct lisp_record r = R("2001:10:1:14::/64", 77, 2, l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.proxy_reply = true, .nonce = 1, .n_records = 1,
		.alg_id = LISP_AUTH_SHA256_128, .records = &r } };
	struct lisp_addr r2 = A(R2);

	l[0].reachable = false;
	deliver(n, C1, 4342, MS, &m, &key);
	ask(n, "2001:10:1:14::14");
	assert_int_equal(n->n_sent, 1);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &r2));
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REPLY);
	assert_int_equal(m.reply.nonce, 99);
	assert_int_equal(m.reply.n_records, 1);
	assert_false(m.reply.records[0].authoritative);
	assert_int_equal(m.reply.records[0].ttl, 77);
	assert_int_equal(m.reply.records[0].n_locators, 2);
	assert_false(m.reply.records[0].locators[0].local);
	assert_true(m.reply.records[0].locators[0].reachable);
	assert_false(m.reply.records[0].locators[1].reachable);
	lisp_msg_free(&m);
	assert_stat(n, "map-server", "proxy-replied", 1);
}

/* RFC 9301 5.4: with the registered more-specifics inside, all of one TTL */
static void test_proxy_nested(void **state)
{
	struct node *n = node_new();
	struct lisp_key key = lisp_key_good();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r[] = { R("10.0.0.0/8", 60, 1, &l),
				   R("10.1.0.0/16", 30, 1, &l) };
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.proxy_reply = true, .nonce = 1, .n_records = 2,
		.alg_id = LISP_AUTH_SHA256_128, .records = r } };

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, nested_config()),
			 0);
	deliver(n, C1, 4342, MS, &m, &key);
	ask(n, "10.2.0.1");
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.reply.n_records, 2);
	assert_int_equal(m.reply.records[0].eid.plen, 8);
	assert_int_equal(m.reply.records[1].eid.plen, 16);
	assert_int_equal(m.reply.records[0].ttl, 30);
	assert_int_equal(m.reply.records[1].ttl, 30);
	lisp_msg_free(&m);
	ask(n, "10.1.0.1");
	assert_int_equal(reply(n).eid.plen, 16);
	node_free(n);
}

/* RFC 9301 5.6: with the T-bit the record's TTL is the lifetime */
static void test_use_ttl(void **state)
{
	struct node *n = *state;
	struct lisp_key key = lisp_key_good();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 10, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.use_ttl = true, .nonce = 1, .n_records = 1,
		.alg_id = LISP_AUTH_SHA256_128, .records = &r } };

	deliver(n, C1, 4342, MS, &m, &key);
	assert_int_equal(show(n, "2001:10:1:14::/64").r.expires,
			 n->now + 600 * LISP_SEC);
	r.ttl = LISP_TTL_LOCAL_POLICY;		/* not for ever */
	m.reg.nonce++;
	deliver(n, C1, 4342, MS, &m, &key);
	assert_int_equal(show(n, "2001:10:1:14::/64").r.expires,
			 n->now + 86400 * LISP_SEC);
}

/* RFC 9301 8.3: configured, nobody registered: 1 minute */
static void test_negative_down(void **state)
{
	struct node *n = *state;
	struct lisp_eid want = E("2001:10:1:14::/64");
	struct lisp_record r;

	ask(n, "2001:10:1:14::14");
	r = reply(n);
	assert_true(lisp_eid_equal(&r.eid, &want));
	assert_int_equal(r.ttl, 1);
	assert_int_equal(r.action, LISP_ACT_NATIVELY_FORWARD);
	assert_int_equal(r.n_locators, 0);
	assert_false(r.authoritative);
}

/* RFC 9301 8.4: not configured: 15 minutes, the least-specific hole */
static void test_negative_hole(void **state)
{
	struct node *n = *state;
	static const struct { const char *eid, *hole; } want[] = {
		{ "2001:10:1:15::1", "2001:10:1:15::/64" },
		{ "2001:10:1:24::1", "2001:10:1:24::/62" },
		{ "2001:10:1:80::1", "2001:10:1:80::/57" },
		{ "2001:db8::1", "2001:800::/21" },
		{ "8000::1", "8000::/1" },
		{ "192.168.1.1", "128.0.0.0/1" },
		{ "10.1.15.1", "10.1.15.0/24" },
		{ "10.1.64.1", "10.1.64.0/19" },
	};
	struct lisp_eid hole;
	struct lisp_record r;
	unsigned int i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		ask(n, want[i].eid);
		r = reply(n);
		hole = E(want[i].hole);
		assert_true(lisp_eid_equal(&r.eid, &hole));
		assert_int_equal(r.ttl, 15);
		assert_int_equal(r.action, LISP_ACT_NATIVELY_FORWARD);
	}
}

static struct lisp_eid random_eid(struct node *n, unsigned int plen)
{
	struct lisp_eid e = { .afi = LISP_AFI_IPV4, .plen = (uint8_t)plen };
	uint32_t bits = (uint32_t)rand();
	unsigned int i;

	(void)n;
	/* few distinct bits, so that prefixes are near each other */
	bits &= 0xc1818181u;
	for (i = 0; i < plen; i++) {
		if (bits & 0x80000000u >> i)
			e.bytes[i / 8] |= (uint8_t)(0x80u >> i % 8);
	}
	return e;
}

static bool overlaps(const struct lisp_eid *a, const struct lisp_eid *b)
{
	return lisp_eid_covers(a, b) || lisp_eid_covers(b, a);
}

/* RFC 9301 8.4 as a property, against the plain definition */
static void test_hole_property(void **state)
{
	struct lisp_config_site_prefix prefixes[12];
	struct lisp_config *cfg = ms_config();
	unsigned int round, i, j, k;

	(void)state;
	srand(1);
	for (round = 0; round < 300; round++) {
		struct node *n = node_new();

		for (k = 0; k < 12;) {
			struct lisp_eid e = random_eid(n, (unsigned int)rand() % 33);

			for (j = 0; j < k; j++) {
				if (lisp_eid_equal(&prefixes[j].eid, &e))
					break;
			}
			if (j == k && e.plen)
				prefixes[k++] = (struct lisp_config_site_prefix){
					.eid = e };
		}
		cfg->n_sites = 1;
		cfg->sites[0].prefixes = prefixes;
		cfg->sites[0].n_prefixes = 12;
		assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
		for (i = 0; i < 20; i++) {
			struct lisp_eid e = random_eid(n, 32), up;
			const struct lisp_eid *own = NULL;
			char buf[LISP_STRLEN];
			struct lisp_record r;

			for (j = 0; j < 12; j++) {
				if (lisp_eid_covers(&prefixes[j].eid, &e) &&
				    (!own || prefixes[j].eid.plen > own->plen))
					own = &prefixes[j].eid;
			}
			ask(n, lisp_eid_str(&e, buf));
			r = reply(n);
			assert_true(lisp_eid_covers(&r.eid, &e));
			assert_int_equal(r.ttl, own ? 1 : 15);
			/* hides no configured one but that which holds it */
			for (j = 0; j < 12; j++) {
				if (lisp_eid_covers(&r.eid, &prefixes[j].eid))
					assert_true(own && lisp_eid_equal(own,
						&prefixes[j].eid));
			}
			if (own)
				assert_true(lisp_eid_covers(own, &r.eid));
			/* and one bit less would hide another, or leave it */
			if (!r.eid.plen || (own && own->plen == r.eid.plen))
				continue;
			up = r.eid;
			up.plen--;
			up.bytes[up.plen / 8] &= (uint8_t)~(0x80u >> up.plen % 8);
			for (j = 0; j < 12; j++) {
				if (&prefixes[j].eid != own &&
				    lisp_eid_covers(&up, &prefixes[j].eid))
					break;
			}
			assert_true(j < 12);
			assert_true(overlaps(&up, &e));
		}
		node_free(n);
	}
}

/* A registered prefix inside one that is down; and the other way round */
static void test_nested_requests(void **state)
{
	struct node *n = node_new();
	struct lisp_eid hole = E("10.4.0.0/16");
	struct lisp_record r;

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, nested_config()),
			 0);
	reg(n, C1, 1, "10.0.0.0/8", 1440);
	/* SiteTwo is down: its neighbour does not answer for it */
	ask(n, "10.5.1.1");
	r = reply(n);
	assert_int_equal(r.ttl, 1);
	assert_int_equal(r.eid.plen, 16);
	ask(n, "10.4.1.1");
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	/* the outer one down: the hole does not hide the inner one */
	reg(n, C1, 2, "10.0.0.0/8", 0);
	ask(n, "10.4.1.1");
	r = reply(n);
	assert_true(lisp_eid_equal(&r.eid, &hole));
	assert_int_equal(r.ttl, 1);
	node_free(n);
}

/* A prefix is asked for that now holds known ones: taken back by TTL 0 */
static void test_prefix_gone(void **state)
{
	struct node *n = *state;
	struct lisp_eid want = E("2001:10:1::/48");
	struct lisp_record r;

	ask(n, "2001:10:1::/48");
	r = reply(n);
	assert_true(lisp_eid_equal(&r.eid, &want));
	assert_int_equal(r.ttl, LISP_TTL_WITHDRAW);
}

/* RFC 9301 5.2: a probe never goes into the mapping system */
static void test_probe(void **state)
{
	struct node *n = *state;
	struct lisp_eid eid = E("2001:10:1:14::/64");
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.probe = true, .nonce = 98, .n_itr_rlocs = 1, .n_eids = 1,
		.eids = &eid } };

	reg(n, C1, 1, "2001:10:1:14::/64", 1440);
	node_forget(n);
	m.request.itr_rlocs[0] = A(R2);
	deliver(n, R2, 4342, MS, &m, NULL);
	deliver_ecm(n, R2, MS, "2001:10:1:22::1", &m);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "probe-to-mapping-system", 2);
}

/* RFC 9301 5.2: a receiver takes more than one record */
static void test_several_eids(void **state)
{
	struct node *n = *state;
	struct lisp_eid eids[] = { E("2001:10:1:14::14"), E("10.1.22.1"),
				   E("192.168.0.1") };
	struct lisp_addr c1 = A(C1), r2 = A(R2);
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.nonce = 98, .n_itr_rlocs = 1, .n_eids = 3, .eids = eids } };

	reg(n, C1, 1, "2001:10:1:14::/64", 1440);
	reg(n, R2, 1, "10.1.22.0/24", 1440);
	node_forget(n);
	m.request.itr_rlocs[0] = r2;
	deliver_ecm(n, R2, MS, "2001:10:1:22::1", &m);
	assert_int_equal(n->n_sent, 3);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &c1));
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.request.n_eids, 1);
	assert_int_equal(m.request.nonce, 98);
	lisp_msg_free(&m);
	assert_int_equal(n->sent[2].buf[0] >> 4, LISP_MAP_REPLY);
}

/* An instance-ID nobody has: a hole like any other, and nothing breaks */
static void test_unserved(void **state)
{
	struct node *n = *state;
	struct lisp_eid eid = EI(77, "2001:10:1:14::14"), all = EI(77, "::/0");
	struct lisp_eid mac = { .afi = LISP_AFI_MAC, .plen = 48, .bytes = { 2 } };
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.nonce = 98, .n_itr_rlocs = 1, .n_eids = 1, .eids = &eid } };
	struct lisp_record r;

	reg(n, C1, 1, "2001:10:1:14::/64", 1440);
	node_forget(n);
	m.request.itr_rlocs[0] = A(R2);
	deliver(n, R2, 4342, MS, &m, NULL);
	r = reply(n);
	assert_true(lisp_eid_equal(&r.eid, &all));
	node_forget(n);
	eid = mac;
	deliver(n, R2, 4342, MS, &m, NULL);
	r = reply(n);
	assert_true(lisp_eid_equal(&r.eid, &mac));
}

/* RFC 9301 8.4: a map-resolver that has no map-server says no, for a minute */
static void test_resolver_alone(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = ms_config();
	struct lisp_record r;

	(void)state;
	cfg->map_server = false;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	ask(n, "2001:10:1:14::14");
	r = reply(n);
	assert_int_equal(r.eid.plen, 128);
	assert_int_equal(r.ttl, 1);
	reg(n, C1, 1, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "role-not-configured", 1);
	node_free(n);
}

/* Map-server and ETR in one: requests for its own are answered, not looped */
static void test_both_roles(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = ms_config(), *xtr = xtr_config();
	struct lisp_msg m;

	(void)state;
	cfg->etr = true;
	cfg->n_mappings = 1;
	cfg->mappings = xtr->mappings;
	cfg->mappings[0].rlocs[0].addr = A(MS);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	reg(n, MS, 1, "2001:10:1:22::/64", 1440);
	ask(n, "2001:10:1:22::5");
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REPLY);
	assert_true(m.reply.records[0].authoritative);
	lisp_msg_free(&m);
	/* registered with our address, but we know nothing of it: no loop */
	reg(n, MS, 2, "2001:10:1:122::/64", 1440);
	ask(n, "2001:10:1:122::5");
	assert_int_equal(n->n_sent, 0);
	node_free(n);
}

/* A new configuration keeps registrations that are still allowed */
static void test_reconfigure(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = ms_config();
	lisp_time last;

	reg(n, C1, 1, "2001:10:1:14::/64", 1440);
	reg(n, R2, 1, "2001:10:1:22::/64", 1440);
	last = n->now;
	node_run(n, n->now + 60 * LISP_SEC);
	cfg->sites[1].n_prefixes = 0;		/* SiteTwo loses all */
	cfg->sites[0].description = (char *)"changed";
	node_forget(n);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(n->n_sent, 0);
	assert_true(is_up(n, "2001:10:1:14::/64"));
	assert_int_equal(show(n, "2001:10:1:14::/64").n, 8);
	assert_int_equal(show(n, "2001:10:1:14::/64").up, 1);
	assert_int_equal(show(n, "2001:10:1:14::/64").r.last_registered, last);
	/* replay protection goes on */
	reg(n, C1, 1, "2001:10:1:14::/64", 60);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-replay", 1);
	node_run(n, last + 180 * LISP_SEC);
	assert_false(is_up(n, "2001:10:1:14::/64"));
	/* what cannot be is refused, and nothing changes */
	reg(n, C1, 2, "2001:10:1:14::/64", 1440);
	cfg = ms_config();
	cfg->sites[1].prefixes[0].eid = cfg->sites[0].prefixes[0].eid;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	cfg = ms_config();
	cfg->sites[0].keys[0].alg_id = LISP_AUTH_NONE;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	cfg = ms_config();
	cfg->sites[0].prefixes[0].eid.bytes[15] = 1;	/* host bits */
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	assert_true(is_up(n, "2001:10:1:14::/64"));
	assert_int_equal(show(n, "2001:10:1:14::/64").n, 8);
}

/* State is bounded: replay state of a site, registrations of a site */
static void test_bounded(void **state)
{
	struct node *n = node_new();
	struct lisp_key key = lisp_key_good();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r[255];
	unsigned int i, j, next = 0;
	char from[32];

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, nested_config()),
			 0);
	for (i = 0; i < 1030; i++) {
		snprintf(from, sizeof(from), "10.9.%u.%u", i / 250, i % 250 + 1);
		reg(n, from, 1, "10.0.0.0/8", 1440);
	}
	assert_stat(n, "limits", "replay-state-per-site", 6);
	for (i = 0; i < 258; i++) {
		for (j = 0; j < 255; j++, next++) {
			r[j] = R("10.128.0.0/32", 1440, 1, &l);
			r[j].eid.bytes[1] |= (uint8_t)(next >> 16);
			r[j].eid.bytes[2] = (uint8_t)(next >> 8);
			r[j].eid.bytes[3] = (uint8_t)next;
		}
		node_forget(n);
		deliver_register(n, C1, 2 + i, &key, 255, r);
	}
	assert_stat(n, "state", "eid-prefixes-known", 65536 + 1);
	assert_stat(n, "limits", "registrations-per-site",
		    258 * 255 + 1 - 65536);
	node_free(n);
}

/* RFC 9301 5.5: a longer prefix of another site is told along */
static void test_overlapping(void **state)
{
	struct node *n = node_new();
	struct lisp_eid eid = E("10.1.1.1");
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.authoritative = true, .nonce = 99, .n_itr_rlocs = 1,
		.n_eids = 1, .eids = &eid } };

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, nested_config()),
			 0);
	reg(n, C1, 1, "10.0.0.0/8", 1440);
	reg(n, C1, 2, "10.7.0.0/16", 1440);
	ask(n, "10.1.1.1");		/* all of one ETR: it knows best */
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	reg(n, R2, 1, "10.5.0.0/16", 60);
	ask(n, "10.1.1.1");
	assert_int_equal(n->n_sent, 1);
	{
		struct lisp_msg out;
		struct lisp_eid inner = E("10.5.0.0/16");

		decode_sent(n, 0, &out, NULL);
		assert_int_equal(out.type, LISP_MAP_REPLY);
		assert_int_equal(out.reply.n_records, 3);
		assert_int_equal(out.reply.records[0].eid.plen, 8);
		assert_true(lisp_eid_equal(&out.reply.records[1].eid, &inner));
		assert_false(out.reply.records[0].authoritative);
		assert_int_equal(out.reply.records[0].ttl, 60);
		lisp_msg_free(&out);
	}
	ask(n, "10.5.1.1");		/* nothing inside that one */
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	/* 5.2: the A-bit wants the site itself to answer */
	node_forget(n);
	m.request.itr_rlocs[0] = A(R2);
	deliver_ecm(n, R2, MS, "10.1.22.22", &m);
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	/* gone again: the ETR is asked again */
	reg(n, R2, 2, "10.5.0.0/16", 0);
	ask(n, "10.1.1.1");
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	node_free(n);
}

/* A core that begins with what another one has saved. */
static struct node *reborn(struct node *n, const struct lisp_config *cfg)
{
	struct node *again = node_new();
	uint8_t *buf;
	size_t len, i;

	assert_int_equal(lisp_core_save_nonces(n->core, &buf, &len), 0);
	/* cut short anywhere, or grown: refused, and no harm done */
	for (i = 0; i < len; i++)
		assert_int_equal(lisp_core_restore_nonces(again->core, buf, i),
				 -EINVAL);
	buf[6]++;
	assert_int_equal(lisp_core_restore_nonces(again->core, buf, len),
			 -EINVAL);
	buf[6]--;
	assert_int_equal(lisp_core_restore_nonces(again->core, buf, len), 0);
	free(buf);
	assert_int_equal(lisp_core_configure(again->core, again->now, cfg), 0);
	return again;
}

/* RFC 9301 5.6: the last nonce of each ETR survives the map-server */
static void test_nonces_saved(void **state)
{
	struct node *n = *state, *again;
	uint64_t before = lisp_core_nonces_changed(n->core);

	reg(n, C1, 1000, "2001:10:1:14::/64", 1440);
	reg(n, C1, 1001, "2001:10:1:14::/64", 1440);
	reg(n, R2, 500, "2001:10:1:22::/64", 1440);
	assert_true(lisp_core_nonces_changed(n->core) != before);
	before = lisp_core_nonces_changed(n->core);
	reg(n, R2, 500, "2001:10:1:22::/64", 1440);	/* again: no change */
	assert_true(lisp_core_nonces_changed(n->core) == before);
	again = reborn(n, ms_config());
	reg(again, C1, 1001, "2001:10:1:14::/64", 60);
	reg(again, C1, 1000, "2001:10:1:14::/64", 1440);
	reg(again, R2, 499, "2001:10:1:22::/64", 1440);
	reg(again, "10.0.1.66", 1000, "2001:10:1:14::/64", 1440);
	assert_stat(again, "errors", "map-register-replay", 3);
	reg(again, C1, 1001, "2001:10:1:14::/64", 1440);
	assert_int_equal(again->n_sent, 1);	/* a retransmission */
	reg(again, C1, 1002, "2001:10:1:14::/64", 1440);
	assert_true(is_up(again, "2001:10:1:14::/64"));
	node_free(again);
}

/* An old message under another address is known even after a restart */
static void test_nonces_renamed(void **state)
{
	struct node *n = *state, *again;
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 1, &l);
	struct lisp_key key = lisp_key_good();
	struct lisp_config *cfg;

	deliver_register(n, C1, 1000, &key, 1, &r);
	again = reborn(n, ms_config());
	node_forget(again);
	deliver_register(again, "10.0.1.66", 1000, &key, 1, &r);
	assert_int_equal(again->n_sent, 0);
	assert_stat(again, "errors", "map-register-replay", 1);
	node_free(again);
	/* a site that is not there any more does not matter */
	cfg = ms_config();
	cfg->sites++;
	cfg->n_sites = 2;
	again = reborn(n, cfg);
	reg(again, R2, 1, "2001:10:1:22::/64", 1440);
	assert_int_equal(again->n_sent, 1);
	node_free(again);
}

/* Locators only within what the site may use, if that is said (8.2) */
static void test_allowed_locators(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = ms_config();
	struct lisp_eid allowed[] = { E("10.0.1.0/30"), E("2001:db8::/32") };
	struct lisp_key key = lisp_key_good();
	struct lisp_locator good[] = { L(C1, 1, 50), L("2001:db8::1", 1, 50) };
	struct lisp_locator bad[] = { L(C1, 1, 50), L("10.0.1.4", 255, 0) };
	struct lisp_record r[] = { R("2001:10:1:14::/64", 1440, 2, good),
				   R("10.1.14.0/24", 1440, 2, bad) };
	struct lisp_msg out;

	(void)state;
	cfg->sites[0].allowed = allowed;
	cfg->sites[0].n_allowed = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	deliver_register(n, C1, 1, &key, 2, r);
	assert_true(is_up(n, "2001:10:1:14::/64"));
	assert_false(is_up(n, "10.1.14.0/24"));
	assert_stat(n, "errors", "map-register-locator-rejected", 1);
	assert_int_equal(show(n, "10.1.14.0/24").r.rejected, 1);
	decode_sent(n, 0, &out, NULL);
	assert_int_equal(out.reg.n_records, 1);
	lisp_msg_free(&out);
	/* other sites are not concerned */
	reg(n, "10.0.9.9", 1, "2001:10:1:22::/64", 1440);
	assert_true(is_up(n, "2001:10:1:22::/64"));
	/* to withdraw is always allowed; a prefix must be one */
	reg(n, C1, 2, "2001:10:1:14::/64", 0);
	assert_false(is_up(n, "2001:10:1:14::/64"));
	allowed[0].bytes[3] = 1;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	node_free(n);
}

/* A limit of the site's own; what is registered may be renewed */
static void test_site_limit(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = nested_config();

	(void)state;
	cfg->sites[0].max_registrations = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	reg(n, C1, 1, "10.1.0.0/16", 1440);
	reg(n, C1, 2, "10.2.0.0/16", 1440);
	reg(n, C1, 3, "10.3.0.0/16", 1440);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "limits", "registrations-per-site", 1);
	reg(n, C1, 4, "10.1.0.0/16", 1440);
	assert_int_equal(n->n_sent, 1);
	reg(n, C1, 5, "10.2.0.0/16", 0);
	reg(n, C1, 6, "10.3.0.0/16", 1440);
	assert_int_equal(n->n_sent, 1);
	node_free(n);
}

/* Relaxed for peers with random nonces: any order, but no copy of the past */
static void test_any_nonce(void **state)
{
	struct node *n = node_new();
	struct lisp_config *cfg = ms_config();

	(void)state;
	cfg->sites[0].any_nonce = true;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	reg(n, C1, 1000, "2001:10:1:14::/64", 1440);
	reg(n, C1, 7, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);
	reg(n, C1, 7, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 1);		/* a retransmission */
	assert_stat(n, "map-server", "registered", 2);
	reg(n, C1, 1000, "2001:10:1:14::/64", 1440);
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "errors", "map-register-replay", 1);
	/* the other sites are as strict as before */
	reg(n, R2, 1000, "2001:10:1:22::/64", 1440);
	reg(n, R2, 7, "2001:10:1:22::/64", 1440);
	assert_int_equal(n->n_sent, 0);
	node_free(n);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, ms_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_register),
		T(test_refused),
		cmocka_unit_test(test_key_ids),
		T(test_replay),
		T(test_xtr_id),
		T(test_replay_renamed),
		T(test_prefixes),
		cmocka_unit_test(test_more_specifics),
		T(test_expiry),
		T(test_forward),
		T(test_choose_etr),
		T(test_proxy),
		cmocka_unit_test(test_proxy_nested),
		T(test_use_ttl),
		T(test_negative_down),
		T(test_negative_hole),
		cmocka_unit_test(test_hole_property),
		cmocka_unit_test(test_nested_requests),
		T(test_prefix_gone),
		T(test_probe),
		T(test_several_eids),
		T(test_unserved),
		cmocka_unit_test(test_resolver_alone),
		cmocka_unit_test(test_both_roles),
		T(test_reconfigure),
		T(test_nonces_saved),
		T(test_nonces_renamed),
		cmocka_unit_test(test_overlapping),
		cmocka_unit_test(test_allowed_locators),
		cmocka_unit_test(test_site_limit),
		cmocka_unit_test(test_any_nonce),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
