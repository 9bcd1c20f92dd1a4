/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * map_long.c - making translations, step by step.
 *
 * A failure changes nothing, so a range is gone over twice. The scan looks for
 * conflicts and takes pages for the tables the range lacks. Those which it
 * fills from end to end it builds at once, out of sight: while they are in the
 * cache, and as nobody else can want them. The commit hangs those into the
 * tree, puts in the others and fills them; it cannot fail. Between the two
 * other threads may install tables on the way for ranges of their own, never
 * remove one: a table on the way to this range leaves the tree only inside a
 * range which covers it.
 *
 * Scan and commit go over the same steps: a step is a run of leaves of one
 * size in one table. Most calls need none of this: their range is a part of
 * one table which is there; see map.c.
 */
#include "pt_internal.h"

/**
 * struct hvpt_map_job - how far a map call has come
 * @call: what was asked
 * @segments: what is still to come
 * @count: of segments
 * @iova: where the next byte goes
 * @gpa: what goes there
 * @left: bytes left of the current, contiguous, piece
 * @rest: bytes of the range that no piece was loaded for yet
 * @last_iova: the last address at which pages were taken
 * @last_at: for tables from below this level on
 * @reserve: pages for tables the range lacks and the scan did not build
 * @built: the tables built by the scan, linked through word 0, in order
 * @built_end: where the link to the next goes
 * @flush: what the tables that the commit takes out spanned
 * @failed: why a page could not be had, or a segment could not be right
 * @took: the page hook was called
 * @tables: the scan met tables where large leaves might go
 * @commit: the second time
 * @single: there is but one step
 *
 * The current step, a run of leaves of one size in one table:
 * @walk: to the first; when it ends above @level, that entry lacks a table
 * @level: level of the leaves
 * @run: how many
 */
struct hvpt_map_job {
	struct hvpt_pagetable *pt;
	const struct hvpt_map_call *call;
	const struct hvpt_segment *segments;
	size_t count;
	uint64_t iova;
	uint64_t gpa;
	uint64_t left;
	uint64_t rest;
	uint64_t last_iova;
	struct hvpt_reserve reserve;
	uint64_t built;
	uint64_t *built_end;
	struct hvpt_iova_range flush;
	struct hvpt_walk walk;
	unsigned run;
	enum hvpt_status failed;
	uint8_t level;
	uint8_t last_at;
	bool took;
	bool tables;
	bool commit;
	bool single;
};

/* ---- steps ----------------------------------------------------------- */

/*
 * Loads the next piece, joining segments which touch, when one is done. Return:
 * false behind the last; or, with @failed, if the array was changed meanwhile.
 */
static bool hvpt_map_feed(struct hvpt_map_job *job)
{
	if (job->left)
		return true;
	if (!job->count)
		return false;
	job->gpa = job->segments->gpa.value;
	do {
		uint64_t length = job->segments->length;

		if ((length & (HVPT_PAGE_BYTES - 1)) ||
		    length - 1 >= job->rest) {
			job->failed = HVPT_ERR_CONCURRENT;
			return false;
		}
		job->left += length;
		job->rest -= length;
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
		hvpt_walk_to(&job->walk, job->pt, job->iova, level);
	} while (level > 0 && !job->call->gather &&
		 hvpt_pte_is_table(job->walk.pte, level));
	room = HVPT_TABLE_ENTRIES - hvpt_pte_index(job->iova, level);
	leaves = job->left >> HVPT_LEVEL_LG2(level);
	job->level = (uint8_t)level;
	job->run = leaves < room ? (unsigned)leaves : room;
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

	if (!HVPT_PORT_SMALL && hvpt_entries_are_zero(job->walk.slot, job->run))
		return true;
	for (i = 0; i < job->run; i++, first += span) {
		uint64_t last = first + (span - 1);
		uint64_t pte = hvpt_pte_load(HVPT_SLOT(job->walk.slot, i));

		if (pte == 0)
			continue;
		if (!hvpt_pte_is_table(pte, job->level))
			return false;
		job->tables = true;
		if (!job->call->gather)
			break;
		if (job->commit)
			hvpt_reclaim_range(job->pt, first, last,
					   job->call->gather, &job->flush);
		else if (!hvpt_range_is_empty(job->pt, first, last))
			return false;
	}
	job->run = i;
	return true;
}

