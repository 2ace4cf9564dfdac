#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=600
#
# Somebody scans: a million packets, each to an EID drawn from a million of its
# family, none of which has a mapping. The router goes on: flows that are there
# lose nothing, requests are answered, what it holds is bounded, listeners hear
# of no more misses than they are to, and when it is over nothing is left.
# SCAN_PACKETS says how many of each family. Not where everything is several
# times slower: what waits would end before there is too much of it. Topology:
# see lisp_lib.sh.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
ktap_print_header
lisp_sites
modprobe pktgen 2>/dev/null || ktap_skip_all "no pktgen here"

packets=${SCAN_PACKETS:-$((1 << 19))}
[ -n "${SCAN_PACKETS:-}" ] || [ "${LISP_TIME_FACTOR:-1}" -le 2 ] ||
	ktap_skip_all "too slow here for so many; limits.sh scans with fewer"
# 8 MB are allowed to what waits, 10 MB of each CPU to what it cannot take at
# once, the rest is for programs that are started meanwhile. A million packets
# are 1 GB.
memory_kb=64000
answer_ms=$((5000 * ${LISP_TIME_FACTOR:-1}))
miss_rate=1000

# Answers to a scan are limited, as they are in a router.
within "$r1" sysctl -qw net.ipv4.icmp_ratelimit=1000 net.ipv6.icmp.ratelimit=1000
# A slow machine is not what is tested: what it cannot take at once waits.
backlog=$(sysctl -n net.core.netdev_max_backlog)
at_exit sysctl -qw "net.core.netdev_max_backlog=$backlog"
sysctl -qw net.core.netdev_max_backlog=10000
lisp_map_both 4
ip -n "$r1" route add 11.16.0.0/12 dev lisp0
ip -n "$r1" route add 2001:db8:4000::/36 dev lisp0
lctl "$r1" map add 11.16.0.0/12 action send-map-request
lctl "$r1" map add 2001:db8:4000::/36 action send-map-request
lctl "$r1" device set lisp0 miss-rate $miss_rate

# The router goes first on the scanner's CPU: otherwise that would try again and
# again in vain. What else there is to do is done on another one.
taskset -pc $(($(nproc) - 1)) $$ >/dev/null
for scanner in $(pgrep -x kpktgend_0); do
	chrt --idle -p 0 "$scanner"
done

