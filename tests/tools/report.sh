#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt report, without a browser. Usage: report.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

# figure FILE KEY=VALUE...: of the JSON of a report
figure() {
	checks=$((checks + 1))
	"$here/report_check.py" "$@" 2>>err || fail "$what: JSON: $*"
}

# A library that is there, whatever is installed.
echo "window.vega = '</script><SCRIPT>';" >library.js
library="--library library.js"

run 0 report --help
says out "hvpt report [options] -o FILE.html|DIR TRACE"
says out "it is of a part of the trace"

# The figures are those of replay, which a model of the hypervisor counts.
for name in nvme-ext4 modload vfio; do
	trace=$traces/$name-7.3-strict.txt.xz
	for lazy in 1 64; do
		run 0 report "$trace" --json report.json --lazy $lazy
		silent out err
		policies="cover two-block exact"
		[ "$name" != vfio ] || policies=two-block
		for policy in $policies; do
			hvpt replay --quiet --json replay.json --lazy $lazy \
				--policy "$policy" "$trace"
			figure report.json --replay replay.json
		done
	done
done

# What docs/REPORT.md says of them
doc=$here/../../docs/REPORT.md
run 0 report "$traces/nvme-ext4-7.3-strict.txt.xz" --json quoted.json
figure quoted.json --quoted "$doc" maps unmaps table_pages_peak scatter_lists \
	flush_strict_two_block_calls flush_lazy_two_block_calls \
	flush_lazy_forced flush_strict_cover_over_flushed_pages \
	leaves_merged_2m=0
run 0 report "$traces/vfio-7.3-strict.txt.xz" --json quoted.json
figure quoted.json --quoted "$doc" leaves_obtained_2m leaves_aligned_2m \
	flush_strict_cover_over_flushed_pages flush_strict_pages_asked \
	flush_strict_two_block_over_flushed_pages flush_lazy_two_block_calls \
	flush_strict_two_block_calls

# Times, tasks, areas, lifetimes, and what is left.
{
	kmap 0xa 0x1000 0x50000 1 3
	kmap 0xa 0x2000 0x60000 1 3
	kmap 0xa 0x3000 0x61000 1 3
	kmap 0xa 0x9000 0x70000 1 3
	kunmap 0xa 0x2000 1
	kmap 0xa 0x2000 0x80000 1 1
	kmap 0xa 0x3000 0x90000 2 3
	kunmap 0xa 0x100000 1
	kmap 0xb 0x200000 0x40000000 1024 3
	kunmap 0xb 0x200000 512
} | sed 's/dd-1/fio-7/' >small.txt
run 0 report small.txt --json -
silent err
cp out small.json
figure small.json events=10 maps=7 unmaps=3 domains=2 double_maps=1 \
	unknown_unmaps=1 early_reuses=1 partial_unmaps=1 never_unmapped=5 \
	left_mappings=5 left_mapped_bytes=2113536 left_areas=3 \
	peak_mapped_bytes=4210688 scatter_lists=4 leaves_obtained_2m=2 \
	leaves_obtained_4k=5 duration_ns=0
figure small.json suspicious.0.kind=double-map suspicious.0.task=fio \
	suspicious.0.pid=7 suspicious.0.iova=0x3000 suspicious.0.domain=0xa \
	suspicious.0.line=7 suspicious.0.other_task=fio \
	suspicious.1.kind=unknown-unmap suspicious.1.iova=0x100000 \
	suspicious.2.kind=early-reuse suspicious.2.iova=0x2000 \
	suspicious.3.kind=never-unmapped largest.0.bytes=4194304 \
	largest.0.memory=0x40000000 largest.0.lived=None \
	largest.1.bytes=4096 tasks.0.task=fio tasks.0.left=5 \
	tasks.0.suspicious=2

# Time buckets: one event in each of 1000 s.
for second in $(seq 0 999); do
	map $((second * 8192 + 4096)) 0x40000000 1 |
		sed "s/ 1\\.0:/ $second.5:/"
done >long.txt
run 0 report long.txt --json long.json
figure long.json maps=1000 left_areas=1000 duration_ns=999000000000 \
	reuse_first_use=1000 backwards=0
figure long.json --timeline 1000

# Events that are older than the one before, and no times at all.
{
	map 0x1000 0x50000 1 | sed 's/ 1\.0:/ 2.0:/'
	unmap 0x1000 1
} >back.txt
run 0 report back.txt --json back.json
figure back.json backwards=1 duration_ns=0
map 0x1000 0x50000 1 | sed 's/^.*: map:/map:/' >timeless.txt
run 0 report timeless.txt --json timeless.json
figure timeless.json unit=events tasks.0.task= largest.0.pid=None \
	largest.0.domain=None

