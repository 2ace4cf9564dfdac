/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LISP_LOG_H
#define LISP_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <syslog.h>

/*
 * To stderr; with the priority in front where systemd reads it. What came from
 * the network is made printable. Debug only when asked for; of the rest 20 of
 * a kind (the very same format) in 10 seconds.
 */
void log_init(bool verbose);
void log_at(int level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void log_va(int level, const char *fmt, va_list ap);

#define log_err(...)	log_at(LOG_ERR, __VA_ARGS__)
#define log_warn(...)	log_at(LOG_WARNING, __VA_ARGS__)
#define log_info(...)	log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)	log_at(LOG_DEBUG, __VA_ARGS__)

#endif
