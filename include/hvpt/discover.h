/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/discover.h - is there a Hyper-V to call, and how is it set up?
 *
 * Pure functions. The platform reads CPUID and reads and writes MSRs; this
 * header says what the numbers mean. They do not tell whether there is a
 * pvIOMMU: only GET_IOMMU_CAPABILITIES does, see hvpt_iommu_init().
 *
 * Sources: TLFS, Feature and Interface Discovery, and Hypercall Interface;
 * Microsoft mu_msvm HvGuestCpuid.h and OpenVMM hvdef for what TLFS leaves out
 * (device-domain bits and width, pinning, SVM); Linux
 * include/hyperv/hvgdk_mini.h.
 */
#ifndef HVPT_DISCOVER_H
#define HVPT_DISCOVER_H

#include "hvpt/addr.h"
#include "hvpt/status.h"

/* ---- what the platform reads ----------------------------------------- */

/* Numbers of the CPUID leaves. TLFS, Feature and Interface Discovery. */
#define HVPT_CPUID_FEATURES 0x00000001u
#define HVPT_CPUID_HV_MAX 0x40000000u
#define HVPT_CPUID_HV_INTERFACE 0x40000001u
#define HVPT_CPUID_HV_FEATURES 0x40000003u
#define HVPT_CPUID_HV_ADVICE 0x40000004u
#define HVPT_CPUID_HV_HARDWARE 0x40000006u
#define HVPT_CPUID_HV_SVM 0x40000008u
#define HVPT_CPUID_HV_ISOLATION 0x4000000cu

/** What CPUID gave for one leaf. */
struct hvpt_cpuid {
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;
};

/*
 * struct hvpt_cpuid_leaves - the leaves above, read unconditionally
 *
 * CPUID may be executed for all of them on any processor. What it returns for a
 * leaf that does not exist is ignored.
 */
struct hvpt_cpuid_leaves {
	struct hvpt_cpuid features;
	struct hvpt_cpuid hv_max;
	struct hvpt_cpuid hv_interface;
	struct hvpt_cpuid hv_features;
	struct hvpt_cpuid hv_advice;
	struct hvpt_cpuid hv_hardware;
	struct hvpt_cpuid hv_svm;
	struct hvpt_cpuid hv_isolation;
};

/**
 * hvpt_cpuid_read() - read all leaves that hvpt_discover() looks at
 * @leaves: out
 * @read: executes CPUID with @leaf in EAX and 0 in ECX
 */
HVPT_INLINE void
hvpt_cpuid_read(struct hvpt_cpuid_leaves *leaves,
		void (*read)(uint32_t leaf, struct hvpt_cpuid *out))
{
	read(HVPT_CPUID_FEATURES, &leaves->features);
	read(HVPT_CPUID_HV_MAX, &leaves->hv_max);
	read(HVPT_CPUID_HV_INTERFACE, &leaves->hv_interface);
	read(HVPT_CPUID_HV_FEATURES, &leaves->hv_features);
	read(HVPT_CPUID_HV_ADVICE, &leaves->hv_advice);
	read(HVPT_CPUID_HV_HARDWARE, &leaves->hv_hardware);
	read(HVPT_CPUID_HV_SVM, &leaves->hv_svm);
	read(HVPT_CPUID_HV_ISOLATION, &leaves->hv_isolation);
}

/* ---- what it means --------------------------------------------------- */

/* How the VM is shielded from its host. TLFS, leaf 0x4000000c EBX 3:0. */
#define HVPT_ISOLATION_NONE 0u
#define HVPT_ISOLATION_VBS 1u
#define HVPT_ISOLATION_SNP 2u
#define HVPT_ISOLATION_TDX 3u
#define HVPT_ISOLATION_UNKNOWN 0xffu /* isolated, it is not known how */

/**
 * struct hvpt_host - what was found; callers may read all of it
 * @privileges: partition privilege mask: leaf 0x40000003 EAX, and EBX in 63:32
 * @shared_gpa_boundary: gpas from here on are visible to the host; 0: no
 *	boundary
 * @svm_spaces: how many PASID spaces there can be; 0 without @svm
 * @svm_pasids: how many PASIDs each has; 0 without @svm
 * @max_leaf: highest hypervisor leaf; 0 without a hypervisor
 * @isolation: HVPT_ISOLATION_*, or another number that the host reports
 * @domain_width: device-domain input width; 0: not reported. For information
 *	only: GET_IOMMU_CAPABILITIES decides.
 * @hypervisor: some hypervisor is present
 * @hyperv: it has Hyper-V's interface, "Hv#1"
 * @may_call: the partition may set up a hypercall page (AccessHypercallMsrs)
 * @xmm_input: fast hypercalls may pass input in XMM registers
 * @xmm_output: and return output there. hvpt makes no fast call.
 * @msr_lock: the hypercall MSR may be locked
 * @device_domains: device domains are available; a hint, because there may be a
 *	pvIOMMU without it
 * @stage1_domains: stage-1 device domains are available; a hint too
 * @paravisor: a paravisor stands between guest and host
 * @dma_remapping: the hypervisor uses DMA remapping
 * @dma_protection: the hypervisor protects itself by DMA remapping
 * @gpa_pinning: memory for DMA is to be pinned by a hypercall, whose layout is
 *	not public: a guest that cannot make it leaves translation to somebody
 *	who can
 * @svm: shared virtual memory, that is PASIDs and page requests, is available.
 *	hvpt has no calls for it, see docs/SPEC.md
 */
