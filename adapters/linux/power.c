// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * After hibernation the hypervisor may know nothing of our domains.
 *
 * Suspend to RAM needs nothing: tables are memory, the rest is the
 * hypervisor's. After hibernation everything is made anew, before any device
 * resumes: one processor runs, interrupts are off, nobody holds a lock. The
 * same happens in the kernel which goes on after it has written the image;
 * there all exists already, which is no failure.
 */
#include "linux_internal.h"

#include <linux/suspend.h>

static bool hvpt_linux_hibernating;

/* The PCI layer enables again what was enabled, with the rest of a device. */
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
