# SPDX-License-Identifier: GPL-2.0
# The protocol core's tests: each links all of ctrld/core and ctrld/wire.
CORE_DIR := ctrld/core
include $(TOP)/ctrld/core/core.mk
WIRE_DIR := ctrld/wire
include $(TOP)/ctrld/wire/wire.mk

CORE_TESTS := $(filter test_core_%,$(TESTS))
$(foreach test,$(CORE_TESTS),$(eval SRCS_$(test) := \
	selftests/unit/core_util.c selftests/sim/pcap.c $(CORE_SRC_PATHS) $(WIRE_SRC_PATHS)))
$(foreach test,$(CORE_TESTS),$(eval LIBS_$(test) := $(WIRE_LIBS)))
LIBS_test_core_nomem += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup
$(foreach test,test_core_ms test_core_ms_request,$(eval SRCS_$(test) += selftests/unit/ms_util.c))
$(foreach test,test_core_smr test_core_smr_source,$(eval SRCS_$(test) += selftests/unit/smr_util.c))
$(foreach test,test_core_itr test_core_resolver test_core_smr_in,$(eval SRCS_$(test) += selftests/unit/itr_util.c))
