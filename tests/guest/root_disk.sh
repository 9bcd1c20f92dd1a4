#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC3045
# The first process of the root file system, which is on a disk behind the
# IOMMU. The kernel's command line names the cases.
export PATH=/usr/sbin:/usr/bin
mount -t proc proc /proc 2>/dev/null
mount -t sysfs sys /sys 2>/dev/null
mount -t devtmpfs dev /dev 2>/dev/null
mount -t tmpfs tmp /tmp
mount -t debugfs debug /sys/kernel/debug 2>/dev/null
# shellcheck source=tests/guest/cases.sh
. /cases.sh

say() {
	echo "$*" >/dev/console
}

# ---- the cases ---------------------------------------------------------------

# User space runs from the disk.
case_on_disk() {
	got=$(findmnt -n -o SOURCE /)
	[ "$got" = /dev/nvme0n1 ] || fail "the root is on $got"
}

# disk_io - data is written to the disk past all caches, and comes back
disk_io() {
	dd if=/dev/urandom of=/tmp/data bs=1M count=4 2>/dev/null
	dd if=/tmp/data of=/probe bs=64k oflag=direct 2>/dev/null ||
		fail "cannot write" || return 1
	dd if=/probe of=/tmp/back bs=64k iflag=direct 2>/dev/null ||
		fail "cannot read" || return 1
	cmp /tmp/data /tmp/back || fail "what was read is not what was written"
}

# domain_of DEVICE - the number of its domain
domain_of() {
	sed -n "s/^$1 id .* attached domain \([0-9]*\) .*/\1/p" $D/devices
}

# mappings DOMAIN - how many it has
mappings() {
	awk -v want="$1" '$1 == "domain" { inside = $2 == want }
		inside && $2 == "->" { count++ }
		END { print count + 0 }' $D/tables
}

# The module came first, and the disk's driver maps in the disk's domain.
case_translated() {
	domain=$(domain_of $NVME)
	[ -n "$domain" ] || fail "the disk is in no domain" || return 1
	count=$(mappings "$domain")
	[ "$count" -gt 0 ] || fail "domain $domain has no mapping" || return 1
	say "  the root disk is in domain $domain, with $count mappings"
	sed 's/^/TABLES /' $D/tables >/dev/console
	disk_io || return 1
	[ "$(stat failed_flushes)" -eq 0 ] || fail "a flush failed" || return 1
	[ "$(cat $P/flushes)" -gt 0 ] || fail "nothing was flushed" || return 1
	no_faults
}

# The module comes after the disk's driver: it says so, and lets the disk be.
case_untranslated() {
	[ ! -e /sys/module/hvpt_iommu ] || fail "loaded before" || return 1
	modprobe hvpt_iommu || fail "cannot be loaded" || return 1
	[ -e $D/devices ] || fail "does not run" || return 1
	! grep -q "^$NVME " $D/devices || fail "translated" || return 1
	said=$(dmesg | grep -o "nvme $NVME: has a driver.*") ||
		fail "does not say so" || return 1
	say "  $said"
	disk_io
}

# The module is not there, and the disk works.
case_without() {
	[ ! -e /sys/module/hvpt_iommu ] || fail "loaded" || return 1
	disk_io
}

# The initramfs tried to load it.
case_tried() {
	dmesg | grep -q 'hvpt_iommu: loading out-of-tree module' ||
		fail "nothing tried to load it"
}

# A root port, which has ACS.
PORT=0000:00:08.0

# config WIDTH OFFSET - a number from the port's configuration space
config() {
	od -An -v -t "x$1" -N "$1" -j "$2" /sys/bus/pci/devices/$PORT/config |
		tr -d ' '
}

# acs_control - what the kernel turned on: the capability 0x000d has it at 6
acs_control() {
	at=256
	while [ "$at" -ge 256 ]; do
		head=$((0x$(config 4 $at)))
		if [ $((head & 0xffff)) = 13 ]; then
			config 2 $((at + 6))
			return
		fi
		at=$((head >> 20))
	done
	echo none
}

# acs WANTED
acs() {
	got=$(acs_control)
	[ "$got" = "$1" ] || fail "ACS control: $got, not $1"
}

# A module cannot ask for it.
case_acs_off() {
	acs 0000
}

# The command line asked for it.
case_acs_on() {
	acs 001d
}

say "GUEST kernel $(uname -r)"
sed -n 's/.* hvpt_cases=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ' >/cases
# Words on purpose.
# shellcheck disable=SC2046
run_cases $(cat /cases)
say "GUEST done"
sync
echo b >/proc/sysrq-trigger
