#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Print the kernel build directory to use when nobody says KDIR=: the running
# kernel's, else the newest one installed. Prints nothing when there is none.
set -euo pipefail

for dir in "/lib/modules/$(uname -r)/build" \
	   $(printf '%s\n' /lib/modules/*/build | sort -Vr) \
	   $(printf '%s\n' /usr/src/linux-headers-*-amd64 | sort -Vr); do
	if [ -e "$dir/Makefile" ] && [ -e "$dir/.config" ]; then
		echo "$dir"
		exit 0
	fi
done
