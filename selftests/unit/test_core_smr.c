// SPDX-License-Identifier: GPL-2.0
/* Solicit-Map-Requests that we send (RFC 9301 6.1). */
#include "core_util.h"

#define MS	"10.0.0.13"
#define ME	"10.0.1.9"
#define PEER	"10.0.1.1"
#define SITE	"2001:10:1:22::/64"

static void configure(struct node *n, const struct lisp_config *cfg)
{
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
}

/* Acknowledge every Map-Register sent so far. */
static void acknowledge(struct node *n)
{
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	unsigned int i, count = n->n_sent;
	struct lisp_msg m;

	for (i = 0; i < count; i++) {
		if (n->sent[i].buf[0] >> 4 != LISP_MAP_REGISTER)
			continue;
		decode_sent(n, i, &m, NULL);
		m.type = LISP_MAP_NOTIFY;
		deliver(n, MS, 4342, ME, &m, &key);
		lisp_msg_free(&m);
	}
}

static int smr_setup(void **state)
{
	struct node *n = node_new();

	configure(n, xtr_config());
	acknowledge(n);
	node_forget(n);
	*state = n;
	return 0;
}

/* @itr asks us for @eid, as any ITR does, and is answered. */
static void asks(struct node *n, const char *itr, const char *eid)
{
	deliver_request(n, itr, 99, eid);
	node_forget(n);
}

/* An entry of the map-cache through @rloc. */
static void cached(struct node *n, const char *eid, const char *rloc)
{
	struct lisp_locator l = L(rloc, 1, 50);
	struct lisp_mapping m = {
		.eid = E(eid), .origin = LISP_BY_MAP_REPLY, .ttl = 3600,
		.n_locators = 1, .locators = &l,
	};

	lisp_core_adopt(n->core, n->now, &m);
}

/* SMRs sent so far to @to (NULL: anybody) about @eid (NULL: anything). */
static unsigned int smrs(const struct node *n, const char *to, const char *eid)
{
	struct lisp_addr addr = A(to ? to : PEER);
	struct lisp_eid want = E(eid ? eid : SITE);
	unsigned int i, count = 0;
	struct lisp_msg m;

	for (i = 0; i < n->n_sent; i++) {
		if (n->sent[i].buf[0] >> 4 != LISP_MAP_REQUEST)
			continue;
		decode_sent(n, i, &m, NULL);
		count += m.request.smr &&
			 (!eid || lisp_eid_equal(&m.request.eids[0], &want)) &&
			 (!to || lisp_addr_equal(&n->sent[i].to.addr, &addr));
		lisp_msg_free(&m);
	}
	return count;
}

static void change(struct node *n)
{
	struct lisp_config *cfg = xtr_config();

	cfg->mappings[0].rlocs[0].priority = 7;
	configure(n, cfg);
}

/* RFC 9301 6.1, 5.2: to who asked; S and D, one record, port 4342 */
static void test_asker(void **state)
{
	struct node *n = *state;
	struct lisp_eid site = E(SITE), host = E("2001:10:1:22::/128");
	struct lisp_addr me = A(ME);
	struct lisp_msg m;

	asks(n, PEER, "2001:10:1:22::5");
	asks(n, "10.0.1.2", "2001:10:1:122::5");	/* another prefix */
	change(n);
	acknowledge(n);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(n->n_sent, 1);
	assert_int_equal(smrs(n, PEER, SITE), 1);
	assert_int_equal(n->sent[0].to.port, 4342);
	assert_true(lisp_addr_equal(&n->sent[0].from.addr, &me));
	decode_sent(n, 0, &m, NULL);
	assert_int_equal(m.type, LISP_MAP_REQUEST);
	assert_true(m.request.smr && m.request.dont_reply);
	assert_false(m.request.probe || m.request.smr_invoked);
	assert_int_equal(m.request.n_eids, 1);
	assert_true(lisp_eid_equal(&m.request.eids[0], &site));
	/* deployed xTRs look at the source EID */
	assert_true(lisp_eid_equal(&m.request.source_eid, &host));
	assert_true(lisp_addr_equal(&m.request.itr_rlocs[0], &me));
	lisp_msg_free(&m);
	assert_stat(n, "etr", "smr-sent", 1);
}

