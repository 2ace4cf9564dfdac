# SPDX-License-Identifier: GPL-2.0
# Tests of what lispd hears of hosts that send
include $(TOP)/ctrld/wire/wire.mk

SRCS_test_snoop := ctrld/log.c $(addprefix ctrld/wire/,$(WIRE_SRCS))
LIBS_test_snoop := $(WIRE_LIBS) -levent_core
