/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fault.c - the IOMMU fault message, and what the tables say about it.
 */
#include "hvpt/fault.h"

/* ---- the message ----------------------------------------------------- */

#define HVPT_MESSAGE_AT(field)                                                 \
	HVPT_HV_OFFSET(struct hvpt_hv_message_header, field)
#define HVPT_FAULT_AT(field)                                                   \
	(sizeof(struct hvpt_hv_message_header) +                               \
	 HVPT_HV_OFFSET(struct hvpt_hv_iommu_fault, field))

/* Reads bytes, because the message may have any alignment. */
static uint64_t hvpt_message_word(const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | bytes[count];
	return value;
}

static enum hvpt_status hvpt_message_check(const uint8_t *message, size_t bytes)
{
	const size_t head = sizeof(struct hvpt_hv_message_header);
	unsigned payload;

	if (bytes < head)
		return HVPT_ERR_MESSAGE_SIZE;
	if (hvpt_message_word(message + HVPT_MESSAGE_AT(type), 4) !=
	    HVPT_HV_MESSAGE_IOMMU_FAULT)
		return HVPT_ERR_MESSAGE_TYPE;
	payload = message[HVPT_MESSAGE_AT(payload_bytes)];
	if (payload < sizeof(struct hvpt_hv_iommu_fault) ||
	    payload > HVPT_HV_MESSAGE_PAYLOAD_MAX || bytes - head < payload)
		return HVPT_ERR_MESSAGE_SIZE;
	return HVPT_OK;
}

enum hvpt_status hvpt_iommu_fault_decode(const void *message, size_t bytes,
					 struct hvpt_iommu_fault *fault)
{
	const uint8_t *at = (const uint8_t *)message;
	enum hvpt_status status = hvpt_message_check(at, bytes);
	uint64_t flags, iova;

	if (status != HVPT_OK)
		return status;
	flags = hvpt_message_word(at + HVPT_FAULT_AT(flags), 4);
	iova = hvpt_message_word(at + HVPT_FAULT_AT(fault_address), 8);
	fault->has_device = (flags & HVPT_HV_IOMMU_FAULT_DEVICE_VALID) != 0;
	fault->has_iova = (flags & HVPT_HV_IOMMU_FAULT_ADDRESS_VALID) != 0;
	fault->type = (uint32_t)hvpt_message_word(at + HVPT_FAULT_AT(type), 4);
	fault->access = at[HVPT_FAULT_AT(access_type)];
	fault->iova = hvpt_iova(fault->has_iova ? iova : 0);
	fault->device_id =
		fault->has_device ?
			hvpt_message_word(at + HVPT_FAULT_AT(logical_device_id),
					  8) :
			0;
	return HVPT_OK;
}

#undef HVPT_MESSAGE_AT
#undef HVPT_FAULT_AT

/* ---- the reason ------------------------------------------------------ */

/* Execute-disable: reserved in VT-d unless it is enabled. */
#define HVPT_PTE_XD ((uint64_t)1 << 63)

/* The reserved bits that a present entry has set. */
static uint64_t hvpt_pte_reserved(const struct hvpt_pagetable *pt, uint64_t pte,
				  unsigned level)
{
	uint64_t bits = HVPT_PTE_XD;

	if (level == 0 || !(pte & HVPT_PTE_LARGE))
		return pte & bits;
	if ((unsigned)pt->leaf_levels >> level & 1u)
		bits |= HVPT_LEVEL_BYTES(level) - 2 * HVPT_PAGE_BYTES;
	else
		bits |= HVPT_PTE_LARGE;
	return pte & bits;
}

/* Does the entry end a walk, whatever the access? */
static enum hvpt_fault_reason hvpt_pte_explain(const struct hvpt_pagetable *pt,
					       uint64_t pte, unsigned level)
{
	if (!hvpt_pte_is_present(pte))
		return HVPT_REASON_NOT_PRESENT;
	if (hvpt_pte_reserved(pt, pte, level))
		return HVPT_REASON_RESERVED;
	return pte & HVPT_PTE_USER ? HVPT_REASON_MAPPED_NOW :
				     HVPT_REASON_SUPERVISOR;
}

static void hvpt_cause_set(struct hvpt_fault_cause *cause,
			   enum hvpt_fault_reason reason, unsigned level,
			   uint64_t entry)
{
	cause->reason = reason;
	cause->level = level;
	cause->entry = entry;
	cause->reserved = 0;
}

