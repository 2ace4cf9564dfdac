// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to lispd over its control socket, and the commands that are little
 * more than one: debug, lig, reload.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "lispctl.h"

/* NULL: *err is an errno */
static FILE *dial(const char *path, int *err)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	FILE *f;
	int fd;

	*err = ENAMETOOLONG;
	if (strlen(path) >= sizeof(sa.sun_path))
		return NULL;
	strcpy(sa.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa))) {
		*err = errno;
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	f = fdopen(fd, "r+");
	if (!f)
		abort();
	return f;
}

/*
 * 0, or an errno. EPIPE: the daemon has closed its side, and what it has said
 * before can be read.
 */
static int send_request(FILE *f, const char *command, json_t *args)
{
	json_t *req = json_pack("{s:s, s:o}", "command", command, "args",
				args ? args : json_object());
	char *line = json_dumps(req, JSON_COMPACT);
	size_t len = line ? strlen(line) : 0, done = 0;
	ssize_t n;
	int err = 0;

	if (!line)
		abort();
	line[len++] = '\n';		/* where the NUL was */
	while (!err && done < len) {
		n = send(fileno(f), line + done, len - done, MSG_NOSIGNAL);
		if (n >= 0)
			done += n;
		else if (errno != EINTR)
			err = errno;
	}
	free(line);
	json_decref(req);
	return err;
}

/* One line of the daemon; NULL at the end, or after an error was printed. */
static json_t *read_line(FILE *f, bool *end)
{
	static char *line;
	static size_t size;
	json_error_t je;
	json_t *j;

	*end = false;
	if (getline(&line, &size, f) < 0) {
		*end = true;
		return NULL;
	}
	j = json_loads(line, 0, &je);
	if (!j)
		failed("lispd: answer is not JSON: %s", je.text);
	return j;
}

/* Takes the result out of the answer. */
static json_t *unwrap(json_t *answer)
{
	json_t *result = NULL;
	const char *error = json_string_value(json_object_get(answer,
							      "error"));

	if (json_is_true(json_object_get(answer, "ok"))) {
		result = json_object_get(answer, "result");
		result = result ? json_incref(result) : json_object();
	} else {
		fflush(stdout);
		fputs("lispctl: ", stderr);
		for (; error && *error; error++)
			fputc((unsigned char)*error < ' ' ? ' ' : *error,
			      stderr);
		fputc('\n', stderr);
	}
	json_decref(answer);
	return result;
}

static json_t *ask(const struct ctl *ctl, const char *command, json_t *args,
		   bool *absent)
{
	json_t *answer = NULL;
	bool end = false;
	FILE *f;
	int err;

	f = dial(ctl->socket, &err);
	if (!f) {
		json_decref(args);
		if (absent && (err == ENOENT || err == ECONNREFUSED))
			*absent = true;
		else if (err == ENOENT || err == ECONNREFUSED)
			failed("lispd does not run (%s: %s)", ctl->socket,
			       strerror(err));
		else
			failed("lispd: %s: %s", ctl->socket, strerror(err));
		return NULL;
	}
	err = send_request(f, command, args);
	if (err && err != EPIPE)
		failed("lispd: %s", strerror(err));
	else
		answer = read_line(f, &end);
	fclose(f);
	if (!answer) {
		if (end)
			failed("lispd: the connection was closed");
		return NULL;
	}
	return unwrap(answer);
}

json_t *daemon_ask(const struct ctl *ctl, const char *command, json_t *args)
{
	return ask(ctl, command, args, NULL);
}

json_t *daemon_try(const struct ctl *ctl, const char *command, json_t *args,
		   bool *absent)
{
	*absent = false;
	return ask(ctl, command, args, absent);
}

int cmd_reload(struct ctl *ctl, int argc, char **argv)
{
	json_t *r = daemon_ask(ctl, "reload", NULL);

	(void)argc;
	(void)argv;
	if (!r)
		return EXIT_FAILED;
	if (ctl->json)
		return print_json(r);
	json_decref(r);
	return EXIT_OK;
}

/* debug: lines until one side ends */

static void print_role(const char *role)
{
	for (; *role; role++)
		putchar(*role >= 'a' && *role <= 'z' ? *role - 32 : *role);
}

static void print_trace(const struct ctl *ctl, json_t *line)
{
	const char *time = json_string_value(json_object_get(line, "time"));
	const char *role = json_string_value(json_object_get(line, "role"));
	const char *text = json_string_value(json_object_get(line, "text"));

	if (ctl->json) {
		json_dumpf(line, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	} else if (time && role && text) {
		put_safe(time);
		putchar(' ');
		print_role(role);
		fputs(": ", stdout);
		put_safe(text);
	}
	putchar('\n');
	fflush(stdout);
}

int cmd_debug(struct ctl *ctl, int argc, char **argv)
{
	json_t *line;
	bool end;
	FILE *f;
	int err;

	(void)argc;
	(void)argv;
	f = dial(ctl->socket, &err);
	if (!f)
		return failed("lispd: %s: %s", ctl->socket, strerror(err));
	err = send_request(f, "debug", NULL);
	if (err && err != EPIPE) {
		fclose(f);
		return failed("lispd: %s", strerror(err));
	}
	while ((line = read_line(f, &end))) {
		if (json_object_get(line, "ok")) {
			line = unwrap(line);
			if (!line)
				break;
		} else {
			print_trace(ctl, line);
		}
		json_decref(line);
		if (ferror(stdout))
			break;
	}
	fclose(f);
	return line || !end ? EXIT_FAILED : failed("lispd has ended");
}

/* lig */

static void print_lig(const char *eid, json_t *r)
{
	const char *state = json_string_value(json_object_get(r, "state"));
	const char *prefix = json_string_value(json_object_get(r,
							"eid-prefix"));
	const char *action = json_string_value(json_object_get(r, "action"));
	json_t *list = json_object_get(r, "locators"), *l;
	size_t i;

	printf("%s: ", eid);
	put_safe(prefix ? prefix : "?");
	printf(", %s, rtt %.3f ms", state ? state : "?",
	       json_integer_value(json_object_get(r, "rtt-us")) / 1000.0);
	if (!json_array_size(list) && action)
		printf(", action: %s", action);
	putchar('\n');
	json_array_foreach(list, i, l)
		printf("  %s %" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT
		       "\n",
		       json_string_value(json_object_get(l, "address")),
		       json_integer_value(json_object_get(l, "priority")),
		       json_integer_value(json_object_get(l, "weight")));
}

int cmd_lig(struct ctl *ctl, int argc, char **argv)
{
	struct lisp_eid eid;
	json_t *r;

	(void)argc;
	if (lisp_eid_parse(argv[0], &eid))
		return usage("'%s' is not an EID; allowed: an IPv4 or "
			     "IPv6 address", argv[0]);
	r = daemon_ask(ctl, "lig", json_pack("{s:s}", "eid", argv[0]));
	if (!r)
		return EXIT_FAILED;
	if (ctl->json)
		return print_json(r);
	print_lig(argv[0], r);
	json_decref(r);
	return EXIT_OK;
}
