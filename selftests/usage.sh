#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=300
#
# What the kernel counts decides: an entry that carried nothing for the idle
# time goes, one that carries something stays; locators are probed as long as
# they are in use. Topology: see demo/topology.sh.
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
ktap_print_header
sites_up

# To nowhere: a negative answer.
NOWHERE=2001:10:1:999::1

# configure TEXT...: lines of R2's configuration beyond its own
cp "$RUN_DIR/R2.yaml" "$RUN_DIR/R2.plain"
configure() {
	{ cat "$RUN_DIR/R2.plain"; printf '%s\n' "$@"; } >"$RUN_DIR/R2.yaml"
	on R2 lispctl reload
}

holds() { on R2 lispctl show map-cache "$1" | grep -q "via map-reply"; }
# The prefix of the negative answer, as the map-cache has it.
hole() {
	on R2 lispctl show map-cache "$NOWHERE" |
		sed -n 's/^\([0-9a-f:]*\/[0-9]*\), .*via map-reply, negative.*/\1/p'
}

configure "map-cache: {idle-time: 15}"
ktap_test "RB2 to C4: none lost" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 5
on RB2 ping -q -c 1 -W 1 $NOWHERE >/dev/null || true
ktap_test "a negative answer is cached" wait_for 10 eval '[ -n "$(hole)" ]'
hole=$(hole)
ktap_test "a second site is used, too" \
	ping_all RB2 10.1.122.22 10.1.114.14 250
ktap_test "it is still there" holds 10.1.114.0/24
gone() { ! holds "$1"; }
ktap_test "the first, idle for longer, goes" wait_for 30 gone 2001:10:1:114::/64
ktap_test "so does the negative answer" wait_for 30 gone "$hole"
ktap_test "then the other one" wait_for 60 gone 10.1.114.0/24
ktap_test "they went for being idle" stat_is R2 itr idle 3
ktap_test "nothing is left but the defaults" cached_is R2
ktap_test "asked for anew: none lost" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 5

configure "rloc-probing: fast"
ktap_test "RB2 to C4: none lost" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 5
probed() { on R2 lispctl show rloc | grep -E "^ *10\.0\.1\.1 .*$1"; }
ktap_test "the locator is probed" wait_for 20 probed " ms"
ktap_test "out of use for a minute, it is not" wait_for 120 probed "not in use"
stays() {
	local before
	before=$(stat_of R2 itr probe-sent)
	sleep 3
	stat_is R2 itr probe-sent "$before"
}
ktap_test "no probe is sent" stays
before=$(stat_of R2 itr probe-sent)
ktap_test "used again: none lost" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 5
more() { [ "$(stat_of R2 itr probe-sent)" -gt "$before" ]; }
ktap_test "it is probed again" wait_for 20 more
ktap_finished
