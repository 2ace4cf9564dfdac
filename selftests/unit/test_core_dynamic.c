// SPDX-License-Identifier: GPL-2.0
/*
 * Hosts that move: dynamic EIDs at the ETR, and whom the map-server tells of a
 * longer prefix that another ETR has registered.
 */
#include <errno.h>

#include "core_util.h"

#define MS	"10.0.0.13"
#define ME	"10.0.1.9"
#define OTHER	"10.0.1.13"
#define HOST	"10.1.22.22"
#define HOST32	"10.1.22.22/32"
#define HOST6	"2001:10:1:22::22"

static struct lisp_key good(void)
{
	return key_of(0, LISP_AUTH_SHA256_128, "LISP");
}

/* R2: its prefix 10.1.22.0/24 on eth0 may lose hosts; eth2 takes in others. */
static struct lisp_config *dyn_config(void)
{
	static struct lisp_config_dynamic dynamic[3];
	struct lisp_config *cfg = xtr_config();
	static const char *const eids[] = {
		"10.1.22.0/24", "2001:10:1:22::/64", "10.9.0.0/16",
	};
	unsigned int i;

	for (i = 0; i < 3; i++)
		dynamic[i] = (struct lisp_config_dynamic){
			.eid = E(eids[i]), .n_rlocs = 1, .ttl_min = 15,
			.rlocs = cfg->mappings[0].rlocs,
			.interface = (char *)(i < 2 ? "eth0" : "eth2"),
		};
	cfg->n_dynamic = 3;
	cfg->dynamic = dynamic;
	return cfg;
}

/* The Map-Notify that acknowledges the @i-th message sent. */
static void acknowledge(struct node *n, unsigned int i)
{
	struct lisp_key key = good();
	struct lisp_msg m;

	decode_sent(n, i, &m, NULL);
	m.type = LISP_MAP_NOTIFY;
	deliver(n, MS, LISP_CONTROL_PORT, ME, &m, &key);
	lisp_msg_free(&m);
}

static void acknowledge_all(struct node *n)
{
	unsigned int i, count = n->n_sent;

	for (i = 0; i < count; i++) {
		if (n->sent[i].buf[0] >> 4 == LISP_MAP_REGISTER)
			acknowledge(n, i);
	}
}

static int etr_setup(void **state)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, dyn_config()), 0);
	acknowledge_all(n);
	node_forget(n);
	*state = n;
	return 0;
}

static void seen(struct node *n, const char *addr, const char *interface)
{
	struct lisp_addr a = A(addr);

	lisp_core_host_seen(n->core, n->now, &a, interface);
}

static void gone(struct node *n, const char *addr, const char *interface)
{
	struct lisp_addr a = A(addr);

	lisp_core_host_gone(n->core, n->now, &a, interface);
}

/* The map-server says, unasked, that @eid is at @rloc (NULL: nowhere). */
static void elsewhere(struct node *n, const char *eid, const char *rloc)
{
	static uint64_t nonce = 1ull << 63;
	struct lisp_locator l = L(rloc ? rloc : ME, 1, 50);
	struct lisp_record r = R(eid, rloc ? 1440 : 0, !!rloc, &l);
	struct lisp_key key = good();
	struct lisp_msg m = { .type = LISP_MAP_NOTIFY, .reg = {
		.nonce = nonce++, .n_records = 1, .records = &r,
		.alg_id = LISP_AUTH_SHA256_128 } };

	node_forget(n);
	deliver(n, MS, LISP_CONTROL_PORT, ME, &m, &key);
	lisp_core_run(n->core, n->now);
	assert_int_equal(count_sent(n, LISP_MAP_NOTIFY_ACK), 1);
}

/* The Map-Registers sent that are about @eid alone. */
static unsigned int registered(struct node *n, const char *eid, uint32_t ttl)
{
	struct lisp_eid want = E(eid);
	unsigned int i, count = 0;
	struct lisp_msg m;

	for_each_sent(n, LISP_MAP_REGISTER, i, &m)
		count += m.reg.n_records == 1 && m.reg.records[0].ttl == ttl &&
			 lisp_eid_equal(&m.reg.records[0].eid, &want);
	return count;
}

