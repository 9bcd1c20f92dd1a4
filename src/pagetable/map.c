/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * map.c - making translations.
 *
 * A failure changes nothing, so a range is gone over twice. The scan looks for
 * conflicts, counts the tables the range lacks, and builds, out of sight,
 * those it fills from end to end: while they are in the cache, and as nobody
 * else can want them. The commit hangs those into the tree, puts in the others
 * and fills them; it cannot fail. Between the two other threads may install
 * tables on the way for ranges of their own, never remove one: a table on the
 * way to this range leaves the tree only inside a range which covers it.
 *
 * Scan and commit go over the same steps: a step is a run of leaves of one
 * size in one table. Most calls need none of this: their range is a part of
 * one table which is there.
 */
#include "internal.h"

/* Segments whose lengths cannot add up past 2^64, each below 2^52 + 1. */
#define HVPT_MAP_FEW ((size_t)1 << 11)

/**
 * struct hvpt_map_job - one map call
 * @segments: what is still to come
 * @count: of segments
 * @iova: where the next byte goes
 * @gpa: what goes there
 * @left: bytes left of the current, contiguous, piece
 * @bits: all of a 4 KiB leaf but its address
 * @missing: tables the range lacks and the scan did not build
 * @last_iova: the last address at which tables were counted
 * @last_at: from below this level
 * @last_level: down to this level
 * @spares: the tables which were missing
 * @built: the tables built by the scan, linked through word 0, in order
 * @built_end: where the link to the next goes
 * @failed: why one could not be built
 * @commit: the second time
 *
 * The current step, a run of leaves of one size in one table:
 * @way: to the first; when it ends above @level, that entry lacks a table
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
	uint64_t built;
	uint64_t *built_end;
	struct hvpt_way way;
	unsigned last_at;
	unsigned last_level;
	unsigned level;
	unsigned run;
	enum hvpt_status failed;
	bool commit;
};

/* ---- arguments ------------------------------------------------------- */

/* Which rule is broken first? Sets *@sum to all the bytes. */
static enum hvpt_status
hvpt_map_check(const struct hvpt_pagetable *pt, uint64_t iova,
	       const struct hvpt_segment *segments, size_t count, unsigned prot,
	       uint64_t *sum)
{
	uint64_t bits = iova, end = (uint64_t)1 << HVPT_GPA_LG2;
	bool empty = count == 0, wraps = false, high = false;
	enum hvpt_status status;

	*sum = 0;
	for (; count > 0; count--, segments++) {
		uint64_t gpa = segments->gpa.value, length = segments->length;

		empty |= length == 0;
		bits |= gpa | length;
		*sum += length;
		wraps |= *sum < length;
		high |= gpa >= end || length > end - gpa;
	}
	if (empty)
		return HVPT_ERR_EMPTY;
	if (bits & (HVPT_PAGE_BYTES - 1))
		return HVPT_ERR_ALIGN;
	if (wraps)
		return HVPT_ERR_WRAP;
	status = hvpt_range_check(pt, iova, *sum);
	if (status != HVPT_OK)
		return status;
	return high ? HVPT_ERR_GPA_RANGE : hvpt_prot_check(prot);
}

/*
 * Is all of it right, at a few instructions a segment? True is an answer;
 * false is not.
 */
