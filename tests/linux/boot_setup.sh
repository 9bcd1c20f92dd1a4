#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# boot_setup.sh ROOT - what adapters/linux/boot/setup installs and removes.
# scripts/test-boot boots with it.
set -eu
adapter=$1/adapters/linux
setup=$adapter/boot/setup
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
root=$folder/root
mkdir -p "$root/usr/lib/modprobe.d" "$root/lib/modules"
echo kept >"$root/usr/lib/modprobe.d/other.conf"

die() {
	echo "FAIL: $*"
	exit 1
}

# state - each file, with its mode
state() {
	(cd "$root" && find . -type f -exec stat -c '%a %n' {} + | sort -k 2)
}

# is LINE... - that is the state
is() {
	printf '%s\n' "$@" >"$folder/wanted"
	state | cmp -s - "$folder/wanted" || die "not $*, but $(state)"
}

# refused TEXT ARGUMENT... - with exit code 2, and nothing is changed
refused() {
	text=$1
	shift
	state >"$folder/before"
	code=0
	"$setup" "$@" >"$folder/out" 2>&1 || code=$?
	[ $code = 2 ] || die "$*: exit code $code, not 2"
	grep -qF -e "$text" "$folder/out" || die "$*: not '$text'"
	state | cmp -s - "$folder/before" || die "$*: changed something"
}

other="644 ./usr/lib/modprobe.d/other.conf"
scripts=./usr/share/initramfs-tools
ours="644 ./usr/lib/dracut/dracut.conf.d/50-hvpt.conf
644 ./usr/lib/modprobe.d/hvpt.conf"
hooks="755 $scripts/hooks/hvpt
755 $scripts/scripts/init-top/hvpt"

is "$other"
for each in 1 2; do
	"$setup" --root "$root"
	is "$ours" "$other" "$hooks"
done
refused "--root needs a folder" --root
refused "--root needs a folder" --root "$folder/none"
refused "unknown argument: --purge" --root "$root" --purge
refused "--unused is for --remove" --root "$root" --unused
for each in 1 2; do
	"$setup" --remove --root "$root"
	is "$other"
done

# While a kernel has the module, what loads it stays.
"$setup" --root "$root"
module=$root/lib/modules/7.3/updates/dkms/hvpt_iommu.ko.xz
mkdir -p "$(dirname "$module")"
: >"$module"
"$setup" --remove --unused --root "$root"
is "644 ./lib/modules/7.3/updates/dkms/hvpt_iommu.ko.xz" "$ours" "$other" \
	"$hooks"
rm "$module"
"$setup" --remove --unused --root "$root"
is "$other"

# What DKMS runs is there.
for each in POST_INSTALL POST_REMOVE; do
	command=$(sed -n "s/^$each=\"\\(.*\\)\"\$/\\1/p" "$adapter/dkms.conf")
	# Words on purpose.
	# shellcheck disable=SC2086
	"$1"/$command --root "$root" || die "$each does not run: $command"
done
is "$other"
# Each line of modprobe.conf is one that modprobe knows.
! grep -vE '^(#.*|softdep [a-z0-9_]+ pre: hvpt_iommu|)$' \
	"$adapter/boot/modprobe.conf" || die "modprobe.conf"
