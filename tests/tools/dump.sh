#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt dump. Usage: dump.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

pinned=$traces/../debugfs
tables=$pinned/tables.txt

# pinned NAME STATUS: text and JSON are those of the files
pinned() {
	run "$2" dump --debugfs "$pinned/$1.txt"
	silent err
	check "not $1.out" cmp out "$pinned/$1.out"
	run "$2" dump --debugfs "$pinned/$1.txt" --json
	silent err
	check "not $1.json" cmp out "$pinned/$1.json"
	check "no JSON" python3 -m json.tool out /dev/null
}

# refused LINE TEXT: what is in the file `bad` is refused, and nothing printed
refused() {
	run 2 dump --debugfs bad
	silent out
	lines err "" 1
	says err "hvpt dump: bad:$1: $2"
	run 2 dump --debugfs bad --json
	silent out
	says err "hvpt dump: bad:$1: $2"
}

# text LINE...: writes the file `bad`
text() {
	printf '%s\n' "$@" >bad
}

: >in
head='domain 3 last 0x7fffffffffff'
leaf='  0x1000 -> 0x5000 2^12 rwa-'

# ---- what is right ---------------------------------------------------------

run 0 dump --help
says out "hvpt dump --debugfs FILE"
pinned tables 0
pinned guest 0
pinned wrong 1

cp "$tables" in
run 0 dump --debugfs -
check "not the same from standard input" cmp out "$pinned/tables.out"
: >in
gzip -c "$tables" >tables.gz
if "$hvpt_path" dump --debugfs tables.gz >out 2>err; then
	check "not the same compressed" cmp out "$pinned/tables.out"
else
	says err "gzip"
fi
: >bad
run 0 dump --debugfs bad
says out "No domain."
run 0 dump --debugfs bad --json
check "no JSON" python3 -m json.tool out /dev/null
# A file of the kernel has the size 0, whatever is in it.
if [ -e /proc/version ]; then
	run 2 dump --debugfs /proc/version
	says err "/proc/version:1: not a line of the file 'tables': 'Linux"
fi

# ---- mappings that are wrong -------------------------------------------------

# problem LEAF TEXT: of the second leaf
problem() {
	text "$head" "$leaf" "$1" "end 2"
	run 1 dump --debugfs bad
	silent err
	lines out "WRONG: " 1
	says out "WRONG: $2 (line 3)"
	says out "1 mapping is wrong."
	run 1 dump --debugfs bad --json
	says out "\"problem\": \"$2\", \"line\": 3 }"
	says out "\"problems\": 1"
	check "no JSON" python3 -m json.tool out /dev/null
}

problem '  0x2800 -> 0x5000 2^12 rwa-' "the iova is not aligned to the size"
problem '  0x2000 -> 0x5010 2^12 rwa-' "the gpa is not aligned to the size"
problem '  0x201000 -> 0x200000 2^21 rwa-' \
	"the iova is not aligned to the size"
problem '  0x200000 -> 0x201000 2^21 rwa-' "the gpa is not aligned to the size"
problem '  0x2000 -> 0x6000 2^13 rwa-' "the size is not 4K, 2M or 1G"
problem '  0x2000 -> 0x6000 2^63 rwa-' "the size is not 4K, 2M or 1G"
problem '  0x800000000000 -> 0x6000 2^12 rwa-' \
	"the iova is above the domain's last"
problem '  0xffffffffffffffff -> 0x6000 2^0 rwa-' \
	"the size is not 4K, 2M or 1G"
problem '  0x2000 -> 0x10000000000000 2^12 rwa-' \
	"the gpa has more than 52 bits"
problem '  0x2000 -> 0x6000 2^12 r-ad' "dirty, but not writable"
problem '  0x1000 -> 0x6000 2^12 rwa-' \
	"the iova is not above that of the leaf before"
problem '  0x0 -> 0x6000 2^12 rwa-' \
	"the iova is not above that of the leaf before"

