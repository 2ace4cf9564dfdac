/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events to user space: netlink groups "miss" and "mapcache".
 */
#ifndef _LISP_NOTIFY_H
#define _LISP_NOTIFY_H

#include <linux/skbuff.h>
#include "addr.h"

struct lisp_dev;
struct lisp_entry;
struct lisp_rloc;

void lisp_notify_miss(struct lisp_dev *ld, const struct lisp_addr *eid,
		      const struct lisp_addr *source);
void lisp_notify_rloc(struct lisp_dev *ld, const struct lisp_rloc *rloc);
void lisp_notify_map(struct lisp_dev *ld, u8 cmd, const struct lisp_entry *e);

int lisp_fill_entry(struct sk_buff *skb, const struct lisp_entry *e,
		    bool counters);
int lisp_fill_eid(struct sk_buff *skb, const void *addr, u8 family, u8 plen,
		  const unsigned int *packets, unsigned long since);

#endif
