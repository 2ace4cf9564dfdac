#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=900
#
# What a packet costs on its way through a tunnel, row by row:
#
#	paths.sh ROW...
#
#	$gen ----------- $a =============== $b ----------- $sink
#	    g0        a0    a1           b0    b1        s0
#	2001:db8:1::/64     10.0.0.0/24         2001:db8:2::/64
#	10.1.0.0/16         fd00::/64           10.2.0.0/16
#
# One processor, so that each packet is through before the next one starts.
# pktgen sends 100,000 packets of 128 bytes, one flow; under qemu's -icount
# shift=0 a nanosecond of guest time is one instruction. Then one TCP stream.
# A line "row NAME INSTRUCTIONS MBITS" is printed for each, without MBITS where
# packets go as far as $b only. With PROFILE=1 a
# profile by function is left for each row (perf samples by the clock, which
# counts instructions here).
. "$(dirname "$(readlink -f "$0")")/../lib.sh"
require ip iperf3

PACKETS=${PACKETS:-100000}
TCP_BYTES=${TCP_BYTES:-64M}
KTAP_DONE=1

mac() { in_ns "$1" cat "/sys/class/net/$2/address"; }

# neighbour NS DEVICE ADDRESS MAC
neighbour() { ip -n "$1" neigh replace "$3" lladdr "$4" dev "$2" nud permanent; }

# wire NS1 DEVICE1 NS2 DEVICE2 HOST4 HOST6: a cable with an address of both
# families at each end, .1 and .2, and permanent neighbours
wire() {
	veth "$1" "$2" "$3" "$4"
	addr "$1" "$2" "$5.1/24" "$6::1/64"
	addr "$3" "$4" "$5.2/24" "$6::2/64"
	neighbour "$1" "$2" "$5.2" "$(mac "$3" "$4")"
	neighbour "$1" "$2" "$6::2" "$(mac "$3" "$4")"
	neighbour "$3" "$4" "$5.1" "$(mac "$1" "$2")"
	neighbour "$3" "$4" "$6::1" "$(mac "$1" "$2")"
}

# The sites' ends. What is sent goes to an address behind the sink, where a
# blackhole route ends it without an answer.
topology() {
	setup_ns gen a b sink
	router "$a" "$b"
	wire "$gen" g0 "$a" a0 10.1.0 2001:db8:1
	wire "$a" a1 "$b" b0 10.0.0 fd00
	wire "$b" b1 "$sink" s0 10.2.0 2001:db8:2
	in_ns "$sink" sysctl -qw net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.forwarding=1
	ip -n "$sink" -6 route add blackhole 2001:db8:2:f::/64
	ip -n "$sink" route add blackhole 10.2.15.0/24
	ip -n "$b" -6 route add 2001:db8:2:f::/64 via 2001:db8:2::2
	ip -n "$b" route add 10.2.15.0/24 via 10.2.0.2
	ip -n "$gen" -6 route add 2001:db8:2::/48 via 2001:db8:1::2
	ip -n "$gen" route add 10.2.0.0/16 via 10.1.0.2
	ip -n "$sink" -6 route add 2001:db8:1::/48 via 2001:db8:2::1
	ip -n "$sink" route add 10.1.0.0/16 via 10.2.0.1
}

# through DEVICE: send both ways' traffic into the tunnels
through() {
	ip -n "$a" link set "$1" up
	ip -n "$b" link set "$1" up
	ip -n "$a" -6 route add 2001:db8:2::/48 dev "$1" "${@:2}"
	ip -n "$b" -6 route add 2001:db8:1::/48 dev "$1" "${@:2}"
	ip -n "$a" route add 10.2.0.0/16 dev "$1" 2>/dev/null || :
	ip -n "$b" route add 10.1.0.0/16 dev "$1" 2>/dev/null || :
}

# Ethernet tunnels want a next hop and a neighbour.
through_ethernet() {
	local n=1 ns
	for ns in "$a" "$b"; do
		ip -n "$ns" link set "$1" up address "02:00:00:00:00:0$n"
		addr "$ns" "$1" "fd01::$n/64"
		n=$((n + 1))
	done
	neighbour "$a" "$1" fd01::2 02:00:00:00:00:02
	neighbour "$b" "$1" fd01::1 02:00:00:00:00:01
	ip -n "$a" -6 route add 2001:db8:2::/48 via fd01::2 dev "$1"
	ip -n "$b" -6 route add 2001:db8:1::/48 via fd01::1 dev "$1"
}

