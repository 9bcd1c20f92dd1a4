/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "apply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "say.h"

/**
 * struct step - one event and what it must come to
 * @event: the event
 * @domain: whose
 * @last: last byte of its range
 * @expected: the status the library must answer
 * @table_pages: in use before
 * @gather: what the library wants flushed
 */
struct step {
	const struct trace_event *event;
	struct domain *domain;
	uint64_t last;
	enum hvpt_status expected;
	size_t table_pages;
	struct hvpt_gather gather;
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
	size_t pages = hvpt_arena_in_use(apply->domains.arena);

	judge_that(judge, pages == step->table_pages,
		   "a refused call changed the table pages from %zu to %zu",
		   step->table_pages, pages);
	judge_that(judge, hvpt_gather_is_empty(&step->gather),
		   "a refused call owes a flush");
	if (options_in_form(apply->options, step->event->iova, step->last))
		judge_some(judge, step->domain, step->event->iova, step->last);
}

static void set_error(struct apply *apply, const struct step *step,
		      const char *text)
{
	snprintf(apply->result->error, sizeof(apply->result->error),
		 "line %" PRIu64 ": %s", step->event->line, text);
}

/* That is a limit of this command, not a mistake of the library. */
static bool ran_out(struct apply *apply, const struct step *step,
		    enum hvpt_status status)
{
	if (status != HVPT_ERR_NO_MEMORY || step->expected != HVPT_OK ||
	    !domain_set_ran_out(&apply->domains))
		return false;
	set_error(apply, step, "needs more table pages than are set aside");
	return true;
}

/* Return: whether the event took place. */
static bool judge_status(struct apply *apply, const struct step *step,
			 const char *call, enum hvpt_status status)
{
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
	else if (step->expected != HVPT_OK)
		note_refusal(apply, step);
	return status == HVPT_OK && step->expected == HVPT_OK;
}

/* ---- events ---------------------------------------------------------- */

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

/* The replay has no IOMMU which caches: every flush is done at once. */
static void flush(struct step *step)
{
	hvpt_pt_release(&step->domain->pt, &step->gather);
}

static void count_map(struct apply *apply, const struct step *step)
{
	struct replay_result *result = apply->result;

	result->map_bytes += step->event->size;
	apply->mapped += step->event->size;
	if (apply->mapped > result->peak_mapped_bytes)
		result->peak_mapped_bytes = apply->mapped;
}

static void apply_map(struct apply *apply, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	struct judge *judge = &apply->judge;
	unsigned prot = HVPT_PROT_READ | HVPT_PROT_WRITE;
	enum hvpt_status status;

	if (event->has_prot)
		prot = event->prot;
	step->expected = expect_map(apply, step);
	status = hvpt_pt_map(&domain->pt, hvpt_iova(event->iova),
			     hvpt_gpa(event->gpa), event->size, prot,
			     &step->gather);
	apply->result->maps++;
	if (!judge_status(apply, step, "map", status))
		return;
	flush(step);
	judge_that(judge,
		   hvpt_model_map(domain->model, event->iova, event->gpa,
				  event->size, prot),
		   "the model refuses what it said was free");
	count_map(apply, step);
	judge_some(judge, domain, event->iova, step->last);
	judge_neighbours(judge, domain, apply->options, event->iova,
			 step->last);
	judge_leaves(judge, domain, event->iova, step->last,
		     apply->result->leaves);
}

/* Is all that was taken away to be flushed? Touching ranges come as one. */
static void judge_gather(struct apply *apply, const struct step *step,
			 uint64_t bytes)
{
	const struct hvpt_gather *gather = &step->gather;
	bool whole = bytes == step->event->size;
	bool covered = bytes == 0;
	uint32_t i;

	for (i = 0; i < gather->range_count; i++) {
		uint64_t first = gather->range[i].first.value;
		uint64_t last = gather->range[i].last.value;

		if (whole)
			covered = covered || (first <= step->event->iova &&
					      last >= step->last);
		else
			covered = covered || (first <= step->last &&
					      last >= step->event->iova);
	}
	judge_that(&apply->judge, covered,
		   "unmap of iova 0x%" PRIx64 " .. 0x%" PRIx64
		   ": the gather does not cover it",
		   step->event->iova, step->last);
}

static void count_unmap(struct apply *apply, uint64_t bytes)
{
	apply->result->unmap_bytes += bytes;
	apply->mapped -= bytes;
	if (bytes == 0)
		apply->result->unknown_unmaps++;
}

static void apply_unmap(struct apply *apply, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	struct judge *judge = &apply->judge;
	enum hvpt_status status;
	uint64_t unmapped = 0;
	uint64_t expected;

	step->expected = HVPT_OK;
	if (!options_in_form(apply->options, event->iova, step->last))
		step->expected = HVPT_ERR_IOVA_RANGE;
	status = hvpt_pt_unmap(&domain->pt, hvpt_iova(event->iova), event->size,
			       &step->gather, &unmapped);
	apply->result->unmaps++;
	if (!judge_status(apply, step, "unmap", status))
		return;
	expected = hvpt_model_unmap(domain->model, event->iova, event->size);
	judge_that(judge, unmapped == expected,
		   "unmap of iova 0x%" PRIx64 " .. 0x%" PRIx64
		   ": expected %" PRIu64 " bytes, got %" PRIu64,
		   event->iova, step->last, expected, unmapped);
	judge_gather(apply, step, expected);
	flush(step);
	count_unmap(apply, expected);
	judge_absent(judge, domain, event->iova, step->last);
	judge_neighbours(judge, domain, apply->options, event->iova,
			 step->last);
}

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
	step.domain = domain_find(&apply->domains, event);
	if (!step.domain) {
		set_error(apply, &step, apply->domains.error);
		return false;
	}
	step.table_pages = hvpt_arena_in_use(apply->domains.arena);
	hvpt_gather_init(&step.gather);
	apply->judge.line = event->line;
	apply->result->events++;
	if (event->kind == TRACE_MAP)
		apply_map(apply, &step);
	else
		apply_unmap(apply, &step);
	if (apply->options->audit_every != 0 &&
	    apply->result->events % apply->options->audit_every == 0)
		apply_audit(apply);
	return apply->result->error[0] == '\0';
}
