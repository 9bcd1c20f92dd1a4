/** @file
  Device addresses: a buddy allocator over bitmaps.

  To allocate or free takes at most one step per order, whatever is in use. No
  memory is allocated after HvptIovaInit(), so a free cannot fail.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "HvptIoMmuDxe.h"

/**
  Returns how many words hold a number of bits.

  @param[in]  Bits  The number of bits.

  @return Words of 64 bits.
**/
STATIC
UINTN
WordsFor (
  IN UINTN  Bits
  )
{
  return (Bits + 63) / 64;
}

/**
  Lays a bitmap out in storage, or only counts its words.

  @param[out]  Map      The bitmap; NULL to count.
  @param[in]   Storage  Where it goes.
  @param[in]   Bits     How many bits it has.

  @return Words it takes.
**/
STATIC
UINTN
BitmapLayout (
  OUT HVPT_BITMAP  *Map OPTIONAL,
  IN  UINT64       *Storage OPTIONAL,
  IN  UINTN        Bits
  )
{
  UINTN  Total;
  UINTN  Depth;

  Total = 0;
  for (Depth = 0; Depth < HVPT_BITMAP_DEPTHS; Depth++) {
    if (Map != NULL) {
      Map->Depth[Depth] = Storage + Total;
      Map->Depths       = Depth + 1;
    }

    Bits   = WordsFor (Bits);
    Total += Bits;
    if (Bits == 1) {
      break;
    }
  }

  return Total;
}

/**
  Sets a bit, and marks its word in the levels above.

  @param[in,out]  Map  The bitmap.
  @param[in]      Bit  Its number.
**/
STATIC
VOID
BitmapSet (
  IN OUT HVPT_BITMAP  *Map,
  IN     UINTN        Bit
  )
{
  UINTN   Depth;
  UINT64  *Word;
  UINT64  Before;

  for (Depth = 0; Depth < Map->Depths; Depth++) {
    Word   = &Map->Depth[Depth][Bit / 64];
    Before = *Word;
    *Word |= LShiftU64 (1, Bit % 64);
    if (Before != 0) {
      break;
    }

    Bit /= 64;
  }
}

/**
  Clears a bit, and the mark of its word if the word became 0.

  @param[in,out]  Map  The bitmap.
  @param[in]      Bit  Its number.
**/
STATIC
VOID
BitmapClear (
  IN OUT HVPT_BITMAP  *Map,
  IN     UINTN        Bit
  )
{
  UINTN   Depth;
  UINT64  *Word;

  for (Depth = 0; Depth < Map->Depths; Depth++) {
    Word   = &Map->Depth[Depth][Bit / 64];
    *Word &= ~LShiftU64 (1, Bit % 64);
    if (*Word != 0) {
      break;
    }

    Bit /= 64;
  }
}

/**
  Is a bit set?

  @param[in]  Map  The bitmap.
  @param[in]  Bit  Its number.

  @retval TRUE   It is.
  @retval FALSE  It is not.
**/
STATIC
BOOLEAN
BitmapTest (
  IN CONST HVPT_BITMAP  *Map,
  IN UINTN              Bit
  )
{
  return (RShiftU64 (Map->Depth[0][Bit / 64], Bit % 64) & 1) != 0;
}

/**
  Finds the lowest bit that is set.

  @param[in]   Map  The bitmap.
  @param[out]  Bit  Its number.

  @retval TRUE   Found.
  @retval FALSE  None is set.
**/
STATIC
BOOLEAN
BitmapFirst (
  IN  CONST HVPT_BITMAP  *Map,
  OUT UINTN              *Bit
  )
{
  UINTN   Depth;
  UINT64  Word;

  *Bit = 0;
  for (Depth = Map->Depths; Depth-- > 0;) {
    Word = Map->Depth[Depth][*Bit];
    if (Word == 0) {
      return FALSE;
    }

    *Bit = *Bit * 64 + (UINTN)LowBitSet64 (Word);
  }

  return TRUE;
}

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
  )
{
  EFI_STATUS            Status;
  EFI_PHYSICAL_ADDRESS  Address;
  UINTN                 Words;
  UINTN                 Index;

  ZeroMem (Space, sizeof (*Space));
  Words = 0;
  for (Index = 0; Index <= Order; Index++) {
    Words += BitmapLayout (NULL, NULL, (UINTN)1 << (Order - Index));
  }

  Status = gBS->AllocatePages (
                  AllocateAnyPages,
                  EfiBootServicesData,
                  EFI_SIZE_TO_PAGES (Words * sizeof (UINT64)),
                  &Address
                  );
  if (EFI_ERROR (Status)) {
    return EFI_OUT_OF_RESOURCES;
  }

  Space->Base         = Base;
  Space->Order        = Order;
  Space->Storage      = (UINT64 *)(UINTN)Address;
  Space->StorageBytes = Words * sizeof (UINT64);
  ZeroMem (Space->Storage, Space->StorageBytes);
  Words = 0;
  for (Index = 0; Index <= Order; Index++) {
    Words += BitmapLayout (
               &Space->Free[Index],
               Space->Storage + Words,
               (UINTN)1 << (Order - Index)
               );
  }

  return EFI_SUCCESS;
}

