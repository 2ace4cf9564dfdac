// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation fails once: a configuration is taken whole or not at all,
 * a message is dealt with or not, nothing leaks and nothing breaks.
 */
#include <errno.h>

#include "core_util.h"

static long countdown = -1;		/* allocations until one fails; -1: never */

static bool fails(void)
{
	return countdown >= 0 && countdown-- == 0;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

/* All roles at once. */
static struct lisp_config *full_config(void)
{
	static struct lisp_eid precache[2], space[2];
	static struct lisp_config_petr petrs[1];
	static struct lisp_config cfg;
	struct lisp_config *ms = ms_config();

	cfg = *xtr_config();
	cfg.map_server = true;
	cfg.map_resolver = true;
	cfg.n_sites = ms->n_sites;
	cfg.sites = ms->sites;
	precache[0] = E("2001:10:1:114::/64");
	precache[1] = E("10.77.0.0/16");
	cfg.n_precache = 2;
	cfg.precache = precache;
	space[0] = E("2001:10:1::/48");
	space[1] = E("10.0.0.0/8");
	cfg.n_eid_space = 2;
	cfg.eid_space = space;
	petrs[0] = (struct lisp_config_petr){ A("198.51.100.1"), 1, 100 };
	cfg.n_petrs = 1;
	cfg.petrs = petrs;
	cfg.piggyback_send = true;
	cfg.piggyback_accept = true;
	cfg.most_used = 2;
	cfg.probe = (struct lisp_config_probe){
		.on = true, .interval_ms = 20000, .timeout_ms = 1000 };
	return &cfg;
}

static void reg(struct node *n, uint64_t nonce)
{
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r[] = { R("2001:10:1:14::/64", 1440, 1, &l),
				   R("10.1.14.0/24", 1440, 1, &l) };

	deliver_register(n, "10.0.1.1", nonce, &key, 2, r);
}

struct seen {
	unsigned int n, up;
};

static int on_site(void *arg, const struct lisp_show_registration *r)
{
	struct seen *s = arg;

	s->n++;
	s->up += r->up;
	return 0;
}

static void assert_sites(struct node *n, unsigned int count, unsigned int up)
{
	struct seen s = { 0 };

	lisp_core_show_site(n->core, on_site, &s);
	assert_int_equal(s.n, count);
	assert_int_equal(s.up, up);
}

static void test_configure(void **state)
{
	struct lisp_config *cfg = full_config(), other;
	struct node *n = node_new();
	long k;
	int err;

	(void)state;
	assert_int_equal(lisp_core_configure(n->core, n->now, cfg), 0);
	reg(n, 1);
	other = *cfg;
	other.n_sites = 2;
	other.n_mappings = 3;
	for (k = 0; k < 10000; k++) {
		node_forget(n);
		countdown = k;
		err = lisp_core_configure(n->core, n->now, &other);
		if (countdown >= 0 || !err)
			break;
		assert_int_equal(err, -ENOMEM);
		assert_int_equal(n->n_sent, 0);
		assert_int_equal(n->n_ops, 0);
		assert_sites(n, 12, 2);
	}
	countdown = -1;
	assert_int_equal(err, 0);
	assert_true(k > 50);
	assert_sites(n, 8, 2);
	assert_int_equal(count_ops(n, OP_EID_DEL, NULL), 1);
	node_free(n);
}

/* Our mapping changes: those who asked, and the map-cache, are told. */
static void change(struct node *n, uint8_t priority)
{
	struct lisp_config *cfg = full_config();
	uint8_t *buf;
	size_t len;

	cfg->mappings[0].rlocs[0].priority = priority;
	(void)lisp_core_configure(n->core, n->now, cfg);
	if (!lisp_core_save_cache(n->core, n->now, 1, &buf, &len)) {
		(void)lisp_core_restore_cache(n->core, n->now, 1, buf, len);
		free(buf);
	}
	if (!lisp_core_save_nonces(n->core, &buf, &len)) {
		(void)lisp_core_restore_nonces(n->core, buf, len);
		free(buf);
	}
}

/* With the mapping of who asks. */
static void deliver_piggybacked(struct node *n)
{
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r = R("2001:10:1:15::/64", 1440, 1, &l);
	struct lisp_eid asked = E("2001:10:1:22::22");
	struct lisp_msg m = {
		.type = LISP_MAP_REQUEST,
		.request = { .nonce = 77, .n_itr_rlocs = 1, .n_eids = 1,
			     .eids = &asked, .reply = &r },
	};

	m.request.itr_rlocs[0] = A("10.0.1.1");
	m.request.source_eid = E("2001:10:1:15::15");
	deliver(n, "10.0.1.1", LISP_CONTROL_PORT, "10.0.1.9", &m, NULL);
}

/* One round of everything there is to receive. */
static void play(struct node *n, uint64_t nonce)
{
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_record r = R("2001:10:1:114::/64", 1440, 1, &l);
	struct lisp_eid eid = E("2001:10:1:114::14");
	struct lisp_addr src = A("2001:10:1:122::22");
	uint64_t asked;
	long keep;

	reg(n, nonce);
	lisp_core_miss(n->core, n->now, &eid, &src);
	keep = countdown;
	countdown = -1;			/* our own looking does not count */
	asked = last_nonce(n);
	countdown = keep;
	deliver_reply(n, asked, 1, &r);
	deliver_request(n, "10.0.1.1", 5, "2001:10:1:22::5");
	deliver_request(n, "10.0.1.1", 5, "2001:10:1:14::5");
	deliver_request(n, "10.0.1.1", 5, "10.9.9.9");
	deliver_piggybacked(n);
	change(n, (uint8_t)nonce);
	node_run(n, n->now + 61 * LISP_SEC);
}

/* Somebody sends us packets. */
static void one_source(struct node *n, uint32_t iid)
{
	struct lisp_addr a = A("10.0.1.3");

	(void)iid;
	lisp_core_source(n->core, n->now, &a, LISP_SEC);
}

static void test_messages(void **state)
{
	struct node *n;
	long k, last = 400;

	(void)state;
	for (k = 0; k < last; k++) {
		n = node_new();
		n->sources = one_source;
		assert_int_equal(lisp_core_configure(n->core, n->now,
						     full_config()), 0);
		miss(n, "2001:10:1:99::1");	/* so that there is a nonce */
		countdown = k;
		play(n, 10);
		if (countdown >= 0)
			last = k;		/* nothing failed: the last round */
		countdown = -1;
		/* and afterwards all is well */
		node_forget(n);
		node_run(n, n->now + 30 * LISP_SEC);
		reg(n, 20);
		assert_sites(n, 12, 2);
		node_forget(n);
		node_free(n);
	}
	assert_in_range(k, 10, 399);
}

static void count_usage(struct node *n, const struct lisp_eid *eid)
{
	struct lisp_usage u = { .eid = *eid, .packets = eid->bytes[7] };

	lisp_core_usage(n->core, n->now, &u);
}

/* Who is used the most is found out, saved and restored, or is not. */
static void test_most_used(void **state)
{
	struct lisp_locator l = L("10.0.1.1", 1, 50);
	struct lisp_mapping m = {
		.ttl = 86400, .origin = LISP_BY_MAP_REPLY,
		.n_locators = 1, .locators = &l,
	};
	struct node *n;
	uint8_t *buf;
	size_t len;
	long k, last = 400;

	(void)state;
	for (k = 0; k < last; k++) {
		n = node_new_counting(count_usage);
		assert_int_equal(lisp_core_configure(n->core, n->now,
						     full_config()), 0);
		for (m.eid = E("2001:db8::/64"); m.eid.bytes[7] < 4;
		     m.eid.bytes[7]++)
			lisp_core_adopt(n->core, n->now, &m);
		countdown = k;
		node_run(n, n->now + 10 * LISP_SEC);
		n->n_sent = 0;
		if (!lisp_core_save_cache(n->core, n->now, 1, &buf, &len)) {
			(void)lisp_core_restore_cache(n->core, n->now, 1, buf,
						      len);
			free(buf);
		}
		if (countdown >= 0)
			last = k;
		countdown = -1;
		node_free(n);
	}
	assert_in_range(k, 3, 399);
}

/* Dynamic EIDs and merged registrations: an ETR and a map-server in one. */
static struct lisp_config *moving_config(void)
{
	static struct lisp_config_dynamic dynamic[1];
	struct lisp_config *cfg = full_config();

	dynamic[0] = (struct lisp_config_dynamic){
		.eid = E("10.1.22.0/24"), .interface = (char *)"eth0",
		.n_rlocs = 1, .rlocs = cfg->mappings[0].rlocs, .ttl_min = 15,
	};
	cfg->n_dynamic = 1;
	cfg->dynamic = dynamic;
	cfg->map_servers[0].merge = true;
	cfg->sites[0].prefixes[2].accept_more_specifics = true;
	return cfg;
}

/* From ETRs of the first site, with the a-bit or alone. */
static void reg_from(struct node *n, const char *from, uint64_t nonce,
		     const char *eid, bool merge)
{
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_locator l = L(from, 1, 50);
	struct lisp_record r = R(eid, 1440, 1, &l);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER, .reg = {
		.nonce = nonce, .n_records = 1, .records = &r, .merge = merge,
		.want_notify = true, .alg_id = LISP_AUTH_SHA256_128 } };

	deliver(n, from, LISP_CONTROL_PORT, "10.0.0.13", &m, &key);
}

