#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=300
#
# No first packet is lost: packets to an EID without a mapping wait, one event
# asks for the mapping, and when it comes they go out in order. What waits is
# bounded, and whoever waits in vain is told. Topology: see lisp_lib.sh; the
# entries ::/0 and 0.0.0.0/0 of $r1 have the action send-map-request.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require tcpdump iperf3
ktap_print_header
lisp_sites
require_pkt

lctl "$r1" map add ::/0 action send-map-request
lctl "$r1" map add 0.0.0.0/0 action send-map-request
lctl "$r2" map add 2001:db8:1::/64 rloc "$R1_RLOC4"
lctl "$r2" map add 10.1.0.0/24 rloc "$R1_RLOC4"

events=$LISP_OUT/$TEST_NAME-events.log
start_within "$r1" "$events" lispctl monitor

set_park() { lctl "$r1" device set lisp0 "$@"; }
# Longer than 10 s: that is little where everything is slow.
patient() { set_park park-time 60000; }
patient
# waiting EID REGEX: so many packets wait for it
waiting() {
	expect "$1/[0-9]+,.*incomplete, packets waiting: ($2)\$" \
		lctl "$r1" show map-cache "$1"
}
nobody_waits() { expect_not incomplete lctl "$r1" show map-cache; }
misses() { grep -c " miss $1 from $2" "$events" || true; }
# numbers FILE: of the UDP packets of "pkt udp", as they came
numbers() { captured "$1" -A | grep -Eo '0000[0-9]{4}' | xargs; }

### A mapping that comes late

late=20
# ping_late ADDRESS MAPPING...
ping_late() {
	local eid=$1 log=$LISP_OUT/$TEST_NAME-ping.log status=0
	shift
	start "$log" nsenter "--net=/run/netns/$h1" \
		ping -c $late -i 0.02 -W 60 "$eid"
	wait_for 20 waiting "$eid" $late || {
		lctl "$r1" show map-cache
		status=1
	}
	lctl "$r1" map add "$@" || status=1
	wait "$started" || status=1
	expect " $late received" cat "$log" || status=1
	return $status
}

in_order() {
	local seen
	seen=$(captured "$1" | sed -n 's/.*echo request.* seq \([0-9]*\),.*/\1/p' |
		xargs)
	[ "$seen" = "$(seq -s ' ' $late)" ] || {
		echo "seen: $seen"
		return 1
	}
}

capture "$h2" eth0 late6.pcap icmp6 and 'ip6[40] = 128'
capture6=$started
capture "$h2" eth0 late4.pcap 'icmp[0] = 8'
capture4=$started
ktap_test "IPv6: $late packets wait, are incomplete, and all arrive" \
	counted "$r1" "parked=$late released=$late miss=1 encap=$late" \
	ping_late "$H2_EID6" 2001:db8:2::/64 rloc "$R2_RLOC4"
ktap_test "IPv4: $late packets wait, are incomplete, and all arrive" \
	counted "$r1" "parked=$late released=$late miss=1 encap=$late" \
	ping_late "$H2_EID4" 10.2.0.0/24 rloc "$R2_RLOC6"
stop "$capture6" INT
stop "$capture4" INT
ktap_test "IPv6: they arrive in order" in_order late6.pcap
ktap_test "IPv4: they arrive in order" in_order late4.pcap
ktap_test "one event for the IPv6 EID, with the source" \
	[ "$(misses "$H2_EID6/128" "$H1_EID6")" = 1 ]
ktap_test "one event for the IPv4 EID, with the source" \
	[ "$(misses "$H2_EID4/32" "$H1_EID4")" = 1 ]
ktap_test "nothing is incomplete any more" nobody_waits

# The entry goes and comes again and again in the midst of traffic. From one
# CPU, since two may overtake each other anywhere.
flapping() {
	local i got
	capture "$r1" eth1 flap.pcap "udp dst port 4341 and src $R1_RLOC4"
	local tcpdump=$started
	start "$LISP_OUT/$TEST_NAME-flap.log" taskset -c 0 nsenter \
		"--net=/run/netns/$h1" "$LISP_PKT/pkt" udp count 150 gap 10 \
		"$H2_EID6"
	local sender=$started
	for i in {1..10}; do
		lctl "$r1" map del 2001:db8:2::/64 || return
		sleep 0.0$((i % 3 + 1))
		lctl "$r1" map add 2001:db8:2::/64 rloc "$R2_RLOC4" || return
	done
	wait "$sender" || return
	wait_for 5 nobody_waits || return
	wait_for_text 5 00000149 numbers flap.pcap
	stop "$tcpdump" INT
	got=$(numbers flap.pcap)
	[ "$got" = "$(seq -s ' ' -f %08g 0 149)" ] || {
		echo "sent: $got"
		return 1
	}
}
ktap_test "an entry that flaps: nothing lost, nothing overtaken, nothing left" \
	counted "$r1" "encap>=150 parked>=1" flapping

