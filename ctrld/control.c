// SPDX-License-Identifier: GPL-2.0
/*
 * Clients of the control socket.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include "control.h"
#include "log.h"

#define OUTPUT_MAX	(1u << 20)	/* of trace that waits for a client */
#define WRITE_TIMEOUT	30		/* seconds without taking anything */
#define REST_MSEC	500		/* where no client can be accepted */

struct control_client {
	struct control *control;
	struct control_client *next;
	struct bufferevent *bev;
	bool watches, waits, closing;
	bool ended;			/* it sends no more */
	unsigned int lost;		/* lines of trace */
};

struct control {
	struct event_base *base;
	struct evconnlistener *listener;
	struct event *rest;		/* until it accepts again */
	char *path;
	struct stat file;		/* the socket we made there */
	struct control_ops ops;
	void *ctx;
	struct control_client *clients;
	unsigned int n_clients, n_watching;
};

/* Clients */

static void drop(struct control_client *cl)
{
	struct control *c = cl->control;
	struct control_client **p = &c->clients;

	while (*p != cl)
		p = &(*p)->next;
	*p = cl->next;
	c->n_clients--;
	c->n_watching -= cl->watches;
	if (cl->waits)
		c->ops.gone(c->ctx, cl);
	bufferevent_free(cl->bev);
	free(cl);
}

/*
 * Text in JSON is UTF-8. What is not, a name cut in the middle of a letter, say,
 * is shown as far as it is ASCII. NULL: out of memory.
 */
static json_t *text_json(const char *text)
{
	json_t *j = json_string(text);
	char *ascii, *p;

	if (j)
		return j;
	ascii = strdup(text);
	for (p = ascii; p && *p; p++)
		if (*p & 0x80)
			*p = '?';
	j = ascii ? json_string(ascii) : NULL;
	free(ascii);
	return j;
}

static void put_line(struct control_client *cl, json_t *line)
{
	struct evbuffer *out = bufferevent_get_output(cl->bev);
	char *text = json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER);

	if (text)
		evbuffer_add_printf(out, "%s\n", text);
	free(text);
	json_decref(line);
}

void control_answer(struct control_client *cl, json_t *result,
		    const char *error)
{
	cl->waits = false;
	if (result)
		put_line(cl, json_pack("{s:b, s:o}", "ok", 1, "result",
				       result));
	else
		put_line(cl, json_pack("{s:b, s:o}", "ok", 0, "error",
				       text_json(error ? error : "failed")));
	/* what else it asks for is looked at when this was written */
}

/* One clear error, and the end once it was read. */
static void reject(struct control_client *cl, const char *error)
{
	cl->closing = true;
	control_answer(cl, NULL, error);
	bufferevent_disable(cl->bev, EV_READ);
	evbuffer_drain(bufferevent_get_input(cl->bev), SIZE_MAX);
}

static void watch(struct control_client *cl)
{
	if (!cl->watches)
		cl->control->n_watching++;
	cl->watches = true;
	put_line(cl, json_pack("{s:b}", "ok", 1));
}

static void run_command(struct control_client *cl, json_t *request)
{
	struct control *c = cl->control;
	json_t *args = json_object_get(request, "args"), *result;
	const char *name = json_string_value(json_object_get(request,
							     "command"));
	const char *error = NULL;
	bool later = false;

	if (!name || (args && !json_is_object(args))) {
		control_answer(cl, NULL, "a request has a \"command\" and may "
			       "have an object \"args\"");
		return;
	}
	if (!strcmp(name, "debug")) {
		watch(cl);
		return;
	}
	/* no further request until this one is answered */
	cl->waits = true;
	result = c->ops.command(c->ctx, cl, name, args, &error, &later);
	if (!later)
		control_answer(cl, result, error);
}

