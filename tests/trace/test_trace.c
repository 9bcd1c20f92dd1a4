/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The parser of trace lines: trace/trace.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvpt/pte.h"
#include "trace/trace_write.h"

#define RW (HVPT_PROT_READ | HVPT_PROT_WRITE)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Heads of lines, as the tracers write them. */
#define FTRACE "          mke2fs-315     [001] d.h1.    23.743758: "
#define PERF "mke2fs   315 [001]    23.743758: "

/*
 * Parses a copy with nothing behind it, so that reading on is caught, into what
 * another line left.
 */
static struct trace_line parse(const char *text)
{
	struct trace_line line;
	size_t length = strlen(text);
	char *copy = malloc(length ? length : 1);

	assert_non_null(copy);
	memcpy(copy, text, length);
	memset(&line, 0xa5, sizeof(line));
	trace_parse(copy, length, &line);
	free(copy);
	return line;
}

/* ---- good lines ------------------------------------------------------ */

struct good_line {
	const char *text;
	enum trace_class class;
	struct trace_event event; /* kind has_dom has_prot raw has_time prot
				   * nomem cpu pid iova size gpa dom line
				   * unmapped time task */
};

#define NO_TIME 0, ""

#define MAP_TEXT                                                               \
	"map: IOMMU: iova=0x00000000ffe7e000 - 0x00000000ffe80000 "            \
	"paddr=0x000000000c121000 size=8192"
#define UNMAP_TEXT                                                             \
	"unmap: IOMMU: iova=0x00000000ffe7e000 - 0x00000000ffe80000 "          \
	"size=8192 unmapped_size=8192"
#define KMAP_TEXT                                                              \
	"kmap: (iommu_map_nosync+0x4/0x310) dom=0xff3b9d2401be0c00 "           \
	"iova=0xffe7e000 pa=0xc121000 size=0x2000 prot=0x6"
#define KUNMAP_TEXT                                                            \
	"kunmap: (__iommu_unmap+0x0/0x240) dom=0xff3b9d2401be0c00 "            \
	"iova=0xffe7e000 size=0x2000"

#define MAP_EVENT(cpu, pid)                                                    \
	{                                                                      \
		TRACE_MAP, false, false, false, false, 0, 0, cpu, pid,         \
			0xffe7e000, 0x2000, 0xc121000, 0, 0, 0, NO_TIME        \
	}
#define UNMAP_EVENT(cpu, pid)                                                  \
	{                                                                      \
		TRACE_UNMAP, false, false, false, false, 0, 0, cpu, pid,       \
			0xffe7e000, 0x2000, 0, 0, 0, 0x2000, NO_TIME           \
	}
#define KMAP_EVENT(cpu, pid)                                                   \
	{                                                                      \
		TRACE_MAP, true, true, false, false, RW, 0, cpu, pid,          \
			0xffe7e000, 0x2000, 0xc121000, 0xff3b9d2401be0c00, 0,  \
			0, NO_TIME                                             \
	}
#define KUNMAP_EVENT(cpu, pid)                                                 \
	{                                                                      \
		TRACE_UNMAP, true, false, false, false, 0, 0, cpu, pid,        \
			0xffe7e000, 0x2000, 0, 0xff3b9d2401be0c00, 0, 0,       \
			NO_TIME                                                \
	}

