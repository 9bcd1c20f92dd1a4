/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_lost.h - finds the reports of tracers about lost events.
 */
#ifndef TRACE_TRACE_LOST_H
#define TRACE_TRACE_LOST_H

#include "text.h"

/**
 * trace_lost() - does a line report that events were lost here?
 * @count: out: how many; 0: unknown
 *
 * Knows the forms of ftrace, trace-cmd, perf, the kernel's log and journald.
 */
bool trace_lost(struct span text, uint64_t *count);

/**
 * trace_overwritten() - does a header report that entries were overwritten?
 * @count: out: how many, not 0
 *
 * "# entries-in-buffer/entries-written: 12/24", "# latency: 0 us, #12/24".
 */
bool trace_overwritten(struct span text, uint64_t *count);

#endif /* TRACE_TRACE_LOST_H */
