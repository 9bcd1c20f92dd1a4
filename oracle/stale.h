/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stale.h - the translations a device may still use though they were taken
 * away.
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

/**
 * stale_add() - note what a range translates to before that changes
 * @gather: which gather it goes into
 * @model: what is mapped; of it the part in iova .. iova + length - 1
 */
void stale_add(struct stale *stale, unsigned gather,
	       const struct hvpt_model *model, uint64_t iova, uint64_t length);

/** Everything that went into @gather has been flushed. */
void stale_flushed(struct stale *stale, unsigned gather);

/** Could a DMA to @iova that needs all of @prot still end at @gpa? */
bool stale_reaches(const struct stale *stale, uint64_t iova, unsigned prot,
		   uint64_t gpa);

#endif /* ORACLE_STALE_H */
