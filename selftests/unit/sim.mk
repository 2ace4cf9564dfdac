# SPDX-License-Identifier: GPL-2.0
# The simulator with the sanitizers
SIM_DIR := selftests/sim
include $(TOP)/selftests/sim/sources.mk
SRCS_test_sim := $(CORE_SRC_PATHS) $(WIRE_SRC_PATHS) $(SIM_SRC_PATHS)
LIBS_test_sim := $(WIRE_LIBS)
