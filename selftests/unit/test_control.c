// SPDX-License-Identifier: GPL-2.0
/*
 * The control socket: whatever a client sends, or does not read, it gets one
 * clear answer and holds up nobody.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include <event2/event.h>
#include "control.h"

struct fixture {
	struct event_base *base;
	struct control *control;
	struct control_client *waiting;
	unsigned int gone;
	char dir[32], path[64];
};

static json_t *command(void *ctx, struct control_client *from,
		       const char *name, json_t *args, const char **error,
		       bool *later)
{
	struct fixture *f = ctx;
	json_t *r;

	if (!strcmp(name, "echo"))
		return json_pack("{s:O}", "args", args ? args : json_null());
	if (!strcmp(name, "big")) {
		char *text = calloc(1, 3 << 20);

		memset(text, 'x', (3 << 20) - 1);
		r = json_pack("{s:s}", "text", text);
		free(text);
		return r;
	}
	if (!strcmp(name, "cut")) {
		*error = "no site 'Z\xc3";	/* in the middle of a letter */
		return NULL;
	}
	if (!strcmp(name, "wait")) {
		f->waiting = from;
		*later = true;
		return NULL;
	}
	*error = "no such command";
	return NULL;
}

static void gone(void *ctx, struct control_client *client)
{
	struct fixture *f = ctx;

	assert_ptr_equal(f->waiting, client);
	f->waiting = NULL;
	f->gone++;
}

static const struct control_ops ops = { .command = command, .gone = gone };

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/test_control.XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/sub/sock", f->dir);
	f->base = event_base_new();
	f->control = control_open(f->base, f->path, &ops, f);
	*state = f;
	return f->control ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	control_close(f->control);
	event_base_free(f->base);
	assert_int_equal(access(f->path, F_OK), -1);
	*strrchr(f->path, '/') = '\0';
	rmdir(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

static void turn(struct fixture *f)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		event_base_loop(f->base, EVLOOP_NONBLOCK);
}

static int dial(struct fixture *f)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(sa.sun_path, f->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	turn(f);
	return fd;
}

static void put(struct fixture *f, int fd, const char *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = send(fd, data, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EPIPE)
			return;
		if (n > 0) {
			data += n;
			len -= n;
		}
		turn(f);
	}
}

/* All there is to read now: bytes, or -1 when the other side has closed. */
static ssize_t get(struct fixture *f, int fd, char *buf, size_t size)
{
	size_t n = 0;
	ssize_t got;

	turn(f);
	while (n < size - 1) {
		got = recv(fd, buf + n, size - 1 - n, 0);
		if (got < 0 && errno == EAGAIN)
			break;
		if (got <= 0) {
			buf[n] = '\0';
			return n ? (ssize_t)n : -1;
		}
		n += got;
		turn(f);
	}
	buf[n] = '\0';
	return n;
}

static void expect(struct fixture *f, int fd, const char *request,
		   const char *answer)
{
	char buf[1024];

	put(f, fd, request, strlen(request));
	get(f, fd, buf, sizeof(buf));
	assert_string_equal(buf, answer);
}

static void test_requests(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	expect(f, fd, "{\"command\": \"echo\", \"args\": {\"a\": 1}}\n",
	       "{\"ok\":true,\"result\":{\"args\":{\"a\":1}}}\n");
	expect(f, fd, "{\"command\": \"nope\"}\n",
	       "{\"ok\":false,\"error\":\"no such command\"}\n");
	/* two at a time, one in pieces */
	expect(f, fd, "{\"command\":\"echo\"}\n{\"command\":",
	       "{\"ok\":true,\"result\":{\"args\":null}}\n");
	expect(f, fd, "\"echo\"}\n",
	       "{\"ok\":true,\"result\":{\"args\":null}}\n");
	close(fd);
	turn(f);
}

static void test_mode(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
}

/* A second daemon is told so; a socket left behind is no obstacle. */
static void test_in_use(void **state)
{
	struct fixture *f = *state;
	struct control *c;

	assert_null(control_open(f->base, f->path, &ops, f));
	control_close(f->control);
	f->control = control_open(f->base, f->path, &ops, f);
	assert_non_null(f->control);
	/* leave a dead socket file */
	assert_int_equal(rename(f->path, "/dev/null/x"), -1);
	{
		struct sockaddr_un sa = { .sun_family = AF_UNIX };
		char path[80];
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		snprintf(path, sizeof(path), "%s2", f->path);
		strcpy(sa.sun_path, path);
		assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)),
				 0);
		close(fd);
		c = control_open(f->base, path, &ops, f);
		assert_non_null(c);
		control_close(c);
	}
}

