/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that wait for a mapping, by destination EID.
 */
#ifndef _LISP_PENDING_H
#define _LISP_PENDING_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "addr.h"

struct lisp_dev;
struct lisp_prefix;

#define LISP_PENDING_BITS	9

/**
 * struct lisp_waiting - one EID and the packets that wait for it
 * @node: in lisp_pending.eids
 * @age: in lisp_pending.oldest
 * @untold: in lisp_pending.untold when the miss event is yet to be sent
 * @eid: destination address
 * @since: jiffies when the first packet came
 * @serial: larger than that of those before it in lisp_pending.oldest; wraps
 * @told: the miss event was sent
 * @releasing: a mapping came, the packets are on their way
 * @bytes: truesize of @queue
 * @queue: packets, oldest first; its own lock is not used
 *
 * All protected by lisp_pending.lock.
 */
struct lisp_waiting {
	struct hlist_node node;
	struct list_head age;
	struct list_head untold;
	struct lisp_addr eid;
	unsigned long since;
	u32 serial;
	bool told;
	bool releasing;
	u32 bytes;
	struct sk_buff_head queue;
};

/**
 * struct lisp_pending - all that waits at a device
 * @lock: protects everything here; taken with BH disabled
 * @eids: struct lisp_waiting by EID
 * @oldest: the same, longest wait first
 * @serial: of the EID that came last
 * @untold: those whose miss event went over @rate, to be sent later
 * @n: EIDs; also read without the lock, to see that there are none
 * @packets: packets waiting
 * @bytes: their truesize
 * @work: gives up on those that waited too long, tells of those in @untold
 * @tokens: miss events that may be sent now
 * @refilled: jiffies up to which @tokens has been filled
 * @seed: for hashing addresses that others choose
 * @max_packets: limit on @packets
 * @max_packets_eid: limit on packets of one EID
 * @max_bytes: limit on @bytes
 * @time: milliseconds a packet waits at most
 * @rate: miss events a second
 */
struct lisp_pending {
	spinlock_t lock;
	struct hlist_head eids[1 << LISP_PENDING_BITS];
	struct list_head oldest;
	u32 serial;
	struct list_head untold;
	unsigned int n;
	unsigned int packets;
	unsigned int bytes;
	struct delayed_work work;
	unsigned int tokens;
	unsigned long refilled;
	u32 seed;
	u32 max_packets;
	u32 max_packets_eid;
	u32 max_bytes;
	u32 time;
	u32 rate;
};

static inline bool lisp_pending_any(const struct lisp_pending *p)
{
	return READ_ONCE(p->n);
}

void lisp_pending_init(struct lisp_dev *ld);
void lisp_pending_retime(struct lisp_dev *ld);
void lisp_pending_flush(struct lisp_dev *ld);
void lisp_pending_destroy(struct lisp_dev *ld);
void lisp_pending_park(struct lisp_dev *ld, struct sk_buff *skb, u8 family,
		       const void *addr);
void lisp_pending_ask(struct lisp_dev *ld, u8 family, const void *addr,
		      const void *local);
bool lisp_pending_join(struct lisp_dev *ld, struct sk_buff *skb, u8 family,
		       const void *addr);
void lisp_pending_release(struct lisp_dev *ld, const struct lisp_prefix *where);
int lisp_pending_give_up(struct lisp_dev *ld, const struct lisp_addr *eid);

#endif
