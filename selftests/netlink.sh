#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=240
#
# Netlink family "lisp": whoever asks for nonsense gets one error that says
# what is wrong, and nothing is changed; nobody without the right changes
# anything; dumps are complete, sorted, and of what was asked for. One
# namespace with a device and nothing else.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require ip lispctl setpriv unshare
require_module
ktap_print_header
require_pkt
setup_ns r1
# shellcheck disable=SC2154
lctl "$r1" device add lisp0

nl() { nlmsg "$r1" "$@"; }
on=ifname=lisp0
entries() { expect "instance-id 0, $1 entr" lctl "$r1" show map-cache; }

# says REGEX TOKEN...: refused with these words, whatever command
says() {
	local regex=$1 said
	shift
	said=$(nl "$@" 2>&1) && {
		echo "accepted"
		return 1
	}
	[[ $said =~ ^error\ [0-9]+\ .*$regex ]] || {
		echo "$said"
		return 1
	}
}

### Refused with reason

forward="locator[ addr=192.0.2.1 ]"
# shellcheck disable=SC2086
refused() { ktap_test "refused: $1" says "$2" $3; }
refused "no entry" "no entry given" "map-add $on"
refused "an entry without EID" "no EID address given" "map-add $on map[ $forward ]"
refused "host bits, IPv4" "EID-prefix has host bits set" \
	"map-add $on map[ eid=10.1.0.1 prefix-len=24 $forward ]"
refused "host bits, IPv6" "EID-prefix has host bits set" \
	"map-add $on map[ eid=2001:db8::1 prefix-len=127 $forward ]"
refused "IPv4 prefix too long" "prefix longer than the address" \
	"map-add $on map[ eid=10.1.0.0 prefix-len=33 $forward ]"
refused "IPv6 prefix too long" "integer out of range" \
	"map-add $on map[ eid=2001:db8:: prefix-len=129 $forward ]"
refused "an address of 5 bytes" "an address has 4 or 16 bytes" \
	"map-add $on map[ eid=0x0a01000000 $forward ]"
refused "an address of no byte" "an address has 4 or 16 bytes" \
	"map-add $on map[ eid=0x prefix-len=0 $forward ]"
refused "an address of 17 bytes" "Attribute failed policy validation|range" \
	"map-add $on map[ eid=0x2001000000000000000000000000000000 $forward ]"
refused "no locator" "action forward needs a locator" \
	"map-add $on map[ eid=10.0.0.0 prefix-len=8 ]"
refused "a locator without address" "no locator address given" \
	"map-add $on map[ eid=10.0.0.0 prefix-len=8 locator[ weight=3 ] ]"
refused "a locator twice" "locator given twice" \
	"map-add $on map[ eid=10.0.0.0 prefix-len=8 $forward locator[ addr=192.0.2.2 ] $forward ]"
for address in 224.0.0.1 255.255.255.255 0.0.0.0 ff02::1 ::; do
	refused "locator $address" "locator is not a unicast address" \
		"map-add $on map[ eid=10.0.0.0 prefix-len=8 locator[ addr=$address ] ]"
done
refused "a locator with action drop" "locators go with action forward only" \
	"map-add $on map[ eid=10.0.0.0 prefix-len=8 action=3 $forward ]"
refused "an action that is none" "integer out of range" \
	"map-add $on map[ eid=10.0.0.0 prefix-len=8 action=6 ]"
refused "an origin that is none" "integer out of range" \
	"map-add $on map[ eid=10.0.0.0 prefix-len=8 action=3 origin=3 ]"
refused "TTL 0" "an entry lives at least one second" \
	"map-add $on map[ eid=10.0.0.0 prefix-len=8 ttl=0 $forward ]"
many=
for i in {0..255}; do
	many+=" locator[ addr=192.0.2.$i ]"
done
refused "256 locators" "more than 255 locators" \
	"map-add $on map[ eid=10.0.0.0 prefix-len=8 $many ]"

refused "no device" "neither ifindex nor ifname given" \
	"map-add map[ eid=10.0.0.0 prefix-len=8 $forward ]"
refused "an unknown device" "no such device" \
	"map-add ifname=lisp9 map[ eid=10.0.0.0 prefix-len=8 $forward ]"
