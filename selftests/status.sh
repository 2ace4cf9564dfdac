#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=120
#
# Locator-status-bits received (RFC 9300 5.3, 10): taken note of when a device
# is told to, from a locator of the inner source's mapping only; shown, told,
# and nothing is forwarded otherwise by them. Topology: see lisp_lib.sh. The
# packets are made in $core, whose address towards $r2 is one of the locators.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
ktap_print_header
lisp_sites
require_pkt
lisp_map_both 4
C=172.16.2.254 C6=fd00:2::fe X=172.16.1.77

# bits HEX [OPTION VALUE]...: a packet with these to $r2, taken in
bits() {
	counted "$r2" "decap=1" pkt "$core" lisp from "$H1_EID4" to "$H2_EID4" \
		flags 0x40 lsb "$@" "$R2_RLOC4"
}
# said RLOC up|down|-...: what show rloc says of them, in five seconds. Their
# states are of no interest: $C answers with ICMP errors.
said() {
	while [ $# -gt 0 ]; do
		wait_for_text 5 "^$1 +(up|down) .* $2 *\$" lctl "$r2" show rloc || {
			lctl "$r2" show rloc
			return 1
		}
		shift 2
	done
}
hear() { lctl "$r2" device set lisp0 hear-status-bits "$1"; }
events=$LISP_OUT/$TEST_NAME-events.log
start_within "$r2" "$events" lispctl monitor
# told TEXT: in the events since the last "anew"
anew() { told_from=$(wc -l <"$events"); }
told() {
	wait_for_text 5 " rloc $*\$" tail -n "+$((told_from + 1))" "$events" || {
		tail -n "+$((told_from + 1))" "$events"
		return 1
	}
}
# heard "RLOC SAID..." BITS...: the packet leaves this to be shown
# shellcheck disable=SC2086
heard() { bits "${@:2}" && said $1; }

lctl "$r2" map add 10.1.0.0/24 rloc $C rloc "$R1_RLOC4" rloc $X
shown="$C - $R1_RLOC4 - $X -"
ktap_test "by default they mean nothing" heard "$shown" 5
hear on
anew
shown="$C up $R1_RLOC4 down $X up"
ktap_test "heard: each bit is that of the locator in its place" heard "$shown" 5
ktap_test "one that is said to be down is told" \
	told "$R1_RLOC4 up, status-bit down"
not_told() { ! grep " rloc $1 " "$events"; }
ktap_test "that others are up is no news" not_told $X
json() {
	lctl "$r2" --json show rloc | tr -d ' \n' |
		grep -o "{\"address\":\"$1\",[^}]*\"status-bit\":$2"
}
ktap_test "in JSON" json "$R1_RLOC4" '"down"'
nothing_else() {
	expect " 0% packet loss" within "$h2" ping -q -c 3 -i 0.1 -W 2 "$H1_EID4"
}
lctl "$r2" rloc down $C
lctl "$r2" rloc down $X
ktap_test "the locator is used as before" nothing_else
lctl "$r2" rloc up $C
lctl "$r2" rloc up $X
anew
shown="$C up $R1_RLOC4 up $X up"
ktap_test "heard: up again" heard "$shown" 7
ktap_test "and told" told "$R1_RLOC4 up, status-bit up"

ktap_test "without the L bit they are none" heard "$shown" 0 flags 0
lctl "$r2" map add 10.1.0.0/24 rloc "$R1_RLOC4" rloc $X
ktap_test "from no locator of the mapping: nothing is taken" \
	heard "$R1_RLOC4 up $X up" 0
ktap_test "of a source without mapping: nothing is taken" \
	heard "$R1_RLOC4 up $X up" 0 from 10.9.0.1
lctl "$r2" map add 10.1.0.0/24 rloc $C rloc "$R1_RLOC4" rloc $X
shown="$C - $R1_RLOC4 up $X up"
hear off
ktap_test "not when a device is to hear no more" heard "$shown" 0
hear on

# Beside an instance-ID there are 8, and 32 at the most
many=()
for i in {100..139}; do
	many+=(rloc "172.16.1.$i")
done
lctl "$r2" map add 10.1.0.0/24 rloc $C "${many[@]}"
shown="$C up 172.16.1.100 down 172.16.1.130 down 172.16.1.131 -"
ktap_test "32 bits, no more" heard "$shown" 1
lctl "$r2" map flush
lctl "$r2" map add 10.1.0.0/24 rloc $C "${many[@]}"
shown="$C up 172.16.1.106 down 172.16.1.107 -"
ktap_test "8 bits beside an instance-ID, no more" heard "$shown" 1 flags 0x48

# IPv6, inside and outside
lctl "$r2" map add 2001:db8:1::/64 rloc $C6 rloc "$R1_RLOC6"
ipv6() {
	counted "$r2" "decap=1" pkt "$core" lisp from "$H1_EID6" to "$H2_EID6" \
		flags 0x40 lsb 1 "$R2_RLOC6" && said $C6 up "$R1_RLOC6" down
}
ktap_test "IPv6" ipv6

# Bits that change with every packet: told at most once a second
lctl "$r2" map add 10.1.0.0/24 rloc $C rloc "$R1_RLOC4"
flapping() {
	local from=$SECONDS n
	anew
	for n in {1..40}; do
		pkt "$core" lisp from "$H1_EID4" to "$H2_EID4" flags 0x40 \
			lsb $((n % 2 ? 1 : 3)) "$R2_RLOC4"
	done
	wait_for 5 told "$R1_RLOC4 up, status-bit (up|down)" || return
	n=$(tail -n "+$((told_from + 1))" "$events" | grep -c " rloc $R1_RLOC4 ")
	echo "$n events in $((SECONDS - from)) seconds"
	[ "$n" -le $((SECONDS - from + 2)) ]
}
ktap_test "flapping bits do not make a flood of events" flapping

### The daemon hears of it

cat >"$LISP_OUT/$TEST_NAME.yaml" <<-EOF
	roles: [itr]
	rlocs: [$R2_RLOC4]
	map-resolvers: [172.16.1.254]
EOF
daemon() {
	local log=$LISP_OUT/$TEST_NAME-debug.log sock=$LISP_OUT/$TEST_NAME.sock
	start_within "$r2" "$LISP_OUT/$TEST_NAME-lispd.log" lispd \
		-c "$LISP_OUT/$TEST_NAME.yaml" -s "$sock"
	wait_for 20 within "$r2" lispctl -s "$sock" show statistics || {
		cat "$LISP_OUT/$TEST_NAME-lispd.log"
		return 1
	}
	start_within "$r2" "$log" lispctl -s "$sock" debug
	bits 3 && said "$R1_RLOC4" up || return
	# As often as need be: when debug listens, nobody says.
	wait_for 30 eval "bits 1; said '$R1_RLOC4' down; bits 3;
		said '$R1_RLOC4' up; grep 'RLOC $R1_RLOC4, its site says it is down' '$log'" ||
		{ cat "$log"; return 1; }
}
ktap_test "lispd is told" daemon
ktap_finished
