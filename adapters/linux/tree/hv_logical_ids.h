/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Logical ids: the numbers by which the hypervisor knows the functions of
 * virtual PCI buses.
 *
 * An id is the prefix of its bus and the number of the function. The prefix
 * comes from the GUID of the bus on the VMBus. The driver of the bus registers
 * it before it scans the bus, and removes it when the bus is gone; an IOMMU
 * driver finds it by the PCI domain. The registry is always built in, so each
 * of the two drivers may be a module, and none needs the other.
 */
#ifndef _LINUX_HV_LOGICAL_IDS_H
#define _LINUX_HV_LOGICAL_IDS_H

#include <linux/errno.h>
#include <linux/types.h>
#include <linux/uuid.h>

/**
 * hv_logical_id_prefix() - the prefix of a bus
 * @instance: the GUID of the bus's VMBus channel, as the host sent it
 *
 * Return: the bits of all ids on that bus; the low three, for the function, are
 * clear.
 */
static inline u32 hv_logical_id_prefix(const guid_t *instance)
{
	const u8 *b = instance->b;

	return (u32)b[5] << 24 | b[4] << 16 | b[7] << 8 | (b[6] & ~7u);
}

#ifdef CONFIG_HV_LOGICAL_IDS
int hv_logical_ids_add(u32 domain, const guid_t *instance);
void hv_logical_ids_remove(u32 domain);
int hv_logical_ids_find(u32 domain, u32 *prefix);
#else
static inline int hv_logical_ids_add(u32 domain, const guid_t *instance)
{
	return 0;
}

static inline void hv_logical_ids_remove(u32 domain)
{
}

static inline int hv_logical_ids_find(u32 domain, u32 *prefix)
{
	return -ENOENT;
}
#endif

#endif /* _LINUX_HV_LOGICAL_IDS_H */
