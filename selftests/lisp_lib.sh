# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
#
# Two LISP sites and a core between them, for scripts that have sourced lib.sh:
#
#	$h1 -------- $r1 ----------- $core ----------- $r2 -------- $h2
#	    eth0  eth0  eth1     to1     to2      eth1  eth0  eth0
#	site 1                                                site 2
#	2001:db8:1::/64    172.16.1.0/24  172.16.2.0/24    2001:db8:2::/64
#	10.1.0.0/24        fd00:1::/64    fd00:2::/64      10.2.0.0/24
#
# Hosts end in ::10 and .10, site routers in ::1 and .1, RLOCs in ::1 and .1,
# the core's addresses in ::fe and .254. The core knows no EID. $r1 and $r2
# have a device lisp0 with routes to the other site, up, with empty map-caches.

R1_RLOC4=172.16.1.1 R2_RLOC4=172.16.2.1
R1_RLOC6=fd00:1::1 R2_RLOC6=fd00:2::1
H1_EID4=10.1.0.10 H2_EID4=10.2.0.10
H1_EID6=2001:db8:1::10 H2_EID6=2001:db8:2::10

# within NS COMMAND...: like in_ns, but without a mount namespace of its own,
# which is quicker
within() {
	local ns=$1
	shift
	nsenter "--net=/run/netns/$ns" "$@"
}

# start_within NS LOG COMMAND...: like start
start_within() {
	start "$2" nsenter "--net=/run/netns/$1" "${@:3}"
}

# lctl NS ARGUMENT...: lispctl in a namespace
lctl() { within "$1" lispctl "${@:2}"; }

# pkt NS ARGUMENT..., nlmsg NS ARGUMENT...: see the head of their sources
LISP_PKT=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/pkt
pkt() { within "$1" "$LISP_PKT/pkt" "${@:2}"; }
nlmsg() { within "$1" "$LISP_PKT/nlmsg" "${@:2}"; }

# require_pkt: the two programs are there. Not to be passed over in silence.
require_pkt() {
	[ -x "$LISP_PKT/pkt" ] && [ -x "$LISP_PKT/nlmsg" ] ||
		ktap_bail "make -C selftests has not been run"
}

# lisp_site NUMBER HOST ROUTER: addresses and routes of one side
lisp_site() {
	local n=$1 host=$2 router=$3
	# One program for each namespace: where a VM is emulated, that counts.
	ip -batch - <<-EOF
		link add eth0 netns $host type veth peer name eth0 netns $router
		link add eth1 netns $router type veth peer name to$n netns $core
	EOF
	ip -n "$core" -batch - <<-EOF
		link set to$n up
		addr add 172.16.$n.254/24 dev to$n
		addr add fd00:$n::fe/64 dev to$n nodad
	EOF
	ip -n "$router" -batch - <<-EOF
		link set eth0 up
		link set eth1 up
		addr add 10.$n.0.1/24 dev eth0
		addr add 2001:db8:$n::1/64 dev eth0 nodad
		addr add 172.16.$n.1/24 dev eth1
		addr add fd00:$n::1/64 dev eth1 nodad
		route add 172.16.0.0/16 via 172.16.$n.254
		route add fd00::/16 via fd00:$n::fe
	EOF
	ip -n "$host" -batch - <<-EOF
		link set eth0 up
		addr add 10.$n.0.10/24 dev eth0
		addr add 2001:db8:$n::10/64 dev eth0 nodad
		route add default via 10.$n.0.1
		route add ::/0 via 2001:db8:$n::1
	EOF

}

# lisp_device ROUTER NUMBER [DEVICE [SETTING VALUE]...]: a device, up, with the
# site's local EIDs and routes to the other site
lisp_device() {
	local router=$1 n=$2 device=${3:-lisp0} other
	other=$((3 - n))
	lctl "$router" device add "$device" "${@:4}"
	lctl "$router" -d "$device" eid add "10.$n.0.0/24"
	lctl "$router" -d "$device" eid add "2001:db8:$n::/64"
	# The source hint makes the router speak as an EID, in ICMP too.
	ip -n "$router" -batch - <<-EOF
		link set $device up
		route replace 10.$other.0.0/16 dev $device src 10.$n.0.1
		route replace 2001:db8:$other::/48 dev $device src 2001:db8:$n::1
	EOF
}

