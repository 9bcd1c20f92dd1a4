/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference.c - the life of a world, and what is the same for every call.
 */
#include "reference_internal.h"

#include <stdlib.h>
#include <string.h>

#define MEMORY_BYTES ((size_t)FZ_PAGES * 4096)
#define FORBIDDEN_MASK (FZ_TABLE_GPA | UINT64_C(0xfffff000))

/* ---- life ------------------------------------------------------------ */

struct fz_world *fz_world_create(void)
{
	struct fz_world *world = calloc(1, sizeof(*world));

	if (!world)
		return NULL;
	world->memory = aligned_alloc(4096, 2 * MEMORY_BYTES);
	if (!world->memory) {
		free(world);
		return NULL;
	}
	memset(world->memory, 0, 2 * MEMORY_BYTES);
	world->shadow = world->memory + MEMORY_BYTES / 8;
	world->now = &world->shapes[0];
	world->next = &world->shapes[1];
	return world;
}

void fz_world_destroy(struct fz_world *world)
{
	if (!world)
		return;
	free(world->memory);
	free(world);
}

void fz_world_on_violation(struct fz_world *world, fz_violation_fn fn,
			   void *ctx)
{
	world->on_violation = fn;
	world->on_violation_ctx = ctx;
}

static void set_form(struct fz_world *world)
{
	const struct fz_config *config = &world->config;

	world->levels = config->levels;
	if (!world->levels)
		world->levels = config->width > 48 ? 5 : 4;
	world->lower_last = fz_lower_last(config);
	world->upper_first = fz_upper_first(config);
	world->sizes[0] = true;
	world->sizes[1] = (config->page_sizes >> 21 & 1) != 0;
	world->sizes[2] = world->sizes[1] && (config->page_sizes >> 30 & 1);
}

static void set_walker(struct fz_world *world)
{
	struct sdm_walker *walker = &world->walker;

	walker->read64 = fz_read64;
	walker->ctx = world;
	walker->root = (uint64_t)(uintptr_t)world->pt.root -
		       world->pt_config.direct_map_offset;
	walker->address_mask = world->config.table_mask;
	walker->levels = world->levels;
	walker->width = world->config.width;
	walker->maxphyaddr = 52;
	walker->canonical = world->config.form == HVPT_IOVA_CANONICAL;
}

static void set_config(struct fz_world *world)
{
	const struct fz_config *from = &world->config;
	struct hvpt_pt_config *to = &world->pt_config;

	to->ops = from->noncoherent ? &fz_page_ops_noncoherent : &fz_page_ops;
	to->ctx = world;
	to->direct_map_offset = (uint64_t)(uintptr_t)world->memory -
				FZ_TABLE_GPA;
	to->table_gpa_mask = from->table_mask;
	to->page_sizes = from->page_sizes;
	to->levels = from->levels;
	to->width = from->width;
	to->form = (enum hvpt_iova_form)from->form;
	to->flags = from->flags;
	to->reserved = NULL;
	to->reserved_count = 0;
}

static void forget(struct fz_world *world)
{
	fz_pages_reset(world);
	memset(world->born, 0, sizeof(world->born));
	hvpt_gather_init(&world->gather);
	world->now->runs = 0;
	world->now->tables = 0;
	world->stales = 0;
	world->gone.tables = 0;
	world->op_number = 0;
	world->violated = false;
	world->alive = false;
}

bool fz_world_start(struct fz_world *world, const struct fz_config *config)
{
	enum hvpt_status status;

	forget(world);
	world->config = *config;
	if (config->table_mask & FORBIDDEN_MASK)
		return false;
	set_config(world);
	world->phase = FZ_CALL;
	status = hvpt_pt_init(&world->pt, &world->pt_config);
	world->phase = FZ_IDLE;
	if (!fz_predict_config(config, status))
		return fz_violate(world, "init: %s", hvpt_status_name(status));
	if (fz_pages_in_use(world) != (status == HVPT_OK))
		return fz_violate(world, "init: %u pages in use",
				  fz_pages_in_use(world));
	if (status != HVPT_OK)
		return false;
	memset(world->born, 0, sizeof(world->born));
	set_form(world);
	set_walker(world);
	world->alive = true;
	return true;
}

