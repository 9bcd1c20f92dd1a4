/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * DMA: the walk of memory, and what each cached entry would make of it.
 *
 * Negative results are not cached, nor are entries a walk faults on: VT-d
 * 6.2.3 (no caching mode). An entry that is read-only is, and faults a write
 * after memory allows it: relaxing a permission without a flush shows.
 */
#include "hypervisor_state.h"
#include "sdm_walk.h"

#include <inttypes.h>
#include <stdlib.h>

/*
 * One DMA of a device in a domain.
 * @owner: whose tables are walked
 * @pieces: what is cached for @iova; the first @before were before the DMA
 */
struct run {
	struct hypervisor *hv;
	struct hypervisor_domain *domain;
	uint64_t iova;
	bool write;
	struct sdm_walker walker;
	uint32_t owner;
	struct hypervisor_pieces pieces;
	size_t before;
	struct hypervisor_dma *dma;
};

static struct hypervisor_outcome fault(void)
{
	const struct hypervisor_outcome outcome = { .translated = false };

	return outcome;
}

static struct hypervisor_outcome arrives_at(uint64_t gpa)
{
	const struct hypervisor_outcome outcome = {
		.translated = true,
		.gpa = gpa,
	};

	return outcome;
}

/* ---- walks ----------------------------------------------------------- */

static void remember(struct run *run, const struct hypervisor_piece *piece)
{
	size_t i;

	for (i = 0; i < run->pieces.count; i++)
		if (hypervisor_piece_equal(&run->pieces.at[i], piece))
			return;
	hypervisor_cache_add(&run->domain->cache, piece);
	hypervisor_pieces_add(&run->pieces, piece);
}

static void met_table(void *ctx, unsigned level, uint64_t table, bool writable)
{
	struct run *run = ctx;
	struct hypervisor_piece piece = hypervisor_piece_of(run->iova, level);

	piece.to = table;
	piece.table = true;
	piece.writable = writable;
	piece.owner = run->owner;
	remember(run, &piece);
}

static void met_page(struct run *run, const struct sdm_result *result)
{
	struct hypervisor_piece piece = hypervisor_piece_of(run->iova,
							    result->level);
	uint64_t offset = piece.last - piece.first;

	if (!(run->hv->config.page_sizes & (offset + 1)))
		hypervisor_violate(run->hv,
				   "leaf of %#" PRIx64 " bytes, which the host "
				   "does not offer: iova %#" PRIx64
				   ", domain %" PRIu32,
				   offset + 1, run->iova, run->domain->id);
	piece.to = result->entry & UINT64_C(0x000ffffffffff000) & ~offset;
	piece.writable = result->writable;
	piece.owner = run->owner;
	remember(run, &piece);
}

static struct hypervisor_outcome walk(struct run *run, uint64_t table,
				      unsigned level, bool writable)
{
	const struct sdm_start start = {
		.table = table,
		.level = level,
		.writable = writable,
		.met = met_table,
		.met_ctx = run,
	};
	struct sdm_result result = sdm_walk_from(&run->walker, &start,
						 run->iova, run->write);

	if (result.fault == SDM_FAULT_UNREADABLE)
		hypervisor_violate(run->hv,
				   "walk read a table page not in use: iova "
				   "%#" PRIx64 ", domain %" PRIu32,
				   run->iova, run->domain->id);
	if (result.fault == SDM_FAULT_NONE || result.fault == SDM_FAULT_WRITE)
		met_page(run, &result);
	return result.fault == SDM_FAULT_NONE ? arrives_at(result.pa) : fault();
}

/* ---- outcomes -------------------------------------------------------- */

static bool is_same(const struct hypervisor_outcome *a,
		    const struct hypervisor_outcome *b)
{
	return a->translated == b->translated &&
	       (!a->translated || a->gpa == b->gpa);
}

static void note(struct hypervisor_dma *dma, struct hypervisor_outcome outcome)
{
	size_t i;

	if (is_same(&outcome, &dma->fresh) ||
	    dma->stale_count == HYPERVISOR_STALE_MAX)
		return;
	for (i = 0; i < dma->stale_count; i++)
		if (is_same(&outcome, &dma->stale[i]))
			return;
	dma->stale[dma->stale_count++] = outcome;
}