/* ---- scan ------------------------------------------------------------ */

/* A table which one step fills: its slot is in the range of this call. */
static bool hvpt_map_fills_table(const struct hvpt_map_job *job)
{
	return !HVPT_PORT_SMALL && job->level == 0 &&
	       job->run == HVPT_TABLE_ENTRIES;
}

/* Word 0 is left for the commit; it holds the link meanwhile. */
static enum hvpt_status hvpt_map_build(struct hvpt_map_job *job)
{
	uint64_t *page;
	enum hvpt_status status = hvpt_page_take(job->pt, &page);

	if (status != HVPT_OK)
		return status;
	hvpt_entries_fill(page, HVPT_TABLE_ENTRIES, job->gpa | job->call->bits,
			  0);
	HVPT_PORT_STORE(&page[0], 0);
	HVPT_PORT_STORE(job->built_end, (uint64_t)(uintptr_t)page);
	job->built_end = page;
	return HVPT_OK;
}

/*
 * Takes pages for the tables to be made between the entry at @at and leaves of
 * @level. Addresses only grow, so a table that was counted before was counted
 * at the last address too. Return: false at the first page that fails.
 */
static bool hvpt_map_take(struct hvpt_map_job *job)
{
	bool fills = hvpt_map_fills_table(job);
	unsigned at;

	for (at = job->walk.at; at > job->level; at--) {
		if (at <= job->last_at &&
		    !((job->iova ^ job->last_iova) >> HVPT_LEVEL_LG2(at)))
			continue;
		job->took = true;
		job->failed = fills && at == 1 ?
				      hvpt_map_build(job) :
				      hvpt_reserve_take(job->pt, &job->reserve);
		if (job->failed != HVPT_OK)
			return false;
	}
	job->last_iova = job->iova;
	job->last_at = (uint8_t)job->walk.at;
	return true;
}

/* Return: false when something is in the way, or in @failed. */
static bool hvpt_map_scan(struct hvpt_map_job *job)
{
	if (job->walk.at > job->level) {
		if (hvpt_pte_is_present(job->walk.pte))
			return false;
		return hvpt_map_take(job);
	}
	if (HVPT_PORT_SMALL || job->level > 0)
		return hvpt_map_make_room(job);
	return hvpt_entries_are_zero(job->walk.slot, job->run);
}

/* ---- commit ---------------------------------------------------------- */

