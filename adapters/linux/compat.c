// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How each kernel asks for a domain. */
#include "linux_internal.h"

#if HVPT_DIRTY
/* For user space. Dirty tracking is the only flag that is supported. */
static struct iommu_domain *hvpt_linux_alloc_flags(struct device *dev,
						   u32 flags)
{
	bool dirty = flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING;

	if (flags & ~IOMMU_HWPT_ALLOC_DIRTY_TRACKING ||
	    (dirty && !hvpt_linux_dirty_tracking))
		return ERR_PTR(-EOPNOTSUPP);
	return hvpt_linux_domain_new(dev, dirty);
}
#endif

#if HVPT_LINUX_6_19
struct iommu_domain *
hvpt_linux_alloc_paging(struct device *dev, u32 flags,
			const struct iommu_user_data *user_data)
{
	if (user_data)
		return ERR_PTR(-EOPNOTSUPP);
	return hvpt_linux_alloc_flags(dev, flags);
}
#elif HVPT_LINUX_6_12
struct iommu_domain *hvpt_linux_alloc_paging(struct device *dev)
{
	return hvpt_linux_domain_new(dev, false);
}

struct iommu_domain *
hvpt_linux_alloc_user(struct device *dev, u32 flags,
		      struct iommu_domain *parent,
		      const struct iommu_user_data *user_data)
{
	if (parent || user_data)
		return ERR_PTR(-EOPNOTSUPP);
	return hvpt_linux_alloc_flags(dev, flags);
}
#else
struct iommu_domain *hvpt_linux_alloc(unsigned int type)
{
	struct iommu_domain *iodom;

	switch (type) {
	case IOMMU_DOMAIN_IDENTITY:
		return &hvpt_linux_identity;
	case IOMMU_DOMAIN_BLOCKED:
		return &hvpt_linux_blocked;
	case IOMMU_DOMAIN_UNMANAGED:
	case IOMMU_DOMAIN_DMA:
	case IOMMU_DOMAIN_DMA_FQ:
		iodom = hvpt_linux_domain_new(NULL, false);
		return IS_ERR(iodom) ? NULL : iodom;
	}
	return NULL;
}
#endif
