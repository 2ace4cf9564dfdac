#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=400
#
# What the underlay tells about locators: routes that go and come back, links,
# ICMP errors, true ones and forged ones; errors of the core told to the inner
# sender; the path MTU. Topology: see lisp_lib.sh, with a second locator at $r2
# that is the better one as long as it can be reached, and a second cable that
# leads to it when a route says so:
#
#	$r1 ----------- $core
#	    eth2     to3	172.18.0.1 .2, fd18::1 ::2
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require tcpdump traceroute
ktap_print_header
lisp_sites
require_pkt

P4=172.17.1.1 P6=fd17::1
veth "$r1" eth2 "$core" to3
for ns in "$r1" "$core"; do
	within "$ns" sysctl -qw net.ipv6.conf.all.keep_addr_on_down=1
done
addr "$r1" eth2 172.18.0.1/30 fd18::1/64
addr "$core" to3 172.18.0.2/30 fd18::2/64
addr "$r2" lo $P4/32 $P6/128
reachable() {
	ip -n "$core" route replace $P4 via $R2_RLOC4
	ip -n "$core" route replace $P6 via $R2_RLOC6
}
by_core() {
	ip -n "$r1" route replace $P4 via 172.16.1.254
	ip -n "$r1" route replace $P6 via fd00:1::fe
}
reachable
by_core

events=$LISP_OUT/$TEST_NAME-events.log
start_within "$r1" "$events" lispctl monitor
# told TEXT: in the events since the last "anew"
anew() { told_from=$(wc -l <"$events"); }
told() {
	wait_for_text 5 "$*\$" tail -n "+$((told_from + 1))" "$events" || {
		tail -n "+$((told_from + 1))" "$events"
		return 1
	}
}
anew

state() { lctl "$r1" show rloc; }
# is RLOC TEXT: what show rloc says of it, in five seconds at most
is() {
	wait_for_text "${3:-5}" "^$1 +$2( |\$)" state || {
		state
		return 1
	}
}
up() { is "$1" up; }
down() { is "$1" "down .* $2"; }

pings() { within "$h1" ping -q -i 0.05 -W 1 "$@"; }
# by RLOC COUNT COMMAND...: so many packets at least go to it meanwhile
sent() { state | while read -r a _ n _; do [ "$a" != "$1" ] || echo "$n"; done; }
by() {
	local before
	before=$(sent "$1")
	"${@:3}" || return
	[ $(($(sent "$1") - before)) -ge "$2" ] || {
		echo "$(($(sent "$1") - before)) packets to $1"
		state
		return 1
	}
}
# takes_over BACKUP LOST: after what was just done, all but so many arrive
takes_over() {
	local said
	said=$(pings -c 80 "$H2_EID6") || return
	echo "$said"
	[[ $said =~ \ ([0-9]+)\ received ]] &&
		[ $((80 - BASH_REMATCH[1])) -le "$2" ] &&
		by "$1" 5 pings -c 10 "$H2_EID6"
}

### Routes and links

