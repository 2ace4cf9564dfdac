#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Style and warnings, in KTAP: the kernel's checkpatch, sparse and W=1 for the
# module, compiler warnings of the programs, shellcheck of the scripts.
# Builds in a copy under build/, so that warnings of files built before show up.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
top=$PWD
mkdir -p build
copy=$(mktemp -d "$top/build/style.XXXXXX")
trap 'rm -rf "$copy"' EXIT
kdir=${KDIR:-$(tools/kdir.sh)}
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

# checkpatch NAME IGNORE FILE...: generated files have their generator's style
checkpatch() {
	local out=$copy/checkpatch-$1 ignore=$2
	shift 2
	[ $# -gt 0 ] || return 0
	"$src/scripts/checkpatch.pl" --no-tree --quiet --terse --show-types \
		--max-line-length=100 --ignore "$ignore" -f "$@" 2>&1 |
		sed '/^total: /d' >"$out"
	result "$(basename "$out")" "$out"
}

sources() { git ls-files "$@" | grep -vE '_gen\.[ch]$'; }

ignore=FILE_PATH_CHANGES,SPDX_LICENSE_TAG
# What our oldest kernels do not have.
ignore+=,ALLOC_WITH_SIZEOF,ALLOC_ARRAY_WITH_SIZEOF
# What the kernel has helpers for and user space has not.
user=$ignore,ARRAY_SIZE,PREFER_DEFINED_ATTRIBUTE_MACRO,STRCPY,STRNCPY,STRLCPY
user+=,SPLIT_STRING,NEW_TYPEDEFS,STATIC_CONST_CHAR_ARRAY,CONST_STRUCT
user+=,EMBEDDED_FUNCTION_NAME,LINUX_VERSION_CODE,PREFER_KERNEL_TYPES
if src=$(selftests/vm/debian-src.sh -s trixie-backports linux-source-7.3 \
	scripts/checkpatch.pl scripts/spelling.txt \
	scripts/const_structs.checkpatch); then
	mapfile -t files < <(sources 'kmod/*.[ch]' | grep -v _user.h)
	checkpatch kernel "$ignore" "${files[@]}"
	mapfile -t files < <(sources 'kmod/*_user.h' \
		'ctrld/*.[ch]' 'tools/*.[ch]' 'selftests/*.[ch]')
	checkpatch user "$user" "${files[@]}"
else
	echo "no checkpatch.pl to be had" >"$copy/checkpatch"
	result "checkpatch" "$copy/checkpatch"
fi

make -C "$kdir" M="$copy" C=2 W=1 CF="-D__CHECK_ENDIAN__" modules \
	>"$copy/module.log" 2>&1
warnings "$copy/module.log"
result "the module builds without a warning (W=1, sparse)" "$copy/module.log.bad"

for dir in ctrld tools selftests/unit; do
	[ -e "$copy/$dir/Makefile" ] || continue
	log=$copy/${dir//\//_}.log
	make -k -C "$copy/$dir" >"$log" 2>&1
	warnings "$log"
	result "$dir builds without a warning" "$log.bad"
done

mapfile -t scripts < <(git ls-files | while read -r file; do
	head -n 1 "$file" 2>/dev/null | grep -aq '^#!.*sh$' && echo "$file"
done)
# setup_ns and start set variables that it does not see set.
shellcheck -x -S warning -e SC2154,SC2034 -f gcc "${scripts[@]}" >"$copy/shellcheck" 2>&1
result "shellcheck" "$copy/shellcheck"

echo "1..$number"
[ "$failed" = 0 ]
