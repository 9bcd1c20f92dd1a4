/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* UEFI 14.4: the protocol of PCI devices, only the parts that are used. */
#ifndef HVPT_STUB_PCI_IO_H
#define HVPT_STUB_PCI_IO_H

#include <Uefi.h>

typedef struct _EFI_PCI_IO_PROTOCOL EFI_PCI_IO_PROTOCOL;

struct _EFI_PCI_IO_PROTOCOL {
	VOID *PollMem;
	VOID *PollIo;
	VOID *Mem[2];
	VOID *Io[2];
	EFI_STATUS(EFIAPI *PciRead)
	(EFI_PCI_IO_PROTOCOL *, UINT32, UINT32, UINTN, VOID *);
	EFI_STATUS(EFIAPI *PciWrite)
	(EFI_PCI_IO_PROTOCOL *, UINT32, UINT32, UINTN, VOID *);
	VOID *CopyMem;
	VOID *Map;
	VOID *Unmap;
	VOID *AllocateBuffer;
	VOID *FreeBuffer;
	VOID *Flush;
	EFI_STATUS(EFIAPI *GetLocation)
	(EFI_PCI_IO_PROTOCOL *, UINTN *, UINTN *, UINTN *, UINTN *);
};

extern EFI_GUID gEfiPciIoProtocolGuid;

#endif /* HVPT_STUB_PCI_IO_H */
