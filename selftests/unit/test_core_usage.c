// SPDX-License-Identifier: GPL-2.0
/* What the data plane counts: who is in use, idle time, the most used. */
#include <errno.h>

#include "core_util.h"

#define SITE	"2001:10:1:114::/64"
#define OTHER	"2001:10:1:23::/64"
#define HOLE	"2001:db8:8000::/33"
#define SITES	20

/* The data plane: what it has counted of each entry. */
struct counted {
	struct lisp_eid eid;
	uint64_t packets;
	lisp_time used;			/* 0: never */
};

static struct counted counted[SITES + 4];
static unsigned int n_counted, asked;

static struct counted *of(const struct lisp_eid *eid)
{
	unsigned int i;

	for (i = 0; i < n_counted; i++) {
		if (lisp_eid_equal(&counted[i].eid, eid))
			return &counted[i];
	}
	assert_true(n_counted < sizeof(counted) / sizeof(counted[0]));
	counted[n_counted].eid = *eid;
	return &counted[n_counted++];
}

static void answer_usage(struct node *n, const struct lisp_eid *eid)
{
	const struct counted *c = of(eid);
	struct lisp_usage u = {
		.eid = *eid, .packets = c->packets,
		.idle = c->used ? n->now - c->used : LISP_TIME_NEVER,
	};

	asked++;
	lisp_core_usage(n->core, n->now, &u);
}

static void count(struct node *n, const char *s, uint64_t packets)
{
	struct lisp_eid eid = E(s);
	struct counted *c = of(&eid);

	c->packets += packets;
	c->used = n->now;
}

static struct node *start(const struct lisp_config *cfg)
{
	struct node *n = node_new_counting(answer_usage);

	memset(counted, 0, sizeof(counted));
	n_counted = 0;
	asked = 0;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	node_forget(n);
	return n;
}

static struct lisp_config *config(void)
{
	struct lisp_config *cfg = xtr_config();

	cfg->etr = false;
	return cfg;
}

/* A mapping of @eid with one locator, or none, learned. */
static void learn(struct node *n, const char *eid, const char *rloc,
		  uint32_t ttl)
{
	struct lisp_locator l = L(rloc ? rloc : "10.0.1.1", 1, 50);
	struct lisp_record r = R(eid, ttl, !!rloc, &l);
	struct lisp_eid host = E(eid);

	r.action = LISP_ACT_NATIVELY_FORWARD;
	host.plen = 128;
	host.bytes[15] = 1;
	lisp_core_miss(n->core, n->now, &host, &(struct lisp_addr){ 0 });
	deliver_reply(n, last_nonce(n), 1, &r);
}

static void run(struct node *n, unsigned int sec)
{
	node_run(n, n->now + sec * LISP_SEC);
}

/* Run for so long while packets meet the entry, one each second. */
static void run_used(struct node *n, unsigned int sec, const char *eid)
{
	while (sec--) {
		count(n, eid, 1);
		run(n, 1);
	}
}

/* Idle: deleted when it carried nothing for so long, and not before */
static void test_idle(void **state)
{
	struct lisp_config *cfg = config();
	struct node *n;

	(void)state;
	cfg->idle_sec = 300;
	n = start(cfg);
	learn(n, SITE, "10.0.1.1", 1440);
	run_used(n, 400, SITE);
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 0);
	run(n, 298);
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 0);
	run(n, 4);
	assert_int_equal(count_ops(n, OP_MAP_DEL, SITE), 1);
	assert_stat(n, "itr", "idle", 1);
	/* with nothing left of Map-Replies, only the defaults are gone over */
	asked = 0;
	run(n, 100);
	assert_int_equal(asked, 0);
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 1);
	node_free(n);
}

/* One that was never used: from when it was made; renewed or not */
static void test_idle_never_used(void **state)
{
	struct lisp_config *cfg = config();
	struct lisp_eid eid = E(SITE);
	struct node *n;

	(void)state;
	cfg->idle_sec = 300;
	n = start(cfg);
	learn(n, SITE, "10.0.1.1", 1440);
	run(n, 200);
	lisp_core_refresh(n->core, n->now, &eid);
	{
		struct lisp_locator l = L("10.0.1.1", 1, 50);
		struct lisp_record r = R(SITE, 1440, 1, &l);

		deliver_reply(n, last_nonce(n), 1, &r);
	}
	run(n, 98);
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 0);
	run(n, 4);
	assert_int_equal(count_ops(n, OP_MAP_DEL, SITE), 1);
	node_free(n);
}

