# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh
# What the tests of hvpt with QEMU share. Sourced with TRACES COMMAND, and
# $here set; skips the test (77) where there is no QEMU.
set -u
root=$here/../../..
traces=$(cd "$1" && pwd)
hvpt=$2
# As qemu_find() of the command does.
if [ "${HVPT_QEMU+set}" ]; then
	[ -n "$HVPT_QEMU" ] || {
		echo "SKIP: HVPT_QEMU is empty"
		exit 77
	}
elif ! "$root/scripts/get-qemu" --cached >/dev/null 2>&1; then
	echo "SKIP: no QEMU with first-stage VT-d; scripts/get-qemu fetches one"
	exit 77
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0

fail() {
	echo "FAIL: $*"
	failed=1
}
