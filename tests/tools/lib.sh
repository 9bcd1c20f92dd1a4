# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh
# What the tests of the hvpt command share. Sourced with the test's words:
# TRACES COMMAND...
#
# TRACES is tests/data/traces; COMMAND is hvpt, with an emulator before it if
# one is needed. The test goes on in an empty folder of its own.
set -u
here=$(cd "$(dirname "$0")" && pwd)
traces=$(cd "$1" && pwd)
shift
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
# Some tests would wait for what a missing program never does. The last word is
# the program; options of an emulator may come before.
for program in "$@"; do :; done
command -v "$program" >/dev/null || {
	echo "there is no program $program: build it first"
	exit 1
}
# shellcheck disable=SC2034 # for the tests
modload=$traces/modload-7.3-strict.txt.xz
# shellcheck source=tests/tools/checks.sh
. "$here/checks.sh"

# The command as one word, for any number of words.
hvpt() {
	"$hvpt_path" "$@"
}
if [ $# -gt 1 ]; then
	printf '#!/bin/sh\nexec %s "$@"\n' "$*" >hvpt.sh
	chmod +x hvpt.sh
	hvpt_path=$dir/hvpt.sh
else
	hvpt_path=$1
fi

# run EXIT-STATUS ARGUMENT...: leaves files out and err
run() {
	wanted=$1
	shift
	what="hvpt $*"
	checks=$((checks + 1))
	hvpt "$@" >out 2>err <in
	status=$?
	[ "$status" -eq "$wanted" ] || fail "$what: exit $status, not $wanted"
}

# silent FILE...: nothing in them
silent() {
	for file in "$@"; do
		checks=$((checks + 1))
		[ ! -s "$file" ] || fail "$what: $file is not empty"
	done
}

# lines FILE TEXT COUNT: TEXT is in so many lines
lines() {
	checks=$((checks + 1))
	[ "$(grep -cF -e "$2" "$1")" -eq "$3" ] ||
		fail "$what: '$2' is not in $3 lines of $1"
}

# json FILE COUNT [KEY=VALUE...]
json() {
	checks=$((checks + 1))
	"$here/json_check.py" "$@" 2>>err || fail "$what: JSON: $*"
}

: >in

# misuse TEXT ARGUMENT...: exit 2, nothing on standard output
misuse() {
	text=$1
	shift
	run 2 "$@"
	says err "$text"
	lines err "" 1
	silent out
}

# map IOVA GPA PAGES and unmap IOVA PAGES: lines of tracepoints
map() {
	printf ' dd-1 [000] .... 1.0: map: IOMMU: iova=0x%x - 0x%x ' \
		"$1" $(($1 + $3 * 4096))
	printf 'paddr=0x%x size=%d\n' "$2" $(($3 * 4096))
}
unmap() {
	printf ' dd-1 [000] .... 1.0: unmap: IOMMU: iova=0x%x - 0x%x ' \
		"$1" $(($1 + $2 * 4096))
	printf 'size=%d unmapped_size=%d\n' $(($2 * 4096)) $(($2 * 4096))
}
# kmap DOM IOVA GPA PAGES PROT and kunmap DOM IOVA PAGES: lines of kprobes
kmap() {
	printf ' dd-1 [000] .... 1.0: kmap: (f+0x4) dom=0x%x iova=0x%x ' \
		"$1" "$2"
	printf 'pa=0x%x size=0x%x prot=0x%x\n' "$3" $(($4 * 4096)) "$5"
}
kunmap() {
	printf ' dd-1 [000] .... 1.0: kunmap: (f+0x0) dom=0x%x iova=0x%x ' \
		"$1" "$2"
	printf 'size=0x%x\n' $(($3 * 4096))
}
# both DOM IOVA GPA PAGES PROT, kboth DOM IOVA PAGES: kprobe and tracepoint
both() {
	kmap "$@"
	map "$2" "$3" "$4"
}
unboth() {
	kunmap "$@"
	unmap "$2" "$3"
}
