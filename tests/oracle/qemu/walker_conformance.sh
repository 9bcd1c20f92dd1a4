#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt conformance --host qemu: QEMU's VT-d answers as it did before.
# Usage: walker_conformance.sh ANSWERS COMMAND
# ANSWERS is tests/data/conformance; qemu.json there is what --json writes.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/walker_lib.sh"

"$hvpt" conformance --host qemu --json "$dir/qemu.json" >"$dir/text" ||
	fail "hvpt conformance --host qemu: exit code $?"
diff -u "$traces/qemu.json" "$dir/qemu.json" ||
	fail "not the answers in tests/data/conformance/qemu.json"
tail -n 1 "$dir/text"
exit $failed
