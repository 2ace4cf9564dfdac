#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=180
#
# What changes while others have it cached: a mapping (SMR), whether a locator
# is there (RLOC-probing). Topology: see demo/topology.sh.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
ktap_print_header
sites_up
ktap_test "RB2 to C4: none lost" ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3

# reconfigured NODE SED-EXPRESSION: its file, and the running daemon
reconfigured() {
	sed -i "$2" "$RUN_DIR/$1.yaml"
	on "$1" lispctl reload
}
# takes MSEC COMMAND...: no longer than that until it succeeds
takes() {
	local limit=$1 begin now
	begin=$(date +%s%3N)
	shift
	wait_for 20 "$@" || return
	now=$(date +%s%3N)
	echo "after $((now - begin)) ms"
	[ $((now - begin)) -le "$limit" ]
}

shown() {
	on R2 lispctl show map-cache 2001:10:1:114::/64 | grep -Eq "$1"
}
ktap_test "C1 changes its mappings" reconfigured C1 "s/priority: 1/priority: 7/"
ktap_test "R2 has the new ones within 3 s" takes 3000 shown "10\.0\.1\.1 .* 7/50( |\$)"
ktap_test "C1 sent SMRs" eval '[ "$(stat_of C1 etr smr-sent)" -ge 1 ]'
ktap_test "and R2 asked the mapping system" \
	eval '[ "$(stat_of R2 itr smr-invoked)" -ge 1 ]'
ktap_test "RB2 to C4 still: none lost" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3

# rloc_is STATE-TO-PROBE: no status bit is heard of
rloc_is() {
	on R2 lispctl show rloc | grep -Eq "^10\.0\.1\.1 +$1 +- *\$"
}
ktap_test "R2 begins to probe" reconfigured R2 '$arloc-probing: fast'
ktap_test "its locator is up, with a round-trip time" \
	takes 3000 rloc_is "up .* [0-9.]+ ms"
stop_lispd C1 KILL
ktap_test "C1 does not answer: out of use in about a second" \
	takes 2000 rloc_is "down .* no answer"
start_lispd C1
ktap_test "C1 is back: in use again in about a second" \
	takes 2000 rloc_is "up .* ms"
ktap_test "RB2 to C4 again: none lost" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3
ktap_test "R2 ends to probe" reconfigured R2 '/^rloc-probing/d'
ktap_test "the locator is up as it would be without" \
	takes 2000 rloc_is "up .* -"
ktap_finished
