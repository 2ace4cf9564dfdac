# SPDX-License-Identifier: GPL-2.0
# Tests of what lispd reads of rtnetlink
include $(TOP)/ctrld/wire/wire.mk

SRCS_test_rtnl := ctrld/rtnl.c ctrld/lispnl.c ctrld/lispnl_msg.c ctrld/log.c \
	$(addprefix ctrld/wire/,$(WIRE_SRCS))
LIBS_test_rtnl := $(WIRE_LIBS) -lnl-genl-3 -lnl-3 -levent_core
$(OUT)/ctrld/rtnl.o $(OUT)/ctrld/lispnl.o $(OUT)/ctrld/lispnl_msg.o \
$(OUT)/selftests/unit/test_rtnl.o: UNIT_CFLAGS += -isystem /usr/include/libnl3
