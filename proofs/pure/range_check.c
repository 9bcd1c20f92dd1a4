/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * range_check.c - a range is accepted exactly when each byte of it is an IOVA.
 *
 * Parts: hvpt_range_check, hvpt_pt_configure, hvpt_pt_in_form
 * Bounds: any start and length; any width and form; 4 and 5 levels
 * Contract: pt_config.h: 0 .. 2^(width-1) - 1: right however the top bit
 *	is read.
 */
#include "proofs/proof.h"

#include "src/pagetable/gather.c"
#include "src/pagetable/init.c"
#include "src/pagetable/walk.c"

static void *never_alloc(void *ctx)
{
	(void)ctx;
	return NULL;
}

static void never_free(void *ctx, void *page)
{
	(void)ctx;
	(void)page;
}

static const struct hvpt_page_ops ops = {
	.alloc_page = never_alloc,
	.free_page = never_free,
};

/* From the text of enum hvpt_iova_form, in terms of bits. */
static bool is_iova(const struct hvpt_pt_config *config, uint64_t x)
{
	uint64_t above = x >> (config->width - 1);

	if (config->form == HVPT_IOVA_PLAIN)
		return above >> 1 == 0;
	if (config->form == HVPT_IOVA_LOWER)
		return above == 0;
	return above == 0 || above == ~(uint64_t)0 >> (config->width - 1);
}

/* An address in the range that is no IOVA: an end, or behind the lower half. */
static bool holds_other(const struct hvpt_pt_config *config, uint64_t first,
			uint64_t last)
{
	uint64_t behind = (uint64_t)1 << (config->width - 1);

	return !is_iova(config, first) || !is_iova(config, last) ||
	       (first <= behind && behind <= last && !is_iova(config, behind));
}

void proof(void)
{
	struct hvpt_pt_config config = {
		.ops = &ops,
		.page_sizes = HVPT_PAGE_SIZE_4K,
		.levels = nondet_u32(),
		.width = nondet_u32(),
		.form = (enum hvpt_iova_form)nondet_u32(),
	};
	uint64_t first = nondet_u64(), length = nondet_u64(),
		 inside = nondet_u64();
	uint64_t last = first + (length - 1);
	struct hvpt_pagetable pt;
	enum hvpt_status status;

	ASSUME(hvpt_pt_configure(&pt, &config, config.width,
				 config.page_sizes) == HVPT_OK);
	status = hvpt_range_check(&pt, first, length);
	ASSERT((status == HVPT_ERR_EMPTY) == (length == 0));
	if (length == 0)
		return;
	ASSERT((status == HVPT_ERR_ALIGN) ==
	       (first % 4096 != 0 || length % 4096 != 0));
	if (status == HVPT_ERR_ALIGN)
		return;
	ASSERT((status == HVPT_ERR_WRAP) == (last < first));
	if (status == HVPT_ERR_WRAP)
		return;
	if (status == HVPT_OK) {
		REACHED("an accepted range");
		ASSUME(first <= inside && inside <= last);
		ASSERT(is_iova(&config, inside));
		if (first > last / 2 + 1 && config.form == HVPT_IOVA_CANONICAL)
			REACHED("an accepted range of the upper half");
	} else {
		REACHED("a refused range");
		ASSERT(status == HVPT_ERR_IOVA_RANGE);
		ASSERT(holds_other(&config, first, last));
	}
}
