#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt dump and hvpt walk with a trace. Usage: walk.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

# Events 1 to 6, with a time each: domain 0xa, 0xb, and one without a name.
{
	kmap 0xa 0x1000 0x5000 2 3
	map 0x1000 0x5000 2 | sed s/1.0:/1.100000:/
	kmap 0xb 0x200000 0x40000000 512 1
	map 0x200000 0x40000000 512 | sed s/1.0:/1.200000:/
	kunmap 0xa 0x1000 1
	unmap 0x1000 1 | sed s/1.0:/1.300000:/
	kmap 0xa 0x3000 0x9000 1 1
	map 0x3000 0x9000 1 | sed s/1.0:/2.000000:/
	unmap 0x200000 512 | sed s/1.0:/3.000000:/
} >trace

# ---- a moment ----------------------------------------------------------------

run 0 dump trace
silent err
says out "domain 0xa: up to 0xffffffffffff, 2 mappings, 2 of 4K"
says out "  0x000000002000-0x000000002fff -> 0x000000006000 4K x 1  rwad"
says out "  0x000000003000-0x000000003fff -> 0x000000009000 4K x 1  r-a-"
says out "domain 0xb: up to 0xffffffffffff, 0 mappings"
says out "Nothing is wrong."
cp out end
for at in 5 3.0 0x5 3.0000000009; do
	run 0 dump trace --at "$at"
	check "not the end at $at" cmp out end
done
run 0 dump --at 2 trace
says out "0x000000001000-0x000000002fff -> 0x000000005000 4K x 2  rwad"
says out "0x000000200000-0x0000003fffff -> 0x000040000000 2M x 1  r-a-"
cp out two
for at in 1.2 1.200 1.299999999; do
	run 0 dump --at "$at" trace
	check "not the second event at $at" cmp out two
done
run 0 dump --at 0 trace
says out "No domain."
misuse "trace: --at: the trace begins at 1.100000; +2.5 counts from its first \
event" dump --at 0.5 trace
run 0 dump --at +0.15 trace
cp out since
run 0 dump --at 1.25 trace
check "--at +0.15 is not --at 1.25" cmp since out
misuse "trace: --at: the trace ends at 3.000000" dump --at +1.900001 trace
misuse "trace: --at: the trace ends at 3.000000" \
	dump --at +9999999999.0 trace
misuse "--at: must be a number of events, or a time" dump --at +2 trace
misuse "--at: must be a number of events, or a time" dump --at ++2.0 trace
misuse "--maxphyaddr: only with --memory" dump --maxphyaddr 46 trace
misuse "--maxphyaddr: only with --memory" walk --maxphyaddr 46 trace 0
misuse "--page-sizes is for a trace, not for --memory" \
	dump --memory trace --root 0 --page-sizes 4K
misuse "trace: --at: the trace ends at 3.000000" dump --at 99.5 trace
misuse "trace: --at: the trace ends at 3.000000" walk --at 3.000001 trace 0
run 0 dump --at 0 trace --json
check "no JSON" python3 -m json.tool out /dev/null

run 0 dump trace --domain 11
says out "domain 0xb"
lines out domain 1
run 0 dump trace --page-sizes 4K --at 2
says out "0x000000200000-0x0000003fffff -> 0x000040000000 4K x 512  r-a-"
run 0 dump trace --levels 5
says out "domain 0xa: up to 0x1ffffffffffffff, 2 mappings"
run 0 dump trace --iova-form lower
says out "domain 0xa: up to 0x7fffffffffff"
run 0 dump trace --width 22 --at 2
says out "domain 0xb: up to 0x3fffff, 1 mapping, 1 of 2M"
run 0 dump trace --width 21 --at 2
says out "domain 0xb: up to 0x1fffff, 0 mappings"
says err "trace: note: 1 events were refused"

map 0x1000 0x5000 1 >nameless
run 0 dump nameless
says out "domain without a name: up to"
run 0 dump nameless --json
says out '"domain": null'
cp nameless in
run 0 dump -
says out "domain without a name"
: >in
run 0 dump trace --json
says out '"domain": "0xa"'
check "no JSON" python3 -m json.tool out /dev/null

# ---- a walk ------------------------------------------------------------------

