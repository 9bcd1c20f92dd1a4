/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The input, checks and effect of each hypercall.
 *
 * Codes, layouts and flags, as numbers: include/hyperv/hvgdk_mini.h and
 * hvhdk_mini.h of Linux, with its pvIOMMU driver of 2026. Statuses: TLFS,
 * "Hypercall Status Codes"; those above 0x50 and 0x19 and 0x38: HvStatus.h of
 * mu_msvm, hvdef of OpenVMM. All fields are little-endian.
 *
 * The references leave open which status belongs to which mistake, and more.
 * Chosen here:
 *
 *   - Padding, reserved fields and unknown flags that are not zero are
 *     INVALID_PARAMETER. TLFS lets a hypervisor ignore padding; a guest must
 *     not count on it.
 *   - Checked in this order: partition, fields in order of their offset,
 *     domain, device, state. TLFS defines no order.
 *   - Domain ids 0 and 0xffffffff and types other than stage 1 are
 *     INVALID_PARAMETER. CREATE of an id that is there is
 *     KEY_ALREADY_EXISTS, one too many INSUFFICIENT_DEVICE_DOMAINS; calls
 *     for a domain that is not there NOT_FOUND.
 *   - CONFIGURE may be repeated, devices attached or not, unless the
 *     configuration forbids it: the new settings hold at once, what is
 *     cached stays. A root, or the 5-level bit, without paging
 *     is INVALID_PARAMETER; so is translation off, but blocked.
 *   - ATTACH and DETACH: a device that is not there or not managed is
 *     INVALID_DEVICE_ID, types of device ids but the logical one are
 *     INVALID_PARAMETER. ATTACH to a domain not configured, and DETACH of a
 *     device that is nowhere, are INVALID_DEVICE_STATE. ATTACH moves from
 *     any domain to any other at once and flushes nothing; DETACH flushes
 *     the whole of the domain the device was in, and blocks its DMA.
 *   - DELETE with devices in the domain is OBJECT_IN_USE; otherwise all its
 *     caches go with it.
 *   - GET_LOGICAL_DEVICE_PROPERTY answers for a device not managed, with bit
 *     0 clear; an unknown code is UNKNOWN_PROPERTY, an unknown device
 *     INVALID_DEVICE_ID.
 *   - A flush list that does not fit the page crosses it. Elements before a
 *     bad one are done. A flush drops translations and table pointers alike.
 */
#include "hypervisor_state.h"

/* ---- domains --------------------------------------------------------- */

/* CREATE of a domain that is there. */
static uint16_t existing(const struct hypervisor *hv)
{
	if (hv->config.take_over)
		return HYPERVISOR_SUCCESS;
	return hv->config.create ? hv->config.create :
				   HYPERVISOR_KEY_ALREADY_EXISTS;
}

/* 24 flags: 0 forward progress required, 1 inherit owning VTL; 28 zero. */
static uint16_t create(struct hypervisor *hv, struct hypervisor_frame *frame)
{
	const uint8_t *in = frame->in;
	struct hypervisor_domain *domain;
	uint32_t id;
	uint16_t status = hypervisor_check_header(in, &id);

	if (status != HYPERVISOR_SUCCESS)
		return status;
	if ((hypervisor_load32(in + 24) & ~UINT32_C(3)) ||
	    hypervisor_load32(in + 28))
		return HYPERVISOR_INVALID_PARAMETER;
	if (hypervisor_domain_of(hv, id))
		return existing(hv);
	if (hv->config.max_domains &&
	    hv->domains.count >= hv->config.max_domains)
		return HYPERVISOR_INSUFFICIENT_DEVICE_DOMAINS;
	domain = hypervisor_alloc(sizeof(*domain));
	domain->id = id;
	hypervisor_map_put(&hv->domains, id, domain);
	return HYPERVISOR_SUCCESS;
}