refused "an unknown device by number" "no such device" \
	"map-add ifindex=9999 map[ eid=10.0.0.0 prefix-len=8 $forward ]"
refused "another kind of device" "not a lisp device" \
	"map-add ifname=lo map[ eid=10.0.0.0 prefix-len=8 $forward ]"

refused "an unknown attribute of the message" "Unknown attribute type" \
	"map-add $on @99=00000000 map[ eid=10.0.0.0 prefix-len=8 $forward ]"
refused "an unknown attribute of the entry" "Unknown attribute type" \
	"map-add $on map[ eid=10.0.0.0 prefix-len=8 @77=00 $forward ]"
refused "an unknown attribute of the locator" "Unknown attribute type" \
	"map-add $on map[ eid=10.0.0.0 prefix-len=8 locator[ addr=192.0.2.1 @66=00 ] ]"
refused "an attribute of another command" "Unknown attribute type|not supported|rejected|policy" \
	"map-add $on eid[ addr=10.0.0.0 ] map[ eid=10.0.0.0 prefix-len=8 $forward ]"
refused "a number of the wrong size" "invalid attribute length|Attribute failed policy" \
	"map-add $on map[ eid=10.0.0.0 @3=0800 $forward ]"
refused "an unknown command" "" "200 $on"

refused "no such entry to delete" "no such entry" \
	"map-del $on map[ eid=10.0.0.0 prefix-len=8 ]"
refused "no such entry to show" "no such entry" \
	"map-get $on map[ eid=10.0.0.0 prefix-len=8 ]"
refused "flush of a prefix" "flush goes by origin, not by EID-prefix" \
	"map-flush $on map[ eid=10.0.0.0 prefix-len=8 ]"
refused "no such local EID to delete" "no such local EID-prefix" \
	"eid-del $on eid[ addr=10.0.0.0 prefix-len=8 ]"
refused "a local EID with host bits" "EID-prefix has host bits set" \
	"eid-add $on eid[ addr=10.0.0.1 prefix-len=8 ]"
refused "no local EID given" "no EID given" "eid-add $on"
refused "nothing waits" "no packet waits for this EID" \
	"pending-del $on eid[ addr=10.0.0.0 ]"
refused "to give up a prefix" "packets wait for addresses, not prefixes" \
	"pending-del $on eid[ addr=10.0.0.0 prefix-len=8 ]"
refused "state of a locator of no entry" "no entry uses this locator" \
	"rloc-set $on locator[ addr=192.0.2.1 state=0 ]"
refused "no state" "no state given" "rloc-set $on locator[ addr=192.0.2.1 ]"
refused "states of two locators" "this command takes one of these" \
	"rloc-set $on locator[ addr=192.0.2.1 state=0 ] locator[ addr=192.0.2.2 state=0 ]"
refused "to show two entries" "this command takes one of these" \
	"map-get $on map[ eid=10.0.0.0 ] map[ eid=11.0.0.0 ]"
refused "to flush two origins" "this command takes one of these" \
	"map-flush $on map[ origin=0 ] map[ origin=1 ]"
refused "to show two EIDs" "this command takes one of these" \
	"eid-get $on eid[ addr=10.0.0.0 ] eid[ addr=11.0.0.0 ]"
refused "no source" "no source given" "source-get $on"
refused "a source without address" "no source address given" \
	"source-get $on source[ ]"
refused "a source of 5 bytes" "an address has 4 or 16 bytes" \
	"source-get $on source[ addr=0x0a01000000 ]"
refused "two sources" "this command takes one of these" \
	"source-get $on source[ addr=192.0.2.1 ] source[ addr=192.0.2.2 ]"
refused "a source never heard" "no packet came from this address" \
	"source-get $on source[ addr=192.0.2.1 ]"
refused "an unknown attribute of the source" "Unknown attribute type" \
	"source-get $on source[ addr=192.0.2.1 @9=00 ]"
refused "sources of another kind of device" "not a lisp device" \
	"source-get ifname=lo source[ addr=192.0.2.1 ]"
refused "no settings" "no settings given" "dev-set $on"
refused "a setting out of range" "integer out of range" \
	"dev-set $on link[ ttl-mode=2 ]"
refused "a park-time of 0" "integer out of range" "dev-set $on link[ park-time=0 ]"

