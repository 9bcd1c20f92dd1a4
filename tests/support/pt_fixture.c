/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "pt_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_PAGES ((size_t)1 << 14)
#define ARENA_GPA 0x40000000ull

#define FORM(levels, width, form)                                              \
	{                                                                      \
		levels, width, form, PT_SIZES_ALL, 0, 0, false, false          \
	}
#define FORMS(levels, width)                                                   \
	FORM(levels, width, HVPT_IOVA_PLAIN),                                  \
		FORM(levels, width, HVPT_IOVA_LOWER),                          \
		FORM(levels, width, HVPT_IOVA_CANONICAL)

const struct pt_params pt_all_forms[] = {
	FORMS(4, 13), FORMS(4, 21), FORMS(4, 22), FORMS(4, 32), FORMS(4, 39),
	FORMS(4, 47), FORMS(4, 48), FORMS(5, 13), FORMS(5, 21), FORMS(5, 31),
	FORMS(5, 32), FORMS(5, 39), FORMS(5, 47), FORMS(5, 48), FORMS(5, 49),
	FORMS(5, 52), FORMS(5, 57),
};
const size_t pt_all_forms_count = PT_COUNT(pt_all_forms);

#define C_BIT (1ull << 51)
#define TRACK HVPT_PT_TRACK_DIRTY

const struct pt_params pt_main[] = {
	{ 4, 48, HVPT_IOVA_PLAIN, PT_SIZES_ALL, 0, 0, false, false },
	{ 4, 48, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, 0, false, true },
	{ 4, 39, HVPT_IOVA_LOWER, PT_SIZES_ALL, 0, 0, false, false },
	{ 5, 57, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, 0, false, true },
	{ 5, 52, HVPT_IOVA_PLAIN, PT_SIZES_ALL, 0, 0, false, false },
	{ 4, 48, HVPT_IOVA_PLAIN, PT_SIZES_ALL, TRACK, 0, false, false },
	{ 5, 48, HVPT_IOVA_LOWER, PT_SIZES_ALL, 0, C_BIT, false, false },
	{ 4, 47, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, 0, true, false },
	{ 5, 57, HVPT_IOVA_CANONICAL, PT_SIZES_ALL, 0, C_BIT, true, true },
	/* from here on not all leaf sizes */
	{ 4, 48, HVPT_IOVA_PLAIN, PT_SIZES_4K, 0, 0, false, false },
	{ 4, 48, HVPT_IOVA_CANONICAL, PT_SIZES_2M, 0, 0, false, false },
	{ 5, 57, HVPT_IOVA_PLAIN, PT_SIZES_1G, 0, 0, false, false },
};
const size_t pt_main_count = PT_COUNT(pt_main);
const size_t pt_main_large_count = PT_COUNT(pt_main) - 3;

/* ---- page hooks ------------------------------------------------------ */

static void *hook_alloc(void *ctx)
{
	struct pt_fixture *fixture = ctx;
	char *page;

	if (fixture->on_alloc)
		fixture->on_alloc(fixture);
	if (fixture->params->noncoherent)
		page = hvpt_arena_noncoherent_ops.alloc_page(fixture->arena);
	else
		page = hvpt_arena_ops.alloc_page(fixture->arena);
	if (page && fixture->spoil_at && --fixture->spoil_at == 0) {
		page += fixture->pointer_offset;
		fixture->spoiled = page;
	}
	return page;
}

static void hook_free(void *ctx, void *page)
{
	struct pt_fixture *fixture = ctx;

	/* A spoiled page must come back under the name it was given. */
	if (page == fixture->spoiled) {
		page = (char *)page - fixture->pointer_offset;
		fixture->spoiled = NULL;
	}
	hvpt_arena_ops.free_page(fixture->arena, page);
}

static void hook_write_back(void *ctx, const void *start, size_t bytes)
{
	struct pt_fixture *fixture = ctx;

	if (fixture->on_write_back)
		fixture->on_write_back(fixture, start, bytes);
	hvpt_arena_noncoherent_ops.write_back(fixture->arena, start, bytes);
}

