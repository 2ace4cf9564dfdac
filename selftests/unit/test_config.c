// SPDX-License-Identifier: GPL-2.0
/*
 * lispd.yaml: what is taken, and that each error is named with its place.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "config_file.h"

static char warnings[4096];

static void warn(void *arg, const char *text)
{
	size_t n = strlen(warnings);

	(void)arg;
	snprintf(warnings + n, sizeof(warnings) - n, "%s\n", text);
}

static int parse_len(const char *text, size_t len, struct lispd_config *cfg,
		     char error[YAML_ERROR_LEN])
{
	/* a copy of the very length: the sanitizer sees reads past it */
	char *copy = malloc(len ? len : 1);
	int err;

	assert_non_null(copy);
	memcpy(copy, text, len);
	*warnings = '\0';
	err = lispd_config_parse("t.yaml", copy, len, cfg, error, warn, NULL);
	free(copy);
	return err;
}

static int parse(const char *text, struct lispd_config *cfg,
		 char error[YAML_ERROR_LEN])
{
	return parse_len(text, strlen(text), cfg, error);
}

#define XTR \
	"roles: [itr, etr]\n"						\
	"devices:\n"							\
	"  - {name: lisp0, instance-id: 0}\n"				\
	"  - {name: blue, instance-id: 7}\n"				\
	"rlocs: [10.0.1.9, 2001:db8::9]\n"				\
	"database-mappings:\n"						\
	"  - eid-prefix: 2001:10:1:22::/64\n"				\
	"    ttl: 60\n"							\
	"    rlocs:\n"							\
	"      - {address: 10.0.1.9, priority: 1, weight: 50}\n"	\
	"      - {address: 10.0.1.10, priority: 255, weight: 0}\n"	\
	"  - instance-id: 7\n"						\
	"    eid-prefix: 10.1.22.0/24\n"				\
	"    rlocs: [{address: 10.0.1.9}]\n"				\
	"map-resolvers: [10.0.0.13, 2001:db8::13]\n"			\
	"map-servers:\n"						\
	"  - address: 10.0.0.13\n"					\
	"    key: LISP\n"						\
	"    key-id: 1\n"						\
	"    algorithm: sha1\n"						\
	"    mac-length: 12\n"						\
	"    proxy-reply: true\n"					\
	"control-socket: /run/x.sock\n"

#define MS \
	"roles: [map-server, map-resolver]\n"				\
	"sites:\n"							\
	"  - name: MainSite\n"						\
	"    description: \"C1 \\u00e9\"\n"				\
	"    key: LISP\n"						\
	"    eid-prefixes:\n"						\
	"      - 2001:10:1:14::/64\n"					\
	"      - prefix: 10.1.0.0/16\n"					\
	"        instance-id: 16777215\n"				\
	"        accept-more-specifics: true\n"				\
	"  - name: SiteTwo\n"						\
	"    keys:\n"							\
	"      - {key-id: 1, key: a}\n"					\
	"      - {key-id: 2, key: b, algorithm: sha256-hkdf}\n"		\
	"    eid-prefixes: [10.1.0.0/16, 2001:10:1::/48]\n"

/* A profile, or one with values of its own, in any order; default: off */
static void test_probing(void **state)
{
	static const char *const texts[] = {
		XTR, XTR "rloc-probing: off\n", XTR "rloc-probing: normal\n",
		XTR "rloc-probing: fast\n",
		XTR "rloc-probing: {retries: 1, profile: normal, "
		"interval: 10000}\n",
		XTR "rloc-probing: {profile: off, interval: 10000}\n",
	};
	static const struct lisp_config_probe want[] = {
		{ 0 }, { 0 }, { true, 3, 30000, 1000 }, { true, 3, 250, 150 },
		{ true, 1, 10000, 1000 }, { 0 },
	};
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(parse(texts[i], &cfg, error), 0);
		assert_int_equal(cfg.core.probe.on, want[i].on);
		assert_int_equal(cfg.core.probe.retries, want[i].retries);
		assert_int_equal(cfg.core.probe.interval_ms,
				 want[i].interval_ms);
		assert_int_equal(cfg.core.probe.timeout_ms, want[i].timeout_ms);
		lispd_config_free(&cfg);
	}
}

static void test_pre_cache(void **state)
{
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;

	(void)state;
	assert_int_equal(parse(XTR "pre-cache: [2001:db8::/32, 10.1.1.1, "
			       "{prefix: 10.0.0.0/8, instance-id: 7}]\n"
			       "state-directory: /var/lib/x\n", &cfg, error),
			 0);
	assert_int_equal(cfg.core.n_precache, 3);
	assert_int_equal(cfg.core.precache[1].plen, 32);
	assert_int_equal(cfg.core.precache[2].iid, 7);
	assert_string_equal(cfg.state_directory, "/var/lib/x");
	lispd_config_free(&cfg);
}