static bool hvpt_map_is_right(const struct hvpt_pagetable *pt, uint64_t iova,
			      const struct hvpt_segment *segments, size_t count,
			      unsigned prot, uint64_t *sum)
{
	uint64_t bits = iova, high = 0, bytes = 0, last;

	if (count - 1 >= HVPT_MAP_FEW || hvpt_prot_check(prot) != HVPT_OK)
		return false;
	for (; count > 0; count--, segments++) {
		uint64_t gpa = segments->gpa.value, length = segments->length;

		bits |= gpa | length;
		/* a length of 0 sets all bits; one above 2^52 those above */
		high |= gpa | (length - 1) | (gpa + (length - 1));
		bytes += length;
	}
	last = iova + (bytes - 1);
	*sum = bytes;
	return !(bits & (HVPT_PAGE_BYTES - 1)) && !(high >> HVPT_GPA_LG2) &&
	       last >= iova && hvpt_pt_in_form(pt, iova, last);
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
		hvpt_way_go(&job->way, job->pt, job->iova, level);
	} while (level > 0 && !job->gather &&
		 hvpt_pte_is_table(job->way.pte, level));
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

	if (hvpt_entries_are_zero(job->way.slot, job->run))
		return true;
	for (i = 0; i < job->run; i++, first += span) {
		uint64_t last = first + (span - 1);
		uint64_t pte = hvpt_pte_load(HVPT_SLOT(job->way.slot, i));

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

	for (at = job->way.at; at > job->level; at--)
		if (at > job->last_at || at <= job->last_level ||
		    (job->iova ^ job->last_iova) >> HVPT_LEVEL_LG2(at))
			job->missing++;
	job->last_iova = job->iova;
	job->last_at = job->way.at;
	job->last_level = job->level;
}

/* A table which one step fills: its slot is in the range of this call. */
static bool hvpt_map_fills_table(const struct hvpt_map_job *job)
{
	return job->level == 0 && job->run == HVPT_TABLE_ENTRIES;
}

/* Word 0 is left for the commit; it holds the link meanwhile. */
static void hvpt_map_build(struct hvpt_map_job *job)
{
	uint64_t *page;

	job->missing--;
	if (job->failed != HVPT_OK)
		return;
	job->failed = hvpt_page_take(job->pt, &page);
	if (job->failed != HVPT_OK)
		return;
	hvpt_entries_fill(page, HVPT_TABLE_ENTRIES, job->gpa | job->bits,
			  HVPT_PAGE_BYTES);
	HVPT_PORT_STORE(&page[0], 0);
	HVPT_PORT_STORE(job->built_end, (uint64_t)(uintptr_t)page);
	job->built_end = page;
}

/* Return: false when something is in the way. */
static bool hvpt_map_scan(struct hvpt_map_job *job)
{
	if (job->way.at > job->level) {
		if (hvpt_pte_is_present(job->way.pte))
			return false;
		hvpt_map_count_missing(job);
		if (hvpt_map_fills_table(job))
			hvpt_map_build(job);
		return true;
	}
	if (job->level > 0)
		return hvpt_map_make_room(job);
	return hvpt_entries_are_zero(job->way.slot, job->run);
}

/* ---- commit ---------------------------------------------------------- */

/* Makes the way down to @level. Return: false if a leaf is in it. */
static bool hvpt_map_descend(struct hvpt_map_job *job, unsigned level)
{
	while (job->way.at > level) {
		uint64_t seen = 0, *page = hvpt_spares_pop(&job->spares);

		if (!page)
			return false;
		/* lost to another thread? then its table serves as well */
		if (!hvpt_table_install(job->pt, &job->spares, job->way.slot,
					&seen, page) &&
		    !hvpt_pte_is_table(seen, job->way.at))
			return false;
		hvpt_way_go(&job->way, job->pt, job->iova, level);
	}
	return true;
}

/* Hangs the next of the tables built into the slot of level 1. */
static bool hvpt_map_hang(struct hvpt_map_job *job)
{
	uint64_t *page = (uint64_t *)(uintptr_t)job->built;

	if (!page)
		return false;
	job->built = HVPT_PORT_LOAD(&page[0]);
	HVPT_PORT_STORE(&page[0], job->gpa | job->bits);
	if (!hvpt_table_hang(job->pt, job->way.slot, page)) {
		job->pt->ops->free_page(job->pt->ctx, page);
		return false;
	}
	job->spares.installed++;
	return true;
}

