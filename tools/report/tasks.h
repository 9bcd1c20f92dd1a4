/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tasks.h - who mapped and unmapped, by the name of the task.
 */
#ifndef TOOLS_REPORT_TASKS_H
#define TOOLS_REPORT_TASKS_H

#include "trace/trace.h"

/* Names that are kept apart; all others are the last one. */
#define TASKS_MAX 64u

/**
 * struct task - what one task did
 * @name: "" if the trace does not say
 * @maps, @unmaps: that took effect
 * @map_bytes: that it mapped
 * @left: its mappings that are still there; @left_bytes: of them
 * @strange: its double maps and its unmaps of nothing
 */
struct task {
	char name[TRACE_TASK];
	uint64_t maps;
	uint64_t unmaps;
	uint64_t map_bytes;
	uint64_t left;
	uint64_t left_bytes;
	uint64_t strange;
};

struct tasks {
	unsigned count;
	struct task list[TASKS_MAX];
};

/** The number of a task in its list; it is added if there is room. */
unsigned tasks_find(struct tasks *tasks, const char *name);

#endif /* TOOLS_REPORT_TASKS_H */
