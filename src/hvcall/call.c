/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * call.c - borrowing the page, issuing a call, continuing a rep call.
 *
 * TLFS, Hypercall Inputs and Hypercall Outputs.
 */
#include "hvcall_internal.h"

/*
 * Volatile and not HVPT_PORT_STORE and HVPT_PORT_LOAD: those are for words that
 * an IOMMU or another thread may access, and the page belongs to this call.
 */
void hvpt_call_write(const struct hvpt_call *call, size_t offset,
		     uint64_t value)
{
	*((volatile uint64_t *)call->page.va + offset / 8) = value;
}

uint64_t hvpt_call_read(const struct hvpt_call *call, size_t offset)
{
	return *((const volatile uint64_t *)call->page.va + offset / 8);
}

/* Can the hypervisor use the page, and this code write to it? */
static bool hvpt_call_page_ok(const struct hvpt_call_page *page)
{
	return page->va &&
	       ((uintptr_t)page->va & (HVPT_HV_PAGE_BYTES - 1)) == 0 &&
	       (page->gpa.value & (HVPT_HV_PAGE_BYTES - 1)) == 0 &&
	       page->gpa.value >> HVPT_GPA_LG2 == 0;
}

enum hvpt_status
hvpt_call_begin(struct hvpt_call *call, const struct hvpt_transport *transport,
		struct hvpt_answer *answer, uint32_t input_bytes)
{
	uint32_t offset;

	call->transport = transport;
	call->answer = answer;
	call->input_bytes = input_bytes;
	/* a field that the hook does not set must not pass the checks */
	call->page.va = NULL;
	call->page.gpa.value = 0;
	call->page.cookie = 0;
	if (!transport->ops->borrow(transport->ctx, &call->page))
		return HVPT_ERR_CALL_PAGE;
	if (!hvpt_call_page_ok(&call->page)) {
		hvpt_call_end(call);
		return HVPT_ERR_CALL_PAGE;
	}
	for (offset = 0; offset < input_bytes; offset += 8)
		hvpt_call_write(call, offset, 0);
	return HVPT_OK;
}

enum hvpt_status hvpt_call_begin_domain(struct hvpt_call *call,
					const struct hvpt_transport *transport,
					struct hvpt_answer *answer,
					uint16_t code, uint32_t domain_id,
					uint32_t input_bytes)
{
	enum hvpt_status status;

	hvpt_answer_clear(answer, code);
	status = hvpt_domain_id_check(domain_id);
	if (status == HVPT_OK)
		status = hvpt_call_begin(call, transport, answer, input_bytes);
	if (status != HVPT_OK)
		return status;
	HVPT_CALL_SET(call, struct hvpt_hv_device_domain, partition_id,
		      HVPT_HV_PARTITION_SELF);
	HVPT_CALL_SET(call, struct hvpt_hv_device_domain, domain_id,
		      hvpt_hv_domain_id(HVPT_HV_DOMAIN_TYPE_S1, domain_id));
	return HVPT_OK;
}

/* Issues the call once; the raw result is in the answer. */
static uint16_t hvpt_call_once(struct hvpt_call *call, unsigned count,
			       unsigned start, hvpt_gpa_t output)
{
	const struct hvpt_transport *transport = call->transport;
	struct hvpt_answer *answer = call->answer;

	answer->trips++;
	answer->result = transport->ops->issue(
		transport->ctx, hvpt_hv_control(answer->code, count, start),
		call->page.gpa, output);
	return hvpt_hv_result_status(answer->result);
}

enum hvpt_status hvpt_call_issue(struct hvpt_call *call, bool output)
{
	hvpt_gpa_t where = hvpt_gpa(0);

	if (output)
		where = hvpt_gpa(call->page.gpa.value + call->input_bytes);
	return hvpt_hv_status_map(hvpt_call_once(call, 0, 0, where));
}

/*
 * May a rep call continue after @status? Isolated VMs get TIMEOUT where the
 * hypervisor would otherwise resume the call by itself. Any VM may get SUCCESS
 * with elements left over.
 */
static bool hvpt_call_may_continue(uint16_t status)
{
	return status == HVPT_HV_STATUS_SUCCESS ||
	       status == HVPT_HV_STATUS_TIMEOUT;
}

enum hvpt_status hvpt_call_issue_reps(struct hvpt_call *call, unsigned count)
{
	unsigned done = 0;

	while (done < count) {
		uint16_t status = hvpt_call_once(call, count, done,
						 hvpt_gpa(0));
		unsigned reps = hvpt_hv_result_reps(call->answer->result);
		bool sane = reps >= done && reps <= count;

		if (sane)
			call->answer->reps = (uint16_t)reps;
		if (!hvpt_call_may_continue(status))
			return hvpt_hv_status_map(status);
		if (sane && reps == done && status == HVPT_HV_STATUS_TIMEOUT)
			return HVPT_ERR_HV_TIMEOUT;
		if (!sane || reps == done)
			return HVPT_ERR_HV_PROGRESS;
		done = reps;
	}
	return HVPT_OK;
}

void hvpt_call_end(struct hvpt_call *call)
{
	call->transport->ops->give_back(call->transport->ctx, &call->page);
}

enum hvpt_status hvpt_call_finish(struct hvpt_call *call)
{
	enum hvpt_status status = hvpt_call_issue(call, false);

	hvpt_call_end(call);
	return status;
}
