#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Tests of the hvpt command line. Usage: run.sh TRACES COMMAND...
. "$(dirname "$0")/lib.sh"

# ---- usage -----------------------------------------------------------------

run 0 --help
says out "Usage: hvpt COMMAND [options]"
says out "  replay  "
silent err
run 0 -h
run 0 --version
checks=$((checks + 1))
grep -qE '^hvpt [0-9]+\.[0-9]+\.[0-9]+$' out || fail "version"
run 0 replay --help
for option in --levels --page-sizes --width --iova-form --audit-every --seed \
	--policy --lazy --inject --walker --model --drop-flushes \
	--json --strict --quiet --help; do
	says out " $option"
done
silent err
run 0 replay -h

misuse "hvpt: no command given"
misuse "hvpt: unknown command 'frobnicate'" frobnicate
misuse "hvpt: unknown option '--frobnicate'" --frobnicate
misuse "no trace given" replay
misuse "no trace given" replay --levels 4
misuse "unknown option '--frobnicate'" replay --frobnicate x
misuse "unknown option '-x'; try 'hvpt replay --help'" replay -x "$modload"
misuse "--levels: needs a value" replay "$modload" --levels
misuse "--quiet: takes no value" replay --quiet=1 "$modload"
misuse "--levels: must be 4 or 5, not '3'" replay --levels 3 "$modload"
misuse "--levels: must be 4 or 5, not ''" replay --levels= "$modload"
misuse "--levels: must be 4 or 5, not '45'" replay --levels 45 "$modload"
misuse "--page-sizes: '8K' is not one of" replay --page-sizes 4K,8K "$modload"
misuse "--page-sizes: '' is not one of" replay --page-sizes 4K, "$modload"
misuse "--page-sizes: '' is not one of" replay --page-sizes "" "$modload"
misuse "--page-sizes: '4KB' is not one of" replay --page-sizes 4KB "$modload"
misuse "--page-sizes: must include 4K" replay --page-sizes 2M,1G "$modload"
misuse "--width: must be 13 .. 57, not '12'" replay --width 12 "$modload"
misuse "--width: must be 13 .. 57, not '58'" replay --width 58 "$modload"
misuse "--width: must be 13 .. 57, not '48x'" replay --width 48x "$modload"
misuse "--width: 4 levels span at most 48" replay --width 49 "$modload"
misuse "--iova-form: must be plain" replay --iova-form upper "$modload"
misuse "--audit-every: must be a 64-bit number, not 'all'" \
	replay --audit-every all "$modload"
misuse "--audit-every: must be a 64-bit number, not '-1'" \
	replay --audit-every -1 "$modload"
misuse "--seed: must be a 64-bit number, not '18446744073709551616'" \
	replay --seed 18446744073709551616 "$modload"
misuse "--policy: must be two-block, cover or exact, not 'best'" \
	replay --policy best "$modload"
misuse "--policy: must be" replay --policy "" "$modload"
misuse "--lazy: must be a 64-bit number of at least 1, not '0'" \
	replay --lazy 0 "$modload"
misuse "--lazy: must be" replay --lazy all "$modload"
misuse "--walker: must be model, vtd or cpu, not 'amd'" \
	replay --walker amd "$modload"
misuse "--drop-flushes: only with --walker vtd" \
	replay --drop-flushes "$modload"
misuse "QEMU's VT-d has 4 levels" replay --walker vtd --levels 5 "$modload"
# odd OPTION REASON VALUE...: none of them is taken
odd() {
	option=$1
	reason=$2
	shift 2
	for value in "$@"; do
		misuse "hvpt replay: $option: $reason" \
			replay "$option" "$value" "$modload"
	done
}

tab=$(printf '\t')
newline='
'
odd --levels "must be 4 or 5, not " 0 6 04 4.0 +4 " 4" "4 " 0x4 four \
	44444444444444
