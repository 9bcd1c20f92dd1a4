/** @file
  Device addresses: who has which.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#ifndef HVPT_IOVA_SPACE_H_
#define HVPT_IOVA_SPACE_H_

#include <Uefi.h>

//
// A set of bits in which the first one is found in a few steps: of each word
// of a depth, one bit of the next says whether it is not 0.
//
#define HVPT_BITMAP_DEPTHS  4

typedef struct {
  UINT64    *Depth[HVPT_BITMAP_DEPTHS];
  UINTN     Depths;
} HVPT_BITMAP;

//
// A buddy allocator of pages: bit i of Free[k] is set when the block of 2^k
// pages at page i * 2^k is free as a whole, and no larger one around it is.
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
  Makes a space of which nothing can be given out yet.

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
  Gives a space's memory back.

  @param[in,out]  Space  The space; not to be used afterwards.
**/
VOID
HvptIovaDone (
  IN OUT HVPT_IOVA_SPACE  *Space
  );

/**
  Lets a range be given out. What lies outside the space is passed over.

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
  Takes a range.

  The range starts at a multiple of the least power of two which holds it, so
  large leaves fit, and few flush descriptors name it.

  @param[in,out]  Space  The space.
  @param[in]      Pages  How many; not 0.
  @param[out]     Iova   The first address.

  @retval TRUE   Taken.
  @retval FALSE  There is none.
**/
BOOLEAN
HvptIovaTake (
  IN OUT HVPT_IOVA_SPACE  *Space,
  IN     UINTN            Pages,
  OUT    UINT64           *Iova
  );

/**
  Gives a range back. It may be taken again at once: flush first.

  @param[in,out]  Space  The space.
  @param[in]      Iova   As taken.
  @param[in]      Pages  As taken.
**/
VOID
HvptIovaGive (
  IN OUT HVPT_IOVA_SPACE  *Space,
  IN     UINT64           Iova,
  IN     UINTN            Pages
  );

#endif
