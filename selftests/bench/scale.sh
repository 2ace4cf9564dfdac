#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A map-cache of a million entries (or of the number given), in a VM in which a
# nanosecond is an instruction: milliseconds to load, dump and flush it, and bytes
# an entry.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
selftests=$(dirname "$here")
out=$(dirname "$selftests")/build/bench-scale
mkdir -p "$out"

"$selftests/vm/run.sh" -n -M 2048 -t 3600 -o "$out" \
	-e "SCALE_ENTRIES=${1:-1000000}" -e "SCALE_TIMED= " \
	-e LISP_TIME_FACTOR=10 scale.sh | tee "$out/scale.log"
