#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# What the outer header takes from the inner one, and the inner one from the
# outer: TTL (RFC 9300 5.3), DSCP and ECN (RFC 6040); DF, checksums, the LISP
# header. Topology: see lisp_lib.sh. Packets are captured in $core, between the
# routers, and at $h2; each case sends packets of a length of its own, and
# finds them by it.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require tcpdump ethtool traceroute
ktap_print_header
lisp_sites
require_pkt
lisp_map_both 4
# Checksums are to be seen as they are, not as a device is to fill them in.
for link in "$h1 eth0" "$r1 eth1"; do
	read -r ns device <<<"$link"
	within "$ns" ethtool -K "$device" tx off >/dev/null
done

# at POINT LENGTH REGEX...: the one packet of this length (on a cable with
# Ethernet header) looks like this
at() {
	local text lines
	text=$(captured "$1.pcap" -v "len = $2")
	lines=$(grep -c '^[0-9]' <<<"$text") || true
	[ "$lines" = 1 ] || {
		echo "$lines packets of $2 bytes at $1"
		return 1
	}
	shift 2
	while [ $# -gt 0 ]; do
		case $1 in
		'!'*) [[ ! $text =~ ${1#!} ]] ;;
		*) [[ $text =~ $1 ]] ;;
		esac || {
			printf 'not "%s":\n%s\n' "$1" "$text"
			return 1
		}
		shift
	done
}

### Inner to outer

# Lengths of a packet with N bytes behind the ICMP header: inner IPv4 or IPv6
# at $h2, in outer IPv4 or IPv6 at $core.
length() {
	local n=$((14 + 8 + $2))
	case $1 in
	?4) n=$((n + 20)) ;;
	?6) n=$((n + 40)) ;;
	esac
	case $1 in
	h?) echo $n ;;
	4?) echo $((n + 36)) ;;
	6?) echo $((n + 56)) ;;
	esac
}

ping_all() {
	local eid family
	for family in 4 6; do
		eid=H2_EID$family
		within "$h1" ping -q -c 1 -W 2 "${@}" "${!eid}" >/dev/null || true
	done
}

capture "$core" to1 core.pcap 'udp dst port 4341 and (src 172.16.1.1 or src fd00:1::1)'
core_capture=$started
capture "$h2" eth0 host.pcap 'dst 10.2.0.10 or dst 2001:db8:2::10'
host_capture=$started
ping_all -s 100 -t 10
ping_all -s 200 -Q 0xb8 -t 255
ping_all -s 202 -Q 0xb9
ping_all -s 204 -Q 0x2a
ping_all -s 206 -Q 0x03
lctl "$r1" device set lisp0 ttl-mode hide
ping_all -s 102 -t 10
lctl "$r1" device set lisp0 ttl-mode propagate
lisp_map_both 6
ping_all -s 110 -t 10
ping_all -s 210 -Q 0xb8
ping_all -s 216 -Q 0x03

### Outer to inner: hand-made packets, the length again tells them apart

# inject LENGTH TTL TOS INNER-TTL INNER-TOS [RLOC]: of both inner families
inject() {
	local len=$1 ttl=$2 tos=$3 ittl=$4 itos=$5 rloc=${6:-$R2_RLOC4}
	pkt "$core" lisp from "$H1_EID4" to "$H2_EID4" len "$len" ttl "$ttl" \
		tos "$tos" ittl "$ittl" itos "$itos" "$rloc"
	pkt "$core" lisp from "$H1_EID6" to "$H2_EID6" len "$len" ttl "$ttl" \
		tos "$tos" ittl "$ittl" itos "$itos" "$rloc"
}
inject 300 5 0 64 0
inject 302 100 0 10 0
inject 304 5 0 64 0 "$R2_RLOC6"
inject 400 64 3 64 0xba
inject 402 64 3 64 0xb9
inject 404 64 3 64 3
inject 406 64 1 64 2
inject 408 64 2 64 0
inject 410 64 0xb8 64 0
inject 412 64 3 64 2 "$R2_RLOC6"
ktap_test "CE outside, not ECN-capable inside: dropped, counted" \
	counted "$r2" "decap=0 drop-ecn=2" inject 420 64 3 64 0xb8
ktap_test "the same from IPv6" \
	counted "$r2" "decap=0 drop-ecn=2" inject 422 64 3 64 0 "$R2_RLOC6"
inject 499 64 0 64 0
wait_for 5 at host "$(length h6 499)"
stop "$core_capture" INT
stop "$host_capture" INT

