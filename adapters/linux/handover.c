// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Hand-over to a system that may have no driver for the pvIOMMU.
 *
 * Every device is moved to the identity domain, where iova = gpa, also one that
 * Linux has released: it is detached, and no other system could use it. All
 * other domains are deleted.
 *
 * At a shutdown Linux still has its objects and may use them. So a domain is
 * deleted in the hypervisor only, and its tables stay. Maps and unmaps change
 * them as before. No flush is made, because no device is attached.
 */
#include "linux_internal.h"

#include <linux/slab.h>

/* Stop DMA before the addresses change meaning. */
static void hvpt_linux_device_quiet(struct hvpt_linux_device *hdev)
{
	if (!hdev->pdev)
		return;
	pci_clear_master(hdev->pdev);
	if (hdev->ats)
		hvpt_linux_ats_off(hdev);
}

/* A device that cannot be moved is absent, or stays where it is. */
static void hvpt_linux_device_hand_over(struct hvpt_linux_device *hdev)
{
	enum hvpt_status status;

	hvpt_linux_device_quiet(hdev);
	status = hvpt_device_hand_over(&hdev->core);
	if (status != HVPT_OK) {
		pr_notice("device %#llx is not handed over: %s\n",
			  hvpt_device_id(&hdev->core),
			  hvpt_status_name(status));
		hvpt_device_gone(&hdev->core);
	}
	hvpt_linux_device_unlink(hdev);
}

/* The lock is held. Only the devices that Linux has released. */
void hvpt_linux_hand_over_released(void)
{
	struct hvpt_linux_device *hdev, *next;

	list_for_each_entry_safe(hdev, next, &hvpt_linux.devices, link)
		if (!hdev->pdev)
			hvpt_linux_device_hand_over(hdev);
}

static void hvpt_linux_hand_over_all(void)
{
	struct hvpt_linux_device *hdev, *next;

	list_for_each_entry_safe(hdev, next, &hvpt_linux.devices, link)
		hvpt_linux_device_hand_over(hdev);
}

/* Deletes it in the hypervisor only. If refused, the id stays in use. */
static void hvpt_linux_domain_leave(struct hvpt_linux_domain *domain)
{
	u32 id = hvpt_domain_id(&domain->core);
	struct hvpt_answer answer;
	enum hvpt_status status;

	status = hvpt_hvcall_delete_domain(&hvpt_linux.transport, id, &answer);
	if (status != HVPT_OK)
		pr_notice("domain %u stays behind: %s\n", id,
			  hvpt_status_name(status));
	WARN_ON_ONCE(hvpt_domain_abandon(&domain->core) != HVPT_OK);
}

/*
 * The lock is held. Afterwards only the library's calls on page tables may be
 * used.
 */
void hvpt_linux_hand_over(void)
{
	struct hvpt_linux_domain *domain;
	enum hvpt_status status;

	hvpt_linux_hand_over_all();
	hvpt_linux_domains_retry();
	hvpt_linux_left_end();
	list_for_each_entry(domain, &hvpt_linux.domains, link)
		hvpt_linux_domain_leave(domain);
	list_for_each_entry(domain, &hvpt_linux.kept, link)
		hvpt_linux_domain_leave(domain);
	status = hvpt_iommu_destroy(&hvpt_linux.iommu);
	/* It has none of our memory. Only its id stays in use. */
	if (status != HVPT_OK)
		pr_notice("the blocked domain stays behind: %s\n",
			  hvpt_status_name(status));
	hvpt_linux.ended = true;
}
