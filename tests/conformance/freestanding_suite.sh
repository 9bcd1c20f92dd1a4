#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The suite needs nothing but the core, memset() and memcpy(), has no writable
# data, uses no vector registers and little stack: it runs in a kernel. Where
# long has 32 bits, as in firmware, clang compiles it without a warning.
# Usage: freestanding_suite.sh ROOT
set -eu
cd "$1"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for source in conformance/*.c; do
	gcc -std=c11 -Os -ffreestanding -fno-pie -mgeneral-regs-only -Werror \
		-Wframe-larger-than=512 -Iinclude -I. -c "$source" \
		-o "$dir/$(basename "$source").o"
	clang --target=x86_64-unknown-windows-msvc -std=c11 -ffreestanding \
		-Wall -Wextra -Wconversion -Wshadow -Wvla -Werror \
		-Iinclude -I. -fsyntax-only "$source"
done
ld -r -o "$dir/suite.o" "$dir"/*.c.o
needs=$(nm -u "$dir/suite.o" |
	awk '$2 !~ /^hvpt_/ && $2 != "memset" && $2 != "memcpy"')
writes=$(nm "$dir/suite.o" | grep -i ' [bdc] ' || true)
has=$(nm "$dir/suite.o" | grep -c ' T conformance_run_all$' || true)
[ -z "$needs" ] || echo "conformance/ needs: $needs"
[ -z "$writes" ] || echo "conformance/ has writable data: $writes"
[ -z "$needs$writes" ] && [ "$has" -eq 1 ]