for outer in 4 6; do
	P=P$outer B=R2_RLOC$outer R=R1_RLOC$outer
	P=${!P} B=${!B} R=${!R}
	what="IPv$outer"
	via=172.18.0.2
	[ $outer = 4 ] || via=fd18::2
	lctl "$r1" map flush
	lctl "$r1" map add 2001:db8:2::/64 rloc "$P" priority 1 \
		rloc "$B" priority 2
	lctl "$r1" map add 10.2.0.0/24 rloc "$P" priority 1 rloc "$B" priority 2
	lctl "$r2" map add 2001:db8:1::/64 rloc "$R"
	lctl "$r2" map add 10.1.0.0/24 rloc "$R"

	ktap_test "$what: the better locator is used" \
		by "$P" 10 pings -c 10 "$H2_EID6"
	anew
	ip -n "$r1" route del "$P"
	# Not by a shorter route either.
	ip -n "$r1" route add unreachable "$P"
	ktap_test "$what: route gone: the other one takes over" takes_over "$B" 10
	ktap_test "$what: route gone: it is marked" down "$P" no-route
	ktap_test "$what: route gone: told" told "rloc $P down, no-route"
	anew
	by_core
	ktap_test "$what: route back: up" up "$P"
	ktap_test "$what: route back: told" told "rloc $P up"
	ktap_test "$what: route back: used again" \
		by "$P" 10 pings -c 10 "$H2_EID6"

	ip -n "$r1" route replace "$P" via $via dev eth2
	ip -n "$r1" link set eth2 down
	anew
	ip -n "$r1" route replace unreachable "$P"
	ktap_test "$what: own link down, no other route: marked" \
		down "$P" no-route
	ip -n "$r1" link set eth2 up
	wait_for 5 ip -n "$r1" route replace "$P" via $via dev eth2
	ktap_test "$what: link up: up" up "$P"
	anew
	ip -n "$core" link set to3 down
	ktap_test "$what: no carrier: the other one takes over" takes_over "$B" 10
	ktap_test "$what: no carrier: it is marked" down "$P" link-down
	ktap_test "$what: no carrier: told" told "rloc $P down, link-down"
	ip -n "$core" link set to3 up
	ktap_test "$what: carrier back: up" up "$P"
	by_core

	### ICMP
	anew
	# A router that limits its errors to one a second has two sent in two.
	ip -n "$core" route replace unreachable "$P"
	ktap_test "$what: unreachable from the core: the other one takes over" \
		takes_over "$B" 50
	ktap_test "$what: unreachable from the core: it is marked" \
		down "$P" icmp
	ktap_test "$what: unreachable from the core: told" \
		told "rloc $P down, icmp"
	reachable
	if [ $outer = 4 ]; then
		ktap_test "$what: up by itself" is "$P" up 15
	else
		lctl "$r1" rloc up "$P"
		ktap_test "$what: set up" up "$P"
	fi
	ktap_test "$what: used again" by "$P" 10 pings -c 10 "$H2_EID6"
	ktap_test "$what: told" told "rloc $P up"

	pinged_down() {
		pings -c 5 "$H2_EID6" >/dev/null || true
		down "$P" icmp
	}
	# Without another locator it stays in use, and a single error is none.
	lctl "$r1" map flush
	lctl "$r1" map add 2001:db8:2::/64 rloc "$P"
	lctl "$r1" map add 10.2.0.0/24 rloc "$P"
	ip -n "$core" route replace unreachable "$P"
	ktap_test "$what: one error alone changes nothing" eval "
		! pings -c 1 '$H2_EID6' && sleep 3.5 && up '$P' &&
		! pings -c 1 '$H2_EID6' && sleep 0.5 && up '$P'"
	ktap_test "$what: more do, without another one, too" pinged_down
	reachable
	ktap_test "$what: the only one is used although it is down" \
		by "$P" 5 pings -c 5 "$H2_EID6"
	ktap_test "$what: while it is down" down "$P" icmp

	# Forged errors: a new object, so that nothing is held against it.
	lctl "$r1" map flush
	lctl "$r1" map add 2001:db8:2::/64 rloc "$P"
	forge() {
		pkt "$core" icmp from "$H1_EID6" to "$H2_EID6" ofrom "$R" \
			oto "$P" count 3 "$@" "$R"
	}
	ignored() {
		forge "$@" && sleep 0.3 && up "$P"
	}
	ktap_test "$what: forged: source not ours" ignored ofrom "$B"
	ktap_test "$what: forged: no locator" ignored oto "$R"
	ktap_test "$what: forged: source port not ours" ignored sport 4341
	ktap_test "$what: forged: another port" ignored dport 4342
	ktap_test "$what: forged: another protocol" ignored oproto 6
	ktap_test "$what: forged: instance-ID not ours" ignored iid 7
	ktap_test "$what: forged: too short to carry a packet" ignored claim 20
	ktap_test "$what: forged: no mapping to that locator" \
		ignored to 2001:db8:3::1
	ktap_test "$what: forged: no IP inside" ignored nibble 5
	# too_big MTU OPTION VALUE...: told that one of our packets was
	too_big() {
		local error=(type 3 code 4 frag 0x4000)
		[ $outer = 4 ] || error=(type 2 code 0)
		forge "${error[@]}" mtu "$@"
	}
	path_mtu() { wait_for_text 5 "^$P +up .* $1 +-" state; }
	not_too_big() { too_big "$@" && sleep 0.3 && path_mtu 1500; }
	# What the stack itself believes, whoever sends, no tunnel can refuse.
	too_big 1400 dport 53
	if path_mtu 1400; then
		ktap_test_skip "$what: forged path MTU" \
			"this kernel's stack asks nobody"
	else
		ktap_test "$what: forged path MTU: no mapping to that locator" \
			not_too_big 1400 to 2001:db8:3::1
		ktap_test "$what: forged path MTU: instance-ID not ours" \
			not_too_big 1400 iid 7
		if [ $outer = 4 ]; then
			ktap_test "$what: forged path MTU: it may be cut" \
				not_too_big 1400 frag 0
			ktap_test "$what: forged path MTU: low, little quoted" \
				not_too_big 1279 cut 0
			ktap_test "$what: forged path MTU: less than IPv4's" \
				not_too_big 60
		fi
		too_big 1400 cut 0
		ktap_test "$what: but a path MTU that is not low, little quoted" \
			path_mtu 1400
		too_big 1300
		ktap_test "$what: or one that could be true" path_mtu 1300
	fi
	if [ $outer = 4 ]; then
		within "$r1" sysctl -qw net.ipv4.route.min_pmtu=1200
		too_big 700
		ktap_test "$what: down to what net.ipv4.route.min_pmtu says" \
			path_mtu 1200
		within "$r1" sysctl -qw net.ipv4.route.min_pmtu=552
	fi
	ip -n "$r1" route flush cache
	ip -n "$r1" -6 route flush cache
	ktap_test "$what: path MTU forgotten" path_mtu 1500
	if [ $outer = 4 ]; then
		ktap_test "$what: a later fragment" ignored frag 8
		ktap_test "$what: too big: no reason" ignored code 4
		ktap_test "$what: time exceeded: no reason" ignored type 11 code 0
		forge cut 0
	else
		ktap_test "$what: time exceeded: no reason" ignored type 3 code 0
		forge
	fi
	ktap_test "$what: but one that could be true" down "$P" icmp
