#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=300
#
# What KUnit says of our suites. They are modules of their own, built and here
# only where the kernel has KUnit, and run when they are loaded.
results=/sys/kernel/debug/kunit
count=0

# flat FILE SUITE: KTAP nests, what reads ours does not
flat() {
	sed -nE "s/^    ((not )?ok [0-9]+) (- )?/\1 - $2: /p; s/^    (1\.\.[0-9]+)$/\1/p" \
		"$1"
}

echo "TAP version 13"
cd "/lib/modules/$(uname -r)/extra" 2>/dev/null || exit 1
for module in *_kunit.ko; do
	[ -e "$module" ] || continue
	count=$((count + 1))
	module=${module%.ko}
	before=$(ls $results 2>/dev/null)
	modprobe "$module" || {
		echo "not ok 1 - $module: cannot be loaded"
		continue
	}
	suites=$(comm -13 <(echo "$before") <(ls $results))
	[ -n "$suites" ] || echo "not ok 1 - $module: there are no results"
	for suite in $suites; do
		cat "$results/$suite/results" >/run/kunit
		flat /run/kunit "$suite" >/run/kunit.flat
		grep -q '^ok ' /run/kunit.flat ||
			echo "not ok 1 - $suite: no case passed"
		cat /run/kunit.flat
		# What stands beside the verdicts says why.
		! grep -q '^ *not ok' /run/kunit || sed 's/^/# /' /run/kunit
	done
	rmmod "$module" || echo "not ok 1 - $module: cannot be unloaded"
done
if [ $count = 0 ]; then
	echo "1..0 # SKIP no KUnit modules: this kernel is built without KUnit"
	exit 4
fi