odd --width "must be 13 .. 57, not " "" 0 1 -48 +48 " 48" "48 " 4e1 0x 0x3a \
	48.0 18446744073709551664 "48$newline" fortyeight
odd --page-sizes "" "" 4 4k "4K," ",4K" "4K,,2M" "4K 2M" 4K,2m 4K,4M 4K,512G \
	2M "4K$tab"
odd --iova-form "must be plain, lower or canonical, not " "" PLAIN "plain " \
	" plain" plain,lower 0 high sign lowe canonicalx
odd --audit-every "must be a 64-bit number, not " "" " 1" "1 " +1 1.5 1e3 0x \
	0xg one 18446744073709551616 0x10000000000000000 "1$newline"
odd --seed "must be a 64-bit number, not " "" " 1" "1 " +1 -1 1.5 1e3 0x 0xg \
	one 0x10000000000000000 0X1
odd --lazy "must be a 64-bit number of at least 1, not " "" " 1" "1 " +1 -1 \
	1.5 0x0 00 never 18446744073709551616 "1 2"
odd --policy "must be two-block, cover or exact, not " two two_block \
	two-blocks TWO-BLOCK Exact "exact " " cover" cover,exact 0 all
odd --walker "must be model, vtd or cpu, not " "" VTD "vtd " " cpu" vt-d \
	cpu,vtd 0 qemu models none
odd --inject "" "" : :: alloc: alloc:x alloc:-1 flush:-1:5 flush:1:-5 \
	flush:1:5: flush:1:5:-1 "flush:1:5 " flush:0x:5 any:1:rep=1 \
	flush-list:1:rep=x flush-list:1:rep=1: ALLOC:1 18446744073709551616:1:5

misuse "--inject: needs a value" replay "$modload" --inject
# injection SPEC TEXT
injection() {
	misuse "hvpt replay: --inject: '$1': $2" replay --inject "$1" "$modload"
}
injection "" "the kind must be caps, property, create, configure, attach, "
injection frob:1:5 "the kind must be"
injection flush "must be KIND:N:STATUS[:TIMES]"
injection flush:1 "must be KIND:N:STATUS[:TIMES]"
injection flush:1:5:1:1 "must be KIND:N:STATUS[:TIMES]"
injection flush:0:5 "N must be a number of at least 1"
injection flush:one:5 "N must be a number of at least 1"
injection flush:1:0 "the status must be 1 .. 0xffff"
injection flush:1:0x10000 "the status must be 1 .. 0xffff"
injection flush:1: "the status must be"
injection flush:1:5:0 "TIMES must be a number of at least 1, or always"
injection flush:1:5:ever "TIMES must be"
injection flush:1:rep=3 "only flush-list can stop after elements"
injection flush-list:1:rep=4096 "rep= must be 0 .. 4095"
injection flush-list:1:rep= "rep= must be"
injection flush-list:1:rep=1:0x10000 "the status must be 0 .. 0xffff"
injection alloc "must be alloc:N with N of at least 1"
injection alloc:0 "must be alloc:N with N of at least 1"
injection alloc:1:2 "must be alloc:N with N of at least 1"
misuse "'alloc:2': alloc can be given only once" \
	replay --inject alloc:1 --inject alloc:2 "$modload"
many=
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
	many="$many --inject any:9:5"
done
# shellcheck disable=SC2086 # options are words
misuse "'any:9:5': more than 16 hypercalls" replay $many "$modload"
misuse "--json: needs a file name" replay --json "" "$modload"
misuse "cannot write ./none/json: there is no folder ./none" \
	replay --json ./none/json "$modload"
run 0 replay --quiet --width 57 --levels 5 "$modload"
run 0 replay --quiet --seed 0xffffffffffffffff "$modload"
run 0 replay --quiet "$modload" --levels 5
cp "$modload" ./--odd.xz
run 0 replay --quiet -- --odd.xz

