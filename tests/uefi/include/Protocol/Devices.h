/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Protocols that the test programs use, from the UEFI specification: 9.1
 * (loaded image), 13.9 (blocks), 24.1 (network).
 */
#ifndef HVPT_STUB_DEVICES_H
#define HVPT_STUB_DEVICES_H

#include <Uefi.h>

typedef struct {
	UINT32 MediaId;
	BOOLEAN RemovableMedia;
	BOOLEAN MediaPresent;
	BOOLEAN LogicalPartition;
	BOOLEAN ReadOnly;
	BOOLEAN WriteCaching;
	UINT32 BlockSize;
	UINT32 IoAlign;
	UINT64 LastBlock;
} EFI_BLOCK_IO_MEDIA;

typedef struct _EFI_BLOCK_IO_PROTOCOL EFI_BLOCK_IO_PROTOCOL;

struct _EFI_BLOCK_IO_PROTOCOL {
	UINT64 Revision;
	EFI_BLOCK_IO_MEDIA *Media;
	VOID *Reset;
	EFI_STATUS(EFIAPI *ReadBlocks)
	(EFI_BLOCK_IO_PROTOCOL *, UINT32, UINT64, UINTN, VOID *);
	EFI_STATUS(EFIAPI *WriteBlocks)
	(EFI_BLOCK_IO_PROTOCOL *, UINT32, UINT64, UINTN, VOID *);
	EFI_STATUS(EFIAPI *FlushBlocks)(EFI_BLOCK_IO_PROTOCOL *);
};

typedef struct {
	UINT32 State;
	UINT32 HwAddressSize;
	UINT32 Sizes[8];
	UINT8 MulticastFilter[16][32];
	UINT8 CurrentAddress[32];
} EFI_SIMPLE_NETWORK_MODE;

typedef struct _EFI_SIMPLE_NETWORK_PROTOCOL EFI_SIMPLE_NETWORK_PROTOCOL;

struct _EFI_SIMPLE_NETWORK_PROTOCOL {
	UINT64 Revision;
	EFI_STATUS(EFIAPI *Start)(EFI_SIMPLE_NETWORK_PROTOCOL *);
	VOID *Stop;
	EFI_STATUS(EFIAPI *Initialize)
	(EFI_SIMPLE_NETWORK_PROTOCOL *, UINTN, UINTN);
	VOID *Reset;
	VOID *Shutdown;
	EFI_STATUS(EFIAPI *ReceiveFilters)
	(EFI_SIMPLE_NETWORK_PROTOCOL *, UINT32, UINT32, BOOLEAN, UINTN, VOID *);
	VOID *StationAddress;
	VOID *Statistics;
	VOID *MCastIpToMac;
	VOID *NvData;
	EFI_STATUS(EFIAPI *GetStatus)
	(EFI_SIMPLE_NETWORK_PROTOCOL *, UINT32 *, VOID **);
	EFI_STATUS(EFIAPI *Transmit)
	(EFI_SIMPLE_NETWORK_PROTOCOL *, UINTN, UINTN, VOID *, VOID *, VOID *,
	 UINT16 *);
	EFI_STATUS(EFIAPI *Receive)
	(EFI_SIMPLE_NETWORK_PROTOCOL *, UINTN *, UINTN *, VOID *, VOID *,
	 VOID *, UINT16 *);
	EFI_EVENT WaitForPacket;
	EFI_SIMPLE_NETWORK_MODE *Mode;
};

#endif /* HVPT_STUB_DEVICES_H */
