// SPDX-License-Identifier: GPL-2.0
/*
 * lispd.yaml: proxies, and how an ITR looks after its map-cache. The rest, and
 * the form of errors, is in test_config.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "config_file.h"

#define ITR	"roles: [itr]\nmap-resolvers: [10.0.0.13]\n"

static char warnings[4096];

static void warn(void *arg, const char *text)
{
	size_t n = strlen(warnings);

	(void)arg;
	snprintf(warnings + n, sizeof(warnings) - n, "%s\n", text);
}

static int parse(const char *text, struct lispd_config *cfg,
		 char error[YAML_ERROR_LEN])
{
	*warnings = '\0';
	return lispd_config_parse("t.yaml", text, strlen(text), cfg, error,
				  warn, NULL);
}

static void good(const char *text, struct lispd_config *cfg)
{
	char error[YAML_ERROR_LEN];
	int err = parse(text, cfg, error);

	assert_string_equal(error, "");
	assert_int_equal(err, 0);
	assert_string_equal(warnings, "");
}

/* RFC 6832: a PITR and an RTR are ITRs; a PETR needs nothing but a device */
static void test_proxy_roles(void **state)
{
	struct lispd_config cfg;

	(void)state;
	good("roles: [pitr]\nmap-resolvers: [10.0.0.13]\n", &cfg);
	assert_true(cfg.core.pitr && cfg.core.itr);
	assert_false(cfg.core.petr || cfg.core.rtr || cfg.core.etr);
	lispd_config_free(&cfg);
	good("roles: [rtr]\nmap-resolvers: [10.0.0.13]\n", &cfg);
	assert_true(cfg.core.rtr && cfg.core.itr);
	assert_false(cfg.core.petr || cfg.core.pitr || cfg.core.etr);
	lispd_config_free(&cfg);
	good("roles: [petr]\n", &cfg);
	assert_true(cfg.core.petr);
	assert_false(cfg.core.itr || cfg.core.pitr || cfg.core.rtr);
	assert_int_equal(cfg.core.n_devices, 1);
	lispd_config_free(&cfg);
}

static void test_use_petr(void **state)
{
	struct lispd_config cfg;

	(void)state;
	good(ITR "use-petr: [198.51.100.1, {address: 2001:db8::1, "
	     "priority: 2, weight: 30}]\n", &cfg);
	assert_int_equal(cfg.core.n_petrs, 2);
	assert_int_equal(cfg.core.petrs[0].priority, 1);
	assert_int_equal(cfg.core.petrs[0].weight, 100);
	assert_int_equal(cfg.core.petrs[1].addr.afi, LISP_AFI_IPV6);
	assert_int_equal(cfg.core.petrs[1].priority, 2);
	assert_int_equal(cfg.core.petrs[1].weight, 30);
	lispd_config_free(&cfg);
}

static void test_eid_space(void **state)
{
	struct lispd_config cfg;

	(void)state;
	good(ITR "devices: [{name: lisp0}, {name: lisp7, instance-id: 7}]\n"
	     "eid-space: [2001:db8::/32, {instance-id: 7, prefix: "
	     "10.0.0.0/8}]\n", &cfg);
	assert_int_equal(cfg.core.n_eid_space, 2);
	assert_int_equal(cfg.core.eid_space[0].plen, 32);
	assert_int_equal(cfg.core.eid_space[1].iid, 7);
	lispd_config_free(&cfg);
}

static void test_map_cache(void **state)
{
	struct lispd_config cfg;

	(void)state;
	good(ITR "map-cache: {idle-time: 10, keep-most-used: 10000, "
	     "min-ttl: 5}\n", &cfg);
	assert_int_equal(cfg.core.idle_sec, 10);
	assert_int_equal(cfg.core.most_used, 10000);
	assert_int_equal(cfg.core.ttl.min, 5);
	lispd_config_free(&cfg);
	good(ITR, &cfg);
	assert_int_equal(cfg.core.idle_sec, 0);
	assert_int_equal(cfg.core.most_used, 0);
	lispd_config_free(&cfg);
}

/* As of the whole, or a device's own */
static void test_device_probing(void **state)
{
	struct lispd_config cfg;

	(void)state;
	good(ITR "devices:\n  - name: lisp0\n"
	     "  - {name: a, instance-id: 1, rloc-probing: fast}\n"
	     "  - {name: b, instance-id: 2, rloc-probing: {profile: normal, "
	     "interval: 5000, retries: 1}}\n"
	     "  - {name: c, instance-id: 3, rloc-probing: off}\n"
	     "rloc-probing: normal\n", &cfg);
	assert_true(cfg.core.probe.on);
	assert_false(cfg.core.devices[0].own_probe);
	assert_true(cfg.core.devices[1].own_probe);
	assert_int_equal(cfg.core.devices[1].probe.interval_ms, 250);
	assert_int_equal(cfg.core.devices[2].probe.interval_ms, 5000);
	assert_int_equal(cfg.core.devices[2].probe.retries, 1);
	assert_true(cfg.core.devices[3].own_probe);
	assert_false(cfg.core.devices[3].probe.on);
	lispd_config_free(&cfg);
}

