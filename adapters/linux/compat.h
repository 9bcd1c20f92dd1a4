/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifdef HVPT_IN_TREE
/* compat.h - what hvpt builds on in kernels, and other releases lack. */
#else
/*
 * compat.h - the differences between the kernels that this builds for.
 *
 * Built and tested: 6.1, 6.12, 7.3. The versions below lie between those three
 * and are not the exact ones in which the kernel changed. Only this file and
 * compat.c test the kernel's version. scripts/linux-tree evaluates the tests,
 * so that a kernel's tree has none.
 */
#endif
#ifndef HVPT_LINUX_COMPAT_H
#define HVPT_LINUX_COMPAT_H

#include <linux/dma-map-ops.h>
#include <linux/efi.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/pci-ats.h>
#include <linux/slab.h>
#include <linux/syscore_ops.h>

#include <asm/iommu.h>

#ifndef HVPT_IN_TREE
#include <linux/version.h>

#define HVPT_LINUX_6_12 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0))
#define HVPT_LINUX_6_19 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0))
#define HVPT_LINUX_7_3 (LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0))
#define HVPT_DIRTY HVPT_LINUX_6_12
#define HVPT_RANGES HVPT_LINUX_7_3

/* ---- allocation by type ---------------------------------------------- */

#ifndef kzalloc_obj
#define kzalloc_obj(object, gfp) kzalloc(sizeof(object), gfp)
#endif
#endif

/* ---- iommu=off ------------------------------------------------------- */

/* A module cannot see the option. To turn it off, do not load it. */
static inline bool hvpt_compat_iommu_is_off(void)
{
#ifdef MODULE
	return false;
#else
	return no_iommu || iommu_detected;
#endif
}

/* ---- ACS ------------------------------------------------------------- */

/* For buses scanned from now on. A module cannot ask for it. */
static inline void hvpt_compat_request_acs(void)
{
#ifndef MODULE
	pci_request_acs();
#endif
}

/* ---- firmware's configuration table ---------------------------------- */

/* Its address. A module gets it as a parameter, for no kernel exports it. */
static inline u64 hvpt_compat_config_table(void)
{
#if !defined(MODULE) && defined(CONFIG_EFI)
	if (efi_enabled(EFI_64BIT) && efi_enabled(EFI_CONFIG_TABLES) &&
	    efi_config_table != EFI_INVALID_TABLE_ADDR)
		return efi_config_table;
#endif
	return 0;
}

/* ---- attach: with the old domain as argument ------------------------- */

#if HVPT_LINUX_6_19
#define HVPT_ATTACH_ARGS                                                       \
	struct iommu_domain *iodom, struct device *dev, struct iommu_domain *old
#else
#define HVPT_ATTACH_ARGS struct iommu_domain *iodom, struct device *dev
#endif

/* ---- dirty tracking -------------------------------------------------- */

#if HVPT_DIRTY
#include <uapi/linux/iommufd.h>

static inline bool hvpt_compat_is_dirty(enum iommu_cap cap)
{
	return cap == IOMMU_CAP_DIRTY_TRACKING;
}

static inline void hvpt_compat_set_dirty_ops(struct iommu_domain *iodom,
					     const struct iommu_dirty_ops *ops)
{
	iodom->dirty_ops = ops;
}
#else
struct iommu_dirty_ops;

static inline bool hvpt_compat_is_dirty(enum iommu_cap cap)
{
	return false;
}

/* A macro, because there is no such object either. */
#define hvpt_compat_set_dirty_ops(iodom, ops) ((void)(iodom))
#endif

#ifndef HVPT_IN_TREE
/* The namespace of iova_bitmap_set() in a kernel that has iommufd. */
#if HVPT_LINUX_6_19
#define HVPT_IMPORT_IOMMUFD MODULE_IMPORT_NS("IOMMUFD");
#elif HVPT_DIRTY
#define HVPT_IMPORT_IOMMUFD MODULE_IMPORT_NS(IOMMUFD);
#else
#define HVPT_IMPORT_IOMMUFD
#endif
#endif

/* ---- maps and unmaps of whole ranges: ranges.c ------------------------ */

/*
 * A kernel with IOMMU_PT passes whole ranges to a domain that is also a struct
 * pt_iommu. Else it calls map_pages and unmap_pages, for one page size at a
 * time.
 */
#if HVPT_RANGES
#include <linux/generic_pt/iommu.h>

#define HVPT_COMPAT_IODOM                                                      \
	union {                                                                \
		struct iommu_domain iodom;                                     \
		struct pt_iommu table;                                         \
	};

static inline void hvpt_compat_set_range_ops(struct iommu_domain *iodom,
					     const struct pt_iommu_ops *ops)
{
	container_of(iodom, struct pt_iommu, domain)->ops = ops;
	iodom->is_iommupt = true;
}
#else
#define HVPT_COMPAT_IODOM struct iommu_domain iodom;

struct pt_iommu_ops;

/* A macro, because there is no such object either. */
#define hvpt_compat_set_range_ops(iodom, ops) ((void)(iodom))
#endif

/* ---- maps of scatter lists: lists.c ----------------------------------- */

