/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pt_scan.h - what a page table translates, seen without hvpt.
 *
 * The scan asks the independent walker about the whole index space, so it
 * finds what is mapped outside the IOVA form too. Two things are made of it:
 * the leaves as they are, and runs, in which leaves that continue each other
 * are one. An operation is checked by applying it to the runs from before.
 */
#ifndef HVPT_TEST_PT_SCAN_H
#define HVPT_TEST_PT_SCAN_H

#include "pt_fixture.h"
#include "oracle/model.h"

struct pt_leaf {
	uint64_t first;
	uint64_t last;
	uint64_t gpa;
	unsigned lg2; /* 0 in runs */
	bool writable;
	bool accessed;
	bool dirty;
};

struct pt_leaves {
	struct pt_leaf *leaf;
	size_t count;
	size_t room;
};

/** Every leaf of the table, in address order. To be freed. */
struct pt_leaves pt_scan(struct pt_fixture *fixture);
void pt_leaves_free(struct pt_leaves *leaves);

/** Appends one, sizes and all. */
void pt_leaves_add(struct pt_leaves *leaves, struct pt_leaf leaf);

/** Joins what continues; the order must be by address. */
void pt_runs_make(struct pt_leaves *leaves);

/** Takes first .. last out; the rest stays. Return: bytes taken out. */
uint64_t pt_runs_cut(struct pt_leaves *runs, uint64_t first, uint64_t last);

/** Puts a mapping in; nothing may be there. */
void pt_runs_put(struct pt_leaves *runs, struct pt_leaf leaf);

/** Are both the same, entry by entry? Prints the first difference. */
bool pt_leaves_equal(const struct pt_leaves *a, const struct pt_leaves *b);

/**
 * pt_least_tables() - table pages these leaves need, and no more
 *
 * The root is one of them.
 */
uint64_t pt_least_tables(const struct pt_fixture *fixture,
			 const struct pt_leaves *leaves);

/**
 * struct pt_table - one table page, as found in the tree
 * @live: a leaf is in it or below it
 */
struct pt_table {
	uint64_t first;
	uint64_t last;
	uint64_t gpa;
	unsigned level;
	bool live;
};

struct pt_tables {
	struct pt_table *table;
	size_t count;
	size_t room;
};

/** Every table page, each before those below it. To be freed. */
struct pt_tables pt_scan_tables(struct pt_fixture *fixture);
void pt_tables_free(struct pt_tables *tables);

/**
 * struct pt_snapshot - all that a failed call must leave alone
 */
struct pt_snapshot {
	struct pt_leaves leaves;
	uint64_t tables;
	size_t in_use;
	uint64_t content; /* hash over all table pages */
	struct hvpt_gather gather;
};

struct pt_snapshot pt_snapshot(struct pt_fixture *fixture);

/** Asserts that nothing changed since, and frees the snapshot. */
void pt_unchanged_at(struct pt_fixture *fixture, struct pt_snapshot *before,
		     const char *file, int line);
#define pt_unchanged(fixture, before)                                          \
	pt_unchanged_at(fixture, before, __FILE__, __LINE__)

/** Does @iova translate to @gpa with @prot, for the walker and the lookup? */
void pt_expect_at(struct pt_fixture *fixture, uint64_t iova, uint64_t gpa,
		  unsigned prot, const char *file, int line);
#define pt_expect(fixture, iova, gpa, prot)                                    \
	pt_expect_at(fixture, iova, gpa, prot, __FILE__, __LINE__)

/** Is nothing mapped at @iova, for the walker and the lookup? */
void pt_expect_none_at(struct pt_fixture *fixture, uint64_t iova,
		       const char *file, int line);
#define pt_expect_none(fixture, iova)                                          \
	pt_expect_none_at(fixture, iova, __FILE__, __LINE__)

/**
 * pt_expect_range() - is the whole range mapped so?
 *
 * Looks at the first and last byte of each page, of each leaf in large ranges.
 */
void pt_expect_range_at(struct pt_fixture *fixture, uint64_t iova, uint64_t gpa,
			uint64_t length, unsigned prot, const char *file,
			int line);
#define pt_expect_range(fixture, iova, gpa, length, prot)                      \
	pt_expect_range_at(fixture, iova, gpa, length, prot, __FILE__, __LINE__)

/** Is the whole range free of mappings? */
void pt_expect_hole_at(struct pt_fixture *fixture, uint64_t iova,
		       uint64_t length, const char *file, int line);
#define pt_expect_hole(fixture, iova, length)                                  \
	pt_expect_hole_at(fixture, iova, length, __FILE__, __LINE__)

/** Are there exactly so many leaves of each size? */
void pt_expect_leaves_at(struct pt_fixture *fixture, size_t small, size_t large,
			 size_t huge, const char *file, int line);
#define pt_expect_leaves(fixture, small, large, huge)                          \
	pt_expect_leaves_at(fixture, small, large, huge, __FILE__, __LINE__)

/**
 * pt_check() - everything that must hold between calls
 *
 * Audit, page counts, gather, lookup and visit agree with the scan.
 */
void pt_check_at(struct pt_fixture *fixture, const char *file, int line);
#define pt_check(fixture) pt_check_at(fixture, __FILE__, __LINE__)

/** Is what the leaves say what the model says? */
void pt_expect_model_at(const struct pt_leaves *leaves,
			const struct hvpt_model *model, const char *file,
			int line);
#define pt_expect_model(leaves, model)                                         \
	pt_expect_model_at(leaves, model, __FILE__, __LINE__)

#endif /* HVPT_TEST_PT_SCAN_H */
