/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * host_facts.c - what the leaves of CPUID and the hypercall MSR mean, for any
 * values.
 *
 * Functions: hvpt_cpuid_read, hvpt_discover, hvpt_guest_os_id,
 *	hvpt_hypercall_msr_enabled, hvpt_hypercall_msr_locked,
 *	hvpt_hypercall_msr_page, hvpt_hypercall_msr_place
 * Bounds: any values
 * Contract: discover.h: no leaf above 0x40000004, or no privilege to
 *	make calls
 * Contract: discover.h: 4 KiB aligned, below 2^52; the hypercall page
 *	hides the memory there
 * Contract: discover.h: Bits 63 one, 62:56 os, 55:48 extra, 47:16
 *	version, 15:0 build
 */
#include "proofs/proof.h"

#include "src/hvcall/discover.c"

static struct hvpt_cpuid_leaves leaves;
static struct hvpt_cpuid any;
static uint32_t any_leaf;

/* CPUID of one arbitrary leaf; the others do not matter. */
static void read(uint32_t leaf, struct hvpt_cpuid *out)
{
	out->eax = nondet_u32();
	out->ebx = nondet_u32();
	out->ecx = nondet_u32();
	out->edx = nondet_u32();
	if (leaf == any_leaf)
		any = *out;
}

static const struct hvpt_cpuid *leaf_of(uint32_t leaf)
{
	switch (leaf) {
	case 1:
		return &leaves.features;
	case 0x40000000:
		return &leaves.hv_max;
	case 0x40000001:
		return &leaves.hv_interface;
	case 0x40000003:
		return &leaves.hv_features;
	case 0x40000004:
		return &leaves.hv_advice;
	case 0x40000006:
		return &leaves.hv_hardware;
	case 0x40000008:
		return &leaves.hv_svm;
	case 0x4000000c:
		return &leaves.hv_isolation;
	default:
		return NULL;
	}
}

static void check_read(void)
{
	const struct hvpt_cpuid *is = leaf_of(any_leaf);

	if (!is)
		return;
	ASSERT(is->eax == any.eax && is->ebx == any.ebx && is->ecx == any.ecx &&
	       is->edx == any.edx);
	if (any_leaf == 0x40000008)
		REACHED("the leaf of shared virtual memory");
}

static bool bit(uint32_t word, unsigned at)
{
	return word >> at & 1;
}

/* Microsoft's interface, with the leaves up to 0x40000005? */
static bool is_hyperv(void)
{
	return bit(leaves.features.ecx, 31) &&
	       leaves.hv_max.eax >= 0x40000005 &&
	       leaves.hv_interface.eax == 0x31237648;
}

static void check_features(const struct hvpt_host *host)
{
	const struct hvpt_cpuid *is = &leaves.hv_features;

	ASSERT(host->privileges == ((uint64_t)is->ebx << 32 | is->eax));
	ASSERT(host->may_call == bit(is->eax, 5));
	ASSERT(host->xmm_input == bit(is->edx, 4));
	ASSERT(host->xmm_output == bit(is->edx, 15));
	ASSERT(host->msr_lock == bit(is->edx, 18));
	ASSERT(host->device_domains == bit(is->edx, 24));
	ASSERT(host->stage1_domains == bit(is->edx, 25));
	ASSERT(host->gpa_pinning == bit(leaves.hv_advice.eax, 22));
}

/* Leaves that there may not be. */
static void check_later_leaves(const struct hvpt_host *host)
{
	bool has_6 = leaves.hv_max.eax >= 0x40000006;
	bool has_8 = leaves.hv_max.eax >= 0x40000008 &&
		     bit(leaves.hv_features.edx, 16) &&
		     bit(leaves.hv_svm.eax, 0);

	ASSERT(host->dma_remapping ==
	       (has_6 && bit(leaves.hv_hardware.eax, 4)));
	ASSERT(host->dma_protection ==
	       (has_6 && bit(leaves.hv_hardware.eax, 7)));
	ASSERT(host->domain_width ==
	       (has_6 ? leaves.hv_hardware.ebx & 0xff : 0));
	ASSERT(host->svm == has_8);
	ASSERT(host->svm_spaces == (has_8 ? leaves.hv_svm.ebx : 0));
	ASSERT(host->svm_pasids == (has_8 ? leaves.hv_svm.eax >> 11 : 0));
}

