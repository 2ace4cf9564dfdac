# SPDX-License-Identifier: GPL-2.0
# The sources of the simulator but main.c. Include it after setting SIM_DIR.
SIM_SRC_PATHS := $(addprefix $(SIM_DIR)/,attack.c check.c config.c dataplane.c \
	hosts.c net.c node.c pcap.c place.c plan.c sim.c)