static const struct good_line good_lines[] = {
	/* ftrace and trace_pipe */
	{ FTRACE MAP_TEXT, TRACE_EVENT, MAP_EVENT(1, 315) },
	{ FTRACE UNMAP_TEXT, TRACE_EVENT, UNMAP_EVENT(1, 315) },
	{ FTRACE KMAP_TEXT, TRACE_PROBE, KMAP_EVENT(1, 315) },
	{ FTRACE KUNMAP_TEXT, TRACE_PROBE, KUNMAP_EVENT(1, 315) },
	/* perf script */
	{ PERF "          iommu:" MAP_TEXT, TRACE_EVENT, MAP_EVENT(1, 315) },
	{ PERF "iommu:" UNMAP_TEXT, TRACE_EVENT, UNMAP_EVENT(1, 315) },
	{ PERF "probe:" KMAP_TEXT, TRACE_PROBE, KMAP_EVENT(1, 315) },
	{ PERF "kprobes:" KUNMAP_TEXT, TRACE_PROBE, KUNMAP_EVENT(1, 315) },
	{ "mke2fs   315    23.743758: iommu:" MAP_TEXT, TRACE_EVENT,
	  MAP_EVENT(-1, -1) },
	/* a clock that counts, and no head at all */
	{ "dd-7 [000] ..... 99887766: " MAP_TEXT, TRACE_EVENT,
	  MAP_EVENT(0, 7) },
	{ MAP_TEXT, TRACE_EVENT, MAP_EVENT(-1, -1) },
	{ KUNMAP_TEXT, TRACE_PROBE, KUNMAP_EVENT(-1, -1) },
	/* ends of lines */
	{ FTRACE MAP_TEXT "\n", TRACE_EVENT, MAP_EVENT(1, 315) },
	{ FTRACE MAP_TEXT "\r\n", TRACE_EVENT, MAP_EVENT(1, 315) },
	{ FTRACE KMAP_TEXT " extra=1", TRACE_PROBE, KMAP_EVENT(1, 315) },
	/* other formats of ftrace */
	{ "   dd-315     [000]     8.182470: " MAP_TEXT, TRACE_EVENT,
	  MAP_EVENT(0, 315) },
	{ "   dd-315     (    300) [001] .....     8.182470: " UNMAP_TEXT,
	  TRACE_EVENT, UNMAP_EVENT(1, 315) },
	{ "   dd-315     (-------) [001] .....     8.182470: " KMAP_TEXT,
	  TRACE_PROBE, KMAP_EVENT(1, 315) },
	{ "      dd-315       1d.h1. 8182470us+: " MAP_TEXT, TRACE_EVENT,
	  MAP_EVENT(1, 315) },
	{ "      dd-315       0..... 8182470us : " KUNMAP_TEXT, TRACE_PROBE,
	  KUNMAP_EVENT(0, 315) },
	{ "   dd     315   0 0 00000000 00000001 [00ab3be3] 2124.935ms "
	  "(+0.246ms): " MAP_TEXT,
	  TRACE_EVENT, MAP_EVENT(-1, -1) },
	/* trace-cmd report, plain, -l, --ts-diff */
	{ "   dd-315   [000]     8.182470: map:                  "
	  "IOMMU: iova=0x00000000ffe7e000 - 0x00000000ffe80000 "
	  "paddr=0x000000000c121000 size=8192",
	  TRACE_EVENT, MAP_EVENT(0, 315) },
	{ "      dd-315     1.....     8.182470: kunmap:               "
	  "(ffffffff875834e0) dom=0xff3b9d2401be0c00 iova=0xffe7e000 "
	  "size=0x2000",
	  TRACE_PROBE, KUNMAP_EVENT(1, 315) },
	{ "   dd-315   [001]     8.876462: (+55)    " MAP_TEXT, TRACE_EVENT,
	  MAP_EVENT(1, 315) },
	/* trace-cmd report -R */
	{ "   dd-315   [001]     8.876462: map:                   "
	  "iova=0xffe7e000 paddr=0xc121000 size=8192",
	  TRACE_EVENT, MAP_EVENT(1, 315) },
	{ "   dd-315   [001]     8.876462: kunmap:                "
	  "__probe_ip=ffffffff87586684 dom=0xff3b9d2401be0c00 "
	  "iova=0xffe7e000 size=0x2000",
	  TRACE_PROBE, KUNMAP_EVENT(1, 315) },
	/* up to Linux 5.16 */
	{ FTRACE "map: IOMMU: iova=0x00000000ffe7e000 "
		 "paddr=0x000000000c121000 size=8192",
	  TRACE_EVENT, MAP_EVENT(1, 315) },
	{ FTRACE "unmap: IOMMU: iova=0x00000000ffe7e000 size=8192 "
		 "unmapped_size=8192",
	  TRACE_EVENT, UNMAP_EVENT(1, 315) },
	/* perf script with other fields */
	{ "dd   315 [000]     8.182470:          1 iommu:" MAP_TEXT,
	  TRACE_EVENT, MAP_EVENT(0, 315) },
	{ "dd   314/315   [001]     8.182470:      iommu:" MAP_TEXT
	  " ffffffff875867a4 iommu_map_nosync",
	  TRACE_EVENT, MAP_EVENT(1, 315) },
	{ "      dd      iommu:" UNMAP_TEXT, TRACE_EVENT, UNMAP_EVENT(-1, -1) },
	{ "[001]   mine:" KMAP_TEXT, TRACE_PROBE, KMAP_EVENT(1, -1) },
	/* the kernel's log */
	{ "[    8.182470] " MAP_TEXT, TRACE_EVENT, MAP_EVENT(-1, -1) },
	{ "<6>[    8.182470][  T315] " KUNMAP_TEXT, TRACE_PROBE,
	  KUNMAP_EVENT(-1, -1) },
	{ "Nov 27 19:31:11 host kernel: " UNMAP_TEXT, TRACE_EVENT,
	  UNMAP_EVENT(-1, -1) },
	/* names of tasks that look like something else */
	{ "     Web Content-4021  [003] .....    23.743758: " MAP_TEXT,
	  TRACE_EVENT, MAP_EVENT(3, 4021) },
	{ "  kworker/u8:2+e-12    [000] .....    23.743758: " UNMAP_TEXT,
	  TRACE_EVENT, UNMAP_EVENT(0, 12) },
	{ "      a [9] b: c-77   [002] .....    23.743758: " MAP_TEXT,
	  TRACE_EVENT, MAP_EVENT(2, 77) },
	{ "            map:-5     [000] .....     1.000000: " UNMAP_TEXT,
	  TRACE_EVENT, UNMAP_EVENT(0, 5) },
	{ "        1: kmap: x-5   [000] .....     1.000000: " MAP_TEXT,
	  TRACE_EVENT, MAP_EVENT(0, 5) },
	{ "1: map: IOMMU: 5 [000] 1.000000: iommu:" UNMAP_TEXT, TRACE_EVENT,
	  UNMAP_EVENT(0, 5) },
	{ "          <...>-5     [000] .....     1.000000: " KMAP_TEXT,
	  TRACE_PROBE, KMAP_EVENT(0, 5) },
	/* what Linux has no event for */
	{ "kprotect: (f) dom=0x1 iova=0x1000 size=0x3000 prot=0x3",
	  TRACE_PROBE,
	  { TRACE_PROTECT, true, true, false, false, RW, 0, -1, -1, 0x1000,
	    0x3000, 0, 1, 0, 0, NO_TIME } },
	{ "kreclaim: (f) dom=0x1 iova=0x1000 size=0x3000",
	  TRACE_PROBE,
	  { TRACE_RECLAIM, true, false, false, false, 0, 0, -1, -1, 0x1000,
	    0x3000, 0, 1, 0, 0, NO_TIME } },
	{ FTRACE "ksync: (f) dom=0x7",
	  TRACE_PROBE,
	  { TRACE_SYNC, true, false, false, false, 0, 0, 1, 315, 0, 0, 0, 7, 0,
	    0, NO_TIME } },
	{ "kunmap: (f) dom=0x1 iova=0x1000 size=0x3000 nomem=2",
	  TRACE_PROBE,
	  { TRACE_UNMAP, true, false, false, false, 0, 2, -1, -1, 0x1000,
	    0x3000, 0, 1, 0, 0, NO_TIME } },
	{ "kunmap: (f) dom=1 iova=0x1 size=0xffffffffffffffff raw=1",
	  TRACE_PROBE,
	  { TRACE_UNMAP, true, false, true, false, 0, 0, -1, -1, 1, UINT64_MAX,
	    0, 1, 0, 0, NO_TIME } },
	{ "kmap: (f) dom=1 iova=1 pa=2 size=0 prot=0x6 nomem=1 raw=1",
	  TRACE_PROBE,
	  { TRACE_MAP, true, true, true, false, 6, 1, -1, -1, 1, 0, 2, 1, 0, 0,
	    NO_TIME } },
	{ "kprotect: (f) dom=1 iova=1 size=2 prot=0 raw=1",
	  TRACE_PROBE,
	  { TRACE_PROTECT, true, true, true, false, 0, 0, -1, -1, 1, 2, 0, 1, 0,
	    0, NO_TIME } },
};