static void tell(struct node *n, uint64_t nonce, const char *eid,
		 unsigned int count, struct lisp_locator *l)
{
	struct lisp_key key = key_of(0, LISP_AUTH_SHA256_128, "LISP");
	struct lisp_record r = R(eid, 1440, count, l);
	struct lisp_msg m = { .type = LISP_MAP_NOTIFY, .reg = {
		.nonce = nonce, .n_records = 1, .records = &r,
		.alg_id = LISP_AUTH_SHA256_128 } };

	deliver(n, "10.0.0.13", LISP_CONTROL_PORT, "10.0.1.9", &m, &key);
}

static void play_moving(struct node *n)
{
	struct lisp_locator l[] = { L("10.0.1.9", 1, 50), L("10.0.1.5", 1, 50) };
	struct lisp_addr host = A("10.1.22.22"), other = A("10.1.22.23");
	uint64_t nonce = 1ull << 63;

	lisp_core_host_seen(n->core, n->now, &host, "eth0");
	lisp_core_host_seen(n->core, n->now, &other, "eth0");
	tell(n, nonce, "10.1.22.22/32", 1, &l[1]);
	tell(n, nonce + 1, "10.1.22.24/32", 1, &l[1]);
	tell(n, nonce + 2, "10.1.22.0/24", 2, l);
	lisp_core_host_gone(n->core, n->now, &other, "eth0");
	reg_from(n, "10.0.1.1", 10, "10.1.14.0/24", true);
	reg_from(n, "10.0.1.5", 10, "10.1.14.0/24", true);
	reg_from(n, "10.0.1.6", 10, "10.1.14.7/32", false);
	reg_from(n, "10.0.1.5", 11, "10.1.14.7/32", false);
	(void)lisp_core_configure(n->core, n->now, moving_config());
	node_run(n, n->now + 2 * LISP_SEC);
	lisp_core_host_seen(n->core, n->now, &host, "eth0");
	node_run(n, n->now + 61 * LISP_SEC);
}

