/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The form of a hypercall: control word, pages, result word.
 *
 * TLFS, "Hypercall Interface": Hypercall Inputs (control word), Hypercall
 * Outputs (result word), Hypercall Restrictions (alignment, page crossing,
 * overlap).
 */
#include "hypervisor_state.h"

#include <inttypes.h>
#include <string.h>

/* Statuses: TLFS, "Hypercall Status Codes". */
enum {
	SUCCESS = 0x00,
	INVALID_HYPERCALL_CODE = 0x02,
	INVALID_HYPERCALL_INPUT = 0x03,
	INVALID_ALIGNMENT = 0x04,
	ACCESS_DENIED = 0x06,
};

/*
 * Control word: 15:0 code, 16 fast, 26:17 variable header, 30:27 reserved,
 * 31 nested, 43:32 rep count, 47:44 reserved, 59:48 rep start, 63:60 reserved.
 * Of these only code, count and start are anything but 0 here: the calls of
 * device domains have no variable header, and are not known to have a fast
 * form.
 */
#define CONTROL_ZERO UINT64_C(0xf000f000ffff0000)
#define REP_MASK 0xfffu

/* Result word, 31:16 and 63:44: to be ignored by the caller, so not zero. */
#define RESULT_NOISE UINT64_C(0xa5c3500096a50000)

#define FILL_OUTPUT 0xcc

static unsigned count_of(uint64_t control)
{
	return (unsigned)(control >> 32) & REP_MASK;
}

static unsigned start_of(uint64_t control)
{
	return (unsigned)(control >> 48) & REP_MASK;
}

/* ---- the form -------------------------------------------------------- */

static uint16_t check_control(const struct hypervisor *hv,
			      const struct hypervisor_known *call,
			      uint64_t control)
{
	unsigned count = count_of(control), start = start_of(control);

	if (control & CONTROL_ZERO)
		return INVALID_HYPERCALL_INPUT;
	if (!call ||
	    (call->code == HYPERVISOR_CODE_GET_CAPS && hv->config.no_iommu) ||
	    (call->code == HYPERVISOR_CODE_FLUSH_LIST && hv->config.no_list))
		return INVALID_HYPERCALL_CODE;
	if (hv->tally[call - hypervisor_known].denied)
		return ACCESS_DENIED;
	if (call->element ? start >= count : (count | start) != 0)
		return INVALID_HYPERCALL_INPUT;
	return SUCCESS;
}

/* One of the two areas; @bytes 0: there is none, and the gpa is ignored. */
static uint16_t find_area(struct hypervisor *hv, uint64_t gpa, size_t bytes,
			  uint8_t **area)
{
	uint64_t at = gpa - HYPERVISOR_PAGES_GPA;

	*area = NULL;
	if (bytes == 0)
		return SUCCESS;
	if (gpa % 8 || bytes > HYPERVISOR_PAGE_BYTES ||
	    gpa % HYPERVISOR_PAGE_BYTES > HYPERVISOR_PAGE_BYTES - bytes)
		return INVALID_ALIGNMENT;
	if (at / HYPERVISOR_PAGE_BYTES >= HYPERVISOR_PAGES ||
	    !hv->lent[at / HYPERVISOR_PAGE_BYTES]) {
		hypervisor_violate(hv,
				   "hypercall with %#" PRIx64
				   ", not in a call page that is lent",
				   gpa);
		return INVALID_ALIGNMENT;
	}
	*area = hv->pages + at;
	return SUCCESS;
}

/* Everything but the fields; with success @frame is ready to be run. */
static uint16_t open_frame(struct hypervisor *hv,
			   const struct hypervisor_known *call,
			   uint64_t control, uint64_t input, uint64_t output,
			   struct hypervisor_frame *frame)
{
	uint16_t status = check_control(hv, call, control);
	uint8_t *in;
	size_t bytes;

	frame->out = NULL;
	frame->start = start_of(control);
	frame->stop = count_of(control);
	frame->done = frame->start;
	if (status != SUCCESS)
		return status;
	bytes = call->input + (size_t)call->element * frame->stop;
	status = find_area(hv, input, bytes, &in);
	frame->in = in;
	if (status == SUCCESS)
		status = find_area(hv, output, call->output, &frame->out);
	if (status == SUCCESS && frame->out && input < output + call->output &&
	    output < input + bytes)
		return INVALID_HYPERCALL_INPUT;
	return status;
}

/* ---- doing it -------------------------------------------------------- */

