#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Ctrl-C ends a trace, and what was read by then is shown: hvpt dump, walk,
# fault and diff. Usage: interrupt.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

# stop TEXT ARGUMENT...: SIGINT once TEXT is on standard error
stop() {
	text=$1
	shift
	timeout -s KILL 100 "$here/terminal.py" --interrupt "$text" \
		"$hvpt_path" "$@" >out 2>err
}

# interrupted STATUS ARGUMENT...
interrupted() {
	status=$1
	shift
	what="hvpt $*, interrupted"
	check "exit $status, not 2" [ "$status" -eq 2 ]
}

# endless ARGUMENT...: a trace that never ends, on standard input
endless() {
	yes "$(map 0x1000 0x50000 1)" | stop "events/s" "$@"
	interrupted $? "$@"
	says err "hvpt $1: <stdin>: interrupted after "
}

# part ARGUMENT...: hvpt diff, once it reads long.txt
part() {
	stop "long.txt:1001: " diff "$@"
	interrupted $? diff "$@"
}

refused="hvpt: a: write refused, iova 0x1000, TRANSLATION: X, entry 0"
endless dump -
says out "0x000000001000-0x000000001fff -> 0x000000050000"
endless dump - --json
check "no JSON" python3 -m json.tool out /dev/null
says out '"mappings": 1'
endless dump - --at 1000000000
endless walk - 0x1000
says out "0x50000"
endless walk - 0x1000 --json
check "no JSON" python3 -m json.tool out /dev/null
endless fault "$refused" --trace -
says out "domain without a name"
if command -v dot >dot.txt; then
	endless dump - --svg part.svg
	check "no whole SVG" python3 -c \
		'import xml.etree.ElementTree as x; x.parse("part.svg")'
	check "a draft is left" [ "$(echo part*)" = part.svg ]
fi

# Before there is anything to show, nothing is written. SIGTERM is the same. The
# pipe can be opened once the command has opened it.
mkfifo pipe
for words in "dump pipe --svg none.svg" "walk pipe 0" "dump --json pipe"; do
	what="hvpt $words, waiting"
	# shellcheck disable=SC2086 # words
	"$hvpt_path" $words >out 2>err &
	exec 3>pipe
	kill -TERM $!
	exec 3>&-
	wait $!
	check "exit $?, not 2" [ $? -eq 2 ]
	says err "hvpt ${words%% *}: pipe: interrupted"
	silent out
	check "wrote" [ "$(echo none*)" = "none*" ]
done

# The second trace is a part; the first was interrupted: there is no other. Each
# is opened twice, so it is a file. It would be read for many minutes.
{
	yes "$(map 0x1000 0x50000 1)" | head -n 1000
	echo "map: IOMMU: words"
} | xz >long.txt
yes "$(map 0x1000 0x50000 1)" | head -n 300000 | xz >more.xz
for _ in $(seq 1000); do
	cat more.xz
done >>long.txt
map 0x1000 0x50000 1 >one.txt
part one.txt long.txt
says err "hvpt diff: long.txt was interrupted: its figures are of a part"
says out "events"
part --json one.txt long.txt
check "no JSON" python3 -m json.tool out /dev/null
part long.txt one.txt
says err "interrupted before one.txt was read: nothing to compare with"
silent out
finish
