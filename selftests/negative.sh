#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=300
#
# EIDs that nobody has, or nobody has now; a map-server that is not there, and
# one that answers for the site. Topology: see demo/topology.sh.
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
require ip ping lispd lispctl
require_module
ktap_print_header

# SiteThree is configured, but not there yet.
setup_ns "${LISP_NODES[@]}"
three_sites
ms_start=$SECONDS
start_lispd MS_MR
start_lispd C1 R2
wait_for 30 registered 8 || ktap_bail "C1 and R2 have not registered"

# unreachable SOURCE EID COUNT TEXT: R2 tells the sender so, for each packet
unreachable() {
	local said
	said=$(on RB2 ping -c "$3" -i 0.2 -W 3 -I "$1" "$2" 2>&1) || true
	echo "$said"
	[ "$(grep -c "$4" <<<"$said")" = "$3" ]
}
# negative PREFIX ACTION MINUTES: R2's entry for it
negative() {
	local said
	said=$(on R2 lispctl show map-cache)
	echo "$said"
	grep -Eq "^$1, uptime: 00:00:[0-9]+, expires: 00:$3, via map-reply, negative, action: $2\$" \
		<<<"$said"
}

# Nobody has 2001:10:1:55::/64. The sites' are 14, 22, 23, 114, 122, 123: what
# begins as 40 does, is nobody's (40 to 7f), and there is nothing shorter.
ktap_test "an EID of nobody, IPv6: the sender is told, from R2's EID" unreachable \
	2001:10:1:122::22 2001:10:1:55::55 3 \
	"From 2001:10:1:22::1 .*Destination unreachable: Address unreachable"
ktap_test "the least specific prefix that hides no site, for 15 minutes" \
	negative 2001:10:1:40::/58 natively-forward "(15:00|14:..)"
ktap_test "an EID of nobody, IPv4: the sender is told, from R2's EID" unreachable \
	10.1.122.22 10.1.55.55 3 "From 10.1.22.1 .*Destination Host Unreachable"
ktap_test "the same with IPv4: nobody has 10.1.32.0 to 10.1.63.255" \
	negative 10.1.32.0/19 natively-forward "(15:00|14:..)"
ktap_test "one Map-Request for each of the two" stat_is R2 out map-request 2
ktap_test "more EIDs inside: told at once" unreachable \
	2001:10:1:122::22 2001:10:1:7f::1 3 "Address unreachable"
ktap_test "more EIDs inside: no Map-Request" stat_is R2 out map-request 2
ktap_test "the sites are not hidden: none lost, IPv6" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3
ktap_test "the sites are not hidden: none lost, IPv4" \
	ping_all RB2 10.1.122.22 10.1.14.14 3

# What the action says.
actions() {
	on R2 lispctl map add "2001:10:1:77::/64" action "$1" || return 1
	unreachable 2001:10:1:122::22 2001:10:1:77::1 2 "$2"
}
ktap_test "action drop: address unreachable" actions drop "Address unreachable"
ktap_test "action drop-policy: administratively prohibited" \
	actions drop-policy "Administratively prohibited"

# SiteThree may come, for all that a map-server knows that has just started.
# When it may not any more, it says so: R2 has asked again and again.
begin=$SECONDS
start "$LISP_OUT/$TEST_NAME-site.log" in_ns "$RB2" \
	ping -i 0.5 -W 1 -I 2001:10:1:122::22 2001:10:1:23::23
ping=$started
silent() {
	[ "$(stat_of MS_MR map-server silent-after-start)" -gt 0 ] &&
		[ "$(stat_of MS_MR map-server negative-not-registered)" = 0 ]
}
if [ $((begin - ms_start)) -lt 30 ]; then
	ktap_test "a site that may yet register: no answer" wait_for 30 silent
else
	ktap_test_skip "a site that may yet register: no answer" "a slow machine"
fi
ktap_test "a site that has not: its own prefix only, for a minute" \
	wait_for 120 negative 2001:10:1:23::/64 natively-forward "(01:00|00:[0-5].)"
stop "$ping"
ktap_test "a site that is not there: the sender is told" unreachable \
	2001:10:1:122::22 2001:10:1:23::23 3 "Address unreachable"

# Now it comes, and asks the map-server to answer for it.
sed -i 's/key: LISP/&, proxy-reply: true/' "$RUN_DIR/R3.yaml"
start_lispd R3
ktap_test "proxy-reply: registered so" wait_for_text 10 \
	"ETR 10.0.1.13, last registered [0-9:]+, proxy-reply" \
	on MS_MR lispctl show site 2001:10:1:123::/64
ktap_test "proxy-reply: none lost" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:123::23 3
ktap_test "proxy-reply: the mapping is SiteThree's" \
	mapped R2 2001:10:1:123::/64 10.0.1.13
ktap_test "proxy-reply: answered by the map-server" \
	stat_is MS_MR map-server proxy-replied 1
ktap_test "proxy-reply: R3 was not asked" stat_is R3 out map-reply 0

# Nobody answers at all.
stop_lispd MS_MR KILL
asked=$(stat_of R2 out map-request)
start "$LISP_OUT/$TEST_NAME-ping.log" in_ns "$RB2" \
	ping -c 40 -i 0.1 -W 1 -I 2001:10:1:122::22 2001:10:1:22aa::1
ping=$started
sleep 4
# After 0, 1 and 3 seconds, each up to an eighth later.
few() {
	local now
	now=$(stat_of R2 out map-request)
	echo "Map-Requests: $((now - asked))"
	[ $((now - asked)) -ge 2 ] && [ $((now - asked)) -le 4 ]
}
ktap_test "no answer: 40 packets, but few Map-Requests, further and further apart" few
ktap_test "no answer: one miss for all of them" wait_for_text 1 \
	'^2001:10:1:22aa::1/128, .*, incomplete, packets waiting: ' \
	on R2 lispctl show map-cache
stop "$ping"
ktap_test "no answer: what is known goes on" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3
ktap_finished
