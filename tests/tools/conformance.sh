#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt conformance, and docs/CONFORMANCE.md, which has what it prints.
# Usage: conformance.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

run 0 conformance --help
says out "Usage: hvpt conformance"
silent err

run 0 conformance
says out "control.unknown-code           as stated  INVALID_HYPERCALL_CODE"
says out "2 not asked; 0 unexpected by guests"
silent err

run 0 conformance --passive
says out "domains.create                 not asked"
says out "(only questions that read are asked)"

run 0 conformance --json answers.json
says out "control.unknown-code"
run 0 conformance --json -
cmp -s out answers.json || fail "$what: not the same as in a file"
python3 - answers.json <<'PYTHON' || fail "$what: not what it should be"
import json
import sys
report = json.load(open(sys.argv[1]))
findings = report["findings"]
assert report["host"] == "model" and report["unexpected"] == 0
assert report["as_stated"] == sum(f["verdict"] == "as stated"
                                  for f in findings) > 0
assert report["open"] == sum(f["verdict"] == "open" for f in findings) > 0
assert len({f["id"] for f in findings}) == len(findings)
PYTHON

# The page has the questions as they are in the code, the model's answers, and
# those of all hosts in tests/data.
document=$here/../../docs/CONFORMANCE.md
run 0 conformance --page "$here"/../data/conformance/*.json
sed '1,/^<!-- hvpt conformance --page .* -->$/d' "$document" >page
cmp -s out page || fail "docs/CONFORMANCE.md: its end is not '$what'"

# Text of a report stays in its cell.
sed 's/"host": "model"/"host": "a|b"/; s/"note": "/&x|y<z /' \
	answers.json >cells.json
run 0 conformance --page cells.json
says out "| questions | model | a\\|b |"
says out "x\\|y&lt;z "
lines out "x|y" 0

# The model and QEMU's VT-d differ; a report does not differ from itself.
run 0 conformance --compare answers.json answers.json
says out " the same, 0 different, 0 with one answer"
qemu=$here/../data/conformance/qemu.json
run 1 conformance --compare answers.json "$qemu"
says out "A: model"
says out "B: qemu"
differ=$(sed -n 's/.* the same, \([0-9]*\) different.*/\1/p' out)
[ "$differ" -gt 0 ] || fail "$what: no difference"
[ "$(grep -c "^A  " out)" -eq "$differ" ] || fail "$what: not each is shown"
# One answer more, and one less.
sed 's/"status": 2,/"status": 3,/; /control.unknown-code/,/value/!b' \
	answers.json >other.json
run 1 conformance --compare answers.json other.json
says out "control.unknown-code           as stated  INVALID_HYPERCALL_CODE"
says out "control.unknown-code           as stated  INVALID_HYPERCALL_INPUT"
sed '/control.unknown-code/,/value/d' answers.json >less.json
run 1 conformance --compare answers.json less.json
says out "B  control.unknown-code           no answer"
says out " 0 different, 1 with one answer"
misuse "needs two reports" conformance --compare answers.json
run 2 conformance --compare answers.json nothing.json
says err "nothing.json: No such file or directory"
run 2 conformance --json other.json --compare answers.json answers.json
says err "exclude each other"

# The model as QEMU's VT-d: a limit of domains, and INVALID_PARAMETER for what
# is not there, are properties of the model; A and D are not.
run 0 conformance --fit "$qemu"
sed -n 1p out | grep -qx "# the model hypervisor, to answer as: qemu" ||
	fail "$what: not headed by the host"
sed -n 2p out | grep -q "^# [0-9]* the same, [0-9]* different, " ||
	fail "$what: the counts are not first"
says out "max_domains=0x40"
says out "unknown=0x5"
says out "# host   translation.dirty"
says out "# no answer shows: gone_stays frees_before_delete"
cp out host
run 0 conformance --model host --json fitted.json
says out "host: model, as host"
run 0 conformance
lines out "host: model" 1
lines out "host: model, as" 0
run 1 conformance --compare fitted.json "$qemu"
[ "$(sed -n 's/.* the same, \([0-9]*\) different.*/\1/p' out)" -lt \
	"$differ" ] || fail "$what: as different as before"
# Recorded traffic on it.
run 0 replay --quiet --model host --iova-form canonical --json replay.json \
	"$traces/modload-7.3-strict.txt.xz"
json replay.json 1 mismatches=0 stale_hits_after_sync=0
# And random traffic.
run 0 fuzz --ops 500 --model host
says out "4 levels, lower or canonical, seed 1"
says out "host            model, as host"
run 0 fuzz --ops 500
lines out "  host " 0
misuse "--fit needs one report" conformance --fit
misuse "--fit needs one report" conformance --fit a.json b.json
run 2 conformance --fit nothing.json
says err "nothing.json"
# What is wrong is said once.
echo "caps=what" >bad
run 2 conformance --model bad
says err "bad: line 1: not a number"
says err "'hvpt conformance --fit' makes such a file"
lines err "hvpt conformance: " 1
echo "capz=1" >bad
run 2 conformance --model bad
says err "bad: line 1: no such property: capz"
run 2 conformance --model "$qemu"
says err "qemu.json: line 1: not 'name=number'; 'hvpt conformance --fit' makes"
run 2 conformance --model nothing
says err "--model: nothing: No such file or directory"
lines err "hvpt conformance: " 1
run 2 conformance --host qemu --model host
says err "--model is for the host 'model'"

# Without QEMU, and with something that is none.
HVPT_QEMU=''
export HVPT_QEMU
run 2 conformance --host qemu
says err "no QEMU with such a VT-d"
HVPT_QEMU=/bin/false
run 2 conformance --host qemu
says err "QEMU ended before it answered"
unset HVPT_QEMU

misuse "hvpt conformance: unknown option '--what'; try" conformance --what
misuse "no host 'what': must be model or qemu" conformance --host what
misuse "for a Hyper-V, boot the disk of scripts/conformance-image" \
	conformance --host hyperv
misuse "--host: needs a value" conformance --host
misuse "--json: needs a value" conformance --json
misuse "--page and --json exclude each other" \
	conformance --json other.json --page
misuse "--page and --fit exclude each other" conformance --page --fit a.json
misuse "--passive: takes no value" conformance --passive=1
misuse "'a.json' is no option; --page, --compare and --fit take reports" \
	conformance a.json
run 2 conformance --page page
says err "page: line 2: not JSON of a report"
# The text in place of the report: of the command, the program, the module.
for first in "host: model" "hvpt conformance 1.0" "CPUID, with EAX"; do
	echo "$first" >text
	run 2 conformance --compare answers.json text
	says err "text: line 1: this is the text; the report is the .json"
done
# As editors of Windows save it.
{
	printf '\357\273\277'
	cat answers.json
} >mark.json
run 0 conformance --compare answers.json mark.json
iconv -f ASCII -t UTF-16 answers.json >wide.json
run 2 conformance --compare answers.json wide.json
says err "wide.json: line 1: this is UTF-16; a report is ASCII"
run 2 conformance --compare answers.json .
says err ".: Is a directory"
head -c 1048576 /dev/zero | tr '\0' ' ' >large.json
run 2 conformance --compare answers.json large.json
says err "large.json: is too large for a report"
# shellcheck disable=SC2046 # words
run 2 conformance --page $(yes answers.json | head -n 16)
says err "more than 15 reports"

finish
