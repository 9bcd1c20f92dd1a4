// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * hvpt_bench_host - hypercalls for hvpt_iommu that do nothing and take few
 * instructions, as the one instruction that makes a hypercall.
 *
 * Nothing is translated: no device may do DMA. Each processor has a call page
 * of its own and no lock is taken, as with the calls of Hyper-V.
 */
#include <linux/module.h>
#include <linux/percpu.h>

#include "adapters/linux/hvpt_linux.h"

#define HOST_DOMAINS 16
#define HOST_PAGE_SIZES (SZ_4K | SZ_2M | SZ_1G)
#define HOST_WIDTH 48

static DEFINE_PER_CPU(void *, host_page);

/* Numbers of the domains that exist, 0 for none; calls that change it sleep. */
static u64 host_domains[HOST_DOMAINS];

static u64 *host_find(u64 domain)
{
	unsigned int i;

	for (i = 0; i < HOST_DOMAINS; i++)
		if (READ_ONCE(host_domains[i]) == domain)
			return &host_domains[i];
	return NULL;
}

/* Replaces one number by another. */
static u64 host_replace(u64 from, u64 to)
{
	u64 *found = host_find(from);

	if (!found)
		return HVPT_HV_STATUS_INVALID_PARAMETER;
	WRITE_ONCE(*found, to);
	return HVPT_HV_STATUS_SUCCESS;
}

static u64 host_capabilities(struct hvpt_hv_iommu_capabilities *caps)
{
	*caps = (struct hvpt_hv_iommu_capabilities){
		.size = sizeof(*caps),
		.max_iova_width = HOST_WIDTH,
		.iommu_cap = HVPT_HV_IOMMU_CAP_PRESENT | HVPT_HV_IOMMU_CAP_S1,
		.pgsize_bitmap = HOST_PAGE_SIZES,
	};
	return HVPT_HV_STATUS_SUCCESS;
}

static u64 host_property(struct hvpt_hv_logical_device_property *property)
{
	*property = (struct hvpt_hv_logical_device_property){
		.device_iommu = 1,
	};
	return HVPT_HV_STATUS_SUCCESS;
}

static u64 host_answer(u64 control, const struct hvpt_hv_device_domain *in,
		       void *out)
{
	switch (control & 0xffff) {
	case HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST:
		/* All elements are done. */
		return control & (u64)HVPT_HV_REP_MASK
					 << HVPT_HV_CONTROL_COUNT_SHIFT;
	case HVPT_HVCALL_FLUSH_DEVICE_DOMAIN:
		return host_replace(in->domain_id, in->domain_id);
	case HVPT_HVCALL_CREATE_DEVICE_DOMAIN:
		return host_replace(0, in->domain_id);
	case HVPT_HVCALL_DELETE_DEVICE_DOMAIN:
		return host_replace(in->domain_id, 0);
	case HVPT_HVCALL_GET_IOMMU_CAPABILITIES:
		return host_capabilities(out);
	case HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY:
		return host_property(out);
	case HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN:
	case HVPT_HVCALL_ATTACH_DEVICE_DOMAIN:
	case HVPT_HVCALL_DETACH_DEVICE_DOMAIN:
		return HVPT_HV_STATUS_SUCCESS;
	}
	return HVPT_HV_STATUS_INVALID_HYPERCALL_CODE;
}

/* ---- the transport ----------------------------------------------------- */

static bool host_borrow(void *ctx, struct hvpt_call_page *page)
{
	unsigned long flags;

	local_irq_save(flags);
	page->va = this_cpu_read(host_page);
	page->gpa = hvpt_gpa(virt_to_phys(page->va));
	page->cookie = flags;
	return true;
}

static uint64_t host_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
			   hvpt_gpa_t output)
{
	return host_answer(control, phys_to_virt(input.value),
			   phys_to_virt(output.value));
}

static void host_give_back(void *ctx, struct hvpt_call_page *page)
{
	local_irq_restore((unsigned long)page->cookie);
}

static const struct hvpt_transport_ops host_transport = {
	.borrow = host_borrow,
	.issue = host_issue,
	.give_back = host_give_back,
};

static int host_device_id(void *ctx, struct pci_dev *pdev, u64 *id)
{
	*id = 0x1000 | pdev->devfn;
	return 0;
}

static const struct hvpt_linux_platform host_platform = {
	.transport = { .ops = &host_transport },
	.owner = THIS_MODULE,
	.device_id = host_device_id,
};

/* ---- life -------------------------------------------------------------- */

static void host_pages_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		free_page((unsigned long)per_cpu(host_page, cpu));
}

static int host_pages_alloc(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		per_cpu(host_page, cpu) = (void *)get_zeroed_page(GFP_KERNEL);
		if (!per_cpu(host_page, cpu)) {
			host_pages_free();
			return -ENOMEM;
		}
	}
	return 0;
}

static int __init host_init(void)
{
	int err = host_pages_alloc();

	if (err)
		return err;
	err = hvpt_linux_start(&host_platform);
	if (err)
		host_pages_free();
	return err;
}
module_init(host_init);

static void __exit host_exit(void)
{
	hvpt_linux_stop();
	host_pages_free();
}
module_exit(host_exit);

MODULE_DESCRIPTION("hypercalls that do nothing, for bench/guest");
MODULE_LICENSE("Dual BSD/GPL");
