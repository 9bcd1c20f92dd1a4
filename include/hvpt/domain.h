/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/domain.h - domains: what devices can reach, and how that ends.
 *
 * A domain is one translation context of the hypervisor. The pvIOMMU object
 * (iommu.h) provides two of them, identity and blocked. A paging domain has a
 * page table (pagetable.h). device.h moves devices between domains.
 *
 *	status = hvpt_domain_init(&domain, &iommu, &config);
 *	status = hvpt_domain_map(&domain, iova, gpa, length, prot, NULL);
 *	status = hvpt_device_attach(&device, &domain);
 *	...
 *	hvpt_gather_init(&gather);
 *	status = hvpt_domain_unmap(&domain, iova, length, &gather, &unmapped);
 *	status = hvpt_domain_sync(&domain, &gather);
 *
 * Each status must be HVPT_OK before the next call is made. After the last
 * call the memory may be used for something else.
 *
 * A new mapping needs no flush and no hypercall. A call that takes something
 * away adds it to a gather. Devices may use what is in the gather until
 * hvpt_domain_sync() has succeeded.
 *
 * Locking. hvpt_domain_init(), hvpt_domain_destroy() and hvpt_domain_abandon()
 * need the iommu lock (iommu.h). Mapping, unmapping and looking up take no
 * lock: each call owns its range, as pagetable.h says. Syncs and flushes take
 * no lock either. They may run beside each other and beside calls that hold
 * the iommu lock, but not beside hvpt_iommu_resume() or the destruction of
 * their domain. Each thread uses a gather of its own. With wait hooks (wait.h)
 * they combine: a call that finds another in flight waits for that one.
 */
#ifndef HVPT_DOMAIN_H
#define HVPT_DOMAIN_H

#include "hvpt/flush.h"
#include "hvpt/hvcall.h"
#include "hvpt/map.h"
#include "hvpt/wait.h"

struct hvpt_iommu;
struct hvpt_domain;

/* ---- creating -------------------------------------------------------- */

/**
 * struct hvpt_domain_config - what a paging domain is to be
 * @pt: its page table, as for hvpt_pt_init() but for three points:
 *	- page_sizes is limited to the sizes that the host offers, and 0 stands
 *	  for all of them;
 *	- width must not exceed hvpt_iommu_width(), and 0 stands for that width,
 *	  or for 48 if it is larger and levels is 4;
 *	- the hooks and the reserved ranges must outlive the domain.
 * @policy: how flushes are planned
 * @wait_ops: how callers wait for each other's flushes; NULL: they do not, and
 *	each makes a call of its own. Must outlive the domain. @wake may be NULL
 * @wait_ctx: for @wait_ops
 */
