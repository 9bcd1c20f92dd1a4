/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "decode.h"

#include <stdio.h>

#include "abi_table.h"
#include "decode_words.h"
#include "hvpt/hv_abi.h"
#include "hvpt/hv_status.h"

/* ---- rows ------------------------------------------------------------ */

static void give(struct decoder *decoder, const struct decode_row *row)
{
	decoder->problems += row->problem != NULL;
	decoder->take(decoder->ctx, row);
}

static void give_bits(struct decoder *decoder, const struct abi_bits *bits,
		      uint64_t value)
{
	unsigned low = abi_low(bits->mask);
	struct decode_row row = {
		.kind = DECODE_BITS,
		.part = decoder->part,
		.name = bits->name,
		.first = low,
		.count = abi_high(bits->mask) - low + 1u,
		.value = (value & bits->mask) >> low,
	};

	row.meaning = abi_value_name(bits->values, row.value);
	if (!row.meaning && bits->values && bits->values->complete)
		row.problem = "not a known value";
	if (!row.meaning && row.value != 0)
		row.meaning = bits->note;
	decode_word_bits(decoder, bits, &row);
	give(decoder, &row);
}

/* The lowest run of neighbouring bits in a mask that is not 0. */
static uint64_t lowest_run(uint64_t mask)
{
	uint64_t above = ~(mask >> abi_low(mask));
	uint64_t run = above ? (above & (0 - above)) - 1 : UINT64_MAX;

	return run << abi_low(mask);
}

/* Bits without a meaning are shown when they are set. */
static void give_reserved(struct decoder *decoder, uint64_t mask,
			  uint64_t value)
{
	while (mask != 0) {
		uint64_t run = lowest_run(mask);
		struct decode_row row = {
			.kind = DECODE_BITS,
			.part = decoder->part,
			.name = "reserved",
			.first = abi_low(run),
			.count = abi_high(run) - abi_low(run) + 1u,
			.value = (value & run) >> abi_low(run),
			.meaning = decoder->strict ? NULL : "to be ignored",
			.problem = decoder->strict ? "must be zero" : NULL,
		};

		if (row.value != 0)
			give(decoder, &row);
		mask &= ~run;
	}
}

static const char *field_problem(const struct decoder *decoder,
				 const struct abi_field *field, uint64_t value)
{
	if (field->zero && value != 0 && decoder->strict)
		return "must be zero";
	if (field->wrong && field->wrong(value))
		return field->wrong(value);
	if (field->values && field->values->complete &&
	    !abi_value_name(field->values, value))
		return "not a known value";
	return NULL;
}

static void give_field(struct decoder *decoder, const struct abi_field *field,
		       const char *name, size_t offset, uint64_t value)
{
	const struct abi_bits *bits;
	struct decode_row row = {
		.kind = DECODE_FIELD,
		.part = decoder->part,
		.name = name,
		.first = offset,
		.count = field->bytes,
		.value = value,
		.meaning = abi_value_name(field->values, value),
		.problem = field_problem(decoder, field, value),
	};

	if (!row.meaning)
		row.meaning = field->note;
	if (field->zero && value != 0 && !decoder->strict)
		row.meaning = "to be ignored";
	give(decoder, &row);
	for (bits = field->bits; bits && bits->name; bits++)
		give_bits(decoder, bits, value);
	if (!field->zero)
		give_reserved(decoder,
			      abi_field_mask(field) & ~abi_known_mask(field),
			      value);
}

/* ---- memory ---------------------------------------------------------- */

static uint64_t number_at(const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	while (count-- != 0)
		value = value << 8 | bytes[count];
	return value;
}

/* Return: where the last field that is complete ends. */
static size_t give_fields(struct decoder *decoder,
			  const struct abi_struct *layout, const uint8_t *bytes,
			  size_t count)
{
	const struct abi_field *field;
	size_t end = 0;

	for (field = layout->fields; field->name; field++) {
		if (field->offset + field->bytes > count)
			break;
		end = field->offset + field->bytes;
		give_field(decoder, field, field->name, field->offset,
			   number_at(bytes + field->offset, field->bytes));
	}
	return end;
}

/* The list elements from @end on. Return: where the last complete one ends. */
static size_t give_elements(struct decoder *decoder, size_t end,
			    const uint8_t *bytes, size_t count)
{
	const struct abi_field *element = decoder->call->element;
	char name[32];
	unsigned i;

	for (i = 0; i < decoder->reps; i++) {
		if (count - end < element->bytes)
			break;
		snprintf(name, sizeof(name), "%s[%u]", element->name, i);
		give_field(decoder, element, name, end,
			   number_at(bytes + end, element->bytes));
		end += element->bytes;
	}
	return end;
}

/* Bytes that are missing, or not explained. */
static void give_rest(struct decoder *decoder, size_t end, size_t count,
		      size_t wanted)
{
	struct decode_row row = { .part = decoder->part };

	if (end == count && end == wanted)
		return;
	row.kind = end < wanted ? DECODE_MISSING : DECODE_REST;
	row.name = end < wanted ? "missing" : "remainder";
	row.first = end;
	row.count = (end < wanted ? wanted : count) - end;
	row.problem = end < wanted ? "is not there" : "has no meaning";
	give(decoder, &row);
}

static void give_input(struct decoder *decoder,
		       const struct decode_request *request)
{
	const struct abi_call *call = decoder->call;
	size_t wanted = call->input->bytes;
	size_t end;

	decoder->part = "input";
	end = give_fields(decoder, call->input, request->input,
			  request->input_bytes);
	if (call->element) {
		wanted += (size_t)decoder->reps * call->element->bytes;
		if (end == call->input->bytes)
			end = give_elements(decoder, end, request->input,
					    request->input_bytes);
	}
	give_rest(decoder, end, request->input_bytes, wanted);
}

static void give_output(struct decoder *decoder,
			const struct decode_request *request)
{
	const struct abi_struct *layout = decoder->call->output;
	size_t end = 0;

	decoder->part = "output";
	decoder->strict = false;
	if (request->has_result &&
	    hvpt_hv_result_status(request->result) != HVPT_HV_STATUS_SUCCESS)
		layout = NULL; /* nothing was written */
	if (layout)
		end = give_fields(decoder, layout, request->output,
				  request->output_bytes);
	give_rest(decoder, end, request->output_bytes,
		  layout ? layout->bytes : 0);
}

/* ---- the call -------------------------------------------------------- */

size_t decode_call(const struct abi_call *call,
		   const struct decode_request *request, decode_row_fn take,
		   void *ctx)
{
	struct decoder decoder = {
		.call = call,
		.reps = decode_rep_count(request->control),
		.start = decode_rep_start(request->control),
		.result = request->result,
		.part = "control",
		.strict = true,
		.take = take,
		.ctx = ctx,
	};

	give_field(&decoder, &abi_control, abi_control.name, 0,
		   request->control);
	if (request->input)
		give_input(&decoder, request);
	if (request->output)
		give_output(&decoder, request);
	decoder.part = "result";
	decoder.strict = false;
	if (request->has_result)
		give_field(&decoder, &abi_result, abi_result.name, 0,
			   request->result);
	return decoder.problems;
}