static void test_request_data(void **state)
{
	struct lispd_config cfg;

	(void)state;
	good(ITR "map-request-data: {send: true}\n", &cfg);
	assert_true(cfg.core.piggyback_send && !cfg.core.piggyback_accept);
	lispd_config_free(&cfg);
	good(ITR "map-request-data: {verify: true}\n", &cfg);
	assert_true(!cfg.core.piggyback_send && cfg.core.piggyback_accept);
	lispd_config_free(&cfg);
}

static void test_no_effect(void **state)
{
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;

	(void)state;
	assert_int_equal(parse("roles: [petr]\nuse-petr: [10.0.0.1]\n", &cfg,
			       error), 0);
	assert_string_equal(warnings, "t.yaml:2:11: without role itr this has "
			    "no effect: 'use-petr'\n");
	lispd_config_free(&cfg);
}

static const struct { const char *text, *error; } bad[] = {
	{ "roles: [pitr]\n", "1:8: key missing for role pitr: "
	  "'map-resolvers'" },
	{ "roles: [rtr]\n", "1:8: key missing for role rtr: "
	  "'map-resolvers'" },
	{ "roles: [petr, petr]\n", "1:15: role given twice: 'petr'; allowed: "
	  "each role once" },
	{ ITR "use-petr: 10.0.0.1\n", "3:11: use-petr is not a list: "
	  "'10.0.0.1'; allowed: a list" },
	{ ITR "use-petr: []\n", "3:11: use-petr has 0 elements: '[list]'; "
	  "allowed: 1 to 8" },
	{ ITR "use-petr: [10.0.0.1/32]\n", "3:12: use-petr: not an address: "
	  "'10.0.0.1/32'; allowed: an IPv4 or IPv6 address" },
	{ ITR "use-petr: [10.0.0.1, {address: 10.0.0.1}]\n", "3:32: use-petr: "
	  "given twice: '10.0.0.1'; allowed: each address once" },
	{ ITR "use-petr: [{address: 10.0.0.1, priority: 256}]\n", "3:42: "
	  "priority is out of range: '256'; allowed: 0 to 255" },
	{ ITR "use-petr: [{priority: 1}]\n", "3:12: key missing in proxy ETR: "
	  "'address'" },
	{ ITR "eid-space: [10.0.0.1/8]\n", "3:13: eid-space: bits are set "
	  "past the prefix length: '10.0.0.1/8'; allowed: 10.0.0.0/8" },
	{ ITR "eid-space: [10.0.0.0/8, 10.0.0.0/8]\n", "3:25: prefix given "
	  "twice: '10.0.0.0/8'; allowed: once, and line 3 has it" },
	{ ITR "eid-space: [{prefix: 10.0.0.0/8, instance-id: 7}]\n",
	  "3:47: no device has instance-id 7: '7'; allowed: that of one of "
	  "the devices" },
	{ ITR "devices: [{name: a, rloc-probing: slow}]\n", "3:35: no such "
	  "profile: 'slow'; allowed: off, normal, fast" },
	{ ITR "map-request-data: true\n", "3:19: map-request-data is not a "
	  "mapping: 'true'; allowed: a mapping of keys to values" },
	{ ITR "map-request-data: {accept: true}\n", "3:20: unknown key in "
	  "map-request-data: 'accept'; allowed: send, verify" },
	{ ITR "map-cache: {idle-time: 9}\n", "3:24: idle-time is out of range: "
	  "'9'; allowed: 10 to 31536000" },
	{ ITR "map-cache: {keep-most-used: 10001}\n", "3:29: keep-most-used is "
	  "out of range: '10001'; allowed: 0 to 10000" },
};

static void test_bad(void **state)
{
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_not_equal(parse(bad[i].text, &cfg, error), 0);
		assert_memory_equal(error, "t.yaml:", 7);
		assert_string_equal(error + 7, bad[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proxy_roles),
		cmocka_unit_test(test_use_petr),
		cmocka_unit_test(test_eid_space),
		cmocka_unit_test(test_map_cache),
		cmocka_unit_test(test_device_probing),
		cmocka_unit_test(test_request_data),
		cmocka_unit_test(test_no_effect),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
