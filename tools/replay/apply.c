/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "apply.h"

#include <inttypes.h>
#include <stdio.h>

#include "apply_change.h"
#include "dma_judge.h"
#include "settle.h"
#include "step.h"
#include "walker.h"

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

/* ---- maps ------------------------------------------------------------ */

static enum hvpt_status expect_map(const struct step *step)
{
	enum hvpt_status status = step_expect_arguments(step);

	if (status == HVPT_OK &&
	    hvpt_model_mapped_in(step->domain->model, step->event->iova,
				 step->event->size))
		status = HVPT_ERR_OVERLAP;
	return status;
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

	step_begin(apply, step);
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

static void apply_map(struct apply *apply, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	enum hvpt_status status;

	step->expected = expect_map(step);
	apply->result->maps++;
	if (!step_make_way(apply, step))
		return;
	status = call_map(apply, step);
	if (!step_end(apply, step, "map", status))
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

	step_note_waiting(apply, step, false);
	expected = hvpt_model_unmap(domain->model, iova, step->event->size);
	judge_that(judge, unmapped == expected,
		   "unmap of iova 0x%" PRIx64 " .. 0x%" PRIx64
		   ": expected %" PRIu64 " bytes, got %" PRIu64,
		   iova, step->last, expected, unmapped);
	step_judge_gather(apply, step);
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

	step->expected = step_expect_arguments(step);
	if (step->expected == HVPT_OK)
		dma_touch(&apply->judge, domain, event->iova, step->last);
	step_note_cuts(step, false);
	step_begin(apply, step);
	status = hvpt_domain_unmap(&domain->domain, hvpt_iova(event->iova),
				   event->size, &domain->owed, &unmapped);
	apply->result->unmaps++;
	if (!step_end(apply, step, "unmap", status)) {
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

static void apply_step(struct apply *apply, struct step *step)
{
	switch (step->event->kind) {
	case TRACE_MAP:
		apply_map(apply, step);
		break;
	case TRACE_UNMAP:
		apply_unmap(apply, step);
		break;
	case TRACE_PROTECT:
		apply_protect(apply, step);
		break;
	case TRACE_RECLAIM:
		apply_reclaim(apply, step);
		break;
	case TRACE_SYNC:
		apply_sync(apply, step);
		break;
	}
}

bool apply_event(void *ctx, const struct trace_event *event)
{
	struct apply *apply = ctx;
	struct domain *domain;
	struct step step;

	apply->judge.line = event->line;
	domain = domain_find(&apply->domains, event);
	if (!domain) {
		apply_error(apply, apply->domains.error);
		return false;
	}
	apply->result->events++;
	apply->result->named += event->has_dom;
	step_init(&step, apply, event, domain);
	apply_step(apply, &step);
	dma_violations(&apply->judge, &apply->domains.world);
	if (apply->domains.world.walk && apply->domains.world.walk->error)
		apply_error(apply, apply->domains.world.walk->error);
	if (apply->options->audit_every != 0 &&
	    apply->result->events % apply->options->audit_every == 0)
		apply_audit(apply);
	return apply->result->error[0] == '\0';
}
