// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include "log.h"

static bool verbose;
static bool journal;

void log_init(bool be_verbose)
{
	verbose = be_verbose;
	journal = getenv("JOURNAL_STREAM") != NULL;
}

void log_va(int level, const char *fmt, va_list ap)
{
	char line[1024];
	char *p;

	if (level > LOG_INFO && !verbose)
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
	for (p = line; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	if (journal)
		fprintf(stderr, "<%d>%s\n", level, line);
	else
		fprintf(stderr, "lispd: %s%s\n", level <= LOG_ERR ? "error: " :
			level == LOG_WARNING ? "warning: " : "", line);
}

void log_at(int level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_va(level, fmt, ap);
	va_end(ap);
}
