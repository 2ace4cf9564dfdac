#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All of "make check": build, unit tests here, selftests in a VM, one summary.
# With names as arguments only those: unit tests (test_foo) or scripts (foo).
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
top=$(dirname "$here")
cd "$here" || exit 1
out=$top/build/check
mkdir -p "$out"

mapfile -t scripts < <(make -s print-progs)

. ./check_lib.sh

unit_tests() {
	local program
	for program in unit/test_*; do
		case $program in
		*.*) ;;
		*) [ -x "$program" ] && [ -f "$program" ] && echo "$program" ;;
		esac
	done
}

# Sort the names into programs to run here (unit) and in the VM.
sort_names() {
	local name found program
	for name; do
		found=
		name=${name#selftests/}
		for program in "${units[@]}"; do
			case $program in
			"$name" | "unit/$name" | "unit/test_$name")
				unit+=("$program") found=1 ;;
			esac
		done
		for program in "${scripts[@]}"; do
			case $program in
			"$name" | "$name.sh")
				vm+=("$program") found=1 ;;
			esac
		done
		# Any other program below selftests/ can be named by its path.
		if [ -z "$found" ] && [ -f "$name" ] && [ -x "$name" ]; then
			vm+=("$name") found=1
		fi
		[ -n "$found" ] || broken "$name" \
			"no such test; there are: ${units[*]} ${scripts[*]}"
	done
}

# The unit tests run while the VMs do, and say what they have to say first.
run_units() { CMOCKA_MESSAGE_OUTPUT=TAP LISP_OUT=$out ./run.sh "$@"; }

legs() {
	local units=() unit=() vm=() pid="" dir
	if [ -e unit/Makefile ]; then
		build -C unit || [ $# = 0 ] || return
		mapfile -t units < <(unit_tests)
	fi
	if [ $# = 0 ]; then
		unit=("${units[@]}")
		vm=("${scripts[@]}")
	else
		sort_names "$@"
	fi
	: >"$log.vm"
	if [ ${#vm[@]} -gt 0 ] && build -C "$top" all; then
		dir=$out${1:+-${vm[0]//\//_}}
		rm -f "$dir"/*/out/*-sent-*.pcap
		vm/several.sh "$(vms)" "$dir" -- "${vm[@]}" >"$log.vm" 2>&1 &
		pid=$!
	fi
	[ ${#unit[@]} = 0 ] || run_units "${unit[@]}"
	[ -n "$pid" ] || return 0
	tail -n +1 -f --pid=$pid -s 0.5 "$log.vm"
	# of those that record what they send
	! compgen -G "$dir/*/out/*-sent-*.pcap" >/dev/null || ./check_wire.sh "$dir"
}

summarize "$out/check.log" legs "$@"
