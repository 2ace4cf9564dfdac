#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests in several VMs at once, each as run.sh runs them:
#
#	several.sh VMS DIR [options of run.sh] -- PROGRAM...
#
# The programs are shared out by how long they took when they last ran here.
# Each VM's output comes in one piece; its files are in DIR/1, DIR/2 and so on.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/common.sh"

vms=$1 out=$2
shift 2
options=()
while [ "$1" != -- ]; do
	options+=("$1")
	shift
done
shift
[ $# -ge "$vms" ] || vms=$#
if [ "$vms" -le 1 ]; then
	exec "$vm_dir/run.sh" -o "$out/1" "${options[@]}" "$@"
fi

# What is slow need not be slow in proportion.
times=$cache_dir/seconds-${LISP_TIME_FACTOR:-1}
mkdir -p "$cache_dir" "$out"
touch "$times"

# The longest first, each to the VM that has the least to do. Of those that have
# not run here yet the time limit is all that is known.
share_out() {
	local program limit
	for program; do
		limit=$("$selftests_dir/run.sh" --limits "$program")
		awk -v p="$program" -v limit="$limit" '$1 == p { s = $2 }
			END { print (s == "") ? limit / 10 : s, p }' "$times"
	done | sort -k1,1nr -s | awk -v n="$vms" '{
		best = 1
		for (i = 2; i <= n; i++)
			if (sum[i] < sum[best])
				best = i
		sum[best] += $1
		print best, $2
	}'
}
mapfile -t shares < <(share_out "$@")

work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; rm -rf "$work"' EXIT
for ((i = 1; i <= vms; i++)); do
	mapfile -t mine < <(printf '%s\n' "${shares[@]}" | sed -n "s/^$i //p")
	: >"$work/$i"
	"$vm_dir/run.sh" -o "$out/$i" "${options[@]}" "${mine[@]}" \
		>"$work/$i" 2>&1 &
	pids[i]=$!
done

status=0
for ((i = 1; i <= vms; i++)); do
	tail -n +1 -f --pid="${pids[i]}" -s 0.5 "$work/$i"
	wait "${pids[i]}" || status=1
	unset "pids[i]"
done

# Remember how long they took.
cat "$work"/* | awk -v old="$times" '
	BEGIN { while ((getline < old) > 0) s[$1] = $2 }
	/^# selftests: lisp: / { p = $4 }
	/^# # took [0-9]+ s$/ && p !~ /^vm/ { s[p] = $4 }
	END { for (p in s) print p, s[p] }' >"$work/seconds"
cp "$work/seconds" "$times.$$" && mv "$times.$$" "$times"
exit $status
