/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * handover.c - firmware's table, and adopting the domains in it.
 *
 * The table is input: every size is checked before it is used. What an entry
 * says of a domain is checked by the hypervisor and by an audit of its tables.
 */
#include "hvpt/handover.h"
#include "domain_internal.h"

/* Offsets in the head: docs/SPEC.md, "Hand-over by firmware". */
#define HANDOVER_VERSION 8u
#define HANDOVER_BYTES 12u
#define HANDOVER_POLICY 20u
#define HANDOVER_IDENTITY 24u
#define HANDOVER_BLOCKED 28u
#define HANDOVER_DEVICES 32u
#define HANDOVER_ENTRY_BYTES 36u

/* Little-endian, at any alignment. */
static uint32_t hvpt_handover_load32(const void *table, uint32_t offset)
{
	const uint8_t *at = (const uint8_t *)table + offset;

	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

static uint64_t hvpt_handover_load64(const void *table, uint32_t offset)
{
	return hvpt_handover_load32(table, offset) |
	       (uint64_t)hvpt_handover_load32(table, offset + 4) << 32;
}

/* ---- the table ------------------------------------------------------- */

static bool hvpt_handover_sizes_ok(const void *table, uint64_t bytes)
{
	uint32_t all = hvpt_handover_load32(table, HANDOVER_BYTES);
	uint32_t devices = hvpt_handover_load32(table, HANDOVER_DEVICES);

	return all <= bytes && devices <= HVPT_HANDOVER_DEVICES_MAX &&
	       hvpt_handover_load32(table, HANDOVER_ENTRY_BYTES) ==
		       HVPT_HANDOVER_ENTRY &&
	       all == HVPT_HANDOVER_HEADER + devices * HVPT_HANDOVER_ENTRY;
}

/* The sum of all words is 0. */
static bool hvpt_handover_sum_ok(const void *table)
{
	uint32_t all = hvpt_handover_load32(table, HANDOVER_BYTES);
	uint32_t sum = 0, at;

	for (at = 0; at < all; at += 4)
		sum += hvpt_handover_load32(table, at);
	return sum == 0;
}

enum hvpt_status hvpt_handover_read(const void *table, uint64_t bytes,
				    struct hvpt_handover *handover)
{
	if (bytes < HVPT_HANDOVER_HEADER ||
	    hvpt_handover_load64(table, 0) != HVPT_HANDOVER_SIGNATURE)
		return HVPT_ERR_CORRUPT;
	if (hvpt_handover_load32(table, HANDOVER_VERSION) !=
	    HVPT_HANDOVER_VERSION)
		return HVPT_ERR_SETTINGS;
	if (!hvpt_handover_sizes_ok(table, bytes) ||
	    !hvpt_handover_sum_ok(table))
		return HVPT_ERR_CORRUPT;
	handover->table = table;
	handover->policy = hvpt_handover_load32(table, HANDOVER_POLICY);
	handover->identity_id = hvpt_handover_load32(table, HANDOVER_IDENTITY);
	handover->blocked_id = hvpt_handover_load32(table, HANDOVER_BLOCKED);
	handover->devices = hvpt_handover_load32(table, HANDOVER_DEVICES);
	return HVPT_OK;
}

void hvpt_handover_read_device(const struct hvpt_handover *handover,
			       uint32_t index,
			       struct hvpt_handover_device *device)
{
	uint32_t at = HVPT_HANDOVER_HEADER + index * HVPT_HANDOVER_ENTRY;

	device->device_id = hvpt_handover_load64(handover->table, at);
	device->domain_id = hvpt_handover_load32(handover->table, at + 8);
	device->levels = hvpt_handover_load32(handover->table, at + 12);
	device->root = hvpt_handover_load64(handover->table, at + 16);
	device->width = hvpt_handover_load32(handover->table, at + 24);
}

/* ---- a domain -------------------------------------------------------- */

static bool hvpt_domain_id_is_used(const struct hvpt_iommu *iommu, uint32_t id)
{
	const struct hvpt_domain *domain = iommu->domains;

	while (domain && domain->id != id)
		domain = domain->next;
	return domain != NULL;
}

static enum hvpt_status
hvpt_domain_adopt_check(const struct hvpt_iommu *iommu,
			const struct hvpt_domain_config *config,
			const struct hvpt_handover_device *from)
{
	enum hvpt_status status = hvpt_domain_config_check(iommu, config);

	if (status != HVPT_OK)
		return status;
	/* 0 in @config would stand for a default. */
	if (!from->levels || !from->width ||
	    config->pt.levels != from->levels ||
	    config->pt.width != from->width ||
	    config->pt.form != HVPT_IOVA_LOWER)
		return HVPT_ERR_SETTINGS;
	if (config->pt.page_sizes & ~iommu->caps.page_sizes)
		return HVPT_ERR_PAGE_SIZES;
	/* other bad ids are refused by the flush */
	return hvpt_domain_id_is_used(iommu, from->domain_id) ?
		       HVPT_ERR_DOMAIN_ID :
		       HVPT_OK;
}

/*
 * Devices may be in it, so it counts as cached from the start. The flush shows
 * that there is such a domain, and drops what firmware unmapped last.
 */
enum hvpt_status hvpt_domain_adopt(struct hvpt_domain *domain,
				   struct hvpt_iommu *iommu,
				   const struct hvpt_domain_config *config,
				   const struct hvpt_handover_device *from,
				   hvpt_table_check_fn check, void *ctx,
				   struct hvpt_audit *report)
{
	enum hvpt_status status = hvpt_domain_adopt_check(iommu, config, from);

	if (status != HVPT_OK)
		return status;
	hvpt_domain_prepare(domain, iommu, HVPT_DOMAIN_PAGING);
	domain->id = from->domain_id;
	hvpt_domain_apply(domain, config);
	domain->cached = 1;
	status = hvpt_domain_flush_now(domain);
	if (status == HVPT_OK)
		status = hvpt_pt_adopt(&domain->pt, &config->pt,
				       hvpt_gpa(from->root), check, ctx,
				       report);
	if (status != HVPT_OK)
		return status;
	domain->next = iommu->domains;
	iommu->domains = domain;
	return HVPT_OK;
}