static void assert_event(const struct trace_event *got,
			 const struct trace_event *wanted)
{
	assert_int_equal(got->kind, wanted->kind);
	assert_int_equal(got->has_dom, wanted->has_dom);
	assert_int_equal(got->unmapped, wanted->unmapped);
	assert_int_equal(got->has_prot, wanted->has_prot);
	assert_int_equal(got->prot, wanted->prot);
	assert_int_equal(got->cpu, wanted->cpu);
	assert_int_equal(got->pid, wanted->pid);
	assert_int_equal(got->iova, wanted->iova);
	assert_int_equal(got->size, wanted->size);
	assert_int_equal(got->gpa, wanted->gpa);
	assert_int_equal(got->dom, wanted->dom);
	assert_int_equal(got->raw, wanted->raw);
	assert_int_equal(got->nomem, wanted->nomem);
}

/* ---- tasks ----------------------------------------------------------- */

static void test_tasks(void **state)
{
	static const struct {
		const char *head;
		const char *task;
	} heads[] = {
		{ "          mke2fs-315     [000] .....    23.743758: ",
		  "mke2fs" },
		{ "<idle>-0 [000] d.H1. 23.745228: ", "<idle>" },
		{ "kworker/u8:0-12 [001] ..... 67.458795: ", "kworker/u8:0" },
		{ "my disk-9 [001] ..... 67.458795: ", "my disk" },
		{ "a-b-9 ( 300) [001] ..... 67.458795: ", "a-b" },
		{ "mke2fs   315 [001]    23.743758: iommu:", "mke2fs" },
		{ "dd-315 1d.h1. 8182470us+: ", "dd" },
		{ "a_name_of_sixteen-3 [0] .. 1.0: ", "a_name_of_sixte" },
		{ "-3 [000] ..... 1.0: ", "" },
		{ "", "" },
		{ "[    8.182470] ", "" },
	};
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct trace_line line;

		snprintf(text, sizeof(text), "%s" MAP_TEXT, heads[i].head);
		line = parse(text);
		assert_int_equal(line.class, TRACE_EVENT);
		assert_string_equal(line.event.task, heads[i].task);
	}
}

