// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * hvpt_conformance - asks the host of this VM, once, when it is loaded.
 *
 * It is given no device: questions about devices are not asked. It only reads,
 * unless it is loaded with active=1: then it makes domains, and deletes them.
 */
#include "adapters/linux/linux_internal.h"

#include <linux/debugfs.h>
#include <linux/pci.h>

#include <asm/mshyperv.h>

#include "linux_host.h"

/* TLFS, Hypervisor CPUID Leaves: the version of the hypervisor. */
#define CPUID_VERSION 0x40000002u

static bool active;
module_param(active, bool, 0444);
MODULE_PARM_DESC(active, "make domains too, and delete them");

static void read_leaf(u32 leaf, struct hvpt_cpuid *out)
{
	cpuid(leaf, &out->eax, &out->ebx, &out->ecx, &out->edx);
}

/* For tests, another host may answer the calls. */
static void name_host(char *name, size_t bytes)
{
	struct hvpt_cpuid version;

	if (!hv_is_hyperv_initialized()) {
		strscpy(name, "not Hyper-V, Linux", bytes);
		return;
	}
	read_leaf(CPUID_VERSION, &version);
	snprintf(name, bytes, "Hyper-V %u.%u.%u, Linux", version.ebx >> 16,
		 version.ebx & 0xffff, version.eax);
}

static int ask(const struct hvpt_linux_platform *platform)
{
	struct hvpt_cpuid_leaves cpuid;
	unsigned long root = get_zeroed_page(GFP_KERNEL);
	struct conformance_host host = {
		.transport = &platform->transport,
		.passive = !active,
		.first_id = CONFORMANCE_FIRST_ID,
		.ids = CONFORMANCE_IDS,
		.root = hvpt_gpa(virt_to_phys((void *)root)),
		.absent = CONFORMANCE_ABSENT_DEVICE,
	};
	char name[64];
	int err;

	if (!root)
		return -ENOMEM;
	hvpt_cpuid_read(&cpuid, read_leaf);
	if (hv_is_hyperv_initialized())
		host.cpuid = &cpuid;
	name_host(name, sizeof(name));
	err = conformance_report_make(&host, name, read_leaf);
	free_page(root);
	if (err)
		pr_err("no report: %d\n", err);
	return err;
}

/* Another driver of the pvIOMMU would find its ids taken. */
static bool is_translated(void)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev) {
		if (!device_iommu_mapped(&pdev->dev))
			continue;
		pci_dev_put(pdev);
		return true;
	}
	return false;
}

/* Return: NULL, or why nobody is asked. */
static const char *refusal(void)
{
	struct dentry *other = debugfs_lookup("hvpt", NULL);

	if (!IS_ERR_OR_NULL(other)) {
		dput(other);
		return "the module hvpt_iommu is loaded";
	}
	if (active && is_translated())
		return "active=1, and a device has an IOMMU driver";
#ifndef HVPT_LINUX_TEST
	if (!hv_is_hyperv_initialized())
		return "no Hyper-V: Linux has set up no hypercalls";
	/* The host cannot read a call page in private memory. */
	if (hv_is_isolation_supported())
		return "the VM is isolated";
#endif
	return NULL;
}

#ifdef HVPT_LINUX_TEST
/* Another module provides the platform: tests/guest/module.c. */
int hvpt_linux_start(const struct hvpt_linux_platform *platform)
{
	return ask(platform);
}
EXPORT_SYMBOL_GPL(hvpt_linux_start);

void hvpt_linux_stop(void)
{
	conformance_report_drop();
}
EXPORT_SYMBOL_GPL(hvpt_linux_stop);
#endif

static int __init conformance_init(void)
{
	const char *why = refusal();

	if (why) {
		pr_notice("nobody is asked: %s\n", why);
		return -ENODEV;
	}
#ifdef HVPT_LINUX_TEST
	return 0;
#else
	return ask(&hvpt_linux_native);
#endif
}
module_init(conformance_init);

static void __exit conformance_exit(void)
{
	conformance_report_drop();
}
module_exit(conformance_exit);

MODULE_DESCRIPTION("Questions to the pvIOMMU of Hyper-V");
MODULE_LICENSE("Dual BSD/GPL");
