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

struct uefi_fixture fixture;
uint8_t *fixture_memory;
EFI_STATUS fixture_hypercall_status;
unsigned fixture_hypercall_stops;
bool fixture_drop_flushes;

/* ---- the hypercall library: over the model's own call pages -------------- */

EFI_STATUS EFIAPI HvptHypercallStart(VOID)
{
	return fixture_hypercall_status;
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
	if (fixture_drop_flushes &&
	    (control & 0xffff) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN_LIST)
		return control & UINT64_C(0xfff00000000);
	if (fixture_drop_flushes &&
	    (control & 0xffff) == HVPT_HVCALL_FLUSH_DEVICE_DOMAIN)
		return 0;
	hypervisor_borrow(fixture.hv, &va, &gpa);
	memcpy(va, (void *)(uintptr_t)page, PAGE);
	result = hypervisor_call(fixture.hv, control, gpa + (input - page),
				 output ? gpa + (output - page) : 0);
	memcpy((void *)(uintptr_t)page, va, PAGE);
	hypervisor_give_back(fixture.hv, gpa);
	return result;
}

VOID EFIAPI HvptHypercallStop(BOOLEAN exiting)
{
	if (exiting != fake_boot.exiting)
		abort();
	fixture_hypercall_stops++;
}

/* ---- open and close -------------------------------------------------- */

static void page_freed(uint64_t page)
{
	hypervisor_page_freed(fixture.hv, page);
}

void fixture_default(struct hypervisor_config *config)
{
	*config = (struct hypervisor_config){
		.read64 = fake_boot_read64,
		.caps = HYPERVISOR_CAP_PRESENT | HYPERVISOR_CAP_S1,
		.page_sizes = PAGE_SIZES,
		.iova_width = 48,
	};
}

EFI_HANDLE fixture_add_device(unsigned id)
{
	hypervisor_add_device(fixture.hv, id, true);
	return fake_boot_pci_handle(id);
}

static void fill_memory(void)
{
	size_t i;

	if (!fixture_memory) {
		fixture_memory = mmap(NULL, FIXTURE_MEMORY,
				      PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
				      -1, 0);
		if (fixture_memory == MAP_FAILED)
			abort();
	}
	for (i = 0; i < FIXTURE_MEMORY; i++)
		fixture_memory[i] = (uint8_t)(i * 7 + (i >> 8));
}

void fixture_open_idle(const struct hypervisor_config *config)
{
	fake_boot_open();
	driver_reset();
	fill_memory();
	fixture_hypercall_status = EFI_SUCCESS;
	fixture_hypercall_stops = 0;
	fake_boot.may_reserve = stub_PcdHvptExitPolicy == 3;
	fixture.hv = hypervisor_create(config);
	fake_boot.freed = page_freed;
	fixture.a = fixture_add_device(DEVICE_A);
	fixture.b = fixture_add_device(DEVICE_B);
	hypervisor_add_device(fixture.hv, DEVICE_UNMANAGED, false);
	fixture.unmanaged = fake_boot_pci_handle(DEVICE_UNMANAGED);
	fixture.unknown = fake_boot_pci_handle(DEVICE_UNKNOWN);
	fixture.no_device = fake_boot_path_handle(NULL);
}

void fixture_open_with(const struct hypervisor_config *config)
{
	fixture_open_idle(config);
	fixture.started = driver_start();
	fixture.iommu = fake_boot_protocol(&gEdkiiIoMmuProtocolGuid);
}

void fixture_open(void)
{
	struct hypervisor_config config;

	fixture_default(&config);
	fixture_open_with(&config);
	if (fixture.started != EFI_SUCCESS || !fixture.iommu) {
		fprintf(stderr, "the driver does not start\n");
		abort();
	}
}

void fixture_close(void)
{
	const char *violation = hypervisor_violation(fixture.hv);

	if (*violation) {
		fprintf(stderr, "violation: %s\n", violation);
		abort();
	}
	fake_boot.freed = NULL;
	hypervisor_destroy(fixture.hv);
	fixture.hv = NULL;
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

bool fixture_sees(unsigned device, uint64_t iova, bool write, uint64_t gpa)
{
	struct hypervisor_dma dma;

	hypervisor_dma(fixture.hv, device, iova, write, &dma);
	return is(&dma.fresh, gpa) && dma.stale_count == 0;
}

bool fixture_sees_all(unsigned device, uint64_t iova, uint64_t bytes,
		      uint64_t host, bool write)
{
	uint64_t at = 0, left;

	while (at < bytes) {
		left = PAGE - ((iova + at) & (PAGE - 1));
		if (left > bytes - at)
			left = bytes - at;
		if (!fixture_sees(device, iova + at, write, host + at) ||
		    !fixture_sees(device, iova + at + left - 1, write,
				  host + at + left - 1))
			return false;
		at += left;
	}
	return true;
}

bool fixture_sees_none(unsigned device, uint64_t iova, uint64_t bytes)
{
	uint64_t first = iova & ~(PAGE - 1), at;

	for (at = first; at < iova + bytes; at += PAGE)
		if (!fixture_sees(device, at, false, 0) ||
		    !fixture_sees(device, at, true, 0))
			return false;
	return true;
}
