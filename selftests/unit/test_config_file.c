// SPDX-License-Identifier: GPL-2.0
/* lispd.yaml and the files it names, as files: missing, unsafe, too big. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "config_file.h"

static char warnings[4096];

static void warn(void *arg, const char *text)
{
	size_t n = strlen(warnings);

	(void)arg;
	snprintf(warnings + n, sizeof(warnings) - n, "%s\n", text);
}

struct files {
	char dir[32], conf[64], key[64];
};

static void write_file(const char *path, const char *text, size_t len,
		       mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static int setup_files(void **state)
{
	struct files *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/test_config.XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->conf, sizeof(f->conf), "%s/lispd.yaml", f->dir);
	snprintf(f->key, sizeof(f->key), "%s/ms.key", f->dir);
	*state = f;
	return 0;
}

static int remove_files(void **state)
{
	struct files *f = *state;

	unlink(f->conf);
	unlink(f->key);
	rmdir(f->dir);
	free(f);
	return 0;
}

static const char site_with_file[] =
	"roles: [map-server]\n"
	"sites: [{name: a, key-file: ms.key, eid-prefixes: [10.0.0.0/8]}]\n";

static void test_key_file(void **state)
{
	struct files *f = *state;
	char error[YAML_ERROR_LEN], want[YAML_ERROR_LEN];
	struct lispd_config cfg;

	write_file(f->conf, site_with_file, strlen(site_with_file), 0600);
	write_file(f->key, "s e cret\r\n", 10, 0640);
	*warnings = '\0';
	assert_int_equal(lispd_config_load(f->conf, &cfg, error, warn, NULL),
			 0);
	assert_string_equal(cfg.core.sites[0].keys[0].secret, "s e cret");
	assert_string_equal(warnings, "");
	lispd_config_free(&cfg);
	/* for everybody to read: taken, but said */
	assert_int_equal(chmod(f->key, 0644), 0);
	assert_int_equal(lispd_config_load(f->conf, &cfg, error, warn, NULL),
			 0);
	lispd_config_free(&cfg);
	snprintf(want, sizeof(want), "%s:2:29: key-file can be read by "
		 "everybody: 'ms.key'\n", f->conf);
	assert_string_equal(warnings, want);
}

static void bad_key_file(struct files *f, const char *key, size_t len,
			 const char *what)
{
	char error[YAML_ERROR_LEN], want[YAML_ERROR_LEN];
	struct lispd_config cfg;

	write_file(f->conf, site_with_file, strlen(site_with_file), 0600);
	write_file(f->key, key, len, 0600);
	assert_true(lispd_config_load(f->conf, &cfg, error, warn, NULL) < 0);
	snprintf(want, sizeof(want), "%s:2:29: key-file %s", f->conf, what);
	assert_string_equal(error, want);
}

static void test_bad_key_file(void **state)
{
	char big[1026];

	memset(big, 'x', sizeof(big));
	bad_key_file(*state, "", 0,
		     "is empty: 'ms.key'; allowed: text of 1 to 1024 bytes");
	bad_key_file(*state, "\n", 1,
		     "is empty: 'ms.key'; allowed: text of 1 to 1024 bytes");
	bad_key_file(*state, "a\0b", 3,
		     "holds a NUL: 'ms.key'; allowed: text of 1 to 1024 bytes");
	bad_key_file(*state, big, 1026,
		     "is too long: ''; allowed: 1 to 1024 bytes");
}

static void test_no_file(void **state)
{
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;

	(void)state;
	assert_true(lispd_config_load("/nonexistent", &cfg, error, NULL, NULL)
		    < 0);
	assert_string_equal(error,
			    "/nonexistent: No such file or directory");
	assert_true(lispd_config_load("/tmp", &cfg, error, NULL, NULL) < 0);
	assert_string_equal(error, "/tmp: Is a directory");
}

static void test_too_long(void **state)
{
	size_t len = YAML_SIZE_MAX + 1;
	char error[YAML_ERROR_LEN], *text = malloc(len);
	struct lispd_config cfg;

	(void)state;
	memset(text, '#', len);
	assert_true(lispd_config_parse("t.yaml", text, len, &cfg, error, NULL,
				       NULL) < 0);
	assert_string_equal(error, "t.yaml:1:1: too long: ''; allowed: 16 "
			    "MiB");
	free(text);
}

/* Many sites: nothing here takes the square of their number. */
static void test_many(void **state)
{
	const unsigned int n = 20000;
	size_t size = n * 96 + 64, len;
	char error[YAML_ERROR_LEN], *text = malloc(size);
	struct lispd_config cfg;
	unsigned int i;

	(void)state;
	len = sprintf(text, "roles: [map-server]\nsites:\n");
	for (i = 0; i < n; i++)
		len += sprintf(text + len, "- {name: s%u, key: k, "
			       "eid-prefixes: [10.%u.%u.0/24]}\n", i, i >> 8,
			       i & 255);
	assert_int_equal(lispd_config_parse("t.yaml", text, len, &cfg, error,
					    NULL, NULL), 0);
	assert_int_equal(cfg.core.n_sites, n);
	lispd_config_free(&cfg);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_key_file, setup_files,
						remove_files),
		cmocka_unit_test_setup_teardown(test_bad_key_file, setup_files,
						remove_files),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
