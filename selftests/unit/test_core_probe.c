// SPDX-License-Identifier: GPL-2.0
/* RLOC-probing (RFC 9301 7.1). */
#include "core_util.h"

#define ME	"10.0.1.9"
#define SITE	"2001:10:1:14::/64"
#define R1	"10.0.1.1"
#define R2	"10.0.1.2"

static const struct lisp_config_probe normal = {
	.on = true, .interval_ms = 30000, .timeout_ms = 1000, .retries = 3,
};
static const struct lisp_config_probe fast = {
	.on = true, .interval_ms = 250, .timeout_ms = 150, .retries = 3,
};

static struct lisp_config *config(const struct lisp_config_probe *probe)
{
	struct lisp_config *cfg = xtr_config();

	cfg->etr = false;
	cfg->probe = *probe;
	return cfg;
}

static void configure(struct node *n, const struct lisp_config_probe *probe)
{
	assert_int_equal(lisp_core_configure(n->core, n->now, config(probe)),
			 0);
}

static void adopt(struct node *n, const char *eid, unsigned int count,
		  const struct lisp_locator *l, uint8_t origin)
{
	struct lisp_mapping m = {
		.eid = E(eid), .origin = origin, .ttl = 86400,
		.n_locators = count, .locators = l,
	};

	lisp_core_adopt(n->core, n->now, &m);
}

/* Probing, and one entry with two locators. */
static struct node *two_locators(const struct lisp_config_probe *probe)
{
	struct lisp_locator l[] = { L(R1, 1, 50), L(R2, 2, 50) };
	struct node *n = node_new();

	configure(n, probe);
	adopt(n, SITE, 2, l, LISP_BY_MAP_REPLY);
	node_forget(n);
	return n;
}

static int normal_setup(void **state)
{
	*state = two_locators(&normal);
	return 0;
}

static int fast_setup(void **state)
{
	*state = two_locators(&fast);
	return 0;
}

static bool is_to(const struct node *n, unsigned int i, const char *rloc)
{
	struct lisp_addr a = A(rloc);

	return n->sent[i].buf[0] >> 4 == LISP_MAP_REQUEST &&
	       lisp_addr_equal(&n->sent[i].to.addr, &a);
}

static unsigned int probes(const struct node *n, const char *rloc)
{
	unsigned int i, count = 0;

	for (i = 0; i < n->n_sent; i++)
		count += is_to(n, i, rloc);
	return count;
}

static uint64_t nonce_of(const struct node *n, unsigned int i)
{
	struct lisp_msg m;
	uint64_t nonce;

	decode_sent(n, i, &m, NULL);
	nonce = m.request.nonce;
	lisp_msg_free(&m);
	return nonce;
}

static void reply_with(struct node *n, uint64_t nonce, const char *from,
		       struct lisp_record *r)
{
	struct lisp_msg m = { .type = LISP_MAP_REPLY, .reply = {
		.probe = true, .nonce = nonce, .n_records = 1, .records = r } };

	deliver(n, from, 4342, ME, &m, NULL);
}

/* What the ETR of both locators answers, from @from. */
static void reply(struct node *n, uint64_t nonce, const char *from)
{
	struct lisp_locator l[] = { L(R1, 1, 50), L(R2, 2, 50) };
	struct lisp_record r = R(SITE, 1440, 2, l);

	reply_with(n, nonce, from, &r);
}

/* Answer all that is sent to @rloc until @until, at once; the rest is lost. */
static void live(struct node *n, const char *rloc, lisp_time until)
{
	unsigned int i;

	for (; n->now < until; n->n_sent = 0) {
		node_run(n, n->now + 10 * LISP_MSEC);
		for (i = 0; i < n->n_sent; i++) {
			if (!rloc || is_to(n, i, rloc))
				reply(n, nonce_of(n, i), rloc ? rloc : R1);
		}
	}
}

static int on_rloc(void *arg, const struct lisp_show_rloc *r)
{
	struct lisp_show_rloc *s = arg;

	if (lisp_addr_equal(&r->addr, &s->addr))
		*s = *r;
	return 0;
}

static struct lisp_show_rloc show(struct node *n, const char *rloc)
{
	struct lisp_show_rloc s = { .addr = A(rloc) };

	lisp_core_show_rlocs(n->core, on_rloc, &s);
	return s;
}

