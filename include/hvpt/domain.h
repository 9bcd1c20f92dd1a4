/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/domain.h - domains: what devices see, and keeping them from seeing more.
 *
 * A domain is one translation context of the hypervisor. The pvIOMMU object
 * (iommu.h) brings two, identity and blocked; paging domains own a page table
 * (pagetable.h). Devices are moved between domains by device.h.
 *
 *	status = hvpt_domain_init(&domain, &iommu, &config);
 *	status = hvpt_domain_map(&domain, iova, gpa, length, prot, NULL);
 *	status = hvpt_device_attach(&device, &domain);
 *	...
 *	hvpt_gather_init(&gather);
 *	status = hvpt_domain_unmap(&domain, iova, length, &gather, &unmapped);
 *	status = hvpt_domain_sync(&domain, &gather);
 *
 * After the last the memory may be used for something else; each status must
 * be HVPT_OK before the next call.
 *
 * Who holds what. Making, destroying and abandoning a domain: the iommu lock.
 * Mapping, unmapping, looking up: the rules of pagetable.h, each call owns its
 * range; no lock. Syncing and flushing: no lock, any number at once, also
 * beside calls under the iommu lock, but for destroying this domain and for
 * hvpt_iommu_resume(). Each thread has a gather of its own.
 *
 * A new mapping needs no flush and no hypercall. Whatever takes something
 * away fills a gather; until hvpt_domain_sync() has succeeded devices may use
 * what is in it.
 */
#ifndef HVPT_DOMAIN_H
#define HVPT_DOMAIN_H

#include "hvpt/flush.h"
#include "hvpt/hvcall.h"
#include "hvpt/map.h"

struct hvpt_iommu;

/**
 * struct hvpt_domain_config - what a paging domain is to be
 * @pt: its page table, with three differences from hvpt_pt_init():
 *	- page_sizes is limited to the sizes that the host offers, and 0 stands
 *	  for all of those;
 *	- width must not exceed hvpt_iommu_width(), and 0 stands for that width,
 *	  or for 48 if it is larger and levels is 4;
 *	- the hooks and the reserved ranges must outlive the domain.
 * @policy: how flushes are planned
 */
struct hvpt_domain_config {
	struct hvpt_pt_config pt;
	enum hvpt_flush_policy policy;
};

/**
 * struct hvpt_domain - one domain; fields are hvpt's own
 * @iommu: whose
 * @next: in the list of all
 * @pt: of a paging domain
 * @cached: an IOMMU may hold something of it: not 0; atomic
 * @devices: attached, or perhaps attached; under the iommu lock
 * @id: of the hypervisor's
 * @epoch: in which it was created
 * @kind: which
 * @policy: how flushes are planned
 * @left_behind: a device that went away may still be attached to it
 * @undead: a DELETE of its id failed, during a resume
 * @leaks: the hypervisor may have its root in a second domain: never freed
 *
 * Linked: it must not be moved.
 */
struct hvpt_domain {
	struct hvpt_iommu *iommu;
	struct hvpt_domain *next;
	struct hvpt_pagetable pt;
	uint64_t cached;
	uint32_t devices;
	uint32_t id;
	uint32_t epoch;
	enum hvpt_domain_kind kind;
	enum hvpt_flush_policy policy;
	bool left_behind;
	bool undead;
	bool leaks;
};

HVPT_EXTERN_C_BEGIN

/* ---- life ------------------------------------------------------------ */

