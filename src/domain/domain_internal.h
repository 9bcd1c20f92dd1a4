/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_internal.h - what the files of src/domain share.
 *
 * All of it: iommu lock held.
 */
#ifndef HVPT_DOMAIN_INTERNAL_H
#define HVPT_DOMAIN_INTERNAL_H

#include "hvpt/device.h"

/* ---- the pvIOMMU ----------------------------------------------------- */

/* IOVA bits of tables: more than a page, and what 4 or 5 levels span. */
#define HVPT_WIDTH_MIN (HVPT_PAGE_LG2 + 1)
#define HVPT_WIDTH_4 HVPT_LEVEL_LG2(HVPT_MIN_LEVELS)
#define HVPT_WIDTH_5 HVPT_LEVEL_LG2(HVPT_MAX_LEVELS)

/**
 * hvpt_iommu_note() - remember a refusal, for hvpt_iommu_last_failure()
 *
 * Return: @status.
 */
enum hvpt_status hvpt_iommu_note(struct hvpt_iommu *iommu,
				 enum hvpt_status status,
				 const struct hvpt_answer *answer);

/** All counters 0. */
void hvpt_stats_init(struct hvpt_iommu *iommu);

/** A call of @code was refused. */
void hvpt_stats_failed(struct hvpt_iommu *iommu, uint16_t code);

/** After the list call was given up: is it to be tried again now? */
bool hvpt_list_is_due(const struct hvpt_iommu *iommu);

/** Is the list call worth a try now? */
HVPT_INLINE bool hvpt_list_may_work(const struct hvpt_iommu *iommu)
{
	return HVPT_LIKELY(HVPT_PORT_LOAD(&iommu->list_refused) <
			   HVPT_LIST_TRIES) ||
	       hvpt_list_is_due(iommu);
}

/** Not ADD: for what is counted at each flush, where a lock costs a third. */
HVPT_INLINE void hvpt_stats_add(uint64_t *counter, uint64_t more)
{
	HVPT_PORT_STORE(counter, HVPT_PORT_LOAD(counter) + more);
}

/** A flush by @descriptors was made. */
HVPT_INLINE void hvpt_stats_list_done(struct hvpt_iommu *iommu,
				      uint64_t descriptors)
{
	hvpt_stats_add(&iommu->stats.list_flushes, 1);
	hvpt_stats_add(&iommu->stats.descriptors, descriptors);
	if (HVPT_UNLIKELY(HVPT_PORT_LOAD(&iommu->list_refused) != 0))
		HVPT_PORT_STORE(&iommu->list_refused, 0);
}

/** A list was refused: @answer, and what it became. */
void hvpt_stats_list_refused(struct hvpt_iommu *iommu, enum hvpt_status status,
			     const struct hvpt_answer *answer);

/**
 * hvpt_iommu_probe() - ask what the host offers, and whether that will do
 * @iommu: in/out: notes failures; caps and width are not changed
 * @caps: out: with HVPT_OK
 * @width: out: IOVA bits its tables can have, with HVPT_OK
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_probe(struct hvpt_iommu *iommu,
						  struct hvpt_iommu_caps *caps,
						  uint32_t *width);

/** See whether a flush tells that a domain exists. Return: as for a call. */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_try_flush(struct hvpt_iommu *iommu);

/** DELETE of the blocked domain before a resume, if it is still there. */
void hvpt_resume_old_blocked(struct hvpt_iommu *iommu);

/* ---- domain ids ------------------------------------------------------ */

/** Is @ids a range of at least 2 usable ids, or { 0, 0 }? */
bool hvpt_ids_ok(const struct hvpt_id_range *ids);

void hvpt_ids_init(struct hvpt_iommu *iommu, const struct hvpt_id_range *ids);

/** An id nobody has: HVPT_OK or NO_IDS. It is taken once a domain has it. */
HVPT_MUST_CHECK enum hvpt_status hvpt_id_take(struct hvpt_iommu *iommu,
					      uint32_t *id);

/** The search goes on behind @count more ids: somebody else has those. */
void hvpt_id_skip(struct hvpt_iommu *iommu, uint32_t count);

/** Never again, as long as this pvIOMMU object lives. */
void hvpt_id_quarantine(struct hvpt_iommu *iommu, uint32_t id);

/* ---- domains --------------------------------------------------------- */

/** Fills in all but the page table and the id, which are made later. */
void hvpt_domain_prepare(struct hvpt_domain *domain, struct hvpt_iommu *iommu,
			 enum hvpt_domain_kind kind);

/**
 * hvpt_domain_create() - take an id, CREATE, CONFIGURE, link
 * @domain: prepared; its page table, if any, is there
 * @stuck: out: on failure: the hypervisor may hold on to it, root included
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_domain_create(struct hvpt_domain *domain,
						    bool *stuck);

/** CREATE under the id it has. HV_EXISTS is not noted: it may be skipped. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_create_same(struct hvpt_domain *domain);

/** CREATE under an id nobody has, passing over some which exist. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_create_fresh(struct hvpt_domain *domain);

/** CONFIGURE by what the domain is. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_configure(struct hvpt_domain *domain);

/** DELETE, then unlink. */
HVPT_MUST_CHECK enum hvpt_status hvpt_domain_delete(struct hvpt_domain *domain);

/** FLUSH, whatever is or is not cached. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_flush_now(struct hvpt_domain *domain);

/* ---- devices --------------------------------------------------------- */

/**
 * hvpt_device_place() - ATTACH, and what its failure means
 *
 * From before the call on, an IOMMU may cache what is in @domain. That the
 * device is there already is HVPT_OK. After a refusal the device is in doubt.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_place(struct hvpt_device *device,
						   struct hvpt_domain *domain);

/** It is known to be in @domain (NULL: in none), and nowhere else. */
void hvpt_device_settle(struct hvpt_device *device, struct hvpt_domain *domain,
			enum hvpt_device_state state);

#endif /* HVPT_DOMAIN_INTERNAL_H */
