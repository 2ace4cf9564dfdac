// SPDX-License-Identifier: GPL-2.0
/*
 * Several ETRs of one site: their registrations merged (the a-bit), Map-Notifies
 * nobody asked for, and the ETR that gets them.
 */
#include "core_util.h"

#define MS	"10.0.0.13"
#define EA	"10.0.1.1"
#define EB	"10.0.1.5"
#define ME	"10.0.1.9"
#define P	"2001:10:1:14::/64"

static struct lisp_key good(void)
{
	return key_of(0, LISP_AUTH_SHA256_128, "LISP");
}

static int ms_setup(void **state)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, ms_config()), 0);
	*state = n;
	return 0;
}

struct from {
	const char *rloc;
	uint8_t id;			/* first byte of the xTR-ID; 0: none */
	bool alone, quiet;		/* no a-bit; no M-bit */
};

static void reg_set(struct node *n, struct from f, uint64_t nonce,
		    const char *eid, uint32_t ttl, unsigned int count,
		    struct lisp_locator *l)
{
	struct lisp_record r = R(eid, ttl, count, l);
	struct lisp_key key = good();
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.want_notify = !f.quiet, .merge = !f.alone, .nonce = nonce,
		.n_records = 1, .alg_id = LISP_AUTH_SHA256_128, .records = &r,
		.has_xtr_id = f.id, .xtr_id = { f.id }, .site_id = 7 } };

	node_forget(n);
	deliver(n, f.rloc, LISP_CONTROL_PORT, MS, &m, &key);
	lisp_core_run(n->core, n->now);
}

/* One locator, the ETR's own; @ttl 0 withdraws. */
static void reg(struct node *n, struct from f, uint64_t nonce, uint32_t ttl)
{
	struct lisp_locator l = L(f.rloc, 1, 50);

	reg_set(n, f, nonce, P, ttl, ttl ? 1 : 0, &l);
}

static const struct from a = { EA, 1, false, false };
static const struct from b = { EB, 2, false, false };

/* Map-Notifies to @rloc so far; the last of them in @m unless NULL. */
static unsigned int notifies(const struct node *n, const char *rloc,
			     struct lisp_msg *m)
{
	struct lisp_addr to = A(rloc);
	unsigned int i, count = 0, last = 0;

	for (i = 0; i < n->n_sent; i++) {
		if (n->sent[i].buf[0] >> 4 != LISP_MAP_NOTIFY ||
		    !lisp_addr_equal(&n->sent[i].to.addr, &to))
			continue;
		assert_int_equal(n->sent[i].to.port, LISP_CONTROL_PORT);
		last = i;
		count++;
	}
	if (m) {
		struct lisp_key key = good();

		assert_true(count);
		assert_int_equal(lisp_auth_verify(n->sent[last].buf,
						  n->sent[last].len, &key), 0);
		decode_sent(n, last, m, NULL);
	}
	return count;
}

static bool has(const struct lisp_record *r, const char *rloc)
{
	struct lisp_addr want = A(rloc);
	unsigned int i, found = 0;

	for (i = 0; i < r->n_locators; i++)
		found += lisp_addr_equal(&r->locators[i].addr, &want);
	assert_true(found < 2);
	return found;
}

/* What the last Map-Notify to @to says of P: these locators, no others. */
static void assert_told(const struct node *n, const char *to, bool has_a,
			bool has_b)
{
	struct lisp_msg m;

	notifies(n, to, &m);
	assert_int_equal(m.reg.n_records, 1);
	assert_int_equal(m.reg.records[0].n_locators, has_a + has_b);
	assert_int_equal(has(&m.reg.records[0], EA), has_a);
	assert_int_equal(has(&m.reg.records[0], EB), has_b);
	lisp_msg_free(&m);
}

static void ack(struct node *n, const char *from, const struct lisp_key *key)
{
	struct lisp_msg m;

	notifies(n, from, &m);
	m.type = LISP_MAP_NOTIFY_ACK;
	deliver(n, from, LISP_CONTROL_PORT, MS, &m, key);
	lisp_msg_free(&m);
}

