/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The process: what main, reload and the commands of the control socket
 * share.
 */
#ifndef LISP_LISPD_H
#define LISP_LISPD_H

#include <event2/event.h>
#include "config_file.h"
#include "control.h"
#include "core/core.h"
#include "dataplane.h"
#include "neigh.h"
#include "net.h"
#include "rtnl.h"

struct lig;

struct lispd {
	const char *config_file, *socket;	/* as on the command line */
	struct lispd_config cfg;		/* what runs */
	struct event_base *base;
	int timer_fd;
	struct event *timer, *settle, *signals[3];
	struct lisp_core *core;
	struct net *net;
	struct rtnl rtnl;
	bool settling;				/* addresses have changed */
	unsigned int look_sec;			/* until they are looked at */
	struct dataplane *dp;
	struct neigh *neigh;
	struct control *control;
	struct lig *ligs;
	struct event *lig_timer;
	unsigned int reloads;
	struct event *state;			/* writes it; state.c */
	unsigned int state_turns;
	uint64_t nonces_saved;
	bool state_failed;
};

lisp_time lispd_now(void);
/* After anything that may have changed the core's next deadline. */
void lispd_rearm(struct lispd *d);
/* 0, or -errno with the reason in @error; nothing is changed then. */
int lispd_reload(struct lispd *d, char error[YAML_ERROR_LEN]);

/*
 * local.c: addresses of this machine, in a configuration. True: changed. Is
 * there a map-resolver or map-server without an address to speak from, which a
 * new route may give? Say what looks wrong.
 */
bool local_rlocs(struct rtnl *rtnl, struct lispd_config *cfg);
bool local_waits(const struct lispd_config *cfg);
void local_warn(const struct lispd_config *cfg);

/*
 * state.c: what outlives the daemon. Nonces are restored before the core is
 * configured, the map-cache after the kernel's was taken over; then it begins
 * to be written, at last by state_end(). Begin again with each configuration:
 * it may name another directory, or the first.
 */
void state_restore_nonces(struct lispd *d);
void state_restore_map_cache(struct lispd *d);
void state_begin(struct lispd *d);
void state_end(struct lispd *d);

/* commands.c */
json_t *command_run(void *ctx, struct control_client *from,
		    const char *command, json_t *args, const char **error,
		    bool *later);
void command_gone(void *ctx, struct control_client *client);
/* The core has put a mapping into the data plane: is it waited for? */
void command_mapped(struct lispd *d, const struct lisp_mapping *m);
void command_end(struct lispd *d);

#endif
