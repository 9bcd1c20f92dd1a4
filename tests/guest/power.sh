# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh
# The cases about sleep and hibernation. Sourced by init.sh after cases.sh.

# Each goes further than the one before; suspend to idle ends at the third.
IDLE_LEVELS="freezer devices platform"
LEVELS="$IDLE_LEVELS processors core"
# So many seconds until somebody wakes it.
NAP=5

# sleep_tests STATE LEVEL... - to there and back: the kernel's own test
sleep_tests() {
	state=$1
	shift
	echo 0 >/sys/module/suspend/parameters/pm_test_delay
	for level in "$@"; do
		echo "$level" >/sys/power/pm_test || return 1
		echo "$state" >/sys/power/state || fail "$state, $level" ||
			return 1
	done
	echo none >/sys/power/pm_test
}

# With devices. Hibernation is refused, and the log says why.
case_sleep() {
	# Words on purpose.
	# shellcheck disable=SC2086
	sleep_tests freeze $IDLE_LEVELS || return 1
	copy_compare /dev/nvme0n1 65536 1 || return 1
	echo deep >/sys/power/mem_sleep || fail "no deep sleep" || return 1
	# shellcheck disable=SC2086
	sleep_tests mem $LEVELS || return 1
	copy_compare /dev/nvme0n1 65536 1 || return 1
	! echo disk 2>/dev/null >/sys/power/state ||
		fail "hibernated with devices" || return 1
	dmesg | grep -q 'hvpt_iommu: no hibernation' || fail "not said" ||
		return 1
	copy_compare /dev/nvme0n1 65536 1 && no_faults
}

# now - seconds since the start, also those asleep
now() {
	cut -d . -f 1 /proc/uptime
}

# nap - really suspends to idle, until somebody presses the power button
nap() {
	start=$(now)
	say "PRESS $NAP"
	echo freeze >/sys/power/state || fail "does not sleep"
	say AWAKE
	slept=$(($(now) - start))
	[ $slept -ge $((NAP - 1)) ] || fail "slept $slept s only"
}

# While the disk is read.
case_idle() {
	load button || return 1
	busy &
	good=0
	for round in 1 2; do
		nap || good=1
	done
	rm /tmp/busy
	wait $!
	[ $good = 0 ] && copy_compare /dev/nvme0n1 65536 1 && no_faults
}

# Without devices; then they come back. The kernel's last test makes an image,
# and the module makes its domains again: nothing was lost, so they exist.
case_hibernate() {
	remove_all
	before=$(cat $P/calls)
	# shellcheck disable=SC2086
	sleep_tests disk $LEVELS || return 1
	[ "$(cat $P/calls)" -gt "$before" ] || fail "nothing was made again" ||
		return 1
	echo 1 >/sys/bus/pci/rescan
	wait_for 20 test -b /dev/nvme0n1 || return 1
	grep -q "^$NVME id .* attached " $D/devices || fail "not attached" ||
		return 1
	copy_compare /dev/nvme0n1 65536 1 && no_faults
}
