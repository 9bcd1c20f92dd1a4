/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz_raw_tables.c - hostile table memory for adopt, audit, walk and visit.
 *
 * A tree must be refused only for a reason that is in memory, and must not be
 * changed then. A tree that is accepted must break no rule of tree.h, which
 * shares nothing with the core. The walker and the library must agree about it,
 * it must be possible to change it, and every page must be freed at the end.
 */
#include <string.h>

#include "fuzz.h"
#include "oracle/sdm_walk.h"
#include "hostile.h"
#include "hvpt/inspect.h"
#include "hvpt/map.h"
#include "tree.h"
#include "oracle/reference/produce.h"

#define PAGES 8u

struct state {
	struct hostile memory;
	_Alignas(4096) uint64_t spare[PAGES][512];
	unsigned given; /* pages of it given out */
	unsigned freed;
	uint32_t claimed; /* bit n: page n */
	uint32_t owned;	  /* those that belong to the page table */
	struct hvpt_pt_config config;
	struct hvpt_pagetable pt;
	struct sdm_walker walker;
	uint64_t leaves;
	uint64_t next; /* where the next leaf of a visit may begin */
};

static uint64_t page_of(uint64_t gpa)
{
	return (gpa - HOSTILE_GPA) / 4096;
}

/* Allows each page once, so that sharing and loops are found. */
static bool claim(void *ctx, hvpt_gpa_t table, unsigned level)
{
	struct state *state = ctx;
	uint64_t page = page_of(table.value);

	FUZZ_CHECK(table.value % 4096 == 0, "check of an unaligned table");
	FUZZ_CHECK(level < state->config.levels || !state->config.levels,
		   "check of a table of no level");
	if (table.value < HOSTILE_GPA || page >= HOSTILE_PAGES ||
	    state->claimed >> page & 1)
		return false;
	state->claimed |= UINT32_C(1) << page;
	return true;
}

static void *alloc_page(void *ctx)
{
	struct state *state = ctx;

	if (state->given == PAGES)
		return NULL;
	memset(state->spare[state->given], 0, 4096);
	return state->spare[state->given++];
}

static void free_page(void *ctx, void *page)
{
	struct state *state = ctx;
	uintptr_t at = (uintptr_t)page - (uintptr_t)state->memory.word;

	FUZZ_CHECK((uintptr_t)page % 4096 == 0, "free of no page");
	if ((uintptr_t)page >= (uintptr_t)state->spare &&
	    (uintptr_t)page < (uintptr_t)(state->spare + PAGES)) {
		state->freed++;
		return;
	}
	FUZZ_CHECK(at / 4096 < HOSTILE_PAGES, "free of a wild pointer");
	FUZZ_CHECK(state->owned >> (at / 4096) & 1, "free of a foreign page");
	state->owned &= ~(UINT32_C(1) << (at / 4096));
}

static void write_back(void *ctx, const void *start, size_t bytes)
{
	(void)ctx;
	FUZZ_CHECK(bytes % 8 == 0 && (uintptr_t)start % 8 == 0 &&
			   (uintptr_t)start % 4096 + bytes <= 4096,
		   "write-back");
}

static const struct hvpt_page_ops ops = { alloc_page, free_page, NULL };
static const struct hvpt_page_ops slow_ops = { alloc_page, free_page,
					       write_back };

/* The parameters of the second opinion. */
static struct tree tree_of(const struct state *state)
{
	const struct tree tree = {
		.memory = &state->memory,
		.page_sizes = state->config.page_sizes,
		.table_mask = state->config.table_gpa_mask,
		.claimed = state->claimed,
		.levels = state->pt.levels,
		.width = state->config.width,
		.form = state->config.form,
		.noncoherent = state->config.ops == &slow_ops,
	};

	return tree;
}

/* ---- adopting -------------------------------------------------------- */

static void start(struct state *state, struct source *source)
{
	struct ref_config config;

	ref_make_config(source, &config);
	state->config.ops = config.noncoherent ? &slow_ops : &ops;
	state->config.ctx = state;
	state->config.direct_map_offset =
		(uint64_t)(uintptr_t)state->memory.word - HOSTILE_GPA;
	state->config.table_gpa_mask = config.table_mask;
	state->config.page_sizes = config.page_sizes;
	state->config.levels = config.levels;
	state->config.width = config.width;
	state->config.form = (enum hvpt_iova_form)config.form;
	state->config.flags = config.flags;
	state->given = 0;
	state->freed = 0;
	state->claimed = 0;
}

