/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * map_steps.c - mapping any range, step by step.
 *
 * A step is a run of leaves of one size in one table. A map that fails changes
 * nothing, so it goes over its range three times:
 *
 *  - The scan looks for anything that is mapped in the range. It reads the
 *    tables that are there and knows nothing of steps.
 *  - The reserve goes over the steps and takes a page for each table that the
 *    range lacks. It ends at the first page that it does not get, and is left
 *    out if the scan found all tables of level 0.
 *  - The commit goes over the same steps, installs the tables and writes the
 *    leaves. It cannot fail.
 *
 * Other threads may install tables for ranges of their own at any time. Their
 * tables serve this range as well, and pages that are left over go back. No
 * other thread removes a table that leads to this range: whoever removes a
 * table owns all it spans.
 */
#include "pt_internal.h"

/**
 * struct hvpt_map_job - how far the reserve or the commit has come
 * @call: what was asked
 * @segments: the segments still to come
 * @count: how many
 * @rest: bytes of them
 * @iova: where the step begins
 * @gpa: what it maps there
 * @left: bytes left of the contiguous piece that the step begins
 * @walk: to the step's first leaf. Where it ends above @level, the entry there
 *	lacks a table.
 * @level: the level of the step's leaves
 * @run: how many leaves
 * @reserve: pages for the tables that the range lacks
 * @flush: what the tables spanned that the commit took out
 */
struct hvpt_map_job {
	struct hvpt_pagetable *pt;
	const struct hvpt_map_call *call;
	const struct hvpt_segment *segments;
	size_t count;
	uint64_t rest;
	uint64_t iova;
	uint64_t gpa;
	uint64_t left;
	struct hvpt_walk walk;
	unsigned level;
	unsigned run;
	struct hvpt_reserve reserve;
	struct hvpt_iova_range flush;
};

/* ---- steps ----------------------------------------------------------- */

static void hvpt_map_begin(struct hvpt_map_job *job)
{
	const struct hvpt_map_call *call = job->call;

	job->segments = call->segments;
	job->count = call->count;
	job->rest = call->range.last.value - call->range.first.value + 1;
	job->iova = call->range.first.value;
	job->gpa = 0;
	job->left = 0;
	job->level = 0;
	job->run = 0;
}

/* Did the steps cover all of the range? */
static bool hvpt_map_is_whole(const struct hvpt_map_job *job)
{
	return job->iova - 1 == job->call->range.last.value;
}

/*
 * Loads the next piece: segments that touch, joined. A page hook may have
 * changed the array, so lengths are checked again. Return: false behind the
 * last segment, or at one that does not fit.
 */
static bool hvpt_map_next_piece(struct hvpt_map_job *job)
{
	if (!job->count)
		return false;
	job->gpa = job->segments->gpa.value;
	do {
		uint64_t length = job->segments->length;

		if ((length & (HVPT_PAGE_BYTES - 1)) || length - 1 >= job->rest)
			return false;
		job->left += length;
		job->rest -= length;
		job->segments++;
		job->count--;
	} while (job->count &&
		 job->segments->gpa.value == job->gpa + job->left);
	return true;
}

/* The level of the largest leaf, not above @top, that may come next. */
static unsigned hvpt_map_level(const struct hvpt_map_job *job, unsigned top)
{
	unsigned level;

	if (hvpt_level_offset(job->iova | job->gpa, 1))
		return 0;
	for (level = top; level > 0; level--)
		if (((unsigned)job->pt->leaf_levels >> level & 1u) &&
		    !hvpt_level_offset(job->iova | job->gpa, level) &&
		    job->left >> HVPT_LEVEL_LG2(level))
			break;
	return level;
}

/*
 * Finds the step that begins at @iova. Without a gather, tables stay where they
 * are: a slot that has one takes smaller leaves, in the table, and a run of
 * large leaves ends before such a slot.
 */
static void hvpt_map_locate(struct hvpt_map_job *job)
{
	unsigned level = HVPT_LEAF_LEVELS, room;
	bool keep = !job->call->gather;
	uint64_t leaves;

	do {
		level = hvpt_map_level(job, level - 1);
		hvpt_walk_to(&job->walk, job->pt, job->iova, level);
	} while (keep && hvpt_pte_is_table(job->walk.pte, level));
	room = HVPT_TABLE_ENTRIES - hvpt_pte_index(job->iova, level);
	leaves = job->left >> HVPT_LEVEL_LG2(level);
	job->level = level;
	job->run = leaves < room ? (unsigned)leaves : room;
	if (keep && level > 0 && job->walk.at == level)
		job->run = 1 + hvpt_entries_zeros(HVPT_SLOT(job->walk.slot, 1),
						  job->run - 1);
}

/* Goes to the next step. Return: false if there is none. */
static bool hvpt_map_next(struct hvpt_map_job *job)
{
	uint64_t bytes = (uint64_t)job->run << HVPT_LEVEL_LG2(job->level);

	job->iova += bytes;
	job->gpa += bytes;
	job->left -= bytes;
	if (!job->left && !hvpt_map_next_piece(job))
		return false;
	hvpt_map_locate(job);
	return true;
}

