#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Print the qemu to run, one word a line: program and options to find its files.
#
# The one of Debian 12 (7.2) gets the processor's flags wrong now and then when
# it emulates: kernel 6.12 dies in every fifth boot, in text_poke_early and other
# places, even with one processor. Where a kernel is to be emulated the one of
# bookworm-backports is taken, unpacked in the cache and not installed. With it
# none of that is seen.
#
#	qemu.sh kvm|tcg			LISP_QEMU="program options" overrides
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/common.sh"

installed=qemu-system-x86_64
if [ -n "${LISP_QEMU:-}" ]; then
	tr -s ' ' '\n' <<<"$LISP_QEMU"
	exit
fi
major=$($installed --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
if [ "$1" = kvm ] || [ "${major:-0}" -ge 9 ]; then
	echo $installed
	exit
fi

dir=$cache_dir/qemu
if [ ! -e "$dir/words" ]; then
	mkdir -p "$dir"
	unpack() { "$vm_dir/debian-pkg.sh" -s bookworm-backports "$1"; }
	if ! program=$(unpack qemu-system-x86)/usr/bin/$installed ||
	   ! data=$(unpack qemu-system-data)/usr/share/qemu ||
	   ! bios=$(unpack seabios)/usr/share/seabios ||
	   ! "$program" --version >/dev/null; then
		say "emulating with the installed qemu, which is known to err"
		echo $installed
		exit
	fi
	printf '%s\n' "$program" -L "$data" -L "$bios" -L /usr/share/qemu \
		>"$dir/words.$$"
	mv "$dir/words.$$" "$dir/words"
fi
cat "$dir/words"
