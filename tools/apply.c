/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "apply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dma_judge.h"
#include "say.h"
#include "settle.h"

/**
 * struct step - one event and what it must come to
 * @event: the event
 * @domain: whose
 * @last: last byte of its range
 * @prot: what a map asks for
 * @expected: the status the library must answer
 * @table_pages: in use before
 * @mark: what else was counted before
 * @owed: what the domain owed before
 */
struct step {
	const struct trace_event *event;
	struct domain *domain;
	uint64_t last;
	unsigned prot;
	enum hvpt_status expected;
	size_t table_pages;
	struct world_mark mark;
	struct hvpt_gather owed;
};

/* ---- refusals -------------------------------------------------------- */

static void note_refusal(struct apply *apply, const struct step *step)
{
	apply->result->refused++;
	if (apply->options->quiet || apply->result->refused > SAY_MAX)
		return;
	say("%s:%" PRIu64 ": note: iova 0x%" PRIx64 " .. 0x%" PRIx64
	    " refused: %s",
	    apply->result->file, step->event->line, step->event->iova,
	    step->last, hvpt_status_name(step->expected));
	if (apply->result->refused == SAY_MAX)
		say("%s: further refusals are only counted",
		    apply->result->file);
}

/* A call which failed must have left everything as it was. */
static void judge_unchanged(struct apply *apply, const struct step *step)
{
	struct judge *judge = &apply->judge;
	size_t pages = hvpt_arena_in_use(apply->domains.world.arena);

	judge_that(judge, pages == step->table_pages,
		   "a refused call changed the table pages from %zu to %zu",
		   step->table_pages, pages);
	judge_that(judge, settle_same_gather(&step->domain->owed, &step->owed),
		   "a refused call changed what is owed");
	if (options_in_form(apply->options, step->event->iova, step->last))
		judge_some(judge, step->domain, step->event->iova, step->last);
}

void apply_error(struct apply *apply, const char *text)
{
	struct replay_result *result = apply->result;

	if (result->error[0] != '\0')
		return;
	if (apply->judge.line != 0)
		snprintf(result->error, sizeof(result->error),
			 "line %" PRIu64 ": %s", apply->judge.line, text);
	else
		snprintf(result->error, sizeof(result->error), "%s", text);
}

/* That is a limit of this command, not a mistake of the library. */
static bool ran_out(struct apply *apply, const struct step *step,
		    enum hvpt_status status)
{
	if (status != HVPT_ERR_NO_MEMORY || step->expected != HVPT_OK ||
	    !world_ran_out(&apply->domains.world))
		return false;
	apply_error(apply, "needs more table pages than are set aside");
	return true;
}

/* Before a call of the library: what it must not change when it fails. */
static void begin_call(struct apply *apply, struct step *step)
{
	step->table_pages = hvpt_arena_in_use(apply->domains.world.arena);
	step->mark = world_mark(&apply->domains.world);
	step->owed = step->domain->owed;
}

/* The page which was to be refused was, so the call has to fail. */
static void expect_no_memory(struct apply *apply, struct step *step)
{
	if (step->expected != HVPT_OK ||
	    !world_alloc_failed(&apply->domains.world, &step->mark))
		return;
	step->expected = HVPT_ERR_NO_MEMORY;
	apply->result->failed_calls++;
}

/* Return: whether the event took place. */
static bool judge_status(struct apply *apply, struct step *step,
			 const char *call, enum hvpt_status status)
{
	expect_no_memory(apply, step);
	judge_that(&apply->judge,
		   status == step->expected || ran_out(apply, step, status),
		   "%s of iova 0x%" PRIx64 " .. 0x%" PRIx64
		   ": expected %s, got %s",
		   call, step->event->iova, step->last,
		   hvpt_status_name(step->expected), hvpt_status_name(status));
	if (status != HVPT_OK)
		judge_unchanged(apply, step);
	if (step->expected == HVPT_ERR_OVERLAP)
		apply->result->conflicts++;
	else if (step->expected != HVPT_OK &&
		 step->expected != HVPT_ERR_NO_MEMORY)
		note_refusal(apply, step);
	return status == HVPT_OK && step->expected == HVPT_OK;
}

