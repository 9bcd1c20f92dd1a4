/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bound.h - what is counted in calls on long ranges: accesses to entries, or
 * instructions.
 */
#ifndef HVPT_TEST_EXHAUSTIVE_BOUND_H
#define HVPT_TEST_EXHAUSTIVE_BOUND_H

#include "hvpt/hvpt.h"

/* What went wrong ends the program; it says where. */
#define BOUND_CHECK(cond) bound_check((cond), #cond, __LINE__)
void bound_check(bool right, const char *what, int line);

/**
 * struct bound_size - what a call had to do with
 * @entries: that its range spans, in tables of the level of its leaves
 * @tables: that it touches
 * @large: leaves are larger than 4 KiB
 * @text: the range and its leaves
 */
struct bound_size {
	uint64_t entries;
	uint64_t tables;
	bool large;
	char text[80];
};

/* Which form is linked. */

/** Reads the bounds from @document, if this form compares. */
void bound_read(const char *document);

/** Around each call: counting begins, and ends. @call as in the document. */
void bound_start(const char *call);
void bound_stop(const struct bound_size *size);

/** The call before must have made just that many accesses, if those count. */
void bound_exact(uint64_t accesses);

/** How many calls exceeded their bounds. */
unsigned bound_wrong(void);

#endif /* HVPT_TEST_EXHAUSTIVE_BOUND_H */
