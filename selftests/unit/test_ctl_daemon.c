// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl and a daemon that does not wait for what is asked of it: played here,
 * behind the connect() of lispctl.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../tools/lispctl.h"

static int listener = -1;
static const char *answer;	/* before the request came */
static char said[256];

FILE *__real_fdopen(int fd, const char *mode);

/* lispctl has a connection: the daemon says something and closes it. */
FILE *__wrap_fdopen(int fd, const char *mode)
{
	int peer = accept(listener, NULL, NULL);

	assert_true(peer >= 0);
	assert_int_equal(send(peer, answer, strlen(answer), 0),
			 strlen(answer));
	close(peer);
	return __real_fdopen(fd, mode);
}

int failed(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
	return EXIT_FAILED;
}

int usage(const char *fmt, ...)
{
	(void)fmt;
	return EXIT_USAGE;
}

void put_safe(const char *s)
{
	(void)s;
}

int print_json(json_t *json)
{
	json_decref(json);
	return EXIT_OK;
}

static char dir[32], path[48];

static int setup(void **state)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	(void)state;
	strcpy(dir, "/tmp/test_ctl.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/sock", dir);
	strcpy(sa.sun_path, path);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	*said = '\0';
	return bind(listener, (struct sockaddr *)&sa, sizeof(sa)) ||
	       listen(listener, 1);
}

static int teardown(void **state)
{
	(void)state;
	close(listener);
	unlink(path);
	return rmdir(dir);
}

/* A reason was given: it is printed, rather than the end of a signal. */
static void test_too_many(void **state)
{
	struct ctl ctl = { .socket = path };
	char heard[256] = "";
	int old = dup(2);
	FILE *f = tmpfile();

	(void)state;
	answer = "{\"ok\": false, \"error\": \"too many clients\"}\n";
	fflush(stderr);
	dup2(fileno(f), 2);
	assert_null(daemon_ask(&ctl, "show-site", NULL));
	assert_int_equal(cmd_debug(&ctl, 0, NULL), EXIT_FAILED);
	fflush(stderr);
	dup2(old, 2);
	close(old);
	rewind(f);
	assert_true(fread(heard, 1, sizeof(heard) - 1, f) > 0);
	fclose(f);
	assert_string_equal(heard, "lispctl: too many clients\n"
			    "lispctl: too many clients\n");
	assert_string_equal(said, "");
}

static void test_closed(void **state)
{
	struct ctl ctl = { .socket = path };

	(void)state;
	answer = "";
	assert_null(daemon_ask(&ctl, "show-site", NULL));
	assert_string_equal(said, "lispd: the connection was closed");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_too_many), TEST(test_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
