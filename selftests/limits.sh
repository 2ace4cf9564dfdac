#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=180
#
# Everything a device holds is bounded: entries, packets that wait, events. Past
# a bound the right ones go, and a counter says so. Topology: see lisp_lib.sh.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
ktap_print_header
lisp_sites

# maps FIRST LAST [WORD]...: lines for map load
maps() {
	local i
	for ((i = $1; i <= $2; i++)); do
		echo "2001:db8:2:$i::/64 rloc $R2_RLOC4 ${*:3}"
	done
}
load() { lctl "$r1" map load -; }
entries() { lctl "$r1" --json show device | grep -Eo '"entries": *[0-9]+' | grep -Eo '[0-9]+$'; }
has() { lctl "$r1" map save | grep "^2001:db8:2:$1::/64 " >/dev/null; }
has_all() { local n; for n; do has "$n" || { echo "$n is gone"; return 1; }; done; }
has_none() { local n; for n; do ! has "$n" || { echo "$n is there"; return 1; }; done; }
is() { [ "$1" = "$2" ] || { echo "$1, not $2"; return 1; }; }
use() { local n; for n; do in_ns "$h1" ping -q -c 1 -W 0.5 "2001:db8:2:$n::1" || :; done; }

### Entries

lctl "$r1" device set lisp0 max-entries 100
maps 1001 1010 | load
maps 1 90 ttl 3600 origin map-reply | load
use 1 3 5 2>/dev/null >&2
used() { [ "$(counter "$r1" encap)" -ge 3 ]; }
wait_for 5 used

evict() {
	maps 101 110 ttl 3600 origin map-reply | load || return 1
	is "$(entries)" 100 && counter_is "$r1" evicted 10 &&
		has_all 1 3 5 14 90 101 110 && has_none 2 4 6 7 8 9 10 11 12 13
}
ktap_test "full: the longest unused map-reply entries give way, counted" evict
has_statics() { has_all 1001 1010 && maps 1011 1012 | load && has_all 1011; }
ktap_test "full: a static entry makes map-reply ones give way, none of its own" \
	has_statics
replace() {
	maps 110 110 ttl 60 rloc "$R1_RLOC4" origin map-reply | load || return 1
	is "$(entries)" 100 && counter_is "$r1" evicted 12
}
ktap_test "full: replacing an entry evicts nothing" replace

lower() {
	lctl "$r1" device set lisp0 max-entries 20
	wait_for 5 is_20 && has_all 1001 1012 && counter_is "$r1" evicted 92
}
is_20() { is "$(entries)" 20; }
ktap_test "lowering max-entries evicts what is too many" lower
statics() {
	maps 1013 1020 | load || return 1
	maps 1021 1021 origin map-reply | load 2>"$LISP_OUT/said" && return 1
	grep "standard input:1: .*full" "$LISP_OUT/said" || {
		cat "$LISP_OUT/said"
		return 1
	}
	has_all 1001 1020 && is "$(entries)" 20
}
ktap_test "full of static entries: refused, nothing evicted" statics
lctl "$r1" map flush
lctl "$r1" device set lisp0 max-entries 100000

### Events

lctl "$r1" map add 2001:db8:2::/48 action send-map-request
start "$LISP_OUT/$TEST_NAME-monitor" ip netns exec "$r1" lispctl monitor
monitor=$started
sleep 1
misses() {
	local before
	lctl "$r1" device set lisp0 miss-rate 5
	before=$(counter "$r1" miss)
	# One packet each, as fast as it gets.
	in_ns "$h1" bash -c 'for i in {1..20}; do
		echo >"/dev/udp/2001:db8:2:$i::1/9"; done'
	[ $(($(counter "$r1" miss) - before)) -lt 20 ] ||
		{ echo "told at once: $(counter "$r1" miss)"; return 1; }
	[ "$(counter "$r1" miss-limited)" -gt 0 ] || return 1
	wait_for 15 told_all || {
		cat "$LISP_OUT/$TEST_NAME-monitor"
		return 1
	}
	is "$(counter "$r1" miss)" $((before + 20))
}
told_all() {
	is "$(grep -c ' miss 2001:db8:2:' "$LISP_OUT/$TEST_NAME-monitor")" 20
}
ktap_test "over miss-rate: the rest is told later, without another packet" misses
stop "$monitor"
lctl "$r1" device set lisp0 miss-rate 1000
lctl "$r1" map del 2001:db8:2::/48

