#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The wire oracle of the tests in VMs: have tshark read all that lispd sent
# there, from what sites_lib.sh recorded, and say for each test whether it calls
# anything malformed or finds octets left over:
#
#	check_wire.sh DIR		of several.sh
#
# Gaps of tshark 4.0: a Map-Notify-Ack is only octets to it. Those of the core's
# own tests are looked at as Map-Notifies, see unit/test_wire_oracle.c.
set -uo pipefail

# judge FILE...: one line for each bad message, then how many there were
judge() {
	local file
	for file; do
		tshark -r "$file" -n -T fields -E separator=/t -e frame.number \
			-e frame.protocols -e lisp.type -e _ws.malformed \
			-e _ws.expert.message -o ip.check_checksum:TRUE \
			2>/dev/null | awk -F '\t' -v file="${file##*/}" '
			{ n++ }
			$2 !~ /:udp:lisp$/ && !($3 == 5 && $2 ~ /:udp:lisp:data$/) ||
			$3 == "" || $4 != "" || $5 != "" {
				print file ": packet " $0
			}
			END { print "messages", n + 0 }' ||
			echo "$file: cannot be read"
	done | awk '$1 == "messages" { n += $2; next } 1
		END { print "messages", n + 0 }'
}

# result TEXT OUTPUT: bad when more than the count was said
number=0
failed=0
result() {
	number=$((number + 1))
	if [ "$(wc -l <<<"$2")" = 1 ]; then
		echo "# ok $number $1, ${2#messages } messages"
	else
		failed=$((failed + 1))
		head -n 20 <<<"$2" | sed 's/^/# # /'
		echo "# not ok $number $1"
	fi
}

# A Map-Reply of one record that ends after four octets of it.
broken() {
	printf '\324\303\262\241\2\0\4\0\0\0\0\0\0\0\0\0\377\377\0\0\145\0\0\0'
	printf '\0\0\0\0\0\0\0\0\54\0\0\0\54\0\0\0'
	printf '\105\0\0\54\0\0\0\0\100\21\146\277\12\0\0\1\12\0\0\2'
	printf '\20\366\20\366\0\30\0\0'
	printf '\40\0\0\1\1\2\3\4\5\6\7\10\0\0\5\240'
}

echo "# selftests: lisp: wire"
if ! command -v tshark >/dev/null; then
	echo "# 1..0 # SKIP no tshark here"
	echo "ok 1 selftests: lisp: wire # SKIP"
	exit
fi
declare -A files=()
for file in "$1"/*/out/*-sent-*.pcap; do
	[ ! -s "$file" ] || {
		test=${file##*/}
		files[${test%%-sent-*}]+=$file$'\n'
	}
done
echo "# 1..$((${#files[@]} + 1))"

scratch=$(mktemp)
trap 'rm -f "$scratch"' EXIT
broken >"$scratch"
number=1
if judge "$scratch" | grep -q 'Malformed'; then
	echo "# ok 1 a broken message is seen"
else
	failed=1
	echo "# not ok 1 a broken message is seen"
fi
for test in "${!files[@]}"; do
	mapfile -t list < <(printf %s "${files[$test]}")
	result "sent in $test" "$(judge "${list[@]}")"
done
if [ "$failed" = 0 ]; then
	echo "ok 1 selftests: lisp: wire"
else
	echo "not ok 1 selftests: lisp: wire # exit=1"
	exit 1
fi
