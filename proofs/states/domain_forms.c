/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * domain_forms.c - the calls of a page table in a domain: of a paging domain
 * they are the page table's, with the same arguments and the same result. Of
 * another domain they touch nothing. And what a domain and the pvIOMMU tell.
 *
 * What they call in the page table answers anything here.
 *
 * Functions: hvpt_domain_map, hvpt_domain_map_list, hvpt_domain_unmap,
 *	hvpt_domain_lookup, hvpt_domain_pagetable, hvpt_iommu_width,
 *	hvpt_iommu_page_sizes
 * Contract: domain.h: as hvpt_pt_map(); HVPT_ERR_KIND for identity and blocked
 *	domains.
 * Contract: domain.h: as hvpt_pt_map_list(); HVPT_ERR_KIND for identity and
 *	blocked domains.
 * Contract: domain.h: as hvpt_pt_unmap(); HVPT_ERR_KIND for identity and
 *	blocked domains.
 * Contract: domain.h: written only with HVPT_OK. For the identity domain it is
 *	gpa = iova, read and write, leaf_lg2 12.
 * Contract: domain.h: as hvpt_pt_lookup(); HVPT_ERR_NOT_MAPPED for the blocked
 *	domain; HVPT_ERR_GPA_RANGE for an iova at or above 2^52 in the identity
 *	domain.
 * Contract: domain.h: NULL for identity and blocked domains.
 * Bounds: any domain and arguments; any answer of the page table
 * Run: all --unwind 2
 */
#include "proofs/proof.h"

#include "hvpt/map.h"

/* What domain.h calls: the functions below. */
#define hvpt_pt_map pt_map
#define hvpt_pt_map_list pt_map_list
#define hvpt_pt_unmap pt_unmap
#define hvpt_pt_lookup pt_lookup

static enum hvpt_status pt_map(struct hvpt_pagetable *pt, hvpt_iova_t iova,
			       hvpt_gpa_t gpa, uint64_t length, unsigned prot,
			       struct hvpt_gather *gather);
static enum hvpt_status pt_map_list(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				    const struct hvpt_segment *segments,
				    size_t count, unsigned prot,
				    struct hvpt_gather *gather);
static enum hvpt_status pt_unmap(struct hvpt_pagetable *pt, hvpt_iova_t iova,
				 uint64_t length, struct hvpt_gather *gather,
				 uint64_t *unmapped);
static enum hvpt_status pt_lookup(const struct hvpt_pagetable *pt,
				  hvpt_iova_t iova, struct hvpt_mapping *out);

#include "hvpt/iommu.h"

static struct hvpt_domain domain;
/* The arguments; those that are not used may have any value. */
static hvpt_iova_t iova;
static hvpt_gpa_t gpa;
static uint64_t length;
static size_t count;
static unsigned prot;
static struct hvpt_gather gathers[2], *gather; /* one, or none */
static struct hvpt_segment segments[2];
static uint64_t unmapped;
static struct hvpt_mapping found;
static unsigned calls;
static enum hvpt_status answer; /* of the page table */

/* ---- any page table ----------------------------------------------------- */

static enum hvpt_status any_call(const struct hvpt_pagetable *pt,
				 hvpt_iova_t at)
{
	ASSERT(pt == &domain.pt && at.value == iova.value);
	calls++;
	answer = (enum hvpt_status)nondet_u8();
	return answer;
}

static enum hvpt_status pt_map(struct hvpt_pagetable *pt, hvpt_iova_t at,
			       hvpt_gpa_t to, uint64_t bytes, unsigned may,
			       struct hvpt_gather *into)
{
	ASSERT(to.value == gpa.value && bytes == length && may == prot);
	ASSERT(into == gather);
	return any_call(pt, at);
}

static enum hvpt_status pt_map_list(struct hvpt_pagetable *pt, hvpt_iova_t at,
				    const struct hvpt_segment *list,
				    size_t many, unsigned may,
				    struct hvpt_gather *into)
{
	ASSERT(list == segments && many == count && may == prot);
	ASSERT(into == gather);
	return any_call(pt, at);
}