/* By interface: one for each family that is wanted; the rest as elsewhere */
static void test_interface(void **state)
{
	static const char text[] =
		"roles: [etr]\n"
		"rlocs: [{interface: lo, family: ipv6}, 10.0.0.1]\n"
		"map-servers: [{address: 10.0.0.13, key: LISP}]\n"
		"database-mappings:\n"
		"  - eid-prefix: 10.1.22.0/24\n"
		"    rlocs:\n"
		"      - {interface: lo, priority: 3, weight: 7}\n"
		"      - {address: 10.0.1.9}\n"
		"      - {interface: nosuch0, family: ipv4}\n";
	const struct lisp_config_rloc *r;
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;

	(void)state;
	assert_int_equal(parse(text, &cfg, error), 0);
	assert_string_equal(warnings, "t.yaml:9:21: there is no such interface "
			    "yet: 'nosuch0'\n");
	assert_int_equal(cfg.core.mappings[0].n_rlocs, 4);
	r = cfg.core.mappings[0].rlocs;
	assert_string_equal(r[0].interface, "lo");
	assert_int_equal(r[0].family, LISP_AFI_IPV4);
	assert_int_equal(r[0].addr.afi, LISP_AFI_NONE);
	assert_string_equal(r[1].interface, "lo");
	assert_int_equal(r[1].family, LISP_AFI_IPV6);
	assert_int_equal(r[1].priority, 3);
	assert_int_equal(r[1].weight, 7);
	assert_string_equal(r[2].interface, "");
	assert_int_equal(r[2].addr.afi, LISP_AFI_IPV4);
	assert_string_equal(r[3].interface, "nosuch0");
	assert_int_equal(r[3].family, LISP_AFI_IPV4);
	assert_int_equal(cfg.n_own, 2);
	assert_string_equal(cfg.own[0].interface, "lo");
	assert_int_equal(cfg.own[0].family, LISP_AFI_IPV6);
	assert_int_equal(cfg.core.n_rlocs, 1);
	lispd_config_free(&cfg);
}

/* As rlocs of a database-mapping: what is wrong, and where */
static void test_bad_interface(void **state)
{
	static const struct { const char *rlocs, *error; } t[] = {
		{ "[{interface: lo, address: 10.0.0.1}]", "4:25: rloc has an "
		  "address and an interface: 'lo'; allowed: address or "
		  "interface" },
		{ "[{address: 10.0.0.1, family: ipv4}]", "4:41: rloc has an "
		  "address and a family: 'ipv4'; allowed: together with "
		  "interface" },
		{ "[{priority: 1}]", "4:13: key missing in rloc: 'address'; "
		  "allowed: address or interface" },
		{ "[{family: ipv4}]", "4:13: key missing in rloc: 'address'; "
		  "allowed: address or interface" },
		{ "[{interface: lo, family: ip}]", "4:37: no such family: "
		  "'ip'; allowed: ipv4, ipv6" },
		{ "[{interface: a/b}]", "4:25: no name for an interface: "
		  "'a/b'; allowed: 1 to 15 characters without blank, ':', "
		  "'/'" },
		{ "[{interface: abcdefghijklmnop}]", "4:25: no name for an "
		  "interface: 'abcdefghijklmnop'; allowed: 1 to 15 characters "
		  "without blank, ':', '/'" },
		{ "[{interface: [lo]}]", "4:25: interface is not a single "
		  "value: '[list]'; allowed: a single value" },
		{ "[{interface: lo}, {interface: lo, family: ipv6}]", "4:42: "
		  "rloc given twice: 'lo'; allowed: each interface once, or "
		  "once for each family" },
		{ "[{interface: lo, interfaces: lo}]", "4:29: unknown key in "
		  "rloc: 'interfaces'; allowed: address, interface, family, "
		  "priority, weight" },
	};
	char text[512], error[YAML_ERROR_LEN], want[YAML_ERROR_LEN];
	struct lispd_config cfg;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		snprintf(text, sizeof(text),
			 "roles: [etr]\nmap-servers: [{address: 10.0.0.13, "
			 "key: LISP}]\ndatabase-mappings:\n  - rlocs: %s\n"
			 "    eid-prefix: 10.1.0.0/16\n", t[i].rlocs);
		snprintf(want, sizeof(want), "t.yaml:%s", t[i].error);
		assert_true(parse(text, &cfg, error) < 0);
		assert_string_equal(error, want);
	}
	assert_true(parse("roles: [map-resolver]\nrlocs: [{interface: lo}, "
			  "10.0.0.1, {interface: lo}]\n", &cfg, error) < 0);
	assert_string_equal(error, "t.yaml:2:48: rlocs: given twice: 'lo'; "
			    "allowed: each interface once, or once for each "
			    "family");
	assert_true(parse("roles: [map-resolver]\nrlocs: [{family: ipv4}]\n",
			  &cfg, error) < 0);
	assert_string_equal(error, "t.yaml:2:9: key missing in rloc: "
			    "'interface'");
}

