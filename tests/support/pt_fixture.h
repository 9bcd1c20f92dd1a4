/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pt_fixture.h - one page table in an arena.
 *
 * What it gives:
 *
 *	pt_run()	runs each test once for each set of parameters, as a
 *			cmocka test of its own name:
 *			test_x[5/57/canonical/upper/4K,2M,1G]
 *	pt_all_forms, pt_main	such sets
 *	pt_map() ...	calls that must succeed, with the fixture's gather;
 *			pt_try_map() ... return the status
 *	pt_gather_...()	what a gather holds
 *	pt_entry(), pt_plant()	entries as plain memory
 *	on_alloc, on_write_back, spoil_at	where a test steps in
 *
 * After each test the table is destroyed: a page that did not come back to the
 * arena fails the test.
 */
#ifndef HVPT_TEST_PT_FIXTURE_H
#define HVPT_TEST_PT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hvpt/hvpt.h"
#include "adapters/host/arena.h"
#include "oracle/sdm_walk.h"

#define PT_4K 0x1000ull
#define PT_2M 0x200000ull
#define PT_1G 0x40000000ull
#define PT_512G 0x8000000000ull

#define PT_SIZES_4K PT_4K
#define PT_SIZES_2M (PT_4K | PT_2M)
#define PT_SIZES_1G (PT_4K | PT_1G)
#define PT_SIZES_ALL (PT_4K | PT_2M | PT_1G)

#define PT_RO HVPT_PROT_READ
#define PT_RW (HVPT_PROT_READ | HVPT_PROT_WRITE)

/* A gpa for data, 1 GiB aligned, away from the arena's pages. */
#define PT_DATA 0x1000000000ull

#define PT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/**
 * struct pt_params - what page table to test
 * @page_sizes: as configured; what leaves there are is in the fixture
 * @upper: let the fixture's base lie in the upper half (canonical only)
 *
 * The rest is as in struct hvpt_pt_config.
 */
struct pt_params {
	uint32_t levels;
	uint32_t width;
	enum hvpt_iova_form form;
	uint64_t page_sizes;
	uint32_t flags;
	uint64_t table_mask;
	bool noncoherent;
	bool upper;
};

/**
 * struct pt_fixture - a page table and what surrounds it
 * @sizes: sizes of leaves there can be: of the bitmap those the contract uses
 * @base: an IOVA with room for 64 GiB above it and 1 GiB below it, if the
 *	form has that much; 1 GiB aligned
 * @gather: for the test's calls; released at the end
 * @walker: reads the table as this form's hardware would
 * @extra_pages: pages the test itself holds from the arena
 * @live: @pt is to be destroyed at the end
 * @on_alloc: called before each page is given to hvpt, or NULL
 * @on_write_back: called before each write-back (non-coherent only), or NULL
 * @pointer_offset: added to the page pointers given to hvpt, to spoil them
 * @spoil_at: the allocation to spoil, counted down; 0: none
 * @spoiled: the spoiled pointer hvpt holds now, or NULL
 */
struct pt_fixture {
	const struct pt_params *params;
	struct hvpt_arena *arena;
	struct hvpt_pt_config config;
	struct hvpt_pagetable pt;
	struct hvpt_gather gather;
	struct sdm_walker walker;
	uint64_t sizes;
	uint64_t base;
	size_t extra_pages;
	bool live;
	void (*on_alloc)(struct pt_fixture *fixture);
	void (*on_write_back)(struct pt_fixture *fixture, const void *start,
			      size_t bytes);
	void *test_data;
	uint64_t pointer_offset;
	uint64_t spoil_at;
	void *spoiled;
};

struct pt_case {
	const char *name;
	void (*run)(void **state);
};

#define PT_CASE(function)                                                      \
	{                                                                      \
#function, function                                            \
	}

/* Every level, width and form; 4K, 2M and 1G leaves. */
extern const struct pt_params pt_all_forms[];
extern const size_t pt_all_forms_count;

