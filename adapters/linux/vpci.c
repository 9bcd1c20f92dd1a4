// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Logical device ids of PCI devices. */
#include "linux_internal.h"

#include <linux/hyperv.h>
#include <linux/slab.h>

/* One registration. @link: in hvpt_vpci_buses, for writers. */
struct hvpt_vpci_bus {
	struct hvpt_segment_id node;
	struct list_head link;
	struct rcu_head rcu;
};

static struct hvpt_registry hvpt_vpci_registry;
static LIST_HEAD(hvpt_vpci_buses);
static DEFINE_MUTEX(hvpt_vpci_lock);

int hvpt_vpci_register(u32 segment, const u8 guid[16])
{
	struct hvpt_vpci_bus *bus = kzalloc_obj(*bus, GFP_KERNEL);
	enum hvpt_status status;

	if (!bus)
		return -ENOMEM;
	mutex_lock(&hvpt_vpci_lock);
	status = hvpt_registry_add(&hvpt_vpci_registry, &bus->node, segment,
				   hvpt_logical_prefix(guid));
	if (status == HVPT_OK)
		list_add(&bus->link, &hvpt_vpci_buses);
	mutex_unlock(&hvpt_vpci_lock);
	if (status != HVPT_OK) {
		pr_warn(HVPT_LINUX_NAME ": PCI domain %#x: %s\n", segment,
			hvpt_status_name(status));
		kfree(bus);
	}
	return hvpt_linux_errno(status);
}
EXPORT_SYMBOL_GPL(hvpt_vpci_register);

/* The lock is held. */
static struct hvpt_vpci_bus *hvpt_vpci_find(u32 segment)
{
	struct hvpt_vpci_bus *bus;

	list_for_each_entry(bus, &hvpt_vpci_buses, link)
		if (bus->node.segment == segment)
			return bus;
	return NULL;
}

void hvpt_vpci_unregister(u32 segment)
{
	enum hvpt_status status = HVPT_ERR_UNKNOWN_SEGMENT;
	struct hvpt_vpci_bus *bus;

	mutex_lock(&hvpt_vpci_lock);
	bus = hvpt_vpci_find(segment);
	if (bus)
		status = hvpt_registry_remove(&hvpt_vpci_registry, &bus->node);
	if (status == HVPT_OK)
		list_del(&bus->link);
	mutex_unlock(&hvpt_vpci_lock);
	if (status == HVPT_OK)
		kfree_rcu(bus, rcu);
	WARN_ONCE(status != HVPT_OK,
		  HVPT_LINUX_NAME ": PCI domain %#x is not registered\n",
		  segment);
}
EXPORT_SYMBOL_GPL(hvpt_vpci_unregister);

/*
 * The parent of a virtual PCI bus's bridge is the VMBus device. So the GUID is
 * available without the help of the bus driver.
 */
static int hvpt_vpci_parent_prefix(struct pci_dev *pdev, u32 *prefix)
{
	struct device *parent = pci_find_host_bridge(pdev->bus)->dev.parent;
	struct hv_device *hv;

	if (!parent || !parent->bus || strcmp(parent->bus->name, "vmbus"))
		return -ENODEV;
	hv = device_to_hv_device(parent);
	*prefix = hvpt_logical_prefix(hv->dev_instance.b);
	return 0;
}

int hvpt_vpci_device_id(struct pci_dev *pdev, u64 *id)
{
	struct hvpt_segment_ref ref;
	enum hvpt_status status;
	int err = 0;

	rcu_read_lock();
	status = hvpt_registry_lookup(&hvpt_vpci_registry,
				      pci_domain_nr(pdev->bus), &ref);
	rcu_read_unlock();
	if (status != HVPT_OK)
		err = hvpt_vpci_parent_prefix(pdev, &ref.prefix);
	if (err)
		return err;
	status = hvpt_logical_id(ref.prefix, PCI_FUNC(pdev->devfn), id);
	return hvpt_linux_errno(status);
}
EXPORT_SYMBOL_GPL(hvpt_vpci_device_id);

void hvpt_vpci_init(void)
{
	hvpt_registry_init(&hvpt_vpci_registry);
}

/* Each registrant pins the module, so none is left. */
void hvpt_vpci_exit(void)
{
	struct hvpt_vpci_bus *bus, *next;

	list_for_each_entry_safe(bus, next, &hvpt_vpci_buses, link) {
		list_del(&bus->link);
		kfree(bus);
	}
	/* Waits for objects that are being freed. */
	rcu_barrier();
}