/* What is no socket is not removed; nor is, at the end, what is not ours. */
static void test_not_ours(void **state)
{
	struct fixture *f = *state;
	struct control *c;
	char path[64], moved[64];
	int fd;

	snprintf(path, sizeof(path), "%s/sub/file", f->dir);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_null(control_open(f->base, path, &ops, f));
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_null(control_open(f->base, path, &ops, f));
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_null(control_open(f->base, path, &ops, f));
	assert_int_equal(unlink(path), 0);

	snprintf(moved, sizeof(moved), "%s/sub/moved", f->dir);
	c = control_open(f->base, path, &ops, f);
	assert_non_null(c);
	assert_int_equal(rename(path, moved), 0);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	close(fd);
	control_close(c);
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	unlink(moved);
}

static void test_malformed(void **state)
{
	static const char *const lines[] = {
		"\n", "{\n", "x\n", "[]\n", "1\n", "null\n", "\"a\"\n",
		"{\"command\": 1}\n", "{}\n", "{\"command\": \"echo\", "
		"\"args\": []}\n", "{\"a\":1,\"a\":2}\n", "{\"a\": \"\xff\"}\n",
		"{\"command\": \"echo\"} trailing\n", "\x1b[31m\n",
		"{\"command\": \"a\\u0000b\"}\n",
	};
	struct fixture *f = *state;
	char buf[1024];
	json_t *j;
	size_t i;
	int fd = dial(f);

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		put(f, fd, lines[i], strlen(lines[i]));
		assert_true(get(f, fd, buf, sizeof(buf)) > 0);
		j = json_loads(buf, 0, NULL);
		assert_true(json_is_false(json_object_get(j, "ok")));
		assert_true(json_is_string(json_object_get(j, "error")));
		json_decref(j);
		/* one line of printable text */
		assert_ptr_equal(strchr(buf, '\n'), buf + strlen(buf) - 1);
		assert_null(strchr(buf, '\x1b'));
	}
	/* deeply nested */
	memset(buf, '[', sizeof(buf));
	for (i = 0; i < 60; i++)
		put(f, fd, buf, sizeof(buf));
	put(f, fd, "\n", 1);
	assert_true(get(f, fd, buf, sizeof(buf)) > 0);
	assert_non_null(strstr(buf, "\"ok\":false"));
	/* it still serves */
	expect(f, fd, "{\"command\": \"echo\"}\n",
	       "{\"ok\":true,\"result\":{\"args\":null}}\n");
	close(fd);
	turn(f);
}

/* What is no UTF-8 is no JSON: still there is an answer, in ASCII. */
static void test_no_text(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	expect(f, fd, "{\"command\": \"cut\"}\n",
	       "{\"ok\":false,\"error\":\"no site 'Z?\"}\n");
	expect(f, fd, "{\"command\": \"debug\"}\n", "{\"ok\":true}\n");
	control_trace(f->control, "itr", "site Z\xc3\xbcrich of Z\xc3");
	{
		char buf[256];

		assert_true(get(f, fd, buf, sizeof(buf)) > 0);
		assert_non_null(strstr(buf, "site Z??rich of Z?"));
	}
	close(fd);
	turn(f);
}