/* The prefix that a Map-Request for @eid is answered with. */
static unsigned int answered_plen(struct node *n, const char *eid)
{
	struct lisp_eid e = E(eid);
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.nonce = 5, .n_itr_rlocs = 1, .n_eids = 1, .eids = &e } };
	unsigned int plen;

	m.request.itr_rlocs[0] = A("10.0.1.1");
	node_forget(n);
	deliver(n, "10.0.1.1", LISP_CONTROL_PORT, ME, &m, NULL);
	if (!count_sent(n, LISP_MAP_REPLY))
		return 0;
	decode_sent(n, 0, &m, NULL);
	plen = m.reply.records[0].eid.plen;
	lisp_msg_free(&m);
	return plen;
}

static unsigned int smrs_to(struct node *n, const char *rloc)
{
	struct lisp_addr to = A(rloc);
	unsigned int i, count = 0;
	struct lisp_msg m;

	for_each_sent(n, LISP_MAP_REQUEST, i, &m)
		count += m.request.smr &&
			 lisp_addr_equal(&n->sent[i].to.addr, &to);
	return count;
}

/* Seen: local to the kernel, a route, registered at once, answered for */
static void test_seen(void **state)
{
	struct node *n = *state;

	seen(n, HOST, "eth0");
	assert_int_equal(count_ops(n, OP_EID_ADD, HOST32), 1);
	assert_int_equal(count_ops(n, OP_HOST_HERE, HOST32), 1);
	assert_string_equal(last_op(n, OP_HOST_HERE, HOST32)->interface,
			    "eth0");
	assert_int_equal(registered(n, HOST32, 15), 1);
	assert_int_equal(count_sent(n, LISP_MAP_REGISTER), 1);
	acknowledge_all(n);
	/* again: nothing but the route, which may have been lost */
	node_forget(n);
	seen(n, HOST, "eth0");
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(n->n_ops, 1);
	assert_int_equal(count_ops(n, OP_HOST_HERE, HOST32), 1);
	/* renewed like all others */
	node_run(n, n->now + 60 * LISP_SEC + 500 * LISP_MSEC);
	assert_int_equal(registered(n, HOST32, 15), 1);
	assert_int_equal(answered_plen(n, HOST), 32);
	assert_int_equal(answered_plen(n, "10.1.22.23"), 24);
	seen(n, HOST6, "eth0");
	assert_int_equal(registered(n, HOST6 "/128", 15), 1);
	assert_stat(n, "etr", "host-seen", 2);
}

/* Not on that interface, not in those prefixes, configured already: not ours */
/* Where the routers of a site register together: a host is in one place */
static void test_5_6_no_merge(void **state)
{
	struct lisp_config *cfg = dyn_config();
	struct node *n = *state;
	struct lisp_msg m;
	unsigned int i;

	for (i = 0; i < cfg->n_map_servers; i++)
		cfg->map_servers[i].merge = true;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REGISTER);
	assert_true(m.reg.merge);
	lisp_msg_free(&m);
	node_forget(n);
	seen(n, HOST, "eth0");
	assert_int_equal(registered(n, HOST32, 15), 1);
	decode_sent(n, 0, &m, NULL);
	assert_false(m.reg.merge);
	lisp_msg_free(&m);
}

static void test_not_ours(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = dyn_config();

	seen(n, HOST, "eth2");
	seen(n, "10.9.1.1", "eth0");
	seen(n, "10.8.1.1", "eth2");
	seen(n, "fe80::1", "eth0");
	gone(n, HOST, "eth0");
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(n->n_ops, 0);
	cfg->mappings[2].eid = E(HOST32);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	node_forget(n);
	seen(n, HOST, "eth0");
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(n->n_ops, 0);
}

/* Gone: withdrawn at once, and all of it taken back */
static void test_gone(void **state)
{
	struct node *n = *state;

	seen(n, HOST, "eth0");
	acknowledge_all(n);
	node_forget(n);
	gone(n, HOST, "eth2");
	assert_int_equal(n->n_ops, 0);
	gone(n, HOST, "eth0");
	assert_int_equal(registered(n, HOST32, 0), 1);
	assert_int_equal(count_ops(n, OP_EID_DEL, HOST32), 1);
	assert_int_equal(count_ops(n, OP_HOST_NONE, HOST32), 1);
	acknowledge_all(n);
	assert_int_equal(answered_plen(n, HOST), 24);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_SEC);
	assert_int_equal(registered(n, HOST32, 0), 0);
	assert_int_equal(registered(n, HOST32, 15), 0);
}