/* The map-server hears of it first, if it answers within a second */
static void test_after_registration(void **state)
{
	struct node *n = *state;

	asks(n, PEER, "2001:10:1:22::5");
	change(n);
	node_run(n, n->now + 600 * LISP_MSEC);
	assert_int_equal(count_sent(n, LISP_MAP_REGISTER), 1);
	assert_int_equal(smrs(n, NULL, NULL), 0);
	acknowledge(n);
	node_run(n, n->now + 50 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, SITE), 1);
}

static void test_within_a_second(void **state)
{
	struct node *n = *state;

	asks(n, PEER, "2001:10:1:22::5");
	change(n);
	node_run(n, n->now + 1000 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, SITE), 1);
}

/* RFC 9301 6.1: at most every 3 s; three times, then it is left at that */
static void test_repeated(void **state)
{
	struct node *n = *state;
	lisp_time at[8] = { 0 };
	unsigned int count = 0;

	asks(n, PEER, "2001:10:1:22::5");
	change(n);
	acknowledge(n);
	node_forget(n);
	while (at[0] + 60 * LISP_SEC > n->now || !count) {
		node_run(n, n->now + 10 * LISP_MSEC);
		if (smrs(n, PEER, SITE) > count && count < 8)
			at[count++] = n->now;
		if (count && at[0] + 50 * LISP_SEC < n->now)
			break;
	}
	assert_int_equal(count, 3);
	assert_true(at[1] - at[0] >= 3 * LISP_SEC);
	assert_true(at[2] - at[1] >= 3 * LISP_SEC);
	assert_true(at[2] - at[0] < 7 * LISP_SEC);
}

/* A change soon after another does not break the limit of 3 s */
static void test_changed_again(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();

	asks(n, PEER, "2001:10:1:22::5");
	change(n);
	acknowledge(n);
	node_run(n, n->now + 200 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, SITE), 1);
	cfg->mappings[0].rlocs[0].priority = 8;
	configure(n, cfg);
	node_run(n, n->now + 2500 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, SITE), 1);
	node_run(n, n->now + 4000 * LISP_MSEC);
	assert_true(smrs(n, PEER, SITE) > 1);
}

/* However often a prefix changes: told as it is then, once in 3 s */
static void test_changes_often(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();
	unsigned int i, total = 0;

	asks(n, PEER, "2001:10:1:22::5");
	for (i = 0; i < 150; i++) {
		cfg->mappings[0].rlocs[0].priority = (uint8_t)(i + 8);
		configure(n, cfg);
		acknowledge(n);
		node_run(n, n->now + 200 * LISP_MSEC);
		total += smrs(n, PEER, SITE);
		node_forget(n);
	}
	assert_in_range(total, 8, 11);
}

/* RFC 9301 6.1: the Map-Request that it invokes ends it */
static void test_invoked(void **state)
{
	struct node *n = *state;

	asks(n, PEER, "2001:10:1:22::5");
	asks(n, "10.0.1.2", "2001:10:1:22::5");
	change(n);
	acknowledge(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smrs(n, NULL, SITE), 2);
	asks(n, PEER, SITE);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smrs(n, PEER, NULL), 0);
	assert_int_equal(smrs(n, "10.0.1.2", SITE), 2);
}

/* RFC 9301 6.1: also to the locators of the map-cache, not to ourselves */
static void test_cached_peers(void **state)
{
	struct node *n = *state;

	cached(n, "2001:10:1:14::/64", PEER);
	cached(n, "2001:10:1:114::/64", PEER);
	cached(n, "2001:10:1:99::/64", ME);
	cached(n, "2001:10:1:98::/64", "2001:db8::1");	/* no way there */
	change(n);
	acknowledge(n);
	node_forget(n);
	node_run(n, n->now + 200 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, SITE), 1);
	assert_int_equal(n->n_sent, 1);
}

