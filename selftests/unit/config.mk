# SPDX-License-Identifier: GPL-2.0
# Tests of lispd's configuration file and control socket
include $(TOP)/ctrld/core/core.mk
include $(TOP)/ctrld/wire/wire.mk

SRCS_test_config := ctrld/config.c ctrld/config_site.c ctrld/config_key.c \
	ctrld/config_check.c ctrld/config_itr.c ctrld/config_rloc.c \
	ctrld/yaml_strict.c $(addprefix ctrld/core/,$(CORE_SRCS)) \
	$(addprefix ctrld/wire/,$(WIRE_SRCS))
LIBS_test_config := $(WIRE_LIBS) -lyaml
SRCS_test_config_file := $(SRCS_test_config)
LIBS_test_config_file := $(LIBS_test_config)
SRCS_test_config_itr := $(SRCS_test_config)
LIBS_test_config_itr := $(LIBS_test_config)

SRCS_test_control := ctrld/control.c ctrld/log.c
LIBS_test_control := -levent_core -ljansson

SRCS_test_log := ctrld/log.c
LIBS_test_log := -Wl,--wrap=clock_gettime

SRCS_test_ready := ctrld/ready.c ctrld/log.c