/**
  Frees the memory of a space.

  @param[in,out]  Space  The space; not to be used afterwards.
**/
VOID
HvptIovaDone (
  IN OUT HVPT_IOVA_SPACE  *Space
  )
{
  if (Space->Storage != NULL) {
    gBS->FreePages (
           (UINTN)Space->Storage,
           EFI_SIZE_TO_PAGES (Space->StorageBytes)
           );
    Space->Storage = NULL;
  }
}

/**
  Marks one block free, joined with its free neighbours.

  @param[in,out]  Space  The space.
  @param[in]      Page   Its first page, counted from the base.
  @param[in]      Order  2^Order pages.
**/
STATIC
VOID
FreeBlock (
  IN OUT HVPT_IOVA_SPACE  *Space,
  IN     UINTN            Page,
  IN     UINTN            Order
  )
{
  UINTN  Block;

  Block = Page >> Order;
  while (Order < Space->Order && BitmapTest (&Space->Free[Order], Block ^ 1)) {
    BitmapClear (&Space->Free[Order], Block ^ 1);
    Block >>= 1;
    Order++;
  }

  BitmapSet (&Space->Free[Order], Block);
}

/**
  Marks a range free, as the largest blocks that fit: at most two of each order.

  @param[in,out]  Space  The space.
  @param[in]      Page   Its first page, counted from the base.
  @param[in]      Pages  How many.
**/
STATIC
VOID
FreeRange (
  IN OUT HVPT_IOVA_SPACE  *Space,
  IN     UINTN            Page,
  IN     UINTN            Pages
  )
{
  UINTN  Order;

  while (Pages != 0) {
    Order = (UINTN)HighBitSet64 (Pages);
    if ((Page != 0) && ((UINTN)LowBitSet64 (Page) < Order)) {
      Order = (UINTN)LowBitSet64 (Page);
    }

    FreeBlock (Space, Page, Order);
    Page  += (UINTN)1 << Order;
    Pages -= (UINTN)1 << Order;
  }
}

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
  )
{
  UINT64  End;
  UINT64  From;
  UINT64  To;

  End  = Space->Base + EFI_PAGES_TO_SIZE ((UINTN)1 << Space->Order);
  From = (MAX (First, Space->Base) + EFI_PAGE_MASK) & ~(UINT64)EFI_PAGE_MASK;
  To   = (Last >= End) ? End : (Last + 1) & ~(UINT64)EFI_PAGE_MASK;
  if (From < To) {
    FreeRange (
      Space,
      EFI_SIZE_TO_PAGES ((UINTN)(From - Space->Base)),
      EFI_SIZE_TO_PAGES ((UINTN)(To - From))
      );
  }
}

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
  )
{
  UINTN  Order;
  UINTN  Block;
  UINTN  Page;

  if ((Space->Storage == NULL) || (Pages > (UINTN)1 << Space->Order)) {
    return FALSE;
  }

  Order = (UINTN)HighBitSet64 (Pages);
  if (Pages != (UINTN)1 << Order) {
    Order++;
  }

  for ( ; Order <= Space->Order; Order++) {
    if (BitmapFirst (&Space->Free[Order], &Block)) {
      break;
    }
  }

  if (Order > Space->Order) {
    return FALSE;
  }

  BitmapClear (&Space->Free[Order], Block);
  Page = Block << Order;
  FreeRange (Space, Page + Pages, ((UINTN)1 << Order) - Pages);
  Space->InUse += Pages;
  Space->Peak   = MAX (Space->Peak, Space->InUse);
  *Iova         = Space->Base + EFI_PAGES_TO_SIZE (Page);
  return TRUE;
}

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
  )
{
  Space->InUse -= Pages;
  FreeRange (Space, EFI_SIZE_TO_PAGES ((UINTN)(Iova - Space->Base)), Pages);
}
