/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/hv_status.h - the hypervisor's status codes, and what they become.
 */
#ifndef HVPT_HV_STATUS_H
#define HVPT_HV_STATUS_H

#include "hvpt/status.h"

#endif
