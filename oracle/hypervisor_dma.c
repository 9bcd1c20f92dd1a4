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

/** A pointer at a table that the walk from the root met. */
struct met {
	bool table;
	bool writable;
	uint64_t to;
};

/*
 * A read and a write of one byte by a device in a domain. They meet the same
 * entries and differ only at the end, where R/W is asked.
 * @owner: whose tables are walked
 * @pieces: what is cached for @iova; the first @before were before the DMA
 * @next: of @pieces: the one that a walk is likely to meet next
 * @from_root: the walk from the root is under way
 * @met: what it met, by level
 * @dma: the outcomes of the read, and of the write
 */
struct run {
	struct hypervisor *hv;
	struct hypervisor_domain *domain;
	uint64_t iova;
	struct sdm_walker walker;
	uint32_t owner;
	struct hypervisor_pieces *pieces;
	size_t before;
	size_t next;
	bool from_root;
	struct met met[HYPERVISOR_LEVELS];
	struct hypervisor_dma *dma;
};

/** Where a read and a write go: whether they translate, and the gpa. */
struct end {
	bool translated[2];
	uint64_t gpa;
};

static struct end fault(void)
{
	const struct end end = { .gpa = 0 };

	return end;
}

static struct end arrives_at(uint64_t gpa, bool writable)
{
	const struct end end = { { true, writable }, gpa };

	return end;
}

static struct hypervisor_outcome outcome_of(const struct end *end,
					    unsigned write)
{
	const struct hypervisor_outcome outcome = {
		.translated = end->translated[write],
		.gpa = end->translated[write] ? end->gpa : 0,
	};

	return outcome;
}

/* ---- walks ----------------------------------------------------------- */

/* A walk goes down through the levels; pieces are in the order of theirs. */
static bool is_next(struct run *run, const struct hypervisor_piece *piece)
{
	if (run->next >= run->pieces->count ||
	    !hypervisor_piece_equal(&run->pieces->at[run->next], piece))
		return false;
	run->next--;
	return true;
}

static void remember(struct run *run, const struct hypervisor_piece *piece)
{
	size_t i;

	if (is_next(run, piece))
		return;
	for (i = 0; i < run->pieces->count; i++)
		if (hypervisor_piece_equal(&run->pieces->at[i], piece))
			return;
	hypervisor_cache_add(&run->domain->cache, piece);
	hypervisor_pieces_add(run->pieces, piece);
}

