/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * DMA of QEMU's edu device: QEMU, docs/specs/edu.rst. What it reads goes to its
 * buffer, which only another DMA can show, so that it counts as one that cannot
 * read.
 */
#include "app.h"

#include <Library/UefiBootServicesTableLib.h>

#define EDU_IDS 0x11e81234u
#define PCI_IDS 0u

/* Registers of BAR 0, and the address of its buffer. */
#define EDU_BAR 0u
#define EDU_SOURCE 0x80u
#define EDU_TARGET 0x88u
#define EDU_COUNT 0x90u
#define EDU_COMMAND 0x98u
#define EDU_START 1u
#define EDU_TO_MEMORY 2u
#define EDU_BUFFER 0x40000u

/* Addresses that it sends, unless QEMU's property dma_mask says more. */
#define EDU_ADDRESS_BITS 28u

/* It takes 100 ms. */
#define TRIES 2000u
#define STALL_MICROSECONDS 1000u

static void edu_set(EFI_PCI_IO_PROTOCOL *pci, UINT64 at, UINT64 value)
{
	pci->Mem.Write(pci, EfiPciIoWidthUint64, EDU_BAR, at, 1, &value);
}

static BOOLEAN is_busy(EFI_PCI_IO_PROTOCOL *pci)
{
	UINT64 command = EDU_START;

	return EFI_ERROR(pci->Mem.Read(pci, EfiPciIoWidthUint64, EDU_BAR,
				       EDU_COMMAND, 1, &command)) ||
	       (command & EDU_START);
}

static enum conformance_dma dma_write(void *ctx, uint64_t iova)
{
	EFI_PCI_IO_PROTOCOL *pci = ctx;
	UINTN tries;

	edu_set(pci, EDU_SOURCE, EDU_BUFFER);
	edu_set(pci, EDU_TARGET, iova);
	edu_set(pci, EDU_COUNT, sizeof(UINT32));
	edu_set(pci, EDU_COMMAND, EDU_START | EDU_TO_MEMORY);
	for (tries = 0; tries < TRIES; tries++) {
		if (!is_busy(pci))
			return CONFORMANCE_DMA_ENDED;
		gBS->Stall(STALL_MICROSECONDS);
	}
	pci->Attributes(pci, EfiPciIoAttributeOperationDisable,
			EFI_PCI_IO_ATTRIBUTE_BUS_MASTER, NULL);
	return CONFORMANCE_DMA_STUCK;
}

BOOLEAN app_edu_open(EFI_PCI_IO_PROTOCOL *pci,
		     struct conformance_driver *driver)
{
	UINT32 ids = 0;

	if (EFI_ERROR(pci->Pci.Read(pci, EfiPciIoWidthUint32, PCI_IDS, 1,
				    &ids)) ||
	    ids != EDU_IDS)
		return FALSE;
	driver->write = dma_write;
	driver->read = NULL;
	driver->ctx = pci;
	driver->address_bits = EDU_ADDRESS_BITS;
	return TRUE;
}
