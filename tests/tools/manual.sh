#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What is installed of the hvpt command: mandoc finds no fault in its manual
# pages. Usage: manual.sh TRACES BUILD CMAKE COMMAND...
#
# Exit code 77: there is no mandoc.
command -v mandoc >/dev/null || {
	echo "SKIP: no mandoc (Debian: mandoc)"
	exit 77
}
build=$2
cmake=$3
traces=$1
shift 3
set -- "$traces" "$@"
. "$(dirname "$0")/lib.sh"

what="cmake --install"
"$cmake" --install "$build" --component tools --prefix "$dir/usr" \
	>out 2>err || fail "$what"
for file in bash-completion/completions/hvpt zsh/site-functions/_hvpt \
	fish/vendor_completions.d/hvpt.fish man/man1/hvpt.1; do
	check "no $file" [ -s "usr/share/$file" ]
done
run 0 --help
for name in $(sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\)  .*/\1/p' out); do
	check "no page of $name" [ -s "usr/share/man/man1/hvpt-$name.1" ]
done

# Pages of the same folder are not found, as they are not in a database.
for page in usr/share/man/man1/*; do
	what="mandoc -T lint $page"
	mandoc -T lint -W style "$page" >out 2>err
	grep -v -e 'referenced manual not found: Xr' \
		-e 'outdated mandoc.db' out err >problems
	check "$(cat problems)" [ ! -s problems ]
done
# A page with a fault is noticed.
sed 's/^\.Sh NAME/.Sh NAMES/' usr/share/man/man1/hvpt.1 >bad.1
what="a page with a fault"
mandoc -T lint -W style bad.1 >out 2>err
says out 'first section is not "NAME"'

# As a reader sees it.
mandoc -T ascii -O width=78 usr/share/man/man1/hvpt-replay.1 | col -b >out
what="hvpt-replay.1"
for text in "EXIT STATUS" EXAMPLES "--policy two-block|cover|exact" \
	"  KIND:N:STATUS[:TIMES]       the N-th" "hvpt replay trace.txt.xz"; do
	says out "$text"
done

finish
