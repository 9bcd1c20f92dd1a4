#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Replays shipped traces with QEMU's VT-d and processor as checkers; with
# flushes dropped it has to fail. Usage: walker_traces.sh TRACES COMMAND
here=$(cd "$(dirname "$0")" && pwd)
. "$here/walker_lib.sh"

# good NAME MAPS UNMAPS OPTION... - nothing wrong, nothing stale
good() {
	name=$1
	maps=$2
	unmaps=$3
	shift 3
	if "$hvpt" replay --quiet --json "$dir/json" "$@" \
		"$traces/$name-7.3-strict.txt.xz" &&
		"$root/tests/tools/json_check.py" "$dir/json" 1 mismatches=0 \
			stale_hits_after_sync=0 "maps=$maps" "unmaps=$unmaps" \
			refused=0 malformed=0 conflicts=0 domains=1; then
		echo "ok: $name $*"
	else
		fail "$name $*"
	fi
}

# figure NAME - from the last JSON
figure() {
	sed -n "s/^  \"$1\": \([0-9]*\),$/\1/p" "$dir/json"
}

good vfio 14834 14834 --walker vtd
good nvme-ext4 4000 1458 --walker vtd --policy exact --lazy 64 --seed 7
good nvme-ext4 4000 1458 --walker vtd --policy cover --page-sizes 4K \
	--iova-form canonical
[ "$(figure walker_stale)" -gt 0 ] ||
	fail "nothing was stale even before a sync: nothing is cached?"
for levels in 4 5; do
	good modload 216 92 --walker cpu --levels $levels --audit-every 10
	good nvme-ext4 4000 1458 --walker cpu --levels $levels \
		--audit-every 1000
done

"$hvpt" replay --quiet --json "$dir/json" --walker vtd --drop-flushes \
	"$traces/nvme-ext4-7.3-strict.txt.xz" 2>/dev/null
status=$?
stale=$(figure stale_hits_after_sync)
echo "flushes dropped: exit code $status, ${stale:-no} stale hits"
[ $status -eq 1 ] && [ "${stale:-0}" -gt 100 ] ||
	fail "dropped flushes were not noticed"
exit $failed
