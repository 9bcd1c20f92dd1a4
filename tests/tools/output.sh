#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Where hvpt writes: full disks, closed descriptors, and files that must not
# be written. Usage: output.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

xz -dc "$modload" >plain.txt
cp plain.txt saved.txt

# same FILE: it is as it was
same() {
	checks=$((checks + 1))
	cmp -s "$1" saved.txt || fail "$what: $1 was written"
}

# ---- what is read is not written -------------------------------------------

ln -s plain.txt soft.txt
ln plain.txt hard.txt
mkdir folder
for name in plain.txt soft.txt hard.txt ./plain.txt folder/../plain.txt \
	"$dir/plain.txt"; do
	misuse "hvpt replay: will not write $name: it is the trace" \
		replay --json "$name" plain.txt
	misuse "it is the trace" replay --json plain.txt "$modload" "$name"
	same plain.txt
done
misuse "will not write none.txt: it is the trace" \
	replay --json none.txt none.txt
cp plain.txt in
misuse "will not write in: it is the trace" replay --json in -
cmp -s in saved.txt || fail "$what: standard input was written"
: >in

what="--json to where standard output goes"
hvpt replay --json both plain.txt >both 2>err
[ $? -eq 2 ] || fail "$what: not exit 2"
says err "will not write both: standard output goes there; - is"
hvpt replay --json err plain.txt >out 2>err
[ $? -eq 2 ] || fail "$what: not exit 2"
says err "will not write err: standard error goes there"

# The trace is not appended to: refused before anything is written.
# appended NAME ARGUMENT...: both ways, with NAME a name of plain.txt
appended() {
	name=$1
	shift
	what="hvpt $* >>$name"
	checks=$((checks + 1))
	hvpt "$@" >>"$name" 2>err <in
	[ $? -eq 2 ] || fail "$what: not exit 2"
	says err ": standard output goes to the trace"
	lines err "" 1
	same plain.txt
	what="hvpt $* 2>>$name"
	hvpt "$@" >out 2>>"$name" <in
	[ $? -eq 2 ] || fail "$what: not exit 2"
	says out ": standard error goes to the trace"
	lines out "" 1
	same plain.txt
	what="hvpt $* >>$name 2>&1"
	hvpt "$@" >>"$name" 2>&1 <in
	[ $? -eq 2 ] || fail "$what: not exit 2"
	same plain.txt
}
fault=2400008020000000000000000000000000000000010000000300000000000000
fault=${fault}708f5566000000000010200000000000
for name in plain.txt soft.txt hard.txt; do
	appended "$name" replay plain.txt
	appended plain.txt replay "$name"
	appended "$name" replay --json - plain.txt
	appended "$name" replay none.txt "$modload" plain.txt
	rm -f json
	appended "$name" replay --json json plain.txt
	[ ! -e json ] || fail "$what: JSON was written"
	appended "$name" fault --trace plain.txt $fault
	appended "$name" fuzz --check plain.txt
done
rm in
ln plain.txt in
appended plain.txt replay -
rm in
: >in
what="hvpt fuzz --output to where standard output goes"
hvpt fuzz --ops 1 --jobs 1 --output both >both 2>err
[ $? -eq 2 ] || fail "$what: not exit 2"
says err "hvpt fuzz: will not write both: standard output goes there"
# Nothing is wrong with another file, or with one that both only read.
hvpt replay plain.txt >>log 2>>log <plain.txt || fail "replay >>log 2>>log"
same plain.txt

# A pipe and a device are written as often as one likes.
hvpt replay --json /dev/stdout --quiet plain.txt 2>err | cat >json
json json 1 maps=216
run 0 replay --json /dev/null plain.txt

# ---- what cannot be opened -------------------------------------------------

run 2 replay none.txt
says err "none.txt: error: No such file or directory"
silent out
run 2 replay "" plain.txt
says err "'': error: No such file or directory"
lines out "maps, " 1
run 2 fault --trace "" $fault
says err "hvpt fault: '': No such file or directory"
run 2 replay --json json none.txt
silent out
json json 1 opened=False "error=No such file or directory"
run 2 replay none.txt plain.txt
lines out "maps, " 1
json_at() {
	misuse "hvpt replay: cannot write $1: $2" replay --json "$1" plain.txt
}
json_at folder "Is a directory"
json_at none/json "there is no folder none"
json_at plain.txt/json "Not a directory"
if [ "$(id -u)" -ne 0 ]; then
	: >sealed
	chmod 0 sealed
	json_at sealed "Permission denied"
	run 2 replay sealed
	says err "sealed: error: Permission denied"
	silent out
fi

# ---- full ------------------------------------------------------------------

# full ARGUMENT...: standard output cannot be written; exit 2
full() {
	what="hvpt $* >/dev/full"
	checks=$((checks + 1))
	hvpt "$@" >/dev/full 2>err <in
	[ $? -eq 2 ] || fail "$what: not exit 2"
	says err "hvpt: cannot write standard output: No space left on device"
}

if [ -e /dev/full ]; then
	run 2 replay --json /dev/full plain.txt
	says err "cannot write /dev/full: No space left on device"
	full replay plain.txt
	full replay --json - plain.txt
	full --help
	full -h
	full --version
	full replay --help
	full fuzz --help
	full fuzz --ops 100 --jobs 1 --output found.txt
	run 0 replay --quiet plain.txt
fi

# ---- closed ----------------------------------------------------------------

# closed DESCRIPTOR STATUS ARGUMENT...: with that closed
closed() {
	fd=$1
	wanted=$2
	shift 2
	what="hvpt $* $fd>&-"
	checks=$((checks + 1))
	rm -f json
	case $fd in
	0) hvpt "$@" >out 2>err <&- ;;
	1) hvpt "$@" 2>err >&- ;;
	2) hvpt "$@" >out 2>&- ;;
	012) hvpt "$@" <&- >&- 2>&- ;;
	esac
	status=$?
	[ $status -eq "$wanted" ] || fail "$what: exit $status, not $wanted"
	same plain.txt
}

closed 0 0 replay --json json plain.txt
json json 1 maps=216
closed 0 2 replay -
says err "<stdin>: error: Bad file descriptor"
closed 1 2 replay --json json plain.txt
says err "cannot write standard output: Bad file descriptor"
json json 1 maps=216
closed 1 2 --help
closed 1 2 --version
closed 1 2 replay --json - plain.txt
closed 1 0 replay --quiet --json json plain.txt
json json 1 maps=216
closed 2 0 replay --json json plain.txt
json json 1 maps=216
says out "216 maps"
closed 2 2 replay --json json none.txt
json json 1 opened=False
closed 012 2 replay --json json plain.txt
json json 1 maps=216
closed 012 0 replay --quiet --json json plain.txt
json json 1 maps=216

# Each command writes its file whole, or leaves it as it was.
ln -s nothing loose
for command in "replay plain.txt --json" "report plain.txt --json" \
	"conformance --json" "dump plain.txt --svg" \
	"fuzz --ops 10 --output"; do
	rm -f kept link
	echo before >kept
	ln -s kept link
	chmod 400 kept
	for name in kept link; do
		# shellcheck disable=SC2086 # words
		run 2 $command $name
		says err "cannot write $name: it is read-only"
	done
	check "wrote kept" [ "$(cat kept)" = before ]
	# shellcheck disable=SC2086 # words
	run 2 $command loose
	says err "cannot write loose: it is a link to nothing"
done
chmod 600 kept
run 0 replay --json link plain.txt
check "the link is gone" [ -h link ]
check "not mode 600" [ "$(stat -c %a kept)" = 600 ]
json kept 1 maps=216

finish