/* Makes the way down to @level. Return: false if a leaf is in it. */
static bool hvpt_map_descend(struct hvpt_map_job *job, unsigned level)
{
	while (job->walk.at > level) {
		uint64_t seen = 0, *page = hvpt_reserve_pop(&job->reserve);

		if (!page)
			return false;
		/* lost to another thread? then its table serves as well */
		if (!hvpt_table_install(job->pt, &job->reserve, job->walk.slot,
					&seen, page) &&
		    !hvpt_pte_is_table(seen, job->walk.at))
			return false;
		hvpt_walk_to(&job->walk, job->pt, job->iova, level);
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

	if (!page || job->walk.pte != 0)
		return false;
	job->built = HVPT_PORT_LOAD(&page[0]);
	HVPT_PORT_STORE(&page[0], job->gpa | job->call->bits);
	/* what the table holds must be visible before its entry is */
	hvpt_write_back(job->pt, page, HVPT_TABLE_ENTRIES);
	HVPT_PORT_STORE_RELEASE(job->walk.slot, hvpt_table_pte(job->pt, page));
	hvpt_entry_write_back(job->pt, job->walk.slot);
	job->reserve.installed++;
	return true;
}

static bool hvpt_map_commit(struct hvpt_map_job *job)
{
	bool hang = job->walk.at > 0 && hvpt_map_fills_table(job);
	uint64_t bits = job->call->bits;

	if (!hvpt_map_descend(job, hang ? 1 : job->level))
		return false;
	if (HVPT_UNLIKELY(job->pt->noncoherent))
		hvpt_path_write_back(job->pt, job->iova, job->walk.at);
	if (hang)
		return hvpt_map_hang(job);
	if (job->level > 0) {
		bits |= HVPT_PTE_LARGE;
		/* else nothing has run since the scan saw empty slots */
		if ((HVPT_PORT_SMALL || job->tables || job->took) &&
		    !hvpt_map_make_room(job))
			return false;
	}
	hvpt_entries_fill(job->walk.slot, job->run, job->gpa | bits,
			  job->level);
	hvpt_write_back(job->pt, job->walk.slot, job->run);
	return true;
}

/* ---- calls ----------------------------------------------------------- */

/* Goes over all steps once. Return: false when one of them could not be. */
static bool hvpt_map_pass(struct hvpt_map_job *job)
{
	const struct hvpt_map_call *call = job->call;
	bool first = true;

	job->iova = call->range.first.value;
	job->segments = call->segments;
	job->count = call->count;
	job->left = 0;
	job->rest = call->range.last.value - call->range.first.value + 1;
	job->single = false;
	while (hvpt_map_feed(job)) {
		uint64_t bytes;

		hvpt_map_locate(job);
		if (!(job->commit ? hvpt_map_commit(job) : hvpt_map_scan(job)))
			return false;
		bytes = (uint64_t)job->run << HVPT_LEVEL_LG2(job->level);
		if (!HVPT_PORT_SMALL && job->left == bytes && !job->count) {
			job->single = first;
			break;
		}
		first = false;
		job->iova += bytes;
		job->gpa += bytes;
		job->left -= bytes;
	}
	return job->failed == HVPT_OK;
}

static void hvpt_map_begin(struct hvpt_map_job *job)
{
	hvpt_walk_init(&job->walk, job->pt);
	hvpt_reserve_init(&job->reserve);
	hvpt_range_init(&job->flush);
	job->last_iova = 0;
	job->last_at = 0;
	job->failed = HVPT_OK;
	job->took = false;
	job->tables = false;
	job->commit = false;
	if (HVPT_PORT_SMALL)
		return;
	job->built = 0;
	job->built_end = &job->built;
}

/*
 * Why the scan ended early. Where a page failed, what lies behind was not
 * looked at yet: a conflict there comes first. Only tables which are there
 * cost time.
 */
static enum hvpt_status hvpt_map_refusal(const struct hvpt_map_job *job)
{
	if (job->failed == HVPT_ERR_CONCURRENT)
		return job->failed;
	if (job->failed == HVPT_OK ||
	    !hvpt_range_is_empty(job->pt, job->iova,
				 job->call->range.last.value))
		return HVPT_ERR_OVERLAP;
	return job->failed;
}

/* The scan and the commit. */
static enum hvpt_status hvpt_map_steps(struct hvpt_map_job *job)
{
	const struct hvpt_map_call *call = job->call;
	uint64_t hash = hvpt_segments_hash(call->segments, call->count);

	if (!hvpt_map_pass(job))
		return hvpt_map_refusal(job);
	/* no page is taken behind this */
	if (job->took &&
	    hash != hvpt_segments_hash(call->segments, call->count))
		return HVPT_ERR_CONCURRENT;
	job->commit = true;
	/* a single step is still where the scan left it */
	if (!(!HVPT_PORT_SMALL && job->single ? hvpt_map_commit(job) :
						hvpt_map_pass(job)) ||
	    (!HVPT_PORT_SMALL && job->built))
		return HVPT_ERR_CONCURRENT;
	return HVPT_OK;
}

enum hvpt_status hvpt_map_long(struct hvpt_pagetable *pt,
			       const struct hvpt_map_call *call)
{
	struct hvpt_map_job job;
	enum hvpt_status status;

	job.pt = pt;
	job.call = call;
	hvpt_map_begin(&job);
	status = hvpt_map_steps(&job);
	hvpt_reserve_release(pt, &job.reserve);
	if (!HVPT_PORT_SMALL)
		hvpt_pages_free(pt, (uint64_t *)(uintptr_t)job.built);
	if (job.tables && call->gather)
		hvpt_range_gather(&job.flush, call->gather);
	return status;
}
