# SPDX-License-Identifier: GPL-2.0
# The trie of EID-prefixes; eid_trie_util.c includes its source
EID_TRIE_TESTS := $(filter test_eid_trie%,$(TESTS))
$(foreach test,$(EID_TRIE_TESTS),$(eval SRCS_$(test) := selftests/unit/eid_trie_util.c))
$(foreach test,$(EID_TRIE_TESTS),$(eval LIBS_$(test) := -lurcu -lpthread))
