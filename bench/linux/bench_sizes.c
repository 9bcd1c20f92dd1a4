// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Arrays as large as the objects of the adapter: bench/sizes asks nm. */
#include "adapters/linux/linux_internal.h"

#define BENCH_SIZE(name, type)                                                 \
	extern const char size_##name[sizeof(type)];                           \
	const char size_##name[sizeof(type)] = { 0 }

BENCH_SIZE(domain, struct hvpt_linux_domain);
BENCH_SIZE(device, struct hvpt_linux_device);
BENCH_SIZE(iommu, struct hvpt_linux);
