/** @file
  What the hypervisor inside the driver leaves to an operating system: tests
  that know of it go on with this state. It is the page before the root table
  of the VT-d.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_LEFT_H_
#define HVPT_LEFT_H_

#define HVPT_LEFT_MAGIC      0x7466656c74707668ULL
#define HVPT_LEFT_DOMAINS    64
#define HVPT_LEFT_FUNCTIONS  256

//
// Kind is VTD_*: Vtd.h. Id is 0 where there is no domain. The tag of a domain
// is its index, plus 1; In has the tag of each function's domain, or 0.
//
typedef struct {
  UINT32    Id;
  UINT32    Kind;
  UINT64    Root;
} HVPT_LEFT_DOMAIN;

typedef struct {
  UINT64              Magic;
  HVPT_LEFT_DOMAIN    Domain[HVPT_LEFT_DOMAINS];
  UINT8               In[HVPT_LEFT_FUNCTIONS];
} HVPT_LEFT;

#endif
