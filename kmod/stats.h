/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of a device, per CPU. Each is one attribute of the netlink set
 * "stats", and bears its number.
 */
#ifndef _LISP_STATS_H
#define _LISP_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/lisp.h>

/**
 * struct lisp_stats - one CPU's share of a device's counters
 * @syncp: guards @cnt against torn reads on 32-bit machines
 * @cnt: by LISP_A_STATS_*; written on the owning CPU with BH disabled
 */
struct lisp_stats {
	struct u64_stats_sync syncp;
	u64_stats_t cnt[LISP_A_STATS_MAX + 1];
};

/* Context: BH disabled. */
static inline void lisp_count_add(struct lisp_stats __percpu *stats,
				  unsigned int which, unsigned int n)
{
	struct lisp_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_add(&s->cnt[which], n);
	u64_stats_update_end(&s->syncp);
}

/* Context: BH disabled. */
static inline void lisp_count(struct lisp_stats __percpu *stats,
			      unsigned int which)
{
	lisp_count_add(stats, which, 1);
}

struct lisp_stats __percpu *lisp_stats_alloc(void);
void lisp_stats_sum(const struct lisp_stats __percpu *stats, u64 *sum);

#endif
