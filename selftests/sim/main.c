// SPDX-License-Identifier: GPL-2.0
/* sim [--seed N] [--seeds COUNT] [--xtrs N] [--trace] */
#include <getopt.h>
#include <stdlib.h>

#include "sim.h"

static int run_one(const struct sim_options *opt, unsigned int number)
{
	static struct sim s;
	int err = sim_run(opt, &s);

	printf("%sok %u - seed %llu, %u xTRs, loss %.0f %%, repeat %.0f %%, delay %llu to %llu ms\n",
	       err ? "not " : "", number, (unsigned long long)s.seed, s.n_xtrs,
	       s.loss * 100, s.repeat * 100,
	       (unsigned long long)(s.delay_min / LISP_MSEC),
	       (unsigned long long)((s.delay_min + s.delay_spread) / LISP_MSEC));
	printf("# converged %.3f s after the last fault\n", s.unreached > s.end_faults ?
	       (double)(s.unreached - s.end_faults) / 1e6 : 0);
	printf("# sent %llu, lost %llu, repeated %llu, forged %llu, misses %llu, dead locators %llu, packets %llu, hash %016llx\n",
	       (unsigned long long)s.sent, (unsigned long long)s.lost,
	       (unsigned long long)s.repeated, (unsigned long long)s.attacks,
	       (unsigned long long)s.misses, (unsigned long long)s.deaths,
	       (unsigned long long)s.delivered,
	       (unsigned long long)s.hash);
	if (err)
		printf("# %s\n# repeat it: selftests/sim/sim --seed %llu%s\n",
		       s.why, (unsigned long long)s.seed,
		       opt->n_xtrs ? " --xtrs N, the same N" : "");
	return err;
}

int main(int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "seeds", required_argument, NULL, 'n' },
		{ "xtrs", required_argument, NULL, 'x' },
		{ "trace", no_argument, NULL, 't' },
		{ 0 },
	};
	struct sim_options opt = { .seed = 1 };
	unsigned long count = 1, i, bad = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", longopts, NULL)) != -1) {
		switch (c) {
		case 's':
			opt.seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			count = strtoul(optarg, NULL, 0);
			break;
		case 'x':
			opt.n_xtrs = (unsigned int)strtoul(optarg, NULL, 0);
			break;
		case 't':
			opt.trace = true;
			break;
		default:
			fprintf(stderr, "usage: sim [--seed N] [--seeds COUNT] [--xtrs 2..%u] [--trace]\n",
				SIM_XTRS_MAX);
			return 2;
		}
	}
	if (opt.n_xtrs == 1 || opt.n_xtrs > SIM_XTRS_MAX)
		return 2;
	printf("TAP version 13\n1..%lu\n", count);
	for (i = 0; i < count; i++, opt.seed++)
		bad += run_one(&opt, (unsigned int)i + 1) != 0;
	return bad ? 1 : 0;
}
