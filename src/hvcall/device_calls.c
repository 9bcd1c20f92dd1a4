/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * device_calls.c - moving a device between domains.
 */
#include "hvcall_internal.h"

enum hvpt_status
hvpt_hvcall_attach_device(const struct hvpt_transport *transport,
			  uint32_t domain_id, uint64_t device_id,
			  struct hvpt_answer *answer)
{
	struct hvpt_call call;
	enum hvpt_status status;

	hvpt_answer_clear(answer, HVPT_HVCALL_ATTACH_DEVICE_DOMAIN);
	status = hvpt_domain_id_check(domain_id);
	if (status == HVPT_OK)
		status = hvpt_device_id_check(device_id);
	if (status == HVPT_OK)
		status = hvpt_call_begin_domain(
			&call, transport, answer,
			HVPT_HVCALL_ATTACH_DEVICE_DOMAIN, domain_id,
			sizeof(struct hvpt_hv_attach_device_domain));
	if (status != HVPT_OK)
		return status;
	HVPT_CALL_SET(&call, struct hvpt_hv_attach_device_domain, device_id,
		      hvpt_hv_device_logical(device_id));
	return hvpt_call_finish(&call);
}

enum hvpt_status
hvpt_hvcall_detach_device(const struct hvpt_transport *transport,
			  uint64_t device_id, struct hvpt_answer *answer)
{
	struct hvpt_call call;
	enum hvpt_status status;

	hvpt_answer_clear(answer, HVPT_HVCALL_DETACH_DEVICE_DOMAIN);
	status = hvpt_device_id_check(device_id);
	if (status == HVPT_OK)
		status = hvpt_call_begin(
			&call, transport, answer,
			sizeof(struct hvpt_hv_detach_device_domain));
	if (status != HVPT_OK)
		return status;
	HVPT_CALL_SET(&call, struct hvpt_hv_detach_device_domain, partition_id,
		      HVPT_HV_PARTITION_SELF);
	HVPT_CALL_SET(&call, struct hvpt_hv_detach_device_domain, device_id,
		      hvpt_hv_device_logical(device_id));
	return hvpt_call_finish(&call);
}
