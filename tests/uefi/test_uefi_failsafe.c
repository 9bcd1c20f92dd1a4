/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a device reaches when it did not take the address that Map() gave out:
 * bus drivers of several kinds, times what SetAttribute() answers. It is the
 * memory that was mapped, or nothing; never other memory.
 */
#include "uefi_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define READ EdkiiIoMmuOperationBusMasterRead
#define WRITE EdkiiIoMmuOperationBusMasterWrite
#define ATTACH HVPT_HVCALL_ATTACH_DEVICE_DOMAIN
#define HV_DENIED HVPT_HV_STATUS_ACCESS_DENIED
#define HOST (fixture_memory + 0x2340)
#define BYTES UINT64_C(0x1800)

/* ---- bus drivers ------------------------------------------------------- */

/* IGNORES: edk2 until 202311; HEEDS: from 202402 on; NEVER: it has no call. */
enum bus {
	IGNORES,
	HEEDS,
	NEVER,
	BUSES
};

/* A transfer as a device driver sees it, through PciIo. */
struct transfer {
	EFI_PHYSICAL_ADDRESS at;
	VOID *mapping;
};

static EFI_STATUS set_access(EFI_HANDLE device, VOID *mapping, UINT64 access)
{
	return fixture.iommu->SetAttribute(fixture.iommu, device, mapping,
					   access);
}

static UINT64 access_for(EDKII_IOMMU_OPERATION operation)
{
	return operation == READ ? EDKII_IOMMU_ACCESS_READ :
				   EDKII_IOMMU_ACCESS_WRITE;
}

/* PciIo.Map() of each bus driver. A failure leaves the mapping behind. */
static EFI_STATUS bus_map(enum bus bus, EFI_HANDLE device,
			  EDKII_IOMMU_OPERATION operation, uint8_t *host,
			  UINTN bytes, struct transfer *transfer)
{
	EFI_STATUS status;

	status = fixture.iommu->Map(fixture.iommu, operation, host, &bytes,
				    &transfer->at, &transfer->mapping);
	if (EFI_ERROR(status) || bus == NEVER)
		return status;
	status = set_access(device, transfer->mapping, access_for(operation));
	return bus == HEEDS ? status : EFI_SUCCESS;
}

static EFI_STATUS bus_unmap(enum bus bus, EFI_HANDLE device,
			    const struct transfer *transfer)
{
	if (bus != NEVER)
		(void)set_access(device, transfer->mapping, 0);
	return fixture.iommu->Unmap(fixture.iommu, transfer->mapping);
}

/* ---- devices ------------------------------------------------------------- */

/* What SetAttribute() is going to answer, and why. */
enum outcome {
	TAKEN,	   /* the device gets its domain */
	TAKEN_NOW, /* it has one from an earlier transfer */
	UNMANAGED, /* the pvIOMMU does not have it: UNSUPPORTED */
	REFUSED,   /* the hypervisor does not attach it: DEVICE_ERROR */
	NO_MEMORY, /* none for tables: OUT_OF_RESOURCES */
	OUTCOMES
};

/* What the device then reaches at the address it was given. */
enum reach {
	OWN,	/* the memory of its transfer, and nothing else of the pages */
	FAULTS, /* nothing */
	UNUSED	/* PciIo.Map() failed: the driver has no address */
};

static const enum reach expected[BUSES][OUTCOMES] = {
	[IGNORES] = { OWN, OWN, OWN, OWN, OWN },
	[HEEDS] = { OWN, OWN, UNUSED, UNUSED, UNUSED },
	[NEVER] = { OWN, FAULTS, OWN, OWN, OWN },
};

static unsigned id_of(enum outcome outcome)
{
	return outcome == UNMANAGED ? DEVICE_UNMANAGED : DEVICE_A;
}

static EFI_HANDLE handle_of(enum outcome outcome)
{
	return outcome == UNMANAGED ? fixture.unmanaged : fixture.a;
}

static void prepare(enum outcome outcome)
{
	const struct hypervisor_injection refusal = {
		.code = ATTACH,
		.nth = 1,
		.times = UINT64_MAX,
		.fault = HYPERVISOR_FAIL,
		.status = HV_DENIED,
	};
	struct transfer before;

	if (outcome == REFUSED)
		hypervisor_inject(fixture.hv, &refusal);
	if (outcome != TAKEN_NOW)
		return;
	assert_int_equal(bus_map(HEEDS, fixture.a, READ, fixture_memory, 16,
				 &before),
			 EFI_SUCCESS);
	assert_int_equal(bus_unmap(HEEDS, fixture.a, &before), EFI_SUCCESS);
}