/* No descriptor is left: it neither spins nor forgets who waits outside. */
static void test_no_descriptors(void **state)
{
	static const char ask[] = "{\"command\":\"echo\"}\n";
	struct fixture *f = *state;
	struct timeval soon = { 0, 100000 };
	struct rlimit old, none;
	struct timespec begin, now;
	unsigned int turns = 0;
	char buf[256] = "";
	int fd, next;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	fd = dial(f);			/* what libevent needs is there */
	close(fd);
	turn(f);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	next = dup(fd);
	close(next);
	none.rlim_cur = next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	{
		struct sockaddr_un sa = { .sun_family = AF_UNIX };

		strcpy(sa.sun_path, f->path);
		assert_int_equal(connect(fd, (struct sockaddr *)&sa,
					 sizeof(sa)), 0);
	}
	assert_int_equal(send(fd, ask, sizeof(ask) - 1, 0), sizeof(ask) - 1);
	event_base_loopexit(f->base, &soon);
	while (!event_base_got_exit(f->base) && turns++ < 1000)
		event_base_loop(f->base, EVLOOP_ONCE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_true(turns < 100);
	do {
		if (get(f, fd, buf, sizeof(buf)) > 0)
			break;
		usleep(10000);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < begin.tv_sec + 60);
	assert_string_equal(buf, "{\"ok\":true,\"result\":{\"args\":null}}\n");
	close(fd);
	turn(f);
}

#define TOO_LONG "{\"ok\":false,\"error\":\"line too long; allowed: 65535 " \
		 "bytes\"}\n"

static void test_oversized(void **state)
{
	static char line[CONTROL_LINE_MAX + 1];
	struct fixture *f = *state;
	char buf[1024];
	int fd, i;

	memset(line, ' ', sizeof(line));
	for (i = 0; i < 2; i++) {
		fd = dial(f);
		if (i)
			line[CONTROL_LINE_MAX] = '\n';
		put(f, fd, line, sizeof(line));
		assert_true(get(f, fd, buf, sizeof(buf)) > 0);
		assert_string_equal(buf, TOO_LONG);
		assert_int_equal(get(f, fd, buf, sizeof(buf)), -1);
		close(fd);
	}
	/* the longest there may be */
	fd = dial(f);
	memcpy(line, "{\"command\":\"echo\"}", 18);
	line[CONTROL_LINE_MAX - 1] = '\n';
	put(f, fd, line, CONTROL_LINE_MAX);
	get(f, fd, buf, sizeof(buf));
	assert_string_equal(buf, "{\"ok\":true,\"result\":{\"args\":null}}\n");
	close(fd);
	turn(f);
}

static void test_many_clients(void **state)
{
	struct fixture *f = *state;
	int fds[CONTROL_CLIENTS_MAX], fd, i;
	char buf[256];

	for (i = 0; i < CONTROL_CLIENTS_MAX; i++)
		fds[i] = dial(f);
	fd = dial(f);
	assert_true(get(f, fd, buf, sizeof(buf)) > 0);
	assert_string_equal(buf, "{\"ok\": false, \"error\": \"too many "
			    "clients\"}\n");
	close(fd);
	close(fds[0]);
	turn(f);
	fds[0] = dial(f);
	for (i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		expect(f, fds[i], "{\"command\": \"echo\"}\n",
		       "{\"ok\":true,\"result\":{\"args\":null}}\n");
		close(fds[i]);
	}
	turn(f);
}

/* Answers later; meanwhile the client's further requests wait. */
static void test_later(void **state)
{
	struct fixture *f = *state;
	char buf[256];
	int fd = dial(f);

	expect(f, fd, "{\"command\":\"wait\"}\n{\"command\":\"echo\"}\n", "");
	assert_non_null(f->waiting);
	control_answer(f->waiting, json_pack("{s:i}", "a", 1), NULL);
	f->waiting = NULL;
	get(f, fd, buf, sizeof(buf));
	assert_string_equal(buf, "{\"ok\":true,\"result\":{\"a\":1}}\n"
			    "{\"ok\":true,\"result\":{\"args\":null}}\n");
	close(fd);
	turn(f);
	assert_int_equal(f->gone, 0);
}

static void test_left_while_waiting(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	expect(f, fd, "{\"command\":\"wait\"}\n", "");
	close(fd);
	turn(f);
	assert_int_equal(f->gone, 1);
	assert_null(f->waiting);
}

/*
 * A client that sends no more, as "nc -N" at the end of its input: it gets all
 * of its answers, then the end.
 */
static void test_half_closed(void **state)
{
	static const char ask[] = "{\"command\":\"echo\"}\n"
		"{\"command\":\"big\"}\n{\"command\":\"wait\"}\n"
		"{\"command\":\"echo\"}\n";
	static char buf[4 << 20];
	struct fixture *f = *state;
	int fd = dial(f);

	assert_int_equal(send(fd, ask, sizeof(ask) - 1, 0), sizeof(ask) - 1);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_true(get(f, fd, buf, sizeof(buf)) > 3 << 20);
	assert_non_null(f->waiting);
	assert_int_equal(f->gone, 0);
	control_answer(f->waiting, json_pack("{s:i}", "a", 1), NULL);
	f->waiting = NULL;
	get(f, fd, buf, sizeof(buf));
	assert_string_equal(buf, "{\"ok\":true,\"result\":{\"a\":1}}\n"
			    "{\"ok\":true,\"result\":{\"args\":null}}\n");
	assert_int_equal(get(f, fd, buf, sizeof(buf)), -1);
	close(fd);
	assert_int_equal(f->gone, 0);

	/* neither hangs about who has left for good, nor who watches */
	fd = dial(f);
	send(fd, ask, sizeof(ask) - 1, 0);
	close(fd);
	turn(f);
	turn(f);
	fd = dial(f);
	expect(f, fd, "{\"command\":\"debug\"}\n", "{\"ok\":true}\n");
	shutdown(fd, SHUT_WR);
	assert_int_equal(get(f, fd, buf, sizeof(buf)), -1);
	assert_false(control_watched(f->control));
	close(fd);
	assert_null(f->waiting);
}

/* Half-closed, then gone while it waits: that is seen with the answer. */
static void test_half_closed_gone(void **state)
{
	static const char ask[] = "{\"command\":\"wait\"}\n";
	struct fixture *f = *state;
	int fd = dial(f), i;

	for (i = 0; i < 2 * CONTROL_CLIENTS_MAX; i++) {
		send(fd, ask, sizeof(ask) - 1, 0);
		shutdown(fd, SHUT_WR);
		turn(f);
		close(fd);
		if (f->waiting)
			control_answer(f->waiting, NULL, "late");
		f->waiting = NULL;
		fd = dial(f);
	}
	expect(f, fd, "{\"command\":\"echo\"}\n",
	       "{\"ok\":true,\"result\":{\"args\":null}}\n");
	close(fd);
	turn(f);
}

static void test_trace(void **state)
{
	struct fixture *f = *state;
	char buf[256];
	json_t *j;
	int fd = dial(f);

	assert_false(control_watched(f->control));
	expect(f, fd, "{\"command\":\"debug\"}\n", "{\"ok\":true}\n");
	assert_true(control_watched(f->control));
	control_trace(f->control, "itr", "a \x1b[1m \"b\"\n");
	get(f, fd, buf, sizeof(buf));
	assert_null(strchr(buf, '\x1b'));
	j = json_loads(buf, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(j, "text")),
			    "a \x1b[1m \"b\"\n");
	assert_string_equal(json_string_value(json_object_get(j, "role")),
			    "itr");
	assert_int_equal(json_string_length(json_object_get(j, "time")), 12);
	json_decref(j);
	close(fd);
	turn(f);
	assert_false(control_watched(f->control));
}

