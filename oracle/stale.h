/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stale.h - the translations that a device may still use although they were
 * removed.
 *
 * An IOMMU may have cached any of them. Each belongs to the gather it went
 * into, and is gone when that gather has been flushed.
 */
#ifndef ORACLE_STALE_H
#define ORACLE_STALE_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

struct stale;

/** Never NULL: running out of memory aborts. */
struct stale *stale_create(void);

/** @stale may be NULL. */
void stale_destroy(struct stale *stale);

/** A range that is removed or changed, and the gather that holds it. */
struct stale_range {
	uint64_t first;
	uint64_t last;
	unsigned gather;
};

/**
 * stale_add() - notes the translations of a range before they change
 * @model: what is mapped now
 * @prot: the new permission, 0 for an unmap. Translations that have it already
 *	are not noted.
 */
void stale_add(struct stale *stale, const struct hvpt_model *model,
	       const struct stale_range *range, unsigned prot);

/** Everything that went into @gather has been flushed. */
void stale_flushed(struct stale *stale, unsigned gather);

/**
 * stale_lookup() - one translation a cache may still have for @iova
 * @gpa, @prot: out: what it is
 *
 * Return: false when there is none; then nothing is written.
 */
bool stale_lookup(const struct stale *stale, uint64_t iova, uint64_t *gpa,
		  unsigned *prot);

/** Is there any in first .. last? */
bool stale_meets(const struct stale *stale, uint64_t first, uint64_t last);

/**
 * stale_next_run() - the first run of addresses that ends at or above @from
 *
 * A run has no gap. Return: false when there is none; then nothing is written.
 */
bool stale_next_run(const struct stale *stale, uint64_t from, uint64_t *first,
		    uint64_t *last);

/** Could a DMA to @iova that needs all of @prot still end at @gpa? */
bool stale_reaches(const struct stale *stale, uint64_t iova, unsigned prot,
		   uint64_t gpa);

#endif /* ORACLE_STALE_H */
