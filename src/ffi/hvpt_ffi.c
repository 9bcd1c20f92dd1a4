/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The inline functions of the interface as symbols, for languages that cannot
 * compile C headers. C and C++ do not need this unit, and kernels leave it out.
 *
 * Every inline function of the headers is defined with HVPT_INLINE. Here that
 * makes an external definition, so no function can be forgotten.
 */
#define HVPT_INLINE extern inline
#include "hvpt/hvpt.h"
