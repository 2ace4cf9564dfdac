// SPDX-License-Identifier: GPL-2.0
/* A map-server, a map-resolver, and those who ask. */
#include "ms_util.h"

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

	ms_register(n, C1, 1, "2001:10:1:14::/64", 1440);
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

/*
 * A site has registered another map-server as its ETR, and this one as its ETR
 * there: what goes round between the two comes to an end
 */
static void test_forward_loop(void **state)
{
	struct node *n = *state;
	struct lisp_key key = ms_key();
	struct lisp_locator l[] = { L("10.0.0.99", 1, 50) };
	struct lisp_record r[] = { R("2001:10:1:14::/64", 1440, 1, &l[0]),
				   R("10.1.14.0/24", 1440, 1, &l[0]) };
	const char *const eids[] = { "2001:10:1:14::14", "10.1.14.14" };
	unsigned int i, hops;
	struct sent s;

	deliver_register(n, C1, 1, &key, 2, r);
	for (i = 0; i < 2; i++) {
		ms_ask(n, eids[i]);
		for (hops = 0; n->n_sent && hops < 100; hops++) {
			s = n->sent[0];
			node_forget(n);
			deliver_raw(n, "10.0.0.99", 4342, MS, s.buf, s.len);
		}
		assert_int_equal(hops, 63);
	}
	assert_stat(n, "errors", "map-request-forwarded-too-often", 2);
	/* this map-server itself, by an address that it does not know it has */
	l[0] = L("10.0.0.14", 1, 50);
	deliver_register(n, C1, 2, &key, 1, r);
	ms_ask(n, eids[0]);
	assert_int_equal(n->n_sent, 1);
	s = n->sent[0];
	node_forget(n);
	deliver_raw(n, MS, 4342, "10.0.0.14", s.buf, s.len);
	assert_int_equal(n->n_sent, 0);
}

/* Which ETR: the best locator that can be used, else the last registrant */
static void test_choose_etr(void **state)
{
	struct node *n = *state;
	struct lisp_key key = ms_key();
	struct lisp_locator l[] = {
		L("2001:db8::9", 1, 50), L("10.0.1.2", 255, 50),
		L("10.0.1.3", 1, 50), L("10.0.1.4", 7, 50), L("10.0.1.5", 5, 50),
	};
	struct lisp_record r = R("2001:10:1:14::/64", 1440, 5, l);
	struct lisp_addr want = A("10.0.1.5");

	l[2].reachable = false;
	deliver_register(n, C1, 1, &key, 1, &r);
	ms_ask(n, "2001:10:1:14::14");
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &want));
	r.n_locators = 2;
	deliver_register(n, C1, 2, &key, 1, &r);
	ms_ask(n, "2001:10:1:14::14");
	want = A(C1);
	assert_true(lisp_addr_equal(&n->sent[0].to.addr, &want));
}

/* RFC 9301 5.4, 8.3: proxy reply: not authoritative, no L-bits, their TTL */
static void test_proxy(void **state)
{
	struct node *n = *state;
	struct lisp_key key = ms_key();
	struct lisp_locator l[] = { L("10.0.1.5", 2, 50), L(C1, 1, 50) };
	struct lisp_record r = R("2001:10:1:14::/64", 77, 2, l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.proxy_reply = true, .nonce = 1, .n_records = 1,
		.alg_id = LISP_AUTH_SHA256_128, .records = &r } };
	struct lisp_addr r2 = A(R2);

	l[0].reachable = false;
	deliver(n, C1, 4342, MS, &m, &key);
	ms_ask(n, "2001:10:1:14::14");
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
	struct lisp_key key = ms_key();
	struct lisp_locator l = L(C1, 1, 50);
	struct lisp_record r[] = { R("10.0.0.0/8", 60, 1, &l),
				   R("10.1.0.0/16", 30, 1, &l) };
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.proxy_reply = true, .nonce = 1, .n_records = 2,
		.alg_id = LISP_AUTH_SHA256_128, .records = r } };

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, ms_nested_config()),
			 0);
	deliver(n, C1, 4342, MS, &m, &key);
	ms_ask(n, "10.2.0.1");
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.reply.n_records, 2);
	assert_int_equal(m.reply.records[0].eid.plen, 8);
	assert_int_equal(m.reply.records[1].eid.plen, 16);
	assert_int_equal(m.reply.records[0].ttl, 30);
	assert_int_equal(m.reply.records[1].ttl, 30);
	lisp_msg_free(&m);
	ms_ask(n, "10.1.0.1");
	assert_int_equal(ms_reply(n).eid.plen, 16);
	node_free(n);
}

