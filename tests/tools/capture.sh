#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt capture, on a folder that looks like tracefs (fake_tracefs.c). Usage:
# capture.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

# shellcheck source=tests/tools/machine.sh
. "$here/machine.sh"

# ---- what it does ----------------------------------------------------------

fresh
run 0 capture --time 5m -o trace.txt -- true
silent out
says err "hvpt capture: 3 events in trace.txt; the command ended"
check "not what the tracer wrote" cmp "$HVPT_ROOT/instance/trace_pipe" trace.txt
says "$probed" "p:hvpt/kmap iommu_map_nosync dom=%"
says "$probed" "p:hvpt/kunmap __iommu_unmap dom=%"
says "$probed" "-:hvpt/kmap"
says "$probed" "-:hvpt/kunmap"
undone
run 0 replay --quiet --json json trace.txt
json json 1 maps=2 unmaps=1 named=3 mismatches=0

fresh
run 0 capture -o trace.txt.xz -- true
xz -dc trace.txt.xz >plain
check "not what the tracer wrote" cmp "$HVPT_ROOT/instance/trace_pipe" plain
undone
run 0 capture --events 2 -o - -- sleep 100
lines out ": unmap: " 0
lines out ": map: " 2
says err "2 events in -; enough events"
run 0 capture --time 1 -o trace.txt
says err "3 events in trace.txt; the time is up"
run 1 capture -o trace.txt -- false
says err "hvpt capture: false failed"
run 0 capture -o trace.txt sh -c 'exit 0' --time
undone

# A signal ends it; what was recorded is whole.
for signal in INT TERM HUP; do
	fresh
	run 0 capture -o cut.txt.xz -- \
		sh -c "sleep 1; kill -$signal \$PPID; exec sleep 100"
	says err "3 events in cut.txt.xz; interrupted"
	check "xz -t" xz -t cut.txt.xz
	undone
done

# ---- a dry run -------------------------------------------------------------

fresh
find "$HVPT_ROOT" -type f -exec cksum {} + | sort >before
run 0 capture --dry-run -o none.txt -- fio job.fio
silent err
find "$HVPT_ROOT" -type f -exec cksum {} + | sort >after
check "changed something" cmp before after
check "wrote" [ ! -e none.txt ]
for line in "mkdir $made" "write $made/buffer_size_kb: 16384" \
	"write $made/events/iommu/map/enable: 1" \
	"write $made/events/hvpt/kunmap/enable: 1" \
	"read  $made/trace_pipe" "undo: rmdir $made" \
	"undo: write $probed: -:hvpt/kmap" "write none.txt with the events" \
	"run   fio job.fio"; do
	lines out "$line" 1
done

# On a machine that cannot record: the plan, then all that is missing.
fresh
rm -r "$HVPT_ROOT/sys/kernel/iommu_groups" "$tracing/events/iommu/unmap"
run 2 capture --dry-run -o none.txt
lines out "mkdir $made" 1
says err "no IOMMU group in"
says err "no event iommu:unmap"
lines err "" 2
rm "$probed"
run 2 capture --dry-run -o none.txt
lacks out "kprobe_events"
says err "note: this kernel has no kprobes; events do not name their domain"
lines err "kprobes" 1
rm -r "$tracing"
run 2 capture --dry-run -o none.txt
lines out "mkdir $made" 1
says err "no tracefs at $tracing"

# ---- a machine that cannot record -------------------------------------------

# refused TEXT [ARGUMENT...]: and nothing is made
refused() {
	text=$1
	shift
	rm -f refused.txt
	misuse "$text" capture "$@" -o refused.txt -- true
	check "wrote" [ ! -e refused.txt ]
	undone
}
fresh
rm -r "$tracing"
refused "no tracefs at $tracing; as root: mount -t tracefs tracefs"
fresh
mkdir -p "$HVPT_ROOT/sys/kernel/debug"
mv "$tracing" "$HVPT_ROOT/sys/kernel/debug/tracing"
run 0 capture --dry-run -o trace.txt
says out "mkdir $HVPT_ROOT/sys/kernel/debug/tracing/instances/hvpt"
fresh
rm "$tracing/events/iommu/map/enable"
refused "no event iommu:map in this kernel"
fresh
rmdir "$HVPT_ROOT/sys/kernel/iommu_groups/0"
refused "no IOMMU group in $HVPT_ROOT/sys/kernel/iommu_groups: no device is"
fresh
mkdir "$made"
misuse "$made exists: a killed hvpt left it; 'hvpt capture --undo' removes \
it" capture -o refused.txt -- true
check "removed it" [ -e "$made" ]
echo "p:hvpt/kmap iommu_map dom=%di:x64" >"$probed"
run 0 capture --undo
silent out
says err "hvpt capture: removed instances/hvpt"
says err "hvpt capture: removed the kprobes of the group hvpt"
check "left it" [ ! -e "$made" ]
lines "$probed" "-:hvpt/kmap" 1
lines "$probed" "-:hvpt/kunmap" 0
: >"$probed"
run 0 capture --undo
says err "hvpt capture: nothing to undo"
silent out "$probed"