/* RFC 9301 7.1, 5.2: straight to the locator, P, the cached prefix, AFI 0 */
static void test_message(void **state)
{
	struct node *n = *state;
	struct lisp_addr me = A(ME);
	struct lisp_eid site = E(SITE);
	struct lisp_msg m;

	node_run(n, n->now + LISP_SEC);
	assert_int_equal(probes(n, R1), 1);
	assert_int_equal(probes(n, R2), 1);
	assert_int_equal(n->n_sent, 2);		/* nothing in an ECM */
	assert_int_equal(n->sent[0].to.port, 4342);
	assert_true(lisp_addr_equal(&n->sent[0].from.addr, &me));
	decode_sent(n, 0, &m, NULL);
	assert_true(m.request.probe);
	assert_false(m.request.smr || m.request.smr_invoked);
	assert_int_equal(m.request.source_eid.afi, LISP_AFI_NONE);
	assert_int_equal(m.request.n_eids, 1);
	assert_true(lisp_eid_equal(&m.request.eids[0], &site));
	assert_int_equal(m.request.n_itr_rlocs, 1);
	assert_true(lisp_addr_equal(&m.request.itr_rlocs[0], &me));
	lisp_msg_free(&m);
	assert_true(nonce_of(n, 0) != nonce_of(n, 1));
}

/* Not configured: none is sent, no timer runs */
static void test_off(void **state)
{
	struct lisp_config_probe off = { 0 };
	struct node *n = two_locators(&off);

	(void)state;
	node_run(n, n->now + 100 * LISP_SEC);
	assert_int_equal(n->n_sent, 0);
	assert_true(lisp_core_next(n->core) == LISP_TIME_NEVER);
	assert_false(show(n, R1).probed);
	node_free(n);
}

/* RFC 9301 7.1: RTT; matched by nonce, also from another address; once */
static void test_reply(void **state)
{
	struct node *n = *state;
	unsigned int i;
	uint64_t nonce;

	node_run(n, n->now + 999 * LISP_MSEC);
	i = is_to(n, 0, R1) ? 0 : 1;
	nonce = nonce_of(n, i);
	reply(n, nonce ^ 1ull << 40, R1);
	assert_stat(n, "errors", "map-reply-unexpected-probe", 1);
	reply(n, nonce + 1, R1);		/* a repetition not sent yet */
	assert_stat(n, "errors", "map-reply-unexpected-probe", 2);
	assert_int_equal(show(n, R1).state, LISP_RLOC_UNKNOWN);
	reply(n, nonce, "10.0.1.77");
	assert_int_equal(show(n, R1).state, LISP_RLOC_UP);
	assert_int_equal(show(n, R2).state, LISP_RLOC_UNKNOWN);
	assert_in_range(show(n, R1).rtt, 1, LISP_SEC);
	assert_int_equal(show(n, R1).last_reply, n->now);
	/* an earlier daemon may have left it down */
	assert_int_equal(count_ops(n, OP_RLOC_UP, R1), 1);
	reply(n, nonce, R1);
	assert_stat(n, "errors", "map-reply-duplicate", 1);
	assert_int_equal(show(n, R1).replies, 1);
	assert_int_equal(n->n_ops, 1);
}

/* The reply tells which repetition it answers: so the RTT is right */
static void test_rtt_of_retry(void **state)
{
	struct node *n = *state;
	lisp_time sent[2] = { 0 };
	uint64_t nonce[2] = { 0 };
	unsigned int i, count = 0;

	while (count < 2) {
		node_run(n, n->now + LISP_MSEC);
		for (i = 0; i < n->n_sent; i++) {
			if (!is_to(n, i, R1))
				continue;
			sent[count] = n->now;
			nonce[count++] = nonce_of(n, i);
		}
		n->n_sent = 0;
	}
	assert_true(nonce[0] != nonce[1]);
	node_run(n, n->now + 100 * LISP_MSEC);
	reply(n, nonce[0], R1);
	assert_in_range(show(n, R1).rtt, n->now - sent[0],
			n->now - sent[0] + LISP_MSEC);
	assert_true(sent[1] > sent[0] + 900 * LISP_MSEC);
}

