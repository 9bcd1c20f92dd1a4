#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Builds the driver, and programs which test it, for real firmware: with clang
# and lld-link, without edk2. Nothing may be undefined, memcpy and memset among
# it.
#
# usage: build.sh ROOT FOLDER
set -eu
root=$1
out=$2
here=$root/tests/uefi
pkg=$root/adapters/uefi/HvptPkg
for tool in clang lld-link; do
	command -v $tool >/dev/null || {
		echo "SKIP: there is no $tool"
		exit 77
	}
done
mkdir -p "$out"

FLAGS="-target x86_64-unknown-windows -std=c11 -Os -ffreestanding -fshort-wchar
	-mno-red-zone -mno-stack-arg-probe -nostdinc -Wall -Wextra -Werror
	-Wno-unused-parameter -Wno-missing-field-initializers"
resource=$(clang -print-resource-dir)/include

# compile NAME SOURCE OPTION...
compile() {
	object=$out/$1.obj
	source=$2
	shift 2
	# shellcheck disable=SC2086
	clang $FLAGS -isystem "$resource" -I"$here/include" -I"$here" \
		-I"$pkg/Include" -I"$pkg/HvptIoMmuDxe" -I"$root/include" \
		-I"$root/src" "$@" -c "$source" -o "$object"
}

# link NAME SUBSYSTEM OBJECT...
link() {
	name=$1
	kind=$2
	shift 2
	lld-link -nologo -subsystem:"$kind" -entry:raw_entry -nodefaultlib \
		-opt:ref -out:"$out/$name" "$@"
}

# core - the library, once
core=
for file in $(sed -n 's|^  \(src/.*\.c\)$|\1|p' "$root/hvpt.cmake"); do
	name=core-$(echo "${file#src/}" | tr / -)
	compile "$name" "$root/$file"
	core="$core $out/$name.obj"
done

# driver NAME HYPERCALLS IDS OPTION... - options for all units of the driver
driver() {
	driver=$1
	hypercalls=$2
	ids=$3
	shift 3
	objects=
	for file in "$pkg"/HvptIoMmuDxe/*.c "$pkg/Library/$hypercalls"/*.c \
		"$pkg/Library/$ids"/*.c "$here/raw/base.c" \
		"$here/raw/skip.c"; do
		name=$driver-$(basename "$file" .c)
		# The stand-ins are defined by these, and not called.
		case $name in
		*-Grant) compile "$name" "$file" ${flush_option-} ;;
		*-Protocol) compile "$name" "$file" ${grant_option-} ;;
		*) compile "$name" "$file" -DHVPT_RAW_MAIN=HvptIoMmuEntry "$@" ;;
		esac
		objects="$objects $out/$name.obj"
	done
	# shellcheck disable=SC2086
	link "$driver.efi" efi_boot_service_driver $objects $core
}

driver native HvptHypercallLibNative HvptDeviceIdLib
driver vtd HvptHypercallLibVtd HvptDeviceIdLibPci
driver vtd-strict HvptHypercallLibVtd HvptDeviceIdLibPci -DHVPT_RAW_STRICT=1
flush_option=-DHvptFlushDevice=test_no_flush
driver vtd-no-flush HvptHypercallLibVtd HvptDeviceIdLibPci
flush_option=
grant_option=-DHvptGrant=test_no_grant
driver vtd-no-grant HvptHypercallLibVtd HvptDeviceIdLibPci
grant_option=

# app NAME SOURCE OBJECT OPTION... - a program; OBJECT may be empty
app() {
	app=$1
	source=$2
	extra=$3
	shift 3
	compile "$app" "$source" -DHVPT_RAW_MAIN=app_main "$@"
	compile "$app-base" "$here/raw/base.c" -DHVPT_RAW_MAIN=app_main
	# shellcheck disable=SC2086
	link "$app.efi" efi_application "$out/$app.obj" "$out/$app-base.obj" \
		$extra
}

for kind in vtd vtd-strict vtd-no-flush vtd-no-grant native; do
	clang -target x86_64-unknown-windows \
		-DHVPT_RAW_IMAGE="\"$out/$kind.efi\"" -c "$here/raw/image.S" \
		-o "$out/$kind-image.obj"
	app "dma-$kind" "$here/raw/dma_app.c" "$out/$kind-image.obj" \
		-DHVPT_RAW_DISKS=4 -DHVPT_RAW_NETWORKS=1
done

python3 -B "$here/check_efi.py" driver "$out"/native.efi "$out"/vtd*.efi
python3 -B "$here/check_efi.py" app "$out"/dma-*.efi
for file in native vtd; do
	printf 'clang + lld-link %-8s %6s bytes\n' $file \
		"$(wc -c <"$out/$file.efi")"
done
