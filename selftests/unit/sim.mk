# SPDX-License-Identifier: GPL-2.0
# The simulator with the sanitizers
SRCS_test_sim := $(CORE_SRC_PATHS) $(WIRE_SRC_PATHS) \
	$(addprefix selftests/sim/,attack.c check.c net.c node.c sim.c)
LIBS_test_sim := $(WIRE_LIBS)