### TCP

# tcp ADDRESS MAPPING...
tcp() {
	local log=$LISP_OUT/$TEST_NAME-tcp.log eid=$1 status=0
	shift
	start "$log.server" nsenter "--net=/run/netns/$h2" iperf3 -s -1
	wait_for_listener "$h2" tcp 5201
	start "$log" nsenter "--net=/run/netns/$h1" iperf3 -c "$eid" -n 8M
	wait_for 20 waiting "$eid" '[1-9][0-9]*' || status=1
	lctl "$r1" map add "$@" || status=1
	# Once more when data is on its way.
	wait_for_text 20 "sec .*Bytes" cat "$log" || status=1
	wait "$started" || status=1
	expect receiver cat "$log" || status=1
	return $status
}
lctl "$r1" map del 2001:db8:2::/64
# A whole window, and all that is sent again while nothing gets through.
set_park park-packets-eid 4096
ktap_test "TCP connects when its mapping comes, and runs" \
	counted "$r1" "parked>=1" tcp "$H2_EID6" 2001:db8:2::/64 rloc "$R2_RLOC6"

# sent_since NUMBER: 200 packets more than that have left
sent_since() { [ "$(counter "$r1" encap)" -ge $(($1 + 200)) ]; }

# The entry goes while large segments are on their way.
tcp_gap() {
	local log=$LISP_OUT/$TEST_NAME-tcp-gap.log status=0 sent
	sent=$(counter "$r1" encap)
	start "$log.server" nsenter "--net=/run/netns/$h2" iperf3 -s -1
	wait_for_listener "$h2" tcp 5201
	start "$log" nsenter "--net=/run/netns/$h1" \
		iperf3 -c "$H2_EID6" -t $((3 * ${LISP_TIME_FACTOR:-1}))
	wait_for 20 sent_since "$sent" || status=1
	lctl "$r1" map del 2001:db8:2::/64
	wait_for 20 waiting "$H2_EID6" '[1-9][0-9]*' || status=1
	lctl "$r1" map add 2001:db8:2::/64 rloc "$R2_RLOC6"
	wait "$started" || status=1
	expect receiver cat "$log" || status=1
	return $status
}
ktap_test "TCP's large packets wait, too, and are sent" \
	counted "$r1" "parked>=1" tcp_gap
set_park park-packets-eid 64
lctl "$r1" map del 2001:db8:2::/64
lctl "$r1" map del 10.2.0.0/24

### Bounds

# bounded MAPPED NUMBERS PKT-ARGUMENT...: send, map, see which numbers came
bounded() {
	local want=$1 status=0 got
	shift
	capture "$h2" eth0 bound.pcap 'udp and dst port 9'
	local tcpdump=$started
	pkt "$h1" udp "$@" "$H2_EID6" || status=1
	wait_for 5 waiting "$H2_EID6" "$(wc -w <<<"$want")" || status=1
	lctl "$r1" map add 2001:db8:2::/64 rloc "$R2_RLOC4"
	wait_for 5 nobody_waits || status=1
	wait_for_text 5 "${want##* }" numbers bound.pcap || status=1
	stop "$tcpdump" INT
	lctl "$r1" map del 2001:db8:2::/64
	got=$(numbers bound.pcap)
	[ "$got" = "$want" ] || {
		echo "came: $got, not: $want"
		return 1
	}
	return $status
}

set_park park-packets-eid 5
ktap_test "limit of one EID: the oldest goes, is counted, the rest arrives" \
	counted "$r1" "parked=8 released=5 drop-park-full=3" \
	bounded "00000003 00000004 00000005 00000006 00000007" count 8
