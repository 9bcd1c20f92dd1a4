/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hv_status.c - the hypervisor's statuses: names, and what they become.
 */
#include "hvpt/hv_status.h"

#define HVPT_HV_STATUS_NAME(raw, name, status, number)                         \
	case raw:                                                              \
		return #name;
#define HVPT_HV_STATUS_MAP(raw, name, status, number)                          \
	case raw:                                                              \
		return HVPT_##status;
#define HVPT_HV_STATUS_ERRNO(raw, name, status, number)                        \
	case raw:                                                              \
		return HVPT_ERRNO_##number;

const char *hvpt_hv_status_name(uint16_t raw)
{
	switch (raw) {
		HVPT_HV_STATUS_LIST(HVPT_HV_STATUS_NAME)
	default:
		return "UNKNOWN";
	}
}

enum hvpt_status hvpt_hv_status_map(uint16_t raw)
{
	switch (raw) {
		HVPT_HV_STATUS_LIST(HVPT_HV_STATUS_MAP)
	default:
		return HVPT_ERR_HV_FAILED;
	}
}

int hvpt_hv_status_errno(uint16_t raw)
{
	switch (raw) {
		HVPT_HV_STATUS_LIST(HVPT_HV_STATUS_ERRNO)
	default:
		return HVPT_ERRNO_EIO;
	}
}

#undef HVPT_HV_STATUS_NAME
#undef HVPT_HV_STATUS_MAP
#undef HVPT_HV_STATUS_ERRNO
