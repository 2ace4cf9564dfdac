// SPDX-License-Identifier: GPL-2.0
/*
 * What outlives the daemon, as files of the state directory: nonces of
 * Map-Registers, and the map-cache. Each file is written aside and moved into
 * place; one that cannot be read or makes no sense is not used, and said so.
 *
 * In front of what the core gives stands a head: a magic number, SHA-256 of all
 * that follows, which boot of the machine it was, and two clocks. As long as
 * the machine is not booted again, time is told by the one that does not jump.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <openssl/evp.h>
#include "lispd.h"
#include "log.h"

#define NONCES		"nonces"
#define MAP_CACHE	"map-cache"
#define NONCES_SEC	10	/* written at most so often, when changed */
#define MAP_CACHE_TURNS	30	/* of those */
#define SIZE_MAX_MB	512
#define BOOT_ID		"/proc/sys/kernel/random/boot_id"

struct head {
	char magic[8];
	uint8_t sum[32];		/* of what follows */
	char boot[40];			/* as BOOT_ID has it */
	uint64_t uptime, wall;		/* seconds, in network order */
};

#define SUMMED	offsetof(struct head, boot)

static const char magic[8] = "LISPst\0\1";

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

static bool sum(const uint8_t *buf, size_t len, uint8_t out[32])
{
	return EVP_Digest(buf + SUMMED, len - SUMMED, out, NULL, EVP_sha256(),
			  NULL) == 1;
}

/* Empty when it is not known: then it is equal to no other. */
static void get_boot(char boot[40])
{
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);

	memset(boot, 0, 40);
	if (fd < 0)
		return;
	if (read(fd, boot, 36) != 36)
		memset(boot, 0, 40);
	close(fd);
}

/* Head and @buf in one; NULL: out of memory. */
static uint8_t *with_head(const uint8_t *buf, size_t *len)
{
	struct head h = {
		.uptime = htobe64(lispd_now() / LISP_SEC),
		.wall = htobe64(time(NULL)),
	};
	uint8_t *all = malloc(sizeof(h) + *len);

	if (!all)
		return NULL;
	memcpy(h.magic, magic, sizeof(magic));
	get_boot(h.boot);
	memcpy(all, &h, sizeof(h));
	memcpy(all + sizeof(h), buf, *len);
	*len += sizeof(h);
	if (sum(all, *len, h.sum)) {
		memcpy(all, &h, SUMMED);
		return all;
	}
	free(all);
	return NULL;
}

/* How to see that it is ours and whole. */
static bool good_head(const uint8_t *buf, size_t len)
{
	struct head h;
	uint8_t now[32];

	if (len < sizeof(h))
		return false;
	memcpy(&h, buf, sizeof(h));
	return !memcmp(h.magic, magic, sizeof(magic)) && sum(buf, len, now) &&
	       !memcmp(h.sum, now, sizeof(now));
}

/* The clock on the wall, as it would be if nobody had touched it since. */
static uint64_t wall_since(const uint8_t *buf)
{
	uint64_t now = lispd_now() / LISP_SEC;
	char boot[40];
	struct head h;

	memcpy(&h, buf, sizeof(h));
	get_boot(boot);
	if (!*boot || memcmp(h.boot, boot, sizeof(boot)) ||
	    be64toh(h.uptime) > now)
		return time(NULL);
	return be64toh(h.wall) + now - be64toh(h.uptime);
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

static bool save(struct lispd *d, const char *name, const uint8_t *buf,
		 size_t len)
{
	char to[PATH_MAX];
	uint8_t *all;
	bool ok;

	if (!path(d, name, to))
		return false;
	all = with_head(buf, &len);
	ok = all && replace(to, all, len);
	free(all);
	if (!ok && !d->state_failed)	/* once, until it works again */
		log_err("%s cannot be written: %s", to, strerror(errno));
	d->state_failed = !ok;
	return ok;
}

static void save_nonces(struct lispd *d)
{
	uint64_t changed = lisp_core_nonces_changed(d->core);
	uint8_t *buf;
	size_t len;

	if (!directory(d) || changed == d->nonces_saved ||
	    lisp_core_save_nonces(d->core, &buf, &len))
		return;
	if (save(d, NONCES, buf, len))
		d->nonces_saved = changed;
	free(buf);
}

static void save_map_cache(struct lispd *d)
{
	uint8_t *buf;
	size_t len;

	if (!directory(d) || !d->cfg.core.itr ||
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

static ssize_t read_all(int fd, uint8_t *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = read(fd, buf + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		done += n;
	}
	return done;
}

/*
 * All of a file of ours; NULL when there is none, or when it was said why it is
 * not used.
 */
static uint8_t *load(const struct lispd *d, const char *name, size_t *len,
		     char from[PATH_MAX])
{
	uint8_t *buf = NULL;
	struct stat st;
	ssize_t n = -1;
	int fd;

	if (!path(d, name, from))
		return NULL;
	/* not to wait for the other end of a pipe */
	fd = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return NULL;
	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    st.st_size <= SIZE_MAX_MB * 1024ll * 1024) {
		buf = malloc(st.st_size + 1);
		n = buf ? read_all(fd, buf, st.st_size) : -1;
	}
	if (fd >= 0)
		close(fd);
	if (n >= 0 && good_head(buf, n)) {
		*len = n;
		return buf;
	}
	log_err("%s %s; it is not used", from, n < 0 ? "cannot be read" :
		"is damaged, or not of this version");
	free(buf);
	return NULL;
}

void state_restore_nonces(struct lispd *d)
{
	char from[PATH_MAX];
	size_t len;
	uint8_t *buf = load(d, NONCES, &len, from);

	if (buf && lisp_core_restore_nonces(d->core, buf + sizeof(struct head),
					    len - sizeof(struct head)))
		log_err("%s makes no sense; it is not used", from);
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
	if (buf && lisp_core_restore_cache(d->core, lispd_now(),
					   wall_since(buf),
					   buf + sizeof(struct head),
					   len - sizeof(struct head)))
		log_err("%s makes no sense; it is not used", from);
	free(buf);
}

void state_begin(struct lispd *d)
{
	static const struct timeval every = { NONCES_SEC, 0 };

	if (!directory(d))
		return;
	if (!d->state) {
		d->state = event_new(d->base, -1, EV_PERSIST, on_timer, d);
		if (!d->state || event_add(d->state, &every))
			abort();
	}
	/*
	 * Killed before the first turn, the next life is not to use them again;
	 * and the directory may be another one.
	 */
	d->nonces_saved = 0;
	save_nonces(d);
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
