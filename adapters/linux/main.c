// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The module: finds the pvIOMMU, takes it over, and releases it. */
#include "linux_internal.h"

#include <asm/mshyperv.h>
#ifndef MODULE
#include <asm/x86_init.h>
#include <linux/hvpt_iommu.h>
#endif

static unsigned int first_id = HVPT_DOMAIN_ID_FIRST;
module_param(first_id, uint, 0444);
MODULE_PARM_DESC(first_id, "least domain id to use");

/* The template, with the module that devices pin. */
static struct iommu_ops hvpt_linux_ops;

/* An ordinary host without a pvIOMMU: print nothing. */
static bool hvpt_linux_absent(enum hvpt_status status)
{
	return status == HVPT_ERR_NO_IOMMU || status == HVPT_ERR_NO_HYPERVISOR;
}

static int hvpt_linux_open(const struct hvpt_linux_platform *platform)
{
	struct hvpt_iommu_config config = {
		.transport = hvpt_linux.transport,
		.ids = { first_id, HVPT_DOMAIN_ID_LAST },
	};
	enum hvpt_status status = hvpt_iommu_init(&hvpt_linux.iommu, &config);

	if (hvpt_linux_absent(status)) {
		pr_debug("no pvIOMMU: %s\n", hvpt_status_name(status));
		return -ENODEV;
	}
	if (status != HVPT_OK) {
		hvpt_linux_complain("the pvIOMMU cannot be used", status);
		return hvpt_linux_errno(status);
	}
	hvpt_linux_ops = hvpt_linux_ops_template;
	hvpt_linux_ops.owner = platform->owner;
#ifndef HVPT_IN_TREE
	hvpt_compat_set_page_sizes(&hvpt_linux_ops, hvpt_linux_page_sizes());
#endif
	return 0;
}

static int hvpt_linux_register(void)
{
	struct iommu_device *iodev = &hvpt_linux.iodev;
	int err;

	memset(iodev, 0, sizeof(*iodev));
	err = iommu_device_sysfs_add(iodev, NULL, NULL, HVPT_LINUX_NAME);
	if (err)
		return err;
	err = iommu_device_register(iodev, &hvpt_linux_ops, NULL);
	if (err)
		iommu_device_sysfs_remove(iodev);
	return err;
}

/*
 * Does another driver, such as the kernel's own, translate a device of the
 * pvIOMMU? Then that driver owns the pvIOMMU.
 */
static bool hvpt_linux_is_taken(const struct hvpt_linux_platform *platform)
{
	struct pci_dev *pdev = NULL;
	u64 id;

	for_each_pci_dev(pdev) {
		if (hvpt_linux_device_id(platform, pdev, &id) ||
		    !device_iommu_mapped(&pdev->dev))
			continue;
		pci_notice(pdev, "has another IOMMU driver; not started\n");
		pci_dev_put(pdev);
		return true;
	}
	return false;
}

/* The lock is held. */
static int hvpt_linux_take(const struct hvpt_linux_platform *platform)
{
	int err;

	if (hvpt_linux.platform || hvpt_linux_is_taken(platform))
		return -EBUSY;
	hvpt_linux_trace_transport(&platform->transport);
	hvpt_linux.ended = false;
	atomic64_set(&hvpt_linux.failed_flushes, 0);
	hvpt_linux_counts_clear();
	err = hvpt_linux_open(platform);
	if (err)
		return err;
	hvpt_linux.platform = platform;
	hvpt_linux_left_find();
	return 0;
}

/* The lock is held. */
static void hvpt_linux_give(void)
{
	if (!hvpt_linux.ended)
		hvpt_linux_hand_over();
	hvpt_linux.platform = NULL;
}

/* A device that Linux did not attach may be where an earlier kernel put it. */
static void hvpt_linux_take_devices(void)
{
	enum hvpt_status status;

	mutex_lock(&hvpt_linux.lock);
	status = hvpt_iommu_takeover(&hvpt_linux.iommu);
	mutex_unlock(&hvpt_linux.lock);
	if (status != HVPT_OK)
		hvpt_linux_complain("a device cannot be taken over", status);
}

