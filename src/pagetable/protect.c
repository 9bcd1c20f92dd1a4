/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * protect.c - changing the permission of what is mapped.
 */
#include "pt_internal.h"

struct hvpt_protect {
	struct hvpt_pagetable *pt;
	uint64_t first;
	uint64_t last;
	uint64_t write; /* the R/W bit wanted */
	uint64_t dirty; /* D to set with it */
};

/* By compare-and-swap: the walker may be setting A or D. */
static void hvpt_protect_leaf(const struct hvpt_protect *job,
			      const struct hvpt_cursor *cursor,
			      struct hvpt_iova_range *flush)
{
	uint64_t pte = cursor->pte, wanted;

	do
		wanted = (pte & ~HVPT_PTE_WRITE) | job->write | job->dirty;
	while (!hvpt_pte_replace(cursor->leaf, &pte, wanted));
	hvpt_write_back(job->pt, cursor->leaf, 1);
	hvpt_range_extend(flush, cursor->leaf_first, cursor->leaf_last);
}

/*
 * Goes over the leaves up to the first hole. With @flush, changes those whose
 * R/W bit differs; without, only sets @change if there are any.
 *
 * The leaves changed lie inside the range, so nobody splits them meanwhile.
 * Those that reach outside were split, or have the permission already.
 *
 * Return: whether there was no hole.
 */
static bool hvpt_protect_pass(const struct hvpt_protect *job,
			      struct hvpt_iova_range *flush, bool *change)
{
	struct hvpt_cursor cursor;
	uint64_t next = job->first;

	hvpt_cursor_init(&cursor, job->pt, job->first, job->last, 0);
	while (hvpt_leaf_next(&cursor) && cursor.leaf_first <= next) {
		if ((cursor.pte & HVPT_PTE_WRITE) != job->write) {
			*change = true;
			if (flush)
				hvpt_protect_leaf(job, &cursor, flush);
		}
		if (cursor.leaf_last >= job->last)
			return true;
		next = cursor.leaf_last + 1;
	}
	return false;
}

enum hvpt_status hvpt_pt_protect(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				 uint64_t length, unsigned prot,
				 struct hvpt_gather *gather)
{
	enum hvpt_status status = hvpt_range_check(pt, iova.value, length);
	struct hvpt_protect job;
	struct hvpt_iova_range flush;
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
	if (!hvpt_protect_pass(&job, NULL, &change))
		return HVPT_ERR_NOT_MAPPED;
	if (!change)
		return HVPT_OK;
	hvpt_range_init(&flush);
	status = hvpt_split_leaves(pt, job.first, job.last + 1, job.write,
				   &flush, gather);
	if (status == HVPT_OK && !hvpt_protect_pass(&job, &flush, &change))
		status = HVPT_ERR_CONCURRENT;
	if (HVPT_UNLIKELY(pt->noncoherent))
		hvpt_ends_write_back(pt, job.first, job.last);
	hvpt_range_gather(&flush, gather);
	return status;
}
