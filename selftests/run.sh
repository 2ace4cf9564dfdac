#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run test programs here, one by one, each within the time that "settings"
# allows, and report as the kernel's kselftest runner does:
#
#	run.sh [PROGRAM...]		default: all of TEST_PROGS
#
# A program may ask for its own limit with a line "# timeout=SECONDS", in its C
# source if it has one; where everything is slow, LISP_TIME_FACTOR multiplies
# all limits.
# Exit status: 0 when nothing failed.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")" || exit 1

limit_of() {
	local limit file
	for file in "$1.c" "$1"; do
		[ ! -e "$file" ] || break
	done
	limit=$(sed -n '1,40s/^# timeout=\([0-9]*\)$/\1/p' "$file" 2>/dev/null |
		head -n 1)
	[ -n "$limit" ] || limit=$(sed -n 's/^timeout=//p' settings)
	echo $((${limit:-45} * ${LISP_TIME_FACTOR:-1}))
}

# With this, a caller learns the limits without running anything.
if [ "${1:-}" = --limits ]; then
	shift
	for program; do
		limit_of "$program"
	done
	exit
fi

[ $# -gt 0 ] || mapfile -t programs < <(make -s print-progs)
[ $# -eq 0 ] || programs=("$@")

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# run_one PROGRAM: its exit status, its output with "# " in front
run_one() {
	local program=$1 limit=$2 reader session status
	rm -f "$tmp/output"
	mkfifo "$tmp/output"
	sed -u 's/^/# /' <"$tmp/output" &
	reader=$!
	setsid timeout -k 10 "$limit" "./$program" \
		>"$tmp/output" 2>&1 </dev/null &
	session=$!
	{ wait "$session"; } 2>/dev/null
	status=$?
	# What it left running would keep the pipe open for ever.
	pkill -KILL -s "$session" 2>/dev/null
	for _ in {1..20}; do
		kill -0 "$reader" 2>/dev/null || break
		sleep 0.1
	done
	kill "$reader" 2>/dev/null && echo "# # something it started still runs"
	wait "$reader" 2>/dev/null
	return $status
}

echo "TAP version 13"
echo "1..${#programs[@]}"
number=0
failed=0
for program in "${programs[@]}"; do
	number=$((number + 1))
	result="$number selftests: lisp: $program"
	echo "# selftests: lisp: $program"
	if [ ! -x "$program" ]; then
		echo "not ok $result # no such executable"
		failed=$((failed + 1))
		continue
	fi
	limit=$(limit_of "$program")
	# Complaints of the VM's kernel can so be laid at someone's door.
	[ -z "${LISP_VM:-}" ] || echo "selftests: $program" >/dev/kmsg
	begin=$SECONDS
	run_one "$program" "$limit"
	status=$?
	echo "# # took $((SECONDS - begin)) s"
	case $status in
	0)	echo "ok $result" ;;
	4)	echo "ok $result # SKIP" ;;
	*)
		failed=$((failed + 1))
		if [ $status = 124 ] || [ $status = 137 ]; then
			echo "not ok $result # TIMEOUT $limit seconds"
		else
			echo "not ok $result # exit=$status"
		fi
		;;
	esac
done
[ "$failed" = 0 ]
