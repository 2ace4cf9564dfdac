#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module can be loaded. First in every VM run, so that no test can take a
# module that does not load for a reason to skip.
modprobe lisp && [ -d /sys/module/lisp ]
