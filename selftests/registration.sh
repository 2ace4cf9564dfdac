#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=300
#
# Registrations: refused with a wrong key or of a prefix that is not the site's,
# withdrawn, taken up again, and left alone by a broken configuration. Topology:
# see demo/topology.sh.
# shellcheck disable=SC2154
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/sites_lib.sh"
require ip ping lispd lispctl
ktap_print_header

# SiteThree starts with a wrong key.
require_module
setup_ns "${LISP_NODES[@]}"
three_sites
sed -i 's/key: LISP/key: WRONG/' "$RUN_DIR/R3.yaml"
start_lispd MS_MR
start_lispd C1 R2 R3
wait_for 30 up_at_ms 10.1.114.0/24 || ktap_bail "C1 has not registered"
wait_for 30 up_at_ms 10.1.122.0/24 || ktap_bail "R2 has not registered"

# auth_failures SITE
auth_failures() {
	on MS_MR lispctl show site "$1" |
		sed -n 's/^ *Authentication failures: *//p' | head -n 1
}
wrong_key() {
	wait_for 10 eval '[ "$(auth_failures SiteThree)" -ge 2 ]'
	on MS_MR lispctl show site SiteThree
	[ "$(auth_failures SiteThree)" -ge 2 ] && registered 8
}
ktap_test "wrong key: refused each time, counted for the site" wrong_key
ktap_test "wrong key: in the statistics, too" \
	eval '[ "$(stat_of MS_MR errors map-register-auth-failure)" -ge 2 ]'
ktap_test "wrong key: nothing for the other sites" \
	eval '[ "$(auth_failures SiteTwo)" = 0 ]'
ktap_test "wrong key: never registered" \
	wait_for_text 1 "^ +never +no +2001:10:1:123::/64 +--" \
	on MS_MR lispctl show site
ktap_test "wrong key: not answered" stat_is R3 in map-notify 0
ktap_test "wrong key: seen at the router, too" \
	wait_for_text 1 "registered with 10.0.0.13: no" on R3 lispctl show database
ktap_test "wrong key: said in the map-server's log" \
	log_has MS_MR "10.0.1.13 for site SiteThree dropped: authentication failure"
ktap_test "wrong key: said in the router's log" \
	wait_for 30 log_has R3 "10.0.0.13 does not acknowledge our registration: wrong key"

right_key() {
	sed -i 's/key: WRONG/key: LISP/' "$RUN_DIR/R3.yaml"
	on R3 lispctl reload && wait_for 5 registered 12
}
ktap_test "the key put right and reloaded: registered at once" right_key
ktap_test "and working: none of 5 lost" \
	ping_all RB3 2001:10:1:123::23 2001:10:1:114::14 5

# What is not the site's.
foreign_prefix() {
	sed -i '/^map-resolvers/i\
  - eid-prefix: 2001:10:1:99::/64\
    rlocs: [{address: 10.0.1.13}]\
  - eid-prefix: 2001:10:1:22::/64\
    rlocs: [{address: 10.0.1.13}]' "$RUN_DIR/R3.yaml"
	on R3 lispctl reload || return 1
	wait_for 10 log_has R3 "does not accept EID-prefix 2001:10:1:99::/64" &&
		wait_for 10 log_has R3 "does not accept EID-prefix 2001:10:1:22::/64"
}
ktap_test "prefixes not of the site: refused, and the router says so" foreign_prefix
ktap_test "refused, and counted" \
	eval '[ "$(stat_of MS_MR errors map-register-prefix-rejected)" -ge 2 ]'
foreign_absent() {
	on MS_MR lispctl show site
	! on MS_MR lispctl show site | grep 2001:10:1:99: &&
		up_at_ms 2001:10:1:22::/64 '10\.0\.1\.9$' && registered 12
}
ktap_test "refused, and the owner's registration stays" foreign_absent

# Withdrawn: what R3 drops from its configuration is down at once.
withdraw() {
	cp "$DEMO_DIR/R3.yaml" "$RUN_DIR/R3.yaml"
	sed -i '/2001:10:1:123::/,+2d' "$RUN_DIR/R3.yaml"
	on R3 lispctl reload && wait_for 5 down_at_ms 2001:10:1:123::/64
}
ktap_test "a mapping taken away: withdrawn at once" withdraw
ktap_test "the others stay" registered 11
ktap_test "the kernel has no such local EID any more" \
	eval '! on R3 lispctl show eid | grep 2001:10:1:123:'
back() {
	cp "$DEMO_DIR/R3.yaml" "$RUN_DIR/R3.yaml"
	kill -HUP "${LISPD_PID[R3]}"
	wait_for 5 registered 12
}
ktap_test "given back, and SIGHUP: registered at once" back
state_reload() {
	mkdir "$RUN_DIR/R3.state" || return 1
	echo "state-directory: $RUN_DIR/R3.state" >>"$RUN_DIR/R3.yaml"
	on R3 lispctl reload && wait_for 10 test -s "$RUN_DIR/R3.state/nonces"
}
ktap_test "a first state directory, and reload: written to at once" \
	state_reload

# A broken file changes nothing, by reload and by SIGHUP.
all_of() {
	on R2 lispctl show map-cache | sed 's/uptime:.*via/via/; /^  /d'
	on R2 lispctl show database | sed '/ago$/d'
	on R2 lispctl show eid
	on R2 lispctl show device
}
before=$(all_of)
ktap_test "some traffic" ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3
before=$(all_of)
broken_reload() {
	local said
	sed -i 's/10.0.1.9/10.0.1.999/' "$RUN_DIR/R2.yaml"
	! said=$(on R2 lispctl reload 2>&1) || return 1
	echo "$said"
	grep -Eq "R2.yaml:[0-9]+:[0-9]+: .*'10.0.1.999'" <<<"$said"
}
ktap_test "broken file: reload says file, line, column and what is wrong" broken_reload
unchanged() { diff <(echo "$before") <(all_of); }
ktap_test "broken file: all as it was" unchanged
broken_hup() {
	kill -HUP "${LISPD_PID[R2]}"
	wait_for 5 eval \
		'[ "$(grep -c "nothing was changed" "$(lispd_log R2)")" = 2 ]' &&
		unchanged
}
ktap_test "broken file, by SIGHUP: said in the log, all as it was" broken_hup
ktap_test "broken file: traffic goes on" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 3
ktap_test "broken file: still registered" registered 12
cp "$DEMO_DIR/R2.yaml" "$RUN_DIR/R2.yaml"

# The map-server forgets all, and hears of all within a minute.
stop_lispd MS_MR
start_lispd MS_MR
ktap_test "map-server restarted: it knows nothing at first" registered 0
ktap_test "map-server restarted: traffic goes on meanwhile" \
	ping_all RB2 2001:10:1:122::22 2001:10:1:114::14 5
ktap_test "map-server restarted: all registered again within a minute" \
	wait_for 65 registered 12
ktap_test "map-server restarted: none of it taken for a replay" \
	stat_is MS_MR errors map-register-replay 0
ktap_test "map-server restarted: resolves again" \
	ping_all RB3 2001:10:1:123::23 2001:10:1:22::22 3
ktap_finished
