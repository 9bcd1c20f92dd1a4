/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference.c - the life of a reference, and what is the same for every call.
 */
#include "reference_internal.h"

#include <stdlib.h>
#include <string.h>

#define MEMORY_BYTES ((size_t)REF_PAGES * 4096)
#define FORBIDDEN_MASK (REF_TABLE_GPA | UINT64_C(0xfffff000))

/* ---- life ------------------------------------------------------------ */

struct reference *reference_create(void)
{
	struct reference *ref = calloc(1, sizeof(*ref));

	if (!ref)
		return NULL;
	ref->memory = aligned_alloc(4096, 2 * MEMORY_BYTES);
	if (!ref->memory) {
		free(ref);
		return NULL;
	}
	memset(ref->memory, 0, 2 * MEMORY_BYTES);
	ref->shadow = ref->memory + MEMORY_BYTES / 8;
	ref->now = &ref->trees[0];
	ref->next = &ref->trees[1];
	return ref;
}

void reference_destroy(struct reference *ref)
{
	if (!ref)
		return;
	free(ref->memory);
	free(ref);
}

void reference_on_violation(struct reference *ref, ref_violation_fn fn,
			    void *ctx)
{
	ref->on_violation = fn;
	ref->on_violation_ctx = ctx;
}

static void set_form(struct reference *ref)
{
	const struct ref_config *config = &ref->config;

	ref->levels = config->levels;
	if (!ref->levels)
		ref->levels = config->width > 48 ? 5 : 4;
	ref->lower_last = ref_lower_last(config);
	ref->upper_first = ref_upper_first(config);
	ref->sizes[0] = true;
	ref->sizes[1] = (config->page_sizes >> 21 & 1) != 0;
	ref->sizes[2] = ref->sizes[1] && (config->page_sizes >> 30 & 1);
}

static void set_walker(struct reference *ref)
{
	struct sdm_walker *walker = &ref->walker;

	walker->read64 = ref_read64;
	walker->ctx = ref;
	walker->root = (uint64_t)(uintptr_t)ref->pt.root -
		       ref->pt_config.direct_map_offset;
	walker->address_mask = ref->config.table_mask;
	walker->levels = ref->levels;
	walker->width = ref->config.width;
	walker->maxphyaddr = 52;
	walker->canonical = ref->config.form == HVPT_IOVA_CANONICAL;
}

static void set_config(struct reference *ref)
{
	const struct ref_config *from = &ref->config;
	struct hvpt_pt_config *to = &ref->pt_config;

	to->ops = from->noncoherent ? &ref_page_ops_noncoherent : &ref_page_ops;
	to->ctx = ref;
	to->direct_map_offset = (uint64_t)(uintptr_t)ref->memory -
				REF_TABLE_GPA;
	to->table_gpa_mask = from->table_mask;
	to->page_sizes = from->page_sizes;
	to->levels = from->levels;
	to->width = from->width;
	to->form = (enum hvpt_iova_form)from->form;
	to->flags = from->flags;
	to->reserved = NULL;
	to->reserved_count = 0;
}

static void forget(struct reference *ref)
{
	ref_pages_reset(ref);
	memset(ref->born, 0, sizeof(ref->born));
	hvpt_gather_init(&ref->gather);
	ref->now->runs = 0;
	ref->now->tables = 0;
	ref->stales = 0;
	ref->gone.tables = 0;
	ref->op_number = 0;
	ref->violated = false;
	ref->alive = false;
}

bool reference_start(struct reference *ref, const struct ref_config *config)
{
	enum hvpt_status status;

	forget(ref);
	ref->config = *config;
	if (config->table_mask & FORBIDDEN_MASK)
		return false;
	set_config(ref);
	ref->phase = REF_CALL;
	status = hvpt_pt_init(&ref->pt, &ref->pt_config);
	ref->phase = REF_IDLE;
	if (!ref_predict_config(config, status))
		return ref_violate(ref, "init: %s", hvpt_status_name(status));
	if (ref_pages_in_use(ref) != (status == HVPT_OK))
		return ref_violate(ref, "init: %u pages in use",
				   ref_pages_in_use(ref));
	if (status != HVPT_OK)
		return false;
	memset(ref->born, 0, sizeof(ref->born));
	set_form(ref);
	set_walker(ref);
	ref->alive = true;
	return true;
}

bool reference_finish(struct reference *ref)
{
	if (!ref->alive || ref->violated)
		return !ref->violated;
	if (!reference_scan(ref) || !ref_stale_sync(ref))
		return false;
	ref->alive = false;
	ref->phase = REF_DESTROY;
	hvpt_pt_destroy(&ref->pt);
	ref->phase = REF_IDLE;
	if (ref_pages_in_use(ref))
		return ref_violate(ref, "destroy: %u pages did not come back",
				   ref_pages_in_use(ref));
	return !ref->violated;
}

/* ---- every call ------------------------------------------------------ */

void ref_call_begin(struct reference *ref)
{
	ref->before = ref->gather;
	ref->allocs = 0;
	ref->phase = REF_CALL;
}

static bool pages_balance(struct reference *ref)
{
	unsigned tables = ref->now->tables + 1;

	if (hvpt_pt_tables(&ref->pt) != tables)
		return ref_violate(ref,
				   "the page table counts %llu tables, not %u",
				   (unsigned long long)hvpt_pt_tables(&ref->pt),
				   tables);
	if (ref_pages_in_use(ref) != tables + ref->gathered)
		return ref_violate(ref,
				   "%u pages are in use, %u in the tree and %u "
				   "in the gather",
				   ref_pages_in_use(ref), tables,
				   ref->gathered);
	if (ref->bad_out)
		return ref_violate(ref, "a bad page was not given back");
	return true;
}

static bool end_failed(struct reference *ref)
{
	ref->gone.tables = 0;
	ref->stales = ref->stales_before;
	if (!gather_equal(&ref->gather, &ref->before))
		return ref_violate(ref, "the gather changed in a failure");
	/* A map may take pages before it meets what is in the way. */
	if (ref->allocs == 0)
		return true;
	return reference_scan(ref);
}

static bool end_ok(struct reference *ref, uint64_t low, uint64_t high)
{
	struct ref_tree *tree = ref->now;

	if (ref->allocs != ref->next->created)
		return ref_violate(ref, "%u pages were taken, %u were needed",
				   ref->allocs, ref->next->created);
	if (!ref_stale_check(ref, low, high))
		return false;
	ref->now = ref->next;
	ref->next = tree;
	return ref_resolve_tables(ref);
}

static void forget_born(struct reference *ref)
{
	if (ref->allocs)
		memset(ref->born, 0, sizeof(ref->born));
}

bool ref_call_end(struct reference *ref, enum hvpt_status got,
		  enum hvpt_status want, uint64_t low, uint64_t high)
{
	bool fine;

	ref->phase = REF_IDLE;
	if (ref->violated)
		return false;
	if (got != want)
		return ref_violate(ref, "%s instead of %s",
				   hvpt_status_name(got),
				   hvpt_status_name(want));
	fine = got == HVPT_OK ? end_ok(ref, low, high) : end_failed(ref);
	forget_born(ref);
	return fine && pages_balance(ref);
}

/* ---- what was seen --------------------------------------------------- */

const char *reference_violation(const struct reference *ref)
{
	return ref->violated ? ref->text : NULL;
}

uint64_t reference_violation_op(const struct reference *ref)
{
	return ref->violation_op;
}

const struct ref_stats *reference_stats(const struct reference *ref)
{
	return &ref->stats;
}