# lisp_sites: make all of the above
lisp_sites() {
	require ip ping lispctl
	require_module
	setup_ns h1 r1 core r2 h2
	router "$r1" "$core" "$r2"
	# Every ICMP error counts here.
	for __ns in "$r1" "$core" "$r2"; do
		within "$__ns" sysctl -qw net.ipv4.icmp_ratelimit=0 \
			net.ipv6.icmp.ratelimit=0
	done
	# So do those of unreachable routes, whose brake is no namespace's.
	__cost=$(sysctl -n net.ipv4.route.error_cost)
	at_exit sysctl -qw "net.ipv4.route.error_cost=$__cost"
	sysctl -qw net.ipv4.route.error_cost=0
	lisp_site 1 "$h1" "$r1"
	lisp_site 2 "$h2" "$r2"
	lisp_device "$r1" 1
	lisp_device "$r2" 2
}

# lisp_map_both FAMILY: static entries at both routers, RLOCs of one family
lisp_map_both() {
	local rloc1=R1_RLOC$1 rloc2=R2_RLOC$1
	lctl "$r1" map add 2001:db8:2::/64 rloc "${!rloc2}"
	lctl "$r1" map add 10.2.0.0/24 rloc "${!rloc2}"
	lctl "$r2" map add 2001:db8:1::/64 rloc "${!rloc1}"
	lctl "$r2" map add 10.1.0.0/24 rloc "${!rloc1}"
}

# counter NS NAME [DEVICE]: a counter of a device, as netlink names it
counter() {
	local name value
	while read -r name value; do
		[ "$name" != "$2" ] || echo "$value"
	done <<<"$(lctl "$1" -d "${3:-lisp0}" show statistics)"
}

# counter_is NS NAME VALUE [DEVICE]
counter_is() {
	local now
	now=$(counter "$1" "$2" "${4:-}")
	[ "$now" = "$3" ] || {
		echo "$2 is $now, not $3"
		return 1
	}
}

# counted NS[/DEVICE] "NAME=GROWTH..." COMMAND...: these counters grow by just
# so much while the command runs and, if need be, in a moment after it; drops
# not named do not grow at all. NAME>=GROWTH means at least.
counted() {
	local ns=${1%%/*} device=lisp0 wanted=$2 before status=0 i
	[ "$ns" = "$1" ] || device=${1#*/}
	shift 2
	before=$(lctl "$ns" -d "$device" show statistics)
	"$@" || status=$?
	for i in {1..10}; do
		[ "$i" = 1 ] || sleep 0.1
		__growth "$before" "$wanted" "$ns" "$device" >/dev/null &&
			return $status
	done
	__growth "$before" "$wanted" "$ns" "$device"
	return 1
}

# Print what has grown otherwise than wanted; fail when anything has.
__growth() {
	local name value want grown bad=0
	local -A old
	while read -r name value; do
		[[ ! $value =~ ^[0-9]+$ ]] || old[$name]=$value
	done <<<"$1"
	while read -r name value; do
		[ -n "${old[$name]:-}" ] || continue
		grown=$((value - old[$name]))
		want=0
		[[ $name = drop-* ]] || want=any
		[[ ! " $2 " =~ \ $name(>?=)([0-9]+)\  ]] ||
			want=${BASH_REMATCH[1]}${BASH_REMATCH[2]}
		case $want in
		any) continue ;;
		">="*) [ "$grown" -lt "${want#>=}" ] || continue ;;
		*) [ "$grown" != "${want#=}" ] || continue ;;
		esac
		echo "$name has grown by $grown, not by ${want#=}"
		bad=1
	done <<<"$(lctl "$3" -d "$4" show statistics)"
	for name in $2; do
		[ -n "${old[${name%%[>=]*}]:-}" ] || {
			echo "no counter ${name%%[>=]*}"
			bad=1
		}
	done
	return $bad
}

# captured FILE [TCPDUMP-OPTION]...: read what "capture" has kept
captured() {
	local file=$1
	shift
	tcpdump -n "$@" -r "$LISP_OUT/$TEST_NAME-$file" 2>/dev/null
}

# expect REGEX COMMAND...: the command, whatever its status, says this
expect() {
	local regex=$1 said
	shift
	said=$("$@" 2>&1) || true
	[[ $said =~ $regex ]] || {
		printf 'no "%s" in:\n%s\n' "$regex" "$said"
		return 1
	}
}

# expect_not REGEX COMMAND...: the command succeeds and does not say this
expect_not() {
	local regex=$1 said
	shift
	said=$("$@" 2>&1) || return
	[[ ! $said =~ $regex ]] || {
		printf '"%s" in:\n%s\n' "$regex" "$said"
		return 1
	}
}
