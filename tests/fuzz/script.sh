#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# script.sh ROOT - scripts/fuzz in a tree of its own, cmake and the targets
# played by scripts: what is built, and what is said when something is missing.
set -eu
root=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/bin" "$tree/fuzz/corpus/old" "$tree/build/fuzz/fuzz"
cp -R "$root/scripts" "$tree/scripts"
printf 'set(HVPT_FUZZ_TARGETS\n  fresh\n  old)\n' >"$tree/fuzz/CMakeLists.txt"
touch "$tree/fuzz/fuzz_fresh.c" "$tree/fuzz/fuzz_old.c" "$tree/fuzz/helper.c"

cat >"$tree/bin/cmake" <<END
#!/bin/sh
echo "\$*" >>"$tree/cmake.log"
END
# A target runs only when each folder it is given is there.
cat >"$tree/build/fuzz/fuzz/fuzz_old" <<'END'
#!/bin/sh
for folder; do
	case $folder in
	-*) ;;
	*) [ -d "$folder" ] || { echo "no folder $folder"; exit 1; } ;;
	esac
done
echo "stat::number_of_executed_units: 7"
END
cp "$tree/build/fuzz/fuzz/fuzz_old" "$tree/build/fuzz/fuzz/fuzz_fresh"
chmod +x "$tree/bin/cmake" "$tree/build/fuzz/fuzz"/*
PATH=$tree/bin:$PATH

# fuzz STATUS OPTION... - runs the script; what it says is in $tree/said
fuzz() {
	expected=$1
	shift
	: >"$tree/cmake.log"
	status=0
	"$tree/scripts/fuzz" --no-install --time 1s "$@" >"$tree/said" 2>&1 ||
		status=$?
	[ "$status" -eq "$expected" ] || wrong "status $status: $*"
}

wrong() {
	echo "wrong: $*"
	cat "$tree/said" "$tree/cmake.log"
	exit 1
}

# has FILE TEXT; lacks FILE TEXT - a fixed text
has() {
	grep -qF -e "$2" "$tree/$1" || wrong "$1 lacks '$2'"
}
lacks() {
	! grep -qF -e "$2" "$tree/$1" || wrong "$1 has '$2'"
}

# One target: it alone is built and run.
fuzz 0 --target old
has cmake.log '--target fuzz_old'
lacks cmake.log fuzz_fresh
lacks said 'no folder'
lacks said fresh

# Without a choice: all that the list names.
fuzz 0
has cmake.log '--target fuzz_fresh fuzz_old'

# A new target has no corpus: it runs, and that is said.
fuzz 0 --target fresh
has said 'fresh: no folder fuzz/corpus/fresh'

# A source is not a target.
fuzz 1 --target helper
has said 'no such target: helper (known: fresh old)'

# A finding fails the run, says how to repeat it, and goes when it passes.
mkdir -p "$tree/build/fuzz/work/old/findings"
echo bad >"$tree/build/fuzz/work/old/findings/crash-1"
cat >"$tree/build/fuzz/fuzz/fuzz_old" <<'END'
#!/bin/sh
for file; do :; done
[ "${file##*/}" != crash-1 ] || exit 77
echo "violation: iova 0x1000"
echo "stat::number_of_executed_units: 7"
END
fuzz 1 --target old
has said "    violation: iova 0x1000"
has said "    again: $tree/build/fuzz/fuzz/fuzz_old $tree/build/fuzz/work/old"
sed -i '/crash-1/d' "$tree/build/fuzz/fuzz/fuzz_old"
fuzz 0 --target old
has said "old: the finding crash-1 passes now"
[ -e "$tree/build/fuzz/work/old/corpus/crash-1" ] || wrong "it is gone"

# What is no option, or no number.
fuzz 1 --bogus
has said "unknown argument: --bogus; scripts/fuzz --help lists them"
fuzz 1 --jobs x
has said "--jobs: not a number above 0: x"

# A target that does not run fails, with the reason.
printf '#!/bin/sh\necho "it is broken"\nexit 1\n' \
	>"$tree/build/fuzz/fuzz/fuzz_old"
fuzz 1 --target old
has said 'it is broken'