static void test_idle_negative(void **state)
{
	struct lisp_config *cfg = config();
	struct node *n;

	(void)state;
	cfg->idle_sec = 60;
	n = start(cfg);
	learn(n, HOLE, NULL, 15);
	run_used(n, 100, HOLE);
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 0);
	run(n, 62);
	assert_int_equal(count_ops(n, OP_MAP_DEL, HOLE), 1);
	node_free(n);
}

/* Without the setting, and of those that nobody asked for, none goes */
static void test_idle_not(void **state)
{
	struct lisp_mapping m = {
		.eid = E(OTHER), .forever = true, .origin = LISP_BY_STATIC,
		.action = LISP_ACT_DROP,
	};
	struct lisp_config *cfg = config();
	struct node *n = start(cfg);

	(void)state;
	learn(n, SITE, "10.0.1.1", 1440);
	run(n, 40000);
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 0);
	cfg->idle_sec = 60;
	lisp_core_adopt(n->core, n->now, &m);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	run(n, 1000);
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 1);
	assert_int_equal(count_ops(n, OP_MAP_DEL, SITE), 1);
	node_free(n);
}

/* What is to be there always is not idle */
static void test_idle_pre_cached(void **state)
{
	struct lisp_config *cfg = config();
	struct lisp_eid eids[] = { E(SITE) };
	struct node *n;

	(void)state;
	cfg->idle_sec = 60;
	cfg->precache = eids;
	cfg->n_precache = 1;
	n = node_new_counting(answer_usage);
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	{
		struct lisp_locator l = L("10.0.1.1", 1, 50);
		struct lisp_record r = R(SITE, 1440, 1, &l);

		deliver_reply(n, last_nonce(n), 1, &r);
	}
	run(n, 10000);
	assert_int_equal(count_ops(n, OP_MAP_DEL, NULL), 0);
	node_free(n);
}

static uint8_t times[10000];

static void count_question(struct node *n, const struct lisp_eid *eid)
{
	(void)n;
	asked++;
	times[eid->bytes[6] << 8 | eid->bytes[7]]++;
}

/* Asked about: each in turn, a bounded number a second */
static void test_bounded(void **state)
{
	struct lisp_mapping m = {
		.eid = E("2001:db8::/64"), .ttl = 864000,
		.origin = LISP_BY_MAP_REPLY, .action = LISP_ACT_DROP,
	};
	struct node *n = start(config());
	unsigned int i;

	(void)state;
	n->usage = count_question;
	for (i = 0; i < 10000; i++) {
		m.eid.bytes[6] = (uint8_t)(i >> 8);
		m.eid.bytes[7] = (uint8_t)i;
		lisp_core_adopt(n->core, n->now, &m);
	}
	for (i = 0; i < 20; i++) {
		asked = 0;
		run(n, 1);
		assert_in_range(asked, 498, 500);
	}
	run(n, 1);
	for (i = 0; i < 10000; i++)
		assert_in_range(times[i], 1, 2);
	node_free(n);
}

static const struct lisp_show_rloc *shown(struct node *n, const char *addr);

static struct lisp_show_rloc last_shown;

static int on_rloc(void *arg, const struct lisp_show_rloc *r)
{
	if (lisp_addr_equal(&r->addr, arg))
		last_shown = *r;
	return 0;
}

static const struct lisp_show_rloc *shown(struct node *n, const char *addr)
{
	struct lisp_addr a = A(addr);

	memset(&last_shown, 0, sizeof(last_shown));
	lisp_core_show_rlocs(n->core, on_rloc, &a);
	return &last_shown;
}

