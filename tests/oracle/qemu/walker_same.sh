#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A replay gives the same exit code, figures and messages with each walker.
# Usage: walker_same.sh TRACES COMMAND
here=$(cd "$(dirname "$0")" && pwd)
. "$here/walker_lib.sh"
forms=$(cd "$traces/../forms" && pwd)
cd "$dir" || exit 1

# replay NAME WALKER OPTION... TRACE - leaves what it came to in NAME; only the
# walker's own figures differ, and how often something was looked at
replay() {
	name=$1
	walker=$2
	shift 2
	rm -f json
	"$hvpt" replay --walker "$walker" --json json "$@" >out 2>err
	echo "exit code $?" >"$name"
	grep -v -e '"walker' -e '"checks"' json >>"$name"
	grep -v -e '^  walker  ' -e '^  checks  ' out >>"$name"
	cat err >>"$name"
}

# same OPTION... TRACE
same() {
	replay model model "$@"
	for walker in vtd cpu; do
		replay $walker $walker "$@"
		cmp -s model $walker && continue
		fail "$walker is not as model: $*"
		diff model $walker | head -n 10
	done
	count=$((count + 1))
}

# Each recorded form of one recording is like the others.
count=0
for trace in "$forms"/*.txt; do
	case $trace in
	*/trace-cmd-[!r]* | */perf-[!p]* | */tracefs-*) ;;
	*) same "$trace" ;;
	esac
done
cat >changes.txt <<-END
	kmap: (f) dom=0x1 iova=0x200000 pa=0x10000000 size=0x200000 prot=0x3
	kprotect: (f) dom=0x1 iova=0x201000 size=0x1000 prot=0x1
	kprotect: (f) dom=0x1 iova=0x800000 size=0x1000 prot=0x1
	ksync: (f) dom=0x1
	kmap: (f) dom=0x2 iova=0x200000 pa=0x20000000 size=0x1000 prot=0x1
	kunmap: (f) dom=0x1 iova=0x200000 size=0x1000 nomem=1
	kunmap: (f) dom=0x1 iova=0x200000 size=0x3000
	kmap: (f) dom=0x1 iova=0x201000 pa=0x40000000000 size=0x1000 prot=0x3
	kmap: (f) dom=0x1 iova=0xfee00000 pa=0x1000000 size=0x1000 prot=0x3
	kmap: (f) dom=0x1 iova=0x40000000 pa=0 size=0x1000 prot=0x3
	kmap: (f) dom=0x1 iova=0x40001000 pa=0x90000000 size=0x1000 prot=0x3
	kmap: (f) dom=0x1 iova=0x40002000 pa=0xe0500000 size=0x1000 prot=0x3
	kunmap: (f) dom=0x1 iova=0x40000000 size=0x10000
	kreclaim: (f) dom=0x1 iova=0x40000000 size=0x200000
END
same changes.txt
same --lazy 5 changes.txt
same --lazy 5 --inject flush-list:1:5 --inject flush:1:5 changes.txt
same --inject flush-list:2:rep=0 --inject attach:3:8 changes.txt
same --inject configure:4:5 changes.txt
same --inject alloc:6 --strict changes.txt
same --policy exact --iova-form lower --width 40 changes.txt
same --page-sizes 4K --iova-form canonical --audit-every 1 changes.txt
same "$traces/modload-7.3-strict.txt.xz"

# What is no QEMU, or is not there.
for walker in vtd cpu; do
	for program in /bin/true /bin/false /bin/cat; do
		HVPT_QEMU=$program "$hvpt" replay --walker $walker \
			changes.txt >out 2>err
		[ $? -eq 2 ] || fail "HVPT_QEMU=$program: not exit 2"
		grep -qF "changes.txt: error: QEMU ended before it answered" \
			err || fail "HVPT_QEMU=$program: $(cat err)"
		[ ! -s out ] || fail "HVPT_QEMU=$program: a summary"
	done
	HVPT_QEMU=/none "$hvpt" replay --walker $walker changes.txt >out 2>err
	[ $? -eq 2 ] || fail "HVPT_QEMU=/none: not exit 2"
	grep -qF "error: no QEMU" err || fail "HVPT_QEMU=/none: $(cat err)"
done
echo "$count traces"
exit $failed
