/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/fault.h - why a device's access was refused.
 *
 * The hypervisor reports a refused DMA by a synthetic message of type
 * HVPT_HV_MESSAGE_IOMMU_FAULT on SINT HVPT_HV_IOMMU_FAULT_SINT. This header
 * decodes the message and explains it by the tables of the device's domain:
 *
 *	if (hvpt_iommu_fault_decode(slot, sizeof(slot), &fault) == HVPT_OK) {
 *		domain = domain_of(fault.device_id);
 *		hvpt_domain_explain(domain, &fault, &cause);
 *	}
 *
 * A message says what the device asked for, not what the tables held then. They
 * are read later, so an explanation describes the present.
 *
 * Context: any. Nothing is changed. An explanation reads a page table as
 * hvpt_pt_lookup() does and follows its rules: where ranges are unmapped at the
 * same time, gathers must be released only after a grace period.
 */
#ifndef HVPT_FAULT_H
#define HVPT_FAULT_H

#include "hvpt/domain.h"
#include "hvpt/hv_message.h"

/* ---- the message ----------------------------------------------------- */

/**
 * struct hvpt_iommu_fault - a decoded message
 * @device_id: logical device id, as sent; with @has_device, else 0
 * @iova: the address that the device used; with @has_iova, else 0
 * @type: HVPT_HV_IOMMU_FAULT_*, or another number that the hypervisor sent
 * @access: HVPT_HV_ACCESS_*, or another number
 * @has_device: the hypervisor knew the device
 * @has_iova: the hypervisor knew the address
 */
struct hvpt_iommu_fault {
	uint64_t device_id;
	hvpt_iova_t iova;
	uint32_t type;
	uint32_t access;
	bool has_device;
	bool has_iova;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_iommu_fault_decode() - read a fault message
 * @message: in: a whole message, header first, with any alignment. It may be a
 *	slot of the message page, until the end of message is signalled.
 * @bytes: how many bytes may be read: HVPT_HV_MESSAGE_BYTES for a slot
 * @fault: out: written only with HVPT_OK
 *
 * Reserved and padding bytes are ignored, and so is what follows the known
 * payload: a later hypervisor may put something there.
 *
 * Return: HVPT_OK; HVPT_ERR_MESSAGE_TYPE for an empty slot or another message;
 * HVPT_ERR_MESSAGE_SIZE when @bytes end inside the header or the payload, or
 * when the payload is shorter than a fault or longer than that of any message.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_iommu_fault_decode(const void *message, size_t bytes,
			struct hvpt_iommu_fault *fault);

/**
 * hvpt_iommu_fault_type_name() - the hypervisor's name of a type, for logs
 * @type: of a fault
 *
 * Return: a static string such as "TRANSLATION"; "UNKNOWN" for a number that is
 * not in hv_message.h. Never NULL.
 */
const char *hvpt_iommu_fault_type_name(uint32_t type);

HVPT_EXTERN_C_END

/* ---- the reason ------------------------------------------------------ */

/** What the tables say about an access. Values never change. */
enum hvpt_fault_reason {
	/*
	 * The tables allow the access. The page was mapped after the fault; or
	 * an IOTLB still holds an earlier entry, because a flush is pending or
	 * missing; or there is no memory behind the gpa. With type BLOCKED the
	 * device may have used ATS where it must not.
	 */
	HVPT_REASON_MAPPED_NOW = 0,
	HVPT_REASON_NOT_PRESENT = 1, /* nothing is mapped there */
	HVPT_REASON_READ_ONLY = 2,   /* a write, and an entry without R/W */
	HVPT_REASON_RESERVED = 3,    /* an entry with reserved bits set */
	HVPT_REASON_SUPERVISOR = 4,  /* an entry without U/S */
	HVPT_REASON_OUTSIDE = 5,     /* not an IOVA of the domain's form */
	HVPT_REASON_NO_ADDRESS = 6,  /* the message has no address */
	HVPT_REASON_INTERRUPT = 7,   /* an interrupt was refused, not DMA */
	HVPT_REASON_BLOCKED = 8,     /* the blocked domain refuses everything */
	HVPT_REASON_IDENTITY = 9,    /* no table: no memory behind the gpa */
};

/**
 * struct hvpt_fault_cause - an access explained
 * @reason: why it is refused now, if it is
 * @level: of the entry that decides: 0 .. 4; the number of levels when no entry
 *	was read; 0 without a page table
 * @entry: that entry; 0 when none was read. With READ_ONLY and SUPERVISOR it is
 *	the highest entry that forbids the access, with MAPPED_NOW the leaf.
 * @reserved: the reserved bits that are set in it; 0 unless RESERVED
 *
 * hvpt never writes an entry that is RESERVED or SUPERVISOR. Such an entry
 * means that the memory of the tables was overwritten.
 */
struct hvpt_fault_cause {
	enum hvpt_fault_reason reason;
	uint32_t level;
	uint64_t entry;
	uint64_t reserved;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_pt_explain() - what would a page walk now do with an access?
 * @pt: the page table
 * @iova: any 64-bit value
 * @write: true: a write; false: a read
 * @cause: out: always written whole: MAPPED_NOW, NOT_PRESENT, READ_ONLY,
 *	RESERVED, SUPERVISOR or OUTSIDE
 *
 * Reserved are bit 63; bit 7 at a level that has no leaves; bits 20:13 of a
 * 2 MiB leaf and 29:13 of a 1 GiB leaf (SDM vol. 3A 4.5, VT-d 9.7). Whether an
 * address exceeds the machine's physical address width is not known here. An
 * entry with reserved bits is not followed.
 */
void hvpt_pt_explain(const struct hvpt_pagetable *pt, hvpt_iova_t iova,
		     bool write, struct hvpt_fault_cause *cause);

/**
 * hvpt_domain_explain() - explain a fault by the domain of its device
 * @domain: of any kind; the caller finds it by the device id in @fault
 * @fault: in: as decoded
 * @cause: out: always written whole
 *
 * The first reason that applies decides: INTERRUPT, BLOCKED, NO_ADDRESS,
 * IDENTITY (or OUTSIDE for an address of 2^52 or above), then those of
 * hvpt_pt_explain(). An access that is not HVPT_HV_ACCESS_WRITE is explained as
 * a read, because hvpt's entries never forbid execution.
 */
void hvpt_domain_explain(const struct hvpt_domain *domain,
			 const struct hvpt_iommu_fault *fault,
			 struct hvpt_fault_cause *cause);

/** hvpt_fault_reason_name() - its identifier, for logs. Never NULL. */
const char *hvpt_fault_reason_name(enum hvpt_fault_reason reason);

HVPT_EXTERN_C_END

#endif /* HVPT_FAULT_H */
