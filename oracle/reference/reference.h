/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference.h - one page table, and everything it is judged by.
 *
 * A world holds a real page table of the library, the memory of its table
 * pages, and an abstract copy of what must be true: leaves, tables, and what
 * an IOMMU may still have cached. Each operation is predicted, then made, then
 * compared:
 *
 *   status    the one the contract says, by the order at the head of
 *             pagetable.h, NO_MEMORY and TABLE_PAGE at the exact allocation
 *   map       every probed byte translates, or not, as the abstract map says,
 *             for an independent walker and for hvpt_pt_lookup()
 *   leaves    the fewest which alignment, length and bitmap allow
 *   tables    exactly those the contract leaves in the tree
 *   pages     allocated = in the tree + in the gather; none is freed before a
 *             flush, none is written to afterwards
 *   IOTLB     what left the map and is not covered by the gather is a hole;
 *             tables in the gather translate only what was there before
 *   failure   nothing changed: outputs, gather, pages, translations
 *
 * The first thing wrong is a violation: its text is kept, a callback is told,
 * and all later operations do nothing. Nothing aborts. A world uses no memory
 * but its own and no global state: worlds may run in parallel, one thread
 * each. It is deterministic: the same configuration and operations give the
 * same answers.
 *
 *	struct fz_world *world = fz_world_create();
 *
 *	fz_world_start(world, &config);
 *	for (i = 0; i < count; i++)
 *		fz_world_apply(world, &ops[i]);
 *	fz_world_finish(world);
 *	if (fz_world_violation(world))
 *		...
 *	fz_world_destroy(world);
 */
#ifndef ORACLE_REFERENCE_REFERENCE_H
#define ORACLE_REFERENCE_REFERENCE_H

#include "hvpt/map.h"

struct fz_world;

/* Segments a map_list can have. */
#define FZ_SEGMENTS 8u

/* Table pages of a world: the next allocation fails. */
#define FZ_PAGES 256u

/* What a map may cost: 1 for each large leaf, 8 for a table of small ones. */
#define FZ_MAP_STEPS 1100u

/* Where the table pages are. */
#define FZ_TABLE_GPA UINT64_C(0x0000123400000000)

/**
 * struct fz_config - what the page table is to be
 * @page_sizes: as in struct hvpt_pt_config
 * @table_mask: its table_gpa_mask; a world cannot be started when it has bits
 *	31:12 or one of FZ_TABLE_GPA, for then no page is usable
 * @levels: 0, 4 or 5
 * @width: of IOVAs
 * @form: enum hvpt_iova_form
 * @flags: HVPT_PT_TRACK_DIRTY or 0
 * @noncoherent: the IOMMU does not snoop: it sees what was written back
 * @scan_every: compare the whole tree after each n-th operation; 0: only at
 *	the end and after calls which failed and had taken pages
 *
 * Values the library must refuse are allowed: that it does is checked.
 */
struct fz_config {
	uint64_t page_sizes;
	uint64_t table_mask;
	uint32_t levels;
	uint32_t width;
	uint32_t form;
	uint32_t flags;
	bool noncoherent;
	unsigned scan_every;
};

enum fz_kind {
	FZ_MAP = 0,	    /* iova, gpa, length, prot; flags: FZ_NO_GATHER */
	FZ_MAP_LIST = 1,    /* iova, segments, prot; flags: FZ_NO_GATHER */
	FZ_UNMAP = 2,	    /* iova, length */
	FZ_PROTECT = 3,	    /* iova, length, prot */
	FZ_RECLAIM = 4,	    /* iova, length */
	FZ_LOOKUP = 5,	    /* iova, any byte */
	FZ_READ_DIRTY = 6,  /* iova, length; flags for the call */
	FZ_VISIT = 7,	    /* iova .. iova + length - 1; count: stop there */
	FZ_SYNC = 8,	    /* flush what is gathered, then release it */
	FZ_DEVICE = 9,	    /* a device's access at iova; prot says which */
	FZ_FAIL_ALLOC = 10, /* the count-th allocation of the next call fails */
	FZ_BAD_PAGE = 11,   /* it gives an unusable page instead */
	FZ_KINDS = 12,
};

