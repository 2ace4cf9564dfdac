# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154
#
# The steps of the demo, in the order of the article. Sourced by run.sh.

RB2_LOOPBACK=2001:10:1:122::22 C4_LOOPBACK=2001:10:1:114::14
RB3_LOOPBACK=2001:10:1:123::23
sent=0 lost=0
declare -A delivery=()

### What is recorded from the start

start_captures() {
	capture "$R2" eth0 R2-site.pcap icmp or icmp6
	capture "$R2" eth1 R2-core.pcap udp port 4341 or udp port 4342
	capture "$C4" eth0 C4.pcap icmp or icmp6
}

# A connected socket has state 03.
debug_attached() { on "$1" grep -q " 03 .* $RUN_DIR/$1.sock" /proc/net/unix; }

start_debug() {
	local node
	for node in R2 MS_MR C1; do
		start "$LISP_OUT/$TEST_NAME-debug-$node.log" in_ns "${!node}" \
			lispctl -s "$RUN_DIR/$node.sock" debug
		wait_for 10 debug_attached "$node"
	done
	sleep 0.3
}

### Pings

# ping20 FROM SOURCE TO [OPTION]: twenty, and none may be lost
ping20() {
	local got
	show "$1" ping -c 20 -i 0.1 "${@:4}" -I "$2" "$3"
	got=$(sed -n 's/^20 packets transmitted, \([0-9]*\) received.*/\1/p' \
		<<<"$shown")
	sent=$((sent + 20))
	lost=$((lost + 20 - ${got:-0}))
	expect "20 of 20, not the first one lost" [ "${got:-0}" = 20 ]
}

### Traces. Registrations that fall into the time are left out.

# trace NODE AWK-CONDITION: print such lines of its trace; kept in $shown
trace() {
	prompt "$1" lispctl debug
	shown=$(grep -Eiv 'map-register|map-notify|acknowledged|state to up' \
		"$LISP_OUT/$TEST_NAME-debug-$1.log" | awk "$2" || true)
	awk '{ print NR ") " $0 } END { print "" }' <<<"$shown"
}

# The nonce in what was shown last
nonce() { grep -Eo -m 1 'nonce 0x[0-9a-fA-F]+-0x[0-9a-fA-F]+' <<<"$shown"; }

# Parts of a trace, for trace()
itr_asks='$2 == "ITR:" { if (/Map-Reply/) exit; print }'
itr_learns='$2 == "ITR:" && /Map-Reply/ { on = 1 } on && $2 == "ITR:"'
etr_answers='$2 == "ETR:"'
# ms_forwards RLOC: what the mapping system does about a request from there
ms_forwards() {
	echo "/Encap-Control message from/ { on = / from ${1//./\\.} / } on"
}

### When it happened

# first_time FILE FILTER...: of the first such packet in a capture
first_time() {
	local file=$LISP_OUT/$TEST_NAME-$1
	shift
	tcpdump -tt -n -c 1 -r "$file" "$@" 2>/dev/null | cut -d ' ' -f 1
}

# delivery_of FAMILY ECHO-FILTER: from the miss to the first delivered packet
delivery_of() {
	local family=$1 echo=$2 afi=2 nibble=0x60 times=() names=() i
	[ "$family" = 6 ] || afi=1 nibble=0x40
	names=("the first packet comes to R2, which has no mapping for it"
		"R2 sends its Map-Request to the map-resolver"
		"C1's Map-Reply has come to R2"
		"the packet, which has waited in the kernel, leaves R2"
		"it is delivered at C4")
	times=("$(first_time R2-site.pcap "$echo")"
		"$(first_time R2-core.pcap src 10.0.1.9 and dst 10.0.0.13 and \
			"udp[8] & 0xf0 = 0x80 and udp[12] & 0xf0 = $nibble")"
		"$(first_time R2-core.pcap src 10.0.1.1 and dst 10.0.1.9 and \
			"udp[8] & 0xf0 = 0x20 and udp[30:2] = $afi")"
		"$(first_time R2-core.pcap src 10.0.1.9 and dst 10.0.1.1 and \
			"udp dst port 4341 and udp[16] & 0xf0 = $nibble")"
		"$(first_time C4.pcap "$echo")")
	for i in "${!names[@]}"; do
		echo "${times[0]} ${times[i]:-never} ${names[i]}"
	done | awk '{
		ms = $2 == "never" ? $2 : sprintf("%.3f", ($2 - $1) * 1000)
		$1 = $2 = ""
		printf "%12s ms %s\n", ms, $0
	}' | tee "$RUN_DIR/shown"
	echo
	shown=$(cat "$RUN_DIR/shown")
	delivery[$family]=$(awk 'END { print $1 }' <<<"$shown")
	expect "all five seen, one after the other, within two seconds" \
		awk '$1 == "never" || $1 < last { bad = 1 } { last = $1 }
		END { exit bad || NR != 5 || last >= 2000 }' <<<"$shown"
}