static bool hvpt_map_commit(struct hvpt_map_job *job)
{
	bool hang = job->way.at > 0 && hvpt_map_fills_table(job);
	uint64_t bits = job->bits;

	if (!hvpt_map_descend(job, hang ? 1 : job->level))
		return false;
	if (HVPT_UNLIKELY(job->pt->noncoherent))
		hvpt_tables_settle(job->pt, job->iova, job->way.at);
	if (hang)
		return hvpt_map_hang(job);
	if (job->level > 0) {
		if (!hvpt_map_make_room(job))
			return false;
		bits |= HVPT_PTE_LARGE;
	}
	hvpt_entries_fill(job->way.slot, job->run, job->gpa | bits,
			  HVPT_LEVEL_BYTES(job->level));
	hvpt_write_back(job->pt, job->way.slot, job->run);
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

static void hvpt_map_begin(struct hvpt_map_job *job)
{
	hvpt_way_init(&job->way, job->pt);
	job->missing = 0;
	job->last_iova = 0;
	job->last_at = 0;
	job->last_level = 0;
	job->built = 0;
	job->built_end = &job->built;
	job->failed = HVPT_OK;
	job->commit = false;
}

static enum hvpt_status hvpt_map_steps(struct hvpt_map_job *job, uint64_t iova,
				       const struct hvpt_segment *segments,
				       size_t count)
{
	enum hvpt_status status = HVPT_ERR_OVERLAP;

	hvpt_map_begin(job);
	if (hvpt_map_pass(job, iova, segments, count)) {
		status = job->failed;
		if (status == HVPT_OK)
			status = hvpt_spares_take(job->pt, &job->spares,
						  job->missing);
	}
	if (status == HVPT_OK) {
		job->commit = true;
		if (!hvpt_map_pass(job, iova, segments, count) || job->built)
			status = HVPT_ERR_CONCURRENT;
		hvpt_spares_finish(job->pt, &job->spares);
	}
	hvpt_pages_free(job->pt, (uint64_t *)(uintptr_t)job->built);
	return status;
}

/* A part of one level 0 table: no table is missing, no leaf is large. */
static enum hvpt_status
hvpt_map_part(const struct hvpt_map_job *job, uint64_t iova, uint64_t *slot,
	      const struct hvpt_segment *segments, uint64_t bytes)
{
	unsigned left = (unsigned)(bytes >> HVPT_PAGE_LG2);

	if (!hvpt_entries_are_zero(slot, left))
		return HVPT_ERR_OVERLAP;
	if (HVPT_UNLIKELY(job->pt->noncoherent))
		hvpt_tables_settle(job->pt, iova, 0);
	for (; left > 0; segments++) {
		uint64_t pte = segments->gpa.value | job->bits;
		unsigned n = (unsigned)(segments->length >> HVPT_PAGE_LG2);

		if (n == 1)
			hvpt_pte_store(slot, pte);
		else
			hvpt_entries_fill(slot, n, pte, HVPT_PAGE_BYTES);
		hvpt_write_back(job->pt, slot, n);
		slot = HVPT_SLOT(slot, n);
		left -= n;
	}
	return HVPT_OK;
}

enum hvpt_status hvpt_pt_map_list(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				  const struct hvpt_segment *segments,
				  size_t count, unsigned prot,
				  struct hvpt_gather *gather)
{
	struct hvpt_map_job job;
	uint64_t bytes, *slot;

	if (!hvpt_map_is_right(pt, iova.value, segments, count, prot, &bytes)) {
		enum hvpt_status status = hvpt_map_check(
			pt, iova.value, segments, count, prot, &bytes);

		if (status != HVPT_OK)
			return status;
	}
	job.pt = pt;
	job.gather = gather;
	job.bits = hvpt_pte_leaf_bits(0, prot, pt->track_dirty);
	if (hvpt_is_part_of_table(iova.value, iova.value + (bytes - 1))) {
		slot = hvpt_page_slot(pt, iova.value);
		if (slot)
			return hvpt_map_part(&job, iova.value, slot, segments,
					     bytes);
	}
	return hvpt_map_steps(&job, iova.value, segments, count);
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
