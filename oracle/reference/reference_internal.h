/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_internal.h - what the files of oracle/reference share.
 *
 * Ranges are first .. last, inclusive, as plain numbers.
 */
#ifndef ORACLE_REFERENCE_REFERENCE_INTERNAL_H
#define ORACLE_REFERENCE_REFERENCE_INTERNAL_H

#include "oracle/sdm_walk.h"
#include "hvpt/inspect.h"
#include "gather_ranges.h"
#include "reference.h"

/* ---- the abstract tree ----------------------------------------------- */

#define REF_RUNS 1024u
#define REF_STALE 2048u
#define REF_NO_PAGE 0xffffu

/** Leaves of one size that continue each other. */
struct ref_run {
	uint64_t first;
	uint64_t last;
	uint64_t gpa;
	uint8_t lg2;
	bool writable;
	bool dirty;
};

/** A table other than the root: entries of @level, first of them at @base. */
struct ref_table {
	uint64_t base;
	uint16_t page; /* which page of the reference it is */
	uint8_t level;
};

/**
 * struct ref_tree - the expected tree
 * @run: in address order
 * @table: in no order
 * @created: tables made since the copy was taken
 * @full: something did not fit; the rest is then meaningless
 */
struct ref_tree {
	struct ref_run run[REF_RUNS];
	struct ref_table table[REF_PAGES];
	unsigned runs;
	unsigned tables;
	unsigned created;
	bool full;
};

/** The lists of what left the tree. */
struct ref_gone {
	struct ref_table table[REF_PAGES];
	unsigned tables;
};

void ref_tree_copy(struct ref_tree *to, const struct ref_tree *from);

/** Index of the first run that ends at or above @address. */
unsigned ref_tree_find(const struct ref_tree *tree, uint64_t address);

/** The run that has @address; NULL: not mapped. */
const struct ref_run *ref_tree_at(const struct ref_tree *tree,
				  uint64_t address);

bool ref_tree_meets(const struct ref_tree *tree, uint64_t first, uint64_t last);

/** Adds leaves; joins them with what they continue. */
void ref_tree_put(struct ref_tree *tree, const struct ref_run *run);

/** Makes @address, a border between leaves, a border between runs. */
void ref_tree_border(struct ref_tree *tree, uint64_t address);

/**
 * Splits leaves until @boundary is not inside one. Leaves that are writable
 * are left alone if @keep is 1, read-only ones if it is 0; none if it is -1.
 */
void ref_tree_split(struct ref_tree *tree, uint64_t boundary, int keep);

/** Takes out all leaves of a range that cuts none. Return: bytes. */
uint64_t ref_tree_remove(struct ref_tree *tree, uint64_t first, uint64_t last);

bool ref_tree_has_table(const struct ref_tree *tree, unsigned level,
			uint64_t address);

/** Adds the tables that a leaf of @lg2 at @address needs. */
void ref_tree_need_tables(struct ref_tree *tree, unsigned levels, unsigned lg2,
			  uint64_t address);

/** Takes tables out that lie in a range, all or the empty ones. */
unsigned ref_tree_drop_tables(struct ref_tree *tree, uint64_t first,
			      uint64_t last, struct ref_gone *gone);

/** Last address that a table of @level at @base spans. */
uint64_t ref_table_last(const struct ref_table *table);

/* ---- the reference ------------------------------------------------------- */

#define REF_PAGE_WORDS 512u

enum ref_page_state {
	REF_PAGE_FRESH = 0,    /* never used: all zero */
	REF_PAGE_FREED = 1,    /* poison */
	REF_PAGE_IN_USE = 2,   /* given to the library */
	REF_PAGE_GATHERED = 3, /* left the tree, not flushed */
	REF_PAGE_DIRTY = 4,    /* of a run that was given up: anything */
};

/** What is going on, so that the page hooks know what is allowed. */
enum ref_phase {
	REF_IDLE = 0,
	REF_CALL = 1,
	REF_RELEASE = 2,
	REF_DESTROY = 3,
};

/** A leaf an IOMMU may have cached and which is no longer so. */
struct ref_stale {
	uint64_t first;
	uint64_t last;
};

struct reference {
	uint64_t *memory; /* REF_PAGES pages */
	uint64_t *shadow; /* as a walker that does not snoop sees them */
	uint8_t state[REF_PAGES];
	uint8_t born[REF_PAGES]; /* given out during this call */
	uint16_t free_list[REF_PAGES];
	unsigned free_count;
	unsigned gathered;
	unsigned allocs; /* of this call */
	unsigned fail_in;
	bool bad_page;
	uint32_t bad_kind;
	void *bad_out;
	enum ref_phase phase;

