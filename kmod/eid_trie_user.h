/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What eid_trie*.c take from the kernel, for user space: liburcu and libc.
 *
 * Programs link with liburcu (-lurcu), register the threads that read or
 * write (rcu_register_thread()), and bracket reading with rcu_read_lock() and
 * rcu_read_unlock(). A program with only one thread may define
 * EID_TRIE_SINGLE_THREAD for all its files instead: RCU is then nothing at
 * all, nodes are freed at once and liburcu is not needed.
 *
 * Tests define EID_USER_ALLOC(size) and EID_USER_FREE(p) before including
 * this to watch the allocator, or to make it fail.
 */
#ifndef _LISP_EID_TRIE_USER_H
#define _LISP_EID_TRIE_USER_H

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

#ifndef EID_TRIE_SINGLE_THREAD
#ifndef _LGPL_SOURCE
#define _LGPL_SOURCE
#endif
#include <urcu.h>
#endif

typedef __u8 u8;
typedef __u64 u64;

#ifndef __rcu
#define __rcu
#endif
#ifndef __force
#define __force
#endif
#ifndef __aligned
#define __aligned(x)		__attribute__((aligned(x)))
#endif
#ifndef __always_inline
#define __always_inline		inline
#endif
#ifndef likely
#define likely(x)		__builtin_expect(!!(x), 1)
#endif
#ifndef unlikely
#define unlikely(x)		__builtin_expect(!!(x), 0)
#endif
#ifndef container_of
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#endif
#ifndef BITS_PER_LONG
#define BITS_PER_LONG		(CHAR_BIT * (int)sizeof(long))
#endif
#ifndef BIT_ULL
#define BIT_ULL(nr)		(1ULL << (nr))
#endif
#ifndef min_t
#define min_t(type, a, b)	((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#endif

#define hweight64(w)		((unsigned long)__builtin_popcountll(w))
#define __ffs64(w)		((unsigned long)__builtin_ctzll(w))

static inline int fls64(u64 w)
{
	return w ? 64 - __builtin_clzll(w) : 0;
}

#define be32_to_cpu(x)		be32toh(x)
#define be64_to_cpu(x)		be64toh(x)

/* Locks are the program's own; who takes part in one is not checked here. */
struct mutex;
#define lockdep_is_held(lock)		((void)(lock), 1)
#define lockdep_assert_held(lock)	((void)(lock))
#define cond_resched()			((void)0)
#define rcu_read_lock_bh_held()		1
#define rcu_dereference_check(p, c)	((void)(c), rcu_dereference(p))
#define rcu_dereference_protected(p, c)	((void)(c), (p))
#define RCU_INIT_POINTER(p, v)		((p) = (v))

typedef unsigned int gfp_t;
#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define __GFP_NORETRY		0
#define __GFP_NOWARN		0

#ifndef EID_USER_ALLOC
#define EID_USER_ALLOC(size)	malloc(size)
#define EID_USER_FREE(p)	free(p)
#endif

#ifdef EID_TRIE_SINGLE_THREAD

#define rcu_read_lock()			((void)0)
#define rcu_read_unlock()		((void)0)
#define rcu_dereference(p)		(p)
#define rcu_assign_pointer(p, v)	((p) = (v))
#define synchronize_rcu()		((void)0)

#define kmalloc(size, gfp)		((void)(gfp), EID_USER_ALLOC(size))
#define kfree(p)			EID_USER_FREE(p)
#define kfree_rcu_mightsleep(p)		EID_USER_FREE(p)

#else

/*
 * kfree_rcu_mightsleep() needs no room in the object; call_rcu() does, so the
 * allocation is preceded by its head.
 */
struct eid_user_chunk {
	struct rcu_head rcu;
	char data[] __aligned(16);
};

static inline void *eid_user_kmalloc(size_t size)
{
	struct eid_user_chunk *c = EID_USER_ALLOC(sizeof(*c) + size);

	return c ? c->data : NULL;
}

static inline void eid_user_kfree(void *p)
{
	if (p)
		EID_USER_FREE(container_of(p, struct eid_user_chunk, data));
}

static inline void eid_user_kfree_cb(struct rcu_head *rcu)
{
	EID_USER_FREE(container_of(rcu, struct eid_user_chunk, rcu));
}

static inline void eid_user_kfree_rcu(void *p)
{
	call_rcu(&container_of(p, struct eid_user_chunk, data)->rcu,
		 eid_user_kfree_cb);
}

#define kmalloc(size, gfp)		((void)(gfp), eid_user_kmalloc(size))
#define kfree(p)			eid_user_kfree(p)
#define kfree_rcu_mightsleep(p)		eid_user_kfree_rcu(p)

#endif /* EID_TRIE_SINGLE_THREAD */

#endif