### The steps

# No IPv6 address, no route to an EID, on what lies between the sites.
core_is_ipv4_only() {
	local node
	step "An IPv4 core" "Between the sites there are P1, P2 and the network \
of MS_MR. They have no IPv6 at all, and no route to any EID. Commands are shown \
as typed on a router: \"R2#\" is the network namespace R2; lispctl talks to the \
lispd of that router."
	show P2 ip route
	for node in P1 P2 MS_MR; do
		shown=$(on "$node" ip -6 addr; on "$node" ip -6 route
			on "$node" ip route | grep '^10\.1\.' || true)
		expect "$node: no IPv6 address, no IPv6 route, no route to an EID" \
			[ -z "$shown" ]
	done
	for node in "${LISP_XTRS[@]}"; do
		shown=$(on "$node" ip -6 addr show dev eth1)
		expect "$node: no IPv6 address on the link to the core" [ -z "$shown" ]
	done
}

sites_right() {
	local n rloc prefix
	for n in "14 10.0.1.1" "22 10.0.1.9" "23 10.0.1.13"; do
		read -r n rloc <<<"$n"
		for prefix in "2001:10:1:$n::/64" "2001:10:1:1$n::/64" \
			"10.1.$n.0/24" "10.1.1$n.0/24"; do
			has "[0-9:]{8} +yes +$prefix +$rloc\$" || {
				echo "$prefix is not up, registered by $rloc"
				return 1
			}
		done
	done
}

sites() {
	step "The map-server knows all sites" "The routers of the sites have \
registered what is behind them, authenticated by their key. The EID prefix \
comes before the last registrant, as the article's author would have had it."
	show_config MS_MR
	show MS_MR lispctl show site
	expect "all 12 EID prefixes up, each registered by its router" sites_right
	expect "the EID prefix stands before the last registrant" \
		has 'EID Prefix +Who Last'
}

only_defaults() {
	has ', 2 entries$' && has '^::/0, .* via .*, action: send-map-request' &&
		has '^0\.0\.0\.0/0, .* via .*, action: send-map-request' &&
		has_not 'map-reply|incomplete'
}

ping_for_the_first_time() {
	step "RB2 pings C4" "R2 routes all EIDs to lisp0, and has no mapping for \
any of them but the defaults, which say: ask. Neither has C1."
	show R2 ip -6 route
	show R2 lispctl show map-cache
	expect "only the default entries at R2" only_defaults
	show C1 lispctl show map-cache
	expect "only the default entries at C1" only_defaults
	say "Twenty pings from loopback to loopback. The article lost the first \
two (18 of 20). Here the packets wait in the kernel while their mapping is \
resolved: one resolution at R2 for the echo request, one at C1 for the reply."
	ping20 RB2 $RB2_LOOPBACK $C4_LOOPBACK
}

resolution() {
	local asked
	step "What went on: R2 resolves C4" "R2 asks the map-resolver on behalf \
of RB2's packet."
	show_config R2
	trace R2 "$itr_asks"
	asked=$(nonce || true)
	expect "R2 asked for $C4_LOOPBACK/128, once" has_lines 1 \
		"Sending map-request .* for EID $C4_LOOPBACK/128.*encap src 10.0.1.9, dst 10.0.0.13"
	say "The map-server finds the site and hands the request to its router."
	trace MS_MR "$(ms_forwards 10.0.1.9)"
	expect "forwarded to C1, the request being R2's ($asked)" \
		has_all 'Forwarding map request to ETR 10.0.1.1' "$asked"
	say "C1 looks into its database and answers R2 directly, for the whole /64."
	show C1 lispctl show database
	expect "C1's four EID prefixes, registered" has_lines 4 \
		'registered with 10.0.0.13: yes'
	trace C1 "$etr_answers"
	expect "C1 answers R2" \
		has_all 'Sending map-reply from 10.0.1.1 to 10.0.1.9' "$asked"
	trace R2 "$itr_learns"
	expect "R2 has the /64 and forgets the /128" has_all \
		"2001:10:1:114::/64, change state to complete" \
		"$C4_LOOPBACK/128, change state to deleted" "$asked"
}

