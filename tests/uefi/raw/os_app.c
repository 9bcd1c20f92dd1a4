/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Starts the driver, lets the firmware's drivers do DMA through it, and then
 * starts Linux, which lies beside this program: \linux.efi and \initrd.
 */
#include "start.h"

#include <Library/BaseMemoryLib.h>
#include <Library/DebugLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/DevicePath.h>
#include <Protocol/LoadedImage.h>
#include <Protocol/SimpleFileSystem.h>

static CHAR16 command_line[] = L"console=ttyS0 panic=-1 quiet "
			       L"no_timer_check initrd=\\initrd";
static CHAR16 kernel_name[] = L"\\linux.efi";

/* Nodes of a device path: 10.3. */
#define NODE_BYTES(node) ((UINTN)(node)[2] | (UINTN)(node)[3] << 8)
#define NODE_END 0x7f
#define NODE_HEAD 4u

static EFI_LOADED_IMAGE_PROTOCOL *loaded(EFI_HANDLE image)
{
	VOID *found = NULL;

	if (EFI_ERROR(gBS->HandleProtocol(image, &gEfiLoadedImageProtocolGuid,
					  &found)))
		return NULL;
	return found;
}

static UINTN path_bytes(const UINT8 *path)
{
	UINTN bytes = 0;

	while (path[bytes] != NODE_END)
		bytes += NODE_BYTES(path + bytes);
	return bytes;
}

/* The device's path, then a node with the file's name, then the end. */
static EFI_STATUS file_path(EFI_HANDLE device, VOID **path)
{
	static const UINT8 end[NODE_HEAD] = { NODE_END, 0xff, NODE_HEAD, 0 };
	const UINT8 node[NODE_HEAD] = { 4, 4, NODE_HEAD + sizeof(kernel_name),
					0 };
	VOID *start;
	EFI_STATUS status;
	UINTN bytes;
	UINT8 *at;

	status = gBS->HandleProtocol(device, &gEfiDevicePathProtocolGuid,
				     &start);
	if (EFI_ERROR(status))
		return status;
	bytes = path_bytes(start);
	status = gBS->AllocatePool(EfiBootServicesData,
				   bytes + 2 * NODE_HEAD + sizeof(kernel_name),
				   path);
	if (EFI_ERROR(status))
		return status;
	at = *path;
	CopyMem(at, start, bytes);
	CopyMem(at + bytes, node, NODE_HEAD);
	CopyMem(at + bytes + NODE_HEAD, kernel_name, sizeof(kernel_name));
	CopyMem(at + bytes + NODE_HEAD + sizeof(kernel_name), end, NODE_HEAD);
	return EFI_SUCCESS;
}

/* ---- the VT-d is the hypervisor's -------------------------------------- */

/* ACPI 6.5, 5.2.5.3 and 5.2.8: signature, address of the XSDT, its entries. */
#define RSDP_XSDT 24u
#define TABLE_BYTES 4u
#define XSDT_ENTRIES 36u
#define SIGNATURE_DMAR 0x52414d44u
/* ELAR has the same checksum. */
#define SIGNATURE_NONE 0x52414c45u

static EFI_GUID acpi_guid = {
	0x8868e871,
	0xe4f1,
	0x11d3,
	{ 0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 },
};

/* Entries are at multiples of 4. */
static UINTN load_address(const UINT8 *at)
{
	const UINT32 *words = (const UINT32 *)(const VOID *)at;

	return words[0] | (UINTN)words[1] << 32;
}

static BOOLEAN hide_in(const UINT8 *rsdp)
{
	const UINT8 *xsdt = (const UINT8 *)load_address(rsdp + RSDP_XSDT);
	UINT32 bytes = *(const UINT32 *)(const VOID *)(xsdt + TABLE_BYTES), at;
	BOOLEAN hidden = FALSE;

	for (at = XSDT_ENTRIES; at + 8 <= bytes; at += 8) {
		UINT32 *table = (UINT32 *)load_address(xsdt + at);

		if (*table != SIGNATURE_DMAR)
			continue;
		*table = SIGNATURE_NONE;
		hidden = TRUE;
	}
	return hidden;
}

/* Linux would switch it off. In a VM of Hyper-V it finds none. */
static EFI_STATUS hide_vtd(const EFI_SYSTEM_TABLE *table)
{
	const EFI_CONFIGURATION_TABLE *each = table->ConfigurationTable;
	UINTN i;

	for (i = 0; i < table->NumberOfTableEntries; i++, each++)
		if (!CompareMem(&each->VendorGuid, &acpi_guid,
				sizeof(acpi_guid)))
			return hide_in(each->VendorTable) ? EFI_SUCCESS :
							    EFI_NOT_FOUND;
	return EFI_NOT_FOUND;
}

/* ---- Linux --------------------------------------------------------------- */

/* The only volume of the machine. */
static EFI_HANDLE volume(void)
{
	EFI_HANDLE *handles;
	UINTN count;

	if (EFI_ERROR(gBS->LocateHandleBuffer(ByProtocol,
					      &gEfiSimpleFileSystemProtocolGuid,
					      NULL, &count, &handles)))
		return NULL;
	return handles[0];
}

static EFI_STATUS start_linux(void)
{
	EFI_LOADED_IMAGE_PROTOCOL *image;
	EFI_HANDLE kernel, disk = volume();
	EFI_STATUS status;
	VOID *path;

	if (!disk)
		return EFI_NOT_FOUND;
	status = file_path(disk, &path);
	if (!EFI_ERROR(status))
		status = gBS->LoadImage(FALSE, gImageHandle, path, NULL, 0,
					&kernel);
	raw_say("Linux loaded", status);
	if (EFI_ERROR(status))
		return status;
	image = loaded(kernel);
	image->LoadOptions = command_line;
	image->LoadOptionsSize = sizeof(command_line);
	return gBS->StartImage(kernel, NULL, NULL);
}

EFI_STATUS EFIAPI HVPT_RAW_MAIN(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	EFI_STATUS status = raw_start_driver();

	(void)image;
	gBS->SetWatchdogTimer(0, 0, 0, NULL);
	if (!EFI_ERROR(status))
		status = hide_vtd(table);
	if (!EFI_ERROR(status)) {
		raw_reconnect();
		status = start_linux();
	}
	raw_say("no Linux", status);
	raw_out8(RAW_EXIT_PORT, RAW_FAIL);
	return status;
}