/* RFC 9301 7.1, answered at once */
static void answer_probes(struct node *n)
{
	struct lisp_msg msg, reply = { .type = LISP_MAP_REPLY };
	struct lisp_record r;
	unsigned int i, sent = n->n_sent;

	for (i = 0; i < sent; i++) {
		struct lisp_locator l = L("10.0.1.1", 1, 50);

		decode_sent(n, i, &msg, NULL);
		if (msg.type == LISP_MAP_REQUEST && msg.request.probe) {
			r = R(SITE, 1440, 1, &l);
			reply.reply = (struct lisp_map_reply){
				.probe = true, .nonce = msg.request.nonce,
				.n_records = 1, .records = &r,
			};
			deliver(n, "10.0.1.1", LISP_CONTROL_PORT, "10.0.1.9",
				&reply, NULL);
		}
		lisp_msg_free(&msg);
	}
}

/* Only locators in use are probed; one that comes into use is, at once */
static void test_7_1_probes_in_use(void **state)
{
	struct lisp_config *cfg = config();
	struct node *n;
	unsigned int i;

	(void)state;
	cfg->probe = (struct lisp_config_probe){ true, 3, 10000, 1000 };
	n = start(cfg);
	learn(n, SITE, "10.0.1.1", 1440);
	for (i = 0; i < 100; i++) {
		n->n_sent = 0;
		run_used(n, 1, SITE);
		answer_probes(n);
	}
	assert_true(shown(n, "10.0.1.1")->in_use);
	assert_in_range(stat(n, "itr", "probe-sent"), 9, 12);
	for (i = 0; i < 75; i++) {
		n->n_sent = 0;
		run(n, 1);
		answer_probes(n);
	}
	assert_false(shown(n, "10.0.1.1")->in_use);
	node_forget(n);
	run(n, 1000);
	assert_int_equal(n->n_sent, 0);
	assert_int_equal(shown(n, "10.0.1.1")->state, LISP_RLOC_UP);
	run_used(n, 2, SITE);
	assert_int_equal(n->n_sent, 1);
	/* dead meanwhile: found out after the usual tries */
	run_used(n, 5, SITE);
	assert_int_equal(count_ops(n, OP_RLOC_DOWN, NULL), 1);
	node_free(n);
}

/* One that is down goes on being asked: it may be back when it is wanted */
static void test_7_1_probes_down(void **state)
{
	struct lisp_config *cfg = config();
	struct node *n;

	(void)state;
	cfg->probe = (struct lisp_config_probe){ true, 3, 10000, 1000 };
	n = start(cfg);
	learn(n, SITE, "10.0.1.1", 1440);
	run_used(n, 30, SITE);
	assert_int_equal(shown(n, "10.0.1.1")->state, LISP_RLOC_DOWN);
	run(n, 100);
	assert_false(shown(n, "10.0.1.1")->in_use);
	n->n_sent = 0;
	run(n, 200);
	assert_true(n->n_sent > 2);
	node_free(n);
}

/* The SMRs to each address, when our mapping has changed. */
static unsigned int smrs_to(struct node *n, const char *addr)
{
	struct lisp_addr a = A(addr);
	struct lisp_msg msg;
	unsigned int i, found = 0;

	for (i = 0; i < n->n_sent; i++) {
		decode_sent(n, i, &msg, NULL);
		found += msg.type == LISP_MAP_REQUEST && msg.request.smr &&
			 lisp_addr_equal(&n->sent[i].to.addr, &a);
		lisp_msg_free(&msg);
	}
	return found;
}

/* RFC 9301 6.1: those we exchanged packets with in the last minute */
static void test_6_1_smr_in_use(void **state)
{
	struct lisp_config *cfg = xtr_config();
	struct node *n = start(cfg);

	(void)state;
	learn(n, SITE, "10.0.1.1", 1440);
	learn(n, OTHER, "10.0.1.13", 1440);
	run_used(n, 90, SITE);
	node_forget(n);
	cfg = xtr_config();
	cfg->mappings[0].rlocs[0].priority = 7;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	run(n, 2);
	assert_int_equal(smrs_to(n, "10.0.1.1"), 1);
	assert_int_equal(smrs_to(n, "10.0.1.13"), 0);
	node_free(n);
}

