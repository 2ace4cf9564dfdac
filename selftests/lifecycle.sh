#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout=360
#
# Devices, namespaces and the module come and go at any moment, with packets
# on their way in both directions and others waiting; what is left works.
# Topology: see lisp_lib.sh, and beside it namespaces that are made here and
# attached to $core to be destroyed:
#
#	$x [lisp0] ----- $core
#	    172.16.9.1   .254
#
# The kernel's log is looked at after the last script.
. "$(dirname "$(readlink -f "$0")")/lib.sh"
. "$(dirname "$(readlink -f "$0")")/lisp_lib.sh"
require_module
ktap_print_header
lisp_sites
require_pkt
lisp_map_both 4

rounds=${LISP_ROUNDS:-3}
# Milliseconds between packets. Where everything is slow the senders would leave
# nothing of the processors to those who make and delete.
gap=${LISP_TIME_FACTOR:-1}
cross() { expect " 3 received" within "$h1" ping -c 3 -i 0.05 -W 2 "$1"; }

### Traffic in the background: through both routers, to EIDs that wait at $r1,
### and from $core to whatever is at $r2

traffic() {
	# shellcheck disable=SC2016
	local endless='while :; do "$@" || sleep 0.01; done'
	start_within "$h1" /dev/null bash -c "$endless" - \
		ping -q -i "$(printf 0.%03d $((2 * gap)))" -w 60 "$H2_EID6"
	flows=("$started")
	start_within "$h1" /dev/null bash -c "$endless" - \
		"$LISP_PKT/pkt" udp eids 100 count 3 gap "$gap" 10.2.0.100
	flows+=("$started")
	start_within "$core" /dev/null bash -c "$endless" - "$LISP_PKT/pkt" lisp \
		from "$H1_EID4" to "$H2_EID4" count 1000 gap "$gap" "$R2_RLOC4"
	flows+=("$started")
}
no_traffic() {
	local pid
	for pid in "${flows[@]}"; do
		end_loop "$pid"
	done
}
# end_loop PID: of a shell, after what it is just running
end_loop() {
	kill "$1" || true
	pkill -P "$1" || true
	wait "$1" 2>/dev/null || true
}
asking() {
	lctl "$r1" map add 10.2.0.0/24 action send-map-request
	lctl "$r1" map add "$H2_EID4/32" rloc "$R2_RLOC4"
	lctl "$r1" map add 2001:db8:2::/64 rloc "$R2_RLOC4"
}
again() {
	lisp_device "$1" "$2"
	if [ "$2" = 1 ]; then
		asking
	else
		lctl "$r2" map add 2001:db8:1::/64 rloc "$R1_RLOC4"
		lctl "$r2" map add 10.1.0.0/24 rloc "$R1_RLOC4"
	fi
}

asking
traffic
wait_for 10 expect incomplete lctl "$r1" show map-cache || true

down_up() {
	local i
	for ((i = 0; i < 2 * rounds; i++)); do
		ip -n "$r1" link set lisp0 down || return
		ip -n "$r2" link set lisp0 down || return
		ip -n "$r2" link set lisp0 up || return
		ip -n "$r1" link set lisp0 up || return
	done
	# The routes went with it.
	for i in 1 2; do
		local router=r$i other=$((3 - i))
		ip -n "${!router}" -batch - <<-END || return
			route replace 10.$other.0.0/16 dev lisp0 src 10.$i.0.1
			route replace 2001:db8:$other::/48 dev lisp0 src 2001:db8:$i::1
		END
	done
	cross "$H2_EID6"
}
ktap_test "link down and up under traffic" down_up

devices() {
	local i
	for ((i = 0; i < rounds; i++)); do
		lctl "$r1" device del lisp0 || return
		lctl "$r2" device del lisp0 || return
		again "$r1" 1 || return
		again "$r2" 2 || return
	done
	cross "$H2_EID6" && cross "$H2_EID4"
}
ktap_test "devices deleted and made again under traffic" devices

flapping() {
	local i
	for ((i = 0; i < 5 * rounds; i++)); do
		lctl "$r1" map flush || return
		asking || return
	done
	cross "$H2_EID6"
}
ktap_test "map-cache flushed and filled under traffic" flapping

### Namespaces

