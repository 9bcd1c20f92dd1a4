#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# hvpt watch: traces, and a folder that looks like tracefs (fake_tracefs.c).
# Usage: watch.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/tools/machine.sh
. "$here/machine.sh"

# ---- a trace ---------------------------------------------------------------

# at SECOND LINE: with that time
at() {
	sed "s/ 1\.0: / $1: /"
}
{
	map 0x1000 0x10000 1 | at 10.0
	map 0x10000 0x20000 3 | at 10.2
	unmap 0x1000 1 | at 11.0
	map 0x200000 0x40000000 512 | at 11.5
	unmap 0x10000 3 | at 12.5
} >five.txt
run 0 watch --trace five.txt
silent err
lines out "" 3
lines out "1.0 s: 2 maps/s, 0 unmaps/s, 2 live mappings, 0.02 MiB;" 1
lines out "2.0 s: 1 maps/s, 1 unmaps/s, 2 live mappings, 2.01 MiB;" 1
lines out "all 2.5 s: 1 maps/s, 1 unmaps/s, 1 live mappings, 2.00 MiB;" 1
lines out "two-block - cover - exact -" 1
lines out "two-block 1.00 cover 1.00 exact 1.00" 1
lines out "two-block 1.00 cover 1.00 exact 1.50" 1
# A trace that was cut is shown as far as it goes.
{
	cat five.txt
	printf ' dd-1 [000] .... 13.0: unmap: IOMMU: iova=0x2000'
} >cut.txt
run 2 watch --trace cut.txt
says err "hvpt watch: cut.txt: it ends in the middle of line 6"
lines out "all 2.5 s: 1 maps/s, 1 unmaps/s, 1 live mappings, 2.00 MiB;" 1
cp five.txt in
run 0 watch --trace -
lines out "2.5 s: " 1
: >in
# Seconds without an event are one line.
{
	map 0x1000 0x10000 1 | at 10.0
	map 0x2000 0x20000 1 | at 15.5
} >idle.txt
run 0 watch --trace idle.txt
lines out "" 3
lines out "1.0 s: 1 maps/s, 0 unmaps/s, 1 live mappings" 1
lines out "5.0 s: 0 maps/s, 0 unmaps/s, 1 live mappings" 1
# An event that names no domain belongs to one that is known.
{
	both 7 0x1000 0x10000 1 3
	map 0x2000 0x20000 1
	unboth 7 0x1000 1
	unboth 7 0x2000 1
} >nameless.txt
for trace in nameless.txt "$traces/nvme-ext4-7.3-strict.txt.xz"; do
	run 0 watch --json --trace "$trace"
	says out '"domains": 1,"conflicts": 0,'
	lacks out '"domains": 2'
done
# A signal ends it, and is no failure.
mkfifo pipe
for signal in INT TERM; do
	rm -f done
	: >out
	{
		# More than it takes to know the form of a trace.
		yes "# a comment" | head -n 500
		cat five.txt
		until grep -q "2.0 s" out; do sleep 0.1; done
		kill -$signal "$(cat pid)"
		until [ -e done ]; do sleep 0.1; done
	} >pipe &
	what="SIG$signal"
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'echo $$ >pid; exec "$@"' sh "$hvpt_path" watch --trace - \
		>out 2>err <pipe
	check "exit $?" [ "$?" -eq 0 ]
	: >done
	wait
	says out "all 2.5 s: "
	says err "hvpt watch: -: interrupted"
done
# Kprobes alone, domains, a conflict, a lost unmap.
{
	kmap 1 0x1000 0x1000 1 3
	kmap 2 0x1000 0x1000 1 3
	kmap 2 0x1000 0x1000 1 3
	kunmap 1 0x9000 1
} >probes.txt
run 0 watch --trace probes.txt
says out " 2 live mappings, 0.01 MiB"
run 0 watch --trace "$traces/vfio-7.3-strict.txt.xz"
says out " 0 live mappings, 0.00 MiB"

# For a program: tool_schemas has the rest.
run 0 watch --json --trace five.txt
silent err
lines out "" 3
lines out '{"all": false,"nanoseconds": 1000000000,"maps": 2,"unmaps": 0,' 1
lines out '{"all": true,"nanoseconds": 2500000000,"maps": 3,"unmaps": 2,' 1
lines out '"since": {"nanoseconds": 1000000000,"maps": 1,"unmaps": 1,' 1
lines out '"exact": {"descriptors": 3,"over_flushed_pages": 0}' 1

# On a terminal a screen, without colour if that is asked.
bold=$(printf '\033[1m')
what="on a terminal"
TERM=xterm "$here/terminal.py" "$hvpt_path" watch --trace probes.txt >out
says out "${bold}hvpt watch"
says out ": 0.0 s; all"
for text in "maps                       0              3" \
	"live mappings              2           0.01 MiB" \
	"domains                    2" "conflicts                  1" \
	"4 KiB                 100.0 %" \
	"cover                   1.00           0.00"; do
	says out "$text"
done
NO_COLOR=1 TERM=xterm "$here/terminal.py" "$hvpt_path" watch \
	--trace probes.txt >out
lacks out "$bold"

# ---- a machine -------------------------------------------------------------

fresh
run 0 watch -- sleep 0.3
says out " 1 live mappings, 0.01 MiB; descriptors an unmap: two-block 1.00"
silent err
undone
run 0 watch --time 2s
check "fewer than 2 lines" [ "$(wc -l <out)" -ge 2 ]
run 1 watch -- false
says out "all 0."
says err "hvpt watch: false failed"
run 0 watch -- sh -c "sleep 0.3; kill -INT \$PPID; exec sleep 100"
undone
what="q"
timeout 60 "$here/terminal.py" --press q "hvpt watch" "$hvpt_path" watch >out ||
	fail "$what: exit $?"
says out "live mappings              1"
undone
# An emulator forks where posix_spawn() shares memory, and reports no error.
if [ ! -e hvpt.sh ]; then
	run 2 watch -- ./no-such-command
	says err "hvpt watch: cannot run ./no-such-command: No such file"
	undone
fi
rm "$HVPT_ROOT/instance/trace_pipe"
run 2 watch --time 1s
says err "hvpt watch: cannot open the tracer's pipe: No such file or directory"
undone
rm -r "$tracing"
misuse "hvpt watch: no tracefs at $tracing; as root: mount" watch

# ---- odd input -------------------------------------------------------------

misuse "hvpt watch: none.txt: No such file or directory" watch --trace none.txt
: >empty.txt
misuse "hvpt watch: empty.txt: it has no map or unmap event" \
	watch --trace empty.txt
misuse "Is a directory" watch --trace "$dir"
head -c 3000 "$modload" >cut.xz
run 2 watch --trace cut.xz
says err "hvpt watch: cut.xz: the .xz data is truncated"
says out "live mappings"
head -c 200000 /dev/zero >zeros
misuse "not text: there are NUL bytes in it" watch --trace zeros
misuse "--trace goes with no --time and no COMMAND" \
	watch --trace five.txt --time 1s
misuse "--trace goes with no --time and no COMMAND" watch --trace five.txt true
misuse "--trace: needs a value" watch --trace
misuse "hvpt watch: 'five.txt' is a file: did you mean --trace five.txt?" \
	watch five.txt
misuse "--time: must be seconds" watch --time soon
misuse "unknown option '--trcae': did you mean '--trace'?" watch --trcae x
misuse "unknown option '--lines'" watch --lines
misuse "--json: takes no value" watch --json=x

finish
