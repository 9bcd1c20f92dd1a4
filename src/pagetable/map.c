/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * map.c - making translations.
 *
 * Three steps, so that a failure changes nothing: scan the range for
 * conflicts and count the tables it lacks; take that many pages; commit,
 * which cannot fail. Between scan and commit other threads may install some
 * of those tables for ranges of their own, never remove one: a table on the
 * way to this range leaves the tree only inside a range which covers it.
 *
 * Scan and commit go over the same steps: a step is a run of leaves of one
 * size in one table.
 */
#include "internal.h"

/**
 * struct hvpt_map_job - one map call
 * @segments: what is still to come
 * @count: of segments
 * @iova: where the next byte goes
 * @gpa: what goes there
 * @left: bytes left of the current, contiguous, piece
 * @bits: all of a 4 KiB leaf but its address
 * @missing: tables the range lacks
 * @last_iova: the last address at which tables were counted
 * @last_at: from below this level
 * @last_level: down to this level
 *
 * The current step, a run of leaves of one size in one table:
 * @slot: the first; when @at is above @level, the entry that lacks a table
 * @at: level of @slot
 * @level: level of the leaves
 * @run: how many
 */
struct hvpt_map_job {
	struct hvpt_pagetable *pt;
	struct hvpt_gather *gather;
	const struct hvpt_segment *segments;
	size_t count;
	uint64_t iova;
	uint64_t gpa;
	uint64_t left;
	uint64_t bits;
	uint64_t missing;
	uint64_t last_iova;
	struct hvpt_spares spares;
	uint64_t *slot;
	unsigned last_at;
	unsigned last_level;
	unsigned at;
	unsigned level;
	unsigned run;
	bool commit;
};

/* ---- arguments ------------------------------------------------------- */

static enum hvpt_status
hvpt_map_check(const struct hvpt_pagetable *pt, uint64_t iova,
	       const struct hvpt_segment *segments, size_t count, unsigned prot)
{
	uint64_t bits = iova, sum = 0, end = (uint64_t)1 << HVPT_GPA_LG2;
	bool empty = count == 0, wraps = false, high = false;
	enum hvpt_status status;

	for (; count > 0; count--, segments++) {
		uint64_t gpa = segments->gpa.value, length = segments->length;

		empty |= length == 0;
		bits |= gpa | length;
		sum += length;
		wraps |= sum < length;
		high |= gpa >= end || length > end - gpa;
	}
	if (empty)
		return HVPT_ERR_EMPTY;
	if (bits & (HVPT_PAGE_BYTES - 1))
		return HVPT_ERR_ALIGN;
	if (wraps)
		return HVPT_ERR_WRAP;
	status = hvpt_range_check(pt, iova, sum);
	if (status != HVPT_OK)
		return status;
	return high ? HVPT_ERR_GPA_RANGE : hvpt_prot_check(prot);
}

/* ---- steps ----------------------------------------------------------- */

/* Loads the next piece, joining segments which touch, when one is done. */
static bool hvpt_map_feed(struct hvpt_map_job *job)
{
	if (job->left)
		return true;
	if (!job->count)
		return false;
	job->gpa = job->segments->gpa.value;
	do {
		job->left += job->segments->length;
		job->segments++;
		job->count--;
	} while (job->count &&
		 job->segments->gpa.value == job->gpa + job->left);
	return true;
}

/* The largest leaf not above @top that may come next. */
static unsigned hvpt_map_level(const struct hvpt_map_job *job, unsigned top)
{
	unsigned level;

	for (level = top; level > 0; level--)
		if (((unsigned)job->pt->leaf_levels >> level & 1u) &&
		    !hvpt_level_offset(job->iova | job->gpa, level) &&
		    job->left >> HVPT_LEVEL_LG2(level))
			break;
	return level;
}

/*
 * Finds the next step. Without a gather an empty table cannot be replaced,
 * so a slot which has one takes smaller leaves.
 */
static void hvpt_map_locate(struct hvpt_map_job *job)
{
	unsigned level = HVPT_LEAF_LEVELS, room;
	uint64_t leaves;

	do {
		level = hvpt_map_level(job, level - 1);
		job->slot = hvpt_walk(job->pt, job->iova, level, &job->at);
	} while (level > 0 && job->at == level && !job->gather &&
		 hvpt_pte_is_table(hvpt_pte_load(job->slot), level));
	room = HVPT_TABLE_ENTRIES - hvpt_pte_index(job->iova, level);
	leaves = job->left >> HVPT_LEVEL_LG2(level);
	job->level = level;
	job->run = leaves < room ? (unsigned)leaves : room;
}

/* May the table below a large leaf's slot be replaced: is all of it empty? */
static bool hvpt_map_is_empty(const struct hvpt_pagetable *pt, uint64_t first,
			      uint64_t last)
{
	struct hvpt_cursor cursor;

	hvpt_cursor_init(&cursor, pt, first, last, 0);
	return !hvpt_leaf_next(&cursor);
}

/*
 * The slots of large leaves must hold nothing, or, with a gather, empty
 * tables, which the commit takes out. Without one the run ends before them.
 */
static bool hvpt_map_make_room(struct hvpt_map_job *job)
{
	uint64_t span = HVPT_LEVEL_BYTES(job->level);
	uint64_t first = job->iova;
	unsigned i;

	for (i = 0; i < job->run; i++, first += span) {
		uint64_t last = first + (span - 1);
		uint64_t pte = hvpt_pte_load(HVPT_SLOT(job->slot, i));

		if (pte == 0)
			continue;
		if (!hvpt_pte_is_table(pte, job->level))
			return false;
		if (!job->gather)
			break;
		if (job->commit)
			hvpt_reclaim_range(job->pt, first, last, job->gather);
		else if (!hvpt_map_is_empty(job->pt, first, last))
			return false;
	}
	job->run = i;
	return true;
}

