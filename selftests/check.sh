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

# Report a failure that is no test's.
broken() {
	echo "# selftests: lisp: $1"
	echo "not ok 1 selftests: lisp: $1 # $2"
}

# build ARGUMENT...: make it, quietly unless it fails. One build at a time, as
# others may work in this tree, too.
build() {
	local make=(make --no-print-directory)
	case ${MAKEFLAGS:-} in
	*--jobserver*) ;;
	*) make+=("-j$(nproc)") ;;
	esac
	flock "$out/lock" "${make[@]}" DEPS=no "$@" </dev/null >"$log.build" 2>&1 &&
		return
	tail -n 60 "$log.build" | sed 's/^/# /'
	broken "build" "make $* failed"
	return 1
}

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

legs() {
	local units=() unit=() vm=()
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
	[ ${#unit[@]} = 0 ] ||
		CMOCKA_MESSAGE_OUTPUT=TAP LISP_OUT=$out ./run.sh "${unit[@]}"
	if [ ${#vm[@]} -gt 0 ] && build -C "$top" all; then
		vm/run.sh -o "$out${1:+-${vm[0]//\//_}}" "${vm[@]}"
	fi
}

# Not the kept log itself: another run may write that one at the same time.
log=$(mktemp)
trap 'rm -f "$log" "$log.build"' EXIT
legs "$@" 2>&1 | tee "$log"
cp "$log" "$out/check.log"
echo
awk -f summary.awk "$log"