static void take_line(struct control_client *cl, const char *line, size_t len)
{
	char error[256];
	json_error_t je;
	json_t *request;

	request = json_loadb(line, len, JSON_REJECT_DUPLICATES, &je);
	if (!request || !json_is_object(request)) {
		snprintf(error, sizeof(error), "not a JSON object: %s",
			 request ? "another kind of value" : je.text);
		control_answer(cl, NULL, error);
	} else {
		run_command(cl, request);
	}
	json_decref(request);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct control_client *cl = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	char *line;
	size_t len;

	while (!cl->waits && !cl->closing) {
		/* who does not read answers gets no more of them */
		if (evbuffer_get_length(bufferevent_get_output(bev)) >
		    OUTPUT_MAX)
			return;
		line = evbuffer_readln(in, &len, EVBUFFER_EOL_LF);
		if (!line)
			break;
		if (len >= CONTROL_LINE_MAX)
			reject(cl, "line too long; allowed: 65535 bytes");
		else
			take_line(cl, line, len);
		free(line);
	}
	if (!cl->closing && !cl->waits &&
	    evbuffer_get_length(in) >= CONTROL_LINE_MAX)
		reject(cl, "line too long; allowed: 65535 bytes");
}

static const char *wall_clock(char buf[32])
{
	struct timespec ts;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	snprintf(buf, 32, "%02d:%02d:%02d.%03ld", tm.tm_hour, tm.tm_min,
		 tm.tm_sec, ts.tv_nsec / 1000000);
	return buf;
}

/* Of one that sends no more: nothing of what it asked for is left to do. */
static bool served(const struct control_client *cl)
{
	return cl->ended && !cl->waits &&
	       !evbuffer_get_length(bufferevent_get_output(cl->bev));
}

/* All was written. */
static void on_write(struct bufferevent *bev, void *arg)
{
	struct control_client *cl = arg;

	if (cl->closing) {
		drop(cl);
		return;
	}
	if (cl->lost) {
		char now[32], text[64];

		snprintf(text, sizeof(text), "%u lines were lost, this reader "
			 "is too slow", cl->lost);
		put_line(cl, json_pack("{s:s, s:s, s:s}", "time",
				       wall_clock(now), "role", "core", "text",
				       text));
		cl->lost = 0;
	}
	on_read(bev, cl);	/* what came while answers waited */
	if (served(cl))
		drop(cl);
}

/* Or does it still read? */
static bool closed(struct bufferevent *bev)
{
	struct pollfd p = { .fd = bufferevent_getfd(bev) };

	return poll(&p, 1, 0) != 0;
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
	struct control_client *cl = arg;

	cl->ended = what & BEV_EVENT_EOF;
	if (!cl->ended || closed(bev) || served(cl))
		drop(cl);
}

static void accept_client(struct evconnlistener *l, evutil_socket_t fd,
			  struct sockaddr *sa, int len, void *arg)
{
	static const struct timeval write_timeout = { WRITE_TIMEOUT, 0 };
	static const char full[] =
		"{\"ok\": false, \"error\": \"too many clients\"}\n";
	struct control *c = arg;
	struct control_client *cl;

	(void)l;
	(void)sa;
	(void)len;
	if (c->n_clients >= CONTROL_CLIENTS_MAX) {
		if (send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL) < 0)
			log_debug("control socket: %s", strerror(errno));
		close(fd);
		return;
	}
	cl = calloc(1, sizeof(*cl));
	if (!cl)
		abort();
	cl->control = c;
	cl->bev = bufferevent_socket_new(c->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!cl->bev)
		abort();
	cl->next = c->clients;
	c->clients = cl;
	c->n_clients++;
	bufferevent_setcb(cl->bev, on_read, on_write, on_event, cl);
	bufferevent_setwatermark(cl->bev, EV_READ, 0, 2 * CONTROL_LINE_MAX);
	bufferevent_set_timeouts(cl->bev, NULL, &write_timeout);
	bufferevent_enable(cl->bev, EV_READ | EV_WRITE);
}

