/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "check_dma.h"

#include <inttypes.h>
#include <stdio.h>

#include "walker.h"

#define PAGE HVPT_PAGE_BYTES
#define RANDOM_PAGES 2u

/* ---- one byte -------------------------------------------------------- */

/* Where a DMA gets to by what a model says. */
static struct hypervisor_outcome ask(const struct hvpt_model *model,
				     uint64_t iova, bool write)
{
	struct hypervisor_outcome outcome = { false, 0 };
	unsigned prot;
	uint64_t gpa;

	if (hvpt_model_lookup(model, iova, &gpa, &prot) &&
	    (!write || (prot & HVPT_PROT_WRITE))) {
		outcome.translated = true;
		outcome.gpa = gpa;
	}
	return outcome;
}

static bool same(const struct hypervisor_outcome *a,
		 const struct hypervisor_outcome *b)
{
	return a->translated == b->translated &&
	       (!a->translated || a->gpa == b->gpa);
}

static const char *outcome_text(const struct hypervisor_outcome *outcome,
				char *out, size_t room)
{
	if (!outcome->translated)
		return "a fault";
	snprintf(out, room, "gpa 0x%" PRIx64, outcome->gpa);
	return out;
}

static void check_outcome(struct checker *checker, uint64_t iova, bool write,
			  const struct hypervisor_outcome *expected,
			  const struct hypervisor_outcome *got,
			  const char *whose)
{
	char texts[2][32];

	check_that(checker, same(expected, got),
		   "DMA %s of iova 0x%" PRIx64 ": expected %s, %s says %s",
		   write ? "write" : "read", iova,
		   outcome_text(expected, texts[0], sizeof(texts[0])), whose,
		   outcome_text(got, texts[1], sizeof(texts[1])));
}

/*
 * A page which waits and is mapped was protected: its cached entry may refuse
 * a write.
 */
static bool may_refuse(const struct domain *domain, uint64_t iova, bool write)
{
	return write && ask(domain->waiting, iova, false).translated &&
	       ask(domain->model, iova, false).translated;
}

/* A cache may lag behind for a page which waits: by where that page was. */
static void check_stale(struct checker *checker, const struct domain *domain,
			uint64_t iova, bool write,
			const struct hypervisor_dma *dma)
{
	struct hypervisor_outcome old = ask(domain->waiting, iova, write);
	bool refuse = may_refuse(domain, iova, write);
	size_t i;

	if (old.translated || refuse)
		checker->stale_before++;
	else
		checker->stale_after++;
	if (!old.translated)
		old = dma->fresh;
	for (i = 0; i < dma->stale_count && i < HYPERVISOR_STALE_MAX; i++) {
		if (refuse && !dma->stale[i].translated)
			continue;
		check_outcome(checker, iova, write, &old, &dma->stale[i],
			      "a stale cache");
	}
}

static void check_dma_byte(struct checker *checker, const struct domain *domain,
			   uint64_t iova, bool write)
{
	struct hypervisor_outcome expected = ask(domain->model, iova, write);
	struct hypervisor_dma dma;

	hypervisor_dma(domain->hv, domain->device_id, iova, write, &dma);
	check_outcome(checker, iova, write, &expected, &dma.fresh, "memory");
	if (dma.stale_count != 0)
		check_stale(checker, domain, iova, write, &dma);
}

void check_dma_page(struct checker *checker, const struct domain *domain,
		    uint64_t iova)
{
	uint64_t byte = iova | (check_random(checker) & (PAGE - 1));

	check_dma_byte(checker, domain, byte, false);
	check_dma_byte(checker, domain, byte, true);
	if (domain->walk)
		walk_page(checker, domain, byte);
}

/* ---- ranges ---------------------------------------------------------- */

/* Which pages of a range are looked at. Return: how many. */
static size_t choose(struct checker *checker, uint64_t first, uint64_t last,
		     uint64_t chosen[2 + RANDOM_PAGES])
{
	uint64_t pages = (last - first) / PAGE + 1;
	size_t count = 0;
	unsigned i;

	chosen[count++] = first;
	if (pages > 1)
		chosen[count++] = last & ~(PAGE - 1);
	for (i = 0; i < RANDOM_PAGES && pages > 2; i++)
		chosen[count++] = first + check_random(checker) % pages * PAGE;
	return count;
}

