/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_internal.h - what the files of src/domain share.
 *
 * Locking. The iommu lock is held, but not in hvpt_iommu_note() and in the
 * functions of batch.c, combine.c and stats.c.
 */
#ifndef HVPT_DOMAIN_INTERNAL_H
#define HVPT_DOMAIN_INTERNAL_H

#include "hvpt/device.h"

/* ---- the pvIOMMU ----------------------------------------------------- */

/* IOVA bits of tables: more than a page, and what 4 or 5 levels span. */
#define HVPT_WIDTH_MIN (HVPT_PAGE_LG2 + 1)
#define HVPT_WIDTH_4 HVPT_LEVEL_LG2(HVPT_MIN_LEVELS)
#define HVPT_WIDTH_5 HVPT_LEVEL_LG2(HVPT_MAX_LEVELS)

/*
 * hvpt_iommu_note() - record a refusal for hvpt_iommu_last_failure()
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

/** List calls were given up: is it time to try one again? */
bool hvpt_list_is_due(const struct hvpt_iommu *iommu);

/** Should a list call be made? */
HVPT_INLINE bool hvpt_list_may_work(const struct hvpt_iommu *iommu)
{
	return HVPT_LIKELY(HVPT_PORT_LOAD(&iommu->list_refused) <
			   HVPT_LIST_TRIES) ||
	       hvpt_list_is_due(iommu);
}

/*
 * A flush by a list of @descriptors descriptors succeeded.
 *
 * Not HVPT_PORT_ADD: a locked operation would cost a third of a flush.
 */
HVPT_INLINE void hvpt_stats_list_done(struct hvpt_iommu *iommu,
				      uint64_t descriptors)
{
	HVPT_PORT_COUNT(&iommu->stats.list_flushes, 1);
	HVPT_PORT_COUNT(&iommu->stats.descriptors, descriptors);
	if (HVPT_UNLIKELY(HVPT_PORT_LOAD(&iommu->list_refused) != 0))
		HVPT_PORT_STORE(&iommu->list_refused, 0);
}

/** A list call failed with @status and @answer. */
void hvpt_stats_list_refused(struct hvpt_iommu *iommu, enum hvpt_status status,
			     const struct hvpt_answer *answer);

/**
 * hvpt_iommu_probe() - read the host's capabilities and check them
 * @iommu: in/out: failures are recorded; caps and width do not change
 * @caps: out: with HVPT_OK
 * @width: out: how many IOVA bits tables can use, with HVPT_OK
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_iommu_probe(struct hvpt_iommu *iommu,
						  struct hvpt_iommu_caps *caps,
						  uint32_t *width);

/** Finds out whether a FLUSH is refused where there is no domain. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_iommu_probe_flush(struct hvpt_iommu *iommu);

/** Deletes the blocked domain of before a resume, if there still is one. */
void hvpt_resume_old_blocked(struct hvpt_iommu *iommu);

/* ---- domain ids ------------------------------------------------------ */

/** Is @ids a range of at least 2 usable ids, or { 0, 0 }? */
bool hvpt_ids_ok(const struct hvpt_id_range *ids);

void hvpt_ids_init(struct hvpt_iommu *iommu, const struct hvpt_id_range *ids);

/** A free id: HVPT_OK or NO_IDS. It stays free until a domain has it. */
HVPT_MUST_CHECK enum hvpt_status hvpt_id_take(struct hvpt_iommu *iommu,
					      uint32_t *id);

/** The search skips @count ids, which another owner has. */
void hvpt_id_skip(struct hvpt_iommu *iommu, uint32_t count);

/** @id is never used again while this pvIOMMU object lives. */
void hvpt_id_quarantine(struct hvpt_iommu *iommu, uint32_t id);

/* ---- domains --------------------------------------------------------- */

/** Fills in everything but the page table and the id. */
void hvpt_domain_prepare(struct hvpt_domain *domain, struct hvpt_iommu *iommu,
			 enum hvpt_domain_kind kind);

/** Does @config fit what the host offers? */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_config_check(const struct hvpt_iommu *iommu,
			 const struct hvpt_domain_config *config);

/** Takes over from @config what is not of the page table. */
void hvpt_domain_apply(struct hvpt_domain *domain,
		       const struct hvpt_domain_config *config);

/**
 * hvpt_domain_create() - take an id, CREATE, CONFIGURE, link
 * @domain: prepared, with its page table if it has one
 * @stuck: out: with a failure: the hypervisor may still have it and its root
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_domain_create(struct hvpt_domain *domain,
						    bool *stuck);

/** CREATE under the id that it has. HV_EXISTS is expected, so not recorded. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_create_same(struct hvpt_domain *domain);

/** CREATE under a free id, skipping some that exist. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_create_fresh(struct hvpt_domain *domain);

/** CONFIGURE according to the kind of domain. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_configure(struct hvpt_domain *domain);

/** DELETE, then unlink. */
HVPT_MUST_CHECK enum hvpt_status hvpt_domain_delete(struct hvpt_domain *domain);

/* ---- flushing -------------------------------------------------------- */

/**
 * struct hvpt_flush_request - what one caller asks for, on its stack
 * @waiter: while it waits for other callers
 * @next: another request, which the same call serves
 * @plan: of its ranges; no range: everything
 * @status: of the call that another caller made for it
 */
struct hvpt_flush_request {
	struct hvpt_waiter waiter;
	struct hvpt_flush_request *next;
	struct hvpt_flush_plan plan;
	enum hvpt_status status;
};

/** FLUSH, even if nothing can be cached. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_flush_now(struct hvpt_domain *domain);

/** Flushes for @first and for all that are linked behind it. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_batch_flush(struct hvpt_domain *domain, struct hvpt_flush_request *first);

/** Flushes for @request, of which @plan is set; with others if it can. */
HVPT_MUST_CHECK enum hvpt_status
hvpt_request_flush(struct hvpt_domain *domain,
		   struct hvpt_flush_request *request);

/* ---- devices --------------------------------------------------------- */

/*
 * hvpt_device_place() - ATTACH, and put the device in doubt if it is refused
 *
 * Marks @domain as cached before the call. HVPT_OK also if the device is there
 * already.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_device_place(struct hvpt_device *device,
						   struct hvpt_domain *domain);

/** Records that the device is in @domain (NULL: in none), and nowhere else. */
void hvpt_device_record(struct hvpt_device *device, struct hvpt_domain *domain,
			enum hvpt_device_state state);

#endif /* HVPT_DOMAIN_INTERNAL_H */
