// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of a device, per CPU.
 */
#include "stats.h"

/**
 * lisp_stats_alloc() - make the counters of one device, all zero
 *
 * Context: process. Freed with free_percpu().
 * Return: the counters, or NULL.
 */
struct lisp_stats __percpu *lisp_stats_alloc(void)
{
	struct lisp_stats __percpu *stats = alloc_percpu_gfp(struct lisp_stats,
							     GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!stats)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(stats, cpu)->syncp);
	return stats;
}

/**
 * lisp_stats_sum() - add up the CPUs' shares
 * @stats: counters of one device
 * @sum: LISP_A_STATS_MAX + 1 values, set by this
 *
 * Context: any.
 */
void lisp_stats_sum(const struct lisp_stats __percpu *stats, u64 *sum)
{
	unsigned int i, start;
	int cpu;

	memset(sum, 0, sizeof(*sum) * (LISP_A_STATS_MAX + 1));
	for_each_possible_cpu(cpu) {
		const struct lisp_stats *s = per_cpu_ptr(stats, cpu);
		u64 cnt[LISP_A_STATS_MAX + 1];

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			for (i = 0; i <= LISP_A_STATS_MAX; i++)
				cnt[i] = u64_stats_read(&s->cnt[i]);
		} while (u64_stats_fetch_retry(&s->syncp, start));
		for (i = 0; i <= LISP_A_STATS_MAX; i++)
			sum[i] += cnt[i];
	}
}
