/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of nomem: what is looked at, and packets.
 */
#ifndef _LISP_NOMEM_H
#define _LISP_NOMEM_H

#include <linux/lisp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct state - what can be seen of lisp devices from outside
 * @text: links, settings, map-cache, EIDs, locators, packets that wait, in
 *	lines; without what time and traffic change
 * @counters: LISP_A_STATS_*, of all devices together
 * @sockets: UDP sockets with the port of LISP data
 */
struct state {
	char *text;
	uint64_t counters[LISP_A_STATS_MAX + 1];
	unsigned int sockets;
};

void state_read(struct state *s);
void state_free(struct state *s);
bool state_same(const struct state *a, const struct state *b);
void state_print(const char *what, const struct state *s);
void text_answer(FILE *to, const struct nlmsghdr *nlh);

struct packet {
	int fd;
	size_t len;
	unsigned char bytes[4096];
	struct sockaddr_in to;
	bool raw;
};

void packet_udp(struct packet *p, char **argv);
void packet_tun(struct packet *p, char **argv);
int packet_send(struct packet *p);

#endif