/* RFC 9301 7.1: dead after the retries, told to the data plane; back again */
static void test_down_up(void **state)
{
	struct node *n = *state;
	lisp_time died;

	live(n, NULL, n->now + 100 * LISP_SEC);
	assert_int_equal(show(n, R1).state, LISP_RLOC_UP);
	assert_int_equal(show(n, R2).state, LISP_RLOC_UP);
	node_forget(n);
	died = n->now;
	live(n, R2, died + 35 * LISP_SEC);
	assert_int_equal(count_ops(n, OP_RLOC_DOWN, R1), 1);
	assert_int_equal(count_ops(n, OP_RLOC_DOWN, R2), 0);
	assert_int_equal(show(n, R1).state, LISP_RLOC_DOWN);
	assert_stat(n, "itr", "rloc-went-down", 1);
	node_forget(n);
	live(n, NULL, n->now + 31 * LISP_SEC);
	assert_int_equal(count_ops(n, OP_RLOC_UP, R1), 1);
	assert_int_equal(count_ops(n, OP_RLOC_DOWN, NULL), 0);
	assert_int_equal(show(n, R1).state, LISP_RLOC_UP);
}

/* The fast profile: out of use in under a second, back within an interval */
static void test_fast(void **state)
{
	struct node *n = *state;
	unsigned int round;
	lisp_time died;

	live(n, NULL, n->now + 2 * LISP_SEC);
	for (round = 0; round < 50; round++) {
		live(n, NULL, n->now + (500 + round * 7) * LISP_MSEC);
		node_forget(n);
		died = n->now;
		while (!count_ops(n, OP_RLOC_DOWN, R1)) {
			live(n, R2, n->now + 10 * LISP_MSEC);
			assert_true(n->now - died < LISP_SEC);
		}
		live(n, R2, n->now + LISP_SEC);
		node_forget(n);
		live(n, NULL, n->now + 260 * LISP_MSEC);
		assert_int_equal(count_ops(n, OP_RLOC_UP, R1), 1);
	}
}

/* A lost probe or two are no failure */
static void test_some_lost(void **state)
{
	struct node *n = *state;
	unsigned int i, count = 0;
	lisp_time end = n->now + 30 * LISP_SEC;

	for (; n->now < end; n->n_sent = 0) {
		node_run(n, n->now + 10 * LISP_MSEC);
		for (i = 0; i < n->n_sent; i++) {
			if (is_to(n, i, R2) || ++count % 4 == 0)
				reply(n, nonce_of(n, i), R1);
		}
	}
	assert_int_equal(count_ops(n, OP_RLOC_DOWN, NULL), 0);
	assert_true(count > 40);
}

/* A dead one is asked once a round, and after a while less often */
static void test_backoff(void **state)
{
	struct node *n = *state;
	unsigned int first, later;
	lisp_time until;

	live(n, R2, n->now + 2 * LISP_SEC);
	first = show(n, R1).probes;
	live(n, R2, n->now + LISP_SEC);
	later = show(n, R1).probes - first;
	assert_in_range(later, 3, 5);
	live(n, R2, n->now + 30 * LISP_SEC);
	first = show(n, R1).probes;
	for (until = n->now + 20 * LISP_SEC; n->now < until;)
		live(n, R2, n->now + LISP_SEC);
	later = show(n, R1).probes - first;
	assert_in_range(later, 9, 13);		/* 20 s, every 2 s */
	/* the data plane is reminded */
	assert_in_range(count_ops(n, OP_RLOC_DOWN, R1), 15, 40);
}

/* Many are not in step, and one is not at fixed times (7.1: jittered) */
static void test_jitter(void **state)
{
	struct node *n = *state;
	lisp_time at[8];
	unsigned int count = 0, i;

	while (count < 8) {
		node_run(n, n->now + 10 * LISP_MSEC);
		for (i = 0; i < n->n_sent; i++) {
			if (is_to(n, i, R1) && count < 8)
				at[count++] = n->now;
			reply(n, nonce_of(n, i), R1);
		}
		n->n_sent = 0;
	}
	for (i = 2; i < 8; i++) {
		assert_in_range(at[i] - at[i - 1], 26 * LISP_SEC,
				30 * LISP_SEC + 10 * LISP_MSEC);
		assert_true(at[i] - at[i - 1] != at[i - 1] - at[i - 2]);
	}
}

