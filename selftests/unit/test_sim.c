// SPDX-License-Identifier: GPL-2.0
/*
 * Some hundred seeds of selftests/sim with the sanitizers, two processes at a
 * time; that a seed repeats exactly; and that the simulation can fail.
 *
 * On an idle machine this takes a minute; others may need the processors:
# timeout=1800
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "selftests/sim/sim.h"

#define SEEDS	300
#define WORKERS	2

/* Every other seed; the exit status says whether all went well. */
static void work(const struct sim_options *first, unsigned int count,
		 unsigned int worker)
{
	struct sim_options opt = *first;
	char command[SIM_COMMAND_LEN];
	static struct sim s;
	int bad = 0;

	for (opt.seed += worker; opt.seed < first->seed + count && !bad;
	     opt.seed += WORKERS) {
		bad = sim_run(&opt, &s);
		if (bad)
			printf("# seed %llu: %s\n# repeat it: %s\n",
			       (unsigned long long)opt.seed, s.why,
			       sim_command(&opt, command));
	}
	fflush(stdout);
	_exit(bad ? 1 : 0);
}

static void run_seeds(const struct sim_options *first, unsigned int count)
{
	pid_t pids[WORKERS];
	unsigned int i, bad = 0;
	int status;

	fflush(stdout);
	for (i = 0; i < WORKERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (!pids[i])
			work(first, count, i);
	}
	for (i = 0; i < WORKERS; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		bad += status != 0;
	}
	if (bad)
		fail_msg("a seed failed, see above");
}

static void test_seeds(void **state)
{
	struct sim_options opt = { .seed = 1 };

	(void)state;
	run_seeds(&opt, SEEDS);
}

/* A thousand xTRs, five map-servers, a shorter time of faults */
static void test_many(void **state)
{
	struct sim_options opt = { .seed = 1, .n_xtrs = SIM_XTRS_MAX,
				   .n_servers = SIM_SERVERS_MAX };

	(void)state;
	run_seeds(&opt, 2);
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
	assert_true(a.lost && a.repeated && a.attacks && a.misses &&
		    a.deaths && a.moves);
}

/* The same of sites that merge, hosts that move and RLOCs of both families. */
static void test_repeatable_all(void **state)
{
	struct sim_options opt = { .n_xtrs = 16 };
	static struct sim a, b;

	(void)state;
	do {
		opt.seed++;
		assert_true(opt.seed < 100);
		assert_int_equal(sim_run(&opt, &a), 0);
	} while (!a.any_merges || !a.any_hosts || a.families != SIM_MIXED ||
		 !a.tosses);
	assert_int_equal(sim_run(&opt, &b), 0);
	assert_true(a.hash == b.hash);
	assert_int_equal(a.steps, b.steps);
}

/* With all keys the attacker must be seen, each time at the same step. */
static void test_can_fail(void **state)
{
	struct sim_options opt = { .seed = 3, .n_xtrs = 12, .leak = true };
	char command[SIM_COMMAND_LEN];
	static struct sim a, b;

	(void)state;
	assert_int_not_equal(sim_run(&opt, &a), 0);
	assert_non_null(strstr(a.why, "who may not have it"));
	assert_int_not_equal(sim_run(&opt, &b), 0);
	assert_string_equal(a.why, b.why);
	assert_true(a.hash == b.hash && a.steps == b.steps);
	assert_string_equal(sim_command(&opt, command),
			    "make -C selftests/sim && selftests/sim/sim --seed 3 --xtrs 12 --leak");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_repeatable),
		cmocka_unit_test(test_repeatable_all),
		cmocka_unit_test(test_can_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
