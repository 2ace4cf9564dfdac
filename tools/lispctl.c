// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl - see and change LISP forwarding in the kernel, ask lispd.
 *
 * Options, and the one table of commands.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lispctl.h"

#ifndef LISP_VERSION
#define LISP_VERSION	"unknown"
#endif
#ifndef LISP_SOCKET
#define LISP_SOCKET	"/run/lisp/lispd.sock"
#endif

#define SETTINGS	"[instance-id N] [port N] [ttl-mode propagate|hide] " \
			"[max-entries N] [park-packets N] "		      \
			"[park-packets-eid N] [park-bytes N] [park-time MS] " \
			"[miss-rate N] [pitr on|off] [rtr on|off] "	      \
			"[strict-source on|off] [decap-dscp on|off] "	      \
			"[udp6-zero-csum on|off] [native-mark N] "	      \
			"[status-bits N] [fragment-inner on|off] "	      \
			"[hear-status-bits on|off]"

struct command {
	const char *verb, *object, *args;
	int min_args, max_args;		/* -1: any number */
	int (*run)(struct ctl *ctl, int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
	{ "show", "map-cache", "[PREFIX]", 0, 1, cmd_show_map_cache,
	  "mappings in the kernel, and EIDs that packets wait for" },
	{ "show", "database", "", 0, 0, cmd_show_database,
	  "what lispd registers and answers for" },
	{ "show", "site", "[NAME|PREFIX]", 0, 1, cmd_show_site,
	  "sites of the map-server and their registrations" },
	{ "show", "device", "[DEV]", 0, 1, cmd_show_device,
	  "LISP devices with settings" },
	{ "show", "statistics", "", 0, 0, cmd_show_statistics,
	  "counters of the devices and of lispd" },
	{ "show", "eid", "", 0, 0, cmd_show_eid,
	  "local EID prefixes in the kernel" },
	{ "show", "rloc", "", 0, 0, cmd_show_rloc,
	  "locators in the kernel, state and counters" },
	{ "show", "sources", "[DEV]", 0, 1, cmd_show_sources,
	  "locators that packets come from" },
	{ "device", "add", "NAME " SETTINGS, 1, -1, cmd_device_add,
	  "make a LISP device" },
	{ "device", "set", "NAME SETTING...", 3, -1, cmd_device_set,
	  "change settings of a device" },
	{ "device", "del", "NAME", 1, 1, cmd_device_del, "remove a device" },
	{ "map", "add", "PREFIX [rloc ADDR [priority N] [weight N]]... "
	  "[action ACTION] [ttl SECONDS] [origin ORIGIN]", 1, -1, cmd_map_add,
	  "add a mapping, or replace the one of that prefix" },
	{ "map", "load", "FILE|-", 1, 1, cmd_map_load,
	  "add mappings, one a line, in the words of map add" },
	{ "map", "save", "", 0, 0, cmd_map_save,
	  "print the mappings as map load takes them" },
	{ "map", "del", "PREFIX", 1, 1, cmd_map_del, "delete a mapping" },
	{ "map", "flush", "[origin static|config|map-reply]", 0, 2,
	  cmd_map_flush, "delete all mappings, or those of one origin" },
	{ "eid", "add", "PREFIX", 1, 1, cmd_eid_add,
	  "add a local EID prefix" },
	{ "eid", "del", "PREFIX", 1, 1, cmd_eid_del,
	  "delete a local EID prefix" },
	{ "rloc", "up", "ADDR", 1, 1, cmd_rloc_up, "use a locator again" },
	{ "rloc", "down", "ADDR", 1, 1, cmd_rloc_down,
	  "stop using a locator" },
	{ "monitor", NULL, "", 0, 0, cmd_monitor,
	  "events of the kernel, one line each" },
	{ "debug", NULL, "", 0, 0, cmd_debug,
	  "what lispd does, one line for each step" },
	{ "lig", NULL, "EID", 1, 1, cmd_lig, "have lispd ask for a mapping" },
	{ "reload", NULL, "", 0, 0, cmd_reload,
	  "have lispd read its configuration again" },
};

#define N_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static struct {
	const char *file;
	unsigned int first, last;
} place;

