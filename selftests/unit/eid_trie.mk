# SPDX-License-Identifier: GPL-2.0
# The trie of EID-prefixes; the test includes its source
LIBS_test_eid_trie := -lurcu -lpthread