/* ---- times ----------------------------------------------------------- */

static void test_times(void **state)
{
	static const struct {
		const char *head;
		bool known;
		uint64_t time;
	} heads[] = {
		{ "dd-315 [000] .....     8.182470: ", true, 8182470000 },
		{ "dd   185 [000]    38.178414979:   iommu:", true,
		  38178414979 },
		{ "dd-1 0..... 8182470us+: ", true, 8182470000 },
		{ "dd-1 0..... 8182470us : ", true, 8182470000 },
		{ "dd-157 [000] 11113190557: ", true, 11113190557 },
		{ "dd-157 [000] 11.113271: (+80)    ", true, 11113271000 },
		{ "dd 315 [000] 8.182470:          1 iommu:", true,
		  8182470000 },
		{ "1.5: map:-9 [001] .... 0.000001: ", true, 1000 },
		{ "dd-1 [000] .... 1.1234567891: ", true, 1123456789 },
		{ "dd-1 [000] .... 18446744072.999999999: ", true,
		  UINT64_C(18446744072999999999) },
		{ "dd-1 [000] .... 18446744074.0: ", false, 0 },
		{ "dd-1 [000] .... 18446744073709551616: ", false, 0 },
		{ "dd-1 [000] .... 1.: ", false, 0 },
		{ "dd-1 [000] .... .5: ", false, 0 },
		{ "dd-1 [000] .... 1.5s: ", false, 0 },
		{ "dd-1 [000] .... 5s: ", false, 0 },
		{ "dd-1 [000] .... ", false, 0 },
		{ "", false, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(heads); i++) {
		struct trace_line line;
		char text[200];

		snprintf(text, sizeof(text), "%s%s", heads[i].head, MAP_TEXT);
		line = parse(text);
		if (line.class != TRACE_EVENT ||
		    line.event.has_time != heads[i].known ||
		    line.event.time != heads[i].time)
			fail_msg("'%s': class %d, time %" PRIu64, text,
				 (int)line.class, line.event.time);
	}
}

static void test_good_lines(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good_lines); i++) {
		struct trace_line line = parse(good_lines[i].text);

		if (line.class != good_lines[i].class)
			fail_msg("class %d, '%s': %s", (int)line.class,
				 line.error, good_lines[i].text);
		assert_event(&line.event, &good_lines[i].event);
	}
}

/* ---- values ---------------------------------------------------------- */