/* Out of descriptors, say: rest, rather than spin. */
static void on_error(struct evconnlistener *l, void *arg)
{
	static const struct timeval rest = { 0, REST_MSEC * 1000 };
	struct control *c = arg;

	log_err("control socket: %s", strerror(errno));
	evconnlistener_disable(l);
	event_add(c->rest, &rest);
}

static void on_rested(evutil_socket_t fd, short what, void *arg)
{
	struct control *c = arg;

	(void)fd;
	(void)what;
	evconnlistener_enable(c->listener);
}

/* Trace */

bool control_watched(const struct control *c)
{
	return c && c->n_watching;
}

void control_trace(struct control *c, const char *role, const char *text)
{
	struct control_client *cl;
	char now[32];

	wall_clock(now);
	for (cl = c->clients; cl; cl = cl->next) {
		if (!cl->watches || cl->closing || cl->ended)
			continue;
		if (evbuffer_get_length(bufferevent_get_output(cl->bev)) >
		    OUTPUT_MAX) {
			cl->lost++;
			continue;
		}
		put_line(cl, json_pack("{s:s, s:s, s:o}", "time", now, "role",
				       role, "text", text_json(text)));
	}
}

/* The socket */

/*
 * 0 when the name is free: there is nothing, or a socket that a daemon left
 * behind when it was killed. That one is removed, nothing else is.
 */
static int free_name(const struct sockaddr_un *sa)
{
	struct stat st;
	int fd, err;

	if (lstat(sa->sun_path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	err = connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) ?
		errno : 0;
	close(fd);
	if (!err || err == EAGAIN)
		return -EADDRINUSE;
	if (err != ECONNREFUSED)
		return -err;
	return unlink(sa->sun_path) && errno != ENOENT ? -errno : 0;
}

static void make_directory(const char *path)
{
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	if (!slash || slash == dir)
		return;
	*slash = '\0';
	if (mkdir(dir, 0755) && errno != EEXIST)
		log_debug("%s: %s", dir, strerror(errno));
}

static int listen_on(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, err;

	if (strlen(path) >= sizeof(sa.sun_path))
		return -ENAMETOOLONG;
	strcpy(sa.sun_path, path);
	make_directory(path);
	err = free_name(&sa);
	if (err)
		return err;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	mask = umask(0117);		/* 0660, from the first moment */
	err = bind(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
		listen(fd, 16) ? -errno : 0;
	umask(mask);
	if (!err)
		return fd;
	close(fd);
	return err;
}

struct control *control_open(struct event_base *base, const char *path,
			     const struct control_ops *ops, void *ctx)
{
	struct control *c;
	int fd = listen_on(path);

	if (fd < 0) {
		log_err("control socket %s: %s%s", path, strerror(-fd),
			fd == -EADDRINUSE ? " by another lispd" :
			fd == -EEXIST ? ", and is not a socket" : "");
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	c->base = base;
	c->ops = *ops;
	c->ctx = ctx;
	c->path = strdup(path);
	if (lstat(path, &c->file))
		memset(&c->file, 0, sizeof(c->file));
	c->listener = evconnlistener_new(base, accept_client, c,
					 LEV_OPT_CLOSE_ON_FREE |
					 LEV_OPT_CLOSE_ON_EXEC, -1, fd);
	c->rest = evtimer_new(base, on_rested, c);
	if (!c->listener || !c->rest || !c->path)
		abort();
	evconnlistener_set_error_cb(c->listener, on_error);
	return c;
}

/* It may be another's by now. */
static void remove_file(const struct control *c)
{
	struct stat st;

	if (!lstat(c->path, &st) && st.st_dev == c->file.st_dev &&
	    st.st_ino == c->file.st_ino)
		unlink(c->path);
}

void control_close(struct control *c)
{
	if (!c)
		return;
	while (c->clients) {
		c->clients->waits = false;
		drop(c->clients);
	}
	event_free(c->rest);
	evconnlistener_free(c->listener);
	remove_file(c);
	free(c->path);
	free(c);
}
