/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_lost.h - what tracers say of events which they dropped.
 */
#ifndef TRACE_TRACE_LOST_H
#define TRACE_TRACE_LOST_H

#include "text.h"

/**
 * trace_lost() - does a line say that events were lost here?
 * @count: out: how many; 0: it does not say
 *
 * ftrace, trace-cmd, perf, the kernel's log and journald have each their way.
 */
bool trace_lost(struct span text, uint64_t *count);

/**
 * trace_overwritten() - does a header say so of what came before it?
 * @count: out: how many, not 0
 *
 * "# entries-in-buffer/entries-written: 12/24", "# latency: 0 us, #12/24".
 */
bool trace_overwritten(struct span text, uint64_t *count);

#endif /* TRACE_TRACE_LOST_H */
