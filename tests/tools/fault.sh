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
says out "Usage: hvpt fault [--trace TRACE] HEX..."
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
says out "domain  0xa: HVPT_REASON_READ_ONLY, level 0, entry 0x0000000000010"
says out "domain  0xb: HVPT_REASON_MAPPED_NOW, level 0, entry 0x0000000000020"
says out \
	"domain  0xc: HVPT_REASON_NOT_PRESENT, level 1, entry 0x0000000000000000"
lines out domain 3
run 0 fault "$write" --trace three.txt
lines out domain 3
run 0 fault --trace three.txt "$(message 0 1 3 1 0x1000000000000)"
lines out HVPT_REASON_OUTSIDE 3
run 0 fault --trace three.txt "$(message 0 1 2 1 0)"
lines out HVPT_REASON_NO_ADDRESS 3
map 0x1000 0x5000 1 >nameless.txt
run 0 fault --trace nameless.txt "$(message 0 1 3 1 0x1000)"
says out "domain  without a name: HVPT_REASON_MAPPED_NOW"
run 2 fault --trace none.txt "$write"
says err "none.txt: error: No such file or directory"

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
misuse "'0x24' is not hexadecimal bytes" fault 0x24
misuse "'2 4' is not hexadecimal bytes" fault "2 4"
misuse "'24-00' is not hexadecimal bytes" fault 24-00
misuse "'24.00' is not hexadecimal bytes" fault "24
00"
misuse "a message has at most 256 bytes" fault "$(printf '%0514d' 0)"
finish
