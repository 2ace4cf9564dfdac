#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Have a kernel ready to boot, and print the directory that holds it
# (vmlinuz, config, lib/modules/RELEASE):
#
#	kernel.sh RELEASE		as uname -r says it, e.g. 6.1.0-9-amd64
#	kernel.sh [-s SUITE] FLAVOUR	newest of a flavour: cloud-amd64, amd64
#	kernel.sh BUILD-TREE		a kernel built there (bzImage and modules)
#
# A release is taken from the machine where it is installed, otherwise Debian's
# linux-image package is unpacked into the cache; nothing gets installed.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/common.sh"

suite=()
while getopts s: opt; do
	case $opt in
	s) suite=(-s "$OPTARG") ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# = 1 ] || die "usage: kernel.sh [-s SUITE] RELEASE|FLAVOUR|BUILD-TREE"
what=$1
mkdir -p "$cache_dir/kernel"
# Several VMs start at once: the first one puts the kernel there.
exec 9>"$cache_dir/kernel/.lock"
flock 9

# put RELEASE IMAGE CONFIG MODULES: link or copy into the cache, print where
put() {
	local dir=$cache_dir/kernel/$1 work
	work=$(mktemp -d "$cache_dir/kernel/.new.XXXXXX")
	mkdir -p "$work/lib/modules"
	cp -L "$2" "$work/vmlinuz"
	[ ! -e "$3" ] || cp -L "$3" "$work/config"
	cp -al "$4" "$work/lib/modules/$1" 2>/dev/null ||
		cp -a "$4" "$work/lib/modules/"
	rm -f "$work/lib/modules/$1/build" "$work/lib/modules/$1/source"
	depmod -b "$work" "$1"
	chmod 755 "$work"
	rm -rf "$dir"
	mv -T "$work" "$dir"
	echo "$dir"
}

# from_package PACKAGE RELEASE
from_package() {
	local root modules
	root=$("$vm_dir/debian-pkg.sh" "${suite[@]}" "$1")
	for modules in "$root/lib/modules/$2" "$root/usr/lib/modules/$2"; do
		[ -d "$modules" ] || continue
		put "$2" "$root/boot/vmlinuz-$2" "$root/boot/config-$2" "$modules"
		return
	done
	die "$1 holds no kernel $2"
}

# Release that a flavour's metapackage asks for just now.
newest_release() {
	local root package
	root=$("$vm_dir/debian-pkg.sh" "${suite[@]}" "linux-image-$1")
	package=$(depends_of "$root" 'linux-image-.*')
	package=${package#linux-image-}
	echo "${package%-unsigned}"
}

if [ -d "$what" ]; then
	release=$(make -s -C "$what" kernelrelease)
	image=$what/arch/x86/boot/bzImage
	[ -e "$image" ] || die "$what holds no arch/x86/boot/bzImage"
	have=$cache_dir/kernel/$release
	if cmp -s "$image" "$have/vmlinuz" && cmp -s "$what/.config" "$have/config" &&
	   [ -z "$(find "$what" -name '*.ko' -newer "$have/vmlinuz" -print -quit)" ]; then
		echo "$have"
		exit
	fi
	stage=$(mktemp -d)
	trap 'rm -rf "$stage"' EXIT
	make -s -C "$what" modules_install INSTALL_MOD_PATH="$stage" DEPMOD=true
	put "$release" "$image" "$what/.config" "$stage/lib/modules/$release"
	exit
fi

case $what in
[0-9]*)	release=$what ;;
*)	release=$(newest_release "$what") ;;
esac
if [ -e "$cache_dir/kernel/$release/vmlinuz" ]; then
	echo "$cache_dir/kernel/$release"
elif [ -r "/boot/vmlinuz-$release" ] && [ -d "/lib/modules/$release/kernel" ]; then
	put "$release" "/boot/vmlinuz-$release" "/boot/config-$release" \
		"/lib/modules/$release"
else
	from_package "linux-image-$release" "$release"
fi
