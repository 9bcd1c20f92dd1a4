#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# roots.sh ROOT - what scripts/test-roots makes of what goes on in its systems:
# its table, its exit code, what is kept and what is removed. mmdebstrap, apt
# and the systems are stand-ins, which do as files in $folder say.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tree=$folder/tree
mkdir -p "$tree/scripts" "$folder/bin" "$folder/system"
cp "$1/scripts/test-roots" "$tree/scripts"
cp -r "$1/scripts/lib" "$tree/scripts"
cat >>"$tree/scripts/lib/common.sh" <<'END'
hvpt_need() { :; }
END
cat >>"$tree/scripts/lib/apt.sh" <<'END'
hvpt_apt_mirror() { cat "$hvpt_root/../mirror"; }
END
# hvpt_in_root ROOT FOLDER COMMAND - as $folder/fails says; a package is left
# where apt leaves what it installed
cat >>"$tree/scripts/lib/root.sh" <<'END'
hvpt_in_root() {
	ls "$1/var/cache/apt/archives" >>"$hvpt_root/../found"
	: >"$1/var/cache/apt/archives/some.deb"
	[ -e "$2/scripts/test-roots" ] || return 1
	echo "$3" >>"$hvpt_root/../commands"
	echo "SKIPPED: dev other: cannot be avoided: not here"
	echo "3 passed, 0 failed, 1 skipped"
	! grep -qxF "$3" "$hvpt_root/../fails" || return 1
}
END
cat >"$folder/bin/mmdebstrap" <<'END'
#!/bin/sh
# ... SUITE TARGET MIRROR - an archive, or a folder, as the true one decides
folder=$(dirname "$0")/..
[ ! -e "$folder/offline" ] || exit 1
format=auto
while [ $# -gt 3 ]; do
	case $1 in --format=*) format=${1#*=} ;; esac
	shift
done
case $format:$2 in
tar:* | auto:*.tar) tar -cf "$2" -C "$folder/system" . ;;
*) cp -r "$folder/system" "$2" ;;
esac
END
printf '#!/bin/sh\necho 0\n' >"$folder/bin/id"
printf '#!/bin/sh\n' >"$folder/bin/apt-config"
chmod +x "$folder/bin"/*
mkdir -p "$folder/system/etc/apt/apt.conf.d" \
	"$folder/system/var/cache/apt/archives"
echo some-mirror >"$folder/mirror"
: >"$folder/fails"
export PATH="$folder/bin:$PATH" XDG_CACHE_HOME="$folder/cache"
(
	cd "$tree"
	unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
	git init -q
	git add .
	git -c user.name=a -c user.email=a@b commit -q -m "some commit"
)

# roots CODE ARGUMENT... - runs it; its output is in out, its messages in err
roots() {
	want=$1
	shift
	: >"$folder/commands"
	: >"$folder/found"
	code=0
	"$tree/scripts/test-roots" "$@" >"$folder/out" 2>"$folder/err" \
		</dev/null || code=$?
	[ $code = "$want" ] || fails "exit code $code, not $want: $*"
}

fails() {
	cat "$folder/out" "$folder/err"
	echo "$*"
	exit 1
}

# says FILE TEXT - it is in there
says() {
	grep -q -e "$2" "$folder/$1" || fails "no '$2' in $1"
}

roots 1 --frobnicate
says err "unknown option: --frobnicate"
roots 1 potato
says err "unknown suite: potato"

# both commands, in each system, the rows in order; then the system is removed;
# a folder in the place of an archive is no hindrance
mkdir -p "$folder/cache/hvpt/roots/sid.tar/usr"
roots 0 bookworm sid
for command in "cd /hvpt && scripts/run" \
	"cd /hvpt && scripts/test --no-skips"; do
	[ "$(grep -cxF "$command" "$folder/commands")" = 2 ] ||
		fails "not run twice: $command"
done
rows=$(sed -n 's/^\([a-z]*\) *scripts\/\([a-z]*\) .*/\1 \2/p' \
	"$folder/out" | xargs)
[ "$rows" = "bookworm run bookworm test sid run sid test" ] ||
	fails "other rows: $rows"
says out "scripts/test  passed  .* s  3 passed, 0 failed, 1 skipped"
says out "skipped: dev other: cannot be avoided: not here"
[ ! -e "$tree/build/roots/sid" ] || fails "the system is still there"
[ -e "$tree/build/roots/sid-test.log" ] || fails "the log is gone"

# the next time nothing is fetched, neither system nor package
: >"$folder/offline"
roots 0 --quick --keep sid
says commands "scripts/test --no-skips -- -L 'unit|source|docs'"
[ "$(grep -c some.deb "$folder/found")" = 2 ] ||
	fails "the first command had no package"
[ -e "$tree/build/roots/sid/hvpt/scripts/test-roots" ] || fails "not kept"

# a command that fails; the others run all the same
echo "cd /hvpt && scripts/run" >"$folder/fails"
roots 1 sid
says out "^sid *scripts/run *FAILED"
says out "^sid *scripts/test *passed"
: >"$folder/fails"

# what cannot be fetched is skipped, and that is no success
roots 77 trixie sid
says out "^trixie *SKIPPED"
says out "^sid *scripts/test *passed"
: >"$folder/mirror"
roots 77 trixie
says err "no Debian mirror"

printf '#!/bin/sh\necho 1000\n' >"$folder/bin/id"
roots 1
says err "needs root"
