/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE
#include "walk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAGE HVPT_PAGE_BYTES

static void *grow(void *old, size_t bytes)
{
	void *more = realloc(old, bytes);

	if (!more)
		walker_die("out of memory");
	return more;
}

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void set_error(struct walk *walk, const char *text)
{
	snprintf(walk->result->error, sizeof(walk->result->error),
		 "line %" PRIu64 ": %s", walk->judge.line, text);
}

/* ---- domains ------------------------------------------------------------- */

static struct walk_domain *new_domain(struct walk *walk,
				      const struct trace_event *event)
{
	struct walk_domain *domain;

	if (walk->count == WALK_DOMAINS_MAX) {
		set_error(walk, "too many domains");
		return NULL;
	}
	domain = calloc(1, sizeof(*domain));
	if (!domain)
		walker_die("out of memory");
	domain->named = event->has_dom;
	domain->id = event->dom;
	domain->model = hvpt_model_create();
	domain->waiting = hvpt_model_create();
	hvpt_gather_init(&domain->owed);
	if (walk->ops->make(walk, domain) != HVPT_OK) {
		hvpt_model_destroy(domain->model);
		hvpt_model_destroy(domain->waiting);
		free(domain);
		set_error(walk, "no domain like that can be made");
		return NULL;
	}
	walk->domain[walk->count++] = domain;
	return domain;
}

/* As domain_find(), but what has no name goes to the most recent one. */
static struct walk_domain *find(struct walk *walk,
				const struct trace_event *event)
{
	size_t i;

	if (!event->has_dom && walk->recent)
		return walk->recent;
	for (i = 0; i < walk->count; i++) {
		struct walk_domain *domain = walk->domain[i];

		if (!domain->named && event->has_dom) {
			domain->named = true;
			domain->id = event->dom;
		}
		if (domain->named && domain->id == event->dom)
			return domain;
	}
	return new_domain(walk, event);
}

/* ---- looking --------------------------------------------------------------- */

static const char *seen_text(enum walk_seen seen)
{
	static const char *const texts[] = { "is there", "faults",
					     "is read-only",
					     "is somewhere else" };

	return texts[seen];
}

/* Some byte of a page which the model knows, or knows not. */
static void look(struct walk *walk, struct walk_domain *domain, uint64_t page)
{
	uint64_t iova = page | (judge_random(&walk->judge) & (PAGE - 4));
	enum walk_seen expected = WALK_NOTHING, seen;
	uint64_t gpa = 0;
	unsigned prot = 0;

	if (hvpt_model_lookup(domain->model, iova, &gpa, &prot)) {
		expected = WALK_THERE;
		if (walk->ops->permissions && !(prot & HVPT_PROT_WRITE))
			expected = WALK_READ_ONLY;
	}
	seen = walk->ops->see(walk, domain, iova, gpa);
	judge_that(&walk->judge, seen == expected,
		   "iova 0x%" PRIx64 ": expected that it %s, but it %s", iova,
		   seen_text(expected), seen_text(seen));
}

/* Which pages of a range are looked at. Return: how many. */
static size_t choose(struct walk *walk, uint64_t first, uint64_t bytes,
		     uint64_t chosen[WALK_PAGES])
{
	uint64_t pages = bytes / PAGE;
	size_t count = 0;

	chosen[count++] = first;
	if (pages > 1)
		chosen[count++] = first + (pages - 1) * PAGE;
	if (pages > 2)
		chosen[count++] = first +
				  judge_random(&walk->judge) % pages * PAGE;
	return count;
}

static void look_at_some(struct walk *walk, struct walk_domain *domain,
			 uint64_t first, uint64_t bytes)
{
	uint64_t chosen[WALK_PAGES];
	size_t count = choose(walk, first, bytes, chosen), i;

	for (i = 0; i < count; i++)
		look(walk, domain, chosen[i]);
}

/* ---- syncs ------------------------------------------------------------------ */

/* A page which was used and unmapped: does some cache still know it? */
static bool still_there(struct walk *walk, struct walk_domain *domain,
			const struct walk_page *page)
{
	return walk->ops->see(walk, domain, page->iova, page->gpa) !=
	       WALK_NOTHING;
}

