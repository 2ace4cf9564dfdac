#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=120
#
# The kernel finds no memory that nothing points to. What is allocated or freed
# just now may look like that: only what stays so is a leak.
leaks=/sys/kernel/debug/kmemleak
[ -e $leaks ] || exit 4

scan() {
	# Younger than 5 seconds is not reported, nor what has changed since the
	# last scan.
	sleep 6
	echo scan >$leaks && echo scan >$leaks || {
		echo "kmemleak has switched itself off"
		exit 1
	}
}

scan
if grep -q . $leaks; then
	scan
	cat $leaks >/run/kmemleak
	if [ -s /run/kmemleak ]; then
		echo "$(grep -c '^unreferenced object' /run/kmemleak) leaks:"
		head -n 200 /run/kmemleak
		# The next one to look shall see new ones only.
		echo clear >$leaks
		exit 1
	fi
fi
