/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/handover.h - what firmware left in the hypervisor, and adopting it.
 *
 * Firmware that used the pvIOMMU says in a table what it left: docs/SPEC.md,
 * "Hand-over by firmware". An operating system finds the table among UEFI's
 * configuration tables, by HVPT_HANDOVER_GUID. It may ignore the table: what
 * firmware left is no obstacle (hvpt_iommu_init()), and hvpt_iommu_takeover()
 * blocks all devices. With the table it can leave devices in the domains of
 * firmware, with their DMA, until their drivers take them:
 * hvpt_handover_read(); for each device hvpt_device_probe(), and
 *
 *	hvpt_handover_read_device(&handover, 0, &left);
 *	config.pt.levels = left.levels;
 *	config.pt.width = left.width;
 *	status = hvpt_domain_adopt(&domain, &iommu, &config, &left, check, ctx,
 *				   &report);
 *	if (status == HVPT_OK)
 *		status = hvpt_device_attach(&device, &domain);
 *
 * and at the end hvpt_iommu_takeover(), which leaves those devices alone.
 * A device that is attached so does not move: the hypervisor has it there
 * already. From then on the domain is like any other.
 */
#ifndef HVPT_HANDOVER_H
#define HVPT_HANDOVER_H

#include "hvpt/device.h"
#include "hvpt/inspect.h"

/* The GUID of the table, as the initialiser of an EFI_GUID. */
#define HVPT_HANDOVER_GUID                                                     \
	{                                                                      \
		0x3f6c1e52, 0x8d0b, 0x4b7a,                                    \
		{                                                              \
			0x9e, 0x14, 0x6a, 0x2f, 0xc7, 0x05, 0xb1, 0xd8         \
		}                                                              \
	}

/* "HVPTHAND", and the sizes of its parts: docs/SPEC.md. */
#define HVPT_HANDOVER_SIGNATURE ((uint64_t)0x444e414854505648)
#define HVPT_HANDOVER_VERSION 1u
#define HVPT_HANDOVER_HEADER 64u
#define HVPT_HANDOVER_ENTRY 32u

/* Longer than any table: 2^16 devices. Keeps sizes within 32 bits. */
#define HVPT_HANDOVER_DEVICES_MAX 0x10000u

/** Where firmware left the devices. Values are part of the table. */
enum hvpt_handover_policy {
	HVPT_HANDOVER_IDENTITY = 0,
	HVPT_HANDOVER_BLOCKED = 1,
	HVPT_HANDOVER_DETACHED = 2,
	HVPT_HANDOVER_KEEP = 3,
};

/**
 * struct hvpt_handover - the head of a table
 * @table: the table; it must stay while entries are read
 * @policy: enum hvpt_handover_policy, or a later one
 * @identity_id: the identity domain that was left; 0: none
 * @blocked_id: the blocked domain that was left; 0: none
 * @devices: how many entries; not 0 only with HVPT_HANDOVER_KEEP
 *
 * The two domains are deleted with hvpt_hvcall_delete_domain(), when no device
 * is in them any more.
 */
struct hvpt_handover {
	const void *table;
	uint32_t policy;
	uint32_t identity_id;
	uint32_t blocked_id;
	uint32_t devices;
};

/**
 * struct hvpt_handover_device - a device that was left in its domain
 * @device_id: logical device id
 * @root: gpa of the domain's root table
 * @domain_id: its id
 * @levels: of the tables, 4 or 5
 * @width: IOVA bits, in the lower form (HVPT_IOVA_LOWER)
 */
struct hvpt_handover_device {
	uint64_t device_id;
	uint64_t root;
	uint32_t domain_id;
	uint32_t levels;
	uint32_t width;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_handover_read() - check a table, and read its head
 * @table: in: any alignment; nothing of it is trusted
 * @bytes: how many may be read
 * @handover: out: written only with HVPT_OK
 *
 * Context: any. Return: HVPT_OK; HVPT_ERR_SETTINGS for a later version, which
 * has another layout; HVPT_ERR_CORRUPT when it is no such table: @bytes too
 * few, a wrong signature, sizes that do not fit together, or a wrong checksum.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_handover_read(const void *table, uint64_t bytes,
		   struct hvpt_handover *handover);

/**
 * hvpt_handover_read_device() - read an entry
 * @handover: in
 * @index: below @handover->devices
 * @device: out: what the table says; hvpt_domain_adopt() checks it
 */
void hvpt_handover_read_device(const struct hvpt_handover *handover,
			       uint32_t index,
			       struct hvpt_handover_device *device);

/**
 * hvpt_domain_adopt() - make a domain of firmware's ours
 * @domain: out: storage of the caller's, not a domain in use
 * @iommu: in/out: the pvIOMMU
 * @config: in: as for hvpt_domain_init(), but with levels and width of @from,
 *	the form HVPT_IOVA_LOWER, and page sizes that the host offers
 * @from: in: what the table says of the device
 * @check: required: is this page among those that firmware reserved?
 * @ctx: for @check
 * @report: out: as in hvpt_pt_adopt(), when that was called
 *
 * One FLUSH of the domain, which is refused if there is none. Then the tables
 * are checked, as hvpt_pt_adopt() says; they are read through the direct map of
 * @config. The domain is not configured anew, so what devices in it reach does
 * not change. The tables will come back through free_page, when the domain is
 * destroyed: in memory that firmware reserved, so free_page has to know them.
 *
 * Iommu lock held. Return: HVPT_OK; HVPT_ERR_SETTINGS when @config differs from
 * @from, or has another form, or @from has 0 for levels or width;
 * HVPT_ERR_DOMAIN_ID for id 0 or 0xffffffff, or one that a domain of @iommu
 * has; the refusals of hvpt_domain_init() for @config; any status of
 * hvpt_hvcall_flush_domain(); those of hvpt_pt_adopt(). After a failure
 * *@domain is not to be used, and nothing has changed but that caches are
 * empty.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_domain_adopt(struct hvpt_domain *domain, struct hvpt_iommu *iommu,
		  const struct hvpt_domain_config *config,
		  const struct hvpt_handover_device *from,
		  hvpt_table_check_fn check, void *ctx,
		  struct hvpt_audit *report);

HVPT_EXTERN_C_END

#endif /* HVPT_HANDOVER_H */
