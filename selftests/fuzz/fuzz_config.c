// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer of lispd's configuration file: whatever the text, it is taken, or one
 * error names a place in it; and what is taken the core takes, too.
 *
 * With clang's -fsanitize=fuzzer this is a libFuzzer target. Built with
 * -DSTANDALONE it has its own main, which changes good configurations (and the
 * files given) for so long, or, without -t, runs each file once:
 *
 *	fuzz_config [-t SECONDS] [-s SEED] [FILE...]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctrld/config_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

const char *lisp_config_check(const struct lisp_config *cfg);

static void fail(const char *what, const char *text)
{
	fprintf(stderr, "%s: %s\n", what, text);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;
	unsigned int line, column;
	const char *p, *why;

	if (lispd_config_parse("f", (const char *)data, size, &cfg, error,
			       NULL, NULL)) {
		if (sscanf(error, "f:%u:%u: ", &line, &column) != 2 || !line ||
		    !column)
			fail("error without a place", error);
		for (p = error; *p; p++)
			if ((unsigned char)*p < 0x20 || *p == 0x7f)
				fail("error with a control character", error);
		return 0;
	}
	why = lisp_config_check(&cfg.core);
	if (why)
		fail("the core refuses what the file may say", why);
	lispd_config_free(&cfg);
	return 0;
}

#ifdef STANDALONE
static const char *const seeds[] = {
	"roles: [itr, etr]\ndevices:\n  - {name: lisp0, instance-id: 7}\n"
	"rlocs: [10.0.1.9, 2001:db8::9]\ndatabase-mappings:\n"
	"  - eid-prefix: 2001:10:1:22::/64\n    instance-id: 7\n    ttl: 60\n"
	"    rlocs:\n      - {address: 10.0.1.9, priority: 1, weight: 50}\n"
	"map-resolvers: [10.0.0.13]\nmap-servers:\n  - address: 10.0.0.13\n"
	"    key: LISP\n    key-id: 1\n    algorithm: sha1\n"
	"    mac-length: 12\n    proxy-reply: true\n    map-notify: false\n"
	"control-socket: /run/x.sock\n",
	"roles: [map-server, map-resolver]\nsites:\n  - name: MainSite\n"
	"    description: \"C1 \\u00e9\"\n    key: LISP\n    eid-prefixes:\n"
	"      - 2001:10:1:14::/64\n      - prefix: 10.1.0.0/16\n"
	"        instance-id: 16777215\n        accept-more-specifics: true\n"
	"  - name: SiteTwo\n    keys:\n      - {key-id: 1, key-file: a}\n"
	"      - {key-id: 2, key: b, algorithm: sha256-hkdf}\n"
	"    eid-prefixes: [10.1.0.0/16, 2001:10:1::/48]\n",
};

static const char *const words[] = {
	"\n", "  ", "- ", ": ", "{", "}", "[", "]", ",", "'", "\"", "&a ",
	"*a", "!!str ", "---\n", "...\n", "|\n", ">\n", "? ", "# ", "<<: *a",
	"0", "-1", "256", "4294967296", "/33", "/129", "::", "10.0.0.0/8",
	"true", "\\0", "\xff", "\t", "%YAML 1.1\n", "\xef\xbb\xbf", "key: ",
	"rlocs: ", "null", "~",
};

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define TEXT_MAX	4096

static size_t mutate(char *t, size_t n)
{
	size_t at = rand() % (n + 1), len = rand() % 16, from, k;
	const char *w = words[rand() % COUNT(words)];

	switch (rand() % 5) {
	case 0:			/* another byte */
		if (at < n)
			t[at] = rand();
		return n;
	case 1:			/* without a piece */
		if (at + len > n)
			return n;
		memmove(t + at, t + at + len, n - at - len);
		return n - len;
	case 2:			/* a word more */
		k = strlen(w);
		if (n + k > TEXT_MAX)
			return n;
		memmove(t + at + k, t + at, n - at);
		memcpy(t + at, w, k);
		return n + k;
	case 3:			/* a piece of itself over another */
		from = rand() % (n + 1);
		if (from + len <= n && at + len <= n)
			memmove(t + at, t + from, len);
		return n;
	default:		/* cut off */
		return rand() % 8 ? n : at;
	}
}

static int run_file(const char *name, char *buf)
{
	FILE *f = fopen(name, "r");
	size_t n;

	if (!f) {
		perror(name);
		return 1;
	}
	n = fread(buf, 1, TEXT_MAX, f);
	fclose(f);
	return LLVMFuzzerTestOneInput((uint8_t *)buf, n);
}

int main(int argc, char **argv)
{
	unsigned long runs = 0, seconds = 0, seed = 1;
	char text[TEXT_MAX], *copy;
	time_t end;
	int c, i, k;

	while ((c = getopt(argc, argv, "t:s:")) != -1) {
		if (c != 't' && c != 's')
			return 2;
		*(c == 't' ? &seconds : &seed) = strtoul(optarg, NULL, 10);
	}
	for (i = optind; i < argc; i++)
		if (run_file(argv[i], text))
			return 1;
	srand(seed);
	for (end = time(NULL) + seconds; time(NULL) < end; runs++) {
		size_t n = strlen(seeds[runs % COUNT(seeds)]);

		memcpy(text, seeds[runs % COUNT(seeds)], n);
		for (k = 1 + rand() % 6; k; k--)
			n = mutate(text, n);
		/* of the very size, so that the sanitizer sees a read past */
		copy = malloc(n ? n : 1);
		memcpy(copy, text, n);
		LLVMFuzzerTestOneInput((uint8_t *)copy, n);
		free(copy);
	}
	printf("%lu runs, seed %lu\n", runs, seed);
	return 0;
}
#endif