static uint16_t delete (struct hypervisor *hv, struct hypervisor_frame *frame)
{
	struct hypervisor_domain *domain;
	uint32_t id;
	uint16_t status = hypervisor_check_header(frame->in, &id);

	if (status == HYPERVISOR_SUCCESS)
		status = hypervisor_find_domain(hv, id, &domain);
	if (status != HYPERVISOR_SUCCESS)
		return status;
	if (domain->devices != 0)
		return HYPERVISOR_OBJECT_IN_USE;
	hypervisor_drop_domain(hv, domain);
	return HYPERVISOR_SUCCESS;
}

#define TRANSLATION_ENABLED (UINT64_C(1) << 0)
#define BLOCKED (UINT64_C(1) << 1)
#define FIVE_LEVELS (UINT64_C(1) << 2)

/* 24 flags, 32 root: byte gpa. What they ask for; BLANK: nothing known. */
static enum hypervisor_kind kind_of(const struct hypervisor *hv, uint64_t flags,
				    uint64_t root)
{
	const uint64_t not_root = ~UINT64_C(0x000ffffffffff000);

	if (root == 0 && flags == 0)
		return HYPERVISOR_IDENTITY;
	if (root == 0 && flags == (TRANSLATION_ENABLED | BLOCKED))
		return HYPERVISOR_BLOCKED;
	if ((flags & ~FIVE_LEVELS) != TRANSLATION_ENABLED || (root & not_root))
		return HYPERVISOR_BLANK;
	if ((flags & FIVE_LEVELS) &&
	    !(hv->config.caps & HYPERVISOR_CAP_S1_5LVL))
		return HYPERVISOR_BLANK;
	return HYPERVISOR_PAGING;
}

static uint16_t configure(struct hypervisor *hv, struct hypervisor_frame *frame)
{
	struct hypervisor_domain *domain;
	uint64_t flags = hypervisor_load64(frame->in + 24),
		 root = hypervisor_load64(frame->in + 32);
	enum hypervisor_kind kind = kind_of(hv, flags, root);
	uint32_t id;
	uint16_t status = hypervisor_check_header(frame->in, &id);

	if (status == HYPERVISOR_SUCCESS && kind == HYPERVISOR_BLANK)
		status = HYPERVISOR_INVALID_PARAMETER;
	if (status == HYPERVISOR_SUCCESS)
		status = hypervisor_find_domain(hv, id, &domain);
	if (status != HYPERVISOR_SUCCESS)
		return status;
	if (domain->kind != HYPERVISOR_BLANK && hv->config.reconfigure)
		return hv->config.reconfigure;
	domain->kind = kind;
	domain->root = root;
	domain->levels = flags & FIVE_LEVELS ? 5 : 4;
	domain->owner = hv->owner;
	return HYPERVISOR_SUCCESS;
}

/* ---- flushes --------------------------------------------------------- */

/* 24 flags, none known; 28 reserved */
static uint16_t flush(struct hypervisor *hv, struct hypervisor_frame *frame)
{
	struct hypervisor_domain *domain;
	uint32_t id;
	uint16_t status = hypervisor_check_header(frame->in, &id);

	if (status == HYPERVISOR_SUCCESS &&
	    hypervisor_load64(frame->in + 24) != 0)
		status = HYPERVISOR_INVALID_PARAMETER;
	if (status == HYPERVISOR_SUCCESS)
		status = hypervisor_find_domain(hv, id, &domain);
	if (status != HYPERVISOR_SUCCESS)
		return status;
	hypervisor_cache_clear(&domain->cache);
	hv->stats.full_flushes++;
	return HYPERVISOR_SUCCESS;
}

/*
 * One element: 5:0 shift, 11:6 zero, 63:12 page number, a multiple of the
 * 2^shift pages it covers.
 */
static uint16_t flush_one(struct hypervisor *hv,
			  struct hypervisor_domain *domain, uint64_t entry)
{
	unsigned shift = (unsigned)(entry & 0x3f);
	uint64_t pages, last, first = entry & ~UINT64_C(0xfff);

