#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Files as people have them, tests/data/forms: what comes of each stands in
# expected there. Usage: form_files.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

forms=$(cd "$traces/../forms" && pwd)
cd "$forms" || exit 1
grep -v '^#' expected >"$dir/expected"
cd "$dir" || exit 1
while read -r name wanted figures; do
	[ -n "$name" ] || continue
	run "$wanted" replay --json json "$forms/$name"
	message=
	case $figures in
	*\"*)
		message=${figures#*\"}
		message=${message%\"*}
		figures=${figures%%\"*}
		;;
	esac
	# shellcheck disable=SC2086 # figures are words
	json json 1 $figures
	[ -z "$message" ] || says err "$message"
done <expected
(cd "$forms" && printf '%s\n' ./*.txt) | sed 's|^\./||' | sort >have
cut -d ' ' -f 1 expected | sort >listed
cmp -s have listed || fail "expected does not list just what is there"
finish