# ---- input -----------------------------------------------------------------

run 2 replay "$dir"
says err "error: Is a directory"
run 0 replay "$modload"
says out "216 maps, 92 unmaps"
says out "mismatches      0"
silent err
xz -dc "$modload" >plain.txt
run 0 replay plain.txt
says out "216 maps, 92 unmaps"
cp "$modload" in
run 0 replay -
says out "<stdin>"
says out "216 maps, 92 unmaps"
cp plain.txt in
run 0 replay --json json --quiet -
json json 1 "file=<stdin>" maps=216 unmaps=92 mismatches=0 malformed=0
silent out err
: >in
run 2 replay -
says err "<stdin>: error: it has no map or unmap event"
silent out
cp "$modload" no-suffix
run 0 replay no-suffix
says out "216 maps, 92 unmaps"
head -c 3000 "$modload" >cut.xz
run 2 replay --json json cut.xz
says err "cut.xz: error: the .xz data is truncated"
says out "ended early     the .xz data is truncated"
json json 1 mismatches=0 "error=the .xz data is truncated"
cp plain.txt plain.xz
run 0 replay plain.xz
says out "216 maps, 92 unmaps"
printf '# tracer: nop\n\n' >empty.txt
run 2 replay empty.txt
says err "empty.txt: error: it has no map or unmap event"
silent out
run 2 replay --json json plain.txt empty.txt
lines out "maps, " 1
json json 2 file=plain.txt maps=216
head -c 2000000 /dev/zero >zeros
run 2 replay zeros
says err "zeros: error: not text: there are NUL bytes in it"
silent out
head -c 2000000 /dev/zero | tr '\0' x >line
run 2 replay line
says err "line: error: a line is longer than 1 MiB"

# ---- several files, JSON ---------------------------------------------------

run 0 replay --json json plain.txt "$modload"
json json 2 file=plain.txt maps=216
lines out "216 maps, 92 unmaps" 2
run 0 replay --json - plain.txt
checks=$((checks + 1))
python3 -m json.tool out >/dev/null 2>>err || fail "$what: json.tool"
json out 1 file=plain.txt maps=216 unmaps=92 map_bytes=966656 \
	unmap_bytes=786432 left_mapped_bytes=180224 levels=4 width=48 \
	iova_form=plain seed=1 leaves.4K=236 leaves.2M=0 audits=1 \
	"page_sizes=['4K', '2M', '1G']"
silent err
run 0 replay --json - --levels 5 --page-sizes 4K --iova-form lower \
	--audit-every 100 --seed 7 plain.txt plain.txt plain.txt
json out 3 levels=5 width=57 iova_form=lower seed=7 audits=4 \
	"page_sizes=['4K']"
odd='od"d\ 	x.txt'
cp plain.txt "$odd"
run 0 replay --quiet --json json "$odd"
json json 1 "file=$odd"
run 2 replay --quiet --json json none.txt plain.txt
json json 2 file=none.txt opened=False "error=No such file or directory"

# ---- what is in a trace ----------------------------------------------------

# Overlapping IOVAs in two domains: no conflict.
{
	both 0xa 0x1000 0x10000 4 3
	both 0xb 0x2000 0x20000 4 1
	unboth 0xa 0x1000 4
	unboth 0xb 0x2000 4
} >two.txt
run 0 replay --json json two.txt
silent err
json json 1 maps=2 unmaps=2 named=4 domains=2 conflicts=0 unknown_unmaps=0 \
	mismatches=0 left_mapped_bytes=0 peak_mapped_bytes=32768

# The same without kprobes: one domain, a map that is rightly refused, and a
# word on why.
grep -v '(f' two.txt >one.txt
run 0 replay --json json one.txt
says err "one.txt: note: 1 maps of mapped ranges, and no event names \
its domain (dom=): several devices look like one; docs/RECORDING.md says how"
lines err "" 1
run 0 replay --quiet one.txt
silent err
run 0 replay --json json one.txt
json json 1 maps=2 unmaps=2 domains=1 conflicts=1 mismatches=0 \
	map_bytes=16384 unmap_bytes=16384 unknown_unmaps=1
