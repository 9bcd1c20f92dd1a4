/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * map_long.c - making translations, step by step.
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
 * one table which is there; see map.c.
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
 * @missing: tables the range lacks and the scan did not build
 * @last_iova: the last address at which tables were counted
 * @last_at: from below this level
 * @last_level: down to this level
 * @spares: the tables which were missing
 * @built: the tables built by the scan, linked through word 0, in order
 * @built_end: where the link to the next goes
 * @failed: why one could not be built
 * @tables: the scan met tables where large leaves might go
 * @commit: the second time
 * @single: there is but one step
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
	unsigned run;
	enum hvpt_status failed;
	uint8_t level;
	uint8_t last_at;
	uint8_t last_level;
	bool tables;
	bool commit;
	bool single;
};

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
	job->level = (uint8_t)level;
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

	if (!HVPT_PORT_SMALL && hvpt_entries_are_zero(job->way.slot, job->run))
		return true;
	for (i = 0; i < job->run; i++, first += span) {
		uint64_t last = first + (span - 1);
		uint64_t pte = hvpt_pte_load(HVPT_SLOT(job->way.slot, i));

		if (pte == 0)
			continue;
		if (!hvpt_pte_is_table(pte, job->level))
			return false;
		job->tables = true;
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
	job->last_at = (uint8_t)job->way.at;
	job->last_level = job->level;
}

/* A table which one step fills: its slot is in the range of this call. */
static bool hvpt_map_fills_table(const struct hvpt_map_job *job)
{
	return !HVPT_PORT_SMALL && job->level == 0 &&
	       job->run == HVPT_TABLE_ENTRIES;
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
	hvpt_entries_fill(page, HVPT_TABLE_ENTRIES, job->gpa | job->bits, 0);
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
	if (HVPT_PORT_SMALL || job->level > 0)
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

/*
 * Hangs the next of the tables built into the slot of level 1: with a store,
 * as nobody else may fill it.
 */
static bool hvpt_map_hang(struct hvpt_map_job *job)
{
	uint64_t *page = (uint64_t *)(uintptr_t)job->built;

	if (!page || job->way.pte != 0)
		return false;
	job->built = HVPT_PORT_LOAD(&page[0]);
	HVPT_PORT_STORE(&page[0], job->gpa | job->bits);
	/* the table's contents must be visible before the entry is */
	hvpt_write_back(job->pt, page, HVPT_TABLE_ENTRIES);
	HVPT_PORT_STORE_RELEASE(job->way.slot, hvpt_table_pte(job->pt, page));
	hvpt_table_settle(job->pt, job->way.slot);
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
		bits |= HVPT_PTE_LARGE;
		/* else nothing has run since the scan saw empty slots */
		if ((HVPT_PORT_SMALL || job->tables || job->missing) &&
		    !hvpt_map_make_room(job))
			return false;
	}
	hvpt_entries_fill(job->way.slot, job->run, job->gpa | bits, job->level);
	hvpt_write_back(job->pt, job->way.slot, job->run);
	return true;
}

/* ---- calls ----------------------------------------------------------- */

/* One step, located before. Return: false when it could not be. */
static bool hvpt_map_step(struct hvpt_map_job *job)
{
	return job->commit ? hvpt_map_commit(job) : hvpt_map_scan(job);
}

/* Goes over all steps once. Return: false when one of them could not be. */
static bool hvpt_map_pass(struct hvpt_map_job *job, uint64_t iova,
			  const struct hvpt_segment *segments, size_t count)
{
	job->iova = iova;
	job->segments = segments;
	job->count = count;
	job->left = 0;
	job->single = true;
	while (hvpt_map_feed(job)) {
		uint64_t bytes;

		hvpt_map_locate(job);
		if (!hvpt_map_step(job))
			return false;
		bytes = (uint64_t)job->run << HVPT_LEVEL_LG2(job->level);
		if (!HVPT_PORT_SMALL && job->left == bytes && !job->count)
			break;
		job->single = false;
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
	job->tables = false;
	job->commit = false;
	if (HVPT_PORT_SMALL)
		return;
	job->built = 0;
	job->built_end = &job->built;
	job->failed = HVPT_OK;
}

static bool hvpt_map_has_built(const struct hvpt_map_job *job)
{
	return !HVPT_PORT_SMALL && job->built;
}

/* The scan, the pages, the commit. */
static enum hvpt_status hvpt_map_steps(struct hvpt_map_job *job, uint64_t iova,
				       const struct hvpt_segment *segments,
				       size_t count)
{
	enum hvpt_status status;

	hvpt_map_begin(job);
	if (!hvpt_map_pass(job, iova, segments, count))
		return HVPT_ERR_OVERLAP;
	if (!HVPT_PORT_SMALL && job->failed != HVPT_OK)
		return job->failed;
	status = hvpt_spares_take(job->pt, &job->spares, job->missing);
	if (status != HVPT_OK)
		return status;
	job->commit = true;
	/* a single step is still where the scan left it */
	if (!(!HVPT_PORT_SMALL && job->single ?
		      hvpt_map_step(job) :
		      hvpt_map_pass(job, iova, segments, count)) ||
	    hvpt_map_has_built(job))
		status = HVPT_ERR_CONCURRENT;
	hvpt_spares_finish(job->pt, &job->spares);
	return status;
}

/* Gives back what was built and not hung in. */
static enum hvpt_status hvpt_map_end(struct hvpt_map_job *job,
				     enum hvpt_status status)
{
	if (hvpt_map_has_built(job))
		hvpt_pages_free(job->pt, (uint64_t *)(uintptr_t)job->built);
	return status;
}

enum hvpt_status hvpt_map_long(struct hvpt_pagetable *pt, uint64_t iova,
			       const struct hvpt_segment *segments,
			       size_t count, uint64_t bits,
			       struct hvpt_gather *gather)
{
	struct hvpt_map_job job;

	job.pt = pt;
	job.gather = gather;
	job.bits = bits;
	return hvpt_map_end(&job, hvpt_map_steps(&job, iova, segments, count));
}
