#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Have a kernel's headers to build the module with, and print the directory for
# KDIR=; unpacked into the cache, nothing gets installed:
#
#	headers.sh [-s SUITE] RELEASE|FLAVOUR
#
#	make KDIR=$(selftests/vm/headers.sh -s bookworm-backports cloud-amd64)
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
[ $# = 1 ] || die "usage: headers.sh [-s SUITE] RELEASE|FLAVOUR"

release=$1
case $release in
[0-9]*)	;;
*)
	root=$("$vm_dir/debian-pkg.sh" "${suite[@]}" "linux-headers-$release")
	release=$(depends_of "$root" 'linux-headers-.*')
	release=${release#linux-headers-}
	;;
esac

dir=$cache_dir/headers/$release
kdir=$dir/usr/src/linux-headers-$release
if [ ! -e "$kdir/Makefile" ]; then
	root=$("$vm_dir/debian-pkg.sh" "${suite[@]}" "linux-headers-$release")
	common=$(depends_of "$root" 'linux-headers-.*-common')
	kbuild=$(depends_of "$root" 'linux-kbuild-.*')
	mkdir -p "$cache_dir/headers"
	work=$(mktemp -d "$cache_dir/headers/.new.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	chmod 755 "$work"
	for package in "linux-headers-$release" "$common" "$kbuild"; do
		root=$("$vm_dir/debian-pkg.sh" "${suite[@]}" "$package")
		cp -a "$root/usr" "$work/"
	done
	# The one absolute path in there.
	sed -i "s|include /usr/src/|include $dir/usr/src/|" \
		"$work/usr/src/linux-headers-$release/Makefile"
	rm -rf "$dir"
	mv -T "$work" "$dir"
fi
echo "$kdir"
