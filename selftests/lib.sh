# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every test script here sources first: reporting in KTAP, namespaces with
# names of their own, waiting with a bound, and a cleanup that always runs.
#
#	#!/bin/bash
#	# SPDX-License-Identifier: GPL-2.0
#	# (the topology, drawn)
#	. "$(dirname "$(readlink -f "$0")")/lib.sh"
#	require ip ping
#	require_module
#	ktap_print_header
#	ktap_set_plan 2
#
#	setup_ns left right
#	veth "$left" eth0 "$right" eth0
#	addr "$left" eth0 192.0.2.1/24
#	addr "$right" eth0 192.0.2.2/24
#	ktap_test "ping works" in_ns "$left" ping -c 1 192.0.2.2
#	ktap_test "counter is 0" [ "$(counter)" = 0 ]
#	ktap_finished
#
# Scripts run with -euo pipefail: a setup step that fails ends the script, and
# that is reported. The ktap_ names are those of the kernel's ktap_helpers.sh.

set -euo pipefail

KSFT_PASS=0
KSFT_FAIL=1
KSFT_SKIP=4

# Files worth keeping (captures, logs) go here; a VM hands them to its host.
LISP_OUT=${LISP_OUT:-${TMPDIR:-/tmp}/lisp-selftests}
mkdir -p "$LISP_OUT"
TEST_NAME=$(basename "$0" .sh)

### KTAP

KTAP_CNT_PASS=0
KTAP_CNT_FAIL=0
KTAP_CNT_SKIP=0
KTAP_TESTNO=1
KTAP_PLAN=
KTAP_DONE=

ktap_print_header() { echo "TAP version 13"; }

ktap_print_msg() { echo "#" "$@"; }

# ktap_set_plan N: optional; without it ktap_finished says how many there were
ktap_set_plan() {
	KTAP_PLAN=$1
	echo "1..$1"
}

__ktap_result() {
	echo "$1 $KTAP_TESTNO - $2${3:+ # $3}"
	KTAP_TESTNO=$((KTAP_TESTNO + 1))
}

ktap_test_pass() {
	__ktap_result ok "$*"
	KTAP_CNT_PASS=$((KTAP_CNT_PASS + 1))
}

ktap_test_fail() {
	__ktap_result "not ok" "$*"
	KTAP_CNT_FAIL=$((KTAP_CNT_FAIL + 1))
}

# ktap_test_skip DESCRIPTION [REASON]
ktap_test_skip() {
	__ktap_result ok "$1" "SKIP${2:+ $2}"
	KTAP_CNT_SKIP=$((KTAP_CNT_SKIP + 1))
}

# ktap_test DESCRIPTION COMMAND...: a case that passes when the command does;
# what it says is shown only when it fails
ktap_test() {
	local description=$1 text status=0
	shift
	text=$("$@" 2>&1) || status=$?
	if [ "$status" = 0 ]; then
		ktap_test_pass "$description"
		return 0
	fi
	ktap_test_fail "$description"
	ktap_print_msg "status $status from: $*"
	[ -z "$text" ] || printf '%s\n' "$text" | tail -n 40 | sed 's/^/# | /'
	return 0
}

# ktap_skip_all REASON: the whole script cannot run here
ktap_skip_all() {
	echo "1..0 # SKIP $*"
	KTAP_DONE=1
	exit "$KSFT_SKIP"
}

# ktap_bail REASON: no sense in going on
ktap_bail() {
	ktap_test_fail "$*"
	KTAP_DONE=1
	exit "$KSFT_FAIL"
}

ktap_exit_fail_msg() { ktap_bail "$@"; }

# Last line of every script.
ktap_finished() {
	local count=$((KTAP_TESTNO - 1))
	[ -n "$KTAP_PLAN" ] || echo "1..$count"
	echo "# Totals: pass:$KTAP_CNT_PASS fail:$KTAP_CNT_FAIL skip:$KTAP_CNT_SKIP"
	KTAP_DONE=1
	if [ -n "$KTAP_PLAN" ] && [ "$KTAP_PLAN" != "$count" ]; then
		echo "# planned $KTAP_PLAN cases, ran $count"
		exit "$KSFT_FAIL"
	fi
	[ "$KTAP_CNT_FAIL" = 0 ] || exit "$KSFT_FAIL"
	[ "$count" != "$KTAP_CNT_SKIP" ] || exit "$KSFT_SKIP"
	exit "$KSFT_PASS"
}

### Cleanup, in the reverse of the order things were made in

__at_exit=()

# at_exit COMMAND...: run when the script ends, however it ends
at_exit() { __at_exit+=("$(printf '%q ' "$@")"); }