static void test_prot(void **state)
{
	static const struct {
		const char *text;
		unsigned prot;
	} cases[] = {
		{ "0x1", HVPT_PROT_READ },
		{ "0x2", RW },
		{ "0x3", RW },
		{ "0x5", HVPT_PROT_READ },
		{ "0x6", RW },
		{ "0x7", RW },
		{ "9", HVPT_PROT_READ },
		{ "0x1b", RW },
		{ "0x11", HVPT_PROT_READ },
	};
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct trace_line line;

		snprintf(text, sizeof(text),
			 "1.0: kmap: (f) dom=1 iova=0x1000 pa=0 size=4096 "
			 "prot=%s",
			 cases[i].text);
		line = parse(text);
		assert_int_equal(line.class, TRACE_PROBE);
		assert_true(line.event.has_prot);
		assert_int_equal(line.event.prot, cases[i].prot);
		assert_int_equal(line.event.dom, 1);
	}
}

/* The end of the range is exclusive: the last page has an end of 2^64. */
static void test_top_of_space(void **state)
{
	struct trace_line line;

	(void)state;
	line = parse("1.0: map: IOMMU: iova=0xfffffffffffff000 - "
		     "0x0000000000000000 paddr=0xfffffffffffff000 size=4096");
	assert_int_equal(line.class, TRACE_EVENT);
	assert_int_equal(line.event.iova, 0xfffffffffffff000);
	assert_int_equal(line.event.gpa, 0xfffffffffffff000);
	assert_int_equal(line.event.size, 4096);
}

/* What was asked and what was unmapped: both are kept. */
static void test_unmapped_size(void **state)
{
	static const uint64_t sizes[] = { 0, 4096, 8192, 0x200000 };
	char text[120];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(sizes); i++) {
		struct trace_line line;

		snprintf(text, sizeof(text),
			 "1.0: unmap: IOMMU: iova=0x1000 - 0x3000 size=8192 "
			 "unmapped_size=%u",
			 (unsigned)sizes[i]);
		line = parse(text);
		assert_int_equal(line.class, TRACE_EVENT);
		assert_int_equal(line.event.size, 8192);
		assert_int_equal(line.event.unmapped, sizes[i]);
	}
}

/* ---- other lines ----------------------------------------------------- */

static void test_blank_and_other(void **state)
{
	static const char *const blank[] = {
		"",
		"\n",
		" \t \r\n",
		"# tracer: nop",
		"   # indented",
		"##### CPU 1 buffer started ####",
	};
	static const char *const other[] = {
		"some text",
		"x",
		":",
		"1:",
		"1: ",
		FTRACE "sched_switch: prev_comm=a",
		FTRACE "irq_map: IOMMU: iova=1",
		FTRACE "mapped: IOMMU: iova=0x1000",
		FTRACE "iommu:attach_device_to_domain: IOMMU: device=x",
		FTRACE "xdp:map: IOMMU: iova=1",
		"     map: x-12 [000] ..... 1.0: sched_wakeup: comm=map:",
		"map:-12 [000] ..... 1.0: sched_wakeup: comm=y",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(blank); i++) {
		assert_int_equal(parse(blank[i]).class, TRACE_BLANK);
		assert_int_equal(parse(blank[i]).lost, 0);
	}
	for (i = 0; i < COUNT(other); i++) {
		if (parse(other[i]).class != TRACE_OTHER)
			fail_msg("not other: %s", other[i]);
	}
}

static void test_lost(void **state)
{
	static const struct {
		const char *text;
		uint64_t count;
	} lost[] = {
		{ "CPU:3 [LOST 12345 EVENTS]\n", 12345 },
		{ "CPU:0 [LOST EVENTS]", 0 },
		{ "CPU:1 [12 EVENTS DROPPED]", 12 },
		{ "CPU:1 [EVENTS DROPPED]", 0 },
		{ "[   10.500000] CPU:1 [LOST 7 EVENTS]", 7 },
		{ "dd 315 [000] 8.182470: PERF_RECORD_LOST lost 9", 9 },
		{ PERF "PERF_RECORD_LOST_SAMPLES lost 3", 3 },
		{ "Processed 100 events and lost 2 chunks!", 0 },
		{ "** 17 printk messages dropped **", 17 },
		{ "journald[9]: Missed 4 kernel messages", 4 },
		{ "# entries-in-buffer/entries-written: 12/24   #P:2", 12 },
		{ "# latency: 0 us, #100/164, CPU#0 | (M:desktop)", 64 },
	};
	static const char *const kept[] = {
		"CPU:3 [LOST many EVENTS]",
		"CPU:x [LOST 1 EVENTS]",
		"CPU:3 [LOST 1",
		"CPU:3 [LOST  EVENTS]",
		"CPU:3 [LOST 99999999999999999999 EVENTS]",
		"CPU:3 [ EVENTS DROPPED]",
		"PERF_RECORD_LOST lost",
		"# entries-in-buffer/entries-written: 24/24   #P:2",
		"# entries-in-buffer/entries-written: 24/",
		"# latency: 0 us, #24/24, CPU#0",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(lost); i++) {
		struct trace_line line = parse(lost[i].text);

		if (line.class != TRACE_LOST || line.lost != lost[i].count)
			fail_msg("not lost: %s", lost[i].text);
	}
	for (i = 0; i < COUNT(kept); i++) {
		struct trace_line line = parse(kept[i]);

		if (line.class > TRACE_OTHER || line.lost)
			fail_msg("not kept: %s", kept[i]);
	}
	/* An event is one whatever its task is called. */
	assert_int_equal(
		parse("CPU:1 [LOST 1 EVENTS]-7 [000] 1.0: " MAP_TEXT).class,
		TRACE_EVENT);
}