/* One byte of the device's; false: it faulted. */
static bool dma(enum outcome outcome, uint64_t at, bool write, uint8_t *byte)
{
	struct hypervisor_dma way;

	hypervisor_dma(fixture.hv, id_of(outcome), at, write, &way);
	assert_int_equal(way.stale_count, 0);
	if (!way.fresh.translated)
		return false;
	if (write)
		*(uint8_t *)(uintptr_t)way.fresh.gpa = *byte;
	else
		*byte = *(uint8_t *)(uintptr_t)way.fresh.gpa;
	return true;
}

static void device_reads(enum outcome outcome, uint64_t at, bool reaches)
{
	uint8_t byte = 0;
	uint64_t i;

	for (i = 0; i < BYTES; i++) {
		assert_int_equal(dma(outcome, at + i, false, &byte), reaches);
		if (reaches)
			assert_int_equal(byte, HOST[i]);
	}
}

static void device_writes(enum outcome outcome, uint64_t at, bool reaches)
{
	uint64_t i;

	for (i = 0; i < BYTES; i++) {
		uint8_t byte = (uint8_t)(0x5a ^ i);

		assert_int_equal(dma(outcome, at + i, true, &byte), reaches);
	}
}

/* ---- the table ------------------------------------------------------- */

/* All of memory but the transfer's bytes is as it was. */
static void check_memory(bool written)
{
	uint64_t i;

	for (i = 0; i < FIXTURE_MEMORY; i++) {
		uint64_t in = (uint64_t)(fixture_memory + i - HOST);
		uint8_t want = (uint8_t)(i * 7 + (i >> 8));

		if (written && in < BYTES)
			want = (uint8_t)(0x5a ^ in);
		assert_int_equal(fixture_memory[i], want);
	}
}

static void one_transfer(enum bus bus, enum outcome outcome,
			 EDKII_IOMMU_OPERATION operation)
{
	enum reach reach = expected[bus][outcome];
	struct transfer transfer;
	EFI_STATUS status;

	fake_boot.fail_at = outcome == NO_MEMORY && bus != NEVER ? 3 : 0;
	status = bus_map(bus, handle_of(outcome), operation, HOST, BYTES,
			 &transfer);
	fake_boot.fail_at = 0;
	assert_int_equal(EFI_ERROR(status) != 0, reach == UNUSED);
	if (operation == READ)
		device_reads(outcome, transfer.at, reach != FAULTS);
	else
		device_writes(outcome, transfer.at, reach != FAULTS);
	assert_int_equal(bus_unmap(bus, handle_of(outcome), &transfer),
			 EFI_SUCCESS);
	check_memory(operation == WRITE && reach != FAULTS);
}

static void table(void **state)
{
	unsigned bus, outcome;

	(void)state;
	for (bus = 0; bus < BUSES; bus++) {
		for (outcome = 0; outcome < OUTCOMES; outcome++) {
			fixture_open();
			prepare((enum outcome)outcome);
			one_transfer((enum bus)bus, (enum outcome)outcome,
				     READ);
			fixture_close();
			fixture_open();
			prepare((enum outcome)outcome);
			one_transfer((enum bus)bus, (enum outcome)outcome,
				     WRITE);
			fixture_close();
		}
	}
}

/* With the lines of README the driver without a call is as good as any. */
static EFI_STATUS amended_map(EFI_HANDLE device,
			      EDKII_IOMMU_OPERATION operation, uint8_t *host,
			      UINTN bytes, struct transfer *transfer)
{
	EFI_STATUS status = bus_map(NEVER, device, operation, host, bytes,
				    transfer);

	if (EFI_ERROR(status))
		return status;
	status = set_access(device, transfer->mapping, access_for(operation));
	if (EFI_ERROR(status))
		(void)bus_unmap(NEVER, device, transfer);
	return status;
}

static void amended(void **state)
{
	struct transfer transfer;
	size_t pages;

	(void)state;
	fixture_open();
	prepare(TAKEN_NOW);
	assert_int_equal(amended_map(fixture.a, WRITE, HOST, BYTES, &transfer),
			 EFI_SUCCESS);
	device_writes(TAKEN_NOW, transfer.at, true);
	(void)set_access(fixture.a, transfer.mapping, 0);
	assert_true(fixture_sees_none(DEVICE_A, transfer.at, BYTES));
	assert_int_equal(bus_unmap(NEVER, fixture.a, &transfer), EFI_SUCCESS);
	check_memory(true);
	pages = fake_boot.pages;
	assert_int_equal(amended_map(fixture.unmanaged, READ, HOST, BYTES,
				     &transfer),
			 EFI_UNSUPPORTED);
	assert_int_equal(fake_boot.pages, pages);
	fixture_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(amended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
