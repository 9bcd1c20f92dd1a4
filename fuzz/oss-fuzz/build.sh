#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Builds the fuzz targets as OSS-Fuzz wants them: CC, CXX, CFLAGS, CXXFLAGS,
# LIB_FUZZING_ENGINE, SRC and OUT are given; $OUT gets one program for each
# target, with its seed corpus and dictionary beside it. ClusterFuzzLite runs
# the same file.
set -eu
: "${SRC:?}" "${OUT:?}" "${CC:?}" "${CXX:?}" "${LIB_FUZZING_ENGINE:?}"
root=${HVPT_ROOT:-$SRC/hvpt}
work=${WORK:-$SRC}/hvpt-build

# What is in CFLAGS decides alone: no build type adds to it.
cmake -S "$root" -B "$work" -G Ninja \
	-DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX" \
	-DCMAKE_C_FLAGS="${CFLAGS-}" -DCMAKE_CXX_FLAGS="${CXXFLAGS-}" \
	-DCMAKE_BUILD_TYPE=None \
	-DHVPT_FUZZ=ON -DHVPT_FUZZ_ENGINE="$LIB_FUZZING_ENGINE" \
	-DHVPT_BUILD_TESTS=OFF -DHVPT_BUILD_TOOLS=OFF
cmake --build "$work"

for program in "$work"/fuzz/fuzz_*; do
	[ -f "$program" ] || continue
	name=$(basename "$program")
	target=${name#fuzz_}
	cp "$program" "$OUT/$name"
	# A regression and a corpus file never have the same name.
	set --
	for seeds in corpus regressions; do
		[ ! -d "$root/fuzz/$seeds/$target" ] ||
			set -- "$@" "$root/fuzz/$seeds/$target"/*
	done
	rm -f "$OUT/${name}_seed_corpus.zip"
	[ $# -eq 0 ] || zip -q -j "$OUT/${name}_seed_corpus.zip" "$@"
	dictionary=$root/fuzz/dictionaries/$target.dict
	[ ! -e "$dictionary" ] || cp "$dictionary" "$OUT/$name.dict"
	printf '[libfuzzer]\nmax_len = 640\n' >"$OUT/$name.options"
done
