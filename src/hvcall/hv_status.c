/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hv_status.c - the hypervisor's statuses: their names, and what they become.
 */
#include "hvpt/hv_status.h"

/** One row of the list, without the name: a pointer needs a relocation. */
struct hvpt_hv_status_row {
	uint16_t raw;
	uint8_t status;
	uint8_t number;
};

#define HVPT_HV_STATUS_ROW(raw, name, status, number)                          \
	{ raw, HVPT_##status, HVPT_ERRNO_##number },
#define HVPT_HV_STATUS_NAME(raw, name, status, number)                         \
	case raw:                                                              \
		return #name;

static const struct hvpt_hv_status_row hvpt_hv_status_rows[] = {
	HVPT_HV_STATUS_LIST(HVPT_HV_STATUS_ROW)
};

const char *hvpt_hv_status_name(uint16_t raw)
{
	switch (raw) {
		HVPT_HV_STATUS_LIST(HVPT_HV_STATUS_NAME)
	default:
		return "UNKNOWN";
	}
}

/*
 * The row of @raw, or NULL. Refusals are rare, so the search need not be fast.
 */
static const struct hvpt_hv_status_row *hvpt_hv_status_find(uint16_t raw)
{
	const struct hvpt_hv_status_row *row = hvpt_hv_status_rows;
	const struct hvpt_hv_status_row *end =
		row + sizeof(hvpt_hv_status_rows) / sizeof(*row);

	for (; row < end; row++) {
		if (row->raw == raw)
			return row;
	}
	return NULL;
}

enum hvpt_status hvpt_hv_status_map(uint16_t raw)
{
	const struct hvpt_hv_status_row *row = hvpt_hv_status_find(raw);

	return row ? (enum hvpt_status)row->status : HVPT_ERR_HV_FAILED;
}

int hvpt_hv_status_errno(uint16_t raw)
{
	const struct hvpt_hv_status_row *row = hvpt_hv_status_find(raw);

	return row ? row->number : HVPT_ERRNO_EIO;
}

bool hvpt_hv_status_is_absence(uint16_t raw)
{
	return raw == HVPT_HV_STATUS_INVALID_DEVICE_ID ||
	       raw == HVPT_HV_STATUS_NOT_FOUND ||
	       raw == HVPT_HV_STATUS_INVALID_DEVICE_STATE ||
	       raw == HVPT_HV_STATUS_INVALID_PARAMETER;
}

#undef HVPT_HV_STATUS_ROW
#undef HVPT_HV_STATUS_NAME
