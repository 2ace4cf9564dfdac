#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=300
#
# Want of memory. Each allocation that a request or a packet makes is made to
# fail, one at a time: what was asked for is done or refused, never half done,
# a packet is sent or dropped and counted, and listeners hear of all that was
# done or that something was lost. What leaks, kmemleak finds at the end.
# Needs fault injection: only the debugging kernel has it. One namespace,
# whose cables end in nothing:
#
#	eid0 [$r, lisp0] core0, tun0
#	10.1.0.0/24	 172.16.1.0/24, 172.16.3.0/24
. "$(dirname "$(readlink -f "$0")")/../lib.sh"
. "$(dirname "$(readlink -f "$0")")/../lisp_lib.sh"
require ip lispctl
require_module
ktap_print_header
require_pkt
[ -e /proc/thread-self/fail-nth ] || ktap_skip_all "no fault injection here"

modprobe tun 2>/dev/null || :
setup_ns r
# shellcheck disable=SC2154
router "$r"
ip -n "$r" -batch - <<-EOF
	link add eid0 type dummy
	link add core0 type dummy
	tuntap add tun0 mode tun
	link set eid0 up
	link set core0 up
	link set tun0 up
	addr add 10.1.0.1/24 dev eid0
	addr add 172.16.1.1/24 dev core0
	addr add 172.16.3.1/24 dev tun0
	route add 172.16.0.0/16 via 172.16.1.254
	route add 2001:db8:ffff::/48 dev core0
EOF

# Of every allocation in the kernel, whatever its flags, without a word.
for kind in failslab fail_page_alloc; do
	for setting in verbose=0 ignore-gfp-wait=N ignore-gfp-highmem=N min-order=0; do
		file=/sys/kernel/debug/$kind/${setting%=*}
		[ ! -e "$file" ] || echo "${setting#*=}" >"$file"
	done
done

nomem() { within "$r" "$LISP_PKT/nomem" "$@" >"$LISP_OUT/$TEST_NAME-said" 2>&1; }
# try WHAT ARGUMENT...: a case of its own, with the figures
try() {
	local what=$1
	shift
	ktap_test "$what" eval "nomem $* || { cat '$LISP_OUT/$TEST_NAME-said'; false; }"
	tail -n 1 "$LISP_OUT/$TEST_NAME-said" | sed 's/^/#     /'
}
on="ifname=lisp0"
map_add() { { echo -n "map-add $on"; printf ' map[ %s ]' "$@"; echo; } | nlmsg "$r" -; }

### Devices

# thorough COMMAND...: what takes long, not where things are done once only
thorough() { [ "${LISP_ROUNDS:-}" = 1 ] || "$@"; }
thorough try "a device is made" link-add lisp0 instance-id=5 max-entries=4 -- link-del lisp0
lctl "$r" device add lisp0
thorough try "and deleted" link-del lisp0 -- link-add lisp0
thorough try "it comes up" link-up lisp0 -- link-down lisp0
ip -n "$r" link set lisp0 up
ip -n "$r" route add 10.2.0.0/16 dev lisp0
lctl "$r" eid add 10.1.0.0/24
thorough try "it goes down" link-down lisp0 -- link-up lisp0
ip -n "$r" route replace 10.2.0.0/16 dev lisp0
lctl "$r" device set lisp0 max-entries 1000
try "settings" "dev-set $on link[ pitr=1 max-entries=9 ]" -- \
	"dev-set $on link[ pitr=0 max-entries=1000 ]"

### The map-cache

one="eid=10.2.0.0 prefix-len=24 locator[ addr=172.16.2.1 ]"
two="eid=2001:db8:2:: prefix-len=64 ttl=3000 origin=2 locator[ addr=172.16.2.1 ] locator[ addr=2001:db8:ffff::1 priority=2 ]"
three="eid=10.2.0.0 prefix-len=16 action=3"
try "an entry" "map-add $on map[ $one ]" -- \
	"map-del $on map[ eid=10.2.0.0 prefix-len=24 ]"
try "an entry with a TTL and two locators" "map-add $on map[ $two ]" -- \
	"map-del $on map[ eid=2001:db8:2:: prefix-len=64 ]"
start_within "$r" "$LISP_OUT/$TEST_NAME-monitor" lispctl monitor
wait_for_text 20 "map-new" eval "lctl '$r' map add 10.4.0.0/16 action drop &&
	lctl '$r' map del 10.4.0.0/16 && cat '$LISP_OUT/$TEST_NAME-monitor'"
monitored() {
	eval "nomem map-add $on map[ $one ] -- map-del $on map[ eid=10.2.0.0 prefix-len=24 ]" ||
		return
	wait_for_text 5 "events were lost" cat "$LISP_OUT/$TEST_NAME-monitor"
}
ktap_test "lispctl monitor says that events were lost" monitored
stop "$started"
map_add "$three"
try "an entry beside another" "map-add $on map[ $one ]" -- \
	"map-del $on map[ eid=10.2.0.0 prefix-len=24 ]"
