// SPDX-License-Identifier: GPL-2.0
/* Solicit-Map-Requests to those who send us packets (RFC 9301 6.1). */
#include "smr_util.h"

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
	smr_change(n);
	smr_acknowledge(n);
	node_forget(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
	assert_int_equal(n->n_sent, 1);		/* silent for a minute */
	assert_int_equal(n->sent[0].to.port, 4342);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 3);
	assert_int_equal(smr_sent(n, NULL, NULL), 3);
}

/* However many strangers have asked: who sends us packets is told, too */
static void test_source_crowd(void **state)
{
	struct node *n = *state;
	unsigned int i, to_source = 0, to_cached = 0;
	char itr[32];

	for (i = 0; i < 16384; i++) {
		snprintf(itr, sizeof(itr), "10.7.%u.%u", i / 200, i % 200 + 1);
		smr_asks(n, itr, "2001:10:1:22::5");
	}
	smr_cached(n, "2001:10:1:14::/64", PEER);
	hears(n, "10.0.1.2", 0);
	smr_change(n);
	smr_acknowledge(n);
	for (i = 0; i < 200; i++) {
		node_forget(n);
		node_run(n, n->now + 50 * LISP_MSEC);
		to_source += smr_sent(n, "10.0.1.2", SITE);
		to_cached += smr_sent(n, PEER, SITE);
	}
	assert_in_range(to_source, 2, 3);
	assert_in_range(to_cached, 2, 3);
	assert_stat(n, "limits", "smr-peers", 0);
}

/* A minute later nobody is left who sends */
static void test_source_silent(void **state)
{
	struct node *n = *state;

	hears(n, PEER, 0);
	n->now += 61 * LISP_SEC;
	smr_change(n);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(n_asked, 1);
	assert_int_equal(smr_sent(n, NULL, NULL), 0);
}

/* Who asked, sends, and is sent to, twice over, is told once */
static void test_source_once(void **state)
{
	struct node *n = *state;

	smr_asks(n, PEER, "2001:10:1:22::5");
	smr_cached(n, "2001:10:1:14::/64", PEER);
	hears(n, PEER, 0);
	hears(n, PEER, 0);
	smr_change(n);
	smr_acknowledge(n);
	node_forget(n);
	node_run(n, n->now + LISP_SEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
	assert_int_equal(n->n_sent, 1);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 3);
}

/* Its Map-Request ends it */
static void test_source_invoked(void **state)
{
	struct node *n = *state;

	hears(n, PEER, 0);
	smr_change(n);
	smr_acknowledge(n);
	node_run(n, n->now + 100 * LISP_MSEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
	smr_asks(n, PEER, SITE);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(smr_sent(n, PEER, NULL), 0);
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
	smr_configure(n, cfg);
	node_run(n, n->now + 30 * LISP_SEC);
	n_asked = 0;
	node_forget(n);
	hears(n, "10.0.1.2", 0);
	hears(n, "10.0.1.3", 5);
	hears(n, "10.0.1.4", 6);
	cfg->mappings[0].rlocs[0].priority = 7;
	cfg->mappings[1].rlocs[0].priority = 7;
	cfg->mappings[2].rlocs[0].priority = 7;
	smr_configure(n, cfg);
	node_run(n, n->now + 2 * LISP_SEC);
	assert_int_equal(n_asked, 2);
	assert_int_equal(smr_sent(n, "10.0.1.2", SITE), 1);
	assert_int_equal(smr_sent(n, "10.0.1.2", "2001:10:1:122::/64"), 1);
	assert_int_equal(smr_sent(n, "10.0.1.2", NULL), 2);
	assert_int_equal(smr_sent(n, "10.0.1.3", NULL), 1);
	assert_int_equal(smr_sent(n, "10.0.1.4", NULL), 0);
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
	smr_configure(n, cfg);
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
	smr_configure(n, cfg);
	node_run(n, n->now + 2 * LISP_SEC);
	assert_int_equal(smr_sent(n, PEER, SITE), 1);
	assert_int_equal(smr_sent(n, NULL, SITE), 1);
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
		smr_configure(n, cfg);
		smr_acknowledge(n);
		node_forget(n);
	}
	assert_int_equal(n_asked, 0);
	node_run(n, n->now + LISP_SEC);
	assert_int_equal(n_asked, 1);
	assert_int_equal(smr_sent(n, PEER, NULL), 4);
	node_run(n, n->now + 60 * LISP_SEC);
	assert_int_equal(n_asked, 1);
	assert_int_equal(smr_sent(n, PEER, NULL), 12);
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

	smr_prefixes(n, cfg, maps, 100);
	node_run(n, n->now + 30 * LISP_SEC);
	for (i = 0; i < 100; i++)
		maps[i].rlocs = &other;
	smr_configure(n, cfg);
	n_asked = 0;
	hears(n, PEER, 0);
	for (end = n->now + 200 * LISP_SEC; n->now < end;) {
		heard[0].at = n->now;
		node_forget(n);
		node_run(n, n->now + 2 * LISP_SEC);
		for_each_sent(n, LISP_MAP_REQUEST, i, &m)
			told[m.request.eids[0].bytes[5]]++;
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
	smr_change(n);
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
	smr_configure(n, xtr_config());
	lisp_core_source(n->core, n->now, &a, 0);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(smr_sent(n, NULL, NULL), 0);
	assert_int_equal(n_asked, 0);
	n_heard = 0;
	smr_change(n);
	lisp_core_source(n->core, n->now, &a, 0);
	node_run(n, n->now + 100 * LISP_MSEC);
	lisp_core_source(n->core, n->now, &a, 0);
	node_run(n, n->now + 10 * LISP_SEC);
	assert_int_equal(n_asked, 1);
	assert_int_equal(smr_sent(n, NULL, NULL), 0);
}

#define T(name) \
	cmocka_unit_test_setup_teardown(name, sources_setup, node_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_source),
		T(test_source_crowd),
		T(test_source_silent),
		T(test_source_once),
		T(test_source_invoked),
		T(test_source_instance),
		T(test_source_never),
		T(test_source_asked_once),
		T(test_source_windows),
		T(test_source_many),
		T(test_source_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
