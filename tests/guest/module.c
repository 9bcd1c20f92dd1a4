// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * hvpt_bridge - a platform for the module hvpt_iommu in a guest of QEMU.
 *
 * The bridge of the walker tests carries out the hypercalls on the emulated
 * VT-d, which nothing else may use: intel_iommu=off intremap=off. Only function
 * 0 of devices 0 to 15 on bus 0 is managed.
 */
#include <linux/delay.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/version.h>

#include "oracle/qemu/bridge.h"
#include "keep.h"
#include "left.h"
#include "adapters/linux/hvpt_linux.h"

#ifndef MODULE
#include <linux/hvpt_iommu.h>
#endif

/* The prefix of the devices' logical ids; firmware's have none. */
static u64 guest_id_base = 0x66558000ull;

/* The place of the disk in tests/guest/guest.py. */
#define GUEST_NVME_SLOT 4

static struct qemu guest_vtd_access;
static struct vtd guest_vtd;
static struct bridge guest_bridge;
static struct page *guest_memory;
static DEFINE_RAW_SPINLOCK(guest_lock);

#define GUEST_ORDER get_order(VTD_MEMORY_BYTES + PAGE_SIZE)

/* ---- the transport: one call at a time, interrupts off --------------- */

static bool guest_borrow(void *ctx, struct hvpt_call_page *page)
	__acquires(&guest_lock)
{
	unsigned long flags;
	bool lent;

	raw_spin_lock_irqsave(&guest_lock, flags);
	/* The owner of the lock has its only page. */
	lent = bridge_ops.borrow(ctx, page);
	WARN_ON_ONCE(!lent);
	page->cookie = flags;
	return true;
}

static bool guest_flushes(u64 control)
{
	u64 code = control & 0xffff;

	return code == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN ||
	       code == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST;
}

/* A slow hypervisor: a flush takes so many microseconds longer. */
static uint guest_flush_delay;

/* The kernel dies after the next flush, before it knows that it succeeded. */
static bool guest_die;

static uint64_t guest_issue(void *ctx, uint64_t control, hvpt_gpa_t input,
			    hvpt_gpa_t output)
{
	u64 status;

	if (guest_flushes(control))
		udelay(READ_ONCE(guest_flush_delay));
	status = bridge_ops.issue(ctx, control, input, output);
	if (guest_flushes(control) && READ_ONCE(guest_die))
		panic("hvpt bridge: a test wants it");
	return status;
}

static void guest_give_back(void *ctx, struct hvpt_call_page *page)
	__releases(&guest_lock)
{
	unsigned long flags = page->cookie;

	bridge_ops.give_back(ctx, page);
	guest_keep_save(&guest_bridge, &guest_vtd);
	raw_spin_unlock_irqrestore(&guest_lock, flags);
}

static const struct hvpt_transport_ops guest_transport = {
	.borrow = guest_borrow,
	.issue = guest_issue,
	.give_back = guest_give_back,
};

static int guest_device_id(void *ctx, struct pci_dev *pdev, u64 *id)
{
	unsigned int slot = PCI_SLOT(pdev->devfn);

	if (pdev->bus->number || PCI_FUNC(pdev->devfn) ||
	    slot >= VTD_DEVICE_END)
		return -ENODEV;
	*id = guest_id_base | slot << 3;
	return 0;
}

static const struct hvpt_linux_platform guest_platform = {
	.transport = { .ops = &guest_transport, .ctx = &guest_bridge },
	.owner = THIS_MODULE,
	.device_id = guest_device_id,
};

/* ---- from one kernel to the next ------------------------------------- */

static bool keep;
module_param(keep, bool, 0444);

/* Of firmware: tests/uefi/raw/boot_linux.py. */
static bool firmware;
module_param(firmware, bool, 0444);

static struct guest_left guest_left;
module_param_named(left_domains, guest_left.domains, uint, 0444);
module_param_named(left_translated, guest_left.translated, uint, 0444);

