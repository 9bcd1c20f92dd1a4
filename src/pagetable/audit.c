/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * audit.c - checking every entry, and adopting a tree that passes.
 *
 * The tree is read one level at a time from the root down: an entry of one
 * level is checked, pointer included, before anything is read through it. No
 * stack and no marks are needed, and hostile memory can neither lead astray
 * nor loop: @check, or the number of tables, bounds what is followed.
 */
#include "pt_internal.h"

struct hvpt_auditor {
	const struct hvpt_pagetable *pt;
	hvpt_table_check_fn check;
	void *ctx;
	uint64_t limit; /* tables that may be followed */
	struct hvpt_audit *report;
};

/* The IOVA of an address inside the levels' bits: SDM vol. 1 3.3.7.1. */
static uint64_t hvpt_audit_iova(const struct hvpt_pagetable *pt,
				uint64_t address)
{
	uint64_t top = HVPT_LEVEL_BYTES(pt->levels) >> 1;

	if (pt->upper_first && (address & top))
		address |= 0 - top;
	return address;
}

/* Is what the entry points at to be read as a table? */
static enum hvpt_fault hvpt_audit_table(const struct hvpt_auditor *auditor,
					uint64_t pte, unsigned level)
{
	const struct hvpt_pagetable *pt = auditor->pt;
	hvpt_gpa_t gpa = hvpt_gpa(pte & pt->addr_mask);

	if ((pte & pt->table_gpa_mask) != pt->table_gpa_mask)
		return HVPT_FAULT_TABLE_ADDR;
	if (auditor->report->tables >= auditor->limit)
		return HVPT_FAULT_COUNT;
	if (auditor->check && !auditor->check(auditor->ctx, gpa, level - 1))
		return HVPT_FAULT_TABLE_ADDR;
	auditor->report->tables++;
	return HVPT_FAULT_NONE;
}

static enum hvpt_fault hvpt_audit_leaf(const struct hvpt_auditor *auditor,
				       uint64_t pte, unsigned level,
				       uint64_t first)
{
	if (level >= HVPT_LEAF_LEVELS ||
	    !((unsigned)auditor->pt->leaf_levels >> level & 1u))
		return HVPT_FAULT_LEAF_SIZE;
	if (hvpt_level_offset(pte & HVPT_PTE_ADDR, level))
		return HVPT_FAULT_LEAF_ADDR;
	if (hvpt_range_is_reserved(auditor->pt, first,
				   first + (HVPT_LEVEL_BYTES(level) - 1)))
		return HVPT_FAULT_RESERVED;
	auditor->report->leaves[level]++;
	return HVPT_FAULT_NONE;
}

/* Are all bits of a present entry, but its address, as they must be? */
static bool hvpt_audit_bits_ok(const struct hvpt_pagetable *pt, uint64_t pte,
			       unsigned level, bool table)
{
	uint64_t must = HVPT_PTE_PRESENT | HVPT_PTE_USER;
	uint64_t free = HVPT_PTE_ADDR | HVPT_PTE_ACCESSED;

	if (table)
		must |= HVPT_PTE_WRITE;
	else
		free |= HVPT_PTE_WRITE | HVPT_PTE_DIRTY;
	if (table && pt->noncoherent)
		free |= HVPT_PTE_CLEAN;
	if (!table && level > 0)
		must |= HVPT_PTE_LARGE;
	return (pte & ~free) == must;
}

/*
 * A leaf lies inside the form. A table has a part of it: each segment of the
 * form begins, or ends, where the span of a table does.
 */
static bool hvpt_audit_in_form(const struct hvpt_pagetable *pt, uint64_t first,
			       uint64_t last, bool table)
{
	if (!table)
		return hvpt_pt_in_form(pt, first, last);
	return hvpt_pt_in_form(pt, first, first) ||
	       hvpt_pt_in_form(pt, last, last);
}

static enum hvpt_fault hvpt_audit_entry(const struct hvpt_auditor *auditor,
					uint64_t pte, unsigned level,
					uint64_t first)
{
	uint64_t last = first + (HVPT_LEVEL_BYTES(level) - 1);
	bool table = hvpt_pte_is_table(pte, level);

	if (!pte)
		return HVPT_FAULT_NONE;
	if (!hvpt_pte_is_present(pte))
		return HVPT_FAULT_NOT_PRESENT;
	if (!hvpt_audit_bits_ok(auditor->pt, pte, level, table))
		return table ? HVPT_FAULT_TABLE_BITS : HVPT_FAULT_LEAF_BITS;
	if (!hvpt_audit_in_form(auditor->pt, first, last, table))
		return HVPT_FAULT_OUTSIDE;
	return table ? hvpt_audit_table(auditor, pte, level) :
		       hvpt_audit_leaf(auditor, pte, level, first);
}

static bool hvpt_audit_run(struct hvpt_auditor *auditor,
			   const struct hvpt_cursor *run)
{
	struct hvpt_audit *report = auditor->report;
	uint64_t at = run->at;
	unsigned i;

	for (i = 0; i < run->count; i++) {
		uint64_t pte = hvpt_pte_load(HVPT_SLOT(run->slot, i));
		uint64_t first = hvpt_audit_iova(auditor->pt, at);

		report->fault = hvpt_audit_entry(auditor, pte, run->level,
						 first);
		if (report->fault != HVPT_FAULT_NONE) {
			report->level = run->level;
			report->iova = hvpt_iova(first);
			report->pte = pte;
			return false;
		}
		at += HVPT_LEVEL_BYTES(run->level);
	}
	return true;
}

