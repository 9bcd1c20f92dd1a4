/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * status.c - the names of statuses, and their numbers in Linux and UEFI.
 */
#include "hvpt/status_map.h"

/** One row of the list, without the name: a pointer needs a relocation. */
struct hvpt_status_row {
	uint8_t status;
	uint8_t number;
	uint8_t efi;
};

#define HVPT_STATUS_ROW(name, value, linux_name, efi_name)                     \
	{ name, HVPT_ERRNO_##linux_name, HVPT_EFI_##efi_name },
#define HVPT_STATUS_NAME(name, value, linux_name, efi_name)                    \
	case name:                                                             \
		return #name;

static const struct hvpt_status_row hvpt_status_rows[] = { HVPT_STATUS_LIST(
	HVPT_STATUS_ROW) };

/* No default label: the list makes both the enum and the cases. */
const char *hvpt_status_name(enum hvpt_status status)
{
	switch (status) {
		HVPT_STATUS_LIST(HVPT_STATUS_NAME)
	}
	return "HVPT_ERR_UNKNOWN";
}

/* The row of @status, or NULL. */
static const struct hvpt_status_row *hvpt_status_find(enum hvpt_status status)
{
	const struct hvpt_status_row *row = hvpt_status_rows;
	const struct hvpt_status_row *end = row + sizeof(hvpt_status_rows) /
							  sizeof(*row);

	for (; row < end; row++) {
		if ((unsigned)row->status == (unsigned)status)
			return row;
	}
	return NULL;
}

int hvpt_status_errno(enum hvpt_status status)
{
	const struct hvpt_status_row *row = hvpt_status_find(status);

	return row ? row->number : HVPT_ERRNO_EIO;
}

unsigned hvpt_status_efi(enum hvpt_status status)
{
	const struct hvpt_status_row *row = hvpt_status_find(status);

	return row ? row->efi : HVPT_EFI_DEVICE_ERROR;
}

#undef HVPT_STATUS_ROW
#undef HVPT_STATUS_NAME
