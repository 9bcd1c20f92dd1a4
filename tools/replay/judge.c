/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "judge.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "oracle/random.h"
#include "trace/say.h"

#define PAGE HVPT_PAGE_BYTES
#define RANDOM_PAGES 2u

/* Up to here a removed range is looked up page by page. */
#define EVERY_PAGE_BYTES ((uint64_t)1 << 30)

void judge_init(struct judge *judge, const char *file, uint64_t seed)
{
	judge->file = file;
	judge->line = 0;
	judge->random = seed;
	judge->checks = 0;
	judge->mismatches = 0;
	judge->stale_before = 0;
	judge->stale_after = 0;
	judge->quiet = false;
	judge->first[0] = '\0';
	judge->first_line = 0;
}

bool judge_that(struct judge *judge, bool good, const char *format, ...)
{
	char where[32] = "at the end";
	char text[JUDGE_TEXT];
	va_list args;

	judge->checks++;
	if (good)
		return true;
	judge->mismatches++;
	if (judge->mismatches > (judge->quiet ? 1 : SAY_MAX))
		return false;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (judge->mismatches == 1) {
		memcpy(judge->first, text, sizeof(text));
		judge->first_line = judge->line;
	}
	if (judge->quiet)
		return false;
	if (judge->line != 0)
		snprintf(where, sizeof(where), "%" PRIu64, judge->line);
	say("%s:%s: mismatch: %s", judge->file, where, text);
	if (judge->mismatches == SAY_MAX)
		say("%s: further mismatches are only counted", judge->file);
	return false;
}

uint64_t judge_random(struct judge *judge)
{
	return hvpt_random(&judge->random);
}

/* ---- one page -------------------------------------------------------- */

/**
 * struct answer - what somebody says about one IOVA
 * @mapped: it translates
 * @gpa: where to
 * @writable: for writes too
 */
struct answer {
	bool mapped;
	uint64_t gpa;
	bool writable;
};

static const char *answer_text(const struct answer *answer, char *out,
			       size_t room)
{
	if (!answer->mapped)
		return "not mapped";
	snprintf(out, room, "gpa 0x%" PRIx64 " %s", answer->gpa,
		 answer->writable ? "rw" : "r-");
	return out;
}

static bool same_answer(const struct answer *a, const struct answer *b)
{
	if (a->mapped != b->mapped)
		return false;
	return !a->mapped || (a->gpa == b->gpa && a->writable == b->writable);
}

static struct answer ask_model(const struct domain *domain, uint64_t iova)
{
	struct answer answer = { false, 0, false };
	unsigned prot = 0;

	answer.mapped = hvpt_model_lookup(domain->model, iova, &answer.gpa,
					  &prot);
	answer.writable = (prot & HVPT_PROT_WRITE) != 0;
	return answer;
}

static bool walk_agrees(const struct answer *expected,
			const struct sdm_result *read,
			const struct sdm_result *write)
{
	if (!expected->mapped)
		return read->fault == SDM_FAULT_NOT_PRESENT &&
		       write->fault == SDM_FAULT_NOT_PRESENT;
	if (read->fault != SDM_FAULT_NONE || read->pa != expected->gpa)
		return false;
	if (!expected->writable)
		return write->fault == SDM_FAULT_WRITE;
	return write->fault == SDM_FAULT_NONE && write->pa == expected->gpa;
}

static void judge_walk(struct judge *judge, const struct domain *domain,
		       uint64_t iova, const struct answer *expected)
{
	struct sdm_result read = sdm_walk(&domain->walker, iova, false);
	struct sdm_result write = sdm_walk(&domain->walker, iova, true);
	char text[48];

	judge_that(judge, walk_agrees(expected, &read, &write),
		   "iova 0x%" PRIx64 ": expected %s; the walker reads: %s, "
		   "writes: %s, pa 0x%" PRIx64 ", level %u, entry 0x%" PRIx64,
		   iova, answer_text(expected, text, sizeof(text)),
		   sdm_fault_text(read.fault), sdm_fault_text(write.fault),
		   read.fault == SDM_FAULT_NONE ? read.pa : 0, write.level,
		   write.entry);
}

static void judge_lookup(struct judge *judge, const struct domain *domain,
			 uint64_t iova, const struct answer *expected)
{
	struct answer got = { false, 0, false };
	struct hvpt_mapping mapping;
	enum hvpt_status status;
	char texts[2][48];

	status = hvpt_domain_lookup(&domain->domain, hvpt_iova(iova), &mapping);
	if (status == HVPT_OK) {
		got.mapped = true;
		got.gpa = mapping.gpa.value;
		got.writable = (mapping.prot & HVPT_PROT_WRITE) != 0;
	}
	judge_that(judge,
		   same_answer(&got, expected) &&
			   (got.mapped || status == HVPT_ERR_NOT_MAPPED),
		   "iova 0x%" PRIx64
		   ": expected %s; hvpt_domain_lookup says %s, "
		   "%s",
		   iova, answer_text(expected, texts[0], sizeof(texts[0])),
		   hvpt_status_name(status),
		   answer_text(&got, texts[1], sizeof(texts[1])));
}

void judge_page(struct judge *judge, const struct domain *domain, uint64_t iova)
{
	uint64_t byte = iova | (judge_random(judge) & (PAGE - 1));
	struct answer expected = ask_model(domain, byte);

	judge_walk(judge, domain, byte, &expected);
	judge_lookup(judge, domain, byte, &expected);
}

/* ---- ranges ---------------------------------------------------------- */

void judge_some(struct judge *judge, const struct domain *domain,
		uint64_t first, uint64_t last)
{
	uint64_t pages = (last - first) / PAGE + 1;
	unsigned i;

	judge_page(judge, domain, first);
	judge_page(judge, domain, last & ~(PAGE - 1));
	for (i = 0; i < RANDOM_PAGES && pages > 2; i++)
		judge_page(judge, domain,
			   first + judge_random(judge) % pages * PAGE);
}

void judge_neighbours(struct judge *judge, const struct domain *domain,
		      const struct replay_options *options, uint64_t first,
		      uint64_t last)
{
	if (first != 0 && options_in_form(options, first - PAGE, first - 1))
		judge_page(judge, domain, first - PAGE);
	if (last != UINT64_MAX &&
	    options_in_form(options, last + 1, last + PAGE))
		judge_page(judge, domain, last + 1);
}

uint64_t judge_entry_last(const struct sdm_result *result, uint64_t iova)
{
	return iova | ((UINT64_C(1) << (12 + 9 * result->level)) - 1);
}

/*
 * Beyond EVERY_PAGE_BYTES an entry which is not present answers for all it
 * spans; hvpt_domain_lookup() is then asked about its first byte.
 */
void judge_absent(struct judge *judge, const struct domain *domain,
		  uint64_t first, uint64_t last)
{
	static const struct answer nothing = { false, 0, false };
	bool every_page = last - first < EVERY_PAGE_BYTES;
	uint64_t at = first;
	uint64_t end;

	do {
		struct sdm_result read = sdm_walk(&domain->walker, at, false);

		judge_that(judge, read.fault == SDM_FAULT_NOT_PRESENT,
			   "iova 0x%" PRIx64 ": expected not mapped any more; "
			   "the walker says %s, pa 0x%" PRIx64 ", level %u, "
			   "entry 0x%" PRIx64,
			   at, sdm_fault_text(read.fault), read.pa, read.level,
			   read.entry);
		judge_lookup(judge, domain, at, &nothing);
		end = every_page ? at | (PAGE - 1) :
				   judge_entry_last(&read, at);
		at = end + 1;
	} while (end < last);
}
