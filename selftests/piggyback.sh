#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=120
#
# Map-Requests that carry the sender's mapping (M-bit, RFC 9301 5.3): the other
# side knows the way back before the first packet needs it, from the mapping
# system and nobody else. Topology: see demo/topology.sh.
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
require tcpdump
ktap_print_header
sites_up

echo "map-request-data: {send: true}" >>"$RUN_DIR/R2.yaml"
echo "map-request-data: {verify: true}" >>"$RUN_DIR/C1.yaml"
on R2 lispctl reload
on C1 lispctl reload
capture "$R2" eth1 control.pcap udp port 4342
control=$started

# C4 does not answer: nothing but the Map-Request can make C1 ask.
on C4 sysctl -qw net.ipv4.icmp_echo_ignore_all=1
on RB2 ping -q -c 1 -W 1 10.1.14.14 >/dev/null || true
ktap_test "R2 sends its mapping along" \
	eval '[ "$(stat_of R2 itr piggybacked-sent)" -ge 1 ]'
confirmed() { stat_is C1 itr piggybacked-confirmed 1; }
ktap_test "C1 has it confirmed by the mapping system" wait_for 10 confirmed
ktap_test "and knows R2's prefix" mapped C1 10.1.22.0/24 10.0.1.9
on C4 sysctl -qw net.ipv4.icmp_echo_ignore_all=0
ktap_test "packets back: no miss at C1" stat_is C1 itr miss 0
ktap_test "RB2 to C4: none lost" ping_all RB2 10.1.22.22 10.1.14.14 3
ktap_test "still no miss at C1" stat_is C1 itr miss 0

# The M-bit, in the Map-Request inside the ECM: 4 + 20 + 8 bytes into it.
m_bit() {
	local file=$LISP_OUT/$TEST_NAME-control.pcap
	stop "$control" INT
	tcpdump -nr "$file" src 10.0.1.9 and \
		"udp[8] & 0xf0 = 0x80 and udp[40] & 0x04 != 0" 2>/dev/null |
		grep -c .
}
ktap_test "the M-bit was set" [ "$(m_bit)" -ge 1 ]

ktap_test "another site, without the setting: asked when packets come" \
	ping_all RB3 10.1.23.23 10.1.14.14 3
ktap_test "by a miss" eval '[ "$(stat_of C1 itr miss)" -ge 1 ]'
ktap_finished