bool fz_world_finish(struct fz_world *world)
{
	if (!world->alive || world->violated)
		return !world->violated;
	if (!fz_world_scan(world) || !fz_ghost_sync(world))
		return false;
	world->alive = false;
	world->phase = FZ_DESTROY;
	hvpt_pt_destroy(&world->pt);
	world->phase = FZ_IDLE;
	if (fz_pages_in_use(world))
		return fz_violate(world, "destroy: %u pages did not come back",
				  fz_pages_in_use(world));
	return !world->violated;
}

/* ---- every call ------------------------------------------------------ */

void fz_call_begin(struct fz_world *world)
{
	world->before = world->gather;
	world->allocs = 0;
	world->phase = FZ_CALL;
}

static bool same_gather(const struct hvpt_gather *a,
			const struct hvpt_gather *b)
{
	uint32_t i;

	if (a->tables != b->tables || a->table_count != b->table_count ||
	    a->range_count != b->range_count)
		return false;
	for (i = 0; i < a->range_count && i < HVPT_GATHER_RANGES; i++)
		if (a->range[i].first.value != b->range[i].first.value ||
		    a->range[i].last.value != b->range[i].last.value)
			return false;
	return true;
}

static bool pages_balance(struct fz_world *world)
{
	unsigned tables = world->now->tables + 1;

	if (hvpt_pt_tables(&world->pt) != tables)
		return fz_violate(
			world, "the page table counts %llu tables, not %u",
			(unsigned long long)hvpt_pt_tables(&world->pt), tables);
	if (fz_pages_in_use(world) != tables + world->gathered)
		return fz_violate(world,
				  "%u pages are in use, %u in the tree and %u "
				  "in the gather",
				  fz_pages_in_use(world), tables,
				  world->gathered);
	if (world->bad_out)
		return fz_violate(world, "a bad page was not given back");
	return true;
}

static bool end_failed(struct fz_world *world)
{
	world->gone.tables = 0;
	world->stales = world->stales_before;
	if (!same_gather(&world->gather, &world->before))
		return fz_violate(world, "the gather changed in a failure");
	/* A map may take pages before it meets what is in the way. */
	if (world->allocs == 0)
		return true;
	return fz_world_scan(world);
}

static bool end_ok(struct fz_world *world, uint64_t low, uint64_t high)
{
	struct fz_shape *shape = world->now;

	if (world->allocs != world->next->created)
		return fz_violate(world, "%u pages were taken, %u were needed",
				  world->allocs, world->next->created);
	if (!fz_ghost_check(world, low, high))
		return false;
	world->now = world->next;
	world->next = shape;
	return fz_resolve_tables(world);
}

static void forget_born(struct fz_world *world)
{
	if (world->allocs)
		memset(world->born, 0, sizeof(world->born));
}

bool fz_call_end(struct fz_world *world, enum hvpt_status got,
		 enum hvpt_status want, uint64_t low, uint64_t high)
{
	bool fine;

	world->phase = FZ_IDLE;
	if (world->violated)
		return false;
	if (got != want)
		return fz_violate(world, "%s instead of %s",
				  hvpt_status_name(got),
				  hvpt_status_name(want));
	fine = got == HVPT_OK ? end_ok(world, low, high) : end_failed(world);
	forget_born(world);
	return fine && pages_balance(world);
}

/* ---- what was seen --------------------------------------------------- */

const char *fz_world_violation(const struct fz_world *world)
{
	return world->violated ? world->text : NULL;
}

uint64_t fz_world_violation_op(const struct fz_world *world)
{
	return world->violation_op;
}

struct hvpt_pagetable *fz_world_table(struct fz_world *world)
{
	return &world->pt;
}

const struct fz_stats *fz_world_stats(const struct fz_world *world)
{
	return &world->stats;
}
