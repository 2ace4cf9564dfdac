// SPDX-License-Identifier: GPL-2.0
/*
 * The log. Of messages of one kind, by their format, so many are let through in
 * a while: what others send must not fill a disk.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "log.h"

#define KINDS		256	/* a power of two */
#define WHILE_SEC	10
#define BURST		20

struct kind {
	const char *fmt;
	time_t begin;
	unsigned int n;
};

static struct kind kinds[KINDS];
static bool verbose;
static bool journal;

void log_init(bool be_verbose)
{
	verbose = be_verbose;
	journal = getenv("JOURNAL_STREAM") != NULL;
}

static time_t seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void put(int level, const char *line)
{
	if (journal)
		fprintf(stderr, "<%d>%s\n", level, line);
	else
		fprintf(stderr, "lispd: %s%s\n", level <= LOG_ERR ? "error: " :
			level == LOG_WARNING ? "warning: " : "", line);
}

/* How many of its kind are there now, this one included? */
static unsigned int count(int level, const char *fmt)
{
	struct kind *k = &kinds[((uintptr_t)fmt >> 2) % KINDS];
	time_t now = seconds();
	char line[64];

	if (k->fmt != fmt || now - k->begin >= WHILE_SEC) {
		if (k->fmt == fmt && k->n > BURST) {
			snprintf(line, sizeof(line),
				 "%u messages like the next one were left out",
				 k->n - BURST);
			put(level, line);
		}
		*k = (struct kind){ .fmt = fmt, .begin = now };
	}
	return ++k->n;
}

void log_va(int level, const char *fmt, va_list ap)
{
	unsigned int n;
	char line[1024];
	char *p;

	if (level > LOG_INFO && !verbose)
		return;
	n = level > LOG_INFO ? 0 : count(level, fmt);
	if (n > BURST)
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
	for (p = line; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	put(level, line);
	if (n == BURST)
		put(level, "more messages like this one are left out for a while");
}

void log_at(int level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_va(level, fmt, ap);
	va_end(ap);
}