/* ---- malformed lines ------------------------------------------------- */

struct bad_line {
	const char *text;
	const char *error;
};

/* One for each way to be wrong, in each kind of line that has it. */
static const struct bad_line bad_lines[] = {
	{ FTRACE "map:", "IOMMU: is missing after the event's name" },
	{ FTRACE "map: IOM", "IOMMU: is missing after the event's name" },
	{ PERF "iommu:unmap: x=1", "IOMMU: is missing after the event's name" },
	{ "IOMMU: iova=0x1000 - 0x2000 paddr=0x1000 size=4096",
	  "the event's name is missing; let perf script -F print event" },
	{ FTRACE "unmap: IOMMU: iova=0x1000 - 0x2000 size=4096 "
		 "unmapped_size=4097",
	  "unmapped_size= is not a multiple of 4 KiB" },
	{ FTRACE "unmap: IOMMU: iova=0xfffffffffffff000 - 0x0 size=4096 "
		 "unmapped_size=8192",
	  "iova= plus unmapped_size= passes 2^64" },
	{ FTRACE "map: IOMMU: ", "iova= is missing" },
	{ FTRACE "map: IOMMU: iova=", "iova= is not a number" },
	{ FTRACE "map: IOMMU: iova=0x", "iova= is not a number" },
	{ FTRACE "map: IOMMU: iova=0xz - 0x2000", "iova= is not a number" },
	{ FTRACE "map: IOMMU: iova=1f - 0x2000", "iova= is not a number" },
	{ FTRACE "map: IOMMU: iova=-4096 - 0x2000", "iova= is not a number" },
	{ FTRACE "map: IOMMU: iova=0x10000000000000000 - 0x2000",
	  "iova= does not fit into 64 bits" },
	{ FTRACE "map: IOMMU: iova=18446744073709551616 - 0x2000",
	  "iova= does not fit into 64 bits" },
	{ FTRACE "map: IOMMU: iova=0x1000 - paddr=0x1000 size=4096",
	  "the end of the iova range is not a 64-bit number" },
	{ FTRACE "map: IOMMU: iova=0x1000 - 0x11112222333344445 size=4096",
	  "the end of the iova range is not a 64-bit number" },
	{ FTRACE "map: IOMMU: iova=0x1000 - 0x2000 size=4096",
	  "paddr= is missing" },
	{ FTRACE "map: IOMMU: iova=0x1000 - 0x2000 paddr=big size=4096",
	  "paddr= is not a number" },
	{ FTRACE "map: IOMMU: iova=0x1000 - 0x2000 paddr=0x1000",
	  "size= is missing" },
	{ FTRACE "map: IOMMU: iova=0x1000 - 0x2000 paddr=0x1000 size=40x",
	  "size= is not a number" },
	{ FTRACE "map: IOMMU: iova=0x1000 - 0x1000 paddr=0x1000 size=0",
	  "size= is 0" },
	{ FTRACE "map: IOMMU: iova=0x1000 - 0x2000 paddr=0x1000 size=4095",
	  "size= is not a multiple of 4 KiB" },
	{ FTRACE "map: IOMMU: iova=0x1800 - 0x2800 paddr=0x1000 size=4096",
	  "iova= is not 4 KiB aligned" },
	{ FTRACE "map: IOMMU: iova=0x1000 - 0x2000 paddr=0x1001 size=4096",
	  "paddr= is not 4 KiB aligned" },
	{ FTRACE "map: IOMMU: iova=0xfffffffffffff000 - 0x1000 paddr=0x1000 "
		 "size=8192",
	  "iova= plus size= passes 2^64" },
	{ FTRACE "map: IOMMU: iova=0x1000 - 0x3000 paddr=0xfffffffffffff000 "
		 "size=8192",
	  "paddr= plus size= passes 2^64" },
	{ FTRACE "map: IOMMU: iova=0x1000 - 0x3000 paddr=0x1000 size=4096",
	  "the iova range is not size= bytes long" },
	{ FTRACE "map: IOMMU: iova=0x2000 - 0x1000 paddr=0x1000 size=4096",
	  "the iova range is not size= bytes long" },
	{ FTRACE "unmap: IOMMU: iova=0x1000 - 0x2000 unmapped_size=4096",
	  "size= is missing" },
	{ FTRACE "unmap: IOMMU: iova=0x1000 - 0x2000 size=4096",
	  "unmapped_size= is missing" },
	{ FTRACE "unmap: IOMMU: iova=0x1000 - 0x2000 size=4096 unmapped_size=",
	  "unmapped_size= is not a number" },
	{ FTRACE "unmap: IOMMU: iova=0x1000 - 0x3000 size=4096 "
		 "unmapped_size=4096",
	  "the iova range is not size= bytes long" },
	{ FTRACE "kmap: f+0x4 dom=0x1 iova=0x1000",
	  "(function) is missing after the event's name" },
	{ PERF "probe:kunmap:",
	  "(function) is missing after the event's name" },
	{ FTRACE "kmap: (f) iova=0x1000 pa=0x1000 size=0x1000 prot=0x1",
	  "dom= is missing" },
	{ FTRACE "kmap: (f) dom=(fault) iova=0x1000 pa=0 size=0x1000 prot=1",
	  "dom= is not a number" },
	{ FTRACE "kmap: (f) dom=0x1 pa=0x1000 size=0x1000 prot=0x1",
	  "iova= is missing" },
	{ FTRACE "kmap: (f) dom=0x1 iova=0x1000 size=0x1000 prot=0x1",
	  "pa= is missing" },
	{ FTRACE "kmap: (f) dom=0x1 iova=0x1000 pa=0x1000 prot=0x1",
	  "size= is missing" },
	{ FTRACE "kmap: (f) dom=0x1 iova=0x1000 pa=0x1000 size=0x1000",
	  "prot= is missing" },
	{ FTRACE "kmap: (f) dom=0x1 iova=0x1000 pa=0x1000 size=0x1000 prot=x",
	  "prot= is not a number" },
	{ FTRACE "kmap: (f) dom=0x1 iova=0x1000 pa=0x1000 size=0x1000 prot=0x4",
	  "prot= allows neither read nor write" },
	{ FTRACE "kmap: (f) dom=0x1 iova=0x1000 pa=0x1000 size=0 prot=0x1",
	  "size= is 0" },
	{ FTRACE "kmap: (f) dom=0x1 iova=0x1000 pa=0x10 size=0x1000 prot=0x1",
	  "pa= is not 4 KiB aligned" },
	{ FTRACE "kunmap: (f) dom=0x1 iova=0x1000", "size= is missing" },
	{ FTRACE "kunmap: (f) dom=0x1 iova=0x1001 size=0x1000",
	  "iova= is not 4 KiB aligned" },
	{ FTRACE "kunmap: (f) dom=0x1 iova=0x1000 size=0x1001",
	  "size= is not a multiple of 4 KiB" },
	{ FTRACE "kunmap: (f) dom=0x1 iova=0xfffffffffffff000 size=0x2000",
	  "iova= plus size= passes 2^64" },
	{ "ksync: (f)", "dom= is missing" },
	{ FTRACE "ksync: dom=0x1",
	  "(function) is missing after the event's name" },
	{ "kreclaim: (f) dom=0x1 iova=0x1000", "size= is missing" },
	{ "kreclaim: (f) dom=0x1 iova=0x1001 size=0x1000",
	  "iova= is not 4 KiB aligned" },
	{ "kprotect: (f) dom=0x1 iova=0x1000 size=0x1000", "prot= is missing" },
	{ "kprotect: (f) dom=0x1 iova=0x1000 size=0x1000 prot=0",
	  "prot= allows neither read nor write" },
	{ "kunmap: (f) dom=0x1 iova=0x1000 size=0x1000 raw=2",
	  "raw= is too large" },
	{ "kunmap: (f) dom=0x1 iova=0x1001 size=0x1000 raw=0",
	  "iova= is not 4 KiB aligned" },
	{ "kunmap: (f) dom=0x1 iova=0x1000 size=0x1000 nomem=0x100000000",
	  "nomem= is too large" },
	{ "kunmap: (f) dom=0x1 iova=0x1000 size=0x1000 nomem=all",
	  "nomem= is not a number" },
	{ "kmap: (f) dom=1 iova=1 pa=1 size=1 prot=0x100000000 raw=1",
	  "prot= does not fit into 32 bits" },
};