static void test_xtr(void **state)
{
	char error[YAML_ERROR_LEN], s[LISP_STRLEN];
	const struct lisp_config_map_server *ms;
	struct lispd_config cfg;
	struct lisp_config *c = &cfg.core;

	(void)state;
	assert_int_equal(parse(XTR, &cfg, error), 0);
	assert_string_equal(error, "");
	assert_string_equal(warnings, "");
	assert_true(c->itr && c->etr && !c->map_server && !c->map_resolver);
	assert_int_equal(c->n_devices, 2);
	assert_string_equal(c->devices[1].name, "blue");
	assert_int_equal(c->devices[1].iid, 7);
	assert_int_equal(cfg.n_own, 2);
	assert_int_equal(c->n_rlocs, 2);
	assert_int_equal(c->n_mappings, 2);
	assert_int_equal(c->mappings[0].ttl_min, 60);
	assert_int_equal(c->mappings[0].n_rlocs, 2);
	assert_int_equal(c->mappings[0].rlocs[1].priority, 255);
	assert_int_equal(c->mappings[1].ttl_min, 1440);
	assert_int_equal(c->mappings[1].rlocs[0].priority, 1);
	assert_int_equal(c->mappings[1].rlocs[0].weight, 100);
	assert_string_equal(lisp_eid_str(&c->mappings[1].eid, s),
			    "[7] 10.1.22.0/24");
	ms = &c->map_servers[0];
	assert_string_equal(ms->key.secret, "LISP");
	assert_int_equal(ms->key.key_id, 1);
	assert_int_equal(ms->key.alg_id, LISP_AUTH_SHA1_96);
	assert_int_equal(ms->key.mac_len, 12);
	assert_true(ms->proxy_reply && ms->want_notify && !ms->merge);
	assert_false(c->has_xtr_id);
	assert_string_equal(cfg.control_socket, "/run/x.sock");
	lispd_config_free(&cfg);
}

/* RFC 9301 5.6: who we are among the ETRs of a site */
static void test_xtr_id(void **state)
{
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;

	(void)state;
	assert_int_equal(parse(XTR
		"xtr-id: 0123456789abcdefFEDCBA9876543210\n"
		"site-id: 18446744073709551615\n", &cfg, error), 0);
	assert_true(cfg.core.has_xtr_id);
	assert_int_equal(cfg.core.xtr_id[1], 0x23);
	assert_int_equal(cfg.core.xtr_id[8], 0xfe);
	assert_true(cfg.core.site_id == UINT64_MAX);
	lispd_config_free(&cfg);
	assert_int_equal(parse("roles: [etr]\n"
		"database-mappings:\n"
		"  - {eid-prefix: 10.1.0.0/16, rlocs: [{address: 10.0.1.9}]}\n"
		"map-servers: [{address: 10.0.0.13, key: LISP, merge: true}]\n",
		&cfg, error), 0);
	assert_true(cfg.core.map_servers[0].merge);
	lispd_config_free(&cfg);
}

#define DYN "dynamic-eids:\n"						\
	"  - {eid-prefix: 10.1.22.0/24, instance-id: 7, interface: eth0, "	\
	"rlocs: [{address: 10.0.1.9}]}\n"				\
	"  - {eid-prefix: 2001:db8::/32, interface: eth1, ttl: 3, "	\
	"rlocs: [{address: 10.0.1.9, priority: 2}]}\n"

static void test_dynamic(void **state)
{
	char error[YAML_ERROR_LEN], s[LISP_STRLEN];
	const struct lisp_config_dynamic *d;
	struct lispd_config cfg;

	(void)state;
	assert_int_equal(parse(XTR DYN, &cfg, error), 0);
	assert_int_equal(cfg.core.n_dynamic, 2);
	d = cfg.core.dynamic;
	assert_string_equal(lisp_eid_str(&d[0].eid, s), "[7] 10.1.22.0/24");
	assert_string_equal(d[0].interface, "eth0");
	assert_int_equal(d[0].ttl_min, 15);
	assert_int_equal(d[0].n_rlocs, 1);
	assert_int_equal(d[1].ttl_min, 3);
	assert_int_equal(d[1].rlocs[0].priority, 2);
	lispd_config_free(&cfg);
	assert_int_equal(parse(MS DYN, &cfg, error), 0);
	assert_string_equal(warnings, "t.yaml:17:3: without role etr this has "
			    "no effect: 'dynamic-eids'\n");
	lispd_config_free(&cfg);
}