	struct hvpt_pagetable pt;
	struct hvpt_gather gather;
	struct hvpt_gather before;
	struct ref_config config;
	struct hvpt_pt_config pt_config;
	struct sdm_walker walker;
	uint64_t lower_last;
	uint64_t upper_first; /* 0: none */
	unsigned levels;
	bool sizes[3];
	bool alive;

	struct ref_tree trees[2];
	struct ref_tree *now;
	struct ref_tree *next;
	struct ref_gone gone;
	struct ref_stale stale[REF_STALE];
	unsigned stales;
	unsigned stales_before;

	/* where a callback of visit or read_dirty is */
	uint64_t seek;
	uint64_t seek_last;
	uint64_t seek_stop;
	bool seek_done;

	uint64_t op_number;
	uint64_t violation_op;
	ref_violation_fn on_violation;
	void *on_violation_ctx;
	struct ref_stats stats;
	bool violated;
	char text[240];
};

/** Notes the first violation. Return: false, always. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
bool ref_violate(struct reference *ref, const char *format, ...);

/* reference_pages.c */

void ref_pages_reset(struct reference *ref);
extern const struct hvpt_page_ops ref_page_ops;
extern const struct hvpt_page_ops ref_page_ops_noncoherent;

/** Index of the page at @gpa; REF_NO_PAGE: none. */
unsigned ref_page_of_gpa(uint64_t gpa);
unsigned ref_page_of_pointer(const struct reference *ref, const void *page);

/** A page as the IOMMU sees it. */
const uint64_t *ref_page_seen(const struct reference *ref, unsigned page);

bool ref_read64(void *ctx, uint64_t gpa, uint64_t *value);

/** A device sets bits of a leaf. */
void ref_device_or(struct reference *ref, uint64_t gpa, uint64_t bits);

static inline unsigned ref_pages_in_use(const struct reference *ref)
{
	return REF_PAGES - ref->free_count;
}

/* reference_predict.c */

bool ref_in_form(const struct reference *ref, uint64_t first, uint64_t last);
enum hvpt_status ref_predict_range(const struct reference *ref, uint64_t iova,
				   uint64_t length);
enum hvpt_status ref_predict_prot(unsigned prot);

/** The status up to, not including, OVERLAP. */
enum hvpt_status ref_predict_map(const struct reference *ref,
				 const struct ref_op *op, uint64_t *length);

/** Could @status be the answer to this configuration? */
bool ref_predict_config(const struct ref_config *config,
			enum hvpt_status status);

/** OK, NO_MEMORY or TABLE_PAGE when @created pages are wanted. */
enum hvpt_status ref_predict_pages(const struct reference *ref,
				   unsigned created);

/* reference_stale.c */

/** Notes first .. last as cached and changed. Return: false: no room. */
bool ref_stale_add(struct reference *ref, uint64_t first, uint64_t last);

/** All that a call took away: is it gathered, and not freed? */
bool ref_stale_check(struct reference *ref, uint64_t low, uint64_t high);

/** The flush and the release. */
bool ref_stale_sync(struct reference *ref);

/* reference_scan.c */

bool ref_probe(struct reference *ref, uint64_t iova);
bool ref_probe_around(struct reference *ref, uint64_t first, uint64_t last);
bool ref_resolve_tables(struct reference *ref);

/* reference_changes.c */

enum hvpt_status ref_op_map(struct reference *ref, const struct ref_op *op);
enum hvpt_status ref_op_unmap(struct reference *ref, const struct ref_op *op);
enum hvpt_status ref_op_protect(struct reference *ref, const struct ref_op *op);
enum hvpt_status ref_op_reclaim(struct reference *ref, const struct ref_op *op);

/* reference_reads.c */

enum hvpt_status ref_op_lookup(struct reference *ref, const struct ref_op *op);
enum hvpt_status ref_op_visit(struct reference *ref, const struct ref_op *op);
enum hvpt_status ref_op_dirty(struct reference *ref, const struct ref_op *op);
enum hvpt_status ref_op_device(struct reference *ref, const struct ref_op *op);

/* reference.c */

/** Begins a call of the library: what must hold if it fails is noted. */
void ref_call_begin(struct reference *ref);

/**
 * ref_call_end() - checks what is the same for every call
 * @got: its status
 * @want: the one predicted
 * @low: no new range of the gather may begin below this,
 * @high: or end above that
 *
 * With HVPT_OK the next tree becomes the present one.
 */
bool ref_call_end(struct reference *ref, enum hvpt_status got,
		  enum hvpt_status want, uint64_t low, uint64_t high);

#endif /* ORACLE_REFERENCE_REFERENCE_INTERNAL_H */