### A scan, with a TCP flow; scan.sh has one of a million packets

# scan COUNT: packets from $h1 to random EIDs, 1,048,576 of them
scan() {
	modprobe pktgen
	in_ns "$h1" bash -s "$(in_ns "$r1" cat /sys/class/net/eth0/address)" "$1" <<-'END'
		pg() { echo "$2" >"/proc/net/pktgen/$1"; }
		pg kpktgend_0 "rem_device_all"
		pg kpktgend_0 "add_device eth0"
		for order in "count $2" "clone_skb 0" "pkt_size 100" "delay 200000" \
			"dst_mac $1" "src_min 10.1.0.10" "src_max 10.1.0.10" \
			"dst_min 11.16.0.0" "dst_max 11.32.0.0" "flag IPDST_RND"; do
			pg eth0 "$order"
		done
		pg pgctrl start
	END
}
backlog_drops() { cut -d ' ' -f 2 /proc/net/softnet_stat | tr '\n' ' '; }
available() { awk '/^MemAvailable/ { print $2 }' /proc/meminfo; }

# A slow machine is not what is tested: what it cannot take at once waits, and
# what it sends in the time that packets wait is more than may wait.
most=500
lctl "$r1" device set lisp0 park-packets $most
backlog=$(sysctl -n net.core.netdev_max_backlog)
at_exit sysctl -qw "net.core.netdev_max_backlog=$backlog"
sysctl -qw net.core.netdev_max_backlog=10000
ip -n "$r1" route add 11.16.0.0/12 dev lisp0
lctl "$r1" map add 11.16.0.0/12 action send-map-request
lisp_map_both 4
under_scan() {
	local before_miss before now least pinger
	before=$(available) least=$before before_miss=$(counter "$r1" miss)
	backlog_drops=$(backlog_drops)
	start "$LISP_OUT/$TEST_NAME-ping" ip netns exec "$h1" \
		ping -q -i 0.05 -c 100 -W 10 "$H2_EID6"
	pinger=$started
	start "$LISP_OUT/$TEST_NAME-tcp" ip netns exec "$h2" iperf3 -s -1
	wait_for_listener "$h2" tcp 5201
	start "$LISP_OUT/$TEST_NAME-flow" ip netns exec "$h1" \
		iperf3 -c "$H2_EID4" -b 4M -t 5
	local begin=$SECONDS
	scan "${SCAN:-30000}" &
	local scanner=$!
	while kill -0 "$scanner" 2>/dev/null; do
		# It answers, and keeps to its limits.
		now=$(counter "$r1" park-now)
		[ "$now" -le $most ] || { echo "$now wait"; return 1; }
		now=$(available)
		[ "$now" -ge "$least" ] || least=$now
		sleep 0.1
	done
	wait "$scanner"
	echo "# $((SECONDS - begin)) s, $((before - least)) kB"
	[ $((before - least)) -lt 40000 ] || return 1
	now=$(($(counter "$r1" miss) - before_miss))
	[ "$now" -le $(((SECONDS - begin + 2) * 1000)) ] ||
		{ echo "$now events"; return 1; }
	[ "$(counter "$r1" drop-park-full)" -gt 0 ] ||
		{ echo "never were $most waiting"; return 1; }
	wait "$pinger" || :
	if ! grep " 0% packet loss" "$LISP_OUT/$TEST_NAME-ping"; then
		cat "$LISP_OUT/$TEST_NAME-ping"
		echo "backlog drops before: $backlog_drops, now: $(backlog_drops)"
		lctl "$r1" show statistics | grep -v ' 0$'
		lctl "$r2" show statistics | grep -v ' 0$'
		# What the VM's own queues drop is not for LISP to answer.
		[ "$(backlog_drops)" != "$backlog_drops" ] || return 1
	fi
	wait_for_text 20 "receiver" cat "$LISP_OUT/$TEST_NAME-flow" || {
		cat "$LISP_OUT/$TEST_NAME-flow"
		return 1
	}
}
require iperf3
ktap_test "a scan: memory and events bounded, established flows lose nothing" \
	under_scan