struct hvpt_host {
	uint64_t privileges;
	uint64_t shared_gpa_boundary;
	uint32_t svm_spaces;
	uint32_t svm_pasids;
	uint32_t max_leaf;
	uint8_t isolation;
	uint8_t domain_width;
	bool hypervisor;
	bool hyperv;
	bool may_call;
	bool xmm_input;
	bool xmm_output;
	bool msr_lock;
	bool device_domains;
	bool stage1_domains;
	bool paravisor;
	bool dma_remapping;
	bool dma_protection;
	bool gpa_pinning;
	bool svm;
};

HVPT_EXTERN_C_BEGIN

/**
 * hvpt_discover() - can hypercalls be made the ordinary way?
 * @leaves: in: as read
 * @host: out: always written whole; what cannot be known is 0
 *
 * An isolated VM calls the host in a way of its own (GHCB, TDVMCALL) and has
 * pages that the host cannot read, unless a paravisor handles both. So it is
 * refused without a paravisor, whatever its kind. A transport made for such a
 * VM may ignore the refusal and read @host. With a paravisor ordinary calls
 * work. Whether the hypervisor can then read page tables in private memory is
 * not documented.
 *
 * Return: HVPT_OK; HVPT_ERR_NO_HYPERVISOR when there is no hypervisor, another
 * interface, no leaf above 0x40000004, or no privilege to make calls;
 * HVPT_ERR_ISOLATED.
 */
HVPT_MUST_CHECK enum hvpt_status
hvpt_discover(const struct hvpt_cpuid_leaves *leaves, struct hvpt_host *host);

HVPT_EXTERN_C_END

/* ---- MSRs ------------------------------------------------------------ */

/* TLFS, Hypercall Interface; Linux hvgdk_mini.h: HV_X64_MSR_*. */
#define HVPT_MSR_GUEST_OS_ID 0x40000000u
#define HVPT_MSR_HYPERCALL 0x40000001u
#define HVPT_MSR_VP_INDEX 0x40000002u

/* Kinds of open-source systems. TLFS, Reporting the Guest OS Identity. */
#define HVPT_GUEST_OS_LINUX 1u
#define HVPT_GUEST_OS_FREEBSD 2u
#define HVPT_GUEST_OS_XEN 3u
#define HVPT_GUEST_OS_ILLUMOS 4u

/**
 * hvpt_guest_os_id() - the identity of the guest, in the open-source layout
 * @os: HVPT_GUEST_OS_*, 7 bits
 * @extra: 8 bits, for the system to define
 * @version: 32 bits
 * @build: 16 bits
 *
 * Bits 63 one, 62:56 os, 55:48 extra, 47:16 version, 15:0 build; bits that do
 * not fit are dropped. The value is never 0. It must be written before the
 * hypercall page is placed; writing 0 later removes the page.
 */
HVPT_INLINE uint64_t hvpt_guest_os_id(unsigned os, unsigned extra,
				      uint32_t version, unsigned build)
{
	return (uint64_t)1 << 63 | (uint64_t)(os & 0x7fu) << 56 |
	       (uint64_t)(extra & 0xffu) << 48 | (uint64_t)version << 16 |
	       (uint64_t)(build & 0xffffu);
}

/* The hypercall MSR: 63:12 page number, 11:2 preserve, 1 locked, 0 enable. */
#define HVPT_HYPERCALL_MSR_ENABLE ((uint64_t)1 << 0)
#define HVPT_HYPERCALL_MSR_LOCKED ((uint64_t)1 << 1)
#define HVPT_HYPERCALL_MSR_PRESERVE ((uint64_t)0xffc)

/** Is the interface active? Then use its page, and leave the page there. */
HVPT_INLINE bool hvpt_hypercall_msr_enabled(uint64_t msr)
{
	return (msr & HVPT_HYPERCALL_MSR_ENABLE) != 0;
}

/** Is it locked, so that it cannot change until the VM is reset? */
HVPT_INLINE bool hvpt_hypercall_msr_locked(uint64_t msr)
{
	return (msr & HVPT_HYPERCALL_MSR_LOCKED) != 0;
}

/** Where the hypercall page is when the interface is active. */
HVPT_INLINE hvpt_gpa_t hvpt_hypercall_msr_page(uint64_t msr)
{
	return hvpt_gpa(msr & ~(HVPT_PAGE_BYTES - 1));
}

/**
 * hvpt_hypercall_msr_place() - what to write to place the hypercall page
 * @before: what was read from the MSR
 * @page: where: 4 KiB aligned, below 2^52; the hypercall page hides the memory
 *	there
 * @after: out: written only with HVPT_OK; bits 11:2 as they were
 *
 * Return: HVPT_OK; HVPT_ERR_BUSY when firmware or an earlier kernel has made
 * the interface active, or when the MSR is locked; HVPT_ERR_ALIGN;
 * HVPT_ERR_GPA_RANGE.
 */
HVPT_INLINE HVPT_MUST_CHECK enum hvpt_status
hvpt_hypercall_msr_place(uint64_t before, hvpt_gpa_t page, uint64_t *after)
{
	if (hvpt_hypercall_msr_enabled(before) ||
	    hvpt_hypercall_msr_locked(before))
		return HVPT_ERR_BUSY;
	if (page.value & (HVPT_PAGE_BYTES - 1))
		return HVPT_ERR_ALIGN;
	if (page.value >> HVPT_GPA_LG2)
		return HVPT_ERR_GPA_RANGE;
	*after = page.value | (before & HVPT_HYPERCALL_MSR_PRESERVE) |
		 HVPT_HYPERCALL_MSR_ENABLE;
	return HVPT_OK;
}

#endif /* HVPT_DISCOVER_H */
