/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Locator-status-bits that other sites send (RFC 9300 5.3, 10).
 */
#ifndef _LISP_STATUS_H
#define _LISP_STATUS_H

#include "addr.h"

struct lisp_dev;
struct lisp_net;

void lisp_status_hear(struct lisp_dev *ld, u8 family, const void *source,
		      const struct lisp_addr *rloc, const struct lisphdr *h);

void lisp_status_net_init(struct lisp_net *ln);
void lisp_status_net_exit(struct lisp_net *ln);

#endif