struct found {
	unsigned int n, locators;
	bool up;
};

static int on_site(void *arg, const struct lisp_show_registration *r)
{
	struct lisp_eid e = E(P);
	struct found *f = arg;

	if (lisp_eid_equal(r->eid, &e)) {
		f->n = r->n_registrants;
		f->up = r->up;
		f->locators = r->record ? r->record->n_locators : 0;
	}
	return 0;
}

static struct found show(struct node *n)
{
	struct found f = { 0 };

	lisp_core_show_site(n->core, on_site, &f);
	return f;
}

/* RFC 9301 5.6: the a-bit: the locators of both, said to both */
static void test_5_6_merge(void **state)
{
	struct node *n = *state;
	struct lisp_key key = good();

	reg(n, a, 100, 1440);
	assert_int_equal(notifies(n, EA, NULL), 1);
	assert_told(n, EA, true, false);
	reg(n, b, 7, 1440);
	assert_told(n, EB, true, true);		/* acknowledged with the whole */
	assert_told(n, EA, true, true);		/* and A hears of it */
	assert_int_equal(notifies(n, EA, NULL), 1);
	assert_stat(n, "map-server", "notify-sent", 1);
	ack(n, EA, &key);
	assert_stat(n, "map-server", "notify-acknowledged", 1);
	assert_int_equal(show(n).n, 2);
	/* nothing new: nobody is told but the one who asks */
	reg(n, b, 8, 1440);
	assert_int_equal(notifies(n, EA, NULL), 0);
	assert_told(n, EB, true, true);
	/* the same Register again is answered as before */
	reg(n, b, 8, 1440);
	assert_told(n, EB, true, true);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_SEC);
	assert_int_equal(n->n_sent, 0);
}

/* RFC 9301 8.2: one ETR expires: its locators go, the others stay */
static void test_8_2_expiry_of_one(void **state)
{
	struct node *n = *state;
	lisp_time start = n->now;

	reg(n, a, 100, 1440);
	node_run(n, start + 60 * LISP_SEC);
	reg(n, b, 7, 1440);
	node_run(n, start + 179 * LISP_SEC);
	assert_int_equal(show(n).locators, 2);
	node_forget(n);
	node_run(n, start + 181 * LISP_SEC);
	assert_int_equal(show(n).locators, 1);
	assert_true(show(n).up);
	assert_told(n, EB, false, true);
	node_run(n, start + 241 * LISP_SEC);
	assert_false(show(n).up);
	assert_stat(n, "map-server", "expired", 2);
}

/* RFC 9301 8.2: the same by TTL 0; what A alone says counts from then on */
static void test_8_2_withdrawal_of_one(void **state)
{
	struct node *n = *state;

	reg(n, a, 100, 1440);
	reg(n, b, 7, 1440);
	reg(n, b, 8, 0);
	node_run(n, n->now + LISP_SEC);
	assert_told(n, EA, true, false);
	assert_int_equal(show(n).n, 1);
	assert_int_equal(show(n).locators, 1);
	reg(n, b, 9, 0);			/* not there any more */
	assert_int_equal(show(n).n, 1);
	reg(n, a, 101, 0);
	assert_false(show(n).up);
	assert_stat(n, "map-server", "withdrawn", 2);
}

/* RFC 9301 5.7: repeated, the same bytes: 3 times after 3 s, then 6, 12, 24 */
static void test_5_7_retransmission(void **state)
{
	struct node *n = *state;
	static const unsigned int want[] = { 0, 3, 6, 9, 15, 27, 51 };
	struct lisp_addr to = A(EA);
	lisp_time start = n->now;
	unsigned int i, k = 0;
	const struct sent *first = NULL;

	reg(n, a, 100, 1440);
	reg(n, b, 7, 1440);
	for (i = 0; i <= 150; i++) {
		node_run(n, start + i * LISP_SEC);
		for (; k < n->n_sent; k++) {
			const struct sent *s = &n->sent[k];

			if (!lisp_addr_equal(&s->to.addr, &to))
				continue;
			if (!first)
				first = s;
			assert_true(notifies(n, EA, NULL) <= 7);
			assert_int_equal(i, want[notifies(n, EA, NULL) - 1]);
			assert_int_equal(s->len, first->len);
			assert_memory_equal(s->buf, first->buf, s->len);
		}
	}
	assert_int_equal(notifies(n, EA, NULL), 7);
	assert_stat(n, "errors", "map-notify-unanswered", 1);
}