static struct hypervisor_outcome use(struct run *run,
				     const struct hypervisor_piece *piece)
{
	uint64_t offset = (UINT64_C(1) << (12 + 9 * piece->level)) - 1;

	run->owner = piece->owner;
	if (piece->table)
		return walk(run, piece->to, piece->level - 1, piece->writable);
	if (run->write && !piece->writable)
		return fault();
	return arrives_at(piece->to | (run->iova & offset));
}

static struct hypervisor_outcome fresh(struct run *run)
{
	const struct hypervisor_domain *domain = run->domain;

	switch (domain->kind) {
	case HYPERVISOR_IDENTITY:
		return arrives_at(run->iova);
	case HYPERVISOR_PAGING:
		if (run->walker.width == 0)
			return fault();
		return walk(run, domain->root, domain->levels - 1, true);
	case HYPERVISOR_BLANK:
	case HYPERVISOR_BLOCKED:
		break;
	}
	return fault();
}

/*
 * The walker of a domain. A table of so many levels translates no more bits,
 * whatever the capability says; a width that does not reach beyond one page
 * is answered with 0: every DMA faults.
 */
static struct sdm_walker walker_of(const struct hypervisor *hv,
				   const struct hypervisor_domain *domain)
{
	struct sdm_walker walker = {
		.read64 = hv->config.read64,
		.ctx = hv->config.read_ctx,
		.levels = domain->kind == HYPERVISOR_PAGING ? domain->levels :
							      HYPERVISOR_LEVELS,
		.width = hv->config.iova_width,
		.maxphyaddr = 52,
		.canonical = hv->config.canonical,
	};

	if (walker.width > 12 + 9 * walker.levels)
		walker.width = 12 + 9 * walker.levels;
	if (walker.width <= 12)
		walker.width = 0;
	return walker;
}

/* Does anything of another owner take part in the DMA? */
static bool is_foreign(const struct run *run)
{
	size_t i;

	if (run->domain->kind == HYPERVISOR_PAGING &&
	    run->domain->owner != run->hv->owner)
		return true;
	for (i = 0; i < run->before; i++)
		if (run->pieces.at[i].owner != run->hv->owner)
			return true;
	return false;
}

static void run_in_domain(struct hypervisor *hv,
			  const struct hypervisor_device *device, uint64_t iova,
			  bool write, struct hypervisor_dma *dma)
{
	struct hypervisor_domain *domain = device->domain;
	struct run run = {
		.hv = hv,
		.domain = domain,
		.iova = iova,
		.write = write,
		.walker = walker_of(hv, domain),
		.owner = domain->owner,
		.dma = dma,
	};
	size_t i;

	hypervisor_cache_at(&domain->cache, iova, &run.pieces);
	run.before = run.pieces.count;
	if (device->claimed && is_foreign(&run))
		hypervisor_violate(hv,
				   "iova %#" PRIx64 ", domain %" PRIu32
				   ": translated by somebody else's tables",
				   iova, domain->id);
	dma->fresh = fresh(&run);
	for (i = 0; i < run.before; i++) {
		/* A copy: the walk may make the list move. */
		struct hypervisor_piece piece = run.pieces.at[i];

		note(dma, use(&run, &piece));
	}
	free(run.pieces.at);
}

void hypervisor_dma(struct hypervisor *hv, uint64_t device_id, uint64_t iova,
		    bool write, struct hypervisor_dma *dma)
{
	const struct hypervisor_device *device;

	dma->stale_count = 0;
	hypervisor_lock(hv);
	device = hypervisor_device_of(hv, device_id);
	if (!device)
		hypervisor_die("DMA of a device that is not there");
	if (device->domain)
		run_in_domain(hv, device, iova, write, dma);
	else
		dma->fresh = device->detached ? fault() : arrives_at(iova);
	hv->stats.dmas++;
	hv->stats.stale_dmas += dma->stale_count != 0;
	hypervisor_unlock(hv);
}
