#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel has found nothing to complain of since it was booted.
alarms='WARNING: |BUG: |BUG |Oops|leaked|refcount_t: |unregister_netdevice: '
alarms+='|suspicious RCU usage|possible circular locking|detected stall'
alarms+='|self-detected stall|blocked for more than|INFO: task|Call Trace'
alarms+='|stack-protector|general protection|unable to handle|scheduling while'
alarms+='|UBSAN|KASAN|KCSAN|kmemleak: [1-9]|lisp: .*\bleak'
if dmesg | grep -E "$alarms"; then
	echo "--- the kernel log around it"
	dmesg | grep -E -B 5 -A 30 -m 3 "$alarms"
	exit 1
fi
