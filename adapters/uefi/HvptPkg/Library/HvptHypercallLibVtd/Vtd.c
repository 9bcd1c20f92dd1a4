/** @file
  A firmware driver for the VT-d that QEMU emulates.

  Copyright (c) 2026 The hvpt authors

  SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
**/

#include "Vtd.h"
#include "VtdRegs.h"
#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/DebugLib.h>
#include <Library/UefiBootServicesTableLib.h>

#define VTD_BASE  0xfed90000ULL

//
// Structures: 9.4 - 9.6. Each of the 256 functions of bus 0 has a PASID
// directory, of which one entry is used, and a PASID table. Places are those of
// oracle/qemu/vtd.c, so that a test's operating system can go on with them.
//
#define PRESENT          1
#define WIDTH_48         0x8
#define TAG_UNATTACHED   0x8000
#define FUNCTIONS        256
#define PAGES_LEFT       0
#define PAGES_ROOT       1
#define PAGES_CONTEXT    2
#define PAGES_QUEUE      3
#define PAGES_WAIT       4
#define PAGES_CONTEXT_2  5
#define PAGES_FUNCTIONS  16
#define PAGES_TOTAL      (PAGES_FUNCTIONS + 2 * FUNCTIONS)

STATIC UINT8            *mPages = NULL;
STATIC UINTN            mTail   = 0;
STATIC UINT32           mCookie = 0;

/**
  Returns a page of the structures.

  @param[in]  Number  Which.

  @return Its first word.
**/
STATIC
volatile UINT64 *
Page (
  IN UINTN  Number
  )
{
  return (volatile UINT64 *)(mPages + EFI_PAGES_TO_SIZE (Number));
}

/**
  Returns the PASID directory of a function; its PASID table is the next page.
  Functions 0 of all devices come first.

  @param[in]  Function  Device 7:3, function 2:0.

  @return Its first word.
**/
STATIC
volatile UINT64 *
Directory (
  IN UINTN  Function
  )
{
  return Page (PAGES_FUNCTIONS + 2 * ((Function % 8) * 32 + Function / 8));
}

/**
  Returns the context entry of a function; 128 fit a page.

  @param[in]  Function  Device 7:3, function 2:0.

  @return Its first word.
**/
STATIC
volatile UINT64 *
Context (
  IN UINTN  Function
  )
{
  return Page ((Function < 128) ? PAGES_CONTEXT : PAGES_CONTEXT_2) + (Function % 128) * 4;
}

/**
  A register.

  @param[in]  Offset  Where it is.

  @return The register.
**/
STATIC
volatile UINT32 *
Register32 (
  IN UINTN  Offset
  )
{
  return (volatile UINT32 *)(UINTN)(VTD_BASE + Offset);
}

/**
  A register.

  @param[in]  Offset  Where it is.

  @return The register.
**/
STATIC
volatile UINT64 *
Register64 (
  IN UINTN  Offset
  )
{
  return (volatile UINT64 *)(UINTN)(VTD_BASE + Offset);
}

/**
  Puts a descriptor into the queue.

  @param[in]  Low   Its first 16 bytes.
  @param[in]  High  Its last 16 bytes.
**/
STATIC
VOID
Put (
  IN UINT64  Low,
  IN UINT64  High
  )
{
  volatile UINT64  *Descriptor;

  Descriptor    = Page (PAGES_QUEUE) + mTail * 4;
  Descriptor[0] = Low;
  Descriptor[1] = High;
  Descriptor[2] = 0;
  Descriptor[3] = 0;
  mTail         = (mTail + 1) % QUEUE_DESCRIPTORS;
}

/**
  Starts the unit on the queue, and waits until the queue is empty.
**/
STATIC
VOID
RunQueue (
  VOID
  )
{
  volatile UINT32  *Wait;
  UINTN            Tries;

  Wait = (volatile UINT32 *)Page (PAGES_WAIT);
  Put (INV_WAIT | LShiftU64 (++mCookie, 32), (UINTN)Wait);
  *Register64 (REG_IQT) = (UINT64)mTail * 32;
  for (Tries = 0; *Wait != mCookie && Tries < 100000000; Tries++) {
    CpuPause ();
  }

  if (*Wait != mCookie) {
    DEBUG ((DEBUG_ERROR, "vtd: the queue stopped, status %x\n", *Register32 (REG_FSTS)));
  }
}

/**
  Issues a global command, and waits until it took effect.

  @param[in]  Bit  The bit of the command.
  @param[in]  On   Its new value.
**/
STATIC
VOID
Command (
  IN UINT32   Bit,
  IN BOOLEAN  On
  )
{
  UINT32  Status;

  Status = *Register32 (REG_GSTS) & STATUS_STICKY;
  Status = On ? Status | Bit : Status & ~Bit;
  *Register32 (REG_GCMD) = Status;
  while (((*Register32 (REG_GSTS) & Bit) != 0) != On) {
    CpuPause ();
  }
}

/**
  Sets up the structures of bus 0, in which every device reaches all of memory.
**/
STATIC
VOID
PutStructures (
  VOID
  )
{
  volatile UINT64  *Entry;
  UINTN            Function;

  ZeroMem (mPages, EFI_PAGES_TO_SIZE (PAGES_TOTAL));
  Page (PAGES_ROOT)[0] = (UINTN)Page (PAGES_CONTEXT) | PRESENT;
  Page (PAGES_ROOT)[1] = (UINTN)Page (PAGES_CONTEXT_2) | PRESENT;
  for (Function = 0; Function < FUNCTIONS; Function++) {
    Entry                   = Directory (Function) + EFI_PAGE_SIZE / sizeof (*Entry);
    Entry[0]                = PRESENT | WIDTH_48 | LShiftU64 (VTD_PASS_THROUGH, 6);
    Entry[1]                = TAG_UNATTACHED;
    Directory (Function)[0] = (UINTN)Entry | PRESENT;
    Context (Function)[0]   = (UINTN)Directory (Function) | PRESENT;
  }
}

