/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "apply_change.h"

#include <inttypes.h>

#include "dma_judge.h"
#include "settle.h"

/* ---- protects -------------------------------------------------------- */

static enum hvpt_status expect_protect(const struct step *step)
{
	enum hvpt_status status = step_expect_arguments(step);
	uint64_t size = step->event->size;

	if (status == HVPT_OK &&
	    hvpt_model_mapped_in(step->domain->model, step->event->iova,
				 size) != size)
		status = HVPT_ERR_NOT_MAPPED;
	return status;
}

/* @touched: how many pages the device had used before. */
static void judge_protect(struct apply *apply, const struct step *step,
			  size_t touched)
{
	uint64_t iova = step->event->iova;
	struct domain *domain = step->domain;
	struct judge *judge = &apply->judge;

	step_note_waiting(apply, step, true);
	judge_that(judge,
		   hvpt_model_protect(domain->model, iova, step->event->size,
				      step->prot),
		   "the model refuses what it said was mapped");
	step_judge_gather(apply, step);
	judge_some(judge, domain, iova, step->last);
	judge_neighbours(judge, domain, apply->options, iova, step->last);
	dma_touched(judge, domain, touched);
}

void apply_protect(struct apply *apply, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	size_t touched = domain->touched.count;
	enum hvpt_status status;

	apply->result->protects++;
	step->expected = expect_protect(step);
	if (step->expected == HVPT_OK)
		dma_touch(&apply->judge, domain, event->iova, step->last);
	step_note_cuts(step, true);
	step_begin(apply, step);
	status = hvpt_pt_protect(domain->pt, hvpt_iova(event->iova),
				 event->size, step->prot, &domain->owed);
	if (step_end(apply, step, "protect", status))
		judge_protect(apply, step, touched);
	else
		domain->touched.count = touched;
}

/* ---- reclaims -------------------------------------------------------- */

/* A second one must find nothing. */
static void judge_reclaim(struct apply *apply, const struct step *step,
			  uint64_t reclaimed)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	struct judge *judge = &apply->judge;
	uint64_t moved = domain->owed.table_count - step->owed.table_count;
	uint64_t again = 0;
	enum hvpt_status status;

	judge_that(judge, moved == reclaimed,
		   "reclaim says %" PRIu64 " tables, %" PRIu64
		   " are in the gather",
		   reclaimed, moved);
	status = hvpt_pt_reclaim(domain->pt, hvpt_iova(event->iova),
				 event->size, &domain->owed, &again);
	judge_that(judge, status == HVPT_OK && again == 0,
		   "reclaim left %" PRIu64 " empty tables for another, %s",
		   again, hvpt_status_name(status));
	judge_some(judge, domain, event->iova, step->last);
	judge_neighbours(judge, domain, apply->options, event->iova,
			 step->last);
	dma_some(judge, domain, event->iova, step->last);
}

void apply_reclaim(struct apply *apply, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	uint64_t reclaimed = 0;
	enum hvpt_status status;

	apply->result->reclaims++;
	step->expected = step_expect_arguments(step);
	if (step->expected == HVPT_OK)
		dma_some(&apply->judge, domain, event->iova, step->last);
	step_begin(apply, step);
	status = hvpt_pt_reclaim(domain->pt, hvpt_iova(event->iova),
				 event->size, &domain->owed, &reclaimed);
	if (step_end(apply, step, "reclaim", status))
		judge_reclaim(apply, step, reclaimed);
}

/* ---- syncs ----------------------------------------------------------- */

void apply_sync(struct apply *apply, struct step *step)
{
	apply->result->asked_syncs++;
	(void)settle_try(apply, step->domain);
}