static const struct hvpt_page_ops hooks = {
	.alloc_page = hook_alloc,
	.free_page = hook_free,
};

static const struct hvpt_page_ops noncoherent_hooks = {
	.alloc_page = hook_alloc,
	.free_page = hook_free,
	.write_back = hook_write_back,
};

/* ---- open, close ----------------------------------------------------- */

uint64_t pt_lower_last(const struct pt_params *params)
{
	uint32_t bits = params->width;

	if (params->form != HVPT_IOVA_PLAIN)
		bits--;
	return ((uint64_t)1 << bits) - 1;
}

uint64_t pt_upper_first(const struct pt_params *params)
{
	if (params->form != HVPT_IOVA_CANONICAL)
		return 0;
	return ~(uint64_t)0 << (params->width - 1);
}

/* Only these three have an effect, and 1 GiB only together with 2 MiB. */
static uint64_t leaf_sizes(uint64_t page_sizes)
{
	uint64_t sizes = page_sizes & PT_SIZES_ALL;

	if (!(sizes & PT_2M))
		sizes &= ~PT_1G;
	return sizes;
}

static void set_walker(struct pt_fixture *fixture)
{
	struct sdm_walker *walker = &fixture->walker;
	const struct pt_params *params = fixture->params;

	walker->read64 = params->noncoherent ? hvpt_arena_read_shadow64 :
					       hvpt_arena_read64;
	walker->ctx = fixture->arena;
	walker->address_mask = params->table_mask;
	walker->levels = params->levels;
	walker->width = params->width;
	walker->maxphyaddr = 52;
	/* The lower form is right for both kinds of hardware: the stricter. */
	walker->canonical = params->form != HVPT_IOVA_PLAIN;
}

void pt_prepare(struct pt_fixture *fixture, const struct pt_params *params)
{
	struct hvpt_pt_config *config = &fixture->config;

	memset(fixture, 0, sizeof(*fixture));
	fixture->params = params;
	fixture->arena = hvpt_arena_create(ARENA_PAGES, ARENA_GPA);
	assert_non_null(fixture->arena);
	hvpt_gather_init(&fixture->gather);
	config->ops = params->noncoherent ? &noncoherent_hooks : &hooks;
	config->ctx = fixture;
	config->direct_map_offset = hvpt_arena_offset(fixture->arena);
	config->table_gpa_mask = params->table_mask;
	config->page_sizes = params->page_sizes;
	config->levels = params->levels;
	config->width = params->width;
	config->form = params->form;
	config->flags = params->flags;
	set_walker(fixture);
	fixture->sizes = leaf_sizes(params->page_sizes);
	fixture->base = (uint64_t)1 << 36;
	if (params->upper)
		fixture->base += pt_upper_first(params);
}

void pt_open(struct pt_fixture *fixture, const struct pt_params *params)
{
	pt_prepare(fixture, params);
	assert_int_equal(hvpt_pt_init(&fixture->pt, &fixture->config), HVPT_OK);
	fixture->live = true;
	fixture->walker.root = hvpt_pt_root_gpa(&fixture->pt).value;
}

size_t pt_close(struct pt_fixture *fixture)
{
	size_t missing;

	fixture->on_alloc = NULL;
	fixture->on_write_back = NULL;
	if (fixture->live) {
		pt_flush(fixture);
		hvpt_pt_destroy(&fixture->pt);
	}
	missing = hvpt_arena_in_use(fixture->arena) - fixture->extra_pages;
	if (missing)
		print_error("pages in use at the end: %zu, expected %zu\n",
			    hvpt_arena_in_use(fixture->arena),
			    fixture->extra_pages);
	hvpt_arena_destroy(fixture->arena);
	return missing;
}

/* ---- the runner ------------------------------------------------------ */

