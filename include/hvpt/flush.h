/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/flush.h - planning the descriptors that flush a range.
 *
 * A flush descriptor covers 2^shift pages of 4 KiB, shift 0 .. 52, and starts
 * at a multiple of its size (hv_abi.h, FLUSH_DEVICE_DOMAIN_LIST). A range is
 * rarely such a block. Either the flush covers more than was asked, which costs
 * devices a walk for each page still in use, or it takes more descriptors, each
 * of which costs time in the hypervisor and a place in the hardware's queue.
 *
 * Pure functions: no memory, no hypercall, any context. Every plan keeps two
 * promises: it leaves out nothing that was asked for; and one descriptor holds
 * all of any aligned block of 2^n pages, such as a large leaf, inside a range.
 */
#ifndef HVPT_FLUSH_H
#define HVPT_FLUSH_H

#include "hvpt/addr.h"
#include "hvpt/status.h"

/** How ranges become descriptors; docs/FLUSHING.md compares the costs. */
enum hvpt_flush_policy {
	/**
	 * At most 2 descriptors a range: one if the smallest block that holds
	 * the range has at most twice its pages, else two, split at the most
	 * aligned address inside. One descriptor covers at most twice the
	 * pages that were asked for, two cover fewer than twice.
	 */
	HVPT_FLUSH_TWO_BLOCK = 0,
	/**
	 * 1 descriptor a range: the smallest block that holds it. What the
	 * merged Linux driver does. A range of 2 pages across a high power of
	 * two flushes everything around it.
	 */
	HVPT_FLUSH_COVER = 1,
	/** Exactly what was asked for: at most 2 * 51 descriptors a range. */
	HVPT_FLUSH_EXACT = 2,
};

/* Far enough for all ranges of a gather; bounds the work of a long list. */
#define HVPT_FLUSH_NEAR 7u

/**
 * struct hvpt_flush_plan - descriptors of a list of ranges, one at a time
 * @range: the ranges
 * @count: how many
 * @policy: as asked
 * @at: the range that is being planned, or is next
 * @busy: 1: some of it is planned, or is about to be; 0: none is
 * @next: first page of it that is not planned yet
 * @last: last page of it
 * @emitted: descriptors so far
 * @pages: pages those cover, modulo 2^64; a whole 2^52-page block counts 2^52
 *
 * The fields are the planner's own; @emitted and @pages may be read.
 */
struct hvpt_flush_plan {
	const struct hvpt_iova_range *range;
	uint32_t count;
	enum hvpt_flush_policy policy;
	uint32_t at;
	uint32_t busy;
	uint64_t next;
	uint64_t last;
	uint64_t emitted;
	uint64_t pages;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_flush_plan_init() - begin
 * @plan: out
 * @range: in: must outlive the plan; first not above last. A range that
 *	starts or ends inside a page stands for the whole page. Ranges are
 *	planned one by one, in their order, and not joined. But a descriptor is
 *	left out if a descriptor of another range holds all of it and that range
 *	is at most HVPT_FLUSH_NEAR places away in the list. This does not apply
 *	to EXACT, whose descriptors hold nothing of other ranges unless ranges
 *	overlap.
 * @count: how many; 0 gives a plan with no descriptor
 * @policy: which
 *
 * Return: HVPT_OK; HVPT_ERR_POLICY; HVPT_ERR_WRAP if a range ends below its
 * start.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_flush_plan_init(struct hvpt_flush_plan *plan,
		     const struct hvpt_iova_range *range, uint32_t count,
		     enum hvpt_flush_policy policy);

/**
 * hvpt_flush_plan_next() - the next descriptor
 * @plan: in/out: a struct hvpt_flush_plan *, void so that it fits
 *	hvpt_flush_source_fn
 * @entry: out: bits 63:12 page number, 5:0 shift
 *
 * Return: false when all ranges are covered.
 */
bool hvpt_flush_plan_next(void *plan, uint64_t *entry);

HVPT_EXTERN_C_END

#endif /* HVPT_FLUSH_H */
