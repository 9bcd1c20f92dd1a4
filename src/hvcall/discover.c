/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * discover.c - what CPUID says about the hypervisor.
 *
 * TLFS, Feature and Interface Discovery.
 */
#include "hvpt/discover.h"

/* SDM vol. 2A, CPUID leaf 1, ECX bit 31: 0 on bare metal. */
#define HVPT_CPUID_PRESENT (1u << 31)

/* Leaf 0x40000000, EAX: an interface has at least the leaves up to this. */
#define HVPT_CPUID_HV_LEAST 0x40000005u

/* Leaf 0x40000001, EAX: "Hv#1". */
#define HVPT_CPUID_HV1 0x31237648u

/* Leaf 0x40000003. EDX 16, 24 and 25 from mu_msvm and OpenVMM. */
#define HVPT_FEATURES_EAX_HYPERCALL_MSRS (1u << 5)
#define HVPT_FEATURES_EBX_ISOLATION (1u << 22)
#define HVPT_FEATURES_EDX_XMM_INPUT (1u << 4)
#define HVPT_FEATURES_EDX_XMM_OUTPUT (1u << 15)
#define HVPT_FEATURES_EDX_SVM_LEAF (1u << 16)
#define HVPT_FEATURES_EDX_MSR_LOCK (1u << 18)
#define HVPT_FEATURES_EDX_DEVICE_DOMAINS (1u << 24)
#define HVPT_FEATURES_EDX_STAGE1_DOMAINS (1u << 25)

/* Leaf 0x40000004. From mu_msvm (HvGuestCpuid.h) and OpenVMM. */
#define HVPT_ADVICE_EAX_GPA_PINNING (1u << 22)

/* Leaf 0x40000006. EBX from OpenVMM. */
#define HVPT_HARDWARE_EAX_DMA_REMAPPING (1u << 4)
#define HVPT_HARDWARE_EAX_DMA_PROTECTION (1u << 7)
#define HVPT_HARDWARE_EBX_WIDTH_MASK 0xffu

/* Leaf 0x40000008. From mu_msvm (HvGuestCpuid.h). */
#define HVPT_SVM_EAX_SUPPORTED (1u << 0)
#define HVPT_SVM_EAX_PASIDS_SHIFT 11u

/* Leaf 0x4000000c. */
#define HVPT_ISOLATION_EAX_PARAVISOR (1u << 0)
#define HVPT_ISOLATION_EBX_TYPE_MASK 0xfu
#define HVPT_ISOLATION_EBX_BOUNDARY (1u << 5)
#define HVPT_ISOLATION_EBX_BITS_SHIFT 6u
#define HVPT_ISOLATION_EBX_BITS_MASK 0x3fu

/* Nothing is known yet. By field: compilers turn a loop into memset(). */
static void hvpt_host_clear(struct hvpt_host *host)
{
	host->privileges = 0;
	host->shared_gpa_boundary = 0;
	host->svm_spaces = 0;
	host->svm_pasids = 0;
	host->max_leaf = 0;
	host->isolation = HVPT_ISOLATION_NONE;
	host->domain_width = 0;
	host->hypervisor = false;
	host->hyperv = false;
	host->may_call = false;
	host->xmm_input = false;
	host->xmm_output = false;
	host->msr_lock = false;
	host->device_domains = false;
	host->stage1_domains = false;
	host->paravisor = false;
	host->dma_remapping = false;
	host->dma_protection = false;
	host->gpa_pinning = false;
	host->svm = false;
}

static void hvpt_host_features(struct hvpt_host *host,
			       const struct hvpt_cpuid *leaf)
{
	host->privileges = (uint64_t)leaf->ebx << 32 | leaf->eax;
	host->may_call = (leaf->eax & HVPT_FEATURES_EAX_HYPERCALL_MSRS) != 0;
	host->xmm_input = (leaf->edx & HVPT_FEATURES_EDX_XMM_INPUT) != 0;
	host->xmm_output = (leaf->edx & HVPT_FEATURES_EDX_XMM_OUTPUT) != 0;
	host->msr_lock = (leaf->edx & HVPT_FEATURES_EDX_MSR_LOCK) != 0;
	host->device_domains = (leaf->edx & HVPT_FEATURES_EDX_DEVICE_DOMAINS) !=
			       0;
	host->stage1_domains = (leaf->edx & HVPT_FEATURES_EDX_STAGE1_DOMAINS) !=
			       0;
}