for inner in 4 6; do
	l() { length "4$inner" "$1"; }
	h() { length "h$inner" "$1"; }
	[ $inner = 4 ] && tos=tos || tos=class
	[ $inner = 4 ] && ttl=ttl || ttl=hlim
	# tcpdump does not print a class of 0
	[ $inner = 4 ] && tos0="tos 0x0," || tos0='!class'
	what="IPv$inner in IPv4"
	ktap_test "$what: TTL is copied out" at core "$(l 100)" "[( ]ttl 9,"
	ktap_test "$what: what the core took off is taken off inside" \
		at host "$(h 100)" "$ttl 7,"
	ktap_test "$what: hidden, the outer TTL is 255" \
		at core "$(l 102)" "[( ]ttl 255,"
	ktap_test "$what: hidden, the core takes nothing off" \
		at host "$(h 102)" "$ttl 8,"
	ktap_test "$what: DSCP is copied out, not-ECT stays" \
		at core "$(l 200)" "tos 0xb8,"
	ktap_test "$what: ECT(1) is copied out" at core "$(l 202)" "tos 0xb9,"
	ktap_test "$what: ECT(0) is copied out" at core "$(l 204)" "tos 0x2a,"
	ktap_test "$what: CE is copied out as CE" at core "$(l 206)" "tos 0x3,"
	ktap_test "$what: DSCP and CE arrive" at host "$(h 206)" "$tos 0x0?3,"
	ktap_test "$what: DF is set, the UDP checksum is 0" \
		at core "$(l 100) and udp[6:2] = 0" "flags \[DF\]"

	what="IPv$inner in IPv6"
	l() { length "6$inner" "$1"; }
	ktap_test "$what: hop limit is copied out" at core "$(l 110)" "hlim 9,"
	ktap_test "$what: what the core took off is taken off inside" \
		at host "$(h 110)" "$ttl 7,"
	ktap_test "$what: DSCP is copied out" at core "$(l 210)" "class 0xb8,"
	ktap_test "$what: CE is copied out" at core "$(l 216)" "class 0x0?3,"
	ktap_test "$what: the UDP checksum is right" \
		at core "$(l 110)" "udp sum ok"

	what="to IPv$inner"
	ktap_test "$what: a smaller outer TTL wins, the checksum is right" \
		at host "$(h 300)" "$ttl 4," '!bad'
	ktap_test "$what: a smaller inner TTL stays" \
		at host "$(h 302)" "$ttl 9," '!bad'
	ktap_test "$what: a smaller outer hop limit wins" \
		at host "$(h 304)" "$ttl 4," '!bad'
	ktap_test "$what: CE comes in on ECT(0), DSCP stays" \
		at host "$(h 400)" "$tos 0xbb," '!bad'
	ktap_test "$what: CE comes in on ECT(1)" \
		at host "$(h 402)" "$tos 0xbb," '!bad'
	ktap_test "$what: CE stays on CE" at host "$(h 404)" "$tos 0x0?3,"
	ktap_test "$what: ECT(1) comes in on ECT(0)" \
		at host "$(h 406)" "$tos 0x0?1,"
	ktap_test "$what: ECT(0) leaves not-ECT as it is" \
		at host "$(h 408)" "$tos0" "$ttl 63,"
	ktap_test "$what: outer DSCP does not come in" \
		at host "$(h 410)" "$tos0" "$ttl 63,"
	ktap_test "$what: CE comes in from IPv6" \
		at host "$(h 412)" "$tos 0x0?3,"
done

# 8 bytes behind the UDP header; 14 + 20 + 8 are before it.
lisp_header() {
	local hex
	hex=$(captured core.pcap -xx "len = $(length 46 100)" |
		sed -n 's/^[[:space:]]*0x00[23]0: *//p' | tr -d ' \n')
	[ "${hex:20:16}" = 0000000000000000 ] || {
		echo "$hex"
		return 1
	}
}
ktap_test "without instance-ID the LISP header is all zeros" lisp_header

### What a traceroute sees

lisp_map_both 4
lctl "$r1" device set lisp0 ttl-mode hide
lctl "$r2" device set lisp0 ttl-mode hide
hops() {
	local said
	said=$(within "$h1" traceroute -n -q 1 -w 3 -m 6 "$1" | tail -n +2 |
		while read -r _ hop _; do echo -n "$hop "; done)
	[ "$said" = "$2 " ] || {
		echo "hops: $said"
		return 1
	}
}
ktap_test "traceroute, hidden, IPv4: the LISP routers and the host" \
	hops "$H2_EID4" "10.1.0.1 10.2.0.1 10.2.0.10"
ktap_test "traceroute, hidden, IPv6: the LISP routers and the host" \
	hops "$H2_EID6" "2001:db8:1::1 2001:db8:2::1 2001:db8:2::10"
ktap_finished