# attach INSTANCE: a namespace x that forwards for $core. Processes in it would
# keep it alive, so the traffic comes from $core: from 172.16.9.254 through x to
# EIDs that wait and to one that does not, and LISP packets to x.
# shellcheck disable=SC2154 # x is set by setup_ns
attach() {
	setup_ns x
	router "$x"
	veth "$x" eth1 "$core" to9
	addr "$core" to9 172.16.9.254/24
	ip -n "$core" route add 10.0.0.0/8 via 172.16.9.1
	ip -n "$x" -batch - <<-END
		addr add 172.16.9.1/24 dev eth1
		route add 172.16.0.0/16 via 172.16.9.254
		addr add 10.9.0.1/32 dev lo
	END
	lctl "$x" device add lisp0 instance-id "$1"
	lctl "$x" -d lisp0 map add 0.0.0.0/0 action send-map-request
	lctl "$x" -d lisp0 map add 10.1.0.0/24 rloc "$R1_RLOC4"
}
exchange() {
	start_within "$core" /dev/null "$LISP_PKT/pkt" udp eids 50 count 100 \
		gap "$gap" 10.10.0.0
	start_within "$core" /dev/null "$LISP_PKT/pkt" udp count 5000 gap "$gap" \
		10.1.0.10
	start_within "$core" /dev/null "$LISP_PKT/pkt" lisp from 10.1.0.10 \
		to "$1" iid "$2" count 5000 gap "$gap" 172.16.9.1
	sleep 0.2
}
exchanged() {
	[ "$(counter "$x" encap)" -gt 0 ] && [ "$(counter "$x" decap)" -gt 0 ] &&
		[ "$(counter "$x" park-now)" -gt 0 ]
}
# What a dying namespace holds is given back in the background; its cable is
# gone when that is done.
gone() { ! ip -n "$core" link show to9; }
perish() {
	ip netns del "$x"
	wait_for 20 gone
}

namespaces() {
	local i
	for ((i = 0; i < rounds; i++)); do
		attach 5
		ip -n "$x" link set lisp0 up
		ip -n "$x" route add 10.0.0.0/8 dev lisp0 src 10.9.0.1
		exchange 10.9.0.1 5
		wait_for 5 exchanged || {
			lctl "$x" show statistics
			return 1
		}
		perish || return
	done
}
ktap_test "namespace deleted under traffic" namespaces

creator() {
	local i
	for ((i = 0; i < rounds; i++)); do
		attach 6
		ip -n "$x" link set lisp0 name away netns "$h2"
		ip -n "$h2" link set away up
		ip -n "$h2" route add 10.9.0.0/16 dev away src 10.2.0.10
		lctl "$h2" -d away map add 10.9.0.0/24 action send-map-request
		start_within "$h2" /dev/null "$LISP_PKT/pkt" udp eids 50 \
			count 100 gap "$gap" 10.9.0.0
		exchange 10.2.0.10 6
		perish || return
		! ip -n "$h2" link show away 2>/dev/null || return
	done
}
ktap_test "the namespace that made a device dies: so does the device" creator

holder() {
	local i
	for ((i = 0; i < rounds; i++)); do
		setup_ns x
		lctl "$r2" device add moved instance-id 7
		ip -n "$r2" link set moved netns "$x"
		ip -n "$x" link set moved up
		ip -n "$x" route add default dev moved
		lctl "$x" map add 0.0.0.0/0 rloc "$R1_RLOC4"
		start_within "$core" /dev/null "$LISP_PKT/pkt" lisp \
			from 10.1.0.10 to 10.9.0.1 iid 7 count 5000 gap "$gap" \
			"$R2_RLOC4"
		sleep 0.2
		ip netns del "$x"
	done
	# The instance-ID is free again.
	wait_for 20 lctl "$r2" device add moved instance-id 7 || return
	lctl "$r2" device del moved
	cross "$H2_EID6"
}
ktap_test "the namespace that holds a device dies, its maker does not" holder

# The routes of locators are counted by what IPv6 has in the namespace: it goes
# after the last locator. Not by luck: a device that is elsewhere is deleted last,
# and waits for RCU that are expedited do not wait for its callbacks, too.
tracing=/sys/kernel/tracing
[ -d $tracing/events ] || mount -t tracefs tracefs $tracing 2>/dev/null || :
expedited=/sys/kernel/rcu_expedited
probes() {
	{
		echo "p:lisptest/rloc lisp:rloc_free_rcu" &&
			echo "p:lisptest/routes ip6_route_net_exit"
	} >$tracing/kprobe_events && echo 1 >$tracing/events/lisptest/enable
}
no_probes() {
	echo 0 >$tracing/events/lisptest/enable
	echo >$tracing/kprobe_events
}
order() { grep -oE ' (rloc|routes): ' $tracing/trace; }
ordered() {
	[ "$(order | grep -c rloc)" -gt 20 ] &&
		[ "$(order | tail -n 1)" = " routes: " ]
}
routes_last() {
	local i j
	for ((i = 0; i < rounds; i++)); do
		attach 8
		for j in {1..20}; do
			lctl "$x" map add "2001:db8:$j::/48" rloc "fd00:9::$j" ||
				return
		done
		ip -n "$x" link set lisp0 name away netns "$h2" || return
		echo >$tracing/trace
		perish || return
		wait_for 20 ordered || {
			order | uniq -c
			return 1
		}
	done
}
routes_last_expedited() {
	local before status=0
	before=$(cat $expedited)
	echo 1 >$expedited
	routes_last || status=1
	echo "$before" >$expedited
	return $status
}
if ! [ -w $expedited ]; then
	ktap_test_skip "a namespace's routes go after its locators" \
		"no $expedited"
