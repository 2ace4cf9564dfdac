#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make the initramfs of the test VM out of three parts, each an uncompressed
# cpio archive; the kernel unpacks them one after another:
#
#	base	programs of this machine (tools.list) with their libraries; cached
#	tools	further programs some script requires (tshark, python3); cached
#	project	the module, the daemon, the command, selftests/; made every time
#
#	initramfs.sh -k KERNEL-DIR -m LISP.KO -j JOB -o FILE [-t TOOL]...
#
# KERNEL-DIR is what kernel.sh prints, JOB the file init reads its orders from.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/common.sh"

kernel="" module="" job="" out=""
tools=()
while getopts k:m:j:o:t: opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	m) module=$OPTARG ;;
	j) job=$OPTARG ;;
	o) out=$OPTARG ;;
	t) tools+=("$OPTARG") ;;
	*) exit 2 ;;
	esac
done
[ -n "$kernel" ] && [ -n "$job" ] && [ -n "$out" ] ||
	die "usage: initramfs.sh -k KERNEL-DIR -m LISP.KO -j JOB -o FILE"
release=$(basename "$kernel"/lib/modules/*)
mkdir -p "$cache_dir/initramfs"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

list() { sed 's/#.*//; /^[[:space:]]*$/d' "$1"; }

# add_file ROOT PATH: copy to the same path
add_file() {
	local root=$1 path=$2
	# /bin, /sbin and /lib are links to /usr in the VM, whatever they are here.
	case $path in
	/bin/* | /sbin/* | /lib/* | /lib64/*) path=/usr$path ;;
	esac
	[ ! -e "$root$path" ] || return 0
	mkdir -p "$root$(dirname "$path")"
	cp -L "$path" "$root$path"
}

# add_libraries ROOT PROGRAM...: what these load at start
add_libraries() {
	local root=$1 path
	shift
	{ ldd "$@" 2>/dev/null || true; } |
		grep -o '/[^ :]*\.so[^ :]*' | sort -u |
		while read -r path; do
			add_file "$root" "$path"
		done
}

# add_programs ROOT PATH...: programs or libraries, with the libraries they need
add_programs() {
	local root=$1 path
	shift
	for path; do
		add_file "$root" "$path"
	done
	add_libraries "$root" "$@"
}

# pack ROOT FILE: everything under ROOT as one archive, owned by root
pack() {
	(cd "$1" && find . -mindepth 1 -print0 | sort -z |
		cpio -0 -o -H newc -R 0:0 --quiet) >"$2.$$"
	mv "$2.$$" "$2"
}

# Keep the parts used last; the others were made from older inputs.
prune() {
	find "$cache_dir/initramfs" -name '*.cpio' -printf '%T@ %p\n' |
		sort -rn | tail -n +9 | cut -d ' ' -f 2- | xargs -r rm -f
	find "$cache_dir/initramfs" -name '*.cpio.*' -mmin +60 -delete
}

programs_of_packages() {
	dpkg -L "$@" | grep -E '^(/usr)?/s?bin/[^/]+$' |
		while read -r path; do
			[ ! -f "$path" ] || echo "$path"
		done
}

make_base() {
	local root=$work/base dir term
	mkdir -p "$root"/{dev,proc,sys,run,tmp,root,etc,var/log,out,mnt}
	mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
	for dir in bin sbin lib lib64; do
		ln -s "usr/$dir" "$root/$dir"
	done
	ln -s /run "$root/var/run"
	mapfile -t programs < <(programs_of_packages "${packages[@]}")
	add_programs "$root" "${programs[@]}"
	ln -sf bash "$root/usr/bin/sh"
	ln -sf mawk "$root/usr/bin/awk"
	ln -sf traceroute.db "$root/usr/bin/traceroute"
	# glibc's threads want this one at run time only.
	add_programs "$root" "$(ldconfig -p |
		awk '/libgcc_s.so.1 .*x86-64/ { print $NF; exit }')"
	cp -r /etc/iproute2 "$root/etc/" 2>/dev/null || true
	[ ! -d /usr/lib/tc ] || cp -r /usr/lib/tc "$root/usr/lib/"
	for term in l/linux v/vt100 v/vt220 x/xterm x/xterm-256color \
		    s/screen s/screen-256color t/tmux-256color d/dumb; do
		for dir in /lib/terminfo /usr/share/terminfo; do
			[ ! -e "$dir/$term" ] ||
				install -D "$dir/$term" "$root/usr/lib/terminfo/$term"
		done
	done
	printf '%s\n' root:x:0:0:root:/root:/bin/bash \
		tcpdump:x:100:100::/:/bin/false >"$root/etc/passwd"
	printf '%s\n' root:x:0: tcpdump:x:100: >"$root/etc/group"
	printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
	cp /etc/protocols /etc/services "$root/etc/" 2>/dev/null || true
	add_modules "$root"
	pack "$root" "$1"
}

# Only the modules of modules.list: all of them would take seconds to unpack.
add_modules() {
	local root=$1 name path
	list "$vm_dir/modules.list" | while read -r name; do
		modprobe -d "$kernel" -S "$release" --show-depends "$name" \
			2>/dev/null || true
	done | awk '$1 == "insmod" { print $2 }' | sort -u |
		while read -r path; do
			path=${path#"$kernel"}
			install -m 644 -D "$kernel/$path" "$root/usr/$path"
		done
	for name in modules.builtin modules.builtin.modinfo modules.order; do
		path=lib/modules/$release/$name
		[ ! -e "$kernel/$path" ] ||
			install -m 644 -D "$kernel/$path" "$root/usr/$path"
	done
}

# Files a program reads besides its libraries.
data_of_tool() {
	case $1 in
	tshark)
		echo /usr/share/wireshark
		;;
	python3)
		python3 -c 'import os; print(os.path.dirname(os.__file__))'
		echo /usr/lib/python3/dist-packages/scapy
		echo /usr/lib/python3/dist-packages/yaml
		;;
	esac
}

make_tools() {
	local root=$work/tools tool path data
	mkdir -p "$root"
	for tool in "${tools[@]}"; do
		path=$(command -v "$tool") || die "this machine has no $tool"
		[ "$tool" != python3 ] || path=$(readlink -f "$path")
		add_programs "$root" "$path"
		[ "$tool" != python3 ] ||
			ln -sf "$(basename "$path")" "$root/usr/bin/python3"
		[ "$tool" != tshark ] || add_programs "$root" "$(command -v dumpcap)"
		for data in $(data_of_tool "$tool"); do
			[ -d "$data" ] || continue
			mkdir -p "$root$data"
			cp -rL "$data/." "$root$data"
			mapfile -t libs < <(find "$root$data" -name '*.so')
			[ ${#libs[@]} = 0 ] || add_programs "$root" "${libs[@]/#"$root"/}"
		done
		find "$root" -type d '(' -name __pycache__ -o -name test -o \
			-name idlelib -o -name lib2to3 -o -name ensurepip -o \
			-name distutils -o -name tests -o -name config-3.\* ')' \
			-prune -exec rm -rf {} +
	done
	pack "$root" "$1"
}

make_project() {
	local root=$work/project program
	mkdir -p "$root/selftests"
	cp "$vm_dir/init" "$root/init"
	cp "$job" "$root/job"
	tar -C "$selftests_dir" -c --exclude=./unit --exclude=./sim \
		--exclude=./fuzz --exclude='*.o' . |
		tar -C "$root/selftests" -x --no-same-owner
	for program in ctrld/lispd tools/lispctl; do
		[ -x "$top_dir/$program" ] || continue
		install -s -D "$top_dir/$program" "$root/usr/sbin/${program##*/}"
		add_libraries "$root" "$top_dir/$program"
	done
	# depmod needs to see all modules to write the one list of them.
	mkdir "$work/depmod"
	(cd "$work/depmod" && cpio -idm --quiet "usr/lib/modules/*" <"$base")
	ln -s usr/lib "$work/depmod/lib"
	[ -z "$module" ] ||
		install -m 644 -D "$module" \
			"$work/depmod/lib/modules/$release/extra/lisp.ko"
	# KUnit's modules are built where the kernel has KUnit.
	for program in "${module%/*}"/*_kunit.ko; do
		[ ! -e "$program" ] || cp "$program" \
			"$work/depmod/lib/modules/$release/extra/"
	done
	depmod -b "$work/depmod" "$release"
	mkdir -p "$root/usr/lib/modules/$release"
	(cd "$work/depmod/usr/lib/modules/$release" &&
		cp -a modules.* "$root/usr/lib/modules/$release/")
	[ -z "$module" ] ||
		cp -a "$work/depmod/lib/modules/$release/extra" \
			"$root/usr/lib/modules/$release/"
	pack "$root" "$1"
}

self=$(cat "$0" "$vm_dir/tools.list" "$vm_dir/modules.list")
mapfile -t packages < <(list "$vm_dir/tools.list")
versions=$(dpkg-query -W "${packages[@]}" libc6)
# Another configuration of one release has other modules.
image=$(sha256sum <"$kernel/vmlinuz")
base=$cache_dir/initramfs/base-$(hash_of "$self" "$versions" "$image").cpio
if [ ! -e "$base" ]; then
	say "making the base initramfs for $release"
	prune
	make_base "$base"
fi
touch "$base"
parts=("$base")

if [ ${#tools[@]} -gt 0 ]; then
	versions=$(for tool in "${tools[@]}"; do
		path=$(command -v "$tool") || die "this machine has no $tool"
		readlink -f "$path"
		stat -L -c '%Y %s' "$path"
	done)
	part=$cache_dir/initramfs/tools-$(hash_of "$self" "$versions").cpio
	if [ ! -e "$part" ]; then
		say "adding to the initramfs: ${tools[*]}"
		prune
		make_tools "$part"
	fi
	touch "$part"
	parts+=("$part")
fi

make_project "$work/project.cpio"
parts+=("$work/project.cpio")
cat "${parts[@]}" >"$out"
