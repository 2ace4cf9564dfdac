// SPDX-License-Identifier: GPL-2.0
/*
 * lispctl map load and save: mappings from a file, many to a message, and
 * back.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netlink/msg.h>
#include "lispctl.h"

/* An entry takes 60 bytes at least, so a message holds no more than this. */
#define BATCH_MAX	1024
#define BLANKS		" \t\r\n"

struct load {
	FILE *f;
	const char *name;		/* of the file, for errors */
	unsigned int line;
	char *text;
	size_t size;
	char **words;
	unsigned int n_words, words_size;
	struct lisp_nl_map map;
	struct kernel k;
	unsigned int ifindex;
	struct nl_msg *msg;
	unsigned int n;			/* entries in msg */
	struct {
		unsigned int line, end;	/* where the entry ends in msg */
	} at[BATCH_MAX];
};

static void split(struct load *l)
{
	char *save, *w = strtok_r(l->text, BLANKS, &save);

	l->n_words = 0;
	for (; w; w = strtok_r(NULL, BLANKS, &save)) {
		if (l->n_words == l->words_size) {
			l->words_size = l->words_size ? 2 * l->words_size : 64;
			l->words = realloc(l->words, l->words_size *
					   sizeof(*l->words));
			if (!l->words)
				abort();
		}
		l->words[l->n_words++] = w;
	}
}

/* Say what the kernel did not like, and of which line. */
static int refused(struct load *l, unsigned int n)
{
	unsigned int i = 0, offset = l->k.nl.error_offset;

	while (i < n && l->at[i].end <= offset)
		i++;
	if (offset && i < n)
		error_place(l->name, l->at[i].line, l->at[i].line);
	else
		error_place(l->name, l->at[0].line, l->at[n - 1].line);
	return kernel_failed(&l->k.nl, "");
}

static int send_batch(struct load *l)
{
	struct nl_msg *msg = l->msg;
	unsigned int n = l->n;

	l->msg = NULL;
	l->n = 0;
	if (!msg || !lisp_nl_do(&l->k.nl, msg, NULL, NULL))
		return EXIT_OK;
	return refused(l, n);
}

static int add(struct load *l)
{
	int err = EXIT_OK;

	if (l->n == BATCH_MAX)
		err = send_batch(l);
	while (!err) {
		if (!l->msg)
			l->msg = lisp_nl_msg(&l->k.nl, LISP_CMD_MAP_ADD, 0,
					     l->ifindex);
		if (lisp_nl_put_map(l->msg, &l->map))
			break;
		/* Full: what is in it goes first. 255 locators always fit. */
		err = send_batch(l);
	}
	if (err)
		return err;
	l->at[l->n].line = l->line;
	l->at[l->n++].end = nlmsg_hdr(l->msg)->nlmsg_len;
	return EXIT_OK;
}

static int read_lines(struct load *l)
{
	ssize_t len;
	int err;

	while ((len = getline(&l->text, &l->size, l->f)) >= 0) {
		l->line++;
		error_place(l->name, l->line, l->line);
		if (strlen(l->text) != (size_t)len)
			return failed("a NUL byte is in it");
		split(l);
		if (!l->n_words || *l->words[0] == '#')
			continue;
		if (parse_map(l->n_words, l->words, &l->map))
			return EXIT_FAILED;
		err = add(l);
		if (err)
			return err;
	}
	error_place(NULL, 0, 0);
	if (ferror(l->f))
		return failed("%s: %s", l->name, strerror(errno));
	return send_batch(l);
}

int cmd_map_load(struct ctl *ctl, int argc, char **argv)
{
	const struct lisp_nl_dev *dev;
	static struct load load;
	struct load *l = &load;
	int err;

	(void)argc;
	l->name = strcmp(argv[0], "-") ? argv[0] : "standard input";
	l->f = strcmp(argv[0], "-") ? fopen(argv[0], "r") : stdin;
	if (!l->f)
		return failed("%s: %s", argv[0], strerror(errno));
	dev = kernel_target(&l->k, ctl->device);
	if (!dev) {
		err = EXIT_FAILED;
		goto out;
	}
	l->ifindex = dev->ifindex;
	err = read_lines(l);
	if (l->msg)
		nlmsg_free(l->msg);
	kernel_close(&l->k);
out:
	free(l->words);
	free(l->text);
	if (l->f != stdin)
		fclose(l->f);
	return err;
}

/* In the words that map add takes. */
static void print_line(const struct lisp_nl_map *m)
{
	char s[LISP_STRLEN];
	unsigned int i;

	fputs(lisp_eid_str(&m->eid, s), stdout);
	for (i = 0; i < m->n_locators; i++) {
		const struct lisp_nl_locator *loc = &m->locators[i];

		printf(" rloc %s priority %u weight %u",
		       lisp_addr_str(&loc->addr, s), loc->priority,
		       loc->weight);
	}
	if (m->action != LISP_MAP_ACTION_FORWARD)
		printf(" action %s", lisp_nl_action_str(m->action));
	if (m->has_expires)
		printf(" ttl %" PRIu64, m->expires / 1000 + 1);
	if (m->origin != LISP_MAP_ORIGIN_STATIC)
		printf(" origin %s", lisp_nl_origin_str(m->origin));
	putchar('\n');
}

int cmd_map_save(struct ctl *ctl, int argc, char **argv)
{
	struct map_list list = { 0 };
	const struct lisp_nl_dev *dev;
	struct kernel k;
	unsigned int i;
	int err;

	(void)argc;
	(void)argv;
	dev = kernel_target(&k, ctl->device);
	if (!dev)
		return EXIT_FAILED;
	err = kernel_maps(&k, dev, &list);
	for (i = 0; !err && i < list.n; i++)
		print_line(list.items[i].map);
	map_list_free(&list);
	kernel_close(&k);
	return err;
}
