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

# lctl NS ARGUMENT...: lispctl in a namespace
lctl() {
	local ns=$1
	shift
	in_ns "$ns" lispctl "$@"
}

# lisp_site NUMBER HOST ROUTER: addresses and routes of one side
lisp_site() {
	local n=$1 host=$2 router=$3
	veth "$host" eth0 "$router" eth0
	addr "$host" eth0 "10.$n.0.10/24" "2001:db8:$n::10/64"
	addr "$router" eth0 "10.$n.0.1/24" "2001:db8:$n::1/64"
	ip -n "$host" route add default via "10.$n.0.1"
	ip -n "$host" -6 route add default via "2001:db8:$n::1"
	veth "$router" eth1 "$core" "to$n"
	addr "$router" eth1 "172.16.$n.1/24" "fd00:$n::1/64"
	addr "$core" "to$n" "172.16.$n.254/24" "fd00:$n::fe/64"
	ip -n "$router" route add 172.16.0.0/16 via "172.16.$n.254"
	ip -n "$router" -6 route add fd00::/16 via "fd00:$n::fe"
}

# lisp_device ROUTER NUMBER [DEVICE [SETTING VALUE]...]: a device, up, with the
# site's local EIDs and routes to the other site
lisp_device() {
	local router=$1 n=$2 device=${3:-lisp0} other
	other=$((3 - n))
	lctl "$router" device add "$device" "${@:4}"
	ip -n "$router" link set "$device" up
	lctl "$router" -d "$device" eid add "10.$n.0.0/24"
	lctl "$router" -d "$device" eid add "2001:db8:$n::/64"
	# The source hint makes the router speak as an EID, in ICMP too.
	ip -n "$router" route replace "10.$other.0.0/16" dev "$device" \
		src "10.$n.0.1"
	ip -n "$router" -6 route replace "2001:db8:$other::/48" dev "$device" \
		src "2001:db8:$n::1"
}

# lisp_sites: make all of the above
lisp_sites() {
	require ip ping lispctl
	require_module
	setup_ns h1 r1 core r2 h2
	router "$r1" "$core" "$r2"
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
	in_ns "$1" lispctl -d "${3:-lisp0}" --json show statistics |
		grep -Eo "\"$2\": *[0-9]+" | head -n 1 | grep -Eo '[0-9]+$'
}

# counter_is NS NAME VALUE [DEVICE]
counter_is() {
	local now
	now=$(counter "$1" "$2" "${4:-lisp0}")
	[ "$now" = "$3" ] || {
		echo "$2 is $now, not $3"
		return 1
	}
}
