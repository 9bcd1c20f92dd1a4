/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * page_walk.h - one page walk, with each entry that it reads.
 */
#ifndef TOOLS_WALK_PAGE_WALK_H
#define TOOLS_WALK_PAGE_WALK_H

#include <stdio.h>

#include "oracle/sdm_walk.h"

#define WALK_LEVELS_MAX 5u

struct tables;

/** struct walk_step - an entry that was read: @value, at gpa @at */
struct walk_step {
	unsigned level;
	uint64_t at;
	uint64_t value;
};

/**
 * struct walk - an access, and what the tables make of it
 * @steps: the entries, @count of them, top table first
 * @unreadable: with SDM_FAULT_UNREADABLE: gpa that could not be read
 */
struct walk {
	const struct sdm_walker *walker;
	uint64_t iova;
	bool write;
	struct sdm_result result;
	struct walk_step steps[WALK_LEVELS_MAX];
	unsigned count;
	uint64_t unreadable;
};

/** walk_do() - walks, by sdm_walk() */
void walk_do(struct walk *walk, const struct sdm_walker *walker, uint64_t iova,
	     bool write);

/**
 * walk_deciding() - the entry that decides: the highest that forbids a write,
 * else the last; NULL: none was read
 */
const struct walk_step *walk_deciding(const struct walk *walk);

/** Why the access is refused, or that it is not; a sentence for people. */
void walk_reason(char *out, size_t room, const struct walk *walk);

/** Prints the entries and the result. @indent: before each line */
void walk_print_text(const struct walk *walk, const char *indent);

/** Prints members of an object, without its braces. */
void walk_print_json(const struct walk *walk, const char *indent);

#endif /* TOOLS_WALK_PAGE_WALK_H */
