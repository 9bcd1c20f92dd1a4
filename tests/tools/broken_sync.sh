#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Is a wrong sync caught? Usage: broken_sync.sh TRACES RIGHT SKIP EARLY SHORT
# [EMULATOR...]
#
# TRACES is tests/data/traces. RIGHT is hvpt, the others are hvpt with the
# mistakes of broken_sync.c.
set -u
traces=$1
right=$2
skip=$3
early=$4
short=$5
shift 5
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# count KEY: of the JSON
count() {
	sed -n "s/.*\"$1\": \([0-9]*\),.*/\1/p" "$dir/json"
}

# expect EXIT-STATUS TEXT HVPT TRACE OPTION... -- EMULATOR...
expect() {
	wanted=$1
	text=$2
	hvpt=$3
	trace=$4
	shift 4
	options=
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # options are words
	"$@" "$hvpt" replay --quiet --json "$dir/json" $options \
		"$traces/$trace-7.3-strict.txt.xz" 2>"$dir/err"
	status=$?
	mismatches=$(count mismatches)
	hits=$(count stale_hits_after_sync)
	echo "${hvpt##*/} $trace$options: exit $status," \
		"$mismatches mismatches, $hits stale: $(head -n 1 "$dir/err")"
	if [ "$status" -ne "$wanted" ] ||
		{ [ -n "$text" ] && ! grep -q "$text" "$dir/err"; }; then
		echo "FAIL: wanted exit $wanted and '$text'"
		failed=1
	fi
	if [ "$wanted" -eq 0 ] &&
		{ [ "${mismatches:-1}" -ne 0 ] ||
			[ "${hits:-1}" -ne 0 ]; }; then
		echo "FAIL: wanted no mismatch"
		failed=1
	fi
	if [ "$wanted" -eq 1 ] && [ "${mismatches:-0}" -eq 0 ]; then
		echo "FAIL: wanted mismatches"
		failed=1
	fi
}

reach="mismatch: DMA .* a stale cache says gpa"
freed="mismatch: violation: page .* freed"
for lazy in 1 64; do
	for name in nvme-ext4 vfio; do
		expect 0 "" "$right" $name --lazy $lazy -- "$@"
		expect 1 "$reach" "$skip" $name --lazy $lazy -- "$@"
		expect 1 "$reach" "$short" $name --lazy $lazy --policy exact \
			-- "$@"
	done
	# Only vfio unmaps enough at once for tables to go.
	expect 1 "$freed" "$early" vfio --lazy $lazy -- "$@"
done
# Blocks may cover the page that is left out, but not each time.
expect 1 "$reach" "$short" nvme-ext4 -- "$@"
expect 1 "$reach" "$short" vfio -- "$@"
exit $failed
