/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How the driver starts, and why it does not; how it ends.
 */
#include "uefi_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <Library/PcdLib.h>
#include <Protocol/PciIo.h>

#define HOST (fixture_memory + 0x10)
#define COMMON EdkiiIoMmuOperationBusMasterCommonBuffer
#define WRITE EdkiiIoMmuOperationBusMasterWrite
#define RW (EDKII_IOMMU_ACCESS_READ | EDKII_IOMMU_ACCESS_WRITE)
#define DETACH HVPT_HVCALL_DETACH_DEVICE_DOMAIN
#define DELETE HVPT_HVCALL_DELETE_DEVICE_DOMAIN
#define ATTACH HVPT_HVCALL_ATTACH_DEVICE_DOMAIN

/* Nothing was left behind, in either fixture. */
static void refused(EFI_STATUS status, const char *why)
{
	assert_int_equal(fixture.started, status);
	assert_null(fixture.iommu);
	assert_true(fake_boot_said(why));
	assert_int_equal(fake_boot.pages, 0);
	assert_int_equal(fake_boot.pools, 0);
	assert_int_equal(hypervisor_domains(fixture.hv), 0);
	fixture_close();
}

static void refusals(void **state)
{
	struct hypervisor_config config;

	(void)state;
	fixture_default(&config);
	config.no_iommu = true;
	fixture_open_with(&config);
	refused(EFI_UNSUPPORTED, "HVPT_ERR_NO_IOMMU");
	fixture_default(&config);
	config.caps = 0;
	fixture_open_with(&config);
	refused(EFI_UNSUPPORTED, "HVPT_ERR_NO_IOMMU");
	fixture_default(&config);
	config.caps = HYPERVISOR_CAP_PRESENT;
	fixture_open_with(&config);
	refused(EFI_UNSUPPORTED, "HVPT_ERR_NO_STAGE1");
	fixture_default(&config);
	config.page_sizes = 0x200000;
	fixture_open_with(&config);
	refused(EFI_UNSUPPORTED, "HVPT_ERR_IOMMU_CAPS");
}

static void no_hypervisor(void **state)
{
	struct hypervisor_config config;

	(void)state;
	fixture_default(&config);
	fixture_open_idle(&config);
	fixture_hypercall_status = EFI_UNSUPPORTED;
	assert_int_equal(driver_start(), EFI_UNSUPPORTED);
	assert_null(fake_boot_protocol(&gEdkiiIoMmuProtocolGuid));
	assert_int_equal(fake_boot.allocs, 0);
	fixture_close();
}

static void second_producer(void **state)
{
	struct hypervisor_config config;
	EDKII_IOMMU_PROTOCOL other;

	(void)state;
	fixture_default(&config);
	fixture_open_idle(&config);
	fake_boot_install(&gEdkiiIoMmuProtocolGuid, &other);
	assert_int_equal(driver_start(), EFI_UNSUPPORTED);
	assert_true(fake_boot_said("another driver"));
	assert_int_equal(fake_boot.allocs, 0);
	assert_int_equal(hypervisor_domains(fixture.hv), 0);
	fixture_close();
}

/* The n-th allocation fails, for all n. */
static void without_memory(void **state)
{
	struct hypervisor_config config;
	uint64_t n;

	(void)state;
	fixture_default(&config);
	for (n = 1;; n++) {
		fixture_open_idle(&config);
		fake_boot.fail_at = n;
		if (driver_start() == EFI_SUCCESS && fake_boot.fail_at)
			break;
		assert_null(fake_boot_protocol(&gEdkiiIoMmuProtocolGuid));
		assert_int_equal(fake_boot.pages, 0);
		assert_int_equal(hypervisor_domains(fixture.hv), 0);
		assert_null(fake_boot.table);
		assert_int_equal(fixture_hypercall_stops, 1);
		fixture_close();
	}
	assert_true(n > 3);
	fixture_close();
}

/* A refusal of each hypercall of the start. */
static void hypervisor_refuses(void **state)
{
	static const uint16_t code[] = { HVPT_HVCALL_GET_IOMMU_CAPABILITIES,
					 HVPT_HVCALL_CREATE_DEVICE_DOMAIN,
					 HVPT_HVCALL_CONFIGURE_DEVICE_DOMAIN };
	struct hypervisor_config config;
	size_t i;

	(void)state;
	fixture_default(&config);
	for (i = 0; i < sizeof(code) / sizeof(code[0]); i++) {
		const struct hypervisor_injection injection = {
			.code = code[i],
			.nth = 1,
			.fault = HYPERVISOR_FAIL,
			.status = 6,
		};

		fixture_open_idle(&config);
		hypervisor_inject(fixture.hv, &injection);
		fixture.started = driver_start();
		fixture.iommu = fake_boot_protocol(&gEdkiiIoMmuProtocolGuid);
		refused(EFI_DEVICE_ERROR, "HVPT_ERR_HV_DENIED");
	}
}

