/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flush_step.c - syncs and flushes of a domain in any state, with a hypervisor
 * that answers anything. Nothing is released and no success is reported before
 * a flush has succeeded that covers the gather.
 *
 * The proof watches one address, any of those that the gather took away: stale
 * says whether an IOMMU may still use it, or a table on the way to it. A domain
 * that is not marked as cached has nothing stale: device_step proves that.
 *
 * Functions: hvpt_domain_sync, hvpt_domain_flush, hvpt_domain_flush_all,
 *	hvpt_iommu_read_stats, hvpt_iommu_last_failure
 * Parts: hvpt_iommu_note
 * Contract: domain.h: Makes no hypercall when the gather is empty, or when no
 *	device was attached since the domain was last flushed as a whole.
 * Contract: domain.h: The descriptors cover more than the gather while a split
 *	of another call is not flushed (hvpt_pt_widen()). When the list call
 *	fails, FLUSH_DEVICE_DOMAIN follows.
 * Contract: domain.h: On failure devices may still see what was unmapped, the
 *	gather is unchanged and its tables are not freed.
 * Contract: domain.h: HVPT_OK, also without a hypercall when nothing can be
 *	cached; HVPT_ERR_LOST; any status of hvpt_hvcall_flush_domain().
 * Contract: stats.h: A call for which no hypercall was made
 *	(HVPT_ERR_CALL_PAGE) is not recorded.
 * Bounds: any domain without wait hooks; any gather of addresses below 256,
 *	with which nothing computes here; any splits, counters and answers
 * Run: sync -DPROOF_CALL=prove_sync --unwind 9 --unwindset
 *	hvpt_stats_failed.0:10
 * Run: flush -DPROOF_CALL=prove_flush --unwind 9 --unwindset
 *	hvpt_stats_failed.0:10
 * Run: all -DPROOF_CALL=prove_all --unwind 9 --unwindset
 *	hvpt_stats_failed.0:10
 * Run: stats -DPROOF_CALL=prove_stats --unwind 10 --unwindset
 *	hvpt_stats_failed.0:10
 */
#include "proofs/any_answer.h"

#include "src/domain/batch.c"
#include "src/domain/combine.c"
#include "src/domain/probe.c"
#include "src/domain/stats.c"
#include "src/domain/sync.c"

#define RANGES HVPT_GATHER_RANGES

static struct hvpt_iommu iommu, iommu_before;
static struct hvpt_domain domain;
static struct hvpt_gather gather, before;
static uint64_t watched;
static bool stale, widened, planned, released;
static unsigned lists, full;
static enum hvpt_status full_status;

/* ---- what the flushes call ---------------------------------------------- */

static bool holds(const struct hvpt_iova_range *range, uint32_t count)
{
	bool found = false;
	uint32_t i;

	for (i = 0; i < RANGES; i++)
		found |= i < count && range[i].first.value <= watched &&
			 watched <= range[i].last.value;
	return found;
}

/* Makes it any gather that covers what it covered, and @more. */
static void any_wider(struct hvpt_gather *wide, bool more)
{
	bool held = more || holds(wide->range, wide->range_count);

	wide->range_count = 1 + nondet_u8() % RANGES;
	wide->range[0].first.value = nondet_u8();
	wide->range[0].last.value = nondet_u8();
	ASSUME(IMPLIES(held, holds(wide->range, wide->range_count)));
}

/* As gather_ranges proves. */
void hvpt_gather_join_(struct hvpt_gather *to, hvpt_iova_t first,
		       hvpt_iova_t last)
{
	ASSERT(to->range_count > 0);
	any_wider(to, first.value <= watched && watched <= last.value);
}

/* As widen proves. */
void hvpt_pt_widen(const struct hvpt_pagetable *pt, struct hvpt_gather *wide)
{
	ASSERT(pt == &domain.pt && wide != &gather);
	widened = true;
	if (wide->range_count > 0)
		any_wider(wide, false);
}

/* As ends proves. */
void hvpt_pt_release(struct hvpt_pagetable *pt, struct hvpt_gather *from)
{
	ASSERT(pt == &domain.pt && from == &gather && !released);
	ASSERT(!stale || hvpt_gather_is_empty(from));
	released = true;
	hvpt_gather_init(from);
}

enum hvpt_status hvpt_flush_plan_init(struct hvpt_flush_plan *plan,
				      const struct hvpt_iova_range *range,
				      uint32_t count,
				      enum hvpt_flush_policy policy)
{
	uint32_t i;

	ASSERT(policy == domain.policy);
	plan->range = range;
	plan->count = count;
	for (i = 0; i < count; i++)
		if (range[i].first.value > range[i].last.value)
			return HVPT_ERR_WRAP;
	planned = count > 0;
	return HVPT_OK;
}

