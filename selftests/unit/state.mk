# SPDX-License-Identifier: GPL-2.0
# Tests of lispd's files of state
include $(TOP)/ctrld/core/core.mk
include $(TOP)/ctrld/wire/wire.mk

SRCS_test_state := ctrld/state.c selftests/unit/core_util.c \
	selftests/sim/pcap.c \
	$(addprefix ctrld/core/,$(CORE_SRCS)) \
	$(addprefix ctrld/wire/,$(WIRE_SRCS))
LIBS_test_state := $(WIRE_LIBS) -levent_core -Wl,--wrap=time
