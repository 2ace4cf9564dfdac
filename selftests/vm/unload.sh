#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=60
#
# The module can be unloaded after all that the tests did with it.
ip -all netns delete 2>/dev/null
if [ ! -d /sys/module/lisp ]; then
	modprobe lisp || exit 1
fi
# Namespaces die in the background and hold on to their devices until then.
for _ in {1..100}; do
	rmmod lisp 2>/dev/null && break
	sleep 0.2
done
if [ -d /sys/module/lisp ]; then
	echo "lisp is still loaded, used by $(cat /sys/module/lisp/refcnt):"
	rmmod lisp
	ps -e -o pid,args | grep -v '\]$'
	exit 1
fi