set_park park-packets-eid 64 park-packets 6
others() {
	pkt "$h1" udp count 3 2001:db8:2::f
	bounded "00000000 00000001 00000002 00000003 00000004" count 5
}
ktap_test "limit of all: the EID that waits longest pays" \
	counted "$r1" "parked=8 drop-park-full=2 released=6" others

set_park park-packets 4096 park-bytes 20000
by_bytes() {
	local now dropped
	pkt "$h1" udp count 30 size 1000 "$H2_EID6"
	now=$(counter "$r1" park-now)
	dropped=$(counter "$r1" drop-park-full)
	echo "waiting: $now of 30, dropped: $((dropped - before))"
	[ "$now" -ge 2 ] && [ "$now" -le 20 ] &&
		[ "$((dropped - before))" = $((30 - now)) ]
}
before=$(counter "$r1" drop-park-full)
ktap_test "limit of memory: the oldest go, are counted" by_bytes
set_park park-bytes 1
ktap_test "a packet larger than all the memory allowed is dropped at once" \
	counted "$r1" "drop-park-full=1" \
	expect "Address unreachable" within "$h1" ping -c 1 -W 5 2001:db8:2::11
set_park park-bytes 8388608

### In vain

give_up() { nlmsg "$r1" pending-del ifname=lisp0 "eid[" "addr=$1" "]"; }
drop_waiting() {
	counted "$r1" "drop-park-timeout>=1" give_up "$H2_EID6" && nobody_waits
}
ktap_test "given up by netlink: dropped, counted" drop_waiting
ktap_test "nothing to give up is an error" \
	expect "no packet waits for this EID" give_up "$H2_EID6"

set_park park-time 300
ktap_test "IPv6: no mapping in time: ICMP unreachable, counted" \
	counted "$r1" "parked=1 drop-park-timeout=1 miss=1" \
	expect "Address unreachable" within "$h1" ping -c 1 -W 5 "$H2_EID6"
ktap_test "IPv4: no mapping in time: ICMP unreachable, counted" \
	counted "$r1" "parked=1 drop-park-timeout=1 miss=1" \
	expect "Destination Host Unreachable" \
	within "$h1" ping -c 1 -W 5 "$H2_EID4"
ktap_test "the next packet asks again" \
	counted "$r1" "parked=1 drop-park-timeout=1 miss=1" \
	expect "Address unreachable" within "$h1" ping -c 1 -W 5 "$H2_EID6"
patient

# What waits already is given up sooner
sooner() {
	local log=$LISP_OUT/$TEST_NAME-sooner.log status=0
	start_within "$h1" "$log" ping -c 1 -W 60 "$H2_EID6"
	wait_for 5 waiting "$H2_EID6" 1 || status=1
	set_park park-time 100
	wait_for_text 4 "Address unreachable" cat "$log" || status=1
	stop "$started"
	patient
	return $status
}
ktap_test "a shorter time counts for what waits already" \
	counted "$r1" "parked=1 drop-park-timeout=1" sooner

# negative ADDRESS TEXT COMMAND...: what the sender hears when it is run
negative() {
	local log=$LISP_OUT/$TEST_NAME-negative.log status=0 eid=$1 text=$2
	shift 2
	start "$log" nsenter "--net=/run/netns/$h1" ping -c 2 -i 0.1 -W 60 "$eid"
	wait_for 10 waiting "$eid" 2 || status=1
	"$@" || status=1
	wait_for_text 5 "$text" cat "$log" || status=1
	stop "$started"
	nobody_waits && return $status
}
ktap_test "a negative mapping comes: ICMP unreachable, dropped, counted" \
	counted "$r1" "parked=2 released=2 drop-action=2" \
	negative "$H2_EID6" "Address unreachable" \
	lctl "$r1" map add 2001:db8:2::/64 action drop
lctl "$r1" map del 2001:db8:2::/64
ktap_test "denied by policy: ICMP administratively prohibited, counted" \
	counted "$r1" "parked=2 released=2 drop-action=2" \
	negative "$H2_EID4" "Packet filtered" \
	lctl "$r1" map add 10.2.0.0/24 action drop-policy
lctl "$r1" map del 10.2.0.0/24