grep '(f' two.txt >probes.txt
run 0 replay --json json probes.txt
json json 1 maps=2 unmaps=2 domains=2 conflicts=0 mismatches=0 \
	left_mapped_bytes=0 other_lines=0
unmap 0x2000 4 >>one.txt
run 0 replay --json json one.txt
json json 1 unmaps=3 unknown_unmaps=2 mismatches=0

# A first event without a kprobe belongs to the domain named later.
{
	map 0x1000 0x10000 2
	both 0xa 0x8000 0x20000 1 3
	unboth 0xa 0x1000 2
} >late.txt
run 0 replay --json json late.txt
json json 1 domains=1 unknown_unmaps=0 mismatches=0 left_mapped_bytes=4096

# 512 4 KiB pages make way for a 2 MiB leaf; cutting it leaves the rest.
{
	map 0x200000 0x1000 512
	unmap 0x200000 512
	map 0x200000 0x40000000 512
	unmap 0x201000 1
	unmap 0x210000 400
	map 0x40000000 0x80000000 262144
	unmap 0x40000000 1
	unmap 0 0x80000000
} >large.txt
run 0 replay --audit-every 1 --json json large.txt
json json 1 leaves.4K=512 leaves.2M=1 leaves.1G=1 mismatches=0 \
	left_mapped_bytes=0 audits=9 unmap_bytes=1077936128
run 0 replay --page-sizes 4K --json json large.txt
json json 1 leaves.4K=263168 leaves.2M=0 leaves.1G=0 mismatches=0
# 1G has an effect only with 2M: the library could not split it otherwise.
run 0 replay --page-sizes 4K,1G --iova-form canonical --json json large.txt
json json 1 leaves.4K=263168 leaves.2M=0 leaves.1G=0 mismatches=0

# Both ends of every form; outside is refused, said, and no mismatch.
{
	map 0x7ffffffff000 0xffffffffff000 1
	map 0x800000000000 0x1000 1
	map 0xfffffffff000 0x2000 1
	map 0x1000000000000 0x3000 1
	printf '1.0: map: IOMMU: iova=0xfffffffffffff000 - 0x0 '
	printf 'paddr=0x5000 size=4096\n'
	map 0x5000 0x10000000000000 1
	map 0x7000 0xffffffffff000 2
	unmap 0x1000000000000 1
} >ends.txt
run 0 replay --json json ends.txt
json json 1 refused=5 map_bytes=12288 mismatches=0 unknown_unmaps=0
says err "ends.txt:4: note: iova 0x1000000000000 .. 0x1000000000fff refused: "
says err "refused: HVPT_ERR_IOVA_RANGE"
says err "refused: HVPT_ERR_GPA_RANGE"
says out "refused         5"
run 0 replay --iova-form lower --json json ends.txt
json json 1 refused=7 map_bytes=4096 mismatches=0
run 0 replay --iova-form canonical --json json ends.txt
json json 1 refused=6 map_bytes=8192 mismatches=0
run 0 replay --levels 5 --json json ends.txt
json json 1 refused=3 map_bytes=16384 mismatches=0 unknown_unmaps=0
run 0 replay --quiet --width 13 --json json ends.txt
json json 1 refused=8 map_bytes=0 mismatches=0
silent out err

# ---- flushing --------------------------------------------------------------