static void test_ms(void **state)
{
	char error[YAML_ERROR_LEN], s[LISP_STRLEN];
	const struct lisp_config_site *site;
	struct lispd_config cfg;

	(void)state;
	assert_int_equal(parse(MS, &cfg, error), 0);
	assert_string_equal(warnings, "");
	assert_int_equal(cfg.core.n_sites, 2);
	assert_int_equal(cfg.core.n_devices, 0);
	assert_int_equal(cfg.n_own, 0);
	assert_null(cfg.control_socket);
	site = &cfg.core.sites[0];
	assert_string_equal(site->description, "C1 \xc3\xa9");
	assert_int_equal(site->n_keys, 1);
	assert_int_equal(site->keys[0].alg_id, LISP_AUTH_SHA256_128);
	assert_int_equal(site->n_prefixes, 2);
	assert_false(site->prefixes[0].accept_more_specifics);
	assert_true(site->prefixes[1].accept_more_specifics);
	assert_string_equal(lisp_eid_str(&site->prefixes[1].eid, s),
			    "[16777215] 10.1.0.0/16");
	site = &cfg.core.sites[1];
	assert_int_equal(site->n_keys, 2);
	assert_int_equal(site->keys[1].alg_id, LISP_AUTH_SHA256_HKDF);
	lispd_config_free(&cfg);
}

/* One device lisp0 comes with a role that needs one. */
static void test_default_device(void **state)
{
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;

	(void)state;
	assert_int_equal(parse("roles: [itr]\nmap-resolvers: [10.0.0.1]\n",
			       &cfg, error), 0);
	assert_int_equal(cfg.core.n_devices, 1);
	assert_string_equal(cfg.core.devices[0].name, "lisp0");
	assert_int_equal(cfg.core.devices[0].iid, 0);
	lispd_config_free(&cfg);
}

static void test_no_effect(void **state)
{
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;

	(void)state;
	assert_int_equal(parse("roles: [map-resolver]\n"
			       "map-resolvers: [10.0.0.1]\n", &cfg, error), 0);
	assert_string_equal(warnings, "t.yaml:2:16: without role itr this has "
			    "no effect: 'map-resolvers'\n");
	lispd_config_free(&cfg);
}

