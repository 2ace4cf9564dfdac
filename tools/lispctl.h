/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lispctl: what its commands share. Each verb group has a file of its own and
 * is listed in the one table of lispctl.c.
 */
#ifndef LISPCTL_H
#define LISPCTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "lispnl.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct ctl {
	const char *socket;		/* of lispd */
	const char *device;		/* -d; NULL: not given */
	bool json;
};

/* Errors: one line on stderr, and the exit status to return. */
int failed(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What further errors are about: lines of a file; NULL: nothing special. */
void error_place(const char *file, unsigned int first, unsigned int last);

/* Arguments */
bool parse_number(const char *s, uint32_t min, uint32_t max, uint32_t *out);
/* 0, or the exit status after an error was printed */
int parse_prefix(const char *s, struct lisp_eid *eid);
int parse_address(const char *s,
		  struct lisp_addr *addr);
/* The words of map add: PREFIX and what follows. */
int parse_map(int argc, char **argv, struct lisp_nl_map *map);

/* output.c */
#define TIMELEN	24
const char *duration(uint64_t msec, char buf[TIMELEN]);	/* 00:00:12, 1d03h */
const char *wall_clock(char buf[TIMELEN]);		/* 19:33:02.343 */
/* What came from elsewhere: nothing that a terminal would act upon. */
void put_safe(const char *s);
int print_json(json_t *json);		/* and free it */

struct table;
struct table *table_new(unsigned int columns);
/* Copied; NULL is an empty cell. The first rows may be a heading. */
void table_row(struct table *t, const char *const *cells);
void table_print(struct table *t, const char *indent);	/* and free it */

/* kernel.c: devices and lists from the kernel */
struct kernel {
	struct lisp_nl nl;
	unsigned int n_devs;
	struct lisp_nl_dev *devs;	/* sorted by name */
};

/* 0 or the exit status */
int kernel_open(struct kernel *k);
/* With -d only that device is kept; it is an error when there is none. */
int kernel_open_devs(struct kernel *k, const char *device);
/* The device that a change goes to; NULL after an error was printed. */
const struct lisp_nl_dev *kernel_target(struct kernel *k, const char *device);
void kernel_close(struct kernel *k);
/* "lispctl: what: the kernel's words" */
int kernel_failed(const struct lisp_nl *nl, const char *what);
/* Send a change, report on @what, and close: the exit status. */
int kernel_send(struct kernel *k, struct nl_msg *msg, const char *what);

struct map_list {
	unsigned int n, size;
	struct map_item {
		struct lisp_eid eid;
		struct lisp_nl_map *map;	/* only as long as needed */
		uint64_t packets, uptime;	/* of an EID waited for */
	} *items;
};

int kernel_maps(struct kernel *k, const struct lisp_nl_dev *dev,
		struct map_list *list);
/* eid-get or pending-get */
int kernel_eids(struct kernel *k, uint8_t cmd, const struct lisp_nl_dev *dev,
		struct map_list *list);
void map_list_add_map(struct map_list *l, const struct lisp_nl_map *map);
void map_list_add_item(struct map_list *l, const struct map_item *item);
void map_list_sort(struct map_list *l);
void map_list_free(struct map_list *l);

/* daemon.c: requests to lispd */
/* The result (to be freed); NULL after an error was printed. Steals @args. */
json_t *daemon_ask(const struct ctl *ctl, const char *command, json_t *args);
/* The same, but silent when no daemon listens: then *absent is set. */
json_t *daemon_try(const struct ctl *ctl, const char *command, json_t *args,
		   bool *absent);

/* For each device, or @device only, what @show prints, or adds to @json. */
typedef int (*show_fn)(struct kernel *k, const struct lisp_nl_dev *dev,
		       json_t *json);
int show_devices(struct ctl *ctl, const char *device, show_fn show);

/* commands */
void print_device_stats(const struct lisp_nl_dev *d);
json_t *json_device_stats(const struct lisp_nl_dev *d);
int cmd_show_map_cache(struct ctl *ctl, int argc, char **argv);
int cmd_show_device(struct ctl *ctl, int argc, char **argv);
int cmd_show_eid(struct ctl *ctl, int argc, char **argv);
int cmd_show_rloc(struct ctl *ctl, int argc, char **argv);
int cmd_show_sources(struct ctl *ctl, int argc, char **argv);
int cmd_show_database(struct ctl *ctl, int argc, char **argv);
int cmd_show_site(struct ctl *ctl, int argc, char **argv);
int cmd_show_statistics(struct ctl *ctl, int argc, char **argv);
int cmd_device_add(struct ctl *ctl, int argc, char **argv);
int cmd_device_set(struct ctl *ctl, int argc, char **argv);
int cmd_device_del(struct ctl *ctl, int argc, char **argv);
int cmd_map_add(struct ctl *ctl, int argc, char **argv);
int cmd_map_load(struct ctl *ctl, int argc, char **argv);
int cmd_map_save(struct ctl *ctl, int argc, char **argv);
int cmd_map_del(struct ctl *ctl, int argc, char **argv);
int cmd_map_flush(struct ctl *ctl, int argc, char **argv);
int cmd_eid_add(struct ctl *ctl, int argc, char **argv);
int cmd_eid_del(struct ctl *ctl, int argc, char **argv);
int cmd_rloc_up(struct ctl *ctl, int argc, char **argv);
int cmd_rloc_down(struct ctl *ctl, int argc, char **argv);
int cmd_monitor(struct ctl *ctl, int argc, char **argv);
int cmd_debug(struct ctl *ctl, int argc, char **argv);
int cmd_lig(struct ctl *ctl, int argc, char **argv);
int cmd_reload(struct ctl *ctl, int argc, char **argv);

#endif
