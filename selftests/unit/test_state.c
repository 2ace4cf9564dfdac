// SPDX-License-Identifier: GPL-2.0
/*
 * Files that outlive the daemon: what was written is there again with the time
 * that is left, whatever the clock on the wall did; and what is damaged, or is
 * no file of ours at all, is told once and not used.
 */
#include <errno.h>
#include <endian.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>
#define stat core_stat		/* there is one in sys/stat.h, too */
#include "core_util.h"
#undef stat
#include "lispd.h"
#include "log.h"

#define SITE	"2001:10:1:14::/64"
#define OTHER	"10.1.14.0/24"
/* struct head of state.c: magic, sum, boot ID, two clocks */
#define SUM_AT	8
#define BOOT_AT	40
#define WALL_AT	88
#define HEAD	96

static time_t wall = 1700000000;
static lisp_time uptime;
static unsigned int n_errors;
static char last_error[1024];

/* Called instead of the real ones. */
time_t __wrap_time(time_t *t)
{
	if (t)
		*t = wall;
	return wall;
}

lisp_time lispd_now(void)
{
	return uptime;
}

void log_va(int level, const char *fmt, va_list ap)
{
	if (level > LOG_ERR)
		return;
	n_errors++;
	vsnprintf(last_error, sizeof(last_error), fmt, ap);
}

void log_at(int level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_va(level, fmt, ap);
	va_end(ap);
}

/* A life of the daemon. */
struct life {
	struct node *n;
	struct lispd d;
};

static char dir[64];

static struct life *born(void)
{
	struct life *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	l->n = node_new();
	l->n->now = uptime;
	l->d.core = l->n->core;
	l->d.cfg.core = *xtr_config();
	l->d.cfg.state_directory = dir;
	l->d.base = event_base_new();
	state_restore_nonces(&l->d);
	assert_int_equal(lisp_core_configure(l->n->core, uptime,
					     &l->d.cfg.core), 0);
	state_restore_map_cache(&l->d);
	state_begin(&l->d);
	return l;
}

static void dies(struct life *l)
{
	state_end(&l->d);
	event_base_free(l->d.base);
	node_free(l->n);
	free(l);
}

/* Without a last word */
static void killed(struct life *l)
{
	event_free(l->d.state);
	event_base_free(l->d.base);
	node_free(l->n);
	free(l);
}

static void learn(struct life *l, const char *eid, uint32_t ttl)
{
	struct lisp_locator loc = L("10.0.1.1", 1, 50);
	struct lisp_mapping m = {
		.eid = E(eid), .origin = LISP_BY_MAP_REPLY, .ttl = ttl,
		.n_locators = 1, .locators = &loc,
	};

	lisp_core_adopt(l->n->core, uptime, &m);
}

/* Seconds that a restored entry has left; 0: it is not there */
static uint32_t left(const struct life *l, const char *eid)
{
	const struct op *o = last_op(l->n, OP_MAP_ADD, eid);

	return o ? o->m.ttl : 0;
}

static unsigned int restored(const struct life *l)
{
	unsigned int i, n = 0;

	for (i = 0; i < l->n->n_ops; i++)
		n += l->n->ops[i].kind == OP_MAP_ADD &&
		     l->n->ops[i].m.origin == LISP_BY_MAP_REPLY;
	return n;
}

static void path_of(char out[PATH_MAX], const char *name)
{
	snprintf(out, PATH_MAX, "%s/%s", dir, name);
}

static uint8_t *contents(const char *name, size_t *len)
{
	uint8_t *buf = malloc(1 << 20);
	char path[PATH_MAX];
	FILE *f;

	assert_non_null(buf);
	path_of(path, name);
	f = fopen(path, "r");
	assert_non_null(f);
	*len = fread(buf, 1, 1 << 20, f);
	fclose(f);
	return buf;
}

static void put(const char *name, const uint8_t *buf, size_t len)
{
	char path[PATH_MAX];
	FILE *f;

	path_of(path, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(buf, 1, len, f), len);
	fclose(f);
}

/* As if written so: with the right sum */
static void put_signed(const char *name, uint8_t *buf, size_t len)
{
	EVP_Digest(buf + BOOT_AT, len - BOOT_AT, buf + SUM_AT, NULL,
		   EVP_sha256(), NULL);
	put(name, buf, len);
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_state.XXXXXX");
	n_errors = 0;
	*last_error = '\0';
	wall = 1700000000;
	uptime = 1000 * LISP_SEC;
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	static const char *const names[] = {
		"nonces", "map-cache", "nonces.new", "map-cache.new",
	};
	char path[PATH_MAX];
	unsigned int i;

	(void)state;
	chmod(dir, 0700);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(path, names[i]);
		if (unlink(path) && errno == EISDIR)
			rmdir(path);
	}
	return rmdir(dir);
}

static void saved(void)
{
	struct life *l = born();

	learn(l, SITE, 600);
	learn(l, OTHER, 60);
	dies(l);
}