__on_exit() {
	local status=$? i
	trap - EXIT
	trap '' INT TERM
	set +e
	if [ -z "$KTAP_DONE" ]; then
		ktap_test_fail "stopped before its end, status $status${__error:+, $__error}"
		[ "$status" != 0 ] || status=$KSFT_FAIL
	fi
	for ((i = ${#__at_exit[@]} - 1; i >= 0; i--)); do
		eval "${__at_exit[i]}" >/dev/null 2>&1
	done
	exit "$status"
}
__error=
__on_error() { __error="line ${BASH_LINENO[-2]}: $1"; }
set -E
trap '__on_error "$BASH_COMMAND"' ERR
trap __on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

### What a script needs

# require TOOL...: skip everything when one is missing. The VM takes such tools
# as tshark along when it sees this line at a script's top.
require() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null || ktap_skip_all "no $tool here"
	done
}

require_root() { [ "$(id -u)" = 0 ] || ktap_skip_all "needs root"; }

require_module() {
	require_root
	[ -d /sys/module/lisp ] || modprobe lisp 2>/dev/null ||
		ktap_skip_all "no module lisp here"
}

### Namespaces and links

NS_LIST=()

# setup_ns NAME...: make namespaces; the variable NAME gets the full name
setup_ns() {
	local variable ns
	for variable; do
		ns=$variable-$(mktemp -u XXXXXX)
		ip netns add "$ns"
		NS_LIST+=("$ns")
		at_exit __drop_ns "$ns"
		printf -v "$variable" '%s' "$ns"
		ip -n "$ns" link set lo up
		# No time for duplicate address detection, no opinion on sources.
		in_ns "$ns" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0
	done
}

__drop_ns() {
	[ -e "/run/netns/$1" ] || return 0
	ip netns pids "$1" | xargs -r kill 2>/dev/null || true
	ip netns del "$1"
}

# drop_ns NS...: take namespaces away before the script's end
drop_ns() {
	local ns
	for ns; do
		__drop_ns "$ns"
	done
}

in_ns() {
	local ns=$1
	shift
	ip netns exec "$ns" "$@"
}

# router NS...: let namespaces forward
router() {
	local ns
	for ns; do
		in_ns "$ns" sysctl -qw net.ipv4.conf.all.forwarding=1 \
			net.ipv6.conf.all.forwarding=1
	done
}

# veth NS1 DEVICE1 NS2 DEVICE2: a cable, up at both ends
veth() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	ip -n "$1" link set "$2" up
	ip -n "$3" link set "$4" up
}

# addr NS DEVICE ADDRESS/LENGTH...
addr() {
	local ns=$1 device=$2 address
	shift 2
	for address; do
		case $address in
		*:*) ip -n "$ns" addr add "$address" dev "$device" nodad ;;
		*) ip -n "$ns" addr add "$address" dev "$device" ;;
		esac
	done
}

### Waiting, always with a bound

# wait_for SECONDS COMMAND...: until the command succeeds; fails after SECONDS,
# of which there are LISP_TIME_FACTOR times as many where everything is slow
wait_for() {
	local until=$((SECONDS + $1 * ${LISP_TIME_FACTOR:-1}))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$until" ] || return 1
		sleep 0.1
	done
}

# wait_for_text SECONDS REGEX COMMAND...: until the command's output holds it
wait_for_text() {
	local seconds=$1 regex=$2
	shift 2
	wait_for "$seconds" __says "$regex" "$@"
}
__says() {
	local regex=$1
	shift
	"$@" 2>&1 | grep -Eq -- "$regex"
}

# wait_for_listener NS udp|tcp PORT [SECONDS]
wait_for_listener() {
	wait_for_text "${4:-10}" ":$3 " ip netns exec "$1" ss -Hnl "--$2"
}

### Programs in the background

# start LOG COMMAND...: run in the background, output to LOG; its number is in
# $started; ended with the script at the latest. Not for functions.
start() {
	local log=$1
	shift
	[ "$1" != in_ns ] || set -- ip netns exec "${@:2}"
	"$@" >"$log" 2>&1 </dev/null &
	started=$!
	at_exit stop "$started"
}

# stop PID [SIGNAL]: end what start has started, and wait for it
stop() {
	kill "-${2:-TERM}" "$1" 2>/dev/null || return 0
	local i
	for ((i = 0; i < 50; i++)); do
		kill -0 "$1" 2>/dev/null || break
		sleep 0.1
	done
	kill -KILL "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

# capture NS DEVICE FILE [FILTER]...: record packets from now on until the
# script's end or "stop $started"; a FILE without directory is kept
capture() {
	local ns=$1 device=$2 file=$3
	shift 3
	case $file in
	*/*) ;;
	*) file=$LISP_OUT/$TEST_NAME-$file ;;
	esac
	# A slot of the ring holds the longest packet there may be: a limit makes
	# it hold 1,000 packets, not 30, when the machine lets tcpdump wait.
	start "$file.log" ip netns exec "$ns" tcpdump -n -U -s 4096 \
		-B 4096 --immediate-mode -Z root -i "$device" -w "$file" "$@"
	wait_for_text 10 "listening on" cat "$file.log" || {
		sed 's/^/# | /' "$file.log"
		return 1
	}
}
