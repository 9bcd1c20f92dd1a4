/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/flush.h - which descriptors flush a range.
 *
 * A flush descriptor covers 2^shift pages of 4 KiB, shift 0 .. 52, and starts
 * at a multiple of its size (hv_abi.h, FLUSH_DEVICE_DOMAIN_LIST). A range is
 * rarely such a block, so either more is flushed than was asked, which costs
 * devices a walk for each page still in use, or more descriptors are needed,
 * each of which the hypervisor and the hardware's queue have to handle.
 *
 * Pure functions: no memory, no hypercall, any context. All are exact about
 * two things: nothing that was asked for is left out; and an aligned block of
 * 2^n pages inside a range, such as a large leaf, is in one descriptor whole.
 */
#ifndef HVPT_FLUSH_H
#define HVPT_FLUSH_H

#include "hvpt/addr.h"
#include "hvpt/status.h"

enum hvpt_flush_policy {
	/**
	 * At most 2 descriptors a range: one when the smallest block which
	 * holds the range has at most twice its pages, else two, split at the
	 * most aligned address inside. Never twice the pages asked or more
	 * with two descriptors, never more than twice with one.
	 */
	HVPT_FLUSH_TWO_BLOCK = 0,
	/**
	 * 1 descriptor a range: the smallest block which holds it. What the
	 * merged Linux driver does. A range of 2 pages across a high power of
	 * two flushes all below and above it.
	 */
	HVPT_FLUSH_COVER = 1,
	/** Just what was asked: at most 2 * 51 descriptors a range. */
	HVPT_FLUSH_EXACT = 2,
};

/* Far enough for all ranges of a gather; bounds the work of a long list. */
#define HVPT_FLUSH_NEAR 7u

/**
 * struct hvpt_flush_plan - descriptors of a list of ranges, one at a time
 * @range: the ranges
 * @count: how many
 * @policy: as asked
 * @at: the range which is being worked on, or is next
 * @busy: 1: some of it is planned, or is about to be; 0: it is untouched
 * @next: first page of it which is not planned yet
 * @last: last page of it
 * @emitted: descriptors so far
 * @pages: pages those cover, modulo 2^64; a whole 2^52-page block counts 2^52
 *
 * Fields are the planner's own but for @emitted and @pages.
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
 * @range: in: must outlive the plan; first not above last; a range which
 *	starts or ends inside a page stands for the whole page. Ranges are
 *	planned one by one, in their order, and not joined. A descriptor is left
 *	out when one of another range holds all of it, if that range is at most
 *	HVPT_FLUSH_NEAR places away in the list, and the policy is not EXACT,
 *	whose descriptors hold nothing of other ranges unless ranges overlap.
 * @count: how many; 0 gives a plan with no descriptor
 * @policy: which
 *
 * Return: HVPT_OK; HVPT_ERR_POLICY; HVPT_ERR_WRAP when a range ends below its
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
