#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# The choice of a locator: lowest priority that is up, then flow by flow as
# the weights say; 255 and what is down are never used (RFC 9301 5.4).
# Topology: see lisp_lib.sh; $r2 has the addresses 172.16.2.1 to .4 and
# fd00:2::1. All traffic is UDP from $h1 to $h2.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
ktap_print_header
lisp_sites
require_pkt
ip -n "$r2" addr add 172.16.2.2/24 dev eth1
ip -n "$r2" addr add 172.16.2.3/24 dev eth1
ip -n "$r2" addr add 172.16.2.4/24 dev eth1
A=172.16.2.1 B=172.16.2.2 C=172.16.2.3 D=172.16.2.4

map() { lctl "$r1" map add 2001:db8:2::/64 "$@"; }
send() { pkt "$h1" udp "$@" "$H2_EID6"; }

# sent COMMAND...: sets the array of packets sent to each locator meanwhile
declare -A sent
sent() {
	local -A before
	local address packets status=0
	while read -r address _ packets _; do
		[[ ! $packets =~ ^[0-9]+$ ]] || before[$address]=$packets
	done <<<"$(lctl "$r1" show rloc)"
	"$@" || status=$?
	sent=()
	while read -r address _ packets _; do
		[[ ! $packets =~ ^[0-9]+$ ]] ||
			sent[$address]=$((packets - ${before[$address]:-0}))
	done <<<"$(lctl "$r1" show rloc)"
	echo "sent: A ${sent[$A]:-0}, B ${sent[$B]:-0}, C ${sent[$C]:-0}," \
		"D ${sent[$D]:-0}, IPv6 ${sent[$R2_RLOC6]:-0}"
	return $status
}

# got LOCATOR LEAST MOST
got() {
	local n=${sent[$1]:-0}
	[ "$n" -ge "$2" ] && [ "$n" -le "$3" ] && return
	echo "$1: $n, not $2 to $3"
	return 1
}

# only LOCATOR N PKT-ARGUMENT...: all the traffic goes there
only() {
	local locator=$1 n=$2 others
	shift 2
	sent send "$@" || return
	others=("${sent[@]}")
	got "$locator" "$n" "$n" &&
		[ "$(IFS=+; echo $((${others[*]})))" = "$n" ]
}

map rloc "$A" priority 2 weight 100 rloc "$B" priority 1 weight 1 \
	rloc "$C" priority 255 weight 100
ktap_test "the lowest priority gets all, whatever the weights" \
	only "$B" 30 flows 30
lctl "$r1" rloc down "$B"
ktap_test "it is down: the next priority gets all" only "$A" 30 flows 30
lctl "$r1" rloc up "$B"
ktap_test "it is up again: it gets all again" only "$B" 30 flows 30

lctl "$r1" rloc down "$B"
lctl "$r1" rloc down "$A"
unreachable() {
	expect "Address unreachable" within "$h1" ping -c 2 -i 0.05 -W 5 "$H2_EID6"
}
ktap_test "all are down but one of priority 255: ICMP unreachable, counted" \
	counted "$r1" "drop-no-rloc=2 encap=0" unreachable
ktap_test "states are shown" expect "$A +down .*$B +down .*$C +up " \
	eval "lctl '$r1' show rloc | xargs"
lctl "$r1" rloc up "$B"
lctl "$r1" rloc up "$A"
map rloc "$C" priority 255 weight 100
ktap_test "only priority 255: ICMP unreachable, counted" \
	counted "$r1" "drop-no-rloc=2 encap=0" unreachable

### Weights. 64 slots are shared out, flows fall into them at random: with 400
### flows, one locator's share is off by 45 in one run of a hundred thousand.

spread() {
	sent send flows 400 || return
	while [ $# -gt 0 ]; do
		got "$1" $(($2 < 45 ? 0 : $2 - 45)) $(($2 + 45)) || return
		shift 2
	done
}
map rloc "$A" weight 25 rloc "$B" weight 75
ktap_test "weights 25 and 75" spread "$A" 100 "$B" 300
map rloc "$A" weight 10 rloc "$B" weight 20 rloc "$C" weight 30 rloc "$D" weight 40
ktap_test "weights 10, 20, 30 and 40" \
	spread "$A" 40 "$B" 80 "$C" 120 "$D" 160
lctl "$r1" rloc down "$D"
ktap_test "one of them is down: the rest share as before" \
	spread "$A" 67 "$B" 133 "$C" 200
ktap_test "and it gets nothing" got "$D" 0 0
lctl "$r1" rloc up "$D"
map rloc "$A" weight 0 rloc "$B" weight 0
ktap_test "all weights 0: equal shares" spread "$A" 200 "$B" 200
map rloc "$A" weight 0 rloc "$B" weight 255
ktap_test "some weights 0: those get nothing" only "$B" 60 flows 60
map rloc "$A" priority 1 weight 50 rloc "$B" priority 1 weight 50 \
	rloc "$C" priority 2 weight 200
ktap_test "weights count within a priority only" \
	spread "$A" 200 "$B" 200 "$C" -45
map rloc "$A" weight 50 rloc "$R2_RLOC6" weight 50
ktap_test "locators of both families share" \
	spread "$A" 200 "$R2_RLOC6" 200

stays() {
	local values
	sent send count 60 || return
	values=" ${sent[*]} "
	[[ $values = *" 60 "* ]]
}
map rloc "$A" rloc "$B" rloc "$C" rloc "$D"
for i in 1 2 3; do
	ktap_test "a flow stays on its locator ($i)" stays
done

### One RLOC in many entries

map rloc "$A" priority 1 rloc "$B" priority 2
lctl "$r1" map add 2001:db8:2::10/128 rloc "$A" priority 1 rloc "$C" priority 2
lctl "$r1" map add 10.2.0.0/24 rloc "$A" priority 1 rloc "$B" priority 2
everywhere() {
	lctl "$r1" rloc down "$A"
	sent both || return
	lctl "$r1" rloc up "$A"
	got "$A" 0 0 && got "$B" 20 20 && got "$C" 20 20
}
both() {
	send flows 20
	pkt "$h1" udp flows 20 "$H2_EID4"
}
ktap_test "one that is down is down in all entries" everywhere
lctl "$r1" rloc down "$B"
map rloc "$B" rloc "$D"
lctl "$r1" map del 2001:db8:2::10/128
ktap_test "a new entry knows that it is down" only "$D" 30 flows 30
ktap_test "a locator of no entry has no state" \
	expect "no entry uses this locator" lctl "$r1" rloc down 192.0.2.1

lctl "$r1" map add 2001:db8:2::/64 rloc 172.17.0.1
ktap_test "no route to the locator: ICMP unreachable, counted" \
	counted "$r1" "drop-no-route=2 encap=0" unreachable
ip -n "$r1" route add 172.17.0.0/16 dev lisp0
ktap_test "a route to it that leads back into the device: counted" \
	counted "$r1" "drop-loop=1 encap=0" send count 1

# The locator is of both devices: one may send to it by the other, that one not.
lctl "$r1" device add lisp8 instance-id 8
ip -n "$r1" link set lisp8 up
ip -n "$r1" route replace 172.17.0.0/16 dev lisp8 src "$R1_RLOC4"
lctl "$r1" -d lisp8 map add 172.17.0.1/32 rloc 172.17.0.1
ktap_test "one that leads into another device, and back into that: counted there" \
	counted "$r1/lisp8" "drop-loop=3 encap=0" \
	counted "$r1" "encap=3" send count 3
ktap_finished
