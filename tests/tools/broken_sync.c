/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt's sync with a mistake in it, for a test: `hvpt replay` must find it.
 *
 * Linked before the library, this takes the place of src/domain/sync.c. Which
 * mistake is chosen when it is compiled:
 *
 *	HVPT_BROKEN_SKIP	nothing is flushed
 *	HVPT_BROKEN_EARLY	tables are freed, then comes the flush
 *	HVPT_BROKEN_SHORT	each range is flushed but for its last page
 */
#define hvpt_domain_sync hvpt_right_sync
#include "src/domain/sync.c"
#undef hvpt_domain_sync

enum hvpt_status hvpt_domain_sync(struct hvpt_domain *domain,
				  struct hvpt_gather *gather);

#if defined(HVPT_BROKEN_SKIP)

enum hvpt_status hvpt_domain_sync(struct hvpt_domain *domain,
				  struct hvpt_gather *gather)
{
	hvpt_pt_release(&domain->pt, gather);
	return HVPT_OK;
}

#elif defined(HVPT_BROKEN_EARLY)

enum hvpt_status hvpt_domain_sync(struct hvpt_domain *domain,
				  struct hvpt_gather *gather)
{
	struct hvpt_gather ranges = *gather;

	hvpt_pt_release(&domain->pt, gather);
	ranges.tables = NULL;
	ranges.table_count = 0;
	return hvpt_right_sync(domain, &ranges);
}

#elif defined(HVPT_BROKEN_SHORT)

enum hvpt_status hvpt_domain_sync(struct hvpt_domain *domain,
				  struct hvpt_gather *gather)
{
	struct hvpt_gather less = *gather;
	enum hvpt_status status;
	uint32_t i;

	less.range_count = 0;
	for (i = 0; i < gather->range_count; i++) {
		struct hvpt_iova_range range = gather->range[i];

		if (range.last.value - range.first.value < HVPT_PAGE_BYTES)
			continue;
		range.last.value -= HVPT_PAGE_BYTES;
		less.range[less.range_count++] = range;
	}
	/* with tables and no ranges the right one would flush everything */
	less.tables = NULL;
	less.table_count = 0;
	status = hvpt_domain_flush(domain, &less);
	if (status == HVPT_OK)
		hvpt_pt_release(&domain->pt, gather);
	return status;
}

#endif
