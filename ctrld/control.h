/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control socket: one JSON object per line each way (lispctl, scripts).
 *
 *	{"command": "show-site", "args": {"site": "SiteTwo"}}
 *	{"ok": true, "result": {...}}  or  {"ok": false, "error": "..."}
 *
 * "debug" is answered by {"ok": true} and then by trace lines, until the client
 * closes its side. One that does so before gets the answers to all it has asked
 * for. A client can not hold up the daemon: lines, clients and what waits to be
 * read are bounded.
 */
#ifndef LISP_CONTROL_H
#define LISP_CONTROL_H

#include <jansson.h>
#include "core/core.h"

#define CONTROL_LINE_MAX	65536
#define CONTROL_CLIENTS_MAX	64

struct event_base;
struct control;
struct control_client;

struct control_ops {
	/*
	 * The result of @command (json object), or NULL with *error (static
	 * or to be valid until the next call). What takes time answers later:
	 * *later is set, and control_answer() called once.
	 */
	json_t *(*command)(void *ctx, struct control_client *from,
			   const char *command, json_t *args,
			   const char **error, bool *later);
	/* A client that waits for an answer has left. */
	void (*gone)(void *ctx, struct control_client *client);
};

/* NULL after an error was logged. */
struct control *control_open(struct event_base *base, const char *path,
			     const struct control_ops *ops, void *ctx);
void control_close(struct control *c);
/* Exactly one of @result (stolen) and @error. */
void control_answer(struct control_client *client, json_t *result,
		    const char *error);
/* Does anyone watch? Then one line of trace to all who do. */
bool control_watched(const struct control *c);
void control_trace(struct control *c, const char *role, const char *text);

/* show.c: what the core knows, as JSON */
json_t *show_database(struct lisp_core *core, lisp_time now);
/* @filter: NULL, a site's name, an EID-prefix or an EID; NULL: none such */
json_t *show_site(struct lisp_core *core, lisp_time now, const char *filter);
int show_counter(void *object, const char *group, const char *name,
		 uint64_t value);

#endif
