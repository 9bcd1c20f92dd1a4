// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <linux/io.h>
#include <linux/pci.h>

#include "guest_access.h"
#include "keep.h"

#define KEEP_MAGIC 0x7470766865657021ull

/* Where tests/guest/guest.py puts it; beyond what the bridge manages. */
#define KEEP_SLOT 0x15
#define KEEP_BAR 2

/* What is before the VT-d's memory. */
#define KEEP_HEAD 0x10000

/* struct guest_kept - at the start; pointers are those of the kernel before */
struct guest_kept {
	u64 magic;
	const struct bridge *at;
	u64 vtd_memory;
	struct bridge bridge;
};

static_assert(sizeof(struct guest_kept) <= KEEP_HEAD);

struct guest_keep guest_keep;

/* guest_keep.va, when that is where to save. */
static struct guest_kept *guest_kept;

int guest_keep_open(void)
{
	struct pci_dev *pdev;
	int err;

	pdev = pci_get_domain_bus_and_slot(0, 0, PCI_DEVFN(KEEP_SLOT, 0));
	if (!pdev)
		return -ENODEV;
	err = pci_enable_device(pdev);
	if (!err) {
		guest_keep.gpa = pci_resource_start(pdev, KEEP_BAR);
		guest_keep.bytes = pci_resource_len(pdev, KEEP_BAR);
		guest_keep.va = memremap(guest_keep.gpa, guest_keep.bytes,
					 MEMREMAP_WB);
		guest_kept = guest_keep.va;
		err = guest_kept ? 0 : -ENOMEM;
	}
	pci_dev_put(pdev);
	return err;
}

void guest_keep_close(void)
{
	if (guest_keep.va)
		memunmap(guest_keep.va);
	guest_keep = (struct guest_keep){ 0 };
	guest_kept = NULL;
}

u64 guest_keep_memory(void)
{
	return guest_kept ? guest_keep.gpa + KEEP_HEAD : 0;
}

void guest_keep_count(const struct bridge *bridge, struct guest_left *left)
{
	const struct bridge_domain *domain;
	unsigned int i;

	for (i = 0; i < BRIDGE_DOMAINS; i++)
		left->domains += bridge->domain[i].id != 0;
	for (i = 0; i < VTD_DEVICE_END; i++) {
		domain = bridge->device[i].domain;
		left->translated += domain &&
				    domain->translation != VTD_PASS_THROUGH;
	}
}

bool guest_keep_load(struct bridge *bridge, struct vtd *vtd,
		     struct guest_left *left)
{
	const struct guest_kept *kept = guest_kept;
	const struct bridge_domain *first;
	unsigned int i;

	if (!kept || kept->magic != KEEP_MAGIC)
		return false;
	*bridge = kept->bridge;
	bridge->vtd = vtd;
	bridge->ram = NULL;
	vtd_resume(vtd, vtd->qemu, NULL, kept->vtd_memory);
	first = kept->at->domain;
	for (i = 0; i < VTD_DEVICE_END; i++)
		if (bridge->device[i].domain)
			bridge->device[i].domain =
				&bridge->domain[bridge->device[i].domain -
						first];
	guest_keep_count(bridge, left);
	return true;
}

void guest_keep_save(const struct bridge *bridge, const struct vtd *vtd)
{
	if (!guest_kept)
		return;
	guest_kept->at = bridge;
	guest_kept->vtd_memory = vtd->memory;
	guest_kept->bridge = *bridge;
	WRITE_ONCE(guest_kept->magic, KEEP_MAGIC);
}
