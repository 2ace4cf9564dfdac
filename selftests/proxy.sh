#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# Proxies (RFC 6832) between LISP sites and an Internet that knows no LISP.
# Topology: see demo/topology.sh, and beside it
#
#	MainSite						    Internet
#	$C4 --- $C1 ------- $P1 ------- $P2 --- $PE (PETR) ------.
#	                     |           |                        $NET
#	                     |          $RT (RTR)                /
#	                    $PI (PITR) --------------------------
#
#	$PE 10.0.1.53, $PI 10.0.1.57, $RT 10.0.1.61
#	$NET 198.51.100.10, 2001:db8:f::10; it routes EIDs to $PI, as everything
#
# The core is IPv4 only, and routes no EID; site and Internet speak both.
# shellcheck disable=SC2153,SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
require iperf3
ktap_print_header
sites_up
setup_ns PE PI RT NET
router "$PE" "$PI" "$RT"

NET4=198.51.100.10 NET6=2001:db8:f::10

core_link PE eth1 10.0.1.53 P2 10.0.1.54
core_link PI eth1 10.0.1.57 P1 10.0.1.58
core_link RT eth1 10.0.1.61 P2 10.0.1.62
ip -n "$PE" route add 10.0.0.0/16 via 10.0.1.54
ip -n "$PI" route add 10.0.0.0/16 via 10.0.1.58
ip -n "$RT" route add 10.0.0.0/16 via 10.0.1.62
ip -n "$P1" route add 10.0.1.52/30 via 10.0.1.42
ip -n "$P1" route add 10.0.1.60/30 via 10.0.1.42
ip -n "$P2" route add 10.0.1.56/30 via 10.0.1.41

# internet_link PROXY N: its way to the Internet
internet_link() {
	veth "${!1}" eth0 "$NET" "eth$2"
	addr "${!1}" eth0 "192.0.2.$((16 * $2 + 1))/28" "2001:db8:e:$2::1/64"
	addr "$NET" "eth$2" "192.0.2.$((16 * $2 + 2))/28" "2001:db8:e:$2::2/64"
	ip -n "${!1}" route add 198.51.100.0/24 via "192.0.2.$((16 * $2 + 2))"
	ip -n "${!1}" -6 route add 2001:db8:f::/48 via "2001:db8:e:$2::2"
}
internet_link PE 0
internet_link PI 1
addr "$NET" lo "$NET4/32" "$NET6/128"
ip -n "$NET" route add default via 192.0.2.17
ip -n "$NET" -6 route add default via 2001:db8:e:1::1

# $PE's device is made by lispd; the others' are there, as they need routes.
for node in PI RT; do
	on $node lispctl device add lisp0
	ip -n "${!node}" link set lisp0 up
done
ip -n "$PI" route add 10.1.0.0/16 dev lisp0
ip -n "$PI" -6 route add 2001:10:1::/48 dev lisp0
ip -n "$RT" route add 198.51.100.0/24 dev lisp0
ip -n "$RT" -6 route add 2001:db8:f::/48 dev lisp0
on RT sysctl -qw net.ipv4.conf.all.send_redirects=0 \
	net.ipv4.conf.lisp0.send_redirects=0
ip -n "$C1" route add default dev lisp0 src 10.1.14.1
ip -n "$C1" -6 route add default dev lisp0 src 2001:10:1:14::1

echo "roles: [petr]" >"$RUN_DIR/PE.yaml"
echo "roles: [pitr]
map-resolvers: [10.0.0.13]" >"$RUN_DIR/PI.yaml"
echo "roles: [rtr]
map-resolvers: [10.0.0.13]
use-petr: [10.0.1.53]" >"$RUN_DIR/RT.yaml"
start_lispd PE PI RT

# counter NODE NAME: of lisp0 there
counter() { on "$1" lispctl show statistics | awk "\$1 == \"$2\" { print \$2; exit }"; }

# setting NODE NAME VALUE: of lisp0 there
setting() {
	local said
	said=$(on "$1" lispctl show device lisp0)
	grep -q " $2 $3," <<<"$said" || {
		echo "$said"
		return 1
	}
}

# grows NODE COUNTER COMMAND...; stays: neither more nor less
grows() {
	local before after
	before=$(counter "$1" "$2")
	"${@:3}" || return 1
	after=$(counter "$1" "$2")
	echo "$1 $2: $before, then $after"
	[ "$after" -gt "$before" ]
}
stays() {
	local before after
	before=$(counter "$1" "$2")
	"${@:3}" || return 1
	after=$(counter "$1" "$2")
	echo "$1 $2: $before, then $after"
	[ "$after" = "$before" ]
}