# ---- two at a time ----------------------------------------------------------

# While one records, another one changes nothing, and says who it is.
fresh
mkfifo hold
hvpt capture -o live.txt -- sh -c 'echo $PPID >recorder; read -r _ <hold' \
	>live.out 2>live.err <in &
recorder=$!
until [ -s recorder ]; do sleep 0.1; done
find "$HVPT_ROOT" -type f -exec cksum {} + | sort >before
for arguments in --undo "-o other.txt -- true" "--dry-run -o other.txt"; do
	# shellcheck disable=SC2086 # words
	run 2 capture $arguments
	says err "another hvpt records now (pid $(cat recorder)); nothing was \
changed"
done
misuse "hvpt watch: another hvpt records now (pid " watch -- true
find "$HVPT_ROOT" -type f -exec cksum {} + | sort >after
check "changed something" cmp before after
check "wrote" [ ! -e other.txt ]
echo >hold
what="the first"
wait "$recorder"
check "exit $?" [ "$?" -eq 0 ]
says live.err "3 events in live.txt; the command ended"
undone

# A recorder whose tracer is switched off by others says so.
fresh
run 2 capture -o off.txt -- sh -c "sleep 1; echo 0 >$made/tracing_on; sleep 100"
says err "hvpt capture: something else switched the tracer off: what came"
says err "hvpt capture: 3 events in off.txt; an error"
undone

# ---- a command that does not end -------------------------------------------

# The tracer is given back at once; the second signal ends the wait.
fresh
cat >stubborn <<-'SH'
	trap '' TERM INT
	echo $PPID >waiting
	kill -INT $PPID
	while [ ! -e stop ]; do sleep 0.1; done
SH
what="a command that ignores SIGTERM"
: >wait.err
hvpt capture -o wait.txt -- sh stubborn >wait.out 2>wait.err <in &
capture=$!
until grep -q "waiting for sh (pid [0-9]*); Ctrl-C ends without it" wait.err
do
	sleep 0.1
done
undone
says wait.err "3 events in wait.txt; interrupted"
kill -INT "$(cat waiting)"
wait "$capture"
check "exit $?" [ "$?" -eq 0 ]
says wait.err "still runs"
: >stop

# Not root: nobody may not enter the folder, if it can run hvpt at all.
chmod 755 "$dir"
fresh
chmod 700 "$tracing"
what="not root"
nobody="setpriv --reuid 65534 --clear-groups"
[ "$(id -u)" -eq 0 ] || {
	chmod 0 "$tracing"
	nobody=
}
if $nobody "$hvpt_path" --version >out 2>err; then
	$nobody "$hvpt_path" capture -o refused.txt -- true >out 2>err
	says err "$tracing: not permitted; run it as root"
	mkdir -p "$HVPT_ROOT/sys/kernel/security"
	echo "none integrity [confidentiality]" \
		>"$HVPT_ROOT/sys/kernel/security/lockdown"
	$nobody "$hvpt_path" capture -o refused.txt -- true >out 2>err
	says err "the kernel is locked down (confidentiality)"
fi
chmod 700 "$tracing"

# ---- on the way ------------------------------------------------------------

# breaks TEXT: the recording fails, and all is taken back; a file that was there
# is as it was, and there is no new one
breaks() {
	reason=$1
	for name in broken.txt broken.txt.xz; do
		rm -f broken*
		run 2 capture -o $name -- true
		says err "$reason"
		undone
		check "wrote" [ "$(echo broken*)" = "broken*" ]
		echo before >$name
		run 2 capture -o $name -- true
		check "changed the file" [ "$(cat broken*)" = before ]
	done
}
fresh
rm -r "$HVPT_ROOT/instance"
breaks "cannot make $made: Cannot allocate memory; a smaller --buffer"
fresh
rm "$HVPT_ROOT/instance/trace_pipe"
breaks "cannot open the tracer's pipe: No such file or directory"
fresh
rm "$HVPT_ROOT/instance/trace_pipe"
mkdir "$HVPT_ROOT/instance/trace_pipe"
breaks "cannot read the tracer: Is a directory"
fresh
rm "$HVPT_ROOT/instance/events/iommu/unmap/enable"
breaks "cannot write $made/events/iommu/unmap/enable: No such file"
fresh
rm "$HVPT_ROOT/instance/buffer_size_kb"
mkdir "$HVPT_ROOT/instance/buffer_size_kb"
breaks "cannot write $made/buffer_size_kb: Is a directory"
fresh
# An emulator forks where posix_spawn() shares memory, and reports no error.
if [ ! -e hvpt.sh ]; then
	rm -f trace.txt*
	run 2 capture -o trace.txt -- ./no-such-command
	check "wrote" [ "$(echo trace.txt*)" = "trace.txt*" ]
	says err "cannot run ./no-such-command: No such file or directory"
	undone