text "$head" '  0x0 -> 0x0 2^21 rwa-' "$leaf" "end 2"
run 1 dump --debugfs bad
says out "WRONG: it overlaps the leaf before (line 3)"

# ---- text that is wrong ------------------------------------------------------

text "hello"
refused 1 "not a line of the file 'tables': 'hello'"
text "$head" "" "end 0"
refused 2 "not a line of the file 'tables': ''"
text "domain x last 0x1000" "end 0"
refused 1 "not 'domain ID last IOVA': 'domain x last 0x1000'"
text "domain 3" "end 0"
refused 1 "not 'domain ID last IOVA': 'domain 3'"
text "$head 7" "end 0"
refused 1 "not 'domain ID last IOVA'"
text "domain 3 last 0x10000000000000000" "end 0"
refused 1 "not 'domain ID last IOVA'"
text "$leaf"
refused 1 "no domain before it"
text "end 0"
refused 1 "no domain before it: 'end 0'"
text "$head" "end"
refused 2 "not 'end COUNT': 'end'"
text "$head" "end none"
refused 2 "not 'end COUNT': 'end none'"
text "$head" "$leaf" "$head" "end 1"
refused 3 "the domain before has no 'end'"
for each in '  0x1000 -> 0x5000 2^12 rwa' '  0x1000 -> 0x5000 2^12 rwax' \
	'  0x1000 -> 0x5000 2^12 rwa--' '  0x1000 -> 0x5000 2^12 -wa-' \
	'  0x1000 -> 0x5000 2^64 rwa-' '  0x1000 -> 0x5000 4096 rwa-' \
	'  0x1000 => 0x5000 2^12 rwa-' '  0xg -> 0x5000 2^12 rwa-' \
	'  0x1000 -> 2^12 rwa-' '  0x1000' '  ..' '  ....' \
	'  0x1000 -> 0x5000 2^12 rw-'; do
	text "$head" "$each" "end 1"
	refused 2 "not '  IOVA -> GPA 2^SIZE rwad': '${each#  }'"
done
text "$head" "$leaf" "  ..." "$leaf" "end 2"
refused 4 "a line after '...'"

# Cut at any line, or within one: it is said where.
text "$head" "$leaf"
refused 2 "ends within a domain"
text "$head" "end 1"
refused 2 "the domain has 0 mappings, and should have 1: lines are missing"
text "$head" "$leaf" "end 0"
refused 3 "the domain has 1 mappings, and should have 0: lines are missing"
bytes=$(wc -c <"$tables")
cut=1
while [ "$cut" -lt "$bytes" ]; do
	head -c "$cut" "$tables" >bad
	# The line end of `end` may be missing, and a cut between two domains
	# leaves a whole file.
	case $(tail -n 1 bad) in
	"end 7" | "end 0")
		run 0 dump --debugfs bad
		;;
	*)
		run 2 dump --debugfs bad
		silent out
		says err "hvpt dump: bad:$(grep -c '' bad): "
		;;
	esac
	cut=$((cut + 3))
done

# ---- the command line --------------------------------------------------------

misuse "hvpt dump: no trace given, nor --memory or --debugfs; try" dump
run 2 dump --debugfs
says err "--debugfs"
misuse "hvpt dump: trace: No such file or directory" dump trace
misuse "hvpt dump: '2' is one word too many; try 'hvpt dump --help'" dump 1 2
misuse "a trace, --memory and --debugfs exclude each other" \
	dump trace --debugfs "$tables"
misuse "hvpt dump: --svg: the text has no tables" \
	dump --debugfs "$tables" --svg out
misuse "hvpt dump: --at, --domain and --root are not for --debugfs" \
	dump --debugfs "$tables" --at 3
misuse "--json and --svg exclude each other" dump trace --json --svg x.svg
run 2 dump --debugfs missing
says err "hvpt dump: missing: No such file or directory"
run 2 dump --debugfs .
says err "hvpt dump: ."
cp "$tables" both
# shellcheck disable=SC2094 # on purpose
hvpt dump --debugfs both >>both 2>err
check "wrote into its input" cmp both "$tables"

finish
