// SPDX-License-Identifier: GPL-2.0
/*
 * Taking a configuration: everything that can fail is built beside what runs,
 * then swapped in, then the differences are told to data plane and peers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "internal.h"

struct model {
	struct lisp_config cfg;
	struct lisp_table db;
	struct reg_server *servers;
	struct lisp_ms ms;
	struct lisp_keeps keeps;
};

static void free_model(struct lisp_core *core, struct model *m)
{
	reg_free(core, m->servers);
	etr_free(&m->db);
	keep_free(core, &m->keeps);
	site_free(core, &m->ms);
	lisp_config_free(&m->cfg);
}

static int build(struct lisp_core *core, const struct lisp_config *cfg,
		 struct model *m)
{
	const char *why = lisp_config_check(cfg);
	int err;

	if (why) {
		lisp_log(core, LOG_ERR, "configuration not taken: %s", why);
		return -EINVAL;
	}
	err = lisp_config_copy(&m->cfg, cfg);
	if (!err)
		err = etr_build(&m->cfg, &m->db);
	if (!err)
		err = reg_build(core, &m->cfg, &m->servers);
	if (!err)
		err = site_build(core, &m->cfg, &m->ms);
	if (!err)
		err = keep_build(&m->cfg, &m->keeps);
	if (err == -EEXIST) {
		lisp_log(core, LOG_ERR, "configuration not taken: an EID-prefix is there twice");
		err = -EINVAL;
	} else if (err) {
		lisp_log(core, LOG_ERR, "configuration not taken: %s",
			 strerror(-err));
	}
	return err;
}

static void swap(struct lisp_core *core, struct model *m)
{
	struct model old = {
		.cfg = core->cfg,
		.db = core->etr.db,
		.servers = core->etr.servers,
		.ms = core->ms,
		.keeps = core->itr.keeps,
	};

	core->cfg = m->cfg;
	core->etr.db = m->db;
	core->etr.servers = m->servers;
	core->ms = m->ms;
	core->itr.keeps = m->keeps;
	*m = old;
}

/*
 * Nonces of Map-Registers grow, also from one life of the daemon to the next
 * (RFC 9301 5.6), from where lisp_core_set_nonce() says or, failing that, the
 * clock: it grows faster than we register.
 */
static void start_nonces(struct lisp_core *core)
{
	if (core->etr.nonce)
		return;
	core->etr.nonce = core->nonce_floor > core->now ? core->nonce_floor :
							  core->now;
	core->etr.first_nonce = core->etr.nonce + 1;
}

int lisp_core_configure(struct lisp_core *core, lisp_time now,
			const struct lisp_config *cfg)
{
	struct model m = { 0 };
	bool moved;
	int err;

	core->now = now;
	err = build(core, cfg, &m);
	if (err) {
		free_model(core, &m);
		return err;
	}
	start_nonces(core);
	if (cfg->map_server && !core->cfg.map_server)
		core->ms_since = now;
	swap(core, &m);
	moved = !lisp_config_addrs_equal(core->cfg.rlocs, core->cfg.n_rlocs,
					 m.cfg.rlocs, m.cfg.n_rlocs) ||
		!lisp_config_same_xtr(&core->cfg, &m.cfg);
	itr_configure(core, &m.cfg);
	petr_configure(core, &m.cfg);
	cache_configure(core, &m.cfg);
	probe_configure(core);
	dyn_configure(core);
	etr_apply(core, &m.db);
	reg_apply(core, m.servers, moved);
	m.servers = NULL;		/* reg_apply took them over */
	if (m.cfg.etr)			/* not at start: nothing has changed */
		smr_changed(core, &m.db);
	site_apply(core, &m.ms);
	state_apply(core);
	keep_apply(core);
	free_model(core, &m);
	lisp_core_run(core, now);
	return 0;
}
