#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a device does beside the plain ITR and ETR, by its settings: forwards
# natively, is a proxy for others (PITR, PETR, RTR), checks the source strictly,
# takes over the outer DSCP, sends no UDP checksum over IPv6, sends
# locator-status-bits. Topology: see lisp_lib.sh, with one host more behind the
# core that is no LISP site:
#
#	$core -------- $out	192.0.2.0/24, 2001:db8:f::/64
#	    to3     eth0	.1 and .10
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require tcpdump nft nstat
ktap_print_header
lisp_sites
setup_ns out
veth "$core" to3 "$out" eth0
addr "$core" to3 192.0.2.1/24 2001:db8:f::1/64
addr "$out" eth0 192.0.2.10/24 2001:db8:f::10/64
ip -n "$out" route add default via 192.0.2.1
ip -n "$out" -6 route add default via 2001:db8:f::1
# The core routes EIDs natively for what is no LISP traffic.
ip -n "$core" route add 10.1.0.0/24 via 172.16.1.1
ip -n "$core" -6 route add 2001:db8:1::/64 via fd00:1::1

set_device() { lctl "$1" device set lisp0 "${@:2}"; }
cross() { in_ns "$h1" ping -q -c 2 -i 0.05 -W 1 "$@"; }
# drops NS COUNTER COMMAND...: it fails, and each packet is counted
drops() {
	local before after
	before=$(counter "$1" "$2")
	"${@:3}" && return 1
	after=$(counter "$1" "$2")
	echo "$2: $before, then $after"
	[ "$after" -gt "$before" ]
}

### Natively-forward

ip -n "$r1" route add 192.0.2.0/24 dev lisp0
ip -n "$r1" -6 route add 2001:db8:f::/64 dev lisp0
lctl "$r1" map add 192.0.2.0/24 action natively-forward
lctl "$r1" map add 2001:db8:f::/64 action natively-forward
ktap_test "no mark: dropped, counted" drops "$r1" drop-native \
	cross 192.0.2.10
set_device "$r1" native-mark 4341
ktap_test "the mark leads back into the device: dropped, no loop" \
	drops "$r1" drop-native cross 192.0.2.10
for v in -4 -6; do
	ip -n "$r1" $v rule add fwmark 4341 lookup 100
done
ip -n "$r1" route add default via 172.16.1.254 table 100
ip -n "$r1" -6 route add default via fd00:1::fe table 100
ktap_test "IPv4 leaves by the marked route" cross 192.0.2.10
ktap_test "IPv6 leaves by the marked route" cross 2001:db8:f::10
ktap_test "full packets too" cross -M "do" -s 1400 192.0.2.10
ktap_test "counted" [ "$(counter "$r1" native)" -ge 5 ]
# Past IP's input, and GRO has written where IP's output looks for the size of the
# largest fragment received (and for flags; what is where depends on the kernel):
# with DF refused then, or cut. To veth's GRO comes what is sent without TSO.
cut() {
	in_ns "$r1" nstat -asz "Ip*FragCreates" |
		awk '/FragCreates/ { n += $2 } END { print n }'
}
# redirected ADDRESS PROTOCOL FILTER...
redirected() {
	local status=0 before after
	in_ns "$r1" tc filter add dev eth0 ingress protocol "${@:2}" \
		action mirred egress redirect dev lisp0 || return
	before=$(cut)
	cross -M "do" "$1" || status=1
	after=$(cut)
	in_ns "$r1" tc filter del dev eth0 ingress
	[ "$after" -eq "$before" ] || {
		echo "cut: $before, then $after"
		return 1
	}
	return $status
}
if in_ns "$r1" tc qdisc add dev eth0 clsact 2>/dev/null; then
	in_ns "$r1" ethtool -K eth0 gro on
	in_ns "$h1" ethtool -K eth0 tso off
	ktap_test "IPv4 redirected by tc leaves by the marked route, too" \
		counted "$r1" "native=2" redirected 192.0.2.10 ip matchall
	# Not the neighbours' talk.
	if modprobe cls_flower 2>/dev/null; then
		ktap_test "IPv6 redirected by tc leaves by the marked route, too" \
			counted "$r1" "native=2" redirected 2001:db8:f::10 \
			ipv6 flower dst_ip 2001:db8:f::10
	else
		ktap_test_skip "IPv6 redirected by tc" "no flower here"
	fi
	in_ns "$h1" ethtool -K eth0 tso on
	in_ns "$r1" ethtool -K eth0 gro off
	in_ns "$r1" tc qdisc del dev eth0 clsact
else
	ktap_test_skip "redirected by tc" "no tc here"
fi
native_too_big() {
	ip -n "$r1" link set eth1 mtu 1400
	in_ns "$h1" ping -c 1 -W 1 -M "do" -s 1400 192.0.2.10
	ip -n "$r1" link set eth1 mtu 1500
}
ktap_test "too big for the native route: the sender is told" \
	__says "mtu ?= ?1400" native_too_big
in_ns "$h1" ip route flush cache

### Proxy ITR: $r1 for a host that is not of its site

