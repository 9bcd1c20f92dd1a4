#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt fault. Usage: fault.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

# word64 NUMBER - its 8 bytes, lowest first
word64() {
	hex=$(printf '%016x' "$1")
	for at in 15 13 11 9 7 5 3 1; do
		printf '%s' "$(echo "$hex" | cut -c $at-$((at + 1)))"
	done
}

# message TYPE ACCESS FLAGS DEVICE IOVA
message() {
	printf '2400008020000000%s' "$(word64 0)"
	printf '%02x000000%02x000000%02x00000000000000' "$1" "$2" "$3"
	word64 "$4"
	word64 "$5"
}

write=$(message 0 1 3 0x66558f70 0x201000)
run 0 fault --help
says out "hvpt fault [options] HEX..."
run 0 fault "$write"
says out "device  0x66558f70"
says out "iova    0x201000"
says out "type    0 (TRANSLATION)"
says out "access  1 (write)"
lines out "" 4
silent err
cp out first
for same in "$(echo "$write" | sed 's/../& /g')" "$(echo "$write" |
	sed 's/../&:/g')" "$(echo "$write" | tr a-f A-F)"; do
	run 0 fault "$same"
	cmp -s out first || fail "$what: not the same"
done
# shellcheck disable=SC2046 # words
run 0 fault $(echo "$write" | sed 's/....../& /g')
cmp -s out first || fail "$what: not the same in words"
run 0 fault "$(message 0 0 0 0 0)"
says out "device  not known"
says out "iova    not known"
says out "access  0 (read)"
run 0 fault "$(message 9 2 2 1 0)"
says out "type    9 (UNKNOWN)"
says out "access  2 (execute)"
run 0 fault "$(message 1 7 1 0 0x1000)"
says out "type    1 (BLOCKED)"
says out "access  7 (unknown)"

{
	kmap 0xa 0x201000 0x10000 1 1
	kmap 0xb 0x201000 0x20000 1 3
	kmap 0xc 0x400000 0x200000 512 3
	kunmap 0xc 0x400000 512
} >three.txt
run 0 fault --trace three.txt "$write"
says out "domain 0xa: HVPT_REASON_READ_ONLY, level 0, entry 0x0000000000010"
says out "domain 0xb: HVPT_REASON_MAPPED_NOW, level 0, entry 0x0000000000020"
says out \
	"domain 0xc: HVPT_REASON_NOT_PRESENT, level 1, entry 0x0000000000000000"
lines out "domain 0x" 3
lines out "  faults: nothing is mapped: P is clear in the PDE" 1
lines out "  faults: R/W is clear in the PTE: only reads are allowed" 1
lines out "  translates: the iova is mapped, for reads and writes" 1
run 0 fault "$write" --trace three.txt
lines out "domain 0x" 3
run 0 fault "$write" --trace three.txt --at 1 --domain 0xa
lines out "domain 0x" 1
says out "domain 0xa: HVPT_REASON_READ_ONLY"
run 0 fault "$write" --trace three.txt --at 0
lines out "" 4
run 0 fault --trace three.txt "$(message 0 1 3 1 0x1000000000000)"
lines out HVPT_REASON_OUTSIDE 3
run 0 fault --trace three.txt "$(message 0 1 2 1 0)"
lines out HVPT_REASON_NO_ADDRESS 3
map 0x1000 0x5000 1 >nameless.txt
run 0 fault --trace nameless.txt "$(message 0 1 3 1 0x1000)"
says out "domain without a name: HVPT_REASON_MAPPED_NOW"
run 2 fault --trace none.txt "$write"
says err "hvpt fault: none.txt: No such file or directory"

# ---- lines of the kernel -----------------------------------------------------

line="hvpt_iommu: 0000:00:04.0: write refused, iova 0x201000, TRANSLATION: \
HVPT_REASON_NOT_PRESENT, entry 0x1027"
for prefix in "" "[   12.345678] " "<3>[   12.345678] " \
	"Nov 28 08:00:00 host kernel: " "2026-11-28T08:00:00 host kernel: "; do
	run 0 fault "$prefix$line"
	silent err
	says out "device  0000:00:04.0"
	says out "iova    0x201000"
	says out "type    0 (TRANSLATION)"
	says out "access  1 (write)"
	says out "then    HVPT_REASON_NOT_PRESENT, entry 0x0000000000001027"
	lines out "" 5
