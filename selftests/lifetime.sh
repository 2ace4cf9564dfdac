#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# Entries live as long as their TTL says: they end on time, with an event, and
# never hide a shorter prefix; those in use are asked to be renewed before
# that; renewal and replacement keep what was counted; the number of entries
# is limited. Topology: see lisp_lib.sh.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
ktap_print_header
lisp_sites
require_pkt

events=$LISP_OUT/$TEST_NAME-events.log
start_within "$r1" "$events" lispctl monitor
map() { lctl "$r1" map add "$@"; }
event() { grep -Eq " lisp0 $1( |,|\$)" "$events"; }
no_event() { ! event "$@"; }
send() { pkt "$h1" udp count "${2:-1}" "$1"; }
# shellcheck disable=SC2120
show() { lctl "$r1" show map-cache "$@"; }
now() { echo "${EPOCHREALTIME/./}"; }
until_ms() {
	local left=$((($1 - $(now)) / 1000))
	[ $left -le 0 ] || sleep "$((left / 1000)).$(printf %03d $((left % 1000)))"
}

# Those with long lives first, so that these pass while other cases run. Of a
# TTL, the last tenth is for renewal; used in the ten seconds (and twice that
# tenth) before it means in use. 30: never used; 31: used at once only; 32: used
# near the end; 33: used, and renewed.
begin=$(now)
map 2001:db8:2:30::/64 rloc "$R2_RLOC4" ttl 20
map 2001:db8:2:31::/64 rloc "$R2_RLOC4" ttl 20
map 2001:db8:2:32::/64 rloc "$R2_RLOC4" ttl 20
map 2001:db8:2:33::/64 rloc "$R2_RLOC4" ttl 20
send 2001:db8:2:31::1
send 2001:db8:2:33::1
later() {
	until_ms $((begin + 14000000))
	send 2001:db8:2:32::1
	map 2001:db8:2:33::/64 rloc "$R2_RLOC4" ttl 600
}
later &
later=$!
at_exit kill "$later"

### The end

map 2001:db8:2::/48 rloc "$R2_RLOC4"
map 2001:db8:2::/64 rloc "$R2_RLOC6" ttl 2
map 2001:db8:2::/72 action drop ttl 1
map 10.2.0.0/24 rloc "$R2_RLOC4" ttl 1
ktap_test "the time left is shown" \
	expect "30::/64, uptime: 00:00:[01][0-9], expires: 00:00:([01][0-9]|20)," \
	show 2001:db8:2:30::/64
gone() { expect_not "/72|10.2.0.0/24|db8:2::/64" show && event "map-expired 2001:db8:2::/64"; }
ktap_test "they are gone after their TTL" wait_for 6 gone
ktap_test "each has its event: IPv6" event "map-expired 2001:db8:2::/72"
ktap_test "each has its event: IPv4" event "map-expired 10.2.0.0/24"
ktap_test "one without TTL stays" expect "/48, .*expires: never" show 2001:db8:2::/48

# While there is something to lose: an expired entry never hides a shorter one.
map 2001:db8:2::/64 action drop ttl 1
hides_not() {
	local i
	for i in {1..30}; do
		send "$H2_EID6"
		[ "$(counter "$r1" encap)" = "$before" ] || return 0
		sleep 0.1
	done
	return 1
}
before=$(counter "$r1" encap)
ktap_test "an expired entry does not hide a shorter prefix" hides_not

# Nor while it is still there: a process that lets nothing else run on its CPU
# keeps the work from taking it out. What it sends is little: the queue that no
# softirq empties meanwhile (netdev_max_backlog) must not fill up, or the veth
# below drops what was encapsulated.
sysctl_rt=$(sysctl -n kernel.sched_rt_runtime_us)
at_exit sysctl -qw "kernel.sched_rt_runtime_us=$sysctl_rt"
sysctl -qw kernel.sched_rt_runtime_us=-1
still_there() {
	taskset -c 0 nsenter "--net=/run/netns/$r1" lispctl map add \
		2001:db8:2::/64 action drop ttl 1
	# shellcheck disable=SC2016
	taskset -c 0 chrt -f 50 nsenter "--net=/run/netns/$r1" bash -c '
		now() { now=${EPOCHREALTIME/./}; }
		now
		for ((end = now + 2500000, next = now; now < end;)); do
			now
			((now >= next)) || continue
			echo >/dev/udp/'"$H2_EID6"'/9
			next=$((now + 50000))
		done
		# A slow machine may have been at the first one all the time.
		echo >/dev/udp/'"$H2_EID6"'/9'
}
ktap_test "an expired entry that nobody has taken out yet does not, either" \
	counted "$r1" "drop-action>=1 encap>=1" still_there
