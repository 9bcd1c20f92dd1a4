#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Replays the shipped traces with every kind of page table, and with every way
# of flushing. Nothing may mismatch, nothing may be stale. Usage: traces.sh TRACES COMMAND...
set -u
here=$(dirname "$0")
traces=$1
shift
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# replay NAME MAPS UNMAPS UNKNOWN OPTION... -- COMMAND...
replay() {
	name=$1
	maps=$2
	unmaps=$3
	unknown=$4
	shift 4
	options=
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # options are words
	if "$@" replay --quiet --json "$dir/json" $options \
		"$traces/$name-7.3-strict.txt.xz" &&
		"$here/json_check.py" "$dir/json" 1 mismatches=0 \
			stale_hits_after_sync=0 failed_syncs=0 failed_calls=0 \
			"maps=$maps" "unmaps=$unmaps" \
			"unknown_unmaps=$unknown" malformed=0 refused=0 \
			conflicts=0 lost=0 other_lines=0 domains=1; then
		echo "ok: $name$options"
	else
		echo "FAIL: $name$options"
		failed=1
	fi
}

# all OPTION... -- COMMAND...
all() {
	replay nvme-ext4 4000 1458 0 "$@"
	replay vfio 14834 14834 0 "$@"
	replay modload 216 92 8 "$@"
}

for levels in 4 5; do
	for sizes in 4K 4K,2M 4K,1G 4K,2M,1G; do
		all --levels $levels --page-sizes $sizes -- "$@"
	done
	for form in plain lower canonical; do
		all --levels $levels --iova-form $form -- "$@"
	done
done
all --width 47 -- "$@"
for policy in two-block cover exact; do
	for lazy in 1 64 1000; do
		all --policy $policy --lazy $lazy -- "$@"
	done
done
replay vfio 14834 14834 0 --audit-every 500 --seed 42 -- "$@"
exit $failed
