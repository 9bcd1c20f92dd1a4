// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Faults that the hypervisor reports.
 *
 * It reports them by a message on SINT 1. The kernel has no handler for that
 * SINT, and exports neither the message page nor a way to get one. So only
 * tests pass messages yet.
 */
#include "linux_internal.h"

#include "trace.h"

/* The lock is held. */
static struct hvpt_linux_device *hvpt_linux_fault_device(u64 id)
{
	struct hvpt_linux_device *hdev;

	list_for_each_entry(hdev, &hvpt_linux.devices, link)
		if (hdev->pdev && hvpt_device_id(&hdev->core) == id)
			return hdev;
	return NULL;
}

/* No table is freed meanwhile. */
static void hvpt_linux_fault_explain(struct hvpt_domain *core,
				     const struct hvpt_iommu_fault *fault,
				     struct hvpt_fault_cause *cause)
{
	struct hvpt_linux_domain *domain;

	if (!hvpt_domain_pagetable(core)) {
		hvpt_domain_explain(core, fault, cause);
		return;
	}
	domain = container_of(core, struct hvpt_linux_domain, core);
	hvpt_linux_visit_begin(domain);
	hvpt_domain_explain(core, fault, cause);
	hvpt_linux_visit_end(domain);
}

static void hvpt_linux_fault_tell(const struct hvpt_iommu_fault *fault)
{
	struct hvpt_linux_device *hdev = NULL;
	struct hvpt_domain *domain = NULL;
	struct hvpt_fault_cause cause = { .reason = HVPT_REASON_NO_ADDRESS };

	if (fault->has_device)
		hdev = hvpt_linux_fault_device(fault->device_id);
	if (hdev)
		domain = hvpt_device_domain(&hdev->core);
	if (domain)
		hvpt_linux_fault_explain(domain, fault, &cause);
	trace_hvpt_fault(fault->device_id, fault->iova.value, fault->type,
			 fault->access, cause.reason);
	pr_err_ratelimited(
		"%s: %s refused, iova %#llx, %s: %s, entry %#llx\n",
		hdev ? pci_name(hdev->pdev) : "unknown device",
		fault->access == HVPT_HV_ACCESS_WRITE ? "write" : "read",
		fault->iova.value, hvpt_iommu_fault_type_name(fault->type),
		domain ? hvpt_fault_reason_name(cause.reason) : "in no domain",
		cause.entry);
}

/* Context: may sleep. Return: 0; -EINVAL: not the message of a fault. */
int hvpt_linux_fault(const void *message, size_t bytes)
{
	struct hvpt_iommu_fault fault;

	if (hvpt_iommu_fault_decode(message, bytes, &fault) != HVPT_OK)
		return -EINVAL;
	mutex_lock(&hvpt_linux.lock);
	hvpt_linux_fault_tell(&fault);
	mutex_unlock(&hvpt_linux.lock);
	return 0;
}
