// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The core's sources, unchanged. */
#include "../../src/hvcall/hv_status.c"
#include "../../src/hvcall/call.c"
#include "../../src/hvcall/query.c"
#include "../../src/hvcall/domain_calls.c"
#include "../../src/hvcall/device_calls.c"
#include "../../src/hvcall/flush_list.c"
#include "../../src/hvcall/discover.c"
