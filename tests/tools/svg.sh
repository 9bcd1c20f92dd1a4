#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt dump --svg, with graphviz. Usage: svg.sh TRACES COMMAND
. "$(dirname "$0")/lib.sh"
if ! command -v dot >dot.txt; then
	echo "SKIP: no dot; it is in the package graphviz"
	exit 77
fi

{
	kmap 0xa 0x1000 0x5000 2 3
	kmap 0xb 0x200000 0x40000000 512 1
} >trace
run 0 dump trace --svg out.svg
silent out err
check "no whole SVG" python3 -c \
	'import xml.etree.ElementTree as x; x.parse("out.svg")'
cp out.svg out
for text in "domain 0xa" "domain 0xb" "PML4 table" "1 of 2M" "2 of 4K"; do
	says out ">$text<"
done
lacks out red
cp out.svg first
run 0 dump trace --svg -
silent err
check "not the same on standard output" cmp out first
run 0 dump trace --svg - --domain 10
lacks out "domain 0xb"

# A table that points at itself is red.
python3 -c 'import sys
sys.stdout.buffer.write((0x1027).to_bytes(8, "little").rjust(4104, b"\0")
                        .ljust(8192, b"\0"))' >loop
run 0 dump --memory loop --root 0x1000 --svg -
says out ">1 wrong<"
says out red

# Without graphviz, its package is named; a file that was there is as it was,
# and there is no new one.
mkdir nowhere
no_dot() {
	PATH=$dir/nowhere "$hvpt_path" dump trace --svg none.svg >out 2>err
	check "exit $?, not 2" [ $? -eq 2 ]
	says err "there is no program dot; install the package graphviz"
}
no_dot
check "wrote" [ "$(echo none*)" = "none*" ]
echo before >none.svg
no_dot
check "changed the file" [ "$(cat none*)" = before ]
misuse "will not write trace: it is the trace" dump trace --svg trace
misuse "cannot write none/x.svg: there is no folder none" \
	dump trace --svg none/x.svg
finish