/* ---- parameters: what tests read and break --------------------------- */

/* A faulty hypervisor: flushes return success and are not carried out. */
module_param_named(drop_flushes, guest_bridge.drop_flushes, bool, 0644);
module_param_named(flush_delay, guest_flush_delay, uint, 0644);
module_param_named(die, guest_die, bool, 0200);
module_param_named(calls, guest_bridge.calls, ullong, 0444);
module_param_named(flushes, guest_bridge.flushes, ullong, 0444);
module_param_named(entries, guest_bridge.entries, ullong, 0444);
module_param_named(refused, guest_bridge.refused, ullong, 0444);

/*
 * Writing N: the next N mappings that a driver makes in the domain of the NVMe
 * device are reported as made, and are left out.
 */
static struct iommu_domain_ops guest_snipping;
static const struct iommu_domain_ops *guest_honest;
static atomic_t guest_snips;

static int guest_snip_map(struct iommu_domain *domain, unsigned long iova,
			  phys_addr_t paddr, size_t pgsize, size_t pgcount,
			  int prot, gfp_t gfp, size_t *mapped)
{
	if (atomic_dec_if_positive(&guest_snips) < 0)
		return guest_honest->map_pages(domain, iova, paddr, pgsize,
					       pgcount, prot, gfp, mapped);
	*mapped += pgsize * pgcount;
	return 0;
}

/* A kernel that maps whole ranges makes such calls to some domains only. */
static void guest_map_by_pages(struct iommu_domain *domain)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
	domain->is_iommupt = false;
#endif
}

static int guest_snip_set(const char *value, const struct kernel_param *param)
{
	struct iommu_domain *domain = NULL;
	struct pci_dev *pdev;
	int count, err;

	err = kstrtoint(value, 0, &count);
	if (err)
		return err;
	pdev = pci_get_domain_bus_and_slot(0, 0, PCI_DEVFN(GUEST_NVME_SLOT, 0));
	if (pdev)
		domain = iommu_get_domain_for_dev(&pdev->dev);
	pci_dev_put(pdev);
	if (!domain || !domain->ops->map_pages)
		return -ENODEV;
	if (domain->ops != &guest_snipping) {
		guest_honest = domain->ops;
		guest_snipping = *guest_honest;
		guest_snipping.map_pages = guest_snip_map;
		WRITE_ONCE(domain->ops, &guest_snipping);
		guest_map_by_pages(domain);
	}
	atomic_set(&guest_snips, count);
	return 0;
}

static const struct kernel_param_ops guest_snip_ops = {
	.set = guest_snip_set,
};
module_param_cb(snip, &guest_snip_ops, NULL, 0200);

/* Reading returns the last fault: device, address, reason, w for a write. */
static int guest_fault_get(char *buffer, const struct kernel_param *param)
{
	struct vtd_fault fault;
	unsigned long flags;
	bool found;

	raw_spin_lock_irqsave(&guest_lock, flags);
	found = vtd_take_fault(&guest_vtd, &fault);
	raw_spin_unlock_irqrestore(&guest_lock, flags);
	if (!found)
		return sysfs_emit(buffer, "none\n");
	return sysfs_emit(buffer, "%u %#llx %#x %c\n", fault.device,
			  fault.address, fault.reason, fault.write ? 'w' : 'r');
}

static const struct kernel_param_ops guest_fault_ops = {
	.get = guest_fault_get,
};
module_param_cb(fault, &guest_fault_ops, NULL, 0400);

/*
 * Writing clears A of all leaves. QEMU sets D only in a walk that sets A, and
 * the library presets A, so A must be cleared before a device's write shows.
 */
static void guest_age_table(u64 table, unsigned int level)
{
	u64 *entry = phys_to_virt(table);
	unsigned int i;

	for (i = 0; i < 512; i++) {
		u64 seen = READ_ONCE(entry[i]);

		if (!(seen & BIT_ULL(0)))
			continue;
		if (!level || seen & BIT_ULL(7))
			clear_bit(5, (unsigned long *)&entry[i]);
		else
			guest_age_table(seen & GENMASK_ULL(51, 12), level - 1);
	}
}

