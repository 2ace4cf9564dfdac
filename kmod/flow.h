/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flow hash of inner packets: chooses the locator and the outer source port.
 */
#ifndef _LISP_FLOW_H
#define _LISP_FLOW_H

#include <linux/skbuff.h>

u32 lisp_flow_hash4(struct sk_buff *skb);
u32 lisp_flow_hash6(struct sk_buff *skb);

#endif