/* Register the prefixes, with proxy-reply, 50 at a time. */
static void register_proxied(struct node *n, uint64_t nonce, unsigned int count,
			     struct lisp_record *r)
{
	struct lisp_key key = ms_key();
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.proxy_reply = true, .nonce = nonce,
		.alg_id = LISP_AUTH_SHA256_128 } };
	unsigned int i;

	for (i = 0; i < count; i += 50, m.reg.nonce++) {
		m.reg.n_records = (uint8_t)(count - i < 50 ? count - i : 50);
		m.reg.records = &r[i];
		deliver(n, C1, LISP_CONTROL_PORT, MS, &m, &key);
	}
}

/*
 * RFC 9301 5.5: more of them inside than an answer takes, or bytes: it is about
 * what is around the EID, and none is hidden by it
 */
static void test_proxy_many(void **state)
{
	static struct lisp_record r[300];
	struct lisp_locator l[] = { L(C1, 1, 50), L("10.0.1.2", 1, 50),
				    L("2001:db8::1", 1, 50),
				    L("2001:db8::2", 1, 50) };
	struct lisp_eid hole = E("10.2.0.0/15"), inside = E("10.1.0.0/24");
	struct node *n = node_new();
	struct lisp_record got;
	unsigned int i, pass;

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, ms_nested_config()),
			 0);
	r[0] = R("10.0.0.0/8", 60, 1, &l[0]);
	register_proxied(n, 1, 1, r);
	for (pass = 1; pass <= 2; pass++) {
		for (i = 0; i < 300; i++) {
			/* first many, then withdrawn but for fewer long ones */
			r[i] = R("10.1.0.0/32", i < 150 || pass == 1 ? 60 : 0,
				 pass == 1 ? 1 : i < 150 ? 4 : 0, l);
			r[i].eid.bytes[2] = (uint8_t)(i >> 8);
			r[i].eid.bytes[3] = (uint8_t)i;
		}
		register_proxied(n, 10 * pass, 300, r);
		ms_ask(n, "10.2.0.1");
		got = ms_reply(n);
		assert_true(lisp_eid_equal(&got.eid, &hole));
		assert_int_equal(got.ttl, 60);
		assert_int_equal(got.n_locators, 1);
		/* to refresh what is not one any more: it is taken back */
		ms_ask(n, "10.1.0.0/24");
		got = ms_reply(n);
		assert_true(lisp_eid_equal(&got.eid, &inside));
		assert_int_equal(got.ttl, LISP_TTL_WITHDRAW);
		assert_int_equal(got.n_locators, 0);
		ms_ask(n, "10.1.0.77");
		assert_int_equal(ms_reply(n).eid.plen, 32);
	}
	node_free(n);
}

/* RFC 9301 8.3: configured, nobody registered: 1 minute */
static void test_negative_down(void **state)
{
	struct node *n = *state;
	struct lisp_eid want = E("2001:10:1:14::/64");
	struct lisp_record r;

	ms_settle(n);
	ms_ask(n, "2001:10:1:14::14");
	r = ms_reply(n);
	assert_true(lisp_eid_equal(&r.eid, &want));
	assert_int_equal(r.ttl, 1);
	assert_int_equal(r.action, LISP_ACT_NATIVELY_FORWARD);
	assert_int_equal(r.n_locators, 0);
	assert_false(r.authoritative);
	assert_stat(n, "map-server", "negative-not-registered", 1);
	assert_stat(n, "map-server", "silent-after-start", 0);
}

/*
 * RFC 9301 8.3: after its start it does not say that a site is not registered,
 * until all have had their turn; what is no site's is known at once
 */