return_path() {
	step "The way back: C1 resolves RB2" "The echo reply needs a mapping at \
C1. The article lost its second ping here."
	trace C1 "$itr_asks"
	expect "C1 asked for $RB2_LOOPBACK/128, once" has_lines 1 \
		"Sending map-request .* for EID $RB2_LOOPBACK/128.*encap src 10.0.1.1, dst 10.0.0.13"
	show MS_MR lispctl show site 2001:10:1:122::/64
	expect "SiteTwo in detail" has_all "Site name: SiteTwo" \
		"ETR 10.0.1.9, last registered" "10.0.1.9 +yes +up +1/50"
	trace MS_MR "$(ms_forwards 10.0.1.1)"
	expect "forwarded to R2" has 'Forwarding map request to ETR 10.0.1.9'
	show R2 lispctl show database
	expect "R2's four EID prefixes, registered" has_lines 4 \
		'registered with 10.0.0.13: yes'
	trace R2 "$etr_answers"
	expect "R2 answers C1" has 'Sending map-reply from 10.0.1.9 to 10.0.1.1'
	trace C1 "$itr_learns"
	expect "C1 has the /64 and forgets the /128" has_all \
		"2001:10:1:122::/64, change state to complete" \
		"$RB2_LOOPBACK/128, change state to deleted"
}

time_to_delivery() {
	step "From the miss to the first delivered packet" "As captured at R2's \
two interfaces and at C4. The article: two pings of two seconds each."
	delivery_of 6 "icmp6 and ip6[40] == 128"
}

# mapped PREFIX RLOC: there, complete, for a day
mapped() {
	grep -EA 2 "^${1//./\\.}, uptime: [0-9:]+, expires: (23:5|1d).*, via map-reply, complete" \
		<<<"$shown" | grep -Eq "^  ${2//./\\.} +[0-9:]+ +up +1/50$"
}

map_caches() {
	step "The map-caches now"
	show R2 lispctl show map-cache
	expect "the /64 is there, complete, for 24 hours, over 10.0.1.1" \
		mapped 2001:10:1:114::/64 10.0.1.1
	expect "the /128 is gone" has_not '/128|incomplete'
	expect "::/0 still says send-map-request" \
		has '^::/0, .*action: send-map-request'
	show C1 lispctl show map-cache
	expect "C1 has RB2's /64 over 10.0.1.9" mapped 2001:10:1:122::/64 10.0.1.9
}

ipv4() {
	step "The same with IPv4 EIDs" "Nothing else is configured for them; the \
map-caches know nothing of them yet."
	ping20 RB2 10.1.122.22 10.1.114.14 -q
	show R2 lispctl show map-cache
	expect "the /24 is there, complete, over 10.0.1.1" \
		mapped 10.1.114.0/24 10.0.1.1
	expect "the /32 is gone" has_not '/32|incomplete'
	delivery_of 4 "icmp[0] == 8"
	show RB2 traceroute -n -w 2 10.1.14.14
	expect "three lines: R2, C1, C4" hops 10.1.22.1 10.1.14.1 10.1.14.14
}

site_three() {
	step "SiteThree, too"
	ping20 RB3 $RB3_LOOPBACK $C4_LOOPBACK -q
	ping20 RB3 10.1.123.23 10.1.114.14 -q
	say "And to RB2, which only now hears of SiteThree:"
	ping20 RB3 $RB3_LOOPBACK $RB2_LOOPBACK -q
	show R3 lispctl show map-cache
	expect "C4's IPv6 over 10.0.1.1" mapped 2001:10:1:114::/64 10.0.1.1
	expect "C4's IPv4 over 10.0.1.1" mapped 10.1.114.0/24 10.0.1.1
	expect "RB2's IPv6 over 10.0.1.9" mapped 2001:10:1:122::/64 10.0.1.9
}

# pick NAME FILTER...: the first such packet of R2's core side, in NAME.pcap
pick() {
	local name=$1
	shift
	tcpdump -n -c 1 -r "$LISP_OUT/$TEST_NAME-R2-core.pcap" \
		-w "$LISP_OUT/$name.pcap" "$@" 2>/dev/null
}

# decode NAME...: to NAME.txt. tshark takes seconds to start, so all at once:
# what follows the header of a capture can be put at the end of another.
decode() {
	local name all=$RUN_DIR/all.pcap
	cp "$LISP_OUT/$1.pcap" "$all"
	for name in "${@:2}"; do
		tail -c +25 "$LISP_OUT/$name.pcap" >>"$all"
	done
	tshark -n -V -r "$all" 2>/dev/null >"$RUN_DIR/all.txt" || true
	for name; do
		awk -v "frame=$name" -v "names=$*" 'BEGIN { split(names, name) }
			/^Frame/ { n++; sub(/[0-9]+/, 1) } name[n] == frame' "$RUN_DIR/all.txt" \
			>"$LISP_OUT/$name.txt"
	done
}