/* Not probed: priority 255, R = 0, by hand, ourselves, no RLOC of that family */
static void test_not_probed(void **state)
{
	struct lisp_locator l[] = {
		L("10.0.1.3", 255, 50), L(ME, 1, 50), L("2001:db8::1", 1, 50),
	};
	struct lisp_locator hand = L("10.0.1.4", 1, 50);
	struct node *n = node_new();

	(void)state;
	configure(n, &fast);
	adopt(n, SITE, 3, l, LISP_BY_MAP_REPLY);
	adopt(n, "10.9.0.0/16", 1, &hand, LISP_BY_STATIC);
	node_forget(n);
	node_run(n, n->now + 5 * LISP_SEC);
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(n->n_ops, 0);
	node_free(n);
}

/* However many entries an address stands in: one probe at a time */
static void test_one_per_address(void **state)
{
	struct lisp_locator l = L(R1, 1, 50);
	struct node *n = node_new();
	struct lisp_record r = R(SITE, 1440, 1, &l);
	struct lisp_eid eid = E(SITE);
	struct lisp_msg m;

	(void)state;
	configure(n, &normal);
	adopt(n, "10.1.0.0/16", 1, &l, LISP_BY_MAP_REPLY);
	adopt(n, SITE, 1, &l, LISP_BY_MAP_REPLY);
	node_forget(n);
	node_run(n, n->now + LISP_SEC);
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &m, NULL);
	assert_true(lisp_eid_equal(&m.request.eids[0], &eid));
	lisp_msg_free(&m);
	reply_with(n, nonce_of(n, 0), R1, &r);
	/* of the two entries one goes: asked about the other, state kept */
	lisp_core_expired(n->core, n->now, &eid);
	assert_int_equal(show(n, R1).state, LISP_RLOC_UP);
	node_forget(n);
	while (!n->n_sent)
		node_run(n, n->now + 10 * LISP_MSEC);
	eid = E("10.1.0.0/16");
	assert_int_equal(n->n_sent, 1);
	decode_sent(n, 0, &m, NULL);
	assert_true(lisp_eid_equal(&m.request.eids[0], &eid));
	lisp_msg_free(&m);
	/* both gone: nothing is left to do */
	lisp_core_expired(n->core, n->now, &eid);
	assert_true(lisp_core_next(n->core) == LISP_TIME_NEVER);
	node_free(n);
}

/* An entry past its lifetime is not asked about, though it may still be there */
static void test_expired(void **state)
{
	struct lisp_locator l = L(R1, 1, 50);
	struct lisp_mapping m = { .eid = E(SITE), .origin = LISP_BY_MAP_REPLY,
				  .ttl = 60, .n_locators = 1, .locators = &l };
	struct node *n = node_new();

	(void)state;
	configure(n, &normal);
	lisp_core_adopt(n->core, n->now, &m);
	node_forget(n);
	node_run(n, n->now + 59 * LISP_SEC);
	assert_true(n->n_sent > 0);
	n->now += 10 * LISP_SEC;
	node_forget(n);
	node_run(n, n->now + 100 * LISP_SEC);
	assert_int_equal(n->n_sent, 0);
	node_free(n);
}

/* A mapping renewed with the same locators keeps their state */
static void test_renewed(void **state)
{
	struct node *n = *state;
	struct lisp_locator l[] = { L(R1, 1, 50), L(R2, 1, 50) };

	live(n, R2, n->now + 3 * LISP_SEC);
	assert_int_equal(show(n, R1).state, LISP_RLOC_DOWN);
	node_forget(n);
	adopt(n, SITE, 2, l, LISP_BY_MAP_REPLY);
	assert_int_equal(show(n, R1).state, LISP_RLOC_DOWN);
	assert_int_equal(show(n, R2).state, LISP_RLOC_UP);
	assert_int_equal(n->n_ops, 0);
}

/* Switched off: what is down by our word comes up again */
static void test_switched_off(void **state)
{
	struct lisp_config_probe off = { 0 };
	struct node *n = *state;

	live(n, R2, n->now + 3 * LISP_SEC);
	node_forget(n);
	configure(n, &off);
	assert_int_equal(count_ops(n, OP_RLOC_UP, R1), 1);
	assert_int_equal(n->n_ops, 1);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(n->n_sent, 0);
	/* and on again, with other times */
	configure(n, &normal);
	node_run(n, n->now + LISP_SEC);
	assert_int_equal(n->n_sent, 2);
}

