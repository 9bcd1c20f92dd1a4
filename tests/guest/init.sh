#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The first process of the guest: loads the modules, runs the cases.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
# A kernel without an initramfs has done it.
[ -e /dev/null ] || mount -t devtmpfs dev /dev
mount -t debugfs debug /sys/kernel/debug
. /cases.sh
. /power.sh

say() {
	echo "$*" >/dev/console
}

say "GUEST kernel $(uname -r)"
# A kernel that was started by another goes on with the other's cases.
rest=$(sed -n 's/.* hvpt_cases=\([^ ]*\).*/\1/p' /proc/cmdline)
[ -z "$rest" ] || echo "$rest" | tr , ' ' >/cases
# Words on purpose.
# shellcheck disable=SC2046
run_cases $(cat /cases)
say "GUEST done"
# QEMU ends then; it would not where ACPI is off.
reboot -f
