#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# What strangers may send to port 4341: each packet is either taken in, or
# dropped and counted once, at the device where there is one to blame,
# otherwise at the socket. Topology: see lisp_lib.sh; the strangers live in
# $core and send to $r2, with inner addresses of $h1 and $h2 unless said
# otherwise.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require tcpdump
ktap_print_header
lisp_sites
require_pkt
lisp_map_both 4

# outcome "NAME=GROWTH..." SOCKET-DROPS COMMAND...
outcome() {
	local wanted=$1 drops=$2 before now i
	shift 2
	before=$(drops)
	counted "$r2" "$wanted" "$@" || return
	for i in {1..10}; do
		now=$(drops)
		[ "$now" != $((before + drops)) ] || return 0
		sleep 0.1
	done
	echo "the sockets have dropped $((now - before)), not $drops"
	return 1
}
drops() {
	within "$r2" cat /proc/net/udp /proc/net/udp6 | {
		sum=0
		while read -r _ port _ rest; do
			[[ $port != *:10F5 ]] || sum=$((sum + ${rest##* }))
		done
		echo "$sum"
	}
}

rloc=$R2_RLOC4
v4() { pkt "$core" lisp from "$H1_EID4" to "$H2_EID4" "$@" "$rloc"; }
v6() { pkt "$core" lisp from "$H1_EID6" to "$H2_EID6" "$@" "$rloc"; }
both() {
	v4 "$@"
	v6 "$@"
}
# to COUNT ADDRESS...: to these inner destinations
to() {
	local address
	for address; do
		case $address in
		*:*) v6 to "$address" ;;
		*) v4 to "$address" ;;
		esac
	done
}
from() {
	local address
	for address; do
		case $address in
		*:*) v6 from "$address" ;;
		*) v4 from "$address" ;;
		esac
	done
}

for rloc in "$R2_RLOC4" "$R2_RLOC6"; do
	[[ $rloc = *:* ]] && outer=IPv6 || outer=IPv4
	what="from $outer"
	ktap_test "$what: a good packet of each family is taken in" \
		outcome "decap=2" 0 both

	# Shorter than the LISP header there is no device to count it.
	ktap_test "$what: 0 to 7 bytes" outcome "decap=0" 8 v6 cut 0-7
	ktap_test "$what: 8 bytes, nothing inside" \
		outcome "decap=0 drop-inner=1" 0 v6 cut 8
	ktap_test "$what: inner IPv6 cut at every length up to 60" \
		outcome "decap=0 drop-inner=52" 0 v6 cut 9-60 len 100
	ktap_test "$what: inner IPv4 cut at every length up to 60" \
		outcome "decap=0 drop-inner=52" 0 v4 cut 9-60 len 100
	ktap_test "$what: inner version 0, 5 and 15" \
		outcome "decap=0 drop-inner=6" 0 \
		eval "both nibble 0; both nibble 5; both nibble 15"
	ktap_test "$what: IPv4 that claims to be IPv6, and the reverse" \
		outcome "decap=0 drop-inner=2" 0 \
		eval "v4 nibble 6 len 4; v6 nibble 4"
	ktap_test "$what: inner length longer than the packet" \
		outcome "decap=0 drop-inner=4" 0 \
		eval "v4 claim 37; v4 claim 65535; v6 claim 17; v6 claim 65535"
	ktap_test "$what: inner IPv4 length shorter than its header" \
		outcome "decap=0 drop-inner=2" 0 eval "v4 claim 0; v4 claim 19"
	ktap_test "$what: inner IPv4 header length below 5 words" \
		outcome "decap=0 drop-inner=5" 0 \
		eval "for i in 0 1 2 3 4; do v4 ihl \$i; done"
	ktap_test "$what: inner IPv4 header longer than the packet" \
		outcome "decap=0 drop-inner=1" 0 v4 ihl 15 len 0
	ktap_test "$what: inner multicast, broadcast, loopback destination" \
		outcome "decap=0 drop-inner=6" 0 \
		to 224.0.0.1 239.1.2.3 255.255.255.255 127.0.0.1 ff02::1 ff0e::1
	ktap_test "$what: inner IPv6 link-local and loopback destination" \
		outcome "decap=0 drop-inner=2" 0 to fe80::1 ::1
	ktap_test "$what: inner unspecified and IPv4 link-local destination" \
		outcome "decap=0 drop-dest-eid=3" 0 to 0.0.0.0 169.254.0.1 ::
	ktap_test "$what: inner multicast source" \
		outcome "decap=0 drop-inner=2" 0 from 224.0.0.1 ff02::1
	ktap_test "$what: inner link-local and loopback source" \
		outcome "decap=0 drop-inner=3" 0 from 127.0.0.1 fe80::1 ::1

	ktap_test "$what: reserved flag bits are ignored" \
		outcome "decap=6" 0 \
		eval "both flags 0x01; both flags 0x04; both flags 0x07"
	ktap_test "$what: all flags set" outcome "decap=2" 0 both flags 0xff
	ktap_test "$what: each other flag" outcome "decap=8" 0 \
		eval "for f in 0x80 0x40 0x20 0x10; do both flags \$f; done"
	ktap_test "$what: source port 4341" outcome "decap=2" 0 both sport 4341
	ktap_test "$what: source port 0" outcome "decap=2" 0 both sport 0
	ktap_test "$what: UDP checksum 0" outcome "decap=2" 0 both sum zero
	# Of packets up to 76 bytes only the namespace's counters know.
	ktap_test "$what: wrong UDP checksum" \
		outcome "decap=0" 2 both sum bad len 200
	ktap_test "$what: another instance" outcome "decap=0" 2 both iid 77
done

### Lengths that are less than what is there: the rest is padding

rloc=$R2_RLOC4
at_host() {
	capture "$h2" eth0 padding.pcap udp
	local tcpdump=$started
	v4 claim 36 len 30
	v6 claim 16 len 30
	wait_for 5 two || return
	stop "$tcpdump" INT
}
two() { [ "$(captured padding.pcap | grep -c UDP)" = 2 ]; }
ktap_test "bytes behind the inner packet are cut off" \
	outcome "decap=2" 0 at_host
ktap_test "and do not reach the host" expect "length 36\)" \
	captured padding.pcap -v 'ip'

### LISP in LISP: taken off one by one where all layers are for this router

wrapped() {
	pkt "$core" lisp from "$H1_EID4" to 10.2.0.1 dport 4341 "$@" "$R2_RLOC4"
}
ktap_test "nested 20 times, to the router itself: 21 are taken off" \
	outcome "decap=21" 0 wrapped wrap 20
ktap_test "nested, for a host: not looked into" \
	outcome "decap=1" 0 v6 wrap 3
ktap_test "nested 3 times, the innermost is of no IP version" \
	outcome "decap=3 drop-inner=1" 0 wrapped wrap 3 nibble 5

### Fragments

fragments() { v6 len 1900 count 3; }
ktap_test "outer packets in fragments are put together" \
	outcome "decap=3" 0 fragments

### Many of them

flood() {
	local i
	for i in {1..5}; do
		v6 cut 0-70 count 20
		v4 cut 8-40 count 20 nibble "$i"
	done
}
ktap_test "a flood of bad packets: the good ones still pass" eval \
	'flood & within "$h1" ping -q -c 20 -i 0.05 -W 2 "$H2_EID6" >/dev/null; wait'
ktap_test "and pass after it" \
	expect " 3 received" within "$h1" ping -c 3 -i 0.05 -W 2 "$H2_EID6"
ktap_finished
