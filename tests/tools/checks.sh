# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh
# How the tests of the hvpt command check what it said: in the files out and err
# of the present folder. $what is the command.
checks=0
failures=0

fail() {
	failures=$((failures + 1))
	echo "FAIL: $*"
	echo "--- standard output"
	head -n 30 out
	echo "--- standard error"
	head -n 30 err
}

# says FILE TEXT: FILE has a line with TEXT in it
says() {
	checks=$((checks + 1))
	grep -qF -e "$2" "$1" || fail "$what: '$2' is not in $1"
}

# lacks FILE TEXT
lacks() {
	checks=$((checks + 1))
	! grep -qF -e "$2" "$1" || fail "$what: '$2' is in $1"
}

# check TEXT COMMAND...: the command succeeds
check() {
	checks=$((checks + 1))
	text=$1
	shift
	"$@" || fail "$what: $text"
}

# finish - at the end of the test
finish() {
	echo "$checks checks, $failures failures"
	[ "$failures" -eq 0 ]
}