# Five pages around a power of two: what each policy makes of them.
{
	map 0x7fffe000 0x10000 5
	map 0x1000 0x20000 1
	unmap 0x7fffe000 5
	unmap 0x1000 1
} >flush.txt
run 0 replay --json json flush.txt
says out "flushing        two-block, a sync every 1 unmaps"
says out "flush calls     2 (1.000 per unmap), 3 descriptors"
says out "flushed pages   6 asked, 7 flushed, 1 too many"
says out "2 FLUSH_DEVICE_DOMAIN_LIST"
says out "stale before a sync, 0 after"
json json 1 policy=two-block lazy=1 syncs=2 forced_syncs=0 flush_calls=2 \
	flush_calls_per_unmap=1.0 descriptors=3 pages_asked=6 pages_flushed=7 \
	over_flushed_pages=1 full_flushes=1 stale_hits_after_sync=0 \
	hypercalls.FLUSH_DEVICE_DOMAIN_LIST=2 hypercalls.FLUSH_DEVICE_DOMAIN=5 \
	hypercalls.GET_IOMMU_CAPABILITIES=1 hypercalls.CREATE_DEVICE_DOMAIN=3 \
	mismatches=0
run 0 replay --policy cover --json json flush.txt
json json 1 policy=cover descriptors=2 over_flushed_pages=1048571 mismatches=0
run 0 replay --policy exact --json json flush.txt
json json 1 policy=exact descriptors=4 over_flushed_pages=0 mismatches=0
run 0 replay --lazy 2 --json json flush.txt
json json 1 lazy=2 syncs=1 flush_calls=1 flush_calls_per_unmap=0.5 \
	descriptors=3 mismatches=0 stale_hits_after_sync=0
run 0 replay --lazy 0x3 --json json flush.txt
json json 1 lazy=3 syncs=1 forced_syncs=0 mismatches=0

# Hosts with other properties: without lists, with lists that fail or whose reps
# are wrong, and one that drops parts of a range.
model() {
	printf '%s\n' caps=0x25 page_sizes=0x40201000 iova_width=48 "$@" >model
}
model
run 0 replay --model model --json json flush.txt
json json 1 flush_calls=2 descriptors=3 full_flushes=1 mismatches=0 \
	hypercalls.FLUSH_DEVICE_DOMAIN_LIST=2
model no_list=1
run 0 replay --model model --json json flush.txt
json json 1 full_flushes=3 mismatches=0 stale_hits_after_sync=0
model list=5 list_times=0xffffffffffffffff
run 0 replay --model model --json json flush.txt
json json 1 full_flushes=3 mismatches=0 stale_hits_after_sync=0
for reps in 1 2 3; do
	model reps=$reps
	run 0 replay --model model --json json flush.txt
	json json 1 mismatches=0 stale_hits_after_sync=0
done
model iotlb=1 create=5 unknown=5 max_domains=0x40
run 0 replay --model model --json json flush.txt
json json 1 mismatches=0 stale_hits_after_sync=0
model max_domains=1
run 2 replay --model model flush.txt
says err "HVPT_ERR_HV_"
model no_iommu=1
run 2 replay --model model flush.txt
says err "no pvIOMMU: "
model canonical=1
run 0 replay --model model --iova-form canonical flush.txt
misuse "with --model: --iova-form: must be plain" replay --model model flush.txt
model
misuse "with --model: --iova-form: must be plain" \
	replay --model model --iova-form lower flush.txt
misuse "with --model: --levels: the host has no 5" \
	replay --model model --levels 5 flush.txt
misuse "with --model: --walker: only model" \
	replay --model model --walker vtd flush.txt
model page_sizes=0x201000
misuse "with --model: --page-sizes: the host does not" \
	replay --model model flush.txt
run 0 replay --model model --page-sizes 4K,2M flush.txt
model iova_width=39
misuse "with --model: --width: the host has fewer" \
	replay --model model flush.txt
run 0 replay --model model --width 39 flush.txt
model caps=x
misuse "hvpt replay: --model: model: line 4: not a number" \
	replay --model model flush.txt
misuse "hvpt replay: --model: nothing: No such file" \
	replay --model nothing flush.txt

