/* SPDX-License-Identifier: GPL-2.0 */
/* Messages of the cores as a capture file, for other eyes to read. */
#ifndef LISP_SIM_PCAP_H
#define LISP_SIM_PCAP_H

#include <stdio.h>

#include "ctrld/wire/addr.h"

/* To append to; a new file gets its head. NULL: cannot be written. */
FILE *pcap_open(const char *path);
/*
 * Add one message, in IP and UDP with right checksums. @from may name no
 * address (then some of the right family is put there) and no port (4342).
 *
 * A Map-Notify-Ack is there twice, the second time as the Map-Notify that it
 * repeats (RFC 9301 5.7): tshark 4.0 knows only that.
 */
void pcap_write(FILE *f, uint64_t usec, const struct lisp_endpoint *from,
		const struct lisp_endpoint *to, const void *buf, size_t len);

#endif