static void judge_gone(struct walk *walk, struct walk_domain *domain)
{
	size_t i;

	for (i = 0; i < domain->used_count; i++) {
		const struct walk_page *page = &domain->used[i];
		uint64_t gpa;
		unsigned prot;
		bool stale;

		if (hvpt_model_lookup(domain->model, page->iova, &gpa, &prot))
			continue;
		stale = still_there(walk, domain, page);
		walk->judge.stale_after += stale;
		judge_that(&walk->judge, !stale,
			   "iova 0x%" PRIx64 " is still reached after the sync",
			   page->iova);
	}
	domain->used_count = 0;
}

static bool settle(struct walk *walk, struct walk_domain *domain)
{
	enum hvpt_status status = walk->ops->sync(walk, domain);

	if (!judge_that(&walk->judge, status == HVPT_OK, "sync: %s",
			hvpt_status_name(status)))
		return false;
	walk->result->syncs++;
	domain->unsynced = 0;
	hvpt_model_destroy(domain->waiting);
	domain->waiting = hvpt_model_create();
	judge_gone(walk, domain);
	return true;
}

/* ---- events -------------------------------------------------------------------- */

static bool refused(struct walk *walk, const struct trace_event *event,
		    enum hvpt_status status)
{
	bool inside = options_in_form(walk->options, event->iova,
				      event->iova + (event->size - 1));

	if (status != HVPT_ERR_IOVA_RANGE || inside)
		return false;
	walk->result->refused++;
	return true;
}

static void take_map(struct walk *walk, struct walk_domain *domain,
		     const struct trace_event *event)
{
	unsigned prot = event->has_prot ? event->prot : HVPT_PROT_MASK;
	enum hvpt_status status;
	bool taken;

	walk->result->maps++;
	if (hvpt_model_mapped_in(domain->waiting, event->iova, event->size)) {
		walk->result->forced_syncs++;
		settle(walk, domain);
	}
	status = hvpt_pt_map(domain->pt, hvpt_iova(event->iova),
			     hvpt_gpa(event->gpa), event->size, prot,
			     &domain->owed);
	if (refused(walk, event, status))
		return;
	taken = !hvpt_model_map(domain->model, event->iova, event->gpa,
				event->size, prot);
	walk->result->conflicts += taken;
	judge_that(&walk->judge, status == (taken ? HVPT_ERR_OVERLAP : HVPT_OK),
		   "map of iova 0x%" PRIx64 ": %s", event->iova,
		   hvpt_status_name(status));
	if (domain->owed.tables)
		settle(walk, domain);
	if (taken)
		return;
	walk->result->map_bytes += event->size;
	walk->mapped += event->size;
	if (walk->mapped > walk->result->peak_mapped_bytes)
		walk->result->peak_mapped_bytes = walk->mapped;
	look_at_some(walk, domain, event->iova, event->size);
}

/* The device uses some pages, so that caches know them. */
static size_t use(struct walk *walk, struct walk_domain *domain,
		  const struct trace_event *event)
{
	uint64_t chosen[WALK_PAGES], gpa;
	size_t count = choose(walk, event->iova, event->size, chosen), i;
	size_t before = domain->used_count;
	unsigned prot;

	for (i = 0; i < count; i++) {
		look(walk, domain, chosen[i]);
		if (!hvpt_model_lookup(domain->model, chosen[i], &gpa, &prot))
			continue;
		if (domain->used_count == domain->used_room) {
			domain->used_room = 2 * domain->used_room + 16;
			domain->used = grow(domain->used,
					    domain->used_room *
						    sizeof(*domain->used));
		}
		domain->used[domain->used_count++] =
			(struct walk_page){ chosen[i], gpa };
	}
	return before;
}

static void note_waiting(struct walk_domain *domain,
			 const struct trace_event *event)
{
	(void)hvpt_model_unmap(domain->waiting, event->iova, event->size);
	(void)hvpt_model_map(domain->waiting, event->iova, 0, event->size, 1);
}

