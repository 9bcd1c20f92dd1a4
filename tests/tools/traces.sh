#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Replays the shipped traces with every kind of page table, and with every way
# of flushing. Nothing may mismatch, nothing may be stale. Usage: traces.sh
# TRACES COMMAND...
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

# row LEVELS SIZES FORM POLICY LAZY COMMAND...
row() {
	levels=$1
	sizes=$2
	form=$3
	policy=$4
	lazy=$5
	shift 5
	options="--levels $levels --page-sizes $sizes --iova-form $form"
	options="$options --policy $policy --lazy $lazy"
	# shellcheck disable=SC2086 # options are words
	{
		replay nvme-ext4 4000 1458 0 $options -- "$@"
		replay modload 216 92 8 $options -- "$@"
	}
}

# vfio OPTION... -- COMMAND...: ten times as long as the others
vfio() {
	replay vfio 14834 14834 0 "$@"
}

# Each set of sizes and each form with each number of levels, each policy with
# each laziness.
row 4 4K plain two-block 1 "$@"
row 4 4K,2M lower two-block 64 "$@"
row 4 4K,1G canonical two-block 1000 "$@"
row 4 4K,2M,1G plain cover 1 "$@"
row 5 4K plain cover 64 "$@"
row 5 4K,2M lower cover 1000 "$@"
row 5 4K,1G canonical exact 1 "$@"
row 5 4K,2M,1G lower exact 64 "$@"
row 4 4K,2M,1G canonical exact 1000 "$@"
replay nvme-ext4 4000 1458 0 --width 47 -- "$@"
vfio --audit-every 500 --seed 42 -- "$@"
vfio --page-sizes 4K --policy cover --width 47 -- "$@"
vfio --page-sizes 4K,2M --levels 5 --policy exact --lazy 64 -- "$@"
vfio --page-sizes 4K,1G --iova-form lower --lazy 1000 -- "$@"
vfio --iova-form canonical --levels 5 --policy cover --lazy 64 -- "$@"
exit $failed
