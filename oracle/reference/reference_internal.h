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
#include "reference.h"

/* ---- the abstract tree ----------------------------------------------- */

#define FZ_RUNS 1024u
#define FZ_STALE 2048u
#define FZ_NO_PAGE 0xffffu

/** Leaves of one size which continue each other. */
struct fz_run {
	uint64_t first;
	uint64_t last;
	uint64_t gpa;
	uint8_t lg2;
	bool writable;
	bool dirty;
};

/** A table other than the root: entries of @level, first of them at @base. */
struct fz_table {
	uint64_t base;
	uint16_t page; /* which page of the world it is */
	uint8_t level;
};

/**
 * struct fz_shape - what ought to be in the tree
 * @run: in address order
 * @table: in no order
 * @created: tables made since the copy was taken
 * @full: something did not fit; the rest is then meaningless
 */
struct fz_shape {
	struct fz_run run[FZ_RUNS];
	struct fz_table table[FZ_PAGES];
	unsigned runs;
	unsigned tables;
	unsigned created;
	bool full;
};

/** The lists of what left the tree. */
struct fz_gone {
	struct fz_table table[FZ_PAGES];
	unsigned tables;
};

void fz_shape_copy(struct fz_shape *to, const struct fz_shape *from);

/** Index of the first run which ends at or above @address. */
unsigned fz_shape_find(const struct fz_shape *shape, uint64_t address);

/** The run which has @address; NULL: not mapped. */
const struct fz_run *fz_shape_at(const struct fz_shape *shape,
				 uint64_t address);

bool fz_shape_meets(const struct fz_shape *shape, uint64_t first,
		    uint64_t last);

/** Adds leaves; joins them with what they continue. */
void fz_shape_put(struct fz_shape *shape, const struct fz_run *run);

/** Makes @address, a border between leaves, a border between runs. */
void fz_shape_split(struct fz_shape *shape, uint64_t address);

/**
 * Splits leaves until @boundary is not inside one. Leaves which are writable
 * are left alone if @keep is 1, read-only ones if it is 0; none if it is -1.
 */
void fz_shape_cut(struct fz_shape *shape, uint64_t boundary, int keep);

/** Takes out all leaves of a range which cuts none. Return: bytes. */
uint64_t fz_shape_remove(struct fz_shape *shape, uint64_t first, uint64_t last);

bool fz_shape_has_table(const struct fz_shape *shape, unsigned level,
			uint64_t address);

/** Adds the tables which a leaf of @lg2 at @address needs. */
void fz_shape_need_tables(struct fz_shape *shape, unsigned levels, unsigned lg2,
			  uint64_t address);

/** Takes tables out which lie in a range, all or the empty ones. */
unsigned fz_shape_drop_tables(struct fz_shape *shape, uint64_t first,
			      uint64_t last, struct fz_gone *gone);

/** Last address which a table of @level at @base spans. */
uint64_t fz_table_last(const struct fz_table *table);

/* ---- the world ------------------------------------------------------- */

#define FZ_PAGE_WORDS 512u

enum fz_page_state {
	FZ_PAGE_FRESH = 0,    /* never used: all zero */
	FZ_PAGE_FREED = 1,    /* poison */
	FZ_PAGE_IN_USE = 2,   /* given to the library */
	FZ_PAGE_GATHERED = 3, /* left the tree, not flushed */
	FZ_PAGE_DIRTY = 4,    /* of a run which was given up: anything */
};

/** What is going on, so that the page hooks know what is allowed. */
enum fz_phase {
	FZ_IDLE = 0,
	FZ_CALL = 1,
	FZ_RELEASE = 2,
	FZ_DESTROY = 3,
};

/** A leaf an IOMMU may have cached and which is no longer so. */
struct fz_stale {
	uint64_t first;
	uint64_t last;
};

struct fz_world {
	uint64_t *memory; /* FZ_PAGES pages */
	uint64_t *shadow; /* as a walker which does not snoop sees them */
	uint8_t state[FZ_PAGES];
	uint8_t born[FZ_PAGES]; /* given out during this call */
	uint16_t free_list[FZ_PAGES];
	unsigned free_count;
	unsigned gathered;
	unsigned allocs; /* of this call */
	unsigned fail_in;
	bool bad_page;
	uint32_t bad_kind;
	void *bad_out;
	enum fz_phase phase;

