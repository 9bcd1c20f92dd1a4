/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "step.h"

#include <inttypes.h>

#include "replay_sync.h"
#include "report.h"
#include "session.h"
#include "tools/options.h"
#include "trace/say.h"

#define PAGE_MASK (HVPT_PAGE_BYTES - 1)

/* ---- before ---------------------------------------------------------- */

static bool wraps(uint64_t first, uint64_t size)
{
	return first + (size - 1) < first;
}

void step_init(struct step *step, const struct session *session,
	       const struct trace_event *event, struct domain *domain)
{
	step->event = event;
	step->domain = domain;
	step->expected = HVPT_OK;
	step->splits = 0;
	step->last = event->iova + (event->size - 1);
	step->in_form = ((event->iova | event->size) & PAGE_MASK) == 0 &&
			event->size != 0 && !wraps(event->iova, event->size) &&
			options_in_form(session->options, event->iova,
					step->last);
	step->prot = HVPT_PROT_READ | HVPT_PROT_WRITE;
	if (event->has_prot)
		step->prot = event->prot;
}

static bool misaligned(const struct trace_event *event)
{
	uint64_t bits = event->iova | event->size;

	if (event->kind == TRACE_MAP)
		bits |= event->gpa;
	return (bits & PAGE_MASK) != 0;
}

static enum hvpt_status expect_prot(unsigned prot)
{
	if (prot == HVPT_PROT_WRITE)
		return HVPT_ERR_WRITE_ONLY;
	if (prot == HVPT_PROT_READ || prot == HVPT_PROT_MASK)
		return HVPT_OK;
	return HVPT_ERR_PROT;
}

/* Checks in the order of pagetable.h. */
enum hvpt_status step_expect_arguments(const struct step *step)
{
	const struct trace_event *event = step->event;
	bool map = event->kind == TRACE_MAP;

	if (event->size == 0)
		return HVPT_ERR_EMPTY;
	if (misaligned(event))
		return HVPT_ERR_ALIGN;
	if (wraps(event->iova, event->size))
		return HVPT_ERR_WRAP;
	if (!step->in_form)
		return HVPT_ERR_IOVA_RANGE;
	if (map && (wraps(event->gpa, event->size) ||
		    (event->gpa + (event->size - 1)) >> HVPT_GPA_LG2))
		return HVPT_ERR_GPA_RANGE;
	if (map || event->kind == TRACE_PROTECT)
		return expect_prot(step->prot);
	return HVPT_OK;
}

/* The leaf at one end of the range, if it reaches beyond the range. */
static void note_split(struct step *step, uint64_t at, bool change)
{
	struct domain *domain = step->domain;
	struct sdm_result read = sdm_walk(&domain->walker, at, false);
	struct hvpt_iova_range *split = &step->split[step->splits];
	uint64_t first, last, gpa;
	unsigned prot;

	if (read.fault != SDM_FAULT_NONE || read.level == 0)
		return;
	last = check_entry_last(&read, at);
	first = at & ~((UINT64_C(1) << (HVPT_PAGE_LG2 + 9 * read.level)) - 1);
	if (first >= step->event->iova && last <= step->last)
		return;
	if (change && (!hvpt_model_lookup(domain->model, at, &gpa, &prot) ||
		       prot == step->prot))
		return;
	split->first = hvpt_iova(first);
	split->last = hvpt_iova(last);
	step->splits++;
}

void step_note_splits(struct step *step, bool change)
{
	if (step->expected != HVPT_OK)
		return;
	note_split(step, step->event->iova, change);
	note_split(step, step->last, change);
}

void step_begin(struct session *session, struct step *step)
{
	struct hvpt_arena *arena = session->domains.host.arena;

	step->table_pages = hvpt_arena_in_use(arena);
	step->mark = host_mark(&session->domains.host);
	step->gather = step->domain->gather;
	if (step->event->nomem)
		hvpt_arena_fail_at(arena, step->event->nomem);
}

/* ---- after ----------------------------------------------------------- */

/* Room for two numbers and the text between them. */
#define RANGE_TEXT 64u

/* The range of an event; a raw event may have any size. */
static void print_range(char out[RANGE_TEXT], const struct step *step)
{
	uint64_t iova = step->event->iova, size = step->event->size;

	if (size != 0 && step->last >= iova)
		snprintf(out, RANGE_TEXT, "iova 0x%" PRIx64 " .. 0x%" PRIx64,
			 iova, step->last);
	else
		snprintf(out, RANGE_TEXT, "iova 0x%" PRIx64 ", size 0x%" PRIx64,
			 iova, size);
}

static void note_refusal(struct session *session, const struct step *step)
{
	char range[RANGE_TEXT];

	session->result->refused++;
	if (session->options->quiet || session->result->refused > SAY_MAX)
		return;
	print_range(range, step);
	say("%s:%" PRIu64 ": note: %s refused: %s", session->result->file,
	    step->event->line, range, hvpt_status_name(step->expected));
	if (session->result->refused == SAY_MAX)
		say("%s: further refusals are only counted",
		    session->result->file);
}