/**
  Finds the unit and turns it on. Every device of bus 0 reaches all of memory, as
  those do which a hypervisor has not attached to anything.

  @retval EFI_SUCCESS           It translates.
  @retval EFI_UNSUPPORTED       There is none, or it has no first stage.
  @retval EFI_OUT_OF_RESOURCES  No memory.
**/
EFI_STATUS
VtdStart (
  VOID
  )
{
  EFI_PHYSICAL_ADDRESS  Address;
  UINT64                Wanted;

  Wanted = ECAP_SCALABLE | ECAP_FIRST_STAGE;
  if ((*Register32 (0) == MAX_UINT32) || ((*Register64 (REG_ECAP) & Wanted) != Wanted)) {
    DEBUG ((DEBUG_INFO, "vtd: there is none with first-stage translation\n"));
    return EFI_UNSUPPORTED;
  }

  if (EFI_ERROR (gBS->AllocatePages (AllocateAnyPages, EfiReservedMemoryType, PAGES_TOTAL, &Address))) {
    return EFI_OUT_OF_RESOURCES;
  }

  mPages = (UINT8 *)(UINTN)Address;
  PutStructures ();
  *Register32 (REG_FECTL) = FECTL_MASKED;
  *Register64 (REG_IQA)   = (UINTN)Page (PAGES_QUEUE) | IQA_WIDE;
  *Register64 (REG_IQT)   = 0;
  Command (CMD_QUEUE, TRUE);
  *Register64 (REG_RTADDR) = (UINTN)Page (PAGES_ROOT) | RTADDR_SCALABLE;
  Command (CMD_ROOT, TRUE);
  Put (INV_CONTEXT_GLOBAL, 0);
  Put (INV_PASID_GLOBAL, 0);
  Put (INV_IOTLB_GLOBAL, 0);
  RunQueue ();
  Command (CMD_TRANSLATE, TRUE);
  return EFI_SUCCESS;
}

/**
  Memory that goes to the operating system with the unit's structures.

  @return A page; NULL if the unit was not started.
**/
HVPT_LEFT *
VtdLeft (
  VOID
  )
{
  return (HVPT_LEFT *)mPages;
}

/**
  Turns it off again.
**/
VOID
VtdStop (
  VOID
  )
{
  Command (CMD_TRANSLATE, FALSE);
}

/**
  Sets how requests of a device are translated, and drops what was cached.

  @param[in]  Bdf   Bus 15:8, device 7:3, function 2:0; bus 0 only.
  @param[in]  Kind  VTD_*.
  @param[in]  Tag   Tag of cached translations; not 0.
  @param[in]  Root  With VTD_FIRST_STAGE the top table.

  @retval TRUE   Done.
  @retval FALSE  The bus is another, or there was no memory at the start.
**/
BOOLEAN
VtdSetContext (
  IN UINT16  Bdf,
  IN UINTN   Kind,
  IN UINT16  Tag,
  IN UINT64  Root
  )
{
  volatile UINT64  *Entry;
  UINT64           Before;

  if ((Bdf >= FUNCTIONS) || (mPages == NULL)) {
    return FALSE;
  }

  Entry    = Directory (Bdf) + EFI_PAGE_SIZE / sizeof (*Entry);
  Before   = Entry[1];
  Entry[0] = 0;
  Entry[1] = Tag;
  Entry[2] = (Kind == VTD_FIRST_STAGE) ? Root : 0;
  if (Kind != VTD_BLOCKED) {
    Entry[0] = PRESENT | WIDTH_48 | LShiftU64 (Kind, 6);
  }

  Put (INV_PASID_GLOBAL, 0);
  Put (INV_PIOTLB_ALL | LShiftU64 (Before, 16), 0);
  RunQueue ();
  return TRUE;
}

/**
  Invalidates 2^Order pages under a tag.

  @param[in]  Tag      The tag.
  @param[in]  Address  A multiple of them.
  @param[in]  Order    Above 18, everything under the tag.
**/
VOID
VtdFlush (
  IN UINT16  Tag,
  IN UINT64  Address,
  IN UINTN   Order
  )
{
  if (Order > 18) {
    Put (INV_PIOTLB_ALL | LShiftU64 (Tag, 16), 0);
  } else {
    Put (INV_PIOTLB_PAGES | LShiftU64 (Tag, 16), Address | Order);
  }

  RunQueue ();
}

/**
  Counts the requests that the unit refused since the last call, and prints the
  first ones.

  @return The count.
**/
UINTN
VtdFaults (
  VOID
  )
{
  volatile UINT64  *Record;
  UINT64           Cap;
  UINTN            Count;
  UINTN            Index;

  Cap    = *Register64 (REG_CAP);
  Record = Register64 ((UINTN)(RShiftU64 (Cap, 24) & 0x3ff) * 16);
  Count  = 0;
  for (Index = (UINTN)(RShiftU64 (Cap, 40) & 0xff) + 1; Index-- > 0; Record += 2) {
    if (RShiftU64 (Record[1], 63) != 0) {
      Count++;
      DEBUG ((DEBUG_ERROR, "vtd: fault at %lx, record %lx\n", Record[0], Record[1]));
      *((volatile UINT32 *)Record + 3) = 0x80000000U;
    }
  }

  //
  // Records that did not fit count as one.
  //
  Count += *Register32 (REG_FSTS) & 1;
  *Register32 (REG_FSTS) = *Register32 (REG_FSTS);
  return Count;
}