gone() { counter_is "$r1" park-now 0; }
ktap_test "the scan's packets are given up in time" wait_for 20 gone

# A limit may be lowered between two looks at it: so thousands of times.
rounds() {
	while kill -0 "$1" 2>/dev/null; do
		echo "dev-set ifname=lisp0 link[ park-bytes=1 ]"
		echo "dev-set ifname=lisp0 link[ park-bytes=20000 ]"
		echo "dev-set ifname=lisp0 link[ park-packets=0 park-packets-eid=0 ]"
		echo "dev-set ifname=lisp0 link[ park-packets=8 park-packets-eid=1 ]"
	done | tee "$LISP_OUT/rounds"
}
changing() {
	local scanner
	scan "${SCAN:-30000}" &
	scanner=$!
	rounds "$scanner" | nlmsg "$r1" - || return 1
	wait "$scanner"
	echo "# $(wc -l <"$LISP_OUT/rounds") changes"
	[ "$(wc -l <"$LISP_OUT/rounds")" -ge 100 ] && wait_for 20 gone &&
		ping_host
}
ping_host() {
	expect " 0% packet loss" in_ns "$h1" ping -q -c 3 -i 0.2 "$H2_EID6"
}
ktap_test "limits that change under a scan" changing

### Memory, which is that of the control group that asks for it

cgroups=/sys/fs/cgroup
[ -e $cgroups/cgroup.controllers ] ||
	mount -t cgroup2 cgroup2 $cgroups 2>/dev/null || :
setup_ns x
locators() {
	local i
	echo -n "map-add ifname=lisp0 map[ eid=10.0.0.0 prefix-len=8"
	for i in {1..200}; do
		echo -n " locator[ addr=192.0.2.$i ]"
	done
	echo " ]"
}
# in_group COMMAND...
in_group() {
	# shellcheck disable=SC2016
	bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' $cgroups/lisptest "$@"
}
held() { sed -n "s/^$1 //p" $cgroups/lisptest/memory.stat; }
# Of each locator there are counters and a route on each processor, 64 and 40
# bytes at least.
paid() {
	local cpus
	cpus=$(nproc)
	locators >"$LISP_OUT/$TEST_NAME-locators"
	# shellcheck disable=SC2154 # x is set by setup_ns
	in_group nsenter "--net=/run/netns/$x" "$LISP_PKT/nlmsg" - \
		<"$LISP_OUT/$TEST_NAME-locators" || return
	echo "percpu $(held percpu) slab $(held slab)"
	[ "$(held percpu)" -ge $((200 * 100 * cpus)) ] &&
		[ "$(held slab)" -ge $((200 * 64)) ]
}
group() {
	mkdir $cgroups/lisptest && echo +memory >$cgroups/cgroup.subtree_control &&
		[ -n "$(held percpu)" ]
}
if group 2>/dev/null; then
	at_exit rmdir $cgroups/lisptest
	lctl "$x" device add lisp0
	ktap_test "who adds locators pays for their memory" paid
else
	ktap_test_skip "who adds locators pays for their memory" \
		"no memory control groups"
fi
ktap_finished
