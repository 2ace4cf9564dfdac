#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=120
#
# The kernel finds no memory that nothing points to. What is allocated or freed
# just now may look like that: only what stays so is a leak.
#
# A few leaked objects can go unseen: the allocator's per-CPU sheaves keep stale
# pointers to what they gave out last. Of ten none was found, of 2000 most.
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

# Where this is more, the two scans would not be enough.
unreferenced=/sys/module/kmemleak/parameters/min_unref_scans
[ ! -e $unreferenced ] || echo 1 >$unreferenced

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