/**
 * hvpt_domain_init() - make a paging domain with nothing mapped
 * @domain: out: storage of the caller's
 * @iommu: in/out: the pvIOMMU
 * @config: in: may be gone when the call returns, but for ops and ctx
 *
 * Takes one table page and one domain id that does not exist yet, found as
 * hvpt_iommu_init() says, then CREATE and CONFIGURE. Iommu lock held.
 *
 * Return: HVPT_OK; HVPT_ERR_POLICY; HVPT_ERR_WIDTH above what the pvIOMMU
 * uses; HVPT_ERR_LEVELS for 5 levels where the host lacks them; the other
 * statuses of hvpt_pt_init(); HVPT_ERR_NO_IDS; any of create and configure.
 * On failure *@domain is not to be used, the page went back and the id is
 * free. When CONFIGURE failed and the DELETE which had to follow failed too,
 * the hypervisor may hold on to both: the id is quarantined and the page is
 * leaked.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_init(struct hvpt_domain *domain, struct hvpt_iommu *iommu,
		 const struct hvpt_domain_config *config);

/**
 * hvpt_domain_destroy() - delete the domain, then free its tables
 * @domain: a paging domain; not to be used afterwards, with HVPT_OK
 *
 * Mappings need not be removed first; gathers must be synced. Iommu lock held;
 * no other call on this domain runs.
 *
 * Return: HVPT_OK; HVPT_ERR_KIND for the two special ones; HVPT_ERR_BUSY while
 * a device is attached, or perhaps is (it is in doubt, see device.h);
 * HVPT_ERR_LOST between a resume that failed and its retry; any
 * status of flush (if it may be cached) and delete: then nothing was freed,
 * the id stays taken, and the call may be made again. A hypervisor which
 * deletes and says it did not will never say it did: hvpt_domain_abandon() is
 * for that.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_destroy(struct hvpt_domain *domain);

/**
 * hvpt_domain_abandon() - give up a domain which cannot be destroyed
 * @domain: a paging domain without devices; not to be used afterwards
 *
 * For callers who have no way to keep the object until a later try. The id is
 * quarantined and never used again; the table pages are leaked, for the
 * hypervisor may still read them. Iommu lock held.
 *
 * Return: HVPT_OK; HVPT_ERR_KIND; HVPT_ERR_BUSY.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_abandon(struct hvpt_domain *domain);

/* ---- flush ----------------------------------------------------------- */

/**
 * hvpt_domain_flush() - flush what is in a gather, and keep it
 * @domain: a paging domain, the gather's
 * @gather: in: unchanged
 *
 * As hvpt_domain_sync(), for callers who must let a grace period pass between
 * the flush and hvpt_pt_release() (lookups beside unmaps).
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_flush(struct hvpt_domain *domain, const struct hvpt_gather *gather);

/**
 * hvpt_domain_flush_all() - flush everything cached of the domain
 * @domain: any kind
 *
 * Return: HVPT_OK, also without a hypercall when nothing can be cached;
 * HVPT_ERR_LOST; any status of hvpt_hvcall_flush_domain().
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_flush_all(struct hvpt_domain *domain);

/**
 * hvpt_domain_sync() - flush what is in a gather, then free its tables
 * @domain: a paging domain, the gather's
 * @gather: in/out: empty with HVPT_OK
 *
 * Nothing owed: no hypercall. No device attached since everything was flushed:
 * none either. Else FLUSH_DEVICE_DOMAIN_LIST with the descriptors of the
 * domain's policy, as few calls as hold them (508 each), wider than the
 * gather while some other call's split is not flushed (hvpt_pt_widen()); when
 * that fails FLUSH_DEVICE_DOMAIN. A list call that does not exist
 * (INVALID_HYPERCALL_CODE) is not tried again; one that was refused
 * HVPT_LIST_TRIES times in a row only once in HVPT_LIST_AGAIN full flushes
 * (iommu.h).
 *
 * Return: HVPT_OK; HVPT_ERR_KIND; HVPT_ERR_LOST between a resume that failed
 * and its retry; any status of hvpt_hvcall_flush_domain():
 * then devices may still see what was unmapped, the gather is as it was, its
 * tables are not freed; try again, and reuse nothing until it succeeds.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_domain_sync(struct hvpt_domain *domain,
						  struct hvpt_gather *gather);

HVPT_EXTERN_C_END

/* ---- map, unmap, look up --------------------------------------------- */

