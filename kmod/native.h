/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that go to no LISP site: back to ordinary routing, around the device.
 */
#ifndef _LISP_NATIVE_H
#define _LISP_NATIVE_H

#include <linux/skbuff.h>

struct lisp_dev;

void lisp_native_forward(struct lisp_dev *ld, struct sk_buff *skb, u8 family);

#endif
