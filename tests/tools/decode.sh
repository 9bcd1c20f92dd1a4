#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt decode and hvpt abi. Usage: decode.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

pinned=$traces/../decode
header=$here/../../include/hvpt/hv_abi.h

# code NAME [COUNT [START]] - the control word of a call
code() {
	number=$(sed -n "s/^#define HVPT_HVCALL_$1 0x00*\([0-9a-f]*\)u\$/\1/p" \
		"$header")
	printf '0x0%03x0%03x0000%04x' "${3:-0}" "${2:-0}" "0x$number"
}

# pinned NAME STATUS ARGUMENT...: text and JSON are those of the files
pinned() {
	name=$1
	wanted=$2
	shift 2
	run "$wanted" decode "$@"
	silent err
	check "not $name.txt" cmp out "$pinned/$name.txt"
	run "$wanted" decode --json "$@"
	silent err
	check "not $name.json" cmp out "$pinned/$name.json"
	check "no JSON" python3 -m json.tool out /dev/null
}

# wrong PROBLEM NAME COUNT ARGUMENT...: so many rows are wrong, one is that
wrong() {
	problem=$1
	name=$2
	count=$3
	shift 3
	run 1 decode "$@"
	silent err
	lines out "WRONG: " "$count"
	check "no row '$name': $problem" \
		grep -q " $name  *[^ ].*  WRONG: $problem\$" out
	run 1 decode --json "$@"
	lines out "\"problems\": $count" 1
	lines out "\"problem\": \"" "$count"
	says out "\"problem\": \"$problem\" }"
}

self=ffffffffffffffff
domain=${self}00000000000000000100000003000000
create=$(code CREATE_DEVICE_DOMAIN)
attach=$(code ATTACH_DEVICE_DOMAIN)
configure=$(code CONFIGURE_DEVICE_DOMAIN)
flush=$(code FLUSH_DEVICE_DOMAIN)
list=FLUSH_DEVICE_DOMAIN_LIST
head=${domain}0100000000000000
caps=$(code GET_IOMMU_CAPABILITIES)
property=$(code GET_LOGICAL_DEVICE_PROPERTY)

# ---- what is right ---------------------------------------------------------

run 0 decode --help
says out "Usage: hvpt decode --control VALUE [options]"
pinned create 0 --control "$create" --input "${domain}0100000000000000" \
	--result 0
pinned list 0 --control "$(code $list 2 1)" \
	--input "${head}0900001806000000 0000100000000000" \
	--result 0x200000078
pinned capabilities 0 --control "$caps" --input "${self}0000000000000000" \
	--output 180000000000300025000000000000000010204000000000 --result 0
pinned spoiled 1 --control "0xf${create#0x0}" \
	--input "${domain}030000800100000000" --result 0x7ffffff00001234

run 0 decode --control "$flush"
lines out "" 8
echo "${domain}0000000000000000" >in
run 0 decode --control "$flush" --input -
says out "domain.domain_id            0x0000000300000001"
cp out first
printf '%s\n' "$domain" "00:00 0000" "00000000" >in
run 0 decode --input - --control "$flush"
check "not the same in lines" cmp out first
run 0 decode --control "$flush" --input "$domain
	0000:0000 00000000"
check "not the same in lines of an argument" cmp out first
: >in

# status ROW TEXT ARGUMENT...
status() {
	text=$1
	shift
	run 0 decode "$@"
	says out "$text"
}
status "INVALID_PARAMETER, errno 22; in hvpt: HVPT_ERR_HV_INPUT" \
	--control "$create" --result 5
status "DEVICE_ALREADY_IN_DOMAIN, errno 17; in hvpt: a success" \
	--control "$attach" --result 0x66
status "DEVICE_ALREADY_IN_DOMAIN, errno 17; in hvpt: HVPT_ERR_HV_EXISTS" \
	--control "$create" --result 0x66
status "INVALID_HYPERCALL_CODE, errno 22; in hvpt: there is no pvIOMMU" \
	--control "$caps" --result 2
status "NO_HYPERCALL, errno 95; in hvpt: HVPT_ERR_NO_HYPERVISOR" \
	--control "$create" --result 0xffffffffffffffff