/* ---- scan ------------------------------------------------------------ */

/*
 * Tables to be made between the entry at @at and leaves of @level. Addresses
 * only grow, so a table counted before was counted at the last address too.
 */
static void hvpt_map_count_missing(struct hvpt_map_job *job)
{
	unsigned at;

	for (at = job->at; at > job->level; at--)
		if (at > job->last_at || at <= job->last_level ||
		    (job->iova ^ job->last_iova) >> HVPT_LEVEL_LG2(at))
			job->missing++;
	job->last_iova = job->iova;
	job->last_at = job->at;
	job->last_level = job->level;
}

static bool hvpt_map_scan_pages(const uint64_t *slot, unsigned count)
{
	uint64_t bits = 0;
	unsigned i;

	for (i = 0; i < count; i++)
		bits |= hvpt_pte_load(HVPT_SLOT(slot, i));
	return bits == 0;
}

/* Return: false when something is in the way. */
static bool hvpt_map_scan(struct hvpt_map_job *job)
{
	if (job->at > job->level) {
		if (hvpt_pte_is_present(hvpt_pte_load(job->slot)))
			return false;
		hvpt_map_count_missing(job);
		return true;
	}
	if (job->level > 0)
		return hvpt_map_make_room(job);
	return hvpt_map_scan_pages(job->slot, job->run);
}

/* ---- commit ---------------------------------------------------------- */

/* Makes the way down to the leaves. Return: false if a leaf is in it. */
static bool hvpt_map_descend(struct hvpt_map_job *job)
{
	while (job->at > job->level) {
		uint64_t seen = 0, *page = hvpt_spares_pop(&job->spares);

		if (!page)
			return false;
		/* lost to another thread? then its table serves as well */
		if (!hvpt_table_install(job->pt, &job->spares, job->slot, &seen,
					page) &&
		    !hvpt_pte_is_table(seen, job->at))
			return false;
		job->slot = hvpt_walk(job->pt, job->iova, job->level, &job->at);
	}
	return true;
}

static void hvpt_map_fill(uint64_t *slot, unsigned count, uint64_t pte,
			  uint64_t step)
{
	unsigned i;

	for (i = 0; i < count; i++, pte += step)
		hvpt_pte_store(HVPT_SLOT(slot, i), pte);
}

static bool hvpt_map_commit(struct hvpt_map_job *job)
{
	uint64_t bits = job->bits;

	if (!hvpt_map_descend(job))
		return false;
	if (HVPT_UNLIKELY(job->pt->noncoherent))
		hvpt_tables_settle(job->pt, job->iova, job->level);
	if (job->level > 0) {
		if (!hvpt_map_make_room(job))
			return false;
		bits |= HVPT_PTE_LARGE;
	}
	hvpt_map_fill(job->slot, job->run, job->gpa | bits,
		      HVPT_LEVEL_BYTES(job->level));
	hvpt_write_back(job->pt, job->slot, job->run);
	return true;
}

/* ---- calls ----------------------------------------------------------- */

/* Goes over all steps once. Return: false when one of them could not be. */
static bool hvpt_map_pass(struct hvpt_map_job *job, uint64_t iova,
			  const struct hvpt_segment *segments, size_t count)
{
	job->iova = iova;
	job->segments = segments;
	job->count = count;
	job->left = 0;
	while (hvpt_map_feed(job)) {
		uint64_t bytes;

		hvpt_map_locate(job);
		if (!(job->commit ? hvpt_map_commit(job) : hvpt_map_scan(job)))
			return false;
		bytes = (uint64_t)job->run << HVPT_LEVEL_LG2(job->level);
		job->iova += bytes;
		job->gpa += bytes;
		job->left -= bytes;
	}
	return true;
}

enum hvpt_status hvpt_pt_map_list(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				  const struct hvpt_segment *segments,
				  size_t count, unsigned prot,
				  struct hvpt_gather *gather)
{
	struct hvpt_map_job job;
	enum hvpt_status status;

	status = hvpt_map_check(pt, iova.value, segments, count, prot);
	if (status != HVPT_OK)
		return status;
	job.pt = pt;
	job.gather = gather;
	job.bits = hvpt_pte_leaf_bits(0, prot, pt->track_dirty);
	job.missing = 0;
	job.last_iova = 0;
	job.last_at = 0;
	job.last_level = 0;
	job.commit = false;
	if (!hvpt_map_pass(&job, iova.value, segments, count))
		return HVPT_ERR_OVERLAP;
	status = hvpt_spares_take(pt, &job.spares, job.missing);
	if (status != HVPT_OK)
		return status;
	job.commit = true;
	if (!hvpt_map_pass(&job, iova.value, segments, count))
		status = HVPT_ERR_CONCURRENT;
	hvpt_spares_finish(pt, &job.spares);
	return status;
}

enum hvpt_status hvpt_pt_map_range(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				   hvpt_gpa_t gpa, uint64_t length,
				   unsigned prot, struct hvpt_gather *gather)
{
	struct hvpt_segment segment;

	segment.gpa = gpa;
	segment.length = length;
	return hvpt_pt_map_list(pt, iova, &segment, 1, prot, gather);
}