/* What we have cached of our own prefix (pre-cached, say) is asked again, too */
static void test_own_cache(void **state)
{
	struct node *n = *state;

	cached(n, SITE, ME);
	cached(n, "2001:10:1:23::/64", PEER);	/* nothing of ours */
	change(n);
	acknowledge(n);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(count_sent(n, LISP_ECM), 1);
	assert_stat(n, "itr", "smr-invoked", 1);
	assert_non_null(strstr(n->trace, "Send map request for EID prefix " SITE));
}

/* An entry that is gone: its locator is nobody's any more */
static void test_cached_gone(void **state)
{
	struct node *n = *state;
	struct lisp_eid eid = E("2001:10:1:14::/64");

	cached(n, "2001:10:1:14::/64", PEER);
	cached(n, "2001:10:1:14::/64", "10.0.1.2");	/* replaced */
	lisp_core_expired(n->core, n->now, &eid);
	change(n);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(smrs(n, NULL, NULL), 0);
	assert_int_equal(lisp_core_next(n->core) < n->now, 0);
}

/* A prefix removed, and a longer one added inside one that was asked for */
static void test_nested(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();

	asks(n, PEER, "2001:10:1:22::5");
	asks(n, "10.0.1.2", "10.1.122.1");
	cfg->mappings[3].eid = E("2001:10:1:22:8000::/65");
	configure(n, cfg);
	acknowledge(n);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, "2001:10:1:22:8000::/65"), 1);
	assert_int_equal(smrs(n, "10.0.1.2", "10.1.122.0/24"), 1);
	assert_int_equal(smrs(n, NULL, NULL), 2);
}

/* Nothing changed, or only how long it may be kept: nobody is told */
static void test_unchanged(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();

	asks(n, PEER, "2001:10:1:22::5");
	configure(n, cfg);
	cfg->mappings[0].ttl_min = 60;
	configure(n, cfg);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(smrs(n, NULL, NULL), 0);
}

/* Who asked so long ago that it cannot have the mapping any more */
static void test_too_long_ago(void **state)
{
	struct node *n = *state;

	asks(n, PEER, "2001:10:1:22::5");
	n->now += 1440 * 60 * LISP_SEC - 2 * LISP_SEC;
	asks(n, "10.0.1.2", "2001:10:1:22::5");
	n->now += 2 * LISP_SEC;
	change(n);
	node_run(n, n->now + 2 * LISP_SEC);
	assert_int_equal(smrs(n, PEER, SITE), 0);
	assert_int_equal(smrs(n, "10.0.1.2", SITE), 1);
}

/* Many prefixes: bursts of at most 8 in 3 s to one RLOC, each gets its turn */
static void test_many_prefixes(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();
	struct lisp_config_mapping maps[200];
	struct lisp_config_rloc other = {
		.addr = A(ME), .priority = 9, .weight = 1, .local = true,
	};
	unsigned int told[200] = { 0 }, i, j, burst;
	lisp_time end;

	for (i = 0; i < 200; i++) {
		maps[i] = cfg->mappings[0];
		maps[i].eid = E("2001:db8::/48");
		maps[i].eid.bytes[5] = (uint8_t)i;
	}
	cfg->mappings = maps;
	cfg->n_mappings = 200;
	configure(n, cfg);
	node_run(n, n->now + 2 * LISP_SEC);
	cached(n, "2001:10:1:14::/64", PEER);
	for (i = 0; i < 200; i++)
		maps[i].rlocs = &other;
	configure(n, cfg);
	for (end = n->now + 400 * LISP_SEC; n->now < end;) {
		node_forget(n);
		node_run(n, n->now + 2900 * LISP_MSEC);
		for (i = 0, burst = 0; i < n->n_sent; i++) {
			struct lisp_msg m;

			if (n->sent[i].buf[0] >> 4 != LISP_MAP_REQUEST)
				continue;
			decode_sent(n, i, &m, NULL);
			told[m.request.eids[0].bytes[5]]++;
			lisp_msg_free(&m);
			burst++;
		}
		assert_in_range(burst, 0, 8);
	}
	for (j = 0; j < 200; j++)
		assert_int_equal(told[j], 3);
}

