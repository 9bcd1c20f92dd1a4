#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Is a wrong entry format caught? Usage: broken.sh TRACE COMMAND...
#
# COMMAND is hvpt built with broken_port.h, and before it an emulator if one is
# needed. TRACE must be one that needs 4 KiB leaves only.
set -u
trace=$1
shift
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

# expect BIT EXIT-STATUS TEXT COMMAND...: BIT flipped, TEXT on standard error
expect() {
	bit=$1
	wanted=$2
	text=$3
	shift 3
	HVPT_BROKEN_BIT=$bit "$@" replay --quiet --page-sizes 4K \
		--audit-every 50 --json "$dir/json" "$trace" 2>"$dir/err"
	status=$?
	count=$(sed -n 's/.*"mismatches": \([0-9]*\),.*/\1/p' "$dir/json")
	echo "bit '$bit': exit $status, $count mismatches:" \
		"$(head -n 1 "$dir/err")"
	if [ "$status" -ne "$wanted" ] ||
		{ [ -n "$text" ] && ! grep -q "$text" "$dir/err"; }; then
		echo "FAIL: wanted exit $wanted and '$text'"
		failed=1
	fi
	if [ "$wanted" -eq 1 ] && [ "${count:-0}" -eq 0 ]; then
		echo "FAIL: wanted mismatches"
		failed=1
	fi
	if [ "$wanted" -eq 0 ] && [ "${count:-1}" -ne 0 ]; then
		echo "FAIL: wanted no mismatch"
		failed=1
	fi
}

# The same program with a right format finds nothing wrong.
expect "" 0 "" "$@"
# P, R/W, U/S, address bits 12 and 51, XD: the walker sees each of them.
for bit in 0 1 2 12 51 63; do
	expect "$bit" 1 "mismatch: iova .* the walker reads" "$@"
done
# PAT and an ignored bit translate as before; the audit sees them.
for bit in 7 58; do
	expect "$bit" 1 \
		"mismatch: audit: HVPT_ERR_CORRUPT, HVPT_FAULT_LEAF_BITS" \
		"$@"
done
exit $failed