/* RFC 9301 5.7: only an authentic Map-Notify-Ack of that nonce ends it */
static void test_5_7_ack(void **state)
{
	struct node *n = *state;
	struct lisp_key key = good(), bad = key_of(0, LISP_AUTH_SHA256_128, "x");
	struct lisp_key id = key_of(3, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_msg m;

	reg(n, a, 100, 1440);
	reg(n, b, 7, 1440);
	ack(n, EA, &bad);
	assert_stat(n, "errors", "map-notify-ack-auth-failure", 1);
	notifies(n, EA, &m);
	m.type = LISP_MAP_NOTIFY_ACK;
	m.reg.nonce++;
	deliver(n, EA, LISP_CONTROL_PORT, MS, &m, &key);
	assert_stat(n, "errors", "map-notify-ack-unexpected", 1);
	m.reg.nonce--;
	m.reg.key_id = 3;
	deliver(n, EA, LISP_CONTROL_PORT, MS, &m, &id);
	assert_stat(n, "errors", "map-notify-ack-auth-failure", 2);
	lisp_msg_free(&m);
	node_run(n, n->now + 4 * LISP_SEC);
	assert_int_equal(notifies(n, EA, NULL), 2);
	ack(n, EA, &key);
	ack(n, EA, &key);
	assert_stat(n, "map-server", "notify-acknowledged", 1);
	assert_stat(n, "errors", "map-notify-ack-unexpected", 2);
	node_run(n, n->now + 100 * LISP_SEC);
	assert_int_equal(notifies(n, EA, NULL), 2);
}

/* A set that changes all the time: one Map-Notify in a second, the newest */
static void test_5_7_rate(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L(EB, 1, 50);
	unsigned int i, sum = 0;
	struct lisp_msg m;

	reg(n, a, 100, 1440);
	for (i = 0; i < 100; i++) {
		l.weight = (uint8_t)(10 + i);
		reg_set(n, b, 7 + i, P, 1440, 1, &l);
		sum += notifies(n, EA, NULL);
		node_forget(n);
		node_run(n, n->now + 50 * LISP_MSEC);
		sum += notifies(n, EA, NULL);
	}
	assert_true(sum >= 4 && sum <= 6);
	l.weight++;
	reg_set(n, b, 7 + i, P, 1440, 1, &l);
	node_run(n, n->now + LISP_SEC);
	notifies(n, EA, &m);
	assert_int_equal(m.reg.records[0].n_locators, 2);
	assert_int_equal(m.reg.records[0].locators[0].weight +
			 m.reg.records[0].locators[1].weight, 50 + 110);
	lisp_msg_free(&m);
}

/* Without the a-bit a registration stands alone: the last one counts */
static void test_5_6_no_merge(void **state)
{
	struct node *n = *state;
	struct from alone = { EB, 2, true, false };

	reg(n, a, 100, 1440);
	reg(n, alone, 7, 1440);
	assert_int_equal(show(n).n, 1);
	assert_told(n, EB, false, true);
	reg(n, a, 101, 1440);			/* and replaced by one that has */
	assert_told(n, EA, true, false);
	reg(n, b, 8, 1440);
	assert_int_equal(show(n).locators, 2);
	/* RFC 9301 5.6: an ETR is its xTR-ID and Site-ID, wherever it is */
	reg_set(n, (struct from){ "10.0.1.77", 2, false, false }, 9, P, 1440, 1,
		&(struct lisp_locator){ .addr = A("10.0.1.77"), .priority = 1,
					.reachable = true });
	assert_int_equal(show(n).n, 2);
	assert_int_equal(show(n).locators, 2);
}

/* RFC 8378 5: no locator twice; the one whose own it is knows it best */
static void test_no_duplicates(void **state)
{
	struct node *n = *state;
	struct lisp_locator la[] = { L(EA, 1, 50), L(EB, 9, 9) };
	struct lisp_locator lb[] = { L(EA, 9, 9), L(EB, 1, 50) };
	struct lisp_msg m;
	unsigned int i;

	la[1].local = false;
	lb[0].local = false;
	reg_set(n, a, 100, P, 1440, 2, la);
	reg_set(n, b, 7, P, 60, 2, lb);
	assert_told(n, EA, true, true);
	notifies(n, EB, &m);
	assert_int_equal(m.reg.records[0].ttl, 60);
	for (i = 0; i < 2; i++)
		assert_int_equal(m.reg.records[0].locators[i].priority, 1);
	lisp_msg_free(&m);
}

/* Bounded: ETRs, locators; who has no place is not acknowledged */
static void test_bounded(void **state)
{
	struct node *n = *state;
	struct lisp_locator l[20];
	char from[32];
	unsigned int i, k;

	for (i = 0; i < 17; i++) {
		for (k = 0; k < 20; k++) {
			snprintf(from, sizeof(from), "10.7.%u.%u", i, k + 1);
			l[k] = L(from, 1, 50);
		}
		snprintf(from, sizeof(from), "10.0.2.%u", i + 1);
		reg_set(n, (struct from){ from, (uint8_t)(i + 1), false, false },
			10, P, 1440, 20, l);
		assert_int_equal(notifies(n, from, NULL), i < 16);
	}
	assert_int_equal(show(n).n, 16);
	assert_int_equal(show(n).locators, 32);
	assert_stat(n, "limits", "merged-registrations", 15 + 1);
	/* those that expire make room */
	node_run(n, n->now + 181 * LISP_SEC);
	assert_false(show(n).up);
}

static unsigned int asked_of(struct node *n, const char *rloc)
{
	struct lisp_addr to = A(rloc);

	assert_int_equal(n->n_sent, 1);
	assert_int_equal(n->sent[0].buf[0] >> 4, LISP_ECM);
	return lisp_addr_equal(&n->sent[0].to.addr, &to);
}

/* RFC 9301 8.3: Map-Requests go to the live ETRs in turn */
static void test_8_3_in_turn(void **state)
{
	struct node *n = *state;
	unsigned int i, of_a = 0, of_b = 0;
	struct lisp_locator dead[] = { L("10.0.1.6", 1, 50), L(EB, 3, 50) };

	reg(n, a, 100, 1440);
	reg(n, b, 7, 1440);
	for (i = 0; i < 10; i++) {
		node_forget(n);
		deliver_request(n, ME, 99, "2001:10:1:14::14");
		of_a += asked_of(n, EA);
		of_b += asked_of(n, EB);
	}
	assert_int_equal(of_a, 5);
	assert_int_equal(of_b, 5);
	/* one that its site calls unreachable is not asked */
	dead[0].reachable = false;
	reg_set(n, b, 8, P, 1440, 2, dead);
	for (i = 0; i < 4; i++) {
		node_forget(n);
		deliver_request(n, ME, 99, "2001:10:1:14::14");
		assert_false(asked_of(n, "10.0.1.6"));
	}
	/* nor one that is gone */
	reg(n, b, 9, 0);
	for (i = 0; i < 3; i++) {
		node_forget(n);
		deliver_request(n, ME, 99, "2001:10:1:14::14");
		assert_true(asked_of(n, EA));
	}
}

/* RFC 9301 8.3: any of them asks for proxy replies: the whole is answered */
static void test_8_3_proxy(void **state)
{
	struct node *n = *state;
	struct lisp_locator l = L(EB, 1, 50);
	struct lisp_record r = R(P, 1440, 1, &l);
	struct lisp_key key = good();
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.merge = true, .proxy_reply = true, .nonce = 7, .n_records = 1,
		.alg_id = LISP_AUTH_SHA256_128, .records = &r } };

	reg(n, a, 100, 1440);
	deliver(n, EB, LISP_CONTROL_PORT, MS, &m, &key);
	reg(n, a, 101, 1440);
	node_forget(n);
	deliver_request(n, ME, 99, "2001:10:1:14::14");
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REPLY);
	assert_true(has(&m.reply.records[0], EA));
	assert_true(has(&m.reply.records[0], EB));
	lisp_msg_free(&m);
}

