// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * After hibernation the hypervisor may know none of our domains.
 *
 * Suspend to RAM needs nothing: tables are memory, and the hypervisor keeps the
 * rest. After hibernation everything is made again before any device resumes:
 * one processor runs, interrupts are off, and nobody holds a lock. The kernel
 * that continues after it has written the image does the same. There everything
 * exists already, which is not a failure.
 */
#include "linux_internal.h"

#include <linux/suspend.h>

static bool hvpt_linux_hibernating;

/* The PCI layer enables ATS again when it restores a device. */
static void hvpt_linux_resume_ats(void)
{
	struct hvpt_linux_device *hdev;

	list_for_each_entry(hdev, &hvpt_linux.devices, link)
		hvpt_device_set_ats(&hdev->core, hdev->ats);
}

static void hvpt_linux_resume(void)
{
	enum hvpt_status status;

	if (!hvpt_linux.platform || !hvpt_linux_hibernating)
		return;
	status = hvpt_iommu_resume(&hvpt_linux.iommu, false);
	if (status != HVPT_OK)
		status = hvpt_iommu_resume(&hvpt_linux.iommu, true);
	if (status != HVPT_OK)
		hvpt_linux_complain("not all came back after hibernation",
				    status);
	hvpt_linux_resume_ats();
}

HVPT_SYSCORE(hvpt_linux_syscore, hvpt_linux_resume);

static int hvpt_linux_pm_notify(struct notifier_block *block,
				unsigned long event, void *unused)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		hvpt_linux_hibernating = true;
		break;
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		hvpt_linux_hibernating = false;
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block hvpt_linux_pm = {
	.notifier_call = hvpt_linux_pm_notify,
};

void hvpt_linux_power_init(void)
{
	hvpt_compat_register_syscore(&hvpt_linux_syscore);
	register_pm_notifier(&hvpt_linux_pm);
}

void hvpt_linux_power_exit(void)
{
	unregister_pm_notifier(&hvpt_linux_pm);
	hvpt_compat_unregister_syscore(&hvpt_linux_syscore);
}
