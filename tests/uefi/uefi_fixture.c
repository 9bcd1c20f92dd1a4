/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#define _GNU_SOURCE /* MAP_32BIT */
#include "uefi_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <Library/HvptHypercallLib.h>
#include <Library/PcdLib.h>

#define PAGE UINT64_C(4096)
#define PAGE_SIZES UINT64_C(0x40201000)

struct world world;
uint8_t *world_memory;
EFI_STATUS world_hypercall_status;
unsigned world_hypercall_stops;
bool world_drop_flushes;

/* ---- the hypercall library: over the model's own call pages -------------- */

EFI_STATUS EFIAPI HvptHypercallStart(VOID)
{
	return world_hypercall_status;
}

/* The output lies behind the input in one page, if there is one. */
UINT64 EFIAPI HvptHypercallIssue(UINT64 control, UINT64 input, UINT64 output)
{
	uint64_t page = input & ~(PAGE - 1), gpa, result;
	void *va;

	if (fake_boot.tpl < TPL_NOTIFY) {
		fprintf(stderr, "hypercall below TPL_NOTIFY\n");
		abort();
	}
	if (world_drop_flushes &&
	    (control & 0xffff) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST)
		return control & UINT64_C(0xfff00000000);
	if (world_drop_flushes &&
	    (control & 0xffff) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN)
		return 0;
	hypervisor_borrow(world.hv, &va, &gpa);
	memcpy(va, (void *)(uintptr_t)page, PAGE);
	result = hypervisor_call(world.hv, control, gpa + (input - page),
				 output ? gpa + (output - page) : 0);
	memcpy((void *)(uintptr_t)page, va, PAGE);
	hypervisor_give_back(world.hv, gpa);
	return result;
}

VOID EFIAPI HvptHypercallStop(BOOLEAN exiting)
{
	if (exiting != fake_boot.exiting)
		abort();
	world_hypercall_stops++;
}

/* ---- open and close -------------------------------------------------- */

static void page_freed(uint64_t page)
{
	hypervisor_page_freed(world.hv, page);
}

void world_default(struct hypervisor_config *config)
{
	*config = (struct hypervisor_config){
		.read64 = fake_boot_read64,
		.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1,
		.page_sizes = PAGE_SIZES,
		.iova_width = 48,
	};
}

EFI_HANDLE world_add_device(unsigned id)
{
	hypervisor_add_device(world.hv, id, true);
	return fake_boot_pci_handle(id);
}

static void fill_memory(void)
{
	size_t i;

	if (!world_memory) {
		world_memory = mmap(NULL, WORLD_MEMORY, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1,
				    0);
		if (world_memory == MAP_FAILED)
			abort();
	}
	for (i = 0; i < WORLD_MEMORY; i++)
		world_memory[i] = (uint8_t)(i * 7 + (i >> 8));
}

void world_open_idle(const struct hypervisor_config *config)
{
	fake_boot_open();
	driver_reset();
	fill_memory();
	world_hypercall_status = EFI_SUCCESS;
	world_hypercall_stops = 0;
	fake_boot.may_reserve = stub_PcdHvptExitPolicy == 3;
	world.hv = hypervisor_create(config);
	fake_boot.freed = page_freed;
	world.a = world_add_device(DEVICE_A);
	world.b = world_add_device(DEVICE_B);
	hypervisor_add_device(world.hv, DEVICE_UNMANAGED, false);
	world.unmanaged = fake_boot_pci_handle(DEVICE_UNMANAGED);
	world.unknown = fake_boot_pci_handle(DEVICE_UNKNOWN);
	world.no_device = fake_boot_path_handle(NULL);
}

void world_open_with(const struct hypervisor_config *config)
{
	world_open_idle(config);
	world.started = driver_start();
	world.iommu = fake_boot_protocol(&gEdkiiIoMmuProtocolGuid);
}

void world_open(void)
{
	struct hypervisor_config config;

	world_default(&config);
	world_open_with(&config);
	if (world.started != EFI_SUCCESS || !world.iommu) {
		fprintf(stderr, "the driver does not start\n");
		abort();
	}
}

void world_close(void)
{
	const char *violation = hypervisor_violation(world.hv);

	if (*violation) {
		fprintf(stderr, "violation: %s\n", violation);
		abort();
	}
	fake_boot.freed = NULL;
	hypervisor_destroy(world.hv);
	world.hv = NULL;
	fake_boot_close();
	stub_PcdHvptExposePartialPages = FALSE;
	stub_PcdHvptExitPolicy = 0;
	stub_PcdHvptDomainIdFirst = 0xffff0000;
	stub_PcdHvptDomainIdLast = 0xfffffffd;
}

/* ---- what devices see ------------------------------------------------ */

static bool is(const struct hypervisor_outcome *outcome, uint64_t gpa)
{
	return gpa ? outcome->translated && outcome->gpa == gpa :
		     !outcome->translated;
}

bool world_sees(unsigned device, uint64_t iova, bool write, uint64_t gpa)
{
	struct hypervisor_dma dma;

	hypervisor_dma(world.hv, device, iova, write, &dma);
	return is(&dma.fresh, gpa) && dma.stale_count == 0;
}

bool world_sees_all(unsigned device, uint64_t iova, uint64_t bytes,
		    uint64_t host, bool write)
{
	uint64_t at = 0, left;

	while (at < bytes) {
		left = PAGE - ((iova + at) & (PAGE - 1));
		if (left > bytes - at)
			left = bytes - at;
		if (!world_sees(device, iova + at, write, host + at) ||
		    !world_sees(device, iova + at + left - 1, write,
				host + at + left - 1))
			return false;
		at += left;
	}
	return true;
}

bool world_sees_none(unsigned device, uint64_t iova, uint64_t bytes)
{
	uint64_t first = iova & ~(PAGE - 1), at;

	for (at = first; at < iova + bytes; at += PAGE)
		if (!world_sees(device, at, false, 0) ||
		    !world_sees(device, at, true, 0))
			return false;
	return true;
}
