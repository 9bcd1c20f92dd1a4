/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Shared by the raw programs. */
#ifndef HVPT_UEFI_RAW_BASE_H
#define HVPT_UEFI_RAW_BASE_H

#include <Uefi.h>

#ifndef HVPT_RAW_EXPOSE
#define HVPT_RAW_EXPOSE 0
#endif

#ifndef HVPT_RAW_POLICY
#define HVPT_RAW_POLICY 0
#endif

/* The program's own entry: HVPT_RAW_MAIN names it. */
EFI_STATUS EFIAPI HVPT_RAW_MAIN(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

/** Writes a byte to a port. */
void raw_out8(unsigned short port, unsigned char value);

/* QEMU's isa-debug-exit: its exit code is value * 2 + 1. */
#define RAW_EXIT_PORT 0xf4
#define RAW_PASS 0x10
#define RAW_FAIL 0x11

#endif /* HVPT_UEFI_RAW_BASE_H */