static void test_malformed_lines(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad_lines); i++) {
		struct trace_line line = parse(bad_lines[i].text);

		if (line.class != TRACE_MALFORMED)
			fail_msg("taken: %s", bad_lines[i].text);
		assert_string_equal(line.error, bad_lines[i].error);
	}
}

/* ---- writing --------------------------------------------------------- */

/* What is written is read as the same event. */
static void test_written(void **state)
{
	char text[TRACE_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good_lines); i++) {
		struct trace_event event = good_lines[i].event;
		struct trace_line line;

		trace_print(text, &event, i * 100000);
		line = parse(text);
		if (line.class != TRACE_PROBE)
			fail_msg("not understood: %s", text);
		if (event.kind == TRACE_MAP && !event.has_prot) {
			event.has_prot = true;
			event.prot = RW;
		}
		event.has_dom = true;
		event.cpu = 0;
		event.pid = 1;
		event.unmapped = 0;
		assert_event(&line.event, &event);
	}
}

/* With every number as long as it may be, nothing is cut off. */
static void test_longest(void **state)
{
	struct trace_event event;
	char text[TRACE_TEXT_MAX];

	(void)state;
	memset(&event, 0xff, sizeof(event));
	event.kind = TRACE_MAP;
	event.has_dom = true;
	event.has_prot = true;
	event.raw = true;
	trace_print(text, &event, UINT64_MAX);
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_non_null(strstr(text, " raw=1\n"));
}

