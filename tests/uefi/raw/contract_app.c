/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The protocol's contract, row by row, on the driver in real firmware: with the
 * firmware's own handles and memory services.
 */
#include "start.h"

#include <Library/DebugLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/IoMmu.h>
#include <Protocol/PciIo.h>

#define READ EdkiiIoMmuOperationBusMasterRead
#define WRITE EdkiiIoMmuOperationBusMasterWrite
#define COMMON EdkiiIoMmuOperationBusMasterCommonBuffer
#define READ64 EdkiiIoMmuOperationBusMasterRead64
#define WRITE64 EdkiiIoMmuOperationBusMasterWrite64
#define COMMON64 EdkiiIoMmuOperationBusMasterCommonBuffer64
#define R EDKII_IOMMU_ACCESS_READ
#define W EDKII_IOMMU_ACCESS_WRITE
#define WRITE_COMBINE 0x80
#define CACHED 0x800
#define DUAL_ADDRESS_CYCLE 0x8000

/* Above all memory of the machine; memory of it above 4 GiB (boot.py). */
#define ABOVE_4_GIB ((VOID *)(UINTN)0x140000000)
#define HIGH_MEMORY 0x110000000

static EDKII_IOMMU_PROTOCOL *iommu;
static EFI_HANDLE device, no_device;
static UINTN rows, wrong;

/* One row: what was asked, and what has to be answered. */
static void row(const char *what, EFI_STATUS got, EFI_STATUS want)
{
	rows++;
	if (got == want)
		return;
	wrong++;
	DEBUG((DEBUG_INFO, "app: %a: %r, not %r\n", what, got, want));
}

static void check(const char *what, BOOLEAN holds)
{
	row(what, holds ? EFI_SUCCESS : EFI_ABORTED, EFI_SUCCESS);
}

static EFI_STATUS map(EDKII_IOMMU_OPERATION operation, VOID *host, UINTN *bytes,
		      EFI_PHYSICAL_ADDRESS *at, VOID **mapping)
{
	return iommu->Map(iommu, operation, host, bytes, at, mapping);
}

static EFI_STATUS set(EFI_HANDLE handle, VOID *mapping, UINT64 access)
{
	return iommu->SetAttribute(iommu, handle, mapping, access);
}

/* ---- AllocateBuffer, FreeBuffer ------------------------------------------ */

static EFI_STATUS allocate(EFI_MEMORY_TYPE type, UINTN pages, VOID **host,
			   UINT64 attributes)
{
	return iommu->AllocateBuffer(iommu, AllocateAnyPages, type, pages, host,
				     attributes);
}

/* What the firmware says of a page: 7.2.3. */
static UINT32 type_of(const VOID *page)
{
	static UINT8 list[65536];
	UINTN bytes = sizeof(list), key, one, at;
	UINT32 version;

	if (EFI_ERROR(gBS->GetMemoryMap(&bytes, list, &key, &one, &version)))
		return MAX_UINT32;
	for (at = 0; at < bytes; at += one) {
		const UINT64 *words = (const UINT64 *)(VOID *)(list + at);

		if ((UINTN)page >= words[1] &&
		    (UINTN)page - words[1] < words[3] << EFI_PAGE_SHIFT)
			return (UINT32)words[0];
	}
	return MAX_UINT32;
}

static void good_buffer(EFI_MEMORY_TYPE type, UINT64 attributes)
{
	VOID *host;

	row("AllocateBuffer", allocate(type, 3, &host, attributes),
	    EFI_SUCCESS);
	check("memory type", type_of(host) == (UINT32)type);
	if (!(attributes & DUAL_ADDRESS_CYCLE))
		check("below 4 GiB", (UINTN)host + 0x3000 <= SIZE_4GB);
	row("FreeBuffer, fewer pages", iommu->FreeBuffer(iommu, 2, host),
	    EFI_INVALID_PARAMETER);
	row("FreeBuffer", iommu->FreeBuffer(iommu, 3, host), EFI_SUCCESS);
	row("FreeBuffer again", iommu->FreeBuffer(iommu, 3, host),
	    EFI_INVALID_PARAMETER);
}

/* Every set of attributes, with both types of memory. */
static void good_buffers(void)
{
	static const UINT64 bits[] = { WRITE_COMBINE, CACHED,
				       DUAL_ADDRESS_CYCLE };
	UINT64 attributes;
	UINTN set, i;

	for (set = 0; set < 8; set++) {
		attributes = 0;
		for (i = 0; i < 3; i++)
			attributes |= set >> i & 1 ? bits[i] : 0;
		good_buffer(EfiBootServicesData, attributes);
		good_buffer(EfiRuntimeServicesData, attributes);
	}
}