/* 12 prefixes of ours, and a peer that is told of whatever changes. */
static struct lisp_config *twelve(struct node *n,
				  struct lisp_config_mapping *maps)
{
	struct lisp_config *cfg = xtr_config();
	unsigned int i;

	for (i = 0; i < 12; i++) {
		maps[i] = cfg->mappings[0];
		maps[i].eid = E("2001:db8::/48");
		maps[i].eid.bytes[5] = (uint8_t)i;
	}
	cfg->mappings = maps;
	cfg->n_mappings = 12;
	configure(n, cfg);
	acknowledge(n);
	node_run(n, n->now + 2 * LISP_SEC);
	cached(n, "2001:10:1:14::/64", PEER);
	node_forget(n);
	return cfg;
}

/*
 * RFC 9301 6.1: one change after the other is told of at once, as long as there
 * are not more than 8 in 3 s; the same one again after 3 s
 */
static void test_6_1_budget(void **state)
{
	struct node *n = *state;
	struct lisp_config_mapping maps[12];
	struct lisp_config *cfg = twelve(n, maps);
	struct lisp_config_rloc other[2] = {
		{ .addr = A(ME), .priority = 9, .weight = 1, .local = true },
		{ .addr = A(ME), .priority = 8, .weight = 1, .local = true },
	};
	lisp_time begin = n->now;
	unsigned int i;

	for (i = 0; i < 10; i++) {
		/* the first one changes back and forth */
		maps[i % 4 ? i : 0].rlocs = &other[i % 8 == 0];
		configure(n, cfg);
		acknowledge(n);
		node_run(n, n->now + 250 * LISP_MSEC);
	}
	assert_int_equal(smrs(n, PEER, NULL), 8);
	assert_int_equal(smrs(n, PEER, "2001:db8::/48"), 1);
	for (i = 1; i < 10; i++) {
		char eid[LISP_STRLEN];

		if (i % 4)
			assert_int_equal(smrs(n, PEER, lisp_eid_str(&maps[i].eid,
								    eid)), 1);
	}
	node_run(n, begin + 3040 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, NULL), 8);
	node_run(n, begin + 3100 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, "2001:db8::/48"), 2);
	assert_int_equal(smrs(n, PEER, NULL), 9);
	/* and so on: never more than 8 in 3 s */
	node_forget(n);
	node_run(n, begin + 6000 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, NULL), 7);
	node_run(n, begin + 60 * LISP_SEC);
	/* each three times, the first one once more as it changed again */
	assert_int_equal(smrs(n, PEER, NULL), 3 * 8 + 1 - 9);
	assert_int_equal(smrs(n, PEER, "2001:db8::/48"), 2);
}

/* However many others change: three times each, to who asked for it only */
static void test_one_of_many(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();
	struct lisp_config_mapping maps[20];
	struct lisp_config_rloc other = {
		.addr = A(ME), .priority = 9, .weight = 1, .local = true,
	};
	unsigned int i;

	for (i = 0; i < 20; i++) {
		maps[i] = cfg->mappings[0];
		maps[i].eid = E("2001:db8::/48");
		maps[i].eid.bytes[5] = (uint8_t)i;
	}
	cfg->mappings = maps;
	cfg->n_mappings = 20;
	configure(n, cfg);
	node_run(n, n->now + 2 * LISP_SEC);
	asks(n, PEER, "2001:db8:3::5");
	asks(n, PEER, "2001:db8:5::5");
	asks(n, "10.0.1.2", "2001:db8:3::5");
	for (i = 0; i < 20; i++)
		maps[i].rlocs = &other;
	configure(n, cfg);
	node_run(n, n->now + 4500 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, "2001:db8:3::/48"), 2);
	asks(n, PEER, "2001:db8:3::5");
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smrs(n, PEER, NULL), 1);	/* it has not asked */
	assert_int_equal(smrs(n, PEER, "2001:db8:5::/48"), 1);
	assert_int_equal(smrs(n, "10.0.1.2", NULL), 1);	/* the third one */
}

