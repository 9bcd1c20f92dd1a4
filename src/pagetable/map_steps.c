/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * map_steps.c - mapping any range, step by step.
 *
 * A step is a run of leaves of one size in one table. A map that fails changes
 * nothing, so it goes over the steps of its range three times:
 *
 *  - The scan looks for anything that is mapped in the range. Where a table is
 *    missing, nothing is mapped, and the scan skips what the table would span.
 *  - The reserve takes a page for each table that the range lacks. It ends at
 *    the first page that it does not get. If the scan missed no table, there is
 *    no reserve.
 *  - The commit installs the tables and writes the leaves. It cannot fail.
 *
 * Other threads may install tables for ranges of their own at any time. Their
 * tables serve this range as well, and pages that are left over go back. No
 * other thread removes a table that leads to this range: whoever removes a
 * table owns all it spans.
 */
#include "pt_internal.h"

/*
 * struct hvpt_map_job - how far a map has come
 * @call: what was asked
 * @reserve: pages for the tables that the range lacks
 * @lacks: the scan found that it lacks some
 * @flush: what the tables spanned that the commit took out
 *
 * The step:
 * @iova: where it begins
 * @bytes: how much it maps
 * @level: the level of its leaves
 * @walk: to its first leaf. Where it ends above @level, the entry there lacks a
 *	table.
 *
 * What is to be mapped:
 * @gpa: what the step maps first
 * @left: bytes left there of a contiguous piece, the step included
 * @segments: the segments behind that piece
 * @count: how many
 */
struct hvpt_map_job {
	struct hvpt_pagetable *pt;
	const struct hvpt_map_call *call;
	uint64_t iova;
	uint64_t bytes;
	unsigned level;
	bool lacks;
	struct hvpt_walk walk;
	struct hvpt_reserve reserve;
	struct hvpt_iova_range flush;
	uint64_t gpa;
	uint64_t left;
	const struct hvpt_segment *segments;
	size_t count;
};

/* ---- steps ----------------------------------------------------------- */

/* How many leaves the step has. */
static unsigned hvpt_map_run(const struct hvpt_map_job *job)
{
	return (unsigned)(job->bytes >> HVPT_LEVEL_LG2(job->level));
}

/* Does the step end where the range ends? */
static bool hvpt_map_is_last(const struct hvpt_map_job *job)
{
	return job->iova + (job->bytes - 1) == job->call->range.last.value;
}

/*
 * Loads the next piece: segments that touch, joined. A page hook may have
 * changed the array, so lengths are checked again. Return: false behind the
 * last segment, or at one that does not fit.
 */
