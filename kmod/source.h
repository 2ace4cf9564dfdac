/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From which RLOCs packets come: who is to be told when a mapping of ours
 * changes (RFC 9301 6.1).
 *
 * A table of fixed size, set-associative, for each device; that is, for each
 * instance-ID, whatever EIDs were inside. Noted is the outer source of packets
 * that were taken in, after all checks. A source gives way only to a new one of
 * its set, the one not heard for longest first: so only when the other seven
 * of the set were heard in the same second, or later. It is back with its next
 * packet.
 */
#ifndef _LISP_SOURCE_H
#define _LISP_SOURCE_H

#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/spinlock.h>
#include "addr.h"
#include "device.h"

#define LISP_SOURCE_SET_BITS	7
#define LISP_SOURCE_SETS	(1 << LISP_SOURCE_SET_BITS)
#define LISP_SOURCE_WAYS	8

/* Time is counted in the power of two of jiffies next below a second. */
#define LISP_SOURCE_SHIFT	ilog2(HZ)

/* A tag: the IPv4 address, or as many bits of a hash; then these. */
#define LISP_SOURCE_V6		BIT(31)
#define LISP_SOURCE_TIME	(BIT(31) - 1)

/**
 * struct lisp_sources - the RLOCs that a device has heard from
 * @key: random, so that strangers cannot aim at a set; never changed
 * @tag: what each slot holds and when that was heard last; 0 is free
 * @v6: addresses of the slots whose tags say LISP_SOURCE_V6
 * @lock: one for each set; no other lock is taken inside
 *
 * A slot is written with the lock of its set held only, each word with
 * WRITE_ONCE(). Under the lock its words belong together; so what is told of a
 * slot is read there. Without the lock they may be read with READ_ONCE(), to
 * see whether there is nothing to do: this source, heard at this time already.
 * While the slot changes hands that can go wrong either way. Then the lock is
 * taken for nothing; or a packet is not noted of a source that has given way
 * while that packet came in, and the next one is.
 */
struct lisp_sources {
	u64 key[5];
	u64 tag[LISP_SOURCE_SETS][LISP_SOURCE_WAYS];
	u64 v6[LISP_SOURCE_SETS][LISP_SOURCE_WAYS][2];
	spinlock_t lock[LISP_SOURCE_SETS];
};

/**
 * struct lisp_source - one of them, as it is told
 * @addr: RLOC; family 0 where the slot is free
 * @idle: milliseconds since it was heard, a second more or less
 */
struct lisp_source {
	struct lisp_addr addr;
	u64 idle;
};

struct lisp_sources *lisp_sources_alloc(void);
void lisp_sources_free(struct lisp_sources *s);
bool lisp_source_note(struct lisp_sources *s, unsigned int set, u64 tag,
		      const u64 *v6);
void lisp_source_hear6(struct lisp_dev *ld, const struct in6_addr *addr);
void lisp_sources_read(struct lisp_sources *s, unsigned int set,
		       struct lisp_source *out);
bool lisp_sources_find(struct lisp_sources *s, const struct lisp_addr *addr,
		       struct lisp_source *out);

static inline u32 lisp_source_now(void)
{
	u64 now = get_jiffies_64();

	return (now >> LISP_SOURCE_SHIFT) & LISP_SOURCE_TIME;
}

/*
 * The set of an IPv4 source. Multiply-shift with a random factor: two addresses
 * meet in a set with probability 1/LISP_SOURCE_SETS, and only the key tells
 * which do.
 */
static inline unsigned int lisp_source_set4(const struct lisp_sources *s,
					    u32 v4)
{
	return (s->key[0] * v4 + s->key[1]) >> (64 - LISP_SOURCE_SET_BITS);
}

/**
 * lisp_source_hear() - a packet was taken in
 * @ld: device
 * @addr: its outer source
 *
 * Context: BH disabled, under RCU.
 */
static inline void lisp_source_hear(struct lisp_dev *ld,
				    const struct lisp_addr *addr)
{
	struct lisp_sources *s = ld->sources;
	u32 v4 = (__force u32)addr->v4;
	unsigned int set, i;
	u64 tag;

	if (addr->family != AF_INET) {
		lisp_source_hear6(ld, &addr->v6);
		return;
	}
	tag = (u64)v4 << 32 | lisp_source_now();
	set = lisp_source_set4(s, v4);
	for (i = 0; i < LISP_SOURCE_WAYS; i++)
		if (READ_ONCE(s->tag[set][i]) == tag)
			return;
	if (lisp_source_note(s, set, tag, NULL))
		lisp_count(ld->stats, LISP_A_STATS_SOURCES_EVICTED);
}

#endif
