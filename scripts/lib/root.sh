# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh
# Commands in the system that scripts/get-linux unpacked. Sourced.

# hvpt_in_root ROOT FOLDER COMMAND [KERNEL] - runs COMMAND there as the current
# user; the folder is /hvpt, that of the debug kernel /kernel
#
# The tools of a kernel's headers need the C library that they were built for,
# and /proc. Mounts are in a namespace and vanish with it.
hvpt_in_root() {
	hvpt_user=
	[ "$(id -u)" = 0 ] || hvpt_user=--map-root-user
	# shellcheck disable=SC2086
	unshare $hvpt_user --mount --pid --fork sh -ec '
		root=$1
		mount --rbind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		mkdir -p "$root/hvpt"
		mount --bind "$2" "$root/hvpt"
		if [ -n "$4" ]; then
			mkdir -p "$root/kernel"
			mount --bind "$4" "$root/kernel"
		fi
		exec chroot "$root" /usr/bin/env -i \
			PATH=/usr/sbin:/usr/bin HOME=/tmp LC_ALL=C sh -ec "$3"
	' sh "$1" "$2" "$3" "${4:-}"
}
