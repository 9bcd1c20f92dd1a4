#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Help, completion and suggestions of the hvpt command. Usage: help.sh TRACES
# COMMAND...
. "$(dirname "$0")/lib.sh"

run 0 --help
says out "Usage: hvpt COMMAND [options]"
names=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\)  .*/\1/p' out)
check "no commands" [ "$(echo "$names" | wc -w)" -ge 7 ]
check "long lines" [ "$(awk 'length > 80' out | wc -l)" -eq 0 ]
lines out "$(printf '\033')" 0

# ---- each command ----------------------------------------------------------

for name in $names; do
	run 0 "$name" --help
	says out "Usage: hvpt $name "
	for part in Options Examples "Exit status"; do
		lines out "$part:" 1
	done
	says out "  0  "
	says out "  2  "
	check "long lines" [ "$(awk 'length > 80' out | wc -l)" -eq 0 ]
	silent err
	cp out help
	run 0 "$name" -h
	check "-h is not --help" cmp out help
	# Each option is known, and no other.
	for option in $(sed -n 's/^  --\([a-z-]*\).*/\1/p' help); do
		hvpt "$name" "--$option=" >out 2>err <in
		lacks err "unknown option"
	done
	misuse "unknown option '--frobnicate'; try 'hvpt $name --help'" \
		"$name" --frobnicate
	run 0 --man "$name"
	says out ".Nm hvpt-$name"
	silent err
done
misuse "unknown command 'nothing'" --man nothing
run 0 --man
for name in $names; do
	says out ".It Xr hvpt-$name 1"
done

# docs/COMMANDS.md has each, and the exit codes.
what="docs/COMMANDS.md"
cp "$here/../../docs/COMMANDS.md" page
for name in $names; do
	says page "| \`$name\` | "
done
run 0 --help
sed -n '/^Exit status:/,$s/^  \([0-9]\{1,\}\)  .*/| \1 | /p' out >codes
check "no exit codes" [ -s codes ]
while read -r code; do
	says page "$code"
done <codes

# ---- what was meant --------------------------------------------------------

misuse "hvpt: unknown command 'repaly': did you mean 'replay'?" repaly
misuse "hvpt: unknown command 'repla': did you mean 'replay'?" repla
misuse "hvpt: unknown command 'fuzzz': did you mean 'fuzz'?" fuzzz
misuse "hvpt: unknown command 'fzu'; try 'hvpt --help'" fzu
misuse "hvpt: unknown command ''; try 'hvpt --help'" ''
misuse "'help': did you mean 'hvpt report --help'?" help report
misuse "'help': did you mean 'hvpt --help'?" help
misuse "'help': did you mean 'hvpt --help'?" help nothing
long=$(printf '%0100d' 0)
misuse "hvpt: unknown command '$long'; try 'hvpt --help'" "$long"
misuse "hvpt: unknown command 'Replay': did you mean 'replay'?" Replay
misuse "unknown option '--polcy': did you mean '--policy'?" replay --polcy
misuse "unknown option '--jsno=x': did you mean '--json'?" replay --jsno=x
misuse "unknown option '--q'; try 'hvpt conformance --help'" conformance --q

# ---- colour ----------------------------------------------------------------

bold=$(printf '\033[1m')
TERM=xterm "$here/terminal.py" "$hvpt_path" --help >out
says out "${bold}Commands:"
NO_COLOR='' TERM=xterm "$here/terminal.py" "$hvpt_path" --help >out
says out "${bold}Commands:"
NO_COLOR=1 TERM=xterm "$here/terminal.py" "$hvpt_path" --help >out
says out "Commands:"
lacks out "$bold"
TERM=dumb "$here/terminal.py" "$hvpt_path" --help >out
says out "Commands:"
lacks out "$bold"

# ---- completion ------------------------------------------------------------

misuse "--completion: must be bash, zsh or fish, not ''" --completion
misuse "--completion: must be bash, zsh or fish, not 'csh'" --completion csh
for shell in bash zsh fish; do
	run 0 --completion $shell
	silent err
	cp out "completion.$shell"
	for name in $names; do
		says out "$name"
	done
	command -v $shell >/dev/null || continue
	check "$shell -n" $shell -n "completion.$shell"
done
cat >complete.bash <<'BASH'
PATH=$PWD/bin:$PATH
. ./completion.bash
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_hvpt
echo "${COMPREPLY[*]}"
BASH
# completes WANTED WORD...: the last word is being typed
completes() {
	wanted=$1
	shift
	bash complete.bash hvpt "$@" >out 2>err
	what="completion of $*"
	check "not '$wanted'" [ "$(cat out)" = "$wanted" ]
	silent err
}
if command -v bash >/dev/null; then
	: >some.trace
	mkdir bin
	printf '#!/bin/sh\n' >bin/hvpt-here
	chmod +x bin/hvpt-here
	completes replay repl
	completes --completion --comp
	completes "bash zsh fish" --completion ''
	completes abi --man ab
	completes "--page-sizes --policy" replay --p
	completes "two-block cover exact" replay --policy ''
	completes exact replay --levels 4 --policy e
	completes "4K 2M 1G" fuzz --page-sizes ''
	completes some.trace replay --json some
	completes hvpt-here capture -o x -- hvpt-h
	completes some.trace capture -o x -- hvpt-here some
	completes "" capture -o x -- hvpt-here --ti
	completes some.trace replay -- some
	completes "" replay -- --q
	completes some.trace replay some
	completes "" abi some
	completes "--json --help" abi ''
	completes "" nothing ''
fi

finish
