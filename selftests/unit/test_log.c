// SPDX-License-Identifier: GPL-2.0
/* The log: printable, and not more than so much of a kind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "log.h"

static time_t now = 1000;

/* Called instead of the real one. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	(void)clock;
	*ts = (struct timespec){ .tv_sec = now };
	return 0;
}

static char said[1 << 16];
static int old_stderr;
static FILE *file;

static void listen(void)
{
	fflush(stderr);
	old_stderr = dup(2);
	file = tmpfile();
	dup2(fileno(file), 2);
}

static unsigned int heard(void)
{
	unsigned int lines = 0;
	size_t n;
	char *p;

	fflush(stderr);
	dup2(old_stderr, 2);
	close(old_stderr);
	rewind(file);
	n = fread(said, 1, sizeof(said) - 1, file);
	said[n] = '\0';
	fclose(file);
	for (p = said; *p; p++)
		lines += *p == '\n';
	return lines;
}

static void test_printable(void **state)
{
	(void)state;
	listen();
	log_warn("from %s", "a\033[31m\nb\x7f");
	assert_int_equal(heard(), 1);
	assert_string_equal(said, "lispd: warning: from a?[31m?b?\n");
}

/* 20 of a kind, one that says so; afterwards how many there were more */
static void test_limited(void **state)
{
	unsigned int i;

	(void)state;
	listen();
	for (i = 0; i < 1000; i++)
		log_err("dropped %u", i);
	log_info("something else");
	assert_int_equal(heard(), 22);
	assert_non_null(strstr(said, "error: dropped 19\n"));
	assert_null(strstr(said, "dropped 20\n"));
	assert_non_null(strstr(said, "are left out for a while"));
	assert_non_null(strstr(said, "something else"));
}

/* One place, now and then: all of them */
static void test_seldom(void **state)
{
	unsigned int i;

	(void)state;
	listen();
	for (i = 0; i < 100; i++, now++)
		log_info("every second %u", i);
	assert_int_equal(heard(), 100);
}

static void again(void)
{
	log_err("the very same");
}

static void test_told_later(void **state)
{
	unsigned int i;

	(void)state;
	listen();
	for (i = 0; i < 120; i++)
		again();
	now += 10;
	again();
	assert_int_equal(heard(), 23);
	assert_non_null(strstr(said, "error: 100 messages like the next one "
			       "were left out\nlispd: error: the very same\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printable),
		cmocka_unit_test(test_limited),
		cmocka_unit_test(test_seldom),
		cmocka_unit_test(test_told_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