static void test_write_file(void **state)
{
	struct trace_event events[2] = { good_lines[2].event,
					 good_lines[3].event };
	FILE *file = tmpfile();
	char text[TRACE_TEXT_MAX];
	size_t i;

	(void)state;
	assert_non_null(file);
	assert_true(trace_write(file, events, 2));
	rewind(file);
	for (i = 0; i < 2; i++) {
		struct trace_line line;

		assert_non_null(fgets(text, sizeof(text), file));
		line = parse(text);
		events[i].cpu = 0;
		events[i].pid = 1;
		assert_event(&line.event, &events[i]);
	}
	assert_null(fgets(text, sizeof(text), file));
	fclose(file);
}

/* Every cut of a good line is read without reading on, and never wrongly. */
static void test_every_cut(void **state)
{
	static const char *const lines[] = { FTRACE MAP_TEXT, FTRACE UNMAP_TEXT,
					     FTRACE KMAP_TEXT,
					     FTRACE KUNMAP_TEXT };
	char text[200];
	size_t i, length;

	(void)state;
	for (i = 0; i < COUNT(lines); i++) {
		for (length = 0; length < strlen(lines[i]); length++) {
			struct trace_line line;

			memcpy(text, lines[i], length);
			text[length] = '\0';
			line = parse(text);
			if (line.class != TRACE_EVENT &&
			    line.class != TRACE_PROBE)
				continue;
			/* Only the last number can be cut and stay good. */
			assert_true(length + 4 > strlen(lines[i]));
			assert_int_equal(line.event.iova, 0xffe7e000);
		}
	}
}

/* Bytes that are no text, NUL among them. */
static void test_binary(void **state)
{
	struct trace_line line;
	char bytes[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(255 - i);
	trace_parse(bytes, sizeof(bytes), &line);
	assert_int_equal(line.class, TRACE_OTHER);
	memcpy(bytes, "1.0: map: IOMMU: iova=0x1000\0- 0x2000", 38);
	trace_parse(bytes, 38, &line);
	assert_int_equal(line.class, TRACE_MALFORMED);
	assert_string_equal(line.error, "iova= is not a number");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_lines),
		cmocka_unit_test(test_tasks),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_prot),
		cmocka_unit_test(test_top_of_space),
		cmocka_unit_test(test_unmapped_size),
		cmocka_unit_test(test_blank_and_other),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_malformed_lines),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_write_file),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_binary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
