/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From an outer packet to the inner one (ETR).
 */
#ifndef _LISP_DECAP_H
#define _LISP_DECAP_H

#include <linux/skbuff.h>
#include <net/sock.h>

int lisp_decap_rcv(struct sock *sk, struct sk_buff *skb);

#endif
