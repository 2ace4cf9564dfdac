#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Take paths out of a Debian linux-source package:
#
#	debian-src.sh [-s SUITE] linux-source-VERSION PATH...
#
# prints the directory that then holds them, with the kernel tree's own layout.
# PATH is a file or a directory; "." stands for the whole tree.
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
[ $# -gt 1 ] ||
	die "usage: debian-src.sh [-s SUITE] linux-source-VERSION PATH..."
package=$1
shift

tree=$cache_dir/src/$package
want=()
for path; do
	mark=$tree/.have-$(hash_of "$path")
	[ -e "$tree/.have-$(hash_of .)" ] || [ -e "$mark" ] || want+=("$path")
done

if [ ${#want[@]} -gt 0 ]; then
	root=$("$vm_dir/debian-pkg.sh" "${suite[@]}" "$package")
	tar=$root/usr/src/$package.tar.xz
	[ -e "$tar" ] || die "$package holds no $package.tar.xz"
	mkdir -p "$tree"
	say "unpacking ${want[*]} from $package"
	members=()
	for path in "${want[@]}"; do
		[ "$path" != . ] || { members=("$package"); break; }
		members+=("$package/$path")
	done
	xz -dc -T0 "$tar" | tar -x -C "$tree" --strip-components=1 "${members[@]}"
	for path in "${want[@]}"; do
		touch "$tree/.have-$(hash_of "$path")"
	done
fi
echo "$tree"
