#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install the Debian packages that the make targets named as arguments need:
#
#	tools/deps.sh build check
#
# Does nothing, and needs no network, when all of them are there. Needs root or
# sudo otherwise. With -n only says what is missing (exit 1 when something is).
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")

# What a target needs, as Debian calls it.
packages_of() {
	case $1 in
	build)
		echo gcc make libc6-dev pkg-config python3 python3-yaml kmod
		echo libnl-3-dev libnl-genl-3-dev libnl-route-3-dev libyaml-dev
		echo libevent-dev libssl-dev libjansson-dev liburcu-dev
		[ -n "${KDIR:-$("$here/kdir.sh")}" ] || echo linux-headers-cloud-amd64
		;;
	vm)	# boot a kernel in qemu, and what goes into its initramfs
		echo qemu-system-x86 seabios cpio kmod
		echo bash coreutils grep sed mawk findutils diffutils procps
		echo util-linux mount iproute2 iputils-ping traceroute ethtool
		echo iperf3 tcpdump nftables libcap2-bin ncurses-base
		;;
	check)
		packages_of build
		packages_of vm
		echo libcmocka-dev tshark
		;;
	check-kernels)	# headers of newer Debian kernels, see vm/headers.sh
		packages_of check
		packages_of debug-kernel
		;;
	check-style)
		packages_of build
		echo sparse xz-utils perl shellcheck
		# of the kernel's generator of netlink code
		echo python3-yaml python3-jsonschema
		;;
	demo | demo-shell)
		packages_of build
		packages_of vm
		echo tshark
		;;
	bench)
		packages_of build
		packages_of vm
		echo wireguard-tools
		;;
	debug-kernel)	# see selftests/vm/debug-kernel.sh
		echo gcc make flex bison bc libelf-dev libssl-dev xz-utils perl pahole
		;;
	*)
		echo "deps.sh: unknown target '$1'" >&2
		return 1
		;;
	esac
}

say() { echo "deps: $*"; }

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		say "not root, and there is no sudo; run this as root:" >&2
		say "  $*" >&2
		return 1
	fi
}

# Packages out of $@ that are not installed.
missing_of() {
	local have
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" \
		2>/dev/null || true)
	for package in "$@"; do
		grep -qx "installed $package" <<<"$have" || echo "$package"
	done
}

# Can apt name a source for every package? Not with empty or stale lists.
all_known() {
	local package
	for package; do
		apt-cache --no-all-versions show "$package" >/dev/null 2>&1 ||
			return 1
	done
}

# What goes wrong is said on stderr; the rest is pages of progress.
apt() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq \
		-o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 \
		-o Dpkg::Use-Pty=0 "$@" >/dev/null
}

dry=
if [ "${1:-}" = -n ]; then
	dry=1
	shift
fi
[ $# -gt 0 ] || { echo "usage: deps.sh [-n] TARGET..." >&2; exit 2; }

list=$(for target; do packages_of "$target"; done | tr ' ' '\n' | sort -u)
mapfile -t wanted <<<"$list"

if ! command -v dpkg-query >/dev/null; then
	say "not a Debian system; have the equivalent of these installed:" "${wanted[@]}"
	exit 0
fi

mapfile -t missing < <(missing_of "${wanted[@]}")
[ ${#missing[@]} -gt 0 ] || exit 0
say "for make $*: installing ${missing[*]}"
[ -z "$dry" ] || exit 1

updated=
if ! all_known "${missing[@]}"; then
	say "refreshing the package lists"
	apt update
	updated=1
fi
if ! apt install -y --no-install-recommends "${missing[@]}"; then
	[ -z "$updated" ] || exit 1
	# Lists that name versions the mirror no longer has look just so.
	say "refreshing the package lists, then once more"
	apt update
	apt install -y --no-install-recommends "${missing[@]}"
fi