static void take_unmap(struct walk *walk, struct walk_domain *domain,
		       const struct trace_event *event)
{
	size_t from = use(walk, domain, event);
	uint64_t unmapped = 0, expected;
	enum hvpt_status status;

	walk->result->unmaps++;
	status = hvpt_pt_unmap(domain->pt, hvpt_iova(event->iova), event->size,
			       &domain->owed, &unmapped);
	if (refused(walk, event, status))
		return;
	expected = hvpt_model_unmap(domain->model, event->iova, event->size);
	judge_that(&walk->judge, status == HVPT_OK && unmapped == expected,
		   "unmap of iova 0x%" PRIx64 ": %s, %" PRIu64 " bytes",
		   event->iova, hvpt_status_name(status), unmapped);
	walk->result->unmap_bytes += unmapped;
	walk->result->unknown_unmaps += unmapped == 0;
	walk->mapped -= unmapped;
	note_waiting(domain, event);
	for (; from < domain->used_count; from++)
		walk->judge.stale_before += still_there(walk, domain,
							&domain->used[from]);
	if (++domain->unsynced < walk->options->lazy)
		return;
	if (settle(walk, domain))
		look_at_some(walk, domain, event->iova, event->size);
}

/* QEMU's walkers are for recorded traffic, which has maps and unmaps. */
static bool other_event(struct walk *walk)
{
	snprintf(walk->result->error, sizeof(walk->result->error),
		 "protects, reclaims and syncs need --walker model");
	return false;
}

bool walk_event(void *ctx, const struct trace_event *event)
{
	struct walk *walk = ctx;
	struct walk_domain *domain;
	uint64_t every = walk->options->audit_every;

	walk->judge.line = event->line;
	domain = find(walk, event);
	if (!domain)
		return false;
	walk->recent = domain;
	walk->result->events++;
	if (event->kind == TRACE_MAP)
		take_map(walk, domain, event);
	else if (event->kind == TRACE_UNMAP)
		take_unmap(walk, domain, event);
	else
		return other_event(walk);
	if (every && walk->result->events % every == 0)
		walk->ops->whole(walk, domain);
	return true;
}

/* ---- beginning and end ------------------------------------------------------------ */

struct walk *walk_open(const struct replay_options *options,
		       struct replay_result *result)
{
	struct walk *walk = calloc(1, sizeof(*walk));

	if (!walk)
		walker_die("out of memory");
	walk->ops = options->walker == WALKER_CPU ? &walk_cpu_ops :
						    &walk_vtd_ops;
	walk->options = options;
	walk->result = result;
	walk->started = nanoseconds();
	judge_init(&walk->judge, result->file, options->seed);
	if (walk->ops->start(walk))
		return walk;
	free(walk);
	return NULL;
}

/* What is left: some pages of each interval, and everything at once. */
static void look_at_rest(struct walk *walk, struct walk_domain *domain)
{
	uint64_t from = 0, first, last, gpa;
	unsigned prot;

	settle(walk, domain);
	while (hvpt_model_next(domain->model, from, &first, &last, &gpa,
			       &prot)) {
		look_at_some(walk, domain, first, last - first + 1);
		if (last == UINT64_MAX)
			break;
		from = last + 1;
	}
	walk->ops->whole(walk, domain);
	walk->result->left_mapped_bytes += hvpt_model_bytes(domain->model);
}

static void free_domain(struct walk_domain *domain)
{
	hvpt_model_destroy(domain->model);
	hvpt_model_destroy(domain->waiting);
	free(domain->used);
	free(domain);
}

void walk_close(struct walk *walk)
{
	struct replay_result *result = walk->result;
	size_t i;

	walk->judge.line = 0;
	for (i = 0; i < walk->count; i++)
		look_at_rest(walk, walk->domain[i]);
	result->table_pages_peak = walk->ram.peak;
	result->table_pages_final = walk->ram.in_use;
	walk->ops->finish(walk);
	judge_that(&walk->judge, walk->ram.in_use == 0,
		   "%zu table pages were not given back", walk->ram.in_use);
	for (i = 0; i < walk->count; i++)
		free_domain(walk->domain[i]);
	qemu_stop(walk->qemu);
	guest_ram_close(&walk->ram);
	result->domains = walk->count;
	result->checks = walk->judge.checks;
	result->mismatches = walk->judge.mismatches;
	result->stale_before = walk->judge.stale_before;
	result->stale_after = walk->judge.stale_after;
	result->nanoseconds = nanoseconds() - walk->started;
	free(walk);
}
