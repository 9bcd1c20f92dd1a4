// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Creating domains; the two special domains. */
#include "linux_internal.h"

#include <linux/slab.h>

static bool full_width;
module_param(full_width, bool, 0444);
MODULE_PARM_DESC(full_width, "use the top bit of addresses too");

/* ENOMEM and ENOSPC tell Linux something. For all else ENODEV is enough. */
static int hvpt_linux_alloc_errno(enum hvpt_status status)
{
	int err = hvpt_linux_errno(status);

	return err == 0 || err == -ENOMEM || err == -ENOSPC ? err : -ENODEV;
}

/* The lock is held. */
static enum hvpt_status
hvpt_linux_domain_link(struct hvpt_linux_domain *domain,
		       const struct hvpt_domain_config *config)
{
	enum hvpt_status status = HVPT_ERR_NO_IOMMU;

	if (!hvpt_linux.ended)
		status = hvpt_domain_init(&domain->core, &hvpt_linux.iommu,
					  config);
	if (status == HVPT_OK)
		list_add_tail(&domain->link, &hvpt_linux.domains);
	return status;
}

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
		.wait_ops = hvpt_linux_wait_ops(),
	};
	enum hvpt_status status;

	config.pt.reserved = hvpt_linux_reserved(&config.pt.reserved_count);
	if (!hvpt_linux_pool_reserve(&domain->pool, 1, GFP_KERNEL_ACCOUNT))
		return -ENOMEM;
	mutex_lock(&hvpt_linux.lock);
	status = hvpt_linux_domain_link(domain, &config);
	mutex_unlock(&hvpt_linux.lock);
	hvpt_linux_pool_done(&domain->pool, 1);
	if (status != HVPT_OK) {
		hvpt_linux_complain("cannot make a domain", status);
		hvpt_linux_pool_empty(&domain->pool);
	}
	return hvpt_linux_alloc_errno(status);
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
	hvpt_compat_set_range_ops(iodom, &hvpt_linux_range_ops);
	if (dirty)
		hvpt_compat_set_dirty_ops(iodom, &hvpt_linux_dirty_ops);
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
	hvpt_linux_limbo_init(domain);
	err = hvpt_linux_domain_open(domain, dirty);
	if (err) {
		kfree(domain);
		return ERR_PTR(err);
	}
	hvpt_linux_domain_describe(domain, dirty);
	pr_debug("domain %u made\n", hvpt_domain_id(&domain->core));
	return &domain->iodom;
}

/* ---- identity, blocked ----------------------------------------------- */

static int hvpt_linux_identity_attach(HVPT_ATTACH_ARGS)
{
	return hvpt_linux_attach(dev, hvpt_iommu_identity(&hvpt_linux.iommu));
}

static int hvpt_linux_blocked_attach(HVPT_ATTACH_ARGS)
{
	return hvpt_linux_attach(dev, hvpt_iommu_blocked(&hvpt_linux.iommu));
}

static const struct iommu_domain_ops hvpt_linux_identity_ops = {
	.attach_dev = hvpt_linux_identity_attach, HVPT_COMPAT_SPECIAL_FREE
};

static const struct iommu_domain_ops hvpt_linux_blocked_ops = {
	.attach_dev = hvpt_linux_blocked_attach, HVPT_COMPAT_SPECIAL_FREE
};

struct iommu_domain hvpt_linux_identity = {
	.type = IOMMU_DOMAIN_IDENTITY,
	.ops = &hvpt_linux_identity_ops,
};

struct iommu_domain hvpt_linux_blocked = {
	.type = IOMMU_DOMAIN_BLOCKED,
	.ops = &hvpt_linux_blocked_ops,
};