void hvpt_pt_explain(const struct hvpt_pagetable *pt, hvpt_iova_t iova,
		     bool write, struct hvpt_fault_cause *cause)
{
	enum hvpt_fault_reason reason;
	unsigned level = pt->levels;
	uint64_t *table = pt->root;
	bool denied = false;
	uint64_t pte;

	hvpt_cause_set(cause, HVPT_REASON_OUTSIDE, level, 0);
	if (!hvpt_pt_in_form(pt, iova.value, iova.value))
		return;
	for (;;) {
		level--;
		pte = hvpt_pte_load_table(
			HVPT_SLOT(table, hvpt_pte_index(iova.value, level)));
		reason = hvpt_pte_explain(pt, pte, level);
		if (reason != HVPT_REASON_MAPPED_NOW)
			break;
		if (!denied && write && !(pte & HVPT_PTE_WRITE)) {
			/* R/W counts if a leaf is found: SDM vol. 3A 4.6 */
			denied = true;
			hvpt_cause_set(cause, HVPT_REASON_READ_ONLY, level,
				       pte);
		}
		if (!hvpt_pte_is_table(pte, level))
			break;
		table = hvpt_pt_table(pt, pte);
	}
	if (denied && reason == HVPT_REASON_MAPPED_NOW)
		return;
	hvpt_cause_set(cause, reason, level, pte);
	if (reason == HVPT_REASON_RESERVED)
		cause->reserved = hvpt_pte_reserved(pt, pte, level);
}

#undef HVPT_PTE_XD

/* The reason that needs no tables; MAPPED_NOW: the tables decide. */
static enum hvpt_fault_reason
hvpt_domain_reason(const struct hvpt_domain *domain,
		   const struct hvpt_iommu_fault *fault)
{
	if (fault->type == HVPT_HV_IOMMU_FAULT_INTERRUPT)
		return HVPT_REASON_INTERRUPT;
	if (domain->kind == HVPT_DOMAIN_BLOCKED)
		return HVPT_REASON_BLOCKED;
	if (!fault->has_iova)
		return HVPT_REASON_NO_ADDRESS;
	if (domain->kind == HVPT_DOMAIN_PAGING)
		return HVPT_REASON_MAPPED_NOW;
	return fault->iova.value >> HVPT_GPA_LG2 ? HVPT_REASON_OUTSIDE :
						   HVPT_REASON_IDENTITY;
}

void hvpt_domain_explain(const struct hvpt_domain *domain,
			 const struct hvpt_iommu_fault *fault,
			 struct hvpt_fault_cause *cause)
{
	enum hvpt_fault_reason reason = hvpt_domain_reason(domain, fault);

	if (reason == HVPT_REASON_MAPPED_NOW)
		hvpt_pt_explain(&domain->pt, fault->iova,
				fault->access == HVPT_HV_ACCESS_WRITE, cause);
	else
		hvpt_cause_set(cause, reason, 0, 0);
}

/* ---- names ----------------------------------------------------------- */

#define HVPT_NAME_CASE(prefix, name)                                           \
	case prefix##name:                                                     \
		return #name

const char *hvpt_iommu_fault_type_name(uint32_t type)
{
	switch (type) {
		HVPT_NAME_CASE(HVPT_HV_IOMMU_FAULT_, TRANSLATION);
		HVPT_NAME_CASE(HVPT_HV_IOMMU_FAULT_, BLOCKED);
		HVPT_NAME_CASE(HVPT_HV_IOMMU_FAULT_, INTERRUPT);
		HVPT_NAME_CASE(HVPT_HV_IOMMU_FAULT_, PERMISSION);
		HVPT_NAME_CASE(HVPT_HV_IOMMU_FAULT_, ADDRESS_SIZE);
		HVPT_NAME_CASE(HVPT_HV_IOMMU_FAULT_, TLB_CONFLICT);
		HVPT_NAME_CASE(HVPT_HV_IOMMU_FAULT_, EXTERNAL);
		HVPT_NAME_CASE(HVPT_HV_IOMMU_FAULT_, UNSUPPORTED);
	}
	return "UNKNOWN";
}

#undef HVPT_NAME_CASE

#define HVPT_REASON_CASE(name)                                                 \
	case name:                                                             \
		return #name

const char *hvpt_fault_reason_name(enum hvpt_fault_reason reason)
{
	switch (reason) {
		HVPT_REASON_CASE(HVPT_REASON_MAPPED_NOW);
		HVPT_REASON_CASE(HVPT_REASON_NOT_PRESENT);
		HVPT_REASON_CASE(HVPT_REASON_READ_ONLY);
		HVPT_REASON_CASE(HVPT_REASON_RESERVED);
		HVPT_REASON_CASE(HVPT_REASON_SUPERVISOR);
		HVPT_REASON_CASE(HVPT_REASON_OUTSIDE);
		HVPT_REASON_CASE(HVPT_REASON_NO_ADDRESS);
		HVPT_REASON_CASE(HVPT_REASON_INTERRUPT);
		HVPT_REASON_CASE(HVPT_REASON_BLOCKED);
		HVPT_REASON_CASE(HVPT_REASON_IDENTITY);
	}
	return "HVPT_REASON_UNKNOWN";
}

#undef HVPT_REASON_CASE
