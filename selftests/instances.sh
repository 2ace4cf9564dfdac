#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# Several devices, one for each instance-ID, share the sockets of a namespace
# and do not mix, though their EIDs are the same; a device that is moved to
# another namespace keeps its underlay. Topology: see lisp_lib.sh, and beside
# it two namespaces that hold devices made in the routers, and EIDs that the
# hosts have, too:
#
#	$e1 [lisp7] = = = ($r1 --- $core --- $r2) = = = [lisp7] $e2
#	10.1.0.10                                         10.2.0.10
#	2001:db8:1::10         instance-ID 7         2001:db8:2::10
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require tcpdump
ktap_print_header
lisp_sites
require_pkt
lisp_map_both 4
setup_ns e1 e2

# move ROUTER NAMESPACE NUMBER
move() {
	local other=$((3 - $3)) rloc
	rloc=R${other}_RLOC4
	lctl "$1" device add lisp7 instance-id 7
	ip -n "$1" link set lisp7 netns "$2"
	ip -n "$2" -batch - <<-EOF
		link set lisp7 up
		addr add 10.$3.0.10/32 dev lo
		addr add 2001:db8:$3::10/128 dev lo nodad
		route add 10.$other.0.0/16 dev lisp7 src 10.$3.0.10
		route add 2001:db8:$other::/48 dev lisp7 src 2001:db8:$3::10
	EOF
	lctl "$2" eid add "10.$3.0.0/24"
	lctl "$2" eid add "2001:db8:$3::/64"
	lctl "$2" map add "10.$other.0.0/24" rloc "${!rloc}"
	lctl "$2" map add "2001:db8:$other::/64" rloc "${!rloc}"
}
# shellcheck disable=SC2154 # e1 and e2 are set by setup_ns
move "$r1" "$e1" 1
# shellcheck disable=SC2154
move "$r2" "$e2" 2

cross() { expect " 3 received" within "$1" ping -c 3 -i 0.05 -W 2 "$2"; }

sockets() {
	local said
	said=$(within "$1" ss -Hnlua 'sport = :4341')
	echo "$said"
	[ "$(grep -c :4341 <<<"$said")" = "$2" ]
}
ktap_test "the devices share two sockets" sockets "$r1" 2
ktap_test "which are where the devices were made" sockets "$e1" 0

for eid in "$H2_EID4" "$H2_EID6"; do
	ktap_test "instance 0 to $eid: not seen in instance 7" \
		counted "$e2/lisp7" "decap=0" \
		counted "$r2" "decap=3" cross "$h1" "$eid"
	ktap_test "instance 7 to $eid: not seen in instance 0" \
		counted "$e2/lisp7" "decap=3" \
		counted "$r2" "decap=0" cross "$e1" "$eid"
done

# 14 + 20 + 8 bytes stand before the LISP header.
wire() {
	local hex
	capture "$core" to1 wire.pcap 'udp dst port 4341 and src 172.16.1.1'
	local tcpdump=$started
	cross "$1" "$H2_EID4" || return
	wait_for_text 5 UDP captured wire.pcap || return
	stop "$tcpdump" INT
	hex=$(captured wire.pcap -xx -c 1 |
		sed -n 's/^[[:space:]]*0x00[23]0: *//p' | tr -d ' \n')
	[ "${hex:20:16}" = "$2" ] || {
		echo "$hex"
		return 1
	}
}
ktap_test "instance 7 is in the LISP header, with the I bit" \
	wire "$e1" 0800000000000700
ktap_test "instance 0 is not" wire "$h1" 0000000000000000

### What does not belong to any device

drops() {
	within "$1" cat /proc/net/udp /proc/net/udp6 | {
		sum=0
		while read -r _ port _ rest; do
			[[ $port != *:10F5 ]] || sum=$((sum + ${rest##* }))
		done
		echo "$sum"
	}
}
strangers() {
	local before
	before=$(drops "$r2")
	pkt "$core" lisp from "$H1_EID4" to "$H2_EID4" iid 8 count 2 "$R2_RLOC4"
	pkt "$core" lisp from "$H1_EID6" to "$H2_EID6" iid 0x700 count 2 "$R2_RLOC6"
	echo "drops: $before, then $(drops "$r2")"
	[ "$(drops "$r2")" = $((before + 4)) ]
}
ktap_test "an instance without a device: counted at the socket" \
	counted "$e2/lisp7" "decap=0" counted "$r2" "decap=0" strangers
inject() { pkt "$core" lisp from "$H1_EID4" to "$H2_EID4" "$@" "$R2_RLOC4"; }
ktap_test "I bit with instance 0 is instance 0" \
	counted "$r2" "decap=1" inject flags 8
ktap_test "without the I bit the field is none" \
	counted "$r2" "decap=1" inject flags 0 iid 7

down() {
	ip -n "$e2" link set lisp7 down
	counted "$r2" "decap=3" cross "$h1" "$H2_EID4" || return
	sockets "$r2" 2
}
ktap_test "one device is down, the other goes on" down
before=$(drops "$r2")
inject iid 7
ktap_test "its packets are counted at the socket" \
	[ "$(drops "$r2")" = $((before + 1)) ]
ip -n "$e2" -batch - <<-END
	link set lisp7 up
	route add 10.1.0.0/16 dev lisp7 src 10.2.0.10
	route add 2001:db8:1::/48 dev lisp7 src 2001:db8:2::10
END
ktap_test "up again it takes part again" \
	counted "$e2/lisp7" "decap=3" cross "$e1" "$H2_EID6"

### Making devices

twice="a device of this instance-id and port was made in this namespace already"
ktap_test "the same instance-ID twice: refused, and said why" \
	expect "$twice" lctl "$r1" device add again instance-id 0
ktap_test "also when the first one was moved away" \
	expect "$twice" lctl "$r1" device add again instance-id 7
ktap_test "another namespace may have it" \
	lctl "$core" device add again instance-id 7
ktap_test "another port may have it" \
	lctl "$r1" device add again instance-id 7 port 4999
ktap_test "the largest instance-ID" \
	lctl "$r1" device add largest instance-id 16777215
ktap_test "there is no larger one" \
	expect "16777215" lctl "$r1" device add larger instance-id 16777216
ktap_test "it cannot be changed, and said why" \
	expect "instance-id is fixed when the device is made" \
	nlmsg "$r1" dev-set ifname=largest "link[" instance-id=5 "]"
ktap_test "nor can the port" \
	expect "port is fixed when the device is made" \
	nlmsg "$r1" dev-set ifname=largest "link[" port=5000 "]"
ktap_test "where it was made is shown" \
	expect "link-netns" ip -n "$e1" -d link show lisp7

# The port that is no other: two sites that have agreed on it.
other_port() {
	lctl "$r2" device add again instance-id 7 port 4999
	ip -n "$r1" link set again up
	ip -n "$r2" link set again up
	ip -n "$r1" route replace 10.2.0.0/16 dev again src 10.1.0.1
	lctl "$r1" -d again map add 10.2.0.0/24 rloc "$R2_RLOC4"
	counted "$r2/again" "decap=3" \
		within "$h1" ping -q -c 3 -i 0.05 -W 1 "$H2_EID4"
	sockets "$r1" 2 && within "$r1" ss -Hnlua 'sport = :4999' | grep -q 4999
}
ktap_test "devices of another port speak over it" expect "3 received" other_port
ktap_finished
