# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh
# Minimal Debian systems, each kept as an archive, and the packages that were
# installed in them. Root is needed. Sourced after common.sh and apt.sh.

EXIT_SKIP=77
hvpt_roots=$(hvpt_cache)/roots

# hvpt_root_settings - apt settings for the new system: the proxies of this one.
# The index of a mirror that is not updated may be expired; its signature is
# still checked.
hvpt_root_settings() {
	apt-config dump | grep -E '^Acquire::[a-z]+::(Proxy|Proxy-.*) ' || :
	echo 'Acquire::Check-Valid-Until "false";'
}

# hvpt_root_make SUITE LOG - the archive of a minimal system, unless it is there
hvpt_root_make() {
	[ ! -f "$hvpt_roots/$1.tar" ] || return 0
	hvpt_mirror=$(hvpt_apt_mirror)
	[ -n "$hvpt_mirror" ] || {
		hvpt_say "SKIP: no Debian mirror among apt's sources"
		return $EXIT_SKIP
	}
	hvpt_say "making a minimal system of $1"
	mkdir -p "$hvpt_roots"
	hvpt_root_settings >"$hvpt_roots/apt.conf"
	rm -rf "${hvpt_roots:?}/$1.tar" # it may be a folder
	mmdebstrap --quiet --variant=minbase --include=git,ca-certificates \
		--format=tar \
		--aptopt="$hvpt_roots/apt.conf" "$1" "$hvpt_roots/$1.new" \
		"$hvpt_mirror" </dev/null >"$2" 2>&1 || {
		cat "$2" >&2
		hvpt_say "SKIP: $1 could not be fetched: is there a network?"
		return $EXIT_SKIP
	}
	mv "$hvpt_roots/$1.new" "$hvpt_roots/$1.tar"
}

# hvpt_root_unpack SUITE FOLDER - a new system in FOLDER/root
hvpt_root_unpack() {
	rm -rf "$2"
	mkdir -p "$2/root" "$hvpt_roots/$1-packages"
	tar -xf "$hvpt_roots/$1.tar" -C "$2/root"
	hvpt_root_settings >"$2/root/etc/apt/apt.conf.d/99hvpt"
	# What is lost with the power is not worth waiting for.
	mkdir -p "$2/root/etc/dpkg/dpkg.cfg.d"
	echo force-unsafe-io >"$2/root/etc/dpkg/dpkg.cfg.d/hvpt"
	cp -L /etc/resolv.conf "$2/root/etc/resolv.conf"
	cp "$hvpt_roots/$1-packages"/*.deb "$2/root/var/cache/apt/archives" \
		2>/dev/null || :
}

# hvpt_root_keep SUITE FOLDER - keeps the packages that were fetched there
hvpt_root_keep() {
	cp -u "$2/root/var/cache/apt/archives"/*.deb \
		"$hvpt_roots/$1-packages" 2>/dev/null || :
}
