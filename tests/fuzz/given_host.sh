#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The domain fuzzer on the hosts that were met. Usage: given_host.sh ROOT HVPT
# FUZZER [EMULATOR...]
set -eu
root=$1
hvpt=$2
fuzzer=$3
shift 3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
HVPT_FUZZ_HOST=$dir/host
export HVPT_FUZZ_HOST
corpus=$root/fuzz/corpus/domain_sequence

for report in "$root"/tests/data/conformance/*.json; do
	"$@" "$hvpt" conformance --fit "$report" >"$dir/host"
	echo "$report: $(sed -n 's/^# \([0-9]* the same.*\)/\1/p' "$dir/host")"
	"$@" "$fuzzer" "$corpus"/* 2>"$dir/log" || {
		cat "$dir/log"
		exit 1
	}
done

# One that it cannot use is refused.
echo "no_iommu=1" >"$dir/host"
"$@" "$fuzzer" "$corpus"/* 2>"$dir/log" && exit 1
grep -q "the host has no pvIOMMU" "$dir/log"