sysctl -qw "kernel.sched_rt_runtime_us=$sysctl_rt"

### Renewal and replacement

map 10.2.0.0/24 rloc "$R2_RLOC4" ttl 100
send "$H2_EID4" 3
news() { grep -c "map-new $1," "$events" || true; }
renew() {
	local before
	wait_for 5 event "map-new 10.2.0.0/24" || return
	before=$(news 10.2.0.0/24)
	map 10.2.0.0/24 rloc "$R2_RLOC4" ttl 3000
	# An event that must come behind one that must not.
	map 10.99.0.0/24 action drop
	wait_for 5 event "map-new 10.99.0.0/24" || return
	[ "$(news 10.2.0.0/24)" = "$before" ] || return
	expect "expires: 00:(49|50):" show 10.2.0.0/24
}
ktap_test "the same mapping again: lives longer, and no event" renew
ktap_test "and keeps its counters" expect "Packets: 3, bytes: " show 10.2.0.0/24
replaced() {
	map 10.2.0.0/24 rloc "$R2_RLOC6" ttl 600
	expect "Packets: 3, bytes: .*$R2_RLOC6" eval "lctl '$r1' show map-cache 10.2.0.0/24 | xargs" &&
		expect "expires: 00:(09:..|10:00)," show 10.2.0.0/24
}
ktap_test "another mapping: replaced, keeps its counters" replaced
ktap_test "and has an event" \
	wait_for_text 5 "map-new 10.2.0.0/24, .*$R2_RLOC6" cat "$events"
map 10.2.0.0/24 rloc "$R2_RLOC6"
ktap_test "a TTL can be taken away" expect "expires: never" show 10.2.0.0/24

### Flush

nlmsg "$r1" - >"$LISP_OUT/$TEST_NAME-flush.log" <<-END
	map-add ifname=lisp0 map[ eid=10.50.0.0 prefix-len=16 action=3 origin=2 ]
	map-add ifname=lisp0 map[ eid=10.51.0.0 prefix-len=16 action=3 origin=1 ]
	map-add ifname=lisp0 map[ eid=2001:db8:50:: prefix-len=48 action=3 origin=2 ttl=50 ]
END
flush_one() {
	lctl "$r1" map flush origin map-reply
	expect_not "10.50|2001:db8:50" show && expect "10.51.0.0/16" show &&
		expect "10.99.0.0/24" show && expect 2001:db8:2::/48 show
}
ktap_test "flush takes those of one origin" flush_one
ktap_test "and each has its event" wait_for 5 event "map-del 2001:db8:50::/48"

### What began first

wait "$later"
until_ms $((begin + 20500000))
ended() {
	event "map-expired 2001:db8:2:30::/64" &&
		event "map-expired 2001:db8:2:31::/64" &&
		event "map-expired 2001:db8:2:32::/64"
}
ktap_test "not renewed, they end" wait_for 5 ended
ktap_test "one in use is asked to be renewed before that" \
	event "map-refresh 2001:db8:2:32::/64, .*expires: 00:00:0[12]"
ktap_test "one never used ends without being asked for" \
	no_event "map-refresh 2001:db8:2:30::/64"
ktap_test "one not used lately ends without being asked for" \
	no_event "map-refresh 2001:db8:2:31::/64"
ktap_test "a renewed one does not end" \
	expect "expires: 00:09:" show 2001:db8:2:33::/64
ktap_test "a renewed one is not asked for" \
	no_event "map-refresh 2001:db8:2:33::/64"
ktap_test "one event for each" \
	[ "$(grep -c "map-expired 2001:db8:2:3" "$events")" = 3 ]
### The limit

limit() {
	lctl "$r1" device set lisp0 max-entries "$1"
}
entries() { expect "LISP Mapping Cache, .*, $1 entr" show; }
have=$(show | sed -n 's/.*instance-id 0, \([0-9]*\) entr.*/\1/p')
limit $((have + 1))
ktap_test "up to max-entries" map 10.60.0.0/16 action drop
ktap_test "over it: refused, and said why" \
	expect "map-cache is full \(max-entries\)" map 10.61.0.0/16 action drop
ktap_test "an entry can be replaced all the same" \
	map 10.60.0.0/16 action drop-policy
ktap_test "nothing was lost for it" entries $((have + 1))
limit 1048576

lctl "$r1" map flush
ktap_test "flush takes all" entries 0
ktap_finished
