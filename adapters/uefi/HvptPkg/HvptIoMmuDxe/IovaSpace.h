/** @file
  Allocation of device addresses.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_IOVA_SPACE_H_
#define HVPT_IOVA_SPACE_H_

#include <Uefi.h>

//
// A bitmap in which the first set bit is found in a few steps: for each word of
// a level, a bit in the next level says whether the word is not 0.
//
#define HVPT_BITMAP_DEPTHS  4

typedef struct {
  UINT64    *Depth[HVPT_BITMAP_DEPTHS];
  UINTN     Depths;
} HVPT_BITMAP;

//
// A buddy allocator of pages: bit i of Free[k] is set when the block of 2^k
// pages at page i * 2^k is completely free, and is in no larger free block.
//
#define HVPT_IOVA_ORDER_MAX  20

typedef struct {
  UINT64         Base;
  UINTN          Order;
  UINTN          InUse;
  UINTN          Peak;
  UINT64         *Storage;
  UINTN          StorageBytes;
  HVPT_BITMAP    Free[HVPT_IOVA_ORDER_MAX + 1];
} HVPT_IOVA_SPACE;

/**
  Creates a space in which nothing is free yet.

  @param[out]  Space  The space.
  @param[in]   Base   Its first address, a multiple of its size.
  @param[in]   Order  It has 2^Order pages, at most HVPT_IOVA_ORDER_MAX.

  @retval EFI_SUCCESS           Done.
  @retval EFI_OUT_OF_RESOURCES  No memory.
**/
EFI_STATUS
HvptIovaInit (
  OUT HVPT_IOVA_SPACE  *Space,
  IN  UINT64           Base,
  IN  UINTN            Order
  );

/**
  Frees the memory of a space.

  @param[in,out]  Space  The space; not to be used afterwards.
**/
VOID
HvptIovaDone (
  IN OUT HVPT_IOVA_SPACE  *Space
  );

/**
  Adds a range that can be allocated. What lies outside the space is ignored.

  @param[in,out]  Space  The space.
  @param[in]      First  First address, any alignment.
  @param[in]      Last   Last address, inclusive.
**/
VOID
HvptIovaAdd (
  IN OUT HVPT_IOVA_SPACE  *Space,
  IN     UINT64           First,
  IN     UINT64           Last
  );

/**
  Allocates a range.

  The range is aligned to the smallest power of two that holds it, so that large
  leaves fit and few flush descriptors cover it.

  @param[in,out]  Space  The space.
  @param[in]      Pages  How many; not 0.
  @param[out]     Iova   The first address.

  @retval TRUE   Allocated.
  @retval FALSE  No range is free.
**/
BOOLEAN
HvptIovaTake (
  IN OUT HVPT_IOVA_SPACE  *Space,
  IN     UINTN            Pages,
  OUT    UINT64           *Iova
  );

/**
  Frees a range. It may be allocated again at once, so flush first.

  @param[in,out]  Space  The space.
  @param[in]      Iova   As allocated.
  @param[in]      Pages  As allocated.
**/
VOID
HvptIovaGive (
  IN OUT HVPT_IOVA_SPACE  *Space,
  IN     UINT64           Iova,
  IN     UINTN            Pages
  );

#endif