/* Another mapping of the same prefix: its locators count from then on */
static void test_use_follows_mapping(void **state)
{
	struct lisp_eid eid = E(SITE);
	struct node *n = start(config());
	struct lisp_locator l = L("10.0.1.13", 1, 50);
	struct lisp_record r = R(SITE, 1440, 1, &l);

	(void)state;
	learn(n, SITE, "10.0.1.1", 1440);
	run(n, 70);
	assert_false(shown(n, "10.0.1.1")->in_use);
	lisp_core_refresh(n->core, n->now, &eid);
	deliver_reply(n, last_nonce(n), 1, &r);
	assert_false(shown(n, "10.0.1.13")->in_use);
	run_used(n, 2, SITE);
	assert_true(shown(n, "10.0.1.13")->in_use);
	run(n, 70);
	assert_false(shown(n, "10.0.1.13")->in_use);
	node_free(n);
}

static void site(char s[32], unsigned int i)
{
	snprintf(s, 32, "2001:db8:%x::/64", i + 1);
}

/* Sites in order, each used more than the one before; each with its TTL. */
static struct node *used(unsigned int most, uint32_t ttl)
{
	struct lisp_config *cfg = config();
	char s[32];
	struct node *n;
	unsigned int i;

	cfg->most_used = most;
	n = start(cfg);
	for (i = 0; i < SITES; i++) {
		site(s, i);
		learn(n, s, "10.0.1.1", ttl);
	}
	for (i = 0; i < SITES; i++) {
		site(s, i);
		count(n, s, 10 * i + 1);
	}
	run(n, 310);
	node_forget(n);
	return n;
}

static unsigned int questions(struct node *n, bool asked_for[SITES])
{
	struct lisp_eid eid;
	struct lisp_msg msg;
	unsigned int i, k, found = 0;
	char s[32];

	memset(asked_for, 0, SITES);
	for (i = 0; i < n->n_sent; i++) {
		decode_sent(n, i, &msg, NULL);
		for (k = 0; k < SITES; k++) {
			site(s, k);
			eid = E(s);
			if (lisp_eid_covers(&eid, &msg.request.eids[0]) &&
			    !asked_for[k]) {
				asked_for[k] = true;
				found++;
			}
		}
		lisp_msg_free(&msg);
	}
	return found;
}

/* The most used ones are renewed in time, though no packet comes */
static void test_most_used(void **state)
{
	struct node *n = used(3, 10);
	bool asked_for[SITES];
	unsigned int i;

	(void)state;
	run(n, 240);
	assert_int_equal(questions(n, asked_for), 3);
	for (i = SITES - 3; i < SITES; i++)
		assert_true(asked_for[i]);
	node_free(n);
}

/* Fewer than there may be: those that were used at all */
static void test_most_used_few(void **state)
{
	struct lisp_config *cfg = config();
	struct node *n;

	(void)state;
	cfg->most_used = 100;
	cfg->idle_sec = 900;
	n = start(cfg);
	learn(n, SITE, "10.0.1.1", 1440);
	learn(n, OTHER, "10.0.1.1", 1440);
	learn(n, HOLE, NULL, 1440);
	count(n, SITE, 5);
	count(n, HOLE, 5);
	run(n, 2000);
	/* kept, though idle; the others went */
	assert_int_equal(count_ops(n, OP_MAP_DEL, SITE), 0);
	assert_int_equal(count_ops(n, OP_MAP_DEL, OTHER), 1);
	assert_int_equal(count_ops(n, OP_MAP_DEL, HOLE), 1);
	/* its use has been long ago in the end */
	run(n, 6 * 3600);
	assert_int_equal(count_ops(n, OP_MAP_DEL, SITE), 1);
	node_free(n);
}

/* Their use becomes less: others take their places */
static void test_most_used_changes(void **state)
{
	struct node *n = used(3, 1440);
	bool asked_for[SITES];
	char s[32];

	(void)state;
	while (!n->n_sent) {
		site(s, 0);
		count(n, s, 100);
		site(s, 1);
		count(n, s, 100);
		run(n, 600);
	}
	run(n, 70);
	assert_int_equal(questions(n, asked_for), 2);
	assert_true(asked_for[0] && asked_for[1]);
	node_free(n);
}