run 0 walk trace 0x2123
silent err
says out "domain 0xa:"
says out "read of iova 0x2123: 4 levels, 48 bits, root 0x400000000000"
says out "  PML4E 0x"
says out "  PTE   0x0000000000006067  entry 2 of the PT at 0x"
says out "  -> gpa 0x6123, in a 4K page, rwad"
says out "  translates: the iova is mapped, for reads and writes"
says out "domain 0xb:"
lines out "faults: nothing is mapped" 1
run 1 walk trace 0x2123 --at 0
says out "No domain."
run 1 walk trace 0x1000
lines out "faults: nothing is mapped" 2
run 0 walk trace 0x1000 --at 1.25
lines out "translates" 1
run 1 walk trace 0x3000 --domain 10 --write
lines out "faults: R/W is clear in the PTE: only reads are allowed" 1
lines out "domain" 1
run 0 walk trace 0x3000 --domain 10
run 0 walk trace 0x200fff --at 2 --domain 0xb
says out "  -> gpa 0x40000fff, in a 2M page, r-a-"
says out "    7      PS       1  a page, not a table"
run 1 walk trace 0x1000000000000
lines out "faults: the iova has more than 48 bits" 2
lines out "PML4E" 0
run 1 walk trace 0x800000000000 --iova-form canonical
lines out "not canonical: bits 63 to 47 are not all equal" 2
run 0 walk trace 0x2000 --json
check "no JSON" python3 -m json.tool out /dev/null
says out '"gpa": "0x6000"'
says out '"fault": null'
says out '"fault": "not present"'

# ---- a picture, see svg.sh --------------------------------------------------

seq 0 600 | while read -r number; do
	kmap 1 $((number * 0x200000)) 0x1000 1 3
done >wide
run 2 dump wide --svg out.svg
says err "more than 500 tables, too many for a picture; choose another with"
cp trace kept
misuse "hvpt dump: --svg: will not write trace: it is the trace" \
	dump trace --svg trace
check "the trace was changed" cmp trace kept

# ---- input that is wrong ----------------------------------------------------

: >empty
misuse "hvpt walk: empty: it has no map or unmap event" walk empty 0x1000
echo "hello" >text
misuse "hvpt dump: text: it has no map or unmap event" dump text
misuse "hvpt dump: none: No such file or directory" dump none
misuse "hvpt dump: '': No such file or directory" dump ""
misuse "trace: --at: it has only 5 events" dump trace --at 6
misuse "--at: must be a number of events, or a time in seconds" \
	dump trace --at soon
misuse "--at: must be a number of events, or a time in seconds" \
	dump trace --at 1.5s
misuse "--at: must be a number of events, or a time in seconds" \
	dump trace --at .5
misuse "--at: must be a number of events, or a time in seconds" \
	dump trace --at 99999999999999999999.5
misuse "--domain: the trace has no dom=0xc; it has 0xa 0xb" \
	dump trace --domain 0xc
misuse "--domain: the trace has no dom=0xa, nor any other name" \
	dump nameless --domain 0xa
misuse "hvpt dump: --width: 4 levels span at most 48 bits, not 50" \
	dump trace --width 50
sed 's/^.*: map/map/' nameless >timeless
misuse "--at: 1 events have no time; give a number of events" \
	dump timeless --at 1.0
misuse "hvpt walk: no trace given; try 'hvpt walk --help'" walk
misuse "hvpt walk: no IOVA given; try 'hvpt walk --help'" walk trace
misuse "hvpt walk: IOVA: must be a 64-bit number, hexadecimal after 0x" \
	walk trace fffbd000
misuse "hvpt walk: '3' is one word too many" walk trace 1 3
misuse "hvpt walk: unknown option '--frobnicate'" walk --frobnicate
misuse "hvpt walk: --levels: must be 4 or 5, not '6'" walk --levels 6 trace 1
printf '\000\001\002' >binary
misuse "hvpt dump: binary: " dump binary
# What can be read of a trace is read, and the rest named.
{
	cat nameless
	echo "dd-1 [000] .... 1.0: map: IOMMU: iova=0x1 - 0x2 paddr=0 size=1"
	map 0x1000 0x9000 1
	echo "CPU:0 [LOST 12 EVENTS]"
} >odd
run 0 dump odd
says err "odd: note: 1 lines are malformed, and left out"
says err "odd: note: 1 times the tracer lost events"
says err "odd: note: 1 events were refused: maps of mapped ranges"
says out "1 mapping"

run 0 walk --help
says out "Usage: hvpt walk [options] TRACE IOVA"
run 0 dump --help
says out "       hvpt dump [options] --memory FILE --root GPA"
finish
