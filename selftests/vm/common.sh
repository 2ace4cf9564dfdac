# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by the scripts here: where things are, and how they are said.
set -euo pipefail

# Debian's own tools, whatever else is installed; depmod is there for all users.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH

vm_dir=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck disable=SC2034
{
selftests_dir=$(dirname "$vm_dir")
top_dir=$(dirname "$selftests_dir")
cache_dir=${XDG_CACHE_HOME:-$HOME/.cache}/lisp
}

say() { echo "vm: $*" >&2; }
die() { say "$*"; exit 1; }

# Run a command as root, or fail saying which one was wanted.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root or sudo: $*"
	fi
}

# hash_of TEXT...: a short name for whatever decides what a cached file holds
hash_of() { printf '%s\n' "$@" | sha256sum | cut -c1-16; }

# depends_of DIR REGEX: package out of the Depends of one that debian-pkg.sh has
# unpacked in DIR
depends_of() {
	sed -n 's/^Depends: //p' "$1/DEBIAN/control" | sed 's/[,|]/\n/g' |
		sed 's/^ *//; s/ .*//' | grep -E -m 1 "^$2\$"
}
