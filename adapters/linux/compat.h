/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * compat.h - the differences between the kernels that this builds for.
 *
 * Built and tested: 6.1, 6.12, 7.3. The versions below lie between those three
 * and are not the exact ones in which the kernel changed. No other file tests
 * the kernel's version.
 */
#ifndef HVPT_LINUX_COMPAT_H
#define HVPT_LINUX_COMPAT_H

#include <linux/dma-map-ops.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/pci-ats.h>
#include <linux/slab.h>
#include <linux/syscore_ops.h>
#include <linux/version.h>

#define HVPT_LINUX_6_12 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0))
#define HVPT_LINUX_7_3 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0))

/* ---- allocation by type ---------------------------------------------- */

#ifndef kzalloc_obj
#define kzalloc_obj(object, gfp) kzalloc(sizeof(object), gfp)
#endif

/* ---- attach: with the old domain as argument -------------------------- */

#if HVPT_LINUX_7_3
#define HVPT_ATTACH_ARGS                                                       \
	struct iommu_domain *iodom, struct device *dev, struct iommu_domain *old
#else
#define HVPT_ATTACH_ARGS struct iommu_domain *iodom, struct device *dev
#endif

/* ---- dirty tracking -------------------------------------------------- */

#define HVPT_DIRTY HVPT_LINUX_6_12
#if HVPT_DIRTY
#include <uapi/linux/iommufd.h>
#endif

/* The namespace of iova_bitmap_set() in a kernel that has iommufd. */
#if HVPT_LINUX_7_3
#define HVPT_IMPORT_IOMMUFD MODULE_IMPORT_NS("IOMMUFD")
#elif HVPT_DIRTY
#define HVPT_IMPORT_IOMMUFD MODULE_IMPORT_NS(IOMMUFD)
#endif

/* ---- the DMA API ----------------------------------------------------- */

#if !HVPT_LINUX_6_12
/* The driver sets up the DMA API. */
static inline void hvpt_compat_probe_finalize(struct device *dev)
{
	set_dma_ops(dev, NULL);
	iommu_setup_dma_ops(dev, 0, U64_MAX);
}
#endif

/* ---- what is counted for tables -------------------------------------- */

static inline void hvpt_compat_count_table(struct page *page, long by)
{
#if HVPT_LINUX_6_12
	mod_node_page_state(page_pgdat(page), NR_IOMMU_PAGES, by);
#endif
	mod_node_page_state(page_pgdat(page), NR_SECONDARY_PAGETABLE, by);
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

/* ---- resume, one processor, interrupts off --------------------------- */

#ifdef HVPT_LINUX_SYSCORE_DATA
#define HVPT_SYSCORE(name, function)                                           \
	static void name##_call(void *data)                                    \
	{                                                                      \
		function();                                                    \
	}                                                                      \
	static const struct syscore_ops name##_ops = {                         \
		.resume = name##_call,                                         \
	};                                                                     \
	static struct syscore name = { .ops = &name##_ops }
#define hvpt_compat_register_syscore register_syscore
#define hvpt_compat_unregister_syscore unregister_syscore
#else
#define HVPT_SYSCORE(name, function)                                           \
	static struct syscore_ops name = { .resume = function }
#define hvpt_compat_register_syscore register_syscore_ops
#define hvpt_compat_unregister_syscore unregister_syscore_ops
#endif

#endif /* HVPT_LINUX_COMPAT_H */