elif probes 2>/dev/null; then
	ktap_test "a namespace's routes go after its locators" \
		routes_last_expedited
	no_probes
else
	no_probes 2>/dev/null || :
	ktap_test_skip "a namespace's routes go after its locators" "no kprobes"
fi

# A device that was deleted is not gone while its map-cache is freed, and what
# it gives back then belongs to the namespace that made it.
late() {
	local i deleter status n=$((${LISP_TIME_FACTOR:-1} > 2 ? 10000 : 50000))
	for ((i = 0; i < rounds; i++)); do
		attach 8
		ip -n "$x" link set lisp0 name late netns "$h2"
		awk -v "n=$n" 'BEGIN { for (i = 0; i < n; i++)
			printf "2001:db8:%x:%x::/64 rloc 10.0.%d.1\n",
				int(i / 65536) + 16, i % 65536, i % 250
		}' | lctl "$h2" -d late map load - || return
		lctl "$h2" device del late &
		deleter=$!
		status=0
		wait_for 20 no_late || status=1
		perish || status=1
		wait "$deleter" && [ "$status" = 0 ] || return
	done
	cross "$H2_EID6"
}
no_late() { ! ip -n "$h2" link show late 2>/dev/null; }
ktap_test "a device is deleted, and with it the namespace that made it" late

### Clear errors

lctl "$core" device add lisp0
in_use() {
	ip -n "$core" link add vx0 type vxlan id 1 dstport 4341 || return
	ip -n "$core" link set vx0 up
	expect "Address already in use" ip -n "$core" link set lisp0 up || return
	expect "state DOWN" ip -n "$core" link show lisp0 || return
	ip -n "$core" link del vx0
	ip -n "$core" link set lisp0 up
}
# Only IPv6's: the IPv4 socket, which was had, is given back.
in_use6() {
	local said
	ip -n "$core" link add vx0 type vxlan id 1 local fd00:1::fe \
		dstport 4341 || return
	ip -n "$core" link set vx0 up
	expect "Address already in use" ip -n "$core" link set lisp0 up || return
	said=$(within "$core" ss -Hnlu4 "sport = :4341")
	ip -n "$core" link del vx0
	echo "$said"
	[ -z "$said" ] && ip -n "$core" link set lisp0 up
}
if modprobe vxlan 2>/dev/null; then
	ip -n "$core" link set lisp0 down
	ktap_test "IPv6's port in use: the same, and IPv4's is given back" \
		in_use6
	ip -n "$core" link set lisp0 down
	ktap_test "port in use: link up fails with a clear error, later works" \
		in_use
else
	ktap_test_skip "port in use" "no vxlan here"
fi
lctl "$core" device del lisp0

### The module: only where nobody else uses it

if [ -z "${LISP_VM:-}" ]; then
	ktap_test_skip "module unloaded under traffic" "not in a VM of our own"
	ktap_finished
fi
unload() {
	local i
	for ((i = 0; i < rounds; i++)); do
		# A request that is being served holds it.
		wait_for 10 rmmod lisp || return
		modprobe lisp || return
		again "$r1" 1 || return
		again "$r2" 2 || return
		sleep 0.2
	done
	cross "$H2_EID6" && cross "$H2_EID4"
}
ktap_test "module unloaded and loaded under traffic" unload

requests() {
	local i
	# shellcheck disable=SC2016
	start_within "$r1" /dev/null bash -c 'while :; do
		lispctl device add lisp0
		lispctl map add 10.2.0.0/24 rloc 192.0.2.1
		lispctl show map-cache
	done'
	local asker=$started
	for ((i = 0; i < rounds; i++)); do
		wait_for 10 rmmod lisp || return
		modprobe lisp || return
		sleep 0.1
	done
	end_loop "$asker"
}
ktap_test "module unloaded and loaded while it is asked" requests
no_traffic

has_lisp0() { ip link show type lisp | grep -q lisp0; }
create() {
	wait_for 10 rmmod lisp
	modprobe lisp create=0
	! has_lisp0 || return
	[ "$(cat /sys/module/lisp/parameters/create)" = N ] || return
	rmmod lisp
	modprobe lisp create=1
	has_lisp0
}
ktap_test "create=0 makes no lisp0, create=1 does" create
taken() {
	rmmod lisp
	ip link add lisp0 type dummy || return
	modprobe lisp && ip link show type lisp | grep -w lisp1
	local status=$?
	ip link del lisp0
	rmmod lisp && modprobe lisp && has_lisp0 && return $status
}
ktap_test "its name taken, the default device gets the next" taken
by_itself() {
	rmmod lisp
	ip -n "$r2" link add lisp0 type lisp || return
	[ -d /sys/module/lisp ]
}
ktap_test "the first device loads the module" by_itself
ktap_finished