static int case_setup(void **state)
{
	struct pt_fixture *fixture = malloc(sizeof(*fixture));
	const struct pt_params *params = *state;

	if (!fixture)
		return -1;
	pt_open(fixture, params);
	*state = fixture;
	return 0;
}

static int case_teardown(void **state)
{
	size_t missing = pt_close(*state);

	free(*state);
	return missing ? -1 : 0;
}

static const char *form_text(const struct pt_params *params)
{
	switch (params->form) {
	case HVPT_IOVA_PLAIN:
		return "plain";
	case HVPT_IOVA_LOWER:
		return "lower";
	default:
		return params->upper ? "canonical,upper" : "canonical";
	}
}

static char *case_name(const struct pt_case *test,
		       const struct pt_params *params)
{
	char text[200];
	char *copy;

	snprintf(text, sizeof(text), "%s[%u/%u/%s/4K%s%s%s%s%s]", test->name,
		 params->levels, params->width, form_text(params),
		 params->page_sizes & PT_2M ? ",2M" : "",
		 params->page_sizes & PT_1G ? ",1G" : "",
		 params->flags & HVPT_PT_TRACK_DIRTY ? "/track" : "",
		 params->table_mask ? "/mask" : "",
		 params->noncoherent ? "/noncoherent" : "");
	copy = malloc(strlen(text) + 1);
	if (copy)
		strcpy(copy, text);
	return copy;
}

int pt_run(const char *group, const struct pt_case *cases, size_t case_count,
	   const struct pt_params *params, size_t param_count)
{
	size_t total = case_count * param_count;
	struct CMUnitTest *tests = calloc(total, sizeof(*tests));
	size_t i;
	int failed;

	if (!tests)
		return 1;
	for (i = 0; i < total; i++) {
		const struct pt_case *test = &cases[i / param_count];
		const struct pt_params *set = &params[i % param_count];

		tests[i].name = case_name(test, set);
		tests[i].test_func = test->run;
		tests[i].setup_func = case_setup;
		tests[i].teardown_func = case_teardown;
		/* cmocka has no const here; nobody writes to it. */
		tests[i].initial_state = (void *)(uintptr_t)set;
		if (!tests[i].name)
			abort();
	}
	failed = _cmocka_run_group_tests(group, tests, total, NULL, NULL);
	for (i = 0; i < total; i++)
		free((void *)(uintptr_t)tests[i].name);
	free(tests);
	return failed;
}

/* ---- calls ----------------------------------------------------------- */

enum hvpt_status pt_try_map(struct pt_fixture *fixture, uint64_t iova,
			    uint64_t gpa, uint64_t length, unsigned prot)
{
	return hvpt_pt_map(&fixture->pt, hvpt_iova(iova), hvpt_gpa(gpa), length,
			   prot, &fixture->gather);
}

enum hvpt_status pt_try_protect(struct pt_fixture *fixture, uint64_t iova,
				uint64_t length, unsigned prot)
{
	return hvpt_pt_protect(&fixture->pt, hvpt_iova(iova), length, prot,
			       &fixture->gather);
}

uint64_t pt_unmap(struct pt_fixture *fixture, uint64_t iova, uint64_t length)
{
	uint64_t unmapped = ~(uint64_t)0;
	enum hvpt_status status;

	status = hvpt_pt_unmap(&fixture->pt, hvpt_iova(iova), length,
			       &fixture->gather, &unmapped);
	assert_int_equal(status, HVPT_OK);
	return unmapped;
}

uint64_t pt_reclaim(struct pt_fixture *fixture, uint64_t iova, uint64_t length)
{
	uint64_t reclaimed = ~(uint64_t)0;
	enum hvpt_status status;

	status = hvpt_pt_reclaim(&fixture->pt, hvpt_iova(iova), length,
				 &fixture->gather, &reclaimed);
	assert_int_equal(status, HVPT_OK);
	return reclaimed;
}