/* This probes devices, and a probe takes the lock. */
static int hvpt_linux_go(void)
{
	int err;

	hvpt_compat_request_acs();
	err = hvpt_linux_register();
	if (!err) {
		hvpt_linux_take_devices();
		pr_info("pvIOMMU, %u-bit addresses, page sizes %#llx\n",
			hvpt_iommu_width(&hvpt_linux.iommu),
			hvpt_linux_page_sizes());
		return 0;
	}
	pr_err("cannot register: %d\n", err);
	mutex_lock(&hvpt_linux.lock);
	hvpt_linux_give();
	mutex_unlock(&hvpt_linux.lock);
	return err;
}

int hvpt_linux_start(const struct hvpt_linux_platform *platform)
{
	int err;

	mutex_lock(&hvpt_linux.lock);
	err = hvpt_linux_take(platform);
	mutex_unlock(&hvpt_linux.lock);
	if (!err)
		err = hvpt_linux_go();
	/* modprobe takes EEXIST for success. */
	return err == -EEXIST ? -EBUSY : err;
}

void hvpt_linux_stop(void)
{
	if (!hvpt_linux.platform)
		return;
	iommu_device_unregister(&hvpt_linux.iodev);
	iommu_device_sysfs_remove(&hvpt_linux.iodev);
	mutex_lock(&hvpt_linux.lock);
	hvpt_linux_give();
	mutex_unlock(&hvpt_linux.lock);
}

/* ---- the module ------------------------------------------------------ */

/* Return: 0, or the error with which this kernel is refused. */
static int hvpt_linux_wanted(void)
{
	if (!hv_is_hyperv_initialized() || hvpt_compat_iommu_is_off())
		return -ENODEV;
#ifndef HVPT_IN_TREE
	if (IS_ENABLED(CONFIG_HYPERV_PVIOMMU)) {
		pr_notice("left to the driver of this kernel\n");
		return -ENODEV;
	}
#endif
	/* The host cannot read page tables in private memory. */
	if (hv_is_isolation_supported()) {
		pr_notice("isolated VMs are not supported\n");
		return -ENODEV;
	}
	return 0;
}

static int hvpt_linux_start_native(void)
{
	int err;

#ifndef HVPT_LINUX_NO_TEST
	/* Another module provides the platform. */
	if (IS_ENABLED(HVPT_LINUX_TEST))
		return 0;
#endif
	err = hvpt_linux_wanted();
	return err ? err : hvpt_linux_start(&hvpt_linux_native);
}

static int __init hvpt_linux_init(void)
{
	int err = hvpt_linux_reserved_init();

	if (err) {
		pr_err("parameter reserve: not FIRST-LAST[,FIRST-LAST]...\n");
		return err;
	}
	hvpt_linux_debugfs_init();
	hvpt_linux_power_init();
	err = hvpt_linux_start_native();
	if (err) {
		hvpt_linux_power_exit();
		hvpt_linux_debugfs_exit();
	}
	return err;
}

#ifdef MODULE
module_init(hvpt_linux_init);
#else
/**
 * hvpt_iommu_detect() - have the driver started with the platform's IOMMUs
 *
 * That is before a driver of a PCI bus on the VMBus can be registered. Another
 * IOMMU's hook is left in place, and so is that of a root partition.
 *
 * Context: called by the setup of Hyper-V, once hypercalls work.
 */
void __init hvpt_iommu_detect(void)
{
	if (!hvpt_compat_iommu_is_off() && !hv_root_partition())
		x86_init.iommu.iommu_init = hvpt_linux_init;
}
#endif

static void __exit hvpt_linux_exit(void)
{
	hvpt_linux_stop();
	hvpt_linux_power_exit();
	hvpt_linux_debugfs_exit();
}
module_exit(hvpt_linux_exit);

#ifdef HVPT_LINUX_TEST
EXPORT_SYMBOL_GPL(hvpt_linux_start);
EXPORT_SYMBOL_GPL(hvpt_linux_stop);
EXPORT_SYMBOL_GPL(hvpt_linux_fault);
#endif

MODULE_DESCRIPTION("Hyper-V paravirtualized IOMMU for guests");
MODULE_LICENSE("Dual BSD/GPL");
MODULE_VERSION("0.3.0");
#ifdef HVPT_IN_TREE
MODULE_IMPORT_NS("IOMMUFD");
#else
HVPT_IMPORT_IOMMUFD
#endif