void error_place(const char *file, unsigned int first, unsigned int last)
{
	place.file = file;
	place.first = first;
	place.last = last;
}

static void complain(const char *fmt, va_list ap)
{
	fflush(stdout);
	fputs("lispctl: ", stderr);
	if (place.file && place.first == place.last)
		fprintf(stderr, "%s:%u: ", place.file, place.first);
	else if (place.file)
		fprintf(stderr, "%s:%u-%u: ", place.file, place.first,
			place.last);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int failed(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(fmt, ap);
	va_end(ap);
	return EXIT_FAILED;
}

int usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(fmt, ap);
	va_end(ap);
	return EXIT_USAGE;
}

static void print_help(FILE *f)
{
	size_t i;

	fputs("usage: lispctl [-s|--socket PATH] [--json] [-d|--device DEV] "
	      "COMMAND\n\n", f);
	for (i = 0; i < N_COMMANDS; i++)
		fprintf(f, "  %s%s%s %s\n\t%s\n", commands[i].verb,
			commands[i].object ? " " : "",
			commands[i].object ? commands[i].object : "",
			commands[i].args, commands[i].help);
}

static bool is_verb(const char *word)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (!strcmp(commands[i].verb, word))
			return true;
	return false;
}

static const struct command *find(int argc, char **argv, int *used)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++) {
		const struct command *c = &commands[i];

		if (strcmp(c->verb, argv[0]))
			continue;
		*used = c->object ? 2 : 1;
		if (!c->object || (argc > 1 && !strcmp(c->object, argv[1])))
			return c;
	}
	return NULL;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	const struct command *c;
	int used = 0, err;

	if (!argc) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	c = find(argc, argv, &used);
	if (!c && is_verb(argv[0]) && argc > 1)
		return usage("%s: no such command: '%s'; see lispctl "
			     "--help", argv[0], argv[1]);
	if (!c && is_verb(argv[0]))
		return usage("%s: what? See lispctl --help", argv[0]);
	if (!c)
		return usage("no such command: '%s'; see lispctl --help",
			     argv[0]);
	argc -= used;
	argv += used;
	if (argc < c->min_args)
		return usage("argument missing; usage: lispctl %s%s%s %s",
			     c->verb, c->object ? " " : "",
			     c->object ? c->object : "", c->args);
	if (c->max_args >= 0 && argc > c->max_args)
		return usage("too many arguments: '%s'", argv[c->max_args]);
	err = c->run(ctl, argc, argv);
	if (!err && (fflush(stdout) || ferror(stdout)))
		return failed("standard output: %s", strerror(errno));
	return err;
}

bool parse_number(const char *s, uint32_t min, uint32_t max, uint32_t *out)
{
	unsigned long long v;
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	v = strtoull(s, &end, 10);
	if (errno || *end || v < min || v > max)
		return false;
	*out = v;
	return true;
}

int parse_prefix(const char *s, struct lisp_eid *eid)
{
	switch (lisp_eid_parse(s, eid)) {
	case 0:
		if (!eid->iid)
			return 0;
		return usage("'%s': choose the instance-ID by its device "
			     "(-d)", s);
	case -EDOM:
		return usage("'%s': bits are set past the prefix length",
			     s);
	case -ERANGE:
		return usage("'%s': prefix length out of range", s);
	}
	return usage("'%s' is not an EID prefix; allowed: IPv4 or IPv6 "
		     "ADDRESS[/LENGTH]", s);
}

int parse_address(const char *s, struct lisp_addr *addr)
{
	if (!lisp_addr_parse(s, addr))
		return 0;
	return usage("'%s' is not an IPv4 or IPv6 address", s);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "device", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct ctl ctl = { .socket = LISP_SOCKET };
	int c;

	while ((c = getopt_long(argc, argv, "s:d:h", options, NULL)) != -1) {
		switch (c) {
		case 's':
			ctl.socket = optarg;
			break;
		case 'd':
			ctl.device = optarg;
			break;
		case 'j':
			ctl.json = true;
			break;
		case 'V':
			puts("lispctl " LISP_VERSION);
			return EXIT_OK;
		case 'h':
			print_help(stdout);
			return EXIT_OK;
		default:
			return EXIT_USAGE;
		}
	}
	return run(&ctl, argc - optind, argv + optind);
}
