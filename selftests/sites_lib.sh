# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154
#
# The three sites of demo/topology.sh as a place for tests, for scripts that
# have sourced lib.sh.
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/demo/topology.sh"

# All that the lispd of a node sends is recorded, for check_wire.sh to look at.
LISP_RECORD=1
declare -A LISP_RECORDED=()
record_sent() {
	[ -z "${LISP_RECORDED[$1]:-}" ] || return 0
	LISP_RECORDED[$1]=1
	capture "${!1}" any "sent-$1.pcap" -Q out udp port 4342
}

# sites_up: the network, and all routers' lispd, registered
sites_up() {
	require ip ping lispd lispctl
	require_module
	setup_ns "${LISP_NODES[@]}"
	three_sites
	start_all
}

# ping_all FROM SOURCE TO COUNT [OPTION]...: none may be lost
ping_all() {
	local said
	said=$(on "$1" ping -q -c "$4" -i 0.1 -W 10 "${@:5}" -I "$2" "$3" 2>&1) ||
		true
	echo "$said"
	grep -q "^$4 packets transmitted, $4 received, 0% packet loss" <<<"$said"
}

# stat_of NODE GROUP NAME: one of lispd's counters
stat_of() {
	on "$1" lispctl show statistics | awk -v "group=$2" -v "name=$3" '
		/^[^ ]/ { lispd = $1 == "lispd" }
		/^  [^ ]/ { here = $1 == group }
		/^    / && lispd && here && $1 == name { print $2; found = 1 }
		END { if (!found) print 0 }'
}

# stat_is NODE GROUP NAME VALUE
stat_is() {
	local now
	now=$(stat_of "$1" "$2" "$3")
	[ "$now" = "$4" ] || {
		echo "$1: $2 $3 is $now, not $4"
		return 1
	}
}

# mapped NODE PREFIX RLOC: from a Map-Reply, complete, over that RLOC only
mapped() {
	local said
	said=$(on "$1" lispctl show map-cache "$2")
	grep -q "^$2, .* via map-reply, complete\$" <<<"$said" &&
		grep -Eq "^  ${3//./\\.} +[0-9:]+ +up +1/50$" <<<"$said" &&
		[ "$(grep -c ' up ' <<<"$said")" = 1 ] || {
		echo "$said"
		return 1
	}
}

# cached NODE: the prefixes in its map-cache, sorted, those awaited with "?"
cached() {
	on "$1" lispctl show map-cache |
		sed -En 's/^([0-9a-f.:]+\/[0-9]+), .*, incomplete.*/\1?/p; t
			s/^([0-9a-f.:]+\/[0-9]+), .*/\1/p' | sort | tr '\n' ' '
}

# cached_is NODE PREFIX...: these and the two defaults, no other
cached_is() {
	local node=$1 now expected
	shift
	now=$(cached "$node")
	expected=$(printf '%s\n' 0.0.0.0/0 ::/0 "$@" | sort | tr '\n' ' ')
	[ "$now" = "$expected" ] || {
		echo "$node holds: $now"
		echo "expected: $expected"
		return 1
	}
}

# up_at_ms PREFIX [RLOC]: registered there, as seen at the map-server
up_at_ms() {
	on MS_MR lispctl show site | grep -Eq " yes +$1 +${2:-}"
}
down_at_ms() {
	on MS_MR lispctl show site | grep -Eq " no +$1 "
}

flush() { on "$1" lispctl map flush origin map-reply; }

# log_has NODE REGEX: its lispd, in this life, has said so
log_has() { grep -Eq -- "$2" "$(lispd_log "$1")"; }
