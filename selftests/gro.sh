#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Segmentation and merging: a large send goes through the tunnel as one packet
# and is cut behind it, and what a device with NAPI receives is merged before
# it is decapsulated. Topology: see lisp_lib.sh; the core cuts what it sends to
# the receiving router, whose device has NAPI and GRO switched on.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require iperf3 ethtool nft
require_pkt
ktap_print_header
lisp_sites
in_ns "$r2" ethtool -K eth1 gro on
# Where everything is slow TCP would send two segments at a time.
in_ns "$h1" sysctl -qw net.ipv4.tcp_min_tso_segs=16
for device in to1 to2; do
	in_ns "$core" ethtool -K "$device" gso off tso off \
		tx-udp_tnl-segmentation off tx-udp_tnl-csum-segmentation off
done

count() { in_ns "$1" cat "/sys/class/net/${3:-lisp0}/statistics/$2"; }

bytes=$(numfmt --from=iec "${LISP_TCP_BYTES:-8M}")
# transfer EID: to h2 from the host of that EID. The receiver says when it is over:
# a sender would as soon as the last byte is in a buffer of its own.
transfer() {
	start "$LISP_OUT/$TEST_NAME-server.log" ip netns exec "$h1" iperf3 -s -1
	wait_for_listener "$h1" tcp 5201
	in_ns "$h2" iperf3 -R -c "$1" -n "$bytes"
}

# merged OUTER EID: the mean size of packets into lisp0 of r1 and out of lisp0
# of r2 is several times the MTU, that of those into r2 is not
merged() {
	local tp tb rp rb ep eb
	lisp_map_both "$1"
	tp=$(count "$r1" tx_packets) tb=$(count "$r1" tx_bytes)
	rp=$(count "$r2" rx_packets) rb=$(count "$r2" rx_bytes)
	ep=$(count "$r2" rx_packets eth1) eb=$(count "$r2" rx_bytes eth1)
	transfer "$2" || return 1
	tp=$(($(count "$r1" tx_packets) - tp)) tb=$(($(count "$r1" tx_bytes) - tb))
	rp=$(($(count "$r2" rx_packets) - rp)) rb=$(($(count "$r2" rx_bytes) - rb))
	ep=$(($(count "$r2" rx_packets eth1) - ep))
	eb=$(($(count "$r2" rx_bytes eth1) - eb))
	echo "on the wire $ep packets of $((eb / ep))"
	echo "sent $tp packets of $((tb / tp)) bytes, got $rp of $((rb / rp))"
	[ "$rb" -gt $((bytes / 2)) ] && [ $((eb / ep)) -le 1514 ] &&
		[ $((tb / tp)) -gt 4000 ] &&
		[ $((rb / rp)) -gt 4000 ]
}
# families TEXT COMMAND: with each outer and inner one, which it is told, the inner
# by an EID of it
families() {
	local outer inner eid
	for outer in 4 6; do
		for inner in 4 6; do
			eid=H1_EID$inner
			ktap_test "IPv$inner in IPv$outer: $1" "$2" $outer "${!eid}"
		done
	done
}
families "large packets in, merged ones up" merged

### More than 64 KiB at once (BIG TCP)

tso_max() { ip -n "$r1" -d link show "$1" | grep -Eo 'tso_max_size [0-9]+'; }
like_vxlan() {
	ip -n "$r1" link add vxlan0 type vxlan id 1 dstport 4789 || return
	tso_max vxlan0
	[ "$(tso_max lisp0)" = "$(tso_max vxlan0)" ] ||
		{ echo "lisp0: $(tso_max lisp0)"; return 1; }
}
ktap_test "sends may be as large as the kernel's own UDP tunnels take" like_vxlan

# above NS in|out: packets of more than 64 KiB that came from lisp0 or go there
above() {
	in_ns "$1" nft list table inet large |
		sed -n "s/.*packets \([0-9]*\) .*comment \"$2\".*/\1/p"
}
# as_large NS DEVICE ATTRIBUTE...: what an "ip" that is not new cannot set for
# IPv4; 150000 in the order of bytes that this machine has
as_large() {
	local ns=$1 device=$2 attribute
	for attribute in "${@:3}"; do
		nlmsg "$ns" -s "$device" "@$attribute=f0490200" || return
	done
}
gso_max=41 gso_ipv4_max=63 gro_max=58 gro_ipv4_max=64
larger() {
	in_ns "$h1" sysctl -qw net.ipv4.tcp_min_tso_segs=100
	as_large "$h1" eth0 $gso_max $gso_ipv4_max
	as_large "$r1" lisp0 $gso_max $gso_ipv4_max
	as_large "$r1" eth1 $gso_max $gso_ipv4_max
	as_large "$r2" eth1 $gro_max $gro_ipv4_max
	# As from a real wire: a sum that is still to be made stays with a packet,
	# and such are not merged to more than 64 KiB.
	in_ns "$core" ethtool -K to2 tx off
}
large() {
	local sent received
	lisp_map_both "$1"
	sent=$(above "$r1" out) received=$(above "$r2" in)
	transfer "$2" || return 1
	sent=$(($(above "$r1" out) - sent))
	received=$(($(above "$r2" in) - received))
	echo "packets of more than 64 KiB: $sent sent, $received got"
	[ "$received" -gt 0 ] && [ "$sent" -gt 0 ]
}
if [ "$(tso_max lisp0 | cut -d ' ' -f 2)" -gt 65536 ]; then
	for router in "$r1" "$r2"; do
		in_ns "$router" nft -f - <<-'END'
			table inet large {
				chain c {
					type filter hook forward priority 0
					oifname lisp0 meta length > 65535 counter comment "out"
					iifname lisp0 meta length > 65535 counter comment "in"
				}
			}
		END
	done
	larger
	families "more than 64 KiB in, and up" large
fi

### What is no LISP packet is left as it is, and judged behind that.

hostile() {
	local v
	for v in 4 6; do
		local from=H1_EID$v to=H2_EID$v rloc=R2_RLOC$v
		pkt "$core" lisp from "${!from}" to "${!to}" "$@" "${!rloc}"
	done
}
ktap_test "cut at every length: nothing is merged, all dropped" \
	counted "$r2" "decap=0 drop-inner=104" hostile cut 9-60 len 100
ktap_test "no IP inside: nothing is merged, all dropped" \
	counted "$r2" "decap=0 drop-inner=40" hostile nibble 5 count 20
ktap_test "UDP of one flow: all arrive, one by one" \
	counted "$r2" "decap=40" hostile count 20
ktap_finished