/* What is remembered of others is bounded */
static void test_bounded(void **state)
{
	struct node *n = *state;
	char itr[32];
	unsigned int i;

	for (i = 0; i < 16384 + 100; i++) {
		snprintf(itr, sizeof(itr), "10.7.%u.%u", i / 200, i % 200 + 1);
		asks(n, itr, "2001:10:1:22::5");
	}
	assert_stat(n, "limits", "smr-known-itrs", 100);
	change(n);
	node_forget(n);
	for (i = 0; i < 2000; i++) {
		node_run(n, n->now + 5 * LISP_MSEC);
		assert_in_range(n->n_sent, 0, 33);
		node_forget(n);
	}
	assert_in_range(stat(n, "etr", "smr-sent"), 16384, 3 * 16384);
}

/*
 * Who sends us packets, as the data plane has it: when each was heard last, and
 * by which instance's device.
 */
static struct heard {
	const char *rloc;
	lisp_time at;			/* 0: no packet was seen */
	uint32_t iid;
} heard[1100];
static unsigned int n_heard, n_asked;

static void on_sources(struct node *n, uint32_t iid)
{
	struct lisp_addr a;
	unsigned int i;

	n_asked++;
	for (i = 0; i < n_heard; i++) {
		if (heard[i].iid != iid)
			continue;
		a = A(heard[i].rloc);
		lisp_core_source(n->core, n->now, &a, heard[i].at ?
				 n->now - heard[i].at : LISP_TIME_NEVER);
	}
}

static int sources_setup(void **state)
{
	struct node *n;

	smr_setup(state);
	n = *state;
	n->sources = on_sources;
	n_heard = 0;
	n_asked = 0;
	return 0;
}

static void hears(struct node *n, const char *rloc, uint32_t iid)
{
	assert_true(n_heard < sizeof(heard) / sizeof(heard[0]));
	heard[n_heard++] = (struct heard){ rloc, n->now, iid };
}

/*
 * RFC 9301 6.1: to those who sent us packets in the last minute, though they
 * never asked us; three times, then it is left at that
 */
static void test_source(void **state)
{
	struct node *n = *state;

	hears(n, "10.0.1.2", 0);
	n->now += 1 * LISP_SEC;
	hears(n, PEER, 0);
	n->now += 59 * LISP_SEC;
	heard[n_heard++] = (struct heard){ "10.0.1.3", 0, 0 };
	change(n);
	acknowledge(n);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, SITE), 1);
	assert_int_equal(n->n_sent, 1);		/* silent for a minute */
	assert_int_equal(n->sent[0].to.port, 4342);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smrs(n, PEER, SITE), 3);
	assert_int_equal(smrs(n, NULL, NULL), 3);
}

/* A minute later nobody is left who sends */
static void test_source_silent(void **state)
{
	struct node *n = *state;

	hears(n, PEER, 0);
	n->now += 61 * LISP_SEC;
	change(n);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(n_asked, 1);
	assert_int_equal(smrs(n, NULL, NULL), 0);
}

/* Who asked, sends, and is sent to, twice over, is told once */
static void test_source_once(void **state)
{
	struct node *n = *state;

	asks(n, PEER, "2001:10:1:22::5");
	cached(n, "2001:10:1:14::/64", PEER);
	hears(n, PEER, 0);
	hears(n, PEER, 0);
	change(n);
	acknowledge(n);
	node_forget(n);
	node_run(n, n->now + LISP_SEC);
	assert_int_equal(smrs(n, PEER, SITE), 1);
	assert_int_equal(n->n_sent, 1);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smrs(n, PEER, SITE), 3);
}

/* Its Map-Request ends it */
static void test_source_invoked(void **state)
{
	struct node *n = *state;

	hears(n, PEER, 0);
	change(n);
	acknowledge(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smrs(n, PEER, SITE), 1);
	asks(n, PEER, SITE);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smrs(n, PEER, NULL), 0);
}

