// SPDX-License-Identifier: GPL-2.0
/*
 * Events of the kernel, some of which may be lost.
 */
#include <errno.h>
#include "lispnl.h"

#define BATCH	64	/* datagrams at a time */
#define TRIES	16	/* times that some were lost, per wake-up */

int lisp_nl_drain(struct nl_sock *sock,
		  void (*cb)(const struct nlmsghdr *nlh, void *arg), void *arg,
		  unsigned int *lost)
{
	unsigned int tries = TRIES;
	int err;

	do {
		err = lisp_nl_receive(sock, BATCH, cb, arg);
		if (err != -ENOBUFS)
			return err;
		++*lost;
	} while (--tries);
	return 1;
}