done
# shellcheck disable=SC2086 # words
run 0 fault $line --trace three.txt
says out "domain 0xa: HVPT_REASON_READ_ONLY"
says out "domain 0xb: HVPT_REASON_MAPPED_NOW"
run 0 fault "[1.0] hvpt: unknown device: read refused, iova 0, BLOCKED: \
in no domain, entry 0"
says out "device  unknown device"
says out "iova    0x0"
says out "type    1 (BLOCKED)"
says out "access  0 (read)"
says out "then    in no domain, entry 0x0000000000000000"
run 0 fault "hvpt: a: read refused, iova 0x1000, UNKNOWN: X, entry 0"
says out "(UNKNOWN)"
run 0 fault "  dd-1 [000] ..... 12.3: hvpt_fault: device=0x66558f70 \
iova=0x201000 type=0 access=1 reason=2"
says out "device  0x66558f70"
says out "iova    0x201000"
says out "access  1 (write)"
says out "then    HVPT_REASON_READ_ONLY"
run 0 fault "$line" --json
check "no JSON" python3 -m json.tool out /dev/null
says out '"device_name": "0000:00:04.0"'
run 0 fault 'hvpt: "\: read refused, iova 0, BLOCKED: "\, entry 0' --json
check "no JSON" python3 -m json.tool out /dev/null
run 0 fault "$write" --json --trace three.txt
check "no JSON" python3 -m json.tool out /dev/null
says out '"cause": "HVPT_REASON_READ_ONLY"'
says out '"device": "0x66558f70"'
run 0 fault "$(message 2 0 0 0 0)" --json --trace three.txt
check "no JSON" python3 -m json.tool out /dev/null
lines out '"cause": "HVPT_REASON_INTERRUPT"' 3

# The line is what adapters/linux prints.
says "$traces/../../../adapters/linux/fault.c" \
	'%s: %s refused, iova %#llx, %s: %s, entry %#llx'
says "$traces/../../../adapters/linux/trace.h" \
	'device=%#llx iova=%#llx type=%u access=%u reason=%u'

misuse "the line is not whole; one has DEVICE: read or write refused" \
	fault "hvpt_iommu: 0000:00:04.0: write refused, iova 0x201000"
misuse "the line is not whole" \
	fault "hvpt: a: erase refused, iova 0x1, BLOCKED: X, entry 0"
misuse "the line is not whole" \
	fault "hvpt: a: read refused, iova here, BLOCKED: X, entry 0"
misuse "the line is not whole" \
	fault "hvpt: a: read refused, iova 0x10000000000000000, B: X, entry 0"
misuse "unknown type 'BANANA'" \
	fault "hvpt: a: read refused, iova 0x1, BANANA: FOO, entry 0"
misuse "unknown type '??'" \
	fault 'hvpt: a: read refused, iova 0x1, "\: FOO, entry 0'
misuse "unknown reason 10, not 0 .. 9" \
	fault "hvpt_fault: device=0x1 iova=0x2 type=0 access=1 reason=10"
run 0 fault "hvpt_fault: device=0x1 iova=0x2 type=0 access=1 reason=9"
says out "then    HVPT_REASON_IDENTITY"
misuse "several lines; give one of them" fault "$line
$line"
run 0 fault "$line
"
misuse "the line is not whole; one has hvpt_fault: device=" \
	fault "hvpt_fault: device=0x1 iova=0x2"
misuse "'hvpt: loaded' is neither hexadecimal bytes nor a line of the kernel" \
	fault "hvpt: loaded"
misuse "--at and --domain need --trace TRACE" fault "$write" --at 3
misuse "--trace and --memory exclude each other" \
	fault "$write" --trace three.txt --memory three.txt --root 0
misuse "three.txt: --at: it has only 4 events" \
	fault "$write" --trace three.txt --at 5

misuse "hvpt fault: no message given" fault
misuse "hvpt fault: no message given" fault --trace three.txt
misuse "hvpt fault: --trace: needs a value" fault --trace
misuse "hvpt fault: unknown option '--frobnicate'; try 'hvpt fault --help'" \
	fault --frobnicate 00
misuse "no fault message in 0 bytes: HVPT_ERR_MESSAGE_SIZE" fault ""
misuse \
	"no fault message in 1 bytes: HVPT_ERR_MESSAGE_SIZE; one begins with 24 00 00 80, and has 48 bytes or more" \
	fault 24
misuse "no fault message in 47 bytes: HVPT_ERR_MESSAGE_SIZE" \
	fault "${write%??}"
misuse "no fault message in 48 bytes: HVPT_ERR_MESSAGE_TYPE" \
	fault "25${write#??}"
misuse "'240' ends in half a byte" fault 240
misuse "'2' ends in half a byte" fault 2 4
misuse "'0x24' is neither hexadecimal bytes" fault 0x24
misuse "'2 4' is neither hexadecimal bytes" fault "2 4"
misuse "'24-00' is neither hexadecimal bytes" fault 24-00
misuse "'24.00' is neither hexadecimal bytes" fault "24
00"
misuse "a message has at most 256 bytes" fault "$(printf '%0514d' 0)"
finish
