# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Commands for the prompt that "make demo-shell" ends at. Comes after those of
# topology.sh that it needs, see keep_running.

for node in "${LISP_NODES[@]}"; do
	eval "$node() { demo_node $node \"\$@\"; }"
done
unset node

# demo_node NODE [COMMAND...]: run it there, or go there
demo_node() {
	local node=$1
	if [ $# -gt 1 ]; then
		on "$@"
		return
	fi
	DEMO_NODE=$node in_ns "${!node}" bash --rcfile "$RUN_DIR/rc" -i
}

demo_help() {
	cat <<-'END'
	The network is up:

	  C4 ---- C1 ---- P1 ---- P2 ---- R2 ---- RB2       EIDs of C4   2001:10:1:114::14, 10.1.114.14
	                   |       |                                RB2  2001:10:1:122::22, 10.1.122.22
	                 MS_MR     +----- R3 ---- RB3               RB3  2001:10:1:123::23, 10.1.123.23

	Each is a network namespace, and a command: NAME runs what follows there,
	NAME alone goes there (exit comes back). To try:

	  R2 lispctl show map-cache         R2 lispctl map flush origin map-reply
	  R2 lispctl debug &                RB2 ping -I 2001:10:1:122::22 2001:10:1:114::14
	  MS_MR lispctl show site           R2 lispctl lig 2001:10:1:23::23
	  R2 lispctl show statistics        P1 tcpdump -ni any udp port 4341 or udp port 4342
	  R2 lispctl show device            C1 lispctl device set lisp0 ttl-mode propagate

	demo_help says this again, demo_down takes all of it down.
	END
}

demo_down() {
	local node
	for node in "${LISP_NODES[@]}"; do
		ip netns pids "${!node}" | xargs -r kill
		ip netns del "${!node}"
	done 2>/dev/null
	rm -rf "$RUN_DIR"
}

if [ -n "${DEMO_NODE:-}" ]; then
	lispctl() { command lispctl -s "$RUN_DIR/$DEMO_NODE.sock" "$@"; }
	PS1="$DEMO_NODE# "
elif [ -n "${LISP_VM:-}" ] && [[ $- = *i* ]]; then
	PS1='demo# '
	trap demo_down EXIT
fi
