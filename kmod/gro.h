/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Merging of received LISP packets before the stack sees them.
 */
#ifndef _LISP_GRO_H
#define _LISP_GRO_H

#include <linux/skbuff.h>
#include <net/sock.h>

struct sk_buff *lisp_gro_receive(struct sock *sk, struct list_head *head,
				 struct sk_buff *skb);
int lisp_gro_complete(struct sock *sk, struct sk_buff *skb, int nhoff);

#endif
