#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boot a Debian kernel with the module in qemu and run programs of selftests/
# in there:
#
#	run.sh [options] PROGRAM...	tests; prints KTAP as selftests/run.sh does
#	run.sh -p PROGRAM [ARGUMENT]...	one program, its output as it is
#	run.sh -i PROGRAM [ARGUMENT]...	the same on a terminal, then a shell
#
#	-m FILE		the module (default: kmod/lisp.ko)
#	-k KERNEL	kernel, as kernel.sh takes it (default: what the module
#			was built for), -s SUITE: out of that Debian suite
#	-o DIR		where console.log, results.log and the files that the
#			programs left in $LISP_OUT go (default: build/vm)
#	-e VAR=VALUE	environment variable for the programs
#	-t SECONDS	limit for the whole run
#	-w TOOL		have a further program of this machine in the VM; those
#			named in "require" lines of the programs are anyway
#	-a ARGUMENT	further kernel command line argument
#	-q ARGUMENT	further qemu argument
#	-c CPUS, -M MEGABYTES
#	-n		one processor, and one nanosecond of the VM's time for each
#			instruction (for measurements)
#
# LISP_TIME_FACTOR, LISP_TCP_BYTES and LISP_ROUNDS are handed on to the programs.
#
# The kernel panics on any WARN or BUG, and a panic ends the VM; the run has
# succeeded only when a token came over the result channel at the end.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/common.sh"

usage() { sed -n '3,/^# The kernel panics/s/^# \{0,1\}//p' "$0" | head -n -1 >&2; exit 2; }

mode=tap module=$top_dir/kmod/lisp.ko kernel='' out=$top_dir/build/vm limit=''
memory=1024 cpus=$(nproc)
[ "$cpus" -le 2 ] || cpus=2
environment=() with=() append=() qemu_more=() suite=()
icount=
while getopts pinm:k:s:o:e:t:w:a:q:c:M: opt; do
	case $opt in
	p) mode=plain ;;
	i) mode=shell ;;
	n) icount=1 ;;
	m) module=$OPTARG ;;
	k) kernel=$OPTARG ;;
	s) suite=(-s "$OPTARG") ;;
	o) out=$OPTARG ;;
	e) environment+=("$OPTARG") ;;
	t) limit=$OPTARG ;;
	w) with+=("$OPTARG") ;;
	a) append+=("$OPTARG") ;;
	q) qemu_more+=("$OPTARG") ;;
	c) cpus=$OPTARG ;;
	M) memory=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage

# fatal TEXT: the run cannot start; in the results that is a failure, too
fatal() {
	say "$*"
	if [ $mode = tap ]; then
		echo "# selftests: lisp: vm"
		echo "not ok 1 selftests: lisp: vm # $*"
	fi
	exit 1
}

[ -e "$module" ] || fatal "no module at $module (make builds it)"
release=$(modinfo -F vermagic "$module" | cut -d ' ' -f 1)
kernel=$("$vm_dir/kernel.sh" "${suite[@]}" "${kernel:-$release}") ||
	fatal "no kernel to boot"
[ -d "$kernel/lib/modules/$release" ] ||
	fatal "$module is built for $release, not for $(basename "$kernel")"

if [ $mode = tap ]; then
	leaks=()
	! grep -qsx CONFIG_DEBUG_KMEMLEAK=y "$kernel/config" ||
		leaks=(vm/kmemleak.sh)
	programs=(vm/load.sh "$@" "${leaks[@]}" vm/unload.sh "${leaks[@]}"
		vm/kernel-log.sh)
	arguments=()
else
	programs=("$1")
	shift
	arguments=("$@")
fi

# Tools that the programs require and that not every VM has.
wanted_tools() {
	local program tool
	printf '%s\n' "${with[@]}"
	for program in "${programs[@]}"; do
		sed -n 's/^[[:space:]]*require[[:space:]]\+\([^;|&#]*\).*/\1/p' \
			"$selftests_dir/$program" 2>/dev/null || true
	done | tr -s ' \t' '\n' | sort -u |
		while read -r tool; do
			case $tool in
			tshark | python3 | nft | jq | socat | nc | perf)
				! command -v "$tool" >/dev/null || echo "$tool" ;;
			esac
		done
}
tool_options=()
while read -r tool; do
	[ -z "$tool" ] || tool_options+=(-t "$tool")
done < <(wanted_tools | sort -u)

accel=$("$vm_dir/accel.sh" "$kernel")
# Limits are for a machine that is not emulated, and not busy otherwise.
[ "$accel" != tcg ] || export LISP_TIME_FACTOR=${LISP_TIME_FACTOR:-2}

# These are for the programs, too.
for variable in LISP_TIME_FACTOR LISP_TCP_BYTES LISP_ROUNDS; do
	[ -z "${!variable:-}" ] || environment+=("$variable=${!variable}")
done

