#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Have the kernel that finds our mistakes, and print its build tree, which is
# good as KDIR= and as a kernel for run.sh:
#
#	debug-kernel.sh
#
# Debian's linux-source-7.3 with allnoconfig, debug.config with
# KASAN, lockdep, kmemleak and their like. Built once (11 minutes on two idle
# cores) and kept in the cache until debug.config changes.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/common.sh"

source=linux-source-7.3
root=$("$vm_dir/debian-pkg.sh" -s trixie-backports $source)
build=$cache_dir/build/$source-$(hash_of "$(cat "$vm_dir/debug.config")" \
	"$(basename "$root")")
if [ -e "$build/.done" ]; then
	echo "$build"
	exit
fi

mkdir -p "$cache_dir/build"
exec 9>"$cache_dir/build/lock"
flock 9
if [ ! -e "$build/.done" ]; then
	say "building a debugging kernel, once, in the cache; this takes a while"
	rm -rf "$build"
	mkdir -p "$build"
	xz -dc -T0 "$root/usr/src/$source.tar.xz" |
		tar -x -C "$build" --strip-components=1
	log=$build/build.log
	{
		make -C "$build" allnoconfig
		(cd "$build" && scripts/kconfig/merge_config.sh -m .config \
			"$vm_dir/debug.config")
		make -C "$build" olddefconfig
	} >"$log" 2>&1 || die "configuring failed, see $log"
	# What depends on something else that is off would be left out in silence.
	missing=$(grep ^CONFIG_ "$vm_dir/debug.config" | grep -vxFf "$build/.config") &&
		die "this kernel has no $(xargs <<<"$missing")"
	make -C "$build" -j"$(nproc)" bzImage modules >>"$log" 2>&1 9>&- || {
		tail -n 30 "$log" >&2
		die "building failed, see $log"
	}
	touch "$build/.done"
fi
echo "$build"