/* As flush_blocks, flush_exact and flush_many prove of what is planned. */
enum hvpt_status hvpt_hvcall_flush_lists(const struct hvpt_transport *transport,
					 uint32_t domain_id,
					 hvpt_flush_source_fn source, void *ctx,
					 struct hvpt_answer *answer)
{
	const struct hvpt_batch *batch = ctx;
	const struct hvpt_flush_plan *plan = &batch->at->plan;
	enum hvpt_status status = any_answer(answer);

	ASSERT(transport == &iommu.transport && domain_id == domain.id);
	ASSERT(source == hvpt_batch_next && lists == 0 && full == 0);
	lists++;
	answer->code = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST;
	if (status == HVPT_OK && nondet_bool())
		return HVPT_ERR_HV_PROGRESS;
	/* an entry of a leaf that was split goes only with the whole leaf */
	if (status == HVPT_OK && holds(plan->range, plan->count) &&
	    (domain.pt.splits == 0 || widened))
		stale = false;
	return status;
}

enum hvpt_status
hvpt_hvcall_flush_domain(const struct hvpt_transport *transport,
			 uint32_t domain_id, struct hvpt_answer *answer)
{
	full_status = any_answer(answer);
	answer->code = HVPT_HVCALL_FLUSH_DEVICE_DOMAIN;
	ASSERT(transport == &iommu.transport && domain_id == domain.id);
	full++;
	if (full_status == HVPT_OK)
		stale = false;
	return full_status;
}

/* ---- any state ---------------------------------------------------------- */

static void any_stats(void)
{
	iommu.list_refused = nondet_u64();
	iommu.list_due = nondet_u64();
	iommu.last_failure = nondet_u64();
	iommu.stats.list_flushes = nondet_u64();
	iommu.stats.descriptors = nondet_u64();
	iommu.stats.full_flushes = nondet_u64();
	iommu.stats.fallbacks = nondet_u64();
	iommu.stats.combined = nondet_u64();
	iommu.stats.fallback_status = nondet_u64();
	iommu.stats.failures[nondet_u8() % HVPT_CALLS] = nondet_u64();
}

static void any_gather(void)
{
	static uint64_t page[HVPT_TABLE_ENTRIES];
	uint32_t i;

	gather.tables = nondet_bool() ? page : NULL;
	gather.table_count = gather.tables ? nondet_u32() : 0;
	gather.splits = nondet_u64();
	gather.range_count = nondet_u32();
	ASSUME(gather.range_count <= RANGES);
	for (i = 0; i < RANGES; i++) {
		gather.range[i].first.value = nondet_u8();
		gather.range[i].last.value = nondet_u8();
	}
	/* what was taken away is in a range, if there is one */
	ASSUME(gather.range_count == 0 ||
	       holds(gather.range, gather.range_count));
}

static void any_state(void)
{
	iommu.epoch = nondet_u32();
	domain.iommu = &iommu;
	domain.id = nondet_u32();
	domain.kind = (enum hvpt_domain_kind)(nondet_u8() % 3);
	domain.policy = (enum hvpt_flush_policy)(nondet_u8() % 3);
	domain.epoch = nondet_u32();
	domain.cached = nondet_u64();
	domain.pt.splits = nondet_u64();
	watched = nondet_u8();
	stale = nondet_bool();
	any_stats();
	any_gather();
	ASSUME(domain.cached || domain.kind != HVPT_DOMAIN_PAGING || !stale);
	before = gather;
	iommu_before = iommu;
}

/* ---- the calls ---------------------------------------------------------- */

static bool same_gather(void)
{
	uint32_t i = nondet_u32() % RANGES;

	return gather.tables == before.tables &&
	       gather.splits == before.splits &&
	       gather.table_count == before.table_count &&
	       gather.range_count == before.range_count &&
	       gather.range[i].first.value == before.range[i].first.value &&
	       gather.range[i].last.value == before.range[i].last.value;
}

/* Why no flush is made: OK when none is needed. */
static bool needs_none(enum hvpt_status *why)
{
	*why = domain.kind != HVPT_DOMAIN_PAGING	       ? HVPT_ERR_KIND :
	       hvpt_gather_is_empty(&before) || !domain.cached ? HVPT_OK :
								 HVPT_ERR_LOST;
	return *why != HVPT_ERR_LOST || hvpt_domain_is_lost(&domain);
}

/* Is it time for a list call, as domain.h says? */
static bool list_is_due(void)
{
	return iommu_before.list_refused < HVPT_LIST_TRIES ||
	       (iommu_before.list_refused < HVPT_LIST_NEVER &&
		iommu_before.stats.full_flushes >= iommu_before.list_due);
}

