# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh
# A machine that hvpt can record, as a folder; see fake_tracefs.c. Sourced after
# lib.sh.
HVPT_ROOT=$dir/root
export HVPT_ROOT
tracing=$HVPT_ROOT/sys/kernel/tracing
made=$tracing/instances/hvpt
probed=$tracing/kprobe_events

# fresh - a machine that can record
fresh() {
	rm -rf "$HVPT_ROOT"
	mkdir -p "$tracing/instances" "$HVPT_ROOT/proc" \
		"$HVPT_ROOT/sys/kernel/iommu_groups/0" \
		"$HVPT_ROOT/instance/events"
	: >"$probed"
	for event in iommu/map iommu/unmap; do
		mkdir -p "$tracing/events/$event"
		: >"$tracing/events/$event/enable"
	done
	for event in iommu/map iommu/unmap hvpt/kmap hvpt/kunmap; do
		mkdir -p "$HVPT_ROOT/instance/events/$event"
		: >"$HVPT_ROOT/instance/events/$event/enable"
	done
	for file in tracing_on buffer_size_kb; do
		: >"$HVPT_ROOT/instance/$file"
	done
	{
		both 0xff00 0x1000 0x10000 1 3
		both 0xff00 0x2000 0x20000 2 3
		unboth 0xff00 0x1000 1
	} >"$HVPT_ROOT/instance/trace_pipe"
	printf '0000000000000000 T %s\n' iommu_map iommu_map_nosync \
		__iommu_unmap >"$HVPT_ROOT/proc/kallsyms"
}

# undone - nothing is left
undone() {
	check "the instance is left" [ ! -e "$made" ]
	[ -e "$probed" ] || return
	check "a kprobe is left" [ "$(grep -c '^p:' "$probed")" -eq \
		"$(grep -c '^-:' "$probed")" ]
}
