// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Creating and destroying domains; the two special domains. */
#include "linux_internal.h"

#include <linux/slab.h>

static bool full_width;
module_param(full_width, bool, 0444);
MODULE_PARM_DESC(full_width, "use the top bit of addresses too");

/* Only the root is allocated here: one page is enough. */
static int hvpt_linux_domain_open(struct hvpt_linux_domain *domain, bool dirty)
{
	struct hvpt_domain_config config = {
		.pt.ops = &hvpt_linux_page_ops,
		.pt.ctx = &domain->pool,
		.pt.direct_map_offset = (u64)(uintptr_t)__va(0),
		.pt.form = full_width ? HVPT_IOVA_PLAIN : HVPT_IOVA_LOWER,
		.pt.flags = dirty ? HVPT_PT_TRACK_DIRTY : 0,
		.policy = HVPT_FLUSH_TWO_BLOCK,
	};
	enum hvpt_status status;

	if (!hvpt_linux_pool_fill(&domain->pool, 1, GFP_KERNEL_ACCOUNT))
		return -ENOMEM;
	mutex_lock(&hvpt_linux.lock);
	status = hvpt_domain_init(&domain->core, &hvpt_linux.iommu, &config);
	if (status == HVPT_OK)
		list_add_tail(&domain->link, &hvpt_linux.domains);
	mutex_unlock(&hvpt_linux.lock);
	if (status != HVPT_OK) {
		hvpt_linux_complain("cannot make a domain", status);
		hvpt_linux_pool_trim(&domain->pool, 0);
	}
	return hvpt_linux_errno(status);
}

static void hvpt_linux_domain_describe(struct hvpt_linux_domain *domain,
				       bool dirty)
{
	struct iommu_domain *iodom = &domain->iodom;
	unsigned int width = hvpt_iommu_width(&hvpt_linux.iommu);

	if (!full_width)
		width--;
	/* Linux changes the type of its own domains; iommufd keeps this one. */
	iodom->type = IOMMU_DOMAIN_UNMANAGED;
	iodom->geometry.aperture_start = 0;
	iodom->geometry.aperture_end = ((dma_addr_t)1 << width) - 1;
	iodom->geometry.force_aperture = true;
	iodom->pgsize_bitmap = hvpt_linux_page_sizes();
	iodom->ops = &hvpt_linux_paging_ops;
#if HVPT_DIRTY
	if (dirty)
		iodom->dirty_ops = &hvpt_linux_dirty_ops;
#endif
}

/* @dev: its NUMA node is used; may be NULL. Return: ERR_PTR on failure. */
struct iommu_domain *hvpt_linux_domain_new(struct device *dev, bool dirty)
{
	struct hvpt_linux_domain *domain;
	int err;

	domain = kzalloc_obj(*domain, GFP_KERNEL_ACCOUNT);
	if (!domain)
		return ERR_PTR(-ENOMEM);
	hvpt_linux_pool_init(&domain->pool,
			     dev ? dev_to_node(dev) : NUMA_NO_NODE);
	spin_lock_init(&domain->limbo_lock);
	hvpt_gather_init(&domain->limbo);
	err = hvpt_linux_domain_open(domain, dirty);
	if (err) {
		kfree(domain);
		return ERR_PTR(err);
	}
	hvpt_linux_domain_describe(domain, dirty);
	pr_debug("domain %u made\n", hvpt_domain_id(&domain->core));
	return &domain->iodom;
}

/*
 * Linux cannot keep a domain that could not be deleted, so it is abandoned: its
 * tables stay allocated, because the hypervisor may still read them. While a
 * device is in doubt in it, after a failed attach, it cannot even be abandoned.
 * Return: true if the object can be freed.
 */
static bool hvpt_linux_domain_close(struct hvpt_linux_domain *domain)
{
	enum hvpt_status status = hvpt_domain_destroy(&domain->core);

	if (status == HVPT_OK)
		return true;
	hvpt_linux_complain("cannot delete a domain, its tables are lost",
			    status);
	return hvpt_domain_abandon(&domain->core) == HVPT_OK;
}

void hvpt_linux_domain_free(struct iommu_domain *iodom)
{
	struct hvpt_linux_domain *domain = hvpt_linux_domain(iodom);
	struct hvpt_gather gather;
	bool closed;

	hvpt_gather_init(&gather);
	hvpt_linux_sync(domain, &gather);
	mutex_lock(&hvpt_linux.lock);
	list_del(&domain->link);
	closed = hvpt_linux_domain_close(domain);
	mutex_unlock(&hvpt_linux.lock);
	hvpt_linux_pool_trim(&domain->pool, 0);
	if (closed)
		kfree(domain);
}

/* ---- what Linux calls to make one ------------------------------------ */

#if HVPT_LINUX_7_3
struct iommu_domain *
hvpt_linux_alloc_paging(struct device *dev, u32 flags,
			const struct iommu_user_data *user_data)
{
	if (flags & ~IOMMU_HWPT_ALLOC_DIRTY_TRACKING || user_data)
		return ERR_PTR(-EOPNOTSUPP);
	return hvpt_linux_domain_new(dev,
				     flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING);
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
	if (flags & ~IOMMU_HWPT_ALLOC_DIRTY_TRACKING || parent || user_data)
		return ERR_PTR(-EOPNOTSUPP);
	return hvpt_linux_domain_new(dev,
				     flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING);
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

/* ---- identity, blocked ----------------------------------------------- */

static int hvpt_linux_identity_attach(HVPT_ATTACH_ARGS)
{
	return hvpt_linux_attach(dev, hvpt_iommu_identity(&hvpt_linux.iommu));
}

static int hvpt_linux_blocked_attach(HVPT_ATTACH_ARGS)
{
	return hvpt_linux_attach(dev, hvpt_iommu_blocked(&hvpt_linux.iommu));
}

#if !HVPT_LINUX_6_12
/* These are static, but 6.1 frees them too. */
static void hvpt_linux_special_free(struct iommu_domain *iodom)
{
}

#define HVPT_SPECIAL_FREE .free = hvpt_linux_special_free,
#else
#define HVPT_SPECIAL_FREE
#endif

static const struct iommu_domain_ops hvpt_linux_identity_ops = {
	.attach_dev = hvpt_linux_identity_attach, HVPT_SPECIAL_FREE
};

static const struct iommu_domain_ops hvpt_linux_blocked_ops = {
	.attach_dev = hvpt_linux_blocked_attach, HVPT_SPECIAL_FREE
};

struct iommu_domain hvpt_linux_identity = {
	.type = IOMMU_DOMAIN_IDENTITY,
	.ops = &hvpt_linux_identity_ops,
};

struct iommu_domain hvpt_linux_blocked = {
	.type = IOMMU_DOMAIN_BLOCKED,
	.ops = &hvpt_linux_blocked_ops,
};
