/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * iommu.c - finding the pvIOMMU, and its two special domains.
 */
#include "internal.h"

/* IOVA bits of tables: more than a page, and what 4 or 5 levels span. */
#define HVPT_WIDTH_MIN (HVPT_PAGE_LG2 + 1)
#define HVPT_WIDTH_4 HVPT_LEVEL_LG2(HVPT_MIN_LEVELS)
#define HVPT_WIDTH_5 HVPT_LEVEL_LG2(HVPT_MAX_LEVELS)

enum hvpt_status hvpt_iommu_note(struct hvpt_iommu *iommu,
				 enum hvpt_status status,
				 const struct hvpt_answer *answer)
{
	uint64_t word = (uint64_t)answer->code << 16 |
			hvpt_hv_result_status(answer->result);

	/* without a result no hypercall was made: the status says it all */
	if (status != HVPT_OK && answer->result != 0)
		HVPT_PORT_STORE(&iommu->last_failure, word);
	return status;
}

/* ---- probe ----------------------------------------------------------- */

static enum hvpt_status hvpt_caps_check(const struct hvpt_iommu_caps *caps,
					uint32_t *width)
{
	uint32_t bits = caps->iova_width;

	if (!(caps->caps & HVPT_HV_IOMMU_CAP_PRESENT))
		return HVPT_ERR_NO_IOMMU;
	if (!(caps->caps & HVPT_HV_IOMMU_CAP_S1))
		return HVPT_ERR_NO_STAGE1;
	if (!(caps->page_sizes & HVPT_PAGE_SIZE_4K))
		return HVPT_ERR_IOMMU_CAPS;
	/* the width is that of the devices; 4 levels span less */
	if (!(caps->caps & HVPT_HV_IOMMU_CAP_S1_5LVL) && bits > HVPT_WIDTH_4)
		bits = HVPT_WIDTH_4;
	if (bits < HVPT_WIDTH_MIN || bits > HVPT_WIDTH_5)
		return HVPT_ERR_IOMMU_CAPS;
	*width = bits;
	return HVPT_OK;
}

enum hvpt_status hvpt_iommu_probe(struct hvpt_iommu *iommu,
				  struct hvpt_iommu_caps *caps, uint32_t *width)
{
	struct hvpt_answer answer;
	enum hvpt_status status;

	status = hvpt_hvcall_get_caps(&iommu->transport, caps, &answer);
	hvpt_iommu_note(iommu, status, &answer);
	/* an older host: it has no pvIOMMU, and that is no fault */
	if (status == HVPT_ERR_HV_CODE)
		return HVPT_ERR_NO_IOMMU;
	if (status != HVPT_OK)
		return status;
	return hvpt_caps_check(caps, width);
}

/* ---- life ------------------------------------------------------------ */

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
	iommu->transport.ops = config->transport.ops;
	iommu->transport.ctx = config->transport.ctx;
	iommu->domains = NULL;
	iommu->devices = NULL;
	iommu->no_list = 0;
	iommu->last_failure = 0;
	iommu->epoch = 0;
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
	/* neither checked nor noted: the cause is what counts */
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
	return hvpt_iommu_create_special(iommu);
}

/* Unlinked is deleted: a second try does not delete again. */
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
	if (hvpt_iommu_has(iommu, &iommu->identity))
		status = hvpt_domain_delete(&iommu->identity);
	if (status == HVPT_OK && hvpt_iommu_has(iommu, &iommu->blocked))
		status = hvpt_domain_delete(&iommu->blocked);
	return status;
}
