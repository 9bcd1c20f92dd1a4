/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The model hypervisor, which reports all results an access may have. */
#include "backend.h"

#include "replay_domain.h"

static struct sight sight_of(const struct hypervisor_outcome *outcome,
			     bool cached)
{
	struct sight sight = { SIGHT_REFUSED, cached, 0 };

	if (outcome->translated) {
		sight.kind = SIGHT_AT;
		sight.gpa = outcome->gpa;
	}
	return sight;
}

static void tell(const struct hypervisor_dma *dma, struct seen *seen)
{
	size_t i;

	seen->at[0] = sight_of(&dma->fresh, false);
	for (i = 0; i < dma->stale_count && i < HYPERVISOR_STALE_MAX; i++)
		seen->at[1 + i] = sight_of(&dma->stale[i], true);
	seen->count = 1 + i;
}

static void model_access(struct backend *backend, const struct domain *domain,
			 const struct access *access, struct seen seen[2])
{
	struct hypervisor_dma dma[2];

	(void)backend;
	hypervisor_dma_both(domain->hv, domain->device_id, access->iova, dma);
	tell(&dma[0], &seen[0]);
	tell(&dma[1], &seen[1]);
}

const struct backend_ops backend_model_ops = {
	.name = "memory",
	.cache_name = "a stale cache",
	.device = true,
	.access = model_access,
};