done

### Told to the inner sender

hops() {
	within "$h1" traceroute -n -q 1 -w 1 -m 8 "$1" 60 | tail -n +2 |
		while read -r _ hop _; do echo "$hop"; done | xargs
}
# quoting BYTES: time exceeded, of a packet quoted so far behind the UDP header
quoting() {
	local from=H1_EID$inner rloc=R1_RLOC$outer to=R2_RLOC$outer type=11
	[ $outer = 4 ] || type=3
	pkt "$core" icmp from "${!from}" to "${!eid}" ofrom "${!rloc}" \
		oto "${!to}" type $type code 0 cut "$1" "${!rloc}"
}
is_hops() {
	local said
	said=$(hops "$1")
	[ "$said" = "$2" ] || {
		echo "hops: $said"
		return 1
	}
}
for outer in 4 6; do
	lctl "$r1" map flush
	lctl "$r2" map flush
	lisp_map_both $outer
	P=P$outer
	for inner in 4 6; do
		what="IPv$inner in IPv$outer"
		eid=H2_EID$inner
		one=10.1.0.1 two=10.2.0.1
		[ $inner = 4 ] || one=2001:db8:1::1 two=2001:db8:2::1
		ktap_test "$what: a hop of the core shows, as this router" \
			counted "$r1" "icmp-relayed=1" \
			is_hops "${!eid}" "$one $one $two ${!eid}"
		lctl "$r1" device set lisp0 ttl-mode hide
		ktap_test "$what: and not when hidden" \
			counted "$r1" "icmp-relayed=0" \
			is_hops "${!eid}" "$one $two ${!eid}"
		lctl "$r1" device set lisp0 ttl-mode propagate
		# LISP header, inner header, and what tells flows apart
		enough=$((8 + (inner == 4 ? 20 : 40) + 8))
		ktap_test "$what: quoted up to the ports, told" \
			counted "$r1" "icmp-relayed=1" quoting $enough
		ktap_test "$what: a byte less, not told" \
			counted "$r1" "icmp-relayed=0" quoting $((enough - 1))
		ktap_test "$what: not even the inner header, not told" \
			counted "$r1" "icmp-relayed=0" quoting $((enough - 9))
		ip -n "$core" route replace unreachable "${!P}"
		lctl "$r1" map add "${!eid}" rloc "${!P}"
		ktap_test "$what: unreachable from the core, told" \
			expect "From $one.*([Hh]ost|Address) [Uu]nreach" \
			within "$h1" ping -c 20 -i 0.2 -W 1 "${!eid}"
		lctl "$r1" map del "${!eid}"
		reachable
	done