# show_decoded NAME: all that is LISP, and of the rest what matters
show_decoded() {
	local matter='Time to Live|Hop Limit|Protocol:|Next Header|Type: Echo'
	matter+='|Sequence|[^r] Length:|Source Port|Destination Port'
	prompt "" tshark -V -r "$1.pcap"
	shown=$(awk -v "matter=$matter" '
		/^00[0-9a-f][0-9a-f]  |^$|\[/ { next }
		/^[^ ]/ {
			lisp = /^Locator/
			link = /^Frame|^Ethernet/
			print
			next
		}
		lisp || !link && $0 ~ matter' "$LISP_OUT/$1.txt")
	printf '%s\n\n' "$shown"
}

packets_on_the_wire() {
	step "Packets as the core sees them" "A control packet, R2's Map-Request \
to the map-resolver on UDP port 4342, and a data packet, an echo request on UDP \
port 4341; the outer TTL is 255, which hides the way through the core. Both in \
full in build/demo/out/."
	pick control src 10.0.1.9 and dst port 4342 and \
		"udp[8] & 0xf0 = 0x80 and udp[12] & 0xf0 = 0x60"
	pick data src 10.0.1.9 and dst 10.0.1.1 and dst port 4341 and \
		"udp[16] & 0xf0 = 0x60"
	decode control data
	show_decoded control
	expect "an Encapsulated Control Message with a Map-Request for $C4_LOOPBACK" \
		has_all "Src: 10.0.1.9, Dst: 10.0.0.13" "Dst Port: 4342" \
		"Type: Encapsulated Control Message" "Type: Map-Request" \
		"Map-Request Record 1: $C4_LOOPBACK/128"
	show_decoded data
	expect "ICMPv6 in IPv6 in LISP in UDP in IPv4 from R2 to C1, TTL 255" \
		has_all "Src: 10.0.1.9, Dst: 10.0.1.1" "Dst Port: 4341" \
		"Time to Live: 255" "Locator/ID Separation Protocol" \
		"Src: $RB2_LOOPBACK, Dst: $C4_LOOPBACK" "Echo .ping. request"
}

# hops ADDRESS...: what was shown is a traceroute with just these lines
hops() {
	local expected=$* got
	got=$(sed -n 's/^ *[0-9]\+  \([^ ]*\).*/\1/p' <<<"$shown" | tr '\n' ' ')
	[ "$got" = "$expected " ] || {
		echo "hops: $got"
		return 1
	}
}

core_is_hidden() {
	step "Traceroute shows LISP routers only" "R2 sees the routers of the \
core when it goes to C1's RLOC. RB2 does not, when it goes to C4 across them."
	show R2 traceroute -n -w 2 10.0.1.1
	expect "P2 and P1 are on the way" hops 10.0.1.10 10.0.1.41 10.0.1.1
	show RB2 traceroute -n -w 2 2001:10:1:14::14
	expect "three lines: R2, C1, C4" \
		hops 2001:10:1:22::1 2001:10:1:14::1 2001:10:1:14::14
}

summary() {
	step "Summary"
	printf '    pings sent %d, lost %d\n' "$sent" "$lost"
	printf '    from the miss to the first delivered packet: %s ms (IPv6), %s ms (IPv4)\n' \
		"${delivery[6]:-?}" "${delivery[4]:-?}"
	printf '    time taken by the demo itself: %d s\n' "$SECONDS"
	if [ "$failures" = 0 ]; then
		printf '    %sall %d steps as promised%s\n' "$good" "$steps" "$plain"
	else
		printf '    %s%d promises not kept, see above%s\n' "$bad" "$failures" "$plain"
	fi
}

### Afterwards, by hand

keep_running() {
	local node
	{
		printf '# Commands for a shell beside the demo: source this.\n'
		declare -p RUN_DIR LISP_NODES
		declare -p "${LISP_NODES[@]}"
		declare -f in_ns on
		cat "$DEMO_DIR/shell.sh"
	} >"$RUN_DIR/rc"
	# As process 1 of the VM starts a shell now, it is to know them.
	[ -z "${LISP_VM:-}" ] || cp "$RUN_DIR/rc" ~/.bashrc
	printf '\n'
	bash -c '. "$1"; demo_help' - "$RUN_DIR/rc"
	[ -n "${LISP_VM:-}" ] ||
		echo "Say \". $RUN_DIR/rc\" to have these commands."
	__at_exit=() # nothing is taken down
}