/* RFC 9301 5.7, 6.1: the Map-Notify says elsewhere: not ours, others are told */
static void test_moved_away(void **state)
{
	struct node *n = *state;

	seen(n, HOST, "eth0");
	acknowledge_all(n);
	assert_int_equal(answered_plen(n, HOST), 32);	/* 10.0.1.1 has it */
	elsewhere(n, HOST32, OTHER);
	assert_int_equal(count_ops(n, OP_EID_DEL, HOST32), 1);
	assert_int_equal(count_ops(n, OP_HOST_AWAY, HOST32), 1);
	assert_int_equal(registered(n, HOST32, 0), 1);
	acknowledge_all(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smrs_to(n, "10.0.1.1"), 1);
	assert_stat(n, "etr", "host-moved-away", 1);
	/* the same again, in another message: nothing changes */
	elsewhere(n, HOST32, OTHER);
	assert_int_equal(count_ops(n, OP_EID_DEL, HOST32), 0);
	assert_stat(n, "etr", "host-moved-away", 1);
	/* nowhere any more: it is where the prefix around it is */
	elsewhere(n, HOST32, NULL);
	assert_int_equal(count_ops(n, OP_HOST_NONE, HOST32), 1);
	elsewhere(n, HOST32, NULL);
	assert_int_equal(n->n_ops, 0);
}

/* Away, of a prefix that is not ours: nobody says when that ends */
static void test_forgotten(void **state)
{
	struct node *n = *state;

	seen(n, "10.9.1.1", "eth2");
	seen(n, HOST, "eth0");
	acknowledge_all(n);
	elsewhere(n, "10.9.1.1/32", OTHER);
	acknowledge_all(n);
	elsewhere(n, HOST32, OTHER);
	acknowledge_all(n);
	node_forget(n);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(count_ops(n, OP_HOST_NONE, NULL), 0);
	while (!count_ops(n, OP_HOST_NONE, NULL)) {
		node_forget(n);
		node_run(n, n->now + 60 * LISP_SEC);
		assert_true(n->now < 5000 * LISP_SEC);
	}
	assert_int_equal(count_ops(n, OP_HOST_NONE, "10.9.1.1/32"), 1);
	assert_int_equal(count_ops(n, OP_HOST_NONE, HOST32), 0);
}

/* A host of our prefix that we never saw is elsewhere, too */
static void test_away_unseen(void **state)
{
	struct node *n = *state;

	assert_int_equal(answered_plen(n, HOST), 24);
	elsewhere(n, HOST32, OTHER);
	assert_int_equal(count_ops(n, OP_HOST_AWAY, HOST32), 1);
	assert_int_equal(count_ops(n, OP_EID_DEL, NULL), 0);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smrs_to(n, "10.0.1.1"), 1);
	/* a prefix, or one that no host may move from: said, but no route */
	assert_int_equal(answered_plen(n, "10.1.122.1"), 24);
	elsewhere(n, "10.1.122.0/26", OTHER);
	elsewhere(n, "10.1.22.64/26", OTHER);
	assert_int_equal(n->n_ops, 0);
	/* what is registered with a locator of ours is not elsewhere */
	elsewhere(n, "10.1.22.7/32", ME);
	assert_int_equal(n->n_ops, 0);
}

/* Back: registered again; but an echo of its past does not bring it back */
static void test_back(void **state)
{
	struct node *n = *state;

	seen(n, HOST, "eth0");
	acknowledge_all(n);
	elsewhere(n, HOST32, OTHER);
	acknowledge_all(n);
	node_forget(n);
	node_run(n, n->now + 500 * LISP_MSEC);
	seen(n, HOST, "eth0");
	seen(n, HOST, "eth0");
	assert_int_equal(registered(n, HOST32, 15), 0);
	assert_int_equal(count_ops(n, OP_HOST_HERE, HOST32), 0);
	node_run(n, n->now + 600 * LISP_MSEC);
	assert_int_equal(count_ops(n, OP_HOST_CHECK, HOST32), 1);
	assert_int_equal(registered(n, HOST32, 15), 0);
	seen(n, HOST, "eth0");			/* it was looked for, and is there */
	assert_int_equal(registered(n, HOST32, 15), 1);
	assert_int_equal(count_ops(n, OP_HOST_HERE, HOST32), 1);
	assert_int_equal(count_ops(n, OP_EID_ADD, HOST32), 1);
	assert_stat(n, "etr", "host-seen", 2);
}

