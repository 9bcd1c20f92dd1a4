/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * check.h - compares a page table with the interval map.
 *
 * Everything is compared twice: as the independent walker reads the tables, and
 * as the library returns it, by hvpt_pt_lookup() or hvpt_pt_visit().
 */
#ifndef TOOLS_REPLAY_CHECK_H
#define TOOLS_REPLAY_CHECK_H

#include <stdbool.h>
#include <stdint.h>

struct domain;
struct domain_set;
struct replay_options;
struct sdm_result;

/* Longest text of a mismatch. */
#define CHECK_TEXT 320u

/**
 * struct checker - the results so far
 * @file: name for messages
 * @line: of the event being checked; 0: after the last one
 * @random: state of the generator
 * @checks: comparisons made
 * @mismatches: those that failed; the first SAY_MAX were printed
 * @stale_after: accesses that a cache let through to pages that were synced or
 *	never mapped
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

/**
 * check_that() - counts a check, and when it failed the mismatch with its text
 *
 * A macro, because nearly all checks are good: the text's arguments are only
 * evaluated, and so only printed, for those that failed. Return: @good.
 */
#define check_that(checker, good, ...)                                         \
	((good) ? check_passed(checker) : check_failed((checker), __VA_ARGS__))

/** Return: true. */
static inline bool check_passed(struct checker *checker)
{
	checker->checks++;
	return true;
}

/** Return: false. */
bool check_failed(struct checker *checker, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** The next random number; all 64 bits are random. */
uint64_t check_random(struct checker *checker);

/** Checks one byte of the page at @iova. */
void check_page(struct checker *checker, const struct domain *domain,
		uint64_t iova);

/** Checks the first, the last and some random pages of a range. */
void check_some(struct checker *checker, const struct domain *domain,
		uint64_t first, uint64_t last);

/** Checks the pages before and after a range, if they are IOVAs. */
void check_neighbours(struct checker *checker, const struct domain *domain,
		      const struct replay_options *options, uint64_t first,
		      uint64_t last);

/** Checks that no page of a range is mapped. */
void check_absent(struct checker *checker, const struct domain *domain,
		  uint64_t first, uint64_t last);

/** The last byte of the span of the entry at which a walk of @iova ended. */
uint64_t check_entry_last(const struct sdm_result *result, uint64_t iova);

/** Adds a range's leaves to @leaves, by level; they must fill it. */
void check_leaves(struct checker *checker, const struct domain *domain,
		  uint64_t first, uint64_t last, uint64_t leaves[3]);

/** Compares every IOVA, in both directions. */
void check_everything(struct checker *checker, const struct domain *domain);

/** Audits all page tables; each page of the arena must be in only one. */
void check_audit(struct checker *checker, const struct domain_set *set);

#endif /* TOOLS_REPLAY_CHECK_H */
