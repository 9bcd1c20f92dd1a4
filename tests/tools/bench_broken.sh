#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Does hvpt-bench refuse to time a wrong page table? Usage: bench_broken.sh
# TRACE COMMAND..., which is hvpt-bench built with broken_port.h.
set -u
trace=$1
shift
failed=0

# expect BIT EXIT-STATUS COMMAND...
expect() {
	bit=$1
	wanted=$2
	shift 2
	said=$(HVPT_BROKEN_BIT=$bit "$@" --verify --effort 3 \
		--levels 4 --trace "$trace" 2>&1)
	status=$?
	echo "bit '$bit': exit $status: $said"
	if [ "$status" -ne "$wanted" ]; then
		echo "FAIL: wanted exit $wanted"
		failed=1
	fi
}

expect "" 0 "$@"
# P, R/W, U/S, address bits 12 and 51, XD
for bit in 0 1 2 12 51 63; do
	expect "$bit" 1 "$@"
done
exit $failed
