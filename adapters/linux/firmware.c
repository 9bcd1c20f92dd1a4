// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What firmware left in the hypervisor: docs/SPEC.md, "Hand-over by firmware".
 *
 * A domain in which firmware left a device is adopted at the start. The device
 * joins it at its probe, which moves nothing, and leaves it when Linux attaches
 * the device to a domain of its own. Then the domain is deleted. Its tables
 * stay as firmware wrote them, in memory that Linux does not use.
 *
 * What cannot be adopted is treated like the domains of an earlier kernel: its
 * id is not used, and its device goes where Linux puts it.
 *
 * The lock is held in all of these functions.
 */
#include "linux_internal.h"

#include <linux/crash_dump.h>
#include <linux/io.h>
#include <linux/slab.h>

static unsigned long long handover;
module_param(handover, ullong, 0444);
MODULE_PARM_DESC(handover,
		 "address: content of /sys/firmware/efi/config_table");

/* ---- adopting -------------------------------------------------------- */

static void *hvpt_linux_left_alloc(void *ctx)
{
	return NULL;
}

/* It is firmware's, and stays reserved. */
static void hvpt_linux_left_free(void *ctx, void *page)
{
}

static const struct hvpt_page_ops hvpt_linux_left_ops = {
	.alloc_page = hvpt_linux_left_alloc,
	.free_page = hvpt_linux_left_free,
};

static enum hvpt_status
hvpt_linux_left_adopt(struct hvpt_linux_left *left,
		      const struct hvpt_handover_device *from)
{
	struct hvpt_linux_window *window = hvpt_linux_window_at(from->root);
	struct hvpt_domain_config config = {
		.pt.ops = &hvpt_linux_left_ops,
		.pt.page_sizes = hvpt_iommu_page_sizes(&hvpt_linux.iommu),
		.pt.levels = from->levels,
		.pt.width = from->width,
		.pt.form = HVPT_IOVA_LOWER,
		.policy = HVPT_FLUSH_TWO_BLOCK,
	};
	struct hvpt_audit report;

	if (!window)
		return HVPT_ERR_TABLE_PAGE;
	config.pt.direct_map_offset = (uintptr_t)window->va - window->first;
	left->device_id = from->device_id;
	return hvpt_domain_adopt(&left->core, &hvpt_linux.iommu, &config, from,
				 hvpt_linux_window_check, window, &report);
}

static bool hvpt_linux_left_add(const struct hvpt_handover_device *from)
{
	struct hvpt_linux_left *left = kzalloc_obj(*left, GFP_KERNEL);
	enum hvpt_status status = HVPT_ERR_NO_MEMORY;

	if (left)
		status = hvpt_linux_left_adopt(left, from);
	if (status == HVPT_OK) {
		list_add_tail(&left->link, &hvpt_linux.left);
		return true;
	}
	kfree(left);
	pr_warn_ratelimited(
		"device %#llx: firmware's domain %u is not adopted: %s\n",
		from->device_id, from->domain_id, hvpt_status_name(status));
	return false;
}

static void hvpt_linux_left_add_all(const struct hvpt_handover *table)
{
	struct hvpt_handover_device from;
	u32 i, adopted = 0;

	for (i = 0; i < table->devices; i++) {
		hvpt_handover_read_device(table, i, &from);
		adopted += hvpt_linux_left_add(&from);
	}
	if (table->devices)
		pr_info("firmware left %u devices in domains, %u adopted\n",
			table->devices, adopted);
}

/* Return: @id, or 0 when there is no such domain or it is one of ours. */
static u32 hvpt_linux_left_special(u32 id)
{
	struct hvpt_answer answer;

	if (!id ||
	    id == hvpt_domain_id(hvpt_iommu_identity(&hvpt_linux.iommu)) ||
	    id == hvpt_domain_id(hvpt_iommu_blocked(&hvpt_linux.iommu)))
		return 0;
	return hvpt_hvcall_flush_domain(&hvpt_linux.transport, id, &answer) ==
			       HVPT_OK ?
		       id :
		       0;
}

static void hvpt_linux_left_read(const void *start, u64 bytes)
{
	struct hvpt_handover table;
	enum hvpt_status status = hvpt_handover_read(start, bytes, &table);

	if (status != HVPT_OK) {
		pr_warn("firmware's hand-over table is not used: %s\n",
			hvpt_status_name(status));
		return;
	}
	hvpt_linux.left_identity = hvpt_linux_left_special(table.identity_id);
	hvpt_linux.left_blocked = hvpt_linux_left_special(table.blocked_id);
	hvpt_linux_left_add_all(&table);
}

