/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Takes the device that a person named from the firmware, and returns it.
 */
#include "app.h"

#include <Library/BaseMemoryLib.h>
#include <Library/HvptDeviceIdLib.h>
#include <Library/UefiBootServicesTableLib.h>

#include "conformance/home.h"

/* Not one of those that the suite takes. */
#define HOME (CONFORMANCE_FIRST_ID - 1)

static const char will_do[] =
	"\nThe device that was given is taken from the firmware's driver. It is\n"
	"moved to domains of the program, and writes to pages of the program.\n"
	"Then the firmware's driver gets it back. From now on, and until the VM\n"
	"is turned off, it is in domain 0xfff, which translates nothing.\n";

/* ---- finding it ------------------------------------------------------ */

static BOOLEAN is_there(EFI_PCI_IO_PROTOCOL *pci,
			const struct app_options *options)
{
	UINTN segment, bus, slot, function;

	return !EFI_ERROR(pci->GetLocation(pci, &segment, &bus, &slot,
					   &function)) &&
	       segment == 0 && bus == options->bus && slot == options->device &&
	       function == options->function;
}

static BOOLEAN find(struct app_device *device,
		    const struct app_options *options)
{
	EFI_HANDLE *handles;
	UINTN count, i;
	BOOLEAN found = FALSE;

	if (EFI_ERROR(gBS->LocateHandleBuffer(ByProtocol,
					      &gEfiPciIoProtocolGuid, NULL,
					      &count, &handles)))
		return FALSE;
	for (i = 0; i < count && !found; i++) {
		device->handle = handles[i];
		found = !EFI_ERROR(gBS->HandleProtocol(
				handles[i], &gEfiPciIoProtocolGuid,
				(VOID **)&device->pci)) &&
			is_there(device->pci, options);
	}
	gBS->FreePool(handles);
	return found;
}

/* ---- taking it ------------------------------------------------------- */

static BOOLEAN take_pages(struct app_device *device)
{
	EFI_PHYSICAL_ADDRESS at = MAX_UINT64;
	UINTN i;

	if (device->driver.address_bits < 64)
		at = ((UINT64)1 << device->driver.address_bits) - 1;
	if (EFI_ERROR(gBS->AllocatePages(AllocateMaxAddress,
					 EfiBootServicesData, CONFORMANCE_PAGES,
					 &at)))
		return FALSE;
	device->memory = at;
	for (i = 0; i < CONFORMANCE_PAGES; i++, at += EFI_PAGE_SIZE) {
		device->pages[i].va = ZeroMem((VOID *)(UINTN)at, EFI_PAGE_SIZE);
		device->pages[i].gpa = hvpt_gpa(at);
	}
	return TRUE;
}

/* The firmware's driver lets go of it; then it may do DMA for the suite. */
static BOOLEAN detach_driver(struct app_device *device)
{
	EFI_PCI_IO_PROTOCOL *pci = device->pci;

	if (EFI_ERROR(pci->Attributes(pci, EfiPciIoAttributeOperationGet, 0,
				      &device->attributes)))
		return FALSE;
	device->is_taken = TRUE;
	gBS->DisconnectController(device->handle, NULL, NULL);
	return !EFI_ERROR(pci->Attributes(
		pci, EfiPciIoAttributeOperationEnable,
		EFI_PCI_IO_ATTRIBUTE_MEMORY | EFI_PCI_IO_ATTRIBUTE_BUS_MASTER,
		NULL));
}

static void give_to(struct conformance_host *host,
		    const struct app_device *device)
{
	host->has_home = true;
	host->home = HOME;
	host->driver = &device->driver;
	host->pages = device->pages;
}

static const char *start(struct app_device *device,
			 struct conformance_host *host)
{
	if (!take_pages(device))
		return "There is no memory that the device reaches.\n";
	if (!detach_driver(device))
		return "The device cannot be enabled.\n";
	give_to(host, device);
	if (!conformance_home_make(host, HVPT_DOMAIN_IDENTITY))
		return "The host does not take the device into domain 0xfff.\n"
		       "After an earlier run, turn the VM off and on first.\n";
	return NULL;
}

const char *
app_device_take(struct app_device *device, const struct app_options *options,
		struct conformance_host *host, void (*tell)(const char *text))
{
	const char *problem;
	UINT64 id = options->id;

	ZeroMem(device, sizeof(*device));
	if (!find(device, options))
		return "There is no device where the option says.\n";
	if (!options->has_id &&
	    EFI_ERROR(HvptDeviceIdFromHandle(device->handle, &id)))
		return "The logical id of the device is not known: give it as "
		       "id=NUMBER.\n";
	host->has_device = true;
	host->device = id;
	if (host->passive)
		return NULL;
	if (!app_edu_open(device->pci, &device->driver))
		return "There is no driver for the device here: it must be "
		       "QEMU's edu.\n";
	if (options->bits)
		device->driver.address_bits = (unsigned)options->bits;
	tell(will_do);
	problem = start(device, host);
	if (problem)
		app_device_return(device, FALSE, tell);
	return problem;
}

/* ---- returning it ---------------------------------------------------- */

void app_device_return(struct app_device *device, BOOLEAN astray,
		       void (*tell)(const char *text))
{
	EFI_PCI_IO_PROTOCOL *pci = device->pci;

	if (device->is_taken)
		pci->Attributes(pci, EfiPciIoAttributeOperationDisable,
				EFI_PCI_IO_ATTRIBUTE_BUS_MASTER, NULL);
	if (astray) {
		/* it may still reach the pages */
		tell("The device gets no driver: turn the VM off.\n");
		return;
	}
	if (device->is_taken) {
		pci->Attributes(pci, EfiPciIoAttributeOperationSet,
				device->attributes, NULL);
		gBS->ConnectController(device->handle, NULL, NULL, TRUE);
	}
	if (device->memory)
		gBS->FreePages(device->memory, CONFORMANCE_PAGES);
}
