/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * query.c - reading the capabilities, and the property of a device.
 */
#include "hvcall_internal.h"

/* Where a narrow field lies in word 0 of the capabilities. */
#define HVPT_CAPS_BITS(field)                                                  \
	(HVPT_HV_OFFSET(struct hvpt_hv_iommu_capabilities, field) * 8)

enum hvpt_status hvpt_hvcall_get_caps(const struct hvpt_transport *transport,
				      struct hvpt_iommu_caps *caps,
				      struct hvpt_answer *answer)
{
	struct hvpt_call call;
	enum hvpt_status status;
	uint64_t widths;

	hvpt_answer_clear(answer, HVPT_HVCALL_GET_IOMMU_CAPABILITIES);
	status = hvpt_call_begin(&call, transport, answer,
				 sizeof(struct hvpt_hv_get_iommu_capabilities));
	if (status != HVPT_OK)
		return status;
	HVPT_CALL_SET(&call, struct hvpt_hv_get_iommu_capabilities,
		      partition_id, HVPT_HV_PARTITION_SELF);
	status = hvpt_call_issue(&call, true);
	if (status == HVPT_OK) {
		widths = HVPT_CALL_GET(&call, struct hvpt_hv_iommu_capabilities,
				       size);
		caps->iova_width = (uint8_t)(widths >>
					     HVPT_CAPS_BITS(max_iova_width));
		caps->pasid_width = (uint8_t)(widths >>
					      HVPT_CAPS_BITS(max_pasid_width));
		caps->caps = HVPT_CALL_GET(
			&call, struct hvpt_hv_iommu_capabilities, iommu_cap);
		caps->page_sizes = HVPT_CALL_GET(
			&call, struct hvpt_hv_iommu_capabilities,
			pgsize_bitmap);
	}
	hvpt_call_end(&call);
	return status;
}

enum hvpt_status
hvpt_hvcall_get_device_iommu(const struct hvpt_transport *transport,
			     uint64_t device_id, bool *enabled,
			     struct hvpt_answer *answer)
{
	struct hvpt_call call;
	enum hvpt_status status;
	uint64_t property;

	hvpt_answer_clear(answer, HVPT_HVCALL_GET_LOGICAL_DEVICE_PROPERTY);
	status = hvpt_device_id_check(device_id);
	if (status == HVPT_OK)
		status = hvpt_call_begin(
			&call, transport, answer,
			sizeof(struct hvpt_hv_get_logical_device_property));
	if (status != HVPT_OK)
		return status;
	HVPT_CALL_SET(&call, struct hvpt_hv_get_logical_device_property,
		      partition_id, HVPT_HV_PARTITION_SELF);
	HVPT_CALL_SET(&call, struct hvpt_hv_get_logical_device_property,
		      logical_device_id, device_id);
	HVPT_CALL_SET(&call, struct hvpt_hv_get_logical_device_property, code,
		      HVPT_HV_DEVICE_PROPERTY_PVIOMMU);
	status = hvpt_call_issue(&call, true);
	if (status == HVPT_OK) {
		property = HVPT_CALL_GET(&call,
					 struct hvpt_hv_logical_device_property,
					 device_iommu);
		*enabled = (property & HVPT_HV_DEVICE_IOMMU_ENABLED) != 0;
	}
	hvpt_call_end(&call);
	return status;
}

#undef HVPT_CAPS_BITS
