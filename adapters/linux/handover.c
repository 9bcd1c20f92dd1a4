// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The end: what a system without a driver for the pvIOMMU finds must work.
 *
 * Each device goes to the identity domain, where its addresses are gpas, also
 * one which Linux released before: it is detached, and no other system would
 * know how to bring it back. All other domains are deleted.
 *
 * At a shutdown Linux still has its objects, and may use them. So a domain is
 * deleted in the hypervisor and its tables stay; maps and unmaps change them as
 * before, and no flush is made, for nobody is attached.
 */
#include "linux_internal.h"

#include <linux/slab.h>

/* What may still run must not find other memory at its addresses. */
static void hvpt_linux_device_quiet(struct hvpt_linux_device *hdev)
{
	if (!hdev->pdev)
		return;
	pci_clear_master(hdev->pdev);
	if (hdev->ats)
		hvpt_linux_ats_off(hdev);
}

/* One that cannot be moved is absent, or stays where it is. */
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

/* Lock held. Those which Linux has let go. */
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

/* From the hypervisor alone. If it refuses, its id is known to be taken. */
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
 * Lock held, and nothing of the library's is called any more but on page
 * tables.
 */
void hvpt_linux_hand_over(void)
{
	struct hvpt_linux_domain *domain;
	enum hvpt_status status;

	hvpt_linux_hand_over_all();
	hvpt_linux_domains_retry();
	list_for_each_entry(domain, &hvpt_linux.domains, link)
		hvpt_linux_domain_leave(domain);
	list_for_each_entry(domain, &hvpt_linux.kept, link)
		hvpt_linux_domain_leave(domain);
	status = hvpt_iommu_destroy(&hvpt_linux.iommu);
	/* It holds nothing of ours; only its id is taken. */
	if (status != HVPT_OK)
		pr_notice("the blocked domain stays behind: %s\n",
			  hvpt_status_name(status));
	hvpt_linux.ended = true;
}
