# SPDX-License-Identifier: GPL-2.0
# Tests of ctrld/wire
WIRE_DIR := ctrld/wire
include $(TOP)/ctrld/wire/wire.mk

WIRE_TESTS := $(filter test_addr test_wire_%,$(TESTS))
$(foreach test,$(WIRE_TESTS),$(eval \
	SRCS_$(test) := $(WIRE_SRC_PATHS) selftests/unit/wire_util.c \
		selftests/unit/wire_golden.c))
$(foreach test,$(WIRE_TESTS),$(eval LIBS_$(test) := $(WIRE_LIBS)))

# The simulator, too, and what other tests send
SRCS_test_wire_oracle += $(CORE_SRC_PATHS) $(SIM_SRC_PATHS)