static const struct { const char *text, *error; } bad[] = {
	{ "", "1:1: empty document: ''; allowed: a mapping" },
	{ "# only this\n", "1:1: empty document: ''; allowed: a mapping" },
	{ "[itr]\n", "1:1: configuration is not a mapping: '[list]'; "
	  "allowed: a mapping of keys to values" },
	{ "roles\n", "1:1: configuration is not a mapping: 'roles'; allowed: "
	  "a mapping of keys to values" },
	{ "roles: [map-resolver]\n---\nroles: [itr]\n",
	  "2:1: second document: '---'; allowed: one document" },
	{ "roles: [itr\n", "2:1: did not find expected ',' or ']': ''; "
	  "allowed: YAML 1.1 in UTF-8" },
	{ "roles: \"itr\n", "2:1: found unexpected end of stream: ''; "
	  "allowed: YAML 1.1 in UTF-8" },
	{ "roles:\n\t- itr\n", "2:1: found character that cannot start any "
	  "token: ''; allowed: YAML 1.1 in UTF-8" },
	{ "roles: [itr]\n# \x01\n", "2:3: control characters are not "
	  "allowed: '0x01'; allowed: YAML 1.1 in UTF-8" },
	{ "roles: [itr]\nx: \xff\n", "2:4: invalid leading UTF-8 octet: "
	  "'0xff'; allowed: YAML 1.1 in UTF-8" },
	{ "roles: [\"i\\0tr\"]\n", "1:9: NUL in text: 'i'; allowed: text" },
	{ "roles: &a [map-resolver]\n", "1:8: anchor: 'a'; allowed: no "
	  "anchors" },
	{ "a: &a [x]\nb: [*a, *a]\n", "1:4: anchor: 'a'; allowed: no "
	  "anchors" },
	{ "roles: *a\n", "1:8: alias: 'a'; allowed: no aliases" },
	{ "roles: !!str itr\n", "1:8: tag: 'tag:yaml.org,2002:str'; allowed: "
	  "no tags" },
	{ "roles: [[[[[[[[x]]]]]]]]\n", "1:15: nested too deep: ''; allowed: "
	  "8 levels" },
	{ "rolez: [itr]\n", "1:1: unknown key in configuration: 'rolez'; "
	  "allowed: roles, devices, rlocs, database-mappings, dynamic-eids, "
	  "map-resolvers, "
	  "use-petr, eid-space, map-servers, xtr-id, site-id, sites, map-cache, "
	  "rloc-probing, map-request-data, pre-cache, "
	  "state-directory, control-socket" },
	{ "roles: [map-resolver]\n[a]: b\n", "2:1: key is not text: '[list]'; "
	  "allowed: roles, devices, rlocs, database-mappings, dynamic-eids, "
	  "map-resolvers, "
	  "use-petr, eid-space, map-servers, xtr-id, site-id, sites, map-cache, "
	  "rloc-probing, map-request-data, pre-cache, "
	  "state-directory, control-socket" },
	{ "roles: [map-resolver]\nroles: [itr]\n", "2:1: key given twice in "
	  "configuration: 'roles'; allowed: once" },
	{ "rlocs: [10.0.0.1]\n", "1:1: key missing in configuration: "
	  "'roles'" },
	{ "roles: itr\n", "1:8: roles is not a list of roles: 'itr'; allowed: "
	  "a list of itr, etr, pitr, petr, rtr, map-server, map-resolver" },
	{ "roles: []\n", "1:8: roles is not a list of roles: '[list]'; "
	  "allowed: a list of itr, etr, pitr, petr, rtr, map-server, "
	  "map-resolver" },
	{ "roles: [itr, xtr]\n", "1:14: no such role: 'xtr'; allowed: itr, "
	  "etr, pitr, petr, rtr, map-server, map-resolver" },
	{ "roles: [itr, itr]\n", "1:14: role given twice: 'itr'; allowed: "
	  "each role once" },
	{ "roles: [itr, {a: b}]\n", "1:14: role is not a single value: "
	  "'{mapping}'; allowed: a single value" },
	{ "roles: [itr]\n", "1:8: key missing for role itr: "
	  "'map-resolvers'" },
	{ "roles: [etr]\n", "1:8: key missing for role etr: "
	  "'database-mappings'" },
	{ "roles: [map-server]\n", "1:8: key missing for role map-server: "
	  "'sites'" },
	{ "roles: [map-resolver]\nrlocs: 10.0.0.1\n", "2:8: rlocs is not a "
	  "list: '10.0.0.1'; allowed: a list" },
	{ "roles: [map-resolver]\nrlocs: []\n", "2:8: rlocs has 0 elements: "
	  "'[list]'; allowed: 1 to 32" },
	{ "roles: [map-resolver]\nrlocs: [10.0.0.256]\n", "2:9: rlocs: not an "
	  "address: '10.0.0.256'; allowed: an IPv4 or IPv6 address" },
	{ "roles: [map-resolver]\nrlocs: [10.0.0.1, 10.0.0.1]\n",
	  "2:19: rlocs: given twice: '10.0.0.1'; allowed: each address once" },
	{ "roles: [map-resolver]\nrlocs: [127.0.0.1]\n", "2:9: rlocs: cannot "
	  "be a locator: '127.0.0.1'; allowed: a unicast address that is "
	  "neither loopback nor link-local" },
	{ "roles: [map-resolver]\nrlocs: [fe80::1]\n", "2:9: rlocs: cannot "
	  "be a locator: 'fe80::1'; allowed: a unicast address that is "
	  "neither loopback nor link-local" },
	{ "roles: [map-resolver]\nrlocs: [\"10.0.0.1\\e[31m\"]\n",
	  "2:9: rlocs: not an address: '10.0.0.1\\x1b[31m'; allowed: an IPv4 "
	  "or IPv6 address" },
	{ "roles: [map-resolver]\ncontrol-socket: x\n", "2:17: "
	  "control-socket: 'x'; allowed: an absolute path of at most 107 "
	  "bytes" },
	{ "roles: [map-resolver]\ncontrol-socket:\n", "2:16: control-socket "
	  "is empty: ''; allowed: a value" },
	{ "roles: [map-resolver]\ndevices: [{name: a/b}]\n", "2:18: no name "
	  "for a device: 'a/b'; allowed: 1 to 15 characters without blank, "
	  "':', '/'" },
	{ "roles: [map-resolver]\ndevices: [{name: abcdefghijklmnop}]\n",
	  "2:18: no name for a device: 'abcdefghijklmnop'; allowed: 1 to 15 "
	  "characters without blank, ':', '/'" },
	{ "roles: [map-resolver]\ndevices: [{instance-id: 1}]\n",
	  "2:11: key missing in device: 'name'" },
	{ "roles: [map-resolver]\ndevices: [{name: a, instance-id: "
	  "16777216}]\n", "2:34: instance-id is out of range: '16777216'; "
	  "allowed: 0 to 16777215" },
	{ "roles: [map-resolver]\ndevices: [{name: a, instance-id: -1}]\n",
	  "2:34: instance-id is not a number: '-1'; allowed: 0 to 16777215" },
	{ "roles: [map-resolver]\ndevices: [{name: a, instance-id: '1'}]\n",
	  "2:34: instance-id is not a number: '1'; allowed: 0 to 16777215" },
	{ "roles: [map-resolver]\ndevices: [{name: a}, {name: a, "
	  "instance-id: 1}]\n", "2:29: device given twice: 'a'; allowed: "
	  "once, and line 2 has it" },
	{ "roles: [map-resolver]\ndevices: [{name: a}, {name: b}]\n",
	  "2:22: instance-id given twice: '{mapping}'; allowed: once, and "
	  "line 2 has it" },
};

