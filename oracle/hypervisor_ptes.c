/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A hash table of groups. A group has the PTEs of 64 pages in a row, so that
 * the flush of a long range looks at few groups, or at all when those are
 * fewer.
 */
#include "hypervisor_ptes.h"

#include "hypervisor_state.h"

#include <stdlib.h>

#define PAGE_LG2 12u
#define GROUP_LG2 18u
#define GROUP_PAGES 64u

/**
 * struct hypervisor_pte_group - the PTEs of 64 pages
 * @number: their iova, in units of the group's size
 * @next: in the same bucket, or unused too
 * @count: PTEs
 * @page: a list for each page
 */
struct hypervisor_pte_group {
	uint64_t number;
	struct hypervisor_pte_group *next;
	size_t count;
	struct hypervisor_pte *page[GROUP_PAGES];
};

static unsigned page_in_group(uint64_t iova)
{
	return (unsigned)(iova >> PAGE_LG2) % GROUP_PAGES;
}

/* ---- groups ---------------------------------------------------------- */

/* Multiplication by 2^64 over the golden ratio (Knuth, volume 3, 6.4). */
static size_t bucket_of(const struct hypervisor_ptes *ptes, uint64_t number)
{
	uint64_t hash = number * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(hash >> 32) & (ptes->buckets - 1);
}

static struct hypervisor_pte_group *
find_group(const struct hypervisor_ptes *ptes, uint64_t number)
{
	struct hypervisor_pte_group *group;

	if (ptes->groups == 0)
		return NULL;
	group = ptes->bucket[bucket_of(ptes, number)];
	while (group && group->number != number)
		group = group->next;
	return group;
}

static void link_group(struct hypervisor_ptes *ptes,
		       struct hypervisor_pte_group *group)
{
	size_t at = bucket_of(ptes, group->number);

	group->next = ptes->bucket[at];
	ptes->bucket[at] = group;
}

static void grow(struct hypervisor_ptes *ptes)
{
	struct hypervisor_pte_group **old = ptes->bucket, *group, *next;
	size_t buckets = ptes->buckets, i;

	ptes->buckets = buckets ? buckets * 2 : 16;
	ptes->bucket = hypervisor_alloc(ptes->buckets *
					sizeof(struct hypervisor_pte_group *));
	for (i = 0; i < buckets; i++)
		for (group = old[i]; group; group = next) {
			next = group->next;
			link_group(ptes, group);
		}
	free(old);
}

/* The group of @number, which is there afterwards. */
static struct hypervisor_pte_group *need_group(struct hypervisor_ptes *ptes,
					       uint64_t number)
{
	struct hypervisor_pte_group *group = find_group(ptes, number);

	if (group)
		return group;
	if (ptes->groups == ptes->buckets)
		grow(ptes);
	group = ptes->unused_group;
	if (group)
		ptes->unused_group = group->next;
	else
		group = hypervisor_alloc(sizeof(*group));
	group->number = number;
	link_group(ptes, group);
	ptes->groups++;
	return group;
}

/* Takes a group without PTEs out of its bucket. */
static void drop_group(struct hypervisor_ptes *ptes,
		       struct hypervisor_pte_group *group)
{
	struct hypervisor_pte_group **link;

	link = &ptes->bucket[bucket_of(ptes, group->number)];
	while (*link != group)
		link = &(*link)->next;
	*link = group->next;
	group->next = ptes->unused_group;
	ptes->unused_group = group;
	ptes->groups--;
}

/* ---- changes --------------------------------------------------------- */

static void check_range(uint64_t first, uint64_t last)
{
	uint64_t offset = (UINT64_C(1) << PAGE_LG2) - 1;

	if ((first & offset) != 0 || (last & offset) != offset)
		hypervisor_die("PTEs are of whole pages");
}

void hypervisor_ptes_add(struct hypervisor_ptes *ptes,
			 const struct hypervisor_piece *piece)
{
	struct hypervisor_pte_group *group;
	struct hypervisor_pte **link, *pte;
	int order = -1;

	check_range(piece->first, piece->last);
	group = need_group(ptes, piece->first >> GROUP_LG2);
	link = &group->page[page_in_group(piece->first)];
	while (*link &&
	       (order = hypervisor_piece_compare(piece, &(*link)->piece)) > 0)
		link = &(*link)->next;
	if (*link && order == 0)
		return;
	pte = ptes->unused;
	if (pte)
		ptes->unused = pte->next;
	else
		pte = hypervisor_alloc(sizeof(*pte));
	pte->piece = *piece;
	pte->next = *link;
	*link = pte;
	group->count++;
	ptes->count++;
}

static void drop_page(struct hypervisor_ptes *ptes,
		      struct hypervisor_pte_group *group, unsigned page)
{
	struct hypervisor_pte *pte;

	while ((pte = group->page[page])) {
		group->page[page] = pte->next;
		pte->next = ptes->unused;
		ptes->unused = pte;
		group->count--;
		ptes->count--;
	}
}

/* Drops what a group has of first .. last, and the group if that was all. */
static void flush_group(struct hypervisor_ptes *ptes,
			struct hypervisor_pte_group *group, uint64_t first,
			uint64_t last)
{
	uint64_t start = group->number << GROUP_LG2;
	uint64_t end = start | ((UINT64_C(1) << GROUP_LG2) - 1);
	unsigned page, stop;

	if (last < start || first > end)
		return;
	page = first > start ? page_in_group(first) : 0;
	stop = last < end ? page_in_group(last) : GROUP_PAGES - 1;
	for (; page <= stop; page++)
		drop_page(ptes, group, page);
	if (group->count == 0)
		drop_group(ptes, group);
}

static void flush_all_groups(struct hypervisor_ptes *ptes, uint64_t first,
			     uint64_t last)
{
	struct hypervisor_pte_group *group, *next;
	size_t i;

	for (i = 0; i < ptes->buckets; i++)
		for (group = ptes->bucket[i]; group; group = next) {
			next = group->next;
			flush_group(ptes, group, first, last);
		}
}

void hypervisor_ptes_flush(struct hypervisor_ptes *ptes, uint64_t first,
			   uint64_t last)
{
	uint64_t number = first >> GROUP_LG2, end = last >> GROUP_LG2;
	struct hypervisor_pte_group *group;

	check_range(first, last);
	if (end - number >= ptes->buckets) {
		flush_all_groups(ptes, first, last);
		return;
	}
	for (; number <= end; number++) {
		group = find_group(ptes, number);
		if (group)
			flush_group(ptes, group, first, last);
	}
}

void hypervisor_ptes_clear(struct hypervisor_ptes *ptes)
{
	struct hypervisor_pte_group *group;
	struct hypervisor_pte *pte;

	flush_all_groups(ptes, 0, UINT64_MAX);
	while ((group = ptes->unused_group)) {
		ptes->unused_group = group->next;
		free(group);
	}
	while ((pte = ptes->unused)) {
		ptes->unused = pte->next;
		free(pte);
	}
	free(ptes->bucket);
	*ptes = (struct hypervisor_ptes){ .bucket = NULL };
}

/* ---- search ---------------------------------------------------------- */

const struct hypervisor_pte *
hypervisor_ptes_at(const struct hypervisor_ptes *ptes, uint64_t iova)
{
	struct hypervisor_pte_group *group;

	group = find_group(ptes, iova >> GROUP_LG2);
	return group ? group->page[page_in_group(iova)] : NULL;
}