/**
 * hvpt_domain_pagetable() - the page table, for the calls of inspect.h, and
 * protect and reclaim of map.h
 *
 * Gathers those fill are synced by hvpt_domain_sync().
 * Return: NULL for identity and blocked.
 */
HVPT_INLINE struct hvpt_pagetable *
hvpt_domain_pagetable(struct hvpt_domain *domain)
{
	return domain->kind == HVPT_DOMAIN_PAGING ? &domain->pt : NULL;
}

/**
 * hvpt_domain_map() - hvpt_pt_map() in a domain
 * @gather: in/out, or NULL; when it grew, sync before a device uses the range
 *
 * No hypercall. Return: as hvpt_pt_map(); HVPT_ERR_KIND for identity and
 * blocked.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_map(struct hvpt_domain *domain, hvpt_iova_t iova, hvpt_gpa_t gpa,
		uint64_t length, unsigned prot, struct hvpt_gather *gather)
{
	if (domain->kind != HVPT_DOMAIN_PAGING)
		return HVPT_ERR_KIND;
	return hvpt_pt_map(&domain->pt, iova, gpa, length, prot, gather);
}

/** hvpt_domain_map_list() - hvpt_pt_map_list() in a domain; as above. */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_map_list(struct hvpt_domain *domain, hvpt_iova_t iova,
		     const struct hvpt_segment *segments, size_t count,
		     unsigned prot, struct hvpt_gather *gather)
{
	if (domain->kind != HVPT_DOMAIN_PAGING)
		return HVPT_ERR_KIND;
	return hvpt_pt_map_list(&domain->pt, iova, segments, count, prot,
				gather);
}

/**
 * hvpt_domain_unmap() - hvpt_pt_unmap() in a domain
 * @gather: in/out: what to sync before anything of it is reused
 *
 * No hypercall. Return: as hvpt_pt_unmap(); HVPT_ERR_KIND.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_unmap(struct hvpt_domain *domain, hvpt_iova_t iova, uint64_t length,
		  struct hvpt_gather *gather, uint64_t *unmapped)
{
	if (domain->kind != HVPT_DOMAIN_PAGING)
		return HVPT_ERR_KIND;
	return hvpt_pt_unmap(&domain->pt, iova, length, gather, unmapped);
}

/**
 * hvpt_domain_lookup() - where does a device in this domain get to?
 * @out: out: written only with HVPT_OK. Identity answers with gpa = iova,
 *	read and write, leaf_lg2 12.
 *
 * Context: any. Return: as hvpt_pt_lookup(); HVPT_ERR_NOT_MAPPED for blocked;
 * HVPT_ERR_GPA_RANGE for an iova at or above 2^52 in identity.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_lookup(const struct hvpt_domain *domain, hvpt_iova_t iova,
		   struct hvpt_mapping *out)
{
	if (domain->kind == HVPT_DOMAIN_PAGING)
		return hvpt_pt_lookup(&domain->pt, iova, out);
	if (domain->kind == HVPT_DOMAIN_BLOCKED)
		return HVPT_ERR_NOT_MAPPED;
	if (iova.value >> HVPT_GPA_LG2)
		return HVPT_ERR_GPA_RANGE;
	out->gpa = hvpt_gpa(iova.value);
	out->prot = HVPT_PROT_READ | HVPT_PROT_WRITE;
	out->leaf_lg2 = HVPT_PAGE_LG2;
	out->accessed = true;
	out->dirty = true;
	return HVPT_OK;
}

/** hvpt_domain_id() - the hypervisor's name of it, for logs. */
HVPT_INLINE uint32_t hvpt_domain_id(const struct hvpt_domain *domain)
{
	return domain->id;
}

/**
 * hvpt_domain_device_count() - how many devices are in it, or perhaps are
 *
 * One whose move failed counts in both domains until a later call succeeds.
 * Context: iommu lock held.
 */
HVPT_INLINE uint32_t hvpt_domain_device_count(const struct hvpt_domain *domain)
{
	return domain->devices;
}

#endif /* HVPT_DOMAIN_H */
