/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The core's sources, as they are. */
#include "../../src/pagetable/init.c"
#include "../../src/pagetable/pages.c"
#include "../../src/pagetable/walk.c"
#include "../../src/pagetable/map.c"
#include "../../src/pagetable/unmap.c"
#include "../../src/pagetable/cut.c"
#include "../../src/pagetable/protect.c"
#include "../../src/pagetable/reclaim.c"
#include "../../src/pagetable/dirty.c"
#include "../../src/pagetable/visit.c"
#include "../../src/pagetable/audit.c"
#include "../../src/pagetable/gather.c"