static void bad_buffers(void)
{
	VOID *host;
	UINTN bit;

	for (bit = 0; bit < 64; bit++)
		if (!((WRITE_COMBINE | CACHED | DUAL_ADDRESS_CYCLE) >> bit & 1))
			row("AllocateBuffer, attribute",
			    allocate(EfiLoaderData, 0, NULL, 1ULL << bit),
			    EFI_UNSUPPORTED);
	row("AllocateBuffer, NULL", allocate(EfiBootServicesData, 1, NULL, 0),
	    EFI_INVALID_PARAMETER);
	row("AllocateBuffer, type", allocate(EfiLoaderData, 1, &host, 0),
	    EFI_INVALID_PARAMETER);
	row("AllocateBuffer, no pages",
	    allocate(EfiBootServicesData, 0, &host, 0), EFI_INVALID_PARAMETER);
	row("AllocateBuffer, no memory",
	    allocate(EfiBootServicesData, 1 << 30, &host, 0),
	    EFI_OUT_OF_RESOURCES);
	row("FreeBuffer, foreign", iommu->FreeBuffer(iommu, 1, &host),
	    EFI_INVALID_PARAMETER);
}

/* ---- Map, Unmap ---------------------------------------------------------- */

static void bad_maps(VOID *host)
{
	EFI_PHYSICAL_ADDRESS at;
	UINTN bytes = 16;
	VOID *mapping;

	row("Map, NULL", map(READ, NULL, &bytes, &at, &mapping),
	    EFI_INVALID_PARAMETER);
	check("NumberOfBytes is 0", bytes == 0);
	bytes = 16;
	row("Map, operation",
	    map(EdkiiIoMmuOperationMaximum, host, &bytes, &at, &mapping),
	    EFI_INVALID_PARAMETER);
	bytes = 4096;
	row("Map, common buffer above 4 GiB",
	    map(COMMON, ABOVE_4_GIB, &bytes, &at, &mapping), EFI_UNSUPPORTED);
	check("NumberOfBytes is 0", bytes == 0);
	bytes = 4096;
	row("Map, the same with 64 bits",
	    map(COMMON64, ABOVE_4_GIB, &bytes, &at, &mapping), EFI_SUCCESS);
	row("Unmap", iommu->Unmap(iommu, mapping), EFI_SUCCESS);
	row("Unmap again", iommu->Unmap(iommu, mapping), EFI_INVALID_PARAMETER);
	row("Unmap, NULL", iommu->Unmap(iommu, NULL), EFI_INVALID_PARAMETER);
	row("Unmap, all ones", iommu->Unmap(iommu, (VOID *)-1),
	    EFI_INVALID_PARAMETER);
}

/* A mapping of a page in part is copied there, and back. */
static void bounced(UINT8 *host)
{
	EFI_PHYSICAL_ADDRESS at;
	UINTN bytes;
	VOID *mapping;

	for (bytes = 0; bytes < 64; bytes++)
		host[bytes] = 0x5a;
	bytes = 40;
	row("Map, part of a page", map(WRITE, host + 8, &bytes, &at, &mapping),
	    EFI_SUCCESS);
	check("another page", (at ^ (UINTN)host) >> 12 != 0);
	check("its content", *(UINT8 *)(UINTN)at == 0x5a);
	*(UINT8 *)(UINTN)at = 0xa5;
	row("Unmap", iommu->Unmap(iommu, mapping), EFI_SUCCESS);
	check("copied back", host[8] == 0xa5 && host[7] == 0x5a);
	bytes = 4096;
	row("Map, a whole page", map(WRITE, host, &bytes, &at, &mapping),
	    EFI_SUCCESS);
	check("the page itself", at == (UINTN)host);
	row("Unmap", iommu->Unmap(iommu, mapping), EFI_SUCCESS);
}

/* Each operation, on a page that it can address. */
static void operations(VOID *host)
{
	static const struct {
		EDKII_IOMMU_OPERATION operation;
		UINT64 access;
	} op[] = { { READ, R },	  { WRITE, W },	  { COMMON, R | W },
		   { READ64, R }, { WRITE64, W }, { COMMON64, R | W } };
	EFI_PHYSICAL_ADDRESS at;
	UINTN bytes, i;
	UINT64 access;
	VOID *mapping;

	for (i = 0; i < sizeof(op) / sizeof(op[0]); i++) {
		bytes = 4096;
		row("Map", map(op[i].operation, host, &bytes, &at, &mapping),
		    EFI_SUCCESS);
		check("the page itself", at == (UINTN)host && bytes == 4096);
		for (access = 1; access < 8; access++)
			row("SetAttribute, each access",
			    set(device, mapping, access),
			    access == op[i].access ? EFI_SUCCESS :
						     EFI_INVALID_PARAMETER);
		row("Unmap", iommu->Unmap(iommu, mapping), EFI_SUCCESS);
	}
}

