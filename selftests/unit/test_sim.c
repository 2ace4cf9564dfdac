// SPDX-License-Identifier: GPL-2.0
/* A few dozen seeds of selftests/sim, and that a seed repeats exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "selftests/sim/sim.h"

#define SEEDS	40

static void test_seeds(void **state)
{
	struct sim_options opt = { 0 };
	static struct sim s;

	(void)state;
	for (opt.seed = 1; opt.seed <= SEEDS; opt.seed++) {
		if (!sim_run(&opt, &s))
			continue;
		fail_msg("%s; repeat it: make -C selftests/sim && selftests/sim/sim --seed %llu",
			 s.why, (unsigned long long)opt.seed);
	}
}

static void test_repeatable(void **state)
{
	struct sim_options opt = { .seed = 1, .n_xtrs = 12 };
	static struct sim a, b, c;

	(void)state;
	assert_int_equal(sim_run(&opt, &a), 0);
	assert_int_equal(sim_run(&opt, &b), 0);
	opt.seed = 2;
	assert_int_equal(sim_run(&opt, &c), 0);
	assert_true(a.hash == b.hash);
	assert_int_equal(a.steps, b.steps);
	assert_true(a.hash != c.hash);
	assert_true(a.lost && a.repeated && a.attacks && a.misses && a.deaths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_repeatable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