/* A failed call must have changed nothing. */
static void check_unchanged(struct session *session, const struct step *step)
{
	struct checker *checker = &session->checker;
	size_t pages = hvpt_arena_in_use(session->domains.host.arena);

	check_that(checker, pages == step->table_pages,
		   "a refused call changed the table pages from %zu to %zu",
		   step->table_pages, pages);
	check_that(checker, gather_equal(&step->domain->gather, &step->gather),
		   "a refused call changed the gather");
	if (step->in_form)
		check_some(checker, step->domain, step->event->iova,
			   step->last);
}

/* This is a limit of this command, not a bug of the library. */
static bool ran_out(struct session *session, const struct step *step,
		    enum hvpt_status status)
{
	if (status != HVPT_ERR_NO_MEMORY || step->expected != HVPT_OK ||
	    !host_ran_out(&session->domains.host))
		return false;
	session_error(session, "needs more table pages than are reserved");
	return true;
}

/* Did the call request the page that this event refuses? */
static bool refused_page(struct session *session, const struct step *step)
{
	struct replay_host *host = &session->domains.host;
	uint64_t asked;

	if (!step->event->nomem)
		return false;
	asked = hvpt_arena_allocs(host->arena) - step->mark.allocs;
	host_fail_allocs(host);
	return asked >= step->event->nomem;
}

/* The page was refused as injected, so the call must fail. */
static void expect_no_memory(struct session *session, struct step *step)
{
	bool refused = refused_page(session, step);

	if (step->expected != HVPT_OK ||
	    (!refused &&
	     !host_alloc_failed(&session->domains.host, &step->mark)))
		return;
	step->expected = HVPT_ERR_NO_MEMORY;
	session->result->failed_calls++;
}

/* These refusals are counted elsewhere and need no note. */
static bool has_own_count(enum hvpt_status expected)
{
	return expected == HVPT_OK || expected == HVPT_ERR_OVERLAP ||
	       expected == HVPT_ERR_NO_MEMORY;
}

static void check_status(struct session *session, const struct step *step,
			 const char *call, enum hvpt_status status)
{
	bool good = status == step->expected || ran_out(session, step, status);
	char range[RANGE_TEXT] = "";

	if (!good)
		print_range(range, step);
	check_that(&session->checker, good, "%s of %s: expected %s, got %s",
		   call, range, hvpt_status_name(step->expected),
		   hvpt_status_name(status));
}

bool step_end(struct session *session, struct step *step, const char *call,
	      enum hvpt_status status)
{
	expect_no_memory(session, step);
	check_status(session, step, call, status);
	if (status != HVPT_OK)
		check_unchanged(session, step);
	if (step->expected == HVPT_ERR_OVERLAP)
		session->result->conflicts++;
	if (!has_own_count(step->expected))
		note_refusal(session, step);
	return status == HVPT_OK && step->expected == HVPT_OK;
}

/* ---- what is stale --------------------------------------------------- */

void step_note_stale(const struct step *step, unsigned prot)
{
	const struct stale_range gone = { step->event->iova, step->last, 0 };

	stale_add(step->domain->stale, step->domain->model, &gone, prot);
}

/* An IOMMU may have cached a leaf whole that was split. */
static void check_splits(struct session *session, const struct step *step)
{
	unsigned i;

	for (i = 0; i < step->splits; i++)
		check_that(&session->checker,
			   gather_covers(&step->domain->gather,
					 step->split[i].first.value,
					 step->split[i].last.value),
			   "the leaf at iova 0x%" PRIx64 " .. 0x%" PRIx64
			   " was split: the gather does not cover it",
			   step->split[i].first.value,
			   step->split[i].last.value);
}

void step_check_gather(struct session *session, const struct step *step)
{
	const struct domain *domain = step->domain;
	uint64_t from = step->event->iova;
	uint64_t first, last;

	check_splits(session, step);
	while (stale_next_run(domain->stale, from, &first, &last) &&
	       first <= step->last) {
		check_that(&session->checker,
			   gather_covers(&domain->gather, first, last),
			   "iova 0x%" PRIx64 " .. 0x%" PRIx64
			   " was unmapped: the gather does not cover it",
			   first, last);
		if (last >= step->last)
			break;
		from = last + 1;
	}
}

/* With tables in a gather all its ranges count: an IOMMU may read them. */
static bool is_pending(const struct step *step)
{
	const struct domain *domain = step->domain;
	uint64_t first = step->event->iova;

	return stale_meets(domain->stale, first, step->last) ||
	       (domain->gather.tables &&
		gather_meets(&domain->gather, first, step->last));
}

bool step_sync_first(struct session *session, const struct step *step)
{
	if (step->expected != HVPT_OK || !is_pending(step))
		return true;
	return sync_early(session, step->domain);
}