static void test_nothing_there(void **state)
{
	struct life *l = born();

	(void)state;
	assert_int_equal(n_errors, 0);
	assert_int_equal(left(l, SITE), 0);
	dies(l);
}

/* The daemon was away for 100 s. */
static void test_restored(void **state)
{
	struct life *l;

	(void)state;
	saved();
	uptime += 100 * LISP_SEC;
	wall += 100;
	l = born();
	assert_int_equal(n_errors, 0);
	assert_int_equal(left(l, SITE), 500);
	assert_int_equal(left(l, OTHER), 0);
	/* and they are asked about, soon */
	node_run(l->n, uptime + 900 * LISP_MSEC);
	assert_int_equal(count_sent(l->n, LISP_ECM), 1);
	dies(l);
}

/* The same while somebody sets the clock, by years, either way. */
static void test_clock_jumps(void **state)
{
	static const time_t jumps[] = { -100000000, 100000000 };
	struct life *l;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		saved();
		uptime += 100 * LISP_SEC;
		wall += 100 + jumps[i];
		l = born();
		assert_int_equal(n_errors, 0);
		assert_int_equal(left(l, SITE), 500);
		assert_int_equal(left(l, OTHER), 0);
		killed(l);
	}
}

/* As another boot of the machine has left it. */
static void other_boot(void)
{
	size_t len;
	uint8_t *buf = contents("map-cache", &len);

	buf[BOOT_AT] ^= 1;
	put_signed("map-cache", buf, len);
	free(buf);
}

/* After a reboot only the clock on the wall can tell. */
static void test_reboot(void **state)
{
	struct life *l;

	(void)state;
	saved();
	other_boot();
	uptime = 5 * LISP_SEC;
	wall += 30;
	l = born();
	assert_int_equal(n_errors, 0);
	assert_int_equal(left(l, SITE), 570);
	assert_int_equal(left(l, OTHER), 30);
	killed(l);
	/* set back: no longer than they had at most; ahead: they are gone */
	wall -= 1000000;
	l = born();
	assert_int_equal(left(l, SITE), 600);
	assert_int_equal(left(l, OTHER), 60);
	killed(l);
	wall += 2000000;
	l = born();
	assert_int_equal(left(l, SITE), 0);
	assert_int_equal(n_errors, 0);
	killed(l);
}

/* RFC 9301 5.6: nonces grow, also when the clock is set back */
static void test_nonces_grow(void **state)
{
	struct lisp_msg m;
	uint64_t last = 0;
	bool sent;
	struct life *l;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < 9; i++) {
		l = born();
		if (!i)
			lisp_core_set_nonce(l->n->core, wall * LISP_SEC);
		for (k = 0; k < i % 3; k++) {
			node_run(l->n, l->n->now + 60 * LISP_SEC);
			uptime = l->n->now;
		}
		sent = false;
		for_each_sent(l->n, LISP_MAP_REGISTER, k, &m) {
			/* a retransmission has the nonce it had */
			assert_true(m.reg.nonce > last || (sent && k));
			if (m.reg.nonce > last)
				last = m.reg.nonce;
			sent = true;
		}
		assert_true(sent);
		wall -= 10000000;
		if (i % 2)
			dies(l);
		else
			killed(l);
	}
	assert_int_equal(n_errors, 0);
}

/* One message for each file that is not used, and nothing of it taken. */
static void refused(const char *what)
{
	struct life *l;

	n_errors = 0;
	l = born();
	if (n_errors != 1)
		print_error("%s: %u messages, the last: %s\n", what, n_errors,
			    last_error);
	assert_int_equal(n_errors, 1);
	assert_non_null(strstr(last_error, "map-cache"));
	assert_non_null(strstr(last_error, "it is not used"));
	assert_int_equal(restored(l), 0);
	killed(l);
}

static void test_truncated(void **state)
{
	size_t len, i;
	uint8_t *buf;

	(void)state;
	saved();
	buf = contents("map-cache", &len);
	assert_true(len > HEAD);
	for (i = 0; i < len; i++) {
		put("map-cache", buf, i);
		refused("truncated");
	}
	/* longer */
	buf[len] = 0;
	put("map-cache", buf, len + 1);
	refused("longer");
	free(buf);
}

static void test_flipped(void **state)
{
	size_t len, i;
	uint8_t *buf;

	(void)state;
	saved();
	buf = contents("map-cache", &len);
	for (i = 0; i < len; i++) {
		buf[i] ^= 1 << i % 8;
		put("map-cache", buf, len);
		refused("a bit flipped");
		buf[i] ^= 1 << i % 8;
	}
	free(buf);
}

/*
 * Somebody knows how to make the sum: then it is for the core to see that all
 * of it makes sense, and to take none of it otherwise.
 */