static bool hvpt_audit_level(struct hvpt_auditor *auditor, unsigned level)
{
	struct hvpt_cursor cursor;

	/* every slot of the tree, whatever the IOVA form */
	hvpt_cursor_init(&cursor, auditor->pt, 0,
			 HVPT_LEVEL_BYTES(auditor->pt->levels) - 1, level);
	while (hvpt_run_next_table(&cursor))
		if (!hvpt_audit_run(auditor, &cursor))
			return false;
	return true;
}

static void hvpt_audit_reset(struct hvpt_audit *report)
{
	unsigned i;

	report->fault = HVPT_FAULT_NONE;
	report->level = 0;
	report->iova = hvpt_iova(0);
	report->pte = 0;
	report->tables = 0;
	for (i = 0; i < HVPT_LEAF_LEVELS; i++)
		report->leaves[i] = 0;
}

/* The root cannot be one, or is not the caller's. */
static void hvpt_audit_root(struct hvpt_audit *report, unsigned levels,
			    uint64_t root)
{
	report->fault = HVPT_FAULT_TABLE_ADDR;
	report->level = levels;
	report->pte = root;
}

static enum hvpt_status hvpt_audit_tree(struct hvpt_auditor *auditor)
{
	const struct hvpt_pagetable *pt = auditor->pt;
	struct hvpt_audit *report = auditor->report;
	unsigned level = pt->levels;
	uint64_t root = hvpt_pt_root_gpa(pt).value & pt->addr_mask;

	hvpt_audit_reset(report);
	report->tables = 1;
	if (auditor->check &&
	    !auditor->check(auditor->ctx, hvpt_gpa(root), level - 1u)) {
		hvpt_audit_root(report, level, hvpt_pt_root_gpa(pt).value);
		return HVPT_ERR_CORRUPT;
	}
	while (level-- > 0)
		if (!hvpt_audit_level(auditor, level))
			return HVPT_ERR_CORRUPT;
	return HVPT_OK;
}

enum hvpt_status hvpt_pt_audit(const struct hvpt_pagetable *pt,
			       hvpt_table_check_fn check, void *ctx,
			       struct hvpt_audit *report)
{
	struct hvpt_auditor auditor;
	enum hvpt_status status;

	auditor.pt = pt;
	auditor.check = check;
	auditor.ctx = ctx;
	auditor.limit = hvpt_pt_tables(pt);
	auditor.report = report;
	status = hvpt_audit_tree(&auditor);
	if (status == HVPT_OK && report->tables != auditor.limit) {
		report->fault = HVPT_FAULT_COUNT;
		status = HVPT_ERR_CORRUPT;
	}
	return status;
}

enum hvpt_status hvpt_pt_adopt(struct hvpt_pagetable *pt,
			       const struct hvpt_pt_config *config,
			       hvpt_gpa_t root, hvpt_table_check_fn check,
			       void *ctx, struct hvpt_audit *report)
{
	enum hvpt_status status = hvpt_pt_configure(pt, config, config->width,
						    config->page_sizes);
	struct hvpt_auditor auditor;

	hvpt_audit_reset(report);
	if (status != HVPT_OK)
		return status;
	if (!check)
		return HVPT_ERR_OPS;
	if ((root.value & pt->table_gpa_mask) != pt->table_gpa_mask ||
	    (root.value & ~HVPT_PTE_ADDR)) {
		hvpt_audit_root(report, pt->levels, root.value);
		return HVPT_ERR_TABLE_PAGE;
	}
	pt->root = hvpt_pt_table(pt, root.value);
	auditor.pt = pt;
	auditor.check = check;
	auditor.ctx = ctx;
	auditor.limit = ~(uint64_t)0;
	auditor.report = report;
	status = hvpt_audit_tree(&auditor);
	pt->table_count = report->tables;
	return status;
}

#define HVPT_FAULT_CASE(name)                                                  \
	case name:                                                             \
		return #name

const char *hvpt_fault_name(enum hvpt_fault fault)
{
	switch (fault) {
		HVPT_FAULT_CASE(HVPT_FAULT_NONE);
		HVPT_FAULT_CASE(HVPT_FAULT_NOT_PRESENT);
		HVPT_FAULT_CASE(HVPT_FAULT_TABLE_BITS);
		HVPT_FAULT_CASE(HVPT_FAULT_LEAF_BITS);
		HVPT_FAULT_CASE(HVPT_FAULT_LEAF_SIZE);
		HVPT_FAULT_CASE(HVPT_FAULT_LEAF_ADDR);
		HVPT_FAULT_CASE(HVPT_FAULT_TABLE_ADDR);
		HVPT_FAULT_CASE(HVPT_FAULT_OUTSIDE);
		HVPT_FAULT_CASE(HVPT_FAULT_COUNT);
		HVPT_FAULT_CASE(HVPT_FAULT_RESERVED);
	}
	return "HVPT_FAULT_UNKNOWN";
}

#undef HVPT_FAULT_CASE