lisp_map_both 4
ip -n "$core" route add 10.2.0.0/24 via 172.16.1.1
ip -n "$r2" route add 192.0.2.0/24 via 172.16.2.254
foreign() { in_ns "$out" ping -q -c 2 -i 0.05 -W 1 10.2.0.10; }
ktap_test "a source that is no local EID: dropped, counted" \
	drops "$r1" drop-source-eid foreign
set_device "$r1" pitr on
ktap_test "pitr: encapsulated" foreign
set_device "$r1" pitr off

### Proxy ETR: $r2 sends on what is for no local EID

lctl "$r1" map add 192.0.2.0/24 rloc "$R2_RLOC4"
ktap_test "a destination that is no local EID: dropped, counted" \
	drops "$r2" drop-dest-eid cross 192.0.2.10
set_device "$r2" rtr on
ktap_test "rtr: sent on natively" cross 192.0.2.10

### RTR: $r2 encapsulates anew, here back to $r1, until no hop is left

ip -n "$r2" route replace 192.0.2.0/24 dev lisp0
lctl "$r2" map add 192.0.2.0/24 rloc "$R1_RLOC4"
set_device "$r1" rtr on
in_ns "$r1" sysctl -qw net.ipv4.conf.all.send_redirects=0
loop() {
	local before after
	before=$(counter "$r1" encap)
	in_ns "$h1" ping -c 1 -W 2 -t 20 192.0.2.10 && return 1
	after=$(counter "$r1" encap)
	echo "encapsulated $((after - before)) times"
	[ $((after - before)) -ge 5 ] && [ $((after - before)) -le 20 ]
}
ktap_test "a re-encapsulation loop ends with the TTL" loop
set_device "$r1" rtr off
set_device "$r2" rtr off

### Strict source check

lctl "$r1" map flush
lctl "$r2" map flush
lisp_map_both 4
set_device "$r2" strict-source on
ktap_test "strict: from a locator of the mapping" cross "$H2_EID6"
lctl "$r2" map add 2001:db8:1::/64 rloc 172.16.1.77
ktap_test "strict: from another address, dropped and counted" \
	drops "$r2" drop-source-rloc cross "$H2_EID6"
lctl "$r2" map del 2001:db8:1::/64
ktap_test "strict: no mapping, dropped and counted" \
	drops "$r2" drop-source-rloc cross "$H2_EID6"
lctl "$r2" map add ::/0 action send-map-request
asks() {
	local before
	before=$(counter "$r2" miss)
	cross "$H2_EID6" && return 1
	[ "$(counter "$r2" miss)" = $((before + 1)) ] &&
		lctl "$r2" show map-cache | grep "$H1_EID6/128.*incomplete"
}
ktap_test "strict: a mapping that can be had is asked for, once" asks
lctl "$r2" map add 2001:db8:1::/64 rloc "$R1_RLOC4"
ktap_test "strict: and then it works" cross "$H2_EID6"
set_device "$r2" strict-source off

### Header settings

# seen NS DEVICE FILTER TEXT COMMAND...: a packet of FILTER shows TEXT
seen() {
	local file=$LISP_OUT/$TEST_NAME-seen.pcap
	capture "$1" "$2" "$file" "$3"
	local tcpdump=$started
	"${@:5}" || return 1
	sleep 0.3
	stop "$tcpdump" INT
	tcpdump -vvxnr "$file" 2>/dev/null | grep -m 1 -B 20 -A 20 -E -- "$4"
}

# r1's outer packets get a DSCP of their own on the way.
dscp() {
	seen "$h2" eth0 "icmp[icmptype] == icmp-echo" "tos $1" \
		in_ns "$h1" ping -q -c 1 -W 1 -Q "$2" "$H2_EID4"
}
ktap_test "the inner DSCP stays" dscp 0x48 0x48
nft_dscp() {
	in_ns "$core" nft add table ip t
	in_ns "$core" nft add chain ip t c \
		'{ type filter hook forward priority 0; }'
	in_ns "$core" nft add rule ip t c udp dport 4341 ip dscp set cs1
}
nft_dscp
ktap_test "DSCP changed by the core, decap-dscp off: inner stays" dscp 0x48 0x48
set_device "$r2" decap-dscp on
ktap_test "decap-dscp on: the core's is taken over" dscp 0x20 0x48
in_ns "$core" nft delete table ip t
set_device "$r2" decap-dscp off

lisp_map_both 6
ktap_test "IPv6 outer: UDP checksum" seen "$core" to1 \
	"ip6 and udp dst port 4341 and ip6[46:2] != 0" "4341" cross "$H2_EID4"
set_device "$r1" udp6-zero-csum on
no_csum() {
	seen "$core" to1 "ip6 and udp dst port 4341 and ip6[46:2] == 0" \
		"4341" cross "$H2_EID4"
}
ktap_test "udp6-zero-csum: none, and taken in by the other side" no_csum
set_device "$r1" udp6-zero-csum off

lisp_map_both 4
bits() { # FILTER-ON-FLAGS VALUE
	seen "$core" to1 "udp dst port 4341 and udp[8] == $1 and udp[12:4] == $2" \
		"4341" cross "$H2_EID4"
}
ktap_test "no status bits: all-zero header" bits 0 0
set_device "$r1" status-bits 5
ktap_test "status bits: L bit and value" bits 0x40 5
set_device "$r1" status-bits 0
ktap_finished
