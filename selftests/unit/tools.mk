# SPDX-License-Identifier: GPL-2.0
# Tests of lispctl
include $(TOP)/ctrld/wire/wire.mk

SRCS_test_ctl_daemon := tools/daemon.c $(addprefix ctrld/wire/,$(WIRE_SRCS))
LIBS_test_ctl_daemon := $(WIRE_LIBS) -ljansson -Wl,--wrap=fdopen
$(OUT)/tools/daemon.o $(OUT)/selftests/unit/test_ctl_daemon.o: \
	UNIT_CFLAGS += -isystem /usr/include/libnl3
