/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the underlay tells about locators: routes that come and go, links,
 * ICMP errors of the core.
 */
#ifndef _LISP_UNDERLAY_H
#define _LISP_UNDERLAY_H

#include <linux/netdevice.h>
#include <net/sock.h>

struct lisp_net;
struct lisp_rloc;

int lisp_underlay_err_lookup(struct sock *sk, struct sk_buff *skb);
#ifdef LISP_HAVE_ENCAP_ERR_INFO
void lisp_underlay_err_rcv(struct sock *sk, struct sk_buff *skb, int err,
			   __be16 port, u32 info, u8 *payload);
#else
void lisp_underlay_err_rcv(struct sock *sk, struct sk_buff *skb,
			   unsigned int udp_offset);
#endif

void lisp_underlay_tell(struct lisp_net *ln);
void lisp_underlay_kick(struct lisp_net *ln);
unsigned int lisp_underlay_mtu(struct lisp_net *ln,
			       const struct lisp_rloc *rloc);

void lisp_underlay_net_init(struct lisp_net *ln);
void lisp_underlay_net_exit(struct lisp_net *ln);
int lisp_underlay_init(void);
void lisp_underlay_exit(void);

#endif
