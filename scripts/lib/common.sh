# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh disable=SC2034
# What the shell scripts share. Sourced with hvpt_root set.

hvpt_say() {
	printf '%s\n' "$*" >&2
}

hvpt_die() {
	hvpt_say "$(basename "$0"): $*"
	exit 1
}

# hvpt_jobs - the number of parallel jobs
hvpt_jobs() {
	nproc 2>/dev/null || echo 2
}

# hvpt_cache - the folder for downloads
hvpt_cache() {
	echo "${XDG_CACHE_HOME:-$HOME/.cache}/hvpt"
}

# hvpt_present PROBE - is the command there, or the file if it has a slash?
hvpt_present() {
	case $1 in
	*/*) [ -e "$1" ] ;;
	*) command -v "$1" >/dev/null 2>&1 ;;
	esac
}

# hvpt_need PACKAGE:PROBE... - installs the packages whose probe is missing
hvpt_need() {
	hvpt_missing=
	for hvpt_entry in "$@"; do
		hvpt_present "${hvpt_entry#*:}" ||
			hvpt_missing="$hvpt_missing ${hvpt_entry%%:*}"
	done
	[ -n "$hvpt_missing" ] || return 0
	command -v apt-get >/dev/null 2>&1 ||
		hvpt_die "please install what Debian calls:$hvpt_missing"
	hvpt_sudo=
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null 2>&1 ||
			hvpt_die "please install, as root:$hvpt_missing"
		hvpt_sudo=sudo
	fi
	hvpt_say "installing with apt-get:$hvpt_missing"
	# Split into words on purpose. An index may be missing or old.
	# shellcheck disable=SC2086
	hvpt_install $hvpt_missing || {
		$hvpt_sudo apt-get -q update >&2 || true
		hvpt_install $hvpt_missing
	} || hvpt_die "apt-get could not install:$hvpt_missing"
}

hvpt_install() {
	# Another may be installing: of Debian's own jobs, or of ours.
	$hvpt_sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 \
		--no-install-recommends install "$@" >&2
}

# Packages by purpose.
HVPT_FOR_BUILD="gcc:gcc libc6-dev:/usr/include/stdio.h cmake:cmake
	ninja-build:ninja liblzma-dev:/usr/include/lzma.h
	zlib1g-dev:/usr/include/zlib.h libbz2-dev:/usr/include/bzlib.h
	libzstd-dev:/usr/include/zstd.h
	libtraceevent-dev:/usr/include/traceevent/event-parse.h
	libtracefs-dev:/usr/include/tracefs/tracefs.h
	libtracecmd-dev:/usr/include/trace-cmd/trace-cmd.h"
HVPT_FOR_TESTS="$HVPT_FOR_BUILD libcmocka-dev:/usr/include/cmocka.h
	python3:python3 binutils:nm xz-utils:xz zstd:zstd git:git"
HVPT_FOR_CLANG="clang:clang libclang-rt-dev:/usr/share/doc/libclang-rt-dev"
HVPT_FOR_SOURCE_CHECKS="$HVPT_FOR_CLANG g++:g++ clang-format:clang-format
	clang-tidy:clang-tidy gcc-aarch64-linux-gnu:aarch64-linux-gnu-gcc
	qemu-user:qemu-aarch64 zip:zip unzip:unzip valgrind:valgrind
	unifdef:unifdef make:make graphviz:dot mandoc:mandoc
	meson:meson pkg-config:pkg-config
	python3-jsonschema:/usr/lib/python3/dist-packages/jsonschema
	lld:lld-link qemu-system-x86:qemu-system-x86_64"
HVPT_FOR_AARCH64="gcc-aarch64-linux-gnu:aarch64-linux-gnu-gcc
	libc6-dev-arm64-cross:/usr/aarch64-linux-gnu/include/stdio.h
	qemu-user:qemu-aarch64"
HVPT_FOR_FUZZ="clang-19:clang-19
	libclang-rt-19-dev:/usr/lib/llvm-19/lib/clang/19/lib/linux"
HVPT_FOR_ORDER="spin:spin gcc:gcc libc6-dev:/usr/include/stdio.h"
HVPT_FOR_UEFI="clang:clang lld:lld-link mtools:mcopy qemu-utils:qemu-img
	ovmf:/usr/share/OVMF/OVMF_CODE_4M.fd
	python3:python3 gcc:gcc make:make libc6-dev:/usr/include/stdio.h
	g++:g++"
HVPT_FOR_EXAMPLES="$HVPT_FOR_UEFI $HVPT_FOR_CLANG rustc:rustc cargo:cargo
	pkg-config:pkg-config cmake:cmake qemu-system-x86:qemu-system-x86_64"
HVPT_FOR_SHARING="ccache:ccache"
HVPT_FOR_ROOTS="mmdebstrap:mmdebstrap
	debian-archive-keyring:/usr/share/keyrings/debian-archive-keyring.gpg"
HVPT_PYTHON=/usr/lib/python3/dist-packages
HVPT_FOR_SITE="doxygen:doxygen graphviz:dot python3:python3
	python3-sphinx:/usr/bin/sphinx-build furo:$HVPT_PYTHON/furo
	python3-myst-parser:$HVPT_PYTHON/myst_parser"
HVPT_FOR_PACKAGES="dpkg-dev:dpkg-buildpackage debhelper:dh lintian:lintian
	reuse:reuse fakeroot:fakeroot pkg-config:pkg-config
	dh-dkms:/usr/share/debhelper/autoscripts/postinst-dkms"
HVPT_VEGA=/usr/share/javascript/vega/vega-view.min.js
HVPT_FOR_REPORT="chromium:chromium libjs-vega:$HVPT_VEGA python3:python3"
