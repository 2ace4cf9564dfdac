/* SPDX-License-Identifier: GPL-2.0 */
/* Messages of the cores as a capture file, for other eyes to read. */
#ifndef LISP_SIM_PCAP_H
#define LISP_SIM_PCAP_H

#include <stdio.h>

#include "ctrld/wire/addr.h"

/* A new file with its head, or NULL. */
FILE *pcap_open(const char *path);
/*
 * Add one message, in IP and UDP with right checksums. @from may name no
 * address (then some of the right family is put there) and no port (4342).
 */
void pcap_write(FILE *f, uint64_t usec, const struct lisp_endpoint *from,
		const struct lisp_endpoint *to, const void *buf, size_t len);

#endif
