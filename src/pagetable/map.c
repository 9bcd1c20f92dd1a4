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
 * @prot: as asked
 * @missing: tables the range lacks
 * @counted: by level of table, 1 + number of the last one counted
 */
struct hvpt_map_job {
	struct hvpt_pagetable *pt;
	struct hvpt_gather *gather;
	const struct hvpt_segment *segments;
	size_t count;
	uint64_t iova;
	uint64_t gpa;
	uint64_t left;
	unsigned prot;
	uint64_t missing;
	uint64_t counted[HVPT_MAX_LEVELS];
	struct hvpt_spares spares;
};

/**
 * struct hvpt_map_step - a run of leaves
 * @slot: the first; when @at is above @level, the entry that lacks a table
 * @at: level of @slot
 * @level: level of the leaves
 * @count: how many
 */
struct hvpt_map_step {
	uint64_t *slot;
	unsigned at;
	unsigned level;
	unsigned count;
};

/* ---- arguments ------------------------------------------------------- */

static enum hvpt_status hvpt_map_check_gpa(const struct hvpt_segment *segments,
					   size_t count)
{
	uint64_t end = (uint64_t)1 << HVPT_GPA_LG2;
	size_t i;

	for (i = 0; i < count; i++)
		if (segments[i].gpa.value >= end ||
		    segments[i].length > end - segments[i].gpa.value)
			return HVPT_ERR_GPA_RANGE;
	return HVPT_OK;
}

/* Sums the list up. The order of the checks is the header's. */
static enum hvpt_status hvpt_map_check_list(const struct hvpt_segment *segments,
					    size_t count, uint64_t *length)
{
	bool empty = count == 0, wraps = false;
	uint64_t bits = 0, sum = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		empty |= segments[i].length == 0;
		bits |= segments[i].gpa.value | segments[i].length;
		sum += segments[i].length;
		wraps |= sum < segments[i].length;
	}
	if (empty)
		return HVPT_ERR_EMPTY;
	if (bits & (HVPT_PAGE_BYTES - 1))
		return HVPT_ERR_ALIGN;
	*length = sum;
	return wraps ? HVPT_ERR_WRAP : HVPT_OK;
}

static enum hvpt_status hvpt_map_check(const struct hvpt_pagetable *pt,
				       uint64_t iova,
				       const struct hvpt_segment *segments,
				       size_t count, unsigned prot)
{
	uint64_t length = 0;
	enum hvpt_status status;

	status = hvpt_map_check_list(segments, count, &length);
	if (status == HVPT_ERR_WRAP && (iova & (HVPT_PAGE_BYTES - 1)))
		return HVPT_ERR_ALIGN;
	if (status == HVPT_OK)
		status = hvpt_range_check(pt, iova, length);
	if (status == HVPT_OK)
		status = hvpt_map_check_gpa(segments, count);
	return status == HVPT_OK ? hvpt_prot_check(prot) : status;
}

/* ---- steps ----------------------------------------------------------- */

static void hvpt_map_rewind(struct hvpt_map_job *job, uint64_t iova,
			    const struct hvpt_segment *segments, size_t count)
{
	job->iova = iova;
	job->segments = segments;
	job->count = count;
	job->left = 0;
}

/* Loads the next piece, joining segments which touch, when one is done. */
static bool hvpt_map_feed(struct hvpt_map_job *job)
{
	const struct hvpt_segment *segment = job->segments;

	if (job->left)
		return true;
	if (!job->count)
		return false;
	job->gpa = segment->gpa.value;
	do {
		job->left += segment->length;
		segment++;
		job->count--;
	} while (job->count && segment->gpa.value == job->gpa + job->left);
	job->segments = segment;
	return true;
}

/* The largest leaf not above @top that may come next. */
static unsigned hvpt_map_level(const struct hvpt_map_job *job, unsigned top)
{
	uint64_t bits = job->iova | job->gpa;
	unsigned level;

	for (level = top; level > 0; level--)
		if (((job->pt->leaf_levels >> level) & 1u) &&
		    !hvpt_level_offset(bits, level) &&
		    job->left >= HVPT_LEVEL_BYTES(level))
			break;
	return level;
}

