// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl show database, site, statistics.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "lispctl.h"

/* Members of an object: "" or 0 when it is not there. */
static const char *str(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static json_int_t num(json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static bool yes(json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

/* A time since something, in milliseconds; null: never. */
static const char *since(json_t *o, const char *key, char buf[TIMELEN])
{
	json_t *v = json_object_get(o, key);

	return json_is_integer(v) ? duration(json_integer_value(v), buf) :
		"never";
}

/* Database */

static void print_mapping(json_t *m)
{
	json_t *list, *e;
	char t[TIMELEN];
	size_t i;

	printf("EID-prefix: ");
	put_safe(str(m, "eid-prefix"));
	putchar('\n');
	list = json_object_get(m, "locators");
	json_array_foreach(list, i, e) {
		printf("  ");
		if (*str(e, "address"))
			put_safe(str(e, "address"));
		else
			put_safe(str(e, "interface"));
		if (*str(e, "address") && *str(e, "interface")) {
			printf(" of ");
			put_safe(str(e, "interface"));
		}
		printf(", priority: %" JSON_INTEGER_FORMAT ", weight: %"
		       JSON_INTEGER_FORMAT ", state: %s, %s\n",
		       num(e, "priority"), num(e, "weight"),
		       yes(e, "local") ? "site-self" : "site-other",
		       str(e, "state"));
	}
	list = json_object_get(m, "map-servers");
	json_array_foreach(list, i, e) {
		printf("  registered with ");
		put_safe(str(e, "address"));
		if (yes(e, "registered"))
			printf(": yes, %s ago\n", since(e, "last-ack-ms", t));
		else if (json_is_integer(json_object_get(e, "last-sent-ms")))
			printf(": no, last tried %s ago\n",
			       since(e, "last-sent-ms", t));
		else
			printf(": no\n");
	}
}

static void print_hosts(json_t *list)
{
	static const char *const head[] = {
		"Dynamic EID", "Interface", "Is", "Since",
	};
	struct table *t;
	char since_buf[TIMELEN];
	json_t *h;
	size_t i;

	if (!json_array_size(list))
		return;
	t = table_new(4);
	table_row(t, head);
	json_array_foreach(list, i, h) {
		const char *row[] = {
			str(h, "eid-prefix"), str(h, "interface"),
			yes(h, "here") ? "here" : "away",
			since(h, "since-ms", since_buf),
		};

		table_row(t, row);
	}
	putchar('\n');
	table_print(t, "");
}

int cmd_show_database(struct ctl *ctl, int argc, char **argv)
{
	json_t *r = daemon_ask(ctl, "show-database", NULL), *list, *m;
	size_t i, n;

	(void)argc;
	(void)argv;
	if (!r)
		return EXIT_FAILED;
	if (ctl->json)
		return print_json(r);
	list = json_object_get(r, "entries");
	n = json_array_size(list);
	printf("LISP ETR Mapping Database, %zu entr%s\n\n", n,
	       n == 1 ? "y" : "ies");
	json_array_foreach(list, i, m)
		print_mapping(m);
	print_hosts(json_object_get(r, "hosts"));
	json_decref(r);
	return EXIT_OK;
}

/* Sites */

static void print_sites(json_t *sites)
{
	static const char *const head1[] = {
		"Site Name", "Last", "Up", "EID Prefix", "Who Last",
	};
	static const char *const head2[] = {
		NULL, "Register", NULL, NULL, "Registered",
	};
	struct table *t = table_new(5);
	json_t *s, *list, *e;
	char last[TIMELEN];
	size_t i, k;

	table_row(t, head1);
	table_row(t, head2);
	json_array_foreach(sites, i, s) {
		list = json_object_get(s, "registrations");
		json_array_foreach(list, k, e) {
			const char *who = str(e, "last-registrant");
			const char *row[] = {
				k ? NULL : str(s, "name"),
				since(e, "last-registered-ms", last),
				yes(e, "up") ? "yes" : "no",
				str(e, "eid-prefix"), *who ? who : "--",
			};

			table_row(t, row);
		}
	}
	table_print(t, "");
}

static void print_site_locators(json_t *list)
{
	static const char *const head[] = {
		"Locator", "Local", "State", "Pri/Wgt",
	};
	struct table *t = table_new(4);
	char pw[16];
	json_t *l;
	size_t i;

	table_row(t, head);
	json_array_foreach(list, i, l) {
		const char *row[] = {
			str(l, "address"), yes(l, "local") ? "yes" : "no",
			str(l, "state"), pw,
		};

		snprintf(pw, sizeof(pw), "%u/%u",
			 (unsigned int)num(l, "priority") & 255,
			 (unsigned int)num(l, "weight") & 255);
		table_row(t, row);
	}
	table_print(t, "      ");
}

/* Who has registered it together; one alone is shown already. */
static void print_registrants(json_t *list)
{
	char last[TIMELEN], exp[TIMELEN];
	json_t *e;
	size_t i;

	if (json_array_size(list) < 2)
		return;
	printf("      merged of %zu ETRs:\n", json_array_size(list));
	json_array_foreach(list, i, e) {
		printf("        ");
		put_safe(str(e, "address"));
		printf(", last registered %s, expires %s%s",
		       since(e, "last-registered-ms", last),
		       since(e, "expires-ms", exp),
		       *str(e, "xtr-id") ? ", xTR-ID " : "");
		put_safe(str(e, "xtr-id"));
		putchar('\n');
	}
}

static void print_registration(json_t *site, json_t *e)
{
	const char *who = str(e, "last-registrant");
	char first[TIMELEN], last[TIMELEN], exp[TIMELEN];

	printf("  EID-prefix: ");
	put_safe(str(e, "eid-prefix"));
	printf("\n    First registered:     %s\n",
	       since(e, "first-registered-ms", first));
	printf("    Origin:               %s\n", yes(e, "configured") ?
	       "Configuration" : "Dynamic, more specific");
	printf("    Registration errors:\n");
	printf("      Authentication failures:   %" JSON_INTEGER_FORMAT "\n",
	       num(site, "auth-failures"));
	printf("      Allowed locators mismatch: %" JSON_INTEGER_FORMAT "\n",
	       num(site, "rejected"));
	if (!*who)
		return;
	printf("    ETR ");
	put_safe(who);
	printf(", last registered %s, %sproxy-reply, %smap-notify\n",
	       since(e, "last-registered-ms", last),
	       yes(e, "proxy-reply") ? "" : "no ",
	       yes(e, "map-notify") ? "" : "no ");
	printf("      TTL %s, state %s, expires %s\n",
	       duration(num(e, "ttl-min") * 60000, first),
	       yes(e, "up") ? "up" : "down", since(e, "expires-ms", exp));
	printf("      nonce %s%s%s\n", str(e, "nonce"),
	       *str(e, "xtr-id") ? ", xTR-ID " : "", str(e, "xtr-id"));
	print_registrants(json_object_get(e, "registrants"));
	print_site_locators(json_object_get(e, "locators"));
}

static void print_site_detail(json_t *sites)
{
	json_t *s, *list, *e;
	size_t i, k;

	json_array_foreach(sites, i, s) {
		printf("%sSite name: ", i ? "\n" : "");
		put_safe(str(s, "name"));
		printf("\nDescription: ");
		put_safe(str(s, "description"));
		printf("\nAllowed configured locators: any\n"
		       "Requested EID-prefix:\n");
		list = json_object_get(s, "registrations");
		json_array_foreach(list, k, e)
			print_registration(s, e);
	}
}

int cmd_show_site(struct ctl *ctl, int argc, char **argv)
{
	json_t *args = argc ? json_pack("{s:s}", "site", argv[0]) : NULL, *r;

	if (argc && !args)
		return usage("not UTF-8");
	r = daemon_ask(ctl, "show-site", args);
	if (!r)
		return EXIT_FAILED;
	if (ctl->json)
		return print_json(r);
	printf("LISP Site Registration Information\n\n");
	if (argc)
		print_site_detail(json_object_get(r, "sites"));
	else
		print_sites(json_object_get(r, "sites"));
	json_decref(r);
	return EXIT_OK;
}

/* Statistics */

static void print_counters(json_t *groups)
{
	const char *group, *name;
	json_t *g, *v;

	printf("lispd\n");
	json_object_foreach(groups, group, g) {
		struct table *t = table_new(2);
		char value[24];

		printf("  ");
		put_safe(group);
		putchar('\n');
		json_object_foreach(g, name, v) {
			const char *row[] = { name, value };

			snprintf(value, sizeof(value), "%" JSON_INTEGER_FORMAT,
				 json_integer_value(v));
			table_row(t, row);
		}
		table_print(t, "    ");
	}
}

static json_t *kernel_stats(struct ctl *ctl, int *err)
{
	json_t *devs = json_array();
	struct kernel k;
	unsigned int i;

	*err = EXIT_OK;
	if (lisp_nl_open(&k.nl)) {	/* no module: a map-server, say */
		lisp_nl_close(&k.nl);
		return devs;
	}
	lisp_nl_close(&k.nl);
	*err = kernel_open_devs(&k, ctl->device);
	if (*err)
		return devs;
	for (i = 0; i < k.n_devs; i++) {
		json_array_append_new(devs, json_device_stats(&k.devs[i]));
		if (!ctl->json)
			print_device_stats(&k.devs[i]);
	}
	kernel_close(&k);
	return devs;
}

int cmd_show_statistics(struct ctl *ctl, int argc, char **argv)
{
	json_t *devs, *r, *groups;
	bool absent;
	int err;

	(void)argc;
	(void)argv;
	devs = kernel_stats(ctl, &err);
	r = daemon_try(ctl, "show-statistics", NULL, &absent);
	groups = json_incref(json_object_get(r, "counters"));
	json_decref(r);
	if (ctl->json && !err)
		return print_json(json_pack("{s:o, s:o}", "devices", devs,
					    "lispd", groups ? groups :
					    json_null()));
	if (groups)
		print_counters(groups);
	json_decref(groups);
	if (!r && absent && !json_array_size(devs) && !err)
		err = failed("neither a LISP device nor lispd is there");
	json_decref(devs);
	return err ? err : r || absent ? EXIT_OK : EXIT_FAILED;
}
