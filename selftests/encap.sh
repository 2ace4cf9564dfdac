#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets of both families cross the core in packets of both families: each of
# the four combinations, small and large, with nothing lost. Topology: see
# lisp_lib.sh.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require tcpdump
ktap_print_header
lisp_sites

# Without an entry nothing gets through, and the sender is told.
no_entry() {
	local said
	said=$(in_ns "$h1" ping -c 1 -W 2 "$H2_EID6" 2>&1) && return 1
	grep -q "Address unreachable" <<<"$said" || {
		echo "$said"
		return 1
	}
	counter_is "$r1" drop-no-entry 1
}
ktap_test "no entry: dropped, counted, ICMP unreachable" no_entry

cross() {
	in_ns "$h1" ping -q -c 5 -i 0.05 -W 2 "$@"
}

for outer in 4 6; do
	lisp_map_both $outer
	for inner in 4 6; do
		eid=H2_EID$inner
		ktap_test "IPv$inner in IPv$outer: small packets" cross "${!eid}"
		ktap_test "IPv$inner in IPv$outer: packets of the full MTU" \
			cross -M "do" -s $((1444 - (inner == 4 ? 28 : 48))) "${!eid}"
	done
done

# What is on the wire between the site routers.
on_wire() {
	local lines
	capture "$core" to1 "$TEST_NAME.pcap" "$1"
	local tcpdump=$started
	cross "$H2_EID6" || return 1
	sleep 0.3
	stop "$tcpdump" INT
	lines=$(tcpdump -nr "$LISP_OUT/$TEST_NAME-$TEST_NAME.pcap" 2>/dev/null)
	[ "$(grep -c . <<<"$lines")" = 10 ] || {
		echo "$lines"
		return 1
	}
	! grep -vE '\.(49[1-9]|5[0-9]|6[0-5])[0-9]{2,3} > .*\.4341: ' <<<"$lines"
}
ktap_test "IPv6 outer: 10 packets, source ports 49152 and up, port 4341" \
	on_wire "ip6 and udp port 4341"
lisp_map_both 4
ktap_test "IPv4 outer: 10 packets, source ports 49152 and up, port 4341" \
	on_wire "ip and udp port 4341"

# GSO packets go in whole and come out merged or not, but right.
tcp() {
	start "$LISP_OUT/$TEST_NAME-server.log" ip netns exec "$h2" iperf3 -s -1
	wait_for_listener "$h2" tcp 5201
	in_ns "$h1" iperf3 -c "$1" -n "${LISP_TCP_BYTES:-4M}"
}
require iperf3
ktap_test "TCP over IPv6 in IPv4" tcp "$H2_EID6"
ktap_test "TCP over IPv4 in IPv4" tcp "$H2_EID4"
lisp_map_both 6
ktap_test "TCP over IPv6 in IPv6" tcp "$H2_EID6"

entries() {
	lctl "$r1" show map-cache
	lctl "$r1" show map-cache | grep -q "2001:db8:2::/64" &&
		[ "$(counter "$r1" encap)" -gt 30 ] &&
		[ "$(counter "$r1" decap)" -gt 30 ]
}
ktap_test "entries and counters are shown" entries

# veth drops what is larger than its peer takes, and says so.
ip -n "$core" link set to1 mtu 1280
refused() {
	local dropped
	dropped=$(tx_dropped)
	counted "$r1" "drop-output=2 encap=0 native=0" \
		expect " 0 received" within "$h1" ping -c 2 -i 0.05 -W 1 -s 1300 "$1" || return
	[ $(($(tx_dropped) - dropped)) = 2 ]
}
tx_dropped() { in_ns "$r1" cat /sys/class/net/lisp0/statistics/tx_dropped; }
lisp_map_both 4
ktap_test "the device below does not take it: counted, IPv4 outer" refused "$H2_EID6"
lisp_map_both 6
ktap_test "the device below does not take it: counted, IPv6 outer" refused "$H2_EID6"
lctl "$r1" map add 10.2.0.0/24 action natively-forward
lctl "$r1" device set lisp0 native-mark 4341
ip -n "$r1" rule add fwmark 4341 lookup 100
ip -n "$r1" route add default via 172.16.1.254 table 100
ktap_test "the device below does not take it: counted, native" refused "$H2_EID4"
ktap_finished