static void domain_ids(void **state)
{
	uint32_t id;
	UINTN bytes = 16;
	EFI_PHYSICAL_ADDRESS at;
	VOID *mapping;

	(void)state;
	stub_PcdHvptDomainIdFirst = 0x100;
	stub_PcdHvptDomainIdLast = 0x1ff;
	fixture_open();
	assert_true(hypervisor_has_domain(fixture.hv, 0x100));
	assert_true(hypervisor_has_domain(fixture.hv, 0x101));
	assert_int_equal(fixture.iommu->Map(fixture.iommu, COMMON, HOST, &bytes,
					    &at, &mapping),
			 EFI_SUCCESS);
	assert_int_equal(fixture.iommu->SetAttribute(fixture.iommu, fixture.a,
						     mapping, RW),
			 EFI_SUCCESS);
	assert_true(hypervisor_device_domain(fixture.hv, DEVICE_A, &id));
	assert_int_equal(id, 0x102);
	fixture_close();
}

/* ---- the end --------------------------------------------------------- */

struct live {
	EFI_PHYSICAL_ADDRESS at;
	VOID *mapping;
	VOID *buffer;
};

static void open_with_traffic(struct live *live, EFI_HANDLE device)
{
	UINTN bytes = 0x3000;

	assert_int_equal(fixture.iommu->AllocateBuffer(
				 fixture.iommu, AllocateAnyPages,
				 EfiBootServicesData, 3, &live->buffer, 0),
			 EFI_SUCCESS);
	assert_int_equal(fixture.iommu->Map(fixture.iommu, COMMON, live->buffer,
					    &bytes, &live->at, &live->mapping),
			 EFI_SUCCESS);
	assert_int_equal(fixture.iommu->SetAttribute(fixture.iommu, device,
						     live->mapping, RW),
			 EFI_SUCCESS);
}

static void boot_exits(void)
{
	assert_int_equal(fake_boot_exit_boot_services(true), 3);
	assert_int_equal(fake_boot.tpl, TPL_APPLICATION);
	assert_int_equal(fixture_hypercall_stops, 1);
}

/* Handlers of other drivers may run later: nothing breaks, nothing is freed. */
static void members_after(const struct live *live)
{
	EDKII_IOMMU_PROTOCOL *io = fixture.iommu;
	UINTN bytes = 16;
	EFI_PHYSICAL_ADDRESS at;
	VOID *mapping;
	uint64_t calls;
	struct hypervisor_stats stats;

	hypervisor_read_stats(fixture.hv, &stats);
	calls = stats.calls;
	assert_int_equal(io->SetAttribute(io, fixture.a, live->mapping, 0),
			 EFI_SUCCESS);
	assert_int_equal(io->SetAttribute(io, fixture.a, live->mapping, RW),
			 EFI_DEVICE_ERROR);
	assert_int_equal(io->Unmap(io, live->mapping), EFI_SUCCESS);
	assert_int_equal(io->Unmap(io, live->mapping), EFI_INVALID_PARAMETER);
	assert_int_equal(io->Map(io, COMMON, HOST, &bytes, &at, &mapping),
			 EFI_DEVICE_ERROR);
	assert_int_equal(bytes, 0);
	assert_int_equal(io->FreeBuffer(io, 3, live->buffer), EFI_SUCCESS);
	assert_int_equal(io->AllocateBuffer(io, AllocateAnyPages,
					    EfiBootServicesData, 1, &mapping,
					    0),
			 EFI_OUT_OF_RESOURCES);
	hypervisor_read_stats(fixture.hv, &stats);
	assert_int_equal(stats.calls, calls);
}

static void exit_detaches(void **state)
{
	struct live a, b;
	uint32_t id;

	(void)state;
	stub_PcdHvptExitPolicy = 2;
	fixture_open();
	open_with_traffic(&a, fixture.a);
	open_with_traffic(&b, fixture.b);
	assert_true(fixture_sees_all(DEVICE_A, a.at, 0x3000,
				     (uint64_t)(uintptr_t)a.buffer, true));
	boot_exits();
	assert_int_equal(hypervisor_domains(fixture.hv), 0);
	assert_int_equal(hypervisor_calls(fixture.hv, DETACH), 2);
	assert_false(hypervisor_device_domain(fixture.hv, DEVICE_A, &id));
	assert_true(fixture_sees_none(DEVICE_A, a.at, 0x3000));
	assert_true(fixture_sees_none(DEVICE_B, b.at, 0x3000));
	assert_true(fake_boot_said("maps 2 bytes 24576"));
	members_after(&a);
	fixture_close();
}

