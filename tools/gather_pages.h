/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * gather_pages.h - how much a gather asks to flush.
 */
#ifndef TOOLS_GATHER_PAGES_H
#define TOOLS_GATHER_PAGES_H

#include "hvpt/gather.h"

/** The pages of all ranges of @gather. */
static inline uint64_t gather_pages(const struct hvpt_gather *gather)
{
	uint64_t pages = 0;
	uint32_t i;

	for (i = 0; i < gather->range_count; i++)
		pages += ((gather->range[i].last.value -
			   gather->range[i].first.value) >>
			  HVPT_PAGE_LG2) +
			 1;
	return pages;
}

#endif /* TOOLS_GATHER_PAGES_H */