	if (shift > 52 || (entry & 0xfc0))
		return HYPERVISOR_INVALID_PARAMETER;
	pages = UINT64_C(1) << shift;
	if ((first >> 12) & (pages - 1))
		return HYPERVISOR_INVALID_PARAMETER;
	/* Pages modulo 2^52: shift 52 ends at the top. */
	last = first + ((pages << 12) - 1);
	hypervisor_cache_flush(&domain->cache, hv->config.iotlb, first, last);
	hv->stats.descriptors++;
	hv->stats.flushed_pages += pages;
	return HYPERVISOR_SUCCESS;
}

static bool refuses_list(struct hypervisor *hv)
{
	if (hv->config.list == 0 || hv->refused >= hv->config.list_times)
		return false;
	hv->refused++;
	return true;
}

/* 24 flags: 0 the form of elements above, the only one; 28 reserved; 32 .. */
static uint16_t flush_list(struct hypervisor *hv,
			   struct hypervisor_frame *frame)
{
	struct hypervisor_domain *domain;
	uint32_t id;
	uint16_t status = hypervisor_check_header(frame->in, &id);

	if (status == HYPERVISOR_SUCCESS &&
	    hypervisor_load64(frame->in + 24) != 1)
		status = HYPERVISOR_INVALID_PARAMETER;
	if (status == HYPERVISOR_SUCCESS)
		status = hypervisor_find_domain(hv, id, &domain);
	if (status == HYPERVISOR_SUCCESS && refuses_list(hv))
		status = hv->config.list;
	if (hv->config.reps == HYPERVISOR_REPS_NONE)
		return status;
	while (status == HYPERVISOR_SUCCESS && frame->done < frame->stop) {
		status = flush_one(hv, domain,
				   hypervisor_load64(frame->in + 32 +
						     (size_t)frame->done * 8));
		if (status == HYPERVISOR_SUCCESS)
			frame->done++;
	}
	return status;
}

/* ---- questions ------------------------------------------------------- */

/*
 * In: 0 partition, 8 reserved. Out: 0 size, 4 reserved, 6 iova width, 7 PASID
 * width, 8 capabilities, 16 page sizes.
 */
static uint16_t get_caps(struct hypervisor *hv, struct hypervisor_frame *frame)
{
	if (hypervisor_load64(frame->in) != HYPERVISOR_PARTITION_SELF)
		return HYPERVISOR_INVALID_PARTITION_ID;
	if (hypervisor_load64(frame->in + 8) != 0)
		return HYPERVISOR_INVALID_PARAMETER;
	hypervisor_store64(frame->out,
			   24 | (uint64_t)(uint8_t)hv->config.iova_width << 48);
	hypervisor_store64(frame->out + 8, hv->config.caps);
	hypervisor_store64(frame->out + 16, hv->config.page_sizes);
	return HYPERVISOR_SUCCESS;
}

const struct hypervisor_known hypervisor_known[HYPERVISOR_KNOWN] = {
	{ "CREATE_DEVICE_DOMAIN", create, HYPERVISOR_CODE_CREATE, 32, 0, 0 },
	{ "ATTACH_DEVICE_DOMAIN", hypervisor_attach, 0xb2, 32, 0, 0 },
	{ "DETACH_DEVICE_DOMAIN", hypervisor_detach_device, 0xc4, 16, 0, 0 },
	{ "DELETE_DEVICE_DOMAIN", delete, HYPERVISOR_CODE_DELETE, 24, 0, 0 },
	{ "CONFIGURE_DEVICE_DOMAIN", configure, 0xce, 40, 0, 0 },
	{ "FLUSH_DEVICE_DOMAIN", flush, 0xd0, 32, 0, 0 },
	{ "FLUSH_DEVICE_DOMAIN_LIST", flush_list, HYPERVISOR_CODE_FLUSH_LIST,
	  32, 8, 0 },
	{ "GET_IOMMU_CAPABILITIES", get_caps, HYPERVISOR_CODE_GET_CAPS, 16, 0,
	  24 },
	{ "GET_LOGICAL_DEVICE_PROPERTY", hypervisor_get_property, 0x127, 24, 0,
	  16 },
};
