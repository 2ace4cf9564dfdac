#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What an entry without locators says to do with a packet, is done to it,
# counted and told to its sender. Topology: see lisp_lib.sh.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
ktap_print_header
lisp_sites

# said FAMILY TEXT: of two pings
said() {
	local eid=H2_EID$1
	expect "$2" within "$h1" ping -c 2 -i 0.05 -W 5 "${!eid}"
}

# action ACTION COUNTER TEXT4 TEXT6
action() {
	lctl "$r1" map add 10.2.0.0/24 action "$1"
	lctl "$r1" map add 2001:db8:2::/64 action "$1"
	ktap_test "$1, IPv4: '$3', $2" counted "$r1" "$2=2 encap=0" said 4 "$3"
	ktap_test "$1, IPv6: '$4', $2" counted "$r1" "$2=2 encap=0" said 6 "$4"
}

unreachable4="Destination Host Unreachable"
unreachable6="Address unreachable"
prohibited4="Packet filtered"
prohibited6="Administratively prohibited"
ktap_test "no entry, IPv4: '$unreachable4', drop-no-entry" \
	counted "$r1" "drop-no-entry=2" said 4 "$unreachable4"
ktap_test "no entry, IPv6: '$unreachable6', drop-no-entry" \
	counted "$r1" "drop-no-entry=2" said 6 "$unreachable6"
action drop drop-action "$unreachable4" "$unreachable6"
action drop-policy drop-action "$prohibited4" "$prohibited6"
action drop-auth drop-action "$prohibited4" "$prohibited6"
action natively-forward drop-native "$unreachable4" "$unreachable6"

ktap_test "all of it is in the statistics of the netdevice" \
	[ "$(in_ns "$r1" cat /sys/class/net/lisp0/statistics/tx_dropped)" = 20 ]

entry_counts() {
	expect "Packets: 8, bytes: 672" lctl "$r1" show map-cache 10.2.0.0/24
}
ktap_test "and at the entry" entry_counts

# The most specific entry decides.
lctl "$r1" map add 10.2.0.0/16 rloc "$R2_RLOC4"
lctl "$r1" map add 10.2.0.0/24 action drop
lctl "$r1" map add "$H2_EID4/32" rloc "$R2_RLOC4"
lctl "$r2" map add 10.1.0.0/24 rloc "$R1_RLOC4"
ktap_test "a longer prefix that forwards, inside one that drops" \
	counted "$r1" "encap=2" said 4 " 2 received"
lctl "$r1" map del "$H2_EID4/32"
ktap_test "a longer prefix that drops, inside one that forwards" \
	counted "$r1" "drop-action=2 encap=0" said 4 "$unreachable4"
lctl "$r1" map del 10.2.0.0/24
ktap_test "without it the shorter one forwards" \
	counted "$r1" "encap=2" said 4 " 2 received"
ktap_finished