static void met_table(void *ctx, unsigned level, uint64_t table, bool writable)
{
	struct run *run = ctx;
	struct hypervisor_piece piece = hypervisor_piece_of(run->iova, level);

	piece.to = table;
	piece.table = true;
	piece.writable = writable;
	piece.owner = run->owner;
	if (run->from_root)
		run->met[level] = (struct met){ true, writable, table };
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

static struct end walk(struct run *run, uint64_t table, unsigned level,
		       bool writable)
{
	const struct sdm_start start = {
		.table = table,
		.level = level,
		.writable = writable,
		.met = met_table,
		.met_ctx = run,
	};
	struct sdm_result result = sdm_walk_from(&run->walker, &start,
						 run->iova, false);

	if (result.fault == SDM_FAULT_UNREADABLE)
		hypervisor_violate(run->hv,
				   "walk read a table page not in use: iova "
				   "%#" PRIx64 ", domain %" PRIu32,
				   run->iova, run->domain->id);
	if (result.fault != SDM_FAULT_NONE)
		return fault();
	met_page(run, &result);
	return arrives_at(result.pa, result.writable);
}

/* ---- outcomes -------------------------------------------------------- */

static bool is_same(const struct hypervisor_outcome *a,
		    const struct hypervisor_outcome *b)
{
	return a->translated == b->translated &&
	       (!a->translated || a->gpa == b->gpa);
}

static void note_one(struct hypervisor_dma *dma,
		     struct hypervisor_outcome outcome)
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

static void note(struct run *run, struct end end)
{
	unsigned write;

	for (write = 0; write < 2; write++)
		note_one(&run->dma[write], outcome_of(&end, write));
}

/*
 * Is it an entry that the walk from the root met? Then a walk from it on reads
 * the same entries again, with the same R/W and owner: it ends alike, and all
 * that it would remember is there. So it is not made.
 */
static bool was_walked(const struct run *run,
		       const struct hypervisor_piece *piece)
{
	const struct met *met = &run->met[piece->level];

	return piece->table && met->table && piece->to == met->to &&
	       piece->writable == met->writable &&
	       piece->owner == run->domain->owner;
}

static struct end use(struct run *run, const struct hypervisor_piece *piece)
{
	uint64_t offset = (UINT64_C(1) << (12 + 9 * piece->level)) - 1;

	run->owner = piece->owner;
	if (piece->table)
		return walk(run, piece->to, piece->level - 1, piece->writable);
	return arrives_at(piece->to | (run->iova & offset), piece->writable);
}

static struct end fresh(struct run *run)
{
	const struct hypervisor_domain *domain = run->domain;

	switch (domain->kind) {
	case HYPERVISOR_IDENTITY:
		return arrives_at(run->iova, true);
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

/* Does anything of another owner take part in the DMA? */
static bool is_foreign(const struct run *run)
{
	size_t i;

	if (run->domain->kind == HYPERVISOR_PAGING &&
	    run->domain->owner != run->hv->owner)
		return true;
	for (i = 0; i < run->before; i++)
		if (run->pieces->at[i].owner != run->hv->owner)
			return true;
	return false;
}

static void forget_met(struct run *run)
{
	size_t level;

	for (level = 0; level < HYPERVISOR_LEVELS; level++)
		run->met[level].table = false;
}

/* After a violation nothing counts as met: each walk has its own. */
static void walk_from_root(struct run *run)
{
	uint64_t violations = run->hv->stats.violations;
	struct end end;

	run->from_root = true;
	end = fresh(run);
	run->from_root = false;
	run->dma[0].fresh = outcome_of(&end, 0);
	run->dma[1].fresh = outcome_of(&end, 1);
	if (run->hv->stats.violations != violations)
		forget_met(run);
}

static void use_cached(struct run *run)
{
	size_t i;

	for (i = 0; i < run->before; i++) {
		struct hypervisor_piece piece;

		if (was_walked(run, &run->pieces->at[i]))
			continue;
		/* A copy: the walk may make the list move. */
		piece = run->pieces->at[i];
		note(run, use(run, &piece));
	}
}

static void run_in_domain(struct hypervisor *hv,
			  const struct hypervisor_device *device, uint64_t iova,
			  struct hypervisor_dma dma[2])
{
	struct hypervisor_domain *domain = device->domain;
	struct run run;

	run.hv = hv;
	run.domain = domain;
	run.iova = iova;
	run.walker = hypervisor_walker_of(hv, domain);
	run.owner = domain->owner;
	run.pieces = &hv->pieces;
	run.dma = dma;
	run.from_root = false;
	forget_met(&run);
	hv->pieces.count = 0;
	hypervisor_cache_at(&domain->cache, iova, run.pieces);
	run.before = run.pieces->count;
	run.next = run.before - 1;
	if (device->claimed && is_foreign(&run))
		hypervisor_violate(hv,
				   "iova %#" PRIx64 ", domain %" PRIu32
				   ": translated by somebody else's tables",
				   iova, domain->id);
	walk_from_root(&run);
	use_cached(&run);
}

/* ---- DMA ------------------------------------------------------------- */

static void run_anywhere(struct hypervisor *hv,
			 const struct hypervisor_device *device, uint64_t iova,
			 struct hypervisor_dma dma[2])
{
	struct end end = fault();

	dma[0].stale_count = 0;
	dma[1].stale_count = 0;
	if (device->domain) {
		run_in_domain(hv, device, iova, dma);
		return;
	}
	if (!device->detached)
		end = arrives_at(iova, true);
	dma[0].fresh = outcome_of(&end, 0);
	dma[1].fresh = outcome_of(&end, 1);
}

static const struct hypervisor_device *device_doing_dma(struct hypervisor *hv,
							uint64_t device_id)
{
	const struct hypervisor_device *device;

	device = hypervisor_device_of(hv, device_id);
	if (!device)
		hypervisor_die("DMA of a device that is not there");
	return device;
}

static void count(struct hypervisor *hv, const struct hypervisor_dma *dma)
{
	hv->stats.dmas++;
	hv->stats.stale_dmas += dma->stale_count != 0;
}

void hypervisor_dma(struct hypervisor *hv, uint64_t device_id, uint64_t iova,
		    bool write, struct hypervisor_dma *dma)
{
	struct hypervisor_dma both[2];

	hypervisor_lock(hv);
	run_anywhere(hv, device_doing_dma(hv, device_id), iova, both);
	*dma = both[write];
	count(hv, dma);
	hypervisor_unlock(hv);
}

/*
 * After the read its entries are cached. The write would meet no others, and
 * so find no further outcome; only a rule would be broken once more.
 */
void hypervisor_dma_both(struct hypervisor *hv, uint64_t device_id,
			 uint64_t iova, struct hypervisor_dma dma[2])
{
	const struct hypervisor_device *device;
	struct hypervisor_dma again[2];
	uint64_t violations;

	hypervisor_lock(hv);
	device = device_doing_dma(hv, device_id);
	violations = hv->stats.violations;
	run_anywhere(hv, device, iova, dma);
	if (hv->stats.violations != violations) {
		run_anywhere(hv, device, iova, again);
		dma[1] = again[1];
	}
	count(hv, &dma[0]);
	count(hv, &dma[1]);
	hypervisor_unlock(hv);
}