/* Known to be elsewhere, and now here: that entry goes, peers are told */
static void test_arrives(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L(OTHER, 1, 50);
	struct lisp_record r = R("10.9.1.1/32", 1440, 1, &l);

	miss(n, "10.9.1.1");
	deliver_reply(n, last_nonce(n), 1, &r);
	node_forget(n);
	seen(n, "10.9.1.1", "eth2");
	assert_int_equal(count_ops(n, OP_MAP_DEL, "10.9.1.1/32"), 1);
	acknowledge_all(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	/* the old place, too: it is in the map-cache as that of the host */
	assert_stat(n, "etr", "smr-sent", smrs_to(n, OTHER));
	assert_int_equal(registered(n, "10.9.1.1/32", 15), 1);
}

/* RFC 9301 5.6: not answered: again after 1 s, the withdrawal as well */
static void test_repeated(void **state)
{
	struct node *n = *state;

	seen(n, HOST, "eth0");
	node_run(n, n->now + 4 * LISP_SEC);
	assert_int_equal(registered(n, HOST32, 15), 3);
	node_forget(n);
	gone(n, HOST, "eth0");
	node_run(n, n->now + 4 * LISP_SEC);
	assert_int_equal(registered(n, HOST32, 0), 3);
	assert_int_equal(registered(n, HOST32, 15), 0);
	/* back before that is acknowledged: the withdrawal is not repeated */
	node_forget(n);
	seen(n, HOST, "eth0");
	node_run(n, n->now + 100 * LISP_SEC);
	assert_int_equal(registered(n, HOST32, 0), 0);
	assert_true(registered(n, HOST32, 15) >= 1);
}

/* A new configuration: hosts stay, or go with their prefix */
static void test_reconfigure(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = dyn_config();
	struct lisp_config_rloc moved = { .addr = A(ME), .priority = 7,
					  .weight = 1, .interface = "eth1" };

	seen(n, HOST, "eth0");
	seen(n, "10.9.1.1", "eth2");
	acknowledge_all(n);
	node_forget(n);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(n->n_ops, 0);
	assert_int_equal(answered_plen(n, HOST), 32);
	node_forget(n);
	cfg->n_dynamic = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(count_ops(n, OP_HOST_NONE, "10.9.1.1/32"), 1);
	assert_int_equal(count_ops(n, OP_EID_DEL, "10.9.1.1/32"), 1);
	assert_int_equal(registered(n, "10.9.1.1/32", 0), 1);
	acknowledge_all(n);
	assert_int_equal(count_ops(n, OP_EID_DEL, HOST32), 0);
	assert_int_equal(answered_plen(n, "10.9.1.1"), 0);
	/* other locators: registered with those, and told; none: withdrawn */
	assert_int_equal(answered_plen(n, HOST), 32);
	node_forget(n);
	cfg->dynamic[0].rlocs = &moved;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(registered(n, HOST32, 15), 1);
	acknowledge_all(n);
	node_run(n, n->now + LISP_SEC);
	assert_int_equal(smrs_to(n, "10.0.1.1"), 1);
	node_forget(n);
	moved.addr.afi = LISP_AFI_NONE;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(registered(n, HOST32, 0), 1);
	/* what cannot be is refused */
	cfg->dynamic[0].interface = (char *)"";
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), -EINVAL);
	assert_int_equal(answered_plen(n, HOST), 32);
}

/* A host that is here becomes a database-mapping: with the locators of that */
static void test_configured(void **state)
{
	static struct lisp_config_mapping maps[5];
	struct lisp_config *cfg = dyn_config();
	static struct lisp_config_rloc rloc;
	struct node *n = *state;

	seen(n, HOST, "eth0");
	acknowledge_all(n);
	memcpy(maps, cfg->mappings, 4 * sizeof(maps[0]));
	rloc = cfg->mappings[0].rlocs[0];
	rloc.priority = 9;
	maps[4] = maps[0];
	maps[4].eid = E(HOST32);
	maps[4].rlocs = &rloc;
	cfg->mappings = maps;
	cfg->n_mappings = 5;
	deliver_request(n, "10.0.1.77", 9, HOST);	/* has it from us */
	node_forget(n);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(count_ops(n, OP_HOST_NONE, HOST32), 1);
	assert_int_equal(count_ops(n, OP_EID_DEL, HOST32), 0);
	acknowledge_all(n);
	node_run(n, n->now + LISP_SEC);
	assert_stat(n, "etr", "smr-sent", 1);
}

