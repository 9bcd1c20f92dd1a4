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
 * Up to Linux 5.16 there is no end of the range; trace-cmd report -R leaves
 * out the word IOMMU too. What stands before the event's name differs with the
 * tracer and its options (ftrace in all its formats, trace-cmd report, perf
 * script, the kernel's log) and need not be there at all.
 *
 * They do not say which domain and which permission. Kprobes named kmap and
 * kunmap, hit just before, do:
 *
 *	... 8.182460: kmap: (function+0x4) dom=0xff00 iova=0x1000 pa=0x5000
 *	    size=0x1000 prot=0x5
 *	... 8.182460: kunmap: (function+0x0) dom=0xff00 iova=0x1000 size=0x1000
 *
 * Linux has no event for what else a page table can do. `hvpt fuzz` writes
 * lines of the same form, named kprotect, kreclaim and ksync:
 *
 *	... 8.182460: kprotect: (hvpt) dom=0x1 iova=0x1000 size=0x1000 prot=0x1
 *	... 8.182460: kreclaim: (hvpt) dom=0x1 iova=0x0 size=0x200000
 *	... 8.182460: ksync: (hvpt) dom=0x1
 *
 * Kprobe lines may end in two more fields: nomem=K, the K-th table page which
 * this call asks for is refused; and raw=1, the numbers are meant as they are,
 * however wrong.
 *
 * Parsing is pure: no state, no output, any bytes may be in a line.
 */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trace_class {
	TRACE_BLANK = 0,     /* empty, or a comment */
	TRACE_OTHER = 1,     /* some other event or text */
	TRACE_LOST = 2,	     /* events were dropped here, or before */
	TRACE_EVENT = 3,     /* a tracepoint: map or unmap */
	TRACE_PROBE = 4,     /* a kprobe: kmap, kunmap, or what follows it */
	TRACE_MALFORMED = 5, /* one of the four, but not as it should be */
};

enum trace_kind {
	TRACE_MAP = 0,
	TRACE_UNMAP = 1,
	TRACE_PROTECT = 2, /* this and what follows: kprobe lines only */
	TRACE_RECLAIM = 3,
	TRACE_SYNC = 4,
};

/**
 * struct trace_event - what a line says
 * @kind: which call
 * @has_dom: @dom is known
 * @has_prot: @prot is known; maps, and always of protects
 * @raw: the numbers may be anything
 * @prot: HVPT_PROT_*; write-only became read and write, as in Linux for
 *	formats which lack it; as it is with @raw
 * @nomem: which table page is refused to this call; 0: none
 * @cpu: -1 when not given
 * @pid: -1 when not given
 * @iova: 4 KiB aligned; a sync has neither this nor @size
 * @size: bytes; a multiple of 4 KiB, not 0, does not pass 2^64
 * @gpa: where to; maps only, checked as @iova
 * @dom: which domain
 * @line: its line number; for whoever reads the file
 * @unmapped: what an unmap's tracepoint says was unmapped from @iova on, which
 *	may be more than @size, or 0; see pairing.h
 */
struct trace_event {
	enum trace_kind kind;
	bool has_dom;
	bool has_prot;
	bool raw;
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
};

/**
 * struct trace_line - one line understood
 * @class: decides what else is valid
 * @event: for TRACE_EVENT and TRACE_PROBE
 * @lost: for TRACE_LOST: how many events; 0: an unknown number
 * @error: for TRACE_MALFORMED: what is wrong
 */
struct trace_line {
	enum trace_class class;
	struct trace_event event;
	uint64_t lost;
	char error[80];
};

/**
 * trace_parse() - understand one line
 * @text: in: the line, not terminated, with or without its newline
 * @length: bytes at @text
 * @line: out: always written
 */
void trace_parse(const char *text, size_t length, struct trace_line *line);

#endif /* TRACE_TRACE_H */
