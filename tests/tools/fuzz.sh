#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Tests of hvpt fuzz. Usage: fuzz.sh RIGHT EARLY GATHER FREED SPLIT LEAK CRASH
# [EMULATOR...]
#
# RIGHT is hvpt, EARLY has that mistake of broken_sync.c, the others those of
# broken_fuzz.c.
set -u
here=$(cd "$(dirname "$0")" && pwd)
right=$1
early=$2
gather=$3
freed=$4
split=$5
leak=$6
crash=$7
shift 7
emulator=$*
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
ops=$((3000 * ${HVPT_TEST_EFFORT:-${HVPT_PRESET_EFFORT:-100}} / 100 + 1))
# shellcheck source=tests/tools/checks.sh
. "$here/checks.sh"

# run EXIT-STATUS COMMAND...: leaves files out and err
run() {
	wanted=$1
	shift
	what=$*
	checks=$((checks + 1))
	# shellcheck disable=SC2086 # an emulator and its options are words
	$emulator "$@" >out 2>err
	status=$?
	[ "$status" -eq "$wanted" ] || fail "$what: exit $status, not $wanted"
}

# ---- usage -----------------------------------------------------------------

run 0 "$right" fuzz --help
says out "Usage: hvpt fuzz [options]"

# refused TEXT WORD...: bad usage, said in one line
refused() {
	text=$1
	shift
	run 2 "$right" fuzz "$@"
	says err "$text"
	check "one line" [ "$(wc -l <err)" -eq 1 ]
	check "nothing on standard output" [ ! -s out ]
}
refused "--ops: must be a number of at least 1, not '0'" --ops 0
refused "--ops: must be a number of at least 1, not 'many'" --ops many
refused "--jobs: must be 1 .. 256, not '0'" --jobs 0
refused "--jobs: must be 1 .. 256, not '257'" --jobs 257
refused "--time: must be more than 0" --time 0
refused "--time: must be seconds, or a number with s, m or h, not 'm'" --time m
refused "--time: must be seconds, or a number with s, m or h, not '1d'" \
	--time 1d
refused "--time: must be seconds" --time ''
refused "--time: must be seconds" --time 99999999999999999999999999s
refused "hvpt fuzz: --levels: must be 4 or 5, not '6'" --levels 6
refused "hvpt fuzz: --page-sizes: '3M' is not one of 4K, 2M, 1G" \
	--page-sizes 4K,3M
refused "hvpt fuzz: --page-sizes: must include 4K" --page-sizes 2M
refused "hvpt fuzz: --width: must be 13 .. 57, not '12'" --width 12
refused "hvpt fuzz: --width: 4 levels span at most 48 bits, not 57" --levels 4 \
	--width 57
refused "hvpt fuzz: --width: 4 levels span at most 48 bits, not 57" \
	--width 57 --check bad
refused "hvpt fuzz: --iova-form: must be plain" --iova-form odd
refused "hvpt fuzz: --policy: must be two-block" --policy none
refused "hvpt fuzz: --lazy: must be a 64-bit number of at least 1, not '0'" \
	--lazy 0
refused "hvpt fuzz: --seed: must be a 64-bit number, not '-1'" --seed -1
refused "hvpt fuzz: --seed: needs a value" --seed
refused "hvpt fuzz: --quiet: takes no value" --quiet=1
refused "hvpt fuzz: unknown option '--walker'" --walker vtd
refused "hvpt fuzz: 'trace.txt': takes only options" trace.txt
refused "--output: needs the name of a file" --output -
refused "--check: needs the name of a file" --check ''
refused "hvpt fuzz: cannot write nowhere/trace: there is no folder nowhere" \
	--ops 10 --output nowhere/trace
refused "hvpt fuzz: cannot write .: Is a directory" --ops 10 --output .
refused "nowhere: error: No such file or directory" --check nowhere
refused "--check and --json exclude each other: a check has no summary" \
	--check nowhere --json
echo "kmap: (hvpt) dom=1 iova=1" >bad
refused "bad: error: line 1: pa= is missing" --check bad
echo "# nothing" >empty
refused "empty: error: it has no event" --check empty

# ---- a right library -------------------------------------------------------

run 0 "$right" fuzz --ops $ops
says out "4 or 5 levels, plain, lower or canonical, seed 1"
says out "events          $ops"
says out "failures        0"
says out "ended           all events are done"
check "no message" [ ! -s err ]
check "no file" [ ! -e hvpt-fuzz.trace ]
# The same again, but for the time it takes.
grep -v "^  time" out >first
run 0 "$right" fuzz --ops $ops
check "repeatable" sh -c 'grep -v "^  time" out | cmp -s - first'
run 0 "$right" fuzz --ops $ops --seed 2
check "seeds differ" sh -c '! grep -v "^  time" out | cmp -s - first'
run 0 "$right" fuzz --ops 1001 --jobs 3 --levels 5 --iova-form canonical \
	--page-sizes 4K,2M --policy exact --lazy 2
says out "5 levels, width 57, canonical, 4K,2M leaves, seed 1"
says out "exact, a sync every 2 unmaps"
says out "processes       3"
says out "events          1001"
run 0 "$right" fuzz --ops 300 --levels 5
says out "5 levels, plain, lower or canonical, seed 1"
run 0 "$right" fuzz --ops 300 --width 50 --iova-form plain
says out "4 or 5 levels, plain, seed 1"
run 0 "$right" fuzz --ops 2 --jobs 3
says out "events          2"
run 0 "$right" fuzz --ops 500 --width 13 --iova-form lower --quiet
check "nothing said" [ ! -s out ]
run 0 "$right" fuzz --time 1s --jobs 2
says out "ended           the time is up"
# What was there stays.
echo "not a trace" >mine
run 0 "$right" fuzz --ops 10 --output mine
says mine "not a trace"

