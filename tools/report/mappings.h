/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * mappings.h - who made each live mapping, and when.
 *
 * The interval map knows where a mapping is. The permission that it keeps for
 * each interval is the number of a record here. A record is freed with the last
 * byte of its mapping, so there are never more than there are live mappings.
 */
#ifndef TOOLS_REPORT_MAPPINGS_H
#define TOOLS_REPORT_MAPPINGS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct mapping - a map that took effect
 * @iova, @gpa, @size: as mapped
 * @left: bytes that are still mapped; 0: the record is free
 * @at: position in the timeline
 * @event: number of the event
 * @task: number of its task
 * @pid: of its task; -1: not known
 * @domain: number of its domain
 * @next: the next free record
 */
struct mapping {
	uint64_t iova;
	uint64_t gpa;
	uint64_t size;
	uint64_t left;
	uint64_t at;
	uint64_t event;
	unsigned task;
	long pid;
	uint32_t domain;
	unsigned next;
};

/** All zero: none. @first_free is a number plus 1. */
struct mappings {
	struct mapping *list;
	unsigned count;
	unsigned room;
	unsigned first_free;
	uint64_t live;
};

/** Return: false when out of memory. */
bool mappings_add(struct mappings *mappings, const struct mapping *mapping,
		  unsigned *number);

/**
 * mappings_shrink() - @bytes of a mapping were unmapped
 *
 * Return: is all of it gone? Its record stays valid until the next add.
 */
bool mappings_shrink(struct mappings *mappings, unsigned number,
		     uint64_t bytes);

void mappings_free(struct mappings *mappings);

/* The largest mappings that are listed. */
#define LARGEST_MAX 10u

/** The largest mappings; @ended: @until is when the last byte was unmapped. */
struct largest {
	unsigned count;
	struct largest_mapping {
		struct mapping mapping;
		bool ended;
		uint64_t until;
	} list[LARGEST_MAX];
};

void largest_add(struct largest *largest, const struct mapping *mapping);
void largest_end(struct largest *largest, const struct mapping *mapping,
		 uint64_t until);

#endif /* TOOLS_REPORT_MAPPINGS_H */
