// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel module's trie, built for this library: one thread runs one core
 * and no other looks into its tables, so nodes need no grace period.
 */
#ifndef EID_TRIE_SINGLE_THREAD
#define EID_TRIE_SINGLE_THREAD
#endif
#include "../../kmod/eid_trie.c"
#include "../../kmod/eid_trie_update.c"