/* The same EID-prefix twice in a Map-Register, and with several others */
static void test_repeated_record(void **state)
{
	struct node *n = *state;
	struct lisp_locator l[] = { L(EB, 1, 50), L("10.0.1.6", 1, 50) };
	struct lisp_record r[] = { R(P, 1440, 1, l), R(P, 1440, 2, l),
				   R("10.1.14.0/24", 1440, 1, l),
				   R(P, 0, 0, NULL), R(P, 1440, 2, l) };
	struct lisp_key key = good();
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.merge = true, .want_notify = true, .nonce = 7, .n_records = 5,
		.alg_id = LISP_AUTH_SHA256_128, .records = r } };

	reg(n, a, 100, 1440);
	node_forget(n);
	deliver(n, EB, LISP_CONTROL_PORT, MS, &m, &key);
	notifies(n, EB, &m);
	assert_int_equal(m.reg.n_records, 5);
	assert_int_equal(m.reg.records[4].n_locators, 3);
	lisp_msg_free(&m);
}

/* A new configuration: registrations and Map-Notifies under way go on */
static void test_reconfigure(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = ms_config();
	struct lisp_key key = good();

	reg(n, a, 100, 1440);
	reg(n, b, 7, 1440);
	cfg->sites[0].description = (char *)"changed";
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(show(n).n, 2);
	node_forget(n);
	node_run(n, n->now + 4 * LISP_SEC);
	assert_int_equal(notifies(n, EA, NULL), 1);
	ack(n, EA, &key);
	assert_stat(n, "map-server", "notify-acknowledged", 1);
	/* timers, too */
	node_run(n, n->now + 180 * LISP_SEC);
	assert_false(show(n).up);
	reg(n, a, 101, 1440);
	reg(n, b, 8, 1440);
	cfg = ms_config();
	cfg->sites++;				/* the site goes */
	cfg->n_sites = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	node_forget(n);
	node_run(n, n->now + 300 * LISP_SEC);
	assert_int_equal(n->n_sent, 0);
}