# The same by rtnetlink, where devices are made
refused_link() {
	# shellcheck disable=SC2086
	ktap_test "refused: $1" says "$2" -n lisp8 $3
}
refused_link "an instance-ID of more than 24 bits" "instance-id has 24 bits" \
	"instance-id=16777216"
refused_link "port 0" "integer out of range" "port=0"
refused_link "a ttl-mode that is none" "integer out of range" "ttl-mode=2"
refused_link "a setting of the wrong size" \
	"[Ii]nvalid attribute length|Attribute failed policy" "@1=01"
refused_link "an instance-ID that is taken" \
	"a device of this instance-id and port was made in this namespace already" \
	"instance-id=0"
no_lisp8() { ! ip -n "$r1" link show lisp8; }
ktap_test "and no device was made" no_lisp8
made() { nl -n lisp8 instance-id=16777215 port=1 && ip -n "$r1" link del lisp8; }
ktap_test "with the last of each it is" made
ktap_test "and nothing was changed by all of that" entries 0

both_settings() {
	says "instance-id is fixed" dev-set $on "link[" ttl-mode=1 \
		instance-id=5 "]" &&
		expect "ttl-mode propagate" lctl "$r1" show device
}
ktap_test "of settings, one wrong: none is changed" both_settings

# The same words come out of lispctl, one line, exit status 1.
from_lispctl() {
	local said status=0
	said=$(lctl "$r1" map add 10.0.0.0/8 rloc 224.0.0.1 2>&1) || status=$?
	echo "$status: $said"
	[ $status = 1 ] && [[ $said =~ "locator is not a unicast address" ]] &&
		[ "$(wc -l <<<"$said")" = 1 ]
}
ktap_test "lispctl says it in the kernel's words" from_lispctl

### Many entries in a message

batch() {
	says "EID-prefix has host bits set" map-add $on \
		"map[" eid=10.1.0.0 prefix-len=16 action=3 "]" \
		"map[" eid=10.2.0.0 prefix-len=16 action=3 "]" \
		"map[" eid=10.3.0.1 prefix-len=16 action=3 "]" \
		"map[" eid=10.4.0.0 prefix-len=16 action=3 "]" && entries 0
}
ktap_test "many entries, one of them wrong: none is added" batch
over() {
	says "map-cache is full" map-add $on \
		"map[" eid=10.1.0.0 prefix-len=16 action=3 "]" \
		"map[" eid=10.2.0.0 prefix-len=16 action=3 "]" \
		"map[" eid=10.3.0.0 prefix-len=16 action=3 "]" \
		"map[" eid=10.4.0.0 prefix-len=16 action=3 "]" && entries 0
}
lctl "$r1" device set lisp0 max-entries 3
ktap_test "many entries, more than there is room: none is added" over
lctl "$r1" device set lisp0 max-entries 1000000
same() {
	nl map-add $on \
		"map[" eid=10.1.0.0 prefix-len=16 action=3 "]" \
		"map[" eid=10.1.0.0 prefix-len=16 action=4 "]" \
		"map[" eid=10.1.0.0 prefix-len=16 action=5 "]" || return
	expect "1 entr.*action: drop-auth" lctl "$r1" show map-cache
}
ktap_test "the same EID-prefix more than once: the last one counts" same
deleting() {
	says "EID-prefix has host bits set" map-del $on \
		"map[" eid=10.1.0.0 prefix-len=16 "]" \
		"map[" eid=10.1.0.1 prefix-len=16 "]" && entries 1
}
ktap_test "many to delete, one of them wrong: none is deleted" deleting
deleting_unknown() {
	says "no such entry" map-del $on \
		"map[" eid=10.1.0.0 prefix-len=16 "]" \
		"map[" eid=10.2.0.0 prefix-len=16 "]" && entries 1
}
ktap_test "many to delete, one of them unknown: none is deleted" deleting_unknown
deleting_twice() {
	nl map-add $on "map[" eid=10.2.0.0 prefix-len=16 action=3 "]" &&
		nl map-del $on "map[" eid=10.2.0.0 prefix-len=16 "]" \
			"map[" eid=10.2.0.0 prefix-len=16 "]" && entries 1
}
ktap_test "the same to delete twice: deleted" deleting_twice
local_eids() {
	nl eid-add $on "eid[" addr=10.1.0.0 prefix-len=16 "]" \
		"eid[" addr=10.2.0.0 prefix-len=16 "]" || return
	says "no such local EID-prefix" eid-del $on \
		"eid[" addr=10.1.0.0 prefix-len=16 "]" \
		"eid[" addr=10.3.0.0 prefix-len=16 "]" || return
	expect "10.1.0.0/16.10.2.0.0/16" lctl "$r1" show eid || return
	nl eid-del $on "eid[" addr=10.1.0.0 prefix-len=16 "]" \
		"eid[" addr=10.2.0.0 prefix-len=16 "]" &&
		expect " 0 entries" lctl "$r1" show eid
}
ktap_test "local EIDs to delete, one of them unknown: none is deleted" local_eids

