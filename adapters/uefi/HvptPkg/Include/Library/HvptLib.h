/** @file
  The hvpt library: IO page tables, hypercalls, domains.

  Its contracts are in the headers of hvpt/.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_LIB_H_
#define HVPT_LIB_H_

#include <hvpt/hvpt.h>

#endif
