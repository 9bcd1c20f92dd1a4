// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The core's sources, unchanged. */
#include "../../src/logical_id/registry.c"
