// SPDX-License-Identifier: GPL-2.0
/* The service manager is told, at a path or an abstract address, or nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>
#include "log.h"
#include "ready.h"

/* A socket bound to @name, '@' for NUL, that does not wait. */
static int listener(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	memcpy(addr.sun_path, name, strlen(name));
	if (*name == '@')
		addr.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&addr,
			      offsetof(struct sockaddr_un, sun_path) +
			      strlen(name)), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	return fd;
}

static void check_told(int fd)
{
	char buf[64];

	ready_tell("READY=1");
	assert_int_equal(recv(fd, buf, sizeof(buf), 0), 7);
	assert_memory_equal(buf, "READY=1", 7);
	assert_true(recv(fd, buf, sizeof(buf), 0) < 0);
	close(fd);
}

static void test_path(void **state)
{
	char dir[] = "/tmp/test_ready.XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/notify", dir);
	check_told(listener(path));
	unlink(path);
	rmdir(dir);
	ready_tell("READY=1");		/* nobody there any more */
}

static void test_abstract(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "@test_ready/%d", (int)getpid());
	check_told(listener(name));
}

static void test_nobody(void **state)
{
	char name[200];
	int fd;

	(void)state;
	snprintf(name, sizeof(name), "@test_ready/%d/none", (int)getpid());
	fd = listener(name);
	unsetenv("NOTIFY_SOCKET");
	ready_tell("READY=1");
	assert_true(recv(fd, name, sizeof(name), 0) < 0);
	close(fd);
	/* empty, relative, and longer than an address */
	setenv("NOTIFY_SOCKET", "", 1);
	ready_tell("READY=1");
	setenv("NOTIFY_SOCKET", "vsock:2:1", 1);
	ready_tell("READY=1");
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	setenv("NOTIFY_SOCKET", name, 1);
	ready_tell("READY=1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_abstract),
		cmocka_unit_test(test_nobody),
	};

	log_init(false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
