// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sleep, hibernation, and the end of the kernel.
 *
 * Suspend to RAM and to idle need nothing: tables are memory, and the
 * hypervisor keeps the rest.
 *
 * Hibernation is refused while the pvIOMMU has devices. After it the hypervisor
 * may know none of our domains. Each device would have to be attached again
 * after its bus came back and before it does DMA. But VMBus and its PCI buses
 * come back in the same phase in which PCI resumes the devices, and nothing can
 * run in between. Without devices there are only the two special domains, which
 * are made again.
 *
 * At the end of the kernel the hook runs after devices were shut down, on one
 * processor, while hypercalls still work.
 */
#include "linux_internal.h"

#include <linux/suspend.h>

static bool hvpt_linux_hibernating;

/* The lock is held. Is there nothing that would have to come back? */
static bool hvpt_linux_may_hibernate(void)
{
	return !hvpt_linux.platform || hvpt_linux.ended ||
	       (list_empty(&hvpt_linux.devices) &&
		list_empty(&hvpt_linux.domains) &&
		list_empty(&hvpt_linux.kept) && list_empty(&hvpt_linux.left));
}

static int hvpt_linux_hibernate_prepare(void)
{
	bool may;

	mutex_lock(&hvpt_linux.lock);
	if (hvpt_linux.platform)
		hvpt_linux_hand_over_released();
	may = hvpt_linux_may_hibernate();
	hvpt_linux_hibernating = may;
	mutex_unlock(&hvpt_linux.lock);
	if (may)
		return NOTIFY_DONE;
	pr_warn("no hibernation: devices are translated; remove them first\n");
	return notifier_from_errno(-EBUSY);
}

static int hvpt_linux_pm_notify(struct notifier_block *block,
				unsigned long event, void *unused)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		return hvpt_linux_hibernate_prepare();
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

/* One processor, interrupts off. A device may have been added since. */
static int hvpt_linux_suspend(void)
{
	return hvpt_linux_hibernating && !hvpt_linux_may_hibernate() ? -EBUSY :
								       0;
}

static void hvpt_linux_resume(void)
{
	enum hvpt_status status;

	if (!hvpt_linux_hibernating || !hvpt_linux.platform || hvpt_linux.ended)
		return;
	status = hvpt_iommu_resume(&hvpt_linux.iommu, false);
	if (status != HVPT_OK)
		status = hvpt_iommu_resume(&hvpt_linux.iommu, true);
	if (status != HVPT_OK)
		hvpt_linux_complain("cannot go on after hibernation", status);
}

static void hvpt_linux_shutdown(void)
{
	mutex_lock(&hvpt_linux.lock);
	if (hvpt_linux.platform && !hvpt_linux.ended)
		hvpt_linux_hand_over();
	mutex_unlock(&hvpt_linux.lock);
}

HVPT_COMPAT_SYSCORE(hvpt_linux_syscore, hvpt_linux_suspend, hvpt_linux_resume,
		    hvpt_linux_shutdown);

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
