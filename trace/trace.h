/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace.h - one line of a recorded trace.
 *
 * Linux reports IOMMU traffic by two tracepoints:
 *
 *	... 8.182470: map: IOMMU: iova=0x1000 - 0x2000 paddr=0x5000 size=4096
 *	... 8.182470: iommu:unmap: IOMMU: iova=0x1000 - 0x2000 size=4096
 *	    unmapped_size=4096
 *
 * Up to Linux 5.16 the end of the range is missing; trace-cmd report -R omits
 * the word IOMMU too. The text before the event's name depends on the tracer
 * and its options (ftrace in all its formats, trace-cmd report, perf script,
 * the kernel's log), and is optional.
 *
 * The tracepoints lack the domain and the permission. Kprobes named kmap and
 * kunmap, hit just before, have them:
 *
 *	... 8.182460: kmap: (function+0x4) dom=0xff00 iova=0x1000 pa=0x5000
 *	    size=0x1000 prot=0x5
 *	... 8.182460: kunmap: (function+0x0) dom=0xff00 iova=0x1000 size=0x1000
 *
 * Linux has no event for the other calls of a page table. `hvpt fuzz` writes
 * lines of the same form, named kprotect, kreclaim and ksync:
 *
 *	... 8.182460: kprotect: (hvpt) dom=0x1 iova=0x1000 size=0x1000 prot=0x1
 *	... 8.182460: kreclaim: (hvpt) dom=0x1 iova=0x0 size=0x200000
 *	... 8.182460: ksync: (hvpt) dom=0x1
 *
 * A kprobe line may end with two more fields. With nomem=K, the K-th table page
 * that this call requests is refused. With raw=1, the numbers may break the
 * rules and are used as they are.
 *
 * Parsing has no state and no output. A line may contain any bytes.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A task's name with its NUL: TASK_COMM_LEN of Linux. */
#define TRACE_TASK 16u

enum trace_class {
	TRACE_BLANK = 0,     /* empty, or a comment */
	TRACE_OTHER = 1,     /* some other event or text */
	TRACE_LOST = 2,	     /* events were dropped here, or before */
	TRACE_EVENT = 3,     /* a tracepoint: map or unmap */
	TRACE_PROBE = 4,     /* a kprobe: kmap, kunmap, or what follows it */
	TRACE_MALFORMED = 5, /* one of the four, but malformed */
};

enum trace_kind {
	TRACE_MAP = 0,
	TRACE_UNMAP = 1,
	TRACE_PROTECT = 2, /* this and the next two: kprobe lines only */
	TRACE_RECLAIM = 3,
	TRACE_SYNC = 4,
};

/**
 * struct trace_event - the contents of a line
 * @kind: which call
 * @has_dom: @dom is known
 * @has_prot: @prot is known; maps, and always of protects
 * @raw: the numbers may be anything
 * @prot: HVPT_PROT_*; write-only becomes read and write, as in Linux for
 *	formats that lack it; unchanged with @raw
 * @nomem: number of the table page that this call does not get; 0: none
 * @cpu: -1 when not given
 * @pid: -1 when not given
 * @iova: 4 KiB aligned; a sync has neither this nor @size
 * @size: bytes; a multiple of 4 KiB, not 0, does not pass 2^64
 * @gpa: the target; maps only, checked as @iova
 * @dom: the domain
 * @line: its line number, set by the reader of the file
 * @unmapped: bytes unmapped from @iova on, from the tracepoint of an unmap; may
 *	be more than @size, or 0; see pairing.h
 * @has_time: @time is known
 * @time: nanoseconds of the tracer's clock; its zero is the tracer's choice
 * @task: name of the task, cut to the kernel's length; "" when not given
 */
struct trace_event {
	enum trace_kind kind;
	bool has_dom;
	bool has_prot;
	bool raw;
	bool has_time;
	unsigned prot;
	unsigned nomem;
	long cpu;
	long pid;
	uint64_t iova;
	uint64_t size;
	uint64_t gpa;
	uint64_t dom;
	uint64_t line;
	uint64_t unmapped;
	uint64_t time;
	char task[TRACE_TASK];
};

/**
 * struct trace_line - a parsed line
 * @class: decides which other members are valid
 * @event: for TRACE_EVENT and TRACE_PROBE
 * @lost: for TRACE_LOST: how many events; 0: an unknown number
 * @error: for TRACE_MALFORMED: the error
 */
struct trace_line {
	enum trace_class class;
	struct trace_event event;
	uint64_t lost;
	char error[80];
};

/** Can this be a whole line? Of a trace, not of other text. */
static inline bool trace_is_whole(const struct trace_line *line)
{
	return line->class != TRACE_OTHER && line->class != TRACE_MALFORMED;
}

/**
 * trace_parse() - parses one line
 * @text: in: the line, not terminated, with or without its newline
 * @length: bytes at @text
 * @line: out: always written
 */
void trace_parse(const char *text, size_t length, struct trace_line *line);

#endif /* TRACE_TRACE_H */