/* The path of the report leads to the entry that it names. */
static bool shows_fault(struct state *state, const struct hvpt_audit *report)
{
	uint64_t table = (uint64_t)(uintptr_t)state->pt.root -
			 state->config.direct_map_offset;
	unsigned level = state->pt.levels;
	uint64_t pte = 0;

	while (level-- > report->level) {
		uint64_t at = report->iova.value >> (12 + 9 * level) & 511;

		if (!hostile_read64(&state->memory, table + at * 8, &pte))
			return false;
		table = pte & state->pt.addr_mask;
	}
	return pte == report->pte;
}

static void check_refused(struct state *state, const struct hvpt_audit *report)
{
	const struct tree tree = tree_of(state);
	const struct tree_entry entry = {
		.pte = report->pte,
		.iova = report->iova.value,
		.level = report->level,
	};

	if (report->level == state->pt.levels) {
		FUZZ_CHECK(report->fault == HVPT_FAULT_TABLE_ADDR, "root");
		return;
	}
	FUZZ_CHECK(report->level < state->pt.levels, "level of a fault");
	FUZZ_CHECK(shows_fault(state, report), "an entry that is not there");
	FUZZ_CHECK(tree_breaks(&tree, &entry, report->fault),
		   hvpt_fault_name(report->fault));
}

/* ---- after adoption -------------------------------------------------- */

static void set_walker(struct state *state)
{
	struct sdm_walker *walker = &state->walker;

	walker->read64 = hostile_read64;
	walker->ctx = &state->memory;
	walker->root = hvpt_pt_root_gpa(&state->pt).value;
	walker->address_mask = state->config.table_gpa_mask;
	walker->levels = state->pt.levels;
	walker->width = state->config.width;
	walker->maxphyaddr = 52;
	walker->canonical = state->config.form == HVPT_IOVA_CANONICAL;
}

static void check_address(struct state *state, uint64_t iova)
{
	struct sdm_result walk = sdm_walk(&state->walker, iova, false);
	struct hvpt_mapping seen;
	enum hvpt_status status = hvpt_pt_lookup(&state->pt, hvpt_iova(iova),
						 &seen);

	FUZZ_CHECK(walk.fault == SDM_FAULT_NONE ||
			   walk.fault == SDM_FAULT_NOT_PRESENT ||
			   walk.fault == SDM_FAULT_ADDRESS,
		   sdm_fault_text(walk.fault));
	FUZZ_CHECK((status == HVPT_OK) == (walk.fault == SDM_FAULT_NONE),
		   "lookup and walker differ");
	if (status != HVPT_OK)
		return;
	FUZZ_CHECK(seen.gpa.value == walk.pa && seen.leaf_lg2 == walk.page_lg2,
		   "they differ in where it leads");
	FUZZ_CHECK((seen.prot == 3) == walk.writable &&
			   seen.dirty == walk.dirty,
		   "they differ in bits");
}

static bool visit_leaf(void *ctx, hvpt_iova_t iova,
		       const struct hvpt_mapping *mapping)
{
	struct state *state = ctx;
	uint64_t bytes = UINT64_C(1) << mapping->leaf_lg2;

	FUZZ_CHECK(iova.value >= state->next, "visit goes backwards");
	FUZZ_CHECK(iova.value % bytes == 0, "an unaligned leaf");
	FUZZ_CHECK(mapping->gpa.value % bytes == 0, "an unaligned gpa");
	check_address(state, iova.value);
	check_address(state, iova.value + (bytes - 1));
	state->next = iova.value + (bytes - 1);
	state->leaves++;
	return true;
}

static void check_all(struct state *state)
{
	const struct tree tree = tree_of(state);
	struct hvpt_audit report;

	state->leaves = 0;
	state->next = 0;
	FUZZ_CHECK(hvpt_pt_visit(&state->pt, NULL, visit_leaf, state) ==
			   HVPT_OK,
		   "visit");
	FUZZ_CHECK(hvpt_pt_audit(&state->pt, NULL, NULL, &report) == HVPT_OK,
		   hvpt_fault_name(report.fault));
	FUZZ_CHECK(report.leaves[0] + report.leaves[1] + report.leaves[2] ==
			   state->leaves,
		   "audit counts other leaves than visit");
	FUZZ_CHECK(tree_leaves(&tree, hvpt_pt_root_gpa(&state->pt).value) ==
			   state->leaves,
		   "there are other leaves than those visited");
}

