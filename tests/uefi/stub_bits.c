/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* BaseLib's functions on 64-bit words, for processes and for firmware. */
#include <Uefi.h>

#include <Library/BaseLib.h>

UINT64 EFIAPI LShiftU64(UINT64 operand, UINTN count)
{
	return operand << count;
}

UINT64 EFIAPI RShiftU64(UINT64 operand, UINTN count)
{
	return operand >> count;
}

INTN EFIAPI LowBitSet64(UINT64 operand)
{
	return operand ? __builtin_ctzll(operand) : -1;
}

INTN EFIAPI HighBitSet64(UINT64 operand)
{
	return operand ? 63 - __builtin_clzll(operand) : -1;
}
