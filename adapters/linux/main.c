// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The module: finds the pvIOMMU, takes it over, and releases it. */
#include "linux_internal.h"

#include <asm/mshyperv.h>

static bool native = true;
module_param(native, bool, 0444);
MODULE_PARM_DESC(native, "use Hyper-V's hypercalls, wait for no other module");

static unsigned int first_id = HVPT_DOMAIN_ID_FIRST;
module_param(first_id, uint, 0444);
MODULE_PARM_DESC(first_id, "least domain id to use, say after kexec");

struct hvpt_linux hvpt_linux = {
	.lock = __MUTEX_INITIALIZER(hvpt_linux.lock),
	.domains = LIST_HEAD_INIT(hvpt_linux.domains),
	.devices = LIST_HEAD_INIT(hvpt_linux.devices),
};

/* The template, with the module that devices pin. */
static struct iommu_ops hvpt_linux_ops;

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
		pr_err_ratelimited(HVPT_LINUX_NAME
				   ": %s: %s (hypercall %#x: %s, %#x)\n",
				   what, hvpt_status_name(status), code,
				   hvpt_hv_status_name(hv_status), hv_status);
	else
		pr_err_ratelimited(HVPT_LINUX_NAME ": %s: %s\n", what,
				   hvpt_status_name(status));
}

/* An ordinary host without a pvIOMMU: print nothing. */
static bool hvpt_linux_absent(enum hvpt_status status)
{
	return status == HVPT_ERR_NO_IOMMU || status == HVPT_ERR_NO_HYPERVISOR;
}

static int hvpt_linux_open(const struct hvpt_linux_platform *platform)
{
	struct hvpt_iommu_config config = {
		.transport = platform->transport,
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
#if !HVPT_LINUX_7_3
	hvpt_linux_ops.pgsize_bitmap = hvpt_linux_page_sizes();
#endif
	return 0;
}

static void hvpt_linux_close(void)
{
	enum hvpt_status status = hvpt_iommu_destroy(&hvpt_linux.iommu);

	/* They have none of our memory. Only their ids are lost. */
	if (status != HVPT_OK)
		pr_notice(HVPT_LINUX_NAME ": special domains stay behind: %s\n",
			  hvpt_status_name(status));
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

int hvpt_linux_start(const struct hvpt_linux_platform *platform)
{
	int err;

	mutex_lock(&hvpt_linux.lock);
	err = hvpt_linux.platform ? -EBUSY : hvpt_linux_open(platform);
	if (!err)
		hvpt_linux.platform = platform;
	mutex_unlock(&hvpt_linux.lock);
	if (err)
		return err;
	/* This probes devices, and a probe takes the lock. */
	err = hvpt_linux_register();
	if (err) {
		pr_err(HVPT_LINUX_NAME ": cannot register: %d\n", err);
		hvpt_linux_close();
		hvpt_linux.platform = NULL;
		return err;
	}
	pr_info(HVPT_LINUX_NAME
		": pvIOMMU, %u-bit addresses, page sizes %#llx\n",
		hvpt_iommu_width(&hvpt_linux.iommu), hvpt_linux_page_sizes());
	return 0;
}
EXPORT_SYMBOL_GPL(hvpt_linux_start);

void hvpt_linux_stop(void)
{
	if (!hvpt_linux.platform)
		return;
	iommu_device_unregister(&hvpt_linux.iodev);
	iommu_device_sysfs_remove(&hvpt_linux.iodev);
	mutex_lock(&hvpt_linux.lock);
	hvpt_linux_close();
	hvpt_linux.platform = NULL;
	mutex_unlock(&hvpt_linux.lock);
}
EXPORT_SYMBOL_GPL(hvpt_linux_stop);

static int __init hvpt_linux_init(void)
{
	int err = 0;

	if (native && !hv_is_hyperv_initialized())
		return -ENODEV;
	hvpt_vpci_init();
	hvpt_linux_debugfs_init();
	hvpt_linux_power_init();
	if (native)
		err = hvpt_linux_start(&hvpt_linux_native);
	if (err) {
		hvpt_linux_power_exit();
		hvpt_linux_debugfs_exit();
	}
	return err;
}
module_init(hvpt_linux_init);

static void __exit hvpt_linux_exit(void)
{
	hvpt_linux_stop();
	hvpt_linux_power_exit();
	hvpt_linux_debugfs_exit();
	hvpt_vpci_exit();
}
module_exit(hvpt_linux_exit);

MODULE_DESCRIPTION("Hyper-V paravirtualized IOMMU for guests");
MODULE_LICENSE("Dual BSD/GPL");
#if HVPT_DIRTY
HVPT_IMPORT_IOMMUFD;
#endif
