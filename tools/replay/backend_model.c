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

static size_t model_access(struct backend *backend, const struct domain *domain,
			   const struct access *access,
			   struct sight sights[BACKEND_SIGHTS_MAX])
{
	struct hypervisor_dma dma;
	size_t i;

	(void)backend;
	hypervisor_dma(domain->hv, domain->device_id, access->iova,
		       access->write, &dma);
	sights[0] = sight_of(&dma.fresh, false);
	for (i = 0; i < dma.stale_count && i < HYPERVISOR_STALE_MAX; i++)
		sights[1 + i] = sight_of(&dma.stale[i], true);
	return 1 + i;
}

const struct backend_ops backend_model_ops = {
	.name = "memory",
	.cache_name = "a stale cache",
	.device = true,
	.access = model_access,
};
