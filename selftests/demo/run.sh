#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# timeout=300
#
# Three IPv6 sites talk over an IPv4 core, step by step, each step checked:
#
#	run.sh		show it all and clean up
#	run.sh -k	and keep it running, to be tried by hand
#
# Needs root and the module; "make demo" runs it in a VM. What is left behind in
# $LISP_OUT: captures, traces, logs of the daemons. Topology: see topology.sh.
# shellcheck disable=SC2034,SC2154
here=$(dirname "$(readlink -f "$0")")
. "$here/../lib.sh"
. "$here/topology.sh"
. "$here/show.sh"
. "$here/steps.sh"
require ip ping traceroute tcpdump tshark lispd lispctl
require_module
TEST_NAME=demo

keep=
[ "${1:-}" != -k ] || keep=1

# The namespaces have the names of the article, so that one can type them.
named_ns() {
	local name
	for name; do
		! ip netns pids "$name" >/dev/null 2>&1 ||
			ktap_bail "there is a namespace $name already"
		ip netns add "$name"
		at_exit __drop_ns "$name"
		printf -v "$name" %s "$name"
		ip -n "$name" link set lo up
		in_ns "$name" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0
	done
}

named_ns "${LISP_NODES[@]}"
three_sites
core_is_ipv4_only
start_captures
start_all || failed "12 EID prefixes registered within 30 seconds"
start_debug

sites
ping_for_the_first_time
resolution
return_path
time_to_delivery
map_caches
ipv4
site_three
packets_on_the_wire
core_is_hidden
summary

[ -z "$keep" ] || keep_running
KTAP_DONE=1
[ "$failures" = 0 ]