/* The device of each instance by itself, and of those that changed only */
static void test_source_instance(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();
	struct lisp_config_device devices[3] = {
		{ .name = "lisp0" }, { .name = "lisp1", .iid = 5 },
		{ .name = "lisp2", .iid = 6 },
	};

	cfg->n_devices = 3;
	cfg->devices = devices;
	cfg->mappings[2].eid = EI(5, "10.1.22.0/24");
	cfg->mappings[3].eid = EI(6, "10.1.22.0/24");
	configure(n, cfg);
	node_run(n, n->now + 30 * LISP_SEC);
	n_asked = 0;
	node_forget(n);
	hears(n, "10.0.1.2", 0);
	hears(n, "10.0.1.3", 5);
	hears(n, "10.0.1.4", 6);
	cfg->mappings[0].rlocs[0].priority = 7;
	cfg->mappings[1].rlocs[0].priority = 7;
	cfg->mappings[2].rlocs[0].priority = 7;
	configure(n, cfg);
	node_run(n, n->now + 2 * LISP_SEC);
	assert_int_equal(n_asked, 2);
	assert_int_equal(smrs(n, "10.0.1.2", SITE), 1);
	assert_int_equal(smrs(n, "10.0.1.2", "2001:10:1:122::/64"), 1);
	assert_int_equal(smrs(n, "10.0.1.2", NULL), 2);
	assert_int_equal(smrs(n, "10.0.1.3", NULL), 1);
	assert_int_equal(smrs(n, "10.0.1.4", NULL), 0);
}

/* Not ourselves, not our site's others, nobody who cannot be told */
static void test_source_never(void **state)
{
	static const char *const never[] = {
		ME, "10.0.1.10", "10.0.1.11", "127.0.0.1", "224.0.0.1",
		"255.255.255.255", "0.0.0.0", "169.254.1.1", "::1", "::",
		"ff02::1", "fe80::1", "2001:db8::1",	/* no RLOC of IPv6 */
	};
	struct lisp_config_dynamic dyn = {
		.eid = E("10.9.0.0/16"), .interface = (char *)"eth2",
		.n_rlocs = 1, .ttl_min = 15,
	};
	struct lisp_config_rloc two[2], moves;
	struct lisp_config *cfg = xtr_config();
	struct node *n = *state;
	unsigned int i;

	two[0] = cfg->mappings[0].rlocs[0];
	two[1] = (struct lisp_config_rloc){
		.addr = A("10.0.1.10"), .priority = 1, .weight = 50,
	};
	cfg->mappings[1].n_rlocs = 2;
	cfg->mappings[1].rlocs = two;
	moves = two[1];
	moves.addr = A("10.0.1.11");
	dyn.rlocs = &moves;
	cfg->n_dynamic = 1;
	cfg->dynamic = &dyn;
	configure(n, cfg);
	node_run(n, n->now + 30 * LISP_SEC);
	node_forget(n);
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		hears(n, never[i], 0);
	hears(n, PEER, 0);
	cfg->mappings[0].rlocs[0].priority = 7;
	cfg->mappings[1].rlocs = cfg->mappings[0].rlocs;
	cfg->mappings[1].n_rlocs = 1;
	cfg->mappings[2].n_rlocs = 2;
	cfg->mappings[2].rlocs = two;
	configure(n, cfg);
	node_run(n, n->now + 2 * LISP_SEC);
	assert_int_equal(smrs(n, PEER, SITE), 1);
	assert_int_equal(smrs(n, NULL, SITE), 1);
}

/* However much changes at a time: the data plane is asked once */
static void test_source_asked_once(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();
	unsigned int i;

	hears(n, PEER, 0);
	for (i = 0; i < 100; i++) {
		cfg->mappings[i % 4].rlocs[0].priority = (uint8_t)(i + 8);
		configure(n, cfg);
		acknowledge(n);
		node_forget(n);
	}
	assert_int_equal(n_asked, 0);
	node_run(n, n->now + LISP_SEC);
	assert_int_equal(n_asked, 1);
	assert_int_equal(smrs(n, PEER, NULL), 4);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(n_asked, 1);
	assert_int_equal(smrs(n, PEER, NULL), 12);
}

