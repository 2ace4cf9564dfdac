#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What other parts of Linux expect of a network driver: tracepoints and drop
# reasons, ethtool, modinfo, loading when first used. Topology: see lisp_lib.sh.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require ethtool modinfo
ktap_print_header
lisp_sites

tracing=/sys/kernel/tracing
[ -d $tracing/events ] || mount -t tracefs tracefs $tracing 2>/dev/null || :
try() { in_ns "$h1" ping -q -c 1 -W 1 "$@" >/dev/null 2>&1 || :; }

# traced REGEX COMMAND...: the command makes a tracepoint say that
traced() {
	local regex=$1
	shift
	echo >$tracing/trace
	"$@"
	grep -E "$regex" $tracing/trace >/dev/null && return
	grep -v '^#' $tracing/trace
	return 1
}

if [ -d $tracing/events/lisp ]; then
	at_exit sh -c "echo 0 >$tracing/events/lisp/enable"
	at_exit sh -c "echo 0 >$tracing/events/skb/kfree_skb/enable"
	echo 1 >$tracing/events/lisp/enable
	echo 1 >$tracing/events/skb/kfree_skb/enable
	ktap_test "lisp:drop says why" \
		traced " drop: dev=lisp0 .*reason=no-entry len=84" \
		try "$H2_EID4"
	lctl "$r1" map add 2001:db8:2::/64 action send-map-request
	ktap_test "lisp:miss says which EID, and for whom" \
		traced " miss: dev=lisp0 eid=$H2_EID6 source=$H1_EID6" \
		try "$H2_EID6"
	lisp_map_both 4
	ktap_test "lisp:encap says where to" \
		traced " encap: dev=lisp0 rloc=::ffff:$R2_RLOC4 len=84" \
		try "$H2_EID4"
	ktap_test "lisp:decap says what came" \
		traced " decap: dev=lisp0 .*protocol=0x86dd len=104" \
		try "$H2_EID6"

	# drops OURS THEIRS COMMAND...: the command makes a packet be dropped
	# of which lisp:drop says one thing and skb:kfree_skb the other, as far
	# as this kernel has the word
	drops() {
		local theirs=$2 skb
		grep -q "\"$2\"" $tracing/events/skb/kfree_skb/format ||
			theirs=NOT_SPECIFIED
		traced " drop: dev=lisp0 .*reason=$1 " "${@:3}" || return
		skb=$(sed -n "s/.* drop: dev=lisp0 \(skbaddr=[^ ]*\) reason=$1 .*/\1/p" \
			$tracing/trace | head -n 1)
		grep "kfree_skb: $skb .*reason: $theirs\$" $tracing/trace && return
		grep -v '^#' $tracing/trace
		return 1
	}
	inject() { pkt "$core" lisp from "$H1_EID4" to "$H2_EID4" "$@" "$R2_RLOC4"; }
	require_pkt
	what="skb:kfree_skb has the kernel's reason"
	ktap_test "$what: no entry" \
		drops no-entry NO_TX_TARGET try 10.2.1.10
	lctl "$r1" map add 10.2.1.10/32 action drop
	ktap_test "$what: action drop" \
		drops action IP_OUTNOROUTES try 10.2.1.10
	lctl "$r1" map add 10.2.1.10/32 rloc 192.0.2.1
	ktap_test "$what: no route" \
		drops no-route IP_OUTNOROUTES try 10.2.1.10
	ip -n "$h1" addr add 192.0.2.10/32 dev lo
	ktap_test "$what: source is no local EID" \
		drops source-eid IP_RPFILTER try -I 192.0.2.10 "$H2_EID4"
	ktap_test "$what: destination is no local EID" \
		drops dest-eid IP_INADDRERRORS inject to 10.3.0.1
	ktap_test "$what: inner header" drops inner IP_INHDR inject ihl 3
	ktap_test "$what: ECN" drops ecn IP_TUNNEL_ECN inject tos 3 itos 0
	ktap_test "$what: no device of that instance-ID" \
		traced "kfree_skb: .*reason: DEV_READY\$" inject iid 7
	ktap_test "$what: too short" \
		traced "kfree_skb: .*reason: HDR_TRUNC\$" inject cut 7
	ip -n "$r1" link set lisp0 mtu 1500
	ktap_test "$what: too big" \
		drops too-big PKT_TOO_BIG try -M "do" -s 1470 "$H2_EID4"
	ip -n "$r1" route replace 172.16.0.0/16 via 172.16.1.254 mtu 100
	lctl "$r1" device set lisp0 fragment-inner on
	ktap_test "$what: too big, and cannot be cut" drops too-big PKT_TOO_BIG \
		try -M dont -T tsonly -s 200 "$H2_EID4"
	lctl "$r1" device set lisp0 fragment-inner off
	ip -n "$r1" route replace 172.16.0.0/16 via 172.16.1.254
	# Each reason there is has a name, not a number.
	named() {
		[ "$(grep -o '"[a-z-]*" }' $tracing/events/lisp/drop/format |
			sort -u | wc -l)" = "$(lctl "$r1" --json show statistics |
			grep -o '"drop-[a-z-]*"' | sort -u | wc -l)" ]
	}
	ktap_test "lisp:drop names all reasons that are counted" named

	lctl "$r1" map add 10.2.1.10/32 action send-map-request
	down_while_one_waits() {
		within "$h1" ping -q -c 1 -W 1 10.2.1.10 >/dev/null 2>&1 || :
		ip -n "$r1" link set lisp0 down
	}
	ktap_test "what waits when the device goes down is counted" \
		counted "$r1" "parked=1 drop-park-timeout=1" \
		drops park-timeout NO_TX_TARGET down_while_one_waits
	echo 0 >$tracing/events/lisp/enable
	echo 0 >$tracing/events/skb/kfree_skb/enable
