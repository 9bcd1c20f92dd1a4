// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The one pvIOMMU, and what all files need to report about it. */
#include "linux_internal.h"

bool hvpt_linux_dirty_tracking;
module_param_named(dirty_tracking, hvpt_linux_dirty_tracking, bool, 0444);
MODULE_PARM_DESC(dirty_tracking, "offer it: the host is known to set D bits");

struct hvpt_linux hvpt_linux = {
	.lock = __MUTEX_INITIALIZER(hvpt_linux.lock),
	.domains = LIST_HEAD_INIT(hvpt_linux.domains),
	.kept = LIST_HEAD_INIT(hvpt_linux.kept),
	.devices = LIST_HEAD_INIT(hvpt_linux.devices),
	.left = LIST_HEAD_INIT(hvpt_linux.left),
	.windows = LIST_HEAD_INIT(hvpt_linux.windows),
};

int hvpt_linux_errno(enum hvpt_status status)
{
	return -hvpt_status_errno(status);
}

/* With the hypervisor's status, if the hypervisor failed the call. */
void hvpt_linux_complain(const char *what, enum hvpt_status status)
{
	u16 code, hv_status;

	if (status >= HVPT_ERR_NO_HYPERVISOR &&
	    hvpt_iommu_last_failure(&hvpt_linux.iommu, &code, &hv_status))
		pr_err_ratelimited("%s: %s (hypercall %#x: %s, %#x)\n", what,
				   hvpt_status_name(status), code,
				   hvpt_hv_status_name(hv_status), hv_status);
	else
		pr_err_ratelimited("%s: %s\n", what, hvpt_status_name(status));
}

/* Sizes that both the pvIOMMU and the page table support. */
u64 hvpt_linux_page_sizes(void)
{
	u64 sizes = hvpt_iommu_page_sizes(&hvpt_linux.iommu);

	sizes &= HVPT_PAGE_SIZE_4K | HVPT_PAGE_SIZE_2M | HVPT_PAGE_SIZE_1G;
	if (!(sizes & HVPT_PAGE_SIZE_2M))
		sizes = HVPT_PAGE_SIZE_4K;
	return sizes;
}