static bool hvpt_map_next_piece(struct hvpt_map_job *job)
{
	uint64_t rest = job->call->range.last.value - job->iova + 1;

	if (!job->count)
		return false;
	job->gpa = job->segments->gpa.value;
	do {
		uint64_t length = job->segments->length;

		if ((length & (HVPT_PAGE_BYTES - 1)) || length - 1 >= rest)
			return false;
		job->left += length;
		rest -= length;
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
 * Finds the step that begins at @iova. Slots of large leaves that have tables
 * are a step each. Without a gather those tables stay where they are, and
 * smaller leaves go into them.
 */
static void hvpt_map_locate(struct hvpt_map_job *job)
{
	unsigned level = HVPT_LEAF_LEVELS, room, free;
	uint64_t run;

	do {
		level = hvpt_map_level(job, level - 1);
		hvpt_walk_to(&job->walk, job->pt, job->iova, level);
	} while (!job->call->gather && hvpt_pte_is_table(job->walk.pte, level));
	room = HVPT_TABLE_ENTRIES - hvpt_pte_index(job->iova, level);
	run = job->left >> HVPT_LEVEL_LG2(level);
	if (run > room)
		run = room;
	if (level > 0 && job->walk.at == level) {
		free = hvpt_entries_zeros(job->walk.slot, (unsigned)run);
		run = free > 0 ? free : 1;
	}
	job->level = level;
	job->bytes = run << HVPT_LEVEL_LG2(level);
}

/* Goes to the first step of the range. */
static void hvpt_map_begin(struct hvpt_map_job *job)
{
	const struct hvpt_map_call *call = job->call;

	job->segments = call->segments;
	job->count = call->count;
	job->iova = call->range.first.value;
	job->gpa = 0;
	job->left = 0;
	(void)hvpt_map_next_piece(job);
	hvpt_map_locate(job);
}

/* Goes to the next step. Return: false if there is none. */
static bool hvpt_map_next(struct hvpt_map_job *job)
{
	if (hvpt_map_is_last(job))
		return false;
	job->iova += job->bytes;
	job->gpa += job->bytes;
	job->left -= job->bytes;
	if (!job->left && !hvpt_map_next_piece(job))
		return false;
	hvpt_map_locate(job);
	return true;
}

/* ---- scan ------------------------------------------------------------ */

/* Skips all that the missing table would span. */
static void hvpt_map_skip(struct hvpt_map_job *job)
{
	unsigned at = job->walk.at;

	job->bytes = HVPT_LEVEL_BYTES(at) - hvpt_level_offset(job->iova, at);
	if (job->bytes > job->left)
		job->bytes = job->left;
	job->lacks = true;
}

/* Return: false if something is mapped where the step's leaves go. */
static bool hvpt_map_scan_step(struct hvpt_map_job *job)
{
	uint64_t pte = job->walk.pte;

	if (job->walk.at > job->level) {
		hvpt_map_skip(job);
		return !hvpt_pte_is_present(pte);
	}
	if (job->level == 0)
		return hvpt_entries_are_zero(job->walk.slot, hvpt_map_run(job));
	return pte == 0 || (hvpt_pte_is_table(pte, job->level) &&
			    hvpt_range_is_empty(job->pt, job->iova,
						job->iova + (job->bytes - 1)));
}

static bool hvpt_map_scan(struct hvpt_map_job *job)
{
	hvpt_map_begin(job);
	do
		if (!hvpt_map_scan_step(job))
			return false;
	while (hvpt_map_next(job));
	return true;
}

/* ---- reserve --------------------------------------------------------- */

/*
 * Takes pages for the tables that the step lacks. If a table's span begins
 * before the step and inside the range, an earlier step took the page.
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
static HVPT_NOINLINE uint64_t hvpt_map_hash(const struct hvpt_segment *segments,
					    size_t count)
{
	uint64_t hash = 0;

	/* an odd factor, 2^64 over the golden ratio */
	for (; count > 0; count--, segments++)
		hash = (hash << 9 | hash >> 55) + segments->gpa.value +
		       segments->length * 0x9e3779b97f4a7c15u;
	return hash;
}

static HVPT_NOINLINE enum hvpt_status hvpt_map_reserve(struct hvpt_map_job *job)
{
	const struct hvpt_map_call *call = job->call;
	uint64_t hash = hvpt_map_hash(call->segments, call->count);
	enum hvpt_status status;

	hvpt_map_begin(job);
	do {
		status = hvpt_map_reserve_step(job);
		if (status != HVPT_OK)
			return status;
	} while (hvpt_map_next(job));
	/* no hook runs from here on that could change the segments */
	if (hash != hvpt_map_hash(call->segments, call->count))
		return HVPT_ERR_CONCURRENT;
	return HVPT_OK;
}

/* ---- commit ---------------------------------------------------------- */

/*
 * Installs the tables that the step lacks. Return: false if a leaf is there, or
 * no page is left: the range was not owned.
 */
static HVPT_NOINLINE bool hvpt_map_descend(struct hvpt_map_job *job)
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

/* Takes the empty table out of the slot of a large leaf. */
static bool hvpt_map_make_room(struct hvpt_map_job *job)
{
	if (job->call->gather)
		hvpt_reclaim_range(job->pt, job->iova,
				   job->iova + (job->bytes - 1),
				   job->call->gather, &job->flush);
	return hvpt_pte_load(job->walk.slot) == 0;
}

static bool hvpt_map_commit_step(struct hvpt_map_job *job)
{
	uint64_t pte = job->gpa | job->call->bits;
	unsigned run = hvpt_map_run(job);

	if (!hvpt_map_descend(job))
		return false;
	if (HVPT_UNLIKELY(job->pt->noncoherent))
		hvpt_path_write_back(job->pt, job->iova, job->level);
	if (job->level > 0) {
		if (job->walk.pte != 0 && !hvpt_map_make_room(job))
			return false;
		pte |= HVPT_PTE_LARGE;
	}
	hvpt_entries_fill(job->walk.slot, run, pte, job->level);
	hvpt_write_back(job->pt, job->walk.slot, run);
	return true;
}

static bool hvpt_map_commit(struct hvpt_map_job *job)
{
	/* if there is but one step, the job is still at it */
	if (job->iova != job->call->range.first.value)
		hvpt_map_begin(job);
	do
		if (!hvpt_map_commit_step(job))
			return false;
	while (hvpt_map_next(job));
	return hvpt_map_is_last(job);
}

/* ---- call ------------------------------------------------------------ */

enum hvpt_status hvpt_map_steps(struct hvpt_pagetable *pt,
				const struct hvpt_map_call *call)
{
	enum hvpt_status status = HVPT_OK;
	struct hvpt_map_job job;

	job.pt = pt;
	job.call = call;
	job.lacks = false;
	hvpt_walk_init(&job.walk, pt);
	if (!hvpt_map_scan(&job))
		return HVPT_ERR_OVERLAP;
	hvpt_reserve_init(&job.reserve);
	hvpt_range_init(&job.flush);
	if (job.lacks)
		status = hvpt_map_reserve(&job);
	if (status == HVPT_OK && !hvpt_map_commit(&job))
		status = HVPT_ERR_CONCURRENT;
	hvpt_reserve_release(pt, &job.reserve);
	if (call->gather)
		hvpt_range_gather(&job.flush, call->gather);
	return status;
}