static unsigned hvpt_map_count(const struct hvpt_map_job *job, unsigned level)
{
	unsigned room = HVPT_TABLE_ENTRIES - hvpt_pte_index(job->iova, level);
	uint64_t leaves = job->left >> HVPT_LEVEL_LG2(level);

	return leaves < room ? (unsigned)leaves : room;
}

/*
 * Finds the next step. Without a gather an empty table cannot be replaced,
 * so a slot which has one takes smaller leaves.
 */
static void hvpt_map_locate(const struct hvpt_map_job *job,
			    struct hvpt_map_step *step)
{
	unsigned level = hvpt_map_level(job, HVPT_LEAF_LEVELS - 1);

	for (;;) {
		step->slot = hvpt_walk(job->pt, job->iova, level, &step->at);
		if (level == 0 || step->at > level || job->gather ||
		    !hvpt_pte_is_table(hvpt_pte_load(step->slot), level))
			break;
		level = hvpt_map_level(job, level - 1);
	}
	step->level = level;
	step->count = hvpt_map_count(job, level);
}

static void hvpt_map_advance(struct hvpt_map_job *job,
			     const struct hvpt_map_step *step)
{
	uint64_t bytes = (uint64_t)step->count << HVPT_LEVEL_LG2(step->level);

	job->iova += bytes;
	job->gpa += bytes;
	job->left -= bytes;
}

/* ---- scan ------------------------------------------------------------ */

/* The tables between the entry at @at and leaves of @level, each once. */
static void hvpt_map_count_missing(struct hvpt_map_job *job, unsigned at,
				   unsigned level)
{
	for (; at > level; at--) {
		uint64_t number = (job->iova >> HVPT_LEVEL_LG2(at)) + 1;

		if (job->counted[at - 1] != number)
			job->missing++;
		job->counted[at - 1] = number;
	}
}

static bool hvpt_map_scan_pages(const uint64_t *slot, unsigned count)
{
	uint64_t bits = 0;
	unsigned i;

	for (i = 0; i < count; i++)
		bits |= hvpt_pte_load(HVPT_SLOT(slot, i));
	return bits == 0;
}

/* May the table below a large leaf's slot be replaced: is all of it empty? */
static bool hvpt_map_is_empty(const struct hvpt_pagetable *pt, uint64_t iova,
			      unsigned level)
{
	struct hvpt_cursor cursor;

	hvpt_cursor_init(&cursor, pt, iova,
			 iova + (HVPT_LEVEL_BYTES(level) - 1), 0);
	return !hvpt_leaf_next(&cursor);
}

/* Without a gather the run ends before the first slot with a table. */
static bool hvpt_map_scan_large(const struct hvpt_map_job *job,
				struct hvpt_map_step *step)
{
	uint64_t iova = job->iova;
	unsigned i;

	for (i = 0; i < step->count; i++) {
		uint64_t pte = hvpt_pte_load(HVPT_SLOT(step->slot, i));

		if (pte != 0 && !hvpt_pte_is_table(pte, step->level))
			return false;
		if (pte != 0 && !job->gather)
			break;
		if (pte != 0 && !hvpt_map_is_empty(job->pt, iova, step->level))
			return false;
		iova += HVPT_LEVEL_BYTES(step->level);
	}
	step->count = i;
	return true;
}

static bool hvpt_map_scan_step(struct hvpt_map_job *job,
			       struct hvpt_map_step *step)
{
	if (step->at > step->level) {
		if (hvpt_pte_is_present(hvpt_pte_load(step->slot)))
			return false;
		hvpt_map_count_missing(job, step->at, step->level);
		return true;
	}
	if (step->level == 0)
		return hvpt_map_scan_pages(step->slot, step->count);
	return hvpt_map_scan_large(job, step);
}

static enum hvpt_status hvpt_map_scan(struct hvpt_map_job *job)
{
	unsigned i;

