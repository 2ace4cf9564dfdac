#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Print how many kHz this machine's time stamp counter has, measured once per
# boot; nothing when there is no telling.
#
# An emulated processor counts as the host's does. A kernel measures that when
# it boots, against timers that are late when the host is busy: VMs were seen
# whose clocks ran 28 times too fast.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/common.sh"

answer=$cache_dir/tsc-$(cat /proc/sys/kernel/random/boot_id)
if [ ! -s "$answer" ]; then
	mkdir -p "$cache_dir"
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	cat >"$work/tsc.c" <<-'EOF'
		#include <stdio.h>
		#include <time.h>
		#include <x86intrin.h>

		static double now(void)
		{
			struct timespec t;

			clock_gettime(CLOCK_MONOTONIC, &t);
			return t.tv_sec + t.tv_nsec / 1e9;
		}

		/* Both counters at the same moment, or nearly */
		static void look(double *t, double *cycles)
		{
			double best = 1e9, begin, end;
			int i;

			for (i = 0; i < 1000; i++) {
				unsigned long long tsc;

				begin = now();
				tsc = __rdtsc();
				end = now();
				if (end - begin < best) {
					best = end - begin;
					*t = begin;
					*cycles = tsc;
				}
			}
		}

		int main(void)
		{
			double t0, t1, c0, c1;
			struct timespec pause = { .tv_nsec = 200000000 };

			look(&t0, &c0);
			nanosleep(&pause, NULL);
			look(&t1, &c1);
			printf("%.0f\n", (c1 - c0) / (t1 - t0) / 1000);
			return 0;
		}
	EOF
	gcc -O1 -o "$work/tsc" "$work/tsc.c" 2>/dev/null || exit 0
	"$work/tsc" >"$work/answer"
	rm -f "$cache_dir"/tsc-*
	cp "$work/answer" "$answer.$$"
	mv "$answer.$$" "$answer"
fi
cat "$answer"
