# SPDX-License-Identifier: GPL-2.0
# Tests of lispd's side of the kernel: devices and neighbours
include $(TOP)/ctrld/wire/wire.mk

SRCS_test_dataplane := ctrld/dataplane.c ctrld/dataplane_dev.c \
	ctrld/lispnl_drain.c ctrld/lispnl_msg.c ctrld/log.c \
	$(addprefix ctrld/wire/,$(WIRE_SRCS))
LIBS_test_dataplane := $(WIRE_LIBS) -lnl-genl-3 -lnl-3 -levent_core
$(OUT)/ctrld/dataplane.o $(OUT)/ctrld/dataplane_dev.o \
$(OUT)/ctrld/lispnl_drain.o $(OUT)/ctrld/lispnl_msg.o \
$(OUT)/selftests/unit/test_dataplane.o: \
	UNIT_CFLAGS += -isystem /usr/include/libnl3

SRCS_test_neigh := ctrld/lispnl_drain.c ctrld/log.c $(addprefix ctrld/wire/,$(WIRE_SRCS))
LIBS_test_neigh := $(WIRE_LIBS) -lnl-3 -levent_core
$(OUT)/selftests/unit/test_neigh.o: UNIT_CFLAGS += -isystem /usr/include/libnl3
