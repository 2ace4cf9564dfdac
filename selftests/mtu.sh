#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# Packets too large for the path: their sender is told the size that fits, and
# it does fit; what may be cut arrives; a smaller link in the core is learned
# of and told of. Topology: see lisp_lib.sh. lisp0's own MTU is set large, so
# that it is LISP that judges.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require iperf3 nstat
ktap_print_header
lisp_sites
require_pkt

# ping4 SIZE..., ping6: packets of that size altogether
send4() { within "$h1" ping -i 0.2 -W 2 -s $(($1 - 28)) "${@:2}" "$H2_EID4"; }
send6() { within "$h1" ping -i 0.2 -W 2 -s $(($1 - 48)) "${@:2}" "$H2_EID6"; }
forget() {
	ip -n "$h1" route flush cache
	ip -n "$h1" -6 route flush cache
	ip -n "$r1" route flush cache
	ip -n "$r1" -6 route flush cache
}
core_mtu() {
	ip -n "$core" link set to2 mtu "$1"
	ip -n "$r2" link set eth1 mtu "$1"
	forget
}

lisp_map_both 4
ktap_test "by default it is the device's MTU that is told" \
	expect "Packet too big: mtu=1444" send6 1500 -c 1
ktap_test "and packets of it pass" expect " 1 received" send6 1444 -c 1 -M "do"

stateless() { expect "mtu $1," lctl "$r1" show device lisp0; }
ktap_test "which is shown" stateless 1444
ip -n "$r1" link set lisp0 mtu 9000
ktap_test "and what it was changed to" stateless 9000
ip -n "$r2" link set lisp0 mtu 9000
for outer in 4 6; do
	lisp_map_both $outer
	forget
	fits=$((1500 - (outer == 4 ? 36 : 56)))
	what="in IPv$outer"
	ktap_test "$what: IPv6 too big: told, dropped, counted" \
		counted "$r1" "drop-too-big=1" \
		expect "Packet too big: mtu=$fits" send6 1500 -c 1 -M "do"
	ktap_test "$what: IPv4 with DF too big: told, dropped, counted" \
		counted "$r1" "drop-too-big=1" \
		expect "Frag needed and DF set \(mtu = $fits\)" \
		send4 1500 -c 1 -M "do"
	ktap_test "$what: IPv6 of that size passes" \
		counted "$r1" "" expect " 1 received" send6 $fits -c 1 -M "do"
	ktap_test "$what: IPv4 of that size passes" \
		counted "$r1" "" expect " 1 received" send4 $fits -c 1 -M "do"
	forget
	ktap_test "$what: one byte more does not" \
		counted "$r1" "drop-too-big=1" \
		expect "Packet too big: mtu=$fits" send6 $((fits + 1)) -c 1 -M "do"
	forget
	ktap_test "$what: IPv4 without DF passes" \
		counted "$r1" "encap=2" expect " 2 received" \
		send4 1500 -c 2 -M dont
done

### A smaller link behind the first one

for outer in 4 6; do
	lisp_map_both $outer
	core_mtu 1400
	fits=$((1400 - (outer == 4 ? 36 : 56)))
	what="smaller link, IPv$outer"
	ktap_test "$what: learned, then told to the sender of IPv6" \
		expect "Packet too big: mtu=$fits" send6 1420 -c 4 -M "do"
	ktap_test "$what: told to the sender of IPv4 at once" \
		expect "Frag needed and DF set \(mtu = $fits\)" \
		send4 1420 -c 1 -M "do"
	ktap_test "$what: IPv6 of that size passes" \
		expect " 1 received" send6 $fits -c 1 -M "do"
	ktap_test "$what: IPv4 of that size passes" \
		expect " 1 received" send4 $fits -c 1 -M "do"
	forget
	ktap_test "$what: IPv4 without DF passes" \
		expect " [12] received" send4 1420 -c 2 -M dont
	core_mtu 1500
done

# IPv6 senders need not go below 1280; the outer packet is cut then.
lisp_map_both 4
core_mtu 1290
ktap_test "too small for IPv6's 1280: told 1280" \
	expect "Packet too big: mtu=1280" send6 1300 -c 4 -M "do"
ktap_test "and 1280 bytes pass" expect " 1 received" send6 1280 -c 1

### Cut to pieces

# IPv4 has no path that narrow, but LISP's headers come on top.
core_mtu 1500
narrow() { ip -n "$r1" route replace 172.16.0.0/16 via 172.16.1.254 mtu "$1"; }
narrow 100
lctl "$r1" device set lisp0 fragment-inner on
ktap_test "the inner packet is cut, to 40 bytes a piece" \
	counted "$r1" "encap=6" expect " 1 received" send4 228 -c 1 -M dont
ktap_test "no room for eight bytes behind the options: dropped, counted" \
	counted "$r1" "drop-too-big=1 encap=0" expect " 0 received" \
	send4 228 -c 1 -M dont -T tsonly
lctl "$r1" device set lisp0 fragment-inner off
narrow 1500

### TCP finds its way

core_mtu 1400
tcp() {
	start_within "$h2" "$LISP_OUT/$TEST_NAME-server.log" iperf3 -s -1
	wait_for_listener "$h2" tcp 5201
	expect receiver within "$h1" timeout $((20 * ${LISP_TIME_FACTOR:-1})) \
		iperf3 -c "$1" -n "${LISP_TCP_BYTES:-1M}"
}
ktap_test "TCP over IPv6, smaller link" tcp "$H2_EID6"
ktap_test "TCP over IPv4, smaller link" tcp "$H2_EID4"
# What is sent at once comes to lisp0 as one packet, of segments too large for
# the path. Who sends without DF is not told of that: they are to be cut.
in_ns "$h1" sysctl -qw net.ipv4.ip_no_pmtu_disc=1
forget
fails() { in_ns "$r1" nstat -asz IpFragFails | awk '/FragFails/ { print $2 }'; }
all_cut() {
	local before
	before=$(fails)
	tcp "$H2_EID4" || return
	[ "$(fails)" = "$before" ] ||
		{ echo "$(($(fails) - before)) were not cut"; return 1; }
}
ktap_test "TCP over IPv4 without DF, smaller link: nothing is dropped" all_cut
in_ns "$h1" sysctl -qw net.ipv4.ip_no_pmtu_disc=0
ktap_finished
