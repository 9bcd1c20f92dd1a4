#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The first process of the guest of record.py: records as docs/RECORDING.md
# describes (/recording/*.sh), prints the recording in every form, and writes
# all to a disk.
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin HOME=/tmp
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tracefs tracefs /sys/kernel/tracing
for each in $(cat /modules/order); do
	insmod "/modules/$each.ko"
done
until [ -e /dev/nvme0n1 ] && [ -e /dev/vda ]; do
	usleep 100000
done

# option OPTION NAME - the tracefs trace with a trace option
option() {
	echo "$1" >/sys/kernel/tracing/trace_options
	cat /sys/kernel/tracing/trace >"/tmp/tracefs-$2.txt"
}

# report OPTION NAME - the trace-cmd report with an option
report() {
	trace-cmd report "$1" /tmp/trace.dat >"/tmp/trace-cmd-$2.txt"
}

# script NAME WORD... - the perf script output with options
script() {
	name=$1
	shift
	perf script "$@" -i /tmp/perf.data 2>/dev/null >"/tmp/perf-$name.txt"
}

# Buffers that are too small, for each tracer.
lose_tracefs() {
	cd /sys/kernel/tracing
	echo 8 >buffer_size_kb
	echo >trace
	echo 1 >tracing_on
	workload
	echo 0 >tracing_on
	cat trace >/tmp/tracefs-overwritten.txt
	echo 1 >tracing_on
	workload
	cat trace_pipe >/tmp/tracefs-pipe.txt &
	workload
	sleep 1
	kill $!
	echo 0 >tracing_on
}

lose_trace_cmd() {
	trace-cmd record -b 8 -o /tmp/lost.dat -e iommu:map -e iommu:unmap \
		-e kprobes:kmap -e kprobes:kunmap sh -c workload
	trace-cmd report /tmp/lost.dat >/tmp/trace-cmd-lost.txt
}

lose_perf() {
	perf record -a -m 1 -o /tmp/lost.data -e iommu:map -e iommu:unmap \
		-e kprobes:kmap -e kprobes:kunmap sh -c workload
	perf script --show-lost-events -i /tmp/lost.data 2>/dev/null \
		>/tmp/perf-lost.txt
}

# state - what hvpt capture changes, and must take back
state() {
	ls /sys/kernel/tracing/instances
	cat /sys/kernel/tracing/kprobe_events
	cat /sys/kernel/tracing/events/iommu/map/enable
}

# capture - hvpt capture, to its end, to a signal, and with a command that fails
capture() {
	before=$(state)
	hvpt capture --dry-run -o /tmp/none.txt -- workload || return 1
	[ "$before" = "$(state)" ] || return 1
	hvpt capture -o /tmp/capture.txt.xz -- workload || return 1
	[ "$before" = "$(state)" ] || return 1
	hvpt capture --events 50 -o /tmp/few.txt -- workload || return 1
	[ "$(grep -c ': map: \|: unmap: ' /tmp/few.txt)" -eq 50 ] || return 1
	hvpt capture -o /tmp/cut.txt.xz -- \
		sh -c 'workload; kill -INT $PPID; exec sleep 100' || return 1
	hvpt replay --quiet /tmp/cut.txt.xz || return 1
	hvpt watch -- workload || return 1
	! hvpt capture -o /tmp/failed.txt -- false || return 1
	! hvpt capture -o /tmp/failed.txt -- /none || return 1
	[ "$before" = "$(state)" ] || return 1
	# Killed: the next one says so, and --undo helps.
	hvpt capture -o /tmp/killed.txt &
	sleep 2
	kill -KILL $!
	wait $!
	! hvpt capture -o /tmp/failed.txt -- true || return 1
	hvpt capture --undo || return 1
	[ "$before" = "$(state)" ]
}

if [ -e /usr/bin/hvpt ]; then
	capture >/tmp/capture.log 2>&1 && echo "capture: ok" >>/tmp/capture.log
fi
. /recording/probes.sh
. /recording/tracefs.sh
option latency-format latency
option verbose latency-verbose
echo noverbose >/sys/kernel/tracing/trace_options
echo nolatency-format >/sys/kernel/tracing/trace_options
option nocontext-info nocontext-info
echo context-info >/sys/kernel/tracing/trace_options
option noirq-info noirq-info
echo irq-info >/sys/kernel/tracing/trace_options
option record-tgid record-tgid
echo norecord-tgid >/sys/kernel/tracing/trace_options
option fields fields
echo nofields >/sys/kernel/tracing/trace_options
lose_tracefs
if [ -e /usr/bin/trace-cmd ]; then
	. /recording/trace-cmd.sh
	report -l l
	report -R R
	report -t t
	report --raw-ts raw-ts
	report --ts-diff ts-diff
	lose_trace_cmd
fi
if [ -e /usr/bin/perf ]; then
	. /recording/perf.sh
	script ns --ns
	script deltatime --deltatime
	script trace -F trace
	script event-trace -F event,trace
	script ip-sym -F comm,pid,tid,cpu,time,event,ip,sym,trace
	script flags -F comm,tid,cpu,time,flags,event,trace
	lose_perf
fi
rm -rf /tmp/.debug
tar cf /dev/vda -C /tmp .
sync
echo "RECORDED"
poweroff -f
