#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# lispd of R2 is stopped while more happens in the kernel than its socket has
# room for. Going on, it asks for all and knows what the kernel holds; packets
# that waited are served. Topology: see demo/topology.sh.
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
ktap_print_header
sites_up
ktap_test "RB2 to C4: none lost" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3

# held: entries of the kernel; known: those lispd knows of
held() {
	on R2 lispctl show map-cache |
		grep -Ec '^[0-9a-f.:]+/[0-9]+, .* via (static|config|map-reply)'
}
known() { stat_of R2 state map-cache-known; }
agree() {
	echo "the kernel holds $(held), lispd knows $(known)"
	[ "$(held)" = "$(known)" ]
}
ktap_test "lispd knows what the kernel holds" agree

many=$RUN_DIR/many
few=$RUN_DIR/few
for i in {0..127}; do
	for j in {0..255}; do
		echo "10.$((128 + i)).$j.0/24 rloc 192.0.2.1"
	done
done >"$many"
grep "^10\.200\." "$many" >"$few"

# Three times 32768 events; room is for 16 MiB of some 768 bytes each.
kill -STOP "${LISPD_PID[R2]}"
# How long a slow machine takes for all that comes then is not what is tested.
in_ns "$R2" lispctl device set lisp0 park-time 200000
in_ns "$R2" lispctl map load "$many"
in_ns "$R2" lispctl map flush origin static
# All of these are lost for sure: nobody takes what is there.
in_ns "$R2" lispctl map load "$few"
in_ns "$R2" lispctl map del 2001:10:1:114::/64
start "$LISP_OUT/$TEST_NAME-ping.log" in_ns "$RB2" \
	ping -c 5 -i 0.1 -W 200 -I 2001:10:1:22::22 2001:10:1:14::14
ktap_test "packets wait meanwhile" wait_for_text 10 \
	'^2001:10:1:14::14/128, .*, incomplete, packets waiting: 5' \
	in_ns "$R2" lispctl show map-cache
kill -CONT "${LISPD_PID[R2]}"

ktap_test "lispd goes on: it says that events were lost" \
	wait_for 60 log_has R2 "events of the kernel were lost"
ktap_test "and counts it" \
	wait_for 20 eval '[ "$(stat_of R2 kernel event-overflows)" -ge 1 ]'
arrived() {
	wait_for_text 100 "packet loss" cat "$LISP_OUT/$TEST_NAME-ping.log"
	cat "$LISP_OUT/$TEST_NAME-ping.log"
	grep -q "^5 packets transmitted, 5 received" \
		"$LISP_OUT/$TEST_NAME-ping.log"
}
ktap_test "the packets that waited arrive, all of them" arrived
ktap_test "the mapping is there" mapped R2 2001:10:1:14::/64 10.0.1.1
ktap_test "nothing waits" \
	eval '! on R2 lispctl show map-cache | grep incomplete'
ktap_test "lispd knows what the kernel holds, the new ones, too" \
	eval 'wait_for 20 agree && [ "$(known)" -ge 256 ] && agree'
ktap_test "it has forgotten what was deleted" \
	eval '[ "$(stat_of R2 itr deleted)" -ge 1 ]'
ktap_test "RB2 to C4 again: none lost" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3
in_ns "$R2" lispctl map flush origin static
ktap_test "events are heard again: both agree" wait_for 20 agree
ktap_finished
