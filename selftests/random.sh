#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# Messages and packets that nobody would write down, nearly right, thousands of
# them from a seed (LISP_SEED): first by themselves, then all at once. What must
# hold: each message has one answer, the kernel complains of nothing (that ends
# the VM), and a device made after it works, with nothing left of what was.
# Topology: see lisp_lib.sh.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require ethtool
ktap_print_header
lisp_sites
require_pkt
for ns in "$r1" "$r2"; do
	in_ns "$ns" ethtool -K eth1 gro on >/dev/null
	start_within "$ns" "$LISP_OUT/$TEST_NAME-$ns.log" lispctl monitor
done

seed=${LISP_SEED:-1}
# The kernel that reports most is the slowest: a quarter is for its quick run.
[ "${LISP_ROUNDS:-}" = 1 ] && less=4 || less=1
# random NS KIND COUNT [WORD]...
random() {
	local ns=$1 kind=$2 count=$(($3 / ${LISP_TIME_FACTOR:-1} / less))
	shift 3
	seed=$((seed + 1000))
	within "$ns" "$LISP_PKT/random" "$kind" "$seed" "$count" "$@"
}
mac=$(ip -n "$r2" -j link show eth1 | sed 's/.*"address":"\([^"]*\)".*/\1/')

# fresh: devices as lisp_sites makes them, in place of all that are there
fresh() {
	local n ns i
	for n in 1 2; do
		[ $n = 1 ] && ns=$r1 || ns=$r2
		for i in {0..3}; do
			ip -n "$ns" link del "lisp$i" 2>/dev/null || :
		done
		lisp_device "$ns" $n || return
		expect_not $'\n[0-9a-f]+[.:]' lctl "$ns" show rloc || return
	done
}
# What strangers have made up of neighbours is with the stack for a while: the
# underlay by itself must work first. After that no ping may be lost.
underlay() {
	local rloc1=R1_RLOC$1 rloc2=R2_RLOC$1
	within "$r1" ping -q -c 1 -W 1 "${!rloc2}" &&
		within "$r2" ping -q -c 1 -W 1 "${!rloc1}"
}
works() {
	wait_for 20 underlay "$1" || { echo "the underlay does not work"; return 1; }
	lisp_map_both "$1"
	expect " 3 received" within "$h1" ping -c 3 -i 0.05 -W 5 "$H2_EID6" &&
		expect " 3 received" within "$h1" ping -c 3 -i 0.05 -W 5 "$H2_EID4" &&
		return
	local ns
	for ns in "$r1" "$r2"; do
		lctl "$ns" show rloc
		lctl "$ns" show statistics | grep -v ' 0$'
	done
	for ns in "$h1" "$r1" "$core" "$r2" "$h2"; do
		ip -n "$ns" neigh show nud reachable nud stale nud delay nud probe
	done
	return 1
}
afterwards() {
	ktap_test "$1: nothing is left of it" fresh
	ktap_test "$1: new devices work, IPv4 outer" works 4
	ktap_test "$1: new devices work, IPv6 outer" works 6
}

# wide: entries and local EIDs for all that packets come from and go to
wide() {
	local n ns other rloc
	for n in 1 2; do
		other=$((3 - n))
		[ $n = 1 ] && ns=$r1 rloc=R2_RLOC$1 || ns=$r2 rloc=R1_RLOC$1
		lctl "$ns" eid add 10.$n.0.0/16
		lctl "$ns" eid add 2001:db8:$n::/48
		lctl "$ns" map load - <<-END
			10.$other.0.0/16 rloc ${!rloc}
			2001:db8:$other::/48 rloc ${!rloc}
			10.$other.5.0/24 action send-map-request
			2001:db8:$other:5::/64 action send-map-request
		END
	done
}

ktap_test "messages: each has one answer" random "$r1" messages 20000
afterwards messages
ktap_test "links: each message has one answer" random "$r1" links 2000
afterwards links
wide 4
ktap_test "packets into the device" random "$r1" packets 20000 lisp0
wide 6
ktap_test "packets to port 4341" random "$core" packets 20000 to2 "$mac"
afterwards packets

storm() {
	local pids=() pid status=0 what
	for what in "$r1 messages 20000" "$r2 messages 20000" \
		"$r1 links 1000" "$r2 links 1000" \
		"$r1 packets 20000 lisp0" "$core packets 20000 to2 $mac"; do
		# shellcheck disable=SC2086
		random $what &
		pids+=($!)
		seed=$((seed + 1))
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || status=1
	done
	return $status
}
wide 4
ktap_test "all of it at once" storm
afterwards "all at once"
ktap_finished
