// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sleep, hibernation, and the end of the kernel.
 *
 * Suspend to RAM and to idle need nothing: tables are memory, the rest is the
 * hypervisor's.
 *
 * Hibernation is refused while the pvIOMMU has devices. After it the hypervisor
 * may know nothing of our domains, so each device would have to be attached
 * again before it does DMA, and after its bus is back; but VMBus and its PCI
 * buses come back in the same phase in which PCI resumes the devices, with no
 * place for others between the two. Without devices there are the two special
 * domains only, and they are made anew.
 *
 * The kernel ends when devices have been shut down, one processor runs, and
 * hypercalls can still be made.
 */
#include "linux_internal.h"

#include <linux/suspend.h>

static bool hvpt_linux_hibernating;

/* Is there anything that would have to be brought back? Lock held. */
static bool hvpt_linux_may_hibernate(void)
{
	return !hvpt_linux.platform || hvpt_linux.ended ||
	       (list_empty(&hvpt_linux.devices) &&
		list_empty(&hvpt_linux.domains) &&
		list_empty(&hvpt_linux.kept));
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

/* One processor, interrupts off. A device may have come in the meantime. */
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
