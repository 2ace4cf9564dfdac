// SPDX-License-Identifier: GPL-2.0
/*
 * lispd - the LISP control plane (RFC 9301) as a daemon.
 *
 * Ties the core, which does no I/O, to sockets, the kernel, the clock and the
 * configuration file.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "lispd.h"
#include "log.h"
#include "ready.h"

#ifndef LISP_VERSION
#define LISP_VERSION	"unknown"
#endif
#ifndef LISP_CONFIG
#define LISP_CONFIG	"/etc/lisp/lispd.yaml"
#endif
#ifndef LISP_SOCKET
#define LISP_SOCKET	"/run/lisp/lispd.sock"
#endif

#define SETTLE_MSEC	50	/* addresses come in bursts */
#define LOOK_SEC	1	/* for a route that tells of no address */
#define LOOK_MAX_SEC	32
#define EXIT_CONFIG	2

/* Clock. Goes on while the machine sleeps: lifetimes do, too. */

lisp_time lispd_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return ts.tv_sec * LISP_SEC + ts.tv_nsec / 1000;
}

void lispd_rearm(struct lispd *d)
{
	lisp_time next = lisp_core_next(d->core);
	struct itimerspec at = { 0 };

	/* all zero: none */
	if (next != LISP_TIME_NEVER) {
		at.it_value.tv_sec = next / LISP_SEC;
		at.it_value.tv_nsec = next % LISP_SEC * 1000 + 1;
	}
	timerfd_settime(d->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct lispd *d = arg;
	uint64_t times;

	(void)what;
	if (read(fd, &times, sizeof(times)) < 0)
		return;			/* it was set anew meanwhile */
	lisp_core_run(d->core, lispd_now());
	lispd_rearm(d);
}

/* Of the clock of lispd_now(): rings at once when the machine wakes up late. */
static int open_timer(struct lispd *d)
{
	d->timer_fd = timerfd_create(CLOCK_BOOTTIME,
				     TFD_NONBLOCK | TFD_CLOEXEC);
	if (d->timer_fd < 0) {
		log_err("timer: %s", strerror(errno));
		return -errno;
	}
	d->timer = event_new(d->base, d->timer_fd, EV_READ | EV_PERSIST,
			     on_timer, d);
	if (!d->timer || event_add(d->timer, NULL))
		abort();
	return 0;
}

/* What the core asks for */

static void op_send(void *ctx, const struct lisp_endpoint *from,
		    const struct lisp_endpoint *to, const void *buf,
		    size_t len)
{
	net_send(((struct lispd *)ctx)->net, from, to, buf, len);
}

static void op_map_add(void *ctx, const struct lisp_mapping *m)
{
	struct lispd *d = ctx;

	dataplane_map_add(d->dp, m);
	command_mapped(d, m);
}

static void op_map_del(void *ctx, const struct lisp_eid *eid)
{
	dataplane_map_del(((struct lispd *)ctx)->dp, eid);
}

static void op_pending_del(void *ctx, const struct lisp_eid *eid)
{
	dataplane_pending_del(((struct lispd *)ctx)->dp, eid);
}

static void op_eid_add(void *ctx, const struct lisp_eid *eid)
{
	dataplane_eid_add(((struct lispd *)ctx)->dp, eid);
}

static void op_eid_del(void *ctx, const struct lisp_eid *eid)
{
	dataplane_eid_del(((struct lispd *)ctx)->dp, eid);
}

static void op_rloc_state(void *ctx, const struct lisp_addr *rloc, bool up)
{
	dataplane_rloc_state(((struct lispd *)ctx)->dp, rloc, up);
}

static void op_usage_get(void *ctx, const struct lisp_eid *eid)
{
	dataplane_usage(((struct lispd *)ctx)->dp, eid);
}

static void op_sources_get(void *ctx, uint32_t iid)
{
	dataplane_sources(((struct lispd *)ctx)->dp, iid);
}

static void op_host(void *ctx, const struct lisp_eid *eid,
		    const char *interface, enum lisp_host what)
{
	neigh_host(((struct lispd *)ctx)->neigh, eid, interface, what);
}

static uint64_t op_random(void *ctx)
{
	uint64_t v;

	(void)ctx;
	while (getrandom(&v, sizeof(v), 0) != sizeof(v))
		;
	return v;
}

static void op_trace(void *ctx, enum lisp_trace_role role, const char *fmt,
		     va_list ap)
{
	static const char *const roles[] = {
		[LISP_TRACE_ITR] = "itr", [LISP_TRACE_ETR] = "etr",
		[LISP_TRACE_MS] = "ms", [LISP_TRACE_MR] = "mr",
		[LISP_TRACE_CORE] = "core",
	};
	struct lispd *d = ctx;
	char text[1024];

	if (!control_watched(d->control))
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	control_trace(d->control, roles[role], text);
}

static void op_log(void *ctx, int level, const char *fmt, va_list ap)
{
	(void)ctx;
	log_va(level, fmt, ap);
}

static const struct lisp_core_ops core_ops = {
	.send = op_send, .map_add = op_map_add, .map_del = op_map_del,
	.pending_del = op_pending_del, .eid_add = op_eid_add,
	.eid_del = op_eid_del, .rloc_state = op_rloc_state,
	.usage_get = op_usage_get, .sources_get = op_sources_get,
	.host = op_host, .random = op_random, .trace = op_trace, .log = op_log,
};

/* What it is told */

static void on_message(void *ctx, const struct lisp_endpoint *from,
		       const struct lisp_addr *to, const uint8_t *buf,
		       size_t len)
{
	struct lispd *d = ctx;

	lisp_core_receive(d->core, lispd_now(), from, to, buf, len);
	lispd_rearm(d);
}

static void on_miss(void *ctx, const struct lisp_eid *eid,
		    const struct lisp_addr *source)
{
	struct lispd *d = ctx;

	lisp_core_miss(d->core, lispd_now(), eid, source);
	lispd_rearm(d);
}

static void on_refresh(void *ctx, const struct lisp_eid *eid)
{
	struct lispd *d = ctx;

	lisp_core_refresh(d->core, lispd_now(), eid);
	lispd_rearm(d);
}

static void on_expired(void *ctx, const struct lisp_eid *eid)
{
	struct lispd *d = ctx;

	lisp_core_expired(d->core, lispd_now(), eid);
	lispd_rearm(d);
}

static void on_deleted(void *ctx, const struct lisp_eid *eid)
{
	struct lispd *d = ctx;

	lisp_core_deleted(d->core, lispd_now(), eid);
	lispd_rearm(d);
}

static void on_adopt(void *ctx, const struct lisp_mapping *m)
{
	struct lispd *d = ctx;

	lisp_core_adopt(d->core, lispd_now(), m);
	lispd_rearm(d);
}

static void on_adopt_begin(void *ctx)
{
	lisp_core_adopt_begin(((struct lispd *)ctx)->core);
}

static void on_adopt_end(void *ctx)
{
	struct lispd *d = ctx;

	lisp_core_adopt_end(d->core, lispd_now());
	lispd_rearm(d);
}

static void on_usage(void *ctx, const struct lisp_usage *u)
{
	struct lispd *d = ctx;

	/* Within lisp_core_run(), which is followed by lispd_rearm(). */
	lisp_core_usage(d->core, lispd_now(), u);
}

static void on_source(void *ctx, const struct lisp_addr *rloc, lisp_time idle)
{
	struct lispd *d = ctx;

	/* As above. */
	lisp_core_source(d->core, lispd_now(), rloc, idle);
}

static void on_status_bit(void *ctx, const struct lisp_addr *rloc, bool up)
{
	struct lispd *d = ctx;

	lisp_core_status_bit(d->core, lispd_now(), rloc, up);
	lispd_rearm(d);
}

static const struct dataplane_ops dp_ops = {
	.miss = on_miss, .refresh = on_refresh, .expired = on_expired,
	.deleted = on_deleted, .adopt = on_adopt,
	.adopt_begin = on_adopt_begin,
	.adopt_end = on_adopt_end, .usage = on_usage, .source = on_source,
	.status_bit = on_status_bit,
};

static const struct control_ops control_ops = {
	.command = command_run, .gone = command_gone,
};

/* Addresses of this machine */

static void on_addresses(void *ctx)
{
	static const struct timeval later = { 0, SETTLE_MSEC * 1000 };
	struct lispd *d = ctx;

	/* of a burst the first event counts: it may go on for ever */
	if (!d->settling)
		event_add(d->settle, &later);
	d->settling = true;
	d->look_sec = 0;
}

/* A route can come without an address: look again, less and less often. */
static void look_again(struct lispd *d)
{
	struct timeval later = { 0 };

	if (d->settling || !local_waits(&d->cfg))
		return;
	d->look_sec = !d->look_sec ? LOOK_SEC :
		d->look_sec < LOOK_MAX_SEC ? 2 * d->look_sec : LOOK_MAX_SEC;
	later.tv_sec = d->look_sec;
	event_add(d->settle, &later);
}

static void on_settled(evutil_socket_t fd, short what, void *arg)
{
	struct lispd *d = arg;

	(void)fd;
	(void)what;
	d->settling = false;
	if (local_rlocs(&d->rtnl, &d->cfg)) {
		log_info("addresses of this machine have changed");
		local_warn(&d->cfg);
		lisp_core_configure(d->core, lispd_now(), &d->cfg.core);
		lispd_rearm(d);
	}
	look_again(d);
}

static void on_seen(void *ctx, const struct lisp_addr *addr,
		    const char *interface)
{
	struct lispd *d = ctx;

	lisp_core_host_seen(d->core, lispd_now(), addr, interface);
	lispd_rearm(d);
}

static void on_gone(void *ctx, const struct lisp_addr *addr,
		    const char *interface)
{
	struct lispd *d = ctx;

	lisp_core_host_gone(d->core, lispd_now(), addr, interface);
	lispd_rearm(d);
}

static void on_left(void *ctx, const struct lisp_eid *eid)
{
	struct lispd *d = ctx;

	lisp_core_host_adopt(d->core, lispd_now(), eid);
}

static unsigned int device_of(void *ctx, uint32_t iid)
{
	return dataplane_ifindex(((struct lispd *)ctx)->dp, iid);
}

static bool instance_of(void *ctx, unsigned int ifindex, uint32_t *iid)
{
	return dataplane_instance(((struct lispd *)ctx)->dp, ifindex, iid);
}

static const struct neigh_ops neigh_ops = {
	.seen = on_seen, .gone = on_gone, .adopt = on_left,
	.device_of = device_of, .instance_of = instance_of,
};

/* Configuration */

static void warn(void *arg, const char *text)
{
	(void)arg;
	log_warn("%s", text);
}

int lispd_reload(struct lispd *d, char error[YAML_ERROR_LEN])
{
	struct lispd_config cfg;
	int err;

	err = lispd_config_load(d->config_file, &cfg, error, warn, NULL);
	if (err) {
		log_err("%s; nothing was changed", error);
		return err;
	}
	local_rlocs(&d->rtnl, &cfg);
	local_warn(&cfg);
	dataplane_add(d->dp, &cfg.core);
	err = lisp_core_configure(d->core, lispd_now(), &cfg.core);
	if (err) {
		snprintf(error, YAML_ERROR_LEN, "%s: refused, see the log",
			 d->config_file);
		log_err("%s; nothing was changed", error);
		dataplane_trim(d->dp, &d->cfg.core);
		lispd_config_free(&cfg);
		return err;
	}
	dataplane_trim(d->dp, &cfg.core);
	lispd_config_free(&d->cfg);
	d->cfg = cfg;
	neigh_configure(d->neigh, &d->cfg.core);
	state_begin(d);
	d->reloads++;
	lispd_rearm(d);
	look_again(d);
	log_info("%s: read again", d->config_file);
	return 0;
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	char error[YAML_ERROR_LEN];
	struct lispd *d = arg;

	(void)what;
	if (sig == SIGHUP) {
		lispd_reload(d, error);
		return;
	}
	log_info("ends; the kernel goes on forwarding with what it holds");
	event_base_loopbreak(d->base);
}

/* Start and end */

static int open_all(struct lispd *d)
{
	static const int signals[] = { SIGHUP, SIGTERM, SIGINT };
	const char *socket = d->socket ? d->socket :
		d->cfg.control_socket ? d->cfg.control_socket : LISP_SOCKET;
	unsigned int i;

	signal(SIGPIPE, SIG_IGN);
	d->base = event_base_new();
	d->core = d->base ? lisp_core_new(&core_ops, d) : NULL;
	if (!d->core) {
		log_err("out of memory");
		return -ENOMEM;
	}
	if (open_timer(d))
		return -EIO;
	d->settle = evtimer_new(d->base, on_settled, d);
	for (i = 0; i < 3; i++) {
		d->signals[i] = evsignal_new(d->base, signals[i], on_signal, d);
		event_add(d->signals[i], NULL);
	}
	/* the port first: of two that start at once only one can have it */
	d->net = net_open(d->base, LISP_CONTROL_PORT, on_message, d);
	if (!d->net)
		return -EIO;
	d->control = control_open(d->base, socket, &control_ops, d);
	if (!d->control)
		return -EIO;
	d->dp = dataplane_new(d->base, &dp_ops, d);
	/* before the first look: what changes after it is not missed */
	rtnl_open(&d->rtnl, d->base, on_addresses, d);
	d->neigh = neigh_new(d->base, &neigh_ops, d);
	return 0;
}

/*
 * What the kernel holds comes first, so that the core knows of it when it is
 * configured; then what packets wait for.
 */
static int start(struct lispd *d)
{
	struct timespec ts;
	int err;

	clock_gettime(CLOCK_REALTIME, &ts);
	lisp_core_set_nonce(d->core, ts.tv_sec * LISP_SEC + ts.tv_nsec / 1000);
	state_restore_nonces(d);
	local_rlocs(&d->rtnl, &d->cfg);
	local_warn(&d->cfg);
	dataplane_add(d->dp, &d->cfg.core);
	dataplane_adopt(d->dp);
	err = lisp_core_configure(d->core, lispd_now(), &d->cfg.core);
	if (err)
		return err;
	dataplane_check_eids(d->dp);
	state_restore_map_cache(d);
	dataplane_pending(d->dp);
	neigh_configure(d->neigh, &d->cfg.core);
	state_begin(d);
	lispd_rearm(d);
	look_again(d);
	return 0;
}

static void close_all(struct lispd *d)
{
	unsigned int i;

	state_end(d);
	command_end(d);
	control_close(d->control);
	if (d->core)
		lisp_core_free(d->core);
	neigh_free(d->neigh);
	dataplane_free(d->dp);
	rtnl_close(&d->rtnl);
	net_close(d->net);
	for (i = 0; i < 3; i++)
		if (d->signals[i])
			event_free(d->signals[i]);
	if (d->timer) {
		event_free(d->timer);
		close(d->timer_fd);
	}
	if (d->settle)
		event_free(d->settle);
	if (d->base)
		event_base_free(d->base);
	lispd_config_free(&d->cfg);
}

static int run(struct lispd *d)
{
	char error[YAML_ERROR_LEN];
	int err;

	if (lispd_config_load(d->config_file, &d->cfg, error, warn, NULL)) {
		log_err("%s", error);
		return EXIT_CONFIG;
	}
	err = open_all(d);
	if (!err)
		err = start(d);
	if (!err) {
		log_info("version " LISP_VERSION " runs with %s",
			 d->config_file);
		ready_tell("READY=1");
		event_base_dispatch(d->base);
		ready_tell("STOPPING=1");
	}
	close_all(d);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void warn_check(void *arg, const char *text)
{
	(void)arg;
	fprintf(stderr, "%s (warning)\n", text);
}

static int check(const char *file)
{
	char error[YAML_ERROR_LEN];
	struct lispd_config cfg;

	if (lispd_config_load(file, &cfg, error, warn_check, NULL)) {
		fprintf(stderr, "%s\n", error);
		return EXIT_CONFIG;
	}
	printf("%s: ok\n", file);
	lispd_config_free(&cfg);
	return EXIT_SUCCESS;
}

static void print_help(FILE *f)
{
	fputs("usage: lispd [-c|--config FILE] [-s|--socket PATH] [-f|"
	      "--foreground] [-v]\n"
	      "       lispd --check FILE\n"
	      "       lispd --version | --help\n"
	      "\n"
	      "  -c, --config FILE   instead of " LISP_CONFIG "\n"
	      "  -s, --socket PATH   control socket, instead of the "
	      "configured one\n"
	      "  -f, --foreground    stay in the foreground, log to stderr: "
	      "always so\n"
	      "  -v, --verbose       log more\n"
	      "      --check FILE    read a configuration, say what is wrong, "
	      "end\n", f);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "socket", required_argument, NULL, 's' },
		{ "foreground", no_argument, NULL, 'f' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "check", required_argument, NULL, 'C' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct lispd d = { .config_file = LISP_CONFIG };
	bool verbose = false;
	int c;

	while ((c = getopt_long(argc, argv, "c:s:fvh", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			d.config_file = optarg;
			break;
		case 's':
			d.socket = optarg;
			break;
		case 'f':
			break;
		case 'v':
			verbose = true;
			break;
		case 'C':
			return check(optarg);
		case 'V':
			puts("lispd " LISP_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			print_help(stdout);
			return EXIT_SUCCESS;
		default:
			return EXIT_CONFIG;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "lispd: no arguments are taken: '%s'\n",
			argv[optind]);
		return EXIT_CONFIG;
	}
	log_init(verbose);
	return run(&d);
}