/* Left by the daemon before: away until seen, or heard of */
static void test_adopted(void **state)
{
	struct node *n = *state;
	struct lisp_eid eid = E(HOST32), other = E("10.77.0.1/32");

	lisp_core_host_adopt(n->core, n->now, &eid);
	lisp_core_host_adopt(n->core, n->now, &other);
	assert_int_equal(n->n_ops, 0);
	elsewhere(n, HOST32, NULL);
	assert_int_equal(count_ops(n, OP_HOST_NONE, HOST32), 1);
	lisp_core_host_adopt(n->core, n->now, &eid);
	node_run(n, n->now + 2 * LISP_SEC);
	seen(n, HOST, "eth0");
	assert_int_equal(registered(n, HOST32, 15), 1);
}

/* Bounded, by what is remembered and by what is said of it */
static void test_bounded(void **state)
{
	struct node *n = *state;
	char addr[32];
	unsigned int i;

	for (i = 0; i < 4100; i++) {
		snprintf(addr, sizeof(addr), "10.9.%u.%u", i / 250, i % 250 + 1);
		seen(n, addr, "eth2");
		node_forget(n);
	}
	assert_stat(n, "etr", "host-seen", 4096);
	assert_stat(n, "limits", "dynamic-eids", 4);
	/* one that goes makes room */
	gone(n, "10.9.0.1", "eth2");
	seen(n, "10.9.200.1", "eth2");
	assert_stat(n, "etr", "host-seen", 4097);
}

/* The map-server */

#define EA	"10.0.1.1"
#define EB	"10.0.1.5"

static int ms_setup(void **state)
{
	static struct lisp_config_site_prefix prefixes[1], inner[1];
	struct lisp_config *cfg = ms_config();
	struct node *n = node_new();

	prefixes[0] = (struct lisp_config_site_prefix){
		.eid = E("10.1.0.0/16"), .accept_more_specifics = true };
	inner[0] = (struct lisp_config_site_prefix){ .eid = E("10.1.99.0/24") };
	cfg->sites[0].prefixes = prefixes;
	cfg->sites[0].n_prefixes = 1;
	cfg->sites[1].prefixes = inner;
	cfg->sites[1].n_prefixes = 1;
	cfg->n_sites = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	*state = n;
	return 0;
}

static uint64_t nonce = 100;

static void reg(struct node *n, const char *rloc, const char *eid, uint32_t ttl)
{
	struct lisp_locator l = L(rloc, 1, 50);
	struct lisp_record r = R(eid, ttl, !!ttl, &l);
	struct lisp_key key = good();

	node_forget(n);
	deliver_register(n, rloc, nonce++, &key, 1, &r);
	lisp_core_run(n->core, n->now);
}

/* The last unasked Map-Notify to @rloc: about @eid, at @at (NULL: nowhere) */
static unsigned int told(struct node *n, const char *rloc, const char *eid,
			 const char *at)
{
	struct lisp_addr to = A(rloc);
	struct lisp_eid want = E(eid);
	unsigned int i, k, count = 0;
	struct lisp_msg m;

	for_each_sent(n, LISP_MAP_NOTIFY, i, &m) {
		if (!lisp_addr_equal(&n->sent[i].to.addr, &to))
			continue;
		for (k = 0; m.reg.nonce >> 63 && k < m.reg.n_records; k++) {
			const struct lisp_record *r = &m.reg.records[k];
			struct lisp_addr rl;

			if (!lisp_eid_equal(&r->eid, &want))
				continue;
			count++;
			assert_int_equal(r->n_locators, !!at);
			if (!at) {
				assert_int_equal(r->ttl, 0);
				continue;
			}
			rl = A(at);
			assert_true(lisp_addr_equal(&r->locators[0].addr, &rl));
		}
	}
	return count;
}