/* Does it, as far as @fault, or NULL, lets it. */
static uint16_t perform(struct hypervisor *hv,
			const struct hypervisor_known *call,
			struct hypervisor_frame *frame,
			const struct hypervisor_injection *fault)
{
	uint16_t status;

	if (!fault)
		return call->run(hv, frame);
	switch (fault->fault) {
	case HYPERVISOR_FAIL_AFTER:
		call->run(hv, frame);
		return fault->status;
	case HYPERVISOR_STOP_REP:
		if (fault->reps < frame->stop - frame->start)
			frame->stop = frame->start + fault->reps;
		status = call->run(hv, frame);
		return status == SUCCESS ? fault->status : status;
	case HYPERVISOR_FAIL:
		break;
	case HYPERVISOR_NO_CALL:
		return UINT16_MAX; /* of all ones; no success, for one */
	}
	return fault->status;
}

static uint32_t load32(const uint8_t *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof(value));
	return value;
}

/*
 * The guest cannot know what became of a domain whose DELETE failed. It may
 * only try again, never take the id for a new domain.
 */
static void watch_delete(struct hypervisor *hv,
			 const struct hypervisor_known *call,
			 const struct hypervisor_frame *frame, uint16_t status)
{
	uint32_t id = load32(frame->in + HYPERVISOR_OFFSET_ID);

	if (call->code == HYPERVISOR_CODE_DELETE && status == SUCCESS)
		hypervisor_map_take(&hv->undead, id);
	else if (call->code == HYPERVISOR_CODE_DELETE)
		hypervisor_map_put(&hv->undead, id, hv);
	else if (call->code == HYPERVISOR_CODE_CREATE &&
		 hypervisor_map_find(&hv->undead, id))
		hypervisor_violate(hv,
				   "domain id %" PRIu32
				   " used again after its delete failed",
				   id);
}

static uint16_t
answer(struct hypervisor *hv, const struct hypervisor_known *call,
       struct hypervisor_frame *frame, const struct hypervisor_injection *fault)
{
	uint16_t status = perform(hv, call, frame, fault);

	if (status != SUCCESS && frame->out)
		memset(frame->out, FILL_OUTPUT, call->output);
	if (call->code == HYPERVISOR_CODE_CREATE ||
	    call->code == HYPERVISOR_CODE_DELETE)
		watch_delete(hv, call, frame, status);
	return status;
}

static void count(struct hypervisor *hv, const struct hypervisor_known *call,
		  bool failed)
{
	hv->stats.calls++;
	hv->stats.failures += failed;
	if (!call)
		return;
	hv->tally[call - hypervisor_known].calls++;
	hv->tally[call - hypervisor_known].failures += failed;
}

static const struct hypervisor_known *find_call(uint16_t code)
{
	size_t i;

	for (i = 0; i < HYPERVISOR_KNOWN; i++)
		if (hypervisor_known[i].code == code)
			return &hypervisor_known[i];
	return NULL;
}

/*
 * What is said to have been done of @asked, of what was. A call that stopped
 * early says so: no guest can know it otherwise.
 */
static unsigned told(const struct hypervisor *hv,
		     const struct hypervisor_frame *frame, uint16_t status,
		     unsigned asked)
{
	bool stopped = frame->done < asked;

	if (status != SUCCESS)
		return frame->done;
	switch (hv->config.reps) {
	case HYPERVISOR_REPS_HONEST:
		break;
	case HYPERVISOR_REPS_MORE:
		return stopped ? frame->done : (asked + 1) & REP_MASK;
	case HYPERVISOR_REPS_FEWER:
		return frame->done ? frame->done - 1 : 0;
	case HYPERVISOR_REPS_NONE:
		return 0;
	}
	return frame->done;
}

/* TLFS: a simple call has no reps; what its field holds is 0 here. */
static uint64_t result_of(uint16_t status, unsigned done)
{
	return RESULT_NOISE | (uint64_t)done << 32 | status;
}

uint64_t hypervisor_call(struct hypervisor *hv, uint64_t control,
			 uint64_t input, uint64_t output)
{
	uint16_t code = (uint16_t)(control & 0xffff);
	const struct hypervisor_known *call = find_call(code);
	struct hypervisor_injection fault;
	struct hypervisor_frame frame;
	bool injected, none;
	uint16_t status;
	unsigned done = 0;

	hypervisor_lock(hv);
	hypervisor_detach_due(hv);
	injected = hypervisor_take_injection(hv, code, call && call->element,
					     &fault);
	none = injected && fault.fault == HYPERVISOR_NO_CALL;
	status = open_frame(hv, call, control, input, output, &frame);
	if (status == SUCCESS)
		status = answer(hv, call, &frame, injected ? &fault : NULL);
	count(hv, call, status != SUCCESS);
	if (call && call->element)
		done = told(hv, &frame, status, count_of(control));
	hypervisor_unlock(hv);
	return none ? UINT64_MAX : result_of(status, done);
}