	struct hvpt_pagetable pt;
	struct hvpt_gather gather;
	struct hvpt_gather before;
	struct fz_config config;
	struct hvpt_pt_config pt_config;
	struct sdm_walker walker;
	uint64_t lower_last;
	uint64_t upper_first; /* 0: none */
	unsigned levels;
	bool sizes[3];
	bool alive;

	struct fz_shape shapes[2];
	struct fz_shape *now;
	struct fz_shape *next;
	struct fz_gone gone;
	struct fz_stale stale[FZ_STALE];
	unsigned stales;
	unsigned stales_before;

	/* where a callback of visit or read_dirty is */
	uint64_t seek;
	uint64_t seek_last;
	uint64_t seek_stop;
	bool seek_done;

	uint64_t op_number;
	uint64_t violation_op;
	fz_violation_fn on_violation;
	void *on_violation_ctx;
	struct fz_stats stats;
	bool violated;
	char text[240];
};

/** Notes the first violation. Return: false, always. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
bool fz_violate(struct fz_world *world, const char *format, ...);

/* pages.c */

void fz_pages_reset(struct fz_world *world);
extern const struct hvpt_page_ops fz_page_ops;
extern const struct hvpt_page_ops fz_page_ops_noncoherent;

/** Index of the page at @gpa; FZ_NO_PAGE: none. */
unsigned fz_page_of_gpa(uint64_t gpa);
unsigned fz_page_of_pointer(const struct fz_world *world, const void *page);

/** A page as the IOMMU sees it. */
const uint64_t *fz_page_seen(const struct fz_world *world, unsigned page);

bool fz_read64(void *ctx, uint64_t gpa, uint64_t *value);

/** A device sets bits of a leaf. */
void fz_device_or(struct fz_world *world, uint64_t gpa, uint64_t bits);

static inline unsigned fz_pages_in_use(const struct fz_world *world)
{
	return FZ_PAGES - world->free_count;
}

/* predict.c */

bool fz_in_form(const struct fz_world *world, uint64_t first, uint64_t last);
enum hvpt_status fz_predict_range(const struct fz_world *world, uint64_t iova,
				  uint64_t length);
enum hvpt_status fz_predict_prot(unsigned prot);

/** The status up to, not including, OVERLAP. */
enum hvpt_status fz_predict_map(const struct fz_world *world,
				const struct fz_op *op, uint64_t *length);

/** Could @status be the answer to this configuration? */
bool fz_predict_config(const struct fz_config *config, enum hvpt_status status);

/** OK, NO_MEMORY or TABLE_PAGE when @created pages are wanted. */
enum hvpt_status fz_predict_pages(const struct fz_world *world,
				  unsigned created);

/* ghost.c */

/** Notes first .. last as cached and changed. Return: false: no room. */
bool fz_stale_add(struct fz_world *world, uint64_t first, uint64_t last);

/** All that a call took away: is it gathered, and not freed? */
bool fz_ghost_check(struct fz_world *world, uint64_t low, uint64_t high);

/** The flush and the release. */
bool fz_ghost_sync(struct fz_world *world);

/* scan.c */

bool fz_probe(struct fz_world *world, uint64_t iova);
bool fz_probe_around(struct fz_world *world, uint64_t first, uint64_t last);
bool fz_resolve_tables(struct fz_world *world);

/* ops.c */

enum hvpt_status fz_op_map(struct fz_world *world, const struct fz_op *op);
enum hvpt_status fz_op_unmap(struct fz_world *world, const struct fz_op *op);
enum hvpt_status fz_op_protect(struct fz_world *world, const struct fz_op *op);
enum hvpt_status fz_op_reclaim(struct fz_world *world, const struct fz_op *op);

/* look.c */

enum hvpt_status fz_op_lookup(struct fz_world *world, const struct fz_op *op);
enum hvpt_status fz_op_visit(struct fz_world *world, const struct fz_op *op);
enum hvpt_status fz_op_dirty(struct fz_world *world, const struct fz_op *op);
enum hvpt_status fz_op_device(struct fz_world *world, const struct fz_op *op);

/* world.c */

/** Begins a call of the library: what must hold if it fails is noted. */
void fz_call_begin(struct fz_world *world);

/**
 * fz_call_end() - judges what is the same for every call
 * @got: its status
 * @want: the one predicted
 * @low: no new range of the gather may begin below this,
 * @high: or end above that
 *
 * With HVPT_OK the next shape becomes the present one.
 */
bool fz_call_end(struct fz_world *world, enum hvpt_status got,
		 enum hvpt_status want, uint64_t low, uint64_t high);

#endif /* ORACLE_REFERENCE_REFERENCE_INTERNAL_H */
