/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one unit that holds the implementation of dist/hvpt.h. */
#define HVPT_IMPLEMENTATION
#include "../../dist/hvpt.h"