static void hvpt_host_hardware(struct hvpt_host *host,
			       const struct hvpt_cpuid *leaf)
{
	if (host->max_leaf < HVPT_CPUID_HV_HARDWARE)
		return;
	host->dma_remapping = (leaf->eax & HVPT_HARDWARE_EAX_DMA_REMAPPING) !=
			      0;
	host->dma_protection = (leaf->eax & HVPT_HARDWARE_EAX_DMA_PROTECTION) !=
			       0;
	host->domain_width = (uint8_t)(leaf->ebx &
				       HVPT_HARDWARE_EBX_WIDTH_MASK);
}

static void hvpt_host_svm(struct hvpt_host *host,
			  const struct hvpt_cpuid_leaves *leaves)
{
	const struct hvpt_cpuid *leaf = &leaves->hv_svm;

	if (!(leaves->hv_features.edx & HVPT_FEATURES_EDX_SVM_LEAF) ||
	    host->max_leaf < HVPT_CPUID_HV_SVM ||
	    !(leaf->eax & HVPT_SVM_EAX_SUPPORTED))
		return;
	host->svm = true;
	host->svm_pasids = leaf->eax >> HVPT_SVM_EAX_PASIDS_SHIFT;
	host->svm_spaces = leaf->ebx;
}

static void hvpt_host_isolation(struct hvpt_host *host,
				const struct hvpt_cpuid_leaves *leaves)
{
	const struct hvpt_cpuid *leaf = &leaves->hv_isolation;
	unsigned bits = leaf->ebx >> HVPT_ISOLATION_EBX_BITS_SHIFT &
			HVPT_ISOLATION_EBX_BITS_MASK;

	if ((leaves->hv_features.ebx & HVPT_FEATURES_EBX_ISOLATION) == 0)
		return;
	/* the guest may read a leaf that is not there: assume the worst */
	if (host->max_leaf < HVPT_CPUID_HV_ISOLATION) {
		host->isolation = HVPT_ISOLATION_UNKNOWN;
		return;
	}
	host->isolation = (uint8_t)(leaf->ebx & HVPT_ISOLATION_EBX_TYPE_MASK);
	host->paravisor = (leaf->eax & HVPT_ISOLATION_EAX_PARAVISOR) != 0;
	if (leaf->ebx & HVPT_ISOLATION_EBX_BOUNDARY)
		host->shared_gpa_boundary = (uint64_t)1 << bits;
}

enum hvpt_status hvpt_discover(const struct hvpt_cpuid_leaves *leaves,
			       struct hvpt_host *host)
{
	hvpt_host_clear(host);
	if ((leaves->features.ecx & HVPT_CPUID_PRESENT) == 0)
		return HVPT_ERR_NO_HYPERVISOR;
	host->hypervisor = true;
	host->max_leaf = leaves->hv_max.eax;
	if (host->max_leaf < HVPT_CPUID_HV_LEAST ||
	    leaves->hv_interface.eax != HVPT_CPUID_HV1)
		return HVPT_ERR_NO_HYPERVISOR;
	host->hyperv = true;
	hvpt_host_features(host, &leaves->hv_features);
	host->gpa_pinning = (leaves->hv_advice.eax &
			     HVPT_ADVICE_EAX_GPA_PINNING) != 0;
	hvpt_host_hardware(host, &leaves->hv_hardware);
	hvpt_host_svm(host, leaves);
	hvpt_host_isolation(host, leaves);
	if (!host->may_call)
		return HVPT_ERR_NO_HYPERVISOR;
	if (host->isolation != HVPT_ISOLATION_NONE && !host->paravisor)
		return HVPT_ERR_ISOLATED;
	return HVPT_OK;
}
