/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ids.c - domain ids, which the guest chooses.
 *
 * Ids are given out in ascending order, and the search wraps after the last id.
 * Until it wraps, no id can have been used before. An id is used again only
 * after all others, which gives the hypervisor as much time as possible to drop
 * it. Ids of live domains and ids in quarantine are skipped. When the
 * quarantine has overflowed, the search does not wrap: HVPT_ERR_NO_IDS is
 * better than an id that the hypervisor may still have.
 */
#include "domain_internal.h"

bool hvpt_ids_ok(const struct hvpt_id_range *ids)
{
	if (ids->first == 0 && ids->last == 0)
		return true;
	/* at least two, for identity and blocked */
	return ids->first >= HVPT_DOMAIN_ID_FIRST &&
	       ids->last <= HVPT_DOMAIN_ID_LAST && ids->first < ids->last;
}

void hvpt_ids_init(struct hvpt_iommu *iommu, const struct hvpt_id_range *ids)
{
	bool all = ids->first == 0;

	iommu->ids.first = all ? HVPT_DOMAIN_ID_FIRST : ids->first;
	iommu->ids.last = all ? HVPT_DOMAIN_ID_LAST : ids->last;
	iommu->next_id = iommu->ids.first;
	iommu->quarantined = 0;
	iommu->ids_wrapped = false;
	iommu->quarantine_full = false;
}

static bool hvpt_id_in_quarantine(const struct hvpt_iommu *iommu, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < iommu->quarantined; i++)
		if (id >= iommu->quarantine[i].first &&
		    id <= iommu->quarantine[i].last)
			return true;
	return false;
}

static bool hvpt_id_is_free(const struct hvpt_iommu *iommu, uint32_t id)
{
	const struct hvpt_domain *domain;

	for (domain = iommu->domains; domain; domain = domain->next)
		if (domain->id == id)
			return false;
	/* a resume has yet to delete it */
	if (id == iommu->old_blocked)
		return false;
	return !hvpt_id_in_quarantine(iommu, id);
}

/* The next candidate; the first follows the last. */
static uint32_t hvpt_id_next(struct hvpt_iommu *iommu)
{
	uint32_t id = iommu->next_id;

	if (id == iommu->ids.last) {
		iommu->ids_wrapped = true;
		iommu->next_id = iommu->ids.first;
	} else {
		iommu->next_id = id + 1;
	}
	return id;
}

enum hvpt_status hvpt_id_take(struct hvpt_iommu *iommu, uint32_t *id)
{
	uint32_t left = iommu->ids.last - iommu->ids.first + 1;

	while (left-- > 0) {
		uint32_t candidate;

		if (iommu->ids_wrapped && iommu->quarantine_full)
			break;
		candidate = hvpt_id_next(iommu);
		if (hvpt_id_is_free(iommu, candidate)) {
			*id = candidate;
			return HVPT_OK;
		}
	}
	return HVPT_ERR_NO_IDS;
}

void hvpt_id_skip(struct hvpt_iommu *iommu, uint32_t count)
{
	if (iommu->ids.last - iommu->next_id >= count) {
		iommu->next_id += count;
	} else {
		iommu->ids_wrapped = true;
		iommu->next_id = iommu->ids.first;
	}
}

/* Extends a range in quarantine by @id, if one is next to it. */
static bool hvpt_id_extend_range(struct hvpt_iommu *iommu, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < iommu->quarantined; i++) {
		struct hvpt_id_range *range = &iommu->quarantine[i];

		if (id == range->last + 1) {
			range->last = id;
			return true;
		}
		if (id + 1 == range->first) {
			range->first = id;
			return true;
		}
	}
	return false;
}

void hvpt_id_quarantine(struct hvpt_iommu *iommu, uint32_t id)
{
	if (hvpt_id_extend_range(iommu, id))
		return;
	if (iommu->quarantined == HVPT_QUARANTINE_RANGES) {
		iommu->quarantine_full = true;
		return;
	}
	iommu->quarantine[iommu->quarantined].first = id;
	iommu->quarantine[iommu->quarantined].last = id;
	iommu->quarantined++;
}
