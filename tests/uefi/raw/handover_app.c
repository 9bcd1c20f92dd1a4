/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A network device (Intel 82540, QEMU's e1000) that nobody stops: what its DMA
 * reaches before, during and after ExitBootServices.
 *
 * It gets packets to send. For each it reads a descriptor from its ring, and
 * writes into it that it is done. So a descriptor that is done was reached; and
 * one that is not was not. Each step has a ring of its own, in a page between
 * two that nobody may write.
 */
#include "start.h"

#include <Guid/EventGroup.h>
#include <Library/BaseLib.h>
#include <Library/BaseMemoryLib.h>
#include <Library/DebugLib.h>
#include <Library/UefiBootServicesTableLib.h>
#include <Protocol/IoMmu.h>
#include <Protocol/PciIo.h>

#define E1000_ID 0x100e8086u
#define RW (EDKII_IOMMU_ACCESS_READ | EDKII_IOMMU_ACCESS_WRITE)

/* Registers: Intel 8254x software developer's manual, 13.4. */
#define REG_CTRL 0x0000
#define REG_TCTL 0x0400
#define REG_TDBAL 0x3800
#define REG_TDBAH 0x3804
#define REG_TDLEN 0x3808
#define REG_TDH 0x3810
#define REG_TDT 0x3818
#define CTRL_LINK_UP 0x40
#define TCTL_ENABLE 0x2

/* A descriptor: 3.3.3. End of packet, report status; done. */
#define DESCRIPTORS 8u
#define COMMAND 0x09000000u
#define PACKET_BYTES 60u
#define DONE 1u

/* Fault status of QEMU's VT-d: 11.4.7.1. */
#define VTD_FAULTS ((volatile UINT32 *)(UINTN)0xfed90034)

struct ring {
	volatile UINT64 descriptor[DESCRIPTORS][2];
	UINT8 rest[4096 - DESCRIPTORS * 16];
};

static EDKII_IOMMU_PROTOCOL *iommu;
static volatile UINT8 *registers;
static struct ring *firmware_ring, *os_ring;
static BOOLEAN in_handler;

/* ---- the device ------------------------------------------------------ */

static volatile UINT32 *reg(UINTN offset)
{
	return (volatile UINT32 *)(registers + offset);
}

/* Lets the device send one packet; did it reach its ring? */
static BOOLEAN send(struct ring *ring)
{
	UINT64 packet = (UINTN)ring + 2048;
	UINTN wait;

	ring->descriptor[0][0] = packet;
	ring->descriptor[0][1] = COMMAND | PACKET_BYTES;
	*reg(REG_TCTL) = 0;
	*reg(REG_TDBAL) = (UINT32)(UINTN)ring;
	*reg(REG_TDBAH) = (UINT32)((UINT64)(UINTN)ring >> 32);
	*reg(REG_TDLEN) = DESCRIPTORS * 16;
	*reg(REG_TDH) = 0;
	*reg(REG_TDT) = 0;
	*reg(REG_TCTL) = TCTL_ENABLE;
	*reg(REG_TDT) = 1;
	for (wait = 0; wait < 100000 && *reg(REG_TDH) != 1; wait++)
		CpuPause();
	return (ring->descriptor[0][1] >> 32 & DONE) != 0;
}

static EFI_HANDLE find_nic(EFI_PCI_IO_PROTOCOL **pci)
{
	EFI_HANDLE *handles;
	UINTN count, i;
	UINT32 id;

	if (EFI_ERROR(gBS->LocateHandleBuffer(ByProtocol,
					      &gEfiPciIoProtocolGuid, NULL,
					      &count, &handles)))
		return NULL;
	for (i = 0; i < count; i++) {
		if (EFI_ERROR(gBS->HandleProtocol(
			    handles[i], &gEfiPciIoProtocolGuid, (VOID **)pci)))
			continue;
		(*pci)->Pci.Read(*pci, 2, 0, 1, &id);
		if (id == E1000_ID)
			return handles[i];
	}
	return NULL;
}

/* Memory and bus master on, as its driver would. */
static EFI_STATUS open_nic(EFI_HANDLE *nic)
{
	EFI_PCI_IO_PROTOCOL *pci;
	UINT16 command;
	UINT32 bar;

	*nic = find_nic(&pci);
	if (!*nic)
		return EFI_NOT_FOUND;
	gBS->DisconnectController(*nic, NULL, NULL);
	pci->Pci.Read(pci, 1, 4, 1, &command);
	command |= 6;
	pci->Pci.Write(pci, 1, 4, 1, &command);
	pci->Pci.Read(pci, 2, 0x10, 1, &bar);
	registers = (volatile UINT8 *)(UINTN)(bar & ~0xfu);
	*reg(REG_CTRL) |= CTRL_LINK_UP;
	return EFI_SUCCESS;
}

/* ---- memory -------------------------------------------------------------- */

/* A page between two of which each byte is known. */
static struct ring *ring_page(UINT8 *pages)
{
	UINTN i;

	for (i = 0; i < 3 * 4096; i++)
		pages[i] = (UINT8)(i * 7);
	ZeroMem(pages + 4096, 4096);
	return (struct ring *)(pages + 4096);
}

static UINTN spoilt_around(const struct ring *ring)
{
	const UINT8 *pages = (const UINT8 *)ring - 4096;
	UINTN spoilt = 0, i;

	for (i = 0; i < 3 * 4096; i++)
		if (i / 4096 != 1 && pages[i] != (UINT8)(i * 7))
			spoilt++;
	return spoilt;
}

static EFI_STATUS make_rings(EFI_HANDLE nic)
{
	EFI_PHYSICAL_ADDRESS at, os;
	UINTN bytes = 4096;
	EFI_STATUS status;
	VOID *pages, *mapping;

	status = iommu->AllocateBuffer(iommu, AllocateAnyPages,
				       EfiBootServicesData, 3, &pages, 0);
	if (EFI_ERROR(status))
		return status;
	firmware_ring = ring_page(pages);
	os = 0xffffffff;
	status = gBS->AllocatePages(AllocateMaxAddress, EfiLoaderData, 3, &os);
	if (EFI_ERROR(status))
		return status;
	os_ring = ring_page((UINT8 *)(UINTN)os);
	status = iommu->Map(iommu, EdkiiIoMmuOperationBusMasterCommonBuffer,
			    firmware_ring, &bytes, &at, &mapping);
	if (EFI_ERROR(status))
		return status;
	return iommu->SetAttribute(iommu, nic, mapping, RW);
}

/* ---- the steps ----------------------------------------------------------- */

/* A driver's handler, younger than the IOMMU driver's. */
static VOID EFIAPI handler(EFI_EVENT event, VOID *context)
{
	(void)event;
	(void)context;
	in_handler = send(firmware_ring);
}

static EFI_STATUS start(void)
{
	EFI_STATUS status = raw_start_driver();
	EFI_EVENT event;
	EFI_HANDLE nic;

	if (!EFI_ERROR(status))
		status = gBS->LocateProtocol(&gEdkiiIoMmuProtocolGuid, NULL,
					     (VOID **)&iommu);
	if (!EFI_ERROR(status))
		status = open_nic(&nic);
	if (!EFI_ERROR(status))
		status = make_rings(nic);
	if (!EFI_ERROR(status))
		status = gBS->CreateEventEx(EVT_NOTIFY_SIGNAL, TPL_CALLBACK,
					    handler, NULL,
					    &gEfiEventExitBootServicesGuid,
					    &event);
	raw_say("device opened", status);
	return status;
}

EFI_STATUS EFIAPI HVPT_RAW_MAIN(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	BOOLEAN before, after, os;
	UINT32 faults;

	(void)image;
	(void)table;
	gBS->SetWatchdogTimer(0, 0, 0, NULL);
	if (EFI_ERROR(start()))
		raw_out8(RAW_EXIT_PORT, RAW_FAIL);
	before = send(firmware_ring);
	*VTD_FAULTS = *VTD_FAULTS;
	raw_say("ExitBootServices", raw_exit_boot_services());
	faults = *VTD_FAULTS & 3;
	after = send(firmware_ring);
	os = send(os_ring);
	DEBUG((DEBUG_INFO,
	       "app: reached: before %d handler %d after %d os %d; faults "
	       "in handlers %d, later %d; bytes spoilt %ld\n",
	       before, in_handler, after, os, faults != 0,
	       (*VTD_FAULTS & 3) != 0,
	       spoilt_around(firmware_ring) + spoilt_around(os_ring)));
	raw_out8(RAW_EXIT_PORT, RAW_PASS);
	return EFI_SUCCESS;
}
