# SPDX-License-Identifier: GPL-2.0
# The sources of the protocol core, relative to the directory of this file.
# Include it after setting CORE_DIR, the way to that directory. It needs the
# wire library (ctrld/wire/wire.mk); trie.c includes the kernel's
# kmod/eid_trie*.c, which are not to be compiled beside it.
CORE_SRCS := cache.c cache_state.c config.c configure.c core.c dynamic.c etr.c itr.c itr_reply.c keep.c \
	     mapresolver.c mapserver.c most.c ms_info.c ms_notify.c ms_request.c notify.c petr.c piggyback.c probe.c \
	     reg_build.c registrant.c registration.c replay.c reply.c resolver.c rloc.c \
	     show.c site.c smr.c smr_send.c state.c table.c timer.c trace.c trie.c usage.c
CORE_SRC_PATHS := $(addprefix $(CORE_DIR)/,$(CORE_SRCS))
CORE_DEPS := $(addprefix $(CORE_DIR)/../../kmod/,eid_trie.c eid_trie_update.c eid_trie_node.h)
