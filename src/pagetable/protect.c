/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * protect.c - changing the permission of what is mapped.
 */
#include "internal.h"

struct hvpt_protect {
	struct hvpt_pagetable *pt;
	uint64_t first;
	uint64_t last;
	uint64_t write; /* the R/W bit wanted */
	uint64_t dirty; /* D to set with it */
};

/* Is every page mapped? Notes if some leaf has another R/W bit. */
static enum hvpt_status hvpt_protect_scan(const struct hvpt_protect *job,
					  bool *change)
{
	struct hvpt_cursor cursor;
	uint64_t next = job->first;

	hvpt_cursor_init(&cursor, job->pt, job->first, job->last, 0);
	while (hvpt_leaf_next(&cursor) && cursor.leaf_first <= next) {
		if ((cursor.pte & HVPT_PTE_WRITE) != job->write)
			*change = true;
		if (cursor.leaf_last >= job->last)
			return HVPT_OK;
		next = cursor.leaf_last + 1;
	}
	return HVPT_ERR_NOT_MAPPED;
}

/* By compare-and-swap: the walker may be setting A or D. */
static void hvpt_protect_leaf(const struct hvpt_protect *job,
			      const struct hvpt_cursor *cursor)
{
	uint64_t pte = cursor->pte, wanted;

	do
		wanted = (pte & ~HVPT_PTE_WRITE) | job->write | job->dirty;
	while (!hvpt_pte_replace(cursor->leaf, &pte, wanted));
	hvpt_write_back(job->pt, cursor->leaf, 1);
}

/*
 * After the cut, a leaf which reaches outside the range has the permission
 * already. The others belong to the caller: nobody splits them meanwhile.
 */
static enum hvpt_status hvpt_protect_apply(const struct hvpt_protect *job,
					   struct hvpt_hull *hull)
{
	struct hvpt_cursor cursor;
	struct hvpt_cut cut;
	enum hvpt_status status;

	cut.first = job->first;
	cut.last = job->last;
	cut.keep_mask = HVPT_PTE_WRITE;
	cut.keep_value = job->write;
	status = hvpt_cut_leaves(job->pt, &cut, hull);
	if (status != HVPT_OK)
		return status;
	hvpt_cursor_init(&cursor, job->pt, job->first, job->last, 0);
	while (hvpt_leaf_next(&cursor)) {
		if ((cursor.pte & HVPT_PTE_WRITE) == job->write)
			continue;
		hvpt_protect_leaf(job, &cursor);
		hvpt_hull_note(hull, cursor.leaf_first, cursor.leaf_last);
	}
	return HVPT_OK;
}

enum hvpt_status hvpt_pt_protect(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				 uint64_t length, unsigned prot,
				 struct hvpt_gather *gather)
{
	enum hvpt_status status = hvpt_range_check(pt, iova.value, length);
	struct hvpt_protect job;
	struct hvpt_hull hull;
	bool change = false;

	if (status == HVPT_OK)
		status = hvpt_prot_check(prot);
	if (status != HVPT_OK)
		return status;
	job.pt = pt;
	job.first = iova.value;
	job.last = iova.value + (length - 1);
	job.write = prot & HVPT_PROT_WRITE ? HVPT_PTE_WRITE : 0;
	job.dirty = job.write && !pt->track_dirty ? HVPT_PTE_DIRTY : 0;
	status = hvpt_protect_scan(&job, &change);
	if (status != HVPT_OK || !change)
		return status;
	hvpt_hull_init(&hull);
	status = hvpt_protect_apply(&job, &hull);
	if (status == HVPT_OK)
		hvpt_hull_gather(&hull, gather);
	return status;
}
