/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * hvpt/hvpt.h - includes all of hvpt; defines the version.
 *
 * hvpt gives a Hyper-V guest its own stage-1 IO translation. To learn it, read
 * the headers in the order of use:
 *
 * - page tables: pt_config.h, pagetable.h, map.h, gather.h, inspect.h
 * - the pvIOMMU: discover.h, hvcall.h (the transport), iommu.h, domain.h,
 *   device.h; then logical_id.h, flush.h, fault.h and stats.h
 *
 * docs/API-CONVENTIONS.md states what holds for all functions.
 */
#ifndef HVPT_HVPT_H
#define HVPT_HVPT_H

/* The version is defined nowhere else; the build reads it from here. */
#define HVPT_VERSION_MAJOR 0
#define HVPT_VERSION_MINOR 3
#define HVPT_VERSION_PATCH 0

#include "hvpt/addr.h"
#include "hvpt/device.h"
#include "hvpt/discover.h"
#include "hvpt/domain.h"
#include "hvpt/fault.h"
#include "hvpt/flush.h"
#include "hvpt/gather.h"
#include "hvpt/handover.h"
#include "hvpt/hv_abi.h"
#include "hvpt/hv_message.h"
#include "hvpt/hv_status.h"
#include "hvpt/hvcall.h"
#include "hvpt/inspect.h"
#include "hvpt/iommu.h"
#include "hvpt/logical_id.h"
#include "hvpt/map.h"
#include "hvpt/pagetable.h"
#include "hvpt/port.h"
#include "hvpt/pt_config.h"
#include "hvpt/pte.h"
#include "hvpt/stats.h"
#include "hvpt/status.h"
#include "hvpt/status_map.h"
#include "hvpt/types.h"
#include "hvpt/wait.h"

#endif /* HVPT_HVPT_H */
