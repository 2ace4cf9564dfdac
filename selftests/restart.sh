#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=180
#
# lispd of R2 dies and comes back under traffic: no packet is lost, what the
# kernel holds is taken over, and what was asked for meanwhile is resolved.
# Topology: see demo/topology.sh.
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
ktap_print_header
sites_up
ktap_test "RB2 to C4: none lost" ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3
ktap_test "RB2 to C4, IPv4: none lost" ping_all RB2 10.1.122.22 10.1.114.14 3

# endless_ping NAME FROM SOURCE TO: until "ended NAME"
endless_ping() {
	start "$LISP_OUT/$TEST_NAME-ping-$1.log" in_ns "${!2}" \
		ping -i 0.05 -I "$3" "$4"
	pings[$1]=$started
}
declare -A pings=()
# ended NAME MINIMUM: ping said so many and none lost
ended() {
	local log=$LISP_OUT/$TEST_NAME-ping-$1.log
	kill -INT "${pings[$1]}"
	wait_for_text 12 "packet loss" cat "$log"
	tail -n 3 "$log"
	awk -v "min=$2" '/packets transmitted/ { ok = $1 >= min && $1 == $4 }
		END { exit !ok }' "$log"
}
uptime_of() {
	on R2 lispctl show map-cache --json "$1" | tr -d ' \n' |
		sed -n 's/.*"uptime-ms":\([0-9]*\).*/\1/p'
}
entries=$(cached R2)
local_eids() { on R2 lispctl show eid | grep -Eo '[0-9a-f.:]+/[0-9]+'; }
eids=$(local_eids)

for signal in KILL TERM; do
	endless_ping "$signal-6" RB2 2001:10:1:122::22 2001:10:1:114::14
	endless_ping "$signal-4" RB2 10.1.122.22 10.1.114.14
	sleep 1
	age=$(uptime_of 2001:10:1:114::/64)
	stop_lispd R2 $signal
	ktap_test "SIG$signal: lispd is gone" \
		eval '! on R2 lispctl show database'
	sleep 1
	ktap_test "SIG$signal: the kernel holds the mappings it held" \
		[ "$(cached R2)" = "$entries" ]
	ktap_test "SIG$signal: and the local EIDs" \
		[ "$(local_eids)" = "$eids" ]
	start_lispd R2
	ktap_test "SIG$signal: taken over" \
		eval '[ "$(stat_of R2 itr adopted)" -ge 2 ]'
	ktap_test "SIG$signal: the entries are the same, not new ones" \
		eval '[ "$(cached R2)" = "$entries" ] &&
			[ "$(uptime_of 2001:10:1:114::/64)" -gt '"$age"' ]'
	ktap_test "SIG$signal: so are the local EIDs" \
		[ "$(local_eids)" = "$eids" ]
	sleep 1
	ktap_test "SIG$signal: IPv6 ping never noticed" ended "$signal-6" 40
	ktap_test "SIG$signal: IPv4 ping never noticed" ended "$signal-4" 40
	ktap_test "SIG$signal: no mapping was asked for again" \
		stat_is R2 out map-request 0
	ktap_test "SIG$signal: registered again, not as a replay" \
		wait_for_text 5 "registered with 10.0.0.13: yes" \
		on R2 lispctl show database
done
ktap_test "the map-server has seen no replay" \
	stat_is MS_MR errors map-register-replay 0

# Asked for while nobody is there to ask.
stop_lispd R2 KILL
start "$LISP_OUT/$TEST_NAME-ping-early.log" in_ns "$RB2" \
	ping -c 5 -i 0.1 -W 10 -I 2001:10:1:22::22 2001:10:1:14::14
early=$started
ktap_test "without lispd: packets of a new EID wait" wait_for_text 5 \
	'^2001:10:1:14::14/128, .*, incomplete, packets waiting: 5' \
	in_ns "$R2" lispctl show map-cache
start_lispd R2
arrived() {
	wait_for_text 12 "packet loss" cat "$LISP_OUT/$TEST_NAME-ping-early.log"
	cat "$LISP_OUT/$TEST_NAME-ping-early.log"
	grep -q "^5 packets transmitted, 5 received" \
		"$LISP_OUT/$TEST_NAME-ping-early.log"
}
ktap_test "lispd is back: all of them arrive" arrived
stop "$early"
ktap_test "lispd is back: the mapping is there" \
	mapped R2 2001:10:1:14::/64 10.0.1.1
ktap_test "lispd is back: nothing waits" \
	eval '! on R2 lispctl show map-cache | grep incomplete'

# The far end's lispd, too: its kernel decapsulates without it.
endless_ping far RB2 2001:10:1:122::22 2001:10:1:114::14
stop_lispd C1 KILL
sleep 1
start_lispd C1
sleep 0.5
ktap_test "lispd of C1 killed and started: ping never noticed" ended far 20

# Two of them
second() {
	local said
	! said=$(in_ns "$R2" timeout 20 lispd -c "$RUN_DIR/R2.yaml" \
		-s "$RUN_DIR/$1" 2>&1) || return 1
	echo "$said"
	grep -Eq "$2" <<<"$said" && on R2 lispctl show statistics >/dev/null
}
ktap_test "a second lispd: the port is taken, the first one stays" \
	second other.sock "UDP port 4342, IPv4: Address already in use"
ktap_test "of no harm to its socket" second R2.sock "Address already in use"
stop_lispd R2 KILL
ktap_test "a file where the socket is to be: said, and left alone" eval \
	'! in_ns "$R2" timeout 20 lispd -c "$RUN_DIR/R2.yaml" \
		-s "$RUN_DIR/R2.yaml" && [ -s "$RUN_DIR/R2.yaml" ]'
ktap_test "killed, it has left its socket: no obstacle" \
	[ -S "$RUN_DIR/R2.sock" ]
start_lispd R2
ktap_finished
