# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh
# What is done in the guest: one function for each case, case_NAME, which
# answers 0 when all was as it should be. Sourced by init.sh.

NVME=0000:00:04.0
P=/sys/module/hvpt_bridge/parameters
D=/sys/kernel/debug/hvpt

fail() {
	say "  failed: $*"
	return 1
}

# load NAME [PARAMETER...] - a module and what it needs, unless it is loaded
load() {
	name=$1
	shift
	for each in $(cat "/modules/$name.order"); do
		[ ! -e "/sys/module/$each" ] || continue
		if [ "$each" = "$name" ]; then
			insmod "/modules/$each.ko" "$@" || return 1
		else
			insmod "/modules/$each.ko" || return 1
		fi
	done
}

# wait_for SECONDS COMMAND... - until it succeeds
wait_for() {
	tries=$(($1 * 10))
	shift
	while [ "$tries" -gt 0 ]; do
		"$@" >/dev/null 2>&1 && return 0
		usleep 100000
		tries=$((tries - 1))
	done
	fail "waited in vain: $*"
}

group_type() {
	cat "/sys/bus/pci/devices/$1/iommu_group/type"
}

# stat NAME - a number from debugfs
stat() {
	sed -n "s/^$1 //p" "$D/flushes"
}

no_faults() {
	fault=$(cat $P/fault)
	[ "$fault" = none ] || fail "an unexpected fault: $fault"
}

# copy_compare DEVICE BLOCK-SIZE MEGABYTES - write, read back, compare
copy_compare() {
	[ -e /tmp/data ] || dd if=/dev/urandom of=/tmp/data bs=1M count=16 \
		2>/dev/null
	count=$(($3 * 1048576 / $2))
	want=$(head -c $((count * $2)) /tmp/data | sha256sum)
	dd if=/tmp/data of="$1" bs="$2" count="$count" oflag=direct \
		2>/dev/null || fail "write $2" || return 1
	got=$(dd if="$1" bs="$2" count="$count" iflag=direct 2>/dev/null |
		sha256sum)
	[ "$want" = "$got" ] || fail "what was read is not what was written ($2)"
}

# ---- the cases, in the order in which they make sense ------------------------

case_load() {
	load hvpt_iommu native=0 || return 1
	load hvpt_bridge || return 1
	mode=DMA-FQ
	grep -q iommu.strict=1 /proc/cmdline && mode=DMA
	got=$(group_type $NVME)
	[ "$got" = $mode ] || fail "type of the group: $got, not $mode"
}

case_nvme() {
	load nvme || return 1
	wait_for 20 test -b /dev/nvme0n1 || return 1
	before=$(stat unmaps)
	for size in 4096 16384 131072 1048576; do
		copy_compare /dev/nvme0n1 $size 4 || return 1
	done
	[ "$(stat unmaps)" -gt "$before" ] || fail "nothing was unmapped" ||
		return 1
	[ "$(cat $P/flushes)" -gt 0 ] || fail "nothing was flushed" || return 1
	[ "$(cat $P/refused)" -eq 0 ] || fail "a hypercall was refused" ||
		return 1
	no_faults
}

case_debugfs() {
	grep -q "^$NVME id " $D/devices || fail "$NVME is not shown" || return 1
	grep -q ' -> 0x' $D/tables || fail "no mapping is shown" || return 1
	grep -q tables $D/domains || fail "no domain is shown"
}

# run_cases NAME...
run_cases() {
	for each_case in "$@"; do
		say "CASE $each_case"
		if case_"$each_case"; then
			say "RESULT $each_case ok"
		else
			say "RESULT $each_case FAILED"
		fi
	done
	dmesg | grep -E 'WARNING:|BUG:|Oops|Call Trace|lockdep|hvpt.*(failed|cannot)' |
		grep -v 'module verification failed' |
		sed 's/^/DMESG /' >/dev/console
}
