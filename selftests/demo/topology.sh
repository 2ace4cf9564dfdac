# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
#
# Three LISP sites around a core that only knows IPv4, for scripts that have
# sourced lib.sh:
#
#   MainSite                         the core                         SiteTwo
#   $C4 ------------- $C1 -------- $P1 -------- $P2 -------- $R2 ------- $RB2
#      eth0       eth0   eth1     /   \            \    eth1   eth0   eth0
#                                       \            \
#                                     $MS_MR         $R3 ------------- $RB3
#                                                                 SiteThree
#
#	site	  EIDs: link, host's loopback			RLOC
#	MainSite  2001:10:1:14::/64, 2001:10:1:114::/64,	10.0.1.1
#		  10.1.14.0/24, 10.1.114.0/24
#	SiteTwo	  the same with 22				10.0.1.9
#	SiteThree the same with 23				10.0.1.13
#
# On its link a site's router is ::1 and .1, its host ends in the site's number.
# The map-server and map-resolver is 10.0.0.13, behind 10.0.1.32/30. The
# variables above hold the names of the namespaces. P1 and P2 are plain routers;
# neither they nor MS_MR know an EID, or have any IPv6.

DEMO_DIR=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
LISP_NODES=(C4 C1 P1 MS_MR P2 R2 RB2 R3 RB3)
LISP_XTRS=(C1 R2 R3)

# Where configurations and control sockets are while a script runs.
RUN_DIR=
declare -A LISPD_PID=() LISPD_LIFE=()

# on NODE COMMAND...: run there; lispctl talks to the lispd of that node
on() {
	local node=$1
	shift
	if [ "$1" = lispctl ]; then
		shift
		set -- lispctl -s "$RUN_DIR/$node.sock" "$@"
	fi
	in_ns "${!node}" "$@"
}

no_ipv6() {
	on "$1" sysctl -qw "net.ipv6.conf.$2.disable_ipv6=1"
}

# core_link NODE DEVICE ADDRESS P ADDRESS: a link of the core, IPv4 only
core_link() {
	local node=$1 device=$2 p=$4
	veth "${!node}" "$device" "${!p}" "to_${node,,}"
	no_ipv6 "$node" "$device"
	addr "${!node}" "$device" "$3/30"
	addr "${!p}" "to_${node,,}" "$5/30"
}

# site ROUTER HOST NUMBER: what lies behind a site's router
site() {
	local router=$1 host=$2 n=$3
	veth "${!host}" eth0 "${!router}" eth0
	addr "${!host}" eth0 "2001:10:1:$n::$n/64" "10.1.$n.$n/24"
	addr "${!host}" lo "2001:10:1:1$n::$n/128" "10.1.1$n.$n/32"
	addr "${!router}" eth0 "2001:10:1:$n::1/64" "10.1.$n.1/24"
	ip -n "${!host}" -6 route add default via "2001:10:1:$n::1"
	ip -n "${!host}" route add default via "10.1.$n.1"
	ip -n "${!router}" -6 route add "2001:10:1:1$n::/64" via "2001:10:1:$n::$n"
	ip -n "${!router}" route add "10.1.1$n.0/24" via "10.1.$n.$n"
}

# tunnel ROUTER NUMBER: its lisp0 and what goes there: all EIDs not at home.
# "src" makes the router speak as an EID, in ICMP too.
tunnel() {
	local router=$1 n=$2
	on "$router" lispctl device add lisp0 ttl-mode hide
	ip -n "${!router}" link set lisp0 up
	ip -n "${!router}" -6 route add 2001:10:1::/48 dev lisp0 src "2001:10:1:$n::1"
	ip -n "${!router}" route add 10.1.0.0/16 dev lisp0 src "10.1.$n.1"
}

# three_sites: all of it, without any lispd. The namespaces are there already.
three_sites() {
	RUN_DIR=$(mktemp -d)
	at_exit rm -rf "$RUN_DIR"
	cp "$DEMO_DIR"/*.yaml "$RUN_DIR"

	router "$C1" "$R2" "$R3" "$P1" "$P2"
	no_ipv6 P1 all
	no_ipv6 P2 all
	no_ipv6 MS_MR all
	core_link C1 eth1 10.0.1.1 P1 10.0.1.2
	core_link MS_MR eth1 10.0.1.33 P1 10.0.1.34
	core_link P2 to_p1 10.0.1.42 P1 10.0.1.41
	core_link R2 eth1 10.0.1.9 P2 10.0.1.10
	core_link R3 eth1 10.0.1.13 P2 10.0.1.14
	addr "$MS_MR" lo 10.0.0.13/32
	ip -n "$MS_MR" route add 10.0.0.0/16 via 10.0.1.34
	ip -n "$C1" route add 10.0.0.0/16 via 10.0.1.2
	ip -n "$R2" route add 10.0.0.0/16 via 10.0.1.10
	ip -n "$R3" route add 10.0.0.0/16 via 10.0.1.14
	ip -n "$P1" route add 10.0.0.13 via 10.0.1.33
	ip -n "$P1" route add 10.0.1.8/30 via 10.0.1.42
	ip -n "$P1" route add 10.0.1.12/30 via 10.0.1.42
	ip -n "$P2" route add 10.0.0.13 via 10.0.1.41
	ip -n "$P2" route add 10.0.1.0/30 via 10.0.1.41
	ip -n "$P2" route add 10.0.1.32/30 via 10.0.1.41

	site C1 C4 14
	site R2 RB2 22
	site R3 RB3 23
	tunnel C1 14
	tunnel R2 22
	tunnel R3 23
}

# lispd_log NODE: where the lispd that runs there now writes
lispd_log() { echo "$LISP_OUT/$TEST_NAME-lispd-$1-${LISPD_LIFE[$1]}.log"; }

# start_lispd NODE...: each with the configuration of its name in RUN_DIR
start_lispd() {
	local node
	for node; do
		# for the wire oracle (sites_lib.sh)
		[ -z "${LISP_RECORD:-}" ] || record_sent "$node" || return 1
		# Restarted, it writes to a further log.
		LISPD_LIFE[$node]=$((${LISPD_LIFE[$node]:-0} + 1))
		start "$(lispd_log "$node")" in_ns "${!node}" lispd \
			-c "$RUN_DIR/$node.yaml" -s "$RUN_DIR/$node.sock"
		LISPD_PID[$node]=$started
	done
	for node; do
		wait_for 20 on "$node" lispctl show statistics || {
			sed 's/^/# | /' "$(lispd_log "$node")"
			return 1
		}
	done
}

# stop_lispd NODE [SIGNAL]
stop_lispd() {
	# The shell tells of programs that were killed.
	{ stop "${LISPD_PID[$1]}" "${2:-TERM}"; } 2>/dev/null
	unset "LISPD_PID[$1]"
}

# registered NUMBER: so many EID prefixes are up at the map-server, no other
registered() {
	[ "$(on MS_MR lispctl show site | grep -c ' yes ')" = "$1" ]
}

# start_all: every lispd, and all sites registered
start_all() {
	start_lispd MS_MR
	start_lispd "${LISP_XTRS[@]}"
	wait_for 30 registered 12
}