/* ---- maps ------------------------------------------------------------ */

static enum hvpt_status expect_map(const struct apply *apply,
				   const struct step *step)
{
	const struct trace_event *event = step->event;

	if (!options_in_form(apply->options, event->iova, step->last))
		return HVPT_ERR_IOVA_RANGE;
	if ((event->gpa + (event->size - 1)) >> HVPT_GPA_LG2)
		return HVPT_ERR_GPA_RANGE;
	if (hvpt_model_mapped_in(step->domain->model, event->iova, event->size))
		return HVPT_ERR_OVERLAP;
	return HVPT_OK;
}

static void count_map(struct apply *apply, const struct step *step)
{
	struct replay_result *result = apply->result;

	result->map_bytes += step->event->size;
	apply->mapped += step->event->size;
	if (apply->mapped > result->peak_mapped_bytes)
		result->peak_mapped_bytes = apply->mapped;
}

static enum hvpt_status call_map(struct apply *apply, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;

	begin_call(apply, step);
	return hvpt_domain_map(&domain->domain, hvpt_iova(event->iova),
			       hvpt_gpa(event->gpa), event->size, step->prot,
			       &domain->owed);
}

static void judge_map(struct apply *apply, const struct step *step)
{
	uint64_t iova = step->event->iova;
	struct judge *judge = &apply->judge;
	struct domain *domain = step->domain;

	judge_some(judge, domain, iova, step->last);
	judge_neighbours(judge, domain, apply->options, iova, step->last);
	judge_leaves(judge, domain, iova, step->last, apply->result->leaves);
	dma_some(judge, domain, iova, step->last);
}

/* An IOVA is not used again before its flush. */
static bool make_way(struct apply *apply, const struct step *step)
{
	if (step->expected != HVPT_OK ||
	    hvpt_model_mapped_in(step->domain->waiting, step->event->iova,
				 step->event->size) == 0)
		return true;
	return settle_early(apply, step->domain);
}

static void apply_map(struct apply *apply, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	enum hvpt_status status;

	step->prot = HVPT_PROT_READ | HVPT_PROT_WRITE;
	if (event->has_prot)
		step->prot = event->prot;
	step->expected = expect_map(apply, step);
	apply->result->maps++;
	if (!make_way(apply, step))
		return;
	status = call_map(apply, step);
	if (!judge_status(apply, step, "map", status))
		return;
	judge_that(&apply->judge,
		   hvpt_model_map(domain->model, event->iova, event->gpa,
				  event->size, step->prot),
		   "the model refuses what it said was free");
	count_map(apply, step);
	/* An empty table went, which an IOMMU may still read. */
	if (!settle_same_gather(&domain->owed, &step->owed) &&
	    !settle_early(apply, domain))
		return;
	judge_map(apply, step);
}

/* ---- unmaps ---------------------------------------------------------- */

/* What will wait: what is mapped of the event's range, cut to it. */
static void note_waiting(struct apply *apply, const struct step *step)
{
	struct domain *domain = step->domain;
	uint64_t from = step->event->iova;
	uint64_t first, last, gpa;
	unsigned prot;

	while (hvpt_model_next(domain->model, from, &first, &last, &gpa,
			       &prot) &&
	       first <= step->last) {
		uint64_t start = first > from ? first : from;
		uint64_t end = last < step->last ? last : step->last;

		judge_that(&apply->judge,
			   hvpt_model_map(domain->waiting, start,
					  gpa + (start - first),
					  end - start + 1, prot),
			   "iova 0x%" PRIx64 " is mapped, and waits", start);
		if (last >= step->last)
			break;
		from = last + 1;
	}
}