/* One reads nothing: what waits for it is bounded, and others get all. */
static void test_slow_reader(void **state)
{
	static char big[4 << 20];
	struct fixture *f = *state;
	char line[1000], *lost;
	int slow = dial(f), fast = dial(f), i;
	ssize_t n, seen = 0;

	expect(f, slow, "{\"command\":\"debug\"}\n", "{\"ok\":true}\n");
	expect(f, fast, "{\"command\":\"debug\"}\n", "{\"ok\":true}\n");
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (i = 0; i < 20000; i++) {
		control_trace(f->control, "etr", line);
		if (i % 100)
			continue;
		n = get(f, fast, big, sizeof(big));
		assert_true(n > 0);
		seen += n;
	}
	n = get(f, fast, big, sizeof(big));
	seen += n > 0 ? n : 0;
	assert_true(seen > 20000 * 1000);
	/* the slow one: part of it, and word of what is missing */
	seen = 0;
	lost = NULL;
	while (!lost && (n = get(f, slow, big, sizeof(big))) > 0) {
		seen += n;
		lost = strstr(big, "lines were lost, this reader is too slow");
	}
	assert_non_null(lost);
	assert_true(seen < (4 << 20));
	close(slow);
	close(fast);
	turn(f);
}

/* Asks and asks, never reads: no more than some answers are made. */
static void test_greedy(void **state)
{
	static char big[8 << 20];
	static const char ask[] = "{\"command\":\"big\"}\n";
	struct fixture *f = *state;
	int greedy = dial(f), other = dial(f), i;
	size_t seen = 0;
	ssize_t n;

	for (i = 0; i < 1000; i++) {
		if (send(greedy, ask, sizeof(ask) - 1, MSG_NOSIGNAL) < 0)
			assert_int_equal(errno, EAGAIN);
		turn(f);
	}
	expect(f, other, "{\"command\": \"echo\"}\n",
	       "{\"ok\":true,\"result\":{\"args\":null}}\n");
	/* now it reads: all that it asked for comes in the end */
	while ((n = get(f, greedy, big, sizeof(big))) > 0 && seen < 64 << 20)
		seen += n;
	assert_true(seen >= 64 << 20);
	close(greedy);
	close(other);
	turn(f);
}

/* Whatever bytes, in whatever pieces. */
static void test_noise(void **state)
{
	struct fixture *f = *state;
	char data[512], buf[65536];
	unsigned int seed = 1, i, k;
	int fd = dial(f);

	for (i = 0; i < 2000; i++) {
		size_t n = rand_r(&seed) % sizeof(data);

		for (k = 0; k < n; k++)
			data[k] = "{}[]\":,\\\n command echo debug wait\xff\0"
				[rand_r(&seed) % 36];
		if (send(fd, data, n, MSG_NOSIGNAL) < 0 || rand_r(&seed) % 50 == 0) {
			close(fd);
			turn(f);
			fd = dial(f);
		}
		get(f, fd, buf, sizeof(buf));
	}
	close(fd);
	turn(f);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_requests), TEST(test_mode), TEST(test_in_use),
		TEST(test_not_ours),
		TEST(test_malformed), TEST(test_no_text),
		TEST(test_no_descriptors), TEST(test_oversized),
		TEST(test_many_clients), TEST(test_later),
		TEST(test_left_while_waiting), TEST(test_half_closed),
		TEST(test_half_closed_gone), TEST(test_trace),
		TEST(test_slow_reader), TEST(test_greedy), TEST(test_noise),
	};

	signal(SIGPIPE, SIG_IGN);	/* as lispd does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
