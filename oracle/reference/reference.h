/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference.h - one page table, and everything it is checked against.
 *
 * A reference holds a real page table of the library, the memory of its table
 * pages, and an abstract copy of what must be true: leaves, tables, and what
 * an IOMMU may still have cached. Each operation is predicted, then made, then
 * compared:
 *
 *   status    the one the contract says, by the order at the head of
 *             pagetable.h, NO_MEMORY and TABLE_PAGE at the exact allocation
 *   map       every probed byte translates, or not, as the abstract map says,
 *             for an independent walker and for hvpt_pt_lookup()
 *   leaves    the fewest that alignment, length and bitmap allow
 *   tables    exactly those the contract leaves in the tree
 *   pages     allocated = in the tree + in the gather; none is freed before a
 *             flush, none is written to afterwards
 *   IOTLB     what left the map and is not covered by the gather is a hole;
 *             tables in the gather translate only what was there before
 *   failure   nothing changed: outputs, gather, pages, translations
 *
 * The first thing wrong is a violation: its text is kept, a callback is told,
 * and all later operations do nothing. Nothing aborts. A reference uses no
 * memory but its own and no global state: references may run in parallel, one
 * thread each. It is deterministic: the same configuration and operations give
 * the same answers.
 *
 *	struct reference *ref = reference_create();
 *
 *	reference_start(ref, &config);
 *	for (i = 0; i < count; i++)
 *		reference_apply(ref, &ops[i]);
 *	reference_finish(ref);
 *	if (reference_violation(ref))
 *		...
 *	reference_destroy(ref);
 */
#ifndef ORACLE_REFERENCE_REFERENCE_H
#define ORACLE_REFERENCE_REFERENCE_H

#include "hvpt/map.h"

struct reference;

/* Segments a map_list can have. */
#define REF_SEGMENTS 8u

/* Table pages of a reference: the next allocation fails. */
#define REF_PAGES 256u

/* What a map may cost: 1 for each large leaf, 8 for a table of small ones. */
#define REF_MAP_STEPS 1100u

/* Where the table pages are. */
#define REF_TABLE_GPA UINT64_C(0x0000123400000000)

/**
 * struct ref_config - the configuration of the page table
 * @page_sizes: as in struct hvpt_pt_config
 * @table_mask: its table_gpa_mask; a reference cannot be started when it has
 *	bits 31:12 or one of REF_TABLE_GPA, for then no page is usable
 * @levels: 0, 4 or 5
 * @width: of IOVAs
 * @form: enum hvpt_iova_form
 * @flags: HVPT_PT_TRACK_DIRTY or 0
 * @noncoherent: the IOMMU does not snoop: it sees what was written back
 * @scan_every: compare the whole tree after each n-th operation; 0: only at
 *	the end and after calls that failed and had taken pages
 *
 * Values the library must refuse are allowed: that it does is checked.
 */
struct ref_config {
	uint64_t page_sizes;
	uint64_t table_mask;
	uint32_t levels;
	uint32_t width;
	uint32_t form;
	uint32_t flags;
	bool noncoherent;
	unsigned scan_every;
};

enum ref_kind {
	REF_MAP = 0,	    /* iova, gpa, length, prot; flags: REF_NO_GATHER */
	REF_MAP_LIST = 1,   /* iova, segments, prot; flags: REF_NO_GATHER */
	REF_UNMAP = 2,	    /* iova, length */
	REF_PROTECT = 3,    /* iova, length, prot */
	REF_RECLAIM = 4,    /* iova, length */
	REF_LOOKUP = 5,	    /* iova, any byte */
	REF_READ_DIRTY = 6, /* iova, length; flags for the call */
	REF_VISIT = 7,	    /* iova .. iova + length - 1; count: stop there */
	REF_SYNC = 8,	    /* flush what is gathered, then release it */
	REF_DEVICE = 9,	    /* a device's access at iova; prot says which */
	REF_FAIL_ALLOC =
		10,	   /* the count-th allocation of the next call fails */
	REF_BAD_PAGE = 11, /* it gives an unusable page instead */
	REF_KINDS = 12,
};

/* For maps: pass no gather. */
#define REF_NO_GATHER 1u

/** One operation; fields that a kind does not name are ignored. */
struct ref_op {
	enum ref_kind kind;
	uint32_t prot;
	uint32_t flags;
	uint32_t count; /* of segments, or which allocation (1: the next) */
	uint64_t iova;
	uint64_t gpa;
	uint64_t length;
	struct hvpt_segment segments[REF_SEGMENTS];
};

/**
 * typedef ref_violation_fn - told of the first violation
 * @text: what is wrong, one line; valid while the reference is
 */
typedef void (*ref_violation_fn)(void *ctx, const char *text);

/** Counters since creation, for progress lines. */
struct ref_stats {
	uint64_t ops;	  /* applied, whatever their status */
	uint64_t skipped; /* not applied: too large for this reference */
	uint64_t by_kind[REF_KINDS];
	uint64_t succeeded[REF_KINDS]; /* those that gave HVPT_OK */
	uint64_t syncs;
	uint64_t scans;
	uint64_t probes;
};

/** NULL when there is no memory. About 2 MiB. */
struct reference *reference_create(void);

/** @ref may be NULL; it may be in any state. */
void reference_destroy(struct reference *ref);

/** @fn may be NULL. It must not call the reference. Stays for all runs. */
void reference_on_violation(struct reference *ref, ref_violation_fn fn,
			    void *ctx);

/**
 * reference_start() - begins a run with an empty page table
 *
 * A run that is not finished is forgotten.
 *
 * Return: whether there is a page table: the configuration is one the library
 * takes. If not, or if it took one that it must refuse (a violation),
 * operations do nothing.
 */
bool reference_start(struct reference *ref, const struct ref_config *config);

/**
 * reference_apply() - makes one operation and checks it
 *
 * An operation that the reference has no room for, or that would take very
 * long (more than REF_MAP_STEPS), is skipped. A request to fail an allocation
 * holds for the next operation only. REF_SYNC and REF_DEVICE are always
 * HVPT_OK.
 *
 * Return: the status of the call; HVPT_ERR_BUSY when nothing was done, which
 * no call in a reference returns by itself.
 */
enum hvpt_status reference_apply(struct reference *ref,
				 const struct ref_op *op);

/** Compares the whole tree with the abstract one. Return: no violation. */
bool reference_scan(struct reference *ref);

/**
 * reference_finish() - compares everything, and destroys the page table
 *
 * All pages must be free then. Return: no violation in this run.
 */
bool reference_finish(struct reference *ref);

/** The first violation of this run; NULL: none. */
const char *reference_violation(const struct reference *ref);

/** Which operation of the run it was, from 0; of reference_finish(): count. */
uint64_t reference_violation_op(const struct reference *ref);

/**
 * The segments of the IOVA form: the last address of the lower one, the first
 * of the upper one (0: there is none). Of a configuration the library takes.
 */
uint64_t ref_lower_last(const struct ref_config *config);
uint64_t ref_upper_first(const struct ref_config *config);

const struct ref_stats *reference_stats(const struct reference *ref);

/** "map", "unmap", .. */
const char *ref_kind_name(enum ref_kind kind);

/**
 * ref_op_print() - an operation as one line of text, without a newline
 *
 * Return: characters written, the terminating zero not counted; cut to @bytes.
 */
size_t ref_op_print(const struct ref_op *op, char *text, size_t bytes);

#endif /* ORACLE_REFERENCE_REFERENCE_H */
