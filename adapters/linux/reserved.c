// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * IOVAs that are never allocated and never mapped: the interrupt (MSI) window,
 * which no IOMMU translates, and the ranges that the parameter names.
 */
#include "linux_internal.h"

/* How many ranges the parameter may name. */
#define HVPT_LINUX_RESERVE_MAX 7

static char *reserve;
module_param(reserve, charp, 0444);
MODULE_PARM_DESC(reserve, "IOVAs to leave alone: FIRST-LAST[,FIRST-LAST]...");

/* The first is the interrupt window. */
static struct hvpt_iova_range hvpt_linux_ranges[1 + HVPT_LINUX_RESERVE_MAX] = {
	HVPT_RESERVED_MSI
};

static u32 hvpt_linux_range_count = 1;

/* Reads "FIRST-LAST" at @text. Return: what follows it, or NULL. */
static const char *hvpt_linux_range_read(const char *text,
					 struct hvpt_iova_range *range)
{
	char *end;

	range->first.value = simple_strtoull(text, &end, 0);
	if (end == text || *end != '-')
		return NULL;
	text = end + 1;
	range->last.value = simple_strtoull(text, &end, 0);
	if (end == text || range->first.value > range->last.value)
		return NULL;
	return end;
}

/* Return: 0; -EINVAL: then only the interrupt window is reserved. */
int hvpt_linux_reserved_init(void)
{
	const char *text = reserve;
	u32 count = 1;

	hvpt_linux_range_count = 1;
	while (text && *text) {
		if (count > HVPT_LINUX_RESERVE_MAX)
			return -EINVAL;
		text = hvpt_linux_range_read(text, &hvpt_linux_ranges[count++]);
		if (!text || (*text && *text++ != ','))
			return -EINVAL;
	}
	hvpt_linux_range_count = count;
	return 0;
}

const struct hvpt_iova_range *hvpt_linux_reserved(u32 *count)
{
	*count = hvpt_linux_range_count;
	return hvpt_linux_ranges;
}

void hvpt_linux_get_resv_regions(struct device *dev, struct list_head *list)
{
	struct iommu_resv_region *region;
	u32 i;

	for (i = 0; i < hvpt_linux_range_count; i++) {
		u64 first = hvpt_linux_ranges[i].first.value;

		region = iommu_alloc_resv_region(
			first, hvpt_linux_ranges[i].last.value - first + 1, 0,
			i == 0 ? IOMMU_RESV_MSI : IOMMU_RESV_RESERVED,
			GFP_KERNEL);
		if (region)
			list_add_tail(&region->list, list);
	}
}
