/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How a program starts the driver that it contains, and how it leaves boot
 * services.
 */
#include "start.h"

#include <Library/DebugLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/IoMmu.h>
#include <Protocol/PciIo.h>

/* EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL: 14.2. */
static EFI_GUID bridge_guid = {
	0x2f707ebb,
	0x4a1a,
	0x11d4,
	{ 0x9a, 0x38, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d },
};

/* The driver, as a file in this one: see build_raw.sh. */
extern UINT8 driver_image[], driver_image_end[];

void raw_say(const char *what, EFI_STATUS status)
{
	DEBUG((DEBUG_INFO, "app: %a: %r\n", what, status));
}

/*
 * Devices must not do DMA while translation is enabled. The disk that this
 * program was loaded from is a legacy virtio disk, which no IOMMU translates.
 */
static void quiesce(void)
{
	EFI_PCI_IO_PROTOCOL *pci;
	EFI_HANDLE *handles;
	UINT32 id;
	UINTN count, i;

	if (EFI_ERROR(gBS->LocateHandleBuffer(ByProtocol,
					      &gEfiPciIoProtocolGuid, NULL,
					      &count, &handles)))
		return;
	for (i = 0; i < count; i++) {
		if (EFI_ERROR(gBS->HandleProtocol(
			    handles[i], &gEfiPciIoProtocolGuid, (VOID **)&pci)))
			continue;
		pci->Pci.Read(pci, 2, 0, 1, &id);
		if (id != 0x10011af4)
			gBS->DisconnectController(handles[i], NULL, NULL);
	}
}

/* A firmware that contains the driver started it before any device. */
static BOOLEAN firmware_has_driver(void)
{
	VOID *found;
	EFI_STATUS status;

	status = gBS->LocateProtocol(&gEdkiiIoMmuProtocolGuid, NULL, &found);
	raw_say("driver of the firmware", status);
	return !EFI_ERROR(status);
}

EFI_STATUS raw_start_driver(void)
{
	EFI_HANDLE image;
	EFI_STATUS status;

	if (firmware_has_driver())
		return EFI_SUCCESS;
	status = gBS->LoadImage(FALSE, gImageHandle, NULL, driver_image,
				(UINTN)(driver_image_end - driver_image),
				&image);
	raw_say("driver loaded", status);
	if (EFI_ERROR(status))
		return status;
	quiesce();
	status = gBS->StartImage(image, NULL, NULL);
	raw_say("driver started", status);
	return status;
}

void raw_reconnect(void)
{
	EFI_HANDLE *handles;
	UINTN count, i;

	if (EFI_ERROR(gBS->LocateHandleBuffer(ByProtocol, &bridge_guid, NULL,
					      &count, &handles)))
		return;
	for (i = 0; i < count; i++) {
		gBS->DisconnectController(handles[i], NULL, NULL);
		raw_say("reconnect",
			gBS->ConnectController(handles[i], NULL, NULL, TRUE));
	}
}

EFI_STATUS raw_exit_boot_services(void)
{
	static UINT8 map[65536];
	UINTN bytes, key, one, tries;
	UINT32 version;
	EFI_STATUS status = EFI_ABORTED;

	for (tries = 0; tries < 4 && EFI_ERROR(status); tries++) {
		bytes = sizeof(map);
		status = gBS->GetMemoryMap(&bytes, map, &key, &one, &version);
		if (!EFI_ERROR(status))
			status = gBS->ExitBootServices(gImageHandle, key);
	}
	return status;
}