status "NO_HYPERCALL, errno 95; in hvpt: HVPT_ERR_NO_HYPERVISOR" \
	--control "$(code $list 2)" --result 0xffffffffffffffff
status "in hvpt: all elements are done" \
	--control "$(code $list 2)" --result 0x200000078
status "in hvpt: the call is made again from the first element not done" \
	--control "$(code $list 2)" --result 0x100000000
status "in hvpt: HVPT_ERR_HV_TIMEOUT" \
	--control "$(code $list 2 1)" --result 0x100000078
status "in hvpt: HVPT_ERR_HV_PROGRESS" \
	--control "$(code $list 2)" --result 0
status "reserved                    0x0000000000001234  to be ignored" \
	--control "$property" --output "0100000000000000 3412000000000000"

# ---- what is wrong ---------------------------------------------------------

wrong "must be zero" domain.padding 1 --control "$flush" --input \
	"${self}00000000000000010100000003000000 0000000000000000"
wrong "must be zero" reserved 1 --control "$flush" --input \
	"${self}00000000000000001100000003000000 0000000000000000"
wrong "must be zero" reserved 1 --control "$flush" --input \
	"${self}e0000000000000000100000003000000 0000000000000000"
wrong "must be zero" reserved 2 --control "$flush" --input \
	"$domain 0100000001000000"
wrong "must be zero" reserved 1 --control "$configure" --input \
	"$domain 0100000000000000 0108000000400000"
wrong "not a known value" type 1 --control "$flush" --input \
	"${self}00000000000000000300000003000000 0000000000000000"
wrong "not a known value" type 1 --control "$attach" --input \
	"$domain 0000000000000040"
wrong "not a known value" code 1 --control "$property" --input \
	"$self 0040000000000000 0b00000000000000"
wrong "BLOCKED needs TRANSLATION" flags 1 --control "$configure" --input \
	"$domain 0200000000000000 0000000000000000"
wrong "must be zero" reserved 1 --control "$(code $list 1)" --input \
	"$head 4000000000000000"
wrong "the shift is above 52" "entry\[0\]" 1 --control "$(code $list 1)" \
	--input "$head 3500000000000000"
wrong "the page is not a multiple of 2^shift" "entry\[1\]" 1 \
	--control "$(code $list 2)" \
	--input "$head 0000000000000000 0110000000000000"
wrong "a rep call has at least 1" "rep count" 2 --control "$(code $list)"
wrong "more elements than fit into a page" "rep count" 1 \
	--control "$(code $list 509)"
wrong "must be below the rep count" "rep start" 1 \
	--control "$(code $list 3 3)"
wrong "a simple call has 0" "rep count" 1 \
	--control "$(code CREATE_DEVICE_DOMAIN 1)"
wrong "a simple call has 0" "rep start" 1 \
	--control "$(code CREATE_DEVICE_DOMAIN 0 1)"
wrong "is 0 in these calls" fast 1 --control $((flush + 0x10000))
wrong "is 0 in these calls" "variable header size" 1 \
	--control $((flush + 0x20000))
wrong "is 0 in these calls" nested 1 --control $((flush + 0x80000000))
wrong "must be zero" reserved 1 --control $((flush + 0x40000000))
wrong "beyond the rep count" "reps completed" 1 \
	--control "$(code $list 2)" --result 0x300000000
wrong "below the rep start" "reps completed" 1 \
	--control "$(code $list 3 2)" --result 0x100000000
wrong "not a known status" status 1 --control "$create" --result 0x1234
wrong "is not there" missing 1 --control "$create" --input "${domain}01000000"
says out "\"offset\": 28, \"bytes\": 4"
wrong "is not there" missing 1 --control "$create" --input ""
wrong "is not there" missing 1 --control "$(code $list 2)" \
	--input "${head}0000000000000000 000000"
says out "\"offset\": 40, \"bytes\": 8"
wrong "has no meaning" remainder 1 --control "$create" \
	--input "${domain}0100000000000000 0000"
says out "\"offset\": 32, \"bytes\": 2"
wrong "has no meaning" remainder 1 --control "$(code $list 1)" \
	--input "${head}0000000000000000 00"
