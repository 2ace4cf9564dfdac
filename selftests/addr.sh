#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# Locators given by interface follow its addresses under traffic. Topology: see
# demo/topology.sh; here C1 has a second link to P1, with a lower priority, and
# IPv6 on it:
#
#	$C1 eth1 10.0.1.1, later 10.0.3.1 ---- to_c1  $P1
#	    eth2 10.0.2.1 -------------------- to_c1b
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
require ip ping lispd lispctl
ktap_print_header
require_module
setup_ns "${LISP_NODES[@]}"
three_sites
veth "$C1" eth2 "$P1" to_c1b
addr "$C1" eth2 10.0.2.1/30
addr "$P1" to_c1b 10.0.2.2/30
addr "$P1" to_c1 10.0.3.2/30
ip -n "$P2" route add 10.0.2.0/30 via 10.0.1.41
ip -n "$P2" route add 10.0.3.0/30 via 10.0.1.41
ip -n "$C1" route add 10.0.0.0/16 via 10.0.2.2 metric 100
# What comes for an address that is gone is not to go round in circles.
for net in 1 2 3; do
	ip -n "$C1" route add unreachable "10.0.$net.0/30" metric 999
done
# Routing should not think much of a link without carrier, either.
on C1 sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1
sed -i '
	s/^\( *\)- {address: 10.0.1.1, .*/\1- {interface: eth1, priority: 1, weight: 50}\
\1- {interface: eth2, priority: 2, weight: 50}/' "$RUN_DIR/C1.yaml"
ktap_test "lispd --check takes it" in_ns "$C1" lispd --check "$RUN_DIR/C1.yaml"
start_all

now_ms() { date +%s%3N; }
# since BEGIN FILE REGEX: milliseconds until the first such line after BEGIN in
# a log of "lispctl debug" or "monitor", whose lines begin with a time
since() {
	awk -v "begin=$(date -d "@${1%???}" +%H:%M:%S).${1: -3}" -v "regex=$3" '
		function ms(t,  p) {
			split(t, p, "[:.]")
			return ((p[1] * 60 + p[2]) * 60 + p[3]) * 1000 + p[4]
		}
		$0 ~ regex && ms($1) >= ms(begin) {
			print ms($1) - ms(begin)
			exit
		}' "$2"
}
# watch NAME NODE COMMAND...: a log of that name, from now on
declare -A log=()
watch() {
	log[$1]=$LISP_OUT/$TEST_NAME-$1.log
	start "${log[$1]}" ip netns exec "${!2}" "${@:3}"
}
watch C1 C1 lispctl -s "$RUN_DIR/C1.sock" debug
watch MS MS_MR lispctl -s "$RUN_DIR/MS_MR.sock" debug
watch R2 R2 lispctl monitor

database_has() { on C1 lispctl show database | grep -Eq "$1"; }
ktap_test "the database shows address and interface" \
	database_has '^  10\.0\.1\.1 of eth1, priority: 1, .* state: site-self, reachable'
ktap_test "no IPv6 address, no IPv6 locator" \
	database_has '^  eth1, priority: 1, .* state: site-self, no address'
site_has() { on MS_MR lispctl show site MainSite | grep -Eq "^ +$1 +yes +up "; }
site_has_not() { ! site_has "$1"; }
ktap_test "registered: eth1" site_has '10\.0\.1\.1'
ktap_test "registered: eth2" site_has '10\.0\.2\.1'

endless() {
	start "$LISP_OUT/$TEST_NAME-ping-$1.log" in_ns "$RB2" \
		ping -i 0.05 -I 2001:10:1:122::22 2001:10:1:114::14
	ping=$started
}
# lost NAME: how many of endless NAME, which ends
lost() {
	local said=$LISP_OUT/$TEST_NAME-ping-$1.log
	kill -INT "$ping"
	wait_for_text 12 "packet loss" cat "$said" || return
	awk '/packets transmitted/ { print $1 - $4 }' "$said"
}
uses() { on R2 lispctl show map-cache 2001:10:1:114::/64 | grep -Eq "^  $1 "; }
uses_only() { uses "$1" && ! uses "$2"; }
ktap_test "R2 uses eth1's" eval \
	'ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3 && uses "10\.0\.1\.1"'

# figures EVENT BEGIN ADDRESS: until it is registered, and used by R2
figures() {
	echo "# $1: $(since "$2" "${log[C1]}" "Sending map-register to")" \
		"ms to Map-Register," \
		"$(since "$2" "${log[C1]}" "Sending SMR to 10.0.1.9,")" \
		"ms to SMR," \
		"$(since "$2" "${log[R2]}" "map-new .*:114::/64.* $3 1/50")" \
		"ms to the peer's new map-cache entry"
}
# follows EVENT ADDRESS OLD: registered and used; the time is told
follows() {
	wait_for 20 site_has "$2" && wait_for 20 uses_only "$2" "$3" &&
		wait_for 20 site_has_not "$3"
}

# The address is given up in an orderly way: nobody loses a packet.
endless deprecated
ip -n "$C1" -batch - <<-EOT
	addr add 10.0.3.1/30 dev eth1
	route replace 10.0.0.0/16 via 10.0.3.2 src 10.0.3.1
EOT
sleep 1
ktap_test "another address comes: the old one is kept" \
	site_has '10\.0\.1\.1'
begin=$(now_ms)
ip -n "$C1" addr change 10.0.1.1/30 dev eth1 preferred_lft 0
ktap_test "the old one is deprecated: the new one is registered and used" \
	follows deprecated '10\.0\.3\.1' '10\.0\.1\.1'
figures deprecated "$begin" '10\.0\.3\.1'
ip -n "$C1" addr del 10.0.1.1/30 dev eth1
sleep 0.5
ktap_test "the old one is gone: no packet was lost" \
	eval '[ "$(lost deprecated)" = 0 ]'

# It is taken away. The last change is told three times, 3 s apart (RFC 9301
# 6.1), and another not sooner: let them pass.
endless renumbered
sleep 10
begin=$(now_ms)
ip -n "$C1" -batch - <<-EOT
	addr del 10.0.3.1/30 dev eth1
	addr add 10.0.1.1/30 dev eth1
	route replace 10.0.0.0/16 via 10.0.1.2
EOT
ktap_test "one address for another: registered and used" \
	follows renumbered '10\.0\.1\.1' '10\.0\.3\.1'
figures renumbered "$begin" '10\.0\.1\.1'
sleep 0.5
echo "# renumbered: $(lost renumbered) of 20 a second lost"
ktap_test "and all is well" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 5
ktap_test "C1 resolves from there, too" eval \
	'flush C1 && ping_all C4 2001:10:1:114::14 2001:10:1:122::22 3'

# The link goes.
endless down
ip -n "$C1" link set eth1 down
ktap_test "eth1 is set down: only eth2's is registered and used" \
	follows down '10\.0\.2\.1' '10\.0\.1\.1'
ip -n "$C1" link set eth1 up
ip -n "$C1" route add 10.0.0.0/16 via 10.0.1.2
ktap_test "eth1 is up again: its address, too" wait_for 20 uses '10\.0\.1\.1'
lost down >/dev/null
ip -n "$P1" link set to_c1 down
ktap_test "eth1 without carrier: only eth2's" \
	follows dark '10\.0\.2\.1' '10\.0\.1\.1'
ip -n "$C1" link del eth1
ktap_test "eth1 is gone: said so" \
	wait_for 20 database_has '^  eth1, priority: 1, .* no address'
core_link C1 eth1 10.0.1.1 P1 10.0.1.2
addr "$P1" to_c1 10.0.3.2/30
ip -n "$C1" route add 10.0.0.0/16 via 10.0.1.2
ktap_test "eth1 is there again: registered and used" \
	eval 'wait_for 20 site_has "10\.0\.1\.1" && wait_for 20 uses "10\.0\.1\.1"'
ktap_test "by name: after another one has its name" eval \
	'ip -n "$C1" link set eth1 down && ip -n "$C1" link set eth1 name ethx &&
	 ip -n "$C1" link set eth2 down && ip -n "$C1" link set eth2 name eth1 &&
	 ip -n "$C1" link set eth1 up &&
	 ip -n "$C1" route add 10.0.0.0/16 via 10.0.2.2 &&
	 wait_for 20 site_has "10\.0\.2\.1" &&
	 wait_for 20 site_has_not "10\.0\.1\.1"'
ip -n "$C1" -batch - <<-EOT
	link set eth1 down
	link set eth1 name eth2
	link set ethx name eth1
	link set eth1 up
	link set eth2 up
	route add 10.0.0.0/16 via 10.0.1.2
EOT
ktap_test "and has given it back" wait_for 20 site_has '10\.0\.1\.1'

# IPv6: duplicate address detection is awaited.
in_ns "$C1" sysctl -qw net.ipv6.conf.eth2.accept_dad=1 \
	net.ipv6.conf.all.accept_dad=1 net.ipv6.conf.eth2.dad_transmits=1
in_ns "$P1" sysctl -qw net.ipv6.conf.all.disable_ipv6=0 \
	net.ipv6.conf.to_c1b.disable_ipv6=0
addr "$P1" to_c1b 2001:db8:2::bad/64
ip -n "$C1" addr add 2001:db8:2::bad/64 dev eth2
ktap_test "an IPv6 address that is another's as well" wait_for_text 20 \
	'2001:db8:2::bad/64.* dadfailed' ip -n "$C1" addr show dev eth2
ip -n "$C1" addr add 2001:db8:2::1/64 dev eth2
ktap_test "another one, once it is known to be ours: registered" \
	wait_for 20 site_has '2001:db8:2::1'
ktap_test "not the other's" site_has_not 2001:db8:2::bad

# More events than there is room for.
flood() {
	kill -STOP "${LISPD_PID[C1]}"
	ip -n "$C1" link add flood type dummy
	for i in {1..30}; do
		for j in {1..100}; do
			echo "addr add 10.99.$i.$j/32 dev flood"
		done
		echo "addr flush dev flood"
	done | ip -n "$C1" -batch - || return
	ip -n "$C1" link del flood
	ip -n "$C1" -batch - <<-EOT
		addr del 10.0.1.1/30 dev eth1
		addr add 10.0.3.1/30 dev eth1
		route replace 10.0.0.0/16 via 10.0.3.2
	EOT
	kill -CONT "${LISPD_PID[C1]}"
	wait_for 20 log_has C1 "address events were lost"
}
ktap_test "events are lost" flood
ktap_test "and read anew: registered and used" \
	follows flood '10\.0\.3\.1' '10\.0\.1\.1'
ktap_test "all arrives still" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 5
ktap_finished
