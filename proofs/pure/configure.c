/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * configure.c - which configurations a page table accepts, and what of them.
 *
 * Parts: hvpt_pt_configure
 * Bounds: any configuration; up to 2 reserved ranges
 * Contract: pt_config.h: bits of an IOVA, 13 .. 48 with 4 levels, 13 ..
 *	57 with 5
 */
#include "proofs/proof.h"

#include "src/pagetable/gather.c"
#include "src/pagetable/init.c"

/* In the order of hvpt_pt_init()'s contract. */
static enum hvpt_status wanted(const struct hvpt_pt_config *config,
			       unsigned levels)
{
	const struct hvpt_iova_range *reserved = config->reserved;
	uint32_t i;

	if (!config->ops->alloc_page || !config->ops->free_page)
		return HVPT_ERR_OPS;
	if (levels != 4 && levels != 5)
		return HVPT_ERR_LEVELS;
	if (config->width < 13 || config->width > (levels == 4 ? 48u : 57u))
		return HVPT_ERR_WIDTH;
	if ((unsigned)config->form > 2)
		return HVPT_ERR_IOVA_FORM;
	if (!(config->page_sizes >> 12 & 1))
		return HVPT_ERR_PAGE_SIZES;
	if (config->table_gpa_mask & 0xfff0000000000fffu)
		return HVPT_ERR_TABLE_MASK;
	if (config->flags > 1 || (config->flags && config->ops->write_back))
		return HVPT_ERR_FLAGS;
	for (i = 0; i < config->reserved_count; i++)
		if (reserved[i].first.value > reserved[i].last.value)
			return HVPT_ERR_WRAP;
	return HVPT_OK;
}

/* A map that only writes entries is one of no reserved address. */
static void check_plain(const struct hvpt_pagetable *pt)
{
	uint64_t first = nondet_u64(), last = nondet_u64();
	uint32_t i = nondet_u32();

	ASSUME(first <= last && i < pt->reserved_count);
	if (!hvpt_pt_is_plain(pt, first, last))
		return;
	REACHED("a map beside reserved ranges");
	ASSERT(!pt->noncoherent);
	ASSERT(last < pt->reserved[i].first.value ||
	       first > pt->reserved[i].last.value);
}

static void check_object(const struct hvpt_pagetable *pt,
			 const struct hvpt_pt_config *config, unsigned levels)
{
	bool large = config->page_sizes >> 21 & 1;
	bool huge = large && (config->page_sizes >> 30 & 1);

	ASSERT(pt->levels == levels);
	ASSERT(pt->leaf_levels == 1u + (large ? 2u : 0) + (huge ? 4u : 0));
	ASSERT(pt->table_count == 1 && pt->splits == 0);
	ASSERT(pt->ops == config->ops && pt->ctx == config->ctx);
	ASSERT(pt->direct_map_offset == config->direct_map_offset);
	ASSERT(pt->table_gpa_mask == config->table_gpa_mask);
	ASSERT(pt->reserved == config->reserved);
	ASSERT(pt->reserved_count == config->reserved_count);
	ASSERT(pt->noncoherent == (config->ops->write_back != NULL));
	ASSERT(pt->track_dirty == (config->flags == HVPT_PT_TRACK_DIRTY));
	check_plain(pt);
	if (huge && config->form == HVPT_IOVA_CANONICAL)
		REACHED("three leaf sizes, both halves");
}

void proof(void)
{
	struct hvpt_iova_range reserved[2] = {
		{ { nondet_u64() }, { nondet_u64() } },
		{ { nondet_u64() }, { nondet_u64() } },
	};
	struct hvpt_page_ops ops = {
		.alloc_page = nondet_bool() ? (void *(*)(void *))8 : NULL,
		.free_page = nondet_bool() ? (void (*)(void *, void *))8 : NULL,
		.write_back = nondet_bool() ? (void (*)(void *, const void *,
							size_t))8 :
					      NULL,
	};
	struct hvpt_pt_config config = {
		.ops = &ops,
		.direct_map_offset = nondet_u64(),
		.table_gpa_mask = nondet_u64(),
		.page_sizes = nondet_u64(),
		.levels = nondet_u32(),
		.width = nondet_u32(),
		.form = (enum hvpt_iova_form)nondet_u32(),
		.flags = nondet_u32(),
		.reserved = reserved,
		.reserved_count = nondet_u32(),
	};
	unsigned levels = config.levels	    ? config.levels :
			  config.width > 48 ? 5u :
					      4u;
	struct hvpt_pagetable pt;
	enum hvpt_status status;

	ASSUME(config.reserved_count <= 2);
	status = hvpt_pt_configure(&pt, &config, config.width,
				   config.page_sizes);
	ASSERT(status == wanted(&config, levels));
	if (status != HVPT_OK)
		REACHED("a refused configuration");
	else
		check_object(&pt, &config, levels);
}
