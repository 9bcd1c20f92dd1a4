/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/inspect.h - seeing what is mapped and what was written; checking a
 * page table, and taking over one that others built.
 *
 * The rules at the head of pagetable.h hold. docs/API-CONVENTIONS.md, "Cost",
 * bounds the accesses and the instructions of each call.
 */
#ifndef HVPT_INSPECT_H
#define HVPT_INSPECT_H

#include "hvpt/pagetable.h"

/* ---- visit, dirty ---------------------------------------------------- */

/**
 * typedef hvpt_visit_fn - sees one leaf
 * @ctx: the caller's
 * @iova: first IOVA of the leaf
 * @mapping: what is there; gone when the function returns
 *
 * Return: true to go on, false to stop. It must not change the page table.
 */
typedef bool (*hvpt_visit_fn)(void *ctx, hvpt_iova_t iova,
			      const struct hvpt_mapping *mapping);

/**
 * typedef hvpt_dirty_fn - learns that iova .. iova + bytes - 1 was written
 * @ctx: the caller's
 * @iova: first byte
 * @bytes: how many
 *
 * Note the range, but do not copy it yet: an IOMMU may have cached translations
 * with D set, and by these devices write to the range without leaving a trace.
 * Copy after the flush of the gather of hvpt_pt_read_dirty(). What is written
 * after that flush is in the next report.
 */
typedef void (*hvpt_dirty_fn)(void *ctx, hvpt_iova_t iova, uint64_t bytes);

/* Report only: leave every D bit as it is. */
#define HVPT_DIRTY_KEEP 1u

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_pt_visit() - see every leaf of a range, in address order
 * @pt: the page table
 * @range: in: any byte addresses, first not above last, inside the IOVA form;
 *	NULL for everything, both halves
 * @fn: called for each leaf that has a byte in the range, whole
 * @ctx: for @fn
 *
 * Context: a reader, as hvpt_pt_lookup().
 * Return: HVPT_OK; HVPT_ERR_WRAP when first is above last;
 * HVPT_ERR_IOVA_RANGE; HVPT_ERR_STOPPED when @fn returned false.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_visit(const struct hvpt_pagetable *pt,
	      const struct hvpt_iova_range *range, hvpt_visit_fn fn, void *ctx);

/**
 * hvpt_pt_read_dirty() - report what devices wrote, and clear it
 * @pt: the page table
 * @iova: first IOVA, 4 KiB aligned
 * @length: bytes, a multiple of 4 KiB, not 0
 * @flags: 0, or HVPT_DIRTY_KEEP
 * @fn: called for each dirty leaf, with its part inside the range
 * @ctx: for @fn
 * @gather: in/out: leaves whose D was cleared. An IOMMU sets D again only
 *	after they are flushed.
 *
 * To copy what was written, proceed in this order: read, flush the gather, copy
 * what was reported; and read again. A copy made before the flush lacks what is
 * written between copy and flush, and no report tells of it. D of a leaf is
 * cleared before @fn is called for it.
 *
 * Mappings stay writable throughout. D of a leaf that is only partly inside the
 * range is reported but not cleared: what was written to the rest of the leaf
 * would be lost. Without HVPT_PT_TRACK_DIRTY new writable mappings count as
 * dirty once. With a write_back hook they always do, and D cannot be cleared:
 * HVPT_DIRTY_KEEP is required. Owns its range.
 *
 * Return: HVPT_OK; HVPT_ERR_EMPTY; HVPT_ERR_ALIGN; HVPT_ERR_WRAP;
 * HVPT_ERR_IOVA_RANGE; HVPT_ERR_FLAGS.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_read_dirty(struct hvpt_pagetable *pt, hvpt_iova_t iova, uint64_t length,
		   unsigned flags, hvpt_dirty_fn fn, void *ctx,
		   struct hvpt_gather *gather);

HVPT_EXTERN_C_END

/* ---- audit, adopt ---------------------------------------------------- */

