/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * suspicious.h - events that should not be, with the task that caused them.
 */
#ifndef TOOLS_REPORT_SUSPICIOUS_H
#define TOOLS_REPORT_SUSPICIOUS_H

#include "mappings.h"

enum suspicion {
	SUSPECT_DOUBLE_MAP = 0,	   /* a part of the range is mapped */
	SUSPECT_UNKNOWN_UNMAP = 1, /* nothing of the range is mapped */
	SUSPECT_EARLY_REUSE = 2,   /* used before the lazy flush of its unmap */
	SUSPECT_LEFT = 3,	   /* mapped at the end */
	SUSPECT_KINDS = 4,
};

/* Events of a kind that are listed; all are counted. */
#define SUSPECT_LISTED 20u

/**
 * struct suspect - one such event
 * @is: its range, time and task
 * @line: in the trace
 * @other_task, @other_at: of the mapping that is in its way
 * @has_other: those are known
 */
struct suspect {
	struct mapping is;
	uint64_t line;
	bool has_other;
	unsigned other_task;
	uint64_t other_at;
};

/** How many there are of a kind, and the first of them. */
struct suspects {
	uint64_t count[SUSPECT_KINDS];
	struct suspect list[SUSPECT_KINDS][SUSPECT_LISTED];
};

void suspects_add(struct suspects *suspects, enum suspicion kind,
		  const struct suspect *suspect);

/** As the JSON has it. */
const char *suspicion_name(enum suspicion kind);

#endif /* TOOLS_REPORT_SUSPICIOUS_H */