done

### Path MTU, of each locator

for outer in 4 6; do
	P=P$outer B=R2_RLOC$outer
	P=${!P} B=${!B}
	lctl "$r1" map flush
	lctl "$r1" map add 2001:db8:2::/64 rloc "$P"
	lctl "$r1" map add 10.2.0.0/24 rloc "$B"
	ip -n "$r1" route flush cache
	ip -n "$r1" -6 route flush cache
	mtu_is() { wait_for_text 5 "^$1 +up .* $2 +-" state; }
	ktap_test "IPv$outer: path MTU before" eval \
		"mtu_is $P 1500 && mtu_is $B 1500"
	ip -n "$core" link set to2 mtu 1400
	ip -n "$r2" link set eth1 mtu 1400
	within "$h1" ping -c 2 -i 0.2 -W 1 -M "do" -s 1390 "$H2_EID6" \
		>/dev/null 2>&1 || true
	ktap_test "IPv$outer: path MTU learned" mtu_is "$P" 1400
	ktap_test "IPv$outer: path MTU of another locator" mtu_is "$B" 1500
	ktap_test "IPv$outer: told to the sender" \
		expect "mtu[=:] ?$((1400 - (outer == 4 ? 36 : 56)))" \
		within "$h1" ping -c 1 -W 1 -M "do" -s 1390 "$H2_EID6"
	# Without DF: the outer packets are cut, or the inner ones.
	cut_of() {
		capture "$core" to2 "cut$outer-$1.pcap" "dst host $B"
		local pid=$started
		within "$h1" ping -c 2 -i 0.2 -W 2 -M dont -s 1390 "$H2_EID4" ||
			true
		sleep 0.3
		stop "$pid" INT
		captured "cut$outer-$1.pcap" -v
	}
	# The first packet may be what finds the path too small.
	ktap_test "IPv$outer: too large, no DF: outer packets are cut" \
		expect "(flags \[\+\]|frag)" cut_of off
	lctl "$r1" device set lisp0 fragment-inner on
	# Their outer packets have DF, so one is lost to learn the path MTU.
	within "$h1" ping -c 3 -i 0.2 -W 1 -M dont -s 1390 "$H2_EID4" \
		>/dev/null || true
	ktap_test "IPv$outer: too large, no DF: inner ones, when set" \
		counted "$r1" "encap=4" expect " 2 received" \
		within "$h1" ping -c 2 -i 0.2 -W 2 -M dont -s 1390 "$H2_EID4"
	ktap_test "IPv$outer: and no outer ones then" \
		expect_not "(flags \[\+\]|frag)" cut_of on
	lctl "$r1" device set lisp0 fragment-inner off
	ip -n "$core" link set to2 mtu 1500
	ip -n "$r2" link set eth1 mtu 1500
	ip -n "$h1" -6 route flush cache
done
ktap_finished