static void test_hostile(void **state)
{
	unsigned int seed = 1, i, k;
	uint8_t *buf, *bad;
	size_t len, cut;
	struct life *l;

	(void)state;
	saved();
	buf = contents("map-cache", &len);
	for (cut = HEAD; cut < len; cut++) {
		bad = malloc(cut);
		memcpy(bad, buf, cut);
		put_signed("map-cache", bad, cut);
		refused("cut, with the right sum");
		free(bad);
	}
	bad = malloc(len);
	for (i = 0; i < 500; i++) {
		memcpy(bad, buf, len);
		for (k = 0; k < 1 + i % 4; k++)
			bad[HEAD + rand_r(&seed) % (len - HEAD)] =
				rand_r(&seed);
		put_signed("map-cache", bad, len);
		n_errors = 0;
		l = born();
		assert_in_range(n_errors, 0, 1);
		assert_in_range(restored(l), 0, n_errors ? 0 : 2);
		killed(l);
	}
	free(bad);
	free(buf);
}

static void test_no_files(void **state)
{
	static const uint8_t junk[] = "#!/bin/sh\nexit\n";
	char path[PATH_MAX];

	(void)state;
	path_of(path, "map-cache");
	assert_int_equal(mkfifo(path, 0600), 0);
	refused("a pipe");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	refused("a directory");
	assert_int_equal(rmdir(path), 0);
	put("map-cache", junk, sizeof(junk));
	refused("junk");
	assert_int_equal(truncate(path, 600ll << 20), 0);
	refused("too long");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("map-cache", path), 0);
	refused("a loop");
}

static void test_bad_nonces(void **state)
{
	struct life *l = born();
	uint8_t *buf;
	size_t len;

	(void)state;
	node_run(l->n, l->n->now + 60 * LISP_SEC);
	dies(l);
	buf = contents("nonces", &len);
	buf[len - 1] ^= 1;
	put("nonces", buf, len);
	free(buf);
	l = born();
	assert_int_equal(n_errors, 1);
	assert_non_null(strstr(last_error, "nonces is damaged"));
	killed(l);
}

/* Said once, not every ten seconds; and again after it worked. */
static void test_not_written(void **state)
{
	struct life *l = born();
	char path[PATH_MAX];

	(void)state;
	path_of(path, "map-cache.new");
	learn(l, SITE, 600);
	assert_int_equal(mkdir(path, 0700), 0);
	dies(l);
	assert_int_equal(n_errors, 1);
	assert_non_null(strstr(last_error, "cannot be written"));
	path_of(path, "map-cache");
	assert_int_equal(access(path, F_OK), -1);
}

/* What could not be written is tried again, though nothing has changed since. */
static void test_written_later(void **state)
{
	char path[PATH_MAX], aside[PATH_MAX];
	struct timeval now = { 0 };
	struct life *l;

	(void)state;
	path_of(path, "nonces");
	path_of(aside, "nonces.new");
	assert_int_equal(mkdir(aside, 0700), 0);
	l = born();
	assert_int_equal(n_errors, 1);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(rmdir(aside), 0);
	event_add(l->d.state, &now);
	event_base_loop(l->d.base, EVLOOP_NONBLOCK);
	assert_int_equal(access(path, F_OK), 0);
	killed(l);
}

/* A reload that names the first directory, or another one. */
static void test_reload(void **state)
{
	char path[PATH_MAX], other[80];
	struct life *l;

	(void)state;
	snprintf(other, sizeof(other), "%s/map-cache.new", dir);
	assert_int_equal(mkdir(other, 0700), 0);
	unsetenv("STATE_DIRECTORY");
	l = calloc(1, sizeof(*l));
	l->n = node_new();
	l->n->now = uptime;
	l->d.core = l->n->core;
	l->d.cfg.core = *xtr_config();
	l->d.base = event_base_new();
	assert_int_equal(lisp_core_configure(l->n->core, uptime,
					     &l->d.cfg.core), 0);
	state_begin(&l->d);
	assert_null(l->d.state);
	l->d.cfg.state_directory = other;
	state_begin(&l->d);
	assert_non_null(l->d.state);
	snprintf(path, sizeof(path), "%s/nonces", other);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(other), 0);
	l->d.cfg.state_directory = dir;
	state_begin(&l->d);
	path_of(path, "nonces");
	assert_int_equal(access(path, F_OK), 0);
	learn(l, SITE, 600);
	dies(l);
	l = born();
	assert_int_equal(left(l, SITE), 600);
	killed(l);
}

/* Nobody else is to read or change them. */
static void test_mode(void **state)
{
	char path[PATH_MAX];
	struct stat st;

	(void)state;
	saved();
	path_of(path, "map-cache");
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_nothing_there), T(test_restored), T(test_clock_jumps),
		T(test_reboot), T(test_nonces_grow), T(test_truncated),
		T(test_flipped), T(test_hostile), T(test_no_files),
		T(test_bad_nonces), T(test_not_written), T(test_written_later),
		T(test_reload), T(test_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