struct hvpt_domain_config {
	struct hvpt_pt_config pt;
	enum hvpt_flush_policy policy;
	const struct hvpt_wait_ops *wait_ops;
	void *wait_ctx;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_domain_init() - create a paging domain with nothing mapped
 * @domain: out: storage of the caller's. It must not be a domain in use, whose
 *	links and tables would be lost: this is not checked
 * @iommu: in/out: the pvIOMMU, from hvpt_iommu_init(). Storage of zeros has a
 *	width of 0, so it gives HVPT_ERR_WIDTH
 * @config: in: need not outlive the call, but what it points at must
 *
 * Takes one table page and one domain id that does not exist yet, found as
 * described at hvpt_iommu_init(). Makes the hypercalls CREATE and CONFIGURE.
 *
 * Context: iommu lock held.
 * Return: HVPT_OK; HVPT_ERR_OPS when a wait hook is missing; HVPT_ERR_POLICY;
 * HVPT_ERR_WIDTH when the width exceeds that of the pvIOMMU; HVPT_ERR_LEVELS
 * for 5 levels that the host does not offer; any other status of
 * hvpt_pt_init(); HVPT_ERR_NO_IDS; any status of hvpt_hvcall_create_domain()
 * and hvpt_hvcall_configure_domain(). On failure @domain must not be used, the
 * page was given back and the id is free. When CONFIGURE failed and the DELETE
 * that had to follow failed too, the hypervisor may still have both: then the
 * id is in quarantine and the page is leaked.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_init(struct hvpt_domain *domain, struct hvpt_iommu *iommu,
		 const struct hvpt_domain_config *config);

HVPT_EXTERN_C_END

/* ---- mapping and looking up ------------------------------------------ */

/**
 * hvpt_domain_map() - hvpt_pt_map() in a domain
 * @domain: in/out
 * @iova: first byte
 * @gpa: what @iova is to reach
 * @length: in bytes
 * @prot: as for hvpt_pt_map()
 * @gather: in/out, or NULL: when it grew, sync it before a device uses the
 *	range
 *
 * Return: as hvpt_pt_map(); HVPT_ERR_KIND for identity and blocked domains.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_map(struct hvpt_domain *domain, hvpt_iova_t iova, hvpt_gpa_t gpa,
		uint64_t length, unsigned prot, struct hvpt_gather *gather);

/**
 * hvpt_domain_map_list() - hvpt_pt_map_list() in a domain
 * @domain: in/out
 * @iova: of the first segment
 * @segments: as for hvpt_pt_map_list()
 * @count: of segments
 * @prot: as for hvpt_pt_map()
 * @gather: as for hvpt_domain_map()
 *
 * Return: as hvpt_pt_map_list(); HVPT_ERR_KIND for identity and blocked
 * domains.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_map_list(struct hvpt_domain *domain, hvpt_iova_t iova,
		     const struct hvpt_segment *segments, size_t count,
		     unsigned prot, struct hvpt_gather *gather);

/**
 * hvpt_domain_unmap() - hvpt_pt_unmap() in a domain
 * @domain: in/out
 * @iova: first byte
 * @length: in bytes
 * @gather: in/out: sync it before anything that was unmapped is reused
 * @unmapped: out: as for hvpt_pt_unmap()
 *
 * Return: as hvpt_pt_unmap(); HVPT_ERR_KIND for identity and blocked domains.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_unmap(struct hvpt_domain *domain, hvpt_iova_t iova, uint64_t length,
		  struct hvpt_gather *gather, uint64_t *unmapped);

/**
 * hvpt_domain_lookup() - what does a device in this domain reach at @iova?
 * @domain: in
 * @iova: any byte
 * @out: out: written only with HVPT_OK. For the identity domain it is
 *	gpa = iova, read and write, leaf_lg2 12.
 *
 * Context: any.
 * Return: as hvpt_pt_lookup(); HVPT_ERR_NOT_MAPPED for the blocked domain;
 * HVPT_ERR_GPA_RANGE for an iova at or above 2^52 in the identity domain.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_lookup(const struct hvpt_domain *domain, hvpt_iova_t iova,
		   struct hvpt_mapping *out);

/**
 * hvpt_domain_pagetable() - the page table of a domain
 * @domain: in
 *
 * For the calls of inspect.h, and for hvpt_pt_protect() and hvpt_pt_reclaim().
 * hvpt_domain_sync() takes the gathers that those fill.
 * Return: NULL for identity and blocked domains.
 */
HVPT_INLINE struct hvpt_pagetable *
hvpt_domain_pagetable(struct hvpt_domain *domain);

/** hvpt_domain_id() - the hypervisor's number of the domain, for logs. */
HVPT_INLINE uint32_t hvpt_domain_id(const struct hvpt_domain *domain);

/**
 * hvpt_domain_device_count() - how many devices are, or may be, in the domain
 * @domain: in
 *
 * A device whose move failed counts in both domains until a later call
 * succeeds.
 * Context: iommu lock held.
 */
HVPT_INLINE uint32_t hvpt_domain_device_count(const struct hvpt_domain *domain);

/* ---- flushing -------------------------------------------------------- */

/*
 * FLUSH_DEVICE_DOMAIN_LIST is given up after this many refusals in a row, of
 * any kind, and then tried again after this many full flushes: a host that was
 * short of memory gets precise flushes back, and a host that always refuses
 * costs one call in 1024.
 */
#define HVPT_LIST_TRIES 8u
#define HVPT_LIST_AGAIN 1024u

/*
 * Requests of several callers with more ranges than this together are flushed
 * by FLUSH_DEVICE_DOMAIN. Fewer fit one list call with two descriptors each.
 */
#define HVPT_COMBINE_RANGES (HVPT_HV_FLUSH_LIST_MAX / 2)

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_domain_sync() - flush what is in a gather, then free its tables
 * @domain: the paging domain that the gather is of
 * @gather: in/out: empty with HVPT_OK
 *
 * Makes no hypercall when the gather is empty, or when no device was attached
 * since the domain was last flushed as a whole. Otherwise it makes
 * FLUSH_DEVICE_DOMAIN_LIST with the descriptors of the domain's policy, in as
 * few calls as hold them (508 each). The descriptors cover more than the gather
 * while a split of another call is not flushed (hvpt_pt_widen()). When the list
 * call fails, FLUSH_DEVICE_DOMAIN follows. A list call that does not exist
 * (INVALID_HYPERCALL_CODE) is not tried again; one that was refused
 * HVPT_LIST_TRIES times in a row is tried once in HVPT_LIST_AGAIN full flushes.
 *
 * With wait hooks, a caller that finds a call of the domain in flight waits.
 * When that call is over, one of those that wait calls for all of them: by a
 * list, or by FLUSH_DEVICE_DOMAIN when one of them asks for everything or when
 * they have more than HVPT_COMBINE_RANGES ranges. All of them get the status of
 * that call, and each keeps or frees what is in its own gather.
 *
 * Return: HVPT_OK; HVPT_ERR_KIND; HVPT_ERR_LOST between a failed resume and its
 * retry; any status of hvpt_hvcall_flush_domain(). On failure devices may still
 * see what was unmapped, the gather is unchanged and its tables are not freed.
 * Call again, and reuse nothing until a call succeeds.
 */
HVPT_MUST_CHECK enum hvpt_status hvpt_domain_sync(struct hvpt_domain *domain,
						  struct hvpt_gather *gather);

/**
 * hvpt_domain_flush() - flush what is in a gather, and keep the gather
 * @domain: the paging domain that the gather is of
 * @gather: in: unchanged
 *
 * As hvpt_domain_sync(), for callers that must let a grace period pass between
 * the flush and hvpt_pt_release(), because lookups run beside unmaps.
 *
 * Return: as hvpt_domain_sync().
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_flush(struct hvpt_domain *domain, const struct hvpt_gather *gather);

/**
 * hvpt_domain_flush_all() - flush everything cached of the domain
 * @domain: of any kind
 *
 * Return: HVPT_OK, also without a hypercall when nothing can be cached;
 * HVPT_ERR_LOST; any status of hvpt_hvcall_flush_domain().
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_flush_all(struct hvpt_domain *domain);

/* ---- ending ---------------------------------------------------------- */

/**
 * hvpt_domain_destroy() - delete the domain, then free its tables
 * @domain: a paging domain; not to be used after HVPT_OK
 *
 * Mappings need not be removed before, but a domain with many tables takes long
 * to destroy (hvpt_pt_destroy()). Gathers must have been synced.
 *
 * Context: iommu lock held; no other call on this domain runs.
 * Return: HVPT_OK; HVPT_ERR_KIND for identity and blocked domains;
 * HVPT_ERR_BUSY while a device is attached, or may be because it is in doubt
 * (device.h); HVPT_ERR_LOST between a failed resume and its retry; any status
 * of hvpt_hvcall_flush_domain() (if something may be cached) and
 * hvpt_hvcall_delete_domain(). On failure nothing was freed and the id stays
 * taken; the call may be made again. Where a DELETE succeeded but was reported
 * to have failed, it will never be reported to succeed: use
 * hvpt_domain_abandon().
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_destroy(struct hvpt_domain *domain);

/**
 * hvpt_domain_abandon() - give up a domain that cannot be destroyed
 * @domain: a paging domain without devices; not to be used after HVPT_OK
 *
 * For callers that cannot keep the object for another try. The id goes into
 * quarantine and is never used again. The table pages are leaked, because the
 * hypervisor may still read them.
 *
 * Context: iommu lock held.
 * Return: HVPT_OK; HVPT_ERR_KIND; HVPT_ERR_BUSY.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_abandon(struct hvpt_domain *domain);

HVPT_EXTERN_C_END

/* ---- internal: the object, and the inline functions ------------------ */

/**
 * struct hvpt_domain - one domain; its fields are not for callers
 * @iommu: the pvIOMMU that it belongs to
 * @kind: what it does
 * @pt: of a paging domain
 * @next: in the list of all domains
 * @cached: not 0: an IOMMU may have cached something of it; atomic
 * @flushing: a call in flight and who waits for it (combine.c); atomic
 * @wait_ops: as configured
 * @wait_ctx: as configured
 * @devices: how many are attached, or may be; under the iommu lock
 * @id: the hypervisor's number of it
 * @epoch: the epoch of the pvIOMMU in which it was created
 * @policy: how flushes are planned
 * @left_behind: a device that went away may still be attached to it
 * @delete_failed: a resume could not delete the domain that has its id
 * @leaks: the hypervisor may have a second domain with its root, so the
 *	tables are never freed
 *
 * It is linked, so it must not be moved.
 *
 * What a flush writes is more than a cache line behind what a map and an unmap
 * read: if the object starts a cache line, flushes do not slow them down.
 */
struct hvpt_domain {
	struct hvpt_iommu *iommu;
	enum hvpt_domain_kind kind;
	struct hvpt_pagetable pt;
	struct hvpt_domain *next;
	uint64_t cached;
	uint64_t flushing;
	const struct hvpt_wait_ops *wait_ops;
	void *wait_ctx;
	uint32_t devices;
	uint32_t id;
	uint32_t epoch;
	enum hvpt_flush_policy policy;
	bool left_behind;
	bool delete_failed;
	bool leaks;
};

HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_map(struct hvpt_domain *domain, hvpt_iova_t iova, hvpt_gpa_t gpa,
		uint64_t length, unsigned prot, struct hvpt_gather *gather)
{
	if (domain->kind != HVPT_DOMAIN_PAGING)
		return HVPT_ERR_KIND;
	return hvpt_pt_map(&domain->pt, iova, gpa, length, prot, gather);
}

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

HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_unmap(struct hvpt_domain *domain, hvpt_iova_t iova, uint64_t length,
		  struct hvpt_gather *gather, uint64_t *unmapped)
{
	if (domain->kind != HVPT_DOMAIN_PAGING)
		return HVPT_ERR_KIND;
	return hvpt_pt_unmap(&domain->pt, iova, length, gather, unmapped);
}

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

HVPT_INLINE struct hvpt_pagetable *
hvpt_domain_pagetable(struct hvpt_domain *domain)
{
	return domain->kind == HVPT_DOMAIN_PAGING ? &domain->pt : NULL;
}

HVPT_INLINE uint32_t hvpt_domain_id(const struct hvpt_domain *domain)
{
	return domain->id;
}

HVPT_INLINE uint32_t hvpt_domain_device_count(const struct hvpt_domain *domain)
{
	return domain->devices;
}

#endif /* HVPT_DOMAIN_H */