/* Memory above 4 GiB: a 32-bit operation is copied, a 64-bit one is not. */
static void above_4_gib(void)
{
	EFI_PHYSICAL_ADDRESS host = HIGH_MEMORY, at;
	UINTN bytes = 4096;
	VOID *mapping;
	UINT8 *first;

	row("AllocatePages",
	    gBS->AllocatePages(AllocateAddress, EfiBootServicesData, 1, &host),
	    EFI_SUCCESS);
	first = (UINT8 *)(UINTN)host;
	*first = 0x5a;
	row("Map, 64 bits", map(WRITE64, first, &bytes, &at, &mapping),
	    EFI_SUCCESS);
	check("the page itself", at == host);
	row("Unmap", iommu->Unmap(iommu, mapping), EFI_SUCCESS);
	row("Map, 32 bits", map(WRITE, first, &bytes, &at, &mapping),
	    EFI_SUCCESS);
	check("below 4 GiB", at + 4096 <= SIZE_4GB && bytes == 4096);
	check("its content", *(UINT8 *)(UINTN)at == 0x5a);
	*(UINT8 *)(UINTN)at = 0xa5;
	row("Unmap", iommu->Unmap(iommu, mapping), EFI_SUCCESS);
	check("copied back", *first == 0xa5);
	gBS->FreePages(host, 1);
}

/* ---- SetAttribute -------------------------------------------------------- */

static void accesses(VOID *host)
{
	EFI_PHYSICAL_ADDRESS at;
	UINTN bytes = 4096, local;
	VOID *mapping;

	row("Map", map(READ, host, &bytes, &at, &mapping), EFI_SUCCESS);
	row("SetAttribute, NULL", set(device, NULL, R), EFI_INVALID_PARAMETER);
	row("SetAttribute, all ones", set(device, (VOID *)-1, 0),
	    EFI_INVALID_PARAMETER);
	row("SetAttribute, no handle", set(NULL, mapping, R),
	    EFI_INVALID_PARAMETER);
	row("SetAttribute, not a handle", set(&local, mapping, R),
	    EFI_INVALID_PARAMETER);
	row("SetAttribute, no device", set(no_device, mapping, R),
	    EFI_UNSUPPORTED);
	row("SetAttribute, bits", set(device, mapping, 4),
	    EFI_INVALID_PARAMETER);
	row("SetAttribute, does not fit", set(device, mapping, W),
	    EFI_INVALID_PARAMETER);
	row("SetAttribute", set(device, mapping, R), EFI_SUCCESS);
	row("SetAttribute again", set(device, mapping, R), EFI_SUCCESS);
	row("SetAttribute, none", set(device, mapping, 0), EFI_SUCCESS);
	row("Unmap", iommu->Unmap(iommu, mapping), EFI_SUCCESS);
	row("SetAttribute, unmapped", set(device, mapping, R),
	    EFI_INVALID_PARAMETER);
}

/* ---- all ------------------------------------------------------------- */

static EFI_STATUS start(void)
{
	EFI_STATUS status = raw_start_driver();
	EFI_HANDLE *handles;
	UINTN count;

	if (!EFI_ERROR(status))
		status = gBS->LocateProtocol(&gEdkiiIoMmuProtocolGuid, NULL,
					     (VOID **)&iommu);
	if (!EFI_ERROR(status))
		status = gBS->LocateHandleBuffer(ByProtocol,
						 &gEfiPciIoProtocolGuid, NULL,
						 &count, &handles);
	if (!EFI_ERROR(status))
		device = handles[count - 1];
	no_device = gImageHandle;
	return status;
}

EFI_STATUS EFIAPI HVPT_RAW_MAIN(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	EFI_STATUS status = start();
	VOID *host = NULL;

	(void)image;
	(void)table;
	gBS->SetWatchdogTimer(0, 0, 0, NULL);
	row("start", status, EFI_SUCCESS);
	if (!EFI_ERROR(status)) {
		check("revision", iommu->Revision == 0x00010000);
		good_buffers();
		bad_buffers();
		row("AllocateBuffer",
		    allocate(EfiBootServicesData, 1, &host, 0), EFI_SUCCESS);
		bad_maps(host);
		bounced(host);
		operations(host);
		above_4_gib();
		accesses(host);
	}
	raw_say("ExitBootServices", raw_exit_boot_services());
	DEBUG((DEBUG_INFO, "app: contract: rows %ld wrong %ld\n", rows, wrong));
	raw_out8(RAW_EXIT_PORT, wrong == 0 ? RAW_PASS : RAW_FAIL);
	return EFI_SUCCESS;
}