/* Pages that the walker cannot read are those that the library took. */
static void change(struct state *state, struct source *source)
{
	struct hvpt_gather gather;
	uint64_t unmapped, bytes;
	unsigned n;

	hvpt_gather_init(&gather);
	for (n = 0; n < 6 && !source_is_empty(source); n++) {
		hvpt_iova_t iova = hvpt_iova(source_number(source, 6) << 12);
		uint64_t length = UINT64_C(4096)
				  << (source_below(source, 4) * 9 % 37);
		enum hvpt_status status;

		if (source_byte(source) & 1)
			iova.value |= ~state->pt.lower_last;
		switch (source_below(source, 3)) {
		case 0:
			status = hvpt_pt_unmap(&state->pt, iova, length,
					       &gather, &unmapped);
			break;
		case 1:
			status = hvpt_pt_protect(&state->pt, iova, length,
						 1u + 2u * (n & 1), &gather);
			break;
		default:
			status = hvpt_pt_reclaim(&state->pt, iova, length,
						 &gather, &bytes);
			break;
		}
		FUZZ_CHECK(status != HVPT_ERR_CONCURRENT,
			   hvpt_status_name(status));
	}
	hvpt_pt_release(&state->pt, &gather);
}

static void use(struct state *state, struct source *source)
{
	struct hvpt_audit report;

	set_walker(state);
	check_all(state);
	while (source->left > 48)
		check_address(state, source_number(source, 8));
	change(state, source);
	FUZZ_CHECK(hvpt_pt_audit(&state->pt, NULL, NULL, &report) == HVPT_OK,
		   "an audit after changes");
	hvpt_pt_destroy(&state->pt);
	FUZZ_CHECK(state->owned == 0, "an adopted page did not come back");
	FUZZ_CHECK(state->freed == state->given, "a page did not come back");
}

/* ---- the same memory below a page table of the library -------------- */

/* The walker alone: it ends, whatever is in memory. */
static void walk_raw(struct state *state, struct source *source)
{
	unsigned n;

	state->walker.root = HOSTILE_GPA;
	state->walker.read64 = hostile_read64;
	state->walker.ctx = &state->memory;
	state->walker.levels = 4 + source_below(source, 2);
	state->walker.width = 13 + source_below(source, 36);
	state->walker.maxphyaddr = 36 + source_below(source, 17);
	state->walker.address_mask = 0;
	state->walker.canonical = source_below(source, 2);
	for (n = 0; n < 4; n++)
		(void)sdm_walk(&state->walker, source_number(source, 8), n & 1);
}

/* A count that is too small limits what an audit follows. */
static void audit_raw(struct state *state, struct source *source)
{
	struct hvpt_pagetable pt = state->pt;
	struct hvpt_audit report;

	pt.table_count = source_below(source, 16);
	state->claimed = 0;
	if (hvpt_pt_audit(&pt, claim, state, &report) != HVPT_OK)
		FUZZ_CHECK(report.fault != HVPT_FAULT_NONE, "no reason");
	FUZZ_CHECK(report.tables <= pt.table_count || report.tables == 1,
		   "an audit followed more tables than there are");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct state state;
	static uint64_t before[HOSTILE_WORDS];
	struct hvpt_audit report;
	enum hvpt_status status;
	struct source source = source_of_bytes(data, size);
	unsigned n, writes;
	uint64_t root;

	start(&state, &source);
	writes = source_byte(&source);
	root = HOSTILE_GPA +
	       (source_byte(&source) < 250 ? 0 : source_number(&source, 4));
	hostile_clear(&state.memory);
	for (n = 0; n < writes && source.left > 8; n++)
		hostile_write(&state.memory, &source);
	memcpy(before, state.memory.word, sizeof(before));
	root |= state.config.table_gpa_mask;
	status = hvpt_pt_adopt(&state.pt, &state.config, hvpt_gpa(root), claim,
			       &state, &report);
	FUZZ_CHECK(!memcmp(before, state.memory.word, sizeof(before)),
		   "adopt wrote to the tree");
	if (status == HVPT_ERR_CORRUPT) {
		check_refused(&state, &report);
		if (page_of(root & state.pt.addr_mask) < HOSTILE_PAGES)
			audit_raw(&state, &source);
	}
	if (status == HVPT_OK) {
		state.owned = state.claimed;
		use(&state, &source);
		memset(state.memory.word, 0, sizeof(state.memory.word));
		state.memory.writes = 0;
	} else {
		walk_raw(&state, &source);
	}
	return 0;
}