# On a host that is given, with tables that it offers.
# host NAME CAPS SIZES WIDTH CANONICAL: a file with these properties
host() {
	printf 'caps=%s\npage_sizes=%s\niova_width=%s\ncanonical=%s\n' "$2" \
		"$3" "$4" "$5" >"$1"
}
host small 0x5 0x201000 40 0
host large 0xd 0x40201000 57 1
host odd 0x5 0x200000 48 0
run 0 "$right" fuzz --ops $ops --model small
says out "4 levels, width 40, plain, 4K,2M leaves, seed 1"
says out "events          $ops"
run 0 "$right" fuzz --ops $ops --model large
says out "4 or 5 levels, lower or canonical, seed 1"
refused "hvpt fuzz: with --model: --levels: the host has no 5 levels" \
	--model small --levels 5
refused "hvpt fuzz: with --model: --page-sizes: the host does not have them" \
	--model small --page-sizes 4K,1G
refused "hvpt fuzz: with --model: --page-sizes: the host does not have them" \
	--model odd
refused "hvpt fuzz: with --model: --width: the host has fewer IOVA bits" \
	--model small --width 41
refused "hvpt fuzz: with --model: --iova-form: must be plain if the host's" \
	--model small --iova-form lower
refused "hvpt fuzz: with --model: --iova-form: must be plain if the host's" \
	--model large --iova-form plain
refused "hvpt fuzz: --model: nowhere: " --model nowhere
echo "caps=what" >bad
refused "hvpt fuzz: --model: bad: line 1: not a number" --model bad

# A signal ends it, with a summary.
checks=$((checks + 1))
# shellcheck disable=SC2086 # an emulator and its options are words
"$here/terminal.py" --interrupt "events" $emulator "$right" fuzz \
	--time 1h --jobs 2 >out 2>err
status=$?
what="interrupted"
[ "$status" -eq 0 ] || fail "interrupted: exit $status"
says out "ended           interrupted"
says err "hvpt fuzz: "
says err " %, "
says err " events"

# ---- mistakes --------------------------------------------------------------

# found HVPT MOST TEXT SEED OPTION...: a failure, by the fixed seed, in at most
# MOST events; the trace fails with HVPT and not with the right one
found() {
	hvpt=$1
	most=$2
	text=$3
	seed=$4
	shift 4
	run 1 "$hvpt" fuzz --seed "$seed" --ops 20000 --output trace "$@"
	says err "$text"
	says err "written to trace; to repeat it:"
	says out "failures        1"
	says out "ended           a sequence failed"
	events=$(grep -cv "^#" trace)
	check "$events events" [ "$events" -ge 1 ]
	check "$events events, not $most" [ "$events" -le "$most" ]
	echo "${hvpt##*/}: $(grep shrunk err);" \
		"$(grep -v "^#" trace | head -n 1)"
	cp err said
}

# replayed HVPT: by exactly the command that was printed
replayed() {
	command=$(tail -n 1 said)
	checks=$((checks + 1))
	sh -c "$emulator $command --quiet" >out 2>err
	status=$?
	what="$command"
	[ "$status" -eq 1 ] || [ "$status" -gt 2 ] ||
		fail "$what: exit $status"
	options=$(echo "$command" | sed 's/^ *[^ ]* //')
	# shellcheck disable=SC2086 # options are words
	run 0 "$right" $options --quiet
}

found "$early" 4 "the replay, at the end: violation: page" 1
says said "the reference finds no fault"
replayed
found "$early" 4 "the replay, at the end: violation: page" 1 --model large
says said " --model large"
replayed
found "$gather" 4 "was split: the gather does not cover it" 1
replayed
found "$gather" 4 "was unmapped: the gather does not cover it" 3
replayed
found "$freed" 4 "is freed before a flush" 1
replayed
found "$split" 4 "writes: write to read-only" 1
replayed
found "$leak" 2 "a refused call changed the table pages from 1 to 2" 10
replayed
# A sanitizer turns the signal into an exit.
found "$crash" 1 "hvpt fuzz: the replay: " 1
replayed
# The same seed finds the same.
cp trace first
found "$crash" 1 "hvpt fuzz: the replay: " 1
check "the same trace" cmp -s trace first

# What only the reference sees: said, and there is a command as well.
found "$gather" 4 "the replay finds no fault" 38
says said "the span of a table at 0, level 0, is not gathered"
says said " --check trace"
replayed
run 1 "$gather" fuzz --check trace
says err "the replay finds no fault"

# A signal while it shrinks, or after: what there is by then is written.
checks=$((checks + 1))
# shellcheck disable=SC2086 # an emulator and its options are words
"$here/terminal.py" --interrupt "events fails" $emulator "$early" fuzz \
	--output early >out 2>err
status=$?
what="interrupted while it shrinks"
[ "$status" -eq 1 ] || fail "$what: exit $status"
says out "failures        1"
says err "written to early; to repeat it:"
says early "kunmap: (hvpt)"

# The summary for a program: tool_schemas has the rest.
run 0 "$right" fuzz --ops 100 --json --quiet
says out '"ended": "done"'
run 1 "$leak" fuzz --json --output json.trace
says out '"ended": "failure"'
says out '"trace": "json.trace"'

# With several processes, a name that a shell would take apart, no summary.
run 1 "$leak" fuzz --jobs 3 --quiet --output "it's a \$trace"
check "no summary" [ ! -s out ]
cp err said
check "no progress" [ "$(grep -c " %, " err)" -eq 0 ]
sh -c "$emulator $(tail -n 1 said) --quiet" >out 2>err
status=$?
check "a strange name: exit $status" [ "$status" -eq 1 ]

finish