# other_eid: an entry that does not cover what waits
other_eid() {
	pkt "$h1" udp count 2 "$H2_EID6"
	wait_for 5 waiting "$H2_EID6" 2 || return
	lctl "$r1" map add 2001:db8:2:1::/64 rloc "$R2_RLOC4"
	lctl "$r1" map add 2001:db8:2::/124 rloc "$R2_RLOC4"
	lctl "$r1" map add 10.2.0.0/24 rloc "$R2_RLOC4"
	sleep 0.3
	waiting "$H2_EID6" 2
}
ktap_test "an entry of another EID releases nothing" \
	counted "$r1" "parked=2 released=0 encap=0" other_eid
ktap_test "the covering entry releases" counted "$r1" "released=2 encap=2" \
	lctl "$r1" map add 2001:db8::/32 rloc "$R2_RLOC4"

# An entry that asks ends, by hand or by time, and a shorter one forwards.
lctl "$r1" map add 2001:db8:2::/64 action send-map-request
shorter() {
	pkt "$h1" udp count 2 "$H2_EID6"
	wait_for 5 waiting "$H2_EID6" 2 || return
	"$@"
	wait_for 20 nobody_waits
}
ktap_test "the asking entry is deleted: a shorter one releases" \
	counted "$r1" "released=2 encap=2" \
	shorter lctl "$r1" map del 2001:db8:2::/64
nlmsg "$r1" map-add ifname=lisp0 "map[" eid=2001:db8:2:: prefix-len=64 \
	action=2 origin=2 "]" >/dev/null
ktap_test "the asking entry is flushed: a shorter one releases" \
	counted "$r1" "released=2 encap=2" \
	shorter lctl "$r1" map flush origin map-reply
lctl "$r1" map add 2001:db8:2::/64 action send-map-request ttl 5
ktap_test "the asking entry expires: a shorter one releases" \
	counted "$r1" "released=2 encap=2" shorter true

# One entry is added, and the one that asks gives way to it.
lctl "$r1" map flush origin map-reply
nlmsg "$r1" map-add ifname=lisp0 "map[" eid=2001:db8:2:: prefix-len=64 \
	action=2 origin=2 "]" >/dev/null
full() {
	set_park max-entries "$(lctl "$r1" map save | grep -c .)"
	lctl "$r1" map add 2001:db8:7::/64 rloc "$R2_RLOC4" ttl 60
}
ktap_test "the asking entry is evicted: a shorter one releases" \
	counted "$r1" "released=2 encap=2 evicted=1" shorter full
set_park max-entries 1048576
lctl "$r1" map del 2001:db8:7::/64
lctl "$r1" map del 2001:db8::/32

### The list of those that wait

# The first of the list go when they were told, and before the others are.
shrinking() {
	local list=$LISP_OUT/$TEST_NAME-list i n
	pkt "$h1" udp eids 600 2001:db8:2::1000
	wait_for 10 counter_is "$r1" park-now 600 || return
	: >"$list"
	{
		wait_for_text 10 2001:db8:2::101d/128 cat "$list"
		for ((i = 0x1000; i < 0x101e; i++)); do
			printf 'pending-del ifname=lisp0 eid[ addr=2001:db8:2::%x ]\n' $i
		done | nlmsg "$r1" -
	} | nlmsg "$r1" -w pending-get ifname=lisp0 >"$list" || return
	counter_is "$r1" park-now 570 || return
	n=$(grep -c '^2001:db8:2::1' "$list")
	[ "$n" = 600 ] || { echo "$n of 600"; return 1; }
}
ktap_test "it may get shorter while it is told: all that stay are told" shrinking
set_park park-time 100
wait_for 20 nobody_waits
patient

### Events

set_park miss-rate 2
sleep 1.1
ktap_test "events over the limit of a second are not sent at once, but counted" \
	counted "$r1" "parked=5 miss>=2 miss-limited=3" \
	pkt "$h1" udp eids 5 2001:db8:2::100
told() { [ "$(grep -c "miss 2001:db8:2::10[0-4]/128" "$events")" = 5 ]; }
ktap_test "they are sent later" wait_for 10 told
ktap_test "packets to EIDs that are told of tell no more" \
	counted "$r1" "parked=5 miss=0 miss-limited=0" \
	pkt "$h1" udp eids 5 2001:db8:2::100
ktap_test "each EID is told of once" told

down() {
	ip -n "$r1" link set lisp0 down
	ip -n "$r1" link set lisp0 up
	nobody_waits && counter_is "$r1" park-now 0
}
ktap_test "a device that goes down keeps nothing" down
ktap_finished
