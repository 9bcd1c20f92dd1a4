/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * explain.c - an explanation is what a walk of the tables decides (SDM vol. 3A
 * 4.5 and 4.6), whatever they hold; nothing is read but the entries on its way.
 * For a domain, reasons that need no tables come first.
 *
 * Functions: hvpt_pt_explain, hvpt_domain_explain
 * Bounds: any fault, address and entries, reserved bits included; tables of
 *	512 entries; any gpas of tables
 * Contract: fault.h: An entry with reserved bits is not followed.
 * Contract: fault.h: The first reason that applies decides: INTERRUPT, BLOCKED,
 *	NO_ADDRESS, IDENTITY (or OUTSIDE for an address of 2^52 or above), then
 *	those of hvpt_pt_explain().
 * Contract: fault.h: With READ_ONLY and SUPERVISOR it is the highest entry that
 *	forbids the access, with MAPPED_NOW the leaf.
 * Run: levels_4 -DPROOF_LEVELS=4
 * Run: levels_5 -DPROOF_LEVELS=5
 * Run: domain -DPROOF_LEVELS=4 -DPROOF_DOMAIN
 */
#define PROOF_PORT "proofs/path_port.h"
#include "proofs/proof.h"

#include "proofs/path.h"
#include "src/domain/fault.c"

/* The bits that must be zero; a present entry. */
static uint64_t reserved(unsigned level)
{
	uint64_t mask = (uint64_t)1 << 63;

	if (level > 0 && (path_entry[level] & 0x80)) {
		if (level > 2 || !(pt.leaf_levels >> level & 1))
			mask |= 0x80;
		else
			mask |= level == 2 ? 0x3fffe000u : 0x1fe000u;
	}
	return path_entry[level] & mask;
}

/* The entry of this level says no more than where to go on. */
static bool goes_on(unsigned level)
{
	return path_has_table(level) && !reserved(level) &&
	       (path_entry[level] & 4);
}

/* What the entry that decides says, of R/W only that a leaf was found. */
static enum hvpt_fault_reason reason_at(unsigned level)
{
	if (!(path_entry[level] & 1))
		return HVPT_REASON_NOT_PRESENT;
	if (reserved(level))
		return HVPT_REASON_RESERVED;
	return path_entry[level] & 4 ? HVPT_REASON_MAPPED_NOW :
				       HVPT_REASON_SUPERVISOR;
}

static void expect(bool write, struct hvpt_fault_cause *wanted)
{
	unsigned end = pt.levels - 1u, level;

	while (goes_on(end))
		end--;
	wanted->reason = reason_at(end);
	wanted->level = end;
	for (level = pt.levels; level-- > end;)
		if (write && wanted->reason == HVPT_REASON_MAPPED_NOW &&
		    !(path_entry[level] & 2)) {
			wanted->reason = HVPT_REASON_READ_ONLY;
			wanted->level = level;
		}
	wanted->entry = path_entry[wanted->level];
	wanted->reserved = wanted->reason == HVPT_REASON_RESERVED ?
				   reserved(end) :
				   0;
}

/* An explanation by the tables. */
static void check(uint64_t iova, bool write, const struct hvpt_fault_cause *is)
{
	struct hvpt_fault_cause wanted;

	ASSERT(path_stores == 0);
	if (iova > pt.lower_last &&
	    !(pt.upper_first && iova >= pt.upper_first)) {
		REACHED("an address that is no IOVA");
		ASSERT(is->reason == HVPT_REASON_OUTSIDE);
		ASSERT(is->level == pt.levels && is->entry == 0 &&
		       is->reserved == 0);
		return;
	}
	expect(write, &wanted);
	ASSERT(is->reason == wanted.reason && is->level == wanted.level);
	ASSERT(is->entry == wanted.entry && is->reserved == wanted.reserved);
	if (is->reason == HVPT_REASON_READ_ONLY && is->level == pt.levels - 1u)
		REACHED("the root forbids to write");
	if (is->reason == HVPT_REASON_RESERVED && is->level == 2)
		REACHED("reserved bits of a leaf of 1 GiB");
	if (is->reason == HVPT_REASON_MAPPED_NOW && is->level == 0)
		REACHED("a leaf of 4 KiB");
}

#ifdef PROOF_DOMAIN

/* The reason that needs no tables; MAPPED_NOW: there is none. */
static enum hvpt_fault_reason early(enum hvpt_domain_kind kind,
				    const struct hvpt_iommu_fault *fault)
{
	if (fault->type == HVPT_HV_IOMMU_FAULT_INTERRUPT)
		return HVPT_REASON_INTERRUPT;
	if (kind == HVPT_DOMAIN_BLOCKED)
		return HVPT_REASON_BLOCKED;
	if (!fault->has_iova)
		return HVPT_REASON_NO_ADDRESS;
	if (kind == HVPT_DOMAIN_PAGING)
		return HVPT_REASON_MAPPED_NOW;
	return fault->iova.value < (uint64_t)1 << 52 ? HVPT_REASON_IDENTITY :
						       HVPT_REASON_OUTSIDE;
}

void proof(void)
{
	struct hvpt_iommu_fault fault;
	enum hvpt_fault_reason reason;
	struct hvpt_domain domain;
	struct hvpt_fault_cause is;

	ASSUME(domain.kind == HVPT_DOMAIN_PAGING ||
	       domain.kind == HVPT_DOMAIN_BLOCKED ||
	       domain.kind == HVPT_DOMAIN_IDENTITY);
	path_make_any(PROOF_LEVELS, fault.iova.value);
	domain.pt = pt;
	reason = early(domain.kind, &fault);
	hvpt_domain_explain(&domain, &fault, &is);
	if (reason == HVPT_REASON_MAPPED_NOW) {
		check(fault.iova.value, fault.access == HVPT_HV_ACCESS_WRITE,
		      &is);
		return;
	}
	ASSERT(is.reason == reason && is.level == 0 && is.entry == 0 &&
	       is.reserved == 0);
	if (is.reason == HVPT_REASON_OUTSIDE)
		REACHED("an address that no gpa is");
}

#else

void proof(void)
{
	uint64_t iova = nondet_u64();
	bool write = nondet_bool();
	struct hvpt_fault_cause is;

	path_make_any(PROOF_LEVELS, iova);
	hvpt_pt_explain(&pt, hvpt_iova(iova), write, &is);
	check(iova, write, &is);
}

#endif
