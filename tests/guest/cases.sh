# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh
# The test cases in the guest: one function case_NAME for each, which returns 0
# if all checks passed. Sourced by init.sh.

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
	[ "$want" = "$got" ] ||
		fail "what was read is not what was written ($2)"
}

# ---- the cases, in a useful order --------------------------------------------

# Memory which outlives the kernel, where there is some.
KEEP=/sys/bus/pci/devices/0000:00:15.0

case_load() {
	# For case_iommufd.
	dirty=0
	[ ! -e /bin/iommufd ] || dirty=1
	load hvpt_iommu dirty_tracking=$dirty || return 1
	keep=0
	[ ! -e $KEEP ] || keep=1
	load hvpt_bridge keep=$keep || return 1
	mode=DMA-FQ
	grep -q iommu.strict=1 /proc/cmdline && mode=DMA
	got=$(group_type $NVME)
	[ "$got" = $mode ] || fail "type of the group: $got, not $mode"
}

case_nvme() {
	load nvme || return 1
	wait_for 20 test -b /dev/nvme0n1 || return 1
	for size in 4096 16384 131072 1048576; do
		copy_compare /dev/nvme0n1 $size 4 || return 1
	done
	[ "$(stat failed_flushes)" -eq 0 ] || fail "a flush failed" || return 1
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

# first TEXT - the line of the kernel's log that has it first
first() {
	dmesg | grep -n "$1" | head -n 1 | cut -d : -f 1
}

# No module, no initramfs: the root file system is on the disk, which was found
# after the pvIOMMU.
case_built_in() {
	[ -z "$(cat /proc/modules)" ] || fail "a module is loaded" || return 1
	grep -q '^/dev/root / ext4 ' /proc/mounts &&
		grep -q ' root=/dev/nvme0n1 ' /proc/cmdline ||
		fail "the root is not on the disk" || return 1
	[ "$(first 'hvpt_iommu: pvIOMMU')" -lt "$(first 'nvme nvme0')" ] ||
		fail "started after the disk" || return 1
	mode=DMA-FQ
	grep -q iommu.strict=1 /proc/cmdline && mode=DMA
	got=$(group_type $NVME)
	[ "$got" = $mode ] || fail "type of the group: $got, not $mode"
}

# files FOLDER - a checksum of its contents
files() {
	(cd "$1" && find . -type f | sort | xargs sha256sum | sha256sum)
}

case_ext4() {
	load ext4 || return 1
	mke2fs -F /dev/nvme0n1 >/dev/null 2>&1 || fail mke2fs || return 1
	mount -t ext4 /dev/nvme0n1 /mnt || return 1
	mkdir /tmp/files
	for each in 1 2 3 4 5 6 7 8; do
		head -c $((each * 600000 + each)) /tmp/data >/tmp/files/$each
	done
	cp -r /tmp/files /mnt/ || return 1
	umount /mnt || return 1
	echo 3 >/proc/sys/vm/drop_caches
	mount -t ext4 /dev/nvme0n1 /mnt || return 1
	[ "$(files /tmp/files)" = "$(files /mnt/files)" ] ||
		fail "files differ" || return 1
	rm -r /mnt/files /tmp/files
	umount /mnt && no_faults
}

# As case_ext4, on the root file system.
case_root() {
	head -c 4000000 /dev/urandom >/tmp/data
	mkdir /tmp/files /mnt/files
	for each in 1 2 3 4; do
		head -c $((each * 900000 + each)) /tmp/data >/tmp/files/$each
	done
	cp /tmp/files/* /mnt/files || return 1
	sync
	echo 3 >/proc/sys/vm/drop_caches
	[ "$(files /tmp/files)" = "$(files /mnt/files)" ] ||
		fail "files differ" || return 1
	[ "$(stat failed_flushes)" -eq 0 ] || fail "a flush failed" || return 1
	[ "$(cat $P/flushes)" -gt 0 ] || fail "nothing was flushed" || return 1
	[ "$(cat $P/refused)" -eq 0 ] || fail "a hypercall was refused" ||
		return 1
	no_faults
}

# interface MAC - its name
interface() {
	for each in /sys/class/net/*; do
		[ "$(cat "$each/address")" != "$1" ] || basename "$each"
	done
}

has_interface() {
	[ -n "$(interface "$1")" ]
}

# has_own_net PROCESS
has_own_net() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

# transfer INTERFACE PEER - 4 MiB each way between INTERFACE and PEER, which is
# in a network of its own
transfer() {
	unshare -n sleep 10000 &
	peer=$!
	wait_for 20 has_own_net $peer || return 1
	ip link set "$2" netns $peer || return 1
	ifconfig "$1" 10.9.0.1 netmask 255.255.255.0 up
	nsenter -t $peer -n ifconfig "$2" 10.9.0.2 netmask 255.255.255.0 up
	mkdir -p /tmp/www
	head -c 4194304 /tmp/data >/tmp/www/data
	echo ready >/tmp/www/ready
	httpd -f -p 8080 -h /tmp/www &
	here=$!
	nsenter -t $peer -n httpd -f -p 8081 -h /tmp/www &
	there=$!
	good=0
	wait_for 20 ping -c 1 -W 1 10.9.0.2 &&
		wait_for 20 wget -q -O - http://10.9.0.2:8081/ready &&
		wait_for 20 nsenter -t $peer -n \
			wget -q -O - http://10.9.0.1:8080/ready || good=1
	want=$(sha256sum </tmp/www/data)
	got=$(wget -q -O - http://10.9.0.2:8081/data | sha256sum)
	[ "$want" = "$got" ] || fail "received wrongly" || good=1
	got=$(nsenter -t $peer -n wget -q -O - http://10.9.0.1:8080/data |
		sha256sum)
	[ "$want" = "$got" ] || fail "sent wrongly" || good=1
	kill $here $there
	nsenter -t $peer -n ip link set "$2" netns 1
	kill $peer
	ifconfig "$1" 0.0.0.0 down
	return $good
}

case_e1000e() {
	load e1000e && load virtio_pci && load virtio_net || return 1
	wait_for 20 has_interface 52:54:00:00:00:01 &&
		wait_for 20 has_interface 52:54:00:00:00:03 || return 1
	transfer "$(interface 52:54:00:00:00:01)" \
		"$(interface 52:54:00:00:00:03)" && no_faults
}

# A built-in driver was bound first, so the device must be plugged again.
case_virtio_net() {
	if ! grep -q '^0000:00:06.0 ' $D/devices; then
		echo 1 >/sys/bus/pci/devices/0000:00:06.0/remove
		echo 1 >/sys/bus/pci/rescan
	fi
	wait_for 20 has_interface 52:54:00:00:00:02 || return 1
	grep -q '^0000:00:06.0 ' $D/devices || fail "not translated" || return 1
	transfer "$(interface 52:54:00:00:00:02)" \
		"$(interface 52:54:00:00:00:03)" && no_faults
}

case_hotplug() {
	for round in 1 2; do
		echo 1 >/sys/bus/pci/devices/$NVME/remove
		! grep -q "^$NVME" $D/devices || fail "not let go" || return 1
		echo 1 >/sys/bus/pci/rescan
		wait_for 20 test -b /dev/nvme0n1 || return 1
		copy_compare /dev/nvme0n1 65536 1 || fail "round $round" ||
			return 1
	done
	no_faults
}

# switch TYPE - of the NVMe's domain
switch() {
	echo $NVME >/sys/bus/pci/drivers/nvme/unbind
	echo "$1" >/sys/bus/pci/devices/$NVME/iommu_group/type || return 1
	echo $NVME >/sys/bus/pci/drivers/nvme/bind
	wait_for 20 test -b /dev/nvme0n1 || return 1
	[ "$(group_type $NVME)" = "$1" ] || fail "no switch to $1"
}

case_switch() {
	before=$(group_type $NVME)
	for type in identity DMA "$before"; do
		switch $type || return 1
		copy_compare /dev/nvme0n1 65536 1 || fail "as $type" ||
			return 1
	done
	no_faults
}

# Uses the disk while little memory is left.
case_pressure() {
	mkdir -p /tmp/fill
	mount -t tmpfs -o size=100% fill /tmp/fill
	free=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	dd if=/dev/zero of=/tmp/fill/most bs=1M count=$((free / 1024 - 40)) \
		2>/dev/null
	good=0
	for round in 1 2; do
		dd if=/dev/nvme0n1 of=/dev/null bs=1M count=32 2>/dev/null &
		copy_compare /dev/nvme0n1 131072 4 || good=1
		wait $!
	done
	umount /tmp/fill
	[ $good = 0 ] && no_faults
}

# read_busily - the disk is read until /tmp/busy is gone
read_busily() {
	while [ -e /tmp/busy ]; do
		dd if=/dev/nvme0n1 of=/dev/null bs=128k count=64 iflag=direct \
			2>/dev/null
	done
}

# busy - from now on the disk is read until /tmp/busy is gone
busy() {
	touch /tmp/busy
	read_busily
}

# One processor goes and comes while the disk is read and its domain flushed.
case_cpus() {
	cpu=/sys/devices/system/cpu/cpu1/online
	busy &
	for round in 1 2 3 4; do
		echo 0 >$cpu || return 1
		usleep 200000
		echo 1 >$cpu || return 1
		usleep 200000
	done
	rm /tmp/busy
	wait $!
	copy_compare /dev/nvme0n1 65536 1 && no_faults
}

# The disk goes away in the middle of transfers, and comes back.
case_rescind() {
	for round in 1 2 3 4; do
		busy 2>/dev/null &
		usleep 300000
		echo 1 >/sys/bus/pci/devices/$NVME/remove
		rm /tmp/busy
		wait $!
		echo 1 >/sys/bus/pci/rescan
		wait_for 20 test -b /dev/nvme0n1 || return 1
	done
	[ "$(cat $P/refused)" -eq 0 ] || fail "a hypercall was refused" ||
		return 1
	copy_compare /dev/nvme0n1 65536 1 && no_faults
}

# edu_dma IOVA - let QEMU's edu device read 4 bytes there
edu_dma() {
	edu=/sys/bus/pci/devices/0000:00:07.0
	echo 1 >$edu/enable 2>/dev/null
	printf '\006' | dd of=$edu/config bs=1 seek=4 conv=notrunc 2>/dev/null
	bar=$(head -n 1 $edu/resource | cut -d ' ' -f 1)
	devmem $((bar + 0x80)) 64 "$1"
	devmem $((bar + 0x88)) 64 0x40000
	devmem $((bar + 0x90)) 64 4
	devmem $((bar + 0x98)) 64 1
}

# has_fault - it is taken, and in $fault then
has_fault() {
	fault=$(cat $P/fault)
	[ "$fault" != none ]
}

case_unmapped() {
	no_faults || return 1
	edu_dma 0x1234000
	wait_for 20 has_fault || return 1
	[ "$fault" = "7 0x1234000 0x71 r" ] || fail "fault: $fault"
}

# A program in user space gives the edu device access to its memory.
case_user() {
	edu=0000:00:07.0
	echo 2 >/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
	load vfio_iommu_type1 allow_unsafe_interrupts=1 && load vfio_pci ||
		return 1
	echo vfio-pci >/sys/bus/pci/devices/$edu/driver_override
	echo $edu >/sys/bus/pci/drivers_probe
	group=$(basename "$(readlink /sys/bus/pci/devices/$edu/iommu_group)")
	wait_for 5 test -c "/dev/vfio/$group" || return 1
	said=$(/bin/user "$group" $edu 2>&1) ||
		fail "$(echo "$said" | tail -n 1)" || return 1
	echo $edu >/sys/bus/pci/drivers/vfio-pci/unbind
	no_faults
}

# remove_all - the devices that are translated
remove_all() {
	for each in $(cut -d ' ' -f 1 $D/devices); do
		echo 1 >/sys/bus/pci/devices/$each/remove
	done
}

# load_again [PARAMETER...] - after the modules are gone, with the devices
load_again() {
	load hvpt_iommu "$@" && load hvpt_bridge || return 1
	echo 1 >/sys/bus/pci/rescan
	wait_for 20 test -b /dev/nvme0n1
}

case_unload() {
	! rmmod hvpt_bridge 2>/dev/null || fail "unloaded under devices" ||
		return 1
	remove_all
	rmmod hvpt_bridge || fail "hvpt_bridge stays" || return 1
	rmmod hvpt_iommu || fail "hvpt_iommu stays" || return 1
	# The kernel counts per processor, and adds up when asked to.
	echo 1 >/proc/sys/vm/stat_refresh
	left=$(sed -n 's/^nr_iommu_pages //p' /proc/vmstat)
	[ "${left:-0}" -eq 0 ] || fail "$left pages are lost" || return 1
	load_again && copy_compare /dev/nvme0n1 65536 1 && no_faults
}

# reload [PARAMETER...]
reload() {
	remove_all
	rmmod hvpt_bridge && rmmod hvpt_iommu || fail "a module stays" ||
		return 1
	load_again "$@"
}

# read_everywhere - on each processor, until /tmp/busy is gone
read_everywhere() {
	for cpu in $(seq 0 $(($(nproc) - 1))); do
		read_busily &
		taskset -p "$(printf '%x' $((1 << cpu)))" $! >/dev/null
	done
	wait
}

# compare_slowly ROUNDS - while all processors read and a flush takes longer,
# compares data until a flush was combined; at most so often
compare_slowly() {
	good=0
	rounds=0
	before=$(stat combined)
	touch /tmp/busy
	echo 1000 >$P/flush_delay
	read_everywhere &
	while [ $good = 0 ] && [ $rounds -lt "$1" ] &&
		[ "$(stat combined)" -eq "$before" ]; do
		copy_compare /dev/nvme0n1 65536 1 || good=1
		rounds=$((rounds + 1))
	done
	rm /tmp/busy
	wait $!
	echo 0 >$P/flush_delay
	combined=$(($(stat combined) - before))
	say "  combined: $combined in $rounds rounds, $(nproc) processors"
	[ $good = 0 ] && no_faults
}

# While one flush runs, those that others ask for are made in one; not if the
# module is told to combine none.
case_combine() {
	[ "$(nproc)" -ge 3 ] || fail "needs three processors" || return 1
	compare_slowly 20 || return 1
	[ $combined -gt 0 ] || fail "nothing was combined" || return 1
	reload combine=0 && compare_slowly 2 || return 1
	[ $combined -eq 0 ] || fail "combined with combine=0" || return 1
	[ "$(cat $P/flushes)" -gt 0 ] || fail "nothing was flushed" || return 1
	reload
}

# ---- from one kernel to the next ---------------------------------------------

# following CASE - the command line of the next kernel, which does what is left.
# It must not find the VT-d, for Linux turns it off, and it is the hypervisor's.
following() {
	echo "$(cat /proc/cmdline) acpi=off hvpt_cases=$(
		sed "s/.*$1 //" /cases | tr ' ' ,)"
}

# last_words CASE - the verdict of a case that ends with this kernel. stty sets
# what is set already, after all was sent.
last_words() {
	no_faults || return 1
	kernel_said
	say "RESULT $1 ok at $(cut -d ' ' -f 1 /proc/uptime)"
	stty -F /dev/console opost
}

# Transfers run when the next kernel is started.
case_kexec() {
	dd if=/dev/nvme0n1 of=/dev/null bs=1M iflag=direct 2>/dev/null &
	last_words kexec || return 1
	kexec /boot/kernel /boot/initramfs "$(following kexec)"
	fail "still here"
}

# Handed over: its driver needs no driver for the pvIOMMU.
case_next_plain() {
	load nvme || return 1
	wait_for 20 test -b /dev/nvme0n1 || return 1
	copy_compare /dev/nvme0n1 65536 4
}

# left DOMAINS DEVICES - what the kernel before has left
left() {
	got="$(cat $P/left_domains) $(cat $P/left_translated)"
	[ "$got" = "$*" ] || fail "left: $got, not $*"
}

# Handed over: one domain, identity, and no device in any other.
case_next_load() {
	case_load && left 1 0
}

case_next_nvme() {
	case_nvme || fail "fault: $(cat $P/fault), $(grep $NVME $D/devices)"
}

case_next_unload() {
	case_unload
}

# In the middle of transfers, as a crash is, and in the middle of a hypercall.
case_kdump() {
	kexec crash /boot/kernel /boot/initramfs \
		"$(following kdump) nr_cpus=1 reset_devices" || return 1
	for each in 1 2 3 4; do
		dd if=/dev/nvme0n1 of=/dev/null bs=1M iflag=direct \
			2>/dev/null &
	done
	last_words kdump || return 1
	echo 1 >$P/die
	wait
	fail "still here"
}

# The dead kernel's domains are there, and its devices still in them.
case_dump_load() {
	[ -e /proc/vmcore ] || fail "no dump kernel" || return 1
	case_load || return 1
	[ "$(cat $P/left_domains)" -gt 2 ] || fail "no domain was left" ||
		return 1
	[ "$(cat $P/left_translated)" -gt 0 ] || fail "no device was left" ||
		return 1
	grep -q "^$NVME id .* new domain 0 " $D/devices ||
		fail "not deferred: $(cat $D/devices)" || return 1
	no_faults
}

case_dump_nvme() {
	case_nvme || return 1
	grep -q "^$NVME id .* attached " $D/devices || fail "not attached"
}

# ---- debug kernel only ------------------------------------------------------

INJECTORS="failslab fail_page_alloc"

# inject PROBABILITY - so many percent of the allocations of hvpt_iommu fail
inject() {
	text=$(cat /sys/module/hvpt_iommu/sections/.text)
	for each in $INJECTORS; do
		at=/sys/kernel/debug/$each
		echo N >$at/ignore-gfp-wait
		echo 0 >$at/verbose
		echo "$text" >$at/require-start
		printf '0x%x\n' $((text + $(cat \
			/sys/module/hvpt_iommu/coresize))) >$at/require-end
		echo 32 >$at/stacktrace-depth
		echo 100000 >$at/times
		echo "$1" >$at/probability
	done
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
}

# injected NAME - how often that failed
injected() {
	echo $((100000 - $(cat /sys/kernel/debug/$1/times)))
}

spare() {
	for each in $INJECTORS; do
		echo 0 >/sys/kernel/debug/$each/probability
	done
}

# try_failing - operations that may fail now and must not break anything
try_failing() {
	for type in identity DMA DMA-FQ; do
		echo $NVME >/sys/bus/pci/drivers/nvme/unbind
		echo $type >/sys/bus/pci/devices/$NVME/iommu_group/type
		echo $NVME >/sys/bus/pci/drivers/nvme/bind
		timeout 10 dd if=/dev/nvme0n1 of=/dev/null bs=128k count=32 \
			iflag=direct
	done
	echo 1 >/sys/bus/pci/devices/$NVME/remove
	echo 1 >/sys/bus/pci/rescan
	usleep 200000
}

case_failslab() {
	before=$(group_type $NVME)
	slab=0
	pages=0
	for percent in 10 40; do
		inject $percent
		for round in 1 2 3 4; do
			try_failing >/dev/null 2>&1
		done
		spare
		say "  failed on purpose ($percent %):" \
			"slab $(injected failslab)," \
			"pages $(injected fail_page_alloc)"
		slab=$((slab + $(injected failslab)))
		pages=$((pages + $(injected fail_page_alloc)))
	done
	echo 1 >/sys/bus/pci/devices/$NVME/remove
	echo 1 >/sys/bus/pci/rescan
	wait_for 20 test -b /dev/nvme0n1 || return 1
	grep -q "^$NVME id " $D/devices || fail "not translated" || return 1
	switch "$before" || return 1
	# The pool of pages hides some; none at all would be no test.
	[ $slab -gt 0 ] && [ $pages -gt 0 ] || fail "nothing failed" || return 1
	copy_compare /dev/nvme0n1 65536 4 && no_faults
}

case_iommufd() {
	edu=/sys/bus/pci/devices/0000:00:07.0
	load iommufd allow_unsafe_interrupts=1 && load vfio_pci || return 1
	echo vfio-pci >$edu/driver_override
	echo 0000:00:07.0 >/sys/bus/pci/drivers/vfio-pci/bind || return 1
	iommufd /dev/vfio/devices/$(ls $edu/vfio-dev) >/tmp/iommufd 2>&1
	result=$?
	sed 's/^/  /' /tmp/iommufd >/dev/console
	echo 0000:00:07.0 >/sys/bus/pci/drivers/vfio-pci/unbind
	[ $result = 0 ] || fail "iommufd: $(tail -n 1 /tmp/iommufd)" || return 1
	fault=$(cat $P/fault)
	case $fault in
	"7 0x1003000 "*" w") ;;
	*) fail "fault: $fault" ;;
	esac
}

# ---- with something broken on purpose --------------------------------------

# rebind - the NVMe driver, which removes all its mappings
rebind() {
	echo $NVME >/sys/bus/pci/drivers/nvme/unbind
	echo $NVME >/sys/bus/pci/drivers/nvme/bind
	wait_for 20 test -b /dev/nvme0n1
}

# Mappings are left out: the device is refused, so its data does not arrive in
# memory. (QEMU's NVMe does not report data that it could not move.)
case_left_out() {
	copy_compare /dev/nvme0n1 65536 1 || return 1
	want=$(head -c 65536 /tmp/data | sha256sum)
	echo 1000 >$P/snip || return 1
	got=$(dd if=/dev/nvme0n1 bs=65536 count=1 iflag=direct 2>/dev/null |
		sha256sum)
	echo 0 >$P/snip
	[ "$want" != "$got" ] || fail "read without a mapping" || return 1
	fault=$(cat $P/fault)
	case $fault in
	"4 "*" 0x71 "?) ;;
	*) fail "fault: $fault" || return 1 ;;
	esac
	rebind && copy_compare /dev/nvme0n1 65536 1 || fail "does not recover"
}

# Flushes are not carried out, so what is read goes to the page that was read to
# before. After the device was taken out of its domain, all is well.
case_dropped() {
	copy_compare /dev/nvme0n1 4096 4 || return 1
	reread /dev/nvme0n1 /tmp/data || fail "a page was not read" || return 1
	echo 1 >$P/drop_flushes
	said=$(reread /dev/nvme0n1 /tmp/data)
	result=$?
	echo 0 >$P/drop_flushes
	[ $result = 1 ] || fail "nobody noticed: $result, $said" || return 1
	say "  $said"
	echo 1 >/sys/bus/pci/devices/$NVME/remove
	echo 1 >/sys/bus/pci/rescan
	wait_for 20 test -b /dev/nvme0n1 || return 1
	reread /dev/nvme0n1 /tmp/data || fail "does not recover" || return 1
	copy_compare /dev/nvme0n1 65536 1
}

# What the kernel must not print. The second line is for the debug kernel.
UNWANTED='WARNING:|BUG:|Oops|Call Trace|lockdep|hvpt.*(failed|cannot)'
UNWANTED="$UNWANTED|KASAN|INFO: |DMA-API|circular|suspicious RCU|sleeping func"

HARMLESS='module verification failed|lockdep checking is enabled|'
HARMLESS="${HARMLESS}DMA-API: (preallocated|debugging enabled)"

# run_cases NAME...
run_cases() {
	for each_case in "$@"; do
		say "CASE $each_case"
		result=FAILED
		case_"$each_case" && result=ok
		uptime=$(cut -d ' ' -f 1 /proc/uptime)
		say "RESULT $each_case $result at $uptime"
	done
	kernel_said
}

# Warnings are the point where mappings were left out.
kernel_said() {
	grep -q left_out /cases && return 0
	dmesg | grep -E "$UNWANTED" |
		grep -vE "$HARMLESS" |
		sed 's/^/DMESG /' >/dev/console
}

# ---- questions to the host -----------------------------------------------

A=/sys/kernel/debug/hvpt-conformance

# refused TEXT - the module as it is shipped asks nobody, and says why
refused() {
	! insmod /modules/asks.ko 2>/dev/null || fail "it was loaded" ||
		return 1
	[ ! -e $A ] || fail "there is a report" || return 1
	dmesg | grep -q "hvpt_conformance: nobody is asked: $1" ||
		fail "it does not say: $1"
}

case_conformance_refuses() {
	load hvpt_iommu && refused 'the module hvpt_iommu is loaded' || return 1
	rmmod hvpt_iommu && refused 'no Hyper-V' || return 1
}

# verdicts NAME - a count of the report
verdicts() {
	sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" $A/report.json
}

# asked ACTIVE - the questions to the bridge; removes the modules
asked() {
	insmod /modules/asks_bridge.ko active="$1" || return 1
	insmod /modules/hvpt_bridge.ko || return 1
	grep -q '^host: not Hyper-V, Linux$' $A/report.txt &&
		grep -q '"host": "not Hyper-V, Linux"' $A/report.json ||
		fail "a report names no host" || return 1
	grep -q '^  0x40000000: 0x' $A/report.txt || fail "no CPUID" || return 1
	[ "$(verdicts unexpected)" = 0 ] || fail "unexpected answers" ||
		return 1
	[ "$(verdicts domains_left)" = 0 ] || fail "domains are left" ||
		return 1
	stated=$(verdicts as_stated)
	say "  active $1: $stated as stated, $(verdicts differs) differ," \
		"$(verdicts open) open, $(verdicts not_asked) not asked"
	# The last one is compared outside.
	sed 's/^/REPORT /' $A/report.json >/dev/console
	rmmod hvpt_bridge && rmmod hvpt_conformance || return 1
	[ ! -e $A ] || fail "the report stays"
}

case_conformance() {
	asked 0 || return 1
	passive=$stated
	asked 1 || return 1
	[ "$passive" -gt 0 ] && [ "$stated" -gt "$passive" ] ||
		fail "active does not ask more than passive"
}
