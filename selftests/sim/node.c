// SPDX-License-Identifier: GPL-2.0
/* A node: the real core, and a directory for its state. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "selftests/sim/pcap.h"

#define SAVE_EVERY	(10 * LISP_SEC)
#define WALL		(1700000000 * LISP_SEC)	/* the clock's, ahead of ours */
#define WALL_BACK	(3600 * LISP_SEC)	/* a clock that was not set */

static void on_send(void *ctx, const struct lisp_endpoint *from,
		    const struct lisp_endpoint *to, const void *buf, size_t len)
{
	struct sim_node *n = ctx;
	int peer = sim_node_index(n->sim, &to->addr);

	check_sent(n, from, to, buf, len);
	if (n->sim->pcap)
		pcap_write(n->sim->pcap, n->sim->now, from, to, buf, len);
	if (node_is_cut(n) || (peer >= 0 &&
			       plan_is_split(n->sim, n->index, (unsigned int)peer)))
		n->sim->lost++;
	else
		net_send(n->sim, from, to, buf, len);
}

static void on_eid(void *ctx, const struct lisp_eid *eid)
{
	(void)ctx;
	(void)eid;
}

static uint64_t on_random(void *ctx)
{
	struct sim_node *n = ctx;

	return sim_random(&n->random);
}

static void on_trace(void *ctx, enum lisp_trace_role role, const char *fmt,
		     va_list ap)
{
	static const char *const roles[] = { "ITR", "ETR", "MS", "MR", "core" };
	struct sim_node *n = ctx;

	printf("%10.6f %3u %s: ", (double)n->sim->now / 1e6, n->index,
	       roles[role]);
	vprintf(fmt, ap);
	putchar('\n');
}

static bool is_server(const struct sim_node *n)
{
	return n->index >= n->sim->n_xtrs;
}

void node_configure(struct sim_node *n)
{
	if (!n->core)
		return;
	if (is_server(n) ? config_server(n) : config_xtr(n))
		sim_fail(n->sim, "node %u: configuration refused", n->index);
	sim_schedule(n);
}

static void forget(struct sim_file *f)
{
	free(f->buf);
	*f = (struct sim_file){ 0 };
}

static uint64_t wall_sec(const struct sim_node *n)
{
	return (WALL + n->sim->now) / LISP_SEC;
}

void node_save(struct sim_node *n, bool all)
{
	uint64_t changed = lisp_core_nonces_changed(n->core);

	if (changed != n->nonces_saved) {
		forget(&n->nonces);
		if (lisp_core_save_nonces(n->core, &n->nonces.buf,
					  &n->nonces.len))
			abort();
		n->nonces_saved = changed;
	}
	if (!all || is_server(n))
		return;
	forget(&n->cache);
	if (lisp_core_save_cache(n->core, n->sim->now, wall_sec(n),
				 &n->cache.buf, &n->cache.len))
		abort();
}

/* In the order that lispd does it. */
int node_start(struct sim_node *n)
{
	struct lisp_core_ops ops = {
		.send = on_send, .map_add = dp_map_add, .map_del = dp_map_del,
		.pending_del = dp_pending_del, .eid_add = on_eid,
		.eid_del = on_eid, .rloc_state = dp_rloc_state,
		.sources_get = dp_sources_get, .host = hosts_op, .random = on_random,
		.trace = n->sim->opt.trace ? on_trace : NULL,
	};
	/* some clocks stand wrong after a reboot: then the nonces file helps */
	bool back = n->nonces.buf && n->index % 2;

	n->core = lisp_core_new(&ops, n);
	if (!n->core)
		return -1;
	lisp_core_set_nonce(n->core, WALL + n->sim->now -
			    (back ? WALL_BACK : 0));
	if (n->nonces.buf && lisp_core_restore_nonces(n->core, n->nonces.buf,
						      n->nonces.len))
		sim_fail(n->sim, "node %u: nonces not restored", n->index);
	dp_adopt(n);
	node_configure(n);
	if (n->cache.buf) {
		n->restoring = true;
		if (lisp_core_restore_cache(n->core, n->sim->now, wall_sec(n),
					    n->cache.buf, n->cache.len))
			sim_fail(n->sim, "node %u: map-cache not restored",
				 n->index);
		n->restoring = false;
	}
	dp_pending(n);
	hosts_start(n);
	n->nonces_saved = 0;
	n->next_save = n->sim->now + SAVE_EVERY;
	n->started = n->sim->now;
	sim_schedule(n);
	return 0;
}

void node_stop(struct sim_node *n, enum sim_end how)
{
	if (how == SIM_STOP || how == SIM_REBOOT)
		node_save(n, true);
	if (how == SIM_LOST) {
		forget(&n->nonces);
		forget(&n->cache);
	}
	if (how == SIM_REBOOT || how == SIM_LOST) {
		n->n_entries = 0;
		n->n_waiting = 0;
		n->n_down = 0;
		memset(n->heard, 0, 2 * n->sim->n_xtrs * sizeof(*n->heard));
		memset(n->routes, 0, sizeof(n->routes));
	}
	lisp_core_free(n->core);
	n->core = NULL;
	n->restarts++;
	check_forget(n);
	sim_schedule(n);
}

void node_free(struct sim_node *n)
{
	lisp_core_free(n->core);
	forget(&n->nonces);
	forget(&n->cache);
	check_forget(n);
	free(n->told);
	free(n->heard);
	free(n->probed);
	free(n->seen);
}

lisp_time node_next(const struct sim_node *n)
{
	lisp_time at = n->core ? lisp_core_next(n->core) : LISP_TIME_NEVER;

	if (n->next_packet < at)
		at = n->next_packet;
	return n->core && n->next_save < at ? n->next_save : at;
}

void node_step(struct sim_node *n)
{
	lisp_time now = n->sim->now;

	if (n->next_packet <= now) {
		dp_traffic(n);
		check_state(n);
	}
	if (n->core && n->next_save <= now) {
		node_save(n, false);
		n->next_save = now + SAVE_EVERY;
	}
	if (n->core && lisp_core_next(n->core) <= now)
		lisp_core_run(n->core, now);
	sim_schedule(n);
}
