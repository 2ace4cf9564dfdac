#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# From which RLOCs packets come: the kernel notes the outer source of packets
# that it takes in, and of no others; a scan of forged sources fills the table
# and no more, and who goes on sending is in it after each of his packets.
# Topology: see lisp_lib.sh; strangers live in $core.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
ktap_print_header
lisp_sites
require_pkt

nl() { nlmsg "$r2" "$@"; }
on=ifname=lisp0
# idle ADDRESS [DEVICE]: milliseconds since packets came from there, or an error
idle() {
	local said
	said=$(nl source-get "ifname=${2:-lisp0}" "source[" "addr=$1" "]") || {
		echo "$1: $said"
		return 1
	}
	echo "${said##* }"
}
heard() { idle "$@" >/dev/null; }
not_heard() { expect "no packet came from this address" idle "$@"; }
sources() { nl -d source-get "ifname=${1:-lisp0}"; }
# v4 SOURCE [OPTION VALUE]..., v6 likewise: a packet that $r2 takes in
v4() {
	pkt "$core" lisp from "$H1_EID4" to "$H2_EID4" ofrom "$1" "${@:2}" \
		"$R2_RLOC4"
}
v6() {
	pkt "$core" lisp from "$H1_EID4" to "$H2_EID4" ofrom "$1" "${@:2}" \
		"$R2_RLOC6"
}

### Who is heard

ktap_test "at first nobody" expect "instance-id 0, 0 entries" \
	lctl "$r2" show sources
cross() {
	lisp_map_both "$1"
	expect " 0% packet loss" within "$h1" ping -q -c 3 -i 0.1 -W 5 "$H2_EID6"
}
rlocs=$'172.16.1.1\nfd00:1::1'
both_ways() {
	cross 4 && heard $R1_RLOC4 && not_heard $R1_RLOC6 &&
		[ "$(nlmsg "$r1" -d source-get $on | cut -d ' ' -f 1)" = $R2_RLOC4 ]
}
ktap_test "the other site over IPv4, at both routers" both_ways
over_ipv6() {
	cross 6 && heard $R1_RLOC6 &&
		[ "$(sources | cut -d ' ' -f 1 | sort)" = "$rlocs" ]
}
ktap_test "over IPv6, too: each once" over_ipv6
text() {
	expect "instance-id 0, 2 entries.*$R1_RLOC4 +00:0[0-9]:[0-9]+ ago.*$R1_RLOC6 +00:0[0-9]" \
		lctl "$r2" show sources lisp0
}
ktap_test "shown" text
json() {
	lctl "$r2" --json show sources | tr -d ' \n' |
		grep -E '"sources":\[\{"address":"172.16.1.1","idle-ms":[0-9]+\},\{"address":"fd00:1::1"'
}
ktap_test "in JSON" json
ktap_test "of an unknown device: an error" \
	expect "lisp9" lctl "$r2" show sources lisp9
nobody() {
	expect "2 entries" within "$r2" setpriv --reuid 1000 --regid 1000 \
		--clear-groups --inh-caps=-all lispctl show sources
}
ktap_test "nobody may look" nobody

X=198.18.0.1 X6=2001:db8:f::1
once() {
	not_heard $X && not_heard $X6 || return
	counted "$r2" "decap=1" v4 $X && heard $X || return
	counted "$r2" "decap=1" v6 $X6 && heard $X6
}
ktap_test "one packet is enough" once
older() { [ "$(idle $X)" -ge 3000 ]; }
time_passes() {
	local now
	wait_for 30 older || return
	v4 $X
	v6 $X6
	now=$(idle $X)
	echo "$now ms"
	[ "$now" -lt 3000 ]
}
ktap_test "the time goes on, and begins anew with a packet" time_passes

### Who is not

# dropped COUNTER SOURCE OPTION VALUE...: counted there, and nobody was heard
dropped() {
	counted "$r2" "$1=1 decap=0" v4 "${@:2}" && not_heard "$2"
}
ktap_test "not when the inner destination is no EID of ours" \
	dropped drop-dest-eid 198.18.1.1 to 10.9.0.1
ktap_test "not when the inner packet is none" \
	dropped drop-inner 198.18.1.2 nibble 5