	job->missing = 0;
	for (i = 0; i < HVPT_MAX_LEVELS; i++)
		job->counted[i] = 0;
	while (hvpt_map_feed(job)) {
		struct hvpt_map_step step;

		hvpt_map_locate(job, &step);
		if (!hvpt_map_scan_step(job, &step))
			return HVPT_ERR_OVERLAP;
		hvpt_map_advance(job, &step);
	}
	return HVPT_OK;
}

/* ---- commit ---------------------------------------------------------- */

/* Puts a table into an empty slot, or finds the one another thread put. */
static bool hvpt_map_install(struct hvpt_map_job *job, uint64_t *slot,
			     unsigned level)
{
	uint64_t seen = 0, *page = hvpt_spares_pop(&job->spares);

	if (hvpt_table_install(job->pt, slot, &seen, page)) {
		job->spares.installed++;
		return true;
	}
	hvpt_spares_push(&job->spares, page);
	return hvpt_pte_is_table(seen, level);
}

/* Makes the way down to the leaves. Return: false if a leaf is in it. */
static bool hvpt_map_descend(struct hvpt_map_job *job,
			     struct hvpt_map_step *step)
{
	while (step->at > step->level) {
		if (!hvpt_map_install(job, step->slot, step->at))
			return false;
		step->slot = hvpt_walk(job->pt, job->iova, step->level,
				       &step->at);
	}
	return true;
}

/* Entries installed by others must be visible to a walker as well. */
static void hvpt_map_settle(const struct hvpt_map_job *job, unsigned level)
{
	const struct hvpt_pagetable *pt = job->pt;
	unsigned at;

	for (at = pt->levels - 1u; at > level; at--)
		hvpt_table_settle(pt, hvpt_pt_slot(pt, pt->levels, job->iova,
						   at));
}

static void hvpt_map_fill(uint64_t *slot, unsigned count, uint64_t pte,
			  uint64_t step)
{
	unsigned i;

	for (i = 0; i < count; i++, pte += step)
		hvpt_pte_store(HVPT_SLOT(slot, i), pte);
}

/* A large leaf goes where the scan found nothing, or empty tables. */
static void hvpt_map_make_room(struct hvpt_map_job *job,
			       struct hvpt_map_step *step)
{
	uint64_t span = HVPT_LEVEL_BYTES(step->level), iova = job->iova;
	unsigned i;

	for (i = 0; i < step->count; i++, iova += span) {
		if (hvpt_pte_load(HVPT_SLOT(step->slot, i)) == 0)
			continue;
		if (!job->gather)
			break;
		hvpt_reclaim_range(job->pt, iova, iova + (span - 1),
				   job->gather);
	}
	step->count = i;
}

static bool hvpt_map_commit_step(struct hvpt_map_job *job,
				 struct hvpt_map_step *step)
{
	uint64_t bits = hvpt_pte_leaf_bits(step->level, job->prot,
					   job->pt->track_dirty);

	if (!hvpt_map_descend(job, step))
		return false;
	if (HVPT_UNLIKELY(job->pt->noncoherent))
		hvpt_map_settle(job, step->level);
	if (step->level > 0)
		hvpt_map_make_room(job, step);
	hvpt_map_fill(step->slot, step->count, job->gpa | bits,
		      HVPT_LEVEL_BYTES(step->level));
	hvpt_write_back(job->pt, step->slot, step->count);
	return true;
}

static enum hvpt_status hvpt_map_commit(struct hvpt_map_job *job)
{
	while (hvpt_map_feed(job)) {
		struct hvpt_map_step step;

		hvpt_map_locate(job, &step);
		if (!hvpt_map_commit_step(job, &step))
			return HVPT_ERR_CONCURRENT;
		hvpt_map_advance(job, &step);
	}
	return HVPT_OK;
}

/* ---- calls ----------------------------------------------------------- */

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
	job.prot = prot;
	hvpt_map_rewind(&job, iova.value, segments, count);
	status = hvpt_map_scan(&job);
	if (status == HVPT_OK)
		status = hvpt_spares_take(pt, &job.spares, job.missing);
	if (status != HVPT_OK)
		return status;
	hvpt_map_rewind(&job, iova.value, segments, count);
	status = hvpt_map_commit(&job);
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
