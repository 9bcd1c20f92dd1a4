#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# fleet.sh CLANG CLANGXX BUILD-SH - build.sh as OSS-Fuzz would run it, for
# libFuzzer and for an engine that is a library; then each fuzzer runs.
set -eu
cc=$1
cxx=$2
script=$3
EXIT_SKIP=77

for tool in "$cc" "$cxx" zip unzip cmake ninja; do
	command -v "$tool" >/dev/null 2>&1 || {
		echo "SKIP: no $tool"
		exit $EXIT_SKIP
	}
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo 'int LLVMFuzzerTestOneInput(const void *d, long n);
int LLVMFuzzerTestOneInput(const void *d, long n) { return !d && n; }' \
	>"$folder/probe.c"
"$cc" -fsanitize=fuzzer,address "$folder/probe.c" -o "$folder/probe" \
	2>/dev/null || {
	echo "SKIP: $cc has no libFuzzer"
	exit $EXIT_SKIP
}

# run_all - each program of $OUT, a few runs from its seeds
run_all() {
	count=0
	for program in "$OUT"/fuzz_*; do
		[ -x "$program" ] || continue
		name=$(basename "$program")
		seeds=$folder/seeds-$name
		mkdir -p "$seeds"
		unzip -q -o "$program"_seed_corpus.zip -d "$seeds"
		[ -n "$(ls "$seeds")" ] || {
			echo "$name has no seeds"
			exit 1
		}
		"$@" "$program" "$seeds" >"$folder/log" 2>&1 || {
			cat "$folder/log"
			echo "$name failed"
			exit 1
		}
		count=$((count + 1))
	done
	echo "$count fuzzers ran"
	[ "$count" -eq 7 ]
}

runs() {
	mkdir -p "$folder/new"
	"$1" -runs=500 -seed=1 "$folder/new" "$2"
}

replays() {
	"$1" "$2"
}

export CC="$cc" CXX="$cxx"
export SRC="$folder/src" OUT="$folder/out" WORK="$folder/work"
HVPT_ROOT=$(cd "$(dirname "$script")/.." && pwd)
[ -e "$HVPT_ROOT/hvpt.cmake" ] || HVPT_ROOT=$(cd "$HVPT_ROOT/.." && pwd)
export HVPT_ROOT
mkdir -p "$SRC" "$OUT" "$WORK"
CFLAGS="-O1 -fno-omit-frame-pointer -gline-tables-only"
export CFLAGS="$CFLAGS -fsanitize=address -fsanitize=fuzzer-no-link"
export CXXFLAGS="$CFLAGS" LIB_FUZZING_ENGINE="-fsanitize=fuzzer"
"$script" >"$folder/log" 2>&1 || {
	cat "$folder/log"
	exit 1
}
run_all runs

# An engine that is an archive, as those of AFL++ and honggfuzz are.
rm -rf "$OUT" "$WORK"
mkdir -p "$OUT" "$WORK"
"$CC" -c -I "$HVPT_ROOT/fuzz" "$HVPT_ROOT/fuzz/replay_driver.c" \
	-o "$folder/driver.o"
ar rc "$folder/engine.a" "$folder/driver.o"
export CFLAGS="-O1" CXXFLAGS="-O1" LIB_FUZZING_ENGINE="$folder/engine.a"
"$script" >"$folder/log" 2>&1 || {
	cat "$folder/log"
	exit 1
}
run_all replays
