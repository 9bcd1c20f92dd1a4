#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Usage: bench_flushes.sh DOCUMENT PROGRAM...
# Time is virtual, so the table in the document is what the program prints, to
# the digit. The program itself fails when shared flushes do not pay.
set -eu

document=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$@" > "$work/printed"
sed -n '/^| call | at a time |/,/^$/p' "$document" | sed '/^$/d' \
	> "$work/written"
diff -u "$work/written" "$work/printed"
