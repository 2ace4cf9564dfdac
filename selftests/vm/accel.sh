#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Print how qemu can run a kernel here: kvm where that works, else tcg.
# Having /dev/kvm does not mean that it works (nested virtualisation), so a
# kernel is booted once per boot of this machine: without a root file system it
# panics, and qemu ends by itself.
#
#	accel.sh KERNEL-DIR		LISP_ACCEL=kvm|tcg overrides
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/common.sh"

if [ -n "${LISP_ACCEL:-}" ]; then
	echo "$LISP_ACCEL"
	exit
fi
if [ ! -r /dev/kvm ] || [ ! -w /dev/kvm ]; then
	echo tcg
	exit
fi

boot=$(cat /proc/sys/kernel/random/boot_id)
answer=$cache_dir/accel-$boot
if [ ! -s "$answer" ]; then
	mkdir -p "$cache_dir"
	rm -f "$cache_dir"/accel-*
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	qemu-system-x86_64 -nodefaults -display none -no-reboot -m 256 \
		-accel kvm -cpu host -kernel "$1/vmlinuz" \
		-append "panic=-1" </dev/null >"$log" 2>&1 &
	qemu=$!
	result=tcg
	for _ in {1..80}; do
		if ! kill -0 $qemu 2>/dev/null; then
			# Ended by itself: in the guest's panic, or unable to start.
			wait $qemu && [ ! -s "$log" ] && result=kvm
			break
		fi
		! grep -q 'KVM internal error' "$log" || break
		sleep 0.1
	done
	kill $qemu 2>/dev/null && { wait $qemu || true; }
	echo $result >"$answer.new"
	mv "$answer.new" "$answer"
fi
cat "$answer"
