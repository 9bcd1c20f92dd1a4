/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "apply_change.h"

#include <inttypes.h>

#include "check_dma.h"
#include "replay_sync.h"
#include "report.h"
#include "session.h"
#include "step.h"

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
static void check_protect(struct session *session, const struct step *step,
			  size_t touched)
{
	uint64_t iova = step->event->iova;
	struct domain *domain = step->domain;
	struct checker *checker = &session->checker;

	step_note_stale(step, step->prot);
	check_that(checker,
		   hvpt_model_protect(domain->model, iova, step->event->size,
				      step->prot),
		   "the interval map refuses a range that it reported mapped");
	step_check_gather(session, step);
	check_some(checker, domain, iova, step->last);
	check_neighbours(checker, domain, session->options, iova, step->last);
	check_dma_touched(checker, domain, touched);
}

void apply_protect(struct session *session, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	size_t touched = domain->touched.count;
	enum hvpt_status status;

	session->result->protects++;
	step->expected = expect_protect(step);
	if (step->expected == HVPT_OK)
		check_dma_touch(&session->checker, domain, event->iova,
				step->last);
	step_note_splits(step, true);
	step_begin(session, step);
	status = hvpt_pt_protect(domain->pt, hvpt_iova(event->iova),
				 event->size, step->prot, &domain->gather);
	if (step_end(session, step, "protect", status))
		check_protect(session, step, touched);
	else
		domain->touched.count = touched;
}

/* ---- reclaims -------------------------------------------------------- */

/* A second reclaim must find nothing. */
static void check_reclaim(struct session *session, const struct step *step,
			  uint64_t reclaimed)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	struct checker *checker = &session->checker;
	uint64_t moved = domain->gather.table_count - step->gather.table_count;
	uint64_t again = 0;
	enum hvpt_status status;

	check_that(checker, moved == reclaimed,
		   "reclaim returned %" PRIu64
		   " tables, the gather got %" PRIu64,
		   reclaimed, moved);
	status = hvpt_pt_reclaim(domain->pt, hvpt_iova(event->iova),
				 event->size, &domain->gather, &again);
	check_that(checker, status == HVPT_OK && again == 0,
		   "a second reclaim found %" PRIu64 " empty tables, %s", again,
		   hvpt_status_name(status));
	check_some(checker, domain, event->iova, step->last);
	check_neighbours(checker, domain, session->options, event->iova,
			 step->last);
	check_dma_some(checker, domain, event->iova, step->last);
}

void apply_reclaim(struct session *session, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	uint64_t reclaimed = 0;
	enum hvpt_status status;

	session->result->reclaims++;
	step->expected = step_expect_arguments(step);
	if (step->expected == HVPT_OK)
		check_dma_some(&session->checker, domain, event->iova,
			       step->last);
	step_begin(session, step);
	status = hvpt_pt_reclaim(domain->pt, hvpt_iova(event->iova),
				 event->size, &domain->gather, &reclaimed);
	if (step_end(session, step, "reclaim", status))
		check_reclaim(session, step, reclaimed);
}

/* ---- syncs ----------------------------------------------------------- */

void apply_sync(struct session *session, struct step *step)
{
	session->result->asked_syncs++;
	(void)sync_try(session, step->domain);
}
