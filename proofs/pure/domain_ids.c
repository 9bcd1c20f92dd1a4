/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_ids.c - an id that is given out is in the configured range, no domain
 * has it, and it is not in quarantine.
 *
 * Parts: hvpt_id_take, hvpt_id_quarantine, hvpt_id_skip, hvpt_ids_ok,
 *	hvpt_ids_init
 * Bounds: the first and the last 16 ids that there are; 2 domains; 2 ranges
 *	in quarantine; the search passes up to 4 ids
 * Run: all --unwind 5 --unwindset hvpt_id_is_free.0:3,
 *	hvpt_id_in_quarantine.0:4,hvpt_id_extend_range.0:4
 */
#include "proofs/proof.h"

#include "src/domain/ids.c"

#define DOMAINS 2u
#define RANGES 2u
#define IDS 4u

static struct hvpt_iommu iommu;
static struct hvpt_domain domain[DOMAINS];

static uint32_t any_id(void)
{
	uint32_t id = nondet_u32();

	ASSUME(id + 16 < 32);
	return id;
}

/* Any state of the allocator that is well formed. */
static void any_state(void)
{
	struct hvpt_id_range ids;
	uint32_t i;

	ids.first = any_id();
	ids.last = ids.first + nondet_u32() % IDS;
	ASSUME(hvpt_ids_ok(&ids) && ids.first != 0);
	hvpt_ids_init(&iommu, &ids);
	iommu.next_id = ids.first + nondet_u32() % IDS;
	iommu.quarantined = nondet_u32();
	iommu.ids_wrapped = nondet_bool();
	iommu.quarantine_full = nondet_bool();
	iommu.old_blocked = any_id();
	ASSUME(ids.first <= iommu.next_id && iommu.next_id <= ids.last);
	ASSUME(iommu.quarantined <= RANGES);
	for (i = 0; i < RANGES; i++) {
		iommu.quarantine[i].first = any_id();
		iommu.quarantine[i].last = any_id();
		ASSUME(iommu.quarantine[i].first <= iommu.quarantine[i].last);
	}
	/* those with an id outside the range do not count */
	for (i = 0; i < DOMAINS; i++) {
		domain[i].id = any_id();
		domain[i].next = iommu.domains;
		iommu.domains = &domain[i];
	}
}

static bool is_quarantined(uint32_t id)
{
	uint32_t i;

	for (i = 0; i < RANGES + 1; i++)
		if (i < iommu.quarantined && iommu.quarantine[i].first <= id &&
		    id <= iommu.quarantine[i].last)
			return true;
	return false;
}

static bool is_used(uint32_t id)
{
	const struct hvpt_domain *one;

	for (one = iommu.domains; one; one = one->next)
		if (one->id == id)
			return true;
	return id == iommu.old_blocked;
}

/* An id in quarantine stays there, also when it does not fit. */
static void check_quarantine(void)
{
	uint32_t id = any_id(), other = any_id();
	bool before = is_quarantined(other);

	ASSUME(id >= iommu.ids.first && id <= iommu.ids.last);
	hvpt_id_quarantine(&iommu, id);
	ASSERT(is_quarantined(id) || iommu.quarantine_full);
	ASSERT(IMPLIES(before, is_quarantined(other)));
	ASSERT(IMPLIES(is_quarantined(other), before || other == id));
}

/* The search passes over others' ids, forwards or to the first. */
static void check_skip(void)
{
	uint32_t before = iommu.next_id, count = nondet_u32();

	hvpt_id_skip(&iommu, count);
	ASSERT(iommu.next_id >= iommu.ids.first &&
	       iommu.next_id <= iommu.ids.last);
	ASSERT(iommu.next_id - before == count || iommu.ids_wrapped);
}

void proof(void)
{
	uint32_t id, other, next;
	bool wrapped;
	enum hvpt_status status;

	any_state();
	if (nondet_bool()) {
		check_quarantine();
		return;
	}
	if (nondet_bool())
		check_skip();
	wrapped = iommu.ids_wrapped;
	next = iommu.next_id;
	status = hvpt_id_take(&iommu, &id);
	if (status == HVPT_OK) {
		REACHED("an id");
		ASSERT(iommu.ids.first <= id && id <= iommu.ids.last);
		ASSERT(!is_used(id) && !is_quarantined(id));
		ASSERT(id != HVPT_HV_DOMAIN_ID_DEFAULT &&
		       id != HVPT_HV_DOMAIN_ID_NULL);
		/* a lost quarantine: only ids that were never given out */
		ASSERT(IMPLIES(iommu.quarantine_full, !wrapped && id >= next));
		if (wrapped)
			REACHED("an id of an earlier domain");
		return;
	}
	REACHED("no id");
	ASSERT(status == HVPT_ERR_NO_IDS);
	other = iommu.ids.first + nondet_u32() % IDS;
	ASSUME(iommu.ids.first <= other && other <= iommu.ids.last);
	ASSERT(is_used(other) || is_quarantined(other) ||
	       iommu.quarantine_full);
}