/* RFC 9301 7.1: a changed record makes us ask, through the mapping system */
static void test_change_seen(void **state)
{
	struct node *n = *state;
	struct lisp_locator l[] = { L(R1, 1, 50), L("10.0.1.3", 2, 50) };
	struct lisp_record r = R(SITE, 1440, 2, l);
	unsigned int i;

	node_run(n, n->now + 300 * LISP_MSEC);
	i = is_to(n, 0, R1) ? 0 : 1;
	reply_with(n, nonce_of(n, i), R1, &r);
	assert_int_equal(count_sent(n, LISP_ECM), 1);
	assert_int_equal(count_ops(n, OP_MAP_ADD, NULL), 0);
	assert_stat(n, "itr", "probe-shows-change", 1);
	/* not again and again */
	n->n_sent = 0;
	while (!probes(n, R1))
		node_run(n, n->now + 10 * LISP_MSEC);
	for (i = 0; !is_to(n, i, R1); i++)
		;
	reply_with(n, nonce_of(n, i), R1, &r);
	assert_stat(n, "itr", "probe-shows-change", 1);
	assert_stat(n, "itr", "probe-answered", 2);
}

/* The ETR says that the prefix is not there any more (TTL 0): we ask */
static void test_prefix_gone(void **state)
{
	struct node *n = *state;
	struct lisp_record r = R(SITE, LISP_TTL_WITHDRAW, 0, NULL);

	node_run(n, n->now + 300 * LISP_MSEC);
	reply_with(n, nonce_of(n, 0), R1, &r);
	assert_int_equal(count_sent(n, LISP_ECM), 1);
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 0);
}

/* RFC 9300 10: what a site says by a status bit is looked into, not believed */
static void test_status_bit(void **state)
{
	struct node *n = *state;
	struct lisp_addr r1 = A(R1), other = A("10.0.1.3");
	lisp_time told;

	live(n, NULL, n->now + 100 * LISP_SEC);
	node_forget(n);
	/* just probed, or not: the first, and no other, within five seconds */
	told = n->now;
	lisp_core_status_bit(n->core, n->now, &r1, true);
	lisp_core_status_bit(n->core, n->now, &other, false);
	assert_int_equal(n->n_sent + n->n_ops, 0);
	lisp_core_status_bit(n->core, n->now, &r1, false);
	assert_int_equal(n->n_ops, 0);
	while (!probes(n, R1) && n->now < told + 6 * LISP_SEC)
		node_run(n, n->now + 10 * LISP_MSEC);
	assert_int_equal(probes(n, R1), 1);
	reply(n, nonce_of(n, n->n_sent - 1), R1);
	assert_int_equal(show(n, R1).state, LISP_RLOC_UP);
	node_forget(n);

	/* time and again: a round in five seconds */
	for (told = n->now; n->now < told + 20 * LISP_SEC;) {
		lisp_core_status_bit(n->core, n->now, &r1, false);
		live(n, NULL, n->now + 100 * LISP_MSEC);
	}
	assert_in_range(show(n, R1).probes, 5, 12);
	assert_int_equal(count_ops(n, OP_RLOC_DOWN, NULL), 0);

	/* true: down after the retries, long before the interval's end */
	live(n, NULL, n->now + 40 * LISP_SEC);
	node_forget(n);
	lisp_core_status_bit(n->core, n->now, &r1, false);
	live(n, R2, n->now + 10 * LISP_SEC);
	assert_int_equal(count_ops(n, OP_RLOC_DOWN, R1), 1);
	/* and up again soon after it is said */
	lisp_core_status_bit(n->core, n->now, &r1, true);
	live(n, NULL, n->now + 6 * LISP_SEC);
	assert_int_equal(count_ops(n, OP_RLOC_UP, R1), 1);
}

#define N(name) \
	cmocka_unit_test_setup_teardown(name, normal_setup, node_teardown)
#define F(name) \
	cmocka_unit_test_setup_teardown(name, fast_setup, node_teardown)

/* So many seconds, each probe answered at once. */
static void run_answered(struct node *n, unsigned int sec)
{
	lisp_time end = n->now + sec * LISP_SEC;
	unsigned int done = n->n_sent;
	struct lisp_msg m;

	while (n->now < end) {
		node_run(n, n->now + 10 * LISP_MSEC);
		for (; done < n->n_sent; done++) {
			decode_sent(n, done, &m, NULL);
			if (m.request.probe)
				reply(n, m.request.nonce, R1);
			lisp_msg_free(&m);
		}
	}
}

