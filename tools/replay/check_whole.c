/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Checks of whole ranges and whole page tables. */
#include "check.h"

#include <inttypes.h>

#include "hvpt/inspect.h"
#include "replay_domain.h"

/* ---- leaves ---------------------------------------------------------- */

/**
 * struct leaf_sum - the leaves of a visit
 * @leaves: by level
 * @bytes: their sum
 */
struct leaf_sum {
	uint64_t leaves[3];
	uint64_t bytes;
};

static bool add_leaf(void *ctx, hvpt_iova_t iova,
		     const struct hvpt_mapping *mapping)
{
	struct leaf_sum *sum = ctx;

	(void)iova;
	if (mapping->leaf_lg2 == 12)
		sum->leaves[0]++;
	else
		sum->leaves[mapping->leaf_lg2 == 21 ? 1 : 2]++;
	sum->bytes += UINT64_C(1) << mapping->leaf_lg2;
	return true;
}

static void check_visit(struct checker *checker, const struct domain *domain,
			const struct hvpt_iova_range *range, uint64_t bytes,
			struct leaf_sum *sum)
{
	enum hvpt_status status = hvpt_pt_visit(domain->pt, range, add_leaf,
						sum);

	check_that(checker, status == HVPT_OK && sum->bytes == bytes,
		   "expected leaves of %" PRIu64 " bytes in all; "
		   "hvpt_pt_visit returned %s, %" PRIu64 " bytes",
		   bytes, hvpt_status_name(status), sum->bytes);
}

void check_leaves(struct checker *checker, const struct domain *domain,
		  uint64_t first, uint64_t last, uint64_t leaves[3])
{
	struct hvpt_iova_range range;
	struct leaf_sum sum = { { 0, 0, 0 }, 0 };
	unsigned i;

	range.first = hvpt_iova(first);
	range.last = hvpt_iova(last);
	check_visit(checker, domain, &range, last - first + 1, &sum);
	for (i = 0; i < 3; i++)
		leaves[i] += sum.leaves[i];
}

/* ---- everything ------------------------------------------------------ */

/* Does the interval map have first .. last at @gpa, with this permission? */
static bool model_maps(const struct domain *domain, uint64_t first,
		       uint64_t last, uint64_t gpa, bool writable)
{
	uint64_t at = first;

	for (;;) {
		uint64_t from, to, to_gpa;
		unsigned prot;

		if (!hvpt_model_next(domain->model, at, &from, &to, &to_gpa,
				     &prot))
			return false;
		if (from > at || to_gpa + (at - from) != gpa + (at - first) ||
		    ((prot & HVPT_PROT_WRITE) != 0) != writable)
			return false;
		if (to >= last)
			return true;
		at = to + 1;
	}
}

static bool model_is_empty(const struct domain *domain, uint64_t first,
			   uint64_t last)
{
	uint64_t from, to, gpa;
	unsigned prot;

	if (!hvpt_model_next(domain->model, first, &from, &to, &gpa, &prot))
		return true;
	return from > last;
}

/* Checks the span of an entry where the walker ended. Return: bytes mapped. */
static uint64_t
check_entry(struct checker *checker, const struct domain *domain,
	    const struct sdm_result *read, uint64_t first, uint64_t last)
{
	bool good = false;

	if (read->fault == SDM_FAULT_NONE)
		good = model_maps(domain, first, last, read->pa,
				  read->writable);
	else if (read->fault == SDM_FAULT_NOT_PRESENT)
		good = model_is_empty(domain, first, last);
	check_that(checker, good,
		   "iova 0x%" PRIx64 " .. 0x%" PRIx64 ": the walker says %s, "
		   "pa 0x%" PRIx64 ", level %u, entry 0x%" PRIx64
		   "; this was not mapped",
		   first, last, sdm_fault_text(read->fault), read->pa,
		   read->level, read->entry);
	return read->fault == SDM_FAULT_NONE ? last - first + 1 : 0;
}

/* Walks from entry to entry: each IOVA of first .. last is covered. */
static uint64_t sweep(struct checker *checker, const struct domain *domain,
		      uint64_t first, uint64_t last)
{
	uint64_t bytes = 0;
	uint64_t at = first;
	uint64_t end;

	do {
		struct sdm_result read = sdm_walk(&domain->walker, at, false);

		end = check_entry_last(&read, at);
		if (end > last)
			end = last;
		bytes += check_entry(checker, domain, &read, at, end);
		at = end + 1;
	} while (end < last);
	return bytes;
}

void check_everything(struct checker *checker, const struct domain *domain)
{
	const struct sdm_walker *walker = &domain->walker;
	unsigned bits = walker->width - (walker->canonical ? 1 : 0);
	uint64_t lower_last = (UINT64_C(1) << bits) - 1;
	uint64_t expected = hvpt_model_bytes(domain->model);
	struct leaf_sum sum = { { 0, 0, 0 }, 0 };
	uint64_t bytes;

	bytes = sweep(checker, domain, 0, lower_last);
	if (walker->canonical)
		bytes += sweep(checker, domain, ~lower_last, UINT64_MAX);
	check_that(checker, bytes == expected,
		   "expected %" PRIu64 " bytes mapped in all, the walker finds "
		   "%" PRIu64,
		   expected, bytes);
	check_visit(checker, domain, NULL, expected, &sum);
}

/* ---- audit ----------------------------------------------------------- */

static void check_report(struct checker *checker, enum hvpt_status status,
			 const struct hvpt_audit *report)
{
	check_that(checker,
		   status == HVPT_OK && report->fault == HVPT_FAULT_NONE,
		   "audit: %s, %s at iova 0x%" PRIx64 ", level %u, entry "
		   "0x%" PRIx64,
		   hvpt_status_name(status), hvpt_fault_name(report->fault),
		   report->iova.value, (unsigned)report->level, report->pte);
}

static void check_by_backends(struct checker *checker,
			      const struct domain *domain)
{
	size_t i;

	for (i = 0; i < HOST_BACKENDS && domain->backend[i]; i++) {
		struct backend *backend = domain->backend[i];

		if (backend->ops->check_whole)
			backend->ops->check_whole(backend, checker, domain);
	}
}

void check_audit(struct checker *checker, const struct domain_set *set)
{
	struct hvpt_arena *arena = set->host.arena;
	uint64_t tables = 0;
	size_t i;

	hvpt_arena_unclaim_all(arena);
	for (i = 0; i < set->count; i++) {
		struct hvpt_audit report;
		enum hvpt_status status;

		status = hvpt_pt_audit(set->list[i]->pt, hvpt_arena_claim,
				       arena, &report);
		check_report(checker, status, &report);
		check_by_backends(checker, set->list[i]);
		tables += report.tables + set->list[i]->gather.table_count;
	}
	check_that(checker,
		   tables + set->host.leaked == hvpt_arena_in_use(arena),
		   "audit: %" PRIu64 " table pages are in trees or wait for a "
		   "flush, %zu are in use",
		   tables, hvpt_arena_in_use(arena));
}
