/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "apply.h"

#include <inttypes.h>

#include "apply_change.h"
#include "check_dma.h"
#include "replay_sync.h"
#include "report.h"
#include "session.h"
#include "step.h"
#include "tools/options.h"

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

static void count_map(struct session *session, const struct step *step)
{
	struct replay_result *result = session->result;

	result->map_bytes += step->event->size;
	session->mapped += step->event->size;
	if (session->mapped > result->peak_mapped_bytes)
		result->peak_mapped_bytes = session->mapped;
}

static enum hvpt_status call_map(struct session *session, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;

	step_begin(session, step);
	return hvpt_domain_map(&domain->domain, hvpt_iova(event->iova),
			       hvpt_gpa(event->gpa), event->size, step->prot,
			       &domain->gather);
}

static void check_map(struct session *session, const struct step *step)
{
	uint64_t iova = step->event->iova;
	struct checker *checker = &session->checker;
	struct domain *domain = step->domain;

	check_some(checker, domain, iova, step->last);
	check_neighbours(checker, domain, session->options, iova, step->last);
	check_leaves(checker, domain, iova, step->last,
		     session->result->leaves);
	check_dma_some(checker, domain, iova, step->last);
}

static void apply_map(struct session *session, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	enum hvpt_status status;

	step->expected = expect_map(step);
	session->result->maps++;
	if (!step_sync_first(session, step))
		return;
	status = call_map(session, step);
	if (!step_end(session, step, "map", status))
		return;
	check_that(&session->checker,
		   hvpt_model_map(domain->model, event->iova, event->gpa,
				  event->size, step->prot),
		   "the interval map refuses a range that it reported free");
	count_map(session, step);
	/* An empty table was removed, which an IOMMU may still read. */
	if (!gather_equal(&domain->gather, &step->gather) &&
	    !sync_early(session, domain))
		return;
	check_map(session, step);
}

/* ---- unmaps ---------------------------------------------------------- */

static void count_unmap(struct session *session, uint64_t bytes)
{
	session->result->unmap_bytes += bytes;
	session->mapped -= bytes;
	if (bytes == 0)
		session->result->unknown_unmaps++;
}

/* @touched: how many pages the device had used before. */
static void check_unmap(struct session *session, const struct step *step,
			uint64_t unmapped, size_t touched)
{
	uint64_t iova = step->event->iova;
	struct checker *checker = &session->checker;
	struct domain *domain = step->domain;
	uint64_t expected;

	step_note_stale(step, 0);
	expected = hvpt_model_unmap(domain->model, iova, step->event->size);
	check_that(checker, unmapped == expected,
		   "unmap of iova 0x%" PRIx64 " .. 0x%" PRIx64
		   ": expected %" PRIu64 " bytes, got %" PRIu64,
		   iova, step->last, expected, unmapped);
	step_check_gather(session, step);
	count_unmap(session, expected);
	check_absent(checker, domain, iova, step->last);
	check_neighbours(checker, domain, session->options, iova, step->last);
	check_dma_touched(checker, domain, touched);
}

static void apply_unmap(struct session *session, struct step *step)
{
	const struct trace_event *event = step->event;
	struct domain *domain = step->domain;
	size_t touched = domain->touched.count;
	enum hvpt_status status;
	uint64_t unmapped = 0;

	step->expected = step_expect_arguments(step);
	if (step->expected == HVPT_OK)
		check_dma_touch(&session->checker, domain, event->iova,
				step->last);
	step_note_splits(step, false);
	step_begin(session, step);
	status = hvpt_domain_unmap(&domain->domain, hvpt_iova(event->iova),
				   event->size, &domain->gather, &unmapped);
	session->result->unmaps++;
	if (!step_end(session, step, "unmap", status)) {
		domain->touched.count = touched;
		return;
	}
	check_unmap(session, step, unmapped, touched);
	if (++domain->unsynced >= session->options->lazy)
		(void)sync_try(session, domain);
}

/* ---- events ---------------------------------------------------------- */

static void apply_step(struct session *session, struct step *step)
{
	switch (step->event->kind) {
	case TRACE_MAP:
		apply_map(session, step);
		break;
	case TRACE_UNMAP:
		apply_unmap(session, step);
		break;
	case TRACE_PROTECT:
		apply_protect(session, step);
		break;
	case TRACE_RECLAIM:
		apply_reclaim(session, step);
		break;
	case TRACE_SYNC:
		apply_sync(session, step);
		break;
	}
}

bool apply_event(void *ctx, const struct trace_event *event)
{
	struct session *session = ctx;
	struct domain *domain;
	const char *error;
	struct step step;

	session->checker.line = event->line;
	domain = domain_find(&session->domains, event);
	if (!domain) {
		session_error(session, session->domains.error);
		return false;
	}
	session->result->events++;
	session->result->named += event->has_dom;
	step_init(&step, session, event, domain);
	apply_step(session, &step);
	check_dma_violations(&session->checker, &session->domains.host);
	error = host_backend_error(&session->domains.host);
	if (error)
		session_error(session, error);
	if (session->options->audit_every != 0 &&
	    session->result->events % session->options->audit_every == 0)
		session_audit(session);
	return session->result->error[0] == '\0';
}
