# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh
# Packages in a folder: apt downloads and verifies them with state of its own,
# and they are unpacked there. The system is not changed, and no root is needed.
# Sourced after common.sh.

# hvpt_apt_prepare FOLDER ARCHITECTURE - empties it; apt then works there
#
# The system's sources and proxies are used; its hooks are not run.
hvpt_apt_prepare() {
	command -v apt-get >/dev/null 2>&1 || hvpt_die "needs apt-get (Debian)"
	rm -rf "$1"
	mkdir -p "$1/state/lists/partial" "$1/cache/archives/partial" \
		"$1/parts" "$1/root"
	: >"$1/status"
	apt-config dump | grep '^Acquire' >"$1/apt.conf" || :
	cat >>"$1/apt.conf" <<-END
		APT::Architecture "$2";
		APT::Architectures { "$2"; };
		APT::Install-Recommends "false";
		APT::Keep-Downloaded-Packages "true";
		APT::Sandbox::User "";
		Acquire::Languages "none";
		Acquire::Retries "2";
		Binary::apt-get::APT::Keep-Downloaded-Packages "true";
		Debug::NoLocking "true";
		Dir::Etc::main "-";
		Dir::Etc::parts "$1/parts";
		Dir::Etc::preferences "-";
		Dir::Etc::preferencesparts "$1/parts";
		Dir::Log "$1";
		Dir::State "$1/state";
		Dir::State::status "$1/status";
		Dir::Cache "$1/cache";
	END
	export APT_CONFIG="$1/apt.conf"
}

# hvpt_apt_mirror - the first Debian mirror among the system's sources
hvpt_apt_mirror() {
	apt-get --print-uris update 2>/dev/null |
		sed -n "s|^'\(.*\)/dists/[^/]*/InRelease'.*|\1|p" |
		grep '/debian$' | head -n 1
}

# hvpt_apt_suites FOLDER URL SUITE... - use these, not the system's sources
hvpt_apt_suites() {
	hvpt_apt_folder=$1
	hvpt_apt_url=$2
	shift 2
	for hvpt_apt_suite in "$@"; do
		printf 'deb [signed-by=%s] %s %s main\n' \
			/usr/share/keyrings/debian-archive-keyring.gpg \
			"$hvpt_apt_url" "$hvpt_apt_suite"
	done >"$hvpt_apt_folder/sources.list"
	cat >>"$hvpt_apt_folder/apt.conf" <<-END
		Dir::Etc::sourcelist "$hvpt_apt_folder/sources.list";
		Dir::Etc::sourceparts "-";
	END
}

# hvpt_apt_unpack FOLDER - unpacks the downloads into FOLDER/root; cleans up
hvpt_apt_unpack() {
	for hvpt_apt_deb in "$1"/cache/archives/*.deb; do
		dpkg-deb -x "$hvpt_apt_deb" "$1/root" || return 1
	done
	# Absolute links point into the system the packages are not in.
	find "$1/root" -type l | while read -r hvpt_apt_link; do
		hvpt_apt_to=$(readlink "$hvpt_apt_link")
		case $hvpt_apt_to in
		/*) ln -sfn "$1/root$hvpt_apt_to" "$hvpt_apt_link" ;;
		esac
	done
	rm -rf "$1/state" "$1/cache" "$1/parts"
}

# hvpt_apt_unpack_system FOLDER ROOT - unpacks the downloads into ROOT, which is
# to be a system of its own: links stay as they are. Scripts of packages are not
# run. No device nodes, no owners: a user may do this.
hvpt_apt_unpack_system() {
	mkdir -p "$2/usr/bin" "$2/usr/sbin" "$2/usr/lib" "$2/usr/lib64" \
		"$2/proc" "$2/dev" "$2/tmp"
	for hvpt_apt_name in bin sbin lib lib64; do
		[ -e "$2/$hvpt_apt_name" ] ||
			ln -s "usr/$hvpt_apt_name" "$2/$hvpt_apt_name"
	done
	for hvpt_apt_deb in "$1"/cache/archives/*.deb; do
		[ -e "$hvpt_apt_deb" ] || continue
		dpkg-deb --fsys-tarfile "$hvpt_apt_deb" |
			tar -x --keep-directory-symlink --no-same-owner \
				-C "$2" || return 1
		rm -f "$hvpt_apt_deb"
	done
}