static void check_isolation(const struct hvpt_host *host)
{
	const struct hvpt_cpuid *is = &leaves.hv_isolation;
	bool isolated = bit(leaves.hv_features.ebx, 22);
	bool told = isolated && leaves.hv_max.eax >= 0x4000000c;

	ASSERT(host->isolation == (told ? is->ebx & 15 : isolated ? 0xff : 0));
	ASSERT(host->paravisor == (told && bit(is->eax, 0)));
	ASSERT(host->shared_gpa_boundary ==
	       (told && bit(is->ebx, 5) ? (uint64_t)1 << (is->ebx >> 6 & 63) :
					  0));
}

static void check_discover(void)
{
	struct hvpt_host host;
	enum hvpt_status status = hvpt_discover(&leaves, &host);

	ASSERT(host.hypervisor == bit(leaves.features.ecx, 31));
	ASSERT(host.max_leaf == (host.hypervisor ? leaves.hv_max.eax : 0));
	ASSERT(host.hyperv == is_hyperv());
	if (!host.hyperv) {
		ASSERT(status == HVPT_ERR_NO_HYPERVISOR);
		ASSERT(!host.may_call && host.isolation == 0 && !host.svm);
		return;
	}
	check_features(&host);
	check_later_leaves(&host);
	check_isolation(&host);
	if (!host.may_call)
		ASSERT(status == HVPT_ERR_NO_HYPERVISOR);
	else if (host.isolation != 0 && !host.paravisor)
		ASSERT(status == HVPT_ERR_ISOLATED);
	else
		ASSERT(status == HVPT_OK);
	if (status == HVPT_OK && host.paravisor)
		REACHED("a paravisor");
}

static void check_msr(void)
{
	uint64_t before = nondet_u64(), page = nondet_u64(), after = 77;
	enum hvpt_status status;

	ASSERT(hvpt_hypercall_msr_enabled(before) == (before & 1));
	ASSERT(hvpt_hypercall_msr_locked(before) == (before >> 1 & 1));
	ASSERT(hvpt_hypercall_msr_page(before).value == before / 4096 * 4096);
	status = hvpt_hypercall_msr_place(before, hvpt_gpa(page), &after);
	if (before & 3)
		ASSERT(status == HVPT_ERR_BUSY);
	else if (page % 4096)
		ASSERT(status == HVPT_ERR_ALIGN);
	else if (page >> 52)
		ASSERT(status == HVPT_ERR_GPA_RANGE);
	else
		ASSERT(status == HVPT_OK);
	if (status != HVPT_OK) {
		ASSERT(after == 77);
		return;
	}
	REACHED("a page is placed");
	ASSERT(after / 4096 * 4096 == page && (after & 1));
	ASSERT((after & 0xffe) == (before & 0xffc));
}

static void check_os_id(void)
{
	unsigned os = nondet_u32(), extra = nondet_u32(), build = nondet_u32();
	uint32_t version = nondet_u32();
	uint64_t id = hvpt_guest_os_id(os, extra, version, build);

	ASSERT(id >> 63 == 1 && (id >> 56 & 0x7f) == os % 128);
	ASSERT((id >> 48 & 0xff) == extra % 256);
	ASSERT((id >> 16 & 0xffffffff) == version);
	ASSERT((id & 0xffff) == build % 65536);
}

void proof(void)
{
	any_leaf = nondet_u32();
	hvpt_cpuid_read(&leaves, read);
	check_read();
	check_discover();
	check_msr();
	check_os_id();
}