### Who may

nobody() {
	within "$r1" setpriv --reuid 1000 --regid 1000 --clear-groups \
		--inh-caps=-all "$@"
}
may_not() { expect "Operation not permitted" nobody "$@"; }
for what in "map add 10.9.0.0/16 action drop" "map del 10.1.0.0/16" \
	"map flush" "eid add 10.0.0.0/8" "eid del 10.0.0.0/8" \
	"rloc down 192.0.2.1" "device set lisp0 ttl-mode hide" \
	"device add lisp1" "device del lisp0"; do
	# shellcheck disable=SC2086
	ktap_test "nobody: no $what" may_not lispctl $what
done
ktap_test "nobody: no giving up of packets" \
	may_not "$LISP_PKT/nlmsg" pending-del $on "eid[" addr=10.0.0.1 "]"
ktap_test "nobody may look" expect "10.1.0.0/16" nobody lispctl show map-cache
ktap_test "root of a user namespace has no more rights here" \
	may_not unshare -Ur lispctl map add 10.9.0.0/16 action drop
own() {
	nobody unshare -Urn bash -c 'lispctl device add lisp0 &&
		ip link set lisp0 up &&
		lispctl map add 10.9.0.0/16 rloc 192.0.2.1 &&
		lispctl show map-cache | grep 10.9.0.0/16'
}
ktap_test "but all rights in a network namespace of its own" own
ktap_test "and nothing was changed here" entries 1

# A device of $r1, lent to somebody who is root in namespaces of his own only
lctl "$r1" device add lent instance-id 9
start_within "$r1" /dev/null setpriv --reuid 1000 --regid 1000 \
	--clear-groups --inh-caps=-all unshare -Urn sleep 600
borrower=$started
apart() {
	[ "$(readlink "/proc/$borrower/ns/user")" != "$(readlink /proc/$$/ns/user)" ]
}
wait_for 10 apart
ip -n "$r1" link set lent netns "$borrower"
there() { nsenter -t "$borrower" "$@"; }
set_down=("$LISP_PKT/nlmsg" rloc-set ifname=lent
	"locator[" addr=192.0.2.9 state=0 "]")
ktap_test "who was lent a device adds entries to it" \
	there -U -n lispctl -d lent map add 10.9.0.0/16 rloc 192.0.2.9
ktap_test "but stops no locator, which is of all devices made there" \
	expect "error 1 .*locators are the namespace's" there -U -n "${set_down[@]}"
ktap_test "root of the namespace that made it does" there -n "${set_down[@]}"
stop "$borrower"

### Dumps

lctl "$r1" map flush
all=$LISP_OUT/$TEST_NAME-all
# 4000 IPv4 /24, 6000 IPv6 /64 and what covers them, in no good order.
awk 'BEGIN {
	print "10.0.0.0 8"
	print "2001:db8:: 32"
	for (i = 0; i < 3999; i++) {
		n = i * 2731 % 3999
		printf "10.%d.%d.0 24\n", n / 256, n % 256
	}
	for (i = 0; i < 5999; i++) {
		n = i * 3571 % 5999
		printf "2001:db8:%x:: 64\n", n + 4096
	}
}' >"$all"
awk '{
	if (NR % 200 == 1)
		printf("%smap-add ifname=lisp0", (NR > 1) ? "\n" : "")
	printf " map[ eid=%s prefix-len=%s locator[ addr=192.0.2.%d ] ]", $1, $2, NR % 50 + 1
}
END { print "" }' "$all" >"$all.messages"
load() { nl - <"$all.messages" && entries 10000; }
ktap_test "10000 entries in messages of 200" load