void pt_reclaim_all(struct pt_fixture *fixture)
{
	uint64_t bytes = pt_lower_last(fixture->params) + 1;
	uint64_t upper = pt_upper_first(fixture->params);
	uint64_t left = 1;
	unsigned level;

	/* A table of @level spans 2^(21 + 9 * level) bytes. */
	for (level = 0; level + 1 < fixture->params->levels; level++)
		left += (uint64_t)1 << (21 + 9 * level) > bytes;
	pt_reclaim(fixture, 0, bytes);
	if (upper)
		pt_reclaim(fixture, upper, bytes);
	pt_flush(fixture);
	assert_int_equal(hvpt_pt_tables(&fixture->pt), left);
	assert_int_equal(hvpt_arena_in_use(fixture->arena),
			 left + fixture->extra_pages);
}

void pt_flush(struct pt_fixture *fixture)
{
	hvpt_pt_release(&fixture->pt, &fixture->gather);
	assert_true(hvpt_gather_is_empty(&fixture->gather));
}

void pt_reserve(struct pt_fixture *fixture,
		const struct hvpt_iova_range *ranges, uint32_t count)
{
	pt_flush(fixture);
	hvpt_pt_destroy(&fixture->pt);
	fixture->config.reserved = ranges;
	fixture->config.reserved_count = count;
	assert_int_equal(hvpt_pt_init(&fixture->pt, &fixture->config), HVPT_OK);
	fixture->walker.root = hvpt_pt_root_gpa(&fixture->pt).value;
}

/* ---- gather ---------------------------------------------------------- */

bool pt_gather_covers(const struct hvpt_gather *gather, uint64_t first,
		      uint64_t last)
{
	return hvpt_gather_covers(gather, hvpt_iova(first), hvpt_iova(last));
}

bool pt_gather_is(const struct hvpt_gather *gather, uint64_t first,
		  uint64_t last)
{
	return gather->range_count == 1 &&
	       gather->range[0].first.value == first &&
	       gather->range[0].last.value == last;
}

/* ---- raw entries ----------------------------------------------------- */

uint64_t pt_slot_gpa(struct pt_fixture *fixture, uint64_t iova, unsigned level)
{
	uint64_t table = hvpt_pt_root_gpa(&fixture->pt).value;
	unsigned at = fixture->params->levels - 1;
	uint64_t slot, entry;

	for (;; at--) {
		table &= 0x000ffffffffff000ull & ~fixture->params->table_mask;
		slot = table + ((iova >> (12 + 9 * at)) & 511) * 8;
		if (at == level)
			return slot;
		assert_true(hvpt_arena_read64(fixture->arena, slot, &entry));
		/* Present, and no large leaf: a table must follow. */
		assert_int_equal(entry & 0x81, 1);
		table = entry;
	}
}

uint64_t pt_entry(struct pt_fixture *fixture, uint64_t iova, unsigned level)
{
	uint64_t slot = pt_slot_gpa(fixture, iova, level);
	uint64_t entry;

	assert_true(hvpt_arena_read64(fixture->arena, slot, &entry));
	return entry;
}

void pt_plant(struct pt_fixture *fixture, uint64_t iova, unsigned level,
	      uint64_t entry)
{
	uint64_t slot = pt_slot_gpa(fixture, iova, level);

	assert_true(hvpt_arena_write64(fixture->arena, slot, entry));
	if (fixture->params->noncoherent)
		hvpt_arena_noncoherent_ops.write_back(
			fixture->arena, pt_pointer(fixture, slot), 8);
}

uint64_t *pt_pointer(const struct pt_fixture *fixture, uint64_t gpa)
{
	return (uint64_t *)(uintptr_t)(gpa + hvpt_arena_offset(fixture->arena));
}

void pt_device_write(struct pt_fixture *fixture, uint64_t iova)
{
	struct sdm_result result = sdm_walk(&fixture->walker, iova, true);

	assert_int_equal(result.fault, SDM_FAULT_NONE);
	pt_plant(fixture, iova, result.level, result.entry | 0x60);
}
