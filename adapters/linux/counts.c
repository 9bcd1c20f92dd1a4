// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The library's counters of flushes, for each processor its own. Otherwise all
 * processors would write to one cache line in each strict unmap.
 */
#include "linux_internal.h"

#include <linux/percpu.h>

/* What the library's own lack. */
static DEFINE_PER_CPU(struct hvpt_iommu_stats, hvpt_linux_counts);

/* HVPT_PORT_COUNT. @counter: in the statistics of the one pvIOMMU. */
void hvpt_linux_count(uint64_t *counter, uint64_t more)
{
	u64 __percpu *first = (u64 __percpu *)&hvpt_linux_counts;

	this_cpu_add(first[counter - (u64 *)&hvpt_linux.iommu.stats], more);
}

/* No flush may run meanwhile. */
void hvpt_linux_counts_clear(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(&hvpt_linux_counts, cpu), 0,
		       sizeof(struct hvpt_iommu_stats));
}

/* All of them, whichever the library counts so: each is 64 bits. */
static void hvpt_linux_counts_add(struct hvpt_iommu_stats *stats,
				  const struct hvpt_iommu_stats *more)
{
	const u64 *from = (const u64 *)more;
	u64 *to = (u64 *)stats;
	unsigned int i;

	for (i = 0; i < sizeof(*stats) / sizeof(*to); i++)
		to[i] += READ_ONCE(from[i]);
}

void hvpt_linux_read_stats(struct hvpt_iommu_stats *stats)
{
	int cpu;

	hvpt_iommu_read_stats(&hvpt_linux.iommu, stats);
	for_each_possible_cpu(cpu)
		hvpt_linux_counts_add(stats,
				      per_cpu_ptr(&hvpt_linux_counts, cpu));
}