/* ---- reserve --------------------------------------------------------- */

/*
 * Takes pages for the tables that the step lacks. A table that begins before
 * the step, but not before the range, was counted at an earlier step.
 */
static enum hvpt_status hvpt_map_reserve_step(struct hvpt_map_job *job)
{
	enum hvpt_status status = HVPT_OK;
	unsigned at;

	for (at = job->walk.at; at > job->level && status == HVPT_OK; at--)
		if (job->iova == job->call->range.first.value ||
		    !hvpt_level_offset(job->iova, at))
			status = hvpt_reserve_take(job->pt, &job->reserve);
	return status;
}

/* Tells whether a page hook changed the segments of the call it serves. */
static uint64_t hvpt_map_hash(const struct hvpt_segment *segments, size_t count)
{
	uint64_t hash = 0;

	/* an odd factor, 2^64 over the golden ratio */
	for (; count > 0; count--, segments++)
		hash = (hash << 9 | hash >> 55) + segments->gpa.value +
		       segments->length * 0x9e3779b97f4a7c15u;
	return hash;
}

static enum hvpt_status hvpt_map_reserve(struct hvpt_map_job *job)
{
	const struct hvpt_map_call *call = job->call;
	uint64_t hash = hvpt_map_hash(call->segments, call->count);
	enum hvpt_status status;

	hvpt_map_begin(job);
	while (hvpt_map_next(job)) {
		status = hvpt_map_reserve_step(job);
		if (status != HVPT_OK)
			return status;
	}
	/* no hook runs from here on that could change the segments */
	if (!hvpt_map_is_whole(job) ||
	    hash != hvpt_map_hash(call->segments, call->count))
		return HVPT_ERR_CONCURRENT;
	return HVPT_OK;
}

/* ---- commit ---------------------------------------------------------- */

/* Installs the tables down to @level. Return: false if there is a leaf. */
static bool hvpt_map_descend(struct hvpt_map_job *job)
{
	while (job->walk.at > job->level) {
		uint64_t seen = 0, *page = hvpt_reserve_pop(&job->reserve);

		if (!page)
			return false;
		/* where another thread was first, its table serves as well */
		if (!hvpt_table_install(job->pt, &job->reserve, job->walk.slot,
					&seen, page) &&
		    !hvpt_pte_is_table(seen, job->walk.at))
			return false;
		hvpt_walk_to(&job->walk, job->pt, job->iova, job->level);
	}
	return true;
}

/*
 * Takes empty tables out of the slots of large leaves. Return: false if a slot
 * is not empty then.
 */
static bool hvpt_map_make_room(struct hvpt_map_job *job)
{
	uint64_t *slot = job->walk.slot;
	uint64_t span = HVPT_LEVEL_BYTES(job->level), first = job->iova;
	unsigned i;

	if (hvpt_entries_are_zero(slot, job->run))
		return true;
	if (!job->call->gather)
		return false;
	for (i = 0; i < job->run; i++, first += span)
		if (hvpt_pte_load(HVPT_SLOT(slot, i)))
			hvpt_reclaim_range(job->pt, first, first + (span - 1),
					   job->call->gather, &job->flush);
	return hvpt_entries_are_zero(slot, job->run);
}

static bool hvpt_map_commit_step(struct hvpt_map_job *job)
{
	uint64_t pte = job->gpa | job->call->bits;

	if (!hvpt_map_descend(job))
		return false;
	if (HVPT_UNLIKELY(job->pt->noncoherent))
		hvpt_path_write_back(job->pt, job->iova, job->level);
	if (job->level > 0) {
		if (!hvpt_map_make_room(job))
			return false;
		pte |= HVPT_PTE_LARGE;
	}
	hvpt_entries_fill(job->walk.slot, job->run, pte, job->level);
	hvpt_write_back(job->pt, job->walk.slot, job->run);
	return true;
}

static bool hvpt_map_commit(struct hvpt_map_job *job)
{
	hvpt_map_begin(job);
	while (hvpt_map_next(job))
		if (!hvpt_map_commit_step(job))
			return false;
	return hvpt_map_is_whole(job);
}

/* ---- call ------------------------------------------------------------ */

enum hvpt_status hvpt_map_steps(struct hvpt_pagetable *pt,
				const struct hvpt_map_call *call)
{
	enum hvpt_status status = HVPT_OK;
	struct hvpt_map_job job;
	bool complete;

	if (!hvpt_range_is_empty(pt, call->range.first.value,
				 call->range.last.value, &complete))
		return HVPT_ERR_OVERLAP;
	job.pt = pt;
	job.call = call;
	hvpt_walk_init(&job.walk, pt);
	hvpt_reserve_init(&job.reserve);
	hvpt_range_init(&job.flush);
	if (!complete)
		status = hvpt_map_reserve(&job);
	if (status == HVPT_OK && !hvpt_map_commit(&job))
		status = HVPT_ERR_CONCURRENT;
	hvpt_reserve_release(pt, &job.reserve);
	if (call->gather)
		hvpt_range_gather(&job.flush, call->gather);
	return status;
}
