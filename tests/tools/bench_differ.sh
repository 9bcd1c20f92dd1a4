#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Does hvpt-bench --differ find a page table that is not like the other? Usage:
# bench_differ.sh COMMAND..., which is hvpt-bench with wrong_backend.c.
set -u
failed=0

# expect MISTAKE EXIT-STATUS TEXT COMMAND...
expect() {
	mistake=$1
	wanted=$2
	text=$3
	shift 3
	said=$(HVPT_BENCH_WRONG=$mistake "$@" 2>&1)
	status=$?
	echo "'$mistake': exit $status: $said"
	case $said in
	*"$text"*) ;;
	*) status=other ;;
	esac
	if [ "$status" != "$wanted" ]; then
		echo "FAIL: wanted exit $wanted and '$text'"
		failed=1
	fi
}

expect "" 0 "2 page tables translate alike" "$@" --differ 3000
for mistake in permission target stays split; do
	expect $mistake 1 "differ at iova" "$@" --differ 3000 --levels 4
	expect $mistake 1 "differ at iova" "$@" --differ 3000 --levels 5
done
for number in 0 -1 x 99999999999 ""; do
	expect "" 2 "must be 1 .." "$@" --differ "$number"
done
exit $failed