/* The ETR */

static struct lisp_config *etr_config(void)
{
	struct lisp_config *cfg = xtr_config();

	cfg->n_mappings = 1;
	cfg->map_servers[0].merge = true;
	cfg->has_xtr_id = true;
	cfg->xtr_id[15] = 9;
	cfg->site_id = 77;
	return cfg;
}

static int etr_setup(void **state)
{
	struct node *n = node_new();

	assert_int_equal(lisp_core_configure(n->core, n->now, etr_config()), 0);
	*state = n;
	return 0;
}

/* A Map-Notify of the map-server about our prefix: at these locators. */
static void notify_from(struct node *n, const char *ms, uint64_t nonce,
			unsigned int count, struct lisp_locator *l,
			const struct lisp_key *key)
{
	struct lisp_record r = R("2001:10:1:22::/64", 1440, count, l);
	struct lisp_msg m = { .type = LISP_MAP_NOTIFY, .reg = {
		.nonce = nonce, .n_records = 1, .records = &r,
		.alg_id = LISP_AUTH_SHA256_128 } };

	node_forget(n);
	deliver(n, ms, LISP_CONTROL_PORT, ME, &m, key);
}

static void notify(struct node *n, uint64_t nonce, unsigned int count,
		   struct lisp_locator *l)
{
	struct lisp_key key = good();

