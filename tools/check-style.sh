#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Style and warnings, in KTAP, with the summary line of "make check":
#
#	check-style.sh [LEG...]
#
# checkpatch: the kernel's, for all of C; module: W=1 and sparse; generated: the
# netlink header and policies are what lisp.yaml says; programs: warnings of the
# compiler for daemon, command and unit tests; shellcheck: of the scripts.
#
# Builds in a copy under build/, so that warnings of files built before show up.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
top=$PWD
mkdir -p build
copy=$(mktemp -d "$top/build/style.XXXXXX")
trap 'rm -rf "$copy"' EXIT
kdir=${KDIR:-$(tools/kdir.sh)}
[ $# -gt 0 ] || set -- checkpatch module generated programs shellcheck
number=0
failed=0

# result DESCRIPTION FILE: fails when FILE has anything in it, and shows it
result() {
	number=$((number + 1))
	if [ -s "$2" ]; then
		failed=$((failed + 1))
		echo "not ok $number - $1"
		head -n 100 "$2" | sed 's/^/# /'
	else
		echo "ok $number - $1"
	fi
}

warnings() {
	grep -E '(warning|error|fatal error): |^make.*Error' "$1" >"$1.bad" ||
		[ -s "$1" ] || echo "nothing was built" >"$1.bad"
}

echo "TAP version 13"
git ls-files -z | tar -c --null --ignore-failed-read -T - 2>/dev/null |
	tar -x -C "$copy"

# source_tree: the kernel's source with what is wanted of it, in $src
source_tree() {
	src=$(selftests/vm/debian-src.sh -s trixie-backports linux-source-7.3 \
		scripts/checkpatch.pl scripts/spelling.txt \
		scripts/const_structs.checkpatch tools/net/ynl \
		Documentation/netlink/genetlink-legacy.yaml) && return
	echo "the kernel's source is not to be had" >"$copy/source"
	result "$leg" "$copy/source"
	return 1
}

# checkpatch NAME IGNORE FILE...: generated files have their generator's style
checkpatch() {
	local out=$copy/checkpatch-$1 ignore=$2
	shift 2
	[ $# -gt 0 ] || return 0
	"$src/scripts/checkpatch.pl" --no-tree --quiet --terse --show-types \
		--max-line-length=100 --ignore "$ignore" -f "$@" 2>&1 |
		sed "/^total: /d; /$literal/d" >"$out"
	result "$(basename "$out")" "$out"
}

sources() { git ls-files "$@" | grep -vE '_gen\.[ch]$'; }

ignore=FILE_PATH_CHANGES,SPDX_LICENSE_TAG
# What our oldest kernels do not have.
ignore+=,ALLOC_WITH_SIZEOF,ALLOC_ARRAY_WITH_SIZEOF
# What the kernel has helpers for and user space has not.
user=$ignore,ARRAY_SIZE,PREFER_DEFINED_ATTRIBUTE_MACRO,STRCPY,STRNCPY,STRLCPY
user+=,SPLIT_STRING,NEW_TYPEDEFS,STATIC_CONST_CHAR_ARRAY,CONST_STRUCT
# Lists of fields that are expanded several times over.
user+=,COMPLEX_MACRO,MACRO_ARG_UNUSED
user+=,EMBEDDED_FUNCTION_NAME,LINUX_VERSION_CODE,PREFER_KERNEL_TYPES
# "(u8[16]){ 0 }" is no block.
literal='SPACING: space required before the open brace'

leg_checkpatch() {
	local files
	source_tree || return
	mapfile -t files < <(sources 'kmod/*.[ch]' | grep -v _user.h)
	checkpatch kernel "$ignore" "${files[@]}"
	mapfile -t files < <(sources 'kmod/*_user.h' \
		'ctrld/*.[ch]' 'tools/*.[ch]' 'selftests/*.[ch]')
	checkpatch user "$user" "${files[@]}"
}

leg_generated() {
	local log=$copy/generated
	source_tree || return
	uapi/generate.sh --check "$src" >"$log" 2>&1 && : >"$log"
	result "netlink header and policies are what uapi/lisp.yaml says" "$log"
	counters >"$log"
	result "lispctl.8 explains each counter" "$log"
}

# Names of counters that the manual page has no word on.
counters() {
	local name
	sed -n '/\[LISP_A_STATS_/s/.*"\(.*\)".*/\1/p' ctrld/lispnl_msg.c |
		while read -r name; do
			sed -n '/^\.Sh COUNTERS/,/^\.Sh EXIT/s/^\.It Li / /p' \
				tools/lispctl.8 | tr , ' ' |
				grep -qE " $name( |\$)" || echo "$name"
		done
}

leg_module() {
	local log=$copy/module.log
	make -j"$(nproc)" -C "$kdir" M="$copy" C=2 W=1 CF="-D__CHECK_ENDIAN__" \
		modules >"$log" 2>&1
	warnings "$log"
	result "the module builds without a warning (W=1, sparse)" "$log.bad"
}

leg_programs() {
	local dir log
	for dir in ctrld tools selftests/unit selftests/pkt selftests/sim; do
		[ -e "$copy/$dir/Makefile" ] || continue
		log=$copy/${dir//\//_}.log
		make -j"$(nproc)" -k -C "$copy/$dir" >"$log" 2>&1
		warnings "$log"
		result "$dir builds without a warning" "$log.bad"
	done
}

leg_shellcheck() {
	local scripts log=$copy/shellcheck
	mapfile -t scripts < <(git ls-files | while read -r file; do
		head -n 1 "$file" 2>/dev/null | grep -aq '^#!.*sh$' && echo "$file"
	done)
	# setup_ns and start set variables that it does not see set.
	shellcheck -x -S warning -e SC2154,SC2034 -f gcc "${scripts[@]}" \
		>"$log" 2>&1
	result "shellcheck" "$log"
}

for leg; do
	if [ "$(type -t "leg_$leg")" = function ]; then
		"leg_$leg"
	else
		echo "no such leg" >"$copy/leg"
		result "$leg" "$copy/leg"
	fi
done

echo "1..$number"
echo "$((number - failed)) passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
