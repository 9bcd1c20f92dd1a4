/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "decode_words.h"

#include <stdio.h>
#include <string.h>

#include "hvpt/hv_abi.h"
#include "hvpt/hv_status.h"

unsigned decode_rep_count(uint64_t control)
{
	return (unsigned)(control >> HVPT_HV_CONTROL_COUNT_SHIFT) &
	       HVPT_HV_REP_MASK;
}

unsigned decode_rep_start(uint64_t control)
{
	return (unsigned)(control >> HVPT_HV_CONTROL_START_SHIFT) &
	       HVPT_HV_REP_MASK;
}

/* ---- control --------------------------------------------------------- */

static const char *count_problem(const struct decoder *decoder)
{
	if (!decoder->call->element)
		return decoder->reps ? "a simple call has 0" : NULL;
	if (decoder->reps == 0)
		return "a rep call has at least 1";
	if (decoder->reps > decoder->call->elements_max)
		return "more elements than fit into a page";
	return NULL;
}

static const char *start_problem(const struct decoder *decoder)
{
	if (!decoder->call->element)
		return decoder->start ? "a simple call has 0" : NULL;
	return decoder->start >= decoder->reps ? "must be below the rep count" :
						 NULL;
}

static void control_bits(struct decoder *decoder, struct decode_row *row)
{
	if (row->first == 0)
		row->meaning = decoder->call->name;
	else if (row->first == HVPT_HV_CONTROL_COUNT_SHIFT)
		row->problem = count_problem(decoder);
	else if (row->first == HVPT_HV_CONTROL_START_SHIFT)
		row->problem = start_problem(decoder);
	else if (row->value != 0)
		row->problem = "is 0 in these calls";
}

/* ---- result ---------------------------------------------------------- */

/* Does the caller go by the number of elements, and not by the status? */
static bool counts_elements(const struct decoder *decoder, uint16_t status)
{
	return decoder->call->element && (status == HVPT_HV_STATUS_SUCCESS ||
					  status == HVPT_HV_STATUS_TIMEOUT);
}

/* A rep call that ended well or by TIMEOUT. */
static const char *next_step(const struct decoder *decoder, uint16_t status)
{
	unsigned done = hvpt_hv_result_reps(decoder->result);

	if (done == decoder->reps)
		return "all elements are done";
	if (done > decoder->start && done < decoder->reps)
		return "the call is made again from the first element not done";
	return hvpt_status_name(status == HVPT_HV_STATUS_TIMEOUT &&
						done == decoder->start ?
					HVPT_ERR_HV_TIMEOUT :
					HVPT_ERR_HV_PROGRESS);
}

static const char *in_hvpt(const struct decoder *decoder, uint16_t status)
{
	uint16_t code = decoder->call->code;

	if (counts_elements(decoder, status))
		return next_step(decoder, status);
	if (status == HVPT_HV_STATUS_DEVICE_ALREADY_IN_DOMAIN &&
	    code == HVPT_HVCALL_ATTACH_DEVICE_DOMAIN)
		return "a success";
	if (status == HVPT_HV_STATUS_INVALID_HYPERCALL_CODE &&
	    code == HVPT_HVCALL_GET_IOMMU_CAPABILITIES)
		return "there is no pvIOMMU";
	return hvpt_status_name(hvpt_hv_status_map(status));
}

static void status_bits(struct decoder *decoder, struct decode_row *row)
{
	uint16_t status = (uint16_t)row->value;
	const char *name = hvpt_hv_status_name(status);

	snprintf(decoder->text, sizeof(decoder->text),
		 "%s, errno %d; in hvpt: %s", name,
		 hvpt_hv_status_errno(status), in_hvpt(decoder, status));
	row->meaning = decoder->text;
	if (strcmp(name, "UNKNOWN") == 0)
		row->problem = "not a known status";
}

static const char *reps_problem(const struct decoder *decoder, uint64_t done)
{
	uint16_t status = hvpt_hv_result_status(decoder->result);

	if (decoder->result == HVPT_HV_NO_HYPERCALL || !decoder->call->element)
		return NULL;
	if (done > decoder->reps)
		return "beyond the rep count";
	if (counts_elements(decoder, status) && done < decoder->start)
		return "below the rep start";
	return NULL;
}

static void result_bits(struct decoder *decoder, struct decode_row *row)
{
	if (row->first == 0) {
		status_bits(decoder, row);
		return;
	}
	row->problem = reps_problem(decoder, row->value);
	if (!decoder->call->element && row->value != 0)
		row->meaning = "to be ignored";
}

void decode_word_bits(struct decoder *decoder, const struct abi_bits *bits,
		      struct decode_row *row)
{
	const struct abi_bits *at;

	for (at = abi_control.bits; at->name; at++) {
		if (at == bits)
			control_bits(decoder, row);
	}
	for (at = abi_result.bits; at->name; at++) {
		if (at == bits)
			result_bits(decoder, row);
	}
}