nl -d map-get $on >"$all.dump"
complete() {
	local bad
	[ "$(wc -l <"$all.dump")" = 10000 ] || return
	bad=$(sort "$all.dump" | diff - <(tr ' ' / <"$all" | sort)) || {
		head <<<"$bad"
		return 1
	}
}
ktap_test "the dump is complete, each entry once" complete
# Expanded, so that text sorts as numbers do.
sorted() {
	awk -F '[./:]' '{
		if ($0 ~ /\./)
			printf "4 %03d %03d %03d %03d %03d\n", $1, $2, $3, $4, $5
		else if ($3 == "")
			printf "6 %4s %4s 0000 %03d\n", $1, $2, $NF
		else
			printf "6 %4s %4s %4s %03d\n", $1, $2, $3, $NF
	}' "$all.dump" | LC_ALL=C sort -c
}
ktap_test "the dump is sorted, IPv4 first, shorter prefixes first" sorted
ktap_test "of one prefix: what is inside it" \
	[ "$(nl -d map-get $on "map[" eid=10.3.0.0 prefix-len=16 "]" | wc -l)" = 256 ]
ktap_test "of one prefix, IPv6" \
	[ "$(nl -d map-get $on "map[" eid=2001:db8:1100:: prefix-len=40 "]" | wc -l)" = 256 ]
ktap_test "of all prefixes of a family" \
	[ "$(nl -d map-get $on "map[" eid=0.0.0.0 prefix-len=0 "]" | wc -l)" = 4000 ]
ktap_test "of one origin: none" \
	[ "$(nl -d map-get $on "map[" origin=2 "]" | wc -l)" = 0 ]
ktap_test "of a prefix with host bits: refused" \
	expect "EID-prefix has host bits set" \
	nl -d map-get $on "map[" eid=10.3.0.1 prefix-len=16 "]"
ktap_test "of another device: none" \
	[ "$(nl -d map-get ifname=lo | wc -l)" = 0 ]
ktap_test "of sources, before any packet came: none" \
	[ "$(nl -d source-get $on | wc -l)" = 0 ]
ktap_test "of sources, with an unknown attribute: refused" \
	expect "Unknown attribute type" nl -d source-get $on @99=00000000
ktap_test "of sources, with a number of the wrong size: refused" \
	expect "[Ii]nvalid attribute length|Attribute failed policy" \
	nl -d source-get @1=0800
ktap_test "the longest match is shown" \
	[ "$(nl map-get $on "map[" eid=10.3.7.9 "]")" = 10.3.7.0/24 ]
ktap_test "50 locators are shown once each" \
	[ "$(lctl "$r1" show rloc | grep -c '^192.0.2')" = 50 ]
ktap_test "lispctl shows all of them" entries 10000

# Changed while it is dumped: said so, and lispctl asks again.
changing() {
	local i marked=0
	for i in 1 2 3 4 5; do
		nl map-add $on "map[" eid=172.16.0.0 prefix-len=16 \
			action=$((3 + i % 2)) "]" &
		nl -d map-get $on >"$all.dump"
		wait
		marked=$((marked + $(grep -c interrupted "$all.dump" || true)))
		[ "$(grep -vc interrupted "$all.dump")" -ge 10000 ] || return
	done
	echo "# dumps marked as interrupted: $marked"
}
ktap_test "entries that stay are in a dump, whatever else changes" changing
flush() { lctl "$r1" map flush && entries 0; }
ktap_test "all of it can be flushed" flush

largest="map-add $on map[ eid=10.0.0.0 prefix-len=8 ${many/ locator\[ addr=192.0.2.0 \]/} ]"
# shellcheck disable=SC2086
ktap_test "an entry of 255 locators" nl $largest
ktap_test "and it is dumped whole" \
	[ "$(lctl "$r1" show map-cache | grep -c '192.0.2.')" = 255 ]
ktap_test "and shown by itself" \
	[ "$(lctl "$r1" show map-cache 10.0.0.0/8 | grep -c '192.0.2.')" = 255 ]
ktap_finished