log=$LISP_OUT/$TEST_NAME
# scan ORDER...: from $h1, with what pktgen is to be told besides
scan() {
	in_ns "$h1" bash -s "$(in_ns "$r1" cat /sys/class/net/eth0/address)" "$@" <<-'END'
		pg() { echo "$2" >"/proc/net/pktgen/$1"; }
		mac=$1
		shift
		pg kpktgend_0 "rem_device_all"
		pg kpktgend_0 "add_device eth0"
		for order in "clone_skb 0" "pkt_size 110" "delay 0" "dst_mac $mac" "$@"; do
			pg eth0 "$order"
		done
		pg pgctrl start
		sed -n 's/.*pkts-sofar: \([0-9]*\).*errors: \([0-9]*\).*/\1 \2/p' /proc/net/pktgen/eth0
	END
}
scan_both() {
	scan "count $packets" "src_min 10.1.0.10" "src_max 10.1.0.10" \
		"dst_min 11.16.0.0" "dst_max 11.31.255.255" "flag IPDST_RND"
	# Bits that are in the one and not in the other are drawn.
	scan "count $packets" "src6 $H1_EID6" "dst6_min 2001:db8:4000::" \
		"dst6_max 2001:db8:400f:ffff::"
}
now_ms() { awk '{ print int($1 * 1000) }' /proc/uptime; }
available() { awk '/^MemAvailable/ { print $2 }' /proc/meminfo; }
backlog_drops() {
	local n sum=0
	while read -r _ n _; do sum=$((sum + 16#$n)); done </proc/net/softnet_stat
	echo $sum
}
# lost LOG: echo requests before the last answered one that were not
lost() {
	awk -F 'icmp_seq=' '/bytes from/ { n++; if ($2 + 0 > last) last = $2 + 0 }
		END { print last - n, last + 0 }' "$1"
}
at_least() { [ "$1" -ge "$2" ] || { echo "$1, less than $2"; return 1; }; }
at_most() { [ "$1" -le "$2" ] || { echo "$1, more than $2"; return 1; }; }

### While it lasts

start "$log-ping4" ip netns exec "$h1" ping -i 0.1 -W 60 "$H2_EID4"
ping4=$started
start "$log-ping6" ip netns exec "$h1" ping -i 0.1 -W 60 "$H2_EID6"
ping6=$started
start_within "$r1" "$log-events" bash -c 'lispctl monitor |
	awk '\''/ miss / { n++ } / lost/ { l++ } END { print n + 0, l + 0 }'\'''
monitor=$started
wait_for_text 20 "icmp_seq=3" cat "$log-ping6"

before=$(available) least=$before before_drops=$(backlog_drops)
begin=$(now_ms) before_miss=$(counter "$r1" miss)
most_parked=0 longest=0 asked=0
scan_both >"$log-pktgen" 2>&1 &
scanner=$!
at_exit kill "$scanner"
while kill -0 "$scanner" 2>/dev/null; do
	t=$(now_ms)
	lctl "$r1" show map-cache 10.2.0.10 >"$log-answer" && asked=$((asked + 1))
	t=$(($(now_ms) - t))
	[ "$t" -le "$longest" ] || longest=$t
	n=$(counter "$r1" park-now)
	[ "$n" -le "$most_parked" ] || most_parked=$n
	n=$(available)
	[ "$n" -ge "$least" ] || least=$n
	sleep 0.1
done
took=$(($(now_ms) - begin))
misses=$(($(counter "$r1" miss) - before_miss))
counted_ms=$(($(now_ms) - begin))
drops=$(($(backlog_drops) - before_drops))
# pktgen sends again what a full queue refuses.
read -r sent refused < <(awk '{ s += $1; e += $2 } END { print s + 0, e + 0 }' "$log-pktgen")
drops=$((drops - refused))
[ "$drops" -ge 0 ] || drops=0
echo "# scan: packets $sent took_ms $took misses $misses most_parked $most_parked" \
	"memory_kb $((before - least)) longest_answer_ms $longest answers $asked refused $refused other_drops $drops"

ktap_test "$((2 * packets)) packets were sent" at_least "$sent" $((2 * packets))
seen() {
	at_least "$(counter "$r1" parked)" $((2 * packets)) &&
		at_least "$(counter "$r1" drop-park-full)" 1
}
ktap_test "and came to wait, as long as there was room" seen
ktap_test "no more of them than are allowed at a time" at_most "$most_parked" 4096
ktap_test "memory is bounded" at_most $((before - least)) $memory_kb
ktap_test "no more misses are told of in a second than allowed" \
	at_most "$misses" $(((counted_ms / 1000 + 2) * miss_rate))
ktap_test "but some are" at_least "$misses" 1
ktap_test "requests were answered" at_least "$asked" 3
ktap_test "each in time" at_most "$longest" "$answer_ms"

### When it is over

drained() { counter_is "$r1" park-now 0; }
ktap_test "all are given up in time" wait_for 30 drained
nobody() { expect_not incomplete lctl "$r1" show map-cache; }
ktap_test "nothing is asked for any more" nobody
freed() { at_most $((before - $(available))) $((memory_kb / 2)); }
ktap_test "memory is given back" wait_for 30 freed
# flow PID LOG: an answer comes still, and none before it was missing
flow() {
	local last n
	read -r _ last <<<"$(lost "$2")"
	wait_for_text 20 "icmp_seq=$((last + 5)) " cat "$2"
	kill -INT "$1"
	wait "$1" || :
	read -r n last <<<"$(lost "$2")"
	echo "$n lost of $last; queues of the machine dropped $drops"
	at_least "$last" 10 && at_most "$n" "$drops"
}
ktap_test "an established flow has lost nothing, IPv4" flow "$ping4" "$log-ping4"
ktap_test "an established flow has lost nothing, IPv6" flow "$ping6" "$log-ping6"
events() {
	local heard overruns
	pkill -TERM -P "$monitor" lispctl
	wait "$monitor" || :
	read -r heard overruns <"$log-events"
	echo "heard of $heard misses, $overruns overruns"
	misses=$(($(counter "$r1" miss) - before_miss))
	[ "$overruns" != 0 ] || at_least "$heard" "$misses"
}
ktap_test "a listener has heard of every miss told, or that some were lost" events
ktap_finished
