/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The paravirtualized IOMMU of a Hyper-V guest: how its driver starts. */
#ifndef _LINUX_HVPT_IOMMU_H
#define _LINUX_HVPT_IOMMU_H

#if IS_BUILTIN(CONFIG_HVPT_IOMMU)
void hvpt_iommu_detect(void);
#else
static inline void hvpt_iommu_detect(void)
{
}
#endif

#endif /* _LINUX_HVPT_IOMMU_H */