void check_dma_some(struct checker *checker, const struct domain *domain,
		    uint64_t first, uint64_t last)
{
	uint64_t chosen[2 + RANDOM_PAGES];
	size_t count = choose(checker, first, last, chosen);
	size_t i;

	for (i = 0; i < count; i++)
		check_dma_page(checker, domain, chosen[i]);
}

void check_dma_touch(struct checker *checker, struct domain *domain,
		     uint64_t first, uint64_t last)
{
	uint64_t chosen[2 + RANDOM_PAGES];
	size_t count = choose(checker, first, last, chosen);
	size_t i;

	for (i = 0; i < count; i++) {
		check_dma_page(checker, domain, chosen[i]);
		if (ask(domain->model, chosen[i], false).translated)
			pages_add(&domain->touched, chosen[i]);
	}
}

void check_dma_touched(struct checker *checker, const struct domain *domain,
		       size_t from)
{
	size_t i;

	for (i = from; i < domain->touched.count; i++)
		check_dma_page(checker, domain, domain->touched.at[i]);
}

/* A run: intervals which touch. Return: false when there is none left. */
static bool next_run(const struct hvpt_model *model, uint64_t from,
		     uint64_t *first, uint64_t *last)
{
	uint64_t start, end, gpa;
	unsigned prot;

	if (!hvpt_model_next(model, from, first, last, &gpa, &prot))
		return false;
	while (*last != UINT64_MAX &&
	       hvpt_model_next(model, *last + 1, &start, &end, &gpa, &prot) &&
	       start == *last + 1)
		*last = end;
	return true;
}

static void check_dma_around(struct checker *checker,
			     const struct domain *domain,
			     const struct replay_options *options,
			     uint64_t first, uint64_t last)
{
	if (first != 0 && options_in_form(options, first - PAGE, first - 1))
		check_dma_page(checker, domain, first - PAGE);
	if (last != UINT64_MAX &&
	    options_in_form(options, last + 1, last + PAGE))
		check_dma_page(checker, domain, last + 1);
}

void check_dma_runs(struct checker *checker, const struct domain *domain,
		    const struct hvpt_model *model,
		    const struct replay_options *options)
{
	uint64_t from = 0;
	uint64_t first, last;

	while (next_run(model, from, &first, &last)) {
		check_dma_some(checker, domain, first, last);
		check_dma_around(checker, domain, options, first, last);
		if (last == UINT64_MAX)
			break;
		from = last + 1;
	}
}

/* ---- everything ------------------------------------------------------ */

static void check_dma_faults(struct checker *checker,
			     const struct domain *domain, uint64_t iova,
			     const char *where)
{
	struct hypervisor_dma dma;

	hypervisor_dma(domain->hv, domain->device_id, iova, false, &dma);
	if (dma.stale_count != 0)
		checker->stale_after++;
	check_that(checker, !dma.fresh.translated && dma.stale_count == 0,
		   "DMA read of iova 0x%" PRIx64 " %s: expected a fault", iova,
		   where);
}

void check_dma_blocked(struct checker *checker, const struct domain *domain,
		       const char *where)
{
	uint64_t from = 0;
	uint64_t first, last;

	check_dma_faults(checker, domain, 0, where);
	if (domain->walk)
		walk_blocked(checker, domain, where);
	while (next_run(domain->model, from, &first, &last)) {
		check_dma_faults(checker, domain, first, where);
		check_dma_faults(checker, domain, last, where);
		if (last == UINT64_MAX)
			break;
		from = last + 1;
	}
}

void check_dma_violations(struct checker *checker, struct replay_host *host)
{
	struct hypervisor_stats stats;

	hypervisor_read_stats(host->hv, &stats);
	check_that(checker, stats.violations == host->violations,
		   "violation: %s", hypervisor_violation(host->hv));
	host->violations = stats.violations;
}
