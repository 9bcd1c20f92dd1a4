/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * judge.h - is a page table what the model says it should be?
 *
 * Everything is asked twice: from the tables, by the independent walker, and
 * from the library, by hvpt_pt_lookup() or hvpt_pt_visit().
 */
#ifndef TOOLS_REPLAY_JUDGE_H
#define TOOLS_REPLAY_JUDGE_H

#include "replay_domain.h"

/* Longest text of a mismatch. */
#define JUDGE_TEXT 320u

/**
 * struct judge - what was found so far
 * @file: name for messages
 * @line: of the event being judged; 0: after the last one
 * @random: state of the generator
 * @checks: comparisons made
 * @mismatches: those which failed; the first SAY_MAX were printed
 * @stale_before: DMA which got to what was unmapped and not yet synced
 * @stale_after: DMA which got to what was synced, or never there
 * @quiet: print nothing
 * @first: text of the first mismatch
 * @first_line: the event it came from; 0: after the last one
 */
struct judge {
	const char *file;
	uint64_t line;
	uint64_t random;
	uint64_t checks;
	uint64_t mismatches;
	uint64_t stale_before;
	uint64_t stale_after;
	bool quiet;
	char first[JUDGE_TEXT];
	uint64_t first_line;
};

void judge_init(struct judge *judge, const char *file, uint64_t seed);

/** Counts one check; when it failed also the mismatch, with its text. */
bool judge_that(struct judge *judge, bool good, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** The next of a sequence of numbers in which all 64 bits are random. */
uint64_t judge_random(struct judge *judge);

/** One byte of the page at @iova: as the model says? */
void judge_page(struct judge *judge, const struct domain *domain,
		uint64_t iova);

/** The first, last and some random page of a range, all as the model says? */
void judge_some(struct judge *judge, const struct domain *domain,
		uint64_t first, uint64_t last);

/** The page before and the page after a range, if they are IOVAs. */
void judge_neighbours(struct judge *judge, const struct domain *domain,
		      const struct replay_options *options, uint64_t first,
		      uint64_t last);

/** Is every page of a range gone? */
void judge_absent(struct judge *judge, const struct domain *domain,
		  uint64_t first, uint64_t last);

/** The last byte of what the last entry of a walk of @iova stands for. */
uint64_t judge_entry_last(const struct sdm_result *result, uint64_t iova);

/** Adds a range's leaves to @leaves, by level; they must fill it. */
void judge_leaves(struct judge *judge, const struct domain *domain,
		  uint64_t first, uint64_t last, uint64_t leaves[3]);

/** Every IOVA there is, in both directions. */
void judge_everything(struct judge *judge, const struct domain *domain);

/** Audits all page tables; each page of the arena must be in just one. */
void judge_audit(struct judge *judge, const struct domain_set *set);

#endif /* TOOLS_REPLAY_JUDGE_H */
