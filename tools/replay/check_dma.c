/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "check_dma.h"

#include <inttypes.h>
#include <stdio.h>

#include "check.h"
#include "replay_domain.h"
#include "tools/options.h"

#define PAGE HVPT_PAGE_BYTES
#define RANDOM_PAGES 2u

/* ---- one access ------------------------------------------------------ */

/** The mapping of an iova in an interval map. */
struct translation {
	bool mapped;
	bool writable;
	uint64_t gpa;
};

static struct translation ask(const struct hvpt_model *model, uint64_t iova)
{
	struct translation here = { false, false, 0 };
	unsigned prot = 0;

	here.mapped = hvpt_model_lookup(model, iova, &here.gpa, &prot);
	here.writable = (prot & HVPT_PROT_WRITE) != 0;
	return here;
}

/**
 * struct look - one access, and what may come of it
 * @write: what is looked at: the read, or the write
 * @now: what is mapped
 * @stale: what a cache may still have; NULL: nothing
 * @where: more about it, for people
 */
struct look {
	struct access access;
	bool write;
	struct translation now;
	const struct stale *stale;
	const char *where;
};

static bool permits(const struct translation *here, bool write)
{
	return here->mapped && (here->writable || !write);
}

/* Does a result agree with a translation? */
static bool agrees(const struct translation *here, bool write,
		   const struct sight *sight)
{
	switch (sight->kind) {
	case SIGHT_AT:
		return permits(here, write) && sight->gpa == here->gpa;
	case SIGHT_REFUSED:
		return !permits(here, write);
	case SIGHT_NOTHING:
		return !here->mapped;
	case SIGHT_READ_ONLY:
		return here->mapped && !permits(here, write);
	case SIGHT_ELSEWHERE:
		break;
	}
	return false;
}

/*
 * May a cache say so, for it lags behind? A stale page was unmapped or
 * protected: its entry leads to where the page was, and may be the one from
 * before a protect, which refuses a write.
 */
static bool lags(const struct look *look, const struct sight *sight)
{
	const struct access *access = &look->access;
	unsigned prot = look->write ? HVPT_PROT_MASK : HVPT_PROT_READ;

	if (!look->stale)
		return false;
	if (sight->kind == SIGHT_AT)
		return stale_reaches(look->stale, access->iova, prot,
				     sight->gpa);
	return look->write &&
	       stale_meets(look->stale, access->iova, access->iova) &&
	       (sight->kind == SIGHT_REFUSED || sight->kind == SIGHT_READ_ONLY);
}

static const char *expected_text(const struct look *look, char *out,
				 size_t room)
{
	if (permits(&look->now, look->write))
		snprintf(out, room, "gpa 0x%" PRIx64, look->now.gpa);
	else if (look->now.mapped)
		snprintf(out, room, "a fault, for it is read-only");
	else
		snprintf(out, room, "a fault");
	return out;
}

static const char *sight_text(const struct sight *sight, char *out, size_t room)
{
	static const char *const texts[] = {
		[SIGHT_ELSEWHERE] = "another gpa",
		[SIGHT_REFUSED] = "a fault",
		[SIGHT_NOTHING] = "a fault, for nothing is mapped",
		[SIGHT_READ_ONLY] = "a fault, for it is read-only",
	};

	if (sight->kind != SIGHT_AT)
		return texts[sight->kind];
	snprintf(out, room, "gpa 0x%" PRIx64, sight->gpa);
	return out;
}

/* Return: whether a cache lagged behind, which is permitted. */
static bool check_sight(struct checker *checker, const struct look *look,
			const struct backend *backend,
			const struct sight *sight)
{
	bool write = look->write;
	bool good = agrees(&look->now, write, sight);
	bool lag = !good && sight->cached && lags(look, sight);
	char texts[2][48];

	check_that(checker, good || lag,
		   "DMA %s of iova 0x%" PRIx64 "%s: expected %s, %s says %s",
		   write ? "write" : "read", look->access.iova, look->where,
		   expected_text(look, texts[0], sizeof(texts[0])),
		   sight->cached ? backend->ops->cache_name :
				   backend->ops->name,
		   sight_text(sight, texts[1], sizeof(texts[1])));
	checker->stale_after += !good && !lag && sight->cached &&
				sight->kind != SIGHT_NOTHING;
	return lag;
}

static void check_seen(struct checker *checker, struct backend *backend,
		       const struct look *look, const struct seen *seen)
{
	bool lag = false;
	size_t i;

	backend->accesses += seen->count != 0;
	for (i = 0; i < seen->count; i++)
		lag = check_sight(checker, look, backend, &seen->at[i]) || lag;
	backend->stale += lag;
}

static void check_both(struct checker *checker, const struct domain *domain,
		       struct backend *backend, struct look *look)
{
	struct seen seen[2];
	unsigned prot;

	look->access.expected = look->now.gpa;
	if (!look->now.mapped && look->stale)
		(void)stale_lookup(look->stale, look->access.iova,
				   &look->access.expected, &prot);
	backend->ops->access(backend, domain, &look->access, seen);
	look->write = false;
	check_seen(checker, backend, look, &seen[0]);
	look->write = true;
	check_seen(checker, backend, look, &seen[1]);
}

void check_dma_page(struct checker *checker, const struct domain *domain,
		    uint64_t iova)
{
	uint64_t byte = iova | (check_random(checker) & (PAGE - 1));
	struct look look = {
		{ byte, 0 }, false, ask(domain->model, byte), domain->stale, ""
	};
	size_t i;

	for (i = 0; i < HOST_BACKENDS && domain->backend[i]; i++)
		check_both(checker, domain, domain->backend[i], &look);
}

/* ---- ranges ---------------------------------------------------------- */

/* Chooses the pages of a range to check. Return: how many. */
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
		if (ask(domain->model, chosen[i]).mapped)
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

/* A run: adjacent intervals. Return: false when none is left. */
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
		    const struct stale *stale,
		    const struct replay_options *options)
{
	uint64_t from = 0;
	uint64_t first, last;

	while (stale_next_run(stale, from, &first, &last)) {
		check_dma_some(checker, domain, first, last);
		check_dma_around(checker, domain, options, first, last);
		if (last == UINT64_MAX)
			break;
		from = last + 1;
	}
}

/* ---- everything ------------------------------------------------------ */

/* For a device in no paging domain: nothing is or was mapped. */
static void check_refused(struct checker *checker, const struct domain *domain,
			  uint64_t iova, const char *where)
{
	struct look look = { .access.iova = iova, .where = where };
	size_t i;

	for (i = 0; i < HOST_BACKENDS && domain->backend[i]; i++) {
		if (domain->backend[i]->ops->device)
			check_both(checker, domain, domain->backend[i], &look);
	}
}

void check_dma_blocked(struct checker *checker, const struct domain *domain,
		       const char *where)
{
	uint64_t from = 0;
	uint64_t first, last;

	check_refused(checker, domain, 0, where);
	while (next_run(domain->model, from, &first, &last)) {
		check_refused(checker, domain, first, where);
		check_refused(checker, domain, last, where);
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
