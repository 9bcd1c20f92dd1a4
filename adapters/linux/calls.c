// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Traces hypercalls on their way to the platform. */
#include "linux_internal.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static const struct hvpt_transport *hvpt_linux_untraced;

static bool hvpt_linux_call_borrow(void *ctx, struct hvpt_call_page *page)
{
	return hvpt_linux_untraced->ops->borrow(hvpt_linux_untraced->ctx, page);
}

static uint64_t hvpt_linux_call_issue(void *ctx, uint64_t control,
				      hvpt_gpa_t input, hvpt_gpa_t output)
{
	const struct hvpt_transport *transport = hvpt_linux_untraced;
	u64 result = transport->ops->issue(transport->ctx, control, input,
					   output);
	u32 status = result & 0xffff;

	trace_hvpt_hypercall(control, result);
	if ((control & 0xffff) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST &&
	    status != HVPT_HV_STATUS_SUCCESS &&
	    status != HVPT_HV_STATUS_TIMEOUT)
		trace_hvpt_fallback(status);
	return result;
}

static void hvpt_linux_call_give_back(void *ctx, struct hvpt_call_page *page)
{
	hvpt_linux_untraced->ops->give_back(hvpt_linux_untraced->ctx, page);
}

static const struct hvpt_transport_ops hvpt_linux_traced = {
	.borrow = hvpt_linux_call_borrow,
	.issue = hvpt_linux_call_issue,
	.give_back = hvpt_linux_call_give_back,
};

/* @transport: stays until the pvIOMMU is given up */
void hvpt_linux_trace_transport(const struct hvpt_transport *transport)
{
	hvpt_linux_untraced = transport;
	hvpt_linux.transport.ops = &hvpt_linux_traced;
	hvpt_linux.transport.ctx = NULL;
}
