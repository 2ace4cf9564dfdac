#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=300
#
# A host moves from one site to another and keeps its addresses and its TCP
# connection. Topology: see demo/topology.sh, and:
#
#	         M   10.1.77.7, 2001:10:1:77::7
#	         |
#	        SW   plugged into one of two links
#	       /  \
#	      R2   R3   eth2 of both: 10.1.77.1, 2001:10:1:77::1
#
# The prefixes 10.1.77.0/24 and 2001:10:1:77::/64 are at home at R2.
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
require ip ping lispd lispctl iperf3 tcpdump
ktap_print_header
require_module
setup_ns "${LISP_NODES[@]}" M SW
three_sites

M4=10.1.77.7 M6=2001:10:1:77::7

# The switch: one bridge for each router, and the port of M.
for n in 2 3; do
	router=R$n
	veth "${!router}" eth2 "$SW" "r$n"
	ip -n "${!router}" link set eth2 address 02:00:00:00:77:01
	ip -n "$SW" link add "br$n" type bridge
	ip -n "$SW" link set "r$n" master "br$n"
	ip -n "$SW" link set "br$n" up
done
veth "$M" eth0 "$SW" port
addr "$M" eth0 $M4/24 $M6/64
ip -n "$M" route add default via 10.1.77.1
ip -n "$M" -6 route add default via 2001:10:1:77::1
addr "$R2" eth2 10.1.77.1/24 2001:10:1:77::1/64
addr "$R3" eth2 10.1.77.1/32 2001:10:1:77::1/128

# M has noticed: it knows no neighbour any more
unplugged() {
	[[ $(ip -n "$M" link show eth0) =~ NO-CARRIER ]] &&
		[[ ! $(ip -n "$M" neigh show dev eth0) =~ lladdr ]]
}
# plug N: M's cable comes out, and goes into the link of router N
plug() {
	ip -n "$SW" link set port down
	wait_for 10 unplugged
	ip -n "$SW" link set port master "br$1"
	plugged=$(date +%s%3N)
	ip -n "$SW" link set port up
}

# dynamic_eids NODE RLOC
dynamic_eids() {
	cat >>"$RUN_DIR/$1.yaml" <<-EOF2
		dynamic-eids:
		  - {eid-prefix: 10.1.77.0/24, interface: eth2, rlocs: [{address: $2}]}
		  - {eid-prefix: "2001:10:1:77::/64", interface: eth2, rlocs: [{address: $2}]}
	EOF2
}
dynamic_eids R2 10.0.1.9
dynamic_eids R3 10.0.1.13
sed -i '/^database-mappings/a\
  - eid-prefix: 10.1.77.0/24\
    rlocs: [{address: 10.0.1.9}]\
  - eid-prefix: 2001:10:1:77::/64\
    rlocs: [{address: 10.0.1.9}]' "$RUN_DIR/R2.yaml"
sed -i '/- 2001:10:1:22::\/64/i\
      - {prefix: 10.1.77.0/24, accept-more-specifics: true}\
      - {prefix: "2001:10:1:77::/64", accept-more-specifics: true}' \
	"$RUN_DIR/MS_MR.yaml"

plug 2
start_lispd MS_MR
start_lispd "${LISP_XTRS[@]}"
wait_for 30 up_at_ms 10.1.77.0/24 || ktap_bail "R2 has not registered"

# both_at_ms RLOC: M's host prefixes are registered there
both_at_ms() {
	up_at_ms $M4/32 "${1//./\\.}\$" && up_at_ms $M6/128 "${1//./\\.}\$"
}
# is_at NODE here|away: what its lispd thinks of both
is_at() {
	[ "$(on "$1" lispctl show database |
		grep -Ec "^($M4/32|$M6/128) +eth2 +$2 ")" = 2 ]
}
# route_is NODE ADDRESS DEVICE
route_is() {
	local said
	said=$(on "$1" ip route get "$2")
	echo "$said"
	[[ $said =~ \ dev\ $3\  ]]
}
local_eids() {
	[ "$(on "$1" lispctl show eid | grep -Ec "^($M4/32|$M6/128)")" = "$2" ]
}

ktap_test "M to C4, IPv4: none lost" ping_all M $M4 10.1.114.14 5
ktap_test "M to C4, IPv6: none lost" ping_all M $M6 2001:10:1:114::14 5
ktap_test "M is registered by R2" wait_for 10 both_at_ms 10.0.1.9
ktap_test "R2 has M here" is_at R2 here
ktap_test "R3 has M away, or does not know" eval '! is_at R3 here'

# Something to keep: a TCP connection, and pings to see for how long M is mute.
start "$LISP_OUT/$TEST_NAME-server.log" in_ns "$C4" iperf3 -s -1
wait_for_listener "$C4" tcp 5201
start "$LISP_OUT/$TEST_NAME-tcp.log" in_ns "$M" iperf3 -c 10.1.114.14 -B $M4 \
	-b 2M -t 30
tcp=$started
for v in 4 6; do
	target=10.1.114.14
	[ $v = 4 ] || target=2001:10:1:114::14
	start "$LISP_OUT/$TEST_NAME-ping$v.log" in_ns "$M" ping -D -n -i 0.05 \
		-W 60 "$target"
done
flowing() { [ "$(grep -c "bytes from" "$LISP_OUT/$TEST_NAME-ping$1.log")" -ge 20 ]; }
wait_for 20 flowing 4 || ktap_bail "no pings, IPv4"
wait_for 20 flowing 6 || ktap_bail "no pings, IPv6"