static void ack(struct node *n, const char *from)
{
	struct lisp_addr to = A(from);
	struct lisp_key key = good();
	unsigned int i, count = n->n_sent;
	struct lisp_msg m;

	for (i = 0; i < count; i++) {
		if (n->sent[i].buf[0] >> 4 != LISP_MAP_NOTIFY ||
		    !lisp_addr_equal(&n->sent[i].to.addr, &to))
			continue;
		decode_sent(n, i, &m, NULL);
		m.type = LISP_MAP_NOTIFY_ACK;
		if (m.reg.nonce >> 63)
			deliver(n, from, LISP_CONTROL_PORT, MS, &m, &key);
		lisp_msg_free(&m);
	}
}

/* RFC 9301 5.5: a longer prefix: the ETR of the one around it is told, once */
static void test_5_5_around(void **state)
{
	struct node *n = *state;

	reg(n, EA, "10.1.22.0/24", 1440);
	reg(n, EB, HOST32, 1440);
	assert_int_equal(told(n, EA, HOST32, EB), 1);
	assert_int_equal(told(n, EB, HOST32, EB), 0);
	ack(n, EA);
	reg(n, EB, HOST32, 1440);		/* a refresh is no news */
	assert_int_equal(told(n, EA, HOST32, EB), 0);
	/* of one's own no news either */
	reg(n, EA, "10.1.22.7/32", 1440);
	assert_int_equal(told(n, EA, "10.1.22.7/32", EA), 0);
	/* withdrawn, or expired: said, too */
	reg(n, EB, HOST32, 0);
	assert_int_equal(told(n, EA, HOST32, NULL), 1);
	ack(n, EA);
	reg(n, EB, HOST32, 1440);
	ack(n, EA);
	reg(n, EA, "10.1.22.0/24", 1440);
	node_run(n, n->now + 100 * LISP_SEC);
	reg(n, EA, "10.1.22.0/24", 1440);
	node_run(n, n->now + 81 * LISP_SEC);
	assert_int_equal(told(n, EA, HOST32, NULL), 1);
}

/* It moves: from whom it was taken is told, and who comes back is not */
static void test_5_7_displaced(void **state)
{
	struct node *n = *state;

	reg(n, EA, HOST32, 1440);
	reg(n, EB, HOST32, 1440);
	assert_int_equal(told(n, EA, HOST32, EB), 1);
	/* back before A has heard of it: what was to be said is old */
	reg(n, EA, HOST32, 1440);
	assert_int_equal(told(n, EB, HOST32, EA), 1);
	ack(n, EB);
	node_forget(n);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(told(n, EA, HOST32, EB), 0);
	assert_int_equal(told(n, EB, HOST32, EA), 0);
	/* the displaced one withdraws: it is another's now */
	reg(n, EB, HOST32, 1440);
	reg(n, EA, HOST32, 0);
	node_forget(n);
	deliver_request(n, "10.0.1.77", 9, HOST);
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
}

/* Who registers the prefix around later is told what is inside already */
static void test_5_5_inside(void **state)
{
	struct node *n = *state;

	reg(n, EB, HOST32, 1440);
	reg(n, EA, "10.1.22.0/24", 1440);
	assert_int_equal(told(n, EA, HOST32, EB), 1);
	ack(n, EA);
	reg(n, EA, "10.1.22.0/24", 1440);
	assert_int_equal(told(n, EA, HOST32, EB), 0);
}

/* So is one whose nonces show that it began anew: it may have forgotten */
static void test_5_5_inside_restart(void **state)
{
	struct node *n = *state;

	reg(n, EA, "10.1.22.0/24", 1440);
	reg(n, EB, HOST32, 1440);
	ack(n, EA);
	nonce += 50000;			/* others have got the ones between */
	reg(n, EA, "10.1.22.0/24", 1440);
	assert_int_equal(told(n, EA, HOST32, EB), 0);
	nonce += 1000000;
	reg(n, EA, "10.1.22.0/24", 1440);
	assert_int_equal(told(n, EA, HOST32, EB), 1);
	ack(n, EA);
	reg(n, EA, "10.1.22.0/24", 1440);
	assert_int_equal(told(n, EA, HOST32, EB), 0);
}