### The rows

row_native() {
	ip -n "$a" -6 route add 2001:db8:2::/48 via fd00::2
	ip -n "$b" -6 route add 2001:db8:1::/48 via fd00::1
}

row_native4() {
	ip -n "$a" route add 10.2.0.0/16 via 10.0.0.2
	ip -n "$b" route add 10.1.0.0/16 via 10.0.0.1
}

row_sit() {
	ip -n "$a" link add tun0 type sit local 10.0.0.1 remote 10.0.0.2 ttl 64
	ip -n "$b" link add tun0 type sit local 10.0.0.2 remote 10.0.0.1 ttl 64
	through tun0
}

row_sit-fou() {
	modprobe fou
	ip -n "$a" fou add port 5555 ipproto 41
	ip -n "$b" fou add port 5555 ipproto 41
	ip -n "$a" link add tun0 type sit local 10.0.0.1 remote 10.0.0.2 ttl 64 \
		encap fou encap-sport auto encap-dport 5555
	ip -n "$b" link add tun0 type sit local 10.0.0.2 remote 10.0.0.1 ttl 64 \
		encap fou encap-sport auto encap-dport 5555
	through tun0
}

row_geneve() {
	ip -n "$a" link add tun0 type geneve id 1 remote 10.0.0.2
	ip -n "$b" link add tun0 type geneve id 1 remote 10.0.0.1
	through_ethernet tun0
}

row_vxlan() {
	ip -n "$a" link add tun0 type vxlan id 1 local 10.0.0.1 remote 10.0.0.2 \
		dstport 4789
	ip -n "$b" link add tun0 type vxlan id 1 local 10.0.0.2 remote 10.0.0.1 \
		dstport 4789
	through_ethernet tun0
}

row_wireguard() {
	local ka kb
	require wg
	ka=$(wg genkey) kb=$(wg genkey)
	ip -n "$a" link add tun0 type wireguard
	ip -n "$b" link add tun0 type wireguard
	in_ns "$a" wg set tun0 listen-port 51820 private-key <(echo "$ka") \
		peer "$(wg pubkey <<<"$kb")" endpoint 10.0.0.2:51820 \
		allowed-ips 2001:db8::/32,10.0.0.0/8
	in_ns "$b" wg set tun0 listen-port 51820 private-key <(echo "$kb") \
		peer "$(wg pubkey <<<"$ka")" endpoint 10.0.0.1:51820 \
		allowed-ips 2001:db8::/32,10.0.0.0/8
	through tun0
	in_ns "$gen" ping -c 1 -W 5 2001:db8:2::2 >/dev/null
}

# lisp_sites RLOC-A RLOC-B
lisp_sites() {
	local ns
	for ns in "$a" "$b"; do
		in_ns "$ns" lispctl device add tun0
	done
	in_ns "$a" lispctl -d tun0 eid add 2001:db8:1::/48
	in_ns "$a" lispctl -d tun0 eid add 10.1.0.0/16
	in_ns "$b" lispctl -d tun0 eid add 2001:db8:2::/48
	in_ns "$b" lispctl -d tun0 eid add 10.2.0.0/16
	in_ns "$a" lispctl -d tun0 map add 2001:db8:2::/48 rloc "$2"
	in_ns "$a" lispctl -d tun0 map add 10.2.0.0/16 rloc "$2"
	in_ns "$b" lispctl -d tun0 map add 2001:db8:1::/48 rloc "$1"
	in_ns "$b" lispctl -d tun0 map add 10.1.0.0/16 rloc "$1"
	through tun0
}

row_lisp() { lisp_sites 10.0.0.1 10.0.0.2; }
row_lisp-6in6() { lisp_sites fd00::1 fd00::2; }
row_lisp-4in4() { lisp_sites 10.0.0.1 10.0.0.2; }

# halfway: packets are sent on to $b, which takes them for another's. That is
# found out before IP looks at them, whatever is in them.
halfway() { ip -n "$b" link set b0 address 02:00:00:00:00:0b; }
row_native-halfway() { row_native && halfway; }
row_lisp-halfway() { row_lisp && halfway; }

