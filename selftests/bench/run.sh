#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "make bench": the cost of a packet by instructions, in a VM that counts them,
# for lisp0 and for what else could carry it. Prints a table and writes
# build/bench.json.
#
#	run.sh [ROW...]			default: all
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
selftests=$(dirname "$here")
top=$(dirname "$selftests")
out=$top/build/bench
mkdir -p "$out"

rows=("$@")
[ $# -gt 0 ] || rows=(native sit sit-fou geneve vxlan wireguard lisp
	lisp-4in4 lisp-6in6)

# The module for Debian's generic 6.1 kernel, built aside.
kdir=$("$selftests/vm/headers.sh" amd64)
tree=$out/module
mkdir -p "$tree"
for part in Kbuild kmod uapi VERSION; do
	rm -rf "${tree:?}/$part"
	cp -r "$top/$part" "$tree/"
done
find "$tree" \( -name '*.o' -o -name '*.ko' -o -name '.*.cmd' \) -delete
make -s -C "$kdir" M="$tree" modules >"$out/build.log" 2>&1 || {
	cat "$out/build.log" >&2
	exit 1
}

# A VM for each row: what one tunnel's modules leave behind (a fallback device
# in every namespace, say) costs the next one some hundred instructions.
: >"$out/rows.log"
for row in "${rows[@]}"; do
	"$selftests/vm/run.sh" -n -p -w wg -m "$tree/kmod/lisp.ko" \
		-o "$out/$row" -t 900 bench/paths.sh "$row" |
		tee -a "$out/rows.log"
done

awk -v json="$top/build/bench.json" '
	$1 != "row" { next }
	{ name[n++] = $2; instr[$2] = $3; mbit[$2] = $4 }
	END {
		printf "%-12s %12s %14s %12s\n", "path", "instr/packet",
			"tunnel'\''s share", "TCP Mbit/s"
		printf "{\"rows\": {" >json
		for (i = 0; i < n; i++) {
			r = name[i]
			share = "native" in instr ? instr[r] - instr["native"] : 0
			printf "%-12s %12d %14s %12d\n", r, instr[r],
				r == "native" ? "-" : share, mbit[r]
			printf "%s\"%s\": {\"instr_per_packet\": %d, \"share\": %d, \"tcp_mbit\": %d}",
				i ? ", " : "", r, instr[r], share, mbit[r] >json
		}
		printf "}}\n" >json
	}' "$out/rows.log"