# From a pipe; the page is one file, and a script in it cannot end early.
# shellcheck disable=SC2086 # options are words
{
	xz -dc "$modload" >in
	run 0 report - -o page.html $library
	silent out err
	: >in
	lacks page.html '"file": "<stdin>"'
	says page.html '"file": "\u003cstdin>"'
	says page.html "window.vega = '<\\/script><SCRIPT>';"
	lines page.html "<script>" 2
	lines page.html "</script>" 3

	# a folder gets both
	run 0 report small.txt -o folder/ $library
	figure folder/report.json events=10
	run 0 report small.txt -o folder $library
	[ "$(ls folder)" = "report.html
report.json" ] || fail "$what: $(ls folder)"
	run 0 report small.txt -o - $library
	says out "<!doctype html>"
	misuse "-o and --json are the same" report small.txt -o - --json -

	# odd and malformed input; an earlier page stays
	echo before >page.html
	cp page.html kept.html
	: >empty.txt
	printf 'hello\nworld\n' >words.txt
	printf 'PERFILE2 and more' >perf.data
	printf '\377\376m\0a\0p\0' >wide.txt
	head -c 4000 "$modload" >cut.txt.xz
	{
		map 0x1000 0x50000 1
		echo ' dd-1 [000] .... 1.0: map: IOMMU: iova=0x1001 -'
	} >bad.txt
	for case in "none.txt:No such file or directory" \
		"empty.txt:it has no map or unmap event" \
		"words.txt:it has no map or unmap event" \
		"perf.data:perf script" "wide.txt:UTF-16" \
		".:Is a directory"; do
		misuse "${case%%:*}: error: " report "${case%%:*}" \
			-o page.html $library
		says err "${case#*:}"
		cmp -s page.html kept.html || fail "$what: wrote page.html"
	done
	run 1 report cut.txt.xz -o cut.html --json cut.json $library
	says err "ended early after"
	says cut.html '"complete": false'
	figure cut.json complete=False
	{
		map 0x1000 0x50000 1
		printf ' dd-1 [000] .... 1.0: map: IOMMU: iova=0x1000 -'
	} >middle.txt
	run 1 report middle.txt -o middle.html --json middle.json $library
	says err "it ends in the middle of line 2"
	says middle.html '"complete": false'
	figure middle.json complete=False maps=1 malformed=1
	# without the last line end all the same whole
	printf '%s' "$(map 0x1000 0x50000 1)" >whole.txt
	run 0 report whole.txt --json whole.json
	figure whole.json complete=True maps=1
	run 0 report bad.txt --json bad.json
	says err "bad.txt:2: the end of the iova range is not a 64-bit number"
	figure bad.json malformed=1 maps=1
	{
		echo 'CPU:0 [LOST 12 EVENTS]'
		map 0x1000 0x50000 1
		map 0x1000 0x60000 1
	} >lost.txt
	run 0 report lost.txt --json lost.json
	says err "lost.txt:1: note: the tracer lost events"
	says err "note: 1 double maps, and no event names its domain"
	figure lost.json lost=12 double_maps=1
	run 0 report --quiet lost.txt --json lost.json
	silent err
	kmap 0xa 0x1000 0x10000000000000 1 3 >high.txt
	kmap 0xa 0x1000000000000 0x1000 1 3 >>high.txt
	run 0 report high.txt --json high.json
	figure high.json refused=2 maps=0
	run 0 report high.txt --json high.json --levels 5
	figure high.json refused=1 maps=1
	printf ' a<b</script>-1 [000] .... 1.0: %s\n' \
		"$(map 0x1000 0x50000 1 | sed 's/.*map:/map:/')" >script.txt
	run 0 report script.txt -o script.html $library
	lines script.html "</script>" 3
	says script.html '"task": "a\u003cb\u003c/script>"'
}

# options
misuse "hvpt report: no trace given; try 'hvpt report --help'" report
misuse "one trace at a time; hvpt diff compares two reports" \
	report small.txt small.txt -o page.html
misuse "nothing to write; -o FILE.html writes the page, --json FILE the" \
	report small.txt
misuse "hvpt report: -o and --json are the same file" \
	report small.txt -o x --json x
misuse "hvpt report: --lazy: must be 1 .. 1024, not '1025'" \
	report small.txt -o x --lazy 1025
misuse "--lazy: must be 1 .. 1024, not '0'" report small.txt -o x --lazy 0
misuse "hvpt report: --levels: must be 4 or 5, not '3'" \
	report small.txt -o x --levels 3
misuse "hvpt report: --output: needs a name" report small.txt -o ''
misuse "hvpt report: -o: needs a value" report small.txt -o
misuse "unknown option '--frobnicate'; try 'hvpt report --help'" \
	report --frobnicate
misuse "cannot read nowhere: No such file or directory; install the Debian" \
	report small.txt -o x --library nowhere
mkdir -p half
misuse "cannot read half/vega-util.min.js: No such file or directory; install" \
	report small.txt -o x --library half
: >half/vega-util.min.js
misuse "--library half: vega-util is not Vega" \
	report small.txt -o x --library half
misuse "--library small.txt: it is not Vega" \
	report small.txt -o x --library small.txt
misuse "will not write small.txt: it is the trace" \
	report small.txt --json small.txt
misuse "cannot write none/x.html: there is no folder none" \
	report small.txt -o none/x.html --library library.js
misuse "cannot make none/x/: No such file or directory" \
	report small.txt -o none/x/ --library library.js
[ ! -e x ] || fail "a wrong option wrote a file"
run 2 report small.txt --json /dev/full
says err "cannot write /dev/full: No space left on device"

# A file is written whole, or stays as it was; so do all others.
# shellcheck disable=SC2086 # options are words
{
	# none of two is replaced if one cannot be written
	echo before >whole.html
	run 2 report small.txt -o whole.html --json /dev/full $library
	[ "$(cat whole.html)" = before ] || fail "$what: wrote whole.html"
	run 2 report small.txt -o absent.html --json /dev/full $library
	[ ! -e absent.html ] || fail "$what: wrote absent.html"
	# no name that somebody could foresee is opened
	echo victim >victim
	ln -s victim whole.html.new
	run 0 report small.txt -o whole.html $library
	[ "$(cat victim)" = victim ] || fail "$what: wrote through a link"
	[ -h whole.html.new ] || fail "$what: removed a link"
	rm whole.html.new
	# the mode stays, and a new file has the usual one
	chmod 600 whole.html
	run 0 report small.txt -o whole.html $library
	[ "$(stat -c %a whole.html)" = 600 ] || fail "$what: changed the mode"
	umask 027
	run 0 report small.txt -o new.html $library
	umask 022
	[ "$(stat -c %a new.html)" = 640 ] || fail "$what: not the usual mode"
	# a link stays, and its file is written
	echo before >whole.html
	ln -s whole.html link.html
	run 0 report small.txt -o link.html $library
	[ -h link.html ] || fail "$what: replaced a link"
	says whole.html "<!doctype html>"
	ln -s nothing loose.html
	misuse "cannot write loose.html: it is a link to nothing" \
		report small.txt -o loose.html $library
	# a file that is read-only stays, for root too
	echo before >fixed.html
	chmod 400 fixed.html
	misuse "cannot write fixed.html: it is read-only" \
		report small.txt -o fixed.html $library
	[ "$(cat fixed.html)" = before ] || fail "$what: wrote fixed.html"
}
# left [WHEN]: nothing is left but what was asked for
left() {
	checks=$((checks + 1))
	[ "$(echo ./*.new-*)" = "./*.new-*" ] ||
		fail "$what: a file is left: $*"
}
left

# Ctrl-C: what was read until then, on a terminal whose progress is shown.
what="hvpt report, interrupted"
checks=$((checks + 1))
yes "$(map 0x1000 0x50000 1)" | timeout -s KILL 60 "$here/terminal.py" \
	--interrupt "events/s" "$hvpt_path" report - -o slow.html \
	--json slow.json --library library.js >out 2>err
[ $? -eq 1 ] || fail "$what: not exit 1"
says err "<stdin>: ended early after"
says err "interrupted"
says slow.html '"ended": "interrupted"'
figure slow.json complete=False ended=interrupted
# and while it waits for a pipe, which stays open
mkfifo pipe
exec 3<>pipe
cat long.txt bad.txt >&3 &
checks=$((checks + 1))
timeout -s KILL 60 "$here/terminal.py" --interrupt "<stdin>:1002" \
	"$hvpt_path" report - --json wait.json <pipe >out 2>err
[ $? -eq 1 ] || fail "$what: not exit 1 while it waits"
figure wait.json complete=False ended=interrupted events=1001
# and before it knows what it reads: nothing is written, and nothing left
checks=$((checks + 1))
for signal in TERM HUP; do
	"$hvpt_path" report pipe -o early.html --library library.js \
		>out 2>err &
	pid=$!
	until ls ./*.new-* >ls.txt 2>&1 || ! kill -0 $pid; do
		sleep 0.1
	done
	kill -$signal $pid
	wait $pid
	[ $? -eq 2 ] || fail "$what: not exit 2 when it waits, SIG$signal"
	says err "pipe: error: interrupted"
	[ ! -e early.html ] || fail "$what: early.html is written"
	left SIG$signal
done
exec 3>&-
# and a reader who goes away
checks=$((checks + 1))
"$hvpt_path" report small.txt -o - --json pipe.json --library library.js \
	2>err | true
left SIGPIPE
finish