/* Lines put in place of those of XTR and MS. */
static const struct { const char *base, *from, *to, *error; } edits[] = {
	{ XTR, "22::/64", "22::1/64", "7:17: eid-prefix: bits are set past "
	  "the prefix length: '2001:10:1:22::1/64'; allowed: "
	  "2001:10:1:22::/64" },
	{ XTR, "10.1.22.0/24", "10.1.22.0/15", "13:17: eid-prefix: bits are "
	  "set past the prefix length: '10.1.22.0/15'; allowed: 10.0.0.0/15" },
	{ XTR, "10.1.22.0/24", "10.1.22.0/33", "13:17: eid-prefix: prefix "
	  "length out of range: '10.1.22.0/33'; allowed: 0 to 32 for IPv4, 0 "
	  "to 128 for IPv6" },
	{ XTR, "10.1.22.0/24", "10.1.22/24", "13:17: eid-prefix: not an "
	  "EID-prefix: '10.1.22/24'; allowed: IPv4 or IPv6 ADDRESS/LENGTH" },
	{ XTR, "10.1.22.0/24", "'[7] 10.1.22.0/24'", "13:17: eid-prefix: not "
	  "an EID-prefix: '[7] 10.1.22.0/24'; allowed: IPv4 or IPv6 "
	  "ADDRESS/LENGTH" },
	{ XTR, "instance-id: 7\n    eid-prefix: 10.1.22.0/24",
	  "eid-prefix: 2001:10:1:22::/64", "12:17: eid-prefix given twice: "
	  "'2001:10:1:22::/64'; allowed: once, and line 7 has it" },
	{ XTR, "- instance-id: 7", "- instance-id: 8", "12:18: no device has "
	  "instance-id 8: '8'; allowed: that of one of the devices" },
	{ XTR, "ttl: 60", "ttl: 0", "8:10: ttl is out of range: '0'; allowed: "
	  "1 to 525600" },
	{ XTR, "ttl: 60", "ttl: 99999999999999999999", "8:10: ttl is out of "
	  "range: '99999999999999999999'; allowed: 1 to 525600" },
	/* 60 + 2^64 */
	{ XTR, "ttl: 60", "ttl: 18446744073709551676", "8:10: ttl is out of "
	  "range: '18446744073709551676'; allowed: 1 to 525600" },
	{ XTR, "priority: 255", "priority: 256", "11:40: priority is out of "
	  "range: '256'; allowed: 0 to 255" },
	{ XTR, "weight: 50", "weight: 1e2", "10:50: weight is not a number: "
	  "'1e2'; allowed: 0 to 255" },
	{ XTR, "10.0.1.10,", "10.0.1.9,", "11:19: rloc given twice: "
	  "'10.0.1.9'; allowed: each address once" },
	{ XTR, "10.0.1.10,", "224.0.0.1,", "11:19: address: cannot be a "
	  "locator: '224.0.0.1'; allowed: a unicast address that is neither "
	  "loopback nor link-local" },
	{ XTR, "[{address: 10.0.1.9}]", "[{priority: 1}]", "14:13: key "
	  "missing in rloc: 'address'; allowed: address or interface" },
	{ XTR, "[{address: 10.0.1.9}]", "[10.0.1.9]", "14:13: rloc is not a "
	  "mapping: '10.0.1.9'; allowed: a mapping of keys to values" },
	{ XTR, "    rlocs: [{address: 10.0.1.9}]\n", "", "12:5: key missing "
	  "in database-mapping: 'rlocs'" },
	{ XTR, "    key: LISP\n", "", "17:5: key missing in map-server: "
	  "'key'; allowed: key, key-file" },
	{ XTR, "    key: LISP\n", "    key: LISP\n    key-file: /dev/null\n",
	  "19:15: key-file: not a regular file: '/dev/null'; allowed: a "
	  "readable file" },
	{ XTR, "key: LISP", "key-file: /nonexistent/key", "18:15: key-file: "
	  "No such file or directory: '/nonexistent/key'; allowed: a readable "
	  "file" },
	{ XTR, "key: LISP", "key: [LISP]", "18:10: key is not a single value: "
	  "'[list]'; allowed: a single value" },
	{ XTR, "key-id: 1", "key-id: 256", "19:13: key-id is out of range: "
	  "'256'; allowed: 0 to 255" },
	{ XTR, "algorithm: sha1", "algorithm: md5", "20:16: no such "
	  "algorithm: 'md5'; allowed: sha1, sha256, sha256-hkdf" },
	{ XTR, "algorithm: sha1", "algorithm: none", "20:16: no such "
	  "algorithm: 'none'; allowed: sha1, sha256, sha256-hkdf" },
	{ XTR, "mac-length: 12", "mac-length: 16", "21:17: mac-length does "
	  "not fit the algorithm: '16'; allowed: 12, 20" },
	{ XTR, "proxy-reply: true", "proxy-reply: yes", "22:18: proxy-reply "
	  "is neither true nor false: 'yes'; allowed: true, false" },
	{ XTR, "proxy-reply: true", "proxy: true", "22:5: unknown key in "
	  "map-server: 'proxy'; allowed: address, key, key-file, key-id, "
	  "algorithm, mac-length, proxy-reply, map-notify, merge" },
	{ XTR, "proxy-reply: true", "map-notify: false\n    merge: true",
	  "17:5: merge without any of these: '{mapping}'; allowed: map-notify "
	  "or proxy-reply" },
	{ XTR DYN, "interface: eth1, ", "", "26:5: key missing in dynamic-eid: "
	  "'interface'" },
	{ XTR DYN, "interface: eth1", "interface: a/b", "26:44: no name for an "
	  "interface: 'a/b'; allowed: 1 to 15 characters without blank, ':', '/'" },
	{ XTR DYN, "instance-id: 7, i", "instance-id: 8, i", "25:45: no device "
	  "has instance-id 8: '8'; allowed: that of one of the devices" },
	{ XTR, "control-socket", "xtr-id: 0123\ncontrol-socket", "23:9: no "
	  "xtr-id: '0123'; allowed: 32 hexadecimal digits" },
	{ XTR, "control-socket", "xtr-id: 0123456789abcdef0123456789abcdefA\n"
	  "control-socket", "23:9: no xtr-id: '0123456789abcdef0123456789abcdefA'"
	  "; allowed: 32 hexadecimal digits" },
	{ XTR, "control-socket", "site-id: 7\ncontrol-socket", "23:10: "
	  "site-id alone: '7'; allowed: with an xtr-id" },
	{ XTR, "control-socket", "site-id: 18446744073709551616\n"
	  "control-socket", "23:10: no site-id: '18446744073709551616'; allowed: "
	  "0 to 18446744073709551615" },
	{ XTR, "13, 2001:db8::13]", "13, 10.0.0.13]", "15:28: map-resolvers: "
	  "given twice: '10.0.0.13'; allowed: each address once" },
	{ XTR, "13, 2001:db8::13]", "13, {priority: 1}]", "15:28: key missing "
	  "in map-resolver: 'address'" },
	{ XTR, "13, 2001:db8::13]", "13, {address: 10.0.0.13}]", "15:38: "
	  "map-resolvers: given twice: '10.0.0.13'; allowed: each address "
	  "once" },
	{ XTR, "map-resolvers:", "map-servers:", "15:15: map-server is not a "
	  "mapping: '10.0.0.13'; allowed: a mapping of keys to values" },
	{ XTR, "control-socket: /run/x.sock", "map-cache: {min-ttl: 60, "
	  "max-ttl: 30}", "23:35: max-ttl: '30'; allowed: no less than "
	  "min-ttl" },
	{ XTR, "control-socket: /run/x.sock", "map-cache: {max-negative-ttl: "
	  "0}", "23:31: max-negative-ttl is out of range: '0'; allowed: 1 to "
	  "31536000" },
	{ XTR, "control-socket: /run/x.sock", "pre-cache: [10.0.0.1/8]",
	  "23:13: pre-cache: bits are set past the prefix length: "
	  "'10.0.0.1/8'; allowed: 10.0.0.0/8" },
	{ XTR, "control-socket: /run/x.sock", "state-directory: var",
	  "23:18: state-directory: 'var'; allowed: an absolute path of at "
	  "most 1024 bytes" },
	{ XTR, "control-socket: /run/x.sock", "rloc-probing: slow", "23:15: no "
	  "such profile: 'slow'; allowed: off, normal, fast" },
	{ XTR, "control-socket: /run/x.sock", "rloc-probing: {interval: 100}",
	  "23:15: key missing in rloc-probing: 'profile'" },
	{ XTR, "control-socket: /run/x.sock", "rloc-probing: {profile: fast, "
	  "retries: 8}", "23:40: retries is out of range: '8'; allowed: "
	  "0 to 7" },
	{ MS, "name: SiteTwo", "name: MainSite", "11:11: site given twice: "
	  "'MainSite'; allowed: once, and line 3 has it" },
	{ MS, "        instance-id: 16777215\n", "", "14:20: eid-prefix given "
	  "twice: '10.1.0.0/16'; allowed: once, and line 8 has it" },
	{ MS, "2001:10:1::/48]", "10.1.0.0/16]", "15:33: eid-prefix given "
	  "twice: '10.1.0.0/16'; allowed: once, and line 15 has it" },
	/* of several, the first in the file is named */
	{ MS, "[10.1.0.0/16, 2001:10:1::/48]", "[9.0.0.0/8, 8.0.0.0/8, "
	  "8.0.0.0/8, 9.0.0.0/8, 8.0.0.0/8]", "15:42: eid-prefix given "
	  "twice: '8.0.0.0/8'; allowed: once, and line 15 has it" },
	{ MS, "key-id: 2", "key-id: 1", "14:9: key-id 1 given twice: "
	  "'{mapping}'; allowed: each key-id once" },
	{ MS, "    keys:\n", "    key: x\n    keys:\n", "14:7: site has both "
	  "key and keys: '[list]'; allowed: either key or keys" },
	{ MS, "{key-id: 1, key: a}", "{key-id: 1}", "13:9: key missing in "
	  "keys: 'key'; allowed: key, key-file" },
	{ MS, "    key: LISP\n", "", "3:5: key missing in site: 'key'; "
	  "allowed: key, key-file" },
	{ MS, "[10.1.0.0/16, 2001:10:1::/48]", "[]", "15:19: eid-prefixes "
	  "has 0 elements: '[list]'; allowed: 1 to 1000000" },
	{ MS, "    eid-prefixes: [", "    allowed-locators: [10.0.1.1/24]\n"
	  "    eid-prefixes: [", "15:24: allowed-locators: bits are set past "
	  "the prefix length: '10.0.1.1/24'; allowed: 10.0.1.0/24" },
	{ MS, "    eid-prefixes: [", "    max-registrations: 0\n"
	  "    eid-prefixes: [", "15:24: max-registrations is out of range: "
	  "'0'; allowed: 1 to 65536" },
	{ MS, "C1 \\u00e9", "C1 \\n", "4:18: description: control character: "
	  "'C1 \\x0a'; allowed: printable text" },
	{ MS, "      - prefix: 10.1.0.0/16\n", "      -\n", "9:9: key "
	  "missing in eid-prefix: 'prefix'" },
};