static void test_8_3_after_start(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = ms_config();

	ms_ask(n, "2001:10:1:14::14");
	assert_int_equal(n->n_sent, 0);
	assert_stat(n, "map-server", "silent-after-start", 1);
	ms_ask(n, "2001:10:1:15::1");
	assert_int_equal(ms_reply(n).ttl, 15);
	/* one that has registered is asked at once */
	ms_register(n, C1, 1, "2001:10:1:14::/64", 1440);
	ms_ask(n, "2001:10:1:14::14");
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	/* withdrawn: that nobody else has it is not known either */
	ms_register(n, C1, 2, "2001:10:1:14::/64", 0);
	ms_ask(n, "2001:10:1:14::14");
	assert_int_equal(n->n_sent, 0);
	n->now += 64 * LISP_SEC;
	/* another configuration is no start */
	cfg->sites[0].name = (char *)"Renamed";
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	ms_ask(n, "2001:10:1:14::14");
	assert_int_equal(n->n_sent, 0);
	n->now += LISP_SEC;
	ms_ask(n, "2001:10:1:14::14");
	assert_int_equal(ms_reply(n).ttl, 1);
	assert_stat(n, "map-server", "silent-after-start", 3);
	/* but to become a map-server is */
	cfg->map_server = false;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	cfg->map_server = true;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	ms_ask(n, "2001:10:1:14::14");
	assert_int_equal(n->n_sent, 0);
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
		ms_ask(n, want[i].eid);
		r = ms_reply(n);
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
		ms_settle(n);
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
			ms_ask(n, lisp_eid_str(&e, buf));
			r = ms_reply(n);
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
	assert_int_equal(lisp_core_configure(n->core, n->now, ms_nested_config()),
			 0);
	ms_settle(n);
	ms_register(n, C1, 1, "10.0.0.0/8", 1440);
	/* SiteTwo is down: its neighbour does not answer for it */
	ms_ask(n, "10.5.1.1");
	r = ms_reply(n);
	assert_int_equal(r.ttl, 1);
	assert_int_equal(r.eid.plen, 16);
	ms_ask(n, "10.4.1.1");
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	/* the outer one down: the hole does not hide the inner one */
	ms_register(n, C1, 2, "10.0.0.0/8", 0);
	ms_ask(n, "10.4.1.1");
	r = ms_reply(n);
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

	ms_ask(n, "2001:10:1::/48");
	r = ms_reply(n);
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

	ms_register(n, C1, 1, "2001:10:1:14::/64", 1440);
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

	ms_register(n, C1, 1, "2001:10:1:14::/64", 1440);
	ms_register(n, R2, 1, "10.1.22.0/24", 1440);
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

	ms_register(n, C1, 1, "2001:10:1:14::/64", 1440);
	node_forget(n);
	m.request.itr_rlocs[0] = A(R2);
	deliver(n, R2, 4342, MS, &m, NULL);
	r = ms_reply(n);
	assert_true(lisp_eid_equal(&r.eid, &all));
	node_forget(n);
	eid = mac;
	deliver(n, R2, 4342, MS, &m, NULL);
	r = ms_reply(n);
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
	ms_ask(n, "2001:10:1:14::14");
	r = ms_reply(n);
	assert_int_equal(r.eid.plen, 128);
	assert_int_equal(r.ttl, 1);
	ms_register(n, C1, 1, "2001:10:1:14::/64", 1440);
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
	ms_register(n, MS, 1, "2001:10:1:22::/64", 1440);
	ms_ask(n, "2001:10:1:22::5");
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REPLY);
	assert_true(m.reply.records[0].authoritative);
	lisp_msg_free(&m);
	/* registered with our address, but we know nothing of it: no loop */
	ms_register(n, MS, 2, "2001:10:1:122::/64", 1440);
	ms_ask(n, "2001:10:1:122::5");
	assert_int_equal(n->n_sent, 0);
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
	assert_int_equal(lisp_core_configure(n->core, n->now, ms_nested_config()),
			 0);
	ms_register(n, C1, 1, "10.0.0.0/8", 1440);
	ms_register(n, C1, 2, "10.7.0.0/16", 1440);
	ms_ask(n, "10.1.1.1");		/* all of one ETR: it knows best */
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	ms_register(n, R2, 1, "10.5.0.0/16", 60);
	ms_ask(n, "10.1.1.1");
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
	ms_ask(n, "10.5.1.1");		/* nothing inside that one */
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	/* 5.2: the A-bit wants the site itself to answer */
	node_forget(n);
	m.request.itr_rlocs[0] = A(R2);
	deliver_ecm(n, R2, MS, "10.1.22.22", &m);
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	/* gone again: the ETR is asked again */
	ms_register(n, R2, 2, "10.5.0.0/16", 0);
	ms_ask(n, "10.1.1.1");
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	node_free(n);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, ms_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_forward),
		T(test_forward_loop),
		T(test_choose_etr),
		T(test_proxy),
		cmocka_unit_test(test_proxy_nested),
		cmocka_unit_test(test_proxy_many),
		T(test_negative_down),
		T(test_8_3_after_start),
		T(test_negative_hole),
		cmocka_unit_test(test_hole_property),
		cmocka_unit_test(test_nested_requests),
		T(test_prefix_gone),
		T(test_probe),
		T(test_several_eids),
		T(test_unserved),
		cmocka_unit_test(test_resolver_alone),
		cmocka_unit_test(test_both_roles),
		cmocka_unit_test(test_overlapping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