fi
if [ -e /dev/full ]; then
	run 2 capture -o /dev/full -- true
	says err "cannot write /dev/full: No space left on device"
	undone
fi
fresh
: >"$HVPT_ROOT/busy"
run 2 capture -o trace.txt -- true
says err "cannot undo $made: Device or resource busy; 'hvpt capture --undo'"
# It was recorded: that is kept.
lines trace.txt ": map: " 2
rm "$HVPT_ROOT/busy"
run 0 capture --undo
check "left it" [ ! -e "$made" ]

# Without kprobes there is a recording, and a note.
fresh
rm "$probed"
run 0 capture -o trace.txt -- true
says err "note: this kernel has no kprobes; events do not name their domain"
lines err "kprobe" 1
says err "3 events in trace.txt"
: >"$probed"
undone
fresh
: >"$HVPT_ROOT/proc/kallsyms"
run 0 capture -o trace.txt -- true
says err "note: no iommu_map() in /proc/kallsyms, so no kprobe"
check "a kprobe" [ ! -s "$probed" ]
fresh
echo "CPU:1 [LOST 17 EVENTS]" >"$HVPT_ROOT/instance/trace_pipe"
run 0 capture -o trace.txt -- true
says err "note: the tracer lost 17 events; a larger --buffer loses fewer"
says err "note: no event: no driver mapped memory"
# Longer than what it replaces, and nothing at all.
yes old | head -n 1000 >trace.txt
run 0 capture -o trace.txt -- true
check "the old end is left" cmp "$HVPT_ROOT/instance/trace_pipe" trace.txt
: >"$HVPT_ROOT/instance/trace_pipe"
run 0 capture -o trace.txt -- true
silent trace.txt

# ---- JSON: tool_schemas has the rest ---------------------------------------

# told TEXT...: the JSON has them
told() {
	check "no JSON" python3 -m json.tool json /dev/null
	for text in "$@"; do
		says json "$text"
	done
}
fresh
run 0 capture --json json -o trace.txt -- true
silent out
told '"file": "trace.txt"' '"ended": "command"' '"events": 3' '"maps": 2' \
	'"unmaps": 1' '"lost": 0' '"missing": ['
lacks json '"kprobes"'
echo "CPU:1 [LOST 17 EVENTS]" >"$HVPT_ROOT/instance/trace_pipe"
echo "CPU:1 [LOST EVENTS]" >>"$HVPT_ROOT/instance/trace_pipe"
: >"$HVPT_ROOT/proc/kallsyms"
run 0 capture --json - --time 1 -o trace.txt
mv out json
told '"ended": "time"' '"events": 0' '"lost": 17' '"lost_unknown": 1' \
	'"kprobes"'
fresh
rm "$HVPT_ROOT/instance/trace_pipe"
rm -f trace.txt
run 2 capture --json json -o trace.txt -- true
told '"file": null' '"ended": "error"'
rmdir "$HVPT_ROOT/sys/kernel/iommu_groups/0"
run 2 capture --json json -o trace.txt -- true
told '"file": null' '"group"'
rm -r "$tracing"
run 2 capture --json json -o trace.txt -- true
told '"file": null' '"tracefs"'
check "wrote" [ ! -e trace.txt ]
check "a draft is left" [ "$(echo json.new*)" = "json.new*" ]

# ---- usage -----------------------------------------------------------------

fresh
misuse "hvpt capture: no --output given; try 'hvpt capture --help'" capture
misuse "no --output given" capture -- true
misuse "--output and --json are the same file" capture -o x --json x
misuse "--output and --json are the same file" capture -o - --json -
misuse "--json: --undo and --dry-run record nothing" \
	capture -o x --json y --dry-run
misuse "--json: --undo and --dry-run record nothing" capture --undo --json y
misuse "--json: needs a file name, or -" capture -o x --json ''
misuse "cannot write none/y: there is no folder none" capture -o x --json none/y
misuse "--output: '': needs a file name, or -" capture -o ''
misuse "--output: x.gz: only names in .xz are compressed" capture -o x.gz
misuse "-o: needs a value" capture -o
misuse "--time: must be more than 0" capture --time 0 -o x
misuse "--time: must be more than 0" capture --time 0m -o x
misuse "--time: must be seconds, or a number with s, m or h, not '1d'" \
	capture --time 1d -o x
misuse "--events: must be a number of at least 1, not '0'" \
	capture --events 0 -o x
misuse "--events: must be a number of at least 1, not '-1'" \
	capture --events -1 -o x
misuse "--buffer: must be 1 .. 1073741824 KiB, not '0'" capture --buffer 0 -o x
misuse "--buffer: must be 1 .. 1073741824 KiB, not '2G'" \
	capture --buffer 2G -o x
misuse "--undo records nothing" capture --undo -o x
misuse "--undo records nothing" capture --undo true
misuse "--dry-run: takes no value" capture --dry-run=1 -o x
misuse "unknown option '--evnets': did you mean '--events'?" \
	capture --evnets 1 -o x
misuse "cannot write none/x: there is no folder none" capture -o none/x
undone

finish
