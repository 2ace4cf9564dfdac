# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What check.sh and check-kernels.sh have in common. They set $top and $out.

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
	mkdir -p "$top/build"
	flock "$top/build/lock" "${make[@]}" DEPS=no "$@" </dev/null \
		>"$log.build" 2>&1 && return
	tail -n 60 "$log.build" | sed 's/^/# /'
	broken "build" "make $* failed"
	return 1
}

# How many VMs to run at once. Most of what the tests do is one process after
# another, which leaves all but one processor idle.
vms() {
	local n=${LISP_VMS:-$(nproc)}
	echo $((n < 4 ? n : 4))
}

# Print what legs says, keep it in FILE, and end with the summary line.
#	summarize FILE COMMAND...
summarize() {
	local kept=$1
	shift
	# Not the kept log itself: another run may write that one at the same time.
	log=$(mktemp)
	trap 'rm -f "$log" "$log".*' EXIT
	"$@" 2>&1 | tee "$log"
	cp "$log" "$kept"
	echo
	awk -f summary.awk "$log"
}
