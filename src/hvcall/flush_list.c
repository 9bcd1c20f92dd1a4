/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * flush_list.c - flushing by a list of descriptors.
 */
#include "hvcall_internal.h"

/* Fills the page behind the header. Return: OK, FLUSH_ENTRY, EMPTY. */
static enum hvpt_status hvpt_flush_list_fill(const struct hvpt_call *call,
					     hvpt_flush_source_fn source,
					     void *ctx, unsigned *count)
{
	unsigned n = 0;
	uint64_t entry = 0;

	while (n < HVPT_HV_FLUSH_LIST_MAX && source(ctx, &entry)) {
		if (!hvpt_hv_flush_entry_ok(entry))
			return HVPT_ERR_FLUSH_ENTRY;
		hvpt_call_write(call, call->input_bytes + 8u * n, entry);
		n++;
	}
	*count = n;
	return n ? HVPT_OK : HVPT_ERR_EMPTY;
}

enum hvpt_status hvpt_hvcall_flush_list(const struct hvpt_transport *transport,
					uint32_t domain_id,
					hvpt_flush_source_fn source, void *ctx,
					struct hvpt_answer *answer)
{
	struct hvpt_call call;
	unsigned count;
	enum hvpt_status status = hvpt_call_begin_domain(
		&call, transport, answer, HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST,
		domain_id, sizeof(struct hvpt_hv_flush_device_domain_list));

	if (status != HVPT_OK)
		return status;
	HVPT_CALL_SET(&call, struct hvpt_hv_flush_device_domain_list, flags,
		      HVPT_HV_FLUSH_LIST_IOMMU_FORMAT);
	status = hvpt_flush_list_fill(&call, source, ctx, &count);
	if (status == HVPT_OK)
		status = hvpt_call_issue_reps(&call, count);
	hvpt_call_end(&call);
	return status;
}

enum hvpt_status hvpt_hvcall_flush_lists(const struct hvpt_transport *transport,
					 uint32_t domain_id,
					 hvpt_flush_source_fn source, void *ctx,
					 struct hvpt_answer *answer)
{
	enum hvpt_status status;
	bool more = false;

	do {
		status = hvpt_hvcall_flush_list(transport, domain_id, source,
						ctx, answer);
		/* the last page was full, and nothing is left */
		if (status == HVPT_ERR_EMPTY && more)
			return HVPT_OK;
		more = true;
	} while (status == HVPT_OK && answer->reps == HVPT_HV_FLUSH_LIST_MAX);
	return status;
}
