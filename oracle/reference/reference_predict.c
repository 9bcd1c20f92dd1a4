/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * reference_predict.c - the status a call must have, from the headers alone.
 */
#include "reference_internal.h"

#define PAGE_MASK UINT64_C(4095)
#define GPA_END (UINT64_C(1) << 52)

bool ref_in_form(const struct reference *ref, uint64_t first, uint64_t last)
{
	if (first > last)
		return false;
	return last <= ref->lower_last ||
	       (ref->upper_first && first >= ref->upper_first);
}

enum hvpt_status ref_predict_range(const struct reference *ref, uint64_t iova,
				   uint64_t length)
{
	if (length == 0)
		return HVPT_ERR_EMPTY;
	if (iova & PAGE_MASK || length & PAGE_MASK)
		return HVPT_ERR_ALIGN;
	if (UINT64_MAX - iova < length - 1)
		return HVPT_ERR_WRAP;
	if (!ref_in_form(ref, iova, iova + (length - 1)))
		return HVPT_ERR_IOVA_RANGE;
	return HVPT_OK;
}

enum hvpt_status ref_predict_prot(unsigned prot)
{
	switch (prot) {
	case HVPT_PROT_READ:
	case HVPT_PROT_READ | HVPT_PROT_WRITE:
		return HVPT_OK;
	case HVPT_PROT_WRITE:
		return HVPT_ERR_WRITE_ONLY;
	default:
		return HVPT_ERR_PROT;
	}
}

/* Is some byte of the segment at or above 2^52? */
static bool is_high(const struct hvpt_segment *segment)
{
	return segment->gpa.value >= GPA_END ||
	       segment->length > GPA_END - segment->gpa.value;
}

static enum hvpt_status check_segments(const struct ref_op *op, bool *high,
				       uint64_t *length)
{
	bool aligned = true, wraps = false;
	uint32_t i;

	*high = false;
	*length = 0;
	if (op->count == 0)
		return HVPT_ERR_EMPTY;
	for (i = 0; i < op->count; i++) {
		const struct hvpt_segment *segment = &op->segments[i];

		if (segment->length == 0)
			return HVPT_ERR_EMPTY;
		if ((segment->gpa.value | segment->length) & PAGE_MASK)
			aligned = false;
		if (segment->length > UINT64_MAX - *length)
			wraps = true;
		*high = *high || is_high(segment);
		*length += segment->length;
	}
	if (!aligned || op->iova & PAGE_MASK)
		return HVPT_ERR_ALIGN;
	return wraps ? HVPT_ERR_WRAP : HVPT_OK;
}

enum hvpt_status ref_predict_map(const struct reference *ref,
				 const struct ref_op *op, uint64_t *length)
{
	bool high;
	enum hvpt_status status = check_segments(op, &high, length);

	if (status != HVPT_OK)
		return status;
	status = ref_predict_range(ref, op->iova, *length);
	if (status != HVPT_OK)
		return status;
	return high ? HVPT_ERR_GPA_RANGE : ref_predict_prot(op->prot);
}

enum hvpt_status ref_predict_pages(const struct reference *ref,
				   unsigned created)
{
	unsigned room = ref->free_count;

	if (ref->fail_in && ref->fail_in <= created && ref->fail_in <= room + 1)
		return ref->bad_page ? HVPT_ERR_TABLE_PAGE : HVPT_ERR_NO_MEMORY;
	return created > room ? HVPT_ERR_NO_MEMORY : HVPT_OK;
}

/* ---- configurations -------------------------------------------------- */

static bool levels_are_wrong(const struct ref_config *config)
{
	return config->levels != 0 && config->levels != 4 &&
	       config->levels != 5;
}

static bool width_is_wrong(const struct ref_config *config)
{
	uint32_t most = config->levels == 4 ? 48 : 57;

	return config->width < 13 || config->width > most;
}

bool ref_predict_config(const struct ref_config *config,
			enum hvpt_status status)
{
	bool levels = levels_are_wrong(config);
	bool width = width_is_wrong(config);
	bool form = config->form > 2;
	bool sizes = !(config->page_sizes & 4096);
	bool mask = (config->table_mask & ~(GPA_END - 4096)) != 0;
	bool flags = config->flags > HVPT_PT_TRACK_DIRTY ||
		     (config->flags && config->noncoherent);

	switch (status) {
	case HVPT_OK:
		return !levels && !width && !form && !sizes && !mask && !flags;
	case HVPT_ERR_LEVELS:
		return levels;
	case HVPT_ERR_WIDTH:
		return width || levels;
	case HVPT_ERR_IOVA_FORM:
		return form;
	case HVPT_ERR_PAGE_SIZES:
		return sizes;
	case HVPT_ERR_TABLE_MASK:
		return mask;
	case HVPT_ERR_FLAGS:
		return flags;
	default:
		return false;
	}
}
