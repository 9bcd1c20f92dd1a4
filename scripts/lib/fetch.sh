# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=sh disable=SC2154
# For scripts that fetch one program from a newer Debian release into a folder
# of its own. Sourced after common.sh and apt.sh.
#
# The script sets folder and program, and defines
#
#   usage           prints its help
#   fetch_packages  downloads into $folder/cache/archives
#   write_program   writes $program, which runs what was unpacked
#   check_program   ends the script if the program cannot be used
#
# The unpacked program needs the C library that was fetched with it: it runs
# with that library's own loader.

EXIT_UNREACHABLE=77

hvpt_fetch_usage_end() {
	cat <<-END

	  --cached    do not fetch: exit code $EXIT_UNREACHABLE when it is not there
	  -h, --help  this text

	Exit code $EXIT_UNREACHABLE: it could not be fetched: no network, or no
	such mirror.
	END
}

unreachable() {
	hvpt_say "$(basename "$0"): $*"
	exit $EXIT_UNREACHABLE
}

# hvpt_fetch_into SUITE... - fetches, unpacks and checks
hvpt_fetch_into() {
	[ "$(uname -m)" = x86_64 ] ||
		unreachable "there is none to fetch for $(uname -m)"
	hvpt_apt_prepare "$folder" amd64
	mirror=$(hvpt_apt_mirror)
	[ -n "$mirror" ] || unreachable "no Debian mirror among apt's sources"
	hvpt_apt_suites "$folder" "$mirror" "$@"
	hvpt_say "fetching into $folder"
	{ apt-get -qq update >&2 && fetch_packages; } ||
		unreachable "could not fetch from Debian's $*: is there a" \
			"network, and does the mirror carry it?"
	hvpt_apt_unpack "$folder"
	write_program
	check_program
	: >"$folder/complete"
}

# hvpt_fetch_main ARGUMENT SUITE... - prints the program, fetched if need be
hvpt_fetch_main() {
	hvpt_fetch_may=yes
	case $1 in
	"") ;;
	--cached) hvpt_fetch_may= ;;
	-h | --help)
		usage
		hvpt_fetch_usage_end
		exit 0
		;;
	*) hvpt_die "unknown argument: $1" ;;
	esac
	shift
	if ! [ -e "$folder/complete" ] || ! [ -x "$program" ]; then
		[ -n "$hvpt_fetch_may" ] ||
			unreachable "not fetched yet:" \
				"run scripts/$(basename "$0")"
		hvpt_fetch_into "$@"
	fi
	echo "$program"
}
