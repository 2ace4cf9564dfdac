// SPDX-License-Identifier: GPL-2.0
/*
 * sim [--seed N] [--seeds COUNT] [--xtrs N] [--servers N] [--trace] [--leak]
 *     [--pcap FILE]
 */
#include <getopt.h>
#include <stdlib.h>

#include "sim.h"

static uint64_t known[SIM_KNOWN];	/* of all seeds: struct sim */

static int run_one(const struct sim_options *opt, unsigned int number)
{
	static const char *const families[] = {
		[SIM_IPV4] = "IPv4", [SIM_IPV6] = "IPv6",
		[SIM_MIXED] = "IPv4 and IPv6",
	};
	char command[SIM_COMMAND_LEN];
	static struct sim s;
	unsigned int i;
	int err = sim_run(opt, &s);

	printf("%sok %u - seed %llu, %u xTRs, %u map-servers, %s%s%s, loss %.0f %%, repeat %.0f %%, delay %llu to %llu ms\n",
	       err ? "not " : "", number, (unsigned long long)opt->seed,
	       s.n_xtrs, s.n_servers, families[s.families],
	       s.any_merges ? ", merging" : "", s.any_hosts ? ", hosts" : "",
	       s.loss * 100, s.repeat * 100,
	       (unsigned long long)(s.delay_min / LISP_MSEC),
	       (unsigned long long)((s.delay_min + s.delay_spread) / LISP_MSEC));
	printf("# converged %.3f s after the last fault, %.3f s after the last move\n",
	       (double)s.converged / 1e6, (double)s.moved / 1e6);
	printf("# sent %llu (at most %llu a second), lost %llu, repeated %llu, forged %llu, misses %llu, moves %llu, hosts taken or given up %llu, dead locators %llu, packets %llu, hash %016llx\n",
	       (unsigned long long)s.sent, (unsigned long long)s.peak,
	       (unsigned long long)s.lost, (unsigned long long)s.repeated,
	       (unsigned long long)s.attacks, (unsigned long long)s.misses,
	       (unsigned long long)s.moves, (unsigned long long)s.tosses,
	       (unsigned long long)s.deaths,
	       (unsigned long long)s.delivered, (unsigned long long)s.hash);
	for (i = 0; i < SIM_KNOWN; i++)
		known[i] += s.known[i];
	if (err)
		printf("# %s\n# repeat it: %s\n", s.why,
		       sim_command(opt, command));
	return err;
}

/* Of all flows whose EID has moved: in what time had this part heard of it? */
static double within(double part)
{
	uint64_t all = 0, sum = 0;
	unsigned int i;

	for (i = 0; i < SIM_KNOWN; i++)
		all += known[i];
	for (i = 0; i < SIM_KNOWN; i++) {
		sum += known[i];
		if (sum && (double)sum >= part * (double)all)
			break;
	}
	return (double)(i + 1) / 10;
}

int main(int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "seeds", required_argument, NULL, 'n' },
		{ "xtrs", required_argument, NULL, 'x' },
		{ "servers", required_argument, NULL, 'm' },
		{ "trace", no_argument, NULL, 't' },
		{ "leak", no_argument, NULL, 'l' },
		{ "pcap", required_argument, NULL, 'p' },
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
		case 'm':
			opt.n_servers = (unsigned int)strtoul(optarg, NULL, 0);
			break;
		case 't':
			opt.trace = true;
			break;
		case 'l':
			opt.leak = true;
			break;
		case 'p':
			opt.pcap = optarg;
			break;
		default:
			fprintf(stderr, "usage: sim [--seed N] [--seeds COUNT] [--xtrs 2..%u] [--servers 1..%u] [--trace] [--leak] [--pcap FILE]\n",
				SIM_XTRS_MAX, SIM_SERVERS_MAX);
			return 2;
		}
	}
	if (opt.n_xtrs == 1 || opt.n_xtrs > SIM_XTRS_MAX ||
	    opt.n_servers > SIM_SERVERS_MAX)
		return 2;
	printf("TAP version 13\n1..%lu\n", count);
	for (i = 0; i < count; i++, opt.seed++)
		bad += run_one(&opt, (unsigned int)i + 1) != 0;
	printf("# moves in good weather: known to half of the flows in %.1f s, to 90 %% in %.1f s, to 99 %% in %.1f s, to 99.9 %% in %.1f s, to all in %.1f s\n",
	       within(0.5), within(0.9), within(0.99), within(0.999),
	       within(1));
	return bad ? 1 : 0;
}