# lisp_filled COUNT: the same with further entries, all over the same /32, at
# both ends; the one that is used is longer than most.
lisp_filled() {
	local ns
	row_lisp
	in_ns "$a" lispctl -d tun0 map add 2001:db8:2:f::/64 rloc 10.0.0.2
	for ns in "$a" "$b"; do
		awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) { s = i % 1000
			printf "2001:db8:%x:%x::/64 rloc 10.%d.%d.1\n",
				int(i / 65536) + 256, i % 65536, s / 250, s % 250
			} }' | in_ns "$ns" lispctl -d tun0 map load -
	done
}
row_lisp-1k() { lisp_filled 1000; }
row_lisp-1m() { lisp_filled 1000000; }

### The measurement

# pktgen FAMILY: instructions per packet
pktgen() {
	local result
	modprobe pktgen
	in_ns "$gen" bash -s "$(mac "$a" a0)" "$PACKETS" "$1" <<-'END'
		pg() { echo "$2" >"/proc/net/pktgen/$1"; }
		pg kpktgend_0 "rem_device_all"
		pg kpktgend_0 "add_device g0"
		for order in "count $2" "clone_skb 0" "burst 1" "pkt_size 128" \
			"delay 0" "dst_mac $1" "udp_src_min 9" "udp_src_max 9" \
			"udp_dst_min 9" "udp_dst_max 9"; do
			pg g0 "$order"
		done
		if [ "$3" = 6 ]; then
			pg g0 "src6 2001:db8:1::1"
			pg g0 "dst6 2001:db8:2:f::2"
		else
			pg g0 "src_min 10.1.0.1"
			pg g0 "src_max 10.1.0.1"
			pg g0 "dst 10.2.15.2"
		fi
		pg pgctrl start
	END
	result=$(in_ns "$gen" grep -A1 "^Result" /proc/net/pktgen/g0)
	# "Result: OK: USEC(c… usec, PACKETS (…"
	sed -nE 's/^Result: OK: ([0-9]+)\(.* usec, ([0-9]+) .*/\1 \2/p' <<<"$result" |
		awk '{ printf "%d\n", $1 * 1000 / $2 + 0.5 }'
}

# received ROW: packets at their end
received() {
	case $1 in
	*-halfway) in_ns "$b" cat /sys/class/net/b0/statistics/rx_packets ;;
	*) in_ns "$sink" cat /sys/class/net/s0/statistics/rx_packets ;;
	esac
}

tcp() {
	local family=$1 to=2001:db8:2::2
	[ "$family" = 6 ] || to=10.2.0.2
	start /dev/null ip netns exec "$sink" iperf3 -s -1
	wait_for_listener "$sink" tcp 5201
	in_ns "$gen" iperf3 -c "$to" -n "$TCP_BYTES" -f m |
		awk '/receiver/ { for (i = 2; i <= NF; i++)
			if ($i == "Mbits/sec") printf "%d\n", $(i - 1) }'
}

# profile ROW: where the instructions went, by function, in the row's packets
profile() {
	stop "$started" INT
	perf report -i /tmp/perf.data --stdio --no-children --sort symbol \
		>"$LISP_OUT/profile-$1.txt" 2>/dev/null
}

measure() {
	local row=$1 family=6 before instructions mbits=
	[[ $row != *4 ]] || family=4
	topology
	"row_$row"
	PACKETS=1000 pktgen $family >/dev/null # caches, neighbours, handshakes
	# What the last row left to be cleaned up must not be counted here.
	sleep 3
	before=$(received "$row")
	[ -z "${PROFILE-}" ] || start "$LISP_OUT/perf.log" perf record -a \
		-e cpu-clock -F 9973 -o /tmp/perf.data
	instructions=$(pktgen $family)
	[ -z "${PROFILE-}" ] || profile "$row"
	before=$(($(received "$row") - before))
	[ "$before" -ge "$PACKETS" ] ||
		echo "# $row: only $before of $PACKETS arrived"
	[[ $row = *-halfway ]] || mbits=$(tcp $family)
	echo "row $row $instructions $mbits"
	drop_ns "$gen" "$a" "$b" "$sink"
}

for row; do
	measure "$row"
done