# Lazily, an IOVA that is mapped again has to be flushed first.
{
	map 0x1000 0x10000 4
	unmap 0x1000 4
	map 0x2000 0x20000 1
	unmap 0x2000 1
} >again.txt
run 0 replay --lazy 100 --json json again.txt
json json 1 syncs=2 forced_syncs=1 mismatches=0 stale_hits_after_sync=0
says out "syncs           2 (1 forced early)"
# As many hypercalls as there are domains, and each has its own count.
run 0 replay --lazy 2 --json json two.txt
json json 1 syncs=2 forced_syncs=0 hypercalls.ATTACH_DEVICE_DOMAIN=6 \
	mismatches=0

# ---- what Linux has no event for -------------------------------------------

# k NAME FIELDS: a line in the form of a kprobe
k() {
	printf ' hvpt-1 [000] .... 1.0: k%s: (hvpt) dom=0x1%s\n' "$1" "$2"
}
# A range without a last address is told by its size.
{
	k map " iova=0xfffffffffffff000 pa=0x0 size=0x2000 prot=0x3 raw=1"
	k unmap " iova=0x0 size=0x0 raw=1"
} >endless.txt
run 0 replay endless.txt
says err "endless.txt:1: note: iova 0xfffffffffffff000, size 0x2000 refused: "
says err "endless.txt:2: note: iova 0x0, size 0x0 refused: HVPT_ERR_EMPTY"
{
	k map " iova=0x200000 pa=0x200000 size=0x200000 prot=0x3"
	k protect " iova=0x201000 size=0x1000 prot=0x1"
	k sync ""
	k unmap " iova=0x200000 size=0x1000 nomem=1"
	k map " iova=0x1001 pa=0x0 size=0x1000 prot=0x3 raw=1"
	k map " iova=0x40000000 pa=0x0 size=0x1000 prot=0x3 nomem=1"
	k map " iova=0x40000000 pa=0x0 size=0x1000 prot=0x3"
	k unmap " iova=0x40000000 size=0x1000"
	k reclaim " iova=0x40000000 size=0x200000"
	k protect " iova=0x40000000 size=0x1000 prot=0x1"
} >changes.txt
run 0 replay --lazy 100 --audit-every 1 --json json changes.txt
says out "10 (4 maps, 2 unmaps, 2 protects, 1 reclaims, 1 syncs)"
says err "changes.txt:5: note: iova 0x1001 .. 0x2000 refused: HVPT_ERR_ALIGN"
says err "changes.txt:10: note: iova 0x40000000 .. 0x40000fff refused: \
HVPT_ERR_NOT_MAPPED"
json json 1 events=10 maps=4 unmaps=2 protects=2 reclaims=1 asked_syncs=1 \
	failed_calls=1 refused=2 syncs=2 mismatches=0 stale_hits_after_sync=0
# An allocation that is to fail keeps its place beside one of a line.
run 0 replay --lazy 100 --inject alloc:6 --json json changes.txt
json json 1 mismatches=0
k protect " iova=0x201000 size=0x1000" >short.txt
run 2 replay --strict short.txt
says err "short.txt:1: prot= is missing"

# ---- injections ------------------------------------------------------------

