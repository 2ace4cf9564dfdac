#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=180
#
# Three sites talk to each other: no packet is lost, not the first either, and
# every router knows what it should, from whom it should. Topology: see
# demo/topology.sh.
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
require tcpdump traceroute
ktap_print_header
sites_up

registrations() {
	local line n rloc prefix
	on MS_MR lispctl show site
	for line in "14 10.0.1.1" "22 10.0.1.9" "23 10.0.1.13"; do
		read -r n rloc <<<"$line"
		for prefix in "2001:10:1:$n::/64" "2001:10:1:1$n::/64" \
			"10.1.$n.0/24" "10.1.1$n.0/24"; do
			up_at_ms "$prefix" "$rloc\$" || return 1
		done
	done
}
ktap_test "12 EID prefixes registered, each by its router" registrations

no_ipv6_in_core() {
	local node
	for node in P1 P2 MS_MR; do
		[ -z "$(on $node ip -6 addr)$(on $node ip -6 route)" ] || return 1
	done
}
ktap_test "no IPv6 in the core" no_ipv6_in_core

for node in "${LISP_XTRS[@]}"; do
	ktap_test "$node starts with the default entries only" cached_is "$node"
done

capture "$R2" eth1 control.pcap udp port 4342
control=$started

ktap_test "RB2 to C4, IPv6, nothing cached: none of 20 lost" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 20
ktap_test "RB2 to C4, IPv4, nothing cached: none of 20 lost" \
	ping_all RB2 10.1.122.22 10.1.114.14 20
ktap_test "R2 has C4's prefixes" cached_is R2 2001:10:1:114::/64 10.1.114.0/24
ktap_test "C1 has RB2's prefixes" cached_is C1 2001:10:1:122::/64 10.1.122.0/24
ktap_test "R3 has learned nothing" cached_is R3

# One Map-Request for each EID, one Map-Reply, from C1 and nobody else.
answers() {
	local file=$LISP_OUT/$TEST_NAME-control.pcap requests replies
	stop "$control" INT
	requests=$(tcpdump -nr "$file" src 10.0.1.9 and "udp[8] & 0xf0 = 0x80" \
		2>/dev/null)
	replies=$(tcpdump -nr "$file" dst 10.0.1.9 and "udp[8] & 0xf0 = 0x20" \
		2>/dev/null)
	printf '%s\n' "$requests" "$replies"
	[ "$(grep -c ' 10\.0\.1\.9\.4342 > 10\.0\.0\.13\.4342:' <<<"$requests")" = 2 ] &&
		[ "$(grep -c . <<<"$requests")" = 2 ] &&
		[ "$(grep -c ' 10\.0\.1\.1\.4342 > 10\.0\.1\.9\.4342:' <<<"$replies")" = 2 ] &&
		[ "$(grep -c . <<<"$replies")" = 2 ]
}
ktap_test "two Map-Requests of R2, answered once each, by C1" answers
ktap_test "C1 has sent two Map-Replies" stat_is C1 out map-reply 2
ktap_test "R3 was not asked" stat_is R3 in map-request 0
ktap_test "the map-server has not answered itself" stat_is MS_MR out map-reply 0

ktap_test "RB3 to C4, IPv6: none lost" \
	ping_all RB3 2001:10:1:123::23 2001:10:1:114::14 10
ktap_test "RB3 to C4, IPv4: none lost" \
	ping_all RB3 10.1.123.23 10.1.114.14 10
ktap_test "RB3 to RB2, IPv6: none lost" \
	ping_all RB3 2001:10:1:123::23 2001:10:1:122::22 10
ktap_test "C4 to RB3, IPv4, between the links' addresses: none lost" \
	ping_all C4 10.1.14.14 10.1.23.23 10
ktap_test "R3's IPv6 mapping of C4" mapped R3 2001:10:1:114::/64 10.0.1.1
ktap_test "R3's IPv4 mapping of C4" mapped R3 10.1.114.0/24 10.0.1.1
ktap_test "R3's IPv6 mapping of RB2" mapped R3 2001:10:1:122::/64 10.0.1.9
ktap_test "R2's IPv6 mapping of RB3" mapped R2 2001:10:1:123::/64 10.0.1.13
ktap_test "C1's IPv4 mapping of RB3" mapped C1 10.1.23.0/24 10.0.1.13

# Many EIDs of one prefix at once: one entry, nothing lost.
burst() {
	local i pids=() status=0
	flush R2
	for i in {1..16}; do
		on C4 ip addr add "2001:10:1:14::1:$i/128" dev eth0 nodad
	done
	for i in {1..16}; do
		on RB2 ping -q -c 3 -i 0.2 -W 10 "2001:10:1:14::1:$i" >/dev/null &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || status=1
	done
	[ $status = 0 ] || echo "some were lost"
	[ $status = 0 ] && cached_is R2 2001:10:1:14::/64
}
ktap_test "16 EIDs of one prefix at once: one entry, no first packet lost" burst

hops() {
	local said
	said=$(on RB2 traceroute -n -q 1 -w 5 "$1")
	echo "$said"
	[ "$(awk 'NR > 1 { printf "%s ", $2 }' <<<"$said")" = "$2 " ]
}
ktap_test "traceroute, IPv6: the LISP routers and C4" hops 2001:10:1:14::14 \
	"2001:10:1:22::1 2001:10:1:14::1 2001:10:1:14::14"
ktap_test "traceroute, IPv4: the LISP routers and C4" hops 10.1.14.14 \
	"10.1.22.1 10.1.14.1 10.1.14.14"
ktap_finished
