#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# release.sh ROOT - what scripts/release refuses, and what it makes, in a small
# repository. The packages and the disks are stand-ins.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tree=$folder/tree
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b

mkdir -p "$tree/scripts" "$tree/include/hvpt" "$tree/dist"
cp "$1/scripts/release" "$1/scripts/tarball" "$1/scripts/sbom" \
	"$1/scripts/list" "$tree/scripts"
cp -r "$1/scripts/lib" "$tree/scripts"
for check in check-version check-symbols check-spdx gen-single-file; do
	printf '#!/bin/sh\n! grep -x %s ../broken\n' "$check" \
		>"$tree/scripts/$check"
done
cat >"$tree/scripts/packages" <<'END2'
#!/bin/sh
# --output FOLDER
echo package >"$2/hvpt.deb"
END2
cat >"$tree/scripts/conformance-image" <<'END2'
#!/bin/sh
# --release FOLDER
mkdir "$2"
echo disk >"$2/hvpt.img"
END2
chmod +x "$tree/scripts"/*
echo "int one_file;" >"$tree/dist/hvpt.h"
printf '#define HVPT_VERSION_%s\n' "MAJOR 4" "MINOR 5" "PATCH 6" \
	>"$tree/include/hvpt/hvpt.h"
printf '/build/\n__pycache__/\n' >"$tree/.gitignore"
cat >"$tree/CHANGELOG.md" <<'END2'
# Changelog

## 4.5.6 - not released

* Something new. *Breaking.*

## 4.5.5 - 2026-01-01

* Something old.
END2
: >"$folder/broken"
cd "$tree"
git init -q
git add .
git commit -q -m "first: say something"

fails() {
	cat "$folder/out"
	echo "FAIL: $*"
	exit 1
}

# release CODE TEXT ARGUMENT... - it ends so, and says so
release() {
	want=$1
	text=$2
	shift 2
	code=0
	scripts/release "$@" >"$folder/out" 2>&1 </dev/null || code=$?
	[ $code = "$want" ] || fails "exit code $code, not $want: $*"
	grep -qF -e "$text" "$folder/out" || fails "no '$text': $*"
}

# no_tag - what was refused has set none
no_tag() {
	[ -z "$(git tag)" ] || fails "it set a tag"
}

# has FILE TEXT - a file of the release has it
has() {
	grep -qF -e "$2" "build/release-4.5.6/$1" || fails "no '$2' in $1"
}

release 1 "which version?"
release 1 "unknown option: --potato" --potato
release 1 "--quick is for --dry-run" --quick 4.5.6
release 1 "one version, not" 4.5.6 4.5.7
release 1 "the version here is 4.5.6, not 4.5.5" 4.5.5
release 1 "has no date" 4.5.6
release 0 "would end here: the section of CHANGELOG.md has no date" --dry-run
no_tag
[ -e build/release-4.5.6/hvpt.deb ] || fails "a dry run without packages"
release 0 NOTES.md --dry-run --quick 4.5.6
[ ! -e build/release-4.5.6/hvpt.deb ] || fails "packages in spite of --quick"

sed -i 's/6 - not released/6 - 2026-02-03/' CHANGELOG.md
release 1 "changes that are not committed" 4.5.6
git commit -q -a -m "second: give it a date"
for check in check-version check-symbols check-spdx gen-single-file; do
	echo $check >"$folder/broken"
	release 1 "$check" 4.5.6
	release 1 "$check" --dry-run
done
: >"$folder/broken"
no_tag

release 0 "tagged v4.5.6" 4.5.6
[ "$(git rev-parse 'v4.5.6^{commit}')" = "$(git rev-parse HEAD)" ] ||
	fails "another commit has the tag"
has NOTES.md "Something new"
has NOTES.md "* second: give it a date"
! grep -q "Something old" build/release-4.5.6/NOTES.md ||
	fails "the notes have an older release"
has hvpt-4.5.6.spdx "FileName: ./dist/hvpt.h"
files=$(cd build/release-4.5.6 && sha256sum -c SHA256SUMS | sed 's/:.*//' |
	xargs)
[ "$files" = "NOTES.md conformance/hvpt.img hvpt-4.5.6.spdx\
 hvpt-4.5.6.tar.gz hvpt.deb hvpt.h" ] || fails "other files: $files"
cp build/release-4.5.6/SHA256SUMS "$folder/sums"

release 1 "there is a tag v4.5.6 already" 4.5.6
git tag -d v4.5.6 >/dev/null
release 0 "tagged v4.5.6" 4.5.6
cmp "$folder/sums" build/release-4.5.6/SHA256SUMS ||
	fails "the same commit makes another release"

# The next release has the commits since.
git commit -q --allow-empty -m "third: go on"
git tag -d v4.5.6 >/dev/null
git tag v4.5.5 HEAD^
release 0 "tagged v4.5.6" 4.5.6
has NOTES.md "* third: go on"
! grep -q "second:" build/release-4.5.6/NOTES.md ||
	fails "the notes have commits of an older release"

# --- the tarball of a commit
release_of() {
	scripts/tarball "$@" >"$folder/out" 2>&1
}
! release_of nothing || fails "a commit that is not there"
grep -q "no such commit: nothing" "$folder/out" || fails "no reason"
release_of --output "$folder/old" HEAD~2
tar -xzOf "$folder/old/hvpt-4.5.6.tar.gz" hvpt-4.5.6/CHANGELOG.md |
	grep -q "not released" || fails "not the commit that was asked for"