# unset SPEC TEXT: it cannot be set up; said, exit 2, and no mismatch
unset_up() {
	run 2 replay --inject "$1" --json json flush.txt
	says err "$2"
	json json 1 mismatches=0 stale_hits_after_sync=0
}
unset_up caps:1:0x02 "flush.txt: error: no pvIOMMU: HVPT_ERR_NO_IOMMU; the \
hypervisor answered 0x0002 (INVALID_HYPERCALL_CODE) to GET_IOMMU_CAPABILITIES"
unset_up caps:1:6 "no pvIOMMU: HVPT_ERR_HV_DENIED; the hypervisor answered \
0x0006 (ACCESS_DENIED) to GET_IOMMU_CAPABILITIES"
unset_up create:1:0x0b "no pvIOMMU: HVPT_ERR_HV_MEMORY; the hypervisor \
answered 0x000b (INSUFFICIENT_MEMORY) to CREATE_DEVICE_DOMAIN"
unset_up create:3:0x0b "line 1: no domain: HVPT_ERR_HV_MEMORY; "
unset_up configure:2:5 "no pvIOMMU: HVPT_ERR_HV_INPUT; "
unset_up configure:3:5 "line 1: no domain: HVPT_ERR_HV_INPUT; the hypervisor \
answered 0x0005 (INVALID_PARAMETER) to CONFIGURE_DEVICE_DOMAIN"
unset_up property:1:0x57 "line 1: no device probed: HVPT_ERR_HV_DEVICE; the \
hypervisor answered 0x0057 (INVALID_DEVICE_ID) to GET_LOGICAL_DEVICE_PROPERTY"
unset_up attach:1:0x58 "line 1: no device attached: HVPT_ERR_HV_STATE; "
unset_up attach:1:0x58:2 "line 1: no device attached: HVPT_ERR_HV_STATE; "
unset_up any:1:5 "no pvIOMMU: HVPT_ERR_HV_INPUT; "
unset_up alloc:1 "line 1: no domain: HVPT_ERR_NO_MEMORY"
run 2 replay --inject configure:3:5 --inject delete:1:5 --json json flush.txt
says err "line 1: no domain: HVPT_ERR_HV_INPUT; "
json json 1 mismatches=0

# What fails on the way is made good.
run 0 replay --inject flush-list:1:0x0b --json json flush.txt
json json 1 hypercalls.FLUSH_DEVICE_DOMAIN=6 full_flushes=2 syncs=2 \
	flush_calls=3 failed_syncs=0 over_flushed_pages=0 mismatches=0
run 0 replay --inject flush-list:1:2 --json json flush.txt
json json 1 hypercalls.FLUSH_DEVICE_DOMAIN_LIST=1 full_flushes=3 \
	mismatches=0 stale_hits_after_sync=0
run 0 replay --inject flush-list:1:5 --inject flush:5:5 --json json flush.txt
says out "failed syncs    1"
json json 1 failed_syncs=1 syncs=1 mismatches=0 stale_hits_after_sync=0
run 0 replay --inject flush-list:2:5:9 --inject flush:5:5:9 --json json \
	flush.txt
json json 1 failed_syncs=9 syncs=2 mismatches=0 stale_hits_after_sync=0
for reps in 0 1; do
	for status in "" :0 :0x78 :0x0b; do
		run 0 replay --inject "flush-list:1:rep=$reps$status" --json \
			json flush.txt
		json json 1 syncs=2 failed_syncs=0 mismatches=0 \
			stale_hits_after_sync=0
	done
done
for kind in attach:2 detach:1 delete:1 delete:2 delete:3 flush:1; do
	run 0 replay --inject "$kind:8" --json json flush.txt
	json json 1 mismatches=0 stale_hits_after_sync=0
done
json json 1 failed_calls=0
run 0 replay --inject detach:1:8:3 --json json flush.txt
says out "failed calls    3"
json json 1 failed_calls=3 mismatches=0
run 0 replay --inject alloc:3 --json json flush.txt
json json 1 failed_calls=1 unknown_unmaps=1 mismatches=0
run 0 replay --inject alloc:3 --audit-every 1 --json json "$modload"
json json 1 failed_calls=1 mismatches=0 stale_hits_after_sync=0
# Every hypercall and every allocation once, one at a time.
nth=1
while [ $nth -le 22 ]; do
	checks=$((checks + 1))
	for spec in any:$nth:5 alloc:$nth; do
		hvpt replay --quiet --inject "$spec" --json json flush.txt \
			>out 2>err
		[ $? -ne 1 ] || fail "--inject $spec: mismatch"
	done
	nth=$((nth + 1))
