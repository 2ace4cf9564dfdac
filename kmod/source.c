// SPDX-License-Identifier: GPL-2.0
/*
 * From which RLOCs packets come.
 */
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include "source.h"

/* "The last minute" (RFC 9301 6.1): those of it are missed when they go. */
#define RECENT	(60 * HZ >> LISP_SOURCE_SHIFT)

/**
 * lisp_sources_alloc() - make the table of one device, empty
 *
 * Context: process.
 * Return: the table, or NULL.
 */
struct lisp_sources *lisp_sources_alloc(void)
{
	struct lisp_sources *s = kvzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	unsigned int i;

	if (!s)
		return NULL;
	get_random_bytes(s->key, sizeof(s->key));
	for (i = 0; i < LISP_SOURCE_SETS; i++)
		spin_lock_init(&s->lock[i]);
	return s;
}

/**
 * lisp_sources_free() - free a table
 * @s: table that nobody can look at any more, or NULL
 *
 * Context: process.
 */
void lisp_sources_free(struct lisp_sources *s)
{
	kvfree(s);
}

/*
 * How long before @now a slot was heard: not at all, when another processor has
 * written it since @now was read.
 */
static u32 tag_age(u64 tag, u32 now)
{
	u32 age = (now - (u32)tag) & LISP_SOURCE_TIME;

	return age > LISP_SOURCE_TIME / 2 ? 0 : age;
}

static bool slot_holds(const struct lisp_sources *s, unsigned int set,
		       unsigned int way, u64 tag, const u64 *v6)
{
	const u64 *mine = s->v6[set][way];

	lockdep_assert_held(&s->lock[set]);
	if ((s->tag[set][way] ^ tag) & ~(u64)LISP_SOURCE_TIME)
		return false;
	/* The tag of a free slot could be that of 0.0.0.0, never a source. */
	return !v6 || (mine[0] == v6[0] && mine[1] == v6[1]);
}

static void slot_write(struct lisp_sources *s, unsigned int set,
		       unsigned int way, u64 tag, const u64 *v6)
{
	lockdep_assert_held(&s->lock[set]);
	if (v6) {
		WRITE_ONCE(s->v6[set][way][0], v6[0]);
		WRITE_ONCE(s->v6[set][way][1], v6[1]);
	}
	WRITE_ONCE(s->tag[set][way], tag);
}

/**
 * lisp_source_note() - write down that a source was heard
 * @s: table
 * @set: of the source
 * @tag: of the source, with the time
 * @v6: its address in two words when @tag says LISP_SOURCE_V6, otherwise NULL
 *
 * Context: BH disabled.
 * Return: true when a source heard in the last minute had to give way.
 */
bool lisp_source_note(struct lisp_sources *s, unsigned int set, u64 tag,
		      const u64 *v6)
{
	u32 now = (u32)tag & LISP_SOURCE_TIME;
	unsigned int way, oldest = 0;
	bool evicted = false;

	spin_lock(&s->lock[set]);
	for (way = 0; way < LISP_SOURCE_WAYS; way++) {
		u64 there = s->tag[set][way];

		if (slot_holds(s, set, way, tag, v6))
			break;
		if (s->tag[set][oldest] &&
		    (!there || tag_age(there, now) >
			       tag_age(s->tag[set][oldest], now)))
			oldest = way;
	}
	if (way == LISP_SOURCE_WAYS) {
		way = oldest;
		evicted = s->tag[set][way] &&
			  tag_age(s->tag[set][way], now) <= RECENT;
	}
	slot_write(s, set, way, tag, v6);
	spin_unlock(&s->lock[set]);
	return evicted;
}

/*
 * The set of an IPv6 source, hashed as IPv4 is, in pairs of 32 bits. Other bits
 * of the same hash go into the tag, where the address decides.
 */
static unsigned int set6(const struct lisp_sources *s, const u64 *v6, u64 *tag)
{
	u64 hash = (s->key[0] + (u32)v6[0]) * (s->key[1] + (v6[0] >> 32)) +
		   (s->key[2] + (u32)v6[1]) * (s->key[3] + (v6[1] >> 32)) +
		   s->key[4];

	*tag = ((hash << LISP_SOURCE_SET_BITS) & GENMASK_ULL(63, 32)) |
	       LISP_SOURCE_V6 | lisp_source_now();
	return hash >> (64 - LISP_SOURCE_SET_BITS);
}

/**
 * lisp_source_hear6() - lisp_source_hear() for IPv6
 * @ld: device
 * @addr: outer source
 *
 * Context: BH disabled, under RCU.
 */
void lisp_source_hear6(struct lisp_dev *ld, const struct in6_addr *addr)
{
	struct lisp_sources *s = ld->sources;
	unsigned int set, i;
	u64 v6[2], tag;

	memcpy(v6, addr, sizeof(v6));
	set = set6(s, v6, &tag);
	for (i = 0; i < LISP_SOURCE_WAYS; i++)
		if (READ_ONCE(s->tag[set][i]) == tag &&
		    READ_ONCE(s->v6[set][i][0]) == v6[0] &&
		    READ_ONCE(s->v6[set][i][1]) == v6[1])
			return;
	if (lisp_source_note(s, set, tag, v6))
		lisp_count(ld->stats, LISP_A_STATS_SOURCES_EVICTED);
}

static void slot_read(const struct lisp_sources *s, unsigned int set,
		      unsigned int way, struct lisp_source *out)
{
	u64 tag = s->tag[set][way];
	u32 v4 = tag >> 32;
	u64 age;

	lockdep_assert_held(&s->lock[set]);
	memset(out, 0, sizeof(*out));
	if (!tag)
		return;
	if (tag & LISP_SOURCE_V6)
		lisp_addr_set(&out->addr, AF_INET6, s->v6[set][way]);
	else
		lisp_addr_set(&out->addr, AF_INET, &v4);
	age = (u64)tag_age(tag, lisp_source_now()) << LISP_SOURCE_SHIFT;
	out->idle = div_u64(age * MSEC_PER_SEC, HZ);
}

/**
 * lisp_sources_read() - copy one set
 * @s: table
 * @set: below LISP_SOURCE_SETS
 * @out: LISP_SOURCE_WAYS of them, by slot
 *
 * A source keeps its slot until it gives way.
 *
 * Context: process or BH.
 */
void lisp_sources_read(struct lisp_sources *s, unsigned int set,
		       struct lisp_source *out)
{
	unsigned int way;

	spin_lock_bh(&s->lock[set]);
	for (way = 0; way < LISP_SOURCE_WAYS; way++)
		slot_read(s, set, way, &out[way]);
	spin_unlock_bh(&s->lock[set]);
}

/**
 * lisp_sources_find() - look for one source
 * @s: table
 * @addr: RLOC
 * @out: set when it is there
 *
 * Context: process or BH.
 * Return: true when it is there.
 */
bool lisp_sources_find(struct lisp_sources *s, const struct lisp_addr *addr,
		       struct lisp_source *out)
{
	struct lisp_source all[LISP_SOURCE_WAYS];
	unsigned int set, i;
	u64 v6[2], tag;

	memcpy(v6, &addr->v6, sizeof(v6));
	set = addr->family == AF_INET ?
		lisp_source_set4(s, (__force u32)addr->v4) : set6(s, v6, &tag);
	lisp_sources_read(s, set, all);
	for (i = 0; i < LISP_SOURCE_WAYS; i++)
		if (lisp_addr_equal(&all[i].addr, addr)) {
			*out = all[i];
			return true;
		}
	return false;
}