static void check_flush(enum hvpt_status status)
{
	enum hvpt_status why;

	if (needs_none(&why)) {
		ASSERT(status == why && !lists && !full);
		ASSERT(iommu.stats.full_flushes ==
		       iommu_before.stats.full_flushes);
		return;
	}
	ASSERT(lists == 0 || planned);
	ASSERT(lists == 0 || list_is_due());
	ASSERT(full <= 1 && full + lists >= 1);
	ASSERT(IMPLIES(full, status == full_status));
	ASSERT(status != HVPT_OK || !stale);
	ASSERT(iommu.stats.full_flushes - iommu_before.stats.full_flushes ==
	       (full && full_status == HVPT_OK));
	ASSERT(iommu.stats.fallbacks - iommu_before.stats.fallbacks ==
	       (full && full_status == HVPT_OK && planned));
	ASSERT(iommu.stats.list_flushes - iommu_before.stats.list_flushes ==
	       !full);
	if (lists && full)
		REACHED("a full flush follows a list that failed");
	if (widened && !full)
		REACHED("a list that was widened");
}

static void prove_flush(void)
{
	check_flush(hvpt_domain_flush(&domain, &gather));
	ASSERT(same_gather() && !released);
}

static void prove_sync(void)
{
	enum hvpt_status status = hvpt_domain_sync(&domain, &gather);

	check_flush(status);
	ASSERT(released == (status == HVPT_OK));
	ASSERT(released ? hvpt_gather_is_empty(&gather) : same_gather());
	if (released && before.tables && full)
		REACHED("tables are freed after a full flush");
}

static void prove_all(void)
{
	enum hvpt_status status = hvpt_domain_flush_all(&domain);

	ASSERT(same_gather() && !released && !lists);
	if (domain.kind == HVPT_DOMAIN_PAGING && !domain.cached) {
		ASSERT(status == HVPT_OK && !full);
	} else if (hvpt_domain_is_lost(&domain)) {
		ASSERT(status == HVPT_ERR_LOST && !full);
	} else {
		ASSERT(full == 1 && status == full_status);
	}
	if (status == HVPT_OK) {
		REACHED("flushed");
		ASSERT(!stale);
	}
}

/* ---- what is told ------------------------------------------------------- */

/* The counter of failures that stats.h names for @code; none: past the last. */
static unsigned counter_of(uint16_t code)
{
	static const uint16_t codes[HVPT_CALLS] = {
		HVPT_HVCALL_CREATE_DEVICE_DOMAIN,
		HVPT_HVCALL_ATTACH_DEVICE_DOMAIN,
		HVPT_HVCALL_DETACH_DEVICE_DOMAIN,
		HVPT_HVCALL_DELETE_DEVICE_DOMAIN,
		HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN,
		HVPT_HVCALL_FLUSH_DEVICE_DOMAIN,
		HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST,
		HVPT_HVCALL_GET_IOMMU_CAPABILITIES,
		HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY,
	};
	unsigned i = 0;

	while (i < HVPT_CALLS && codes[i] != code)
		i++;
	return i;
}

static void check_stats(void)
{
	struct hvpt_iommu_stats told;
	unsigned i = nondet_u8() % HVPT_CALLS;

	hvpt_iommu_read_stats(&iommu, &told);
	ASSERT(told.list_flushes == iommu.stats.list_flushes);
	ASSERT(told.descriptors == iommu.stats.descriptors);
	ASSERT(told.full_flushes == iommu.stats.full_flushes);
	ASSERT(told.fallbacks == iommu.stats.fallbacks);
	ASSERT(told.combined == iommu.stats.combined);
	ASSERT(told.fallback_status == iommu.stats.fallback_status);
	ASSERT(told.list_given_up == (iommu.list_refused >= HVPT_LIST_TRIES));
	ASSERT(told.failures[i] == iommu.stats.failures[i]);
}

/* A call of the 9 that was refused, or was not, and what is told of it. */
static void prove_stats(void)
{
	struct hvpt_answer answer;
	enum hvpt_status status = any_answer(&answer);
	uint16_t code = 1, raw = 2;
	bool told, counts;
	unsigned i;

	answer.code = nondet_u16();
	ASSUME(counter_of(answer.code) < HVPT_CALLS);
	ASSERT(hvpt_iommu_note(&iommu, status, &answer) == status);
	counts = status != HVPT_OK && answer.trips != 0;
	for (i = 0; i < HVPT_CALLS; i++)
		ASSERT(iommu.stats.failures[i] -
			       iommu_before.stats.failures[i] ==
		       (counts && i == counter_of(answer.code)));
	check_stats();
	told = hvpt_iommu_last_failure(&iommu, &code, &raw);
	if (counts) {
		REACHED("a refusal is told");
		ASSERT(told && code == answer.code &&
		       raw == (answer.result & 0xffff));
		return;
	}
	ASSERT(told == (iommu_before.last_failure != 0));
	ASSERT(told || (code == 1 && raw == 2));
}

void proof(void)
{
	any_state();
	PROOF_CALL();
}
