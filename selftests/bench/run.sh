#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# "make bench": the cost of a packet by instructions, in a VM that counts them,
# for lisp0 and for what else could carry it; what both ends of the tunnel have
# in it, and what a lookup. Prints a table and writes build/bench.json.
#
#	run.sh [ROW...]			default: all
#
# Rows lisp-1k and lisp-1m have 1,000 and 1,000,000 entries at each end, the
# others one. Shares are above native, that of lisp-4in4 above native4.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
selftests=$(dirname "$here")
top=$(dirname "$selftests")
out=$top/build/bench
mkdir -p "$out"

rows=("$@")
[ $# -gt 0 ] || rows=(native sit sit-fou geneve vxlan wireguard lisp
	lisp-1k lisp-1m lisp-6in6 native4 lisp-4in4
	native-halfway lisp-halfway)

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
		-o "$out/$row" -t 3600 bench/paths.sh "$row" |
		tee -a "$out/rows.log"
done

# A lookup by itself: the same source built here, single-stepped.
cc -O2 -mpopcnt -o "$out/trie_bench" "$here/trie_bench.c"
for entries in 1 1000 1000000; do
	"$out/trie_bench" $entries |
		awk -v n=$entries '/^IPv6 \/64  / { print "lookup", n, $(NF - 8) }'
done >"$out/lookups.log"

awk -v json="$top/build/bench.json" '
	$1 == "row" { name[n++] = $2; instr[$2] = $3; mbit[$2] = $4 }
	$1 == "lookup" { lookup[$2] = $3 }
	function share(row, native) {
		return native in instr ? instr[row] - instr[native] : 0
	}
	function part(name, text, value) {
		printf "%-45s %8.1f\n", text, value
		printf "%s\"%s\": %.1f", parts++ ? ", " : "", name, value >json
	}
	END {
		printf "%-12s %12s %14s %12s\n", "path", "instr/packet",
			"tunnel'\''s share", "TCP Mbit/s"
		printf "{\"rows\": {" >json
		for (i = 0; i < n; i++) {
			r = name[i]
			if (r ~ /-halfway$/)
				continue
			s = share(r, r ~ /4$/ ? "native4" : "native")
			printf "%-12s %12d %14s %12d\n", r, instr[r],
				r ~ /^native/ ? "-" : s, mbit[r]
			printf "%s\"%s\": {\"instr_per_packet\": %d, \"share\": %d, \"tcp_mbit\": %d}",
				i ? ", " : "", r, instr[r], s, mbit[r] >json
		}
		printf "}, \"lisp\": {" >json
		if ("lisp" in instr && "lisp-halfway" in instr) {
			s = share("lisp-halfway", "native-halfway")
			part("encap_share", "lisp: share of encapsulation", s)
			part("decap_share", "lisp: share of decapsulation",
			     share("lisp", "native") - s)
		}
		for (i = 1; i <= 1000000; i *= 1000)
			part("lookup_" i, "lookup among " i ", instructions",
			     lookup[i])
		printf "}}\n" >json
	}' "$out/rows.log" "$out/lookups.log"