/** What an audit found first. Values are pinned. */
enum hvpt_fault {
	HVPT_FAULT_NONE = 0,
	HVPT_FAULT_NOT_PRESENT = 1, /* P clear, other bits set */
	HVPT_FAULT_TABLE_BITS = 2,  /* table entry with wrong or missing bits */
	HVPT_FAULT_LEAF_BITS = 3,   /* leaf with wrong or missing bits */
	HVPT_FAULT_LEAF_SIZE = 4,   /* leaf of a size that is not allowed */
	HVPT_FAULT_LEAF_ADDR = 5,   /* leaf gpa not a multiple of its size */
	HVPT_FAULT_TABLE_ADDR = 6,  /* table_gpa_mask missing, or refused */
	HVPT_FAULT_OUTSIDE = 7,	    /* present outside the IOVA form */
	HVPT_FAULT_COUNT = 8,	    /* more, or fewer, tables than counted */
	HVPT_FAULT_RESERVED = 9,    /* a leaf in a reserved range */
};

/**
 * struct hvpt_audit - the result of an audit
 * @fault: the first broken rule, or HVPT_FAULT_NONE
 * @level: level of the table that holds the entry; the number of levels when
 *	the root itself was refused
 * @iova: first IOVA the entry stands for
 * @pte: the entry
 * @tables: table pages seen so far, root included
 * @leaves: leaves seen so far, by level
 */
struct hvpt_audit {
	enum hvpt_fault fault;
	uint32_t level;
	hvpt_iova_t iova;
	uint64_t pte;
	uint64_t tables;
	uint64_t leaves[HVPT_LEAF_LEVELS];
};

/**
 * typedef hvpt_table_check_fn - may this page be read as a table?
 * @ctx: the caller's
 * @table: gpa of the page, table_gpa_mask taken out, 4 KiB aligned
 * @level: the level of its entries
 *
 * Called once for each reference to a table, before the table is read, level by
 * level from the root down. To detect loops and tables that two entries share,
 * return false the second time a page comes up.
 */
typedef bool (*hvpt_table_check_fn)(void *ctx, hvpt_gpa_t table,
				    unsigned level);

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_pt_audit() - check every entry of every table
 * @pt: the page table
 * @check: asked about each table; NULL trusts them
 * @ctx: for @check
 * @report: out: always written
 *
 * Reads all tables once for each level. Never follows more table entries than
 * the page table has tables: for one too many the fault is HVPT_FAULT_COUNT,
 * before @check is asked about it. Nothing may change meanwhile.
 *
 * Return: HVPT_OK, or HVPT_ERR_CORRUPT with the reason in @report.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_audit(const struct hvpt_pagetable *pt, hvpt_table_check_fn check,
	      void *ctx, struct hvpt_audit *report);

/**
 * hvpt_pt_adopt() - take over a tree built earlier
 * @pt: out: the object, storage of the caller's, not a page table in use; after
 *	a failure not to be used for anything, hvpt_pt_destroy() included
 * @config: in: as for hvpt_pt_init(), describing the tree
 * @root: its root, table_gpa_mask included if there is one
 * @check: required: does this page belong to the caller?
 * @ctx: for @check
 * @report: out: always written: counts, or the fault; all zero when @config is
 *	refused, or @check is NULL
 *
 * For tables that firmware built, or a kernel before a live update. Every entry
 * is checked before anything is kept: bits, sizes, addresses, the IOVA form;
 * @check guards against wild pointers, loops and sharing. A and D may have
 * either value. Nothing is written to the tree, so an IOMMU may be using it;
 * nobody may change it meanwhile. No page is taken.
 *
 * On success the table pages that @check allowed belong to the page table: they
 * will come back through free_page. On failure they stay the caller's.
 *
 * The call cannot know what the earlier owner took away, or split, and did not
 * flush. If an IOMMU may have cached any of the tree, flush the whole domain
 * after the earlier owner's last change and before anything that was unmapped
 * is reused.
 *
 * Return: HVPT_OK; the refusals of hvpt_pt_init() but NO_MEMORY;
 * HVPT_ERR_OPS when @check is NULL; HVPT_ERR_TABLE_PAGE when @root cannot be
 * a root (HVPT_FAULT_TABLE_ADDR in @report); HVPT_ERR_CORRUPT with the reason
 * in @report.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_pt_adopt(struct hvpt_pagetable *pt, const struct hvpt_pt_config *config,
	      hvpt_gpa_t root, hvpt_table_check_fn check, void *ctx,
	      struct hvpt_audit *report);

/**
 * hvpt_fault_name() - the identifier of a fault, for logs. Never NULL.
 * @fault: of a walk
 */
const char *hvpt_fault_name(enum hvpt_fault fault);

HVPT_EXTERN_C_END

#endif /* HVPT_INSPECT_H */
