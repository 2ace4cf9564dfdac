#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the netlink header and policies from lisp.yaml with the kernel's own
# generator (tools/net/ynl):
#
#   generate.sh LINUX-SOURCE           write uapi/linux/lisp.h, kmod/netlink_gen.*
#   generate.sh --check LINUX-SOURCE   change nothing, fail when they differ
set -euo pipefail

check=
if [ "${1-}" = --check ]; then
	check=1
	shift
fi
src=${1:?usage: generate.sh [--check] LINUX-SOURCE}
top=$(cd "$(dirname "$0")/.." && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# The generator looks upward for MAINTAINERS, and for its schema beside specs/.
mkdir -p "$stage/uapi/specs"
touch "$stage/MAINTAINERS"
cp "$src/Documentation/netlink/genetlink-legacy.yaml" "$stage/uapi/"
cp "$top/uapi/lisp.yaml" "$stage/uapi/specs/"

gen() {
	local out=$1 name
	shift
	# The generator derives the name of the header to include from this.
	name=$(basename "$out")
	(cd "$stage" && python3 "$src/tools/net/ynl/pyynl/ynl_gen_c.py" \
		--spec uapi/specs/lisp.yaml "$@" -o "$name")
	# Name our own paths in the header, not those of the staging tree.
	sed -e 's|uapi/specs/lisp.yaml|uapi/lisp.yaml|' \
	    -e 's|tools/net/ynl/ynl-regen.sh|uapi/generate.sh|' \
	    "$stage/$name" >"$stage/new"
	rm -f "$stage/$name"
	if [ -z "$check" ]; then
		mkdir -p "$(dirname "$top/$out")"
		cp "$stage/new" "$top/$out"
	elif ! diff -u "$top/$out" "$stage/new"; then
		echo "$out differs from what uapi/lisp.yaml says: run uapi/generate.sh" >&2
		exit 1
	fi
}

gen uapi/linux/lisp.h --mode uapi --header
gen kmod/netlink_gen.h --mode kernel --header
gen kmod/netlink_gen.c --mode kernel --source
