#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Checks the files of scripts/conformance-image --release.
#
# usage: check_release.sh ROOT PROGRAM FOLDER
set -eu
root=$1
program=$2
folder=$3
name=hvpt-conformance

die() {
	echo "$folder: $*"
	exit 1
}

rm -rf "$folder"
mkdir -p "$folder"
for run in one two; do
	"$root/scripts/conformance-image" --program "$program" \
		--release "$folder/$run" >/dev/null
done
diff -r "$folder/one" "$folder/two" || die "two runs differ"
if "$root/scripts/conformance-image" --program "$program" \
	--release "$folder/two" >/dev/null 2>&1; then
	die "a folder that is there was taken"
fi
rm -r "$folder/two"
# Options are on the disk if there are any; a release has none.
image() {
	"$root/scripts/conformance-image" "$@" 2>&1
}
image --program "$program" --output "$folder/three" \
	--options "passive pages=no" | tail -n 1 |
	grep -q "^Next: docs/CONFORMANCE.md, step 2" || die "no next step"
mcopy -i "$folder/three/$name.img@@1M" ::/$name.cfg - | tr -d '\r' |
	grep -qx "passive pages=no" || die "the disk has no options"
rm -r "$folder/three"
if mcopy -i "$folder/one/$name.img@@1M" ::/$name.cfg - >/dev/null 2>&1; then
	die "a release has options"
fi
image --program "$program" --release "$folder/three" --options passive |
	grep -q "excludes --options" || die "a release took options"
# A program that is not there leaves no folder.
image --program "$folder/nothing.efi" --output "$folder/three" |
	grep -q "nothing.efi: no such file" || die "a program that is not there"
[ ! -e "$folder/three" ] || die "a folder was left"
cd "$folder/one"
found=$(find . -type f | sort | tr '\n' ' ')
wanted="./README.md ./SHA256SUMS ./$name.efi ./$name.img ./$name.vhd"
wanted="$wanted ./$name.vhdx "
[ "$found" = "$wanted" ] || die "has $found"
sha256sum --quiet --strict -c SHA256SUMS || die "sums"
[ "$(wc -l <SHA256SUMS)" -eq 5 ] || die "a file has no sum"
cmp "$program" $name.efi || die "another program"
qemu-img compare -q -f vhdx -F raw $name.vhdx $name.img ||
	die "the vhdx is not the disk"
qemu-img check -q -f vhdx $name.vhdx || die "the vhdx is broken"
# a fixed VHD is the disk, and 512 bytes
head -c -512 $name.vhd | cmp - $name.img || die "the vhd is not the disk"
[ "$(tail -c 512 $name.vhd | head -c 8)" = conectix ] || die "no vhd"
mcopy -i $name.img@@1M ::/EFI/BOOT/BOOTX64.EFI - | cmp - $name.efi ||
	die "the disk has another program"
mcopy -i $name.img@@1M ::/README.TXT - | tr -d '\r' | cmp - README.md ||
	die "the disk has other steps"
[ "$(grep -c '^[0-9]*\. ' README.md)" -eq 10 ] || die "not ten steps"
for word in "hvpt 0\." "Send yours" "^Host, version, build:" "q. to"; do
	grep -q "$word" README.md || die "README.md does not say $word"
done
if grep -n -e ']([^h]' README.md; then
	die "README.md refers to what is not there"
fi
echo "release: $(sha256sum SHA256SUMS | cut -c 1-16)"
