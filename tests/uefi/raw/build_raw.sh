#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Builds the driver, and programs that test it, for real firmware, with clang
# and lld-link and without edk2. No symbol may be undefined, not even memcpy
# and memset.
#
# usage: build_raw.sh ROOT FOLDER
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
# All programs that are there are checked at the end.
rm -f "$out"/*.efi

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

# link NAME SUBSYSTEM OBJECT... - the same objects give the same file
link() {
	name=$1
	kind=$2
	shift 2
	lld-link -nologo -subsystem:"$kind" -entry:raw_entry -nodefaultlib \
		-opt:ref -timestamp:0 -out:"$out/$name" "$@"
}

# core - the library, once
core=
for file in $(sed -n 's|^  \(src/.*\.c\)$|\1|p' "$root/hvpt.cmake"); do
	name=core-$(echo "${file#src/}" | tr / -)
	compile "$name" "$root/$file"
	core="$core $out/$name.obj"
done

# The driver's units; with a stand-in for one step, for the negative runs.
for file in "$pkg"/HvptIoMmuDxe/*.c "$pkg"/Library/Hvpt[HD]*/*.c \
	"$here/raw/skip.c" "$here/stub_bits.c"; do
	compile "$(basename "$file" .c)" "$file"
done
compile Access-no-grant "$pkg/HvptIoMmuDxe/Access.c" \
	-DHvptGrant=test_no_grant
compile driver-base "$here/raw/base.c" -DHVPT_RAW_MAIN=HvptIoMmuEntry
compile driver-base-expose "$here/raw/base.c" \
	-DHVPT_RAW_MAIN=HvptIoMmuEntry -DHVPT_RAW_EXPOSE=1
compile Access-unmanaged "$pkg/HvptIoMmuDxe/Access.c" \
	-DHvptReadyDevice=test_unmanaged
compile Access-no-set "$pkg/HvptIoMmuDxe/Access.c" \
	-DHvptDeviceIdFromHandle=test_no_set
for policy in 0 1 2 3; do
	compile driver-base-policy-$policy "$here/raw/base.c" \
		-DHVPT_RAW_MAIN=HvptIoMmuEntry -DHVPT_RAW_POLICY=$policy
done
compile app-base "$here/raw/base.c" -DHVPT_RAW_MAIN=app_main
compile start "$here/raw/start.c" -DHVPT_RAW_MAIN=app_main
compile dma_app "$here/raw/dma_app.c" -DHVPT_RAW_MAIN=app_main
compile contract_app "$here/raw/contract_app.c" -DHVPT_RAW_MAIN=app_main
compile handover_app "$here/raw/handover_app.c" -DHVPT_RAW_MAIN=app_main
compile os_app "$here/raw/os_app.c" -DHVPT_RAW_MAIN=app_main

# objects NAME... - their files
objects() {
	for object in "$@"; do
		echo "$out/$object.obj"
	done
}

# driver PROGRAM NAME BASE ACCESS LIBRARY... - and a program that starts it
driver() {
	program=$1
	driver=$2
	shift 2
	# shellcheck disable=SC2046,SC2086
	link "$driver.efi" efi_boot_service_driver $core $(objects "$@" \
		Bounce Buffer Device Entry Exit Grant HandOver HandOverTable \
		Mapping Pages Protocol skip stub_bits)
	clang -target x86_64-unknown-windows \
		-DHVPT_RAW_IMAGE="\"$out/$driver.efi\"" -c \
		"$here/raw/image.S" -o "$out/$driver-image.obj"
	# shellcheck disable=SC2046
	link "dma-$driver.efi" efi_application \
		$(objects "$program" start app-base stub_bits \
		"$driver-image")
}

native="HvptHypercallLibNative HvptDeviceIdLib"
vtd="HvptHypercallLibVtd Bridge BridgeDomain Vtd HvptDeviceIdLibPci"
# shellcheck disable=SC2086
{
	driver dma_app native driver-base Access $native
	driver dma_app vtd driver-base Access $vtd
	driver dma_app vtd-expose driver-base-expose Access $vtd
	driver dma_app vtd-no-grant driver-base Access-no-grant $vtd
	driver dma_app vtd-unmanaged driver-base Access-unmanaged $vtd
	driver dma_app vtd-no-set driver-base Access-no-set $vtd
	driver contract_app vtd-contract driver-base Access $vtd
	for policy in 0 1 2 3; do
		driver handover_app vtd-policy-$policy \
			driver-base-policy-$policy Access $vtd
		driver os_app vtd-os-$policy driver-base-policy-$policy \
			Access $vtd
	done
}

# What the processor makes of the tables.
clang -target x86_64-unknown-windows -c "$here/raw/run_with.S" \
	-o "$out/run_with.obj"
compile cpu "$here/raw/cpu_app.c" -DHVPT_RAW_MAIN=app_main
compile cpu-spoilt "$here/raw/cpu_app.c" -DHVPT_RAW_MAIN=app_main \
	-DHVPT_RAW_SPOIL
for app in cpu cpu-spoilt; do
	# shellcheck disable=SC2046,SC2086
	link $app.efi efi_application $(objects $app run_with app-base \
		stub_bits) $core
done

# The conformance suite: for a real host, and on QEMU's VT-d.
suite=
for file in "$root"/conformance/*.c "$root"/conformance/uefi/*.c; do
	name=suite-$(basename "$file" .c)
	compile "$name" "$file" -I"$root" \
		-DHvptConformanceMain=app_main
	suite="$suite $out/$name.obj"
done
# shellcheck disable=SC2046,SC2086
{
	link hvpt-conformance.efi efi_application $suite $core $(objects \
		app-base stub_bits $native)
	link conformance-vtd.efi efi_application $suite $core $(objects \
		app-base stub_bits $vtd)
}

python3 -B "$here/check_efi.py" driver "$out"/native.efi "$out"/vtd*.efi
python3 -B "$here/check_efi.py" app "$out"/dma-*.efi "$out"/cpu*.efi \
	"$out"/hvpt-conformance.efi "$out"/conformance-vtd.efi
for file in native vtd; do
	printf 'clang + lld-link %-8s %6s bytes\n' $file \
		"$(wc -c <"$out/$file.efi")"
done