	notify_from(n, MS, nonce, count, l, &key);
}

static void ask(struct node *n)
{
	struct lisp_eid eid = E("2001:10:1:22::5");
	struct lisp_msg m = { .type = LISP_MAP_REQUEST, .request = {
		.nonce = 5, .n_itr_rlocs = 1, .n_eids = 1, .eids = &eid } };

	m.request.itr_rlocs[0] = A("10.0.1.13");
	node_forget(n);
	deliver(n, "10.0.1.13", LISP_CONTROL_PORT, ME, &m, NULL);
	assert_int_equal(n->n_sent, 1);
}

/* How many locators we answer with; @other among them? */
static unsigned int answered(struct node *n, const char *other, bool *there)
{
	struct lisp_msg m;
	unsigned int count;

	ask(n);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REPLY);
	assert_true(has(&m.reply.records[0], ME));
	*there = has(&m.reply.records[0], other);
	count = m.reply.records[0].n_locators;
	lisp_msg_free(&m);
	return count;
}

/* RFC 9301 5.6: a-bit and xTR-ID as configured; ours are registered, only */
static void test_etr_register(void **state)
{
	struct node *n = *state;
	struct lisp_locator l[] = { L(ME, 1, 50), L(EB, 1, 50) };
	struct lisp_msg m;

	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REGISTER);
	assert_true(m.reg.merge);
	assert_true(m.reg.has_xtr_id);
	assert_int_equal(m.reg.xtr_id[15], 9);
	assert_int_equal(m.reg.site_id, 77);
	lisp_msg_free(&m);
	notify(n, 1ull << 63, 2, l);
	node_run(n, n->now + 65 * LISP_SEC);
	assert_true(count_sent(n, LISP_MAP_REGISTER) > 0);
	decode_sent(n, n->n_sent - 1, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REGISTER);
	assert_int_equal(m.reg.records[0].n_locators, 1);
	lisp_msg_free(&m);
}

/* RFC 9301 5.7, 6.1: acknowledged, answered with, and others are told */
static void test_etr_merged(void **state)
{
	struct node *n = *state;
	struct lisp_locator l[] = { L(ME, 7, 7), L(EB, 1, 50) };
	struct lisp_msg m;
	bool other;

	assert_int_equal(answered(n, EB, &other), 1);
	notify(n, 1ull << 63, 2, l);
	assert_int_equal(count_sent(n, LISP_MAP_NOTIFY_ACK), 1);
	node_run(n, n->now + LISP_SEC);		/* 10.0.1.13 has asked */
	assert_stat(n, "etr", "smr-sent", 1);
	assert_stat(n, "etr", "merged-set-changed", 1);
	assert_int_equal(answered(n, EB, &other), 2);
	assert_true(other);
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.reply.records[0].locators[0].priority, 1);
	assert_int_equal(m.reply.records[0].locators[0].local +
			 m.reply.records[0].locators[1].local, 1);
	lisp_msg_free(&m);
	/* EB is gone */
	notify(n, (1ull << 63) + 1, 1, l);
	assert_int_equal(answered(n, EB, &other), 1);
	/* and a set that nobody renews does not stay for ever */
	notify(n, (1ull << 63) + 2, 2, l);
	assert_int_equal(answered(n, EB, &other), 2);
	node_run(n, n->now + 181 * LISP_SEC);
	assert_int_equal(answered(n, EB, &other), 1);
}

/* Who sends to us: an ETR of our site, and somebody else's */
static void on_sources(struct node *n, uint32_t iid)
{
	struct lisp_addr other = A(EB), peer = A("10.0.1.77");

	(void)iid;
	lisp_core_source(n->core, n->now, &other, 0);
	lisp_core_source(n->core, n->now, &peer, 0);
}