try "several in one message" "map-add $on map[ $one ] map[ $two ]" -- \
	"map-del $on map[ eid=10.2.0.0 prefix-len=24 ] map[ eid=2001:db8:2:: prefix-len=64 ]"
try "one replaces another" \
	"map-add $on map[ eid=10.2.0.0 prefix-len=16 ttl=99 locator[ addr=172.16.2.1 ] ]" -- \
	"map-add $on map[ $three ]"
try "several, of which one is there" \
	"map-add $on map[ $one ] map[ eid=10.2.0.0 prefix-len=16 action=4 ] map[ $two ]" -- \
	"map-del $on map[ eid=10.2.0.0 prefix-len=24 ] map[ eid=2001:db8:2:: prefix-len=64 ]" -- \
	"map-add $on map[ $three ]"
map_add "$one" "$two"
try "the same again" "map-add $on map[ $one ] map[ $two ]"
try "one is deleted" "map-del $on map[ eid=10.2.0.0 prefix-len=24 ]" -- \
	"map-add $on map[ $one ]"
try "several are" \
	"map-del $on map[ eid=10.2.0.0 prefix-len=24 ] map[ eid=2001:db8:2:: prefix-len=64 ]" -- \
	"map-add $on map[ $one ] map[ $two ]"
try "all are" "map-flush $on" -- "map-add $on map[ $one ] map[ $two ] map[ $three ]"
lctl "$r" device set lisp0 max-entries 3
try "a full map-cache, one gives way" "map-add $on map[ eid=10.3.0.0 prefix-len=16 action=3 ]" -- \
	"map-del $on map[ eid=10.3.0.0 prefix-len=16 ]" -- "map-add $on map[ $two ]"
lctl "$r" device set lisp0 max-entries 1000

### Local EIDs, locators

try "a local EID" "eid-add $on eid[ addr=10.9.0.0 prefix-len=16 ]" -- \
	"eid-del $on eid[ addr=10.9.0.0 prefix-len=16 ]"
try "several" "eid-add $on eid[ addr=10.9.0.0 prefix-len=16 ] eid[ addr=2001:db8:9:: prefix-len=48 ]" -- \
	"eid-del $on eid[ addr=10.9.0.0 prefix-len=16 ] eid[ addr=2001:db8:9:: prefix-len=48 ]"
lctl "$r" eid add 10.9.0.0/16
try "is deleted" "eid-del $on eid[ addr=10.9.0.0 prefix-len=16 ]" -- \
	"eid-add $on eid[ addr=10.9.0.0 prefix-len=16 ]"
try "a locator's state" "rloc-set $on locator[ addr=172.16.2.1 state=0 ]" -- \
	"rloc-set $on locator[ addr=172.16.2.1 state=1 ]"

### What asks only

try "the device" "dev-get $on"
try "an entry is asked for" "map-get $on map[ eid=10.2.0.9 ]"
try "a local EID is asked for" "eid-get $on eid[ addr=10.1.0.0 prefix-len=24 ]"
try "a locator is asked for" "rloc-get $on locator[ addr=172.16.2.1 ]"
for ((i = 0; i < 200; i++)); do
	echo "2001:db8:3:$i::/64 rloc 172.16.2.1"
done | lctl "$r" map load -
for what in dev map eid rloc; do
	thorough try "all of it is asked for: $what" "dump $what-get"
done
lctl "$r" map flush
map_add "$one" "$two" "$three"

### Packets

ip -n "$r" link set lisp0 mtu 1500
try "a packet is sent" send 10.1.0.1 10.2.0.10 100
try "and with a tap" -t lisp0 send 10.1.0.1 10.2.0.10 100
try "to nowhere" -t lisp0 send 10.1.0.1 10.2.1.10 100
try "too big" -t lisp0 send 10.1.0.1 10.2.0.10 1472
try "cut behind LISP" -t lisp0 send 10.1.0.1 10.2.0.10 1472 cut
lctl "$r" device set lisp0 fragment-inner on
try "cut before" -t lisp0 send 10.1.0.1 10.2.0.10 1472 cut
map_add "eid=10.2.9.0 prefix-len=24 action=2"
try "it waits" send 10.1.0.1 10.2.9.10 100 -- "pending-del $on eid[ addr=10.2.9.10 ]"
try "it waits, tapped" -t lisp0 send 10.1.0.1 10.2.9.10 100 -- "pending-del $on eid[ addr=10.2.9.10 ]"
try "one comes in" tun tun0 10.2.0.10 10.1.0.10 172.16.2.1 172.16.3.1
try "one comes in, tapped" -t tun0 tun tun0 10.2.0.10 10.1.0.10 172.16.2.1 172.16.3.1
lctl "$r" device set lisp0 strict-source on
try "one comes in of which nothing is known" -t tun0 tun tun0 10.2.9.10 10.1.0.10 172.16.2.1 172.16.3.1 -- "pending-del $on eid[ addr=10.2.9.10 ]"
try "an ICMP error" tun tun0 10.1.0.10 10.2.0.10 172.16.3.1 172.16.2.1 error 172.16.9.9
ktap_finished