/* More changed prefixes than are told at a time: each is */
static void test_source_windows(void **state)
{
	struct node *n = *state;
	struct lisp_config *cfg = xtr_config();
	struct lisp_config_mapping maps[100];
	struct lisp_config_rloc other = {
		.addr = A(ME), .priority = 9, .weight = 1, .local = true,
	};
	unsigned int told[100] = { 0 }, i, j;
	struct lisp_msg m;
	lisp_time end;

	for (i = 0; i < 100; i++) {
		maps[i] = cfg->mappings[0];
		maps[i].eid = E("2001:db8::/48");
		maps[i].eid.bytes[5] = (uint8_t)i;
	}
	cfg->mappings = maps;
	cfg->n_mappings = 100;
	configure(n, cfg);
	node_run(n, n->now + 30 * LISP_SEC);
	for (i = 0; i < 100; i++)
		maps[i].rlocs = &other;
	configure(n, cfg);
	n_asked = 0;
	hears(n, PEER, 0);
	for (end = n->now + 200 * LISP_SEC; n->now < end;) {
		heard[0].at = n->now;
		node_forget(n);
		node_run(n, n->now + 2 * LISP_SEC);
		for (i = 0; i < n->n_sent; i++) {
			if (n->sent[i].buf[0] >> 4 != LISP_MAP_REQUEST)
				continue;
			decode_sent(n, i, &m, NULL);
			told[m.request.eids[0].bytes[5]]++;
			lisp_msg_free(&m);
		}
	}
	assert_int_equal(n_asked, 2);
	for (j = 0; j < 100; j++)
		assert_int_equal(told[j], 3);
}

/* As many as the kernel remembers, forged perhaps: bounded as all others */
static void test_source_many(void **state)
{
	static char rloc[1024][16];
	struct node *n = *state;
	unsigned int i;

	for (i = 0; i < 1024; i++) {
		snprintf(rloc[i], sizeof(rloc[i]), "10.7.%u.%u", i / 200,
			 i % 200 + 1);
		hears(n, rloc[i], 0);
	}
	change(n);
	for (i = 0; i < 6000; i++) {
		node_forget(n);
		node_run(n, n->now + 5 * LISP_MSEC);
		assert_in_range(n->n_sent, 0, 33);
	}
	assert_stat(n, "etr", "smr-sent", 3 * 1024);
}

/* What nobody asked for changes nothing; without a change nobody asks */
static void test_source_not_asked(void **state)
{
	struct lisp_addr a = A(PEER);
	struct node *n = *state;

	hears(n, PEER, 0);
	configure(n, xtr_config());
	lisp_core_source(n->core, n->now, &a, 0);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(smrs(n, NULL, NULL), 0);
	assert_int_equal(n_asked, 0);
	n_heard = 0;
	change(n);
	lisp_core_source(n->core, n->now, &a, 0);
	node_run(n, n->now + 100 * LISP_MSEC);
	lisp_core_source(n->core, n->now, &a, 0);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(n_asked, 1);
	assert_int_equal(smrs(n, NULL, NULL), 0);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, smr_setup, node_teardown)
#define SOURCE(name) \
	cmocka_unit_test_setup_teardown(name, sources_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_asker),
		T(test_after_registration),
		T(test_within_a_second),
		T(test_repeated),
		T(test_changed_again),
		T(test_changes_often),
		T(test_invoked),
		T(test_cached_peers),
		T(test_own_cache),
		T(test_cached_gone),
		T(test_nested),
		T(test_unchanged),
		T(test_too_long_ago),
		T(test_many_prefixes),
		T(test_6_1_budget),
		T(test_one_of_many),
		T(test_bounded),
		SOURCE(test_source),
		SOURCE(test_source_silent),
		SOURCE(test_source_once),
		SOURCE(test_source_invoked),
		SOURCE(test_source_instance),
		SOURCE(test_source_never),
		SOURCE(test_source_asked_once),
		SOURCE(test_source_windows),
		SOURCE(test_source_many),
		SOURCE(test_source_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
