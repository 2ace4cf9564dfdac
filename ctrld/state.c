// SPDX-License-Identifier: GPL-2.0
/*
 * What outlives the daemon, as files of the state directory: nonces of
 * Map-Registers, and the map-cache. Each file is written aside and moved into
 * place; one that cannot be read or makes no sense is not used, and said so.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "lispd.h"
#include "log.h"

#define NONCES		"nonces"
#define MAP_CACHE	"map-cache"
#define NONCES_SEC	10	/* written at most so often, when changed */
#define MAP_CACHE_TURNS	30	/* of those */
#define SIZE_MAX_MB	512

/* The configured one, or what systemd gives; NULL: nothing is kept. */
static const char *directory(const struct lispd *d)
{
	const char *dir = d->cfg.state_directory;

	return dir ? dir : getenv("STATE_DIRECTORY");
}

static bool path(const struct lispd *d, const char *name, char out[PATH_MAX])
{
	const char *dir = directory(d);

	return dir && snprintf(out, PATH_MAX, "%s/%s", dir, name) < PATH_MAX;
}

static bool write_all(int fd, const uint8_t *buf, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, buf, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		buf += n;
		len -= n;
	}
	return !fsync(fd);
}

static bool replace(const char *to, const uint8_t *buf, size_t len)
{
	char aside[PATH_MAX + 4];
	bool ok;
	int fd;

	snprintf(aside, sizeof(aside), "%s.new", to);
	fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	ok = write_all(fd, buf, len);
	ok &= !close(fd);
	ok = ok && !rename(aside, to);
	if (!ok)
		unlink(aside);
	return ok;
}

static void save(struct lispd *d, const char *name, const uint8_t *buf,
		 size_t len)
{
	char to[PATH_MAX];
	bool ok;

	if (!path(d, name, to))
		return;
	ok = replace(to, buf, len);
	if (!ok && !d->state_failed)	/* once, until it works again */
		log_err("%s cannot be written: %s", to, strerror(errno));
	d->state_failed = !ok;
}

static void save_nonces(struct lispd *d)
{
	uint64_t changed = lisp_core_nonces_changed(d->core);
	uint8_t *buf;
	size_t len;

	if (changed == d->nonces_saved ||
	    lisp_core_save_nonces(d->core, &buf, &len))
		return;
	save(d, NONCES, buf, len);
	free(buf);
	d->nonces_saved = changed;
}

static void save_map_cache(struct lispd *d)
{
	uint8_t *buf;
	size_t len;

	if (!d->cfg.core.itr ||
	    lisp_core_save_cache(d->core, lispd_now(), time(NULL), &buf, &len))
		return;
	save(d, MAP_CACHE, buf, len);
	free(buf);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct lispd *d = arg;

	(void)fd;
	(void)what;
	save_nonces(d);
	if (++d->state_turns % MAP_CACHE_TURNS == 0)
		save_map_cache(d);
}

/* All of a file of ours; NULL when there is none. */
static uint8_t *load(const struct lispd *d, const char *name, size_t *len,
		     char from[PATH_MAX])
{
	uint8_t *buf = NULL;
	struct stat st;
	ssize_t n = -1;
	int fd;

	if (!path(d, name, from))
		return NULL;
	fd = open(from, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    st.st_size <= SIZE_MAX_MB * 1024ll * 1024) {
		buf = malloc(st.st_size + 1);
		n = buf ? read(fd, buf, st.st_size) : -1;
	}
	if (n < 0 && (fd >= 0 || errno != ENOENT))
		log_err("%s cannot be read", from);
	if (fd >= 0)
		close(fd);
	if (n < 0) {
		free(buf);
		return NULL;
	}
	*len = n;
	return buf;
}

void state_restore_nonces(struct lispd *d)
{
	char from[PATH_MAX];
	size_t len;
	uint8_t *buf = load(d, NONCES, &len, from);

	if (buf && lisp_core_restore_nonces(d->core, buf, len))
		log_err("%s makes no sense and is not used", from);
	free(buf);
}

void state_restore_map_cache(struct lispd *d)
{
	char from[PATH_MAX];
	uint8_t *buf;
	size_t len;

	if (!d->cfg.core.itr)
		return;
	buf = load(d, MAP_CACHE, &len, from);
	if (buf && lisp_core_restore_cache(d->core, lispd_now(), time(NULL),
					   buf, len))
		log_err("%s makes no sense, or is cut short", from);
	free(buf);
}

void state_begin(struct lispd *d)
{
	static const struct timeval every = { NONCES_SEC, 0 };

	if (!directory(d))
		return;
	d->state = event_new(d->base, -1, EV_PERSIST, on_timer, d);
	if (!d->state || event_add(d->state, &every))
		abort();
}

/* Only what began: a failed start leaves the files as they are. */
void state_end(struct lispd *d)
{
	if (!d->state)
		return;
	event_free(d->state);
	save_nonces(d);
	save_map_cache(d);
}