done

# For ever: an error in the end, and still nothing is reached.
run 2 replay --inject flush:1:5:always --inject flush-list:1:5:always \
	--json json flush.txt
says err "error: cannot flush: HVPT_ERR_HV_INPUT; the hypervisor answered \
0x0005 (INVALID_PARAMETER) to FLUSH_DEVICE_DOMAIN"
json json 1 syncs=1 failed_syncs=1002 mismatches=0 stale_hits_after_sync=0
run 2 replay --inject flush:1:5:always --inject flush-list:1:5:always again.txt
says err "error: line 3: cannot flush: "
run 2 replay --inject delete:1:8:always --json json flush.txt
says err "error: cannot destroy a domain: HVPT_ERR_HV_DENIED; "
json json 1 failed_calls=1000 mismatches=0

# ---- malformed lines -------------------------------------------------------

{
	map 0x1000 0x10000 1
	printf ' dd-1 [000] .... 1.0: map: IOMMU: iova=0x5000 - 0x7000 '
	printf 'paddr=0x1000 size=4096\n'
	printf 'some other text\n# a comment\n\n'
	printf 'CPU:1 [LOST 17 EVENTS]\n'
	printf ' dd-1 [000] .... 1.0: unmap: IOMMU: iova=zero\033[2J\n'
	unmap 0x1000 1
} >bad.txt
run 0 replay --json json bad.txt
says err "bad.txt:2: the iova range is not size= bytes long: dd-1 [000]"
says err "bad.txt:6: note: the tracer lost 17 events"
says err "bad.txt:7: iova= is not a number: dd-1 [000]"
says err "unmap: IOMMU: iova=zero"
says out "malformed       2"
says out "lost by tracer  17"
says out "other lines     1"
json json 1 maps=1 unmaps=1 malformed=2 lost=17 other_lines=1 lines=8 \
	mismatches=0
run 0 replay --quiet bad.txt
says err "bad.txt:2: "
lines err "" 2
silent out
run 2 replay --strict --json json bad.txt
says err "bad.txt:2: the iova range is not size= bytes long"
says err "bad.txt: error: line 2 is malformed (--strict)"
lines err "bad.txt" 2
json json 1 maps=1 unmaps=0 malformed=1 mismatches=0
run 0 replay --strict "$modload"
run 2 replay --strict bad.txt plain.txt
says out "216 maps, 92 unmaps"
for _ in 1 2 3 4 5 6 7 8; do
	grep -h IOMMU bad.txt
done >worse.txt
cat worse.txt worse.txt worse.txt >worst.txt
run 0 replay --json json worst.txt
lines err "worst.txt" 21
says err "further malformed lines are only counted"
json json 1 malformed=48 maps=24

# ---- a progress line, on a terminal only -----------------------------------

ext4=$traces/nvme-ext4-7.3-strict.txt.xz
run 0 replay "$ext4"
silent err
checks=$((checks + 2))
"$here/terminal.py" --stderr "$hvpt_path" replay "$ext4" >out 2>err
says err " %, "
says err " events"
"$here/terminal.py" --stderr "$hvpt_path" replay --quiet "$ext4" \
	>out 2>err
silent err

# ---- interrupted: what was checked by then is reported ---------------------

checks=$((checks + 1))
what="interrupted"
# A trace that never ends, on standard input.
{
	cat bad.txt
	while printf '# more\n'; do
		map 0x90000 0x90000 1
		unmap 0x90000 1
	done
} 2>/dev/null | timeout -s KILL 100 "$here/terminal.py" \
	--interrupt "<stdin>:7" "$hvpt_path" replay --json json - plain.txt \
	>out 2>err
status=$?
[ "$status" -eq 2 ] || fail "interrupted: exit $status, not 2"
says err "<stdin>: error: interrupted after line "
says out "mismatches      0"
json json 1 mismatches=0 malformed=2

finish
