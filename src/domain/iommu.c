/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * iommu.c - the pvIOMMU object and its two special domains.
 */
#include "domain_internal.h"

static enum hvpt_status
hvpt_iommu_config_check(const struct hvpt_iommu_config *config)
{
	const struct hvpt_transport_ops *ops = config->transport.ops;

	if (!ops || !ops->borrow || !ops->issue || !ops->give_back)
		return HVPT_ERR_OPS;
	if (!hvpt_ids_ok(&config->ids))
		return HVPT_ERR_DOMAIN_ID;
	if (config->width_limit != 0 && (config->width_limit < HVPT_WIDTH_MIN ||
					 config->width_limit > HVPT_WIDTH_5))
		return HVPT_ERR_WIDTH;
	return HVPT_OK;
}

static void hvpt_iommu_prepare(struct hvpt_iommu *iommu,
			       const struct hvpt_iommu_config *config)
{
	iommu->transport = config->transport;
	iommu->domains = NULL;
	iommu->devices = NULL;
	hvpt_stats_init(iommu);
	iommu->epoch = 0;
	iommu->old_blocked = 0;
	iommu->handed_over = false;
	hvpt_ids_init(iommu, &config->ids);
	hvpt_domain_prepare(&iommu->identity, iommu, HVPT_DOMAIN_IDENTITY);
	hvpt_domain_prepare(&iommu->blocked, iommu, HVPT_DOMAIN_BLOCKED);
}

static enum hvpt_status hvpt_iommu_create_special(struct hvpt_iommu *iommu)
{
	struct hvpt_answer answer;
	enum hvpt_status status;
	bool stuck;

	status = hvpt_domain_create(&iommu->identity, &stuck);
	if (status != HVPT_OK)
		return status;
	status = hvpt_domain_create(&iommu->blocked, &stuck);
	if (status == HVPT_OK)
		return HVPT_OK;
	/* not noted: the failure to report is the one before */
	(void)!hvpt_hvcall_delete_domain(&iommu->transport, iommu->identity.id,
					 &answer);
	return status;
}

enum hvpt_status hvpt_iommu_init(struct hvpt_iommu *iommu,
				 const struct hvpt_iommu_config *config)
{
	enum hvpt_status status;
	uint32_t width;

	iommu->last_failure = 0;
	status = hvpt_iommu_config_check(config);
	if (status != HVPT_OK)
		return status;
	hvpt_iommu_prepare(iommu, config);
	status = hvpt_iommu_probe(iommu, &iommu->caps, &width);
	if (status != HVPT_OK)
		return status;
	if (config->width_limit != 0 && width > config->width_limit)
		width = config->width_limit;
	iommu->width = width;
	status = hvpt_iommu_probe_flush(iommu);
	return status == HVPT_OK ? hvpt_iommu_create_special(iommu) : status;
}

/* A domain that was deleted is not linked: a retry does not delete it again. */
static bool hvpt_iommu_has(const struct hvpt_iommu *iommu,
			   const struct hvpt_domain *wanted)
{
	const struct hvpt_domain *domain = iommu->domains;

	while (domain && domain != wanted)
		domain = domain->next;
	return domain != NULL;
}

static bool hvpt_iommu_is_busy(const struct hvpt_iommu *iommu)
{
	const struct hvpt_domain *domain;

	for (domain = iommu->domains; domain; domain = domain->next)
		if (domain->kind == HVPT_DOMAIN_PAGING)
			return true;
	return iommu->devices != NULL;
}

enum hvpt_status hvpt_iommu_destroy(struct hvpt_iommu *iommu)
{
	enum hvpt_status status = HVPT_OK;

	if (hvpt_iommu_is_busy(iommu))
		return HVPT_ERR_BUSY;
	if (hvpt_domain_is_lost(&iommu->blocked) ||
	    hvpt_domain_is_lost(&iommu->identity))
		return HVPT_ERR_LOST;
	hvpt_resume_old_blocked(iommu);
	if (!iommu->handed_over && hvpt_iommu_has(iommu, &iommu->identity))
		status = hvpt_domain_delete(&iommu->identity);
	if (status == HVPT_OK && hvpt_iommu_has(iommu, &iommu->blocked))
		status = hvpt_domain_delete(&iommu->blocked);
	return status;
}
