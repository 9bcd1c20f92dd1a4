/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef HVPT_STUB_BASE_MEMORY_LIB_H
#define HVPT_STUB_BASE_MEMORY_LIB_H

#include <Uefi.h>

VOID *EFIAPI ZeroMem(VOID *Buffer, UINTN Length);
VOID *EFIAPI CopyMem(VOID *To, CONST VOID *From, UINTN Length);
INTN EFIAPI CompareMem(CONST VOID *A, CONST VOID *B, UINTN Length);

#endif /* HVPT_STUB_BASE_MEMORY_LIB_H */