ktap_test "not when ECN is broken" dropped drop-ecn 198.18.1.3 itos 0 tos 3
no_mapping() {
	counted "$r2" "decap=0" v4 198.18.1.4 iid 7 && not_heard 198.18.1.4
}
ktap_test "not when no device has the instance-ID" no_mapping
lctl "$r2" device set lisp0 strict-source on
ktap_test "strict-source: not from where the mapping does not lead" \
	dropped drop-source-rloc 198.18.1.5
strict() {
	lctl "$r2" map add 10.1.0.0/24 rloc 198.18.1.5
	# What is answered goes nowhere.
	counted "$r2" "decap=1 drop-no-route>=0" v4 198.18.1.5 && heard 198.18.1.5
}
ktap_test "strict-source: from where it leads" strict
lctl "$r2" device set lisp0 strict-source off
ip -n "$r2" link set lisp0 down
down() { v4 198.18.1.6 && not_heard 198.18.1.6 && heard 198.18.1.5; }
ktap_test "not while the device is down, which forgets nothing" down
ip -n "$r2" link set lisp0 up
ip -n "$r2" route replace 10.1.0.0/16 dev lisp0 src 10.2.0.1
ip -n "$r2" route replace 2001:db8:1::/48 dev lisp0 src 2001:db8:2::1

### Another device: another instance

lctl "$r2" device add lisp7 instance-id 7
lctl "$r2" -d lisp7 eid add 10.2.0.0/24
ip -n "$r2" link set lisp7 up
by_instance() {
	v4 198.18.2.1 iid 7
	wait_for 10 heard 198.18.2.1 lisp7 && not_heard 198.18.2.1 &&
		[ "$(sources lisp7 | wc -l)" = 1 ]
}
ktap_test "each device has its own" by_instance
anew() {
	ip -n "$r2" link del lisp7
	lctl "$r2" device add lisp7 instance-id 7
	[ "$(sources lisp7 | wc -l)" = 0 ]
}
ktap_test "with the device they go" anew
ip -n "$r2" link del lisp7

### Strangers come and come

# All of the table is taken, by either family, and no more.
full() {
	local n twice
	n=$(sources | tee "$LISP_OUT/$TEST_NAME-full" | wc -l)
	twice=$(cut -d ' ' -f 1 "$LISP_OUT/$TEST_NAME-full" | sort | uniq -d)
	echo "$n sources, twice: $twice"
	[ "$n" -ge 900 ] && [ "$n" -le 1024 ] && [ -z "$twice" ]
}
start_within "$core" /dev/null "$LISP_PKT/pkt" lisp from "$H1_EID4" \
	to "$H2_EID4" count 1000000 gap 50 $R2_RLOC4
steady=$started E=172.16.2.254
ktap_test "one that sends all the time is heard" wait_for 10 heard $E
before=$(counter "$r2" sources-evicted)
ktap_test "10000 forged sources, IPv4" v4 198.18.4.0 sources 10000
ktap_test "no more than have room" full
ktap_test "that some had to give way is counted" \
	[ "$(counter "$r2" sources-evicted)" -gt $((before + 5000)) ]
# It loses its slot to strangers at most, and is back with its next packet.
present() { wait_for 10 heard $E && [ "$(idle $E)" -lt 5000 ]; }
ktap_test "who sends all the time is there" present
ktap_test "10000 forged sources, IPv6" v6 2001:db8:f:1:: sources 10000
ktap_test "still no more than have room" full
ktap_test "who sends all the time is there, of whatever family" present
ktap_test "and a new one is heard at once" eval \
	'v4 198.18.200.1 && wait_for 10 heard 198.18.200.1'
# While they come: seen nearly always, whenever one looks.
start_within "$core" /dev/null "$LISP_PKT/pkt" lisp from "$H1_EID4" \
	to "$H2_EID4" ofrom 198.19.0.0 sources 60000 gap 1 $R2_RLOC4
under_scan() {
	local i seen=0
	for i in {1..20}; do
		! heard $E || seen=$((seen + 1))
		sleep 0.05
	done
	echo "seen $seen times of 20"
	[ $seen -ge 10 ]
}
ktap_test "under a scan of a thousand a second it is seen" under_scan
ktap_test "the network is taken away under the scan" drop_ns "$r2"
stop "$started"
stop "$steady"
ktap_finished