/* And one that did not answer, when it registers again */
static void test_5_5_inside_unanswered(void **state)
{
	struct node *n = *state;

	reg(n, EA, "10.1.22.0/24", 1440);
	reg(n, EB, HOST32, 1440);
	node_run(n, n->now + 120 * LISP_SEC);
	assert_stat(n, "map-server", "notify-sent", 7);
	assert_stat(n, "errors", "map-notify-unanswered", 1);
	reg(n, EA, "10.1.22.0/24", 1440);
	assert_int_equal(told(n, EA, HOST32, EB), 1);
	ack(n, EA);
	reg(n, EA, "10.1.22.0/24", 1440);
	assert_int_equal(told(n, EA, HOST32, EB), 0);
}

/* RFC 9301 5.5: of two that merge, one does not know of the other's host */
static void test_5_5_merged(void **state)
{
	struct lisp_locator l[] = { L(EA, 1, 50), L(EB, 1, 50) };
	struct lisp_record r[] = { R("10.1.22.0/24", 1440, 1, &l[0]),
				   R("10.1.22.0/24", 1440, 1, &l[1]) };
	const char *const from[] = { EA, EB };
	struct lisp_key key = good();
	struct node *n = *state;
	struct lisp_msg m;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		m = (struct lisp_msg){ .type = LISP_MAP_REGISTER, .reg = {
			.merge = true, .nonce = nonce++, .n_records = 1,
			.alg_id = LISP_AUTH_SHA256_128, .records = &r[i] } };
		deliver(n, from[i], LISP_CONTROL_PORT, MS, &m, &key);
	}
	reg(n, EB, HOST32, 1440);	/* the one that registered last */
	for (i = 0; i < 2; i++) {
		node_forget(n);
		deliver_request(n, "10.0.1.77", 9, "10.1.22.0");
		assert_int_equal(n->n_sent, 1);
		decode_sent(n, 0, &m, NULL);
		assert_int_equal(m.type, LISP_MAP_REPLY);
		assert_int_equal(m.reply.n_records, 2);
		lisp_msg_free(&m);
	}
}

/* Of other sites as well, with the key of the one that is told */
static void test_5_5_other_site(void **state)
{
	struct node *n = *state;

	reg(n, EA, "10.1.0.0/16", 1440);
	reg(n, EB, "10.1.99.0/24", 1440);
	assert_int_equal(told(n, EA, "10.1.99.0/24", EB), 1);
	ack(n, EA);
	assert_stat(n, "map-server", "notify-acknowledged", 1);
}

/* Thousands at once: several in one message, and no more of these than 4096 */
static void test_many(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L(EB, 1, 50);
	struct lisp_record r[100];
	struct lisp_key key = good();
	unsigned int i, k;

	reg(n, EA, "10.1.0.0/16", 1440);
	for (i = 0; i < 100; i++) {
		for (k = 0; k < 100; k++) {
			r[k] = R("10.1.0.0/32", 1440, 1, &l);
			r[k].eid.bytes[2] = (uint8_t)i;
			r[k].eid.bytes[3] = (uint8_t)k;
		}
		node_forget(n);
		deliver_register(n, EB, 1000000 + i, &key, 100, r);
		node_run(n, n->now + 10 * LISP_MSEC);
	}
	assert_stat(n, "limits", "notifies-unacknowledged", 0);
	for (i = 0; i < 50; i++) {
		node_forget(n);
		node_run(n, n->now + 10 * LISP_MSEC);
	}
	assert_true(stat(n, "map-server", "notify-sent") <= 701);
	assert_true(stat(n, "map-server", "notify-sent") >= 400);
}

#define ETR(name) \
	cmocka_unit_test_setup_teardown(name, etr_setup, node_teardown)
#define MST(name) \
	cmocka_unit_test_setup_teardown(name, ms_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ETR(test_seen),
		ETR(test_5_6_no_merge),
		ETR(test_not_ours),
		ETR(test_gone),
		ETR(test_moved_away),
		ETR(test_away_unseen),
		ETR(test_forgotten),
		ETR(test_back),
		ETR(test_arrives),
		ETR(test_repeated),
		ETR(test_reconfigure),
		ETR(test_configured),
		ETR(test_adopted),
		ETR(test_bounded),
		MST(test_5_5_around),
		MST(test_5_7_displaced),
		MST(test_5_5_inside),
		MST(test_5_5_inside_restart),
		MST(test_5_5_inside_unanswered),
		MST(test_5_5_merged),
		MST(test_5_5_other_site),
		MST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
