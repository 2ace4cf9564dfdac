#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# Two map-servers and map-resolvers: all register with both; one dies, and what
# is not cached is still found without a packet lost. Topology: see
# demo/topology.sh, and $MS2 with 10.0.0.14, behind 10.0.1.36/30 at P2. Then
# two routers of one site register together (merge).
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
require ip ping lispd lispctl
ktap_print_header
require_module
setup_ns "${LISP_NODES[@]}" MS2
three_sites

no_ipv6 MS2 all
core_link MS2 eth1 10.0.1.37 P2 10.0.1.38
addr "$MS2" lo 10.0.0.14/32
ip -n "$MS2" route add 10.0.0.0/16 via 10.0.1.38
ip -n "$P2" route add 10.0.0.14 via 10.0.1.37
ip -n "$P1" route add 10.0.0.14 via 10.0.1.42
ip -n "$P1" route add 10.0.1.36/30 via 10.0.1.42
sed 's/10\.0\.0\.13/10.0.0.14/' "$RUN_DIR/MS_MR.yaml" >"$RUN_DIR/MS2.yaml"
for node in "${LISP_XTRS[@]}"; do
	sed -i 's/^map-resolvers.*/map-resolvers: [10.0.0.13, 10.0.0.14]/
		$a\  - {address: 10.0.0.14, key: LISP}' "$RUN_DIR/$node.yaml"
done

# registered_at NODE NUMBER: so many EID-prefixes are up there
registered_at() {
	[ "$(on "$1" lispctl show site | grep -c ' yes ')" = "$2" ]
}
start_lispd MS_MR MS2
start_lispd "${LISP_XTRS[@]}"
ktap_test "12 EID prefixes registered with the first" \
	wait_for 30 registered_at MS_MR 12
ktap_test "and with the second" wait_for 30 registered_at MS2 12
both_acked() {
	[ "$(on R2 lispctl show database | grep -c ': yes, ')" = 8 ]
}
ktap_test "R2 knows of both" wait_for 10 both_acked

# cold FROM SOURCE TO: the first packet to TO needs an answer of the mapping
# system; none is lost
cold() {
	local node
	for node in "${LISP_XTRS[@]}"; do
		flush "$node"
	done
	ping_all "$1" "$2" "$3" 10
}
ktap_test "nothing cached: none lost" cold RB2 10.1.122.22 10.1.114.14

# Each is killed once: R2 asks the nearer one first.
for dead in MS_MR MS2; do
	[ $dead = MS2 ] && other=MS_MR || other=MS2
	start "$LISP_OUT/$TEST_NAME-$dead-ping.log" in_ns "$RB3" ping -q -i 0.1 \
		-W 10 -I 10.1.123.23 10.1.122.22
	ping=$started
	stop_lispd $dead KILL
	ktap_test "$dead dies: IPv4, nothing cached: none lost" \
		cold RB2 10.1.122.22 10.1.114.14
	ktap_test "$dead dies: IPv6, nothing cached: none lost" \
		cold RB2 2001:10:1:122::22 2001:10:1:114::14
	ktap_test "$dead dies: other way, nothing cached: none lost" \
		cold C4 10.1.114.14 10.1.123.23
	stop "$ping" INT
	none_lost() {
		cat "$LISP_OUT/$TEST_NAME-$dead-ping.log"
		grep -q ", 0% packet loss" "$LISP_OUT/$TEST_NAME-$dead-ping.log"
	}
	ktap_test "$dead dies: none lost of those that went on meanwhile" none_lost
	ktap_test "$other still has all" registered_at $other 12
	start_lispd $dead
	ktap_test "$dead is back: all registered with it within a minute" \
		wait_for 65 registered_at $dead 12
done

# R3 is a second router of SiteTwo: what it and R2 register is put together.
merge() {
	sed -i '/address: 10\.0\.0\.1[34],/s/}/, merge: true}/' \
		"$RUN_DIR/R2.yaml" "$RUN_DIR/R3.yaml"
	sed -i '/^database-mappings/a\
  - eid-prefix: 2001:10:1:122::/64\
    rlocs: [{address: 10.0.1.13, priority: 2, weight: 50}]' "$RUN_DIR/R3.yaml"
	sed -i "1a xtr-id: 000000000000000000000000000000a2" "$RUN_DIR/R2.yaml"
	sed -i "1a xtr-id: 000000000000000000000000000000a3" "$RUN_DIR/R3.yaml"
	on R2 lispctl reload && on R3 lispctl reload
}
merged() {
	local said
	said=$(on "$1" lispctl show site 2001:10:1:122::/64)
	echo "$said"
	grep -q "merged of 2 ETRs" <<<"$said" &&
		grep -q "10\.0\.1\.9 .*1/50" <<<"$said" &&
		grep -q "10\.0\.1\.13 .*2/50" <<<"$said"
}
ktap_test "R2 and R3 register one prefix together" merge
ktap_test "the first map-server has the locators of both" \
	wait_for 10 merged MS_MR
ktap_test "the second as well" wait_for 10 merged MS2
has_locators() {
	local said count
	said=$(on C1 lispctl show map-cache 2001:10:1:122::/64)
	echo "$said"
	count=$(grep -Ec "^  10\.0\.1\.(9 .* 1/50|13 .* 2/50)" <<<"$said")
	[ "$count" = "$1" ]
}
resolved_to() {
	flush C1
	ping_all C4 2001:10:1:114::14 2001:10:1:122::22 3 && has_locators "$1"
}
ktap_test "C1 is told of both" resolved_to 2
ktap_test "whichever ETR is asked" resolved_to 2
no_merge() {
	sed -i '/2001:10:1:122::/,+1d' "$RUN_DIR/R3.yaml"
	on R3 lispctl reload
}
ktap_test "R3 withdraws its part" no_merge
ktap_test "R2 was told, and tells C1" wait_for 10 has_locators 1
ktap_test "still registered by R2" \
	wait_for_text 5 " yes +2001:10:1:122::/64 " on MS_MR lispctl show site
ktap_finished