/* Two instances, and @probe0, @probe7 as their devices' own settings. */
static struct node *two_devices(const struct lisp_config_probe *probe,
				const struct lisp_config_probe *probe0,
				const struct lisp_config_probe *probe7)
{
	static struct lisp_config_device devs[2];
	struct lisp_config *cfg = config(probe);
	struct node *n = node_new();

	devs[0] = (struct lisp_config_device){ .name = "lisp0" };
	devs[1] = (struct lisp_config_device){ .name = "lisp7", .iid = 7 };
	if (probe0) {
		devs[0].own_probe = true;
		devs[0].probe = *probe0;
	}
	if (probe7) {
		devs[1].own_probe = true;
		devs[1].probe = *probe7;
	}
	cfg->devices = devs;
	cfg->n_devices = 2;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	node_forget(n);
	return n;
}

static void adopt_in(struct node *n, uint32_t iid, const char *rloc)
{
	struct lisp_locator l = L(rloc, 1, 50);
	struct lisp_mapping m = {
		.eid = EI(iid, SITE), .origin = LISP_BY_MAP_REPLY,
		.ttl = 86400, .n_locators = 1, .locators = &l,
	};

	lisp_core_adopt(n->core, n->now, &m);
}

/* Each device as it says; one that says nothing, as all */
static void test_device(void **state)
{
	static const struct lisp_config_probe off;
	struct node *n = two_devices(&normal, NULL, &fast);

	(void)state;
	adopt_in(n, 0, R1);
	adopt_in(n, 7, R2);
	run_answered(n, 10);
	assert_int_equal(probes(n, R1), 1);
	assert_in_range(probes(n, R2), 35, 50);
	node_free(n);
	n = two_devices(&normal, &off, NULL);
	adopt_in(n, 0, R1);
	adopt_in(n, 7, R2);
	run_answered(n, 10);
	assert_int_equal(probes(n, R1), 0);
	assert_int_equal(probes(n, R2), 1);
	node_free(n);
}

/* An address that entries of both name: the shorter interval, while it lasts */
static void test_device_shared(void **state)
{
	struct node *n = two_devices(&normal, NULL, &fast);
	struct lisp_eid eid = EI(7, SITE);

	(void)state;
	adopt_in(n, 0, R1);
	run_answered(n, 10);
	assert_int_equal(probes(n, R1), 1);
	adopt_in(n, 7, R1);
	node_forget(n);
	run_answered(n, 10);
	assert_in_range(probes(n, R1), 35, 50);
	lisp_core_expired(n->core, n->now, &eid);
	node_forget(n);
	run_answered(n, 10);
	assert_in_range(probes(n, R1), 0, 1);
	run_answered(n, 60);
	assert_in_range(probes(n, R1), 2, 4);
	assert_int_equal(count_ops(n, OP_RLOC_DOWN, NULL), 0);
	node_free(n);
}

/* The only device that wanted it probed has no entry left with it */
static void test_device_ends(void **state)
{
	static const struct lisp_config_probe off;
	struct node *n = two_devices(&off, NULL, &fast);
	struct lisp_eid eid = EI(7, SITE);

	(void)state;
	adopt_in(n, 0, R1);
	adopt_in(n, 7, R1);
	node_run(n, n->now + 3 * LISP_SEC);
	assert_int_equal(count_ops(n, OP_RLOC_UP, R1), 0);
	assert_true(count_ops(n, OP_RLOC_DOWN, R1) > 0);
	lisp_core_expired(n->core, n->now, &eid);
	node_forget(n);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_in_range(probes(n, R1), 0, 1);
	assert_int_equal(count_ops(n, OP_RLOC_UP, R1), 1);
	node_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		N(test_message),
		cmocka_unit_test(test_off),
		N(test_reply),
		N(test_rtt_of_retry),
		N(test_down_up),
		F(test_fast),
		F(test_some_lost),
		F(test_backoff),
		N(test_jitter),
		cmocka_unit_test(test_not_probed),
		cmocka_unit_test(test_one_per_address),
		cmocka_unit_test(test_expired),
		F(test_renewed),
		F(test_switched_off),
		F(test_change_seen),
		F(test_prefix_gone),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_device_shared),
		cmocka_unit_test(test_device_ends),
		N(test_status_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