static void exit_blocks(void **state)
{
	struct live a;
	uint32_t id;

	(void)state;
	stub_PcdHvptExitPolicy = 1;
	fixture_open();
	open_with_traffic(&a, fixture.a);
	boot_exits();
	assert_int_equal(hypervisor_domains(fixture.hv), 1);
	assert_true(hypervisor_device_domain(fixture.hv, DEVICE_A, &id));
	assert_true(fixture_sees_none(DEVICE_A, a.at, 0x3000));
	assert_true(fixture_sees(DEVICE_A, 0x5000, true, 0));
	members_after(&a);
	fixture_close();
}

static void exit_to_identity(void **state)
{
	struct live a;
	uint32_t id;

	(void)state;
	fixture_open();
	open_with_traffic(&a, fixture.a);
	boot_exits();
	assert_int_equal(hypervisor_domains(fixture.hv), 1);
	assert_true(hypervisor_device_domain(fixture.hv, DEVICE_A, &id));
	assert_true(fixture_sees(DEVICE_A, 0x5008, true, 0x5008));
	members_after(&a);
	fixture_close();
}

static void exit_unused(void **state)
{
	(void)state;
	fixture_open();
	boot_exits();
	assert_int_equal(hypervisor_domains(fixture.hv), 0);
	fixture_close();
}

/* Detach is refused: blocked is as good, and the tables are let go. */
static void exit_detach_fails(void **state)
{
	const struct hypervisor_injection injection = {
		.code = DETACH,
		.nth = 1,
		.times = UINT64_MAX,
		.fault = HYPERVISOR_FAIL,
		.status = 6,
	};
	struct live a;

	(void)state;
	stub_PcdHvptExitPolicy = 2;
	fixture_open();
	open_with_traffic(&a, fixture.a);
	hypervisor_inject(fixture.hv, &injection);
	boot_exits();
	assert_true(fake_boot_said("HVPT_ERR_HV_DENIED"));
	assert_true(fixture_sees_none(DEVICE_A, a.at, 0x3000));
	/* The device keeps the blocked domain alive; the paging one is gone. */
	assert_int_equal(hypervisor_domains(fixture.hv), 1);
	members_after(&a);
	fixture_close();
}

static void exit_device_gone(void **state)
{
	struct live a;

	(void)state;
	fixture_open();
	open_with_traffic(&a, fixture.a);
	hypervisor_remove_device(fixture.hv, DEVICE_A);
	boot_exits();
	assert_int_equal(hypervisor_domains(fixture.hv), 0);
	members_after(&a);
	fixture_close();
}

/* What the device wrote until then still arrives. */
static void exit_bounced(void **state)
{
	static uint8_t memory[0x40];
	struct hypervisor_dma dma;
	UINTN bytes = sizeof(memory);
	EFI_PHYSICAL_ADDRESS at;
	VOID *mapping;

	(void)state;
	fixture_open();
	assert_int_equal(fixture.iommu->Map(fixture.iommu, WRITE, memory,
					    &bytes, &at, &mapping),
			 EFI_SUCCESS);
	assert_int_equal(fixture.iommu->SetAttribute(fixture.iommu, fixture.a,
						     mapping,
						     EDKII_IOMMU_ACCESS_WRITE),
			 EFI_SUCCESS);
	hypervisor_dma(fixture.hv, DEVICE_A, at + 5, true, &dma);
	assert_true(dma.fresh.translated);
	*(uint8_t *)(uintptr_t)dma.fresh.gpa = 0x77;
	boot_exits();
	assert_int_equal(fixture.iommu->Unmap(fixture.iommu, mapping),
			 EFI_SUCCESS);
	assert_int_equal(memory[5], 0x77);
	fixture_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals),
		cmocka_unit_test(no_hypervisor),
		cmocka_unit_test(second_producer),
		cmocka_unit_test(without_memory),
		cmocka_unit_test(hypervisor_refuses),
		cmocka_unit_test(domain_ids),
		cmocka_unit_test(exit_detaches),
		cmocka_unit_test(exit_blocks),
		cmocka_unit_test(exit_to_identity),
		cmocka_unit_test(exit_unused),
		cmocka_unit_test(exit_detach_fails),
		cmocka_unit_test(exit_device_gone),
		cmocka_unit_test(exit_bounced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
