// SPDX-License-Identifier: GPL-2.0
/*
 * Times, aligned tables, JSON, and text that is safe on a terminal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "lispctl.h"

const char *duration(uint64_t msec, char buf[TIMELEN])
{
	uint64_t s = msec / 1000;

	if (s < 24 * 3600)
		snprintf(buf, TIMELEN, "%02u:%02u:%02u", (unsigned int)(s / 3600),
			 (unsigned int)(s / 60 % 60), (unsigned int)(s % 60));
	else if (s < 14 * 24 * 3600)
		snprintf(buf, TIMELEN, "%ud%02uh", (unsigned int)(s / 86400),
			 (unsigned int)(s / 3600 % 24));
	else
		snprintf(buf, TIMELEN, "%" PRIu64 "w%ud", s / (7 * 86400),
			 (unsigned int)(s / 86400 % 7));
	return buf;
}

const char *wall_clock(char buf[TIMELEN])
{
	struct timespec ts;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	snprintf(buf, TIMELEN, "%02d:%02d:%02d.%03ld", tm.tm_hour, tm.tm_min,
		 tm.tm_sec, ts.tv_nsec / 1000000);
	return buf;
}

/* Control characters: C0, DEL, and C1 as UTF-8 writes them (c2 80..9f). */
static size_t control_len(const unsigned char *s)
{
	if (*s < 0x20 || *s == 0x7f)
		return 1;
	if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0)
		return 2;
	return 0;
}

void put_safe(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n;

	while (*p) {
		n = control_len(p);
		if (n) {
			printf("\\x%02x", p[n - 1]);
			p += n;
		} else {
			putchar(*p++);
		}
	}
}

int print_json(json_t *json)
{
	if (!json)
		return failed("out of memory");
	json_dumpf(json, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(json);
	return EXIT_OK;
}

/* Tables */

struct table {
	unsigned int columns, rows, size;
	char **cells;
};

struct table *table_new(unsigned int columns)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	t->columns = columns;
	return t;
}

void table_row(struct table *t, const char *const *cells)
{
	unsigned int i;
	char **cell;

	if (t->rows == t->size) {
		t->size = t->size ? 2 * t->size : 16;
		t->cells = realloc(t->cells, sizeof(*t->cells) * t->size *
				   t->columns);
		if (!t->cells)
			abort();
	}
	cell = &t->cells[t->rows++ * t->columns];
	for (i = 0; i < t->columns; i++) {
		cell[i] = strdup(cells[i] ? cells[i] : "");
		if (!cell[i])
			abort();
	}
}

/* Columns on the screen: UTF-8 continuation bytes take none. */
static unsigned int width(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	unsigned int n = 0;
	size_t c;

	while (*p) {
		c = control_len(p);
		if (c)
			n += 4;
		else if ((*p & 0xc0) != 0x80)
			n++;
		p += c ? c : 1;
	}
	return n;
}

void table_print(struct table *t, const char *indent)
{
	unsigned int *widths = calloc(t->columns, sizeof(*widths));
	unsigned int r, c, w;

	if (!widths)
		abort();
	for (r = 0; r < t->rows; r++)
		for (c = 0; c < t->columns; c++) {
			w = width(t->cells[r * t->columns + c]);
			if (w > widths[c])
				widths[c] = w;
		}
	for (r = 0; r < t->rows; r++) {
		char **cell = &t->cells[r * t->columns];
		unsigned int last = t->columns;

		while (last && !*cell[last - 1])
			last--;
		fputs(last ? indent : "", stdout);
		for (c = 0; c < last; c++) {
			put_safe(cell[c]);
			if (c + 1 < last)
				printf("%*s", (int)(widths[c] - width(cell[c])
						    + 2), "");
		}
		putchar('\n');
	}
	for (r = 0; r < t->rows * t->columns; r++)
		free(t->cells[r]);
	free(t->cells);
	free(widths);
	free(t);
}
