// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The core's sources, unchanged. */
#include "../../src/domain/plan.c"
#include "../../src/domain/ids.c"
#include "../../src/domain/probe.c"
#include "../../src/domain/iommu.c"
#include "../../src/domain/domain.c"
#include "../../src/domain/device.c"
#include "../../src/domain/stats.c"
#include "../../src/domain/sync.c"
#include "../../src/domain/resume.c"
#include "../../src/domain/fault.c"
#include "../../src/domain/handover.c"