static void test_moving(void **state)
{
	struct lisp_addr host = A("10.1.22.22"), fresh = A("10.1.22.77");
	struct node *n;
	long k, last = 600;

	(void)state;
	for (k = 0; k < last; k++) {
		n = node_new();
		assert_int_equal(lisp_core_configure(n->core, n->now,
						     moving_config()), 0);
		countdown = k;
		play_moving(n);
		if (countdown >= 0)
			last = k;		/* nothing failed: the last round */
		countdown = -1;
		/* and afterwards all is well */
		node_forget(n);
		lisp_core_host_seen(n->core, n->now, &host, "eth0");
		lisp_core_host_seen(n->core, n->now, &fresh, "eth0");
		assert_int_equal(count_ops(n, OP_HOST_HERE, "10.1.22.22/32"),
				 1);
		assert_int_equal(count_ops(n, OP_EID_ADD, "10.1.22.77/32"), 1);
		lisp_core_host_gone(n->core, n->now, &fresh, "eth0");
		assert_int_equal(count_ops(n, OP_EID_DEL, "10.1.22.77/32"), 1);
		reg_from(n, "10.0.1.1", 20, "10.1.14.0/24", true);
		reg_from(n, "10.0.1.5", 21, "10.1.14.0/24", true);
		assert_true(stat(n, "map-server", "registered") >= 2);
		node_free(n);
	}
	assert_in_range(k, 30, 599);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_configure),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_most_used),
		cmocka_unit_test(test_moving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