/* RFC 9301 6.1: who has registered it with us is not told of it */
static void test_etr_merged_source(void **state)
{
	struct node *n = *state;
	struct lisp_locator l[] = { L(ME, 7, 7), L(EB, 1, 50) };
	struct lisp_addr peer = A("10.0.1.77");
	unsigned int i, told = 0;
	struct lisp_msg m;

	n->sources = on_sources;
	notify(n, 1ull << 63, 2, l);
	node_forget(n);
	node_run(n, n->now + 2 * LISP_SEC);
	for_each_sent(n, LISP_MAP_REQUEST, i, &m) {
		assert_true(m.request.smr);
		assert_true(lisp_addr_equal(&n->sent[i].to.addr, &peer));
		told++;
	}
	assert_int_equal(told, 1);
	assert_stat(n, "etr", "smr-sent", 1);
}

/* RFC 9301 5.7: not authentic, not of our map-server, seen before: no effect */
static void test_etr_hostile(void **state)
{
	struct node *n = *state;
	struct lisp_locator l[] = { L(ME, 7, 7), L(EB, 1, 50) };
	struct lisp_key key = good(), bad = key_of(0, LISP_AUTH_SHA256_128, "x");
	uint64_t nonce = 1ull << 63;
	bool other;

	notify_from(n, MS, nonce, 2, l, &bad);
	assert_int_equal(n->n_sent, 0);
	notify_from(n, EB, nonce, 2, l, &key);
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(answered(n, EB, &other), 1);
	notify(n, nonce + 5, 2, l);
	notify(n, nonce + 6, 1, l);
	assert_int_equal(answered(n, EB, &other), 1);
	notify(n, nonce + 5, 2, l);		/* a replay: heard, not heeded */
	assert_int_equal(count_sent(n, LISP_MAP_NOTIFY_ACK), 1);
	assert_int_equal(answered(n, EB, &other), 1);
	assert_stat(n, "errors", "map-notify-duplicate", 1);
	notify(n, nonce + 3, 2, l);		/* overtaken on the way */
	assert_int_equal(answered(n, EB, &other), 2);
	notify(n, nonce + 300, 1, l);
	notify(n, nonce + 200, 2, l);		/* too old to know */
	assert_int_equal(answered(n, EB, &other), 1);
}

/* A map-server that is not to merge says nothing about our locators */
static void test_etr_not_merging(void **state)
{
	struct node *n = node_new();
	struct lisp_locator l[] = { L(ME, 7, 7), L(EB, 1, 50) };
	struct lisp_config *cfg = etr_config();
	bool other;

	(void)state;
	cfg->map_servers[0].merge = false;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	notify(n, 1ull << 63, 2, l);
	assert_int_equal(answered(n, EB, &other), 1);
	/* switched on: registered anew; off again: forgotten */
	cfg->map_servers[0].merge = true;
	node_forget(n);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(count_sent(n, LISP_MAP_REGISTER), 1);
	notify(n, (1ull << 63) + 1, 2, l);
	assert_int_equal(answered(n, EB, &other), 2);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(answered(n, EB, &other), 2);
	cfg->map_servers[0].merge = false;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	assert_int_equal(answered(n, EB, &other), 1);
	node_free(n);
}

#define MST(name) \
	cmocka_unit_test_setup_teardown(name, ms_setup, node_teardown)
#define ETR(name) \
	cmocka_unit_test_setup_teardown(name, etr_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MST(test_5_6_merge),
		MST(test_8_2_expiry_of_one),
		MST(test_8_2_withdrawal_of_one),
		MST(test_5_7_retransmission),
		MST(test_5_7_ack),
		MST(test_5_7_rate),
		MST(test_5_6_no_merge),
		MST(test_no_duplicates),
		MST(test_bounded),
		MST(test_8_3_in_turn),
		MST(test_8_3_proxy),
		MST(test_repeated_record),
		MST(test_reconfigure),
		ETR(test_etr_register),
		ETR(test_etr_merged),
		ETR(test_etr_merged_source),
		ETR(test_etr_hostile),
		cmocka_unit_test(test_etr_not_merging),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
