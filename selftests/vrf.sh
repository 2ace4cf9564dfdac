#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=120
#
# EIDs in a VRF, locators outside of it: a device that is enslaved to a VRF
# takes packets out of its table and brings them there, while outer packets go
# by the main table; beside it another device, not enslaved, serves the same
# EIDs in another instance. Topology: see lisp_lib.sh, and in each router a VRF
# with a host of its own that has the addresses of $h1 or $h2:
#
#	$b1 -------- $r1 [lisp7, VRF blue] = = = [VRF blue, lisp7] $r2 -------- $b2
#	    eth0  blue0                                             blue0  eth0
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require traceroute
ktap_print_header
lisp_sites
lisp_map_both 4
ip -n "$core" link add probe type vrf table 1 2>/dev/null ||
	ktap_skip_all "this kernel has no VRF"
ip -n "$core" link del probe
setup_ns b1 b2

# blue ROUTER HOST NUMBER: one side of it
blue() {
	local other=$((3 - $3)) rloc
	rloc=R${other}_RLOC4
	lctl "$1" device add lisp7 instance-id 7
	ip link add eth0 netns "$2" type veth peer name blue0 netns "$1"
	ip -n "$1" -batch - <<-EOF
		link add blue type vrf table 10
		link set blue up
		link set blue0 master blue
		link set lisp7 master blue
		link set blue0 up
		link set lisp7 up
		addr add 10.$3.0.1/24 dev blue0
		addr add 2001:db8:$3::1/64 dev blue0 nodad
		route add 10.$other.0.0/16 dev lisp7 table 10 src 10.$3.0.1
		route add 2001:db8:$other::/48 dev lisp7 table 10 src 2001:db8:$3::1
	EOF
	ip -n "$2" -batch - <<-EOF
		link set eth0 up
		addr add 10.$3.0.10/24 dev eth0
		addr add 2001:db8:$3::10/64 dev eth0 nodad
		route add default via 10.$3.0.1
		route add ::/0 via 2001:db8:$3::1
	EOF
	lctl "$1" -d lisp7 eid add "10.$3.0.0/24"
	lctl "$1" -d lisp7 eid add "2001:db8:$3::/64"
	lctl "$1" -d lisp7 map add "10.$other.0.0/24" rloc "${!rloc}"
	lctl "$1" -d lisp7 map add "2001:db8:$other::/64" rloc "${!rloc}"
}
# shellcheck disable=SC2154 # b1 and b2 are set by setup_ns
blue "$r1" "$b1" 1
# shellcheck disable=SC2154
blue "$r2" "$b2" 2

cross() { expect " 3 received" within "$1" ping -c 3 -i 0.05 -W 2 "$2"; }
for eid in "$H2_EID4" "$H2_EID6"; do
	ktap_test "in the VRF to $eid: by its device, not the other" \
		counted "$r2" "decap=0" counted "$r2/lisp7" "decap=3" \
		cross "$b1" "$eid"
	ktap_test "outside of it to $eid: by the other" \
		counted "$r2/lisp7" "decap=0" counted "$r2" "decap=3" \
		cross "$h1" "$eid"
done
ktap_test "the router itself, out of the VRF" \
	counted "$r2/lisp7" "decap=3" expect " 3 received" \
	within "$r1" ping -c 3 -i 0.05 -W 2 -I blue "$H2_EID4"

too_big() {
	expect "$1" within "$b1" ping -c 1 -W 2 -M "do" -s "$3" "$2"
}
ip -n "$r1" link set lisp7 mtu 1500
ktap_test "too big: told to the sender in the VRF, IPv4" \
	counted "$r1/lisp7" "drop-too-big=1" \
	too_big "mtu ?= ?1464" "$H2_EID4" 1472
ktap_test "too big: told to the sender in the VRF, IPv6" \
	counted "$r1/lisp7" "drop-too-big=1" \
	too_big "mtu ?= ?1464" "$H2_EID6" 1452
hops() {
	local said
	said=$(within "$b1" traceroute -n -q 1 -w 2 -m 6 "$1" 60 |
		tail -n +2 | while read -r _ hop _; do echo "$hop"; done | xargs)
	echo "hops: $said"
	[ "$said" = "$2" ]
}
ktap_test "a hop of the core is told to the sender in the VRF, IPv4" \
	counted "$r1/lisp7" "icmp-relayed=1" \
	hops "$H2_EID4" "10.1.0.1 10.1.0.1 10.2.0.1 $H2_EID4"
ktap_test "a hop of the core is told to the sender in the VRF, IPv6" \
	counted "$r1/lisp7" "icmp-relayed=1" \
	hops "$H2_EID6" "2001:db8:1::1 2001:db8:1::1 2001:db8:2::1 $H2_EID6"
# The answer's route is looked up in the VRF: there may be none elsewhere.
ip -n "$r1" route del 10.2.0.0/16 dev lisp0
ktap_test "and IPv4 with no route to it outside of the VRF" \
	counted "$r1/lisp7" "icmp-relayed=1" \
	hops "$H2_EID4" "10.1.0.1 10.1.0.1 10.2.0.1 $H2_EID4"
ip -n "$r1" route add 10.2.0.0/16 dev lisp0 src 10.1.0.1

lctl "$r1" -d lisp7 map add 10.2.0.0/24 action send-map-request
waits() {
	local log=$LISP_OUT/$TEST_NAME-waits.log
	start_within "$b1" "$log" ping -c 1 -W 20 "$H2_EID4"
	wait_for_text 5 "^$H2_EID4/32.* incomplete" \
		lctl "$r1" -d lisp7 show map-cache || return
	lctl "$r1" -d lisp7 map add 10.2.0.0/24 rloc "$R2_RLOC4"
	wait_for_text 20 " 1 received" cat "$log"
}
ktap_test "a packet that waits is sent on" \
	counted "$r1/lisp7" "parked=1 released=1" waits

gone() {
	ip -n "$r1" link del blue
	counted "$r2" "decap=3" cross "$h1" "$H2_EID4"
}
ktap_test "the VRF goes, the other device goes on" gone
ktap_finished