else
	ktap_test_skip "tracepoints" "this kernel has none"
fi

ethtool_info() {
	local info
	info=$(in_ns "$r1" ethtool -i lisp0)
	echo "$info"
	grep -q '^driver: lisp$' <<<"$info" &&
		grep -q "^version: $(modinfo -F version lisp)$" <<<"$info"
}
ktap_test "ethtool -i: driver and version" ethtool_info

fields() {
	local field
	for field in description license version; do
		[ -n "$(modinfo -F $field lisp)" ] || { echo "no $field"; return 1; }
	done
	modinfo -F alias lisp | sort | tr '\n' ' ' |
		grep 'net-pf-16-proto-16-family-lisp rtnl-link-lisp' &&
		modinfo -F parm lisp | grep -q '^create:'
}
ktap_test "modinfo: description, licence, version, aliases, parameter" fields

# What generic tools show, whatever iproute2 knows of us.
settings() {
	in_ns "$r1" ip -d link show lisp0 | grep -w lisp
}
ktap_test "ip -d link show: kind" settings
require_pkt
info_data() {
	local said
	set -- instance-id=9 port=4999 ttl-mode=1 max-entries=11 \
		park-packets=12 park-packets-eid=13 park-bytes=14 park-time=15 \
		miss-rate=16 pitr=1 rtr=1 strict-source=1 decap-dscp=1 \
		udp6-zero-csum=1 native-mark=17 status-bits=18 \
		fragment-inner=1 hear-status-bits=1
	# No setting is forgotten here.
	said=$(lctl "$r1" --json show device lisp0 | grep -o '"[a-z0-9-]*":' |
		grep -cvE '"(devices|device|ifindex|mtu|entries)"')
	[ $# = "$said" ] || {
		echo "lispctl knows $said settings, this test $#"
		return 1
	}
	# shellcheck disable=SC2046
	lctl "$r1" device add lisp9 $(printf '%s\n' "$@" | sed -E '
		s/^(ttl-mode)=1/\1 hide/
		s/^(pitr|rtr|strict-.*|decap-.*|udp6-.*|fragment-.*|hear-.*)=1/\1 on/
		s/=/ /')
	said=$(nlmsg "$r1" -l lisp9)
	diff <(printf '%s\n' lisp "$@" | sort) <(sort <<<"$said")
}
ktap_test "IFLA_INFO_DATA has all settings, as they were made" info_data

drop_ns "$h1" "$r1" "$core" "$r2" "$h2"
loaded() { [ -d /sys/module/lisp ]; }
setup_ns other
by_link() {
	rmmod lisp && ! loaded || return 1
	ip -n "$other" link add lisp7 type lisp && loaded
}
ktap_test "ip link add type lisp loads the module" by_link
by_family() {
	rmmod lisp && ! loaded || return 1
	in_ns "$other" lispctl show device && loaded
}
ktap_test "a request to the netlink family loads the module" by_family
ktap_finished
