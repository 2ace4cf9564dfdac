#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# What outlives lispd and the kernel's state: nonces and the map-cache, with a
# clock on the wall that is set back and ahead meanwhile. Topology: see
# demo/topology.sh.
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
require ip ping lispd lispctl mkfifo truncate dd
ktap_print_header
require_module
setup_ns "${LISP_NODES[@]}"
three_sites
for node in "${LISP_XTRS[@]}" MS_MR; do
	mkdir "$RUN_DIR/$node.state"
	echo "state-directory: $RUN_DIR/$node.state" >>"$RUN_DIR/$node.yaml"
done
start_all

ping6() { ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 "$1"; }
ping4() { ping_all RB2 10.1.122.22 10.1.114.14 "$1"; }
# expires NODE PREFIX: milliseconds left to the entry
expires() {
	on "$1" lispctl show map-cache --json "$2" | tr -d ' \n' |
		sed -n 's/.*"expires-ms":\([0-9]*\).*/\1/p'
}
# between LOW VALUE HIGH
between() {
	echo "$2 is to be $1 to $3"
	[ "$1" -le "$2" ] && [ "$2" -le "$3" ]
}
registered_again() {
	wait_for_text 10 "registered with 10.0.0.13: yes" \
		on R2 lispctl show database
}
no_replay() { stat_is MS_MR errors map-register-replay 0; }
# jump SECONDS: the clock on the wall, as much ahead; put right at the end
offset=0
jump() {
	offset=$((offset + $1))
	date -s "@$(($(date +%s) + $1))" >/dev/null
}
clock_right() { date -s "@$(($(date +%s) - offset))"; }
at_exit clock_right
year=$((365 * 24 * 3600))

ktap_test "RB2 to C4: none lost" ping6 3
ktap_test "RB2 to C4, IPv4: none lost" ping4 3
life=$(expires R2 2001:10:1:114::/64)

### The clock

start "$LISP_OUT/$TEST_NAME-ping.log" in_ns "$RB2" \
	ping -i 0.05 -I 2001:10:1:122::22 2001:10:1:114::14
ping=$started
sent=$(stat_of R2 out map-request)
for there in "-$year" "$((3 * year))" "-$year"; do
	jump "$there"
	sleep 1
	ktap_test "clock $there s: the mappings live as long as before" \
		between $((life - 120000)) "$(expires R2 2001:10:1:114::/64)" \
		"$life"
	ktap_test "clock $there s: up at the map-server as before" registered 12
	ktap_test "clock $there s: nothing is asked for" \
		stat_is R2 out map-request "$sent"
done
never_noticed() {
	kill -INT "$ping"
	wait_for_text 12 "packet loss" cat "$LISP_OUT/$TEST_NAME-ping.log"
	tail -n 3 "$LISP_OUT/$TEST_NAME-ping.log"
	awk '/packets transmitted/ { ok = $1 >= 20 && $1 == $4 }
		END { exit !ok }' "$LISP_OUT/$TEST_NAME-ping.log"
}
ktap_test "ping never noticed" never_noticed

# Without its nonces each of these would be a replay to the map-server.
for signal in TERM KILL; do
	stop_lispd R2 $signal
	jump $((-year))
	start_lispd R2
	ktap_test "SIG$signal, clock a year back: registered again" \
		registered_again
	ktap_test "SIG$signal, clock a year back: not a replay" no_replay
done
stop_lispd MS_MR
start_lispd MS_MR
ktap_test "the map-server, restarted, knows old nonces still" \
	eval 'wait_for 70 registered 12 && no_replay'

### The machine's memory is lost, the disk's is not

# reboot: no daemon, no module; then devices as in a new kernel
reboot() {
	local node
	for node in "${LISP_XTRS[@]}"; do
		stop_lispd "$node"
		ip -n "${!node}" link del lisp0
	done
	modprobe -r lisp || rmmod lisp
	modprobe lisp
	tunnel C1 14
	tunnel R2 22
	tunnel R3 23
}
ktap_test "RB2 to C4, before all is stopped" eval 'ping6 2 && ping4 2'
life=$(expires R2 2001:10:1:114::/64)
reboot
# Nobody to ask: what works now, works from the disk.
stop_lispd MS_MR
sleep 2
jump "$year"
start_lispd "${LISP_XTRS[@]}"
ktap_test "restored" eval '[ "$(stat_of R2 itr restored)" -ge 2 ]'
ktap_test "restored, with the time that is left" \
	between 1000 "$(expires R2 2001:10:1:114::/64)" $((life - 1000))
ktap_test "no map-server, and none of 5 lost" ping6 5
ktap_test "no map-server, and none of 5 lost, IPv4" ping4 5

# With a map-server they are asked about in the background.
start_lispd MS_MR
ktap_test "the map-server is back, all register" wait_for 70 registered 12
flush R2
ktap_test "resolved again" wait_for 70 ping6 1
stop_lispd R2
ip -n "$R2" link del lisp0
tunnel R2 22
start_lispd R2
ktap_test "restored again" eval '[ "$(stat_of R2 itr restored)" -ge 1 ]'
ktap_test "asked about in the background" \
	wait_for 20 eval '[ "$(stat_of R2 itr resolved)" -ge 1 ]'
ktap_test "without any packet that missed it" stat_is R2 itr misses 0
ktap_test "none of 5 lost" ping6 5

### Files that make no sense

said_once() {
	wait_for 10 log_has R2 "error: $1 .*it is not used" &&
		[ "$(grep -c "$1" "$(lispd_log R2)")" = 1 ]
}
# spoiled DESCRIPTION FILE COMMAND: a file of R2's state after that
spoiled() {
	local file=$RUN_DIR/R2.state/$2
	stop_lispd R2
	eval "$3"
	start_lispd R2
	ktap_test "$1: said once, and started" said_once "$file"
}
spoiled "map-cache cut short" map-cache 'truncate -s -1 "$file"'
spoiled "map-cache overwritten" map-cache \
	'printf abc | dd of="$file" conv=notrunc bs=1 seek=100 status=none'
spoiled "map-cache a pipe" map-cache 'rm "$file"; mkfifo "$file"'
spoiled "nonces empty" nonces ': >"$file"'
ktap_test "and all is well" ping6 5
ktap_finished