if [ -z "$limit" ]; then
	limit=$((60 * ${LISP_TIME_FACTOR:-1}))
	for seconds in $("$selftests_dir/run.sh" --limits "${programs[@]}"); do
		limit=$((limit + seconds))
	done
fi

# What the programs see is a terminal always.
[ -t 1 ] || environment+=(NO_COLOR=1)

mkdir -p "$out"
rm -rf "$out/out"
for log in console results qemu; do
	: >"$out/$log.log"
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
token=lisp-vm-done-$RANDOM$RANDOM$RANDOM
{
	declare -p token mode programs arguments
	echo "program=\${programs[0]}"
	for variable in "${environment[@]}"; do
		printf 'export %q\n' "$variable"
	done
	if [ $mode = shell ]; then
		printf 'export TERM=%q\n' "${TERM:-linux}"
		read -r rows columns < <(stty size 2>/dev/null || echo 24 80)
		echo "[ ! -t 0 ] || stty rows $rows cols $columns"
	fi
} >"$work/job"
"$vm_dir/initramfs.sh" -k "$kernel" -m "$module" -j "$work/job" \
	-o "$work/initramfs" "${tool_options[@]}" || fatal "no initramfs"

mapfile -t qemu < <("$vm_dir/qemu.sh" "$accel")
cpu=host
if [ "$accel" = tcg ]; then
	accel=tcg,thread=multi,tb-size=256
	cpu=max
	khz=$("$vm_dir/tsc.sh")
	[ -z "$khz" ] || [ -n "$icount" ] || append+=("tsc_early_khz=$khz")
fi
if [ -n "$icount" ]; then
	accel=tcg,tb-size=256 cpu=max cpus=1
	qemu_more+=(-icount "shift=0,sleep=off")
	append+=(mitigations=off)
fi
if [ $mode = shell ]; then
	append+=(quiet)
	ports=(-chardev "stdio,id=console,mux=on,signal=off,logfile=$out/console.log"
		-mon chardev=console
		-chardev "file,id=results,path=$out/results.log")
else
	# shellcheck disable=SC2054 # qemu wants the commas
	ports=(-chardev "file,id=console,path=$out/console.log"
		-chardev stdio,id=results,signal=off)
fi
# nokaslr: the same addresses in every run, so that logs compare.
qemu+=(-nodefaults -no-user-config -display none -no-reboot
	-accel "$accel" -cpu "$cpu" -smp "$cpus" -m "$memory"
	-kernel "$kernel/vmlinuz" -initrd "$work/initramfs"
	-append "console=ttyS0 panic=-1 oops=panic panic_on_warn=1
		rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=30
		log_buf_len=4M random.trust_cpu=on tsc=reliable nokaslr
		${append[*]}"
	"${ports[@]}" -chardev "file,id=files,path=$work/files.tar"
	-serial chardev:console -serial chardev:results -serial chardev:files
	"${qemu_more[@]}")

status=0
if [ $mode = shell ]; then
	say "the shell's end ends the VM; Ctrl-a x ends it at once"
	"${qemu[@]}" || status=$?
else
	timeout --foreground -k 10 "$limit" "${qemu[@]}" \
		</dev/null 2>"$out/qemu.log" |
		tee "$out/results.log" | sed -u "/^$token /d" || status=$?
fi

# A VM that died has sent half an archive, or none: keep what there is.
mkdir -p "$out/out"
tar -C "$out/out" -xf "$work/files.tar" 2>/dev/null || true

# The kept log is without colour.
sed -i 's/\x1b\[[0-9;]*m//g' "$out/results.log"
verdict=$(sed -n "s/^$token //p" "$out/results.log")
[ -z "$verdict" ] || exit "$verdict"

# No token. Why?
console=$out/console.log
first() { grep -oE -m 1 "$1" "$console" | tr -d '\r' | head -n 1; }
if complaint=$(first '(WARNING|BUG|KASAN|UBSAN|Oops): .*'); then
	why="kernel: $complaint"
elif complaint=$(first 'Kernel panic.*'); then
	why=$complaint
elif [ "$status" = 124 ] || [ "$status" = 137 ]; then
	why="the VM was not done after $limit seconds"
elif [ -s "$out/qemu.log" ]; then
	why="qemu: $(head -n 1 "$out/qemu.log")"
else
	why="the VM ended before the programs did"
fi
running=$(sed -n 's/^# selftests: lisp: //p' "$out/results.log" | tail -n 1)
why+=${running:+ (in $running)}
{
	echo "--- the VM failed: $why"
	echo "--- from its console ($console):"
	start=$(grep -nE -m 1 'WARNING:|BUG:|Oops|Kernel panic|general protection' \
		"$console" | cut -d : -f 1 || true)
	if [ -n "$start" ]; then
		tail -n "+$((start > 5 ? start - 5 : 1))" "$console" | head -n 80
	else
		tail -n 40 "$console"
	fi | tr -d '\r'
	echo "---"
} | sed 's/^/# /'
fatal "$why"
