/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef HVPT_STUB_DEBUG_LIB_H
#define HVPT_STUB_DEBUG_LIB_H

#include <Uefi.h>

#define DEBUG_WARN 0x00000002
#define DEBUG_INFO 0x00000040
#define DEBUG_VERBOSE 0x00400000
#define DEBUG_ERROR 0x80000000

/** Prints or keeps a line, with the conversions of edk2's PrintLib. */
VOID EFIAPI DebugPrint(UINTN Level, CONST CHAR8 *Format, ...);

#define DEBUG(arguments) DebugPrint arguments

#endif /* HVPT_STUB_DEBUG_LIB_H */