/* Over a reboot: asked for at once, those whose time is over as well */
static void test_most_used_saved(void **state)
{
	struct node *n = used(3, 10), *after;
	struct lisp_config *cfg = config();
	bool asked_for[SITES];
	uint8_t *buf;
	size_t len;

	(void)state;
	assert_int_equal(lisp_core_save_cache(n->core, n->now, 1000, &buf,
					      &len), 0);
	node_free(n);
	cfg->most_used = 3;
	after = start(cfg);
	assert_int_equal(lisp_core_restore_cache(after->core, after->now, 9000,
						 buf, len), 0);
	assert_int_equal(count_ops(after, OP_MAP_ADD, NULL), 0);
	run(after, 1);
	assert_int_equal(questions(after, asked_for), 3);
	assert_true(asked_for[SITES - 1] && asked_for[SITES - 2] &&
		    asked_for[SITES - 3]);
	node_free(after);
	/* not wanted any more: nor asked for */
	cfg = config();
	after = start(cfg);
	assert_int_equal(lisp_core_restore_cache(after->core, after->now, 9000,
						 buf, len), 0);
	run(after, 1);
	assert_int_equal(after->n_sent, 0);
	node_free(after);
	free(buf);
}

/* Bytes that are cut short, or not in order, are refused */
static void test_most_used_bad(void **state)
{
	struct node *n = used(3, 10), *after;
	struct lisp_config *cfg = config();
	uint8_t *buf, *copy, swap[31];
	size_t len, i;

	(void)state;
	assert_int_equal(lisp_core_save_cache(n->core, n->now, 1000, &buf,
					      &len), 0);
	node_free(n);
	cfg->most_used = 3;
	for (i = len - 3 * 31 - 4; i < len; i++) {
		after = start(cfg);
		copy = malloc(i);
		assert_non_null(copy);
		memcpy(copy, buf, i);
		assert_int_equal(lisp_core_restore_cache(after->core,
							 after->now, 9000,
							 copy, i), -EINVAL);
		free(copy);
		node_free(after);
	}
	memcpy(swap, buf + len - 31, 31);
	memcpy(buf + len - 31, buf + len - 62, 31);
	memcpy(buf + len - 62, swap, 31);
	after = start(cfg);
	assert_int_equal(lisp_core_restore_cache(after->core, after->now, 9000,
						 buf, len), -EINVAL);
	node_free(after);
	free(buf);
}

/* Answers about what is gone, static, or nonsense change nothing */
static void test_odd_answers(void **state)
{
	struct lisp_config *cfg = config();
	struct lisp_usage u = { .eid = E(SITE), .packets = 5 };
	struct node *n;

	(void)state;
	cfg->idle_sec = 10;
	n = start(cfg);
	lisp_core_usage(n->core, n->now, &u);
	u.eid = E("::/0");
	u.idle = 100000 * LISP_SEC;
	lisp_core_usage(n->core, n->now, &u);
	u.idle = LISP_TIME_NEVER;
	lisp_core_usage(n->core, n->now, &u);
	assert_int_equal(n->n_ops, 0);
	/* idle for longer than the clock runs: as good as never */
	learn(n, SITE, "10.0.1.1", 1440);
	node_forget(n);
	u = (struct lisp_usage){ .eid = E(SITE), .packets = 5,
				 .idle = n->now + 1 };
	lisp_core_usage(n->core, n->now, &u);
	assert_int_equal(n->n_ops, 0);
	/* counters that start over */
	u.packets = 1;
	lisp_core_usage(n->core, n->now, &u);
	assert_int_equal(n->n_ops, 0);
	node_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_idle_never_used),
		cmocka_unit_test(test_idle_negative),
		cmocka_unit_test(test_idle_not),
		cmocka_unit_test(test_idle_pre_cached),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_7_1_probes_in_use),
		cmocka_unit_test(test_7_1_probes_down),
		cmocka_unit_test(test_6_1_smr_in_use),
		cmocka_unit_test(test_use_follows_mapping),
		cmocka_unit_test(test_most_used),
		cmocka_unit_test(test_most_used_few),
		cmocka_unit_test(test_most_used_changes),
		cmocka_unit_test(test_most_used_saved),
		cmocka_unit_test(test_most_used_bad),
		cmocka_unit_test(test_odd_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
