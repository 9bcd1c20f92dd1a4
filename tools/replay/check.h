/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * check.h - is a page table what the model says it should be?
 *
 * Everything is asked twice: from the tables, by the independent walker, and
 * from the library, by hvpt_pt_lookup() or hvpt_pt_visit().
 */
#ifndef TOOLS_REPLAY_CHECK_H
#define TOOLS_REPLAY_CHECK_H

#include "replay_domain.h"

/* Longest text of a mismatch. */
#define CHECK_TEXT 320u

/**
 * struct checker - what was found so far
 * @file: name for messages
 * @line: of the event being checked; 0: after the last one
 * @random: state of the generator
 * @checks: comparisons made
 * @mismatches: those which failed; the first SAY_MAX were printed
 * @stale_after: accesses which a cache let through to what was synced, or
 *	never there
 * @quiet: print nothing
 * @first: text of the first mismatch
 * @first_line: the event it came from; 0: after the last one
 */
struct checker {
	const char *file;
	uint64_t line;
	uint64_t random;
	uint64_t checks;
	uint64_t mismatches;
	uint64_t stale_after;
	bool quiet;
	char first[CHECK_TEXT];
	uint64_t first_line;
};

void checker_init(struct checker *checker, const char *file, uint64_t seed);

/** Counts one check; when it failed also the mismatch, with its text. */
bool check_that(struct checker *checker, bool good, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** The next of a sequence of numbers in which all 64 bits are random. */
uint64_t check_random(struct checker *checker);

/** One byte of the page at @iova: as the model says? */
void check_page(struct checker *checker, const struct domain *domain,
		uint64_t iova);

/** The first, last and some random page of a range, all as the model says? */
void check_some(struct checker *checker, const struct domain *domain,
		uint64_t first, uint64_t last);

/** The page before and the page after a range, if they are IOVAs. */
void check_neighbours(struct checker *checker, const struct domain *domain,
		      const struct replay_options *options, uint64_t first,
		      uint64_t last);

/** Is every page of a range gone? */
void check_absent(struct checker *checker, const struct domain *domain,
		  uint64_t first, uint64_t last);

/** The last byte of what the last entry of a walk of @iova stands for. */
uint64_t check_entry_last(const struct sdm_result *result, uint64_t iova);

/** Adds a range's leaves to @leaves, by level; they must fill it. */
void check_leaves(struct checker *checker, const struct domain *domain,
		  uint64_t first, uint64_t last, uint64_t leaves[3]);

/** Every IOVA there is, in both directions. */
void check_everything(struct checker *checker, const struct domain *domain);

/** Audits all page tables; each page of the arena must be in just one. */
void check_audit(struct checker *checker, const struct domain_set *set);

#endif /* TOOLS_REPLAY_CHECK_H */
