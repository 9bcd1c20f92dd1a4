#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# ci.sh ROOT - what .ci/run makes of its steps: what it counts, that a skip
# that need not have been is a failure, its last line, and that of two lanes
# each goes its way. Its steps are stand-ins, which end as $folder/ends says.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/scripts" "$folder/bench" "$folder/.ci"
cp "$1/.ci/run" "$folder/.ci"
cp -r "$1/scripts/lib" "$folder/scripts"
echo 'hvpt_need() { :; }' >>"$folder/scripts/lib/common.sh"
cat >"$folder/scripts/test" <<'END'
#!/bin/sh
# Three tests of each preset pass, one may fail, one may be skipped.
while [ "$1" != --totals ]; do shift; done
root=$(dirname "$0")/..
case $(cat "$root/ends") in
*"test=unbuilt"*) exit 1 ;;
*"test=failed"*) echo 3 1 0 >"$2"; exit 1 ;;
*"test=skipped"*) echo 3 0 1 >"$2"; [ "${3-}" != --no-skips ]; exit ;;
esac
echo 3 0 0 >"$2"
END
cat >"$folder/step" <<'END'
#!/bin/sh
cat >/dev/null
name=$(basename "$0")
root=$(dirname "$0")/..
ends=$(grep -o "$name=[0-9a-z]*" "$root/ends") || exit 0
case ${ends#*=} in
broken) kill -9 -- "-$(ps -o pgid= $$ | tr -d ' ')" ;;
busy) awk 'BEGIN { while (i < 150000000) i++ }' ;;
wait)
	echo $$ >"$root/$name.pid"
	exec sleep 600
	;;
*)
	seq 300
	echo "$name, standard output"
	echo "$name, standard error" >&2
	exit "${ends#*=}"
	;;
esac
END
chmod +x "$folder/scripts/test" "$folder/step"
"$folder/.ci/run" --list >"$folder/list" 2>&1
presets=$(grep -c '^scripts/test ' "$folder/list")
steps=$(grep -vc '^scripts/test ' "$folder/list")
for name in scripts/get-qemu \
	$(sed '/^scripts\/test /d; s/ .*//' "$folder/list" | sort -u); do
	cp "$folder/step" "$folder/$name"
done

# ends CODE LINE ENDS - with steps that end so, .ci/run does so
ends() {
	echo "$3" >"$folder/ends"
	code=0
	"$folder/.ci/run" >"$folder/out" 2>"$folder/err" </dev/null || code=$?
	last=$(tail -n 1 "$folder/out")
	expr "$code: $last" : "$1: $2\$" >/dev/null || {
		cat "$folder/err"
		echo "$3: exit code $code, '$last'; not $1, '$2'"
		exit 1
	}
}

all=$((3 * presets + steps))
ends 0 "$all passed, 0 failed, 0 skipped" ""
ends 1 "$((all - 1)) passed, 1 failed, 0 skipped" "fuzz=1"
ends 1 "$((all - 1)) passed, 1 failed, 0 skipped" "prove=77"
ends 0 "$((all - 1)) passed, 0 failed, 1 skipped" "prove=77 get-qemu=77"
ends 1 "$all passed, $presets failed, 0 skipped" "test=failed"
ends 1 "$steps passed, $presets failed, 0 skipped" "test=unbuilt"
ends 1 "$all passed, $presets failed, $presets skipped" "test=skipped"
ends 0 "$all passed, 0 failed, $presets skipped" "test=skipped get-qemu=77"

# Of either lane a step counts; of one that breaks off, the steps that are gone.
ends 1 "$((all - 2)) passed, 2 failed, 0 skipped" "test-boot=1 coverage=1"
ends 1 "[0-9]* passed, 1 failed, 0 skipped" "coverage=broken"

# told NAME - the end says once more what that step said last, and little else
told() {
	sed -n "/^==== scripts\/$1.*, its last lines/,/^====/p" "$folder/err" \
		>"$folder/told"
	grep -q "$1, standard output" "$folder/told" &&
		grep -q "$1, standard error" "$folder/told" || {
		cat "$folder/err"
		echo "the end does not say how $1 failed"
		exit 1
	}
	[ "$(wc -l <"$folder/told")" -lt 200 ]
}

# What failed, in either lane, is told just before the table; and only that.
ends 1 "$((all - 2)) passed, 2 failed, 0 skipped" "test-boot=1 coverage=1"
told test-boot
told coverage
[ "$(grep -c 'its last lines' "$folder/err")" = 2 ]
sed '1,/its last lines/d' "$folder/err" | grep '^====' >"$folder/after"
if ! sed -n 2p "$folder/after" | grep -q '^==== all of it'; then
	cat "$folder/err"
	echo "the table does not follow what failed"
	exit 1
fi

# The table at the end: each step that --list names, seconds, and those of
# processor.
ends 0 "$all passed, 0 failed, 0 skipped" ""
sed -n '/^==== all of it/,$s/^==== passed  *[0-9]* s  *[0-9]* s  //p' \
	"$folder/err" >"$folder/table"
sed 's/^[0-9][0-9]* [0-9][0-9]* //' "$folder/build/ci-times" >"$folder/times"
echo .ci/run >"$folder/whole"
if [ ! -s "$folder/list" ] || ! cmp "$folder/list" "$folder/table" ||
	! cat "$folder/list" "$folder/whole" | cmp - "$folder/times"; then
	cat "$folder/err"
	echo "the table at the end is not what --list names"
	exit 1
fi

# Each step is charged with its own time alone, also of the processor.
ends 0 "$all passed, 0 failed, 0 skipped" "plant-bugs=busy"
charged=$(awk '$2 > 0 { print $3 }' "$folder/build/ci-times" | xargs)
[ "$charged" = "scripts/plant-bugs .ci/run" ] || {
	cat "$folder/build/ci-times"
	echo "processor time of: $charged"
	exit 1
}

# What is stopped leaves no lane behind: a step of the other one would wait.
echo "test-guests=wait plant-bugs=wait" >"$folder/ends"
"$folder/.ci/run" >"$folder/out" 2>"$folder/err" </dev/null &
run=$!
until [ -e "$folder/test-guests.pid" ] && [ -e "$folder/plant-bugs.pid" ]; do
	kill -0 $run
	sleep 0.1
done
kill $run
kill "$(cat "$folder/test-guests.pid")"
wait $run && exit 1
while kill -0 "$(cat "$folder/plant-bugs.pid")" 2>/dev/null; do
	sleep 0.1
done