/*
 * A kernel that was started by a crash does not look: the domains of the dead
 * kernel have replaced those of firmware.
 */
void hvpt_linux_left_find(void)
{
	u64 at = handover ? handover : hvpt_compat_config_table();
	void *start;
	u64 bytes;

	hvpt_linux.left_identity = 0;
	hvpt_linux.left_blocked = 0;
	if (!at || is_kdump_kernel())
		return;
	start = hvpt_linux_firmware_table(at, &bytes);
	if (start) {
		hvpt_linux_left_read(start, bytes);
		memunmap(start);
	} else if (handover) {
		pr_warn("parameter handover: no hand-over table at %#llx\n",
			at);
	}
}

/* ---- devices --------------------------------------------------------- */

/* In doubt it could not be attached to a third domain, so block it. */
static void hvpt_linux_left_refused(struct hvpt_linux_device *hdev,
				    enum hvpt_status status)
{
	struct hvpt_domain *blocked = hvpt_iommu_blocked(&hvpt_linux.iommu);

	hvpt_linux_complain("a device cannot stay in firmware's domain",
			    status);
	status = hvpt_device_attach(&hdev->core, blocked);
	if (status != HVPT_OK)
		hvpt_linux_complain("nor can it be blocked", status);
}

/* A device that Linux has just found stays where firmware left it. */
void hvpt_linux_left_join(struct hvpt_linux_device *hdev)
{
	struct hvpt_linux_left *left;
	enum hvpt_status status;

	list_for_each_entry(left, &hvpt_linux.left, link) {
		if (left->joined ||
		    left->device_id != hvpt_device_id(&hdev->core))
			continue;
		left->joined = true;
		status = hvpt_device_attach(&hdev->core, &left->core);
		if (status != HVPT_OK)
			hvpt_linux_left_refused(hdev, status);
		return;
	}
}

bool hvpt_linux_is_left(const struct hvpt_domain *domain)
{
	struct hvpt_linux_left *left;

	list_for_each_entry(left, &hvpt_linux.left, link)
		if (&left->core == domain)
			return true;
	return false;
}

/* ---- ending ---------------------------------------------------------- */

/* Deletes the domains that their devices have left. */
void hvpt_linux_left_retry(void)
{
	struct hvpt_linux_left *left, *next;

	list_for_each_entry_safe(left, next, &hvpt_linux.left, link) {
		if (!left->joined || hvpt_domain_device_count(&left->core) ||
		    hvpt_domain_destroy(&left->core) != HVPT_OK)
			continue;
		list_del(&left->link);
		kfree(left);
	}
}

/* A device that Linux never found goes to identity, as the others do. */
static void hvpt_linux_left_hand_over(const struct hvpt_linux_left *left)
{
	struct hvpt_device device;

	if (left->joined ||
	    hvpt_device_probe(&device, &hvpt_linux.iommu, left->device_id,
			      false) != HVPT_OK)
		return;
	if (hvpt_device_hand_over(&device) != HVPT_OK) {
		pr_notice("device %#llx stays in firmware's domain\n",
			  left->device_id);
		hvpt_device_gone(&device);
	}
}

static void hvpt_linux_left_delete(u32 id)
{
	struct hvpt_answer answer;

	if (id && hvpt_hvcall_delete_domain(&hvpt_linux.transport, id,
					    &answer) != HVPT_OK)
		pr_notice("firmware's domain %u stays behind\n", id);
}

/* All devices of Linux were handed over. */
void hvpt_linux_left_end(void)
{
	struct hvpt_linux_left *left, *next;

	list_for_each_entry_safe(left, next, &hvpt_linux.left, link) {
		hvpt_linux_left_hand_over(left);
		hvpt_linux_left_delete(hvpt_domain_id(&left->core));
		WARN_ON_ONCE(hvpt_domain_abandon(&left->core) != HVPT_OK);
		list_del(&left->link);
		kfree(left);
	}
	hvpt_linux_left_delete(hvpt_linux.left_identity);
	hvpt_linux_left_delete(hvpt_linux.left_blocked);
	hvpt_linux_windows_close();
}
