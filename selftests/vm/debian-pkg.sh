#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Download a Debian package and unpack it into the cache, without installing it:
#
#	debian-pkg.sh [-s SUITE] PACKAGE
#
# prints the directory it is unpacked in (DEBIAN/control included). Without -s the machine's own apt
# sources are asked. With -s (bookworm-backports, trixie-backports, ...) a
# private apt configuration is used, so that nothing of the machine's changes;
# the mirror is the one the machine's own sources name.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/common.sh"

suite=
while getopts s: opt; do
	case $opt in
	s) suite=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# = 1 ] || die "usage: debian-pkg.sh [-s SUITE] PACKAGE"
package=$1

# URI of the Debian archive proper (not security, not third parties) in use.
mirror() {
	# shellcheck disable=SC2016 # apt fills these in
	apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(LABEL) $(REPO_URI)' |
		awk '$1 == "Packages" && $2 == "Debian" && $3 == "Debian" \
			{ print $4; exit }'
}

apt_options=()
private_apt() {
	local dir=$cache_dir/apt/$suite uri
	uri=$(mirror)
	if [ -z "$uri" ]; then
		as_root apt-get -q update >&2
		uri=$(mirror)
	fi
	[ -n "$uri" ] || die "no Debian mirror in this machine's apt sources"
	mkdir -p "$dir/lists/partial" "$dir/archives/partial"
	echo "deb $uri $suite main" >"$dir/sources.list"
	: >"$dir/status"
	apt_options=(-o Dir::Etc::SourceList="$dir/sources.list"
		-o Dir::Etc::SourceParts=/dev/null
		-o Dir::State="$dir" -o Dir::State::Lists="$dir/lists"
		-o Dir::State::Status="$dir/status" -o Dir::Cache="$dir"
		-o APT::Sandbox::User= -o Acquire::Languages=none)
}

update() {
	say "refreshing the package lists${suite:+ of $suite}"
	if [ -n "$suite" ]; then
		apt-get -q "${apt_options[@]}" update >&2
	else
		as_root apt-get -q update >&2
	fi
}

version() {
	apt-cache "${apt_options[@]}" policy "$package" 2>/dev/null |
		awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

fetch() {
	say "fetching $package $1${suite:+ from $suite}"
	(cd "$work" && apt-get -q "${apt_options[@]}" -o APT::Sandbox::User= \
		download "$package=$1" >&2)
}

[ -z "$suite" ] || private_apt
have=$(version)
if [ -z "$have" ]; then
	update
	have=$(version)
	[ -n "$have" ] || die "no package $package${suite:+ in $suite}"
fi

dir=$cache_dir/debian/${package}_${have//[^a-zA-Z0-9.+~-]/_}
if [ ! -d "$dir" ]; then
	mkdir -p "$cache_dir/debian"
	work=$(mktemp -d "$cache_dir/debian/.new.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	if ! fetch "$have"; then
		# The lists name a version that the mirror has replaced.
		update
		have=$(version)
		fetch "$have" || die "cannot download $package"
		dir=$cache_dir/debian/${package}_${have//[^a-zA-Z0-9.+~-]/_}
	fi
	dpkg-deb -R "$work"/*.deb "$work/root"
	[ -d "$dir" ] || mv -T "$work/root" "$dir"
fi
echo "$dir"
