#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt diff. Usage: diff.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

# figure NAME A B [DIFFERENCE [RATIO]]: the columns of a figure
figure() {
	checks=$((checks + 1))
	awk -v "name=$1" -v "rest=$2 $3${4:+ $4}${5:+ $5}" '
		$1 == name { $1 = ""; sub(/^ /, ""); if ($0 == rest) found = 1 }
		END { exit !found }' out ||
		fail "$what: $* is not a line"
}

# ---- reports -----------------------------------------------------------------

cat >a.json <<'END'
{
  "file": "a.txt", "events": 100, "bytes": 18446744073709551615,
  "ratio": 0.5, "zero": 0, "minus": -5, "big": 1e3, "name": "one",
  "ok": true, "none": null, "gone": 7,
  "nested": { "deep": { "deeper": 1 } }, "empty": {},
  "rows": [
    { "backend": "hvpt", "levels": 4, "row": "map", "ns": 10.5 },
    { "backend": "hvpt", "levels": 5, "row": "map", "ns": 12 }
  ],
  "series": [ [1, 2], [3, 4], [5, 6] ]
}
END
cat >b.json <<'END'
{ "ratio": 0.25, "file": "b.txt", "events": 150, "new": "x\"y",
  "bytes": 18446744073709551614, "zero": 3, "minus": 5, "big": 1e3,
  "name": "two", "ok": false, "none": null,
  "nested": { "deep": { "deeper": 1 } }, "empty": {},
  "rows": [
    { "backend": "hvpt", "levels": 5, "row": "map", "ns": 6 },
    { "backend": "other", "levels": 4, "row": "map", "ns": 1 }
  ],
  "series": [] }
END
run 1 diff a.json b.json
silent err
says out "A  a.json"
says out "B  b.json"
figure events 100 150 +50 1.5
figure bytes 18446744073709551615 18446744073709551614 -1 1
figure ratio 0.5 0.25 -0.25 0.5
figure zero 0 3 +3
figure minus -5 5 +10 -1
figure big 1e3 1e3 0 1
figure name one two differs
figure ok true false differs
figure none null null same
figure gone 7 - "only in A"
figure new - 'x"y' "only in B"
figure nested.deep.deeper 1 1 0 1
figure "rows[hvpt,4,map].ns" 10.5 - "only in A"
figure "rows[hvpt,5,map].ns" 12 6 -6 0.5
figure "rows[other,4,map].ns" - 1 "only in B"
figure series.length 3 0 -3 0
lacks out "file"
says out "13 in both, 9 of them changed; 2 only in A, 2 only in B"
# The order is that of A, then what only B has.
awk 'NR > 4 && NF { print $1 }' out | head -n 9 | tr '\n' ' ' >order
check "another order" grep -q \
	"^events bytes ratio zero minus big name ok none " order
check "B's own are not last" sh -c \
	'tail -n 4 out | head -n 1 | grep -q "^new "'
run 1 diff a.json b.json --changed
lacks out same
lacks out nested
figure events 100 150 +50 1.5
run 1 diff --json a.json b.json
check "no JSON" python3 -m json.tool out /dev/null
says out '"name": "events", "in": "both", "a": 100, "b": 150, '
says out '"a": 100, "b": 150, "difference": 50, "ratio": 1.5 }'
says out '"name": "new", "in": "b", "a": null, "b": "x\"y"'
says out '"name": "name", "in": "both", "a": "one", "b": "two" }'
run 1 diff --json --changed a.json b.json
lacks out '"name": "none"'
run 0 diff a.json a.json
lines out "0 of them changed; 0 only in A, 0 only in B" 1
run 0 diff --changed --json a.json a.json
check "no JSON" python3 -m json.tool out /dev/null
says out '"figures": []'
cp b.json in
run 1 diff a.json -
figure events 100 150 +50 1.5
: >in
xz -k a.json
if "$hvpt_path" diff a.json a.json.xz >out 2>err; then
	silent err
else
	says err xz
fi

# Objects that begin alike keep their order; several reports are an array.
echo '{"l": [{"n": "x", "v": 1, "w": 0}, {"n": "x", "v": 2, "w": 0}]}' >twice
sed s/2/5/ twice >again
run 1 diff twice again
figure "l[x].v" 2 5 +3 2.5
figure "l[x].v" 1 1 0 1
echo '[{"file": "a", "n": 1}, {"file": "b", "n": 2}]' >two
echo '[{"file": "c", "n": 1}, {"file": "d", "n": 3}]' >three
run 1 diff two three
figure "[1].n" 2 3 +1 1.5
lacks out length

# ---- traces -----------------------------------------------------------------

{
	map 0x1000 0x5000 1
	map 0x2000 0x9000 1
} >short
{
	map 0x1000 0x5000 1
	map 0x2000 0x9000 1
	unmap 0x1000 1
} >long
run 1 diff short long
figure events 2 3 +1 1.5
figure left_mapped_bytes 8192 4096 -4096 0.5
figure policy two-block two-block same
run 0 diff short short
hvpt replay --quiet --json short.json short
run 0 diff short.json short
run 1 diff long short.json --changed
figure unmaps 1 0 -1 0

# ---- input that is wrong ----------------------------------------------------

# wrong LINE TEXT JSON...
wrong() {
	line=$1
	text=$2
	shift 2
	printf '%s\n' "$@" >bad
	misuse "hvpt diff: bad:$line: $text" diff a.json bad
}
wrong 3 "not JSON here" '{' '"a": 1,' 'b: 2 }'
wrong 1 "a value is missing" '{ "a": 1, "b": }'
wrong 2 "not JSON here" '{ "a": 1'
wrong 1 "not JSON here" '{ "a": 1 } 2'
wrong 1 "not JSON here" '{ "a": 01 }'
wrong 1 "not JSON here" '{ "a": 1. }'
wrong 1 "a value is missing" '{ "a": NaN }'
wrong 1 "not JSON here" '{ "a": "x }' '}'
wrong 2 "not JSON here" '[ { "a": 1' ']'
wrong 1 "objects and arrays are nested too deeply" \
	"$(printf '%040d' 0 | sed 's/0/{"a":/g')"
wrong 1 "a name is longer than 500 characters" \
	"$(printf '%020d' 0 |
		sed "s/0/{\"$(printf '%060d' 0 | tr 0 n)\":/g")"
echo '{}' >bad
misuse "hvpt diff: bad: it has no figures" diff a.json bad
: >bad
misuse "hvpt diff: bad: it is empty" diff bad a.json
misuse "hvpt diff: none: No such file or directory" diff a.json none
misuse "have no figure in common: they are reports of different kinds" \
	diff a.json twice
echo "hello" >bad
misuse "bad: error: it has no map or unmap event" diff a.json bad
cp short in
misuse "only a report in JSON is read from there; hvpt replay --json - makes" \
	diff a.json -
: >in
misuse "hvpt diff: only one of the two can be standard input" diff - -
misuse "hvpt diff: two traces or reports are needed" diff a.json
misuse "hvpt diff: only two can be compared" diff a.json b.json a.json
misuse "hvpt diff: unknown option '--frobnicate'" diff --frobnicate
head -c 1100000 /dev/zero | tr '\0' ' ' >bad
misuse "hvpt diff: bad: " diff a.json bad
# A comparison that cannot be written is no difference.
for json in "" --json; do
	what="hvpt diff $json >/dev/full"
	hvpt diff a.json b.json $json >/dev/full 2>err
	check "exit $?, not 2" [ $? -eq 2 ]
	lines err "hvpt: cannot write standard output" 1
done
run 0 diff --help
says out "[options] A B"
finish