/* Only a kernel that scripts/linux-tree changed passes them on. */
#ifdef HVPT_LINUX_LISTS
#define HVPT_COMPAT_LIST_OPS .map_sg = hvpt_linux_map_sg,
#else
#define HVPT_COMPAT_LIST_OPS
#endif

/* ---- workers that may run on any processor ---------------------------- */

#if HVPT_LINUX_6_19
#define HVPT_COMPAT_WORKERS system_dfl_wq
#else
#define HVPT_COMPAT_WORKERS system_unbound_wq
#endif

/* ---- deferred flushes ------------------------------------------------ */

static inline bool hvpt_compat_is_deferred_flush(enum iommu_cap cap)
{
#if HVPT_LINUX_6_12
	return cap == IOMMU_CAP_DEFERRED_FLUSH;
#else
	return false;
#endif
}

/* ---- struct iommu_ops: how domains are asked for, see compat.c -------- */

#if HVPT_LINUX_6_19
struct iommu_domain *
hvpt_linux_alloc_paging(struct device *dev, u32 flags,
			const struct iommu_user_data *user_data);
#define HVPT_COMPAT_OPS                                                        \
	.domain_alloc_paging_flags = hvpt_linux_alloc_paging,                  \
	.identity_domain = &hvpt_linux_identity,                               \
	.blocked_domain = &hvpt_linux_blocked,
#elif HVPT_LINUX_6_12
struct iommu_domain *hvpt_linux_alloc_paging(struct device *dev);
struct iommu_domain *
hvpt_linux_alloc_user(struct device *dev, u32 flags,
		      struct iommu_domain *parent,
		      const struct iommu_user_data *user_data);
#define HVPT_COMPAT_OPS                                                        \
	.domain_alloc_paging = hvpt_linux_alloc_paging,                        \
	.domain_alloc_user = hvpt_linux_alloc_user,                            \
	.identity_domain = &hvpt_linux_identity,                               \
	.blocked_domain = &hvpt_linux_blocked,
#else
struct iommu_domain *hvpt_linux_alloc(unsigned int type);
#define HVPT_COMPAT_OPS                                                        \
	.domain_alloc = hvpt_linux_alloc,                                      \
	.probe_finalize = hvpt_compat_probe_finalize,

/* The driver sets up the DMA API. */
static inline void hvpt_compat_probe_finalize(struct device *dev)
{
	set_dma_ops(dev, NULL);
	iommu_setup_dma_ops(dev, 0, U64_MAX);
}
#endif

#if HVPT_LINUX_6_12
#define HVPT_COMPAT_SPECIAL_FREE
#else
/* The two special domains are static, but this kernel frees them too. */
static inline void hvpt_compat_free_nothing(struct iommu_domain *iodom)
{
}

#define HVPT_COMPAT_SPECIAL_FREE .free = hvpt_compat_free_nothing,
#endif

#ifndef HVPT_IN_TREE
/* Later kernels ask each domain. */
static inline void hvpt_compat_set_page_sizes(struct iommu_ops *ops, u64 sizes)
{
#if !HVPT_LINUX_6_19
	ops->pgsize_bitmap = sizes;
#endif
}
#endif

/* ---- what is counted for tables -------------------------------------- */

/* The second also counts for the memory cgroup that the page is charged to. */
static inline void hvpt_compat_count_table(struct page *page, long by)
{
#if HVPT_LINUX_6_12
	mod_node_page_state(page_pgdat(page), NR_IOMMU_PAGES, by);
#endif
	mod_lruvec_page_state(page, NR_SECONDARY_PAGETABLE, by);
}

/* ---- ATS ------------------------------------------------------------- */

static inline int hvpt_compat_prepare_ats(struct pci_dev *pdev)
{
#if HVPT_LINUX_6_12
	return pci_prepare_ats(pdev, PAGE_SHIFT);
#else
	return 0;
#endif
}

/* ---- one processor: sleep, and the end of the kernel ------------------ */

#ifdef HVPT_LINUX_SYSCORE_DATA
#define HVPT_COMPAT_SYSCORE(name, suspending, resuming, ending)                \
	static int name##_suspend(void *data)                                  \
	{                                                                      \
		return suspending();                                           \
	}                                                                      \
	static void name##_resume(void *data)                                  \
	{                                                                      \
		resuming();                                                    \
	}                                                                      \
	static void name##_shutdown(void *data)                                \
	{                                                                      \
		ending();                                                      \
	}                                                                      \
	static const struct syscore_ops name##_ops = {                         \
		.suspend = name##_suspend,                                     \
		.resume = name##_resume,                                       \
		.shutdown = name##_shutdown,                                   \
	};                                                                     \
	static struct syscore name = { .ops = &name##_ops }
#define hvpt_compat_register_syscore register_syscore
#define hvpt_compat_unregister_syscore unregister_syscore
#else
#define HVPT_COMPAT_SYSCORE(name, suspending, resuming, ending)                \
	static struct syscore_ops name = {                                     \
		.suspend = suspending,                                         \
		.resume = resuming,                                            \
		.shutdown = ending,                                            \
	}
#define hvpt_compat_register_syscore register_syscore_ops
#define hvpt_compat_unregister_syscore unregister_syscore_ops
#endif

#endif /* HVPT_LINUX_COMPAT_H */
