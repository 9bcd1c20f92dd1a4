// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The prefixes of logical ids, by PCI domain. */
#include <linux/export.h>
#include <linux/hv_logical_ids.h>
#include <linux/xarray.h>

static DEFINE_XARRAY(hv_logical_ids);

/**
 * hv_logical_ids_add() - register a bus, before it is scanned
 * @domain: its PCI domain
 * @instance: the GUID of its VMBus channel
 *
 * Context: may sleep.
 * Return: 0; -EBUSY: the domain is registered already; -ENOMEM.
 */
int hv_logical_ids_add(u32 domain, const guid_t *instance)
{
	u32 prefix = hv_logical_id_prefix(instance);

	return xa_insert(&hv_logical_ids, domain, xa_mk_value(prefix),
			 GFP_KERNEL);
}
EXPORT_SYMBOL_GPL(hv_logical_ids_add);

/**
 * hv_logical_ids_remove() - remove a bus, after its last device is gone
 * @domain: its PCI domain
 */
void hv_logical_ids_remove(u32 domain)
{
	xa_erase(&hv_logical_ids, domain);
}
EXPORT_SYMBOL_GPL(hv_logical_ids_remove);

/**
 * hv_logical_ids_find() - the prefix of a bus
 * @domain: its PCI domain
 * @prefix: out: written only on success
 *
 * Context: any.
 * Return: 0; -ENOENT: no virtual PCI bus of the host has this domain.
 */
int hv_logical_ids_find(u32 domain, u32 *prefix)
{
	void *entry = xa_load(&hv_logical_ids, domain);

	if (!entry)
		return -ENOENT;
	*prefix = xa_to_value(entry);
	return 0;
}
EXPORT_SYMBOL_GPL(hv_logical_ids_find);