/*
 * A few page tables that differ in everything; all have 64 GiB at base. The
 * first pt_main_large_count of them have leaves of all sizes.
 */
extern const struct pt_params pt_main[];
extern const size_t pt_main_count;
extern const size_t pt_main_large_count;

/** Runs all cases with all parameters. Return: for main() to return. */
int pt_run(const char *group, const struct pt_case *cases, size_t case_count,
	   const struct pt_params *params, size_t param_count);

/** Fills @fixture and makes an empty page table. */
void pt_open(struct pt_fixture *fixture, const struct pt_params *params);

/**
 * pt_close() - release, destroy, and look for pages that did not come back
 *
 * Return: how many are missing; 0 is right.
 */
size_t pt_close(struct pt_fixture *fixture);

/** Fills in arena, hooks and config, but makes no page table. */
void pt_prepare(struct pt_fixture *fixture, const struct pt_params *params);

/** What form and width say, not taken from the page table under test. */
uint64_t pt_lower_last(const struct pt_params *params);
uint64_t pt_upper_first(const struct pt_params *params);

/* The calls, with the fixture's gather; a status other than HVPT_OK fails. */
#define pt_map(f, iova, gpa, length, prot)                                     \
	assert_int_equal(pt_try_map(f, iova, gpa, length, prot), HVPT_OK)
#define pt_protect(f, iova, length, prot)                                      \
	assert_int_equal(pt_try_protect(f, iova, length, prot), HVPT_OK)

enum hvpt_status pt_try_map(struct pt_fixture *fixture, uint64_t iova,
			    uint64_t gpa, uint64_t length, unsigned prot);
enum hvpt_status pt_try_protect(struct pt_fixture *fixture, uint64_t iova,
				uint64_t length, unsigned prot);

/** Unmaps, asserts success. Return: the bytes reported. */
uint64_t pt_unmap(struct pt_fixture *fixture, uint64_t iova, uint64_t length);

/** Reclaims, asserts success. Return: the tables reported. */
uint64_t pt_reclaim(struct pt_fixture *fixture, uint64_t iova, uint64_t length);

/**
 * pt_reclaim_all() - reclaim the whole form, flush, and count what is left
 *
 * To be called when nothing is mapped and one segment of the form was used.
 * What is left is the root and the tables that span more than the segment,
 * so that no range can hold them whole.
 */
void pt_reclaim_all(struct pt_fixture *fixture);

/** Stands for a flush: gives the gather's pages back. */
void pt_flush(struct pt_fixture *fixture);

/** Begins anew with an empty page table that never maps @ranges. */
void pt_reserve(struct pt_fixture *fixture,
		const struct hvpt_iova_range *ranges, uint32_t count);

/** Is every byte of first .. last pending a flush? */
bool pt_gather_covers(const struct hvpt_gather *gather, uint64_t first,
		      uint64_t last);

/** Does the gather hold exactly one range, first .. last? */
bool pt_gather_is(const struct hvpt_gather *gather, uint64_t first,
		  uint64_t last);

/** Gpa of the slot for @iova in its table of @level; fails if there is none. */
uint64_t pt_slot_gpa(struct pt_fixture *fixture, uint64_t iova, unsigned level);

/** The entry there, read as plain memory; and planting one. */
uint64_t pt_entry(struct pt_fixture *fixture, uint64_t iova, unsigned level);
void pt_plant(struct pt_fixture *fixture, uint64_t iova, unsigned level,
	      uint64_t entry);

/** Where a table page, or a slot in it, is in this process. */
uint64_t *pt_pointer(const struct pt_fixture *fixture, uint64_t gpa);

/** A device writes to @iova: A and D of the leaf are set. It must be RW. */
void pt_device_write(struct pt_fixture *fixture, uint64_t iova);

#endif /* HVPT_TEST_PT_FIXTURE_H */
