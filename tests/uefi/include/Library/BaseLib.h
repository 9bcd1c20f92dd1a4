/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef HVPT_STUB_BASE_LIB_H
#define HVPT_STUB_BASE_LIB_H

#include <Uefi.h>

UINT64 EFIAPI LShiftU64(UINT64 Operand, UINTN Count);
UINT64 EFIAPI RShiftU64(UINT64 Operand, UINTN Count);
INTN EFIAPI LowBitSet64(UINT64 Operand);
INTN EFIAPI HighBitSet64(UINT64 Operand);
VOID EFIAPI CpuPause(VOID);
UINT32 EFIAPI AsmCpuid(UINT32 Leaf, UINT32 *Eax, UINT32 *Ebx, UINT32 *Ecx,
		       UINT32 *Edx);
UINT64 EFIAPI AsmReadMsr64(UINT32 Index);
UINT64 EFIAPI AsmWriteMsr64(UINT32 Index, UINT64 Value);

#endif /* HVPT_STUB_BASE_LIB_H */