# first_answer VERSION: milliseconds from the plugging to the first answer after
first_answer() {
	awk -v "from=$plugged" '/bytes from/ { t = substr($1, 2) * 1000
		if (t > from) { printf "%d\n", t - from; found = 1; exit } }
		END { exit !found }' "$LISP_OUT/$TEST_NAME-ping$1.log"
}
# heard ROUTER: milliseconds from the first ARP request of M there, since it was
# plugged in, to the first answer from C4 that goes out to it
heard() {
	tcpdump -n -tt -e -r "$LISP_OUT/$TEST_NAME-$1.pcap" 2>/dev/null | awk -v "from=$plugged" -v "mac=$mac" '
		$1 * 1000 < from { next }
		!first && $2 == mac && /ARP/ { first = $1 }
		first && /10\.1\.114\.14 > 10\.1\.77\.7: ICMP echo reply/ {
			printf "%d\n", ($1 - first) * 1000; exit }'
}
# moved ROUTER: M is answered again over both
moved() {
	local v
	for v in 4 6; do
		wait_for 20 first_answer $v || return
		ktap_print_msg "M at $1: IPv$v answered" \
			"$(first_answer $v) ms after the link came up" >&3
	done
	ktap_print_msg "M at $1: IPv4 answered $(heard "$1") ms after" \
		"its first ARP request" >&3
}
mac=$(in_ns "$M" cat /sys/class/net/eth0/address)
for n in R2 R3; do
	capture "${!n}" eth2 $n.pcap arp or icmp or icmp6
done
exec 3>&1
plug 3
ktap_test "M moves to R3: answered again" moved R3
ktap_test "M is registered by R3" wait_for 10 both_at_ms 10.0.1.13
ktap_test "R2 knows that M is away" wait_for 5 is_at R2 away
ktap_test "R2 sends packets for M to lisp0, IPv4" route_is R2 $M4 lisp0
ktap_test "R2 sends packets for M to lisp0, IPv6" route_is R2 $M6 lisp0
ktap_test "R2 has no local EID of M any more" local_eids R2 0
ktap_test "R3 has" local_eids R3 2
ktap_test "R3 sends packets for M to its link" route_is R3 $M4 eth2
mapped_to() {
	on C1 lispctl show map-cache $M4/32 | grep -q "^  ${1//./\\.} "
}
ktap_test "C1 has the new locator" wait_for 5 mapped_to 10.0.1.13
ktap_test "R2 has sent an SMR" \
	eval '[ "$(stat_of R2 etr smr-sent)" -ge 1 ]'
ktap_test "the map-server was acknowledged" wait_for 5 \
	eval '[ "$(stat_of MS_MR map-server notify-acknowledged)" -ge 1 ]'
ktap_test "from the old site to M: none lost" \
	ping_all RB2 10.1.122.22 $M4 5
ktap_test "to another host of the prefix: R2 alone knows of it" \
	route_is R2 10.1.77.8 eth2

# A daemon that comes back knows what the last one knew.
stop_lispd R2 KILL
start_lispd R2
ktap_test "lispd of R2 killed, started again: M is still away" \
	wait_for 10 is_at R2 away
ktap_test "and from the old site to M: none lost" \
	ping_all RB2 10.1.122.22 $M4 5

plug 2
ktap_test "M moves back to R2: answered again" moved R2
ktap_test "M is registered by R2 again" wait_for 10 both_at_ms 10.0.1.9
ktap_test "R2 has M here again" wait_for 5 is_at R2 here
ktap_test "R2 sends packets for M to its link" route_is R2 $M4 eth2
ktap_test "R3 knows that M is away" wait_for 5 is_at R3 away
ktap_test "R3 sends packets for M to lisp0" route_is R3 $M4 lisp0

tcp_survived() {
	wait_for 60 eval "! kill -0 $tcp" || return
	cat "$LISP_OUT/$TEST_NAME-tcp.log"
	grep -q "0.00-[0-9.]* *sec .* receiver" \
		"$LISP_OUT/$TEST_NAME-tcp.log" &&
		grep -q "^iperf Done" "$LISP_OUT/$TEST_NAME-tcp.log"
}
ktap_test "the TCP connection has survived" tcp_survived

# Moved without noticing: it does not ask for its router, and goes on sending.
silent() {
	plugged=$(date +%s%3N)
	ip -n "$SW" link set port master br3
}
registered_again() {
	wait_for 10 both_at_ms 10.0.1.13 || return
	ktap_print_msg "M at R3, unnoticed: registered" \
		"$(($(date +%s%3N) - plugged)) ms after the move" >&3
}
answers() { grep -c "bytes from" "$LISP_OUT/$TEST_NAME-ping$1.log"; }
more_answers() {
	local v before
	for v in 4 6; do
		before=$(answers $v)
		wait_for 20 eval "[ \$(answers $v) -gt $((before + 20)) ]" ||
			return
	done
}
silent
ktap_test "M moves to R3 and does not notice: registered by R3 again" \
	registered_again
ktap_test "and answered again" more_answers
ktap_test "R2 knows that M is away again" wait_for 5 is_at R2 away

# Gone altogether: found out by looking for it.
ip -n "$SW" link set port down
both_gone() {
	! on MS_MR lispctl show site | grep -E " ($M4/32|$M6/128) "
}
ktap_test "M is switched off: withdrawn" wait_for 90 both_gone
ktap_test "R3 has forgotten it" eval '! is_at R3 here'
no_own_route() {
	on R2 ip route show proto 76
	[ -z "$(on R2 ip route show proto 76)$(on R2 ip -6 route show proto 76)" ]
}
ktap_test "R2 has no route of its own for it" wait_for 10 no_own_route
ktap_finished
