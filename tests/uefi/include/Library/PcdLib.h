/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Configuration of a platform: here variables that tests change. */
#ifndef HVPT_STUB_PCD_LIB_H
#define HVPT_STUB_PCD_LIB_H

#include <Uefi.h>

extern BOOLEAN stub_PcdHvptExposePartialPages;
extern UINT8 stub_PcdHvptExitPolicy;
extern UINT32 stub_PcdHvptDomainIdFirst;
extern UINT32 stub_PcdHvptDomainIdLast;

#define PcdGetBool(name) (stub_##name)
#define PcdGet8(name) (stub_##name)
#define PcdGet32(name) (stub_##name)

#endif /* HVPT_STUB_PCD_LIB_H */
