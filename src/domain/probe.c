/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe.c - what the host offers, and recording what it refused.
 */
#include "domain_internal.h"

enum hvpt_status hvpt_iommu_note(struct hvpt_iommu *iommu,
				 enum hvpt_status status,
				 const struct hvpt_answer *answer)
{
	uint64_t word = (uint64_t)answer->code << 16 |
			hvpt_hv_result_status(answer->result);

	/* with no trip no hypercall was made: there is nothing to record */
	if (status != HVPT_OK && answer->trips != 0) {
		HVPT_PORT_STORE(&iommu->last_failure, word);
		hvpt_stats_failed(iommu, answer->code);
	}
	return status;
}

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
	/* this is the width of the devices; tables may span less */
	if (bits > HVPT_WIDTH_5)
		bits = HVPT_WIDTH_5;
	if (!(caps->caps & HVPT_HV_IOMMU_CAP_S1_5LVL) && bits > HVPT_WIDTH_4)
		bits = HVPT_WIDTH_4;
	if (bits < HVPT_WIDTH_MIN)
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
	/* an older host, without a pvIOMMU; not a fault */
	if (status == HVPT_ERR_HV_CODE)
		return HVPT_ERR_NO_IOMMU;
	if (status != HVPT_OK)
		return status;
	return hvpt_caps_check(caps, width);
}

/*
 * Is a FLUSH refused where there is no domain? The last id is one that is
 * hardly ever in use. The refusal is not an error. A host that denies the call,
 * or does not have it, says nothing about the domain.
 */
enum hvpt_status hvpt_iommu_probe_flush(struct hvpt_iommu *iommu)
{
	struct hvpt_answer answer;
	enum hvpt_status status = hvpt_hvcall_flush_domain(
		&iommu->transport, HVPT_DOMAIN_ID_LAST, &answer);

	if (status != HVPT_OK && !hvpt_answer_is_heard(&answer))
		return hvpt_iommu_note(iommu, status, &answer);
	iommu->flush_probes = status != HVPT_OK &&
			      status != HVPT_ERR_HV_DENIED &&
			      status != HVPT_ERR_HV_CODE;
	return HVPT_OK;
}
