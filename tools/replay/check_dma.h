/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * check_dma.h - checks that a device reaches what it should, and nothing else.
 *
 * The model hypervisor reports all results that a DMA may have. The result from
 * memory must be the current mapping. A result that only a cache has is allowed
 * for a page that is stale until its sync, if it is the page's former target.
 */
#ifndef TOOLS_REPLAY_CHECK_DMA_H
#define TOOLS_REPLAY_CHECK_DMA_H

#include <stddef.h>
#include <stdint.h>

struct checker;
struct domain;
struct stale;
struct replay_host;
struct replay_options;

/** Reads and writes one byte of the page at @iova. */
void check_dma_page(struct checker *checker, const struct domain *domain,
		    uint64_t iova);

/** Checks the first, the last and some random pages of a range. */
void check_dma_some(struct checker *checker, const struct domain *domain,
		    uint64_t first, uint64_t last);

/**
 * check_dma_touch() - lets the device use a range before it is unmapped
 *
 * As check_dma_some(), and notes the pages that are mapped in @domain->touched.
 */
void check_dma_touch(struct checker *checker, struct domain *domain,
		     uint64_t first, uint64_t last);

/** Checks the noted pages from number @from on. */
void check_dma_touched(struct checker *checker, const struct domain *domain,
		       size_t from);

/**
 * check_dma_runs() - checks some pages of each run, and the pages around it
 * @stale: in: the translations
 * @options: in: tell which pages are IOVAs
 */
void check_dma_runs(struct checker *checker, const struct domain *domain,
		    const struct stale *stale,
		    const struct replay_options *options);

/** Checks that a device in no paging domain reaches no mapped page. */
void check_dma_blocked(struct checker *checker, const struct domain *domain,
		       const char *where);

/** Checks that the guest has broken no rule of the hypervisor. */
void check_dma_violations(struct checker *checker, struct replay_host *host);

#endif /* TOOLS_REPLAY_CHECK_DMA_H */
