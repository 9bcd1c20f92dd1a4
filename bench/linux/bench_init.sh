#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=dash
# The first process of the guests of bench/guest: runs what /rows names, and
# prints a line BENCH for each.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
[ -e /dev/null ] || mount -t devtmpfs dev /dev

DEVICE=0000:00:07.0
RUN=/sys/module/hvpt_bench/parameters/run

say() {
	echo "$*" >/dev/console
}

# load NAME [PARAMETER...] - a module, after those that it needs
load() {
	name=$1
	shift
	for each in $(cat "/modules/$name.order"); do
		[ ! -e "/sys/module/$each" ] || continue
		given=
		[ "$each" != "$name" ] || given=$*
		# Words on purpose.
		# shellcheck disable=SC2086
		insmod "/modules/$each.ko" $given ||
			say "BENCH failed: cannot load $each"
	done
}

run() {
	if echo "$1 $2" >$RUN; then
		say "BENCH $(cat $RUN)"
	else
		say "BENCH failed: $1 on $2"
	fi
}

vfio() {
	load vfio_iommu_type1 allow_unsafe_interrupts=1
	load vfio_pci
	echo 4 >/proc/sys/vm/nr_hugepages
	echo vfio-pci >/sys/bus/pci/devices/$DEVICE/driver_override
	echo $DEVICE >/sys/bus/pci/drivers_probe
	group=$(basename "$(readlink /sys/bus/pci/devices/$DEVICE/iommu_group)")
	bench_user "$group" >/tmp/rows || say "BENCH failed: vfio"
	while read -r row; do
		say "BENCH $row"
	done </tmp/rows
}

# The kernel goes on for a while after it has started the first process.
sleep 20

# The types of domain are: DMA, strict; DMA-FQ, lazy.
for each in $(cat /load); do
	load "$each"
done
say "BENCH type $(cat /sys/bus/pci/devices/$DEVICE/iommu_group/type)"
load hvpt_bench
rows=$(cat /rows)
for row in $rows; do
	[ "$row" = vfio ] || run "$row" 1
done
# With two processors, the allocator of pages decides what these take.
for row in $rows; do
	case $row in
	vfio | coherent | zero-page) ;;
	*) run "$row" 2 ;;
	esac
done
case " $rows " in
*" vfio "*)
	vfio
	;;
esac
say "BENCH done"
reboot -f
