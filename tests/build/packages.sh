#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# packages.sh FOLDER - the packages in FOLDER do what they are for, in this
# system, which has nothing of hvpt's but them. scripts/packages --check runs
# it in a new one. It prints "==== SECONDS what" for each step.
set -eu
folder=$1
user=/tmp/user
mkdir -p "$user"
cd "$user"
export DEBIAN_FRONTEND=noninteractive

die() {
	echo "FAIL: $*"
	exit 1
}

# step WHAT COMMAND...
step() {
	what=$1
	shift
	start=$(date +%s)
	echo "---- $what"
	"$@"
	printf '==== %4s s  %s\n' $(($(date +%s) - start)) "$what"
}

get() {
	apt-get -q -y --no-install-recommends install "$@"
}

# What the users of the packages have besides. The packages bring the rest.
system() {
	apt-get -q update
	get "linux-headers-$(dpkg --print-architecture)" man-db gcc libc6-dev \
		cmake make pkg-config
}

ours() {
	rm -f "$folder"/*-dbgsym_*
	get "$folder"/*.deb
}

replay() {
	for trace in /usr/share/doc/hvpt-tools/examples/*.xz; do
		hvpt replay "$trace" >replay.out
		grep -qx '  mismatches      0' replay.out ||
			die "$trace: $(cat replay.out)"
	done
}

manual() {
	commands=$(hvpt --help |
		sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z]*\) .*/hvpt-\1/p')
	[ -n "$commands" ] || die "hvpt names no commands"
	for page in hvpt $commands; do
		MANWIDTH=80 man -P cat "$page" >page.out 2>page.err ||
			die "man $page: $(cat page.err)"
		grep -q '^NAME' page.out || die "man $page: $(cat page.out)"
		echo "$page: $(wc -l <page.out) lines"
	done
	[ -s /usr/share/bash-completion/completions/hvpt ] ||
		die "no completion"
}

# says PROGRAM - what the example says
says() {
	said=$("$@")
	[ "$said" = "iova 0x100000 -> gpa 0x4000000" ] || die "$*: $said"
}

example=/usr/share/doc/libhvpt-dev/examples/host

by_pkg_config() {
	# Words on purpose.
	# shellcheck disable=SC2046
	gcc "$example/main.c" -o one $(pkg-config --cflags --libs hvpt)
	says ./one
	ldd ./one | grep -q libhvpt.so.0 || die "not linked to libhvpt.so.0"
}

by_cmake() {
	for library in hvpt shared; do
		cmake -S "$example" -B $library \
			-DHVPT_LIBRARY=$library
		cmake --build $library
		says $library/example
	done
}

# module - DKMS has built it when the package was installed
module() {
	dkms status | tee dkms.out
	version=$(dpkg-query -W -f '${Version}' hvpt-dkms)
	for build in /lib/modules/*/build; do
		kernel=$(basename "$(dirname "$build")")
		grep -q "^hvpt/${version%-*}, $kernel, .*: installed" \
			dkms.out || die "not built for $kernel"
		found=$(find "/lib/modules/$kernel" -name 'hvpt_iommu.ko*')
		[ "$(modinfo -F version "$found")" = "${version%-*}" ] ||
			die "$found: another version"
	done
	[ -n "${kernel-}" ] || die "no kernel's headers are here"
	grep -q '^softdep .* pre: hvpt_iommu' /usr/lib/modprobe.d/hvpt.conf ||
		die "nothing loads the module early"
	[ -x /usr/share/initramfs-tools/hooks/hvpt ] || die "no initramfs hook"
}

removal() {
	apt-get -q -y purge libhvpt0 libhvpt-dev hvpt-tools hvpt-dkms
	left=$(find /usr /etc /lib/modules /var/lib/dkms -name '*hvpt*' |
		grep -v '^/etc/\(apt\|dpkg\)/') || :
	[ -z "$left" ] || die "left behind: $left"
}

step "compilers and the kernel's headers are installed" system
step "the packages are installed; DKMS builds the module" ours
step "hvpt replays the example traces" replay
step "man shows the page of each command" manual
step "a program is built with pkg-config" by_pkg_config
step "a program is built with CMake, static and shared" by_cmake
step "the module is there for each kernel" module
step "the packages are removed, and leave nothing" removal
