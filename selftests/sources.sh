#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=300
#
# From which RLOCs packets come: the kernel notes the outer source of packets
# that it takes in, and of no others; lispd tells them when a mapping changes; a
# scan of forged sources fills the table and no more, and who goes on sending is
# in it after each of his packets. Topology: see lisp_lib.sh; strangers live in
# $core.
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
# On a slow machine time goes on between the packet and the look, too.
younger() {
	v4 $X
	[ "$(idle $X)" -lt "$1" ]
}
time_passes() { wait_for 30 older && wait_for 30 younger "$(idle $X)"; }
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

### lispd tells them when a mapping changes (RFC 9301 6.1)

# Nobody asks: the other site has no lispd. And $r2 sends nothing there: it has
# no mappings.
lctl "$r2" map flush
yaml=$LISP_OUT/$TEST_NAME.yaml sock=$LISP_OUT/$TEST_NAME.sock
# configuration PRIORITY
configuration() {
	cat >"$yaml" <<-EOF
		roles: [etr]
		rlocs: [$R2_RLOC4, "$R2_RLOC6"]
		database-mappings:
		  - eid-prefix: 10.2.0.0/24
		    rlocs: [{address: $R2_RLOC4, priority: $1}]
		map-servers:
		  - address: 172.16.1.254
		    key: nobody listens there
	EOF
}
daemon() {
	configuration 1
	start_within "$r2" "$LISP_OUT/$TEST_NAME-lispd.log" lispd -c "$yaml" \
		-s "$sock"
	wait_for 20 lctl "$r2" -s "$sock" show database || {
		cat "$LISP_OUT/$TEST_NAME-lispd.log"
		return 1
	}
}
ktap_test "lispd of an ETR" daemon
capture "$r1" eth1 smr.pcap udp dst port 4342
# smr FAMILY FILTER: Map-Requests with the S bit, from $r2 to $r1
smr() {
	local from=R2_RLOC$1 to=R1_RLOC$1
	captured smr.pcap src "${!from}" and dst "${!to}" and "$2" | grep .
}
smr4() { smr 4 "udp[8] = 0x11"; }
smr6() { smr 6 "ip6[48] = 0x11"; }
sends() {
	lctl "$r1" map add 10.2.0.0/24 rloc "$1"
	pkt "$h1" udp "$H2_EID4"
	[ "$(idle "$2")" -lt 5000 ]
}
changes() {
	wait_for 20 sends $R2_RLOC4 $R1_RLOC4 &&
		wait_for 20 sends $R2_RLOC6 $R1_RLOC6 || return
	configuration 2
	lctl "$r2" -s "$sock" reload
}
ktap_test "a mapping changes, the other site having sent to it" changes
ktap_test "its router is told, over IPv4" wait_for 20 smr4
ktap_test "and over IPv6" wait_for 20 smr6
never_asked() {
	lctl "$r2" -s "$sock" --json show statistics | tr -d ' \n' |
		grep '"in":{[^}]*"map-request":0'
}
ktap_test "it never asked" never_asked
### Strangers come and come

# All of the table is taken, by sources that match, and no more.
full() {
	local n matching twice
	sources | cut -d ' ' -f 1 >"$LISP_OUT/$TEST_NAME-full"
	n=$(wc -l <"$LISP_OUT/$TEST_NAME-full")
	matching=$(grep -c "$1" "$LISP_OUT/$TEST_NAME-full" || true)
	twice=$(sort "$LISP_OUT/$TEST_NAME-full" | uniq -d)
	echo "$n sources, $matching of them forged, twice: $twice"
	[ "$matching" -ge 700 ] && [ "$n" -le 1024 ] && [ -z "$twice" ]
}
# So slowly that no queue on the way is too short for them; else once more.
scan4() { v4 198.18.4.0 sources 3000 gap 1 && full '^198\.18\.'; }
scan6() { v6 2001:db8:f:1:: sources 3000 gap 1 && full '^2001:db8:f:1:'; }
start_within "$core" /dev/null "$LISP_PKT/pkt" lisp from "$H1_EID4" \
	to "$H2_EID4" count 1000000 gap 50 $R2_RLOC4
steady=$started E=172.16.2.254
ktap_test "one that sends all the time is heard" wait_for 10 heard $E
before=$(counter "$r2" sources-evicted)
ktap_test "3000 forged sources, IPv4: no more than have room" \
	wait_for 60 scan4
ktap_test "that some had to give way is counted" \
	[ "$(counter "$r2" sources-evicted)" -gt "$before" ]
# It loses its slot to strangers at most, and is back with its next packet.
recent() { [ "$(idle $E)" -lt 5000 ]; }
ktap_test "who sends all the time is there" wait_for 10 recent
ktap_test "the same with IPv6" wait_for 60 scan6
ktap_test "who sends all the time is there, of whatever family" wait_for 10 recent
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