# use NODE TEXT...: its configuration with these lines, read again
use() {
	local node=$1
	shift
	sed -i '/^use-petr:/d; /^eid-space:/d; /^roles:/d' "$RUN_DIR/$node.yaml"
	printf '%s\n' "$@" >>"$RUN_DIR/$node.yaml"
	on "$node" lispctl reload
}

lost() { ! ping_all "$@"; }

# tcp FROM TO ADDRESS SOURCE: all of it arrives
tcp() {
	local server status=0
	start "$LISP_OUT/$TEST_NAME-server.log" ip netns exec "${!2}" \
		iperf3 -s -1
	server=$started
	wait_for_listener "${!2}" tcp 5201 || return 1
	on "$1" timeout $((60 * ${LISP_TIME_FACTOR:-1})) \
		iperf3 -c "$3" -B "$4" -n "${LISP_TCP_BYTES:-1M}" || status=$?
	stop "$server"
	return $status
}

ktap_test "role petr: its device takes in what is for no local EID" \
	setting PE rtr on
ktap_test "role pitr: its device encapsulates for other sources" \
	setting PI pitr on
ktap_test "role pitr alone takes in nothing more" setting PI rtr off
ktap_test "role rtr: its device takes in what is for no local EID" \
	setting RT rtr on

ktap_test "without PETR and native way: the Internet is not reached" \
	grows C1 drop-native lost C4 10.1.14.14 $NET4 1 -W 1

use C1 "roles: [itr, etr]" "use-petr: [10.0.1.53]"
ktap_test "use-petr, IPv4, nothing cached: no ping lost" \
	ping_all C4 10.1.14.14 $NET4 5
ktap_test "use-petr, IPv6 over the IPv4 core: no ping lost" \
	ping_all C4 2001:10:1:14::14 $NET6 5
petr_mapped() {
	local said
	said=$(on C1 lispctl show map-cache $NET4)
	echo "$said"
	grep -Eq "^  10\.0\.1\.53 +[0-9:]+ +up +1/100$" <<<"$said"
}
ktap_test "the map-cache says so" petr_mapped

flush C1
flush PI
ktap_test "TCP to the Internet, IPv4: by PETR, back by PITR" \
	tcp C4 NET $NET4 10.1.14.14
ktap_test "TCP to the Internet, IPv6" tcp C4 NET $NET6 2001:10:1:14::14
flush C1
flush PI
ktap_test "TCP from the Internet, IPv4" tcp NET C4 10.1.14.14 $NET4
ktap_test "TCP from the Internet, IPv6" tcp NET C4 2001:10:1:14::14 $NET6
ktap_test "all of it that way: the PETR has encapsulated nothing" \
	[ "$(counter PE encap)" = 0 ]
ktap_test "and the PITR taken in nothing" [ "$(counter PI decap)" = 0 ]
ktap_test "between sites no proxy is used" \
	stays PE decap ping_all RB2 10.1.22.22 10.1.14.14 3

use C1 "roles: [itr, etr]" \
	"use-petr: [10.0.1.53, {address: 10.0.1.61, priority: 2}]"
ktap_test "of two proxies the one of lower priority" \
	stays RT decap ping_all C4 10.1.14.14 $NET4 3
on C1 lispctl rloc down 10.0.1.53
ktap_test "it is down: by the other one, an RTR, which encapsulates anew" \
	grows RT encap ping_all C4 10.1.14.14 $NET4 3
ktap_test "IPv6 too" grows RT encap ping_all C4 2001:10:1:14::14 $NET6 3
on C1 lispctl rloc up 10.0.1.53
ktap_test "it is up: used again" \
	stays RT decap ping_all C4 10.1.14.14 $NET4 3

flush C1
use C1 "roles: [itr, etr]" "use-petr: [10.0.1.53]" \
	"eid-space: [10.1.0.0/16, 2001:10:1::/48]"
asks_nothing() {
	local before
	before=$(stat_of C1 out map-request)
	ping_all C4 10.1.14.14 $NET4 3 || return 1
	ping_all C4 2001:10:1:14::14 $NET6 3 || return 1
	stat_is C1 out map-request "$before"
}
ktap_test "outside of the EID space nothing is asked for" asks_nothing
ktap_test "inside it is" ping_all C4 10.1.14.14 10.1.22.22 3

use C1 "roles: [itr, etr]"
ktap_test "use-petr taken out: no longer sent there" \
	stays PE decap lost C4 10.1.14.14 $NET4 1 -W 1
use PE "roles: [itr]" "map-resolvers: [10.0.0.13]"
ktap_test "role petr taken out: the device takes in no more" \
	setting PE rtr off
ktap_finished