static void check_bad(const char *text, const char *want)
{
	char error[YAML_ERROR_LEN], full[YAML_ERROR_LEN];
	struct lispd_config cfg, empty = { 0 };

	snprintf(full, sizeof(full), "t.yaml:%s", want);
	assert_true(parse(text, &cfg, error) < 0);
	assert_string_equal(error, full);
	assert_memory_equal(&cfg, &empty, sizeof(cfg));
}

static void test_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_bad(bad[i].text, bad[i].error);
}

static void test_edits(void **state)
{
	char text[4096];
	const char *at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		at = strstr(edits[i].base, edits[i].from);
		assert_non_null(at);
		snprintf(text, sizeof(text), "%.*s%s%s",
			 (int)(at - edits[i].base), edits[i].base, edits[i].to,
			 at + strlen(edits[i].from));
		check_bad(text, edits[i].error);
	}
}

/* Cut off anywhere, changed anywhere: an error or not, never worse. */
static void test_truncated(void **state)
{
	static const char *const good[] = { XTR, MS };
	char error[YAML_ERROR_LEN], *copy;
	struct lispd_config cfg;
	size_t i, k;

	(void)state;
	for (i = 0; i < 2; i++)
		for (k = 0; k < strlen(good[i]); k++) {
			if (!parse_len(good[i], k, &cfg, error))
				lispd_config_free(&cfg);
			else
				assert_int_equal(strncmp(error, "t.yaml:", 7),
						 0);
			copy = strdup(good[i]);
			copy[k] ^= 0x20;
			if (!parse(copy, &cfg, error))
				lispd_config_free(&cfg);
			copy[k] = '\0';
			if (!parse_len(copy, strlen(good[i]), &cfg, error))
				lispd_config_free(&cfg);
			free(copy);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xtr),
		cmocka_unit_test(test_xtr_id),
		cmocka_unit_test(test_interface),
		cmocka_unit_test(test_bad_interface),
		cmocka_unit_test(test_dynamic),
		cmocka_unit_test(test_probing),
		cmocka_unit_test(test_pre_cache),
		cmocka_unit_test(test_ms),
		cmocka_unit_test(test_default_device),
		cmocka_unit_test(test_no_effect),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
