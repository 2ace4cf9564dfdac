#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device that has local EID-prefixes encapsulates only packets from them and
# takes in only packets to them; one that has none does not ask. Topology: see
# lisp_lib.sh. $core sends what no site should send.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
ktap_print_header
lisp_sites
require_pkt
lisp_map_both 4
# An address that is no EID of site 1, and one that is none of site 2.
addr "$h1" eth0 10.77.0.10/24 2001:db8:77::10/64
addr "$h2" eth0 10.88.0.10/32 2001:db8:88::10/128
ip -n "$r1" route add 10.77.0.0/24 dev eth0
ip -n "$r1" route add 2001:db8:77::/64 dev eth0
ip -n "$r2" route add 10.88.0.0/24 dev eth0
ip -n "$r2" route add 2001:db8:88::/64 dev eth0

cross() {
	local text=$1
	shift
	expect "$text" within "$h1" ping -c 2 -i 0.05 -W 2 "$@"
}
ktap_test "IPv4: from an EID to an EID" \
	counted "$r1" "encap=2 decap=2" cross " 2 received" "$H2_EID4"
ktap_test "IPv6: from an EID to an EID" \
	counted "$r1" "encap=2 decap=2" cross " 2 received" "$H2_EID6"
ktap_test "IPv4: from what is no EID: prohibited, counted" \
	counted "$r1" "encap=0 drop-source-eid=2" \
	cross "Packet filtered" -I 10.77.0.10 "$H2_EID4"
ktap_test "IPv6: from what is no EID: prohibited, counted" \
	counted "$r1" "encap=0 drop-source-eid=2" \
	cross "Administratively prohibited" -I 2001:db8:77::10 "$H2_EID6"

# inject TO: a packet to a destination behind $r2
inject() {
	local from=2001:db8:1::10
	[[ $1 = *:* ]] || from=10.1.0.10
	pkt "$core" lisp from "$from" to "$1" count 2 "$R2_RLOC4"
}
ktap_test "IPv4: to an EID: taken in" counted "$r2" "decap=2" inject "$H2_EID4"
ktap_test "IPv6: to an EID: taken in" counted "$r2" "decap=2" inject "$H2_EID6"
ktap_test "IPv4: to what is no EID: dropped, counted" \
	counted "$r2" "decap=0 drop-dest-eid=2" inject 10.88.0.10
ktap_test "IPv6: to what is no EID: dropped, counted" \
	counted "$r2" "decap=0 drop-dest-eid=2" inject 2001:db8:88::10
ktap_test "not even to the router's own RLOC" \
	counted "$r2" "decap=0 drop-dest-eid=2" inject "$R2_RLOC4"

# EIDs of one family only: packets of the other one are none of theirs.
lctl "$r1" eid del 10.1.0.0/24
ktap_test "EIDs of IPv6 only: IPv4 is not let through" \
	counted "$r1" "encap=0 drop-source-eid=2" \
	cross "Packet filtered" "$H2_EID4"
lctl "$r1" eid add 10.1.0.0/25
ktap_test "an EID added is one at once" \
	counted "$r1" "encap=2" cross " 2 received" "$H2_EID4"

for router in "$r1" "$r2"; do
	lctl "$router" -d lisp0 show eid >"$LISP_OUT/$TEST_NAME-eids.log"
	while read -r prefix; do
		case $prefix in
		*/*) lctl "$router" eid del "$prefix" ;;
		esac
	done <"$LISP_OUT/$TEST_NAME-eids.log"
done
ktap_test "none is left" expect " 0 entries" lctl "$r1" show eid
ktap_test "no EIDs, IPv4: packets from anywhere are let through" \
	counted "$r1" "encap=2" cross "0 received" -I 10.77.0.10 "$H2_EID4"
ktap_test "no EIDs, IPv6: packets from anywhere are let through" \
	counted "$r1" "encap=2" cross "0 received" -I 2001:db8:77::10 "$H2_EID6"
ktap_test "no EIDs, IPv4: packets to anywhere are taken in" \
	counted "$r2" "decap=2" inject 10.88.0.10
ktap_test "no EIDs, IPv6: packets to anywhere are taken in" \
	counted "$r2" "decap=2" inject 2001:db8:88::10
ktap_finished