static enum hvpt_status pt_unmap(struct hvpt_pagetable *pt, hvpt_iova_t at,
				 uint64_t bytes, struct hvpt_gather *into,
				 uint64_t *out)
{
	ASSERT(bytes == length && into == gather && out == &unmapped);
	return any_call(pt, at);
}

static enum hvpt_status pt_lookup(const struct hvpt_pagetable *pt,
				  hvpt_iova_t at, struct hvpt_mapping *out)
{
	ASSERT(out == &found);
	return any_call(pt, at);
}

/* ---- the calls ---------------------------------------------------------- */

static bool is_paging(void)
{
	return domain.kind == HVPT_DOMAIN_PAGING;
}

/* What a call returns that has nothing to do in domains of other kinds. */
static void check_forwarded(enum hvpt_status status)
{
	ASSERT(calls == is_paging());
	ASSERT(status == (is_paging() ? answer : HVPT_ERR_KIND));
}

static void prove_lookup(void)
{
	struct hvpt_mapping before = found;
	enum hvpt_status status = hvpt_domain_lookup(&domain, iova, &found);
	bool identity = domain.kind == HVPT_DOMAIN_IDENTITY;

	if (is_paging()) {
		check_forwarded(status);
		return;
	}
	ASSERT(calls == 0);
	if (identity && iova.value < (uint64_t)1 << 52) {
		REACHED("identity");
		ASSERT(status == HVPT_OK);
		ASSERT(found.gpa.value == iova.value && found.leaf_lg2 == 12);
		ASSERT(found.prot == (HVPT_PROT_READ | HVPT_PROT_WRITE));
		return;
	}
	ASSERT(status == (identity ? HVPT_ERR_GPA_RANGE : HVPT_ERR_NOT_MAPPED));
	ASSERT(found.gpa.value == before.gpa.value &&
	       found.prot == before.prot && found.leaf_lg2 == before.leaf_lg2 &&
	       found.accessed == before.accessed &&
	       found.dirty == before.dirty);
}

static void prove_changes(void)
{
	unsigned which = nondet_u8() % 3;

	if (which == 0)
		check_forwarded(hvpt_domain_map(&domain, iova, gpa, length,
						prot, gather));
	else if (which == 1)
		check_forwarded(hvpt_domain_map_list(&domain, iova, segments,
						     count, prot, gather));
	else
		check_forwarded(hvpt_domain_unmap(&domain, iova, length, gather,
						  &unmapped));
	if (is_paging() && answer == HVPT_OK && !gather)
		REACHED("mapped without a gather");
}

static void prove_tells(void)
{
	struct hvpt_iommu iommu;

	iommu.width = nondet_u32();
	iommu.caps.page_sizes = nondet_u64();
	ASSERT(hvpt_iommu_width(&iommu) == iommu.width);
	ASSERT(hvpt_iommu_page_sizes(&iommu) == iommu.caps.page_sizes);
	ASSERT(hvpt_domain_pagetable(&domain) ==
	       (is_paging() ? &domain.pt : NULL));
}

/* Any byte of the domain; a call that went on to the page table aside. */
static uint8_t byte_of(size_t at)
{
	return ((const uint8_t *)&domain)[at];
}

void proof(void)
{
	size_t at = nondet_u32() % sizeof(domain);
	uint8_t byte;

	domain.kind = (enum hvpt_domain_kind)(nondet_u8() % 3);
	domain.id = nondet_u32();
	domain.cached = nondet_u64();
	domain.devices = nondet_u32();
	domain.pt.splits = nondet_u64();
	byte = byte_of(at);
	iova.value = nondet_u64();
	gpa.value = nondet_u64();
	length = nondet_u64();
	count = nondet_u64();
	prot = nondet_u32();
	gather = nondet_bool() ? &gathers[nondet_bool()] : NULL;
	unmapped = nondet_u64();
	found.gpa.value = nondet_u64();
	found.prot = nondet_u32();
	if (nondet_bool())
		prove_lookup();
	else
		prove_changes();
	prove_tells();
	ASSERT(byte_of(at) == byte);
}
