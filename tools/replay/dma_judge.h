/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * dma_judge.h - does a device reach what it should, and nothing else?
 *
 * The model hypervisor tells all the ways a DMA may go. What memory says must
 * be what is mapped. What only a cache says is right for a page which waits
 * for its sync, if it is where that page was; else it is a hole.
 */
#ifndef TOOLS_REPLAY_DMA_JUDGE_H
#define TOOLS_REPLAY_DMA_JUDGE_H

#include "judge.h"

/** Reads and writes one byte of the page at @iova. */
void dma_page(struct judge *judge, const struct domain *domain, uint64_t iova);

/** The first, last and some random page of a range. */
void dma_some(struct judge *judge, const struct domain *domain, uint64_t first,
	      uint64_t last);

/**
 * dma_touch() - let the device use a range before it is unmapped
 *
 * As dma_some(), and those of the pages which are mapped are noted in
 * @domain->touched.
 */
void dma_touch(struct judge *judge, struct domain *domain, uint64_t first,
	       uint64_t last);

/** The pages noted since there were @from of them. */
void dma_touched(struct judge *judge, const struct domain *domain, size_t from);

/**
 * dma_runs() - some pages of each run of intervals, and the pages around it
 * @model: in: whose intervals; those which touch are one run
 * @options: in: which pages are IOVAs
 */
void dma_runs(struct judge *judge, const struct domain *domain,
	      const struct hvpt_model *model,
	      const struct replay_options *options);

/** The device is in no paging domain: nothing of what is mapped is reached. */
void dma_blocked(struct judge *judge, const struct domain *domain,
		 const char *where);

/** Has the hypervisor seen anything a guest must never do? */
void dma_violations(struct judge *judge, struct world *world);

#endif /* TOOLS_REPLAY_DMA_JUDGE_H */