static bool covers(const struct hvpt_gather *gather, uint64_t first,
		   uint64_t last)
{
	uint32_t i;

	for (i = 0; i < gather->range_count; i++) {
		if (gather->range[i].first.value <= first &&
		    gather->range[i].last.value >= last)
			return true;
	}
	return false;
}

/* Is all that was taken away to be flushed? */
static void judge_gather(struct apply *apply, const struct step *step)
{
	const struct domain *domain = step->domain;
	uint64_t from = step->event->iova;
	uint64_t first, last, gpa;
	unsigned prot;

	while (hvpt_model_next(domain->waiting, from, &first, &last, &gpa,
			       &prot) &&
	       first <= step->last) {
		judge_that(&apply->judge, covers(&domain->owed, first, last),
			   "unmap of iova 0x%" PRIx64 " .. 0x%" PRIx64
			   ": the gather does not cover it",
			   first, last);
		if (last >= step->last)
			break;
		from = last + 1;
	}
}

static void count_unmap(struct apply *apply, uint64_t bytes)
{
	apply->result->unmap_bytes += bytes;
	apply->mapped -= bytes;
	if (bytes == 0)
		apply->result->unknown_unmaps++;
}

/* @touched: how many pages the device had used before. */
static void judge_unmap(struct apply *apply, const struct step *step,
			uint64_t unmapped, size_t touched)
{
	uint64_t iova = step->event->iova;
	struct judge *judge = &apply->judge;
	struct domain *domain = step->domain;
	uint64_t expected;

	note_waiting(apply, step);
	expected = hvpt_model_unmap(domain->model, iova, step->event->size);
	judge_that(judge, unmapped == expected,
		   "unmap of iova 0x%" PRIx64 " .. 0x%" PRIx64
		   ": expected %" PRIu64 " bytes, got %" PRIu64,
		   iova, step->last, expected, unmapped);
	judge_gather(apply, step);
	count_unmap(apply, expected);
	judge_absent(judge, domain, iova, step->last);
	judge_neighbours(judge, domain, apply->options, iova, step->last);
	dma_touched(judge, domain, touched);
}

static void apply_unmap(struct apply *apply, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	size_t touched = domain->touched.count;
	enum hvpt_status status;
	uint64_t unmapped = 0;

	step->expected = HVPT_ERR_IOVA_RANGE;
	if (options_in_form(apply->options, event->iova, step->last)) {
		step->expected = HVPT_OK;
		dma_touch(&apply->judge, domain, event->iova, step->last);
	}
	begin_call(apply, step);
	status = hvpt_domain_unmap(&domain->domain, hvpt_iova(event->iova),
				   event->size, &domain->owed, &unmapped);
	apply->result->unmaps++;
	if (!judge_status(apply, step, "unmap", status)) {
		domain->touched.count = touched;
		return;
	}
	judge_unmap(apply, step, unmapped, touched);
	if (++domain->unsynced >= apply->options->lazy)
		(void)settle_try(apply, domain);
}

/* ---- events ---------------------------------------------------------- */

void apply_audit(struct apply *apply)
{
	judge_audit(&apply->judge, &apply->domains);
	apply->result->audits++;
}

bool apply_event(void *ctx, const struct trace_event *event)
{
	struct apply *apply = ctx;
	struct step step;

	memset(&step, 0, sizeof(step));
	step.event = event;
	step.last = event->iova + (event->size - 1);
	apply->judge.line = event->line;
	step.domain = domain_find(&apply->domains, event);
	if (!step.domain) {
		apply_error(apply, apply->domains.error);
		return false;
	}
	apply->result->events++;
	if (event->kind == TRACE_MAP)
		apply_map(apply, &step);
	else
		apply_unmap(apply, &step);
	dma_violations(&apply->judge, &apply->domains.world);
	if (apply->options->audit_every != 0 &&
	    apply->result->events % apply->options->audit_every == 0)
		apply_audit(apply);
	return apply->result->error[0] == '\0';
}