static int guest_age_set(const char *value, const struct kernel_param *param)
{
	struct bridge_domain *domain;
	unsigned long flags;

	raw_spin_lock_irqsave(&guest_lock, flags);
	for (domain = guest_bridge.domain;
	     domain < guest_bridge.domain + BRIDGE_DOMAINS; domain++)
		if (domain->id && domain->root)
			guest_age_table(domain->root,
					domain->five_levels ? 4 : 3);
	raw_spin_unlock_irqrestore(&guest_lock, flags);
	return 0;
}

static const struct kernel_param_ops guest_age_ops = {
	.set = guest_age_set,
};
module_param_cb(age, &guest_age_ops, NULL, 0200);

/* ---- life ------------------------------------------------------------ */

/* Of this kernel, or what is kept; else NULL and 0. */
static u64 guest_memory_open(void)
{
	u64 memory = guest_keep_memory();

	if (memory)
		return memory;
	guest_memory = alloc_pages(GFP_KERNEL | __GFP_ZERO, GUEST_ORDER);
	return guest_memory ? page_to_phys(guest_memory) : 0;
}

static void guest_make(u64 memory)
{
	unsigned int slot;

	vtd_open(&guest_vtd, &guest_vtd_access, NULL, memory);
	bridge_open(&guest_bridge, &guest_vtd, NULL, memory + VTD_MEMORY_BYTES);
	for (slot = 0; slot < VTD_DEVICE_END; slot++)
		bridge_add_device(&guest_bridge, slot,
				  guest_id_base | slot << 3);
	guest_keep_save(&guest_bridge, &guest_vtd);
}

static int guest_open_left(u64 call_page)
{
	int err = guest_left_open(&guest_vtd_access);

	if (err)
		return err;
	guest_id_base = 0;
	guest_left_load(&guest_bridge, &guest_vtd, call_page);
	guest_keep_count(&guest_bridge, &guest_left);
	return 0;
}

static int guest_open_state(u64 memory)
{
	if (!memory)
		return -ENOMEM;
	guest_vtd.qemu = &guest_vtd_access;
	if (firmware)
		return guest_open_left(memory);
	if (!guest_keep_load(&guest_bridge, &guest_vtd, &guest_left))
		guest_make(memory);
	return 0;
}

static void guest_unmap(void)
{
	if (guest_vtd_access.registers)
		iounmap(guest_vtd_access.registers);
	if (guest_memory)
		__free_pages(guest_memory, GUEST_ORDER);
	guest_keep_close();
}

static int guest_open(void)
{
	u64 memory;
	int err = keep ? guest_keep_open() : 0;

	if (err)
		return err;
	guest_vtd_access.registers = ioremap(GUEST_VTD_BASE, GUEST_VTD_BYTES);
	memory = guest_vtd_access.registers ? guest_memory_open() : 0;
	err = guest_open_state(memory);
	if (err)
		guest_unmap();
	return err;
}

static void guest_close(void)
{
	vtd_close(&guest_vtd);
	guest_unmap();
}

static int __init guest_init(void)
{
	int err = guest_open();

	if (err)
		return err;
	err = hvpt_linux_start(&guest_platform);
	if (err)
		guest_close();
	return err;
}
/* Built in: after the platform's IOMMUs, and before any driver. */
rootfs_initcall(guest_init);

#ifndef MODULE
/* As the setup of Hyper-V does, which does not run in QEMU. */
static int __init guest_detect(void)
{
	hvpt_iommu_detect();
	return 0;
}
early_initcall(guest_detect);
#endif

static void __exit guest_exit(void)
{
	hvpt_linux_stop();
	guest_close();
}
module_exit(guest_exit);

MODULE_DESCRIPTION("hypercalls for hvpt_iommu on an emulated VT-d, for tests");
MODULE_LICENSE("Dual BSD/GPL");
