# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How the demo talks: headings, commands with their output, and what was
# promised of it. Sourced by run.sh.

bold='' good='' bad='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$'\e[1m' good=$'\e[32m' bad=$'\e[1;31m' plain=$'\e[0m'
fi

steps=0
failures=0
shown=''
gap='' # an empty line is due before the next prompt

# step HEADING [WORDS]: a new step, and what will be seen
step() {
	steps=$((steps + 1))
	gap=''
	printf '\n%s=== %d. %s ===%s\n\n' "$bold" "$steps" "$1" "$plain"
	[ $# = 1 ] || say "$2"
}

say() {
	printf %s "$gap"
	gap=''
	fmt -w 78 <<<"$*"
	echo
}

# prompt NODE COMMAND...: as one would see it when typing that there
prompt() {
	printf '%s%s%s# %s%s\n' "$gap" "$bold" "$1" "${*:2}" "$plain"
	gap=''
}

# show NODE COMMAND...: run it there; what it says is in $shown, too
show() {
	prompt "$@"
	on "$@" 2>&1 | tee "$RUN_DIR/shown" || true
	shown=$(cat "$RUN_DIR/shown")
	echo
}

# show_config NODE: its lispd.yaml, without comments
show_config() {
	prompt "$1" cat lispd.yaml
	grep -v '^#' "$RUN_DIR/$1.yaml"
	echo
}

# expect PROMISE COMMAND...: the promise is kept when the command succeeds
expect() {
	local promise=$1 said
	shift
	gap=$'\n'
	if said=$("$@" 2>&1); then
		printf '    %sas promised:%s %s\n' "$good" "$plain" "$promise"
	else
		failed "$promise" "$said"
	fi
}

# failed PROMISE [TEXT]
failed() {
	failures=$((failures + 1))
	printf '    %sNOT AS PROMISED. Expected: %s%s\n' "$bad" "$1" "$plain"
	[ -z "${2:-}" ] || sed 's/^/    | /' <<<"$2"
}

# What was shown last
has() { grep -Eq -- "$1" <<<"$shown"; }
has_all() {
	local regex
	for regex; do
		has "$regex" || {
			echo "not there: $regex"
			return 1
		}
	done
}
has_not() { ! has "$1"; }
has_lines() { [ "$(grep -Ec -- "$2" <<<"$shown")" = "$1" ]; }