wrong "has no meaning" remainder 1 --control "$create" --output 00
wrong "is not there" missing 1 --control "$caps" --output 00
wrong "has no meaning" remainder 1 --control "$property" --result 5 \
	--output "0100000000000000 0000000000000000"

# ---- what cannot be read ---------------------------------------------------

misuse "hvpt decode: no --control given; try 'hvpt decode --help'" decode
misuse "hvpt decode: --control: must be a 64-bit number, not 'b1'" \
	decode --control b1
misuse "hvpt decode: --control: must be a 64-bit number, not '0x1" \
	decode --control 0x10000000000000000
misuse "call code 0x0047 is not known; 'hvpt abi' lists the codes" \
	decode --control 0x47
misuse "call code 0x009d is CREATE_PASID_SPACE: its layout is not public" \
	decode --control 0x9d
misuse "0x007e is RETARGET_INTERRUPT: docs/SPEC.md, part 3, has its layout" \
	decode --control 0x7e
misuse "hvpt decode: --control: needs a value" decode --control
misuse "hvpt decode: --json: takes no value" decode --json=x
misuse "hvpt decode: unknown option '--frobnicate'" decode --frobnicate
misuse "hvpt decode: 'more' is no option" decode --control "$create" more
misuse "hvpt decode: --result: must be a 64-bit number, not 'x'" \
	decode --control "$create" --result x
misuse "hvpt decode: --input: 'fff' ends in half a byte" \
	decode --control "$create" --input fff
misuse "hvpt decode: --input: '0x00' is not hexadecimal bytes" \
	decode --control "$create" --input 0x00
misuse "hvpt decode: --output: 'f f' is not hexadecimal bytes" \
	decode --control "$create" --output "f f"
misuse "hvpt decode: --input: is longer than a page, 4096 bytes" \
	decode --control "$create" --input "$(printf '%08194d' 0)"
printf '%08194d' 0 >in
misuse "hvpt decode: --input: is longer than a page, 4096 bytes" \
	decode --control "$create" --input -
printf '%032768d' 0 >in
misuse "hvpt decode: --input: has 32768 characters or more" \
	decode --control "$create" --input -
printf '00\00000' >in
misuse "hvpt decode: --input: '00?00' is not hexadecimal bytes" \
	decode --control "$create" --input -
: >in
what="hvpt decode --input - <&-"
hvpt decode --control "$create" --input - >out 2>err <&-
check "not exit 2" [ $? -eq 2 ]
says err "hvpt decode: --input: cannot read standard input"

# ---- hvpt abi: abi_check.py compares all of it -----------------------------

run 0 abi --help
says out "Usage: hvpt abi [--json]"
run 0 abi
silent err
says out "  32  8  page_table_root"
run 0 abi --json
check "no JSON" python3 -m json.tool out /dev/null
misuse "hvpt abi: 'more' is no option; try 'hvpt abi --help'" abi more
misuse "hvpt abi: --json: takes no value" abi --json=x
misuse "hvpt abi: --json: takes no value" abi --json=
misuse "hvpt abi: unknown option '--frobnicate'; try 'hvpt abi --help'" \
	abi --frobnicate
misuse "hvpt abi: unknown option '--jsno': did you mean '--json'?" abi --jsno
misuse "hvpt abi: unknown option '-j'; try 'hvpt abi --help'" abi -j
misuse "hvpt abi: --help: takes no value" abi --help=json
misuse "hvpt abi: '' is no option; try 'hvpt abi --help'" abi ''
misuse "hvpt abi: '-' is no option; try 'hvpt abi --help'" abi -
misuse "hvpt abi: '--json' is no option; try 'hvpt abi --help'" abi -- --json
misuse "hvpt abi: '177' is no option; try 'hvpt abi --help'" abi --json 177 2
misuse "hvpt: unknown command 'abl': did you mean 'abi'?" abl
for words in abi "abi --json"; do
	what="hvpt $words >&-"
	# shellcheck disable=SC2086 # words
	hvpt $words >&- 2>err
	check "not exit 2" [ $? -eq 2 ]
	says err "hvpt: cannot write standard output: Bad file descriptor"
done
run 0 abi --json
cp out once
run 0 abi --json --json --
check "not the same" cmp out once
finish
