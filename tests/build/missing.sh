#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# missing.sh ROOT - what CMake says where cmocka or liblzma is missing, that the
# library alone builds all the same, that a build without tests builds only what
# it installs, and with which compilers warnings are errors.
set -eu
root=$1
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/nothing"

# configure FOLDER OPTION... - where no library is found
configure() {
	to=$1
	shift
	cmake -S "$root" -B "$folder/$to" -G Ninja \
		-DCMAKE_FIND_ROOT_PATH="$folder/nothing" \
		-DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY \
		-DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY "$@" \
		>"$folder/said" 2>&1
}

# says TEXT... - joined lines of CMake's last output have each
says() {
	tr -s ' \n' '  ' <"$folder/said" >"$folder/line"
	for text in "$@"; do
		grep -qF -- "$text" "$folder/line" || {
			cat "$folder/said"
			echo "CMake does not say: $text"
			exit 1
		}
	done
}

# refused OPTION... - this is not configured
refused() {
	if configure refused "$@"; then
		echo "configured: $*"
		exit 1
	fi
	rm -rf "$folder/refused"
}

refused
says "libcmocka-dev" "-DHVPT_BUILD_TESTS=OFF"
refused -DHVPT_CMOCKA_INCLUDE=/usr/include -DHVPT_CMOCKA_LIBRARY=cmocka
says "liblzma-dev" "-DHVPT_BUILD_TESTS=OFF"
configure tools -DHVPT_BUILD_TESTS=OFF
says "without LZMA (Debian: liblzma-dev; -DHVPT_WITH_LZMA=OFF: not wanted)"
cmake --build "$folder/tools" --target help >"$folder/said"
says "hvpt_command: phony"
if grep hvpt_bench "$folder/said"; then
	echo "a build without tests has the benchmarks"
	exit 1
fi
configure core -DHVPT_BUILD_TESTS=OFF -DHVPT_BUILD_TOOLS=OFF
cmake --build "$folder/core" >"$folder/said" 2>&1
[ -s "$folder/core/libhvpt.a" ] || {
	cat "$folder/said"
	echo "there is no library"
	exit 1
}
cmake -DROOT="$root" -P "$here/werror.cmake"