/* For maps: pass no gather. */
#define FZ_NO_GATHER 1u

/** One operation; fields which a kind does not name are not looked at. */
struct fz_op {
	enum fz_kind kind;
	uint32_t prot;
	uint32_t flags;
	uint32_t count; /* of segments, or which allocation (1: the next) */
	uint64_t iova;
	uint64_t gpa;
	uint64_t length;
	struct hvpt_segment segments[FZ_SEGMENTS];
};

/**
 * typedef fz_violation_fn - told of the first violation
 * @text: what is wrong, one line; valid while the world is
 */
typedef void (*fz_violation_fn)(void *ctx, const char *text);

/** Counters since creation, for progress lines. */
struct fz_stats {
	uint64_t ops;	  /* applied, whatever their status */
	uint64_t skipped; /* not applied: too large for this world */
	uint64_t by_kind[FZ_KINDS];
	uint64_t succeeded[FZ_KINDS]; /* those which gave HVPT_OK */
	uint64_t syncs;
	uint64_t scans;
	uint64_t probes;
};

/** NULL when there is no memory. About 2 MiB. */
struct fz_world *fz_world_create(void);

/** @world may be NULL; it may be in any state. */
void fz_world_destroy(struct fz_world *world);

/** @fn may be NULL. It must not call the world. Stays for all runs. */
void fz_world_on_violation(struct fz_world *world, fz_violation_fn fn,
			   void *ctx);

/**
 * fz_world_start() - begin afresh, with an empty page table
 *
 * A run which is not finished is forgotten.
 *
 * Return: whether there is a page table: the configuration is one the library
 * takes. If not, or if it took one which it must refuse (a violation),
 * operations do nothing.
 */
bool fz_world_start(struct fz_world *world, const struct fz_config *config);

/**
 * fz_world_apply() - make one operation, judge it
 *
 * An operation which the world has no room for, or which would take very long
 * (more than FZ_MAP_STEPS), is skipped. A
 * request to fail an allocation holds for the next operation only. FZ_SYNC and
 * FZ_DEVICE are always HVPT_OK.
 *
 * Return: the status of the call; HVPT_ERR_BUSY when nothing was done, which
 * no call in a world returns by itself.
 */
enum hvpt_status fz_world_apply(struct fz_world *world, const struct fz_op *op);

/** Compares the whole tree with the abstract one. Return: no violation. */
bool fz_world_scan(struct fz_world *world);

/**
 * fz_world_finish() - compare everything, destroy the page table
 *
 * All pages must have come back. Return: no violation in this run.
 */
bool fz_world_finish(struct fz_world *world);

/** The first violation of this run; NULL: none. */
const char *fz_world_violation(const struct fz_world *world);

/** Which operation of the run it was, from 0; of fz_world_finish(): count. */
uint64_t fz_world_violation_op(const struct fz_world *world);

/** The page table itself, for whoever wants to do more with it. */
struct hvpt_pagetable *fz_world_table(struct fz_world *world);

/**
 * The segments of the IOVA form: the last address of the lower one, the first
 * of the upper one (0: there is none). Of a configuration the library takes.
 */
uint64_t fz_lower_last(const struct fz_config *config);
uint64_t fz_upper_first(const struct fz_config *config);

const struct fz_stats *fz_world_stats(const struct fz_world *world);

/** "map", "unmap", .. */
const char *fz_kind_name(enum fz_kind kind);

/**
 * fz_op_print() - an operation as one line of text, without a newline
 *
 * Return: characters written, the terminating zero not counted; cut to @bytes.
 */
size_t fz_op_print(const struct fz_op *op, char *text, size_t bytes);

#endif /* ORACLE_REFERENCE_REFERENCE_H */
