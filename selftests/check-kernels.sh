#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "make check-kernels": build the module for other kernels, aside and with
# warnings as errors, and run the selftests on them.
#
#	check-kernels.sh [-q] [KERNEL...] [-- SCRIPT...]
#
#	6.1	Debian's, of bookworm
#	6.12	Debian's, of bookworm-backports
#	debug	7.3 with KASAN, lockdep and the like, see vm/debug.config; also
#		runs the module's KUnit tests, lets memory run out (vm/nomem.sh)
#		and looks for leaks
#
# All of them by default. -q runs some scripts only on the debugging kernel, and
# does once there what is otherwise repeated.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")" || exit 1
top=$(dirname "$PWD")
out=$top/build/kernels
. ./check_lib.sh

# What -q takes: ways through every part of the module, as many as end within a
# quarter of an hour on two processors that have little else to do.
debug_quick=" encap.sh gro.sh hostile.sh lifecycle.sh locators.sh netlink.sh "
debug_quick+="random.sh "

# kdir_of LEG: where to build the module for it
kdir_of() {
	local kdir
	case $1 in
	debug)
		vm/debug-kernel.sh
		;;
	6.1)
		kdir=$("$top/tools/kdir.sh")
		case $kdir in
		*6.1.*) echo "$kdir" ;;
		*) vm/headers.sh -s bookworm cloud-amd64 ;;
		esac
		;;
	6.12)
		vm/headers.sh -s bookworm-backports cloud-amd64
		;;
	esac
}

# Where the kernel itself comes from, as vm/kernel.sh takes it
suite_of() {
	case $1 in
	6.1) echo bookworm ;;
	6.12) echo bookworm-backports ;;
	esac
}

# release_of KDIR: as uname -r will say. Debian's headers for 6.1 have another
# name in kernel.release.
release_of() {
	sed -n 's/^#define UTS_RELEASE "\(.*\)"$/\1/p' \
		"$1/include/generated/utsrelease.h"
}

# build_module KDIR DIR: a copy of the source, as its objects are of one kernel
build_module() {
	local kdir=$1 dir=$2 status=0
	rm -rf "$dir/module"
	mkdir -p "$dir/module"
	tar -C "$top" -c --exclude='*.o' --exclude='*.ko' --exclude='*.mod*' \
		--exclude='.*.cmd' --exclude=.tmp_versions \
		Kbuild VERSION kmod uapi | tar -C "$dir/module" -x
	make -j"$(nproc)" -C "$kdir" M="$dir/module" W=1 modules \
		</dev/null >"$dir/build.log" 2>&1 || status=1
	! grep -qE '(warning|error): |^WARNING' "$dir/build.log" || status=1
	[ $status = 0 ] || grep -vE '^  [A-Z]' "$dir/build.log" | sed 's/^/# /'
	return $status
}

# boot NAME DIR OPTION... -- SCRIPT...: results with the kernel's name in them
boot() {
	local name=$1 dir=$2
	shift 2
	vm/several.sh "$(vms)" "$dir/vm" -m "$dir/module/kmod/lisp.ko" "$@" 2>&1 |
		sed -u "s|selftests: lisp: |&$name/|"
}

# leg KERNEL SCRIPT...
leg() {
	local leg=$1 name=$1 kdir release dir suite script
	local options=() chosen=() left_out=()
	shift
	kdir=$(kdir_of "$leg") && [ -e "$kdir/Makefile" ] || {
		broken "$name/kernel" "there is no kernel to build for"
		return
	}
	release=$(release_of "$kdir")
	name=$release
	[ "$leg" != debug ] || name=$release-debug
	echo "# kernel $release${name#"$release"}"
	dir=$out/$name
	build_module "$kdir" "$dir" || {
		broken "$name/build" "the module does not build without a warning"
		return
	}
	echo "# selftests: lisp: $name/build"
	echo "ok 1 selftests: lisp: $name/build"

	suite=$(suite_of "$leg")
	if [ "$leg" != debug ]; then
		options+=(-k "$release" ${suite:+-s "$suite"})
		boot "$name" "$dir" "${options[@]}" -- "$@"
		return
	fi
	# So much slower that little would be left of what time limits allow.
	export LISP_TIME_FACTOR=${LISP_TIME_FACTOR:-4}
	export LISP_TCP_BYTES=${LISP_TCP_BYTES:-1M}
	# What is done several times with that kernel, -q does once.
	[ -z "$quick" ] || export LISP_ROUNDS=1
	options+=(-k "$kdir" -M 1536)
	for script; do
		case $quick$debug_quick in
		1*" $script "*) chosen+=("$script") ;;
		1*) left_out+=("${script%.sh}") ;;
		*) chosen+=("$script") ;;
		esac
	done
	[ ${#left_out[@]} = 0 ] || {
		echo "# selftests: lisp: $name/quick"
		echo "ok 1 selftests: lisp: $name/quick # SKIP slow on this" \
			"kernel, make check-kernels K=debug has: ${left_out[*]}"
	}
	[ -n "$only" ] || chosen+=(vm/kunit.sh vm/nomem.sh)
	boot "$name" "$dir" "${options[@]}" -- "${chosen[@]}"
}

legs() {
	local kernel begin
	build -C "$top" ctrld tools || return
	for kernel in "${kernels[@]}"; do
		begin=$SECONDS
		leg "$kernel" "${scripts[@]}"
		echo "# kernel $kernel took $((SECONDS - begin)) s"
	done
}

quick='' only='' kernels=() scripts=()
while [ $# -gt 0 ]; do
	case $1 in
	-q) quick=1 ;;
	--)
		shift
		scripts=("${@/%.sh/}")
		scripts=("${scripts[@]/%/.sh}")
		break
		;;
	6.1 | 6.12 | debug) kernels+=("$1") ;;
	*)
		echo "check-kernels.sh: no such kernel: $1 (6.1, 6.12, debug)" >&2
		exit 2
		;;
	esac
	shift
done
[ ${#kernels[@]} -gt 0 ] || kernels=(6.1 6.12 debug)
mkdir -p "$out"
if [ ${#scripts[@]} -gt 0 ]; then
	only=1
	make -s print-progs >/dev/null
else
	mapfile -t scripts < <(make -s print-progs)
fi
summarize "$out/check.log" legs
