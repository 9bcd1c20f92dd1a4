/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "oracle/random.h"
#include "replay_domain.h"
#include "tools/options.h"
#include "trace/say.h"

#define PAGE HVPT_PAGE_BYTES
#define RANDOM_PAGES 2u

/* The largest removed range that is looked up page by page. */
#define EVERY_PAGE_BYTES ((uint64_t)1 << 30)

void checker_init(struct checker *checker, const char *file, uint64_t seed)
{
	checker->file = file;
	checker->line = 0;
	checker->random = seed;
	checker->checks = 0;
	checker->mismatches = 0;
	checker->stale_after = 0;
	checker->quiet = false;
	checker->first[0] = '\0';
	checker->first_line = 0;
}

bool check_failed(struct checker *checker, const char *format, ...)
{
	char where[32] = "at the end";
	char text[CHECK_TEXT];
	va_list args;

	checker->checks++;
	checker->mismatches++;
	if (checker->mismatches > (checker->quiet ? 1 : SAY_MAX))
		return false;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (checker->mismatches == 1) {
		memcpy(checker->first, text, sizeof(text));
		checker->first_line = checker->line;
	}
	if (checker->quiet)
		return false;
	if (checker->line != 0)
		snprintf(where, sizeof(where), "%" PRIu64, checker->line);
	say("%s:%s: mismatch: %s", checker->file, where, text);
	if (checker->mismatches == SAY_MAX)
		say("%s: further mismatches are only counted", checker->file);
	return false;
}

uint64_t check_random(struct checker *checker)
{
	return hvpt_random(&checker->random);
}

/* ---- one page -------------------------------------------------------- */

/**
 * struct answer - the translation of an IOVA
 * @mapped: it translates
 * @gpa: its target
 * @writable: writes are permitted
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

/* A write walks the same entries to the same pa: see sdm_write_fault(). */
static bool walk_agrees(const struct answer *expected,
			const struct sdm_result *walk)
{
	if (!expected->mapped)
		return walk->fault == SDM_FAULT_NOT_PRESENT;
	if (walk->fault != SDM_FAULT_NONE || walk->pa != expected->gpa)
		return false;
	return sdm_write_fault(walk) ==
	       (expected->writable ? SDM_FAULT_NONE : SDM_FAULT_WRITE);
}

static void check_walk(struct checker *checker, const struct domain *domain,
		       uint64_t iova, const struct answer *expected)
{
	struct sdm_result walk = sdm_walk(&domain->walker, iova, false);
	char text[48];

	check_that(checker, walk_agrees(expected, &walk),
		   "iova 0x%" PRIx64 ": expected %s; the walker reads: %s, "
		   "writes: %s, pa 0x%" PRIx64 ", level %u, entry 0x%" PRIx64,
		   iova, answer_text(expected, text, sizeof(text)),
		   sdm_fault_text(walk.fault),
		   sdm_fault_text(sdm_write_fault(&walk)),
		   walk.fault == SDM_FAULT_NONE ? walk.pa : 0, walk.level,
		   walk.entry);
}

static void check_lookup(struct checker *checker, const struct domain *domain,
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
	check_that(checker,
		   same_answer(&got, expected) &&
			   (got.mapped || status == HVPT_ERR_NOT_MAPPED),
		   "iova 0x%" PRIx64
		   ": expected %s; hvpt_domain_lookup returned %s, "
		   "%s",
		   iova, answer_text(expected, texts[0], sizeof(texts[0])),
		   hvpt_status_name(status),
		   answer_text(&got, texts[1], sizeof(texts[1])));
}

void check_page(struct checker *checker, const struct domain *domain,
		uint64_t iova)
{
	uint64_t byte = iova | (check_random(checker) & (PAGE - 1));
	struct answer expected = ask_model(domain, byte);

	check_walk(checker, domain, byte, &expected);
	check_lookup(checker, domain, byte, &expected);
}

/* ---- ranges ---------------------------------------------------------- */

void check_some(struct checker *checker, const struct domain *domain,
		uint64_t first, uint64_t last)
{
	uint64_t pages = (last - first) / PAGE + 1;
	unsigned i;

	check_page(checker, domain, first);
	check_page(checker, domain, last & ~(PAGE - 1));
	for (i = 0; i < RANDOM_PAGES && pages > 2; i++)
		check_page(checker, domain,
			   first + check_random(checker) % pages * PAGE);
}

void check_neighbours(struct checker *checker, const struct domain *domain,
		      const struct replay_options *options, uint64_t first,
		      uint64_t last)
{
	if (first != 0 && options_in_form(options, first - PAGE, first - 1))
		check_page(checker, domain, first - PAGE);
	if (last != UINT64_MAX &&
	    options_in_form(options, last + 1, last + PAGE))
		check_page(checker, domain, last + 1);
}

uint64_t check_entry_last(const struct sdm_result *result, uint64_t iova)
{
	return iova | ((UINT64_C(1) << (12 + 9 * result->level)) - 1);
}

/*
 * A walk that met a non-present entry meets it for each address that the entry
 * spans, and is made once for all of them: nothing changes the tables
 * meanwhile. So a walk begins at the table at which the last one ended, if that
 * has the address too. What they say is checked for each page all the same.
 *
 * Above EVERY_PAGE_BYTES a non-present entry is checked for its whole span, and
 * hvpt_domain_lookup() is called for its first byte.
 */
void check_absent(struct checker *checker, const struct domain *domain,
		  uint64_t first, uint64_t last)
{
	static const struct answer nothing = { false, 0, false };
	bool every_page = last - first < EVERY_PAGE_BYTES;
	struct sdm_result read = { .fault = SDM_FAULT_NONE };
	struct sdm_near near = { .known = false };
	uint64_t at = first;
	uint64_t end, walked = 0;

	do {
		if (read.fault != SDM_FAULT_NOT_PRESENT || at > walked)
			read = sdm_walk_near(&domain->walker, &near, at);
		walked = check_entry_last(&read, at);
		check_that(checker, read.fault == SDM_FAULT_NOT_PRESENT,
			   "iova 0x%" PRIx64 ": expected no mapping; "
			   "the walker says %s, pa 0x%" PRIx64 ", level %u, "
			   "entry 0x%" PRIx64,
			   at, sdm_fault_text(read.fault), read.pa, read.level,
			   read.entry);
		check_lookup(checker, domain, at, &nothing);
		end = every_page ? at | (PAGE - 1) :
				   check_entry_last(&read, at);
		at = end + 1;
	} while (end < last);
}
